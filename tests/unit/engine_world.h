/* Two nodes in one process: real engines, stores in memory, real keepers on a
 * temporary directory, and a link between them that the test holds in its hands.
 *
 *     struct world world;
 *
 *     world_init(&world, seed);
 *     world_open(&world);                       invited, adopted, acceded, linked
 *     world_say(&world, NORTH, KIND_COMMENT);   submitted by the head
 *     world_run(&world);                        until nobody has anything to do
 */
#ifndef ENGINE_WORLD_H
#define ENGINE_WORLD_H

#include "allocate.h"
#include "body_fixture.h"
#include "channel.h"
#include "durable_file.h"
#include "encoding.h"
#include "frame.h"
#include "keeper.h"
#include "link_messages.h"
#include "sshsig.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { NORTH, SOUTH };
enum { WORLD_START = 1795356000, WIRE_MAXIMUM = 4096 };

/* What the next answer of the keeper to COMMIT is. */
enum keeper_mood { KEEPER_WORKS, KEEPER_DIES_BEFORE, KEEPER_DIES_AFTER };

struct wire_message {
	uint16_t type;
	struct buffer body;
};

struct node {
	struct world *world;
	unsigned side;
	struct configuration configuration;
	struct store *store;
	struct keeper keeper;
	bool keeper_open;
	enum keeper_mood mood;
	struct engine *engine;
	struct ed25519_secret head, appointing;
	struct x25519_secret head_reading;
	struct wire_message *inbox; /* for the engine, from the link */
	size_t inbox_count;
	uint64_t granted;           /* credit the other side gave */
	enum reader_outcome outcome;/* of the next bodies that are opened */
	bool opened;                /* one waits to be told to the engine */
	size_t answers, errors;     /* of the API */
	struct buffer last_answer;
	size_t commits;
};

struct world {
	char directory[64];
	timestamp now;
	uint64_t monotonic;
	uint32_t randomness;
	struct node nodes[2];
	struct hash channel;
	bool linked;
	uint64_t serial;
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

static inline int node_status(void *context, struct keeper_status *ret, struct error *error)
{
	return keeper_status(&((struct node *)context)->keeper, ret, error);
}

static inline int node_new_setup(void *context, struct keeper_setup_keys *ret,
                                 struct error *error)
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
	return keeper_adopt(&((struct node *)context)->keeper, setup, own_party, charter, ret, error);
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
                              struct buffer *head, struct buffer *cosignature,
                              struct error *error)
{
	struct node *node = context;
	int r;

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
                               enum keeper_purpose purpose,
                               char ret_key[KEEPER_KEY_TEXT_CAPACITY], struct error *error)
{
	return keeper_new_key(&((struct node *)context)->keeper, channel, purpose, ret_key, error);
}

static inline int node_activate_key(void *context, const struct hash *channel,
                                    enum keeper_purpose purpose, const char *key,
                                    struct error *error)
{
	return keeper_activate_key(&((struct node *)context)->keeper, channel, purpose,
	                           bytes_of_string(key), error);
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

static inline void node_send_link(void *context, uint16_t type, struct bytes body)
{
	struct node *node = context, *other = &node->world->nodes[1 - node->side];
	struct bytes channel = bytes_of(body.data, HASH_SIZE);
	struct bytes rest = bytes_of(body.data + HASH_SIZE, body.size - HASH_SIZE);
	struct cursor cursor = cursor_over(rest);
	uint32_t count;

	if (!node->world->linked)
		return;
	if (type == LINK_SEND) {
		node_put(other, LINK_FRAME, channel, rest);
	} else if (type == LINK_CONSUMED) {
		assert_ok(cursor_get_u32(&cursor, &count));
		other->granted += count;
		node_put_number(other, LINK_CREDIT, channel, other->granted);
	} else if (type == LINK_CLOSE) {
		node->world->linked = false;
	}
}

static inline void node_send_http(void *context, uint16_t type, uint32_t request,
                                  struct bytes body)
{
	struct node *node = context;

	(void)request;
	node->answers++;
	node->errors += type == MESSAGE_ERROR;
	buffer_clear(&node->last_answer);
	assert_ok(buffer_put_bytes(&node->last_answer, body));
}

static inline void node_open_body(void *context, uint32_t channel,
                                  const struct reader_request *request)
{
	(void)channel;
	(void)request;
	((struct node *)context)->opened = true;
}

/* Both ends come up, with fresh credit. */
static inline void world_link(struct world *world)
{
	struct bytes channel = bytes_of(world->channel.bytes, HASH_SIZE);
	static const uint8_t up[] = { 1, 0, 0, 0, 4, 't', 'e', 's', 't' };

	world->linked = true;
	for (unsigned side = 0; side < 2; side++) {
		struct node *node = &world->nodes[side];

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

	world->linked = false;
	for (unsigned side = 0; side < 2; side++) {
		node_drop_inbox(&world->nodes[side]);
		node_put(&world->nodes[side], LINK_DOWN, bytes_of(world->channel.bytes, HASH_SIZE),
		         bytes_of(down, sizeof(down)));
	}
}

/* --- nodes --------------------------------------------------------------------------- */

static inline int world_random(void *context, void *ret_bytes, size_t size)
{
	return counted_fill(&((struct world *)context)->randomness, ret_bytes, size);
}

static inline void node_start(struct node *node)
{
	struct engine_settings settings = {
		.configuration = &node->configuration,
		.store = node->store,
		.keeper = { node, node_status, node_new_setup, node_discard_setup, node_adopt,
		            node_sign, node_commit, node_unseal, node_link_certificate, node_new_key,
		            node_activate_key },
		.effects = { .context = node, .send_link = node_send_link,
		             .send_http = node_send_http, .open_body = node_open_body },
		.clock = world_clock(node->world),
		.random = { node->world, world_random },
	};
	struct error error = { 0 };
	int r;

	node->mood = KEEPER_WORKS;
	node->opened = false;
	r = engine_new(&settings, &node->engine, &error);
	if (r != OK)
		fail_msg("engine_new: %s", error.message);
	engine_link_started(node->engine);
}

/* The process ends here, and a new one starts on what is durable. */
static inline void node_restart(struct node *node)
{
	engine_free(node->engine);
	node_drop_inbox(node);
	node_start(node);
}

static inline void node_init(struct world *world, unsigned side)
{
	static const char *const ids[] = { "north", "south" };
	struct node *node = &world->nodes[side];
	char path[128];
	struct error error;
	int directory;

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
	node->configuration.link_dial = true;
	assert_ok(store_open_memory(&node->store));
	snprintf(path, sizeof(path), "%s/%s", world->directory, ids[side]);
	assert_ok(file_open_directory(path, 0700, &directory, &error));
	assert_ok(keeper_open(&node->keeper, directory, world_clock(world),
	                      (struct random_source){ world, world_random }, &error));
	node->keeper_open = true;
	assert_ok(ed25519_generate(&node->head, &(struct random_source){ world, world_random }));
	assert_ok(
	    ed25519_generate(&node->appointing, &(struct random_source){ world, world_random }));
	assert_ok(x25519_secret_generate(&(struct random_source){ world, world_random },
	                                 &node->head_reading));
	node_start(node);
}

static inline void world_init(struct world *world, uint32_t seed)
{
	*world = (struct world){ .now = WORLD_START, .monotonic = 1000000000, .randomness = seed };
	snprintf(world->directory, sizeof(world->directory), "/tmp/chiro-world-XXXXXX");
	assert_non_null(mkdtemp(world->directory));
	for (unsigned side = 0; side < 2; side++)
		node_init(world, side);
}

static inline void world_release(struct world *world)
{
	char command[128];

	for (unsigned side = 0; side < 2; side++) {
		struct node *node = &world->nodes[side];

		engine_free(node->engine);
		node_drop_inbox(node);
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
	struct engine_channel *channel =
	    engine_find_channel(world->nodes[side].engine, &world->channel);

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

	*ret_worked = count > 0 || node->opened;
	for (size_t i = 0; i < count; i++) {
		r = engine_handle_link(node->engine, node->inbox[i].type,
		                       buffer_view(&node->inbox[i].body), &error);
		if (r != OK)
			fail_msg("engine_handle_link: %s", error.message);
	}
	for (size_t i = 0; i < count && i < node->inbox_count; i++)
		buffer_release(&node->inbox[i].body);
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
		world->monotonic += 60000000;
		idle = worked[0] || worked[1] ? 0 : idle + 1;
	}
}

static inline void world_pass(struct world *world, int64_t seconds)
{
	world->now += seconds;
	world->monotonic += (uint64_t)seconds * 1000000000;
}

/* --- opening ---------------------------------------------------------------------------- */

static inline void node_invite(struct node *node, struct buffer *card)
{
	struct party party = { 0 };
	uint8_t setup[KEEPER_SETUP_SIZE];
	struct x25519_public reading;
	struct error error = { 0 };

	snprintf(party.head, sizeof(party.head), "%s", node->side == NORTH ? "a.head" : "b.head");
	ssh_key_from_ed25519(&node->head.public_key, &party.head_key);
	ssh_key_from_ed25519(&node->appointing.public_key, &party.appointing_key);
	x25519_public_of(&node->head_reading, &reading);
	assert_ok(age_recipient_print(&reading, party.head_reading_key));
	party.endpoint_count = 1;
	snprintf(party.endpoints[0], ENDPOINT_CAPACITY, "127.0.0.1:%u", 4000 + node->side);
	if (engine_new_setup(node->engine, &party, setup, card, &error) != OK)
		fail_msg("engine_new_setup: %s", error.message);
	assert_ok(engine_turn(node->engine, &error));
}

static inline void world_adopt(struct world *world, struct bytes charter_text)
{
	struct buffer armors[2];
	struct bytes views[2];
	struct engine_channel *channel;
	struct error error = { 0 };

	for (unsigned side = 0; side < 2; side++) {
		buffer_init(&armors[side], SSHSIG_ARMOR_MAXIMUM);
		assert_ok(sshsig_sign(&world->nodes[side].head, CHARTER_NAMESPACE, charter_text,
		                      &armors[side]));
		views[side] = buffer_view(&armors[side]);
	}
	for (unsigned side = 0; side < 2; side++) {
		if (engine_adopt(world->nodes[side].engine, charter_text, views, &channel, &error) !=
		    OK)
			fail_msg("engine_adopt: %s", error.message);
		world->channel = channel->id;
		assert_ok(engine_turn(world->nodes[side].engine, &error));
	}
	buffer_release(&armors[0]);
	buffer_release(&armors[1]);
}

/* --- acts --------------------------------------------------------------------------------- */

/* A sealed body of two texts, uploaded; its reference goes into the act. */
static inline void node_body(struct node *node, struct act *act)
{
	struct engine_channel *channel = world_channel(node->world, node->side);
	struct random_source random = { node->world, world_random };
	struct x25519_public recipients[SEAL_RECIPIENTS];
	struct small_body body;
	struct manifest manifest;
	struct sealed sealed;
	struct buffer blob;
	struct byte_sink sink = buffer_sink(&blob);
	uint64_t held;
	bool complete;
	struct error error;

	small_body_init(&body);
	buffer_init(&blob, 1 << 20);
	assert_ok(small_body_manifest(&body, &manifest));
	for (unsigned i = 0; i < 2; i++) {
		const struct party *party =
		    rules_party(channel->rules, i == SEAL_AUTHOR ? channel->own : channel->other);

		assert_ok(age_recipient_parse(bytes_of_string(party->reading_key), &recipients[i]));
	}
	assert_ok(body_seal(&manifest, body.sources, recipients, &random, &sink, &sealed, NULL));
	assert_ok(engine_upload(channel, &sealed.hash, sealed.size, 0, buffer_view(&blob), &held,
	                        &complete, &error));
	assert_true(complete);
	act->has_body = true;
	act->body.parts = manifest.count;
	act->body.root = manifest.root;
	act->body.sealed_size = sealed.size;
	act->body.sealed_hash = sealed.hash;
	manifest_release(&manifest);
	buffer_release(&blob);
}

/* Signs with `key` and submits; what the engine said at once. */
static inline int node_submit(struct node *node, const struct act *act,
                              const struct ed25519_secret *key)
{
	struct engine_channel *channel = world_channel(node->world, node->side);
	struct buffer text, armor;
	struct bytes view;
	struct error error = { 0 };
	int r;

	buffer_init(&text, ENTRY_SIZE_MAXIMUM);
	buffer_init(&armor, SSHSIG_ARMOR_MAXIMUM);
	if (act_print(act, &text, &error) != OK)
		fail_msg("act_print: %s", error.message);
	assert_ok(sshsig_sign(key, ACT_NAMESPACE, buffer_view(&text), &armor));
	view = buffer_view(&armor);
	r = engine_submit(channel, 7, buffer_view(&text), &view, 1, &error);
	buffer_release(&text);
	buffer_release(&armor);
	return r;
}

/* An act of the head with the fields given, in the order of the table. */
static inline struct act node_act(struct node *node, enum kind_number number,
                                  const char *const *values)
{
	struct engine_channel *channel = world_channel(node->world, node->side);
	const struct kind *kind = kind_by_number(number);
	struct act act = { .kind = kind, .time = node->world->now };

	memcpy(act.channel, channel->charter->channel, sizeof(act.channel));
	memcpy(act.party, channel->charter->parties[channel->own].id, sizeof(act.party));
	memcpy(act.author, node->side == NORTH ? "a.head" : "b.head", sizeof("a.head"));
	for (size_t i = 0; i < kind_field_count(kind) && values != NULL && values[i] != NULL; i++) {
		act.fields[i].field = &kind->fields[i];
		act.fields[i].text = bytes_of_string(values[i]);
		act.field_count++;
	}
	if (kind->matter_use == MATTER_LINE_NEW)
		act.matter_use = ACT_MATTER_NEW;
	if (kind->precedence == REQUIRED) {
		act.has_precedence = true;
		act.precedence = PRECEDENCE_ROUTINE;
	}
	return act;
}

static inline void node_accede(struct node *node)
{
	struct engine_channel *channel = world_channel(node->world, node->side);
	struct buffer blob, encoded;
	const char *values[2] = { 0 };
	struct act act;

	buffer_init(&blob, SSHSIG_BLOB_MAXIMUM);
	buffer_init(&encoded, 4096);
	assert_ok(sshsig_sign_blob(&node->head, CHARTER_NAMESPACE, channel->charter->text, &blob));
	assert_ok(base64_encode(&encoded, buffer_view(&blob), BASE64_PADDED));
	assert_ok(buffer_put_u8(&encoded, 0));
	values[0] = (const char *)encoded.data;
	act = node_act(node, KIND_ACCEDE, values);
	assert_ok(node_submit(node, &act, &node->head));
	buffer_release(&blob);
	buffer_release(&encoded);
}

/* A comment outside any matter, each with its own body, so that no two are the
 * same act. */
static inline void node_comment(struct node *node)
{
	struct act act = node_act(node, KIND_COMMENT, NULL);

	node_body(node, &act);
	assert_ok(node_submit(node, &act, &node->head));
}

static inline void world_charter(struct world *world, struct buffer *text)
{
	struct buffer cards[2];
	struct charter charter = { .language_count = 1, .languages = { "en" } };
	struct error error = { 0 };

	charter_set_defaults(&charter);
	for (unsigned side = 0; side < 2; side++) {
		buffer_init(&cards[side], CARD_SIZE_MAXIMUM);
		node_invite(&world->nodes[side], &cards[side]);
		if (card_parse(buffer_view(&cards[side]), &charter.parties[side], &error) != OK)
			fail_msg("card_parse: %s", error.message);
	}
	if (charter_print(&charter, text, &error) != OK)
		fail_msg("charter_print: %s", error.message);
	buffer_release(&cards[0]);
	buffer_release(&cards[1]);
}

static inline void world_open(struct world *world)
{
	struct buffer charter;

	buffer_init(&charter, CHARTER_SIZE_MAXIMUM);
	world_charter(world, &charter);
	world_adopt(world, buffer_view(&charter));
	buffer_release(&charter);
	world_link(world);
	for (unsigned side = 0; side < 2; side++)
		node_accede(&world->nodes[side]);
	world_run(world);
	for (unsigned side = 0; side < 2; side++)
		assert_int_equal(rules_channel_state(world_channel(world, side)->rules, world->now),
		                 CHANNEL_IN_FORCE);
}

/* --- what must always hold ------------------------------------------------------------------ */

/* Everything signed is durable, both hold the same, both agree on all verdicts. */
static inline void world_check_agreement(struct world *world)
{
	const struct rules *a = world_channel(world, NORTH)->rules;
	const struct rules *b = world_channel(world, SOUTH)->rules;

	for (unsigned party = 0; party < 2; party++) {
		assert_int_equal(rules_size(a, party), rules_size(b, party));
		for (uint64_t i = 0; i < rules_size(a, party); i++) {
			struct act_place place = { party, i };

			assert_true(hash_equal(&rules_act(a, place)->leaf, &rules_act(b, place)->leaf));
			assert_int_equal(rules_act(a, place)->verdict.code,
			                 rules_act(b, place)->verdict.code);
		}
	}
	for (unsigned side = 0; side < 2; side++) {
		struct engine_channel *channel = world_channel(world, side);

		assert_int_equal(channel->head_size, rules_size(channel->rules, channel->own));
		assert_int_equal(channel->cosigned_size, rules_size(channel->rules, channel->other));
		assert_int_equal(channel->their_cosigned_size, channel->head_size);
		assert_false(channel->faulted);
		assert_false(channel->read_only);
	}
}

#endif
