/* A node whose owner lies: chirod, with these in place of what it would do (the linker's
 * --wrap). CHIRO_LIE says how:
 *
 *     evaluation   another element than the evaluated one, with the right one's proof
 *     key          evaluated and proved by another key, as that of a version that is past
 *     refusal      the budget never suffices
 *     count        an answer counts one more than was asked
 *
 * Without it, and of whatever is evaluated without a proof, it is an honest node.
 */
#include "exchange.h"
#include "oprf.h"

#include <stdlib.h>
#include <string.h>

bool __real_exchange_fits(const struct exchange_statement *question, uint64_t budget_day,
                          uint64_t budget_list, uint64_t beside_total, uint64_t beside_today);
bool __wrap_exchange_fits(const struct exchange_statement *question, uint64_t budget_day,
                          uint64_t budget_list, uint64_t beside_total, uint64_t beside_today);
void __real_exchange_answer(const struct exchange_statement *question,
                            const struct hash *question_hash, enum exchange_outcome outcome,
                            struct exchange_statement *ret_answer);
void __wrap_exchange_answer(const struct exchange_statement *question,
                            const struct hash *question_hash, enum exchange_outcome outcome,
                            struct exchange_statement *ret_answer);
int __real_exchange_conclude(const struct exchange_state *before,
                             const struct exchange_statement *question,
                             const struct hash *question_hash,
                             const struct exchange_statement *answer,
                             const struct hash *answer_hash, struct exchange_state *ret_state,
                             struct error *error);
int __wrap_exchange_conclude(const struct exchange_state *before,
                             const struct exchange_statement *question,
                             const struct hash *question_hash,
                             const struct exchange_statement *answer,
                             const struct hash *answer_hash, struct exchange_state *ret_state,
                             struct error *error);
int __real_oprf_prove(const struct oprf_scalar *key, const struct oprf_element *public_key,
                      const struct oprf_element *blinded, const struct oprf_element *evaluated,
                      const struct random_source *random, struct oprf_proof *ret_proof);
int __wrap_oprf_prove(const struct oprf_scalar *key, const struct oprf_element *public_key,
                      const struct oprf_element *blinded, struct oprf_element *evaluated,
                      const struct random_source *random, struct oprf_proof *ret_proof);

static bool lies(const char *how)
{
	const char *lie = getenv("CHIRO_LIE");

	return lie != NULL && strcmp(lie, how) == 0;
}

bool __wrap_exchange_fits(const struct exchange_statement *question, uint64_t budget_day,
                          uint64_t budget_list, uint64_t beside_total, uint64_t beside_today)
{
	return !lies("refusal") &&
	       __real_exchange_fits(question, budget_day, budget_list, beside_total, beside_today);
}

void __wrap_exchange_answer(const struct exchange_statement *question,
                            const struct hash *question_hash, enum exchange_outcome outcome,
                            struct exchange_statement *ret_answer)
{
	__real_exchange_answer(question, question_hash, outcome, ret_answer);
	if (lies("count"))
		ret_answer->total++;
}

/* It takes its own lie for right. */
int __wrap_exchange_conclude(const struct exchange_state *before,
                             const struct exchange_statement *question,
                             const struct hash *question_hash,
                             const struct exchange_statement *answer,
                             const struct hash *answer_hash, struct exchange_state *ret_state,
                             struct error *error)
{
	struct exchange_statement taken = *answer;

	if (lies("count"))
		taken.total--;
	return __real_exchange_conclude(before, question, question_hash, &taken, answer_hash,
	                                ret_state, error);
}

/* What was evaluated is looked at again after it has been proved. */
int __wrap_oprf_prove(const struct oprf_scalar *key, const struct oprf_element *public_key,
                      const struct oprf_element *blinded, struct oprf_element *evaluated,
                      const struct random_source *random, struct oprf_proof *ret_proof)
{
	static const uint8_t seed[OPRF_SEED_SIZE] = { 7 };
	struct oprf_element other_public;
	struct oprf_scalar other;
	int r;

	if (lies("key")) {
		if ((r = oprf_derive_key(OPRF_MODE_VOPRF, seed, bytes_of(NULL, 0), &other,
		                         &other_public)) != OK ||
		    (r = oprf_evaluate(&other, blinded, evaluated)) != OK)
			return r;
		return __real_oprf_prove(&other, &other_public, blinded, evaluated, random,
		                         ret_proof);
	}
	r = __real_oprf_prove(key, public_key, blinded, evaluated, random, ret_proof);
	if (r == OK && lies("evaluation"))
		*evaluated = *public_key;
	return r;
}
