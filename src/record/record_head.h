/* Checkpoint notes in a record: which of their signature lines are kept, and
 * what these say. */
#ifndef RECORD_HEAD_H
#define RECORD_HEAD_H

#include "checkpoint.h"
#include "record_state.h"

struct record_head {
	struct checkpoint checkpoint;
	bool countersigned; /* by the other side, and a receipt in its log covers it */
	bool earlier_key;   /* by a receipt key that was replaced since */
	size_t witnesses;   /* how many of the charter's witnesses cosigned */
};

/* Reads a note on its log's key alone: text, origin and the log's signature. Of a log
 * that was continued under another key only its entries tell which: before they were
 * read, the head of a successor is OK, and not verified. Read again after them it is,
 * and must be under the name that the log has at its size. ERROR_NOT_FOUND,
 * ERROR_SIGNATURE, ERROR_MISMATCH and the results of note_parse. */
int record_head_read(const struct record_state *state, unsigned party, struct bytes note,
                     struct checkpoint *ret_checkpoint, bool *ret_verified, struct error *error);

/* Appends the note in the form that a record has, and says what it is worth: after
 * the text the log's line, then the other side's by its latest receipt key that
 * signed, then the witnesses' in the charter's order. What does not verify or is
 * by anybody else is left out, as is a cosignature of the other side that no
 * receipt covers. The note has passed record_head_read, the state both logs. */
int record_head_settle(const struct record_state *state, unsigned party, struct bytes note,
                       struct buffer *settled, struct record_head *ret_head, struct error *error);

/* OK when the head's root is that of the log's first entries. ERROR_MISMATCH. */
int record_head_check_root(const struct record_state *state, unsigned party,
                           const struct checkpoint *checkpoint, struct error *error);

#endif
