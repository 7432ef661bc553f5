/* Two nodes in one process: real engines, stores in memory, real keepers on a
 * temporary directory, and a link between them that the test holds in its hands.
 *
 *     struct world world;
 *
 *     world_init(&world, seed);
 *     world_open(&world);                       invited, adopted, acceded, linked
 *     node_comment(&world.nodes[NORTH]);        submitted by the head
 *     world_run(&world);                        until nobody has anything to do
 */
#ifndef ENGINE_WORLD_H
#define ENGINE_WORLD_H

#include "allocate.h"
#include "body_fixture.h"
#include "channel.h"
#include "encoding.h"
#include "evaluator_world.h"
#include "frame.h"
#include "keeper.h"
#include "link_messages.h"
#include "sshsig.h"
#include "store_backend.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { NORTH, SOUTH };
enum { WORLD_START = 1795356000, WIRE_MAXIMUM = 4096, HEADS_MAXIMUM = 8192 };

/* What the next answer of the keeper to COMMIT, SUCCESSION or RECOVER is. */
enum keeper_mood { KEEPER_WORKS, KEEPER_DIES_BEFORE, KEEPER_DIES_AFTER };

/* A root that left the node: it may never leave with another. */
struct signed_head {
	bool sent;
	struct hash root;
};

struct wire_message {
	uint16_t type;
	struct buffer body;
};

struct node {
	struct world *world;
	unsigned side;
	struct configuration configuration;
	struct store *store;
	struct store_backend backend; /* the real one, but for commits that fail */
	const struct store_backend *real;
	unsigned failing_commits;
	struct keeper keeper;
	enum keeper_mood mood;
	struct engine *engine;
	struct ed25519_secret head, appointing;
	struct x25519_secret head_reading;
	struct wire_message *inbox; /* for the engine, from the link */
	size_t inbox_count;
	uint64_t granted;                        /* credit the other side gave */
	uint64_t spent;                          /* of it */
	uint64_t replayed;                       /* frames that the test made come again */
	struct ed25519_public link_keys[3];      /* as announced: own, theirs, their former */
	struct signed_head heads[HEADS_MAXIMUM]; /* of the own log, as they were sent */
	enum reader_outcome outcome;             /* of the next bodies that are opened */
	bool opened;                             /* one waits to be told to the engine */
	size_t answers, errors;                  /* of the API */
	struct buffer last_answer;
	size_t commits;
	/* Of its alarm program, which runs when it is configured: the last event, the
	 * requests so far, and how a run ends; ALARM_NOT_RUN: the test says it later. */
	struct alarm_event alarm;
	uint32_t alarm_request;
	size_t alarm_runs;
	enum alarm_outcome alarm_outcome;
	struct evaluator_world evaluator;
};

struct world {
	char directory[64];
	bool on_disk; /* databases are files: they can be copied and put back */
	timestamp now;
	uint64_t monotonic;
	uint32_t randomness;
	struct node nodes[2];
	struct hash channel;
	bool linked;
	bool closing; /* one side closes: the line is cut at the next moment */
	unsigned closes;
	uint64_t serial;
	/* What a test with neutrals adds: see neutral_world.h. NULL: nothing. */
	void *neutrals;
	void (*change_charter)(struct world *world, struct charter *charter);
	void (*ask_neutral)(struct node *node, uint32_t request, struct bytes body);
	bool (*answer_neutrals)(struct world *world);
};

/* --- what the engine is given --------------------------------------------------- */

static inline timestamp world_now(void *context)
{
	return ((struct world *)context)->now;
}

static inline uint64_t world_monotonic(void *context)
{
	return ((struct world *)context)->monotonic;
}

static inline struct clock world_clock(struct world *world)
{
	return (struct clock){ world, world_now, world_monotonic };
}

static inline int world_random(void *context, void *ret_bytes, size_t size)
{
	return counted_fill(&((struct world *)context)->randomness, ret_bytes, size);
}

static inline int node_status(void *context, struct keeper_status *ret, struct error *error)
{
	return keeper_status(&((struct node *)context)->keeper, ret, error);
}

static inline int node_new_setup(void *context, struct keeper_setup_keys *ret, struct error *error)
{
	return keeper_new_setup(&((struct node *)context)->keeper, ret, error);
}

static inline int node_discard_setup(void *context, const uint8_t setup[KEEPER_SETUP_SIZE],
                                     struct error *error)
{
	return keeper_discard_setup(&((struct node *)context)->keeper, setup, error);
}

static inline int node_adopt(void *context, const uint8_t setup[KEEPER_SETUP_SIZE],
                             unsigned own_party, struct bytes charter, struct hash *ret,
                             struct error *error)
{
	return keeper_adopt(&((struct node *)context)->keeper, setup, own_party, charter, ret,
	                    error);
}

static inline int node_sign(void *context, const struct keeper_sign *sign, struct buffer *armors,
                            struct bytes *ret_armors, struct error *error)
{
	size_t sizes[KEEPER_TEXTS_MAXIMUM], at = armors->size;
	int r = keeper_sign(&((struct node *)context)->keeper, sign, armors, sizes, error);

	for (size_t i = 0; r == OK && i < sign->text_count; i++) {
		ret_armors[i] = bytes_of(armors->data + at, sizes[i]);
		at += sizes[i];
	}
	return r;
}

static inline int node_commit(void *context, const struct keeper_commit *commit,
                              struct buffer *head, struct buffer *cosignature, struct error *error)
{
	struct node *node = context;
	struct engine_channel *channel = engine_find_channel(node->engine, &commit->channel);
	uint64_t stored;
	int r;

	/* Nothing is signed before it is durable; a batch that is repeated was. */
	if (commit->previous_size + commit->leaf_count > channel->keeper_size)
		assert_false(node->store->in_transaction);
	assert_ok(node->real->count_entries(node->store, channel->number, node->side, &stored));
	assert_true(commit->previous_size + commit->leaf_count <= stored);
	assert_true(commit->leaf_count <= KEEPER_LEAVES_MAXIMUM);
	node->commits++;
	if (node->mood == KEEPER_DIES_BEFORE)
		return error_set(error, ERROR_NOT_FOUND, "the keeper is gone");
	r = keeper_commit(&node->keeper, commit, head, cosignature, error);
	if (r == OK && node->mood == KEEPER_DIES_AFTER)
		return error_set(error, ERROR_NOT_FOUND, "the keeper is gone");
	return r;
}

static inline int node_unseal(void *context, const struct hash *channel, struct bytes header,
                              uint8_t ret_file_key[KEEPER_FILE_KEY_SIZE], struct error *error)
{
	struct age_file_key key;
	int r = keeper_unseal(&((struct node *)context)->keeper, channel, header, &key, error);

	if (r == OK)
		memcpy(ret_file_key, key.bytes, sizeof(key.bytes));
	return r;
}

static inline int node_link_certificate(void *context, const struct hash *channel,
                                        const struct ed25519_public *public_key,
                                        struct buffer *certificate, struct error *error)
{
	return keeper_link_certificate(&((struct node *)context)->keeper, channel, public_key,
	                               certificate, error);
}

static inline int node_new_key(void *context, const struct hash *channel,
                               enum keeper_purpose purpose, char ret_key[KEEPER_KEY_TEXT_CAPACITY],
                               struct error *error)
{
	return keeper_new_key(&((struct node *)context)->keeper, channel, purpose, ret_key, error);
}

static inline int node_succession(void *context, const struct keeper_succession *succession,
                                  struct error *error)
{
	struct node *node = context;
	int r;

	if (node->mood == KEEPER_DIES_BEFORE)
		return error_set(error, ERROR_IO, "the keeper is gone");
	r = keeper_succession(&node->keeper, succession, error);
	if (r == OK && node->mood == KEEPER_DIES_AFTER)
		return error_set(error, ERROR_IO, "the keeper is gone");
	return r;
}

static inline int node_adopt_successor(void *context, const struct keeper_successor *successor,
                                       struct hash *ret_channel, struct error *error)
{
	struct node *node = context;
	int r;

	if (node->mood == KEEPER_DIES_BEFORE)
		return error_set(error, ERROR_IO, "the keeper is gone");
	r = keeper_adopt_successor(&node->keeper, successor, ret_channel, error);
	if (r == OK && node->mood == KEEPER_DIES_AFTER)
		return error_set(error, ERROR_IO, "the keeper is gone");
	return r;
}

static inline int node_activate_key(void *context, const struct hash *channel,
                                    enum keeper_purpose purpose, const char *key,
                                    struct error *error)
{
	return keeper_activate_key(&((struct node *)context)->keeper, channel, purpose,
	                           bytes_of_string(key), error);
}

static inline int node_destroy_reading_key(void *context,
                                           const struct keeper_destruction *destruction,
                                           struct error *error)
{
	struct node *node = context;
	int r;

	if (node->mood == KEEPER_DIES_BEFORE)
		return error_set(error, ERROR_IO, "the keeper is gone");
	r = keeper_destroy_reading_key(&node->keeper, destruction, error);
	if (r == OK && node->mood == KEEPER_DIES_AFTER)
		return error_set(error, ERROR_IO, "the keeper is gone");
	return r;
}

static inline int node_recover(void *context, const struct keeper_recover *recover,
                               struct error *error)
{
	struct node *node = context;
	int r;

	if (node->mood == KEEPER_DIES_BEFORE)
		return error_set(error, ERROR_IO, "the keeper is gone");
	r = keeper_recover(&node->keeper, recover, error);
	if (r == OK && node->mood == KEEPER_DIES_AFTER)
		return error_set(error, ERROR_IO, "the keeper is gone");
	return r;
}

static inline int node_call_words(void *context, const struct keeper_call *call,
                                  struct call_words *ret_words, struct error *error)
{
	return keeper_call_words(&((struct node *)context)->keeper, call, ret_words, error);
}

static inline int node_sign_exchange(void *context, const struct keeper_exchange *exchange,
                                     struct buffer *text, struct buffer *armor, struct error *error)
{
	return keeper_sign_exchange(&((struct node *)context)->keeper, exchange, text, armor,
	                            error);
}

/* --- the link --------------------------------------------------------------------- */

static inline void node_put(struct node *node, uint16_t type, struct bytes channel,
                            struct bytes rest)
{
	struct wire_message *message = &node->inbox[node->inbox_count++];

	assert_true(node->inbox_count < WIRE_MAXIMUM);
	message->type = type;
	buffer_init(&message->body, MESSAGE_BODY_MAXIMUM);
	assert_ok(buffer_put_bytes(&message->body, channel));
	assert_ok(buffer_put_bytes(&message->body, rest));
}

static inline void node_put_number(struct node *node, uint16_t type, struct bytes channel,
                                   uint64_t number)
{
	struct buffer rest;

	buffer_init(&rest, 8);
	assert_ok(buffer_put_u64(&rest, number));
	node_put(node, type, channel, buffer_view(&rest));
	buffer_release(&rest);
}

/* Nothing is sent before it is durable, and no size with two roots. */
static inline void node_check_head(struct node *node, struct bytes note_bytes)
{
	struct engine_channel *channel;
	struct checkpoint checkpoint;
	struct store_head head;
	struct note note;

	if (note_bytes.size == 0)
		return;
	assert_ok(note_parse(note_bytes, &note, NULL));
	assert_ok(checkpoint_parse(note.text, &checkpoint, NULL));
	assert_true(checkpoint.size < HEADS_MAXIMUM);
	if (node->heads[checkpoint.size].sent)
		assert_true(hash_equal(&node->heads[checkpoint.size].root, &checkpoint.root));
	node->heads[checkpoint.size].sent = true;
	node->heads[checkpoint.size].root = checkpoint.root;
	channel = engine_find_channel(node->engine, &node->world->channel);
	store_head_init(&head);
	assert_ok(
	    store_get_head(node->store, channel->number, node->side, checkpoint.size, NULL, &head));
	assert_int_equal(head.size, checkpoint.size);
	store_head_release(&head);
}

static inline void node_check_frame(struct node *node, struct bytes rest)
{
	struct bytes payload = bytes_of(rest.data + 1, rest.size - 1);
	struct frame_entries entries;
	struct frame_hello hello;

	if (rest.data[0] == FRAME_HELLO) {
		assert_ok(frame_get_hello(payload, &hello, NULL));
		node_check_head(node, hello.head);
	} else if (rest.data[0] == FRAME_ENTRIES) {
		assert_ok(frame_get_entries(payload, &entries, NULL));
		assert_false(node->store->in_transaction);
		node_check_head(node, entries.checkpoint);
	}
	if (rest.data[0] == FRAME_ENTRIES || rest.data[0] == FRAME_BLOB_REQUEST ||
	    rest.data[0] == FRAME_BLOB_CHUNK)
		node->spent++;
	assert_true(node->spent <= node->granted);
}

static inline void node_send_link(void *context, uint16_t type, struct bytes body)
{
	struct node *node = context, *other = &node->world->nodes[1 - node->side];
	struct bytes channel = bytes_of(body.data, HASH_SIZE);
	struct bytes rest = bytes_of(body.data + HASH_SIZE, body.size - HASH_SIZE);
	struct cursor cursor = cursor_over(rest);
	uint32_t count;

	if (type == LINK_CHANNEL)
		memcpy(node->link_keys, rest.data + 1, sizeof(node->link_keys));
	if (!node->world->linked || node->world->closing)
		return;
	if (type == LINK_SEND) {
		node_check_frame(node, rest);
		node_put(other, LINK_FRAME, channel, rest);
	} else if (type == LINK_CONSUMED) {
		assert_ok(cursor_get_u32(&cursor, &count));
		other->granted += count;
		assert_true(other->granted <=
		            other->spent + other->replayed + FRAME_INITIAL_CREDIT);
		node_put_number(other, LINK_CREDIT, channel, other->granted);
	} else if (type == LINK_CLOSE) {
		node->world->closing = true;
		node->world->closes++;
	}
}

static inline void node_send_messenger(void *context, uint32_t request, struct bytes body)
{
	struct node *node = context;

	/* Nothing is asked about before it is durable. */
	assert_false(node->store->in_transaction);
	if (node->world->ask_neutral != NULL)
		node->world->ask_neutral(node, request, body);
}

static inline void node_send_http(void *context, uint16_t type, uint32_t request, struct bytes body)
{
	struct node *node = context;

	(void)request;
	node->answers++;
	node->errors += type == MESSAGE_ERROR;
	buffer_clear(&node->last_answer);
	assert_ok(buffer_put_bytes(&node->last_answer, body));
}

static inline void node_end_alarm(struct node *node, uint32_t request, enum alarm_outcome outcome)
{
	struct alarm_result result = { .outcome = outcome, .line = "said" };
	struct error error;
	struct buffer body;

	buffer_init(&body, 1024);
	assert_ok(alarm_put_result(&body, &result));
	assert_ok(engine_handle_alarm(node->engine, ALARM_RUN | MESSAGE_REPLY, request,
	                              buffer_view(&body), &error));
	buffer_release(&body);
}

static inline void node_send_alarm(void *context, uint32_t request, struct bytes body)
{
	struct node *node = context;
	struct cursor cursor = cursor_over(body);

	/* Nothing is told before it is durable, unless nothing can be. */
	assert_false(node->store->in_transaction);
	assert_ok(alarm_get_event(&cursor, &node->alarm));
	assert_ok(cursor_end(&cursor));
	node->alarm_request = request;
	node->alarm_runs++;
	if (node->alarm_outcome != ALARM_NOT_RUN)
		node_end_alarm(node, request, node->alarm_outcome);
}

static inline void node_send_evaluator(void *context, uint16_t type, uint32_t request,
                                       struct bytes body)
{
	evaluator_world_take(&((struct node *)context)->evaluator, type, request, body);
}

static inline void node_open_body(void *context, uint32_t channel,
                                  const struct reader_request *request)
{
	(void)channel;
	assert_true(request->parts > 0 && request->sealed_size > 0);
	((struct node *)context)->opened = true;
}

/* Both ends come up, with fresh credit. */
static inline void world_link(struct world *world)
{
	struct bytes channel = bytes_of(world->channel.bytes, HASH_SIZE);
	static const uint8_t up[] = { 1, 0, 0, 0, 4, 't', 'e', 's', 't' };

	world->linked = true;
	world->closing = false;
	for (unsigned side = 0; side < 2; side++) {
		struct node *node = &world->nodes[side];

		node->spent = node->replayed = 0;
		node->granted = FRAME_INITIAL_CREDIT;
		node_put(node, LINK_UP, channel, bytes_of(up, sizeof(up)));
		node_put_number(node, LINK_CREDIT, channel, node->granted);
	}
}

static inline void node_drop_inbox(struct node *node)
{
	for (size_t i = 0; i < node->inbox_count; i++)
		buffer_release(&node->inbox[i].body);
	node->inbox_count = 0;
}

/* The line is cut: what was under way is lost. */
static inline void world_cut(struct world *world)
{
	static const uint8_t down[] = { 0, 0, 0, 0, 0, 3, 'c', 'u', 't' };

	world->linked = world->closing = false;
	for (unsigned side = 0; side < 2; side++) {
		node_drop_inbox(&world->nodes[side]);
		node_put(&world->nodes[side], LINK_DOWN, bytes_of(world->channel.bytes, HASH_SIZE),
		         bytes_of(down, sizeof(down)));
	}
}

/* --- nodes --------------------------------------------------------------------------- */

static inline void node_start(struct node *node)
{
	struct engine_settings settings = {
		.configuration = &node->configuration,
		.store = node->store,
		.keeper = { node, node_status, node_new_setup, node_discard_setup, node_adopt,
		            node_sign, node_commit, node_unseal, node_link_certificate,
		            node_succession, node_adopt_successor, node_new_key, node_activate_key,
		            node_recover, node_call_words, node_destroy_reading_key,
		            node_sign_exchange },
		.effects = { node, node_send_link, NULL, node_send_messenger, node_send_http,
		             node_open_body, node_send_alarm, node_send_evaluator },
		.clock = world_clock(node->world),
		.random = { node->world, world_random },
	};
	struct error error = { 0 };
	int r;

	node->mood = KEEPER_WORKS;
	node->opened = false;
	evaluator_world_drop(&node->evaluator);
	r = engine_new(&settings, &node->engine, &error);
	if (r != OK)
		fail_msg("engine_new: %s", error.message);
	engine_link_started(node->engine);
	engine_messenger_started(node->engine);
	engine_alarm_started(node->engine);
	engine_evaluator_started(node->engine);
}

/* The process ends here, and a new one starts on what is durable. */
static inline void node_restart(struct node *node)
{
	engine_free(node->engine);
	node_drop_inbox(node);
	node_start(node);
}

static inline int node_commit_store(struct store *store)
{
	struct node *node = (struct node *)((uint8_t *)(uintptr_t)store->backend -
	                                    offsetof(struct node, backend));

	if (node->failing_commits == 0)
		return node->real->commit(store);
	node->failing_commits--;
	node->real->rollback(store);
	return error_set(&store->failure, ERROR_IO, "the disk failed, as the test says");
}

static inline void node_path(const struct node *node, const char *suffix, char ret_path[128])
{
	snprintf(ret_path, 128, "%s/%s%s", node->world->directory,
	         node->side == NORTH ? "north" : "south", suffix);
}

static inline void node_open_store(struct node *node)
{
	struct error error = { 0 };
	char path[128];

	node_path(node, ".sqlite", path);
	if (!node->world->on_disk)
		assert_ok(store_open_memory(&node->store));
	else if (store_open_sqlite(path, &node->store, &error) != OK)
		fail_msg("store_open_sqlite: %s", error.message);
	node->real = node->store->backend;
	node->backend = *node->real;
	node->backend.commit = node_commit_store;
	node->store->backend = &node->backend;
}

static inline void node_open_keeper(struct node *node)
{
	struct world *world = node->world;
	struct error error;
	char path[128];
	int directory;

	node_path(node, "", path);
	assert_true(mkdir(path, 0700) == 0 || errno == EEXIST);
	directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(directory >= 0);
	assert_ok(keeper_open(&node->keeper, directory, world_clock(world),
	                      (struct random_source){ world, world_random }, &error));
}

static inline void node_init(struct world *world, unsigned side)
{
	static const char *const ids[] = { "north", "south" };
	struct random_source random = { world, world_random };
	struct node *node = &world->nodes[side];

	node->world = world;
	node->side = side;
	buffer_init(&node->last_answer, MESSAGE_BODY_MAXIMUM);
	node->inbox = calloc(WIRE_MAXIMUM, sizeof(*node->inbox));
	snprintf(node->configuration.party, sizeof(node->configuration.party), "%s", ids[side]);
	snprintf(node->configuration.domain, sizeof(node->configuration.domain), "%s.example",
	         ids[side]);
	node->configuration.name_count = 1;
	snprintf(node->configuration.names[0].language, 3, "en");
	snprintf(node->configuration.names[0].name, 10, "%s", ids[side]);
	node->configuration.link_dial = true, node->configuration.tally_after = 3600;
	node->evaluator = (struct evaluator_world){ world_clock(world), random };
	node_open_store(node);
	node_open_keeper(node);
	assert_ok(ed25519_generate(&node->head, &random));
	assert_ok(ed25519_generate(&node->appointing, &random));
	assert_ok(x25519_secret_generate(&random, &node->head_reading));
	node_start(node);
}

static inline void world_init_stored(struct world *world, uint32_t seed, bool on_disk)
{
	*world = (struct world){
		.on_disk = on_disk, .now = WORLD_START, .monotonic = 1000000000, .randomness = seed
	};
	/* In memory where that can be: nothing here is about losing power. */
	snprintf(world->directory, sizeof(world->directory), "/dev/shm/chiro-world-XXXXXX");
	if (mkdtemp(world->directory) == NULL) {
		snprintf(world->directory, sizeof(world->directory), "/tmp/chiro-world-XXXXXX");
		assert_non_null(mkdtemp(world->directory));
	}
	for (unsigned side = 0; side < 2; side++)
		node_init(world, side);
}

static inline void world_init(struct world *world, uint32_t seed)
{
	world_init_stored(world, seed, false);
}

static inline void world_release(struct world *world)
{
	char command[128];

	for (unsigned side = 0; side < 2; side++) {
		struct node *node = &world->nodes[side];

		engine_free(node->engine);
		node_drop_inbox(node);
		evaluator_world_drop(&node->evaluator);
		store_close(node->store);
		keeper_close(&node->keeper);
		buffer_release(&node->last_answer);
		free(node->inbox);
	}
	snprintf(command, sizeof(command), "rm -rf %s", world->directory);
	assert_int_equal(system(command), 0);
}

static inline struct engine_channel *world_channel(struct world *world, unsigned side)
{
	struct engine_channel *channel = engine_find_channel(world->nodes[side].engine,
	                                                     &world->channel);

	assert_non_null(channel);
	return channel;
}

/* Delivers what is in the inbox and takes a turn. Returns what the turn did;
 * `*ret_worked` tells whether there was anything. */
static inline int node_step(struct node *node, bool *ret_worked)
{
	struct error error = { 0 };
	size_t count = node->inbox_count;
	int r;

	*ret_worked = evaluator_world_bring(&node->evaluator, node->engine);
	*ret_worked |= count > 0 || node->opened;
	for (size_t i = 0; i < count; i++) {
		r = engine_handle_link(node->engine, node->inbox[i].type,
		                       buffer_view(&node->inbox[i].body), &error);
		if (r != OK)
			fail_msg("engine_handle_link: %s", error.message);
		buffer_release(&node->inbox[i].body);
	}
	memmove(node->inbox, node->inbox + count,
	        (node->inbox_count - count) * sizeof(*node->inbox));
	node->inbox_count -= count;
	if (node->opened) {
		node->opened = false;
		assert_ok(engine_handle_opened(node->engine, node->outcome, "as the test says"));
	}
	r = engine_turn(node->engine, &error);
	if (r != OK && node->mood == KEEPER_WORKS)
		fail_msg("engine_turn: %s", error.message);
	return r;
}

/* Until nothing moves, with quiet moments for bodies to be opened. */
static inline void world_run(struct world *world)
{
	for (unsigned idle = 0; idle < 4;) {
		bool worked[2];

		for (unsigned side = 0; side < 2; side++)
			assert_ok(node_step(&world->nodes[side], &worked[side]));
		if (world->answer_neutrals != NULL)
			worked[0] |= world->answer_neutrals(world);
		if (world->closing)
			world_cut(world);
		world->monotonic += 60000000;
		idle = worked[0] || worked[1] ? 0 : idle + 1;
	}
}

static inline void world_pass(struct world *world, int64_t seconds)
{
	world->now += seconds;
	world->monotonic += (uint64_t)seconds * 1000000000;
}

#endif
