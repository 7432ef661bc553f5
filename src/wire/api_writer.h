/* Writes a record of the API, field after field in the order of its table. The
 * name and type of each are compared with the table, so that an answer that is
 * not what the table says is never sent.
 *
 *     api_writer_init(&writer, api_reply_record(API_WAIT), MESSAGE_BODY_MAXIMUM);
 *     api_write_number(&writer, "own_size", 7);
 *     ...
 *     if ((r = api_writer_finish(&writer, &body)) != OK) ...
 *     api_writer_release(&writer);
 *
 * Elements of a list have the name NULL, those of a map their key. Failures are
 * kept and given by api_writer_finish: ERROR_INTERNAL for a field out of order,
 * ERROR_LIMIT, ERROR_MEMORY.
 */
#ifndef API_WRITER_H
#define API_WRITER_H

#include "api_schema.h"

/* A record, list or map that is open. */
struct api_level {
	const struct api_field *container; /* list or map; NULL in a record */
	const struct api_record *record;
	size_t next;
};

struct api_writer {
	struct buffer buffer;
	int result;
	size_t depth;
	struct api_level levels[API_DEPTH_MAXIMUM];
};

void api_writer_init(struct api_writer *writer, const struct api_record *record, size_t maximum);
/* Wipes and frees. */
void api_writer_release(struct api_writer *writer);
/* The whole record, a view into the writer. ERROR_INTERNAL when fields are missing. */
int api_writer_finish(struct api_writer *writer, struct bytes *ret_body);
/* Bytes so far. */
size_t api_writer_size(const struct api_writer *writer);

void api_write_bool(struct api_writer *writer, const char *name, bool value);
void api_write_number(struct api_writer *writer, const char *name, uint64_t value);
void api_write_signed(struct api_writer *writer, const char *name, int64_t value);
/* A nullable time that is 0 is written as null. */
void api_write_time(struct api_writer *writer, const char *name, int64_t seconds);
void api_write_text(struct api_writer *writer, const char *name, struct bytes text);
/* A nullable string that is NULL or empty is written as null. */
void api_write_string(struct api_writer *writer, const char *name, const char *string);
/* OCTETS or CONTENT. */
void api_write_octets(struct api_writer *writer, const char *name, struct bytes octets);
/* HASH, HEX_HASH or CHANNEL. */
void api_write_hash(struct api_writer *writer, const char *name, const struct hash *hash);
void api_write_setup(struct api_writer *writer, const char *name,
                     const uint8_t setup[API_SETUP_SIZE]);
/* A field that may be null or left out. */
void api_write_nothing(struct api_writer *writer, const char *name);

/* A RECORD, LIST or MAP; api_write_end closes the one opened last. */
void api_write_begin(struct api_writer *writer, const char *name);
void api_write_end(struct api_writer *writer);

#endif
