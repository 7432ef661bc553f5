/* A keeper process with one channel, and the log of the other side. */
#ifndef KEEPER_FIXTURE_H
#define KEEPER_FIXTURE_H

#include "keeper_process.h"

#include "act.h"
#include "act_fixture.h"
#include "cosignature.h"
#include "edge.h"
#include "memory_tree.h"

#define NOON INT64_C(1795348800) /* 2026-11-22T12:00:00Z */

/* A keeper with one channel: north is ours, south is the other side, whose log
 * has 20 entries. */
struct fixture {
	char home[64];
	struct keeper_process keeper;
	struct keeper_setup_keys keys;
	struct hash channel;
	struct charter *charter;
	struct memory_tree other;
	struct hash leaves[8]; /* for the own log */
	struct buffer head, cosignature;
};

static inline struct hash numbered(const char *name, unsigned number)
{
	struct hash hash = { { 0 } };

	snprintf((char *)hash.bytes, sizeof(hash.bytes), "%s %u", name, number);
	return hash;
}

/* A charter in which north has the keys of a setup. */
static inline void put_charter(const struct keeper_setup_keys *keys, struct buffer *text)
{
	struct charter charter = fixture_charter();
	struct party *north = &charter.parties[0];
	struct error error = { 0 };

	north->log_key = keys->log_key;
	north->receipt_key = keys->receipt_key;
	north->node_key = keys->node_key;
	north->link_key = keys->link_key;
	memcpy(north->reading_key, keys->reading_key, sizeof(keys->reading_key));
	charter.retention[0] = 60;
	assert_ok(charter_print(&charter, text, &error));
}

static inline int set_up(void **state)
{
	static struct fixture fixture;
	struct fixture *f = &fixture;
	struct error error = { 0 };
	struct buffer text;

	*f = (struct fixture){ 0 };
	keeper_process_make_home(f->home);
	keeper_process_start(&f->keeper, f->home);
	assert_ok(keeper_client_new_setup(&f->keeper.client, &f->keys, &error));
	buffer_init(&text, CHARTER_SIZE_MAXIMUM);
	put_charter(&f->keys, &text);
	assert_ok(keeper_client_adopt(&f->keeper.client, f->keys.setup, 0, buffer_view(&text),
	                              &f->channel, &error));
	assert_ok(charter_parse(buffer_view(&text), &f->charter, &error));
	assert_true(hash_equal(&f->charter->id, &f->channel));
	buffer_release(&text);
	memory_tree_init(&f->other);
	for (unsigned i = 0; i < 20; i++) {
		struct hash leaf = numbered("south", i);

		assert_ok(memory_tree_append(&f->other, &leaf));
	}
	for (unsigned i = 0; i < 8; i++)
		f->leaves[i] = numbered("north", i);
	buffer_init(&f->head, NOTE_MAXIMUM);
	buffer_init(&f->cosignature, NOTE_MAXIMUM);
	*state = f;
	return 0;
}

static inline int tear_down(void **state)
{
	struct fixture *f = *state;

	if (f->keeper.pid > 0)
		keeper_process_stop(&f->keeper);
	charter_free(f->charter);
	memory_tree_release(&f->other);
	buffer_release(&f->head);
	buffer_release(&f->cosignature);
	keeper_process_remove_home(f->home);
	return 0;
}

static inline void restart(struct fixture *f)
{
	keeper_process_stop(&f->keeper);
	keeper_process_start(&f->keeper, f->home);
}

/* A head of south's log, signed by `secret`, with a root of our choice. */
static inline void put_head(const struct fixture *f, uint64_t size, const struct hash *root,
                            const struct ed25519_secret *secret, struct buffer *note)
{
	struct checkpoint checkpoint = { .size = size, .root = *root };
	char name[LOG_NAME_CAPACITY];
	struct note_key key;
	struct buffer text;

	charter_log_name(f->charter, 1, 1, "", name);
	assert_ok(
	    bytes_to_string(bytes_of_string(name), checkpoint.origin, sizeof(checkpoint.origin)));
	buffer_init(&text, NOTE_MAXIMUM);
	assert_ok(note_key_init(&key, bytes_of_string(checkpoint.origin), NOTE_KEY_ED25519,
	                        &secret->public_key));
	assert_ok(checkpoint_print(&checkpoint, &text));
	assert_ok(buffer_put_format(note, "%.*s\n", (int)text.size, (const char *)text.data));
	assert_ok(note_sign(&key, secret, buffer_view(&text), note));
	buffer_release(&text);
}

static inline struct hash other_root(const struct fixture *f, uint64_t size)
{
	struct tree_reader reader = memory_tree_reader(&f->other);
	struct hash root;

	assert_ok(tree_reader_root(&reader, size, &root));
	return root;
}

static inline struct tree_proof other_proof(const struct fixture *f, uint64_t from, uint64_t to)
{
	struct tree_reader reader = memory_tree_reader(&f->other);
	struct tree_proof proof = { 0 };

	if (from > 0)
		assert_ok(tree_reader_consistency(&reader, from, to, &proof));
	return proof;
}

/* The true head of south's log at a size. */
static inline void put_true_head(const struct fixture *f, uint64_t size, struct buffer *note)
{
	struct ed25519_secret secret = fixture_secret(1, FIXTURE_LOG);
	struct hash root = other_root(f, size);

	put_head(f, size, &root, &secret, note);
}

/* Commits `count` of the own leaves from `previous`; the answer is in f. */
static inline int commit_own(struct fixture *f, uint64_t previous, size_t count)
{
	struct keeper_commit commit = {
		.channel = f->channel,
		.previous_size = previous,
		.time = NOON,
		.leaf_count = count,
		.leaves = f->leaves + previous,
	};
	struct error error = { 0 };

	buffer_clear(&f->head);
	buffer_clear(&f->cosignature);
	return keeper_client_commit(&f->keeper.client, &commit, &f->head, &f->cosignature, &error);
}

/* Asks for a cosignature of a note, with a proof. */
static inline int cosign(struct fixture *f, const struct buffer *note,
                         const struct tree_proof *proof, timestamp time)
{
	struct keeper_commit commit = {
		.channel = f->channel,
		.previous_size = 0,
		.time = time,
		.head = { buffer_view(note), proof->count, proof->hashes },
	};
	struct keeper_status status;
	struct error error = { 0 };
	int r;

	assert_ok(keeper_client_status(&f->keeper.client, &status, &error));
	commit.previous_size = status.channels[0].own_size;
	keeper_status_release(&status);
	buffer_clear(&f->head);
	buffer_clear(&f->cosignature);
	r = keeper_client_commit(&f->keeper.client, &commit, &f->head, &f->cosignature, &error);
	return r;
}

static inline int cosign_true(struct fixture *f, uint64_t from, uint64_t size)
{
	struct tree_proof proof = other_proof(f, from, size);
	struct buffer note;
	int r;

	buffer_init(&note, NOTE_MAXIMUM);
	put_true_head(f, size, &note);
	r = cosign(f, &note, &proof, NOON);
	buffer_release(&note);
	return r;
}

/* The head in f is north's, of these leaves. */
static inline void check_own_head(struct fixture *f, uint64_t size)
{
	struct checkpoint checkpoint;
	struct error error = { 0 };
	struct note_key key;
	char name[LOG_NAME_CAPACITY];
	struct edge edge;
	struct hash root;

	charter_log_name(f->charter, 0, 1, "", name);
	assert_ok(note_key_init(&key, bytes_of_string(name), NOTE_KEY_ED25519, &f->keys.log_key));
	assert_ok(signed_checkpoint_verify(buffer_view(&f->head), &key, NULL, 0, &checkpoint, NULL,
	                                   &error));
	edge_init(&edge);
	assert_ok(edge_append_many(&edge, f->leaves, size));
	edge_root(&edge, &root);
	assert_int_equal(checkpoint.size, size);
	assert_true(hash_equal(&checkpoint.root, &root));
}

/* The cosignature in f is north's over south's head. */
static inline void check_cosignature(struct fixture *f, uint64_t size, timestamp expected)
{
	struct cosigned cosigned = { 0 };
	struct ed25519_secret south = fixture_secret(1, FIXTURE_LOG);
	struct note_key log, receipt;
	const struct note_key *cosigners[] = { &receipt };
	struct checkpoint checkpoint;
	struct error error = { 0 };
	char name[LOG_NAME_CAPACITY];
	struct buffer note;

	charter_log_name(f->charter, 1, 1, "", name);
	assert_ok(note_key_init(&log, bytes_of_string(name), NOTE_KEY_ED25519, &south.public_key));
	charter_log_name(f->charter, 0, 1, "/receipt", name);
	assert_ok(note_key_init(&receipt, bytes_of_string(name), NOTE_KEY_COSIGNATURE,
	                        &f->keys.receipt_key));
	buffer_init(&note, NOTE_MAXIMUM);
	put_true_head(f, size, &note);
	assert_ok(buffer_put_bytes(&note, buffer_view(&f->cosignature)));
	assert_ok(signed_checkpoint_verify(buffer_view(&note), &log, cosigners, 1, &checkpoint,
	                                   &cosigned, &error));
	assert_true(cosigned.verified);
	assert_int_equal(cosigned.time, expected);
	buffer_release(&note);
}

static inline struct keeper_channel_status status_of(struct fixture *f)
{
	struct keeper_channel_status channel;
	struct keeper_status status;
	struct error error = { 0 };

	assert_ok(keeper_client_status(&f->keeper.client, &status, &error));
	assert_int_equal(status.channel_count, 1);
	channel = status.channels[0];
	keeper_status_release(&status);
	return channel;
}

/* The text of a node entry; `lines` follow `act`. */
static inline void put_text(const struct fixture *f, const char *party, const char *author,
                            const char *lines, struct buffer *text)
{
	assert_ok(buffer_put_format(text,
	                            "chirograph.act/1\nchannel %s\nparty %s\n"
	                            "time 2026-11-22T12:00:00Z\nauthor %s\n%s",
	                            f->charter->channel, party, author, lines));
}

static inline int sign_one(struct fixture *f, struct keeper_sign *sign, const struct buffer *text,
                           struct buffer *armor)
{
	struct error error = { 0 };
	struct bytes view;

	sign->channel = f->channel;
	sign->text_count = 1;
	sign->texts[0] = buffer_view(text);
	buffer_clear(armor);
	return keeper_client_sign(&f->keeper.client, sign, armor, &view, &error);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

#endif
