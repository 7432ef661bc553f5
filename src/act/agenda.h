/* The agenda of a channel: what each side owes the other now, the most pressing first,
 * without looking at what is settled. Pure; it follows from the rules alone.
 *
 * An item is something about one act that is not settled. Who "owes" it is its side:
 *
 *     class      an item for each
 *     answer     answer that is owed, and not put off
 *     duty       other obligation: acknowledgement, update, conclusion
 *     deferred   answer that was put off, once, until a time
 *     refused    request, or question to a list, that the side has refused: the asker's latest
 *                in its matter, until the matter is closed or the asker asks again
 *     receipt    act, but for machine entries, that the side has not receipted
 *     unread     act, but for machine entries and acknowledgements, that nobody there has
 *                acknowledged or answered
 *
 * What people see is its state, which depends on the time of the reading:
 *
 *     class      deadline passed   deadline to come   clock not started
 *     answer     silent            due                waiting
 *     duty       overdue           due                waiting
 *     deferred   silent            deferred           waiting
 *     receipt    withheld          unreceipted        (by the acknowledgement clock of its
 *     refused    refused           .                   precedence, from its logged)
 *     unread     unread            .
 *
 * The order. Precedence first: at three in the morning a flash act that is due in ten
 * minutes comes before routine reports that are three days late. Then the deadline, so that
 * of one precedence what is overdue comes first, and of this what has been so for longest.
 * Then what has a clock that has not started; then refusals, and what is only unread, which
 * are older or younger, but not late. The order does not depend on the time of the
 * reading, and so an item keeps its place while time passes.
 *
 * Cost. An entry makes the acts that it touches (rules_changes.h) be looked at again, in
 * time by the logarithm of what is open. A reading costs as much for each item that it
 * gives. After an upheaval the next reading looks at everything that is open, and after a
 * neutral's certificate that is older than one which stood already, at the acts without a
 * body among it. What is settled is never looked at.
 *
 * Paging. A cursor is a place in the order as it was when the reading began. Items that
 * came, or moved in the order, since then are given at the end, in the order in which they
 * did: each item is given once, and one that moved perhaps again, as it is then.
 */
#ifndef AGENDA_H
#define AGENDA_H

#include "agenda_tree.h"
#include "rules.h"

struct agenda;

enum agenda_class {
	AGENDA_ANSWER,
	AGENDA_DUTY,
	AGENDA_DEFERRED,
	AGENDA_REFUSED,
	AGENDA_RECEIPT,
	AGENDA_UNREAD,
	AGENDA_CLASS_COUNT
};

enum agenda_state {
	AGENDA_WAITING,
	AGENDA_DUE,
	AGENDA_PUT_OFF, /* "deferred" */
	AGENDA_OVERDUE,
	AGENDA_SILENT,
	AGENDA_IS_REFUSED, /* "refused" */
	AGENDA_UNRECEIPTED,
	AGENDA_WITHHELD,
	AGENDA_IS_UNREAD, /* "unread" */
	AGENDA_STATE_COUNT
};

/* "waiting", "due", "deferred", "overdue", "silent", "refused", "unreceipted",
 * "withheld", "unread"; AGENDA_STATE_COUNT for another. */
const char *agenda_state_name(enum agenda_state state);
enum agenda_state agenda_state_by_name(struct bytes name);

/* Sets of states and of sides, by 1 << state and 1 << party. Obligations that are not
 * met; and what asks for somebody's attention, which leaves out what is only unread, and
 * what may well be receipted in time. */
enum {
	AGENDA_OBLIGATIONS = 1 << AGENDA_WAITING | 1 << AGENDA_DUE | 1 << AGENDA_PUT_OFF |
	                     1 << AGENDA_OVERDUE | 1 << AGENDA_SILENT,
	AGENDA_ATTENTION = AGENDA_OBLIGATIONS | 1 << AGENDA_IS_REFUSED | 1 << AGENDA_WITHHELD,
	AGENDA_BOTH_SIDES = 3
};

/* The index of some rules, whose changes (rules_changes.h) it alone reads, and which must
 * outlive it. `epoch` tells its cursors from those of any other. */
int agenda_new(struct rules *rules, uint64_t epoch, struct agenda **ret_agenda);
void agenda_free(struct agenda *agenda);

/* Looks again at what entries have touched since the last time: before every reading.
 * ERROR_MEMORY: some of it is not looked at yet; call it again. */
int agenda_update(struct agenda *agenda);
/* The same, leaving what touches everything to the next reading: as often as one likes
 * after appending, so that a reading finds little to do. */
int agenda_catch_up(struct agenda *agenda);

/* --- reading ------------------------------------------------------------- */

struct agenda_item {
	struct act_place act;
	unsigned side;
	enum agenda_class class;
	enum agenda_state state;
	/* 0: none. Of a refusal, when it was logged; of what is unread, when the act was */
	timestamp time;
	struct obligation obligation; /* of the first three classes */
	struct act_place by;          /* with AGENDA_REFUSED: what refuses it */
};

struct agenda_query {
	unsigned sides, states; /* sets */
};

struct agenda_cursor {
	uint64_t epoch;
	timestamp now;          /* of the whole reading */
	uint64_t revision;      /* of the agenda when it began */
	bool changed;           /* it has come to what changed since */
	struct agenda_key next; /* from here on; before that */
	uint64_t given;         /* up to this revision; after it */
	uint32_t hint;          /* of the present page; not printed */
};

/* The beginning of a reading of everything at the time `now`, at least 0. */
void agenda_begin(const struct agenda *agenda, timestamp now, struct agenda_cursor *ret_cursor);
/* The next item; the cursor is then after it. False at the end. Of a cursor of another
 * epoch, false at once. */
bool agenda_next(const struct agenda *agenda, const struct agenda_query *query,
                 struct agenda_cursor *cursor, struct agenda_item *ret_item);
/* Whether a cursor is of this agenda. */
bool agenda_knows(const struct agenda *agenda, const struct agenda_cursor *cursor);

/* How many items a side has, by state. */
void agenda_count(const struct agenda *agenda, unsigned side, timestamp now,
                  uint64_t ret_counts[AGENDA_STATE_COUNT]);

/* --- agenda_cursor.c ------------------------------------------------------ */

/* A cursor as text, for whoever asks for the next page: decimal numbers joined by `.`, in
 * one spelling. ERROR_SYNTAX for anything else. */
enum { AGENDA_CURSOR_CAPACITY = 192 };
void agenda_cursor_print(const struct agenda_cursor *cursor, char ret_text[AGENDA_CURSOR_CAPACITY]);
int agenda_cursor_parse(struct bytes text, struct agenda_cursor *ret_cursor);

#endif
