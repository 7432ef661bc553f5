/* The operations of the SQLite backend, for its table in sqlite_store.c. Their
 * contracts are in store_backend.h. */
#ifndef SQLITE_ROWS_H
#define SQLITE_ROWS_H

#include "store_backend.h"

/* sqlite_backup.c */
int sqlite_backup(struct store *store, const char *path);

/* sqlite_rows.c */
int sqlite_add_channel(struct store *store, const struct store_channel *channel);
int sqlite_count_channels(struct store *store, uint32_t *ret_count);
int sqlite_find_channel(struct store *store, const struct hash *id,
                        struct store_channel *ret_channel);
int sqlite_list_channels(struct store *store, uint32_t after, size_t capacity,
                         struct store_channel *ret_channels, size_t *ret_count);
int sqlite_set_value(struct store *store, uint32_t channel, const char *key, struct bytes value);
int sqlite_get_value(struct store *store, uint32_t channel, const char *key, struct buffer *buffer);
int sqlite_delete_value(struct store *store, uint32_t channel, const char *key);
int sqlite_list_values(struct store *store, uint32_t channel, const char *prefix, const char *after,
                       size_t count, struct store_values *page);
int sqlite_add_openings(struct store *store, uint32_t channel, const struct store_opening *openings,
                        size_t count);
int sqlite_list_openings(struct store *store, uint32_t channel, const struct store_reference *entry,
                         uint64_t after, size_t capacity, struct store_opening *ret_openings,
                         size_t *ret_count);

/* sqlite_entry.c */
int sqlite_set_usage(struct store *store, uint32_t channel, unsigned log,
                     const struct store_usage *usage);
int sqlite_get_usage(struct store *store, uint32_t channel, unsigned log,
                     struct store_usage *ret_usage);
int sqlite_add_entries(struct store *store, uint32_t channel, unsigned log, uint64_t first_arrival,
                       const struct store_entry *entries, size_t count);
int sqlite_count_arrivals(struct store *store, uint32_t channel, uint64_t *ret_count);
int sqlite_list_entries(struct store *store, const struct store_query *query,
                        struct store_entries *page);
int sqlite_find_entry(struct store *store, uint32_t channel, unsigned log, timestamp time,
                      const struct hash *text_hash, uint64_t from, uint64_t *ret_number);
int sqlite_put_subtrees(struct store *store, uint32_t channel, unsigned log,
                        const struct store_subtree *subtrees, size_t count);
int sqlite_get_subtrees(struct store *store, uint32_t channel, unsigned log, unsigned level,
                        uint64_t index, size_t count, struct hash *hashes);
int sqlite_add_head(struct store *store, uint32_t channel, unsigned log, uint64_t size,
                    struct bytes note);
int sqlite_put_cosignature(struct store *store, uint32_t channel, unsigned log, uint64_t size,
                           const char *cosigner, struct bytes line);
int sqlite_find_head(struct store *store, uint32_t channel, unsigned log, uint64_t size,
                     const char *cosigner, uint64_t *ret_size);
int sqlite_list_heads(struct store *store, uint32_t channel, unsigned log, uint64_t from,
                      size_t count, struct store_heads *page);

/* sqlite_blob.c */
int sqlite_put_blob(struct store *store, uint32_t channel, const struct store_blob *blob);
int sqlite_get_blob(struct store *store, uint32_t channel, const struct hash *hash,
                    struct store_blob *ret_blob);
int sqlite_delete_blob(struct store *store, uint32_t channel, const struct hash *hash);
int sqlite_write_blob(struct store *store, uint32_t channel, const struct hash *hash,
                      uint64_t offset, struct bytes piece);
int sqlite_read_blob(struct store *store, uint32_t channel, const struct hash *hash,
                     uint64_t offset, uint8_t *bytes, size_t size);
int sqlite_list_incomplete_blobs(struct store *store, uint32_t channel, const struct hash *after,
                                 size_t capacity, struct store_blob *ret_blobs, size_t *ret_count);

#endif
