/* What the keeper's process must do and refuse, whoever speaks to it. */
#include "keeper_process.h"

#include <signal.h>
#include <time.h>

#include "act.h"
#include "act_fixture.h"
#include "age.h"
#include "allocate.h"
#include "cosignature.h"
#include "edge.h"
#include "link_certificate.h"
#include "memory_tree.h"
#include "system.h"

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

static struct hash numbered(const char *name, unsigned number)
{
	struct hash hash = { { 0 } };

	snprintf((char *)hash.bytes, sizeof(hash.bytes), "%s %u", name, number);
	return hash;
}

/* A charter in which north has the keys of a setup. */
static void put_charter(const struct keeper_setup_keys *keys, struct buffer *text)
{
	struct charter charter = fixture_charter();
	struct party *north = &charter.parties[0];
	struct error error = { 0 };

	north->log_key = keys->log_key;
	north->receipt_key = keys->receipt_key;
	north->node_key = keys->node_key;
	north->link_key = keys->link_key;
	memcpy(north->reading_key, keys->reading_key, sizeof(keys->reading_key));
	assert_ok(charter_print(&charter, text, &error));
}

static int set_up(void **state)
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

static int tear_down(void **state)
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

static void restart(struct fixture *f)
{
	keeper_process_stop(&f->keeper);
	keeper_process_start(&f->keeper, f->home);
}

/* A head of south's log, signed by `secret`, with a root of our choice. */
static void put_head(const struct fixture *f, uint64_t size, const struct hash *root,
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

static struct hash other_root(const struct fixture *f, uint64_t size)
{
	struct tree_reader reader = memory_tree_reader(&f->other);
	struct hash root;

	assert_ok(tree_reader_root(&reader, size, &root));
	return root;
}

static struct tree_proof other_proof(const struct fixture *f, uint64_t from, uint64_t to)
{
	struct tree_reader reader = memory_tree_reader(&f->other);
	struct tree_proof proof = { 0 };

	if (from > 0)
		assert_ok(tree_reader_consistency(&reader, from, to, &proof));
	return proof;
}

/* The true head of south's log at a size. */
static void put_true_head(const struct fixture *f, uint64_t size, struct buffer *note)
{
	struct ed25519_secret secret = fixture_secret(1, FIXTURE_LOG);
	struct hash root = other_root(f, size);

	put_head(f, size, &root, &secret, note);
}

/* Commits `count` of the own leaves from `previous`; the answer is in f. */
static int commit_own(struct fixture *f, uint64_t previous, size_t count)
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
static int cosign(struct fixture *f, const struct buffer *note, const struct tree_proof *proof,
                  timestamp time)
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

static int cosign_true(struct fixture *f, uint64_t from, uint64_t size)
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
static void check_own_head(struct fixture *f, uint64_t size)
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
static void check_cosignature(struct fixture *f, uint64_t size, timestamp expected)
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

static struct keeper_channel_status status_of(struct fixture *f)
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

static void test_setups_come_and_go(void **state)
{
	struct fixture *f = *state;
	struct keeper_client *client = &f->keeper.client;
	struct keeper_setup_keys keys, second;
	struct keeper_status status;
	struct error error = { 0 };
	struct hash channel;
	struct buffer text;

	assert_ok(keeper_client_new_setup(client, &keys, &error));
	assert_ok(keeper_client_new_setup(client, &second, &error));
	assert_memory_not_equal(keys.setup, second.setup, sizeof(keys.setup));
	assert_ok(keeper_client_discard_setup(client, second.setup, &error));
	assert_int_equal(keeper_client_discard_setup(client, second.setup, &error),
	                 ERROR_NOT_FOUND);
	buffer_init(&text, CHARTER_SIZE_MAXIMUM);
	/* A charter with the keys of another setup. */
	put_charter(&second, &text);
	assert_int_equal(
	    keeper_client_adopt(client, keys.setup, 0, buffer_view(&text), &channel, &error),
	    ERROR_MISMATCH);
	assert_int_equal(
	    keeper_client_adopt(client, second.setup, 0, buffer_view(&text), &channel, &error),
	    ERROR_NOT_FOUND);
	buffer_clear(&text);
	put_charter(&keys, &text);
	assert_int_equal(
	    keeper_client_adopt(client, keys.setup, 1, buffer_view(&text), &channel, &error),
	    ERROR_MISMATCH);
	keeper_process_stop(&f->keeper);
	keeper_process_start(&f->keeper, f->home);
	assert_ok(keeper_client_adopt(client, keys.setup, 0, buffer_view(&text), &channel, &error));
	/* Again, as after a crash; but not for the other party. */
	assert_ok(keeper_client_adopt(client, keys.setup, 0, buffer_view(&text), &channel, &error));
	assert_int_equal(
	    keeper_client_adopt(client, keys.setup, 1, buffer_view(&text), &channel, &error),
	    ERROR_EXISTS);
	assert_ok(keeper_client_status(client, &status, &error));
	assert_int_equal(status.channel_count, 2);
	assert_int_equal(status.setup_count, 0);
	keeper_status_release(&status);
	buffer_release(&text);
}

static void test_heads_are_signed_and_repeated(void **state)
{
	struct fixture *f = *state;
	struct buffer first;

	buffer_init(&first, NOTE_MAXIMUM);
	assert_ok(commit_own(f, 0, 3));
	check_own_head(f, 3);
	assert_int_equal(f->cosignature.size, 0);
	assert_ok(buffer_put_bytes(&first, buffer_view(&f->head)));
	assert_ok(commit_own(f, 0, 3));
	assert_int_equal(f->head.size, first.size);
	assert_memory_equal(f->head.data, first.data, first.size);
	restart(f);
	assert_ok(commit_own(f, 0, 3));
	assert_memory_equal(f->head.data, first.data, first.size);
	assert_ok(commit_own(f, 3, 2));
	check_own_head(f, 5);
	assert_int_equal(status_of(f).own_size, 5);
	assert_int_equal(status_of(f).previous_size, 3);
	buffer_release(&first);
}

static void test_no_two_roots_for_one_size(void **state)
{
	struct fixture *f = *state;
	struct hash true_leaf = f->leaves[3];

	assert_ok(commit_own(f, 0, 3));
	assert_ok(commit_own(f, 3, 2));
	f->leaves[3] = numbered("forged", 3);
	assert_int_equal(commit_own(f, 3, 2), ERROR_FORK);
	assert_int_equal(commit_own(f, 3, 1), ERROR_FORK);
	restart(f);
	assert_int_equal(commit_own(f, 3, 2), ERROR_FORK);
	/* Nor a smaller size, from wherever. */
	assert_int_equal(commit_own(f, 0, 3), ERROR_STATE);
	assert_int_equal(commit_own(f, 2, 1), ERROR_STATE);
	assert_int_equal(commit_own(f, 7, 1), ERROR_STATE);
	assert_int_equal(f->head.size, 0);
	f->leaves[3] = true_leaf;
	assert_ok(commit_own(f, 3, 2));
	check_own_head(f, 5);
}

static void test_cosignatures_need_consistency(void **state)
{
	struct fixture *f = *state;
	struct tree_proof proof;
	struct buffer note;

	assert_ok(cosign_true(f, 0, 5));
	check_cosignature(f, 5, NOON);
	assert_ok(cosign_true(f, 5, 9));
	check_cosignature(f, 9, NOON);
	restart(f);
	/* Without the proof, with that of other sizes, with one that is changed. */
	buffer_init(&note, NOTE_MAXIMUM);
	put_true_head(f, 12, &note);
	proof = (struct tree_proof){ 0 };
	assert_int_equal(cosign(f, &note, &proof, NOON), ERROR_MISMATCH);
	proof = other_proof(f, 5, 12);
	assert_int_equal(cosign(f, &note, &proof, NOON), ERROR_MISMATCH);
	proof = other_proof(f, 9, 12);
	proof.hashes[proof.count - 1].bytes[0] ^= 1;
	assert_int_equal(cosign(f, &note, &proof, NOON), ERROR_MISMATCH);
	assert_int_equal(f->cosignature.size, 0);
	/* A smaller size. */
	assert_int_equal(cosign_true(f, 0, 7), ERROR_STATE);
	assert_int_equal(status_of(f).cosigned_size, 9);
	assert_ok(cosign_true(f, 9, 12));
	/* The same again: the time goes forward and never back. */
	proof.count = 0;
	assert_ok(cosign(f, &note, &proof, NOON + 60));
	check_cosignature(f, 12, NOON + 60);
	assert_ok(cosign(f, &note, &proof, NOON));
	check_cosignature(f, 12, NOON + 60);
	buffer_release(&note);
}

static void test_heads_of_others_are_not_cosigned(void **state)
{
	struct fixture *f = *state;
	struct ed25519_secret stranger = fixture_secret(0, FIXTURE_LOG);
	struct ed25519_secret south = fixture_secret(1, FIXTURE_LOG);
	struct tree_proof none = { 0 };
	struct hash root = other_root(f, 5);
	struct buffer note;

	buffer_init(&note, NOTE_MAXIMUM);
	put_head(f, 5, &root, &stranger, &note);
	assert_int_equal(cosign(f, &note, &none, NOON), ERROR_NOT_FOUND);
	buffer_clear(&note);
	put_head(f, 5, &root, &south, &note);
	note.data[note.size - 4] ^= 1;
	assert_int_not_equal(cosign(f, &note, &none, NOON), OK);
	buffer_clear(&note);
	/* Our own head is no head of theirs. */
	assert_ok(commit_own(f, 0, 1));
	assert_ok(buffer_put_bytes(&note, buffer_view(&f->head)));
	assert_int_not_equal(cosign(f, &note, &none, NOON), OK);
	assert_int_equal(status_of(f).cosigned_size, 0);
	buffer_release(&note);
}

static void test_a_fork_ends_cosigning_for_good(void **state)
{
	struct fixture *f = *state;
	struct ed25519_secret south = fixture_secret(1, FIXTURE_LOG);
	struct tree_proof none = { 0 };
	struct hash other = numbered("fork", 1);
	struct buffer note;

	assert_ok(cosign_true(f, 0, 5));
	assert_false(status_of(f).faulted);
	buffer_init(&note, NOTE_MAXIMUM);
	put_head(f, 5, &other, &south, &note);
	assert_int_equal(cosign(f, &note, &none, NOON), ERROR_FORK);
	assert_true(status_of(f).faulted);
	restart(f);
	assert_true(status_of(f).faulted);
	assert_int_equal(cosign_true(f, 5, 9), ERROR_FORK);
	/* The own log goes on. */
	assert_ok(commit_own(f, 0, 2));
	check_own_head(f, 2);
	buffer_release(&note);
}

/* The text of a node entry; `lines` follow `act`. */
static void put_text(const struct fixture *f, const char *party, const char *author,
                     const char *lines, struct buffer *text)
{
	assert_ok(buffer_put_format(text,
	                            "chirograph.act/1\nchannel %s\nparty %s\n"
	                            "time 2026-11-22T12:00:00Z\nauthor %s\n%s",
	                            f->charter->channel, party, author, lines));
}

static void put_receipt(const struct fixture *f, uint64_t size, const struct hash *root,
                        struct buffer *text)
{
	char base64[HASH_BASE64_CAPACITY], lines[128];

	hash_to_base64(root, base64);
	snprintf(lines, sizeof(lines), "act receipt\nsize %u\nroot %s\n", (unsigned)size, base64);
	put_text(f, "north", "node", lines, text);
}

static int sign_one(struct fixture *f, struct keeper_sign *sign, const struct buffer *text,
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

static void test_receipts_only_for_what_is_verified(void **state)
{
	struct fixture *f = *state;
	struct keeper_sign sign = { .size = 0 };
	struct hash root5 = other_root(f, 5), root8 = other_root(f, 8);
	struct tree_proof to = other_proof(f, 5, 8), from = other_proof(f, 8, 12);
	struct hash wrong = numbered("wrong", 1);
	struct buffer text, armor, note;
	struct error error = { 0 };
	struct ssh_key signer, node;

	buffer_init(&text, 4096);
	buffer_init(&armor, 65536);
	buffer_init(&note, NOTE_MAXIMUM);
	/* Nothing was cosigned, nothing is proved. */
	put_receipt(f, 5, &root5, &text);
	assert_int_equal(sign_one(f, &sign, &text, &armor), ERROR_STATE);
	/* The first: the signed head is enough. */
	put_true_head(f, 5, &note);
	sign = (struct keeper_sign){ .note = buffer_view(&note), .size = 5, .root = root5 };
	assert_ok(sign_one(f, &sign, &text, &armor));
	assert_ok(
	    sshsig_verify(buffer_view(&text), ACT_NAMESPACE, buffer_view(&armor), &signer, &error));
	ssh_key_from_ed25519(&f->keys.node_key, &node);
	assert_true(ssh_key_equal(&signer, &node));
	/* A proof of one thing does not serve for another. */
	buffer_clear(&text);
	put_receipt(f, 5, &wrong, &text);
	assert_int_equal(sign_one(f, &sign, &text, &armor), ERROR_STATE);
	buffer_clear(&text);
	put_receipt(f, 4, &root5, &text);
	assert_int_equal(sign_one(f, &sign, &text, &armor), ERROR_STATE);
	/* Of what was cosigned: without any proof. */
	assert_ok(cosign_true(f, 0, 5));
	buffer_clear(&text);
	put_receipt(f, 5, &root5, &text);
	sign = (struct keeper_sign){ 0 };
	assert_ok(sign_one(f, &sign, &text, &armor));
	/* A size within the signed head needs both proofs. */
	buffer_clear(&note);
	put_true_head(f, 12, &note);
	buffer_clear(&text);
	put_receipt(f, 8, &root8, &text);
	sign = (struct keeper_sign){ .note = buffer_view(&note),
		                     .size = 8,
		                     .root = root8,
		                     .to = to.hashes,
		                     .to_count = to.count };
	assert_int_equal(sign_one(f, &sign, &text, &armor), ERROR_MISMATCH);
	sign.from = from.hashes;
	sign.from_count = from.count;
	assert_ok(sign_one(f, &sign, &text, &armor));
	sign.to_count = 0;
	assert_int_equal(sign_one(f, &sign, &text, &armor), ERROR_MISMATCH);
	buffer_release(&text);
	buffer_release(&armor);
	buffer_release(&note);
}

static void test_only_node_entries_are_signed(void **state)
{
	static const char test[] = "act test\nnonce 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
	struct fixture *f = *state;
	struct keeper_sign sign = { .size = 0 };
	struct buffer text, armor;
	char channel[CHANNEL_ID_CAPACITY];

	buffer_init(&text, 4096);
	buffer_init(&armor, 65536);
	put_text(f, "north", "node", test, &text);
	assert_ok(sign_one(f, &sign, &text, &armor));
	buffer_clear(&text);
	put_text(f, "south", "node", test, &text);
	assert_int_equal(sign_one(f, &sign, &text, &armor), ERROR_DENIED);
	buffer_clear(&text);
	put_text(f, "north", "a.head", test, &text);
	assert_int_not_equal(sign_one(f, &sign, &text, &armor), OK);
	buffer_clear(&text);
	put_text(f, "north", "node", "act resume\n", &text);
	assert_int_not_equal(sign_one(f, &sign, &text, &armor), OK);
	buffer_clear(&text);
	put_text(f, "north", "node", "act close\n", &text);
	assert_int_not_equal(sign_one(f, &sign, &text, &armor), OK);
	buffer_clear(&text);
	/* No structure that is not an act. */
	assert_ok(buffer_put_string(&text, "chirograph.charter/1\nrules 1\n"));
	assert_int_not_equal(sign_one(f, &sign, &text, &armor), OK);
	buffer_clear(&text);
	/* Another channel. */
	memcpy(channel, f->charter->channel, sizeof(channel));
	memcpy(f->charter->channel, fixture_channel, sizeof(channel));
	put_text(f, "north", "node", test, &text);
	memcpy(f->charter->channel, channel, sizeof(channel));
	assert_int_equal(sign_one(f, &sign, &text, &armor), ERROR_DENIED);
	buffer_release(&text);
	buffer_release(&armor);
}

/* Sends bytes of a type as they are; the keeper must answer nothing and end. */
static void check_fatal(struct fixture *f, uint16_t type, struct bytes body)
{
	struct message message;
	int status;

	assert_ok(message_send_wait(&f->keeper.client.socket, type, 1, body, -1));
	assert_int_equal(message_receive_wait(&f->keeper.client.socket, 10000, &message),
	                 ERROR_NOT_FOUND);
	status = keeper_process_end(&f->keeper);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
	keeper_process_start(&f->keeper, f->home);
}

static void test_requests_outside_the_table_end_it(void **state)
{
	struct fixture *f = *state;
	struct keeper_commit commit = { .channel = f->channel };
	struct buffer body;

	buffer_init(&body, MESSAGE_BODY_MAXIMUM);
	check_fatal(f, 0x00ff, bytes_of_string(""));
	check_fatal(f, 0x0120, bytes_of_string("anything"));
	check_fatal(f, KEEPER_STATUS, bytes_of_string("x"));
	check_fatal(f, KEEPER_UNSEAL, bytes_of_string("short"));
	assert_ok(keeper_put_commit(&body, &commit));
	assert_ok(buffer_put_u8(&body, 0));
	check_fatal(f, KEEPER_COMMIT, buffer_view(&body));
	assert_ok(commit_own(f, 0, 1));
	buffer_release(&body);
}

static void test_age_headers_are_opened(void **state)
{
	struct fixture *f = *state;
	struct random_source random = system_random();
	struct age_file_key file_key = { { 1, 2, 3, 4 } };
	struct x25519_public recipients[2];
	struct x25519_secret stranger;
	uint8_t found[KEEPER_FILE_KEY_SIZE] = { 0 };
	char next[KEEPER_KEY_TEXT_CAPACITY];
	struct keeper_client *client = &f->keeper.client;
	struct error error = { 0 };
	struct buffer header;

	buffer_init(&header, AGE_HEADER_MAXIMUM);
	assert_ok(x25519_secret_generate(&random, &stranger));
	x25519_public_of(&stranger, &recipients[0]);
	assert_ok(age_recipient_parse(bytes_of_string(f->keys.reading_key), &recipients[1]));
	assert_ok(age_header_build(&header, &file_key, recipients, 2, &random, NULL));
	assert_ok(keeper_client_unseal(client, &f->channel, buffer_view(&header), found, &error));
	assert_memory_equal(found, file_key.bytes, sizeof(found));
	/* After a rekey the old key still opens, until it is destroyed. */
	assert_ok(keeper_client_new_key(client, &f->channel, KEEPER_KEY_READING, next, &error));
	assert_ok(
	    keeper_client_activate_key(client, &f->channel, KEEPER_KEY_READING, next, &error));
	restart(f);
	assert_ok(keeper_client_unseal(client, &f->channel, buffer_view(&header), found, &error));
	assert_ok(
	    keeper_client_destroy_reading_key(client, &f->channel, f->keys.reading_key, &error));
	assert_int_equal(
	    keeper_client_unseal(client, &f->channel, buffer_view(&header), found, &error),
	    ERROR_NOT_FOUND);
	assert_int_equal(keeper_client_destroy_reading_key(client, &f->channel, next, &error),
	                 ERROR_STATE);
	/* A changed header: its MAC does not hold. */
	buffer_clear(&header);
	assert_ok(age_recipient_parse(bytes_of_string(next), &recipients[1]));
	assert_ok(age_header_build(&header, &file_key, &recipients[1], 1, &random, NULL));
	header.data[header.size - 5] = header.data[header.size - 5] == 'A' ? 'B' : 'A';
	assert_int_not_equal(
	    keeper_client_unseal(client, &f->channel, buffer_view(&header), found, &error), OK);
	buffer_release(&header);
}

static void test_certificates_of_the_link(void **state)
{
	struct fixture *f = *state;
	struct ed25519_secret tls = fixture_secret(0, FIXTURE_WITNESS);
	struct ed25519_public found = { { 0 } };
	struct clock clock = system_clock();
	timestamp now = clock.now(clock.context);
	struct keeper_client *client = &f->keeper.client;
	struct error error = { 0 };
	struct buffer der;

	buffer_init(&der, LINK_CERTIFICATE_MAXIMUM);
	assert_ok(
	    keeper_client_link_certificate(client, &f->channel, &tls.public_key, &der, &error));
	assert_ok(
	    link_certificate_verify(buffer_view(&der), &f->keys.link_key, now, &found, &error));
	assert_true(ed25519_public_equal(&found, &tls.public_key));
	assert_int_equal(
	    link_certificate_verify(buffer_view(&der), &f->keys.node_key, now, &found, &error),
	    ERROR_SIGNATURE);
	assert_int_equal(link_certificate_verify(buffer_view(&der), &f->keys.link_key,
	                                         now + LINK_CERTIFICATE_AFTER + 60, &found, &error),
	                 ERROR_CLOCK);
	assert_int_equal(link_certificate_verify(buffer_view(&der), &f->keys.link_key,
	                                         now - LINK_CERTIFICATE_BEFORE - 60, &found,
	                                         &error),
	                 ERROR_CLOCK);
	assert_ok(buffer_put_u8(&der, 0));
	assert_int_equal(
	    link_certificate_verify(buffer_view(&der), &f->keys.link_key, now, &found, &error),
	    ERROR_SYNTAX);
	/* Every byte counts. */
	buffer_truncate(&der, der.size - 1);
	for (size_t i = 0; i < der.size; i++) {
		der.data[i] ^= 1;
		assert_int_not_equal(link_certificate_verify(buffer_view(&der), &f->keys.link_key,
		                                             now, &found, &error),
		                     OK);
		der.data[i] ^= 1;
	}
	assert_int_equal(
	    keeper_client_link_certificate(client, &f->channel, &f->keys.link_key, &der, &error),
	    ERROR_DENIED);
	buffer_release(&der);
}

static void test_keys_change_when_activated(void **state)
{
	struct fixture *f = *state;
	struct keeper_client *client = &f->keeper.client;
	struct keeper_sign sign = { .size = 0 };
	struct error error = { 0 };
	char key[KEEPER_KEY_TEXT_CAPACITY];
	struct buffer text, armor;
	struct ssh_key signer, node;
	struct ed25519_public raw;

	buffer_init(&text, 4096);
	buffer_init(&armor, 65536);
	put_text(f, "north", "node",
	         "act test\nnonce 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", &text);
	assert_int_equal(keeper_client_new_key(client, &f->channel, KEEPER_KEY_LOG, key, &error),
	                 ERROR_UNSUPPORTED);
	assert_ok(keeper_client_new_key(client, &f->channel, KEEPER_KEY_NODE, key, &error));
	assert_ok(sign_one(f, &sign, &text, &armor));
	assert_ok(
	    sshsig_verify(buffer_view(&text), ACT_NAMESPACE, buffer_view(&armor), &signer, &error));
	ssh_key_from_ed25519(&f->keys.node_key, &node);
	assert_true(ssh_key_equal(&signer, &node));
	assert_int_equal(
	    keeper_client_activate_key(client, &f->channel, KEEPER_KEY_LINK, key, &error),
	    ERROR_NOT_FOUND);
	assert_ok(keeper_client_activate_key(client, &f->channel, KEEPER_KEY_NODE, key, &error));
	restart(f);
	assert_ok(sign_one(f, &sign, &text, &armor));
	assert_ok(
	    sshsig_verify(buffer_view(&text), ACT_NAMESPACE, buffer_view(&armor), &signer, &error));
	assert_ok(base64_decode_fixed(bytes_of_string(key), raw.bytes, sizeof(raw.bytes)));
	ssh_key_from_ed25519(&raw, &node);
	assert_true(ssh_key_equal(&signer, &node));
	buffer_release(&text);
	buffer_release(&armor);
}

static void test_one_keeper_a_directory(void **state)
{
	struct fixture *f = *state;
	struct keeper_process second;
	int status;

	keeper_process_spawn(&second, f->home);
	status = keeper_process_end(&second);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
	assert_ok(commit_own(f, 0, 1));
}

static void state_file(const struct fixture *f, char ret_path[256])
{
	snprintf(ret_path, 256, "%s/keeper/%s.state", f->home, f->charter->channel);
}

static void test_a_torn_slot_leaves_the_other(void **state)
{
	struct fixture *f = *state;
	char path[256];
	int fd;

	state_file(f, path);
	assert_ok(commit_own(f, 0, 3)); /* sequence 1, slot 1 */
	assert_ok(commit_own(f, 3, 2)); /* sequence 2, slot 0 */
	keeper_process_stop(&f->keeper);
	fd = open(path, O_WRONLY);
	assert_int_equal(pwrite(fd, "torn", 4, 2000), 4);
	close(fd);
	keeper_process_start(&f->keeper, f->home);
	assert_int_equal(status_of(f).own_size, 3);
	assert_ok(commit_own(f, 3, 2));
	check_own_head(f, 5);
}

static void test_a_lost_state_signs_nothing(void **state)
{
	struct fixture *f = *state;
	char path[256];

	state_file(f, path);
	assert_ok(commit_own(f, 0, 3));
	keeper_process_stop(&f->keeper);
	assert_int_equal(unlink(path), 0);
	keeper_process_start(&f->keeper, f->home);
	assert_true(status_of(f).state_lost);
	assert_int_equal(commit_own(f, 0, 3), ERROR_STATE);
	assert_int_equal(commit_own(f, 3, 1), ERROR_STATE);
	assert_int_equal(cosign_true(f, 0, 5), ERROR_STATE);
}

static void test_secrets_are_for_the_keeper_alone(void **state)
{
	struct fixture *f = *state;
	struct stat status;
	char command[256];

	snprintf(command, sizeof(command), "test -z \"$(find %s/keeper -type f ! -perm 0600)\"",
	         f->home);
	assert_int_equal(system(command), 0);
	/* Not even its own user can look into its memory. */
	snprintf(command, sizeof(command), "/proc/%d/mem", (int)f->keeper.pid);
	assert_int_equal(stat(command, &status), 0);
	assert_int_equal(status.st_uid, 0);
}

/* Kills the keeper at a point of a commit, starts it again and repeats the
 * commit: the answer must be that of a keeper that was never killed. */
static void check_fault_point(struct fixture *f, const char *point)
{
	struct tree_proof proof = other_proof(f, 5, 9);
	struct keeper_commit commit = {
		.channel = f->channel,
		.previous_size = 3,
		.time = NOON,
		.leaf_count = 2,
		.leaves = f->leaves + 3,
	};
	struct buffer note, head, cosignature;
	struct error error = { 0 };
	char twin[64];
	int status;

	buffer_init(&note, NOTE_MAXIMUM);
	buffer_init(&head, NOTE_MAXIMUM);
	buffer_init(&cosignature, NOTE_MAXIMUM);
	put_true_head(f, 9, &note);
	commit.head = (struct keeper_head){ buffer_view(&note), proof.count, proof.hashes };
	/* The twin does it undisturbed. */
	keeper_process_stop(&f->keeper);
	keeper_process_make_home(twin);
	keeper_process_run("cp -a '%s/keeper' '%s/'", f->home, twin);
	keeper_process_start(&f->keeper, twin);
	assert_ok(keeper_client_commit(&f->keeper.client, &commit, &head, &cosignature, &error));
	keeper_process_stop(&f->keeper);
	keeper_process_remove_home(twin);

	setenv("CHIRO_FAULT_POINT", point, 1);
	keeper_process_start(&f->keeper, f->home);
	unsetenv("CHIRO_FAULT_POINT");
	buffer_clear(&f->head);
	buffer_clear(&f->cosignature);
	assert_int_equal(
	    keeper_client_commit(&f->keeper.client, &commit, &f->head, &f->cosignature, &error),
	    ERROR_IO);
	status = keeper_process_end(&f->keeper);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	keeper_process_start(&f->keeper, f->home);
	assert_ok(
	    keeper_client_commit(&f->keeper.client, &commit, &f->head, &f->cosignature, &error));
	assert_int_equal(f->head.size, head.size);
	assert_memory_equal(f->head.data, head.data, head.size);
	assert_int_equal(f->cosignature.size, cosignature.size);
	assert_memory_equal(f->cosignature.data, cosignature.data, cosignature.size);
	check_own_head(f, 5);
	check_cosignature(f, 9, NOON);
	buffer_release(&note);
	buffer_release(&head);
	buffer_release(&cosignature);
}

static void check_commit_at(void **state, const char *point)
{
#ifdef CHIRO_FAULT_POINTS
	struct fixture *f = *state;

	assert_ok(commit_own(f, 0, 3));
	assert_ok(cosign_true(f, 0, 5));
	check_fault_point(f, point);
#else
	(void)state;
	(void)point;
	(void)check_fault_point;
	print_message("# skipped: built without fault points\n");
	skip();
#endif
}

static void test_killed_before_the_slot(void **state)
{
	check_commit_at(state, "keeper-before-slot");
}

static void test_killed_after_the_slot(void **state)
{
	check_commit_at(state, "keeper-after-slot");
}

static void test_killed_after_the_sync(void **state)
{
	check_commit_at(state, "keeper-after-sync");
}

static void test_killed_after_signing(void **state)
{
	check_commit_at(state, "keeper-after-signing");
}

static void test_killed_while_adopting(void **state)
{
#ifdef CHIRO_FAULT_POINTS
	static const char *const points[] = { "keeper-adopt-charter", "keeper-adopt-state",
		                              "keeper-adopt-keys" };
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(points) / sizeof(points[0]); i++) {
		struct keeper_setup_keys keys;
		struct error error = { 0 };
		struct hash channel;
		struct buffer text;

		buffer_init(&text, CHARTER_SIZE_MAXIMUM);
		keeper_process_stop(&f->keeper);
		setenv("CHIRO_FAULT_POINT", points[i], 1);
		keeper_process_start(&f->keeper, f->home);
		unsetenv("CHIRO_FAULT_POINT");
		assert_ok(keeper_client_new_setup(&f->keeper.client, &keys, &error));
		put_charter(&keys, &text);
		assert_int_equal(keeper_client_adopt(&f->keeper.client, keys.setup, 0,
		                                     buffer_view(&text), &channel, &error),
		                 ERROR_IO);
		assert_true(WIFSIGNALED(keeper_process_end(&f->keeper)));
		keeper_process_start(&f->keeper, f->home);
		assert_ok(keeper_client_adopt(&f->keeper.client, keys.setup, 0, buffer_view(&text),
		                              &channel, &error));
		buffer_release(&text);
	}
#else
	(void)state;
	print_message("# skipped: built without fault points\n");
	skip();
#endif
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_setups_come_and_go),
		TEST(test_heads_are_signed_and_repeated),
		TEST(test_no_two_roots_for_one_size),
		TEST(test_cosignatures_need_consistency),
		TEST(test_heads_of_others_are_not_cosigned),
		TEST(test_a_fork_ends_cosigning_for_good),
		TEST(test_receipts_only_for_what_is_verified),
		TEST(test_only_node_entries_are_signed),
		TEST(test_requests_outside_the_table_end_it),
		TEST(test_age_headers_are_opened),
		TEST(test_certificates_of_the_link),
		TEST(test_keys_change_when_activated),
		TEST(test_one_keeper_a_directory),
		TEST(test_a_torn_slot_leaves_the_other),
		TEST(test_a_lost_state_signs_nothing),
		TEST(test_secrets_are_for_the_keeper_alone),
		TEST(test_killed_before_the_slot),
		TEST(test_killed_after_the_slot),
		TEST(test_killed_after_the_sync),
		TEST(test_killed_after_signing),
		TEST(test_killed_while_adopting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
