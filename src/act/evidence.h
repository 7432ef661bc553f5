/* Evidence of how far a log had come, for the party that wrote it and has lost
 * its own memory of that (a keeper's state file, or a whole node restored from a
 * copy): the newest head that it signed, cosigned again by those who would have
 * seen a later one.
 *
 *     a charter with a quorum     so many of its witnesses
 *     a charter without one       the counterpart, by its receipt key
 *
 * A cosigner says with each line "as of this time I have seen no greater head of
 * this log" (cosignature.h). So what counts is that the line is over this very
 * head, and that it is fresh: made since whoever asks was started, for what was
 * signed before the loss was signed before that; and no more than
 * EVIDENCE_AGE_MAXIMUM away from its clock, in either direction. (A line that the
 * database still had, from the minute before, says nothing of that minute.)
 * Whatever was signed and shown to none of them is not known by this; nobody holds
 * it either.
 *
 * With a quorum the counterpart's word is not taken in the witnesses' place: by
 * naming an older head it could lead a node to sign a second root for a size of
 * which it holds the first.
 */
#ifndef EVIDENCE_H
#define EVIDENCE_H

#include "act.h"
#include "cosignature.h"

enum { EVIDENCE_AGE_MAXIMUM = 600 /* seconds */ };

/* What the lines of a head come to. Of witnesses with a quorum, else of the
 * counterpart alone, so that `needed` is then 1. */
struct evidence {
	unsigned needed;  /* fresh cosigners */
	unsigned fresh;   /* that there are */
	unsigned stale;   /* that have cosigned this head, at another time */
	timestamp latest; /* the latest of all their times; 0: none has cosigned it */
};

/* Reads a signed head of `party`'s log (`log` is the key it is signed by) and
 * counts the cosigners. `receipt` is the receipt key of the other party, which
 * counts in a charter without a quorum only; `since` is when who asks was started.
 * OK says that the note is good, not that the evidence is enough: see
 * evidence_is_enough. Errors are those of
 * signed_checkpoint_verify; a line of a known cosigner that does not verify
 * refuses the note. */
int evidence_read(const struct charter *charter, struct bytes note, const struct note_key *log,
                  const struct note_key *receipt, timestamp since, timestamp now,
                  struct checkpoint *ret_head, struct evidence *ret_evidence, struct error *error);

bool evidence_is_enough(const struct evidence *evidence);

/* An entry of a party's log that names its receipt key, and the proof that the log
 * has it: `head` is a checkpoint signed by that party's log key, the path leads
 * from entry `number` to its root. */
struct receipt_naming {
	struct bytes entry;
	uint64_t number;
	struct bytes head;
	struct tree_proof path;
};

/* The receipt key that a `rekey` or `appoint` names. Its form, its signatures and
 * its place in the log are checked, not the authority of who signed it: it is what
 * that party's node has logged. ERROR_MISMATCH: it names no receipt key, is of
 * another party or channel, or is not in that log; errors of entry_parse,
 * entry_verify and signed_checkpoint_verify. */
int receipt_naming_verify(const struct charter *charter, unsigned party, const struct note_key *log,
                          const struct receipt_naming *naming, struct ed25519_public *ret_key,
                          struct error *error);

#endif
