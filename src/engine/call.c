/* Words for the telephone: made by the keeper (call_words.h); the engine says for which keys,
 * and answers no challenge twice. */
#include "channel_internal.h"

enum { ANSWERED_SIZE = 8 + CALL_RANDOM_SIZE, ANSWERED_MAXIMUM = 256 };

static const char answered_key[] = "calls-answered";

static int ask_keeper(struct engine_channel *channel, const struct call_question *question,
                      struct call_words *ret_words, struct error *error)
{
	const struct engine_keeper *keeper = &channel->engine->settings.keeper;
	const struct party *other = rules_party(channel->rules, channel->other);
	struct keeper_call call = { .question = *question };

	if (age_recipient_parse(bytes_of_string(other->reading_key), &call.other) != OK)
		return error_set(error, ERROR_STATE, "the other side has no reading key");
	return keeper->call_words(keeper->context, &call, ret_words, error);
}

int engine_ask_on_call(struct engine_channel *channel, struct call_question *ret_question,
                       struct call_words *ret_words, struct error *error)
{
	struct random_source *random = &channel->engine->settings.random;
	struct call_question question = { .channel = channel->id, .asker = channel->own };
	int r;

	question.window = call_window(engine_now(channel->engine));
	if ((r = random->fill(random->context, question.random, CALL_RANDOM_SIZE)) != OK)
		return error_set(error, r, "no randomness for a challenge");
	if ((r = ask_keeper(channel, &question, ret_words, error)) == OK)
		*ret_question = question;
	return r;
}

/* Copies what was answered in this window and those beside it; ERROR_EXISTS when the
 * question is among it. */
static int keep_answered(const struct call_question *question, uint64_t window,
                         const struct buffer *former, struct buffer *kept)
{
	struct cursor cursor = cursor_over(buffer_view(former));
	uint8_t random[CALL_RANDOM_SIZE];
	uint64_t when;
	int r = OK;

	while (r == OK && cursor_get_u64(&cursor, &when) == OK &&
	       cursor_get(&cursor, random, sizeof random) == OK) {
		if (when == question->window &&
		    memcmp(random, question->random, sizeof random) == 0)
			return ERROR_EXISTS;
		if (when + 2 >= window && (r = buffer_put_u64(kept, when)) == OK)
			r = buffer_put(kept, random, sizeof random);
	}
	return r;
}

/* What somebody overheard, question and answer, must be worth nothing to him. */
static int note_answered(struct engine_channel *channel, const struct call_question *question,
                         struct error *error)
{
	struct engine *engine = channel->engine;
	struct buffer former, kept;
	int r;

	buffer_init(&former, ANSWERED_MAXIMUM * ANSWERED_SIZE);
	buffer_init(&kept, ANSWERED_MAXIMUM * ANSWERED_SIZE);
	r = store_get_value(engine->settings.store, channel->number, answered_key, &former);
	if (r == OK || r == ERROR_NOT_FOUND)
		r = keep_answered(question, call_window(engine_now(engine)), &former, &kept);
	if (r == OK && (r = buffer_put_u64(&kept, question->window)) == OK &&
	    (r = buffer_put(&kept, question->random, CALL_RANDOM_SIZE)) == OK &&
	    (r = engine_write(engine)) == OK)
		r = store_set_value(engine->settings.store, channel->number, answered_key,
		                    buffer_view(&kept));
	buffer_release(&former);
	buffer_release(&kept);
	if (r == ERROR_EXISTS)
		return error_set(error, ERROR_DENIED,
		                 "these words were answered before: whoever says them may have "
		                 "overheard them; ask for fresh ones");
	return r == OK ? OK : error_set(error, r, "that they are answered cannot be noted");
}

int engine_answer_on_call(struct engine_channel *channel, const uint8_t said[CALL_WORDS_COUNT],
                          struct call_question *ret_question, struct call_words *ret_words,
                          struct error *error)
{
	struct call_question question = { .channel = channel->id, .asker = channel->other };
	int r;

	if (call_question_of(said, engine_now(channel->engine), &question) != OK)
		return error_set(error, ERROR_CLOCK,
		                 "these are not words of this time: ask for fresh ones, and see "
		                 "whether the clocks agree");
	if ((r = ask_keeper(channel, &question, ret_words, error)) != OK ||
	    (r = note_answered(channel, &question, error)) != OK)
		return r;
	*ret_question = question;
	return OK;
}
