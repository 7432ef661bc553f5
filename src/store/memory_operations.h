/* The operations of the memory backend, for its table in memory_store.c. Their
 * contracts are in store_backend.h. */
#ifndef MEMORY_OPERATIONS_H
#define MEMORY_OPERATIONS_H

#include "store_backend.h"

/* memory_entry.c */
int memory_add_entries(struct store *store, uint32_t channel, unsigned log, uint64_t first_arrival,
                       const struct store_entry *entries, size_t count);
int memory_count_entries(struct store *store, uint32_t channel, unsigned log, uint64_t *ret_count);
int memory_count_arrivals(struct store *store, uint32_t channel, uint64_t *ret_count);
int memory_list_entries(struct store *store, const struct store_query *query,
                        struct store_entries *page);
int memory_add_head(struct store *store, uint32_t channel, unsigned log, uint64_t size,
                    struct bytes note);
int memory_put_cosignature(struct store *store, uint32_t channel, unsigned log, uint64_t size,
                           const char *cosigner, struct bytes line);
int memory_find_head(struct store *store, uint32_t channel, unsigned log, uint64_t size,
                     const char *cosigner, uint64_t *ret_size);
int memory_read_head(struct store *store, uint32_t channel, unsigned log, uint64_t size,
                     struct store_head *head);

/* memory_blob.c */
int memory_put_blob(struct store *store, uint32_t channel, const struct store_blob *blob);
int memory_get_blob(struct store *store, uint32_t channel, const struct hash *hash,
                    struct store_blob *ret_blob);
int memory_delete_blob(struct store *store, uint32_t channel, const struct hash *hash);
int memory_write_blob(struct store *store, uint32_t channel, const struct hash *hash,
                      uint64_t offset, struct bytes piece);
int memory_read_blob(struct store *store, uint32_t channel, const struct hash *hash,
                     uint64_t offset, uint8_t *bytes, size_t size);

#endif
