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
 *     outcome evaluated              answers only: evaluated, or why not (below)
 *     total 1200                     evaluations of this class in the list's life, these included
 *     day 2026-11-29                 UTC, as who asks counts
 *     today 200                      evaluations on that day, these included
 *     elements 100 <base64 SHA-256>  of the blinded elements; of the evaluated elements each
 *                                    followed by its proof; `elements 0 -` in a refusal
 *     previous <base64 SHA-256>      of the statement before; 32 zero bytes in the first
 *
 * The hash of a statement is that of its text, so that the statements are a chain; a tally
 * names the last. Signed as SSHSIG in namespace EXCHANGE_NAMESPACE: whoever holds a statement
 * can show it to anybody. A refusal leaves everything as it was before its question: numbers,
 * counts and chain go on as if that had not been asked.
 *
 * The functions below are what both sides keep to; pure. Each side has a state for a list and
 * class, and makes it durable in this order:
 *
 *     who asks      exchange_ask; the question is durable, then it leaves, as often as needed
 *     who owns      exchange_take, exchange_count; that is durable, then it evaluates
 *     both          exchange_conclude, when there is an answer
 *
 * Either may forget (a crash, a restored copy). Who owns takes over what who asks has counted
 * beyond it. Where it knows of more itself, it shows the question that says so, signed by
 * who asks, who then takes that over (exchange_catch_up) and asks anew. So counts only grow,
 * and after one such turn both have the same.
 */
#ifndef EXCHANGE_H
#define EXCHANGE_H

#include "buffer.h"
#include "identifier_class.h"
#include "oprf.h"
#include "result.h"
#include "timestamp.h"

#define EXCHANGE_NAMESPACE "chirograph-exchange"

enum {
	EXCHANGE_ELEMENTS_MAXIMUM = 512,
	EXCHANGE_EVALUATION_SIZE = OPRF_ELEMENT_SIZE + OPRF_PROOF_SIZE,
	EXCHANGE_STATEMENT_MAXIMUM = 1024,
	EXCHANGE_DAY_SECONDS = 86400,
	EXCHANGE_DAY_TOLERANCE = 3600 /* before and after midnight */
};
/* Of counts, numbers and epochs. */
#define EXCHANGE_NUMBER_MAXIMUM ((uint64_t)INT64_MAX)

enum exchange_step { EXCHANGE_QUESTION, EXCHANGE_ANSWER };
enum exchange_outcome {
	EXCHANGE_EVALUATED,
	EXCHANGE_BUDGET,  /* more than is left by the owner's count */
	EXCHANGE_EPOCH,   /* the list has another version by now */
	EXCHANGE_RETIRED, /* the list is retired */
	EXCHANGE_DAY,     /* the question is of another day: it came late, or a clock is wrong */
	EXCHANGE_LOST,    /* the owner no longer has the key of this version */
	EXCHANGE_OUTCOME_COUNT
};
/* "evaluated", "budget" and so on. */
const char *exchange_outcome_name(enum exchange_outcome outcome);

struct exchange_statement {
	struct hash channel;
	struct hash list;
	enum identifier_class identifier_class;
	uint64_t epoch;  /* from 1 */
	uint64_t number; /* from 1 */
	enum exchange_step step;
	enum exchange_outcome outcome; /* of an answer */
	uint64_t total, today;
	timestamp day;       /* its first second */
	uint64_t elements;   /* 1 to EXCHANGE_ELEMENTS_MAXIMUM; 0 in a refusal */
	struct hash content; /* SHA-256 over them; zero in a refusal */
	struct hash previous;
};

/* Appends the text. ERROR_LIMIT for a value out of range. */
int exchange_print(struct buffer *buffer, const struct exchange_statement *statement);
/* ERROR_SYNTAX, ERROR_CANONICAL, ERROR_LIMIT. */
int exchange_parse(struct bytes text, struct exchange_statement *ret_statement,
                   struct error *error);

/* The first second of a time's day. */
timestamp exchange_day(timestamp now);
/* Whether a question of that day may be answered now: on that day, or within an hour of it. */
bool exchange_day_fits(timestamp day, timestamp now);

/* Where a side stands with a list and class. All zero at first. */
struct exchange_state {
	uint64_t number;
	uint64_t total, today;
	timestamp day;
	struct hash last; /* hash of the last answer's statement */
	bool open;        /* of who owns: `last` is a question's, counted and not answered yet */
};

/* Fills in what follows from the state: step, number, total, day, today and previous of a
 * question of `statement->elements` elements at `now`. A day never goes back. */
void exchange_ask(const struct exchange_state *state, timestamp now,
                  struct exchange_statement *statement);

/* How many evaluations are left today and in the list's life, before a question at `now`;
 * `beside` were used otherwise (by `query` acts) in the list's life and today. */
uint64_t exchange_left(const struct exchange_state *state, timestamp now, uint64_t budget_day,
                       uint64_t budget_list, uint64_t beside_total, uint64_t beside_today);

/* Whether a question is within the budgets by its own counts, which are no less than those of
 * the owner who has taken it. */
bool exchange_fits(const struct exchange_statement *question, uint64_t budget_day,
                   uint64_t budget_list, uint64_t beside_total, uint64_t beside_today);

/* What an owner in `state` makes of a question: OK when it continues where the owner stands,
 * or where the asker has counted more than the owner knows (the owner was restored);
 * ERROR_EXISTS when the owner is further and has to show what it has; ERROR_MISMATCH
 * when the question contradicts itself. */
int exchange_take(const struct exchange_state *state, const struct exchange_statement *question,
                  struct error *error);

/* The owner's state once a question that it took is counted. */
struct exchange_state exchange_count(const struct exchange_statement *question,
                                     const struct hash *question_hash);

/* The answer's statement to a question; the caller sets elements and content with
 * EXCHANGE_EVALUATED. */
void exchange_answer(const struct exchange_statement *question, const struct hash *question_hash,
                     enum exchange_outcome outcome, struct exchange_statement *ret_answer);

/* OK when `answer` answers that question, and says of its numbers what it must; gives the state
 * after it, which after a refusal is that `before` the question. ERROR_MISMATCH with what is
 * wrong: the other side has signed it. */
int exchange_conclude(const struct exchange_state *before,
                      const struct exchange_statement *question, const struct hash *question_hash,
                      const struct exchange_statement *answer, const struct hash *answer_hash,
                      struct exchange_state *ret_state, struct error *error);

/* What who asks makes of a question of its own, with its answer unless that is NULL, which the
 * owner shows instead of answering another. `state` is that before the other question. OK:
 * the state that takes over what is shown; ERROR_EXISTS: nothing of it is new, or it was
 * refused; ERROR_MISMATCH: the answer is none. Signatures, channel, list and class are for the caller to check. */
int exchange_catch_up(const struct exchange_state *state, const struct exchange_statement *question,
                      const struct hash *question_hash, const struct exchange_statement *answer,
                      const struct hash *answer_hash, struct exchange_state *ret_state,
                      struct error *error);

/* Counts that a tally in a log shows, and that were forgotten here. False when they were not. */
bool exchange_raise(struct exchange_state *state, uint64_t total, timestamp day, uint64_t today);

#endif
