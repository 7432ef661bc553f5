/* The other side of a practice. It holds no more than its own node, its head's key and
 * two tables (practice_lessons.c). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "encoding.h"
#include "filter.h"
#include "practice_progress.h"
#include "programs.h"
#include "resealing.h"
#include "sha.h"
#include "submission.h"
#include "system.h"
#include "terminal.h"
#include "translate.h"

enum {
	WORDS_MAXIMUM = 32,
	WORDS_CAPACITY = 512,
	OUTPUT_MAXIMUM = 1 << 20,
	NOISE_SIZE = 400, /* bytes of a blob that is none */
	PAGE = 100
};

/* The counterpart at its node. */
struct counterpart {
	const struct practice *practice;
	struct practice_progress progress;
	struct node node;
};

/* --- what it says ------------------------------------------------------------ */

/* The place of `{name}` in a word is taken by `value`. */
static void substitute(char *word, const char *name, const char *value)
{
	if (strcmp(word, name) == 0)
		snprintf(word, ACT_NAME_CAPACITY, "%s", value);
}

/* Runs chiro for its node: `words` are separated by spaces; in them `{act}` is the act
 * that is answered and `{answered}` what that one answers. The text
 * goes to it: that of the act which the words log, or with `is_act` false what they read. */
static int run(const struct counterpart *counterpart, const char *words, const json_t *act,
               const char *text, bool is_act, struct buffer *output, struct error *error)
{
	char program[SETTINGS_PATH_CAPACITY], copies[WORDS_MAXIMUM][ACT_NAME_CAPACITY];
	char home[] = "--home", yes[] = "--yes", text_option[] = "--text", dash[] = "-";
	char json[] = "--json";
	char *arguments[WORDS_MAXIMUM + 8] = { program };
	struct bytes rest = bytes_of_string(words), word;
	size_t count = 1;
	int r;

	if ((r = program_self(program, sizeof(program), error)) != OK)
		return r;
	while (rest.size > 0 && count < WORDS_MAXIMUM) {
		char *copy = copies[count];

		bytes_cut(&rest, ' ', &word);
		if ((r = bytes_to_string(word, copy, ACT_NAME_CAPACITY)) != OK)
			return error_set(error, r, "%s", words);
		substitute(copy, "{act}", member_text(act, "name"));
		substitute(copy, "{answered}", member_text(act, "answers"));
		arguments[count++] = copy;
	}
	arguments[count++] = home;
	arguments[count++] = (char *)counterpart->practice->other_home;
	arguments[count++] = json;
	if (is_act)
		arguments[count++] = yes;
	if (is_act && text != NULL) {
		arguments[count++] = text_option;
		arguments[count++] = dash;
	}
	if (text == NULL)
		text = "";
	else if (is_act)
		text = _(text);
	return filter_run(arguments, bytes_of_string(text), output, error);
}

/* The name of the act that chiro says it has logged. */
static int name_logged(const struct buffer *output, char ret_name[ACT_NAME_CAPACITY],
                       struct error *error)
{
	json_t *reply = json_loadb((const char *)output->data, output->size, 0, NULL);
	int r = OK;

	if (member_string(reply, "name") == NULL)
		r = error_set(error, ERROR_SYNTAX, "chiro has not said what it has logged");
	else
		snprintf(ret_name, ACT_NAME_CAPACITY, "%s", member_text(reply, "name"));
	json_decref(reply);
	return r;
}

static int say(const struct counterpart *counterpart, const char *words, const json_t *act,
               const char *text, char ret_name[ACT_NAME_CAPACITY], struct error *error)
{
	struct buffer output;
	int r;

	buffer_init(&output, OUTPUT_MAXIMUM);
	if ((r = run(counterpart, words, act, text, true, &output, error)) == OK)
		r = name_logged(&output, ret_name, error);
	buffer_release(&output);
	return r;
}

/* Keeps a list of its own, of identifiers one a line, and logs the act of the words. */
static int say_list(const struct counterpart *counterpart, const char *words, const char *text,
                    char ret_name[ACT_NAME_CAPACITY], struct error *error)
{
	struct buffer output;
	int r;

	buffer_init(&output, OUTPUT_MAXIMUM);
	r = run(counterpart,
	        "list import - --name " PRACTICE_LIST " --replace --set protection=notify-first",
	        NULL, text, false, &output, error);
	buffer_release(&output);
	return r == OK ? say(counterpart, words, NULL, NULL, ret_name, error) : r;
}

/* --- what no chiro would let it say -------------------------------------------- */

static void begin_act(const struct counterpart *counterpart, enum kind_number kind, struct act *act)
{
	struct clock clock = system_clock();

	*act = (struct act){ .kind = kind_by_number(kind), .time = clock.now(clock.context) };
	memcpy(act->channel, counterpart->node.channel.id, sizeof(act->channel));
	memcpy(act->party, counterpart->node.channel.own, sizeof(act->party));
	snprintf(act->author, sizeof(act->author), "%s", counterpart->node.settings.author);
	act->field_count = 0;
}

static void put_field(struct act *act, size_t index, const char *value)
{
	act->fields[act->field_count].field = &act->kind->fields[index];
	act->fields[act->field_count++].text = bytes_of_string(value);
}

static int sign_and_send(struct counterpart *counterpart, const struct act *act, json_t **ret_reply,
                         struct error *error)
{
	struct buffer text, armor;
	struct bytes armors[1];
	int r;

	buffer_init(&text, ENTRY_SIZE_MAXIMUM);
	buffer_init(&armor, ENTRY_SIZE_MAXIMUM);
	if ((r = act_print(act, &text, error)) == OK &&
	    (r = submission_sign(counterpart->node.settings.key, buffer_view(&text), &armor,
	                         error)) == OK) {
		armors[0] = buffer_view(&armor);
		r = submission_send(counterpart->node.api, counterpart->node.channel.id,
		                    buffer_view(&text), armors, 1, ret_reply, error);
	}
	buffer_release(&text);
	buffer_release(&armor);
	return r;
}

/* Bytes that no key opens, in place of a body; leaves their hash. */
static int upload_noise(struct counterpart *counterpart, struct hash *ret_hash, struct error *error)
{
	struct random_source random = system_random();
	uint8_t noise[NOISE_SIZE];
	const struct bytes content = bytes_of(noise, sizeof(noise));
	char name[HASH_HEX_CAPACITY];
	json_t *reply = NULL;
	int r;

	if ((r = random.fill(random.context, noise, sizeof(noise))) != OK)
		return error_set(error, r, "%s", result_text(r));
	sha256(ret_hash, &content, 1);
	hash_to_hex(ret_hash, name);
	r = api_put(counterpart->node.api, "PUT", content, &reply, error,
	            "/v1/channels/%s/blobs/%s?size=%d&offset=0", counterpart->node.channel.id, name,
	            NOISE_SIZE);
	json_decref(reply);
	return r;
}

static void remember_reseal(struct counterpart *counterpart, const json_t *reply,
                            const struct sealed_body *body)
{
	struct practice_progress *progress = &counterpart->progress;

	if (base64_decode_fixed(bytes_of_string(member_text(reply, "leaf")),
	                        progress->reseal.leaf.bytes, HASH_SIZE) != OK)
		return;
	snprintf(progress->reseal.party, sizeof(progress->reseal.party), "%s", PRACTICE_OTHER);
	progress->reseal.generation = 1;
	progress->reseal.number = member_number(reply, "number");
	progress->reseal_size = body->size;
	progress->reseal_blob = body->hash;
}

/* An act of the kind with this text and nothing else in its body; with `faulty` the
 * body that goes with it does not open. */
static int say_bare(struct counterpart *counterpart, const char *kind, const char *text,
                    bool faulty, char ret_name[ACT_NAME_CAPACITY], struct error *error)
{
	const struct body_text body_text = { .text = bytes_of_string(_(text)) };
	const struct body_draft draft = { .texts = &body_text, .text_count = 1 };
	struct x25519_public recipients[SEAL_RECIPIENTS];
	struct sealed_body body = { 0 };
	json_t *reply = NULL;
	struct act act;
	int r;

	begin_act(counterpart, kind_by_name(bytes_of_string(kind))->number, &act);
	if (act.kind->matter_use == MATTER_LINE_NEW)
		act.matter_use = ACT_MATTER_NEW;
	if (act.kind->number == KIND_ALLEGE)
		put_field(&act, 0, "none-offered");
	if ((r = body_recipients(&counterpart->node, false, recipients, error)) != OK ||
	    (r = sealed_body_make(&draft, recipients, &body, error)) != OK ||
	    (r = sealed_body_upload(&body, counterpart->node.api, counterpart->node.channel.id,
	                            error)) != OK)
		goto out;
	act.has_body = true;
	act.body.parts = body.parts;
	act.body.root = body.root;
	act.body.sealed_size = faulty ? NOISE_SIZE : body.size;
	act.body.sealed_hash = body.hash;
	if ((faulty && (r = upload_noise(counterpart, &act.body.sealed_hash, error)) != OK) ||
	    (r = sign_and_send(counterpart, &act, &reply, error)) != OK)
		goto out;
	snprintf(ret_name, ACT_NAME_CAPACITY, "%s", member_text(reply, "name"));
	if (faulty)
		remember_reseal(counterpart, reply, &body);
out:
	json_decref(reply);
	sealed_body_release(&body);
	return r;
}

/* Sends the body that did not open once more, as it should have been. */
static int reseal(struct counterpart *counterpart, struct error *error)
{
	struct practice_progress *progress = &counterpart->progress;
	char hash[HASH_BASE64_CAPACITY], blob[HASH_BASE64_CAPACITY + 32];
	struct buffer target;
	json_t *reply = NULL;
	struct act act;
	int r;

	hash_to_base64(&progress->reseal_blob, hash);
	snprintf(blob, sizeof(blob), "%llu %s", (unsigned long long)progress->reseal_size, hash);
	buffer_init(&target, 512);
	if ((r = act_reference_print(&progress->reseal, &target)) == OK &&
	    (r = buffer_put_u8(&target, 0)) == OK) {
		begin_act(counterpart, KIND_RESEAL, &act);
		put_field(&act, 0, (const char *)target.data);
		put_field(&act, 1, blob);
		r = sign_and_send(counterpart, &act, &reply, error);
	}
	json_decref(reply);
	buffer_release(&target);
	if (r == OK)
		progress->reseal.party[0] = '\0';
	return r;
}

/* --- what it does when -------------------------------------------------------- */

static bool is_among(const char *words, const char *word)
{
	return choice_index(words, bytes_of_string(word)) >= 0;
}

static bool is_valid(const json_t *act)
{
	return strcmp(member_text(act, "verdict"), "valid") == 0;
}

/* Whether a reaction is meant for the act: `field` is a line of its text, or the kind
 * of what it answers. */
static bool fits(struct counterpart *counterpart, const struct practice_reaction *reaction,
                 const json_t *act)
{
	json_t *answered = NULL;
	bool fits = strcmp(reaction->kind, member_text(act, "kind")) == 0;

	if (!fits || reaction->field == NULL)
		return fits;
	if (strchr(reaction->field, ' ') != NULL)
		return strstr(member_text(act, "text"), reaction->field) != NULL;
	fits = api_get(counterpart->node.api, &answered, NULL, "/v1/channels/%s/acts/%s",
	               counterpart->node.channel.id, member_text(act, "answers")) == OK &&
	       strcmp(member_text(answered, "kind"), reaction->field) == 0;
	json_decref(answered);
	return fits;
}

static int react(struct counterpart *counterpart, const json_t *listed, struct error *error)
{
	char name[ACT_NAME_CAPACITY];
	json_t *act = NULL;
	int r;

	if (!is_valid(listed))
		return OK;
	if ((r = api_get(counterpart->node.api, &act, error, "/v1/channels/%s/acts/%s",
	                 counterpart->node.channel.id, member_text(listed, "name"))) != OK)
		return r;
	if (counterpart->progress.reseal.party[0] != '\0' &&
	    strcmp(member_text(act, "kind"), "comment") == 0)
		r = reseal(counterpart, error);
	for (uint64_t i = 0; i < practice_reaction_count && r == OK; i++) {
		const struct practice_reaction *reaction = &practice_reactions[i];

		if (reaction->words != NULL && fits(counterpart, reaction, act))
			r = say(counterpart, reaction->words, act, reaction->text, name, error);
	}
	json_decref(act);
	return r;
}

static int open_lesson(struct counterpart *counterpart, uint64_t lesson, uint64_t own_size,
                       struct error *error)
{
	struct practice_progress *progress = &counterpart->progress;
	const struct practice_lesson *opened = &practice_lessons[lesson];
	char name[ACT_NAME_CAPACITY] = "";
	int r = OK;

	if (lesson < practice_lesson_count && opened->opening == OPENING_ACT)
		r = say(counterpart, opened->words, NULL, opened->text, name, error);
	else if (lesson < practice_lesson_count && opened->opening == OPENING_LIST)
		r = say_list(counterpart, opened->words, opened->text, name, error);
	else if (lesson < practice_lesson_count && opened->opening != OPENING_NOTHING)
		r = say_bare(counterpart, opened->words, opened->text,
		             opened->opening == OPENING_FAULT, name, error);
	if (r != OK)
		return r;
	progress->lesson = lesson;
	progress->since = own_size;
	memcpy(progress->act, name, sizeof(name));
	return practice_progress_write(counterpart->practice, progress, error);
}

/* Answers what has come, and opens the next lesson when one of it was what ends this. */
static int go_on(struct counterpart *counterpart, struct error *error)
{
	struct practice_progress *progress = &counterpart->progress;
	const struct practice_lesson *lesson = &practice_lessons[progress->lesson];
	bool is_done = practice_take_skip(counterpart->practice);
	json_t *page = NULL, *act;
	size_t i;
	int r;

	r = api_get(counterpart->node.api, &page, error,
	            "/v1/channels/%s/log?party=" PRACTICE_OWN "&" PRACTICE_OWN
	            "=%llu&" PRACTICE_OTHER "=0&count=%d",
	            counterpart->node.channel.id, (unsigned long long)progress->answered, PAGE);
	json_array_foreach(member(page, "acts"), i, act)
	{
		if (r != OK)
			break;
		is_done = is_done || (progress->lesson < practice_lesson_count && is_valid(act) &&
		                      member_number(act, "number") >= progress->since &&
		                      is_among(lesson->done_by, member_text(act, "kind")));
		/* What it cannot answer now it does not try for ever. */
		if (react(counterpart, act, error) != OK)
			complain_error(member_text(act, "name"), error);
		progress->answered = member_number(act, "number") + 1;
		r = practice_progress_write(counterpart->practice, progress, error);
	}
	json_decref(page);
	if (r == OK && is_done && progress->lesson < practice_lesson_count)
		r = open_lesson(counterpart, progress->lesson + 1, progress->answered, error);
	return r;
}

void practice_counterpart_step(const struct practice *practice)
{
	struct counterpart counterpart = { .practice = practice };
	char name[] = "practice", option[] = "--home";
	char *words[] = { name, option, (char *)practice->other_home, NULL };
	static const struct usage usage = {
		.name = "practice", .common = OPTIONS_NODE | OPTIONS_CHANNEL | OPTIONS_SIGNER
	};
	struct options options;
	struct error error = { 0 };
	int r;

	if (options_parse(&usage, 3, words, &options) >= 0 ||
	    node_open(&options, true, &counterpart.node) >= 0)
		return;
	r = practice_progress_read(practice, &counterpart.progress, &error);
	if (r == OK)
		r = go_on(&counterpart, &error);
	else if (r == ERROR_NOT_FOUND)
		r = open_lesson(&counterpart, 0, 0, &error);
	if (r != OK)
		complain_error(NULL, &error);
	node_close(&counterpart.node);
}
