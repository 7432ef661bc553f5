/* What the keeper remembers of a channel so that it cannot contradict itself:
 * the right edge of its own log, and the head of the other log that it last
 * cosigned. Pure: a transition is computed on a copy, written to the state file
 * (keeper_file.h), and only then signed.
 *
 * A slot of the state file, KEEPER_SLOT_SIZE bytes:
 *
 *     "chirokpr"  u32 version  u32 flags  u64 sequence  channel(32)
 *     edge of the own log (edge.h)
 *     u64 size before the last batch  SHA-256 of that batch's leaf hashes
 *     u64 size cosigned  root(32)  u64 time of the cosignature
 *     lineage of the own log, lineage of the other (keeper_lineage.h):
 *         u64 links  chain(32)  u32 generation  u64 start  key(32)
 *         8 generations before it, the latest first: u64 start  key(32)
 *     zeros
 *     SHA-256 of all before, in the last 32 bytes
 */
#ifndef KEEPER_STATE_H
#define KEEPER_STATE_H

#include "checkpoint.h"
#include "edge.h"
#include "keeper_lineage.h"
#include "timestamp.h"

enum { KEEPER_SLOT_SIZE = 4096 };

struct keeper_state {
	struct hash channel;
	uint64_t sequence; /* of the slot it was last written to */
	bool faulted;      /* the other side has signed two roots for one size */
	struct edge own;
	uint64_t previous_size; /* before the last batch that was not empty */
	struct hash batch;      /* of its leaf hashes; meaningless while own.size is 0 */
	uint64_t cosigned_size;
	struct hash cosigned_root;
	timestamp cosigned_time;
	struct keeper_lineage own_lineage, other_lineage;
};

/* Of a channel in which nothing was signed yet. */
void keeper_state_init(struct keeper_state *state, const struct hash *channel);

/* Appends a batch to the own log, or recognises it as the last one, which
 * changes nothing. ERROR_STATE: it begins neither at the present size nor is it
 * the last one; ERROR_FORK: it begins where the last batch began and is another;
 * ERROR_LIMIT: the log is full. On failure nothing changes. */
int keeper_state_append(struct keeper_state *state, uint64_t previous_size,
                        const struct hash *leaves, size_t count, struct error *error);

/* OK when (size, root) of the other log is consistent with what was cosigned, by
 * the proof from there; for what was cosigned itself the proof is not looked at,
 * so that a batch can be repeated as it was. ERROR_FORK: the cosigned size under another root;
 * ERROR_STATE: less than what was cosigned; ERROR_MISMATCH: the proof does not
 * hold. */
int keeper_state_verify(const struct keeper_state *state, uint64_t size, const struct hash *root,
                        const struct hash *proof, size_t proof_count, struct error *error);

/* Notes a verified head as cosigned. The time never goes back: the cosignature
 * is to be made with the state's. */
void keeper_state_cosign(struct keeper_state *state, const struct checkpoint *head, timestamp time);

/* Takes up the own log where `edge` says that it ended: it extends what the state
 * knows to have signed, by the proof from there (which must be empty when that is
 * nothing). No batch can be repeated then. ERROR_EXISTS: nothing is lost, the
 * state knows of so much already; ERROR_STATE: it knows of more; ERROR_FORK: of
 * another root for that size; ERROR_MISMATCH: the proof does not hold. On failure
 * nothing changes. */
int keeper_state_recover(struct keeper_state *state, const struct edge *edge,
                         const struct hash *proof, size_t proof_count, struct error *error);

/* True when both would give the same signatures, so that nothing need be written. */
bool keeper_state_equal(const struct keeper_state *a, const struct keeper_state *b);

int keeper_state_encode(const struct keeper_state *state, uint8_t ret_slot[KEEPER_SLOT_SIZE]);

/* Reads a slot of this channel. ERROR_MISMATCH: torn, or of another channel;
 * ERROR_UNSUPPORTED: another version. */
int keeper_state_decode(const uint8_t slot[KEEPER_SLOT_SIZE], const struct hash *channel,
                        struct keeper_state *ret_state);

/* Copies a proof of at most TREE_PROOF_MAXIMUM hashes; ERROR_LIMIT. */
int keeper_proof_init(struct tree_proof *ret_proof, const struct hash *hashes, size_t count);

#endif
