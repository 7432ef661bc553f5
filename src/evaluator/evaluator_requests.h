/* How the engine's questions become answers: the table of what it may ask. */
#ifndef EVALUATOR_REQUESTS_H
#define EVALUATOR_REQUESTS_H

#include "evaluator.h"
#include "evaluator_pool.h"

struct evaluator_server {
	struct evaluator evaluator;
	struct evaluator_pool *pool;
	unsigned threads;
	struct message_socket engine;
};

/* Takes one message of the engine. OK to go on; anything else ends the evaluator: a message
 * that is not in the table or malformed, more questions than may be, an engine that is gone. */
int evaluator_server_take(struct evaluator_server *server, const struct message *message);

/* Sends what the threads have done. OK, or an engine that is gone. */
int evaluator_server_send_done(struct evaluator_server *server);

#endif
