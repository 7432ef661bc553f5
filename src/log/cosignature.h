/* Cosignatures: C2SP tlog-cosignature v1.0.1, Ed25519 (type 0x04). A cosigner
 * states that, as of a time, the checkpoint is the greatest head it has seen of
 * this log and that it is consistent with all it has seen before. Its signature
 * line holds u64 seconds and the signature of
 *
 *     cosignature/v1
 *     time 1679315147
 *     <the checkpoint's text>
 *
 * The message does not name the cosigner, so that each must have a key of its
 * own. The times that are accepted are those of timestamp.h.
 */
#ifndef COSIGNATURE_H
#define COSIGNATURE_H

#include "checkpoint.h"
#include "note.h"
#include "timestamp.h"

enum {
	COSIGNATURE_SIZE = 8 + ED25519_SIGNATURE_SIZE,
	COSIGNATURE_MESSAGE_MAXIMUM = 64 + NOTE_MAXIMUM,
	COSIGNERS_MAXIMUM = 64
};

/* Appends to `message` what a cosigner signs over the text of a note.
 * ERROR_CLOCK for a time out of range. */
int cosignature_message(struct bytes text, timestamp time, struct buffer *message);

/* Appends the signature line, with its line feed, of `secret` over a note's
 * text. `key` is the cosigner's name and public key, of type 0x04; ERROR_MISMATCH
 * when it is not that of `secret`. Says nothing about consistency: who calls
 * this has checked it. */
int cosignature_sign(const struct note_key *key, const struct ed25519_secret *secret,
                     timestamp time, struct bytes text, struct buffer *lines);

/* OK when at least one line of the note is by `key` (type 0x04) and every such
 * line verifies; gives the earliest of their times. ERROR_NOT_FOUND when no
 * line is by it; ERROR_SIGNATURE or ERROR_CLOCK (a time out of range) refuse
 * the whole note. */
int cosignature_verify(const struct note *note, const struct note_key *key, timestamp *ret_time,
                       struct error *error);

/* What a cosigner sent back: signature lines for the checkpoint `text`, from a
 * hostile source. Appends to `kept`, unchanged, the first line by each of the
 * `count` cosigners that verifies, and drops all others. The number kept is
 * given; 0 is not an error. ERROR_SYNTAX when they are not signature lines,
 * ERROR_LIMIT when there are too many. */
int cosignature_keep_verified(struct bytes text, struct bytes lines,
                              const struct note_key *const *cosigners, size_t count,
                              struct buffer *kept, size_t *ret_kept);

/* What the cosigners say of one signed checkpoint. */
struct cosigned {
	bool verified;
	timestamp time; /* 0 unless verified */
};

/* Verifies a checkpoint note: text, origin (which must be the name of the log's
 * key), the log's signature, and each line by one of the `count` cosigners, no
 * two of which may have the same public key (ERROR_EXISTS). Lines by others are
 * skipped. `ret_cosigned` has `count` elements. ERROR_NOT_FOUND when the log has not
 * signed, ERROR_MISMATCH for another origin, ERROR_SIGNATURE when a line by the
 * log or a cosigner does not verify; and the errors of note_parse and
 * checkpoint_parse. */
int signed_checkpoint_verify(struct bytes note, const struct note_key *log,
                             const struct note_key *const *cosigners, size_t count,
                             struct checkpoint *ret_checkpoint, struct cosigned *ret_cosigned,
                             struct error *error);

#endif
