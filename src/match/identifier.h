/* Identifiers in their one spelling: the same thing has the same bytes, whoever writes it.
 *
 *     ipv4         198.51.100.0/24       masked; an address alone is its /32
 *     ipv6         2001:db8::/32         RFC 5952, masked; an address alone is its /128; what
 *                                        is mapped (::ffff:0:0/96) is written as ipv4
 *     asn          64496                 1 to 4294967295
 *     domain       xn--80ak6aa.example   A-labels in lower case, at least two, no dot at the end,
 *                                        the last not all digits; at most 253 bytes
 *     certificate  9f86d0…               SHA-256, 64 hexadecimal digits in lower case
 *     spki         the same
 *
 * Labels of domains in other scripts are for the shell to turn into A-labels: the core has
 * no tables of Unicode. */
#ifndef IDENTIFIER_H
#define IDENTIFIER_H

#include "identifier_class.h"
#include "result.h"

enum {
	IDENTIFIER_MAXIMUM = 253, /* bytes of the longest, a domain */
	IDENTIFIER_CAPACITY = IDENTIFIER_MAXIMUM + 1,
	IDENTIFIER_QUESTIONS_MAXIMUM = 129,
	IDENTIFIER_LENGTHS = 129 /* prefix lengths: 0 to 128 */
};

struct identifier {
	enum identifier_class identifier_class;
	size_t size; /* without the NUL */
	char text[IDENTIFIER_CAPACITY];
};

/* View of the text. */
struct bytes identifier_view(const struct identifier *identifier);

/* OK for the one spelling; ERROR_CANONICAL for another spelling of something;
 * ERROR_SYNTAX for what is no such identifier. */
int identifier_check(enum identifier_class identifier_class, struct bytes text);

/* Reads the usual spellings, and gives the one: bare addresses, prefixes with bits beyond
 * their length, capital letters, a dot at the end, AS64496, asdot, hashes with colons or as
 * `sha256/<base64>`. A mapped IPv6 address becomes ipv4. ERROR_SYNTAX with a sentence;
 * ERROR_UNSUPPORTED: a domain that is not ASCII. */
int identifier_read(enum identifier_class identifier_class, struct bytes text,
                    struct identifier *ret_identifier, struct error *error);

/* The same where the class is to be seen from the spelling. A hash is one of a
 * certificate, one that begins with `sha256/` of an SPKI; `spki:` and every other name of a
 * class may stand before what it is. A number alone is nothing: ASNs begin with AS. */
int identifier_recognize(struct bytes text, struct identifier *ret_identifier, struct error *error);

/* Whether something names what everybody has: ERROR_DENIED with a sentence for addresses of
 * private use, of this host or link, of groups, for everything (/0), and for private ASNs.
 * Documentation's names are not among them. */
int identifier_is_somebodys(const struct identifier *identifier, struct error *error);

/* Whether `one` is `other` or contains it: a prefix that is shorter, a domain above it. */
bool identifier_covers(const struct identifier *one, const struct identifier *other);

/* What has to be asked of a list that is to know of `asked`: a prefix masked to each length in
 * use that is not longer than its own (`lengths`, IDENTIFIER_LENGTHS of them, by length); a
 * domain and each that is above it with at least two labels; anything else as it is. The
 * longest first. `ret_questions` has room for IDENTIFIER_QUESTIONS_MAXIMUM. Returns their
 * number, which may be 0. */
size_t identifier_questions(const struct identifier *asked, const bool *lengths,
                            struct identifier *ret_questions);

#endif
