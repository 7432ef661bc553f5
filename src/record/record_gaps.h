/* Taking note of what an intact record leaves open. */
#ifndef RECORD_GAPS_H
#define RECORD_GAPS_H

#include "record_head.h"
#include "record_verifier.h"

/* Adds a gap, unless there is no room, which RECORD_GAPS_MAXIMUM prevents. */
void record_gap(struct record_report *report, enum record_gap_kind kind, unsigned party,
                uint64_t count);

/* What a head lacks; `earlier`: the size of the last that the other side cosigned,
 * where this one is not. */
void record_note_head_gaps(struct record_report *report, const struct charter *charter,
                           unsigned party, const struct record_head *head, uint64_t earlier);

/* Acts of unknown kinds, disputed ones, and bodies: `found` has a set of enum record_found for each
 * entry of a log. */
void record_note_act_gaps(struct record_report *report, const struct record_state *state,
                          const struct buffer found[2]);

#endif
