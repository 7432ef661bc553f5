/* Lines that the texts of depositaries have in common; for deposit.c and
 * deposit_request.c. All put lines that the get functions read. */
#ifndef DEPOSIT_TEXT_H
#define DEPOSIT_TEXT_H

#include "checkpoint.h"
#include "text.h"

/* Checks the line rules of a text of at most `maximum` bytes. */
int deposit_text_check(struct bytes text, size_t maximum, struct error *error);

/* `log <origin>`. */
int deposit_text_put_log(struct buffer *text, const char *origin);
int deposit_text_get_log(struct text_reader *reader, char ret_origin[CHECKPOINT_ORIGIN_CAPACITY],
                         struct error *error);

/* `<key> <n>`, at most `maximum`. */
int deposit_text_get_number(struct text_reader *reader, const char *key, uint64_t maximum,
                            uint64_t *ret_number, struct error *error);

/* `<key> <base64 of 32 bytes>`. */
int deposit_text_put_hash(struct buffer *text, const char *key, const uint8_t bytes[HASH_SIZE]);
int deposit_text_get_hash(struct text_reader *reader, const char *key, uint8_t ret_bytes[HASH_SIZE],
                          struct error *error);

/* `time <UTC>`. */
int deposit_text_put_time(struct buffer *text, timestamp time);
int deposit_text_get_time(struct text_reader *reader, timestamp *ret_time, struct error *error);

/* OK when nothing follows. */
int deposit_text_end(const struct text_reader *reader, struct error *error);

#endif
