/* Issuing the certificates of the link; see link_certificate.h. */
#ifndef CERTIFICATE_H
#define CERTIFICATE_H

#include "buffer.h"
#include "ed25519.h"
#include "timestamp.h"

struct certificate_request {
	const struct ed25519_secret *issuer;
	const char *party;   /* O of issuer and subject */
	const char *channel; /* CN: the channel id. (A log's name exceeds X.520's 64.) */
	struct ed25519_public public_key;
	timestamp now;
	uint64_t serial; /* random */
};

/* Appends the DER. ERROR_MEMORY or ERROR_INTERNAL (OpenSSL refused). */
int certificate_issue(const struct certificate_request *request, struct buffer *der,
                      struct error *error);

#endif
