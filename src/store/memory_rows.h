/* Ordered tables of rows in memory, with transactions: what the memory backend
 * is made of.
 *
 * A row is a key and a value, both bytes; a table keeps its rows in the memory
 * order of their keys. While a transaction is open every change is entered in
 * an undo list:
 *
 *     table  key            value before
 *     -----  -----------    --------------------------
 *     HEAD   1 0 412        (none: the row was new)
 *     VALUE  1 "state"      the value that was replaced
 *
 * Rolling back walks the list from its end and puts back what was there.
 */
#ifndef MEMORY_ROWS_H
#define MEMORY_ROWS_H

#include "bytes.h"

struct memory_row {
	size_t key_size;
	size_t value_size;
	uint8_t bytes[]; /* key, then value */
};

struct memory_table {
	struct memory_row **rows; /* by key */
	size_t count;
	size_t capacity;
};

struct memory_undo {
	struct memory_table *table;
	struct memory_row *before; /* owned; NULL: there was no row */
	struct memory_row *after;  /* in the table; NULL: deleted */
};

struct memory_journal {
	struct memory_undo *undos;
	size_t count;
	size_t capacity;
};

struct bytes memory_row_key(const struct memory_row *row);
struct bytes memory_row_value(const struct memory_row *row);

/* The place of the first row whose key is not less than `key`; table->count
 * when there is none. */
size_t memory_table_seek(const struct memory_table *table, struct bytes key);

/* The row of exactly this key, or NULL. */
const struct memory_row *memory_table_get(const struct memory_table *table, struct bytes key);

/* Adds or replaces; ERROR_MEMORY, and then nothing has changed. */
int memory_table_put(struct memory_table *table, struct memory_journal *journal, struct bytes key,
                     struct bytes value);

/* Deletes the row if there is one; ERROR_MEMORY, and then nothing has changed. */
int memory_table_delete(struct memory_table *table, struct memory_journal *journal,
                        struct bytes key);

void memory_table_release(struct memory_table *table);

/* Forgets the undo list: the changes stay. */
void memory_journal_commit(struct memory_journal *journal);
/* Undoes all changes since the last commit or rollback; needs no memory. */
void memory_journal_rollback(struct memory_journal *journal);
void memory_journal_release(struct memory_journal *journal);

#endif
