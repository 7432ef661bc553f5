/* A caller of a link that the test holds in its hands: OpenSSL on a blocking
 * socket, honest unless told otherwise. */
#ifndef LINK_CALLER_H
#define LINK_CALLER_H

#include "link_pair.h"

#include "tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/time.h>

struct caller_options {
	const struct ed25519_secret *issuer; /* of its certificate; NULL: it shows none */
	int64_t age;                         /* of the certificate, seconds */
	bool no_name, other_name, no_protocol, other_protocol, old_version;
};

struct caller {
	int fd;
	SSL_CTX *context;
	SSL *ssl;
};

static inline int caller_socket(uint16_t port)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		                       .sin_port = htons(port),
		                       .sin_addr = { htonl(INADDR_LOOPBACK) } };
	const struct timeval wait = { 20, 0 };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_true(fd >= 0);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)), 0);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait)), 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

static inline void caller_certify(struct caller *caller, const struct caller_options *options)
{
	struct certificate_request request = {
		.issuer = options->issuer, .party = "south", .channel = "test", .serial = 9
	};
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	struct clock clock = system_clock();
	size_t size = sizeof(request.public_key.bytes);
	struct buffer der;
	struct error error;

	assert_int_equal(EVP_PKEY_get_raw_public_key(key, request.public_key.bytes, &size), 1);
	request.now = clock.now(clock.context) - options->age;
	buffer_init(&der, 8192);
	assert_ok(certificate_issue(&request, &der, &error));
	assert_int_equal(SSL_CTX_use_certificate_ASN1(caller->context, (int)der.size, der.data), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(caller->context, key), 1);
	EVP_PKEY_free(key);
	buffer_release(&der);
}

/* Connects and shakes hands. Whether the handshake ended well on this side: with
 * TLS 1.3 the other may still refuse the certificate, which the first read tells. */
static inline bool caller_connect(struct caller *caller, uint16_t port, const struct hash *channel,
                                  const struct caller_options *options)
{
	static const uint8_t protocol[] = "\x11"
					  "chirograph-link/1",
			     other[] = "\x08"
				       "http/1.1";
	struct clock clock = system_clock();
	struct tls_identity named;
	struct ed25519_public unused;
	bool connected;

	caller->fd = caller_socket(port);
	caller->context = SSL_CTX_new(TLS_client_method());
	assert_non_null(caller->context);
	if (options->old_version)
		SSL_CTX_set_max_proto_version(caller->context, TLS1_2_VERSION);
	if (options->issuer != NULL)
		caller_certify(caller, options);
	caller->ssl = SSL_new(caller->context);
	assert_ok(tls_identity_init(&named, channel, &clock, &unused, NULL));
	if (options->other_name)
		SSL_set_tlsext_host_name(caller->ssl, "example.invalid");
	else if (!options->no_name)
		SSL_set_tlsext_host_name(caller->ssl, named.name);
	tls_identity_release(&named);
	if (options->other_protocol)
		SSL_set_alpn_protos(caller->ssl, other, sizeof(other) - 1);
	else if (!options->no_protocol)
		SSL_set_alpn_protos(caller->ssl, protocol, sizeof(protocol) - 1);
	SSL_set_fd(caller->ssl, caller->fd);
	connected = SSL_connect(caller->ssl) == 1;
	ERR_clear_error();
	return connected;
}

static inline void caller_close(struct caller *caller)
{
	SSL_free(caller->ssl);
	SSL_CTX_free(caller->context);
	close(caller->fd);
}

static inline void caller_write(struct caller *caller, const void *data, size_t size)
{
	assert_int_equal(SSL_write(caller->ssl, data, (int)size), (int)size);
}

static inline void caller_hello(struct caller *caller, const struct hash *channel)
{
	struct frame_hello hello = {
		.version_minimum = 1, .version_maximum = 1, .channel = *channel, .party = 1
	};
	struct buffer frame;

	buffer_init(&frame, 1024);
	assert_ok(frame_put_hello(&frame, &hello));
	caller_write(caller, frame.data, frame.size);
	buffer_release(&frame);
}

/* The next frame from the link; false when the connection has ended. */
static inline bool caller_read(struct caller *caller, uint8_t *ret_type, struct buffer *payload)
{
	uint8_t header[FRAME_HEADER_SIZE], *place;
	size_t size, have = 0;

	while (have < sizeof(header)) {
		int r = SSL_read(caller->ssl, header + have, (int)(sizeof(header) - have));

		if (r <= 0)
			return false;
		have += (size_t)r;
	}
	size = ((size_t)header[1] << 16 | (size_t)header[2] << 8 | header[3]) - 1;
	buffer_clear(payload);
	assert_ok(buffer_extend(payload, size, &place));
	for (have = 0; have < size;) {
		int r = SSL_read(caller->ssl, place + have, (int)(size - have));

		if (r <= 0)
			return false;
		have += (size_t)r;
	}
	*ret_type = header[4];
	return true;
}

/* Reads until the connection ends; the code of the error frame on the way, or OK. */
static inline int caller_last_words(struct caller *caller)
{
	struct frame_error frame;
	struct buffer payload;
	uint8_t type;
	int code = OK;

	buffer_init(&payload, FRAME_MAXIMUM);
	while (caller_read(caller, &type, &payload))
		if (type == FRAME_ERROR) {
			assert_ok(frame_get_error(buffer_view(&payload), &frame, NULL));
			code = frame.code;
		}
	buffer_release(&payload);
	return code;
}

#endif
