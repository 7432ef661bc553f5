#include "alarm.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "text.h"

static const char *const kind_names[ALARM_KIND_COUNT] = {
	[ALARM_TEST] = "test",
	[ALARM_ARRIVAL] = "arrival",
	[ALARM_DUE_SOON] = "due-soon",
	[ALARM_OVERDUE] = "overdue",
	[ALARM_LINK_TEST] = "link-test-failed",
	[ALARM_FAULTED] = "channel-faulted",
	[ALARM_READ_ONLY] = "channel-read-only",
	[ALARM_CHANNEL] = "channel-alarm",
	[ALARM_CLOCK] = "clock",
	[ALARM_STORE] = "store",
	[ALARM_RECEIPT_WITHHELD] = "receipt-withheld",
};

static const char *const outcome_names[ALARM_OUTCOME_COUNT] = {
	[ALARM_NOT_RUN] = "not-run",     [ALARM_SUCCEEDED] = "succeeded",
	[ALARM_FAILED] = "failed",       [ALARM_KILLED] = "killed",
	[ALARM_TIMED_OUT] = "timed-out", [ALARM_NOT_STARTED] = "not-started",
};

/* The words of an event, in the order in which they are sent and given. */
static const struct word {
	const char *variable, *member;
	size_t offset;
} words[] = {
	{ "CHIRO_CHANNEL", "channel", offsetof(struct alarm_event, channel) },
	{ "CHIRO_OWN", "own", offsetof(struct alarm_event, own) },
	{ "CHIRO_OTHER", "other", offsetof(struct alarm_event, other) },
	{ "CHIRO_ACT", "act", offsetof(struct alarm_event, act) },
	{ "CHIRO_ACT_KIND", "act_kind", offsetof(struct alarm_event, act_kind) },
	{ "CHIRO_PRECEDENCE", "precedence", offsetof(struct alarm_event, precedence) },
	{ "CHIRO_OWED_BY", "owed_by", offsetof(struct alarm_event, owed_by) },
	{ "CHIRO_DUTY", "duty", offsetof(struct alarm_event, duty) },
};

enum { WORD_COUNT = sizeof words / sizeof words[0] };

const char *alarm_kind_name(enum alarm_kind kind)
{
	return kind_names[kind];
}

const char *alarm_outcome_name(enum alarm_outcome outcome)
{
	return outcome_names[outcome];
}

static const char *word_of(const struct alarm_event *event, size_t index)
{
	return (const char *)event + words[index].offset;
}

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '.' || c == '-' || c == '_' || c == ':' || c == '+';
}

bool alarm_word_is_plain(const char *word)
{
	for (; *word != '\0'; word++)
		if (!is_plain(*word))
			return false;
	return true;
}

void alarm_clean(const char *sentence, char *ret_clean, size_t capacity)
{
	size_t size = 0;

	for (; sentence[size] != '\0' && size + 1 < capacity; size++)
		ret_clean[size] = sentence[size];
	ret_clean[size] = '\0';
	if (text_is_clean(bytes_of(ret_clean, size)))
		return;
	for (size_t i = 0; i < size; i++)
		if (ret_clean[i] < ' ' || ret_clean[i] > '~')
			ret_clean[i] = '?';
}

void alarm_id_print(const uint8_t id[ALARM_ID_SIZE], char ret_text[ALARM_ID_CAPACITY])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < ALARM_ID_SIZE; i++) {
		ret_text[2 * i] = digits[id[i] >> 4];
		ret_text[2 * i + 1] = digits[id[i] & 15];
	}
	ret_text[2 * ALARM_ID_SIZE] = '\0';
}

/* --- layouts -------------------------------------------------------------------- */

int alarm_put_event(struct buffer *buffer, const struct alarm_event *event)
{
	size_t before = buffer->size;
	int r;

	if ((r = buffer_put(buffer, event->id, ALARM_ID_SIZE)) != OK ||
	    (r = buffer_put_u8(buffer, (uint8_t)event->kind)) != OK ||
	    (r = buffer_put_u64(buffer, (uint64_t)event->time)) != OK ||
	    (r = buffer_put_u64(buffer, (uint64_t)event->deadline)) != OK ||
	    (r = buffer_put_u32(buffer, event->more)) != OK ||
	    (r = buffer_put_u8(buffer, event->exercise)) != OK)
		goto out;
	for (size_t i = 0; i < WORD_COUNT; i++)
		if ((r = buffer_put_sized_string(buffer, word_of(event, i))) != OK)
			goto out;
	r = buffer_put_sized_string(buffer, event->sentence);
out:
	if (r != OK)
		buffer_truncate(buffer, before);
	return r;
}

static int get_words(struct cursor *cursor, struct alarm_event *event)
{
	int r;

	for (size_t i = 0; i < WORD_COUNT; i++) {
		char *word = (char *)event + words[i].offset;

		if ((r = cursor_get_sized_string(cursor, word, ALARM_WORD_CAPACITY)) != OK)
			return r;
		if (!alarm_word_is_plain(word))
			return ERROR_SYNTAX;
	}
	return OK;
}

int alarm_get_event(struct cursor *cursor, struct alarm_event *ret_event)
{
	struct alarm_event event = { 0 };
	uint64_t time, deadline;
	uint8_t kind, exercise;
	int r;

	if ((r = cursor_get(cursor, event.id, ALARM_ID_SIZE)) != OK ||
	    (r = cursor_get_u8(cursor, &kind)) != OK || (r = cursor_get_u64(cursor, &time)) != OK ||
	    (r = cursor_get_u64(cursor, &deadline)) != OK ||
	    (r = cursor_get_u32(cursor, &event.more)) != OK ||
	    (r = cursor_get_u8(cursor, &exercise)) != OK || (r = get_words(cursor, &event)) != OK ||
	    (r = cursor_get_sized_string(cursor, event.sentence, sizeof event.sentence)) != OK)
		return r;
	if (kind >= ALARM_KIND_COUNT || exercise > 1 || time > TIMESTAMP_MAXIMUM ||
	    deadline > TIMESTAMP_MAXIMUM || !text_is_clean(bytes_of_string(event.sentence)))
		return ERROR_SYNTAX;
	event.kind = (enum alarm_kind)kind;
	event.time = (timestamp)time;
	event.deadline = (timestamp)deadline;
	event.exercise = exercise == 1;
	*ret_event = event;
	return OK;
}

int alarm_put_result(struct buffer *buffer, const struct alarm_result *result)
{
	size_t before = buffer->size;
	int r;

	if ((r = buffer_put_u8(buffer, (uint8_t)result->outcome)) != OK ||
	    (r = buffer_put_u32(buffer, result->status)) != OK ||
	    (r = buffer_put_sized_string(buffer, result->line)) != OK)
		buffer_truncate(buffer, before);
	return r;
}

int alarm_get_result(struct bytes body, struct alarm_result *ret_result)
{
	struct cursor cursor = cursor_over(body);
	struct alarm_result result = { 0 };
	uint8_t outcome;
	int r;

	if ((r = cursor_get_u8(&cursor, &outcome)) != OK ||
	    (r = cursor_get_u32(&cursor, &result.status)) != OK ||
	    (r = cursor_get_sized_string(&cursor, result.line, sizeof result.line)) != OK ||
	    (r = cursor_end(&cursor)) != OK)
		return r;
	if (outcome >= ALARM_OUTCOME_COUNT || !text_is_clean(bytes_of_string(result.line)))
		return ERROR_SYNTAX;
	result.outcome = (enum alarm_outcome)outcome;
	*ret_result = result;
	return OK;
}

/* --- what the program is given ---------------------------------------------------- */

/* A JSON string of clean text: RFC 8259, section 7. */
static int put_json_string(struct buffer *buffer, const char *text)
{
	int r = buffer_put_u8(buffer, '"');

	for (; r == OK && *text != '\0'; text++)
		if ((*text != '"' && *text != '\\') || (r = buffer_put_u8(buffer, '\\')) == OK)
			r = buffer_put_u8(buffer, (uint8_t)*text);
	return r == OK ? buffer_put_u8(buffer, '"') : r;
}

static int put_member(struct buffer *buffer, const char *name, const char *text)
{
	int r = buffer_put_format(buffer, ",\"%s\":", name);

	if (r != OK)
		return r;
	return text[0] == '\0' ? buffer_put_string(buffer, "null") : put_json_string(buffer, text);
}

/* The texts that are no words of the event itself. */
struct printed {
	char id[ALARM_ID_CAPACITY];
	char time[TIMESTAMP_CAPACITY], deadline[TIMESTAMP_CAPACITY];
};

static void print(const struct alarm_event *event, struct printed *ret)
{
	alarm_id_print(event->id, ret->id);
	timestamp_format(event->time, ret->time);
	ret->deadline[0] = '\0';
	if (event->deadline != 0)
		timestamp_format(event->deadline, ret->deadline);
}

int alarm_put_json(struct buffer *buffer, const struct alarm_event *event)
{
	struct printed printed;
	int r;

	print(event, &printed);
	if ((r = buffer_put_format(buffer, "{\"id\":\"%s\"", printed.id)) != OK ||
	    (r = put_member(buffer, "event", alarm_kind_name(event->kind))) != OK ||
	    (r = put_member(buffer, "time", printed.time)) != OK)
		return r;
	for (size_t i = 0; i < WORD_COUNT; i++)
		if ((r = put_member(buffer, words[i].member, word_of(event, i))) != OK)
			return r;
	if ((r = put_member(buffer, "deadline", printed.deadline)) != OK ||
	    (r = put_member(buffer, "text", event->sentence)) != OK)
		return r;
	return buffer_put_format(buffer, ",\"more\":%lu,\"exercise\":%s}\n",
	                         (unsigned long)event->more, event->exercise ? "true" : "false");
}

static int put_variable(struct buffer *buffer, const char *name, const char *text)
{
	int r;

	if ((r = buffer_put_string(buffer, name)) != OK || (r = buffer_put_u8(buffer, '=')) != OK ||
	    (r = buffer_put_string(buffer, text)) != OK)
		return r;
	return buffer_put_u8(buffer, 0);
}

/* The sentence without what a careless script could take for more than text. */
static void make_plain(char *sentence)
{
	for (; *sentence != '\0'; sentence++)
		if (!is_plain(*sentence) && *sentence != ' ' && *sentence != ',')
			*sentence = '_';
}

int alarm_put_environment(struct buffer *buffer, const struct alarm_event *event)
{
	char sentence[ALARM_SENTENCE_CAPACITY], more[16];
	struct printed printed;
	int r;

	print(event, &printed);
	memcpy(sentence, event->sentence, sizeof sentence);
	make_plain(sentence);
	snprintf(more, sizeof more, "%lu", (unsigned long)event->more);
	if ((r = put_variable(buffer, "CHIRO_ID", printed.id)) != OK ||
	    (r = put_variable(buffer, "CHIRO_EVENT", alarm_kind_name(event->kind))) != OK ||
	    (r = put_variable(buffer, "CHIRO_TIME", printed.time)) != OK)
		return r;
	for (size_t i = 0; i < WORD_COUNT; i++)
		if ((r = put_variable(buffer, words[i].variable, word_of(event, i))) != OK)
			return r;
	if ((r = put_variable(buffer, "CHIRO_DEADLINE", printed.deadline)) != OK ||
	    (r = put_variable(buffer, "CHIRO_MORE", more)) != OK ||
	    (r = put_variable(buffer, "CHIRO_EXERCISE", event->exercise ? "yes" : "no")) != OK)
		return r;
	return put_variable(buffer, "CHIRO_TEXT", sentence);
}
