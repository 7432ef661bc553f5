/* A keeper whose state is lost or older: what evidence it takes, and that nothing
 * else moves it. */
#include "keeper_fixture.h"

#include <time.h>

#include "evidence.h"

/* North's log: the heads that its keeper has signed, by size. */
struct own_heads {
	struct buffer notes[9];
};

static void own_heads_release(struct own_heads *heads)
{
	for (unsigned i = 0; i < 9; i++)
		buffer_release(&heads->notes[i]);
}

/* Signs heads of 3, 5 and 8 entries, with the state of each kept aside. */
static void make_heads(struct fixture *f, struct own_heads *heads)
{
	static const unsigned sizes[] = { 3, 5, 8 };
	unsigned previous = 0;
	char name[8];

	for (unsigned i = 0; i < 9; i++)
		buffer_init(&heads->notes[i], NOTE_MAXIMUM);
	for (unsigned i = 0; i < 3; i++) {
		assert_ok(commit_own(f, previous, sizes[i] - previous));
		previous = sizes[i];
		assert_ok(buffer_put_bytes(&heads->notes[previous], buffer_view(&f->head)));
		snprintf(name, sizeof(name), "%u", previous);
		keeper_process_run("cd '%s/keeper' && cp -p *.state ../state.%s", f->home, name);
	}
}

/* The keeper starts again on the state of that size; 0: without any. */
static void restart_on(struct fixture *f, unsigned size)
{
	char name[8];

	keeper_process_stop(&f->keeper);
	snprintf(name, sizeof(name), "%u", size);
	if (size == 0)
		keeper_process_run("rm '%s'/keeper/*.state%s", f->home, "");
	else
		keeper_process_run("cd '%s/keeper' && cp -p ../state.%s *.state", f->home, name);
	keeper_process_start(&f->keeper, f->home);
}

/* Appends a cosignature over the note so far. */
static void put_cosignature(struct buffer *note, const char *name,
                            const struct ed25519_secret *secret, int64_t age)
{
	struct note_key key;
	struct note parsed;

	assert_ok(note_parse(buffer_view(note), &parsed, NULL));
	assert_ok(
	    note_key_init(&key, bytes_of_string(name), NOTE_KEY_COSIGNATURE, &secret->public_key));
	assert_ok(buffer_reserve(note, 1024)); /* the text is a view of it */
	assert_ok(note_parse(buffer_view(note), &parsed, NULL));
	assert_ok(cosignature_sign(&key, secret, (timestamp)time(NULL) - age, parsed.text, note));
}

static void put_receipt_cosignature(const struct fixture *f, struct buffer *note, unsigned party,
                                    const struct ed25519_secret *secret, int64_t age)
{
	char name[LOG_NAME_CAPACITY];

	charter_log_name(f->charter, party, 1, "/receipt", name);
	put_cosignature(note, name, secret, age);
}

/* The counterpart's word, so many seconds old. */
static void put_counterpart(const struct fixture *f, struct buffer *note, int64_t age)
{
	struct ed25519_secret secret = fixture_secret(1, FIXTURE_RECEIPT);

	put_receipt_cosignature(f, note, 1, &secret, age);
}

/* Everything that a question needs; the buffers are its. */
struct question {
	struct keeper_recover recover;
	struct buffer own, edge;
	struct tree_proof proof;
};

/* About the own head of `size`, from what the keeper knows. */
static void question_init(const struct fixture *f, const struct own_heads *heads, unsigned size,
                          unsigned known, struct question *question)
{
	struct memory_tree tree;
	struct tree_reader reader;
	struct edge edge;

	*question = (struct question){ .recover = { .channel = f->channel } };
	buffer_init(&question->own, NOTE_MAXIMUM);
	buffer_init(&question->edge, EDGE_ENCODED_MAXIMUM);
	assert_ok(buffer_put_bytes(&question->own, buffer_view(&heads->notes[size])));
	edge_init(&edge);
	assert_ok(edge_append_many(&edge, f->leaves, size));
	assert_ok(edge_encode(&edge, &question->edge));
	if (known > 0 && known < size) {
		memory_tree_init(&tree);
		assert_ok(memory_tree_append_many(&tree, f->leaves, size));
		reader = memory_tree_reader(&tree);
		assert_ok(tree_reader_consistency(&reader, known, size, &question->proof));
		memory_tree_release(&tree);
	}
}

static int ask(struct fixture *f, struct question *question)
{
	struct error error = { 0 };
	struct keeper_recover *recover = &question->recover;

	recover->own = (struct keeper_head){ buffer_view(&question->own), question->proof.count,
		                             question->proof.hashes };
	recover->edge = buffer_view(&question->edge);
	return keeper_client_recover(&f->keeper.client, recover, &error);
}

static void question_release(struct question *question)
{
	buffer_release(&question->own);
	buffer_release(&question->edge);
}

/* Asks with evidence that is good in itself. */
static int recover_with(struct fixture *f, const struct own_heads *heads, unsigned size,
                        unsigned known)
{
	struct question question;
	int r;

	question_init(f, heads, size, known, &question);
	put_counterpart(f, &question.own, 0);
	r = ask(f, &question);
	question_release(&question);
	return r;
}

/* It goes on from `size`, and repeats or replaces nothing before. */
static void check_goes_on(struct fixture *f, unsigned size)
{
	struct hash leaf = f->leaves[size - 1];

	assert_false(status_of(f).state_lost);
	assert_int_equal(status_of(f).own_size, size);
	f->leaves[size - 1] = numbered("forged", 1);
	assert_int_equal(commit_own(f, size - 1, 1), ERROR_STATE);
	f->leaves[size - 1] = leaf;
	assert_int_equal(commit_own(f, size - 1, 1), ERROR_STATE);
	restart(f);
	assert_int_equal(status_of(f).own_size, size);
	if (size < 8) {
		assert_ok(commit_own(f, size, 8 - size));
		check_own_head(f, 8);
		assert_ok(commit_own(f, size, 8 - size));
	}
}

static void test_a_lost_state(void **state)
{
	struct fixture *f = *state;
	struct own_heads heads;

	make_heads(f, &heads);
	restart_on(f, 0);
	assert_true(status_of(f).state_lost);
	assert_int_equal(commit_own(f, 5, 3), ERROR_STATE);
	assert_ok(recover_with(f, &heads, 5, 0));
	check_goes_on(f, 5);
	/* Torn is as good as gone. */
	keeper_process_stop(&f->keeper);
	keeper_process_run("for f in '%s'/keeper/*.state; do printf x | dd of=$f conv=notrunc "
	                   "2>/dev/null; printf x | dd of=$f conv=notrunc seek=4096 bs=1 "
	                   "2>/dev/null; done%s",
	                   f->home, "");
	keeper_process_start(&f->keeper, f->home);
	assert_true(status_of(f).state_lost);
	assert_ok(recover_with(f, &heads, 8, 0));
	check_goes_on(f, 8);
	own_heads_release(&heads);
}

static void test_an_older_state(void **state)
{
	struct fixture *f = *state;
	struct own_heads heads;

	make_heads(f, &heads);
	restart_on(f, 3);
	/* Without the proof, or with one from elsewhere. */
	assert_int_equal(recover_with(f, &heads, 8, 0), ERROR_MISMATCH);
	assert_int_equal(recover_with(f, &heads, 8, 5), ERROR_MISMATCH);
	assert_int_equal(status_of(f).own_size, 3);
	assert_ok(recover_with(f, &heads, 5, 3));
	check_goes_on(f, 5);
	own_heads_release(&heads);
}

/* Nobody moves a keeper that has lost nothing, whatever evidence there is: not back,
 * and not to another log that its own key has signed elsewhere. */
static void test_a_keeper_that_lost_nothing(void **state)
{
	struct fixture *f = *state;
	struct own_heads heads, forked;
	struct hash true_leaves[8];
	char twin[64];

	make_heads(f, &heads);
	assert_int_equal(recover_with(f, &heads, 8, 0), ERROR_EXISTS);
	assert_int_equal(recover_with(f, &heads, 5, 0), ERROR_STATE);
	assert_int_equal(recover_with(f, &heads, 3, 0), ERROR_STATE);
	/* A twin with the same keys signs another eighth entry. */
	memcpy(true_leaves, f->leaves, sizeof(true_leaves));
	restart_on(f, 5);
	keeper_process_stop(&f->keeper);
	keeper_process_make_home(twin);
	keeper_process_run("cp -a '%s/keeper' '%s/'", f->home, twin);
	keeper_process_start(&f->keeper, twin);
	f->leaves[7] = numbered("forged", 7);
	assert_ok(commit_own(f, 5, 3));
	for (unsigned i = 0; i < 9; i++)
		buffer_init(&forked.notes[i], NOTE_MAXIMUM);
	assert_ok(buffer_put_bytes(&forked.notes[8], buffer_view(&f->head)));
	keeper_process_stop(&f->keeper);
	keeper_process_start(&f->keeper, f->home);
	restart_on(f, 8);
	assert_int_equal(recover_with(f, &forked, 8, 0), ERROR_FORK);
	/* Of seven entries, the last of them another: what is shown is no extension. */
	restart_on(f, 5);
	memcpy(f->leaves, true_leaves, sizeof(true_leaves));
	f->leaves[5] = numbered("forged", 5);
	assert_ok(commit_own(f, 5, 2));
	memcpy(f->leaves, true_leaves, sizeof(true_leaves));
	assert_int_equal(recover_with(f, &heads, 8, 5), ERROR_MISMATCH);
	assert_int_equal(status_of(f).own_size, 7);
	keeper_process_remove_home(twin);
	own_heads_release(&heads);
	own_heads_release(&forked);
}

static void test_evidence_that_is_not_enough(void **state)
{
	static const struct {
		int64_t age;
		int expected;
	} ages[] = { { EVIDENCE_AGE_MAXIMUM + 30, ERROR_DENIED },
		     { -EVIDENCE_AGE_MAXIMUM - 30, ERROR_DENIED },
		     { 120, ERROR_DENIED }, /* before it was started */
		     { -EVIDENCE_AGE_MAXIMUM + 30, OK } };
	struct fixture *f = *state;
	struct ed25519_secret stranger = fixture_secret(1, FIXTURE_NODE);
	struct ed25519_secret witness = fixture_secret(0, FIXTURE_WITNESS);
	struct own_heads heads;
	struct question question;

	make_heads(f, &heads);
	restart_on(f, 0);
	/* None; by a key that is not theirs; by the party itself; by a witness where the
	 * charter has none. */
	question_init(f, &heads, 8, 0, &question);
	assert_int_equal(ask(f, &question), ERROR_DENIED);
	put_receipt_cosignature(f, &question.own, 1, &stranger, 0);
	assert_int_equal(ask(f, &question), ERROR_DENIED);
	put_receipt_cosignature(f, &question.own, 0, &stranger, 0);
	put_cosignature(&question.own, "witness.example/one", &witness, 0);
	assert_int_equal(ask(f, &question), ERROR_DENIED);
	question_release(&question);
	/* Over another head than the one that is shown. */
	question_init(f, &heads, 8, 0, &question);
	buffer_clear(&question.own);
	assert_ok(buffer_put_bytes(&question.own, buffer_view(&heads.notes[5])));
	put_counterpart(f, &question.own, 0);
	assert_int_equal(ask(f, &question), ERROR_MISMATCH);
	question_release(&question);
	question_init(f, &heads, 5, 0, &question);
	put_counterpart(f, &question.own, 0);
	question.own.data[question.own.size - 4] ^= 1;
	assert_int_not_equal(ask(f, &question), OK);
	question_release(&question);
	/* A head that is not by the own log's key. */
	question_init(f, &heads, 5, 0, &question);
	buffer_clear(&question.own);
	put_true_head(f, 5, &question.own);
	put_counterpart(f, &question.own, 0);
	assert_int_not_equal(ask(f, &question), OK);
	question_release(&question);
	for (size_t i = 0; i < sizeof(ages) / sizeof(ages[0]); i++) {
		assert_true(status_of(f).state_lost);
		question_init(f, &heads, 8, 0, &question);
		put_counterpart(f, &question.own, ages[i].age);
		assert_int_equal(ask(f, &question), ages[i].expected);
		question_release(&question);
	}
	check_goes_on(f, 8);
	own_heads_release(&heads);
}

/* Makes the fixture's only channel one whose charter has two witnesses and a quorum. */
static void adopt_with_quorum(struct fixture *f, uint64_t quorum)
{
	struct charter charter = fixture_charter();
	struct buffer vkeys[2], text;
	struct error error = { 0 };

	buffer_init(&text, CHARTER_SIZE_MAXIMUM);
	keeper_process_stop(&f->keeper);
	keeper_process_run("rm '%s'/keeper/*.*%s", f->home, "");
	keeper_process_start(&f->keeper, f->home);
	assert_ok(keeper_client_new_setup(&f->keeper.client, &f->keys, &error));
	for (unsigned i = 0; i < 2; i++) {
		buffer_init(&vkeys[i], 1024);
		fixture_vkey(i, &vkeys[i]);
		charter.witnesses[i] = buffer_view(&vkeys[i]);
	}
	charter.witness_count = 2;
	charter.quorum = quorum;
	charter.parties[0].log_key = f->keys.log_key;
	charter.parties[0].receipt_key = f->keys.receipt_key;
	charter.parties[0].node_key = f->keys.node_key;
	charter.parties[0].link_key = f->keys.link_key;
	memcpy(charter.parties[0].reading_key, f->keys.reading_key, sizeof(f->keys.reading_key));
	assert_ok(charter_print(&charter, &text, &error));
	assert_ok(keeper_client_adopt(&f->keeper.client, f->keys.setup, 0, buffer_view(&text),
	                              &f->channel, &error));
	charter_free(f->charter);
	assert_ok(charter_parse(buffer_view(&text), &f->charter, &error));
	buffer_release(&text);
	buffer_release(&vkeys[0]);
	buffer_release(&vkeys[1]);
}

/* With a quorum the witnesses decide, and the counterpart cannot stand in. */
static void test_a_quorum_of_witnesses(void **state)
{
	struct fixture *f = *state;
	struct ed25519_secret one = fixture_secret(0, FIXTURE_WITNESS);
	struct ed25519_secret two = fixture_secret(1, FIXTURE_WITNESS);
	struct own_heads heads;
	struct question question;

	adopt_with_quorum(f, 2);
	make_heads(f, &heads);
	restart_on(f, 0);
	question_init(f, &heads, 8, 0, &question);
	put_counterpart(f, &question.own, 0);
	assert_int_equal(ask(f, &question), ERROR_DENIED);
	put_cosignature(&question.own, "witness.example/one", &one, -60);
	assert_int_equal(ask(f, &question), ERROR_DENIED);
	/* Twice the same witness is one. */
	put_cosignature(&question.own, "witness.example/one", &one, -50);
	assert_int_equal(ask(f, &question), ERROR_DENIED);
	put_cosignature(&question.own, "witness.example/two", &two, EVIDENCE_AGE_MAXIMUM + 30);
	assert_int_equal(ask(f, &question), ERROR_DENIED);
	question_release(&question);
	question_init(f, &heads, 8, 0, &question);
	put_cosignature(&question.own, "witness.example/one", &one, -60);
	put_cosignature(&question.own, "witness.example/two", &two, 0);
	assert_ok(ask(f, &question));
	question_release(&question);
	check_goes_on(f, 8);
	own_heads_release(&heads);
}

/* What it had cosigned of the other log is known again by its own cosignature. */
static void test_what_was_cosigned(void **state)
{
	struct fixture *f = *state;
	struct ed25519_secret south = fixture_secret(1, FIXTURE_LOG);
	struct tree_proof proof = other_proof(f, 5, 9);
	struct hash forged = numbered("fork", 1);
	struct own_heads heads;
	struct question question;
	struct buffer line, theirs;

	buffer_init(&theirs, NOTE_MAXIMUM);
	buffer_init(&line, NOTE_MAXIMUM);
	assert_ok(cosign_true(f, 0, 5));
	make_heads(f, &heads);
	assert_ok(cosign_true(f, 5, 9));
	assert_ok(buffer_put_bytes(&line, buffer_view(&f->cosignature)));
	/* Of the state of size 3, what was cosigned is 5. */
	restart_on(f, 3);
	question_init(f, &heads, 8, 3, &question);
	put_counterpart(f, &question.own, 0);
	put_true_head(f, 9, &theirs);
	question.recover.theirs = (struct keeper_head){ buffer_view(&theirs), proof.count,
		                                        proof.hashes };
	/* Nobody has cosigned it. */
	assert_int_equal(ask(f, &question), ERROR_MISMATCH);
	assert_ok(buffer_put_bytes(&theirs, buffer_view(&line)));
	question.recover.theirs.note = buffer_view(&theirs);
	/* No proof from what is known. */
	question.recover.theirs.proof_count = 0;
	assert_int_equal(ask(f, &question), ERROR_MISMATCH);
	question.recover.theirs.proof_count = proof.count;
	assert_int_equal(status_of(f).own_size, 3);
	assert_ok(ask(f, &question));
	assert_int_equal(status_of(f).own_size, 8);
	assert_int_equal(status_of(f).cosigned_size, 9);
	assert_int_equal(status_of(f).cosigned_time, NOON);
	/* Another root for that size is a fork, as ever. */
	buffer_clear(&theirs);
	put_head(f, 9, &forged, &south, &theirs);
	proof.count = 0;
	assert_int_equal(cosign(f, &theirs, &proof, NOON), ERROR_FORK);
	/* The same with nothing left. */
	restart_on(f, 0);
	buffer_clear(&theirs);
	put_true_head(f, 9, &theirs);
	assert_ok(buffer_put_bytes(&theirs, buffer_view(&line)));
	question_release(&question);
	question_init(f, &heads, 8, 0, &question);
	put_counterpart(f, &question.own, 0);
	question.recover.theirs = (struct keeper_head){ .note = buffer_view(&theirs) };
	assert_ok(ask(f, &question));
	assert_int_equal(status_of(f).cosigned_size, 9);
	assert_int_equal(cosign_true(f, 0, 5), ERROR_STATE);
	assert_ok(cosign_true(f, 9, 12));
	question_release(&question);
	own_heads_release(&heads);
	buffer_release(&theirs);
	buffer_release(&line);
}

/* An entry of south's log that names another receipt key. */
static void put_naming(const struct fixture *f, const char *party, const char *item,
                       const struct ed25519_public *key, struct buffer *entry)
{
	struct ed25519_secret head = fixture_secret(1, FIXTURE_HEAD);
	struct buffer text, armor, value;
	struct bytes armors[1];
	struct entry parsed;
	struct error error = { 0 };
	char lines[256];

	buffer_init(&text, 4096);
	buffer_init(&armor, SSHSIG_ARMOR_MAXIMUM);
	buffer_init(&value, 64);
	assert_ok(base64_encode(&value, bytes_of(key->bytes, sizeof(key->bytes)), BASE64_PADDED));
	snprintf(lines, sizeof(lines), "act rekey\nitem %s\nvalue %.*s\n", item, (int)value.size,
	         (const char *)value.data);
	put_text(f, party, "b.head", lines, &text);
	assert_ok(sshsig_sign(&head, ACT_NAMESPACE, buffer_view(&text), &armor));
	armors[0] = buffer_view(&armor);
	assert_ok(entry_make(buffer_view(&text), armors, 1, NOON, entry, &parsed, &error));
	buffer_release(&text);
	buffer_release(&armor);
	buffer_release(&value);
}

/* Asks with south's word by `fresh`, a key that the entry in its log names. */
static int ask_named(struct fixture *f, const struct own_heads *heads, const struct buffer *entry,
                     bool in_log, const struct ed25519_secret *fresh)
{
	struct tree_reader reader = memory_tree_reader(&f->other);
	struct hash leaf = numbered("another", 20);
	uint64_t number = f->other.size;
	struct question question;
	struct tree_proof path;
	struct buffer note;
	int r;

	if (in_log)
		tree_hash_leaf(buffer_view(entry), &leaf);
	assert_ok(memory_tree_append(&f->other, &leaf));
	leaf = numbered("south", (unsigned)number + 1);
	assert_ok(memory_tree_append(&f->other, &leaf));
	assert_ok(tree_reader_inclusion(&reader, number, f->other.size, &path));
	buffer_init(&note, NOTE_MAXIMUM);
	put_true_head(f, f->other.size, &note);
	question_init(f, heads, 8, 0, &question);
	put_receipt_cosignature(f, &question.own, 1, fresh, 0);
	question.recover.named = true;
	question.recover.entry = buffer_view(entry);
	question.recover.entry_number = number;
	question.recover.entry_head = (struct keeper_head){ buffer_view(&note), path.count,
		                                            path.hashes };
	r = ask(f, &question);
	question_release(&question);
	buffer_release(&note);
	return r;
}

static void test_a_counterpart_with_another_key(void **state)
{
	struct fixture *f = *state;
	struct ed25519_secret fresh = fixture_secret(1, FIXTURE_DEPUTY);
	struct ed25519_secret former = fixture_secret(1, FIXTURE_RECEIPT);
	struct own_heads heads;
	struct buffer entry;

	make_heads(f, &heads);
	restart_on(f, 0);
	buffer_init(&entry, ENTRY_SIZE_MAXIMUM);
	put_naming(f, "south", "receipt-key", &fresh.public_key, &entry);
	assert_int_equal(ask_named(f, &heads, &entry, false, &fresh), ERROR_MISMATCH);
	assert_int_equal(ask_named(f, &heads, &entry, true, &former), ERROR_DENIED);
	buffer_clear(&entry);
	put_naming(f, "south", "link-key", &fresh.public_key, &entry);
	assert_int_equal(ask_named(f, &heads, &entry, true, &fresh), ERROR_MISMATCH);
	buffer_clear(&entry);
	put_naming(f, "north", "receipt-key", &fresh.public_key, &entry);
	assert_int_equal(ask_named(f, &heads, &entry, true, &fresh), ERROR_MISMATCH);
	buffer_clear(&entry);
	put_naming(f, "south", "receipt-key", &fresh.public_key, &entry);
	entry.data[entry.size / 2] ^= 1;
	assert_int_not_equal(ask_named(f, &heads, &entry, true, &fresh), OK);
	assert_true(status_of(f).state_lost);
	buffer_clear(&entry);
	put_naming(f, "south", "receipt-key", &fresh.public_key, &entry);
	assert_ok(ask_named(f, &heads, &entry, true, &fresh));
	check_goes_on(f, 8);
	buffer_release(&entry);
	own_heads_release(&heads);
}

/* Killed while it recovers, it has recovered or has not: asked again, it has. */
static void test_killed_while_recovering(void **state)
{
#ifdef CHIRO_FAULT_POINTS
	static const struct {
		const char *point;
		unsigned state;
		int again;
	} cases[] = {
		{ "keeper-before-recovery", 0, OK },
		{ "keeper-after-recovery", 0, ERROR_EXISTS },
		{ "keeper-before-recovery", 3, OK },
		{ "keeper-before-slot", 3, OK },
		{ "keeper-after-slot", 3, ERROR_EXISTS },
		{ "keeper-after-sync", 3, ERROR_EXISTS },
		{ "keeper-after-recovery", 3, ERROR_EXISTS },
	};
	struct fixture *f = *state;
	struct own_heads heads;

	make_heads(f, &heads);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		setenv("CHIRO_FAULT_POINT", cases[i].point, 1);
		restart_on(f, cases[i].state);
		unsetenv("CHIRO_FAULT_POINT");
		assert_int_equal(recover_with(f, &heads, 5, cases[i].state), ERROR_IO);
		assert_true(WIFSIGNALED(keeper_process_end(&f->keeper)));
		keeper_process_start(&f->keeper, f->home);
		assert_int_equal(recover_with(f, &heads, 5, cases[i].state), cases[i].again);
		check_goes_on(f, 5);
	}
	own_heads_release(&heads);
#else
	(void)state;
	print_message("# skipped: built without fault points\n");
	skip();
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_lost_state),
		TEST(test_an_older_state),
		TEST(test_a_keeper_that_lost_nothing),
		TEST(test_evidence_that_is_not_enough),
		TEST(test_a_quorum_of_witnesses),
		TEST(test_what_was_cosigned),
		TEST(test_a_counterpart_with_another_key),
		TEST(test_killed_while_recovering),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
