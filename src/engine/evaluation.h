/* The evaluator, asked by the engine without waiting: a question goes out, its answer comes
 * in a later turn. Private to src/engine.
 *
 * The engine knows which keys are here: the evaluator says so when it starts, and the table is
 * kept up from its answers. An evaluator that ended is started anew by the parent; whoever
 * waits for it is told so (ERROR_WAIT), and can ask again. When the engine loads its channels anew
 * from the database, what they had asked is forgotten: they ask again as after a start.
 *
 * Keys of a list's former epochs, and of retired lists, are to be destroyed once the other side
 * has receipted the change: see evaluation_destroy_key.
 */
#ifndef EVALUATION_H
#define EVALUATION_H

#include "evaluator_messages.h"
#include "random_source.h"
#include "result.h"

struct engine;
struct engine_channel;

enum {
	/* What people build lists with leaves room for the other side's questions. */
	EVALUATIONS_FOR_PEOPLE = EVALUATOR_QUESTIONS_MAXIMUM / 2
};

/* On whose behalf: see above. */
enum evaluation_asker { EVALUATION_FOR_PERSON, EVALUATION_FOR_CHANNEL };

/* How a question ended. OK: `answer` is what evaluator_messages.h says (a view, until the
 * function returns); otherwise its code and sentence. `channel` is the one asked for, as it
 * is in memory now; `tag` is the caller's. May write to the store (engine_write) and ask
 * again. OK, or why the engine must end. */
struct evaluation {
	struct engine_channel *channel;
	struct evaluator_key key; /* of NEW_KEY: the new key */
	uint64_t tag;
	const struct error *failure; /* NULL: none */
	struct bytes answer;
};
typedef int evaluation_done(struct engine *engine, const struct evaluation *evaluation,
                            struct error *error);

/* Asks for the evaluation of `elements` (1 to EVALUATOR_ELEMENTS_MAXIMUM of 32 bytes; the
 * evaluator checks each), with a proof for each or without. OK: `done` is called later, once.
 * ERROR_NOT_FOUND: the key is not here, it is lost or was destroyed; ERROR_WAIT: as many
 * questions as may be are under way, or no evaluator runs just now; ERROR_LIMIT. */
int evaluation_ask(struct engine_channel *channel, enum evaluation_asker asker,
                   const uint8_t public_key[EVALUATOR_KEY_SIZE], bool proofs, struct bytes elements,
                   evaluation_done *done, uint64_t tag, struct error *error);

/* The same for a new key of the channel, for a person; durable when `done` is called. ERROR_LIMIT: there are
 * EVALUATOR_CHANNEL_KEYS_MAXIMUM. */
int evaluation_new_key(struct engine_channel *channel, evaluation_done *done, uint64_t tag,
                       struct error *error);

/* Whether the evaluator has the key. False while the evaluator is being started. */
bool evaluation_holds_key(const struct engine_channel *channel,
                          const uint8_t public_key[EVALUATOR_KEY_SIZE]);

/* Has a key destroyed: nothing can be evaluated with it from here on. Does nothing where it is
 * not held; what is cut off by an abrupt end is done by calling this again, so whoever knows
 * that a key is to go calls it in every turn as long as evaluation_holds_key says true. */
void evaluation_destroy_key(struct engine_channel *channel,
                            const uint8_t public_key[EVALUATOR_KEY_SIZE]);

/* --- for the engine itself ---------------------------------------------------------- */

struct evaluation_question; /* under way */

struct evaluation_state {
	bool has_report; /* the evaluator that runs has said which keys it has */
	uint32_t last_request;
	uint32_t report_request;        /* for that, while it is under way */
	struct evaluator_report report; /* `keys` is kept up */
	size_t key_capacity;
	struct evaluation_question *questions;
	size_t question_count;
};

/* In each turn: tells whoever asked an evaluator that has ended since. OK, or why the turn
 * fails. */
int evaluation_settle(struct engine *engine, struct error *error);
/* Nobody waits any more for what these have asked: the channels are loaded anew, or the http
 * process has ended. */
void evaluation_forget(struct engine *engine, enum evaluation_asker asker);
void evaluation_release(struct engine *engine);

#endif
