/* The keeper destroys a reading key only for the words of both heads in the two logs, once
 * retention has passed; and what held it is overwritten. */
#include "keeper_fixture.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "age.h"
#include "sshsig.h"
#include "system.h"

enum { PROOFS = 3 };

/* The question, and what its views point at. */
struct question {
	struct keeper_destruction destruction;
	struct buffer entries[PROOFS];
	struct tree_proof proofs[PROOFS];
	struct buffer links[2];
	struct memory_tree own, other;
	char next[KEEPER_KEY_TEXT_CAPACITY];
};

/* Where a question departs from what is right. */
struct twist {
	const char *destroyed; /* that ours names */
	unsigned head;         /* party whose head signs ours */
	enum fixture_key key;  /* that signs ours */
	timestamp logged;      /* of theirs */
	uint64_t receipted;    /* by theirs */
	const char *author;    /* of ours */
	const char *item;
	bool elsewhere; /* ours is not in the log that was signed */
};

static const struct twist straight = { .key = FIXTURE_HEAD, .receipted = 1 };

static void sign_entry(struct fixture *f, unsigned party, const char *author, const char *lines,
                       const struct ed25519_secret *secret, timestamp logged, struct buffer *entry)
{
	struct buffer text, armor;
	struct entry made;
	struct bytes view;
	char time[TIMESTAMP_CAPACITY];

	buffer_init(&text, 8192);
	buffer_init(&armor, SSHSIG_ARMOR_MAXIMUM);
	timestamp_format(logged, time);
	assert_ok(buffer_put_format(&text,
	                            "chirograph.act/1\nchannel %s\nparty %s\ntime %s\nauthor "
	                            "%s\n%s",
	                            f->charter->channel, f->charter->parties[party].id, time,
	                            author, lines));
	assert_ok(sshsig_sign(secret, ACT_NAMESPACE, buffer_view(&text), &armor));
	view = buffer_view(&armor);
	assert_ok(entry_make(buffer_view(&text), &view, 1, logged, entry, &made, NULL));
	buffer_release(&text);
	buffer_release(&armor);
}

static struct hash leaf_of(const struct buffer *entry)
{
	struct entry parsed;

	assert_ok(entry_parse(buffer_view(entry), &parsed, NULL));
	return parsed.leaf;
}

static void rekey_lines(char *lines, size_t capacity, const char *item, const char *value,
                        const char *destroyed)
{
	snprintf(lines, capacity, "act rekey\nitem %s\nvalue %s\ndestroyed %s\n", item, value,
	         destroyed);
}

/* Both logs: ours is one entry, the attestation; theirs is 20 entries, theirs and a
 * receipt. The keeper signs the one and cosigns the other. */
static void make_logs(struct fixture *f, const struct twist *twist, struct question *q)
{
	struct ed25519_secret ours = fixture_secret(twist->head, twist->key);
	struct ed25519_secret theirs = fixture_secret(1, FIXTURE_HEAD);
	struct ed25519_secret node = fixture_secret(1, FIXTURE_NODE);
	struct clock clock = system_clock();
	timestamp now = clock.now(clock.context), past = now - 100;
	char recipient[RECIPIENT_CAPACITY], lines[1024], root[HASH_BASE64_CAPACITY];
	struct hash leaf;

	fixture_recipient(1, FIXTURE_DEPUTY, recipient);
	rekey_lines(lines, sizeof(lines), twist->item != NULL ? twist->item : "reading-key",
	            q->next, twist->destroyed != NULL ? twist->destroyed : f->keys.reading_key);
	sign_entry(f, 0, twist->author != NULL ? twist->author : f->charter->parties[0].head, lines,
	           &ours, past, &q->entries[0]);
	rekey_lines(lines, sizeof(lines), "reading-key", recipient,
	            f->charter->parties[1].reading_key);
	sign_entry(f, 1, f->charter->parties[1].head, lines, &theirs,
	           twist->logged != 0 ? twist->logged : past, &q->entries[1]);
	memory_tree_init(&q->own);
	leaf = leaf_of(&q->entries[0]);
	if (twist->elsewhere)
		leaf = numbered("another", 0);
	assert_ok(memory_tree_append(&q->own, &leaf));
	f->leaves[0] = leaf;
	assert_ok(commit_own(f, 0, 1));
	hash_to_base64(&leaf, root);
	snprintf(lines, sizeof(lines), "act receipt\nsize %llu\nroot %s\n",
	         (unsigned long long)twist->receipted, root);
	sign_entry(f, 1, "node", lines, &node, now, &q->entries[2]);
	for (size_t i = 1; i < PROOFS; i++) {
		leaf = leaf_of(&q->entries[i]);
		assert_ok(memory_tree_append(&f->other, &leaf));
	}
	assert_ok(cosign_true(f, 0, 22));
}

static void make_question(struct fixture *f, const struct twist *twist, struct question *q)
{
	struct keeper_client *client = &f->keeper.client;
	struct error error = { 0 };
	struct tree_reader own, other;

	*q = (struct question){ 0 };
	for (size_t i = 0; i < PROOFS; i++)
		buffer_init(&q->entries[i], KEEPER_ENTRY_MAXIMUM);
	assert_ok(keeper_client_new_key(client, &f->channel, KEEPER_KEY_READING, q->next, &error));
	assert_ok(
	    keeper_client_activate_key(client, &f->channel, KEEPER_KEY_READING, q->next, &error));
	make_logs(f, twist, q);
	own = memory_tree_reader(&q->own);
	other = memory_tree_reader(&f->other);
	assert_ok(tree_reader_inclusion(&own, 0, 1, &q->proofs[0]));
	assert_ok(tree_reader_inclusion(&other, 20, 22, &q->proofs[1]));
	assert_ok(tree_reader_inclusion(&other, 21, 22, &q->proofs[2]));
	q->destruction.channel = f->channel;
	memcpy(q->destruction.recipient, f->keys.reading_key, sizeof(q->destruction.recipient));
	q->destruction.ours = (struct keeper_logged){ buffer_view(&q->entries[0]), 0,
		                                      q->proofs[0].count, q->proofs[0].hashes };
	q->destruction.theirs = (struct keeper_logged){ buffer_view(&q->entries[1]), 20,
		                                        q->proofs[1].count, q->proofs[1].hashes };
	q->destruction.receipt = (struct keeper_logged){ buffer_view(&q->entries[2]), 21,
		                                         q->proofs[2].count, q->proofs[2].hashes };
}

static void release_question(struct question *q)
{
	for (size_t i = 0; i < PROOFS; i++)
		buffer_release(&q->entries[i]);
	memory_tree_release(&q->own);
}

static int ask(struct fixture *f, const struct question *q)
{
	struct error error = { 0 };
	int r = keeper_client_destroy_reading_key(&f->keeper.client, &q->destruction, &error);

	if (r != OK && getenv("VERBOSE") != NULL)
		print_message("# %s\n", error.message);
	return r;
}

/* Whether the keeper still opens what was sealed to its first reading key. */
static bool opens(struct fixture *f)
{
	struct random_source random = system_random();
	struct age_file_key file_key = { { 1, 2, 3, 4 } };
	uint8_t found[KEEPER_FILE_KEY_SIZE];
	struct x25519_public recipient;
	struct error error = { 0 };
	struct buffer header;
	int r;

	buffer_init(&header, AGE_HEADER_MAXIMUM);
	assert_ok(age_recipient_parse(bytes_of_string(f->keys.reading_key), &recipient));
	assert_ok(age_header_build(&header, &file_key, &recipient, 1, &random, NULL));
	r = keeper_client_unseal(&f->keeper.client, &f->channel, buffer_view(&header), found,
	                         &error);
	buffer_release(&header);
	return r == OK;
}

static void test_both_words_destroy_it(void **state)
{
	struct fixture *f = *state;
	struct question q;

	make_question(f, &straight, &q);
	assert_true(opens(f));
	assert_ok(ask(f, &q));
	assert_false(opens(f));
	/* Again is harmless, and says so; a start changes nothing. */
	assert_int_equal(ask(f, &q), ERROR_NOT_FOUND);
	restart(f);
	assert_false(opens(f));
	assert_int_equal(ask(f, &q), ERROR_NOT_FOUND);
	/* The key in use is none that anybody can have destroyed. */
	memcpy(q.destruction.recipient, q.next, sizeof(q.destruction.recipient));
	assert_int_equal(ask(f, &q), ERROR_STATE);
	release_question(&q);
}

static void test_nothing_less_does(void **state)
{
	struct fixture *f = *state;
	char other[RECIPIENT_CAPACITY];
	const struct {
		struct twist twist;
		int expected;
	} cases[] = {
		{ { .key = FIXTURE_DEPUTY, .receipted = 1 }, ERROR_DENIED },
		{ { .key = FIXTURE_NODE, .receipted = 1 }, ERROR_DENIED },
		{ { .key = FIXTURE_HEAD, .head = 1, .receipted = 1 }, ERROR_DENIED },
		{ { .key = FIXTURE_HEAD, .author = "b.other", .receipted = 1 }, ERROR_DENIED },
		{ { .key = FIXTURE_HEAD, .destroyed = other, .receipted = 1 }, ERROR_DENIED },
		{ { .key = FIXTURE_HEAD, .elsewhere = true, .receipted = 1 }, ERROR_MISMATCH },
		{ { .key = FIXTURE_HEAD, .receipted = 0 }, ERROR_MISMATCH },
	};

	fixture_recipient(1, FIXTURE_WITNESS, other);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct question q;
		int r;

		if (i > 0) {
			tear_down(state);
			set_up(state);
		}
		make_question(f, &cases[i].twist, &q);
		r = ask(f, &q);
		if (r != cases[i].expected)
			fail_msg("case %zu: %d", i, r);
		assert_true(opens(f));
		release_question(&q);
	}
}

static void test_retention_is_waited_for(void **state)
{
	struct fixture *f = *state;
	struct clock clock = system_clock();
	struct twist twist = straight;
	struct question q;

	/* The charter of the fixture asks for a minute. */
	twist.logged = clock.now(clock.context) - 5;
	make_question(f, &twist, &q);
	assert_int_equal(ask(f, &q), ERROR_WAIT);
	assert_true(opens(f));
	release_question(&q);
}

static void test_a_question_that_is_bent(void **state)
{
	struct fixture *f = *state;
	struct keeper_destruction right;
	struct question q;
	struct hash wrong = numbered("wrong", 1);

	make_question(f, &straight, &q);
	right = q.destruction;
	q.destruction.ours.number = 1;
	assert_int_equal(ask(f, &q), ERROR_MISMATCH);
	q.destruction = right;
	q.destruction.theirs = right.ours;
	assert_int_equal(ask(f, &q), ERROR_MISMATCH);
	q.destruction = right;
	q.destruction.receipt = right.theirs;
	assert_int_equal(ask(f, &q), ERROR_MISMATCH);
	q.destruction = right;
	q.destruction.theirs.proof = &wrong;
	q.destruction.theirs.proof_count = 1;
	assert_int_equal(ask(f, &q), ERROR_MISMATCH);
	q.destruction = right;
	q.destruction.links[0].count = 1;
	q.destruction.links[0].entries[0] = right.ours.entry;
	assert_int_equal(ask(f, &q), ERROR_MISMATCH);
	q.destruction = right;
	q.destruction.channel = wrong;
	assert_int_equal(ask(f, &q), ERROR_NOT_FOUND);
	q.destruction = right;
	snprintf(q.destruction.recipient, sizeof(q.destruction.recipient), "%s", "age1none");
	assert_int_equal(ask(f, &q), ERROR_NOT_FOUND);
	assert_true(opens(f));
	q.destruction = right;
	assert_ok(ask(f, &q));
	release_question(&q);
}

#ifdef CHIRO_FAULT_POINTS
/* Killed there, the key is gone or not, the other keys are there, and the next start and
 * the same question again lead to the same end. */
static void check_killed(struct fixture *f, void **state, const char *point, bool gone)
{
	struct question q;

	tear_down(state);
	set_up(state);
	make_question(f, &straight, &q);
	keeper_process_stop(&f->keeper);
	setenv("CHIRO_FAULT_POINT", point, 1);
	keeper_process_start(&f->keeper, f->home);
	unsetenv("CHIRO_FAULT_POINT");
	assert_int_not_equal(ask(f, &q), OK);
	assert_int_equal(WTERMSIG(keeper_process_end(&f->keeper)), SIGKILL);
	keeper_process_start(&f->keeper, f->home);
	assert_int_equal(opens(f), !gone);
	assert_int_equal(ask(f, &q), gone ? ERROR_NOT_FOUND : OK);
	assert_false(opens(f));
	restart(f);
	assert_int_equal(status_of(f).own_size, 1);
	release_question(&q);
}

static void test_killed_anywhere(void **state)
{
	struct fixture *f = *state;

	check_killed(f, state, "keeper-before-destruction", false);
	check_killed(f, state, "durable-file-exchanged", true);
	check_killed(f, state, "keeper-after-destruction", true);
}
#endif

/* No file of the keeper, under whatever name, has the secret any more. */
static void test_nothing_of_it_is_left(void **state)
{
	struct fixture *f = *state;
	char path[256];
	struct question q;
	struct dirent *file;
	DIR *directory;

	make_question(f, &straight, &q);
	assert_ok(ask(f, &q));
	keeper_process_stop(&f->keeper);
	snprintf(path, sizeof(path), "%.63s/keeper", f->home);
	directory = opendir(path);
	assert_non_null(directory);
	while ((file = readdir(directory)) != NULL)
		assert_null(strstr(file->d_name, ".new"));
	closedir(directory);
	keeper_process_start(&f->keeper, f->home);
	release_question(&q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_both_words_destroy_it),   TEST(test_nothing_less_does),
		TEST(test_retention_is_waited_for), TEST(test_a_question_that_is_bent),
		TEST(test_nothing_of_it_is_left),
#ifdef CHIRO_FAULT_POINTS
		TEST(test_killed_anywhere),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
