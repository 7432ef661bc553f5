/* Neutrals for the world of engine_world.h: two witnesses written for tests, of which
 * each does what its mood says, and honest as one is, to C2SP tlog-witness. They share
 * no state with the program and hold the nodes to the format.
 *
 *     struct neutrals neutrals;
 *
 *     neutrals_init(&neutrals, &world, seed, false);     in the place of world_init
 *     world_open(&world);
 */
#ifndef NEUTRAL_WORLD_H
#define NEUTRAL_WORLD_H

#include "cosignature.h"
#include "engine_acts.h"
#include "messenger_messages.h"
#include "text.h"

enum { FAKE_COUNT = 2, FAKE_LOGS = 4, FAKE_QUESTIONS = 64 };

enum fake_mood {
	FAKE_HONEST,
	FAKE_GARBAGE,       /* 200 and bytes that are no signature lines */
	FAKE_SILENT,        /* no answer at all */
	FAKE_GONE,          /* the messenger says that nobody answers */
	FAKE_BUSY,          /* 429 */
	FAKE_BARE_CONFLICT, /* 409 without a size */
	FAKE_STRANGER,      /* a line by another key */
	FAKE_BAD_LINE,      /* a line of its key that does not verify */
	FAKE_BOASTER,       /* 409 and a size that no log has */
	FAKE_CIRCLE         /* 409 and the size that was asked with */
};

struct fake_log {
	char origin[NOTE_NAME_CAPACITY];
	struct checkpoint checkpoint;
	struct buffer note; /* cosigned last: text, the log's line, its own */
};

struct fake_neutral {
	struct ed25519_secret secret;
	struct note_key key;
	char vkey[512];
	enum fake_mood mood;
	struct fake_log logs[FAKE_LOGS];
	size_t log_count;
	size_t asked, looked_at, cosigned; /* questions; of them monitoring calls; signed */
	int64_t clock;                     /* seconds that its clock is ahead */
};

struct fake_question {
	struct node *node;
	uint32_t request;
	struct buffer body;
};

struct neutrals;

/* A call that is not a witness's: the status of the answer. */
typedef uint16_t fake_deposit(struct neutrals *neutrals, struct fake_neutral *fake,
                              const char *path, struct bytes content,
                              struct messenger_answer *answer, struct buffer *ret_content);

struct neutrals {
	struct world *world;
	fake_deposit *deposit; /* of the last of them, in charters with a depositary */
	bool deaf[2];          /* nothing that this side asks arrives */
	struct fake_neutral items[FAKE_COUNT];
	unsigned quorum;
	struct fake_question questions[FAKE_QUESTIONS];
	size_t question_count;
};

static inline struct fake_log *fake_find_log(struct fake_neutral *fake, struct bytes origin)
{
	for (size_t i = 0; i < fake->log_count; i++)
		if (bytes_equal_string(origin, fake->logs[i].origin))
			return &fake->logs[i];
	return NULL;
}

static inline void fake_add_log(struct fake_neutral *fake, const char *origin)
{
	struct fake_log *log = &fake->logs[fake->log_count++];

	assert_true(fake->log_count <= FAKE_LOGS);
	snprintf(log->origin, sizeof(log->origin), "%s", origin);
	buffer_init(&log->note, 2 * NOTE_MAXIMUM);
}

static inline uint16_t fake_conflict(uint64_t size, struct messenger_answer *answer,
                                     struct buffer *content)
{
	snprintf(answer->content_type, sizeof(answer->content_type), "text/x.tlog.size");
	assert_ok(buffer_put_format(content, "%llu\n", (unsigned long long)size));
	return 409;
}

/* Signs, as its mood is. */
static inline uint16_t fake_cosign(struct neutrals *neutrals, struct fake_neutral *fake,
                                   struct fake_log *log, struct bytes text, struct bytes note,
                                   struct buffer *content)
{
	struct ed25519_secret secret = fake->secret;
	struct note_key key = fake->key;
	size_t start = content->size;

	if (fake->mood == FAKE_STRANGER) {
		secret.public_key.bytes[0] ^= 1;
		assert_ok(ed25519_generate(
		    &secret, &(struct random_source){ neutrals->world, world_random }));
		assert_ok(note_key_init(&key, bytes_of_string("stranger.example"),
		                        NOTE_KEY_COSIGNATURE, &secret.public_key));
	}
	assert_ok(
	    cosignature_sign(&key, &secret, neutrals->world->now + fake->clock, text, content));
	if (fake->mood == FAKE_BAD_LINE) {
		/* Inside the signature, and still base64. */
		uint8_t *place = &content->data[content->size - 20];

		*place = *place == 'A' ? 'B' : 'A';
	}
	buffer_clear(&log->note);
	assert_ok(buffer_put_bytes(&log->note, note));
	assert_ok(buffer_put(&log->note, content->data + start, content->size - start));
	fake->cosigned++;
	return 200;
}

static inline uint16_t fake_add_checkpoint(struct neutrals *neutrals, struct fake_neutral *fake,
                                           struct bytes body, struct messenger_answer *answer,
                                           struct buffer *content)
{
	struct checkpoint checkpoint;
	struct tree_proof path = { 0 };
	struct bytes line;
	struct fake_log *log;
	struct note note;
	uint64_t old;

	assert_true(bytes_cut(&body, '\n', &line));
	assert_true(bytes_begin_with(line, bytes_of_string("old ")));
	assert_ok(text_parse_number(bytes_of(line.data + 4, line.size - 4), INT64_MAX, &old));
	while (bytes_cut(&body, '\n', &line) && line.size > 0) {
		assert_true(path.count < 63);
		assert_ok(base64_decode_fixed(line, path.hashes[path.count++].bytes, HASH_SIZE));
	}
	assert_ok(note_parse(body, &note, NULL));
	assert_ok(checkpoint_parse(note.text, &checkpoint, NULL));
	assert_true(old <= checkpoint.size);
	if ((log = fake_find_log(fake, bytes_of_string(checkpoint.origin))) == NULL)
		return 404;
	if (fake->mood == FAKE_BOASTER)
		return fake_conflict(1000000, answer, content);
	if (fake->mood == FAKE_CIRCLE)
		return fake_conflict(old, answer, content);
	if (old != log->checkpoint.size)
		return fake_conflict(log->checkpoint.size, answer, content);
	if (old == checkpoint.size && old > 0 &&
	    !hash_equal(&checkpoint.root, &log->checkpoint.root))
		return 409;
	if (old > 0 && old < checkpoint.size &&
	    consistency_verify(old, &log->checkpoint.root, checkpoint.size, &checkpoint.root,
	                       &path) != OK)
		return 422;
	log->checkpoint = checkpoint;
	return fake_cosign(neutrals, fake, log, note.text, body, content);
}

static inline uint16_t fake_show(struct fake_neutral *fake, const char *name,
                                 struct buffer *content)
{
	fake->looked_at++;
	for (size_t i = 0; i < fake->log_count; i++) {
		char text[HASH_HEX_CAPACITY];
		struct hash hash;

		sha256_of(&hash, bytes_of_string(fake->logs[i].origin));
		hash_to_hex(&hash, text);
		if (strcmp(text, name) == 0 && fake->logs[i].note.size > 0) {
			assert_ok(buffer_put_bytes(content, buffer_view(&fake->logs[i].note)));
			return 200;
		}
	}
	return 404;
}

static inline uint16_t fake_answer(struct neutrals *neutrals, struct fake_neutral *fake,
                                   const struct messenger_question *question,
                                   struct messenger_answer *answer, struct buffer *content)
{
	const char *path = strchr(question->url + sizeof("http://") - 1, '/') + 1;

	if (fake->mood == FAKE_BUSY)
		return 429;
	if (question->method == MESSENGER_GET &&
	    strncmp(path, "checkpoint/", sizeof("checkpoint/") - 1) == 0)
		return fake_show(fake, path + sizeof("checkpoint/") - 1, content);
	if (fake->mood == FAKE_BARE_CONFLICT)
		return 409;
	if (fake->mood == FAKE_GARBAGE) {
		assert_ok(buffer_put_string(content, "<html>\xff\x00 welcome to the hotel\n"));
		return 200;
	}
	if (question->method == MESSENGER_POST && strcmp(path, "add-checkpoint") == 0)
		return fake_add_checkpoint(neutrals, fake, question->content, answer, content);
	if (neutrals->deposit != NULL && question->method == MESSENGER_POST &&
	    fake == &neutrals->items[FAKE_COUNT - 1])
		return neutrals->deposit(neutrals, fake, path, question->content, answer, content);
	return 404;
}

static inline void node_answer(struct node *node, uint16_t type, uint32_t request,
                               const struct buffer *body)
{
	struct error error = { 0 };

	if (engine_handle_messenger(node->engine, type, request, buffer_view(body), &error) != OK)
		fail_msg("engine_handle_messenger: %s", error.message);
}

/* What it says to a question; it has no mood to be silent. */
static inline struct fake_neutral *fake_reply(struct neutrals *neutrals,
                                              const struct fake_question *asked,
                                              struct messenger_answer *answer,
                                              struct buffer *content)
{
	struct messenger_question question;
	struct fake_neutral *fake;

	assert_ok(messenger_get_question(buffer_view(&asked->body), &question));
	fake = &neutrals->items[question.url[sizeof("http://w") - 1] - '0'];
	fake->asked++;
	if (fake->mood == FAKE_SILENT || fake->mood == FAKE_GONE)
		return fake;
	answer->status = fake_answer(neutrals, fake, &question, answer, content);
	answer->content = buffer_view(content);
	return fake;
}

static inline void fake_take(struct neutrals *neutrals, struct fake_question *asked)
{
	static const char *const nobody = "nobody is there";
	struct messenger_answer answer = { 0 };
	bool deaf = neutrals->deaf[asked->node->side];
	struct fake_neutral *fake = NULL;
	struct buffer content, body;

	buffer_init(&content, MESSENGER_CONTENT_MAXIMUM);
	buffer_init(&body, MESSAGE_BODY_MAXIMUM);
	if (!deaf)
		fake = fake_reply(neutrals, asked, &answer, &content);
	if (deaf || fake->mood == FAKE_GONE) {
		assert_ok(buffer_put_u16(&body, ERROR_IO));
		assert_ok(buffer_put_sized_string(&body, nobody));
		node_answer(asked->node, MESSAGE_ERROR, asked->request, &body);
	} else if (fake->mood != FAKE_SILENT) {
		assert_ok(messenger_put_answer(&body, &answer));
		node_answer(asked->node, MESSENGER_ASK | MESSAGE_REPLY, asked->request, &body);
	}
	buffer_release(&content);
	buffer_release(&body);
}

static inline void world_ask_neutral(struct node *node, uint32_t request, struct bytes body)
{
	struct neutrals *neutrals = node->world->neutrals;
	struct fake_question *question = &neutrals->questions[neutrals->question_count++];

	assert_true(neutrals->question_count <= FAKE_QUESTIONS);
	question->node = node;
	question->request = request;
	buffer_init(&question->body, MESSAGE_BODY_MAXIMUM);
	assert_ok(buffer_put_bytes(&question->body, body));
}

static inline bool world_answer_neutrals(struct world *world)
{
	struct neutrals *neutrals = world->neutrals;
	size_t count = neutrals->question_count;
	bool answered = false;

	for (size_t i = 0; i < count; i++) {
		fake_take(neutrals, &neutrals->questions[i]);
		buffer_release(&neutrals->questions[i].body);
		answered = true;
	}
	neutrals->question_count -= count;
	memmove(neutrals->questions, neutrals->questions + count,
	        neutrals->question_count * sizeof(neutrals->questions[0]));
	return answered;
}

static inline void world_name_neutrals(struct world *world, struct charter *charter)
{
	struct neutrals *neutrals = world->neutrals;

	for (size_t i = 0; i < FAKE_COUNT; i++)
		charter->witnesses[charter->witness_count++] = bytes_of_string(
		    neutrals->items[i].vkey);
	charter->quorum = neutrals->quorum;
	if (neutrals->deposit != NULL) {
		charter->depositary = bytes_of_string(neutrals->items[FAKE_COUNT - 1].vkey);
		charter->deemed_allowance = 3600;
	}
}

/* The logs of the channel become known to the neutrals. */
static inline void neutrals_learn_logs(struct neutrals *neutrals)
{
	const struct engine_channel *channel = world_channel(neutrals->world, NORTH);

	for (size_t i = 0; i < FAKE_COUNT; i++)
		for (unsigned party = 0; party < 2; party++)
			fake_add_log(&neutrals->items[i], channel->log_keys[party].name);
}

static inline void neutrals_init_stored(struct neutrals *neutrals, struct world *world,
                                        uint32_t seed, bool on_disk)
{
	*neutrals = (struct neutrals){ .world = world, .quorum = 1 };
	world_init_stored(world, seed, on_disk);
	world->neutrals = neutrals;
	world->change_charter = world_name_neutrals;
	world->ask_neutral = world_ask_neutral;
	world->answer_neutrals = world_answer_neutrals;
	for (size_t i = 0; i < FAKE_COUNT; i++) {
		struct fake_neutral *fake = &neutrals->items[i];
		struct buffer vkey;
		char name[32];

		snprintf(name, sizeof(name), "w%zu.example", i);
		assert_ok(ed25519_generate(&fake->secret,
		                           &(struct random_source){ world, world_random }));
		assert_ok(note_key_init(&fake->key, bytes_of_string(name), NOTE_KEY_COSIGNATURE,
		                        &fake->secret.public_key));
		buffer_init(&vkey, sizeof(fake->vkey) - 1);
		assert_ok(note_key_print(&fake->key, &vkey));
		assert_ok(bytes_to_string(buffer_view(&vkey), fake->vkey, sizeof(fake->vkey)));
		buffer_release(&vkey);
		for (unsigned side = 0; side < 2; side++) {
			struct configuration *configuration = &world->nodes[side].configuration;
			struct configuration_neutral *neutral =
			    &configuration->neutrals[configuration->neutral_count++];

			snprintf(neutral->name, sizeof(neutral->name), "%s", name);
			snprintf(neutral->url, sizeof(neutral->url), "http://w%zu", i);
		}
	}
}

static inline void neutrals_init(struct neutrals *neutrals, struct world *world, uint32_t seed)
{
	neutrals_init_stored(neutrals, world, seed, false);
}

static inline void neutrals_release(struct neutrals *neutrals)
{
	world_release(neutrals->world);
	for (size_t i = 0; i < neutrals->question_count; i++)
		buffer_release(&neutrals->questions[i].body);
	for (size_t i = 0; i < FAKE_COUNT; i++)
		for (size_t j = 0; j < neutrals->items[i].log_count; j++)
			buffer_release(&neutrals->items[i].logs[j].note);
}

static inline const struct neutral_log *node_neutral(struct world *world, unsigned side,
                                                     size_t neutral, unsigned party)
{
	return &world_channel(world, side)->neutrals[neutral].logs[party];
}

/* Long enough for what waits for quiet, and for every delay after a failure. */
static inline void world_settle(struct world *world)
{
	world_run(world);
	for (unsigned i = 0; i < 3; i++) {
		world_pass(world, 3);
		world_run(world);
	}
}

#endif
