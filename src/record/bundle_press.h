/* Bundles of purpose `press`: a claim of the press (claim.h) and what the record says of
 * it.
 *
 *     claim.txt    the claim, as it was put
 *     answer.txt   what follows from the entries and parts that are shown:
 *
 *     chirograph.answer/1
 *     as-of north 14                             the sizes of the heads
 *     as-of south 12
 *     claim 1 in-the-record 2 south-5            how many acts are so, and the first
 *     claim 2 not-in-the-record
 *     claim 3 in-the-record south-7 part 2 exact
 *     claim 4 in-the-record south-7 part 3 differs 81
 *     claim 5 cannot-be-shown
 *
 * The lines of claims are in the order of the claim. answer.txt has one content, which
 * whoever verifies computes anew.
 */
#ifndef BUNDLE_PRESS_H
#define BUNDLE_PRESS_H

#include "bundle_writer.h"
#include "claim.h"

#define PRESS_CLAIM_FILE  "claim.txt"
#define PRESS_ANSWER_FILE "answer.txt"

/* What is said of one line of a claim. */
struct press_answer {
	enum claim_answer_kind kind;
	uint64_t count;         /* but for quotations: acts that are so */
	struct act_place place; /* the first of them, or where the words stand */
	/* Of a quotation that is in the record: */
	uint64_t part;
	enum claim_match match;
	unsigned share;
};

/* Compares words that are quoted with a part, and takes it for the answer where they stand
 * better in it than in the one that the answer names; of equals the first is kept. The
 * results of claim_match. */
int press_weigh(struct bytes words, struct bytes content, struct act_place act, uint64_t part,
                struct press_answer *answer);

/* For bundle_verify and bundle_writer_write. */
struct bundle_purpose press_purpose(void);

/* What an intact bundle of this purpose claims, and the answer to each of its lines. The
 * claim is a view of the bundle. */
int bundle_press(const struct bundle *bundle, struct claim *ret_claim,
                 struct press_answer ret_answers[CLAIM_LINES_MAXIMUM], struct error *error);

#endif
