/* One question put to one's own node, which puts it to the other side, and its answer. */
#ifndef ASKING_ANSWER_H
#define ASKING_ANSWER_H

#include "api.h"
#include "exchange.h"
#include "match_proof.h"

struct asking_answer {
	enum exchange_outcome outcome;
	struct match_signed question, answer; /* as both nodes have signed them */
	struct exchange_statement asked, answered;
	struct match_evaluation evaluated[EXCHANGE_ELEMENTS_MAXIMUM];
	bool contradicts; /* what the other side has signed does not fit the question */
	/* Where there is no answer: it is certain that the question was not counted. */
	bool nothing_counted;
};

/* OK with an answer, which may be a refusal; it is to this question, about this list's class, by
 * its statements. Otherwise why there is none. May be called in a thread of its own. */
int asking_put(struct api *api, const char *channel, const char *list, uint64_t epoch,
               enum identifier_class identifier_class, const struct oprf_element *blinded,
               size_t count, struct asking_answer *ret_answer, struct error *error);

/* A sentence for a refusal; returns ERROR_STATE. */
int asking_refusal(const struct asking_answer *answer, struct error *error);

#endif
