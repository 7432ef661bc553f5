/* Prefixes of addresses, as numbers. */
#ifndef PREFIX_H
#define PREFIX_H

#include "identifier.h"

enum { PREFIX_ADDRESS_MAXIMUM = 16 };

struct prefix {
	enum identifier_class identifier_class;  /* ipv4 or ipv6 */
	unsigned length;                         /* bits: at most 32, 128 */
	uint8_t address[PREFIX_ADDRESS_MAXIMUM]; /* of ipv4 the first four; the rest is zero */
};

/* 32 or 128. */
unsigned prefix_width(enum identifier_class identifier_class);

/* Reads `address` or `address/length`, masks it, and makes ipv4 of what is mapped.
 * ERROR_SYNTAX with a sentence. */
int prefix_read(enum identifier_class identifier_class, struct bytes text,
                struct prefix *ret_prefix, struct error *error);

/* Prints the one spelling. */
void prefix_print(const struct prefix *prefix, struct identifier *ret_identifier);

/* The prefix that an identifier in its one spelling is; false when it is none. */
bool prefix_of(const struct identifier *identifier, struct prefix *ret_prefix);

/* Cuts it to a length that is not longer. */
void prefix_mask(struct prefix *prefix, unsigned length);

/* Whether `one` is `other` or contains it. */
bool prefix_covers(const struct prefix *one, const struct prefix *other);

#endif
