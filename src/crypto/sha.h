/* SHA-256, SHA-512 (FIPS 180-4) and HMAC-SHA-256 (RFC 2104).
 *
 * A message is given in pieces, hashed one after the other as if they were one
 * string, so that nobody copies a prefix and a body together to hash them.
 *
 * One-shot hashing cannot fail. OpenSSL's EVP is used where its speed pays
 * (SHA instructions of the processor); where it would cost more to set up than
 * to hash, or has no memory, libsodium computes the same value without
 * allocating. Who hashes many small messages keeps a stream and passes it.
 */
#ifndef SHA_H
#define SHA_H

#include "bytes.h"

enum { SHA512_SIZE = 64, HMAC_SHA256_SIZE = 32 };

/* The SHA-256 of `count` pieces in order. */
void sha256(struct hash *ret_hash, const struct bytes *pieces, size_t count);

/* The same of one piece. */
void sha256_of(struct hash *ret_hash, struct bytes message);

/* The SHA-512 of `count` pieces in order. */
void sha512(uint8_t ret_hash[SHA512_SIZE], const struct bytes *pieces, size_t count);

/* The same without allocating, whatever the size, and what it computed on the way is
 * wiped: for secrets. */
void sha512_in_place(uint8_t ret_hash[SHA512_SIZE], const struct bytes *pieces, size_t count);

/* Hashing of what does not come all at once, and of many messages in turn.
 * One thread at a time. */
struct sha256_stream {
	void *context;   /* of OpenSSL; owned */
	void *algorithm; /* of OpenSSL; owned */
};

/* ERROR_MEMORY when OpenSSL cannot allocate; then nothing need be released. */
int sha256_stream_init(struct sha256_stream *stream);
void sha256_stream_release(struct sha256_stream *stream);

/* ERROR_INTERNAL only if OpenSSL itself fails; the message is then lost. */
int sha256_stream_update(struct sha256_stream *stream, struct bytes piece);

/* Gives the hash of what came since init or the last finish, and is ready for
 * the next message. */
int sha256_stream_finish(struct sha256_stream *stream, struct hash *ret_hash);

/* As sha256, with the context of a stream that is at the start of a message,
 * and leaves it so: nearly three times as fast for messages of a few dozen
 * bytes. Cannot fail. */
void sha256_with(struct sha256_stream *stream, struct hash *ret_hash, const struct bytes *pieces,
                 size_t count);

/* HMAC-SHA-256 of `count` pieces under `key` of any length. Cannot fail and
 * allocates nothing; what it computed on the way is wiped. Compare two of them
 * by secret_equal. */
void hmac_sha256(uint8_t ret_code[HMAC_SHA256_SIZE], struct bytes key, const struct bytes *pieces,
                 size_t count);

#endif
