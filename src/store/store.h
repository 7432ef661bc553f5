/* The store: what a node keeps, per channel, between its starts.
 *
 * It takes and gives bytes and rows and decides nothing: it knows no act, no
 * signature and no hash function. Two backends answer to this header, one over
 * SQLite (durable) and one in memory (for tests and simulation), and they are
 * held to the same contract by the same tests.
 *
 * Transactions. Everything that writes is called between store_begin and
 * store_commit; outside it is ERROR_STATE. When store_commit returns OK, what
 * was written survives the loss of power. A writing call that fails for any
 * reason breaks the transaction: each later call in it returns that same code,
 * and store_commit writes nothing and returns it too. So a caller may make all
 * its calls and look at store_commit only. A reading call inside a transaction
 * sees what the transaction has written; it breaks nothing unless the system
 * failed in it.
 *
 * After a failed store_commit or after store_rollback the store is as it was
 * before store_begin, and usable (a full disk may have been emptied meanwhile).
 * When the system failed (ERROR_IO) and the process dies before the next
 * successful store_commit, the failed transaction is found to have happened
 * either wholly or not at all.
 *
 * Logs. A log is named by its channel and a small number: 0 and 1 are the logs
 * of the charter's first and second party; the successor logs of party p are
 * p + 2, p + 4, and so on, so that `log % STORE_PARTIES` is its party.
 *
 * Results. Every function returns OK or a result of result.h and leaves its
 * `ret_` outputs as they were when it fails. Common to all: ERROR_STATE outside
 * a transaction (writing calls), ERROR_LIMIT for an argument over a limit below,
 * ERROR_NOT_FOUND for a channel that does not exist, ERROR_MEMORY, ERROR_IO
 * (the system refused, or the file is damaged), ERROR_LIMIT (the disk is full).
 *
 * One thread, one process: a store is not locked against threads, and the
 * SQLite file is locked against other processes as long as it is open.
 */
#ifndef STORE_H
#define STORE_H

#include "buffer.h"
#include "result.h"
#include "timestamp.h"

struct store;

enum {
	STORE_PARTIES = 2,
	STORE_LOGS = 32,               /* logs a channel can have: 15 successors a party */
	STORE_ENTRY_MAXIMUM = 65535,   /* bytes of one entry */
	STORE_BATCH_MAXIMUM = 65536,   /* rows in one call that writes */
	STORE_PAGE_MAXIMUM = 4096,     /* rows that one call gives back */
	STORE_VALUE_MAXIMUM = 1 << 20, /* bytes of one value */
	STORE_NOTE_MAXIMUM = 65535,    /* bytes of a signed note */
	STORE_LINE_MAXIMUM = 4096,     /* bytes of a cosignature line */
	STORE_NAME_CAPACITY = 256, /* keys of values, names of cosigners and of readers, with NUL */
	STORE_PIECE_MAXIMUM = 1 << 20, /* bytes of a blob in one call */
	STORE_NODE = 0,                /* in the place of a channel: values of the node itself */
};
#define STORE_PAGE_BYTES_MAXIMUM ((size_t)16 << 20)        /* bytes that one call gives back */
#define STORE_NUMBER_MAXIMUM     ((UINT64_C(1) << 40) - 1) /* entries of a log, and of a channel */
#define STORE_BLOB_MAXIMUM       (UINT64_C(1) << 40)       /* bytes of one blob */

/* ---- Opening, closing, transactions, copies ---- */

/* Opens the database file at `path`, creating it (mode 0600) and bringing its
 * schema up to date as needed. ERROR_UNSUPPORTED: the file is not a store of
 * Chirograph, or one written by a later version. ERROR_IO: it cannot be opened,
 * is damaged, or another process has it open. */
int store_open_sqlite(const char *path, struct store **ret_store, struct error *error);

/* An empty store in memory, gone when closed. */
int store_open_memory(struct store **ret_store);

/* Rolls an open transaction back and frees the store. NULL is allowed. */
void store_close(struct store *store);

/* ERROR_STATE when one is open already. */
int store_begin(struct store *store);
/* OK: durable. Anything else: rolled back, and the transaction is over. */
int store_commit(struct store *store);
/* Drops the transaction; without one, does nothing. Cannot fail. */
void store_rollback(struct store *store);

/* The code and a sentence for the failure that came last, for the journal. */
const struct error *store_last_error(const struct store *store);

/* A complete copy of the store, made in steps while it is in use, to be read from
 * beginning to end: the bytes of a file for store_open_sqlite. It takes room beside
 * the store's own file, under no name, until it is freed or the process ends.
 *
 * store_copy_begin: ERROR_LIMIT when the disk has not the room; the memory backend:
 * ERROR_UNSUPPORTED. store_copy_step: OK when the copy is whole and has everything
 * that is committed by now; ERROR_WAIT when more steps are needed; neither within a
 * transaction (ERROR_STATE). After another failure it can only be freed. Every copy
 * is freed before its store is closed. */
struct store_copy;
int store_copy_begin(struct store *store, struct store_copy **ret_copy);
int store_copy_step(struct store *store, struct store_copy *copy);

/* Of a whole copy. Reading appends `size` bytes from `offset`, or as many as there are. */
uint64_t store_copy_size(const struct store *store, const struct store_copy *copy);
int store_copy_read(struct store *store, struct store_copy *copy, uint64_t offset, size_t size,
                    struct buffer *buffer);

/* NULL is allowed. */
void store_copy_free(struct store *store, struct store_copy *copy);

/* ---- Channels ---- */

struct store_channel {
	uint32_t number;   /* the short name in every other call: 1 and up, never changes */
	struct hash id;    /* SHA-256 of the charter */
	uint8_t own_party; /* 0 or 1 */
};

/* ERROR_EXISTS when there is a channel of that id. */
int store_add_channel(struct store *store, const struct hash *id, unsigned own_party,
                      uint32_t *ret_number);

/* Channels with numbers greater than `after` (0 at first), ascending. */
int store_list_channels(struct store *store, uint32_t after, size_t capacity,
                        struct store_channel *ret_channels, size_t *ret_count);

/* ---- Values: bytes under a key, per channel ----
 *
 * For all that is small and has no order: the channel's state, its charters and
 * their signatures, what the keeper's messages were, cards and drafts of
 * channels being set up (these under STORE_NODE). Keys are the caller's to
 * choose, 1 to 255 bytes without NUL, and sort as memcmp does. */

int store_set_value(struct store *store, uint32_t channel, const char *key, struct bytes value);

/* Appends the value to `buffer`; ERROR_NOT_FOUND when there is none. */
int store_get_value(struct store *store, uint32_t channel, const char *key, struct buffer *buffer);

/* Deleting what is not there is OK. */
int store_delete_value(struct store *store, uint32_t channel, const char *key);

struct store_value {
	struct bytes key; /* without NUL */
	struct bytes value;
};

/* A page of values. Views in it are good until the next call that is given the
 * page, or its release. A call replaces what the page held. */
struct store_values {
	struct store_value *items;
	size_t count;
	size_t capacity;
	struct buffer bytes;
};

void store_values_init(struct store_values *page);
void store_values_release(struct store_values *page);

/* The values whose keys begin with `prefix` ("" for all) and sort after the key
 * `after` ("" at first), at most `count`, ascending. Fewer when the page would
 * exceed STORE_PAGE_BYTES_MAXIMUM: the end is reached when the page is empty. */
int store_list_values(struct store *store, uint32_t channel, const char *prefix, const char *after,
                      size_t count, struct store_values *page);

/* ---- Entries ---- */

struct store_entry {
	uint64_t number;  /* index in its log */
	uint64_t arrival; /* index in its channel, both logs together, in order of storing */
	uint8_t log;
	uint8_t verdict; /* verdict and reason: the caller's, opaque here */
	uint16_t reason;
	struct bytes bytes; /* the entry, 1 to STORE_ENTRY_MAXIMUM */
};

/* Appends to a log. `number` of the first must be the count of entries that the
 * log has, and each next one more (ERROR_STATE). `log` and `arrival` are set by
 * the store and ignored here. */
int store_append_entries(struct store *store, uint32_t channel, unsigned log,
                         const struct store_entry *entries, size_t count);

/* A page of entries; see struct store_values. */
struct store_entries {
	struct store_entry *items;
	size_t count;
	size_t capacity;
	struct buffer bytes;
};

void store_entries_init(struct store_entries *page);
void store_entries_release(struct store_entries *page);

/* The lists below give at most `count` entries, ascending, and stop before an
 * entry that would make the page exceed `maximum` bytes (but give at least one
 * when there is one). The end is reached when the page is empty. */

/* Of one log, from number `from` on. */
int store_get_entries(struct store *store, uint32_t channel, unsigned log, uint64_t from,
                      size_t count, size_t maximum, struct store_entries *page);

/* Of the channel, both logs, from arrival `from` on: an order in which nothing
 * comes before what it could have seen. */
int store_list_arrivals(struct store *store, uint32_t channel, uint64_t from, size_t count,
                        size_t maximum, struct store_entries *page);

/* ---- Heads ---- */

/* A head. Its views are good until the next call that is given it, or its
 * release. A call replaces what it held. */
struct store_head {
	uint64_t size;             /* entries that the head covers */
	struct bytes note;         /* the checkpoint as its log's key signed it */
	struct bytes cosignatures; /* signature lines with their LF, by name of cosigner */
	struct buffer bytes;
};

void store_head_init(struct store_head *head);
void store_head_release(struct store_head *head);

/* Keeps a head of a log. OK when it is kept already with the same bytes;
 * ERROR_MISMATCH when the kept one of that size is different. */
int store_put_head(struct store *store, uint32_t channel, unsigned log, uint64_t size,
                   struct bytes note);

/* Keeps a signature line (with its LF) of `cosigner` under a head that is kept
 * (ERROR_NOT_FOUND); a line of the same cosigner is replaced. */
int store_put_cosignature(struct store *store, uint32_t channel, unsigned log, uint64_t size,
                          const char *cosigner, struct bytes line);

/* The greatest head with a size of at most `size` (STORE_NUMBER_MAXIMUM for the
 * latest) which, unless `cosigner` is NULL, has a line of that cosigner.
 * ERROR_NOT_FOUND when there is none. */
int store_get_head(struct store *store, uint32_t channel, unsigned log, uint64_t size,
                   const char *cosigner, struct store_head *ret_head);

/* ---- Blobs: sealed bodies, by their SHA-256 ---- */

struct store_blob {
	struct hash hash;
	uint64_t total; /* bytes it will have */
	uint64_t size;  /* bytes that are here, from the beginning */
	uint8_t owner;  /* 0 or 1: the party whose body it is */
	bool complete;  /* the caller has verified the hash */
};

/* Announces a blob. OK when it is announced already with the same total and
 * owner; else ERROR_MISMATCH. */
int store_begin_blob(struct store *store, uint32_t channel, const struct hash *hash, uint64_t total,
                     unsigned owner);

/* Adds bytes at `offset`, which is at most the size so far (a gap is
 * ERROR_STATE). Bytes that are here already must be the same (ERROR_MISMATCH)
 * and are skipped. ERROR_LIMIT beyond the total. As these refusals break the
 * transaction, a caller compares a peer's offset and length with store_get_blob
 * first. */
int store_append_blob(struct store *store, uint32_t channel, const struct hash *hash,
                      uint64_t offset, struct bytes piece);

/* Stores a whole blob, of at most STORE_PIECE_MAXIMUM bytes, that the caller has
 * verified. ERROR_EXISTS when it is announced: see store_get_blob. */
int store_add_blob(struct store *store, uint32_t channel, const struct hash *hash, unsigned owner,
                   struct bytes content);

/* Marks a blob as verified. ERROR_STATE unless all its bytes are here. */
int store_complete_blob(struct store *store, uint32_t channel, const struct hash *hash);

/* Deletes a blob and its bytes, overwritten with zeros. Deleting what is not
 * there is OK. */
int store_delete_blob(struct store *store, uint32_t channel, const struct hash *hash);

int store_get_blob(struct store *store, uint32_t channel, const struct hash *hash,
                   struct store_blob *ret_blob);

/* Appends to `buffer` `size` bytes from `offset` on, or as many as are here. */
int store_read_blob(struct store *store, uint32_t channel, const struct hash *hash, uint64_t offset,
                    size_t size, struct buffer *buffer);

/* ---- Circulation: who opened which body when ---- */

struct store_opening {
	uint64_t position; /* 1 and up in the channel's register; set by the store */
	uint8_t log;       /* of the act whose body was opened */
	uint64_t number;
	timestamp time;
	char who[STORE_NAME_CAPACITY];
};

/* Appends to the register. `position` is ignored; `who` is 1 to 255 bytes. */
int store_add_openings(struct store *store, uint32_t channel, const struct store_opening *openings,
                       size_t count);

/* The register after position `after` (0 at first), ascending. */
int store_list_openings(struct store *store, uint32_t channel, uint64_t after, size_t capacity,
                        struct store_opening *ret_openings, size_t *ret_count);

#endif
