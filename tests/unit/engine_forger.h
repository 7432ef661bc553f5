/* A north with valid keys and no scruples: whatever it writes is signed as it
 * must be, and goes straight to south's engine.
 *
 *     forger_init(&forger, &world);          continues north's log as south holds it
 *     forger_comment(&forger, …); …          entries
 *     forger_send(&forger);                  under a head of all of them
 */
#ifndef ENGINE_FORGER_H
#define ENGINE_FORGER_H

#include "engine_acts.h"

#include "cosignature.h"

struct forger {
	struct world *world;
	struct memory_tree tree;
	struct ed25519_secret log, node, receipt;
	struct ed25519_secret south_log;
	struct buffer entries;
	uint64_t start;
	uint32_t count;
	timestamp logged; /* of the next entry */
	struct act act;   /* made last */
};

static inline void forger_copy(struct forger *forger, uint64_t size)
{
	const struct rules *rules = world_channel(forger->world, SOUTH)->rules;

	memory_tree_release(&forger->tree);
	memory_tree_init(&forger->tree);
	assert_ok(memory_tree_append_many(&forger->tree, rules_tree(rules, NORTH)->levels[0].hashes,
	                                  (size_t)size));
	buffer_clear(&forger->entries);
	forger->start = size;
	forger->count = 0;
}

static inline void forger_init(struct forger *forger, struct world *world)
{
	const struct keeper_keys *keys = world->nodes[NORTH].keeper.channels[0]->keys;

	*forger = (struct forger){ .world = world, .logged = world->now };
	keeper_keys_pair(keys, KEEPER_KEY_LOG, &forger->log);
	keeper_keys_pair(keys, KEEPER_KEY_NODE, &forger->node);
	keeper_keys_pair(keys, KEEPER_KEY_RECEIPT, &forger->receipt);
	keeper_keys_pair(world->nodes[SOUTH].keeper.channels[0]->keys, KEEPER_KEY_LOG,
	                 &forger->south_log);
	buffer_init(&forger->entries, FRAME_MAXIMUM);
	memory_tree_init(&forger->tree);
	forger_copy(forger, rules_size(world_channel(world, SOUTH)->rules, NORTH));
}

static inline void forger_release(struct forger *forger)
{
	memory_tree_release(&forger->tree);
	buffer_release(&forger->entries);
}

/* Any bytes as the next entry. */
static inline void forger_raw(struct forger *forger, struct bytes entry)
{
	struct hash leaf;

	tree_hash_leaf(entry, &leaf);
	assert_ok(memory_tree_append(&forger->tree, &leaf));
	assert_ok(buffer_put_sized(&forger->entries, entry));
	forger->count++;
}

/* forger->act, signed by `key` over itself, or over something else. */
static inline void forger_sign(struct forger *forger, const struct ed25519_secret *key,
                               bool over_itself)
{
	struct buffer text, armor, entry;
	struct error error;
	struct bytes view;

	buffer_init(&text, ENTRY_SIZE_MAXIMUM);
	buffer_init(&armor, SSHSIG_ARMOR_MAXIMUM);
	buffer_init(&entry, ENTRY_SIZE_MAXIMUM);
	if (act_print(&forger->act, &text, &error) != OK)
		fail_msg("act_print: %s", error.message);
	assert_ok(sshsig_sign(key, ACT_NAMESPACE,
	                      over_itself ? buffer_view(&text) : bytes_of_string("another text"),
	                      &armor));
	view = buffer_view(&armor);
	assert_ok(entry_make(buffer_view(&text), &view, 1, forger->logged, &entry,
	                     &(struct entry){ 0 }, &error));
	forger_raw(forger, buffer_view(&entry));
	buffer_release(&text);
	buffer_release(&armor);
	buffer_release(&entry);
}

/* An entry of the node. */
static inline void forger_entry(struct forger *forger, enum kind_number number,
                                const char *const *values)
{
	forger->act = node_act(&forger->world->nodes[NORTH], number, values);
	memcpy(forger->act.author, "node", sizeof("node"));
	forger->act.time = forger->logged;
	forger_sign(forger, &forger->node, true);
}

static inline void forger_test(struct forger *forger)
{
	struct buffer nonce;
	struct hash bytes;
	const char *values[] = { NULL, NULL };

	assert_ok(world_random(forger->world, bytes.bytes, HASH_SIZE));
	memcpy(bytes.bytes, &forger->count, sizeof(forger->count));
	buffer_init(&nonce, 64);
	assert_ok(base64_encode(&nonce, bytes_of(bytes.bytes, HASH_SIZE), BASE64_PADDED));
	assert_ok(buffer_put_u8(&nonce, 0));
	values[0] = (const char *)nonce.data;
	forger_entry(forger, KIND_TEST, values);
	buffer_release(&nonce);
}

static inline void forger_receipt(struct forger *forger, uint64_t size, const struct hash *root)
{
	char number[24], text[HASH_BASE64_CAPACITY];
	const char *values[] = { number, text, NULL };

	snprintf(number, sizeof(number), "%llu", (unsigned long long)size);
	hash_to_base64(root, text);
	forger_entry(forger, KIND_RECEIPT, values);
}

/* A comment of the head with a body of `size` bytes that nobody will ever send. */
static inline void forger_comment(struct forger *forger, uint64_t size)
{
	forger->act = node_act(&forger->world->nodes[NORTH], KIND_COMMENT, NULL);
	forger->act.time = forger->logged;
	forger->act.has_body = true;
	forger->act.body.parts = 1;
	forger->act.body.sealed_size = size;
	assert_ok(world_random(forger->world, forger->act.body.sealed_hash.bytes, HASH_SIZE));
	forger_sign(forger, &forger->world->nodes[NORTH].head, true);
}

/* A head as the log key signs it. */
static inline void forger_note(struct forger *forger, unsigned party, uint64_t size,
                               const struct hash *root, struct buffer *note)
{
	const struct ed25519_secret *key = party == NORTH ? &forger->log : &forger->south_log;
	struct engine_channel *channel = world_channel(forger->world, SOUTH);
	struct checkpoint checkpoint = { .size = size, .root = *root };
	struct buffer line;

	buffer_init(&line, NOTE_MAXIMUM);
	snprintf(checkpoint.origin, sizeof(checkpoint.origin), "%s", channel->log_keys[party].name);
	assert_ok(checkpoint_print(&checkpoint, note));
	assert_ok(note_sign(&channel->log_keys[party], key, buffer_view(note), &line));
	assert_ok(buffer_put_u8(note, '\n'));
	assert_ok(buffer_put_bytes(note, buffer_view(&line)));
	buffer_release(&line);
}

static inline void forger_put(struct forger *forger, const struct buffer *frame)
{
	forger->world->nodes[NORTH].replayed++;
	node_put(&forger->world->nodes[SOUTH], LINK_FRAME,
	         bytes_of(forger->world->channel.bytes, HASH_SIZE),
	         bytes_of(frame->data + 4, frame->size - 4));
}

/* The entries so far, under a head of this size and root. */
static inline void forger_send_under(struct forger *forger, uint64_t size, const struct hash *root)
{
	struct tree_reader reader = memory_tree_reader(&forger->tree);
	struct frame_entries frame = { .start = forger->start, .count = forger->count };
	struct tree_proof proof = { 0 };
	struct buffer note, bytes;

	buffer_init(&note, NOTE_MAXIMUM);
	buffer_init(&bytes, FRAME_MAXIMUM + FRAME_HEADER_SIZE);
	forger_note(forger, NORTH, size, root, &note);
	if (size <= forger->tree.size)
		tree_reader_consistency(&reader, forger->start + forger->count, size, &proof);
	frame.checkpoint = buffer_view(&note);
	frame.entries = buffer_view(&forger->entries);
	frame.proof_count = (uint8_t)proof.count;
	frame.proof = bytes_of(proof.hashes, proof.count * HASH_SIZE);
	assert_ok(frame_put_entries(&bytes, &frame));
	forger_put(forger, &bytes);
	forger->start += forger->count;
	forger->count = 0;
	buffer_clear(&forger->entries);
	buffer_release(&note);
	buffer_release(&bytes);
}

static inline void forger_root(const struct forger *forger, uint64_t size, struct hash *ret_root)
{
	struct tree_reader reader = memory_tree_reader(&forger->tree);

	assert_ok(tree_reader_root(&reader, size, ret_root));
}

static inline void forger_send(struct forger *forger)
{
	struct hash root;

	forger_root(forger, forger->tree.size, &root);
	forger_send_under(forger, forger->tree.size, &root);
}

static inline void forger_hello(struct forger *forger, struct bytes head, uint64_t held,
                                struct bytes known)
{
	struct frame_hello hello = { .version_minimum = 1,
		                     .version_maximum = 1,
		                     .channel = forger->world->channel,
		                     .party = NORTH,
		                     .head = head,
		                     .held = held,
		                     .known = known };
	struct buffer bytes;

	buffer_init(&bytes, 65536);
	assert_ok(frame_put_hello(&bytes, &hello));
	forger_put(forger, &bytes);
	buffer_release(&bytes);
}

#endif
