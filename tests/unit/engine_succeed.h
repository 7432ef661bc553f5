/* How the world of engine_world.h gives a log to another key. */
#ifndef ENGINE_SUCCEED_H
#define ENGINE_SUCCEED_H

#include "engine_acts.h"

/* An act of the appointing key: `appoint` of an office other than head. */
static inline struct act node_appointment(struct node *node, const char *office, const char *key,
                                          const char *size, const char *root)
{
	const struct kind *kind = kind_by_number(KIND_APPOINT);
	struct act act = node_act(node, KIND_APPOINT, NULL);
	const struct {
		const char *name, *value;
	} given[] = { { "office", office }, { "key", key }, { "size", size }, { "root", root } };

	memcpy(act.author, "appointing", sizeof("appointing"));
	for (size_t i = 0; i < kind_field_count(kind); i++)
		for (size_t k = 0; k < sizeof(given) / sizeof(given[0]); k++) {
			if (given[k].value == NULL ||
			    strcmp(kind->fields[i].name, given[k].name) != 0)
				continue;
			act.fields[act.field_count].field = &kind->fields[i];
			act.fields[act.field_count++].text = bytes_of_string(given[k].value);
		}
	return act;
}

static inline int node_appoint(struct node *node, const char *office, const char *key)
{
	struct act act = node_appointment(node, office, key, NULL, NULL);

	return node_submit(node, &act, &node->appointing);
}

/* For where its own log ends now, signed by `signer`. */
static inline int node_appoint_log_by(struct node *node, const char *key,
                                      const struct ed25519_secret *signer)
{
	struct engine_channel *channel = world_channel(node->world, node->side);
	struct tree_reader reader = memory_tree_reader(rules_tree(channel->rules, channel->own));
	uint64_t size = rules_size(channel->rules, channel->own);
	char number[24], root[HASH_BASE64_CAPACITY];
	struct hash hash;
	struct act act;

	assert_ok(tree_reader_root(&reader, size, &hash));
	hash_to_base64(&hash, root);
	snprintf(number, sizeof(number), "%llu", (unsigned long long)size);
	act = node_appointment(node, "log", key, number, root);
	return node_submit(node, &act, signer);
}

/* A new key, appointed; durable after the next turn. */
static inline void node_succeed(struct node *node)
{
	struct engine_channel *channel = world_channel(node->world, node->side);
	char key[KEEPER_KEY_TEXT_CAPACITY];
	struct error error = { 0 };

	assert_ok(engine_new_key(channel, KEEPER_KEY_LOG, key, &error));
	assert_ok(node_appoint_log_by(node, key, &node->appointing));
}

/* Its newest head is of this generation, by the key that the rules name for it. */
static inline void check_generation(struct world *world, unsigned party, unsigned generation)
{
	for (unsigned side = 0; side < 2; side++) {
		struct engine_channel *channel = world_channel(world, side);
		struct bytes note = buffer_view(side == party ? &channel->head_note
		                                              : &channel->their_head.note);
		struct checkpoint checkpoint;
		char name[LOG_NAME_CAPACITY];
		struct note_key key;

		assert_int_equal(rules_generations(channel->rules, party), generation);
		charter_log_name(channel->charter, party, generation, "", name);
		assert_ok(note_key_init(&key, bytes_of_string(name), NOTE_KEY_ED25519,
		                        rules_log_key(channel->rules, party, generation)));
		assert_ok(signed_checkpoint_verify(note, &key, NULL, 0, &checkpoint, NULL, NULL));
	}
}

static inline void say_both(struct world *world)
{
	node_comment(&world->nodes[NORTH]);
	node_comment(&world->nodes[SOUTH]);
	world_run(world);
}

static inline void restart_both(struct world *world)
{
	world_cut(world);
	for (unsigned side = 0; side < 2; side++)
		node_restart(&world->nodes[side]);
	world_link(world);
	world_run(world);
}

#endif
