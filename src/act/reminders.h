/* Authority that ends soon, and what a party cannot sign any more: what people are
 * reminded of while there is still time to accredit somebody else.
 *
 * Nothing here decides anything: the rules do (rules.h). All of it follows from
 * one log and the reader's clock, of the other party as well.
 */
#ifndef REMINDERS_H
#define REMINDERS_H

#include "rules.h"

enum {
	REMINDER_WINDOW = 14 * 24 * 3600, /* seconds before and after an end */
	REMINDER_URGENT = 3 * 24 * 3600,  /* seconds before an end that needs a person */
	REMINDERS_MAXIMUM = 16
};

/* In the order in which they are given. */
enum reminder_what {
	/* The head was recalled and nobody was appointed: nobody can accredit, recall or
	 * sign whatever else only a head can. Since `time`. */
	REMINDER_NO_HEAD,
	/* Acts of `kind` need two signatures, and from `time` on (0: always) there is
	 * nobody to give the second. */
	REMINDER_NO_COSIGNER,
	/* The authority of everybody but the head ends, of the last at `time`. */
	REMINDER_HEAD_ALONE,
	REMINDER_ENDS,  /* the authority of `delegate` ends at `time`, within the window */
	REMINDER_ENDED, /* it did end then, within the window, and nothing took its place */
	REMINDER_COUNT
};

/* "no-head", "no-cosigner", "head-alone", "ends", "ended". */
const char *reminder_name(enum reminder_what what);

struct reminder {
	enum reminder_what what;
	const struct delegate *delegate; /* of REMINDER_ENDS and REMINDER_ENDED, else NULL */
	const struct kind *kind;         /* of REMINDER_NO_COSIGNER, else NULL */
	timestamp time;
	bool urgent; /* within REMINDER_URGENT, or so already and of the first three */
};

/* The reminders about one party, the weightiest first, those about delegates in the
 * order of their ends, the coming before the past; at most REMINDERS_MAXIMUM, the
 * rest is left out. None before a party's accession and after its close. The
 * delegates belong to the rules, see rules_delegates. Gives how many. */
size_t reminders_list(const struct rules *rules, const struct charter *charter, unsigned party,
                      timestamp now, struct reminder ret_reminders[REMINDERS_MAXIMUM]);

#endif
