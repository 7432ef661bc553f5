#include "evaluator_requests.h"

#include <unistd.h>

#include "allocate.h"
#include "journal.h"

/* Answers with `body` when the work was done, else with the error. */
static int answer(struct message_socket *engine, const struct message *question, int r,
                  struct bytes body, const struct error *error)
{
	if (r != OK)
		return message_send_error(engine, question->request, error);
	return message_send(engine, question->type | MESSAGE_REPLY, question->request, body, -1);
}

static int handle_report(void *context, struct message_socket *engine,
                         const struct message *message)
{
	struct evaluator_server *server = context;
	const struct evaluator *evaluator = &server->evaluator;
	struct evaluator_report report = {
		.user = (uint32_t)geteuid(),
		.threads = server->threads,
		.damaged = evaluator->damaged,
		.count = evaluator->count,
		.keys = allocate(evaluator->count + 1, sizeof *report.keys),
	};
	struct buffer body;
	int r;

	if (report.keys == NULL)
		return ERROR_MEMORY;
	for (size_t i = 0; i < evaluator->count; i++)
		report.keys[i] = evaluator->entries[i].status;
	buffer_init(&body, MESSAGE_BODY_MAXIMUM);
	if ((r = evaluator_put_report(&body, &report)) == OK)
		r = answer(engine, message, OK, buffer_view(&body), NULL);
	buffer_release(&body);
	release_memory(report.keys);
	return r;
}

static int handle_new_key(void *context, struct message_socket *engine,
                          const struct message *message)
{
	struct evaluator_server *server = context;
	struct evaluator_key_status status;
	struct error error = { 0 };
	struct hash channel;
	struct buffer body;
	int r;

	memcpy(channel.bytes, message->body.data, HASH_SIZE);
	buffer_init(&body, EVALUATOR_KEY_SIZE + 8);
	if ((r = evaluator_new_key(&server->evaluator, &channel, &status, &error)) == OK &&
	    (r = evaluator_put_new_key(&body, &status)) != OK)
		error_set(&error, r, "%s", result_text(r));
	r = answer(engine, message, r, buffer_view(&body), &error);
	buffer_release(&body);
	return r;
}

static int handle_evaluate(void *context, struct message_socket *engine,
                           const struct message *message)
{
	struct evaluator_server *server = context;
	const struct oprf_scalar *secret;
	struct evaluator_question question;
	struct error error = { 0 };
	int r;

	if ((r = evaluator_get_question(message->body, &question)) != OK)
		return r;
	if (evaluator_find_key(&server->evaluator, &question.key, &secret, &error) != OK)
		return message_send_error(engine, message->request, &error);
	return evaluator_pool_add(server->pool, message->request, secret, &question);
}

static int handle_destroy_key(void *context, struct message_socket *engine,
                              const struct message *message)
{
	struct evaluator_server *server = context;
	struct error error = { 0 };
	struct evaluator_key key;
	int r;

	if ((r = evaluator_get_key(message->body, &key)) != OK)
		return r;
	r = evaluator_destroy_key(&server->evaluator, &key, &error);
	if (r != OK && r != ERROR_NOT_FOUND)
		journal(JOURNAL_ERROR,
		        "the key of a list that is not to be used any more is not destroyed on the "
		        "disk: %s; it is tried again at the next start",
		        error.message);
	return answer(engine, message, r, bytes_of(NULL, 0), &error);
}

/* What may be asked, with the least and the most bytes of the question. */
static const struct message_rule rules[] = {
	{ EVALUATOR_REPORT, false, 0, 0, handle_report },
	{ EVALUATOR_NEW_KEY, false, HASH_SIZE, HASH_SIZE, handle_new_key },
	{ EVALUATOR_EVALUATE, false, EVALUATOR_EVALUATE_MINIMUM, EVALUATOR_EVALUATE_MAXIMUM,
	  handle_evaluate },
	{ EVALUATOR_DESTROY_KEY, false, HASH_SIZE + EVALUATOR_KEY_SIZE,
	  HASH_SIZE + EVALUATOR_KEY_SIZE, handle_destroy_key },
};

int evaluator_server_take(struct evaluator_server *server, const struct message *message)
{
	return message_dispatch(rules, sizeof rules / sizeof rules[0], server, &server->engine,
	                        message);
}

static int send_job(struct evaluator_server *server, const struct evaluator_job *job)
{
	size_t size = job->proofs ? EVALUATOR_PROVED_SIZE : EVALUATOR_ELEMENT_SIZE;
	struct error error;

	if (job->code == OK)
		return message_send(&server->engine, EVALUATOR_EVALUATE | MESSAGE_REPLY,
		                    job->request, bytes_of(job->answer, job->count * size), -1);
	if (job->code == ERROR_CANONICAL)
		error_set(&error, job->code,
		          "element %zu is not an element in canonical form, or is the identity",
		          job->bad + 1);
	else
		error_set(&error, job->code, "element %zu: %s", job->bad + 1,
		          result_text(job->code));
	return message_send_error(&server->engine, job->request, &error);
}

int evaluator_server_send_done(struct evaluator_server *server)
{
	struct evaluator_job *job;
	int r = OK;

	while (r == OK && (job = evaluator_pool_take(server->pool)) != NULL) {
		r = send_job(server, job);
		evaluator_job_free(job);
	}
	return r;
}
