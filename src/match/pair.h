/* Pairs: what a match-only list is to who does not know it.
 *
 * For every identifier on the list, of its class, with the class's key in this epoch:
 *
 *     input = class name || 0x00 || canonical identifier
 *     y     = VOPRF(key, input)                                        64 bytes (oprf.h)
 *     tag   = HKDF-SHA256(input key y, no salt, "chirograph.match/1 tag")      16 bytes
 *     key   = HKDF-SHA256(input key y, no salt, "chirograph.match/1 label")    32 bytes
 *     label = ChaCha20-Poly1305 (RFC 8439) under that key, nonce 0, no associated data,
 *             over 3 bytes                                             19 bytes with its tag
 *     pair  = tag || label                                             35 bytes
 *
 * Decoys are 35 random bytes. The pairs are sorted as bytes, no tag comes twice, and they are
 * the leaves of a tree (tree.h), whose root and size the act commits to. Each key is used for
 * one label, so that the nonce need not differ: a key of the function makes one list.
 *
 * A tag that stood there twice could carry two labels, and who made the list could show the
 * one or the other: a list is refused for it (pairs.h).
 *
 * The label's three bytes, each value one spelling:
 *
 *     protection * 4 + criticality     sector     contact
 */
#ifndef PAIR_H
#define PAIR_H

#include "identifier_class.h"
#include "oprf.h"

enum {
	PAIR_TAG_SIZE = 16,
	PAIR_LABEL_SIZE = 3,
	PAIR_SEALED_SIZE = PAIR_LABEL_SIZE + 16,
	PAIR_SIZE = PAIR_TAG_SIZE + PAIR_SEALED_SIZE,
	PAIR_IDENTIFIER_MAXIMUM = 253,                        /* a domain */
	PAIR_INPUT_MAXIMUM = 11 + 1 + PAIR_IDENTIFIER_MAXIMUM /* class, 0x00, identifier */
};

/* What a hit tells. The contact is a number of the body's table of contacts. */
enum protection {
	PROTECTION_OFF_LIMITS,
	PROTECTION_NOTIFY_FIRST,
	PROTECTION_ASSIST_PRIORITY,
	PROTECTION_COUNT
};
struct pair_label {
	enum protection protection;
	uint8_t criticality; /* 1 to 3; 0: not said */
	uint8_t sector;      /* row of the scheme's table, from 1; 0: not said */
	uint8_t contact;     /* from 1; 0: none */
};

struct pair {
	uint8_t bytes[PAIR_SIZE];
};

/* Writes the input of the function for an identifier in canonical form. ERROR_LIMIT. */
int pair_input(enum identifier_class identifier_class, struct bytes identifier,
               uint8_t ret_input[PAIR_INPUT_MAXIMUM], size_t *ret_size);

/* How many pairs a class with `count` identifiers has with its decoys, at least 64 and at most
 * a quarter more than the identifiers: the next multiple of a quarter of the greatest power of
 * two in the count. Up to CLASS_PAIRS_MAXIMUM (class_commitment.h) it stays within that; 0 for
 * more. */
uint64_t pair_padded_count(uint64_t count);

/* The pair of an identifier, from the function's value. ERROR_LIMIT: a value of the label
 * out of range. */
int pair_seal(const struct oprf_output *output, const struct pair_label *label,
              struct pair *ret_pair);

/* The tag to look for. */
void pair_tag(const struct oprf_output *output, uint8_t ret_tag[PAIR_TAG_SIZE]);

/* Opens the label of a pair with that tag. ERROR_MISMATCH: another tag; ERROR_SIGNATURE: the
 * label is not sealed under this identifier's key (who made the list did not seal it so);
 * ERROR_SYNTAX: what is sealed is no label. */
int pair_open(const struct oprf_output *output, const struct pair *pair,
              struct pair_label *ret_label);

#endif
