/* Looking up a claim in the whole record: entries by the rules, words in every body that
 * can be opened here. */
#ifndef PRESS_SEARCHING_H
#define PRESS_SEARCHING_H

#include "bundle_press.h"
#include "disclosing.h"

struct press_search {
	struct claim claim; /* views into the caller's text */
	struct press_answer answers[CLAIM_LINES_MAXIMUM];
	uint64_t opened, unopened; /* bodies */
};

/* The answer to each line of the claim, whose lines are set. Bodies are opened only when
 * something is quoted. */
int press_search(struct disclosing *disclosing, struct press_search *search, struct error *error);

/* Chooses what shows the answers to others: acts and the parts quoted; for numbers and
 * absence the entries of those days. ERROR_STATE when nothing can be shown. */
int press_choose(struct disclosing *disclosing, const struct press_search *search,
                 struct error *error);

#endif
