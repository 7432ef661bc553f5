#include "list_evaluator.h"

#include <time.h>

#include "allocate.h"
#include "system.h"
#include "translate.h"

enum { RETRY_MILLISECONDS = 50, RETRIES_MAXIMUM = 1200 };

static const char probe[] = "chirograph.match/1 a new key is tried";

static int not_understood(struct error *error)
{
	return error_set(error, ERROR_SYNTAX, _("the node's answer is not understood"));
}

/* One element, with its proof. */
static int try_key(struct list_evaluator *evaluator, struct error *error)
{
	struct random_source random = system_random();
	struct oprf_element blinded, evaluated;
	struct oprf_scalar blind;
	struct oprf_proof proof;
	struct buffer reply;
	int r;

	if ((r = oprf_blind(OPRF_MODE_VOPRF, bytes_of_string(probe), &random, &blind, &blinded)) !=
	    OK)
		return error_set(error, r, "%s", result_text(r));
	wipe(&blind, sizeof(blind));
	buffer_init(&reply, API_ASK_REPLY_MAXIMUM);
	r = api_ask(evaluator->node->api, bytes_of(blinded.bytes, OPRF_ELEMENT_SIZE), &reply, error,
	            "/v1/channels/%s/list-keys/%s/evaluations?proofs=1",
	            evaluator->node->channel.id, evaluator->key_name);
	if (r == OK && reply.size != OPRF_ELEMENT_SIZE + OPRF_PROOF_SIZE) {
		r = not_understood(error);
	} else if (r == OK) {
		memcpy(evaluated.bytes, reply.data, OPRF_ELEMENT_SIZE);
		memcpy(proof.bytes, reply.data + OPRF_ELEMENT_SIZE, OPRF_PROOF_SIZE);
		if (oprf_verify(&evaluator->public_key, &blinded, &evaluated, &proof) != OK)
			r = error_set(error, ERROR_SIGNATURE,
			              _("the node's evaluator has another key than it says"));
	}
	buffer_release(&reply);
	return r;
}

static int make_key(struct list_evaluator *evaluator, struct error *error)
{
	struct node *node = evaluator->node;
	json_t *reply = NULL;
	struct hash key;
	int r;

	if ((r = api_send(node->api, "POST", NULL, &reply, error, "/v1/channels/%s/list-keys",
	                  node->channel.id)) != OK)
		return r;
	if (base64_decode_fixed(bytes_of_string(member_text(reply, "public_key")), key.bytes,
	                        HASH_SIZE) == OK) {
		memcpy(evaluator->public_key.bytes, key.bytes, OPRF_ELEMENT_SIZE);
		hash_to_hex(&key, evaluator->key_name);
	} else {
		r = not_understood(error);
	}
	json_decref(reply);
	return r;
}

int list_evaluator_new_key(struct node *node, unsigned threads,
                           struct list_evaluator *ret_evaluator, struct error *error)
{
	struct list_evaluator evaluator = { .node = node, .threads = threads };
	int r;

	if ((r = make_key(&evaluator, error)) != OK)
		return r;
	if ((r = try_key(&evaluator, error)) != OK)
		goto out;
	for (unsigned i = 0; r == OK && i < threads; i++)
		r = api_new(node->settings.socket, &evaluator.apis[i], error);
out:
	if (r == OK) {
		*ret_evaluator = evaluator;
	} else {
		list_evaluator_release(&evaluator);
		list_evaluator_drop_key(node, &evaluator.public_key);
	}
	return r;
}

void list_evaluator_release(struct list_evaluator *evaluator)
{
	for (unsigned i = 0; i < evaluator->threads; i++)
		api_free(evaluator->apis[i]);
	evaluator->threads = 0;
}

int list_evaluator_evaluate(void *context, unsigned thread, const struct oprf_element *elements,
                            size_t count, struct oprf_element *ret_evaluated, struct error *error)
{
	const struct timespec pause = { .tv_nsec = RETRY_MILLISECONDS * 1000000L };
	struct list_evaluator *evaluator = context;
	struct buffer reply;
	int r;

	buffer_init(&reply, API_ASK_REPLY_MAXIMUM);
	for (unsigned tries = 0;; tries++) {
		r = api_ask(evaluator->apis[thread], bytes_of(elements, count * sizeof(*elements)),
		            &reply, error, "/v1/channels/%s/list-keys/%s/evaluations",
		            evaluator->node->channel.id, evaluator->key_name);
		if (r != ERROR_WAIT || tries == RETRIES_MAXIMUM || evaluator->stopping)
			break;
		nanosleep(&pause, NULL);
	}
	if (r == OK && reply.size != count * sizeof(*ret_evaluated))
		r = not_understood(error);
	else if (r == OK)
		memcpy(ret_evaluated, reply.data, reply.size);
	buffer_release(&reply);
	return r;
}

void list_evaluator_drop_key(struct node *node, const struct oprf_element *public_key)
{
	char name[HASH_HEX_CAPACITY];
	json_t *reply = NULL;
	struct hash key;

	memcpy(key.bytes, public_key->bytes, HASH_SIZE);
	hash_to_hex(&key, name);
	if (api_send(node->api, "DELETE", NULL, &reply, NULL, "/v1/channels/%s/list-keys/%s",
	             node->channel.id, name) == OK)
		json_decref(reply);
}
