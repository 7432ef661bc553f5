/* Silence shown by a span: without most of both logs, and without the rules. What is shown
 * is the act; of the silent side's log every entry from one on at which it cannot have
 * known of the act, up to a head; and the stamps that are needed. See doc/PROTOCOL.act.
 *
 * Where the rules would have to be asked, this decides for the silent side: whatever names
 * the act as what it answers is an answer, also when it would be void; a fault, an
 * amendment, a withdrawal in the span is a reason to say nothing. `--whole` then tells.
 */
#ifndef SILENCE_SPAN_H
#define SILENCE_SPAN_H

#include "checkpoint.h"
#include "silence.h"

/* An entry that is shown: it has been verified (entry_verify), is of this channel, and
 * stands at its place under its log's signed head. */
struct silence_shown {
	struct act_place place;
	unsigned generation; /* of the log there */
	const struct entry *entry;
	bool valid; /* its signers were entitled to sign it, as far as is shown */
};

struct silence_evidence {
	const struct charter *charter;
	const struct silence_statement *statement;
	struct act_place act; /* that the statement names */
	const struct silence_shown *shown;
	size_t count;
	const struct checkpoint *heads[2]; /* signed by their logs; NULL: none */
};

/* The clock by which this duty is owed; CLOCK_ACKNOWLEDGE: that of the act's precedence;
 * CLOCK_NONE: it is not. */
enum clock_number silence_clock(const struct kind *kind, int word, bool answers,
                                bool has_precedence, enum obligation_duty duty);

/* Judges what is shown. Whatever is missing of it is SILENCE_NOT_SHOWN. ERROR_MEMORY. */
int silence_span_judge(const struct silence_evidence *evidence, struct silence *ret_silence);

/* Which entries show it best, by the rules that hold everything: gives the number of the
 * silent side's first one, which starts the span, and the stamps; fills path and edge of
 * the statement. `silence` is certified by silence_judge. ERROR_STATE when the short form
 * cannot show it. */
struct silence_plan {
	uint64_t first, size; /* of the silent side's log: entries [first, size) */
	size_t stamp_count;
	struct act_place stamps[2];
};
int silence_span_plan(const struct rules *rules, const struct silence *silence,
                      struct silence_statement *statement, struct silence_plan *ret_plan);

#endif
