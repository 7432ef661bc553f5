/* Keys and headers of age files: age-encryption.org/v1 (C2SP age.md), with
 * X25519 recipients only. Other stanza types are read and skipped.
 *
 * An age file is a header, a 16-byte nonce and the encrypted payload:
 *
 *     age-encryption.org/v1
 *     -> X25519 <ephemeral share>          the file key, wrapped once
 *     <wrapped file key>                   for each recipient
 *     --- <MAC over all before>
 *     nonce, chunks                        see age_stream.h
 *
 * Who holds a secret reading key needs only the header: age_header_unwrap gives
 * the file key, and whoever has that decrypts the rest.
 */
#ifndef AGE_H
#define AGE_H

#include "buffer.h"
#include "random_source.h"
#include "result.h"

enum {
	X25519_SIZE = 32,
	AGE_FILE_KEY_SIZE = 16,
	AGE_HEADER_MAXIMUM = 16384,  /* bytes; ours: the format has no limit */
	AGE_STANZAS_MAXIMUM = 64,    /* likewise */
	AGE_RECIPIENT_CAPACITY = 63, /* `age1…` with its NUL */
	AGE_IDENTITY_CAPACITY = 75,  /* `AGE-SECRET-KEY-1…` with its NUL */
};

struct x25519_public {
	uint8_t bytes[X25519_SIZE];
};

/* Wiped by its owner. */
struct x25519_secret {
	uint8_t bytes[X25519_SIZE];
};

/* Wiped by its owner. */
struct age_file_key {
	uint8_t bytes[AGE_FILE_KEY_SIZE];
};

/* A new secret from the random source; ERROR_RANDOM. */
int x25519_secret_generate(const struct random_source *random, struct x25519_secret *ret_secret);

/* The public key of a secret (RFC 7748, section 6.1). */
void x25519_public_of(const struct x25519_secret *secret, struct x25519_public *ret_public);

/* True for the points of small order, which make every shared secret zero. */
bool x25519_public_is_small(const struct x25519_public *point);

/* `age1…`. Parsing refuses every other spelling (ERROR_SYNTAX, ERROR_CANONICAL)
 * and points of small order (ERROR_DENIED), to which nothing can be sealed. */
int age_recipient_print(const struct x25519_public *recipient,
                        char ret_text[AGE_RECIPIENT_CAPACITY]);
int age_recipient_parse(struct bytes text, struct x25519_public *ret_recipient);

/* `AGE-SECRET-KEY-1…`. The text is as secret as the key: wipe it. */
int age_identity_print(const struct x25519_secret *identity, char ret_text[AGE_IDENTITY_CAPACITY]);
int age_identity_parse(struct bytes text, struct x25519_secret *ret_identity);

/* Finds where the header ends in the first bytes of an age file. OK and the
 * size of the header; ERROR_WAIT when more bytes are needed; ERROR_LIMIT when
 * no header ends within AGE_HEADER_MAXIMUM; ERROR_SYNTAX or ERROR_UNSUPPORTED
 * (another version) when it cannot be one. Does not check what is between. */
int age_header_length(struct bytes prefix, size_t *ret_size);

/* One recipient stanza; views into the header text. */
struct age_stanza {
	struct bytes whole;     /* from `->` through the last body line's LF */
	struct bytes type;      /* the first argument */
	struct bytes arguments; /* those after the type, without the space before; may be empty */
	struct bytes body;      /* base64, still in its lines */
};

/* A parsed header. The views last as long as the bytes that were parsed. */
struct age_header {
	size_t stanza_count;
	struct age_stanza stanzas[AGE_STANZAS_MAXIMUM];
	struct bytes authenticated; /* from the start through `---` */
	uint8_t mac[HASH_SIZE];
};

/* Parses exactly one header, nothing after it, strictly as the format says.
 * ERROR_SYNTAX, ERROR_CANONICAL, ERROR_UNSUPPORTED (another version) or
 * ERROR_LIMIT. Authenticates nothing. */
int age_header_parse(struct bytes text, struct age_header *ret_header, struct error *error);

/* True for a stanza of type X25519, whatever else may be wrong with it. */
bool age_stanza_is_x25519(const struct age_stanza *stanza);

/* OK when an X25519 stanza is well-formed: one argument, a share that is not of
 * small order, and a body that wraps 16 bytes. ERROR_SYNTAX, ERROR_CANONICAL. */
int age_stanza_check(const struct age_stanza *stanza);

/* Opens the header with any of `count` secrets and checks its MAC.
 * ERROR_NOT_FOUND: no stanza is for these secrets. ERROR_SIGNATURE: one is, but
 * the MAC does not hold. ERROR_SYNTAX, ERROR_CANONICAL and those of
 * age_header_parse: malformed; also an X25519 stanza with a point of small
 * order, and one whose file key has another size. */
int age_header_unwrap(struct bytes text, const struct x25519_secret *secrets, size_t count,
                      struct age_file_key *ret_file_key, struct error *error);

/* Checks the MAC under a file key: the header commits to its file key.
 * ERROR_SIGNATURE when it does not hold. */
int age_header_authenticate(const struct age_header *header, const struct age_file_key *file_key);

/* Appends a header for `count` recipients (1 to AGE_STANZAS_MAXIMUM), in this
 * order, to `output`. The ephemeral secret of each stanza goes to
 * `ret_ephemerals` (count elements, wiped by the caller) unless that is NULL:
 * an author keeps it to prove later what it sealed. ERROR_DENIED for a
 * recipient of small order. */
int age_header_build(struct buffer *output, const struct age_file_key *file_key,
                     const struct x25519_public *recipients, size_t count,
                     const struct random_source *random, struct x25519_secret *ret_ephemerals);

/* Opens one stanza from the author's side, by the ephemeral secret that made
 * it. Does not check the header's MAC. ERROR_MISMATCH: this is not the secret of
 * this stanza's share. ERROR_SIGNATURE: it is, and the stanza does not open for
 * this recipient. ERROR_SYNTAX: the stanza is malformed. */
int age_stanza_open_as_author(const struct age_stanza *stanza,
                              const struct x25519_secret *ephemeral,
                              const struct x25519_public *recipient,
                              struct age_file_key *ret_file_key);

#endif
