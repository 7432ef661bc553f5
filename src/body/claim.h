/* A claim about the talks, as the press makes it, in a form that can be checked.
 *
 *     chirograph.claim/1
 *     outlet The Northern Gazette                   optional
 *     quotation both sides agreed to test the line  words said to stand in an act
 *     sent south request 2026-11-01 2026-11-30      south logged such an act in these days
 *     sent 3 south any 2026-11-22                   exactly three acts, that day
 *     sent south allege                             ever
 *     answered north-7                              the act has an answer
 *
 * A text without the first line is taken for the words themselves: each of its
 * paragraphs is a quotation. Days are of UTC and include both; `any` stands for every
 * kind but those of the service. At most 32 lines of claims.
 *
 * What is said of kinds, numbers and dates is judged from entries alone (claim_judge),
 * so that an outsider with a piece of the logs comes to the same answer; what is quoted
 * is compared with parts of bodies (claim_match).
 */
#ifndef CLAIM_H
#define CLAIM_H

#include "act.h"
#include "part.h"
#include "rules.h"

#define CLAIM_FORMAT "chirograph.claim/1"

enum { CLAIM_SIZE_MAXIMUM = 64 * 1024, CLAIM_LINES_MAXIMUM = 32, QUOTATION_MAXIMUM = 16 * 1024 };

enum claim_kind { CLAIM_QUOTATION, CLAIM_SENT, CLAIM_ANSWERED };

struct claim_line {
	enum claim_kind kind;
	struct bytes text; /* of a quotation: the words; else the line's value */
	/* CLAIM_SENT: */
	bool exact; /* count is exactly how many; else there is at least one */
	uint64_t count;
	unsigned party;
	const struct kind *act_kind; /* NULL: any */
	timestamp from, to;          /* 0 and TIMESTAMP_MAXIMUM where open */
	/* CLAIM_ANSWERED: */
	unsigned generation;
	struct act_place act;
};

/* Views into the text that was parsed. */
struct claim {
	struct bytes outlet; /* empty when not said */
	size_t count;
	struct claim_line lines[CLAIM_LINES_MAXIMUM];
};

/* Parties are the charter's. ERROR_SYNTAX with the line, ERROR_LIMIT. */
int claim_parse(struct bytes text, const struct charter *charter, struct claim *ret_claim,
                struct error *error);

/* --- kinds, numbers, dates ------------------------------------------------------ */

/* What is known of an entry. */
struct claim_entry {
	const struct kind *kind;
	bool valid;
	bool doubtful; /* void, but only by somebody's word */
	bool exercise;
	timestamp logged;
	bool has_answers;
	struct act_place answers;
};

/* Two logs, or what is shown of them. */
struct claim_logs {
	void *context;
	uint64_t sizes[2];
	/* False when the entry is not shown. */
	bool (*entry)(void *context, struct act_place place, struct claim_entry *ret_entry);
};

enum claim_answer_kind {
	CLAIM_IN_RECORD,
	CLAIM_NOT_IN_RECORD, /* of both logs up to these sizes */
	CLAIM_NOT_SHOWN,     /* it cannot be shown without disclosing more */
	CLAIM_ANSWER_COUNT
};
/* "in-the-record", "not-in-the-record", "cannot-be-shown"; and back. */
const char *claim_answer_name(enum claim_answer_kind kind);

struct claim_answer {
	enum claim_answer_kind kind;
	uint64_t count;         /* acts that are so, of those that are shown */
	struct act_place place; /* the first of them, with count > 0 */
};

/* Judges a line of CLAIM_SENT or CLAIM_ANSWERED. An entry that is not shown does not
 * matter where its neighbours show that it was logged before or after the days of the
 * claim, because `logged` never decreases. Void acts do not count, nor as sent those of an
 * exercise; one that is doubtful is like one that is not shown. */
void claim_judge(const struct claim_line *line, const struct claim_logs *logs,
                 struct claim_answer *ret_answer);

/* The entries that decide the line and nothing else: of log `*ret_party`, from `*ret_first`
 * up to `*ret_size`; with the neighbours that show where the days begin and end. All
 * entries of both logs must be there. */
void claim_span(const struct claim_line *line, const struct claim_logs *logs, unsigned *ret_party,
                uint64_t *ret_first, uint64_t *ret_size);

/* --- quotations ------------------------------------------------------------------- */

enum claim_match {
	MATCH_NONE,
	MATCH_DIFFERS, /* most of its words, in their order */
	MATCH_WORDS,   /* its very words; marks, case or spaces differ */
	MATCH_EXACT,   /* to the letter, but for spaces and line ends */
	MATCH_COUNT
};
/* "none", "differs", "words", "exact". */
const char *claim_match_name(enum claim_match match);

/* How a quotation of at most QUOTATION_MAXIMUM bytes stands in a text, which is cut at
 * 256 KiB. `ret_share` (may be NULL): how many in a hundred of its words are there.
 * MATCH_NONE below two thirds of them. ERROR_MEMORY, ERROR_LIMIT. */
int claim_match(struct bytes quotation, struct bytes text, enum claim_match *ret_match,
                unsigned *ret_share);

#endif
