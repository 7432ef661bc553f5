/* Policies: the format, its refusals, and quorums over real notes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "policy.h"
#include "signed_head.h"

enum { WITNESSES = 6 };

static struct test_signer log_signer, witnesses[WITNESSES];
static char log_vkey[NOTE_NAME_CAPACITY + 100];
static char vkeys[WITNESSES][NOTE_NAME_CAPACITY + 100];
static struct policy policy;

static void print_vkey(const struct note_key *key, char text[NOTE_NAME_CAPACITY + 100])
{
	struct buffer buffer;

	buffer_init(&buffer, NOTE_NAME_CAPACITY + 99);
	assert_int_equal(note_key_print(key, &buffer), OK);
	assert_int_equal(bytes_to_string(buffer_view(&buffer), text, NOTE_NAME_CAPACITY + 100), OK);
	buffer_release(&buffer);
}

static int set_up(void **state)
{
	(void)state;
	log_signer = test_signer_of("example.org/log", NOTE_KEY_ED25519, 100);
	print_vkey(&log_signer.key, log_vkey);
	for (uint8_t i = 0; i < WITNESSES; i++) {
		char name[32];

		snprintf(name, sizeof(name), "w%u.example", i);
		witnesses[i] = test_signer_of(name, NOTE_KEY_COSIGNATURE, i);
		print_vkey(&witnesses[i].key, vkeys[i]);
	}
	return 0;
}

/* Replaces `$L` by the log's vkey and `$0` to `$5` by those of the witnesses. */
static void expand(const char *pattern, struct buffer *text)
{
	for (; *pattern != '\0'; pattern++) {
		if (*pattern != '$') {
			assert_int_equal(buffer_put_u8(text, (uint8_t)*pattern), OK);
			continue;
		}
		pattern++;
		assert_int_equal(
		    buffer_put_string(text, *pattern == 'L' ? log_vkey : vkeys[*pattern - '0']),
		    OK);
	}
}

static int parse(const char *pattern, struct error *error)
{
	struct buffer text;
	int r;

	buffer_init(&text, POLICY_TEXT_MAXIMUM + 1);
	expand(pattern, &text);
	r = policy_parse(buffer_view(&text), &policy, error);
	buffer_release(&text);
	return r;
}

static void assert_prints(const char *pattern)
{
	struct buffer expected, printed;

	buffer_init(&expected, POLICY_TEXT_MAXIMUM);
	buffer_init(&printed, POLICY_TEXT_MAXIMUM);
	expand(pattern, &expected);
	assert_int_equal(policy_print(&policy, &printed), OK);
	assert_true(bytes_equal(buffer_view(&expected), buffer_view(&printed)));
	buffer_release(&printed);
	buffer_release(&expected);
}

/* The two-level example of the specification, in our order of lines. */
static const char two_levels[] = "log $L https://log.example/\n"
				 "witness X1 $0\n"
				 "witness X2 $1 https://x2.example/\n"
				 "witness X3 $2\n"
				 "witness Y1 $3\n"
				 "witness Y2 $4\n"
				 "witness Y3 $5\n"
				 "group X-witnesses 2 X1 X2 X3\n"
				 "group Y-witnesses any Y1 Y2 Y3\n"
				 "group X-and-Y all X-witnesses Y-witnesses\n"
				 "quorum X-and-Y\n";

static void test_two_levels(void **state)
{
	(void)state;
	assert_int_equal(parse(two_levels, NULL), OK);
	assert_prints(two_levels);
	for (policy_set set = 0; set < 64; set++) {
		unsigned x = (unsigned)((set & 1) + ((set >> 1) & 1) + ((set >> 2) & 1));
		bool expected = x >= 2 && (set >> 3) != 0;

		assert_int_equal(policy_is_satisfied(&policy, set), expected);
	}
	/* Bits that stand for groups are not believed. */
	assert_false(policy_is_satisfied(&policy, ~UINT64_C(63)));
}

static void test_loose_spelling(void **state)
{
	(void)state;
	assert_int_equal(parse("# a comment\n\n \t \n  #another \xd0\xb6\n"
	                       "\twitness\tX1  $0 \n"
	                       "group g 1 X1\n"
	                       "log $L\n"
	                       "quorum   g\t\n"
	                       "witness later $1\n",
	                       NULL),
	                 OK);
	assert_prints("log $L\nwitness X1 $0\nwitness later $1\ngroup g all X1\nquorum g\n");
	assert_int_equal(parse("quorum none\n", NULL), OK);
	assert_true(policy_is_satisfied(&policy, 0));
	assert_prints("quorum none\n");
	assert_int_equal(parse("witness \xff\xfe $0\nquorum \xff\xfe\n", NULL), OK);
	assert_false(policy_is_satisfied(&policy, 0));
	assert_true(policy_is_satisfied(&policy, 1));
	assert_prints("witness \xff\xfe $0\nquorum \xff\xfe\n");
}

static const struct {
	const char *pattern;
	int result;
	size_t line;
} bad[] = {
	{ "", ERROR_SYNTAX, 0 },
	{ "log $L\n", ERROR_SYNTAX, 0 },
	{ "quorum none", ERROR_SYNTAX, 1 },
	{ "quorum none\r\n", ERROR_SYNTAX, 1 },
	{ "quorum none\nquorum none\n", ERROR_EXISTS, 2 },
	{ "quorum\n", ERROR_SYNTAX, 1 },
	{ "quorum none none\n", ERROR_SYNTAX, 1 },
	{ "quorum X1\nwitness X1 $0\n", ERROR_NOT_FOUND, 1 },
	{ "quorum None\n", ERROR_NOT_FOUND, 1 },
	{ "Quorum none\n", ERROR_SYNTAX, 1 },
	{ "log $0\nquorum none\n", ERROR_UNSUPPORTED, 1 },
	{ "witness X1 $L\nquorum none\n", ERROR_UNSUPPORTED, 1 },
	{ "log $L\nlog $L\nquorum none\n", ERROR_EXISTS, 2 },
	{ "witness X1 $0\nwitness X2 $0\nquorum none\n", ERROR_EXISTS, 2 },
	{ "witness X1 $0\nwitness X1 $1\nquorum none\n", ERROR_EXISTS, 2 },
	{ "witness none $0\nquorum none\n", ERROR_SYNTAX, 1 },
	{ "witness X1\nquorum none\n", ERROR_SYNTAX, 1 },
	{ "witness X1 $0 url more\nquorum none\n", ERROR_SYNTAX, 1 },
	{ "witness X1 nonsense\nquorum none\n", ERROR_SYNTAX, 1 },
	{ "witness X1 $0\x01\nquorum none\n", ERROR_SYNTAX, 1 },
	{ "# \x7f\nquorum none\n", ERROR_SYNTAX, 1 },
	{ "witness X1 $0\ngroup X1 any X1\nquorum none\n", ERROR_EXISTS, 2 },
	{ "witness X1 $0\ngroup none any X1\nquorum none\n", ERROR_SYNTAX, 2 },
	{ "witness X1 $0\ngroup g any\nquorum none\n", ERROR_SYNTAX, 2 },
	{ "witness X1 $0\ngroup g 0 X1\nquorum none\n", ERROR_SYNTAX, 2 },
	{ "witness X1 $0\ngroup g 2 X1\nquorum none\n", ERROR_SYNTAX, 2 },
	{ "witness X1 $0\ngroup g 01 X1\nquorum none\n", ERROR_SYNTAX, 2 },
	{ "witness X1 $0\ngroup g 18446744073709551617 X1\nquorum none\n", ERROR_SYNTAX, 2 },
	{ "witness X1 $0\ngroup g some X1\nquorum none\n", ERROR_SYNTAX, 2 },
	{ "witness X1 $0\ngroup g any none\nquorum none\n", ERROR_NOT_FOUND, 2 },
	{ "witness X1 $0\ngroup g any g\nquorum none\n", ERROR_NOT_FOUND, 2 },
	{ "witness X1 $0\ngroup g any X1 X1\nquorum none\n", ERROR_EXISTS, 2 },
	{ "witness X1 $0\ngroup g any X1\ngroup h any X1\nquorum none\n", ERROR_EXISTS, 3 },
};

static void test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct error error;
		int r = parse(bad[i].pattern, &error);

		if (r != bad[i].result || error.line != bad[i].line)
			fail_msg("%d in line %zu for: %s", r, error.line, bad[i].pattern);
		assert_false(policy_is_satisfied(&policy, UINT64_MAX));
	}
}

static void test_limits(void **state)
{
	struct buffer text;
	uint8_t *place;
	struct error error;

	(void)state;
	policy_init(&policy);
	assert_int_equal(policy_print(&policy, &text), ERROR_STATE);
	for (unsigned i = 0; i < 33; i++) {
		struct test_signer signer = test_signer_of("same", NOTE_KEY_COSIGNATURE,
		                                           (uint8_t)(100 + i));
		struct test_signer another = test_signer_of("log", NOTE_KEY_ED25519,
		                                            (uint8_t)(100 + i));
		char name[16], group[16];
		struct bytes member;
		int expected = i < 32 ? OK : ERROR_LIMIT;

		snprintf(name, sizeof(name), "w%u", i);
		snprintf(group, sizeof(group), "g%u", i);
		member = bytes_of_string(i < 32 ? name : "g31");
		assert_int_equal(policy_add_log(&policy, &another.key, NULL, NULL), expected);
		assert_int_equal(policy_add_witness(&policy, bytes_of_string(name), &signer.key,
		                                    "https://x", NULL),
		                 expected);
		assert_int_equal(
		    policy_add_group(&policy, bytes_of_string(group), 0, &member, 1, NULL),
		    expected);
	}
	assert_int_equal(policy_set_quorum(&policy, bytes_of_string("g31"), NULL), OK);
	assert_true(policy_is_satisfied(&policy, UINT64_C(1) << 31));
	assert_false(policy_is_satisfied(&policy, (UINT64_C(1) << 31) - 1));

	buffer_init(&text, POLICY_TEXT_MAXIMUM + 1);
	assert_int_equal(policy_print(&policy, &text), OK);
	assert_int_equal(policy_parse(buffer_view(&text), &policy, &error), OK);
	buffer_clear(&text);
	assert_int_equal(buffer_extend(&text, POLICY_TEXT_MAXIMUM + 1, &place), OK);
	memset(place, '\n', POLICY_TEXT_MAXIMUM + 1);
	assert_int_equal(policy_parse(buffer_view(&text), &policy, &error), ERROR_LIMIT);
	buffer_clear(&text);
	assert_int_equal(buffer_put_string(&text, "group g any"), OK);
	for (unsigned i = 0; i < 70; i++)
		assert_int_equal(buffer_put_string(&text, " w"), OK);
	assert_int_equal(buffer_put_string(&text, "\nquorum none\n"), OK);
	assert_int_equal(policy_parse(buffer_view(&text), &policy, &error), ERROR_LIMIT);
	buffer_release(&text);
	assert_int_equal(parse("witness X1 $0\nquorum none\n", &error), OK);
	assert_int_equal(
	    policy_add_witness(&policy, bytes_of_string("a b"), &witnesses[1].key, NULL, NULL),
	    ERROR_SYNTAX);
	assert_int_equal(
	    policy_add_witness(&policy, bytes_of_string("ab"), &witnesses[1].key, "", NULL),
	    ERROR_SYNTAX);
	assert_int_equal(policy.witness_count, 1);
}

static void test_verify(void **state)
{
	struct checkpoint head = { .origin = "example.org/log", .size = 3, .root = { { 5 } } };
	struct cosigned cosigned[POLICY_WITNESSES_MAXIMUM];
	struct test_signer second = test_signer_of("example.org/log", NOTE_KEY_ED25519, 101);
	struct test_signer foreign = test_signer_of("example.net/log", NOTE_KEY_ED25519, 102);
	struct checkpoint read = { .size = 77 };
	struct error error;
	struct buffer note;

	(void)state;
	buffer_init(&note, NOTE_MAXIMUM);
	assert_int_equal(parse(two_levels, NULL), OK);
	test_sign_head(&head, &log_signer, &note);
	test_cosign_head(&note, &witnesses[0], 10);
	test_cosign_head(&note, &witnesses[4], 14);
	assert_int_equal(policy_verify(&policy, buffer_view(&note), &read, cosigned, &error),
	                 ERROR_DENIED);
	assert_int_equal(read.size, 77);
	test_cosign_head(&note, &witnesses[2], 12);
	assert_int_equal(policy_verify(&policy, buffer_view(&note), &read, cosigned, &error), OK);
	assert_int_equal(read.size, head.size);
	assert_true(hash_equal(&read.root, &head.root));
	assert_true(cosigned[0].verified && cosigned[2].verified && cosigned[4].verified);
	assert_false(cosigned[1].verified || cosigned[3].verified || cosigned[5].verified);
	assert_int_equal(cosigned[4].time, 14);

	/* The log under its next key, which the policy names as well. */
	assert_int_equal(policy_add_log(&policy, &second.key, NULL, NULL), OK);
	assert_int_equal(policy_add_log(&policy, &foreign.key, NULL, NULL), OK);
	buffer_clear(&note);
	test_sign_head(&head, &second, &note);
	for (unsigned i = 0; i < WITNESSES; i++)
		test_cosign_head(&note, &witnesses[i], i);
	assert_int_equal(policy_verify(&policy, buffer_view(&note), &read, NULL, &error), OK);

	/* A known log that signs under another's origin; an unknown log. */
	buffer_clear(&note);
	test_sign_head(&head, &foreign, &note);
	assert_int_equal(policy_verify(&policy, buffer_view(&note), &read, NULL, &error),
	                 ERROR_NOT_FOUND);
	assert_int_equal(parse("quorum none\n", NULL), OK);
	assert_int_equal(policy_verify(&policy, buffer_view(&note), &read, NULL, &error),
	                 ERROR_NOT_FOUND);
	buffer_release(&note);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two_levels), cmocka_unit_test(test_loose_spelling),
		cmocka_unit_test(test_bad),        cmocka_unit_test(test_limits),
		cmocka_unit_test(test_verify),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
