/* What people do in the world of engine_world.h: invite, adopt, accede, act. */
#ifndef ENGINE_ACTS_H
#define ENGINE_ACTS_H

#include "card.h"
#include "engine_world.h"

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
		if (engine_adopt(world->nodes[side].engine, charter_text, views, &channel,
		                 &error) != OK)
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
		const struct party *party = rules_party(
		    channel->rules, i == SEAL_AUTHOR ? channel->own : channel->other);

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
	struct signed_act signed_act = { .armor_count = 1 };
	enum void_reason reason;
	struct buffer text, armor;
	struct error error = { 0 };
	int r;

	buffer_init(&text, ENTRY_SIZE_MAXIMUM);
	buffer_init(&armor, SSHSIG_ARMOR_MAXIMUM);
	if (act_print(act, &text, &error) != OK)
		fail_msg("act_print: %s", error.message);
	assert_ok(sshsig_sign(key, ACT_NAMESPACE, buffer_view(&text), &armor));
	signed_act.text = buffer_view(&text);
	signed_act.armors[0] = buffer_view(&armor);
	r = engine_submit(channel, 7, &signed_act, &reason, &error);
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
	if (world->change_charter != NULL)
		world->change_charter(world, &charter);
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

			assert_true(
			    hash_equal(&rules_act(a, place)->leaf, &rules_act(b, place)->leaf));
			assert_int_equal(rules_act(a, place)->verdict.code,
			                 rules_act(b, place)->verdict.code);
		}
	}
	for (unsigned side = 0; side < 2; side++) {
		struct engine_channel *channel = world_channel(world, side);

		assert_int_equal(channel->head_size, rules_size(channel->rules, channel->own));
		assert_int_equal(channel->cosigned_size,
		                 rules_size(channel->rules, channel->other));
		assert_int_equal(channel->their_cosigned_size, channel->head_size);
		assert_false(channel->faulted);
		assert_false(channel->read_only);
	}
}

#endif
