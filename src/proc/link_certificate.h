/* The short-lived certificates of the link: X.509 v3 (RFC 5280), Ed25519 (RFC
 * 8410), issued by the keeper under the link identity key, which the charter or
 * a later `rekey` pins. Subject and issuer are O=<party>, CN=<channel id>; the
 * key is that of one TLS process; valid from five minutes before to 24 hours
 * after it was asked for. No other trust root, no chain. */
#ifndef LINK_CERTIFICATE_H
#define LINK_CERTIFICATE_H

#include "ed25519.h"
#include "timestamp.h"

enum {
	LINK_CERTIFICATE_MAXIMUM = 2048, /* bytes of DER */
	LINK_CERTIFICATE_BEFORE = 5 * 60,
	LINK_CERTIFICATE_AFTER = 24 * 60 * 60
};

/* Verifies a certificate that a peer presented: DER and nothing after it,
 * Ed25519 throughout, signed by `issuer`, valid at `now` and for no longer in
 * all than such certificates are. Gives the key it certifies. ERROR_SYNTAX,
 * ERROR_LIMIT, ERROR_UNSUPPORTED (other algorithms), ERROR_SIGNATURE,
 * ERROR_CLOCK (not valid now), ERROR_MEMORY. */
int link_certificate_verify(struct bytes der, const struct ed25519_public *issuer, timestamp now,
                            struct ed25519_public *ret_public_key, struct error *error);

#endif
