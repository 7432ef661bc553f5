/* What a backend of the store provides, and what store.c, store_entry.c and
 * store_blob.c do on top of it.
 *
 *     store.h          what callers see: checks of arguments, of transactions,
 *        |             contiguity of logs, overlap of blob pieces
 *     store_backend.h  rows in, rows out
 *        |
 *     sqlite, memory
 *
 * Above a backend everything has been checked: arguments are within the limits
 * of store.h, channels exist, writing calls come within a transaction that is
 * not broken. A backend returns a code of result.h; when it is one that the
 * system caused (ERROR_IO, ERROR_LIMIT, ERROR_MEMORY) it describes it in
 * store->failure. A writing call that fails may leave a part of its work: the
 * transaction is then rolled back in any case.
 */
#ifndef STORE_BACKEND_H
#define STORE_BACKEND_H

#include "store.h"

struct store_backend;

struct store {
	const struct store_backend *backend;
	void *state; /* the backend's own */
	bool in_transaction;
	int broken;             /* the result that broke the transaction, or OK */
	uint32_t channel_count; /* channels are numbered 1 to this */
	struct error failure;
};

/* Which entries, in which order. */
enum store_order {
	STORE_ORDER_NUMBER, /* of the log, by number */
	STORE_ORDER_ARRIVAL,
};

struct store_query {
	enum store_order order;
	uint32_t channel;
	unsigned log;
	uint64_t from;  /* number or arrival of the first */
	size_t count;   /* at most so many */
	size_t maximum; /* and so many bytes, but at least one entry */
};

struct store_backend {
	/* Frees the state; rolls back what is open. */
	void (*close)(struct store *store);

	int (*begin)(struct store *store);
	/* Durable when OK; else rolled back. */
	int (*commit)(struct store *store);
	void (*rollback)(struct store *store);

	/* Bytes that are read are within the size. */
	int (*begin_copy)(struct store *store, struct store_copy **ret_copy);
	int (*step_copy)(struct store_copy *copy);
	uint64_t (*copy_size)(const struct store_copy *copy);
	int (*read_copy)(struct store_copy *copy, uint64_t offset, uint8_t *bytes, size_t size);
	void (*free_copy)(struct store_copy *copy);

	/* `number` is one more than the count; ERROR_EXISTS for a known id. */
	int (*add_channel)(struct store *store, const struct store_channel *channel);
	int (*count_channels)(struct store *store, uint32_t *ret_count);
	int (*list_channels)(struct store *store, uint32_t after, size_t capacity,
	                     struct store_channel *ret_channels, size_t *ret_count);

	int (*set_value)(struct store *store, uint32_t channel, const char *key,
	                 struct bytes value);
	int (*get_value)(struct store *store, uint32_t channel, const char *key,
	                 struct buffer *buffer);
	int (*delete_value)(struct store *store, uint32_t channel, const char *key);
	int (*list_values)(struct store *store, uint32_t channel, const char *prefix,
	                   const char *after, size_t count, struct store_values *page);

	/* Entries whose log is `log` and whose arrivals are first_arrival and on. */
	int (*add_entries)(struct store *store, uint32_t channel, unsigned log,
	                   uint64_t first_arrival, const struct store_entry *entries, size_t count);
	/* How many entries the log has. */
	int (*count_entries)(struct store *store, uint32_t channel, unsigned log,
	                     uint64_t *ret_count);
	/* How many entries the channel has in all its logs. */
	int (*count_arrivals)(struct store *store, uint32_t channel, uint64_t *ret_count);
	int (*list_entries)(struct store *store, const struct store_query *query,
	                    struct store_entries *page);
	/* A head of that size is not there yet. */
	int (*add_head)(struct store *store, uint32_t channel, unsigned log, uint64_t size,
	                struct bytes note);
	/* The head is there. Replaces. */
	int (*put_cosignature)(struct store *store, uint32_t channel, unsigned log, uint64_t size,
	                       const char *cosigner, struct bytes line);
	/* The size of the greatest head up to `size`; `cosigner` may be NULL. */
	int (*find_head)(struct store *store, uint32_t channel, unsigned log, uint64_t size,
	                 const char *cosigner, uint64_t *ret_size);
	/* The head of just that size; it was cleared. */
	int (*read_head)(struct store *store, uint32_t channel, unsigned log, uint64_t size,
	                 struct store_head *head);

	/* Replaces the row of that hash, or adds one. */
	int (*put_blob)(struct store *store, uint32_t channel, const struct store_blob *blob);
	int (*get_blob)(struct store *store, uint32_t channel, const struct hash *hash,
	                struct store_blob *ret_blob);
	/* With its bytes. The blob is there. */
	int (*delete_blob)(struct store *store, uint32_t channel, const struct hash *hash);
	/* Bytes within the total, without a gap before them. */
	int (*write_blob)(struct store *store, uint32_t channel, const struct hash *hash,
	                  uint64_t offset, struct bytes piece);
	/* Bytes that are there. */
	int (*read_blob)(struct store *store, uint32_t channel, const struct hash *hash,
	                 uint64_t offset, uint8_t *bytes, size_t size);

	int (*add_openings)(struct store *store, uint32_t channel,
	                    const struct store_opening *openings, size_t count);
	int (*list_openings)(struct store *store, uint32_t channel, uint64_t after, size_t capacity,
	                     struct store_opening *ret_openings, size_t *ret_count);
};

/* A store over an opened backend; reads the count of channels. On failure the
 * caller still owns `state`. */
int store_new(const struct store_backend *backend, void *state, struct store **ret_store,
              struct error *error);

/* The three that every call above a backend uses. For writing calls: OK when
 * the call may write in `channel`. */
int store_may_write(struct store *store, uint32_t channel);
/* For reading calls. */
int store_may_read(struct store *store, uint32_t channel);
/* Describes a refusal in store->failure, breaks the transaction, returns `code`. */
int store_refuse(struct store *store, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Passes `result` on; breaks the transaction unless it is OK. */
int store_wrote(struct store *store, int result);

#endif
