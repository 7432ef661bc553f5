/* The terms of a charter, apart from its two parties: as questions with defaults,
 * and as the lines of an answers file. The values are those of the charter's own
 * lines, so an answers file says
 *
 *     chirograph.answers/1
 *     languages en ru
 *     clock position 5d
 *     retention north 1825d
 *     two-signatures accept withdraw
 *     survives                              without a value: the line is left out
 *
 * in any order; what it does not say keeps its default.
 */
#ifndef CHARTER_TERMS_H
#define CHARTER_TERMS_H

#include "charter.h"

#define ANSWERS_FORMAT "chirograph.answers/1"

enum { CHARTER_TERM_COUNT = 34, CHARTER_TERM_KEY_CAPACITY = 64 };

struct charter_term {
	const char *key;      /* "clock position"; `retention 1` is the second party's */
	const char *question; /* marked; NULL: not asked */
	bool may_be_absent;   /* an empty value leaves the line out */
	bool may_repeat;      /* several values, one a line */
	bool before_parties;
};

extern const struct charter_term charter_terms[CHARTER_TERM_COUNT];

/* What has been answered so far, and the two parties' cards. */
struct charter_draft {
	const struct party *parties[2];           /* borrowed, in the charter's order */
	struct buffer values[CHARTER_TERM_COUNT]; /* each with a LF after each value */
	struct bytes free_text;                   /* borrowed; lines, or empty */
};

/* Fills in the defaults. Release with charter_draft_release. */
int charter_draft_init(struct charter_draft *draft, const struct party *first,
                       const struct party *second, struct error *error);
void charter_draft_release(struct charter_draft *draft);

/* The term's key in this draft: with the party's id for `retention`. */
void charter_draft_key(const struct charter_draft *draft, size_t term,
                       char ret_key[CHARTER_TERM_KEY_CAPACITY]);

/* Whether a person is asked for the term, given what has been answered so far. */
bool charter_draft_asks(const struct charter_draft *draft, size_t term);

/* Replaces the values of a term (without LF; of one that may repeat, with a space
 * between any two); empty leaves the line out. */
int charter_draft_set(struct charter_draft *draft, size_t term, struct bytes value,
                      struct error *error);
/* Adds one more value to a term that may repeat. */
int charter_draft_add(struct charter_draft *draft, size_t term, struct bytes value);

/* Takes the lines of an answers file. ERROR_USAGE with the line. */
int charter_draft_answer(struct charter_draft *draft, struct bytes answers, struct error *error);

/* Appends the charter's text, and parses it: what is wrong with an answer is said
 * in terms of its line. */
int charter_draft_print(const struct charter_draft *draft, struct buffer *text,
                        struct error *error);

#endif
