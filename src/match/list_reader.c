/* Reading a list, in memory or in pieces. */
#include "list_text.h"

#include "list_format.h"
#include "text.h"

enum { PIECE_SIZE = 65536, HEAD_MAXIMUM = 2 * TEXT_LINE_MAXIMUM };

static const char entry_begins[] = "\nentry ";
enum { ENTRY_BEGINS_SIZE = sizeof(entry_begins) - 1 };

/* Where, from `from` on, a line feed stands that an entry follows; the size of the text when
 * there is none. */
static size_t find_entry(struct bytes text, size_t from)
{
	const uint8_t *at;

	while (from < text.size &&
	       (at = memchr(text.data + from, '\n', text.size - from)) != NULL) {
		from = (size_t)(at - text.data);
		if (text.size - from >= ENTRY_BEGINS_SIZE &&
		    memcmp(at, entry_begins, ENTRY_BEGINS_SIZE) == 0)
			return from;
		from++;
	}
	return text.size;
}

/* Takes what stands before the next entry. */
static struct bytes take_chunk(struct bytes *rest)
{
	size_t end = find_entry(*rest, 0);
	struct bytes chunk;

	if (end < rest->size)
		end++;
	chunk = bytes_of(rest->data, end);
	*rest = end < rest->size ? bytes_of(rest->data + end, rest->size - end) : bytes_of(NULL, 0);
	return chunk;
}

/* Sets the line within the whole text. */
static int refuse(const struct list_reader *reader, size_t line, int code, struct error *error)
{
	if (error != NULL)
		error->line = reader->line + line;
	return code;
}

/* Checks the line rules of a chunk and begins to read it. */
static int open_chunk(const struct list_reader *reader, struct bytes chunk,
                      struct text_reader *lines, struct error *error)
{
	int r;

	if ((r = text_check(chunk, error)) != OK)
		return refuse(reader, error != NULL ? error->line : 0, r, error);
	text_reader_init(lines, chunk);
	return OK;
}

/* Nothing may be left of a chunk. */
static int close_chunk(struct list_reader *reader, const struct text_reader *lines,
                       struct error *error)
{
	struct text_line line;

	if (text_reader_peek(lines, &line) == OK) {
		error_set(error, ERROR_SYNTAX,
		          "the line is unknown, or stands out of order or twice");
		return refuse(reader, line.number, ERROR_SYNTAX, error);
	}
	reader->line += lines->number;
	return OK;
}

int list_reader_init(struct list_reader *reader, struct bytes text, struct error *error)
{
	struct text_reader lines;
	struct bytes value;
	int r;

	reader->rest = text;
	reader->line = 0;
	reader->scheme = SCHEME_NONE;
	reader->previous_size = 0;
	if ((r = open_chunk(reader, take_chunk(&reader->rest), &lines, error)) != OK ||
	    (r = text_reader_expect(&lines, list_format, error)) != OK)
		return r;
	r = text_reader_optional(&lines, "scheme", &value, error);
	if (r == OK && (!scheme_named(value, &reader->scheme) || reader->scheme == SCHEME_NONE))
		return error_set_line(error, ERROR_UNSUPPORTED, lines.number,
		                      "the scheme of the list is not known here");
	if (r != OK && r != ERROR_NOT_FOUND)
		return r;
	return close_chunk(reader, &lines, error);
}

/* --- the lines of an entry ------------------------------------------------------- */

/* A value that may be missing. */
static int take_value(struct text_reader *lines, const char *key, struct bytes *value,
                      struct error *error)
{
	int r = text_reader_optional(lines, key, value, error);

	return r == ERROR_NOT_FOUND ? OK : r;
}

static int take_sector(const struct list_reader *reader, struct text_reader *lines,
                       struct list_entry *entry, struct error *error)
{
	struct bytes code = { 0 };
	int r;

	if ((r = take_value(lines, "sector", &code, error)) != OK || code.size == 0)
		return r;
	entry->sector = scheme_row(reader->scheme, code);
	return entry->sector != 0 ? OK
	                          : error_set_line(error, ERROR_SYNTAX, lines->number,
	                                           "the scheme of the list has no such sector");
}

static int take_criticality(struct text_reader *lines, struct list_entry *entry,
                            struct error *error)
{
	struct bytes text = { 0 };
	uint64_t number = 0;
	int r;

	if ((r = take_value(lines, "criticality", &text, error)) != OK || text.size == 0)
		return r;
	if (text_parse_number(text, LIST_CRITICALITY_MAXIMUM, &number) != OK || number == 0)
		return error_set_line(error, ERROR_SYNTAX, lines->number,
		                      "a criticality is 1, 2 or 3");
	entry->criticality = (unsigned)number;
	return OK;
}

static int take_identifiers(struct list_reader *reader, struct text_reader *lines,
                            struct list_entry *entry, struct error *error)
{
	struct bytes value;

	for (size_t i = 0; i < IDENTIFIER_CLASS_COUNT; i++) {
		enum identifier_class identifier_class = (enum identifier_class)i;
		const char *key = identifier_class_name(identifier_class);
		int r;

		while ((r = text_reader_optional(lines, key, &value, error)) == OK) {
			if (entry->count == LIST_IDENTIFIERS_MAXIMUM)
				return error_set_line(error, ERROR_LIMIT, lines->number,
				                      "the entry has more than %d identifiers",
				                      LIST_IDENTIFIERS_MAXIMUM);
			reader->identifiers[entry->count++] = (struct list_identifier){
				identifier_class, value
			};
		}
		if (r != ERROR_NOT_FOUND)
			return r;
	}
	return OK;
}

static int take_protection(struct text_reader *lines, struct list_entry *entry, struct error *error)
{
	struct bytes word;
	int r;

	if ((r = text_reader_required(lines, "protection", &word, error)) != OK)
		return r;
	return protection_named(word, &entry->protection)
	           ? OK
	           : error_set_line(error, ERROR_SYNTAX, lines->number,
	                            "a protection is off-limits, notify-first or "
	                            "assist-priority");
}

static int take_time(struct text_reader *lines, const char *key, timestamp *time,
                     struct error *error)
{
	struct bytes text = { 0 };
	int r;

	if ((r = take_value(lines, key, &text, error)) != OK || text.size == 0)
		return r;
	if (timestamp_parse(text, time) != OK)
		return error_set_line(error, ERROR_SYNTAX, lines->number,
		                      "a time is not of the form 2026-11-29T00:00:00Z");
	return OK;
}

/* Bounds of time that say nothing would be a second spelling of saying nothing. */
static int take_validity(struct text_reader *lines, struct list_entry *entry, struct error *error)
{
	timestamp from = -1, until = -1;
	int r;

	if ((r = take_time(lines, "valid-from", &from, error)) != OK ||
	    (r = take_time(lines, "valid-until", &until, error)) != OK)
		return r;
	if (from == 0 || until == TIMESTAMP_MAXIMUM)
		return error_set_line(error, ERROR_CANONICAL, lines->number,
		                      "a bound that excludes nothing is left out");
	entry->from = from < 0 ? 0 : from;
	entry->until = until < 0 ? TIMESTAMP_MAXIMUM : until;
	return OK;
}

static int take_lines(struct list_reader *reader, struct text_reader *lines,
                      struct list_entry *entry, struct error *error)
{
	int r;

	if ((r = text_reader_required(lines, "entry", &entry->id, error)) != OK ||
	    (r = take_sector(reader, lines, entry, error)) != OK ||
	    (r = take_value(lines, "subsector", &entry->subsector, error)) != OK ||
	    (r = take_value(lines, "function", &entry->function, error)) != OK ||
	    (r = take_criticality(lines, entry, error)) != OK ||
	    (r = take_value(lines, "region", &entry->region, error)) != OK ||
	    (r = take_identifiers(reader, lines, entry, error)) != OK ||
	    (r = take_value(lines, "contact", &entry->contact, error)) != OK ||
	    (r = take_protection(lines, entry, error)) != OK ||
	    (r = take_validity(lines, entry, error)) != OK)
		return refuse(reader, error != NULL ? error->line : 0, r, error);
	return OK;
}

int list_reader_next(struct list_reader *reader, struct list_entry *ret_entry, struct error *error)
{
	struct list_entry entry = { .identifiers = reader->identifiers };
	struct text_reader lines;
	size_t first = reader->line + 1;
	struct bytes chunk;
	int r;

	if (reader->rest.size == 0)
		return ERROR_NOT_FOUND;
	chunk = take_chunk(&reader->rest);
	if (chunk.size > LIST_ENTRY_MAXIMUM)
		return error_set_line(error, ERROR_LIMIT, first,
		                      "the entry is longer than one can be");
	if ((r = open_chunk(reader, chunk, &lines, error)) != OK ||
	    (r = take_lines(reader, &lines, &entry, error)) != OK ||
	    (r = close_chunk(reader, &lines, error)) != OK)
		return r;
	if ((r = list_entry_check(&entry, reader->scheme, error)) == OK)
		r = list_order_check(reader->previous, &reader->previous_size, entry.id, error);
	if (r != OK) {
		if (error != NULL)
			error->line = first;
		return r;
	}
	*ret_entry = entry;
	return OK;
}

int list_text_check(struct bytes text, uint64_t *ret_count, enum sector_scheme *ret_scheme,
                    struct error *error)
{
	struct list_reader reader;
	struct list_entry entry;
	uint64_t count = 0;
	int r;

	if ((r = list_reader_init(&reader, text, error)) != OK)
		return r;
	while ((r = list_reader_next(&reader, &entry, error)) == OK)
		count++;
	if (r != ERROR_NOT_FOUND)
		return r;
	if (ret_count != NULL)
		*ret_count = count;
	if (ret_scheme != NULL)
		*ret_scheme = reader.scheme;
	return OK;
}

/* --- in pieces ------------------------------------------------------------------- */

void list_stream_init(struct list_stream *stream,
                      int (*visit)(void *context, enum sector_scheme scheme,
                                   const struct list_entry *entry),
                      void *context)
{
	buffer_init(&stream->pending, LIST_ENTRY_MAXIMUM + PIECE_SIZE + ENTRY_BEGINS_SIZE);
	stream->begun = false;
	stream->visit = visit;
	stream->context = context;
}

void list_stream_release(struct list_stream *stream)
{
	buffer_release(&stream->pending);
}

/* Reads `text`, in which an entry never goes on in the next. */
static int read_whole(struct list_stream *stream, struct bytes text, struct error *error)
{
	struct list_entry entry;
	int r;

	if (stream->begun)
		stream->reader.rest = text;
	else if ((r = list_reader_init(&stream->reader, text, error)) != OK)
		return r;
	stream->begun = true;
	while ((r = list_reader_next(&stream->reader, &entry, error)) == OK)
		if ((r = stream->visit(stream->context, stream->reader.scheme, &entry)) != OK)
			return r;
	return r == ERROR_NOT_FOUND ? OK : r;
}

/* Where the last entry begins of which something is here; 0 when that is the first. */
static size_t last_entry(struct bytes text, size_t from)
{
	size_t last = 0;

	while ((from = find_entry(text, from)) < text.size)
		last = ++from;
	return last;
}

/* At most PIECE_SIZE bytes. */
static int take_piece(struct list_stream *stream, struct bytes piece, struct error *error)
{
	struct buffer *pending = &stream->pending;
	size_t from = pending->size < ENTRY_BEGINS_SIZE ? 0 : pending->size - ENTRY_BEGINS_SIZE;
	size_t last, most = stream->begun ? LIST_ENTRY_MAXIMUM : HEAD_MAXIMUM;
	int r;

	if ((r = buffer_put_bytes(pending, piece)) != OK)
		return error_set(error, r, "%s", result_text(r));
	last = last_entry(buffer_view(pending), from);
	if (last > 0) {
		if ((r = read_whole(stream, bytes_of(pending->data, last), error)) != OK)
			return r;
		memmove(pending->data, pending->data + last, pending->size - last);
		buffer_truncate(pending, pending->size - last);
		most = LIST_ENTRY_MAXIMUM;
	}
	return pending->size <= most
	           ? OK
	           : error_set_line(error, ERROR_LIMIT, stream->begun ? stream->reader.line + 1 : 1,
	                            "the entry is longer than one can be");
}

int list_stream_update(struct list_stream *stream, struct bytes piece, struct error *error)
{
	while (piece.size > 0) {
		size_t size = piece.size < PIECE_SIZE ? piece.size : PIECE_SIZE;
		int r;

		if ((r = take_piece(stream, bytes_of(piece.data, size), error)) != OK)
			return r;
		piece = bytes_of(piece.data + size, piece.size - size);
	}
	return OK;
}

int list_stream_finish(struct list_stream *stream, struct error *error)
{
	return stream->begun && stream->pending.size == 0
	           ? OK
	           : read_whole(stream, buffer_view(&stream->pending), error);
}
