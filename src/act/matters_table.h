/* The table of matters: what may follow in a matter, said by whom, and what then becomes of
 * it. It is the only place that knows a matter's states. It drives what is legal in a matter,
 * the fold of its acts into a state, what is offered as an answer, `chiro rules` and the
 * drawings of the documentation. Its contents for `rules 1` never change after a
 * charter has pinned them.
 *
 * A row says: in these states, an act of this kind, by this side, leads to that state. Of
 * several rows that suit an act the first counts. A kind that has rows in a kind of matter is
 * legal there only by one of them; a kind that has none may always be said and changes nothing
 * (comment, correct, call).
 *
 * What follows in a matter is folded in display order (rules.h), which is the same for both
 * sides. An act that was legal where it was said, and no longer fits the state that the acts
 * before it in this order have led to, has crossed with one of them, and has no effect; `crossed`
 * names states in which it still has one. With that, and with the conflicts of
 * rules_conflict.h, which acts crossed and not which side's the order puts first decides the
 * outcome.
 *
 * A row of another event than an act says what a state is shown as at a time: a clock has run
 * out, an offer has lapsed. No verdict depends on it, and no such state is ever what an act
 * finds: where a row names one in `from` besides the state that it stands for, this is for
 * those who read it.
 */
#ifndef MATTERS_TABLE_H
#define MATTERS_TABLE_H

#include "rules.h"

/* A set of states, one bit a state. */
typedef uint64_t state_set;

static inline bool state_set_has(state_set set, enum matter_state state)
{
	return (set >> state) & 1;
}

/* Who says an act. */
enum matter_actor {
	ACTOR_EITHER,
	ACTOR_OPENER,    /* the side that opened the matter */
	ACTOR_OTHER,     /* the other one */
	ACTOR_AUTHOR,    /* the side whose act is named (a retract) */
	ACTOR_ADDRESSEE, /* the other one than whose act is named (an answer) */
	ACTOR_PARTNER,   /* the other one than by whose act the matter came to its state */
	ACTOR_COUNT
};
/* An English word or two, marked for translation. */
const char *matter_actor_text(enum matter_actor actor);

enum matter_event {
	EVENT_ACT,
	EVENT_OVERDUE,    /* the answer to the opening act is overdue */
	EVENT_LAPSED,     /* the offer has expired, or a withdrawal from the talks is in effect */
	EVENT_PROVED,     /* the acceptance is proved to be in time: see rules_acceptance */
	EVENT_UNPROVED,   /* it is not, and there is no time left */
	EVENT_SUPERSEDED, /* a later declaration of its side names it */
	EVENT_PAIRED,     /* the other side has committed to a list of its own: a sealed swap */
	EVENT_COUNT
};
const char *matter_event_text(enum matter_event event);

/* The state stays as it is. */
enum { STATE_SAME = MATTER_STATE_COUNT };

struct matter_row {
	enum matter_kind matter;
	state_set from;    /* empty: the act opens the matter */
	state_set crossed; /* also counts in these */
	enum matter_event event;
	enum kind_number kind; /* of an act */
	enum matter_actor by;
	enum kind_number names; /* the kind of act that it answers or retracts; KIND_COUNT: any */
	int word;               /* index of its first field's word, which is a choice; -1: any */
	unsigned to;            /* enum matter_state, or STATE_SAME */
	/* Minutes, findings. Several can wait for an answer at once: the state changes with
	 * the answer to the last, and to `agreed` when one of them has been accepted. */
	bool asks, answers;
	unsigned agreed;
	bool supports; /* evidence is lodged with it */
};

extern const struct matter_row matters_table[];
extern const size_t matters_table_size;

/* Whether acts of a kind have rows in a kind of matter. */
bool matter_rules_kind(enum matter_kind matter, enum kind_number kind);

/* The row by which an act of this kind, with this word for its first field (-1: any), opens a
 * matter; NULL when it opens none. */
const struct matter_row *matter_opening(enum kind_number kind, int word);

/* All states that a kind of matter has. */
state_set matter_states(enum matter_kind matter);

#endif
