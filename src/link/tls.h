/* TLS of the link: OpenSSL, TLS 1.3 only, ALPN `chirograph-link/1`, Ed25519
 * certificates on both sides that are verified against the pinned link key and
 * nothing else. No tickets, no session cache, no renegotiation.
 *
 * A listener does not know for which channel a caller calls until the
 * ClientHello names it (SNI): `<label>.invalid`, where the label is the first 32
 * characters of the lower-case base32 of SHA-256("chirograph-link/1\n" ‖ channel
 * id), so that the name tells a listener on the wire nothing that links it to
 * the charter. A name that is not known, or none, ends the handshake.
 */
#ifndef TLS_H
#define TLS_H

#include "bytes.h"
#include "ed25519.h"
#include "result.h"
#include "timestamp.h"

#include <openssl/ssl.h>

enum { TLS_NAME_CAPACITY = 32 + sizeof ".invalid" };

/* The key of this process for one channel and what its peer must present. */
struct tls_identity {
	EVP_PKEY *key;                   /* short-lived; made here, never leaves */
	SSL_CTX *context;                /* NULL until the keeper has certified the key */
	struct ed25519_public pinned[2]; /* the other side's link key, its former one or zeros */
	char name[TLS_NAME_CAPACITY];
	const struct clock *clock;
};

/* All zeros: a place for a key that is not in use. */
bool tls_is_no_key(const struct ed25519_public *key);

/* Finds the identity for a server name, or NULL. */
typedef struct tls_identity *tls_find(void *context, const char *name);

/* What callers meet before their ClientHello has named a channel. Released with
 * SSL_CTX_free. `context` is given to `find` and outlives the listener. */
int tls_listener_new(tls_find *find, void *context, SSL_CTX **ret_listener);

/* A fresh key; its public part goes to the keeper. The clock outlives it. */
int tls_identity_init(struct tls_identity *identity, const struct hash *channel,
                      const struct clock *clock, struct ed25519_public *ret_public,
                      struct error *error);
void tls_identity_release(struct tls_identity *identity);

/* Takes the keeper's certificate for that key. */
int tls_identity_certify(struct tls_identity *identity, struct bytes der, struct error *error);

/* A TLS connection for dialling out, with the channel's name in its ClientHello,
 * or one for a caller. NULL when out of memory. */
SSL *tls_dial(struct tls_identity *identity);
SSL *tls_accept(SSL_CTX *listener);

/* After the handshake: the identity that the other side proved to be pinned in;
 * NULL if it did not, or if the protocol was not agreed on. */
struct tls_identity *tls_authenticated(SSL *ssl);

#endif
