/* Proof files: printing, strict parsing, verification under a policy. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "memory_tree.h"
#include "signed_head.h"
#include "tlog_proof.h"
#include "torture.h"

enum { SIZE = 21, INDEX = 13 };

static struct memory_tree tree;
static struct hash leaves[SIZE];
static struct policy policy;
static struct buffer note;
static struct tlog_proof made;

static int set_up(void **state)
{
	struct test_signer log = test_signer_of("example.org/log", NOTE_KEY_ED25519, 1);
	struct test_signer witness = test_signer_of("w.example", NOTE_KEY_COSIGNATURE, 2);
	struct checkpoint head = { .origin = "example.org/log", .size = SIZE };
	struct tree_reader reader = memory_tree_reader(&tree);

	(void)state;
	memory_tree_init(&tree);
	for (unsigned i = 0; i < SIZE; i++) {
		tree_hash_leaf(bytes_of(&i, sizeof(i)), &leaves[i]);
		assert_int_equal(memory_tree_append(&tree, &leaves[i]), OK);
	}
	assert_int_equal(tree_reader_root(&reader, SIZE, &head.root), OK);
	buffer_init(&note, NOTE_MAXIMUM);
	test_sign_head(&head, &log, &note);
	test_cosign_head(&note, &witness, 1234);
	policy_init(&policy);
	assert_int_equal(policy_add_log(&policy, &log.key, NULL, NULL), OK);
	assert_int_equal(
	    policy_add_witness(&policy, bytes_of_string("w"), &witness.key, NULL, NULL), OK);
	assert_int_equal(policy_set_quorum(&policy, bytes_of_string("w"), NULL), OK);
	made = (struct tlog_proof){ .index = INDEX, .note = buffer_view(&note) };
	assert_int_equal(tree_reader_inclusion(&reader, INDEX, SIZE, &made.path), OK);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	buffer_release(&note);
	memory_tree_release(&tree);
	return 0;
}

static void assert_same_when_read(const struct tlog_proof *proof)
{
	struct buffer text, again;
	struct tlog_proof read;

	buffer_init(&text, TLOG_PROOF_MAXIMUM);
	buffer_init(&again, TLOG_PROOF_MAXIMUM);
	assert_int_equal(tlog_proof_print(proof, &text), OK);
	assert_int_equal(tlog_proof_parse(buffer_view(&text), &read, NULL), OK);
	assert_true(read.index == proof->index);
	assert_int_equal(read.path.count, proof->path.count);
	assert_true(bytes_equal(read.extra, proof->extra));
	assert_true(bytes_equal(read.note, proof->note));
	assert_int_equal(tlog_proof_print(&read, &again), OK);
	assert_true(bytes_equal(buffer_view(&text), buffer_view(&again)));
	buffer_release(&again);
	buffer_release(&text);
}

static void test_round_trip(void **state)
{
	struct tlog_proof proof = made;

	(void)state;
	assert_same_when_read(&proof);
	proof.extra = bytes_of_string("YQ==");
	assert_same_when_read(&proof);
	proof.path.count = 0;
	proof.index = 0;
	assert_same_when_read(&proof);
	proof.path.count = TREE_PROOF_MAXIMUM;
	proof.index = TREE_SIZE_MAXIMUM - 1;
	assert_same_when_read(&proof);
}

static void test_print_limits(void **state)
{
	struct tlog_proof proof = made;
	struct buffer text;

	(void)state;
	for (size_t maximum = 0; maximum < 200; maximum++) {
		buffer_init(&text, maximum);
		assert_int_equal(tlog_proof_print(&proof, &text), ERROR_LIMIT);
		assert_int_equal(text.size, 0);
		buffer_release(&text);
	}
	buffer_init(&text, TLOG_PROOF_MAXIMUM);
	proof.path.count = TREE_PROOF_MAXIMUM + 1;
	assert_int_equal(tlog_proof_print(&proof, &text), ERROR_LIMIT);
	proof.path.count = 0;
	proof.index = TREE_SIZE_MAXIMUM;
	assert_int_equal(tlog_proof_print(&proof, &text), ERROR_LIMIT);
	buffer_release(&text);
}

#define HASH "sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=\n"
#define HEAD "c2sp.org/tlog-proof@v1\n"

static const struct {
	const char *text;
	int result;
	size_t line;
} bad[] = {
	{ "", ERROR_SYNTAX, 1 },
	{ "c2sp.org/tlog-proof@v2\nindex 0\n\nnote\n", ERROR_SYNTAX, 1 },
	{ "c2sp.org/tlog-proof@v1\r\nindex 0\n\nnote\n", ERROR_SYNTAX, 1 },
	{ HEAD, ERROR_SYNTAX, 2 },
	{ HEAD "index 0", ERROR_SYNTAX, 2 },
	{ HEAD "index 0\n", ERROR_SYNTAX, 3 },
	{ HEAD "index 0\n" HASH, ERROR_SYNTAX, 4 },
	{ HEAD "index 0\n\n", ERROR_LIMIT, 4 },
	{ HEAD "index\n\nnote\n", ERROR_SYNTAX, 2 },
	{ HEAD "index \n\nnote\n", ERROR_SYNTAX, 2 },
	{ HEAD "index 01\n\nnote\n", ERROR_SYNTAX, 2 },
	{ HEAD "index -1\n\nnote\n", ERROR_SYNTAX, 2 },
	{ HEAD "index  1\n\nnote\n", ERROR_SYNTAX, 2 },
	{ HEAD "index 9223372036854775807\n\nnote\n", ERROR_LIMIT, 2 },
	{ HEAD "Index 1\n\nnote\n", ERROR_SYNTAX, 2 },
	{ HEAD "indexes 1\n\nnote\n", ERROR_SYNTAX, 2 },
	{ HEAD "extra YQ==\n\nindex 1\n\nnote\n", ERROR_SYNTAX, 3 },
	{ HEAD "extra YQ==\nextra YQ==\nindex 1\n\nnote\n", ERROR_SYNTAX, 3 },
	{ HEAD "extra YQ\nindex 1\n\nnote\n", ERROR_SYNTAX, 2 },
	{ HEAD "extra YR==\nindex 1\n\nnote\n", ERROR_CANONICAL, 2 },
	{ HEAD "extra \nindex 1\n\nnote\n", ERROR_LIMIT, 2 },
	{ HEAD "extra\nindex 1\n\nnote\n", ERROR_SYNTAX, 2 },
	{ HEAD "index 1\nextra YQ==\n\nnote\n", ERROR_SYNTAX, 3 },
	{ HEAD "index 1\nYQ==\n\nnote\n", ERROR_SYNTAX, 3 },
	{ HEAD "index 1\n " HASH "\nnote\n", ERROR_SYNTAX, 3 },
	{ HEAD "index 1\n" HASH "sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi09=\n\nnote\n",
	  ERROR_CANONICAL, 4 },
};

static void test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct tlog_proof proof = { .index = 77 };
		struct error error;
		int r = tlog_proof_parse(bytes_of_string(bad[i].text), &proof, &error);

		if (r != bad[i].result || error.line != bad[i].line)
			fail_msg("%d in line %zu for: %s", r, error.line, bad[i].text);
		assert_int_equal(proof.index, 77);
	}
}

static void test_too_many_hashes(void **state)
{
	struct buffer text;
	struct tlog_proof proof;

	(void)state;
	buffer_init(&text, TLOG_PROOF_MAXIMUM + 1);
	assert_int_equal(buffer_put_string(&text, HEAD "index 1\n"), OK);
	for (size_t i = 0; i <= TREE_PROOF_MAXIMUM; i++)
		assert_int_equal(buffer_put_string(&text, HASH), OK);
	assert_int_equal(buffer_put_string(&text, "\nnote\n"), OK);
	assert_int_equal(tlog_proof_parse(buffer_view(&text), &proof, NULL), ERROR_LIMIT);
	while (text.size <= TLOG_PROOF_MAXIMUM)
		assert_int_equal(buffer_put_u8(&text, 'x'), OK);
	assert_int_equal(tlog_proof_parse(buffer_view(&text), &proof, NULL), ERROR_LIMIT);
	buffer_release(&text);
}

static void test_verify(void **state)
{
	struct tlog_proof proof = made;
	struct checkpoint checkpoint = { .size = 77 };
	struct error error;

	(void)state;
	assert_int_equal(tlog_proof_verify(&proof, &policy, &leaves[INDEX], &checkpoint, &error),
	                 OK);
	assert_int_equal(checkpoint.size, SIZE);
	assert_int_equal(
	    tlog_proof_verify(&proof, &policy, &leaves[INDEX + 1], &checkpoint, &error),
	    ERROR_MISMATCH);
	proof.index = INDEX - 1;
	assert_int_equal(tlog_proof_verify(&proof, &policy, &leaves[INDEX], &checkpoint, &error),
	                 ERROR_MISMATCH);
	proof.index = SIZE;
	assert_int_equal(tlog_proof_verify(&proof, &policy, &leaves[INDEX], &checkpoint, &error),
	                 ERROR_LIMIT);
	proof = made;
	proof.path.count--;
	assert_int_equal(tlog_proof_verify(&proof, &policy, &leaves[INDEX], &checkpoint, &error),
	                 ERROR_MISMATCH);
	proof = made;
	note.data[note.size / 2] ^= 1;
	assert_int_not_equal(
	    tlog_proof_verify(&proof, &policy, &leaves[INDEX], &checkpoint, &error), OK);
	note.data[note.size / 2] ^= 1;
	policy.quorum = UINT64_C(1) << 40;
	assert_int_equal(tlog_proof_verify(&proof, &policy, &leaves[INDEX], &checkpoint, &error),
	                 ERROR_DENIED);
	policy.quorum = 1;
}

/* Prints, reads and verifies one proof. */
static int prove_once(void *context)
{
	struct checkpoint checkpoint;
	struct tlog_proof proof;
	struct buffer text;
	int r;

	(void)context;
	made.extra = bytes_of_string("YQ==");
	buffer_init(&text, TLOG_PROOF_MAXIMUM);
	if ((r = tlog_proof_print(&made, &text)) == OK &&
	    (r = tlog_proof_parse(buffer_view(&text), &proof, NULL)) == OK)
		r = tlog_proof_verify(&proof, &policy, &leaves[INDEX], &checkpoint, NULL);
	buffer_release(&text);
	return r;
}

static void test_without_memory(void **state)
{
	(void)state;
	torture(prove_once, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip), cmocka_unit_test(test_print_limits),
		cmocka_unit_test(test_bad),        cmocka_unit_test(test_too_many_hashes),
		cmocka_unit_test(test_verify),     cmocka_unit_test(test_without_memory),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
