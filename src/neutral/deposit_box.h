/* What a depositary holds of one party's log in one channel: its entries from 0 on, the
 * newest head that ends with one of them, and the sealed blobs that they name.
 *
 * In the store, under a channel of the log's own: the entries; the values
 *
 *     head           the note of the head
 *     keys           the numbers of the entries that changed a key, u64 each
 *     blob/<hex>     u64 total, u64 time, u8 state of a blob that an entry names
 *     nonce/<hex>    u64 time of a request that was answered
 *
 * and the blobs. Entries stay for ever; blobs go when they have been here for the
 * time of expiry, and their names and sizes stay. */
#ifndef DEPOSIT_BOX_H
#define DEPOSIT_BOX_H

#include "checkpoint.h"
#include "deposit_keys.h"
#include "frame.h"
#include "memory_tree.h"
#include "store.h"

enum { DEPOSIT_SCAN_CAPACITY = 80 };

struct deposit_box {
	struct store *store;
	const struct charter *charter;
	unsigned party;
	uint32_t channel;
	struct memory_tree tree; /* of all entries that are here */
	struct checkpoint head;  /* size 0: none; never greater than the tree */
	struct buffer note;      /* of the head */
	struct deposit_keys keys;
	uint64_t entry_bytes, blob_bytes; /* what counts against the quota */
	uint64_t nonces[2];               /* of each party's requests, that are remembered */
	/* How far expiry has looked at blobs and nonces: keys of values. */
	char scanned_blobs[DEPOSIT_SCAN_CAPACITY], scanned_nonces[DEPOSIT_SCAN_CAPACITY];
};

/* Reads it from the store. ERROR_IO when that is damaged, ERROR_MEMORY. Release it also
 * after a failure. */
int deposit_box_open(struct deposit_box *box, struct error *error);
void deposit_box_release(struct deposit_box *box);

/* The edge of the tree's first `size` entries, which are here. */
int deposit_box_edge(const struct deposit_box *box, uint64_t size, struct edge *ret_edge);

/* The root of the first `size` entries, which are here. */
int deposit_box_root(const struct deposit_box *box, uint64_t size, struct hash *ret_root);

/* The entries of a frame that are not here yet, judged. Leaves and views belong to who
 * holds the frame's bytes and this. */
struct deposit_addition {
	struct checkpoint head; /* of the frame, its signature not verified */
	struct bytes note;
	uint64_t start;           /* the size of the box */
	size_t count;             /* entries that are new */
	struct bytes *entries;    /* views */
	struct hash *leaves;      /* of them */
	struct deposit_keys keys; /* after them */
	bool key_changes;         /* some of them changed a key */
	uint64_t bytes;           /* of the entries */
	struct edge edge;         /* after them */
};

/* Parses and verifies the entries and their place under the frame's head, which is
 * already parsed. ERROR_SYNTAX and others for an entry's form, ERROR_MISMATCH for
 * another channel or party, or entries that are not those of the head,
 * ERROR_SIGNATURE for an entry's signatures; ERROR_MEMORY. Release it also after a
 * failure. The frame begins within what is here and ends beyond it. */
int deposit_addition_read(const struct deposit_box *box, const struct frame_entries *frame,
                          struct deposit_addition *addition, struct error *error);
void deposit_addition_release(struct deposit_addition *addition);

/* Stores an addition, within a transaction: entries, what they name, and the head if it
 * ends with them. The box changes with deposit_box_added, after the commit. */
int deposit_box_store(struct deposit_box *box, const struct deposit_addition *addition);

/* After the commit. ERROR_MEMORY: the box must be opened anew. */
int deposit_box_added(struct deposit_box *box, const struct deposit_addition *addition);

/* --- blobs ------------------------------------------------------------------------ */

enum deposit_blob_state {
	DEPOSIT_BLOB_NAMED, /* by an entry; nothing of it is here, or not any more */
	DEPOSIT_BLOB_PART,
	DEPOSIT_BLOB_WHOLE, /* and verified */
	DEPOSIT_BLOB_STATE_COUNT
};

struct deposit_blob_row {
	uint64_t total;
	timestamp since; /* begun, or whole */
	enum deposit_blob_state state;
};

/* What is known of a blob. ERROR_NOT_FOUND: no entry names it. */
int deposit_box_find_blob(const struct deposit_box *box, const struct hash *hash,
                          struct deposit_blob_row *ret_row);

/* Names a blob of an entry, within a transaction; a later name changes nothing. */
int deposit_box_name_blob(struct deposit_box *box, const struct hash *hash, uint64_t total);

enum deposit_outcome {
	DEPOSIT_TAKEN,
	DEPOSIT_UNKNOWN, /* no entry names such a blob of this total */
	DEPOSIT_GAP,     /* it begins beyond what is here */
	DEPOSIT_OVER,    /* the quota */
	DEPOSIT_WRONG    /* whole, and of another hash: nothing of it is here any more */
};

struct deposit_limits {
	timestamp now;
	timestamp before; /* what has been here since before this has expired */
	uint64_t quota;   /* bytes of entries and blobs */
};

/* Takes a piece of a blob, within a transaction, and says how much is here now. When the
 * transaction is not committed, blob_bytes must be what it was before. */
int deposit_box_take(struct deposit_box *box, const struct frame_blob_chunk *chunk,
                     const struct deposit_limits *limits, enum deposit_outcome *ret_outcome,
                     uint64_t *ret_held);

/* Calls `take` with each value under the prefix. */
int deposit_box_for_each(struct deposit_box *box, const char *prefix,
                         int (*take)(struct deposit_box *box, const struct store_value *value));

/* Count the bytes of blobs, and the nonces, from the store. */
int deposit_box_count_blobs(struct deposit_box *box);
int deposit_box_count_nonces(struct deposit_box *box);

/* Deletes, within a transaction, blobs that have been here since before `before`, among
 * the next few rows; the following call goes on from there. When the transaction is not
 * committed, blob_bytes must be what it was before. */
int deposit_box_expire(struct deposit_box *box, timestamp before);

/* Whether a request with this nonce was answered. */
int deposit_box_knows_nonce(const struct deposit_box *box, const uint8_t nonce[HASH_SIZE],
                            bool *ret_knows);

/* Remembers, within a transaction, the nonce of a party's request of that time. */
int deposit_box_put_nonce(struct deposit_box *box, const uint8_t nonce[HASH_SIZE], timestamp time,
                          unsigned party);

/* Forgets, within a transaction, nonces of requests of before `before`, as
 * deposit_box_expire; the same holds for `nonces`. */
int deposit_box_forget_nonces(struct deposit_box *box, timestamp before);

#endif
