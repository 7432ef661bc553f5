/* The operations of the memory backend, for its table in memory_store.c. Their
 * contracts are in store_backend.h. */
#ifndef MEMORY_OPERATIONS_H
#define MEMORY_OPERATIONS_H

#include "store_backend.h"

/* memory_entry.c */
int memory_set_usage(struct store *store, uint32_t channel, unsigned log,
                     const struct store_usage *usage);
int memory_get_usage(struct store *store, uint32_t channel, unsigned log,
                     struct store_usage *ret_usage);
int memory_add_entries(struct store *store, uint32_t channel, unsigned log, uint64_t first_arrival,
                       const struct store_entry *entries, size_t count);
int memory_count_arrivals(struct store *store, uint32_t channel, uint64_t *ret_count);
int memory_list_entries(struct store *store, const struct store_query *query,
                        struct store_entries *page);
int memory_find_entry(struct store *store, uint32_t channel, unsigned log, timestamp time,
                      const struct hash *text_hash, uint64_t from, uint64_t *ret_number);
int memory_put_subtrees(struct store *store, uint32_t channel, unsigned log,
                        const struct store_subtree *subtrees, size_t count);
int memory_get_subtrees(struct store *store, uint32_t channel, unsigned log, unsigned level,
                        uint64_t index, size_t count, struct hash *hashes);
int memory_add_head(struct store *store, uint32_t channel, unsigned log, uint64_t size,
                    struct bytes note);
int memory_put_cosignature(struct store *store, uint32_t channel, unsigned log, uint64_t size,
                           const char *cosigner, struct bytes line);
int memory_find_head(struct store *store, uint32_t channel, unsigned log, uint64_t size,
                     const char *cosigner, uint64_t *ret_size);
int memory_list_heads(struct store *store, uint32_t channel, unsigned log, uint64_t from,
                      size_t count, struct store_heads *page);

/* memory_blob.c */
int memory_put_blob(struct store *store, uint32_t channel, const struct store_blob *blob);
int memory_get_blob(struct store *store, uint32_t channel, const struct hash *hash,
                    struct store_blob *ret_blob);
int memory_delete_blob(struct store *store, uint32_t channel, const struct hash *hash);
int memory_write_blob(struct store *store, uint32_t channel, const struct hash *hash,
                      uint64_t offset, struct bytes piece);
int memory_read_blob(struct store *store, uint32_t channel, const struct hash *hash,
                     uint64_t offset, uint8_t *bytes, size_t size);
int memory_list_incomplete_blobs(struct store *store, uint32_t channel, const struct hash *after,
                                 size_t capacity, struct store_blob *ret_blobs, size_t *ret_count);

#endif
