/* Asking a match-only list of the other side's: blinds here, so that not even one's own node
 * learns what is asked; has the node put question after question to the other side, of up to
 * EXCHANGE_ELEMENTS_MAXIMUM identifiers each; checks every proof, and looks the answers up in
 * the list's pairs. While one question is under way, the answer before it is checked and the
 * next is blinded, by two threads.
 *
 *     asking_init(&asking, …)
 *     asking_add(&asking, …)        what is to be known; counts nothing twice
 *     asking_settle(&asking)        with what was asked before
 *     … asking.open questions are still to be asked: say so …
 *     asking_run(&asking, …)
 *     asking_find(&asking, …)       what became of each
 *
 * What is answered is kept before the next question is asked (asked_store.h).
 */
#ifndef ASKING_H
#define ASKING_H

#include "asked_store.h"
#include "list_target.h"
#include "terminal.h"

enum asking_state { ASKING_OPEN, ASKING_MISS, ASKING_HIT };

struct asking_question {
	char *identifier; /* NUL-terminated */
	enum asking_state state;
	bool under_way; /* a question that was cut off has it */
	size_t hit;     /* of asking.hits, with ASKING_HIT */
};

struct asking_hit {
	struct identifier identifier;
	struct oprf_scalar blind;
	struct match_evaluation evaluation;
	uint64_t index; /* of the pair */
	struct pair pair;
	bool opens; /* the label is one */
	struct pair_label label;
};

struct asking {
	struct node *node;
	const struct list_target *target;
	enum identifier_class identifier_class;
	const struct list_class *class_of; /* what the list commits to, and its pairs */
	struct asked_store store;
	size_t count, capacity;
	struct asking_question *questions; /* in the order of their identifiers, once settled */
	size_t hit_count, hit_capacity;
	struct asking_hit *hits;
	size_t open;               /* questions that no answer is known to, and were not asked */
	size_t left_open;          /* in questions that were cut off, which are taken up first */
	uint64_t evaluated;        /* answers that came */
	struct progress *progress; /* NULL: none is shown */
	/* What the other side has signed, or committed to, and is a lie: how it is shown. */
	struct match_proof *evidence;
};

/* `target` with the pairs of the class must outlive it. */
void asking_init(struct asking *asking, struct node *node, const struct list_target *target,
                 enum identifier_class identifier_class);
void asking_release(struct asking *asking);

/* Something that is to be known, in its one spelling. ERROR_MEMORY. */
int asking_add(struct asking *asking, const struct identifier *identifier, struct error *error);
/* Sorts, drops what is there twice, takes over what is known. Once, after the last is added. */
int asking_settle(struct asking *asking, struct error *error);

/* Asks what is open, at most `most` evaluations, first what was cut off. OK, also where not all
 * was asked; ERROR_SIGNATURE, ERROR_MISMATCH: an answer is wrong, and `evidence` says how;
 * ERROR_STATE: refused, then too where the refusal is wrong; the results of the node. What
 * was answered before that is known and kept. */
int asking_run(struct asking *asking, uint64_t most, struct error *error);

/* What became of an identifier that was added; NULL: it was not. */
const struct asking_question *asking_find(const struct asking *asking,
                                          const struct identifier *identifier);

/* Checks one evaluation and looks it up. ERROR_SIGNATURE: the proof does not hold. */
int asking_look(const struct list_class *class_of, const struct identifier *identifier,
                const struct oprf_scalar *blind, const struct match_evaluation *evaluation,
                bool *ret_is_hit, struct asking_hit *ret_hit);

/* Takes note of an answer, which asked_store_keep keeps then; `hit` NULL: not on the list. */
int asking_note(struct asking *asking, const struct identifier *identifier,
                const struct asking_hit *hit, struct error *error);

#endif
