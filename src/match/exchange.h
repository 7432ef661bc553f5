/* Exchanges: one question put to a match-only list, and its answer. Either side states by
 * its node key, for each, what was asked and how much of the budget is spent:
 *
 *     chirograph.exchange/1
 *     channel <base64 channel id>
 *     list <base64 leaf hash of the list's opening act>
 *     class domain
 *     epoch 2
 *     exchange 7                     of this list and class, from 1
 *     step question                  question | answer
 *     outcome evaluated              answers only: evaluated | budget | epoch | retired
 *     total 1200                     evaluations of this class in the list's life, these included
 *     day 2026-11-29                 UTC, as who asks counts
 *     today 200                      evaluations on that day, these included
 *     elements 100 <base64 SHA-256>  of the blinded elements; of the evaluated elements each
 *                                    followed by its proof; `elements 0 -` in a refusal
 *     previous <base64 SHA-256>      of the statement before; 32 zero bytes in the first
 *
 * The hash of a statement is that of its text, so that the statements are a chain; a tally
 * names the last. Signed as SSHSIG in namespace EXCHANGE_NAMESPACE: whoever holds a statement
 * can show it to anybody. A refusal takes back what its question had counted.
 *
 * The functions below are what both sides keep to; pure.
 */
#ifndef EXCHANGE_H
#define EXCHANGE_H

#include "buffer.h"
#include "identifier_class.h"
#include "oprf.h"
#include "timestamp.h"

#define EXCHANGE_NAMESPACE "chirograph-exchange"

enum {
	EXCHANGE_ELEMENTS_MAXIMUM = 512,
	EXCHANGE_EVALUATION_SIZE = OPRF_ELEMENT_SIZE + OPRF_PROOF_SIZE,
	EXCHANGE_STATEMENT_MAXIMUM = 1024
};

enum exchange_step { EXCHANGE_QUESTION, EXCHANGE_ANSWER };
enum exchange_outcome {
	EXCHANGE_EVALUATED,
	EXCHANGE_BUDGET,  /* more than is left by the owner's count */
	EXCHANGE_EPOCH,   /* the list has another version by now */
	EXCHANGE_RETIRED, /* the list is retired */
	EXCHANGE_OUTCOME_COUNT
};
const char *exchange_outcome_name(enum exchange_outcome outcome);

struct exchange_statement {
	struct hash channel;
	struct hash list;
	enum identifier_class identifier_class;
	uint64_t epoch;
	uint64_t number;
	enum exchange_step step;
	enum exchange_outcome outcome; /* of an answer */
	uint64_t total, today;
	timestamp day;           /* its first second */
	uint64_t elements;       /* 1 to EXCHANGE_ELEMENTS_MAXIMUM; 0 in a refusal */
	struct hash content;     /* SHA-256 over them; zero in a refusal */
	struct hash previous;
};

/* ERROR_LIMIT for a value out of range. */
int exchange_print(struct buffer *buffer, const struct exchange_statement *statement);
/* ERROR_SYNTAX, ERROR_CANONICAL, ERROR_LIMIT. */
int exchange_parse(struct bytes text, struct exchange_statement *ret_statement,
                   struct error *error);

/* Where a side stands with a list and class: after the last answer. All zero at first. */
struct exchange_state {
	uint64_t number;
	uint64_t total, today;
	timestamp day;
	struct hash last; /* hash of the last answer's statement */
};

/* Fills in what follows from the state: number, total, day, today and previous of a question of
 * `statement->elements` elements at `now`. A day never goes back. */
void exchange_ask(const struct exchange_state *state, timestamp now,
                  struct exchange_statement *statement);

/* How many evaluations are left today and in the list's life, before a question at `now`;
 * `beside` were used otherwise (by `query` acts) in the list's life and today. */
uint64_t exchange_left(const struct exchange_state *state, timestamp now, uint64_t budget_day,
                       uint64_t budget_list, uint64_t beside_total, uint64_t beside_today);

/* What an owner in `state` makes of a question whose statement has the hash `question`:
 * OK when it continues where the owner stands, or where the asker has counted more than the
 * owner knows (a lost answer, a restored owner); ERROR_EXISTS when the owner is further and has to
 * show what it has; ERROR_MISMATCH when the numbers contradict one another. */
int exchange_take(const struct exchange_state *state, const struct exchange_statement *question,
                  struct error *error);

/* The answer's statement to a question; the caller sets elements and content with
 * EXCHANGE_EVALUATED. */
void exchange_answer(const struct exchange_statement *question, const struct hash *question_hash,
                     enum exchange_outcome outcome, struct exchange_statement *ret_answer);

/* OK when `answer` answers that question, and says of its numbers what it must; gives the state
 * after it. ERROR_MISMATCH with what is wrong: the other side has signed it. */
int exchange_conclude(const struct exchange_statement *question,
                      const struct hash *question_hash, const struct exchange_statement *answer,
                      const struct hash *answer_hash, struct exchange_state *ret_state,
                      struct error *error);

#endif
