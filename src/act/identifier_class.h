/* Classes of identifiers: what a list of critical infrastructure can name, and what a
 * match-only list has a key, a commitment and a budget of its own for. */
#ifndef IDENTIFIER_CLASS_H
#define IDENTIFIER_CLASS_H

#include "bytes.h"

/* In the order in which acts name them; the numbers stand in frames and messages. */
enum identifier_class {
	IDENTIFIER_IPV4,        /* a prefix, `198.51.100.0/24` */
	IDENTIFIER_IPV6,        /* a prefix, `2001:db8::/32`: RFC 5952 */
	IDENTIFIER_ASN,         /* `64496` */
	IDENTIFIER_DOMAIN,      /* A-labels in lower case, no dot at the end */
	IDENTIFIER_CERTIFICATE, /* SHA-256 of a certificate, lower-case hexadecimal */
	IDENTIFIER_SPKI,        /* SHA-256 of a SubjectPublicKeyInfo, the same */
	IDENTIFIER_CLASS_COUNT
};

/* "ipv4", "ipv6", "asn", "domain", "certificate", "spki"; the words joined by '|'. */
#define IDENTIFIER_CLASSES "ipv4|ipv6|asn|domain|certificate|spki"
const char *identifier_class_name(enum identifier_class identifier_class);
/* False for other words. */
bool identifier_class_named(struct bytes name, enum identifier_class *ret_class);

#endif
