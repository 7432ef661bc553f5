/* Words that people say on the telephone: which act they mean, and who they are. */
#include "allocate.h"
#include "api_call.h"
#include "words.h"

static void write_words(struct api_writer *writer, const char *name, const uint8_t *bytes,
                        size_t count)
{
	static const char *const languages[WORDS_LANGUAGE_COUNT] = {
		[WORDS_ENGLISH] = "en", [WORDS_RUSSIAN] = "ru"
	};
	char text[WORDS_SAID_CAPACITY];

	api_write_begin(writer, name);
	for (int language = 0; language < WORDS_LANGUAGE_COUNT; language++) {
		words_print((enum words_language)language, bytes, count, text);
		api_write_string(writer, languages[language], text);
		wipe(text, sizeof text);
	}
	api_write_end(writer);
}

static void write_call(struct api_writer *writer, const struct call_question *question,
                       struct call_words *words)
{
	uint8_t said[CALL_WORDS_COUNT];

	call_challenge(question, said);
	write_words(writer, "challenge", said, CALL_WORDS_COUNT);
	write_words(writer, "answer", words->answer, CALL_WORDS_COUNT);
	write_words(writer, "confirmation", words->confirmation, CALL_WORDS_COUNT);
	/* Whoever answers takes them in the window after theirs too. */
	api_write_time(writer, "until", (int64_t)(question->window + 2) * CALL_WINDOW_SECONDS);
	wipe(words, sizeof *words);
}

int api_call_words(struct api_call *call, struct error *error)
{
	struct call_question question;
	struct call_words words;
	int r;

	if ((r = engine_ask_on_call(call->channel, &question, &words, error)) == OK)
		write_call(call->answer, &question, &words);
	return r;
}

int api_answer_call(struct api_call *call, struct error *error)
{
	struct bytes text = api_request_text(call->request, "challenge");
	uint8_t said[CALL_WORDS_COUNT];
	struct call_question question;
	struct call_words words;
	int r;

	if (words_read(text, said, CALL_WORDS_COUNT) != OK)
		return error_set(error, ERROR_SYNTAX,
		                 "a challenge is four words of one of the lists");
	if ((r = engine_answer_on_call(call->channel, said, &question, &words, error)) == OK)
		write_call(call->answer, &question, &words);
	return r;
}

/* Few acts have the same words, unless somebody wants them to. */
int api_find_words(struct api_call *call, struct error *error)
{
	enum { FOUND_MAXIMUM = 16 };
	const struct rules *rules = call->channel->rules;
	uint8_t said[WORDS_OF_ACT];
	size_t found = 0;

	if (words_read(api_request_text(call->request, "words"), said, WORDS_OF_ACT) != OK)
		return error_set(error, ERROR_SYNTAX,
		                 "the words of an act are four of one of the lists");
	api_write_begin(call->answer, "acts");
	for (unsigned party = 0; party < 2; party++) {
		for (uint64_t i = 0; i < rules_size(rules, party) && found < FOUND_MAXIMUM; i++) {
			struct act_place place = { party, i };

			if (memcmp(rules_act(rules, place)->leaf.bytes, said, WORDS_OF_ACT) != 0)
				continue;
			api_write_act_name(call->answer, NULL, call->channel, place);
			found++;
		}
	}
	api_write_end(call->answer);
	return OK;
}
