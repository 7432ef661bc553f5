/* A proof, in one file, that an entry is in a log: C2SP tlog-proof.
 *
 *     c2sp.org/tlog-proof@v1
 *     extra <base64>                 optional, proves nothing, not ours
 *     index 73894
 *     <base64 of a hash>             the inclusion proof, leaf's sibling first
 *     (empty line)
 *     <the signed checkpoint>
 */
#ifndef TLOG_PROOF_H
#define TLOG_PROOF_H

#include "policy.h"

enum {
	TLOG_PROOF_EXTRA_MAXIMUM = 65536,
	TLOG_PROOF_MAXIMUM = TLOG_PROOF_EXTRA_MAXIMUM + NOTE_MAXIMUM + 4096
};

/* `extra` and `note` are views: of the parsed text, or of the caller's. */
struct tlog_proof {
	struct bytes extra; /* still base64; empty when there is none */
	uint64_t index;
	struct tree_proof path;
	struct bytes note; /* the checkpoint with its signature lines */
};

/* Accepts one spelling only. Checks the form of everything but the note.
 * ERROR_SYNTAX, ERROR_CANONICAL or ERROR_LIMIT. */
int tlog_proof_parse(struct bytes text, struct tlog_proof *ret_proof, struct error *error);

/* Appends the text. ERROR_LIMIT for an index or path that is too great. */
int tlog_proof_print(const struct tlog_proof *proof, struct buffer *buffer);

/* OK when the policy accepts the note and `leaf` is at the proof's index under
 * its checkpoint, which is given. ERROR_MISMATCH when it is not, ERROR_LIMIT
 * when the index is past the size, else as policy_verify. */
int tlog_proof_verify(const struct tlog_proof *proof, const struct policy *policy,
                      const struct hash *leaf, struct checkpoint *ret_checkpoint,
                      struct error *error);

#endif
