/* The operations of the SQLite backend, for its table in sqlite_store.c. Their
 * contracts are in store_backend.h. */
#ifndef SQLITE_ROWS_H
#define SQLITE_ROWS_H

#include "store_backend.h"

/* sqlite_copy.c */
int sqlite_begin_copy(struct store *store, struct store_copy **ret_copy);
int sqlite_step_copy(struct store_copy *copy);
uint64_t sqlite_copy_size(const struct store_copy *copy);
int sqlite_read_copy(struct store_copy *copy, uint64_t offset, uint8_t *bytes, size_t size);
void sqlite_free_copy(struct store_copy *copy);

/* sqlite_rows.c */
int sqlite_add_channel(struct store *store, const struct store_channel *channel);
int sqlite_count_channels(struct store *store, uint32_t *ret_count);
int sqlite_list_channels(struct store *store, uint32_t after, size_t capacity,
                         struct store_channel *ret_channels, size_t *ret_count);
int sqlite_set_value(struct store *store, uint32_t channel, const char *key, struct bytes value);
int sqlite_get_value(struct store *store, uint32_t channel, const char *key, struct buffer *buffer);
int sqlite_delete_value(struct store *store, uint32_t channel, const char *key);
int sqlite_list_values(struct store *store, uint32_t channel, const char *prefix, const char *after,
                       size_t count, struct store_values *page);
int sqlite_add_openings(struct store *store, uint32_t channel, const struct store_opening *openings,
                        size_t count);
int sqlite_list_openings(struct store *store, uint32_t channel, uint64_t after, size_t capacity,
                         struct store_opening *ret_openings, size_t *ret_count);

/* sqlite_entry.c */
int sqlite_add_entries(struct store *store, uint32_t channel, unsigned log, uint64_t first_arrival,
                       const struct store_entry *entries, size_t count);
int sqlite_count_entries(struct store *store, uint32_t channel, unsigned log, uint64_t *ret_count);
int sqlite_count_arrivals(struct store *store, uint32_t channel, uint64_t *ret_count);
int sqlite_list_entries(struct store *store, const struct store_query *query,
                        struct store_entries *page);
int sqlite_add_head(struct store *store, uint32_t channel, unsigned log, uint64_t size,
                    struct bytes note);
int sqlite_put_cosignature(struct store *store, uint32_t channel, unsigned log, uint64_t size,
                           const char *cosigner, struct bytes line);
int sqlite_find_head(struct store *store, uint32_t channel, unsigned log, uint64_t size,
                     const char *cosigner, uint64_t *ret_size);
int sqlite_read_head(struct store *store, uint32_t channel, unsigned log, uint64_t size,
                     struct store_head *head);

/* sqlite_blob.c */
int sqlite_put_blob(struct store *store, uint32_t channel, const struct store_blob *blob);
int sqlite_get_blob(struct store *store, uint32_t channel, const struct hash *hash,
                    struct store_blob *ret_blob);
int sqlite_delete_blob(struct store *store, uint32_t channel, const struct hash *hash);
int sqlite_write_blob(struct store *store, uint32_t channel, const struct hash *hash,
                      uint64_t offset, struct bytes piece);
int sqlite_read_blob(struct store *store, uint32_t channel, const struct hash *hash,
                     uint64_t offset, uint8_t *bytes, size_t size);

#endif
