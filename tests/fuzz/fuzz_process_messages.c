/* The bodies of messages to and from keeper, reader, messenger, alarm, evaluator and parent: the
 * first byte says which. What is read must print as it was. */
#include <stdlib.h>

#include "alarm.h"
#include "allocate.h"
#include "evaluator_messages.h"
#include "keeper_messages.h"
#include "messenger_messages.h"
#include "reader.h"
#include "role.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int commit_again(struct bytes body, struct buffer *again)
{
	struct keeper_commit commit;
	int r = keeper_get_commit(body, &commit);

	return r == OK ? keeper_put_commit(again, &commit) : r;
}

static int sign_again(struct bytes body, struct buffer *again)
{
	struct keeper_sign sign;
	int r = keeper_get_sign(body, &sign);

	return r == OK ? keeper_put_sign(again, &sign) : r;
}

static int recover_again(struct bytes body, struct buffer *again)
{
	struct keeper_recover recover;
	int r = keeper_get_recover(body, &recover);

	return r == OK ? keeper_put_recover(again, &recover) : r;
}

static int status_again(struct bytes body, struct buffer *again)
{
	struct keeper_status status;
	int r = keeper_get_status(body, &status);

	if (r == OK) {
		r = keeper_put_status(again, &status);
		keeper_status_release(&status);
	}
	return r;
}

static int setup_again(struct bytes body, struct buffer *again)
{
	struct keeper_setup_keys keys;
	int r = keeper_get_setup_keys(body, &keys);

	return r == OK ? keeper_put_setup_keys(again, &keys) : r;
}

static int succession_again(struct bytes body, struct buffer *again)
{
	struct keeper_succession succession;
	int r = keeper_get_succession(body, &succession);

	return r == OK ? keeper_put_succession(again, &succession) : r;
}

static int successor_again(struct bytes body, struct buffer *again)
{
	struct keeper_successor successor;
	int r = keeper_get_successor(body, &successor);

	return r == OK ? keeper_put_successor(again, &successor) : r;
}

static int call_again(struct bytes body, struct buffer *again)
{
	struct keeper_call call;
	int r = keeper_get_call(body, &call);

	return r == OK ? keeper_put_call(again, &call) : r;
}

static int destruction_again(struct bytes body, struct buffer *again)
{
	static struct keeper_destruction destruction;
	int r = keeper_get_destruction(body, &destruction);

	return r == OK ? keeper_put_destruction(again, &destruction) : r;
}

static int request_again(struct bytes body, struct buffer *again)
{
	struct reader_request request;
	int r = reader_get_request(body, &request);

	return r == OK ? reader_put_request(again, &request) : r;
}

static int part_again(struct bytes body, struct buffer *again)
{
	struct reader_part part;
	int r = reader_get_part(body, &part);

	return r == OK ? reader_put_part(again, &part) : r;
}

static int question_again(struct bytes body, struct buffer *again)
{
	struct messenger_question question;
	int r = messenger_get_question(body, &question);

	if (r == OK && !messenger_url_is_valid(bytes_of_string(question.url)))
		abort();
	return r == OK ? messenger_put_question(again, &question) : r;
}

static int answer_again(struct bytes body, struct buffer *again)
{
	struct messenger_answer answer;
	int r = messenger_get_answer(body, &answer);

	return r == OK ? messenger_put_answer(again, &answer) : r;
}

/* What is read has nothing in it that the program's environment or JSON could not have. */
static int event_again(struct bytes body, struct buffer *again)
{
	struct cursor cursor = cursor_over(body);
	struct alarm_event event;
	struct buffer text;
	int r;

	if ((r = alarm_get_event(&cursor, &event)) != OK || (r = cursor_end(&cursor)) != OK)
		return r;
	buffer_init(&text, 4 * ALARM_EVENT_MAXIMUM);
	if (alarm_put_environment(&text, &event) != OK)
		abort();
	for (size_t i = 0; i < text.size; i++)
		if (strchr("`$\"\\';&|<>(){}*?!#~[]\n", text.data[i]) != NULL &&
		    text.data[i] != '\0')
			abort();
	buffer_clear(&text);
	if (alarm_put_json(&text, &event) != OK ||
	    memchr(text.data, '\n', text.size) != text.data + text.size - 1)
		abort();
	buffer_release(&text);
	return alarm_put_event(again, &event);
}

static int result_again(struct bytes body, struct buffer *again)
{
	struct alarm_result result;
	int r = alarm_get_result(body, &result);

	return r == OK ? alarm_put_result(again, &result) : r;
}

static int exchange_again(struct bytes body, struct buffer *again)
{
	struct keeper_exchange exchange;
	int r = keeper_get_exchange(body, &exchange);

	return r == OK ? keeper_put_exchange(again, &exchange) : r;
}

static int key_again(struct bytes body, struct buffer *again)
{
	struct evaluator_key key;
	int r = evaluator_get_key(body, &key);

	return r == OK ? evaluator_put_key(again, &key) : r;
}

static int elements_again(struct bytes body, struct buffer *again)
{
	struct evaluator_question question;
	int r = evaluator_get_question(body, &question);

	return r == OK ? evaluator_put_question(again, &question) : r;
}

static int new_key_again(struct bytes body, struct buffer *again)
{
	struct evaluator_key_status status;
	struct hash channel = { { 1 } };
	int r = evaluator_get_new_key(body, &channel, &status);

	return r == OK ? evaluator_put_new_key(again, &status) : r;
}

static int report_again(struct bytes body, struct buffer *again)
{
	struct evaluator_report report;
	int r = evaluator_get_report(body, &report);

	if (r == OK) {
		r = evaluator_put_report(again, &report);
		release_memory(report.keys);
	}
	return r;
}

/* These are not printed by anything that is public: that they are read is enough. */
static int reply_read(struct bytes body, struct buffer *again)
{
	enum reader_outcome outcome;
	struct error error;
	int r = reader_get_reply(body, &outcome, &error);

	return r == OK ? buffer_put_bytes(again, body) : r;
}

static int failure_read(struct bytes body, struct buffer *again)
{
	struct message message = { .type = MESSAGE_ERROR, .fd = -1, .body = body };
	struct error error;

	if (message_get_error(&message, &error) == OK)
		abort();
	return buffer_put_bytes(again, body);
}

static int descriptor_read(struct bytes body, struct buffer *again)
{
	struct message message = { .type = PARENT_DESCRIPTOR, .fd = -1, .body = body };
	enum role_descriptor descriptor;
	int fd;

	if (role_get_descriptor(&message, &descriptor, &fd) == OK)
		abort();
	return buffer_put_bytes(again, body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int (*const readers[])(struct bytes body, struct buffer * again) = {
		commit_again,    sign_again,        status_again,     setup_again,
		request_again,   part_again,        reply_read,       failure_read,
		descriptor_read, recover_again,     succession_again, successor_again,
		question_again,  answer_again,      event_again,      result_again,
		call_again,      destruction_again, exchange_again,   key_again,
		elements_again,  new_key_again,     report_again,
	};
	struct buffer again;
	struct bytes body;

	if (size == 0 || data[0] >= sizeof(readers) / sizeof(readers[0]))
		return 0;
	body = bytes_of(data + 1, size - 1);
	buffer_init(&again, MESSAGE_BODY_MAXIMUM);
	if (readers[data[0]](body, &again) == OK && !bytes_equal(body, buffer_view(&again)))
		abort();
	buffer_release(&again);
	return 0;
}
