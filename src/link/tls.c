#include "tls.h"

#include "encoding.h"
#include "link_certificate.h"
#include "sha.h"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <string.h>

static const unsigned char protocol[] = "\x11"
					"chirograph-link/1";
enum { PROTOCOL_SIZE = sizeof protocol - 1, NAME_LABEL_SIZE = 32 };

/* Where a connection remembers whose channel it is for. */
static int identity_index(void)
{
	static int index = -1;

	if (index < 0)
		index = SSL_get_ex_new_index(0, NULL, NULL, NULL, NULL);
	return index;
}

static int verified_index(void)
{
	static int index = -1;

	if (index < 0)
		index = SSL_get_ex_new_index(0, NULL, NULL, NULL, NULL);
	return index;
}

/* --- verification --------------------------------------------------------------- */

bool tls_is_no_key(const struct ed25519_public *key)
{
	static const struct ed25519_public none;

	return ed25519_public_equal(key, &none);
}

/* In place of OpenSSL's chain building: the one certificate must be signed by
 * the pinned key. That the peer holds the certified key, TLS itself checks. */
static int verify_peer(X509_STORE_CTX *store, void *unused)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct tls_identity *identity = SSL_get_ex_data(ssl, identity_index());
	X509 *certificate = X509_STORE_CTX_get0_cert(store);
	struct ed25519_public public_key;
	unsigned char *der = NULL;
	int size, r = ERROR_DENIED;

	(void)unused;
	if (identity != NULL && certificate != NULL && (size = i2d_X509(certificate, &der)) > 0) {
		for (size_t i = 0; i < 2 && r != OK; i++)
			if (!tls_is_no_key(&identity->pinned[i]))
				r = link_certificate_verify(
				    bytes_of(der, (size_t)size), &identity->pinned[i],
				    identity->clock->now(identity->clock->context), &public_key,
				    NULL);
		OPENSSL_free(der);
	}
	if (r == OK && SSL_set_ex_data(ssl, verified_index(), identity) == 1)
		return 1;
	X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_UNTRUSTED);
	return 0;
}

struct tls_identity *tls_authenticated(SSL *ssl)
{
	const unsigned char *selected;
	unsigned size;

	SSL_get0_alpn_selected(ssl, &selected, &size);
	if (size != PROTOCOL_SIZE - 1 || memcmp(selected, protocol + 1, size) != 0)
		return NULL;
	return SSL_get_ex_data(ssl, verified_index());
}

/* --- contexts ---------------------------------------------------------------------- */

static int select_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_size,
                           const unsigned char *in, unsigned in_size, void *unused)
{
	unsigned char *selected;

	(void)ssl;
	(void)unused;
	if (SSL_select_next_proto(&selected, out_size, protocol, PROTOCOL_SIZE, in, in_size) !=
	    OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	*out = selected;
	return SSL_TLSEXT_ERR_OK;
}

/* The post-quantum hybrid where this OpenSSL has it. */
static bool choose_groups(SSL_CTX *context)
{
	return SSL_CTX_set1_groups_list(context, "X25519MLKEM768:X25519") == 1 ||
	       SSL_CTX_set1_groups_list(context, "X25519") == 1;
}

static SSL_CTX *new_context(void)
{
	SSL_CTX *context = SSL_CTX_new(TLS_method());

	if (context == NULL)
		return NULL;
	if (SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) != 1 ||
	    SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) != 1 ||
	    SSL_CTX_set1_sigalgs_list(context, "ed25519") != 1 || !choose_groups(context) ||
	    SSL_CTX_set_alpn_protos(context, protocol, PROTOCOL_SIZE) != 0 ||
	    SSL_CTX_set_num_tickets(context, 0) != 1) {
		SSL_CTX_free(context);
		return NULL;
	}
	SSL_CTX_set_alpn_select_cb(context, select_protocol, NULL);
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_options(context,
	                    SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	SSL_CTX_set_cert_verify_callback(context, verify_peer, NULL);
	return context;
}

struct listener {
	tls_find *find;
	void *context;
};

static void free_listener(void *parent, void *value, CRYPTO_EX_DATA *data, int index, long length,
                          void *argument)
{
	(void)parent;
	(void)data;
	(void)index;
	(void)length;
	(void)argument;
	OPENSSL_free(value);
}

static int listener_index(void)
{
	static int index = -1;

	if (index < 0)
		index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, free_listener);
	return index;
}

static int choose_identity(SSL *ssl, int *alert, void *argument)
{
	const struct listener *listener = argument;
	const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
	struct tls_identity *identity = name != NULL ? listener->find(listener->context, name)
	                                             : NULL;

	if (identity == NULL || identity->context == NULL ||
	    SSL_set_ex_data(ssl, identity_index(), identity) != 1 ||
	    SSL_set_SSL_CTX(ssl, identity->context) == NULL) {
		*alert = SSL_AD_UNRECOGNIZED_NAME;
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	}
	return SSL_TLSEXT_ERR_OK;
}

/* OpenSSL skips the callback above for a caller without a name; without an
 * identity its certificate is then refused. */
int tls_listener_new(tls_find *find, void *context, SSL_CTX **ret_listener)
{
	SSL_CTX *ssl_context = new_context();
	struct listener *listener = OPENSSL_malloc(sizeof *listener);

	if (ssl_context == NULL || listener == NULL ||
	    SSL_CTX_set_ex_data(ssl_context, listener_index(), listener) != 1) {
		SSL_CTX_free(ssl_context);
		OPENSSL_free(listener);
		return ERROR_MEMORY;
	}
	*listener = (struct listener){ find, context };
	SSL_CTX_set_tlsext_servername_callback(ssl_context, choose_identity);
	SSL_CTX_set_tlsext_servername_arg(ssl_context, listener);
	*ret_listener = ssl_context;
	return OK;
}

/* --- identities ----------------------------------------------------------------------- */

static int server_name(const struct hash *channel, char ret_name[TLS_NAME_CAPACITY])
{
	const struct bytes pieces[] = { bytes_of_string("chirograph-link/1\n"),
		                        bytes_of(channel->bytes, HASH_SIZE) };
	char label[HASH_BASE32_CAPACITY];
	struct hash hash;

	sha256(&hash, pieces, 2);
	hash_to_base32(&hash, label);
	memcpy(ret_name, label, NAME_LABEL_SIZE);
	memcpy(ret_name + NAME_LABEL_SIZE, ".invalid", sizeof ".invalid");
	return OK;
}

int tls_identity_init(struct tls_identity *identity, const struct hash *channel,
                      const struct clock *clock, struct ed25519_public *ret_public,
                      struct error *error)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	size_t size = sizeof ret_public->bytes;
	struct ed25519_public public_key;

	if (key == NULL || EVP_PKEY_get_raw_public_key(key, public_key.bytes, &size) != 1) {
		EVP_PKEY_free(key);
		return error_set(error, ERROR_INTERNAL, "no key for the link could be made");
	}
	*identity = (struct tls_identity){ .key = key, .clock = clock };
	server_name(channel, identity->name);
	*ret_public = public_key;
	return OK;
}

void tls_identity_release(struct tls_identity *identity)
{
	SSL_CTX_free(identity->context);
	EVP_PKEY_free(identity->key);
	identity->context = NULL;
	identity->key = NULL;
}

int tls_identity_certify(struct tls_identity *identity, struct bytes der, struct error *error)
{
	const unsigned char *at = der.data;
	X509 *certificate = d2i_X509(NULL, &at, (long)der.size);
	SSL_CTX *context = new_context();
	int r = OK;

	if (certificate == NULL || context == NULL ||
	    SSL_CTX_use_certificate(context, certificate) != 1 ||
	    SSL_CTX_use_PrivateKey(context, identity->key) != 1 ||
	    SSL_CTX_check_private_key(context) != 1) {
		r = error_set(error, ERROR_INTERNAL,
		              "the keeper's certificate does not fit the link's key");
		SSL_CTX_free(context);
	} else {
		/* Connections under way keep the context that they began with. */
		SSL_CTX_free(identity->context);
		identity->context = context;
	}
	X509_free(certificate);
	ERR_clear_error();
	return r;
}

SSL *tls_dial(struct tls_identity *identity)
{
	SSL *ssl = SSL_new(identity->context);

	if (ssl != NULL && (SSL_set_ex_data(ssl, identity_index(), identity) != 1 ||
	                    SSL_set_tlsext_host_name(ssl, identity->name) != 1)) {
		SSL_free(ssl);
		return NULL;
	}
	return ssl;
}

SSL *tls_accept(SSL_CTX *listener)
{
	return SSL_new(listener);
}
