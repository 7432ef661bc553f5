/* The keeper and successor logs: what its party's appointing key says of the own log,
 * what the other side's says of theirs, and a channel that goes on with fresh keys. */
#include "keeper_fixture.h"

#include <signal.h>

#include "encoding.h"
#include "sshsig.h"

/* What an entry of the appointing key says, and who signs it. */
struct appointment {
	unsigned party;
	const char *office;
	const char *key; /* as it is printed */
	uint64_t size;
	const struct hash *root;
	enum fixture_key signer;             /* 0: the appointing key */
	const struct ed25519_secret *secret; /* or this one */
	const char *author;                  /* instead of `appointing` */
	const char *channel, *as_party;      /* instead of the right ones */
};

static void put_appointment(const struct fixture *f, const struct appointment *a,
                            struct buffer *bytes)
{
	struct ed25519_secret secret = a->secret != NULL ? *a->secret
	                                                 : fixture_secret(a->party, a->signer);
	char root[HASH_BASE64_CAPACITY];
	struct buffer text, armor;
	struct bytes view;
	struct entry entry;
	struct error error;

	buffer_init(&text, ENTRY_SIZE_MAXIMUM);
	buffer_init(&armor, SSHSIG_ARMOR_MAXIMUM);
	buffer_init(bytes, ENTRY_SIZE_MAXIMUM);
	assert_ok(
	    buffer_put_format(&text,
	                      "chirograph.act/1\nchannel %s\nparty %s\n"
	                      "time 2026-11-22T12:00:00Z\nauthor %s\nact appoint\n"
	                      "office %s\nkey %s\n",
	                      a->channel != NULL ? a->channel : f->charter->channel,
	                      a->as_party != NULL ? a->as_party : f->charter->parties[a->party].id,
	                      a->author != NULL ? a->author : "appointing", a->office, a->key));
	if (a->root != NULL) {
		hash_to_base64(a->root, root);
		assert_ok(buffer_put_format(&text, "size %llu\nroot %s\n",
		                            (unsigned long long)a->size, root));
	}
	assert_ok(sshsig_sign(&secret, "chirograph-act", buffer_view(&text), &armor));
	view = buffer_view(&armor);
	assert_ok(entry_make(buffer_view(&text), &view, 1, NOON, bytes, &entry, &error));
	buffer_release(&text);
	buffer_release(&armor);
}

static struct hash leaf_of(const struct buffer *bytes)
{
	struct hash leaf;

	tree_hash_leaf(buffer_view(bytes), &leaf);
	return leaf;
}

/* The edge of the first `size` of the own leaves. */
static struct edge own_edge(const struct fixture *f, uint64_t size)
{
	struct edge edge;

	edge_init(&edge);
	assert_ok(edge_append_many(&edge, f->leaves, size));
	return edge;
}

static struct hash own_root(const struct fixture *f, uint64_t size)
{
	struct edge edge = own_edge(f, size);
	struct hash root;

	edge_root(&edge, &root);
	return root;
}

static int tell(struct fixture *f, unsigned party, const struct buffer *entries, size_t count)
{
	static struct keeper_succession succession;
	struct error error = { 0 };

	succession.channel = f->channel;
	succession.party = party;
	succession.links.count = count;
	for (size_t i = 0; i < count; i++)
		succession.links.entries[i] = buffer_view(&entries[i]);
	return keeper_client_succession(&f->keeper.client, &succession, &error);
}

static int tell_one(struct fixture *f, const struct appointment *a)
{
	struct buffer entry;
	int r;

	put_appointment(f, a, &entry);
	r = tell(f, a->party, &entry, 1);
	buffer_release(&entry);
	return r;
}

static void print_raw(const struct ed25519_public *key, char ret_text[HASH_BASE64_CAPACITY])
{
	struct hash as_hash;

	memcpy(as_hash.bytes, key->bytes, sizeof(as_hash.bytes));
	hash_to_base64(&as_hash, ret_text);
}

static struct ed25519_secret secret_of(const char *label)
{
	struct hash seed = numbered(label, 0);
	struct ed25519_secret secret;

	ed25519_from_seed(&secret, seed.bytes);
	return secret;
}

/* The head in f is of `size` leaves of `edge`, under the name and key of a generation. */
static void check_head(struct fixture *f, const struct edge *edge, unsigned generation,
                       const char *key_text)
{
	struct ed25519_public public_key;
	struct checkpoint checkpoint;
	struct error error = { 0 };
	struct note_key key;
	char name[LOG_NAME_CAPACITY];
	struct hash root;

	assert_ok(base64_decode_fixed(bytes_of_string(key_text), public_key.bytes, 32));
	charter_log_name(f->charter, 0, generation, "", name);
	assert_ok(note_key_init(&key, bytes_of_string(name), NOTE_KEY_ED25519, &public_key));
	assert_ok(signed_checkpoint_verify(buffer_view(&f->head), &key, NULL, 0, &checkpoint, NULL,
	                                   &error));
	edge_root(edge, &root);
	assert_int_equal(checkpoint.size, edge->size);
	assert_true(hash_equal(&checkpoint.root, &root));
}

static int commit_leaf(struct fixture *f, uint64_t previous, const struct hash *leaf)
{
	struct keeper_commit commit = {
		.channel = f->channel,
		.previous_size = previous,
		.time = NOON,
		.leaf_count = 1,
		.leaves = leaf,
	};
	struct error error = { 0 };

	buffer_clear(&f->head);
	buffer_clear(&f->cosignature);
	return keeper_client_commit(&f->keeper.client, &commit, &f->head, &f->cosignature, &error);
}

static void new_log_key(struct fixture *f, char ret_key[KEEPER_KEY_TEXT_CAPACITY])
{
	struct error error = { 0 };

	assert_ok(
	    keeper_client_new_key(&f->keeper.client, &f->channel, KEEPER_KEY_LOG, ret_key, &error));
}

static void test_own_log(void **state)
{
	struct fixture *f = *state;
	char key[KEEPER_KEY_TEXT_CAPACITY];
	struct appointment a = { .office = "log", .key = key, .size = 3 };
	struct edge edge = own_edge(f, 3);
	struct hash root = own_root(f, 3), leaf;
	struct buffer entry;

	a.root = &root;
	assert_ok(commit_own(f, 0, 3));
	new_log_key(f, key);
	put_appointment(f, &a, &entry);
	leaf = leaf_of(&entry);
	assert_ok(tell(f, 0, &entry, 1));
	assert_int_equal(status_of(f).own_size, 4);
	assert_int_equal(status_of(f).previous_size, 3);
	/* Its batch is the appointment alone: no other entry takes its place. */
	assert_int_equal(commit_own(f, 3, 1), ERROR_FORK);
	assert_int_equal(commit_own(f, 3, 2), ERROR_FORK);
	assert_ok(commit_leaf(f, 3, &leaf));
	assert_ok(edge_append(&edge, &leaf));
	check_head(f, &edge, 2, key);
	/* Told again it changes nothing, and nothing below is signed again. */
	assert_ok(tell(f, 0, &entry, 1));
	assert_int_equal(commit_own(f, 0, 3), ERROR_STATE);
	restart(f);
	assert_ok(tell(f, 0, &entry, 1));
	assert_ok(commit_leaf(f, 3, &leaf));
	check_head(f, &edge, 2, key);
	assert_ok(commit_own(f, 4, 1));
	assert_ok(edge_append(&edge, &f->leaves[4]));
	check_head(f, &edge, 2, key);
	/* A chain that ends earlier says nothing new. */
	assert_ok(tell(f, 0, &entry, 0));
	buffer_release(&entry);
}

static void test_what_is_no_succession(void **state)
{
	struct fixture *f = *state;
	char key[KEEPER_KEY_TEXT_CAPACITY], node[KEEPER_KEY_TEXT_CAPACITY],
	    foreign[HASH_BASE64_CAPACITY];
	struct ed25519_secret thief = secret_of("thief");
	struct hash root = own_root(f, 3), wrong = numbered("wrong", 1);
	const struct appointment right = { .office = "log", .key = key, .size = 3, .root = &root };
	struct appointment a;
	struct keeper_channel_status before;
	struct error error = { 0 };

	assert_ok(commit_own(f, 0, 3));
	new_log_key(f, key);
	assert_ok(
	    keeper_client_new_key(&f->keeper.client, &f->channel, KEEPER_KEY_NODE, node, &error));
	print_raw(&thief.public_key, foreign);
	before = status_of(f);
	/* By anybody else: the head, the other side's appointing key, a thief. */
	a = right;
	a.signer = FIXTURE_HEAD;
	assert_int_equal(tell_one(f, &a), ERROR_SIGNATURE);
	a = right;
	a.secret = &thief;
	assert_int_equal(tell_one(f, &a), ERROR_SIGNATURE);
	a.author = "a.head";
	assert_int_equal(tell_one(f, &a), ERROR_MISMATCH);
	/* Of another channel or party, or of an office that says nothing here. */
	a = right;
	a.channel = fixture_channel;
	assert_int_equal(tell_one(f, &a), ERROR_MISMATCH);
	a = right;
	a.as_party = "south";
	assert_int_equal(tell_one(f, &a), ERROR_MISMATCH);
	a = right;
	a.office = "node";
	a.root = NULL;
	assert_int_equal(tell_one(f, &a), ERROR_MISMATCH);
	/* For another place than the log's end. */
	a = right;
	a.size = 2;
	assert_int_equal(tell_one(f, &a), ERROR_STATE);
	a.size = 4;
	assert_int_equal(tell_one(f, &a), ERROR_STATE);
	a.size = 0;
	assert_int_equal(tell_one(f, &a), ERROR_MISMATCH);
	a = right;
	a.root = &wrong;
	assert_int_equal(tell_one(f, &a), ERROR_STATE);
	/* By a key that was not made here, or for something else. */
	a = right;
	a.key = foreign;
	assert_int_equal(tell_one(f, &a), ERROR_NOT_FOUND);
	a.key = node;
	assert_int_equal(tell_one(f, &a), ERROR_NOT_FOUND);
	assert_int_equal(status_of(f).own_size, before.own_size);
	assert_ok(commit_own(f, 3, 1));
	check_own_head(f, 4);
	/* The engine cannot take the key into use without the appointing key. */
	assert_int_equal(
	    keeper_client_activate_key(&f->keeper.client, &f->channel, KEEPER_KEY_LOG, key, &error),
	    ERROR_DENIED);
}

/* The appointing key can itself be replaced, and then the former one says nothing. */
static void test_the_chain(void **state)
{
	struct fixture *f = *state;
	char key[KEEPER_KEY_TEXT_CAPACITY];
	struct ed25519_secret above = secret_of("above");
	struct buffer line, entries[3], other;
	struct hash root = own_root(f, 3);
	struct ssh_key ssh;
	struct appointment a = { .office = "appointing" };

	assert_ok(commit_own(f, 0, 3));
	new_log_key(f, key);
	buffer_init(&line, SSH_KEY_LINE_MAXIMUM + 1);
	ssh_key_from_ed25519(&above.public_key, &ssh);
	assert_ok(ssh_key_print(&ssh, &line));
	assert_ok(buffer_put_u8(&line, 0));
	a.key = (const char *)line.data;
	put_appointment(f, &a, &entries[0]);
	assert_ok(tell(f, 0, entries, 1));
	a = (struct appointment){ .office = "log", .key = key, .size = 3, .root = &root };
	put_appointment(f, &a, &other);
	a.secret = &above;
	put_appointment(f, &a, &entries[1]);
	/* Not by the former key, and not as if it had never been replaced. */
	assert_int_equal(tell(f, 0, &other, 1), ERROR_FORK);
	entries[2] = other;
	assert_int_equal(tell(f, 0, (struct buffer[]){ entries[0], other }, 2), ERROR_SIGNATURE);
	restart(f);
	assert_int_equal(tell(f, 0, &other, 1), ERROR_FORK);
	assert_int_equal(status_of(f).own_size, 3);
	assert_ok(tell(f, 0, entries, 2));
	assert_int_equal(status_of(f).own_size, 4);
	for (unsigned i = 0; i < 3; i++)
		buffer_release(&entries[i]);
	buffer_release(&line);
}

/* A head of the other log under the name of a generation. */
static void put_head_of(const struct fixture *f, uint64_t size, unsigned generation,
                        const struct ed25519_secret *secret, struct buffer *note)
{
	struct checkpoint checkpoint = { .size = size, .root = other_root(f, size) };
	char name[LOG_NAME_CAPACITY];
	struct note_key key;
	struct buffer text;

	charter_log_name(f->charter, 1, generation, "", name);
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

static int cosign_as(struct fixture *f, uint64_t from, uint64_t size, unsigned generation,
                     const struct ed25519_secret *secret)
{
	struct tree_proof proof = other_proof(f, from, size);
	struct buffer note;
	int r;

	buffer_init(&note, NOTE_MAXIMUM);
	put_head_of(f, size, generation, secret, &note);
	r = cosign(f, &note, &proof, NOON);
	buffer_release(&note);
	return r;
}

static void test_other_log(void **state)
{
	struct fixture *f = *state;
	struct ed25519_secret second = secret_of("second"), former = fixture_secret(1, FIXTURE_LOG);
	char key[HASH_BASE64_CAPACITY];
	struct hash root = other_root(f, 12);
	struct appointment a = {
		.party = 1, .office = "log", .key = key, .size = 12, .root = &root
	};

	print_raw(&second.public_key, key);
	assert_ok(cosign_true(f, 0, 10));
	/* Its own word for it is none: nobody knows of a successor yet. */
	assert_int_equal(cosign_as(f, 10, 15, 2, &second), ERROR_MISMATCH);
	assert_ok(tell_one(f, &a));
	/* Up to the cut the former key counts, beyond it only the new one, under its name. */
	assert_ok(cosign_true(f, 10, 12));
	assert_int_equal(cosign_true(f, 12, 15), ERROR_MISMATCH);
	assert_int_equal(cosign_as(f, 12, 15, 2, &former), ERROR_NOT_FOUND);
	assert_int_equal(cosign_as(f, 12, 15, 1, &second), ERROR_MISMATCH);
	assert_ok(cosign_as(f, 12, 15, 2, &second));
	restart(f);
	assert_int_equal(cosign_true(f, 15, 18), ERROR_MISMATCH);
	assert_ok(cosign_as(f, 15, 18, 2, &second));
	assert_false(status_of(f).faulted);
}

/* Told of several at once, it still knows who signed what before. */
static void test_other_log_behind(void **state)
{
	struct fixture *f = *state;
	static const uint64_t cuts[] = { 6, 9, 12 };
	static const char *const labels[] = { "second", "third", "fourth" };
	struct ed25519_secret secrets[3];
	struct buffer entries[3];

	assert_ok(cosign_true(f, 0, 4));
	for (unsigned i = 0; i < 3; i++) {
		char key[HASH_BASE64_CAPACITY];
		struct hash root = other_root(f, cuts[i]);
		struct appointment a = {
			.party = 1, .office = "log", .key = key, .size = cuts[i], .root = &root
		};

		secrets[i] = secret_of(labels[i]);
		print_raw(&secrets[i].public_key, key);
		put_appointment(f, &a, &entries[i]);
	}
	assert_ok(tell(f, 1, entries, 3));
	restart(f);
	assert_ok(cosign_true(f, 4, 6));
	assert_int_not_equal(cosign_true(f, 6, 7), OK);
	assert_int_not_equal(cosign_as(f, 6, 8, 3, &secrets[1]), OK);
	assert_ok(cosign_as(f, 6, 8, 2, &secrets[0]));
	assert_ok(cosign_as(f, 8, 9, 2, &secrets[0]));
	assert_int_not_equal(cosign_as(f, 9, 11, 2, &secrets[0]), OK);
	assert_ok(cosign_as(f, 9, 11, 3, &secrets[1]));
	assert_ok(cosign_as(f, 11, 15, 4, &secrets[2]));
	for (unsigned i = 0; i < 3; i++)
		buffer_release(&entries[i]);
}

/* What was cosigned is not cut off. */
static void test_other_log_cut_short(void **state)
{
	struct fixture *f = *state;
	struct ed25519_secret second = secret_of("second");
	char key[HASH_BASE64_CAPACITY];
	struct hash root = other_root(f, 9), wrong = numbered("wrong", 1);
	struct appointment a = {
		.party = 1, .office = "log", .key = key, .size = 9, .root = &root
	};

	print_raw(&second.public_key, key);
	assert_ok(cosign_true(f, 0, 10));
	assert_int_equal(tell_one(f, &a), ERROR_FORK);
	a.size = 10;
	a.root = &wrong;
	assert_int_equal(tell_one(f, &a), ERROR_FORK);
	/* The log is still what it was. */
	assert_ok(cosign_true(f, 10, 11));
	root = other_root(f, 11);
	a.size = 11;
	a.root = &root;
	assert_ok(tell_one(f, &a));
	assert_ok(cosign_as(f, 11, 13, 2, &second));
}

/* --- fresh keys --------------------------------------------------------------- */

static int adopt(struct fixture *f, const struct keeper_setup_keys *keys, uint64_t size,
                 const struct buffer *entry, uint64_t cosigned)
{
	static struct keeper_successor successor;
	struct edge edge = own_edge(f, size);
	struct error error = { 0 };
	struct hash channel;
	struct buffer encoded;
	int r;

	buffer_init(&encoded, EDGE_ENCODED_MAXIMUM);
	assert_ok(edge_encode(&edge, &encoded));
	memcpy(successor.setup, keys->setup, KEEPER_SETUP_SIZE);
	successor.own_party = 0;
	successor.charter = f->charter->text;
	successor.edge = buffer_view(&encoded);
	successor.cosigned_size = cosigned;
	successor.cosigned_root = other_root(f, cosigned > 0 ? cosigned : 1);
	successor.links.count = 1;
	successor.links.entries[0] = buffer_view(entry);
	r = keeper_client_adopt_successor(&f->keeper.client, &successor, &channel, &error);
	if (r == OK)
		assert_true(hash_equal(&channel, &f->channel));
	buffer_release(&encoded);
	return r;
}

/* The keeper's directory is gone, or only its state. */
static void lose(struct fixture *f, const char *what)
{
	keeper_process_stop(&f->keeper);
	keeper_process_run("rm '%s'/keeper/*.%s", f->home, what);
	keeper_process_start(&f->keeper, f->home);
}

static void check_fresh_keys(struct fixture *f, bool all_gone)
{
	struct keeper_client *client = &f->keeper.client;
	struct keeper_setup_keys keys;
	char key[HASH_BASE64_CAPACITY];
	struct hash root = own_root(f, 5), leaf;
	struct appointment a = { .office = "log", .key = key, .size = 5, .root = &root };
	struct edge edge = own_edge(f, 5);
	struct ed25519_secret thief = secret_of("thief");
	struct keeper_status status;
	struct buffer entry, forged;
	struct error error = { 0 };

	assert_ok(keeper_client_new_setup(client, &keys, &error));
	print_raw(&keys.log_key, key);
	put_appointment(f, &a, &entry);
	leaf = leaf_of(&entry);
	/* A channel that knows what it signed goes on by itself. */
	assert_int_equal(adopt(f, &keys, 5, &entry, 7), ERROR_EXISTS);
	lose(f, all_gone ? "keys" : "state");
	a.secret = &thief;
	put_appointment(f, &a, &forged);
	assert_int_equal(adopt(f, &keys, 5, &forged, 7), ERROR_SIGNATURE);
	assert_int_equal(adopt(f, &keys, 4, &entry, 7), ERROR_MISMATCH);
	assert_ok(adopt(f, &keys, 5, &entry, 7));
	assert_ok(adopt(f, &keys, 5, &entry, 7));
	assert_ok(keeper_client_status(client, &status, &error));
	assert_int_equal(status.channel_count, 1);
	assert_int_equal(status.setup_count, 0);
	assert_false(status.channels[0].state_lost);
	assert_int_equal(status.channels[0].own_party, 0);
	keeper_status_release(&status);
	assert_ok(commit_leaf(f, 5, &leaf));
	assert_ok(edge_append(&edge, &leaf));
	check_head(f, &edge, 2, key);
	/* What it was told of the other log it does not go below. */
	assert_int_equal(cosign_true(f, 0, 6), ERROR_STATE);
	restart(f);
	assert_int_equal(status_of(f).own_size, 6);
	assert_ok(commit_own(f, 6, 1));
	assert_ok(edge_append(&edge, &f->leaves[6]));
	check_head(f, &edge, 2, key);
	assert_ok(cosign_true(f, 7, 9));
	buffer_release(&entry);
	buffer_release(&forged);
}

static void test_all_keys_gone(void **state)
{
	assert_ok(commit_own(*state, 0, 5));
	check_fresh_keys(*state, true);
}

static void test_state_gone(void **state)
{
	assert_ok(commit_own(*state, 0, 5));
	check_fresh_keys(*state, false);
}

/* Nobody else's setup, and no setup at all. */
static void test_the_setup_that_was_appointed(void **state)
{
	struct fixture *f = *state;
	struct keeper_setup_keys keys, other;
	char key[HASH_BASE64_CAPACITY];
	struct hash root = own_root(f, 5);
	struct appointment a = { .office = "log", .key = key, .size = 5, .root = &root };
	struct error error = { 0 };
	struct buffer entry;

	assert_ok(commit_own(f, 0, 5));
	assert_ok(keeper_client_new_setup(&f->keeper.client, &keys, &error));
	assert_ok(keeper_client_new_setup(&f->keeper.client, &other, &error));
	print_raw(&keys.log_key, key);
	put_appointment(f, &a, &entry);
	lose(f, "keys");
	assert_int_equal(adopt(f, &other, 5, &entry, 0), ERROR_MISMATCH);
	assert_ok(keeper_client_discard_setup(&f->keeper.client, other.setup, &error));
	assert_int_equal(adopt(f, &other, 5, &entry, 0), ERROR_NOT_FOUND);
	assert_ok(adopt(f, &keys, 5, &entry, 0));
	buffer_release(&entry);
}

/* --- killed in between ------------------------------------------------------------ */

#ifdef CHIRO_FAULT_POINTS
static void restart_to_die(struct fixture *f, const char *point)
{
	keeper_process_stop(&f->keeper);
	setenv("CHIRO_FAULT_POINT", point, 1);
	keeper_process_start(&f->keeper, f->home);
	unsetenv("CHIRO_FAULT_POINT");
}

static void come_back(struct fixture *f)
{
	assert_true(WIFSIGNALED(keeper_process_end(&f->keeper)));
	keeper_process_start(&f->keeper, f->home);
}
#endif

static void test_killed_while_succeeding(void **state)
{
#ifdef CHIRO_FAULT_POINTS
	static const char *const points[] = { "keeper-before-succession", "keeper-before-slot",
		                              "keeper-after-slot", "keeper-after-sync",
		                              "keeper-after-succession" };
	struct fixture *f = *state;
	struct edge edge = own_edge(f, 1);
	struct buffer entries[sizeof(points) / sizeof(points[0])];

	assert_ok(commit_own(f, 0, 1));
	for (size_t i = 0; i < sizeof(points) / sizeof(points[0]); i++) {
		char key[KEEPER_KEY_TEXT_CAPACITY];
		struct hash root, leaf;
		struct appointment a = {
			.office = "log", .key = key, .size = edge.size, .root = &root
		};

		edge_root(&edge, &root);
		restart_to_die(f, points[i]);
		new_log_key(f, key);
		put_appointment(f, &a, &entries[i]);
		leaf = leaf_of(&entries[i]);
		assert_int_equal(tell(f, 0, entries, i + 1), ERROR_IO);
		come_back(f);
		assert_ok(tell(f, 0, entries, i + 1));
		assert_ok(commit_leaf(f, edge.size, &leaf));
		assert_ok(edge_append(&edge, &leaf));
		check_head(f, &edge, (unsigned)i + 2, key);
	}
	for (size_t i = 0; i < sizeof(points) / sizeof(points[0]); i++)
		buffer_release(&entries[i]);
#else
	(void)state;
	print_message("# skipped: built without fault points\n");
	skip();
#endif
}

static void test_killed_while_adopting(void **state)
{
#ifdef CHIRO_FAULT_POINTS
	static const char *const points[] = { "keeper-successor-charter", "keeper-successor-state",
		                              "keeper-successor-keys", "keeper-discard-aside" };
	struct fixture *f = *state;
	struct hash root = own_root(f, 5);

	assert_ok(commit_own(f, 0, 5));
	for (size_t i = 0; i < sizeof(points) / sizeof(points[0]); i++) {
		struct keeper_setup_keys keys;
		char key[HASH_BASE64_CAPACITY];
		struct appointment a = { .office = "log", .key = key, .size = 5, .root = &root };
		struct error error = { 0 };
		struct edge edge = own_edge(f, 5);
		struct buffer entry;
		struct hash leaf;

		lose(f, "keys");
		assert_ok(keeper_client_new_setup(&f->keeper.client, &keys, &error));
		print_raw(&keys.log_key, key);
		put_appointment(f, &a, &entry);
		leaf = leaf_of(&entry);
		restart_to_die(f, points[i]);
		assert_int_equal(adopt(f, &keys, 5, &entry, 0), ERROR_IO);
		come_back(f);
		assert_ok(adopt(f, &keys, 5, &entry, 0));
		assert_ok(commit_leaf(f, 5, &leaf));
		assert_ok(edge_append(&edge, &leaf));
		check_head(f, &edge, 2, key);
		buffer_release(&entry);
	}
#else
	(void)state;
	print_message("# skipped: built without fault points\n");
	skip();
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_own_log),
		TEST(test_what_is_no_succession),
		TEST(test_the_chain),
		TEST(test_other_log),
		TEST(test_other_log_behind),
		TEST(test_other_log_cut_short),
		TEST(test_all_keys_gone),
		TEST(test_state_gone),
		TEST(test_the_setup_that_was_appointed),
		TEST(test_killed_while_succeeding),
		TEST(test_killed_while_adopting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
