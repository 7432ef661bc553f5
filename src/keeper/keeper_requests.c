/* The table of what the engine may ask, and how questions become answers. */
#include <string.h>

#include "allocate.h"
#include "keeper.h"

/* Answers with `body` when the work was done, else with the error. The result
 * is fatal only if the keeper can no longer write. */
static int answer(const struct keeper *keeper, struct message_socket *engine,
                  const struct message *question, int r, const struct buffer *body,
                  struct error *error)
{
	int sent;

	if (r == OK)
		sent = message_send(engine, question->type | MESSAGE_REPLY, question->request,
		                    buffer_view(body), -1);
	else
		sent = message_send_error(engine, question->request, error);
	return keeper->failed ? ERROR_IO : sent;
}

/* Everything that handlers need for one answer. */
struct work {
	struct keeper *keeper;
	struct cursor question;
	struct buffer body;
	struct error error;
};

static void work_init(struct work *work, void *context, const struct message *message)
{
	*work = (struct work){ .keeper = context, .question = cursor_over(message->body) };
	buffer_init(&work->body, MESSAGE_BODY_MAXIMUM);
}

/* Sends what the work came to. */
static int work_finish(struct work *work, struct message_socket *engine,
                       const struct message *question, int r)
{
	if (r != OK && work->error.code == OK)
		error_set(&work->error, r, "%s", result_text(r));
	r = answer(work->keeper, engine, question, r, &work->body, &work->error);
	buffer_release(&work->body);
	return r;
}

static int handle_status(void *context, struct message_socket *engine,
                         const struct message *message)
{
	struct keeper_status status;
	struct work work;
	int r;

	work_init(&work, context, message);
	if ((r = keeper_status(work.keeper, &status, &work.error)) == OK) {
		r = keeper_put_status(&work.body, &status);
		keeper_status_release(&status);
	}
	return work_finish(&work, engine, message, r);
}

static int handle_new_setup(void *context, struct message_socket *engine,
                            const struct message *message)
{
	struct keeper_setup_keys keys;
	struct work work;
	int r;

	work_init(&work, context, message);
	if ((r = keeper_new_setup(work.keeper, &keys, &work.error)) == OK)
		r = keeper_put_setup_keys(&work.body, &keys);
	return work_finish(&work, engine, message, r);
}

static int handle_discard_setup(void *context, struct message_socket *engine,
                                const struct message *message)
{
	struct work work;

	work_init(&work, context, message);
	return work_finish(&work, engine, message,
	                   keeper_discard_setup(work.keeper, message->body.data, &work.error));
}

static int handle_adopt(void *context, struct message_socket *engine, const struct message *message)
{
	uint8_t id[KEEPER_SETUP_SIZE], own_party;
	struct hash channel;
	struct work work;
	int r;

	work_init(&work, context, message);
	if ((r = cursor_get(&work.question, id, sizeof(id))) != OK ||
	    (r = cursor_get_u8(&work.question, &own_party)) != OK)
		return r;
	r = keeper_adopt(work.keeper, id, own_party, bytes_of(work.question.at, work.question.left),
	                 &channel, &work.error);
	if (r == OK)
		r = buffer_put(&work.body, channel.bytes, HASH_SIZE);
	return work_finish(&work, engine, message, r);
}

static int handle_sign(void *context, struct message_socket *engine, const struct message *message)
{
	size_t sizes[KEEPER_TEXTS_MAXIMUM], offset = 0;
	struct keeper_sign sign;
	struct buffer armors;
	struct work work;
	int r;

	if ((r = keeper_get_sign(message->body, &sign)) != OK)
		return r;
	work_init(&work, context, message);
	buffer_init(&armors, MESSAGE_BODY_MAXIMUM);
	r = keeper_sign(work.keeper, &sign, &armors, sizes, &work.error);
	if (r == OK)
		r = buffer_put_u16(&work.body, (uint16_t)sign.text_count);
	for (size_t i = 0; r == OK && i < sign.text_count; i++) {
		r = buffer_put_sized(&work.body, bytes_of(armors.data + offset, sizes[i]));
		offset += sizes[i];
	}
	buffer_release(&armors);
	return work_finish(&work, engine, message, r);
}

static int handle_commit(void *context, struct message_socket *engine,
                         const struct message *message)
{
	struct buffer head, cosignature;
	struct keeper_commit commit;
	struct work work;
	int r;

	if ((r = keeper_get_commit(message->body, &commit)) != OK)
		return r;
	work_init(&work, context, message);
	buffer_init(&head, KEEPER_NOTE_MAXIMUM);
	buffer_init(&cosignature, KEEPER_NOTE_MAXIMUM);
	if ((r = keeper_commit(work.keeper, &commit, &head, &cosignature, &work.error)) == OK &&
	    (r = buffer_put_sized(&work.body, buffer_view(&head))) == OK)
		r = buffer_put_sized(&work.body, buffer_view(&cosignature));
	buffer_release(&head);
	buffer_release(&cosignature);
	return work_finish(&work, engine, message, r);
}

/* Takes the channel that a question begins with. */
static int get_channel(struct work *work, struct hash *ret_channel)
{
	return cursor_get(&work->question, ret_channel->bytes, HASH_SIZE);
}

static int handle_unseal(void *context, struct message_socket *engine,
                         const struct message *message)
{
	struct age_file_key file_key;
	struct hash channel;
	struct work work;
	int r;

	work_init(&work, context, message);
	if ((r = get_channel(&work, &channel)) != OK)
		return r;
	r = keeper_unseal(work.keeper, &channel, bytes_of(work.question.at, work.question.left),
	                  &file_key, &work.error);
	if (r == OK) {
		r = buffer_put(&work.body, file_key.bytes, sizeof(file_key.bytes));
		wipe(&file_key, sizeof(file_key));
	}
	return work_finish(&work, engine, message, r);
}

static int handle_link_certificate(void *context, struct message_socket *engine,
                                   const struct message *message)
{
	struct ed25519_public public_key;
	struct hash channel;
	struct work work;
	int r;

	work_init(&work, context, message);
	if ((r = get_channel(&work, &channel)) != OK ||
	    (r = cursor_get(&work.question, public_key.bytes, sizeof(public_key.bytes))) != OK)
		return r;
	r = keeper_link_certificate(work.keeper, &channel, &public_key, &work.body, &work.error);
	return work_finish(&work, engine, message, r);
}

/* Takes channel and purpose. */
static int get_purpose(struct work *work, struct hash *ret_channel,
                       enum keeper_purpose *ret_purpose)
{
	uint8_t purpose;
	int r;

	if ((r = get_channel(work, ret_channel)) != OK ||
	    (r = cursor_get_u8(&work->question, &purpose)) != OK)
		return r;
	if (purpose >= KEEPER_KEY_PURPOSE_COUNT)
		return ERROR_SYNTAX;
	*ret_purpose = (enum keeper_purpose)purpose;
	return OK;
}

static int handle_new_key(void *context, struct message_socket *engine,
                          const struct message *message)
{
	char text[KEEPER_KEY_TEXT_CAPACITY];
	enum keeper_purpose purpose;
	struct hash channel;
	struct work work;
	int r;

	work_init(&work, context, message);
	if ((r = get_purpose(&work, &channel, &purpose)) != OK)
		return r;
	if ((r = keeper_new_key(work.keeper, &channel, purpose, text, &work.error)) == OK)
		r = buffer_put_sized_string(&work.body, text);
	return work_finish(&work, engine, message, r);
}

static int handle_activate_key(void *context, struct message_socket *engine,
                               const struct message *message)
{
	enum keeper_purpose purpose;
	struct hash channel;
	struct work work;
	struct bytes text;
	int r;

	work_init(&work, context, message);
	if ((r = get_purpose(&work, &channel, &purpose)) != OK ||
	    (r = cursor_get_sized(&work.question, KEEPER_KEY_TEXT_CAPACITY, &text)) != OK ||
	    (r = cursor_end(&work.question)) != OK)
		return r;
	r = keeper_activate_key(work.keeper, &channel, purpose, text, &work.error);
	return work_finish(&work, engine, message, r);
}

static int handle_destroy_reading_key(void *context, struct message_socket *engine,
                                      const struct message *message)
{
	struct keeper_destruction *destruction = allocate(1, sizeof(*destruction));
	struct work work;
	int r;

	if (destruction == NULL)
		return ERROR_MEMORY;
	if ((r = keeper_get_destruction(message->body, destruction)) == OK) {
		work_init(&work, context, message);
		r = keeper_destroy_reading_key(work.keeper, destruction, &work.error);
		r = work_finish(&work, engine, message, r);
	}
	release_memory(destruction);
	return r;
}

static int handle_recover(void *context, struct message_socket *engine,
                          const struct message *message)
{
	struct keeper_recover recover;
	struct work work;
	int r;

	if ((r = keeper_get_recover(message->body, &recover)) != OK)
		return r;
	work_init(&work, context, message);
	return work_finish(&work, engine, message,
	                   keeper_recover(work.keeper, &recover, &work.error));
}

static int handle_succession(void *context, struct message_socket *engine,
                             const struct message *message)
{
	struct keeper_succession *succession = allocate(1, sizeof(*succession));
	struct work work;
	int r;

	if (succession == NULL)
		return ERROR_MEMORY;
	if ((r = keeper_get_succession(message->body, succession)) == OK) {
		work_init(&work, context, message);
		r = keeper_succession(work.keeper, succession, &work.error);
		r = work_finish(&work, engine, message, r);
	}
	release_memory(succession);
	return r;
}

static int handle_adopt_successor(void *context, struct message_socket *engine,
                                  const struct message *message)
{
	struct keeper_successor *successor = allocate(1, sizeof(*successor));
	struct hash channel;
	struct work work;
	int r;

	if (successor == NULL)
		return ERROR_MEMORY;
	if ((r = keeper_get_successor(message->body, successor)) == OK) {
		work_init(&work, context, message);
		r = keeper_adopt_successor(work.keeper, successor, &channel, &work.error);
		if (r == OK)
			r = buffer_put(&work.body, channel.bytes, HASH_SIZE);
		r = work_finish(&work, engine, message, r);
	}
	release_memory(successor);
	return r;
}

static int handle_call_words(void *context, struct message_socket *engine,
                             const struct message *message)
{
	struct call_words words;
	struct keeper_call call;
	struct work work;
	int r;

	if ((r = keeper_get_call(message->body, &call)) != OK)
		return r;
	work_init(&work, context, message);
	if ((r = keeper_call_words(work.keeper, &call, &words, &work.error)) == OK &&
	    (r = buffer_put(&work.body, words.answer, CALL_WORDS_COUNT)) == OK)
		r = buffer_put(&work.body, words.confirmation, CALL_WORDS_COUNT);
	wipe(&words, sizeof(words));
	return work_finish(&work, engine, message, r);
}

static int handle_sign_exchange(void *context, struct message_socket *engine,
                                const struct message *message)
{
	struct keeper_exchange exchange;
	struct buffer text, armor;
	struct work work;
	int r;

	if ((r = keeper_get_exchange(message->body, &exchange)) != OK)
		return r;
	work_init(&work, context, message);
	buffer_init(&text, KEEPER_STATEMENT_MAXIMUM);
	buffer_init(&armor, KEEPER_ARMOR_MAXIMUM);
	r = keeper_sign_exchange(work.keeper, &exchange, &text, &armor, &work.error);
	if (r == OK && (r = buffer_put_sized(&work.body, buffer_view(&text))) == OK)
		r = buffer_put_sized(&work.body, buffer_view(&armor));
	buffer_release(&text);
	buffer_release(&armor);
	return work_finish(&work, engine, message, r);
}

/* What may be asked, with the least and the most bytes of the question. */
static const struct message_rule rules[] = {
	{ KEEPER_STATUS, false, 0, 0, handle_status },
	{ KEEPER_NEW_SETUP, false, 0, 0, handle_new_setup },
	{ KEEPER_DISCARD_SETUP, false, KEEPER_SETUP_SIZE, KEEPER_SETUP_SIZE, handle_discard_setup },
	{ KEEPER_ADOPT, false, KEEPER_SETUP_SIZE + 1, KEEPER_SETUP_SIZE + 1 + CHARTER_SIZE_MAXIMUM,
	  handle_adopt },
	{ KEEPER_SIGN_NODE_ACTS, false, HASH_SIZE, MESSAGE_BODY_MAXIMUM, handle_sign },
	{ KEEPER_COMMIT, false, HASH_SIZE, MESSAGE_BODY_MAXIMUM, handle_commit },
	{ KEEPER_UNSEAL, false, HASH_SIZE, HASH_SIZE + AGE_HEADER_MAXIMUM, handle_unseal },
	{ KEEPER_LINK_CERTIFICATE, false, HASH_SIZE + ED25519_PUBLIC_SIZE,
	  HASH_SIZE + ED25519_PUBLIC_SIZE, handle_link_certificate },
	{ KEEPER_NEW_KEY, false, HASH_SIZE + 1, HASH_SIZE + 1, handle_new_key },
	{ KEEPER_ACTIVATE_KEY, false, HASH_SIZE + 1 + 4,
	  HASH_SIZE + 1 + 4 + KEEPER_KEY_TEXT_CAPACITY, handle_activate_key },
	{ KEEPER_DESTROY_READING_KEY, false, HASH_SIZE + 4, MESSAGE_BODY_MAXIMUM,
	  handle_destroy_reading_key },
	{ KEEPER_RECOVER, false, HASH_SIZE, MESSAGE_BODY_MAXIMUM, handle_recover },
	{ KEEPER_SUCCESSION, false, HASH_SIZE, MESSAGE_BODY_MAXIMUM, handle_succession },
	{ KEEPER_ADOPT_SUCCESSOR, false, KEEPER_SETUP_SIZE, MESSAGE_BODY_MAXIMUM,
	  handle_adopt_successor },
	{ KEEPER_CALL_WORDS, false, KEEPER_CALL_SIZE, KEEPER_CALL_SIZE, handle_call_words },
	{ KEEPER_SIGN_EXCHANGE, false, KEEPER_EXCHANGE_SIZE, KEEPER_EXCHANGE_SIZE,
	  handle_sign_exchange },
};

int keeper_answer(struct keeper *keeper, struct message_socket *engine,
                  const struct message *message)
{
	return message_dispatch(rules, sizeof(rules) / sizeof(rules[0]), keeper, engine, message);
}
