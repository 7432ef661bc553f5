#include "neutral.h"

#include "allocate.h"
#include "channel_internal.h"
#include "cosignature.h"
#include "encoding.h"
#include "journal.h"
#include "text.h"

#include <stdarg.h>
#include <stdio.h>

#define SECOND        UINT64_C(1000000000)

#define DELAY_FIRST   (5 * SECOND)
#define DELAY_MAXIMUM (600 * SECOND)
#define PATIENCE      (120 * SECOND) /* more than the messenger takes in any case */

static const struct neutral_effort_row *const rows[EFFORT_COUNT] = {
	[EFFORT_LOOK] = &neutral_look_row,
	[EFFORT_COSIGN] = &neutral_cosign_row,
	[EFFORT_DEPOSIT] = &neutral_deposit_row,
	[EFFORT_COLLECT] = &neutral_collect_row,
};

/* --- loading ------------------------------------------------------------------ */

static const char *find_url(const struct engine_channel *channel, const char *name)
{
	const struct configuration *configuration = channel->engine->settings.configuration;

	for (size_t i = 0; i < configuration->neutral_count; i++)
		if (strcmp(configuration->neutrals[i].name, name) == 0)
			return configuration->neutrals[i].url;
	return NULL;
}

/* The name of its key where the store takes it and no other neutral has it, else
 * with the key's id. */
static void name_cosigner(const struct engine_channel *channel, struct neutral *neutral)
{
	bool taken = strlen(neutral->key.name) >= sizeof neutral->cosigner;
	const uint8_t *id = neutral->key.id;

	for (size_t i = 0; i < channel->neutral_count; i++)
		taken = taken || strcmp(channel->neutrals[i].key.name, neutral->key.name) == 0;
	if (!taken)
		snprintf(neutral->cosigner, sizeof neutral->cosigner, "%.255s", neutral->key.name);
	else
		snprintf(neutral->cosigner, sizeof neutral->cosigner, "%02x%02x%02x%02x+%.200s",
		         id[0], id[1], id[2], id[3], neutral->key.name);
}

/* What the store has of its lines. */
static int load_cosigned(struct engine_channel *channel, struct neutral *neutral, unsigned party)
{
	struct neutral_log *log = &neutral->logs[party];
	struct store_head head;
	struct buffer bytes;
	struct note note;
	int r;

	store_head_init(&head);
	buffer_init(&bytes, 2 * NOTE_MAXIMUM);
	r = store_get_head(channel->engine->settings.store, channel->number, party,
	                   STORE_NUMBER_MAXIMUM, neutral->cosigner, &head);
	if (r == OK && (r = buffer_put_bytes(&bytes, head.note)) == OK &&
	    (r = buffer_put_bytes(&bytes, head.cosignatures)) == OK) {
		log->cosigned = log->known = head.size;
		if (note_parse(buffer_view(&bytes), &note, NULL) != OK ||
		    cosignature_verify(&note, &neutral->key, &log->cosigned_time, NULL) != OK)
			log->cosigned = 0;
	}
	buffer_release(&bytes);
	store_head_release(&head);
	return r == ERROR_NOT_FOUND ? OK : r;
}

static int make_depositary(const struct engine_channel *channel, struct neutral *neutral)
{
	int r;

	neutral->depositary = true;
	if ((r = depositing_new(channel, &neutral->depositing)) != OK ||
	    (r = collecting_new(&neutral->collecting[0])) != OK)
		return r;
	return collecting_new(&neutral->collecting[1]);
}

static int add_neutral(struct engine_channel *channel, struct bytes vkey, bool witness)
{
	struct neutral neutral = { .witness = witness }, *added;
	int r;

	if ((r = note_key_parse(vkey, &neutral.key, NULL)) != OK)
		return r;
	for (size_t i = 0; i < channel->neutral_count; i++) {
		struct neutral *known = &channel->neutrals[i];

		if (strcmp(known->key.name, neutral.key.name) == 0 &&
		    ed25519_public_equal(&known->key.public_key, &neutral.key.public_key)) {
			return make_depositary(channel, known);
		}
	}
	neutral.url = find_url(channel, neutral.key.name);
	name_cosigner(channel, &neutral);
	/* A node that was restored from a copy, keeper and all, learns it from the first
	 * neutral that it asks. */
	neutral.logs[channel->own].anew = true;
	for (unsigned party = 0; party < 2; party++)
		if ((r = load_cosigned(channel, &neutral, party)) != OK)
			return r;
	added = &channel->neutrals[channel->neutral_count++];
	*added = neutral;
	return witness ? OK : make_depositary(channel, added);
}

int neutrals_load(struct engine_channel *channel)
{
	const struct charter *charter = channel_charter(channel);
	int r = OK;

	channel->neutrals_by = rules_charter_count(channel->rules);
	if (charter->witness_count == 0 && charter->depositary.size == 0)
		return OK;
	channel->neutrals = allocate(NEUTRALS_MAXIMUM, sizeof *channel->neutrals);
	if (channel->neutrals == NULL)
		return ERROR_MEMORY;
	for (size_t i = 0; r == OK && i < charter->witness_count; i++)
		r = add_neutral(channel, charter->witnesses[i], true);
	if (r == OK && charter->depositary.size > 0)
		r = add_neutral(channel, charter->depositary, false);
	return r;
}

void neutrals_free(struct engine_channel *channel)
{
	for (size_t i = 0; i < channel->neutral_count; i++) {
		depositing_free(channel->neutrals[i].depositing);
		for (unsigned party = 0; party < 2; party++)
			collecting_free(channel->neutrals[i].collecting[party]);
	}
	while (channel->stamps != NULL)
		stamp_remove_first(channel);
	silence_release(channel);
	release_memory(channel->neutrals);
	channel->neutrals = NULL;
	channel->neutral_count = 0;
}

/* Another charter is in force: others may be asked. What waits to be stamped stays. */
static int load_anew(struct engine_channel *channel)
{
	struct waiting_stamp *stamps = channel->stamps;
	int r;

	channel->stamps = NULL;
	neutrals_free(channel);
	r = neutrals_load(channel);
	channel->stamps = stamps;
	return r;
}

/* --- success and failure ------------------------------------------------------- */

void neutral_succeeded(const struct neutral_question *question, enum neutral_effort_kind kind)
{
	struct neutral_effort *effort = &question->log->efforts[kind];

	if (effort->failing_since != 0)
		journal(JOURNAL_NOTICE, "channel %.20s: %s answers again",
		        question->channel->charter->channel, question->neutral->key.name);
	*effort = (struct neutral_effort){ 0 };
}

static void fail(const struct neutral_question *question, enum neutral_effort_kind kind,
                 const char *reason)
{
	struct neutral_effort *effort = &question->log->efforts[kind];
	struct engine *engine = question->channel->engine;

	if (effort->failing_since == 0 || strcmp(effort->reason, reason) != 0)
		journal(JOURNAL_WARNING, "channel %.20s, log of %s: %s: %s",
		        question->channel->charter->channel,
		        question->channel->charter->parties[question->party].id,
		        question->neutral->key.name, reason);
	if (effort->failing_since == 0)
		effort->failing_since = engine_now(engine);
	effort->delay = effort->delay == 0 ? DELAY_FIRST : 2 * effort->delay;
	if (effort->delay > DELAY_MAXIMUM)
		effort->delay = DELAY_MAXIMUM;
	effort->next_try = engine_monotonic(engine) + effort->delay;
	snprintf(effort->reason, sizeof effort->reason, "%s", reason);
}

void neutral_failed(const struct neutral_question *question, enum neutral_effort_kind kind,
                    const char *format, ...)
{
	char reason[NEUTRAL_REASON_CAPACITY];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(reason, sizeof reason, format, arguments);
	va_end(arguments);
	fail(question, kind, reason);
}

void neutral_refused(const struct neutral_question *question, enum neutral_effort_kind kind,
                     const struct messenger_answer *answer)
{
	static const struct {
		uint16_t status;
		const char *sentence;
	} sentences[] = {
		{ 400, "it does not understand the request" },
		{ 403, "it does not accept the log's signature" },
		{ 404, "it does not know this log: its operator needs what "
		       "'chiro keys --vkey' prints, and the URL must be right" },
		{ 409, "it holds another head than we know" },
		{ 413, "it takes no more: its quota is used up" },
		{ 422, "it does not accept the proof" },
		{ 429, "it is asked too often" },
	};

	for (size_t i = 0; i < sizeof sentences / sizeof sentences[0]; i++)
		if (sentences[i].status == answer->status) {
			fail(question, kind, sentences[i].sentence);
			return;
		}
	neutral_failed(question, kind, "it answers with status %u", (unsigned)answer->status);
}

int neutral_size_of_conflict(const struct messenger_answer *answer, uint64_t *ret_size)
{
	struct bytes text = answer->content;

	if (strcmp(answer->content_type, "text/x.tlog.size") != 0)
		return ERROR_SYNTAX;
	if (text.size > 0 && text.data[text.size - 1] == '\n')
		text.size--;
	return text_parse_number(text, STORE_NUMBER_MAXIMUM, ret_size);
}

/* --- asking -------------------------------------------------------------------- */

int neutral_ask(const struct neutral_question *question, const char *path, const char *content_type,
                const struct buffer *content)
{
	struct engine *engine = question->channel->engine;
	const struct engine_effects *effects = &engine->settings.effects;
	struct messenger_question asked = { .method = MESSENGER_GET };
	struct buffer body;
	int r;

	if (content != NULL) {
		asked.method = MESSENGER_POST;
		asked.content = buffer_view(content);
		snprintf(asked.content_type, sizeof asked.content_type, "%s", content_type);
	}
	snprintf(asked.url, sizeof asked.url, "%s/%s", question->neutral->url, path);
	buffer_init(&body, MESSAGE_BODY_MAXIMUM);
	if ((r = messenger_put_question(&body, &asked)) == OK) {
		/* 0 is nobody's. */
		if (++engine->last_question == 0)
			engine->last_question = 1;
		question->log->question = engine->last_question;
		question->log->deadline = engine_monotonic(engine) + PATIENCE;
		effects->send_messenger(effects->context, engine->last_question,
		                        buffer_view(&body));
	}
	buffer_release(&body);
	return r;
}

static bool can_ask(const struct engine_channel *channel, const struct neutral *neutral)
{
	return channel->engine->messenger_ready && neutral->url != NULL;
}

/* When this effort is due; not while it waits after a failure. */
static uint64_t due(const struct neutral_question *question, size_t kind)
{
	uint64_t time = rows[kind]->due(question);
	uint64_t next_try = question->log->efforts[kind].next_try;

	return time < next_try ? next_try : time;
}

static void ask_first_due(const struct neutral_question *question)
{
	struct neutral_log *log = question->log;
	uint64_t now = engine_monotonic(question->channel->engine);
	int r;

	if (log->question != 0 && now >= log->deadline) {
		log->question = 0;
		neutral_failed(question, log->asker, "the messenger gives no answer");
	}
	for (size_t kind = 0; kind < EFFORT_COUNT && log->question == 0; kind++) {
		if (due(question, kind) > now)
			continue;
		log->asker = (enum neutral_effort_kind)kind;
		if ((r = rows[kind]->ask(question)) != OK)
			neutral_failed(question, log->asker, "it cannot be asked: %s",
			               result_text(r));
	}
}

void neutrals_ask(struct engine_channel *channel)
{
	if (channel->neutrals_by != rules_charter_count(channel->rules) && load_anew(channel) != OK)
		journal(JOURNAL_ERROR, "channel %.20s: the charter's neutrals cannot be read",
		        channel->charter->channel);
	if (stamps_due(channel) <= engine_monotonic(channel->engine) &&
	    stamp_acceptances(channel) != OK)
		journal(JOURNAL_ERROR, "channel %.20s: acceptances cannot be looked through",
		        channel->charter->channel);
	if (silence_due(channel) <= engine_monotonic(channel->engine) &&
	    silence_look(channel) != OK)
		journal(JOURNAL_ERROR, "channel %.20s: what is overdue cannot be looked through",
		        channel->charter->channel);
	for (size_t i = 0; i < channel->neutral_count; i++) {
		struct neutral *neutral = &channel->neutrals[i];

		for (unsigned party = 0; party < 2 && can_ask(channel, neutral); party++) {
			struct neutral_question question = { channel, neutral,
				                             &neutral->logs[party], party };

			ask_first_due(&question);
		}
	}
}

uint64_t neutrals_next_timer(const struct engine_channel *channel)
{
	uint64_t next = stamps_due(channel), overdue = silence_due(channel);

	if (overdue < next)
		next = overdue;
	for (size_t i = 0; i < channel->neutral_count; i++) {
		struct neutral *neutral = &channel->neutrals[i];

		for (unsigned party = 0; party < 2 && can_ask(channel, neutral); party++) {
			struct neutral_log *log = &neutral->logs[party];
			struct neutral_question question = { (struct engine_channel *)channel,
				                             neutral, log, party };

			if (log->question != 0 && log->deadline < next)
				next = log->deadline;
			for (size_t kind = 0; kind < EFFORT_COUNT && log->question == 0; kind++) {
				uint64_t time = due(&question, kind);

				if (time < next)
					next = time;
			}
		}
	}
	return next;
}

void neutrals_forget_questions(struct engine_channel *channel)
{
	for (size_t i = 0; i < channel->neutral_count; i++)
		for (unsigned party = 0; party < 2; party++)
			channel->neutrals[i].logs[party].question = 0;
}

void neutrals_ask_anew(struct engine_channel *channel)
{
	for (size_t i = 0; i < channel->neutral_count; i++)
		channel->neutrals[i].logs[channel->own].anew = true;
}

void neutral_custody(const struct neutral *neutral, const struct engine_channel *channel,
                     struct neutral_custody *ret_custody)
{
	*ret_custody = (struct neutral_custody){ 0 };
	if (!neutral->depositary)
		return;
	ret_custody->deposited = depositing_size(neutral->depositing);
	ret_custody->last_collected = collecting_time(neutral->collecting[channel->other]);
}

timestamp neutral_failing_since(const struct neutral *neutral, const char **ret_reason)
{
	timestamp since = 0;

	*ret_reason = NULL;
	for (unsigned party = 0; party < 2; party++)
		for (size_t kind = 0; kind < EFFORT_COUNT; kind++) {
			const struct neutral_effort *effort = &neutral->logs[party].efforts[kind];

			/* Not every witness can be looked at. */
			if (kind == EFFORT_LOOK || effort->failing_since == 0 ||
			    (since != 0 && effort->failing_since >= since))
				continue;
			since = effort->failing_since;
			*ret_reason = effort->reason;
		}
	return since;
}

/* --- answers ---------------------------------------------------------------------- */

/* Who asked this; false when nobody waits for it any more. */
static bool find_question(struct engine *engine, uint32_t number,
                          struct neutral_question *ret_question)
{
	for (size_t i = 0; i < engine->channel_count; i++) {
		struct engine_channel *channel = engine->channels[i];

		for (size_t j = 0; j < channel->neutral_count; j++) {
			struct neutral *neutral = &channel->neutrals[j];

			for (unsigned party = 0; party < 2; party++)
				if (neutral->logs[party].question == number) {
					*ret_question = (struct neutral_question){
						channel, neutral, &neutral->logs[party], party
					};
					return true;
				}
		}
	}
	return false;
}

int engine_handle_messenger(struct engine *engine, uint16_t type, uint32_t request,
                            struct bytes body, struct error *error)
{
	struct message message = { .type = type, .request = request, .body = body, .fd = -1 };
	struct neutral_question question;
	struct messenger_answer answer;
	struct error why;

	if (type == MESSAGE_ERROR) {
		message_get_error(&message, &why);
		if (request != 0 && find_question(engine, request, &question)) {
			question.log->question = 0;
			neutral_failed(&question, question.log->asker, "it gives no answer: %s",
			               why.message);
		}
		return OK;
	}
	if (type != (MESSENGER_ASK | MESSAGE_REPLY) || messenger_get_answer(body, &answer) != OK)
		return error_set(error, ERROR_SYNTAX, "messenger: malformed message");
	if (request == 0 || !find_question(engine, request, &question))
		return OK;
	question.log->question = 0;
	return rows[question.log->asker]->answer(&question, &answer, error);
}

void engine_messenger_started(struct engine *engine)
{
	engine->messenger_ready = true;
	for (size_t i = 0; i < engine->channel_count; i++)
		neutrals_forget_questions(engine->channels[i]);
}
