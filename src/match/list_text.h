/* The text of a list of critical infrastructure: the body of an opened list, and what a
 * match-only list is made from.
 *
 *     chirograph.list/1
 *     scheme US-16                       optional: whose codes the sectors are (schemes.h)
 *     entry grid-17
 *     sector energy                      optional, of the list's scheme
 *     subsector electricity              optional
 *     function Eastern Interconnection, control room      optional: what it is and does
 *     criticality 1                      optional: 1 (the highest) to 3
 *     region US-NY                       optional
 *     ipv4 198.51.100.0/24               identifiers (identifier.h): at least one, by class
 *     ipv4 203.0.113.7/32                in the order of identifier_class.h, within a class
 *     domain grid.example                in the order of their bytes, none twice
 *     contact soc@grid.example           optional
 *     protection off-limits              off-limits | notify-first | assist-priority
 *     valid-from 2026-11-29T00:00:00Z    optional
 *     valid-until 2027-11-29T00:00:00Z   optional, after valid-from
 *
 * Entries stand in the order of the bytes of their ids, none twice, so that the same list
 * has the same bytes. An id is 1 to 253 bytes of clean UTF-8 without spaces. The line
 * rules are those of text.h. An identifier may stand in several entries
 * (list_entry_outranks says which of them speaks for it). A list may be empty.
 *
 * Reader and writer work entry by entry in the same memory however long the list is.
 */
#ifndef LIST_TEXT_H
#define LIST_TEXT_H

#include "buffer.h"
#include "identifier.h"
#include "pair.h"
#include "schemes.h"
#include "timestamp.h"

#define LIST_MEDIA_TYPE "text/vnd.chirograph.list"

enum {
	LIST_ID_MAXIMUM = IDENTIFIER_MAXIMUM,
	LIST_SUBSECTOR_MAXIMUM = 128, /* bytes of these values */
	LIST_FUNCTION_MAXIMUM = 512,
	LIST_REGION_MAXIMUM = 64,
	LIST_CONTACT_MAXIMUM = 512,
	LIST_CRITICALITY_MAXIMUM = 3,
	LIST_IDENTIFIERS_MAXIMUM = 1024, /* of an entry */
	LIST_ENTRY_MAXIMUM = 320 * 1024  /* bytes of the text of an entry, more than it can have */
};

struct list_identifier {
	enum identifier_class identifier_class;
	struct bytes text; /* in its one spelling */
};

/* Views into what it was read from, or into what its author holds. */
struct list_entry {
	struct bytes id;
	unsigned sector; /* row of the scheme, from 1; 0: not said */
	struct bytes subsector, function, region, contact; /* empty: not said */
	unsigned criticality;                              /* 0: not said */
	enum protection protection;
	timestamp from, until; /* 0 and TIMESTAMP_MAXIMUM: not said */
	size_t count;
	const struct list_identifier *identifiers;
};

/* "off-limits", "notify-first", "assist-priority". */
const char *protection_name(enum protection protection);
bool protection_named(struct bytes name, enum protection *ret_protection);

/* Order of identifiers within an entry: <0, 0, >0. */
int list_identifier_compare(const struct list_identifier *a, const struct list_identifier *b);

/* Whether `a` rather than `b` is what a label says of an identifier that stands in both: the
 * higher criticality (none is the lowest), else the stronger protection, else the
 * smaller id. */
bool list_entry_outranks(const struct list_entry *a, const struct list_entry *b);

/* OK when the entry can stand in a list of this scheme: what the reader gives and the writer
 * takes. ERROR_SYNTAX, ERROR_LIMIT, ERROR_CANONICAL with a sentence. */
int list_entry_check(const struct list_entry *entry, enum sector_scheme scheme,
                     struct error *error);

/* --- reading -------------------------------------------------------------------- */

/* Over a text in memory (or mapped). */
struct list_reader {
	struct bytes rest;
	size_t line; /* of the one read last, from 1 */
	enum sector_scheme scheme;
	char previous[LIST_ID_MAXIMUM]; /* id of the entry before */
	size_t previous_size;
	struct list_identifier identifiers[LIST_IDENTIFIERS_MAXIMUM];
};

/* Reads the lines before the first entry. ERROR_SYNTAX … with line and sentence. */
int list_reader_init(struct list_reader *reader, struct bytes text, struct error *error);

/* The next entry, checked, valid until the next call; ERROR_NOT_FOUND at the end of the text;
 * ERROR_SYNTAX, ERROR_CANONICAL, ERROR_LIMIT with line and sentence. */
int list_reader_next(struct list_reader *reader, struct list_entry *ret_entry, struct error *error);

/* Reads a whole text: its number of entries and its scheme; either may be NULL. */
int list_text_check(struct bytes text, uint64_t *ret_count, enum sector_scheme *ret_scheme,
                    struct error *error);

/* Over a text that comes in pieces of any size. */
struct list_stream {
	struct list_reader reader;
	struct buffer pending; /* no more than an entry and a piece */
	bool begun;            /* the first lines are read */
	int (*visit)(void *context, enum sector_scheme scheme, const struct list_entry *entry);
	void *context;
};

/* `visit` is called with each entry, valid within the call; what it returns other than OK
 * ends the reading. */
void list_stream_init(struct list_stream *stream,
                      int (*visit)(void *context, enum sector_scheme scheme,
                                   const struct list_entry *entry),
                      void *context);
int list_stream_update(struct list_stream *stream, struct bytes piece, struct error *error);
/* The text ends here. */
int list_stream_finish(struct list_stream *stream, struct error *error);
void list_stream_release(struct list_stream *stream);

/* --- writing -------------------------------------------------------------------- */

/* Writes to a buffer, which may be emptied between the calls. */
struct list_writer {
	struct buffer *buffer;
	enum sector_scheme scheme;
	char previous[LIST_ID_MAXIMUM];
	size_t previous_size;
};

/* Appends the lines before the first entry. ERROR_LIMIT, ERROR_MEMORY of the buffer. */
int list_writer_init(struct list_writer *writer, enum sector_scheme scheme, struct buffer *buffer);

/* Appends an entry. The results of list_entry_check; ERROR_CANONICAL: it does not come after
 * the one before. */
int list_writer_put(struct list_writer *writer, const struct list_entry *entry,
                    struct error *error);

#endif
