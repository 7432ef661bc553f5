/* The part `fields` of a body: what the act says about its case in fixed terms
 * (asset, conduct, outlet). No rule reads it.
 *
 *     chirograph.fields/1
 *     conduct intrusion
 *     asset control system of the north dam
 *     asset ticket office
 *
 * Keys are identifiers of at most 32 bytes and may repeat; values follow the
 * line rules of the text format. At most 1,024 fields, 256 KiB.
 */
#ifndef FIELDS_H
#define FIELDS_H

#include "text.h"

enum { FIELDS_COUNT_MAXIMUM = 1024, FIELDS_KEY_MAXIMUM = 32, FIELDS_SIZE_MAXIMUM = 262144 };

/* Starts the text in `buffer`; then fields_put for each field. */
int fields_begin(struct buffer *buffer);
int fields_put(struct buffer *buffer, const char *key, const char *value);

/* Checks a whole text. */
int fields_check(struct bytes text, struct error *error);

/* Reads a text that fields_check has accepted, field by field. */
void fields_reader_init(struct text_reader *reader, struct bytes text);

/* ERROR_NOT_FOUND at the end. */
int fields_next(struct text_reader *reader, struct bytes *ret_key, struct bytes *ret_value);

#endif
