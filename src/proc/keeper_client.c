#include "keeper_client.h"

enum { ANSWER_TIMEOUT = 60 * 1000 /* milliseconds */ };

void keeper_client_init(struct keeper_client *client, int fd)
{
	message_socket_init(&client->socket, fd);
}

void keeper_client_release(struct keeper_client *client)
{
	message_socket_release(&client->socket);
}

/* Asks, if the question could be put together (`r`), and releases it. */
static int ask(struct keeper_client *client, enum keeper_request request, struct buffer *question,
               int r, struct message *ret_answer, struct error *error)
{
	if (r != OK)
		r = error_set(error, r, "a request to the keeper: %s", result_text(r));
	else
		r = message_call(&client->socket, (uint16_t)request, buffer_view(question),
		                 ANSWER_TIMEOUT, ret_answer, error);
	buffer_release(question);
	return r;
}

static int malformed(struct error *error)
{
	return error_set(error, ERROR_SYNTAX, "the keeper's answer is malformed");
}

/* For requests that are answered by nothing. */
static int ask_for_nothing(struct keeper_client *client, enum keeper_request request,
                           struct buffer *question, int r, struct error *error)
{
	struct message answer;

	r = ask(client, request, question, r, &answer, error);
	return r == OK && answer.body.size != 0 ? malformed(error) : r;
}

static void question_init(struct buffer *question)
{
	buffer_init(question, MESSAGE_BODY_MAXIMUM);
}

static int put_channel(struct buffer *question, const struct hash *channel)
{
	return buffer_put(question, channel->bytes, HASH_SIZE);
}

int keeper_client_status(struct keeper_client *client, struct keeper_status *ret_status,
                         struct error *error)
{
	struct buffer question;
	struct message answer;
	int r;

	question_init(&question);
	if ((r = ask(client, KEEPER_STATUS, &question, OK, &answer, error)) != OK)
		return r;
	r = keeper_get_status(answer.body, ret_status);
	return r == OK ? OK : error_set(error, r, "the keeper's status: %s", result_text(r));
}

int keeper_client_new_setup(struct keeper_client *client, struct keeper_setup_keys *ret_keys,
                            struct error *error)
{
	struct buffer question;
	struct message answer;
	int r;

	question_init(&question);
	if ((r = ask(client, KEEPER_NEW_SETUP, &question, OK, &answer, error)) != OK)
		return r;
	return keeper_get_setup_keys(answer.body, ret_keys) == OK ? OK : malformed(error);
}

int keeper_client_discard_setup(struct keeper_client *client,
                                const uint8_t setup[KEEPER_SETUP_SIZE], struct error *error)
{
	struct buffer question;
	int r;

	question_init(&question);
	r = buffer_put(&question, setup, KEEPER_SETUP_SIZE);
	return ask_for_nothing(client, KEEPER_DISCARD_SETUP, &question, r, error);
}

/* For requests that are answered by the channel. */
static int ask_for_channel(struct keeper_client *client, enum keeper_request request,
                           struct buffer *question, int r, struct hash *ret_channel,
                           struct error *error)
{
	struct message answer;

	if ((r = ask(client, request, question, r, &answer, error)) != OK)
		return r;
	if (answer.body.size != HASH_SIZE)
		return malformed(error);
	memcpy(ret_channel->bytes, answer.body.data, HASH_SIZE);
	return OK;
}

int keeper_client_adopt(struct keeper_client *client, const uint8_t setup[KEEPER_SETUP_SIZE],
                        unsigned own_party, struct bytes charter, struct hash *ret_channel,
                        struct error *error)
{
	struct buffer question;
	int r;

	question_init(&question);
	if ((r = buffer_put(&question, setup, KEEPER_SETUP_SIZE)) == OK &&
	    (r = buffer_put_u8(&question, (uint8_t)own_party)) == OK)
		r = buffer_put_bytes(&question, charter);
	return ask_for_channel(client, KEEPER_ADOPT, &question, r, ret_channel, error);
}

int keeper_client_sign(struct keeper_client *client, const struct keeper_sign *sign,
                       struct buffer *armors, struct bytes *ret_armors, struct error *error)
{
	struct buffer question;
	struct message answer;
	struct cursor cursor;
	size_t before = armors->size, offset = before;
	struct bytes armor;
	uint16_t count;
	int r;

	question_init(&question);
	r = keeper_put_sign(&question, sign);
	if ((r = ask(client, KEEPER_SIGN_NODE_ACTS, &question, r, &answer, error)) != OK)
		return r;
	cursor = cursor_over(answer.body);
	if (cursor_get_u16(&cursor, &count) != OK || count != sign->text_count)
		return malformed(error);
	for (size_t i = 0; i < count; i++) {
		if (cursor_get_sized(&cursor, KEEPER_ARMOR_MAXIMUM, &armor) != OK) {
			buffer_truncate(armors, before);
			return malformed(error);
		}
		if ((r = buffer_put_bytes(armors, armor)) != OK) {
			buffer_truncate(armors, before);
			return error_set(error, r, "signatures of the keeper: %s", result_text(r));
		}
	}
	if (cursor_end(&cursor) != OK) {
		buffer_truncate(armors, before);
		return malformed(error);
	}
	/* The buffer no longer moves: now the views. */
	cursor = cursor_over(bytes_of(answer.body.data + 2, answer.body.size - 2));
	for (size_t i = 0; i < count; i++) {
		if (cursor_get_sized(&cursor, KEEPER_ARMOR_MAXIMUM, &armor) != OK)
			return malformed(error);
		ret_armors[i] = bytes_of(armors->data + offset, armor.size);
		offset += armor.size;
	}
	return OK;
}

int keeper_client_commit(struct keeper_client *client, const struct keeper_commit *commit,
                         struct buffer *head, struct buffer *cosignature, struct error *error)
{
	struct buffer question;
	struct message answer;
	struct cursor cursor;
	struct bytes note, line;
	size_t before = head->size;
	int r;

	question_init(&question);
	r = keeper_put_commit(&question, commit);
	if ((r = ask(client, KEEPER_COMMIT, &question, r, &answer, error)) != OK)
		return r;
	cursor = cursor_over(answer.body);
	if (cursor_get_sized(&cursor, KEEPER_NOTE_MAXIMUM, &note) != OK ||
	    cursor_get_sized(&cursor, KEEPER_NOTE_MAXIMUM, &line) != OK ||
	    cursor_end(&cursor) != OK || (line.size > 0) != (commit->head.note.size > 0))
		return malformed(error);
	if ((r = buffer_put_bytes(head, note)) != OK ||
	    (r = buffer_put_bytes(cosignature, line)) != OK) {
		buffer_truncate(head, before);
		return error_set(error, r, "the keeper's head: %s", result_text(r));
	}
	return OK;
}

int keeper_client_unseal(struct keeper_client *client, const struct hash *channel,
                         struct bytes header, uint8_t ret_file_key[KEEPER_FILE_KEY_SIZE],
                         struct error *error)
{
	struct buffer question;
	struct message answer;
	int r;

	question_init(&question);
	if ((r = put_channel(&question, channel)) == OK)
		r = buffer_put_bytes(&question, header);
	if ((r = ask(client, KEEPER_UNSEAL, &question, r, &answer, error)) != OK)
		return r;
	if (answer.body.size != KEEPER_FILE_KEY_SIZE)
		return malformed(error);
	memcpy(ret_file_key, answer.body.data, KEEPER_FILE_KEY_SIZE);
	buffer_clear(&client->socket.incoming); /* wipes the copy */
	return OK;
}

int keeper_client_call_words(struct keeper_client *client, const struct keeper_call *call,
                             struct call_words *ret_words, struct error *error)
{
	struct buffer question;
	struct message answer;
	int r;

	question_init(&question);
	r = keeper_put_call(&question, call);
	if ((r = ask(client, KEEPER_CALL_WORDS, &question, r, &answer, error)) != OK)
		return r;
	if (answer.body.size != 2 * CALL_WORDS_COUNT)
		return malformed(error);
	memcpy(ret_words->answer, answer.body.data, CALL_WORDS_COUNT);
	memcpy(ret_words->confirmation, answer.body.data + CALL_WORDS_COUNT, CALL_WORDS_COUNT);
	buffer_clear(&client->socket.incoming); /* wipes the copy */
	return OK;
}

int keeper_client_sign_exchange(struct keeper_client *client,
                                const struct keeper_exchange *exchange, struct buffer *text,
                                struct buffer *armor, struct error *error)
{
	size_t before = text->size;
	struct bytes statement, signature;
	struct buffer question;
	struct message answer;
	struct cursor cursor;
	int r;

	question_init(&question);
	r = keeper_put_exchange(&question, exchange);
	if ((r = ask(client, KEEPER_SIGN_EXCHANGE, &question, r, &answer, error)) != OK)
		return r;
	cursor = cursor_over(answer.body);
	if (cursor_get_sized(&cursor, KEEPER_STATEMENT_MAXIMUM, &statement) != OK ||
	    cursor_get_sized(&cursor, KEEPER_ARMOR_MAXIMUM, &signature) != OK ||
	    cursor_end(&cursor) != OK)
		return malformed(error);
	if ((r = buffer_put_bytes(text, statement)) != OK ||
	    (r = buffer_put_bytes(armor, signature)) != OK) {
		buffer_truncate(text, before);
		return error_set(error, r, "a statement of an exchange: %s", result_text(r));
	}
	return OK;
}

int keeper_client_link_certificate(struct keeper_client *client, const struct hash *channel,
                                   const struct ed25519_public *public_key,
                                   struct buffer *certificate, struct error *error)
{
	struct buffer question;
	struct message answer;
	int r;

	question_init(&question);
	if ((r = put_channel(&question, channel)) == OK)
		r = buffer_put(&question, public_key->bytes, ED25519_PUBLIC_SIZE);
	if ((r = ask(client, KEEPER_LINK_CERTIFICATE, &question, r, &answer, error)) != OK)
		return r;
	if (answer.body.size == 0)
		return malformed(error);
	if ((r = buffer_put_bytes(certificate, answer.body)) != OK)
		return error_set(error, r, "a certificate: %s", result_text(r));
	return OK;
}

int keeper_client_new_key(struct keeper_client *client, const struct hash *channel,
                          enum keeper_purpose purpose, char ret_key[KEEPER_KEY_TEXT_CAPACITY],
                          struct error *error)
{
	struct buffer question;
	struct message answer;
	struct cursor cursor;
	char key[KEEPER_KEY_TEXT_CAPACITY];
	int r;

	question_init(&question);
	if ((r = put_channel(&question, channel)) == OK)
		r = buffer_put_u8(&question, (uint8_t)purpose);
	if ((r = ask(client, KEEPER_NEW_KEY, &question, r, &answer, error)) != OK)
		return r;
	cursor = cursor_over(answer.body);
	if (cursor_get_sized_string(&cursor, key, sizeof(key)) != OK || cursor_end(&cursor) != OK)
		return malformed(error);
	memcpy(ret_key, key, sizeof(key));
	return OK;
}

int keeper_client_activate_key(struct keeper_client *client, const struct hash *channel,
                               enum keeper_purpose purpose, const char *key, struct error *error)
{
	struct buffer question;
	int r;

	question_init(&question);
	if ((r = put_channel(&question, channel)) == OK &&
	    (r = buffer_put_u8(&question, (uint8_t)purpose)) == OK)
		r = buffer_put_sized_string(&question, key);
	return ask_for_nothing(client, KEEPER_ACTIVATE_KEY, &question, r, error);
}

int keeper_client_destroy_reading_key(struct keeper_client *client,
                                      const struct keeper_destruction *destruction,
                                      struct error *error)
{
	struct buffer question;
	int r;

	question_init(&question);
	r = keeper_put_destruction(&question, destruction);
	return ask_for_nothing(client, KEEPER_DESTROY_READING_KEY, &question, r, error);
}

int keeper_client_recover(struct keeper_client *client, const struct keeper_recover *recover,
                          struct error *error)
{
	struct buffer question;

	question_init(&question);
	return ask_for_nothing(client, KEEPER_RECOVER, &question,
	                       keeper_put_recover(&question, recover), error);
}

int keeper_client_succession(struct keeper_client *client,
                             const struct keeper_succession *succession, struct error *error)
{
	struct buffer question;
	int r;

	question_init(&question);
	r = keeper_put_succession(&question, succession);
	return ask_for_nothing(client, KEEPER_SUCCESSION, &question, r, error);
}

int keeper_client_adopt_successor(struct keeper_client *client,
                                  const struct keeper_successor *successor,
                                  struct hash *ret_channel, struct error *error)
{
	struct buffer question;
	int r;

	question_init(&question);
	r = keeper_put_successor(&question, successor);
	return ask_for_channel(client, KEEPER_ADOPT_SUCCESSOR, &question, r, ret_channel, error);
}
