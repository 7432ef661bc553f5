/* What the log knows of a match-only list, for one class of identifiers:
 *
 *     <base64 public key> <pairs> <base64 root> <prefix lengths|->
 *
 * as in `ipv4 3W…= 4096 q8…= 16,19-24`. The public key is that of the class in this epoch
 * (oprf.h); `pairs` counts tags with their labels, decoys among them; the root is that of
 * the tree over the sorted pairs (pair.h). The prefix lengths in use stand in ascending
 * order, two or more consecutive ones as a range, for ipv4 and ipv6; other classes have
 * none, which is written `-`. One spelling each. */
#ifndef CLASS_COMMITMENT_H
#define CLASS_COMMITMENT_H

#include "buffer.h"
#include "identifier_class.h"
#include "result.h"

enum {
	CLASS_KEY_SIZE = 32,
	CLASS_LENGTHS_MAXIMUM = 129,           /* /0 to /128 */
	CLASS_COMMITMENT_TEXT_MAXIMUM = 512,   /* bytes of the value */
	CLASS_PAIRS_MAXIMUM = 7 * 1024 * 1024, /* so that a body of 256 MiB holds them */
};

struct class_commitment {
	uint8_t public_key[CLASS_KEY_SIZE];
	uint64_t pairs; /* 1 to CLASS_PAIRS_MAXIMUM; 0: no commitment for this class */
	struct hash root;
	bool lengths[CLASS_LENGTHS_MAXIMUM]; /* by prefix length */
};

/* ERROR_SYNTAX, ERROR_CANONICAL, ERROR_LIMIT. Whether the key is a group element is for
 * who uses it. */
int class_commitment_parse(struct bytes text, enum identifier_class identifier_class,
                           struct class_commitment *ret_commitment, struct error *error);
/* Appends the value. */
int class_commitment_print(struct buffer *buffer, enum identifier_class identifier_class,
                           const struct class_commitment *commitment);
/* How many lengths are in use: the evaluations that one address costs. */
size_t class_commitment_lengths(const struct class_commitment *commitment);

#endif
