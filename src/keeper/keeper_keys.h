/* The private keys of one channel, or of a setup that may become one.
 *
 * A key is pending from when it was made until it is activated, which the
 * engine asks for once the act that names it is in the log; then it is current.
 * The former current key is destroyed, but a reading key is kept as old: bodies
 * were sealed to it.
 *
 * The log key is replaced only by a successor log (keeper_succession).
 *
 * Files: "chirokey", u32 version, u8 party, u16 count, { u8 purpose, u8 status,
 * secret } a key, SHA-256 of all before.
 */
#ifndef KEEPER_KEYS_H
#define KEEPER_KEYS_H

#include "age.h"
#include "keeper_messages.h"
#include "random_source.h"

enum keeper_key_status {
	KEEPER_KEY_PENDING,
	KEEPER_KEY_CURRENT,
	KEEPER_KEY_OLD,
	KEEPER_KEY_STATUS_COUNT
};

enum {
	KEEPER_SECRET_SIZE = 32,
	KEEPER_KEYS_MAXIMUM = 128,
	KEEPER_PARTY_UNKNOWN = 0xff,
	KEEPER_PENDING_MAXIMUM = 4, /* of one purpose; a fifth replaces the oldest */
	KEEPER_KEYS_FILE_MAXIMUM = 8 + 4 + 1 + 2 + KEEPER_KEYS_MAXIMUM * (2 + KEEPER_SECRET_SIZE) +
	                           32
};

struct keeper_key {
	enum keeper_purpose purpose;
	enum keeper_key_status status;
	uint8_t secret[KEEPER_SECRET_SIZE]; /* an Ed25519 seed, or of X25519 for reading */
};

/* In the order in which they were made. */
struct keeper_keys {
	uint8_t party; /* whose they are, in the charter's order; KEEPER_PARTY_UNKNOWN before */
	size_t count;
	struct keeper_key keys[KEEPER_KEYS_MAXIMUM];
};

/* Keys on the heap, kept out of swap where the system allows it. NULL when
 * memory is short. Free wipes; NULL is allowed. */
struct keeper_keys *keeper_keys_new(void);
void keeper_keys_free(struct keeper_keys *keys);

/* One current key for each purpose. `keys` is empty before. */
int keeper_keys_generate(struct keeper_keys *keys, const struct random_source *random);

/* The current key of a purpose; there is always one. */
const struct keeper_key *keeper_keys_current(const struct keeper_keys *keys,
                                             enum keeper_purpose purpose);

/* The current key pair of a purpose other than reading; the caller wipes it. */
void keeper_keys_pair(const struct keeper_keys *keys, enum keeper_purpose purpose,
                      struct ed25519_secret *ret_pair);

/* All reading keys, the current first; the caller wipes them. */
void keeper_keys_reading(const struct keeper_keys *keys,
                         struct x25519_secret ret_secrets[KEEPER_KEYS_MAXIMUM], size_t *ret_count);

/* The public key as acts and charters write it: base64, or `age1…`. */
int keeper_key_print(const struct keeper_key *key, char ret_text[KEEPER_KEY_TEXT_CAPACITY]);

/* A new pending key. ERROR_LIMIT, ERROR_RANDOM. */
int keeper_keys_add(struct keeper_keys *keys, enum keeper_purpose purpose,
                    const struct random_source *random, char ret_text[KEEPER_KEY_TEXT_CAPACITY]);

/* Makes a pending key current; nothing happens when it is already. ERROR_NOT_FOUND:
 * it was not made here for that purpose. */
int keeper_keys_activate(struct keeper_keys *keys, enum keeper_purpose purpose, struct bytes text);

/* Whether a key of this purpose, as it prints, is pending or current here. */
bool keeper_keys_have(const struct keeper_keys *keys, enum keeper_purpose purpose,
                      struct bytes text);

/* Keeps the reading keys of `former` as old ones. ERROR_LIMIT. */
int keeper_keys_inherit_reading(struct keeper_keys *keys, const struct keeper_keys *former);

/* Destroys an old reading key. ERROR_STATE: it is current or pending;
 * ERROR_NOT_FOUND. */
int keeper_keys_destroy_reading(struct keeper_keys *keys, struct bytes recipient);
/* Whether that is what it is: OK, ERROR_STATE, ERROR_NOT_FOUND. */
int keeper_keys_is_old_reading(const struct keeper_keys *keys, struct bytes recipient);

/* The file's content, and back. Decoding checks that each purpose has exactly
 * one current key; ERROR_SYNTAX, ERROR_MISMATCH (checksum). */
int keeper_keys_encode(const struct keeper_keys *keys, struct buffer *buffer);
int keeper_keys_decode(struct keeper_keys *keys, struct bytes content);

#endif
