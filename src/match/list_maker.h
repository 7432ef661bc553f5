/* Making a list from rows in any order, of which several may be about the same entry: those
 * with the same id become one, with the identifiers of all and everything else of the first.
 *
 *     list_maker_init(&maker);
 *     list_maker_put(&maker, &row, SCHEME_US_16, line, &error);      for each
 *     list_maker_join(&maker);
 *     ... maker.rows[i].outcome ...                      in the order in which they came
 *     list_maker_write(&maker, &writer, &error);
 *     list_maker_release(&maker);
 */
#ifndef LIST_MAKER_H
#define LIST_MAKER_H

#include "list_text.h"

enum list_row_outcome {
	LIST_ROW_NEW,       /* the first of its entry */
	LIST_ROW_DUPLICATE, /* adds no identifier to that */
	LIST_ROW_JOINED,    /* adds some */
	LIST_ROW_TOO_MUCH /* would make an entry with more identifiers than there may be: left out */
};

struct list_row {
	struct list_entry entry; /* of a joined first row: with the identifiers of all */
	size_t line;
	enum list_row_outcome outcome;
	size_t first;   /* line of the row that it repeats or is joined to; its own when new */
	bool otherwise; /* says something else than that row of what is not an identifier */
};

struct list_maker {
	struct list_row *rows; /* in the order in which they came */
	size_t count, capacity;
	size_t *order; /* once joined: the new ones, by id */
	size_t entries;
	struct list_maker_block *blocks;
};

void list_maker_init(struct list_maker *maker);
void list_maker_release(struct list_maker *maker);

/* Adds a row, copying what it shows. Its identifiers may stand in any order and twice. The
 * results of list_entry_check; ERROR_MEMORY. */
int list_maker_put(struct list_maker *maker, const struct list_entry *row,
                   enum sector_scheme scheme, size_t line, struct error *error);

/* Joins what is about the same entry. Once, after the last row. ERROR_MEMORY. */
int list_maker_join(struct list_maker *maker);

/* Writes the joined entries in their order, calling `flush` (may be NULL) after each so that the
 * writer's buffer can be emptied. The results of list_writer_put and of flush. */
int list_maker_write(const struct list_maker *maker, struct list_writer *writer,
                     int (*flush)(void *context), void *context, struct error *error);

#endif
