/* The file `bundle`: one spelling, every length bounded, nothing that is not among its
 * entries. */
#include "act_fixture.h"
#include "bundle_text.h"
#include "text_fixture.h"
#include "torture.h"

static struct charter *charter;
static struct buffer good;

static int set_up(void **state)
{
	struct charter model = fixture_charter();
	struct buffer text;

	(void)state;
	buffer_init(&text, CHARTER_SIZE_MAXIMUM);
	assert_ok(charter_print(&model, &text, NULL));
	assert_ok(charter_parse(buffer_view(&text), &charter, NULL));
	buffer_release(&text);
	buffer_init(&good, BUNDLE_TEXT_MAXIMUM);
	assert_ok(buffer_put_format(&good,
	                            "chirograph.bundle/1\n"
	                            "purpose disclosure\n"
	                            "channel %s\n"
	                            "log north 14\n"
	                            "log south 12\n"
	                            "subject north 9\n"
	                            "subject south 7\n"
	                            "acts north 0\n"
	                            "acts north 8-10\n"
	                            "acts south 0\n"
	                            "acts south 7-9\n"
	                            "receipt north 9 8\n"
	                            "receipt south 7 8\n"
	                            "part south 7 1\n"
	                            "part south 7 3\n"
	                            "part south 8 1\n"
	                            "void south 8 not-accredited\n"
	                            "disputed south 7\n"
	                            "faulted south 7\n"
	                            "later included\n",
	                            charter->channel));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	buffer_release(&good);
	charter_free(charter);
	return 0;
}

static void test_good(void **state)
{
	const struct act_place seventh = { 1, 7 };
	struct bundle_text text;

	(void)state;
	assert_ok(bundle_text_parse(buffer_view(&good), charter, &text, NULL));
	assert_int_equal(text.sizes[0], 14);
	assert_int_equal(text.act_count, 8);
	assert_int_equal(text.subject_count, 2);
	assert_int_equal(text.part_count, 3);
	assert_true(text.later_included);
	assert_true(bundle_text_has(&text, seventh));
	assert_false(bundle_text_has(&text, (struct act_place){ 1, 10 }));
	assert_true(bundle_text_has_span(&text, 0, 8, 11));
	assert_false(bundle_text_has_span(&text, 0, 0, 9));
	assert_true(bundle_text_has_span(&text, 0, 14, 14));
	assert_int_equal(bundle_text_void(&text, (struct act_place){ 1, 8 }), VOID_NOT_ACCREDITED);
	assert_int_equal(bundle_text_void(&text, seventh), VOID_NONE);
	assert_true(bundle_places_have(text.disputed, text.disputed_count, seventh));
	bundle_text_release(&text);
}

/* One line replaced, and what is then wrong. */
static void test_bad(void **state)
{
	static const struct {
		const char *line, *instead;
		int result;
	} cases[] = {
		{ "chirograph.bundle/1", "chirograph.bundle/2", ERROR_SYNTAX },
		{ "purpose", "purpose Disclosure", ERROR_SYNTAX },
		{ "purpose", NULL, ERROR_SYNTAX },
		{ "channel", "channel aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		  ERROR_MISMATCH },
		{ "log north", NULL, ERROR_CANONICAL },
		{ "log south", NULL, ERROR_SYNTAX },
		{ "log south", "log east 12", ERROR_SYNTAX },
		{ "log north", "log north 014", ERROR_SYNTAX },
		{ "log north", "log north 10", ERROR_LIMIT },
		{ "subject north", "subject north 7", ERROR_NOT_FOUND },
		{ "subject north", "subject south 9", ERROR_CANONICAL },
		{ "subject north", "subject south 7", ERROR_CANONICAL },
		{ "acts north 8", "acts north 1-10", ERROR_CANONICAL },
		{ "acts north 8", "acts north 9-9", ERROR_SYNTAX },
		{ "acts north 8", "acts north 10-8", ERROR_SYNTAX },
		{ "acts north 8", "acts north 8-", ERROR_SYNTAX },
		{ "acts north 8", "acts north 8-99999999999999999999", ERROR_SYNTAX },
		{ "acts north 8", "acts north 8-14", ERROR_LIMIT },
		{ "acts south 7", "acts north 12", ERROR_CANONICAL },
		{ "receipt south", "receipt south 7 7", ERROR_NOT_FOUND },
		{ "receipt south", "receipt south 7", ERROR_SYNTAX },
		{ "receipt north", "receipt south 9 8", ERROR_CANONICAL },
		{ "part south 7 3", "part south 7 1", ERROR_CANONICAL },
		{ "part south 7 3", "part south 7 0", ERROR_SYNTAX },
		{ "part south 7 3", "part south 7 4097", ERROR_SYNTAX },
		{ "part south 7 3", "part south 6 3", ERROR_NOT_FOUND },
		{ "void", "void south 8 bad-mood", ERROR_UNSUPPORTED },
		{ "void", "void south 6 not-accredited", ERROR_NOT_FOUND },
		{ "disputed", "disputed south 7 8", ERROR_SYNTAX },
		{ "faulted", "faulted south 6", ERROR_NOT_FOUND },
		{ "later", NULL, ERROR_SYNTAX },
		{ "later", "later perhaps", ERROR_SYNTAX },
		{ "later", "later included\nlater included", ERROR_SYNTAX },
		{ "later", "later included \n", ERROR_SYNTAX },
	};
	struct buffer changed;

	(void)state;
	buffer_init(&changed, BUNDLE_TEXT_MAXIMUM);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bundle_text text;
		int r;

		replace_line(&changed, &good, find_line(&good, cases[i].line), cases[i].instead);
		r = bundle_text_parse(buffer_view(&changed), charter, &text, NULL);
		if (r != cases[i].result)
			fail_msg("'%s': %d instead of %d", cases[i].instead, r, cases[i].result);
	}
	buffer_release(&changed);
}

/* Ranges that would be many entries cost nothing before they are refused. */
static void test_many(void **state)
{
	struct bundle_text text;
	struct buffer many;

	(void)state;
	buffer_init(&many, BUNDLE_TEXT_MAXIMUM);
	assert_ok(buffer_put_format(&many,
	                            "chirograph.bundle/1\npurpose disclosure\nchannel %s\n"
	                            "log north 9223372036854775807\nlog south 0\nsubject north 0\n"
	                            "acts north 0-%d\nlater included\n",
	                            charter->channel, BUNDLE_ACTS_MAXIMUM));
	assert_int_equal(bundle_text_parse(buffer_view(&many), charter, &text, NULL), ERROR_LIMIT);
	buffer_release(&many);
}

static int parse_once(void *context)
{
	struct bundle_text text;
	int r = bundle_text_parse(buffer_view(&good), charter, &text, NULL);

	(void)context;
	if (r == OK)
		bundle_text_release(&text);
	return r;
}

static void test_memory(void **state)
{
	torture(parse_once, *state);
}

static void test_receipt_proof(void **state)
{
	struct tree_proof path = { .count = 2, .hashes = { { { 1 } }, { { 2 } } } }, read;
	struct buffer text;

	(void)state;
	buffer_init(&text, RECEIPT_PROOF_MAXIMUM);
	assert_ok(receipt_proof_print(&path, &text));
	assert_ok(receipt_proof_parse(buffer_view(&text), &read, NULL));
	assert_int_equal(read.count, 2);
	assert_true(hash_equal(&read.hashes[1], &path.hashes[1]));
	assert_ok(buffer_put_string(&text, "more\n"));
	assert_int_equal(receipt_proof_parse(buffer_view(&text), &read, NULL), ERROR_SYNTAX);
	path.count = TREE_PROOF_MAXIMUM;
	buffer_clear(&text);
	assert_ok(receipt_proof_print(&path, &text));
	assert_ok(text_put_hash(&text, "path", &path.hashes[0]));
	assert_int_equal(receipt_proof_parse(buffer_view(&text), &read, NULL), ERROR_LIMIT);
	buffer_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),          cmocka_unit_test(test_bad),
		cmocka_unit_test(test_many),          cmocka_unit_test(test_memory),
		cmocka_unit_test(test_receipt_proof),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
