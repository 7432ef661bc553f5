/* What is shown to others of a match-only list: read, written, and believed only as far as it
 * goes. */
#include "check.h"
#include "match_fixture.h"
#include "torture.h"

static struct charter fixture;
static struct match_fixture list;
static struct match_proof proof;

static int set_up(void **state)
{
	(void)state;
	fixture = fixture_charter();
	match_fixture_init(&list);
	match_fixture_prove(&list, 7, &proof);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	match_fixture_release(&list);
	return 0;
}

static void print(struct buffer *text)
{
	buffer_init(text, MATCH_PROOF_MAXIMUM);
	assert_ok(match_proof_print(&proof, &fixture, text));
}

static int parse(struct bytes text)
{
	static struct match_proof read;

	return match_proof_parse(text, &fixture, &read, NULL);
}

/* --- the text ------------------------------------------------------------------------- */

static void assert_round_trip(void)
{
	static struct match_proof read;
	struct buffer text, again;
	struct error error = { 0 };

	print(&text);
	if (match_proof_parse(buffer_view(&text), &fixture, &read, &error) != OK)
		fail_msg("%zu: %s", error.line, error.message);
	buffer_init(&again, MATCH_PROOF_MAXIMUM);
	assert_ok(match_proof_print(&read, &fixture, &again));
	assert_true(bytes_equal(buffer_view(&text), buffer_view(&again)));
	buffer_release(&text);
	buffer_release(&again);
}

static void put_statements(void)
{
	memcpy(proof.question.text, "question", 8);
	proof.question.size = proof.question.signature_size = 8;
	memcpy(proof.answer.text, "answer", 6);
	proof.answer.size = proof.answer.signature_size = 6;
}

static void test_each_form_is_read_as_written(void **state)
{
	(void)state;
	for (unsigned shown = 0; shown < MATCH_SHOWN_COUNT; shown++) {
		proof.shown = (enum match_shown)shown;
		put_statements();
		proof.element = 2;
		proof.element_count = EXCHANGE_ELEMENTS_MAXIMUM;
		assert_round_trip();
	}
	proof.shown = MATCH_SHOWS_WRONG_EVALUATION;
	proof.by_acts = true;
	proof.query = (struct act_place){ 1, 12 };
	proof.reply = (struct act_place){ 0, 20 };
	assert_round_trip();
}

static void test_other_spellings_are_refused(void **state)
{
	static const struct {
		const char *old, *new;
		int result;
	} cases[] = {
		{ "chirograph.match/1", "chirograph.match/2", ERROR_SYNTAX },
		{ "shows hit", "shows nothing", ERROR_UNSUPPORTED },
		{ "list north 5", "list west 5", ERROR_SYNTAX },
		{ "list north 5", "list south 5", ERROR_MISMATCH },
		{ "version north 5", "version north 05", ERROR_SYNTAX },
		{ "class domain", "class host", ERROR_SYNTAX },
		{ "epoch 1", "epoch 0", ERROR_SYNTAX },
		{ "identifier pump7", "identifier Pump7", ERROR_CANONICAL },
		{ "identifier pump7.example", "identifier example", ERROR_SYNTAX },
		{ "index ", "index  ", ERROR_SYNTAX },
		{ "path ", "road ", ERROR_SYNTAX },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buffer text, changed;
		const char *place;

		print(&text);
		assert_ok(buffer_put_u8(&text, 0));
		place = strstr((const char *)text.data, cases[i].old);
		assert_non_null(place);
		buffer_init(&changed, MATCH_PROOF_MAXIMUM);
		assert_ok(buffer_put(&changed, text.data, (size_t)(place - (char *)text.data)));
		assert_ok(buffer_put_string(&changed, cases[i].new));
		assert_ok(buffer_put_string(&changed, place + strlen(cases[i].old)));
		if (parse(buffer_view(&changed)) == OK)
			fail_msg("'%s' is accepted", cases[i].new);
		buffer_release(&text);
		buffer_release(&changed);
	}
}

static void test_lengths_are_bounded(void **state)
{
	struct buffer text;

	(void)state;
	proof.path.count = TREE_PROOF_MAXIMUM;
	assert_round_trip();
	print(&text);
	assert_ok(buffer_put_string(&text, "path AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"));
	assert_int_equal(parse(buffer_view(&text)), ERROR_LIMIT);
	buffer_release(&text);
	proof.shown = MATCH_SHOWS_WRONG_EVALUATION;
	put_statements();
	proof.element = 3;
	proof.element_count = 2;
	print(&text);
	assert_int_equal(parse(buffer_view(&text)), ERROR_LIMIT);
	buffer_release(&text);
}

/* --- hits ------------------------------------------------------------------------------ */

static void test_a_hit_opens(void **state)
{
	struct pair_label label, expected = match_fixture_label(7);

	(void)state;
	assert_ok(match_proof_open(&proof, &list.commitment, &label, NULL));
	assert_int_equal(label.protection, expected.protection);
	assert_int_equal(label.criticality, expected.criticality);
	assert_int_equal(label.sector, expected.sector);
	assert_int_equal(label.contact, expected.contact);
}

static void assert_not_shown(const char *what)
{
	struct pair_label label;
	int r = match_proof_open(&proof, &list.commitment, &label, NULL);

	if (r == OK || r == ERROR_SIGNATURE || r == ERROR_SYNTAX)
		fail_msg("%s is believed", what);
}

static void test_nothing_else_is_a_hit(void **state)
{
	static struct match_proof right;
	struct match_evaluation other;
	struct oprf_scalar blind;
	struct oprf_element blinded;

	(void)state;
	right = proof;
	proof.identifier = match_fixture_name(8);
	assert_not_shown("another identifier");
	proof = right;
	proof.blind.bytes[0] ^= 1;
	assert_not_shown("another blind");
	memset(proof.blind.bytes, 0, sizeof(proof.blind.bytes));
	assert_not_shown("no blind");
	memset(proof.blind.bytes, 0xff, sizeof(proof.blind.bytes));
	assert_not_shown("a blind above the order");
	proof = right;
	proof.evaluation.proof.bytes[63] ^= 1;
	assert_not_shown("another proof");
	proof = right;
	match_fixture_ask(&list, &proof.identifier, &blind, &blinded, &other);
	proof.evaluation = other;
	assert_not_shown("the evaluation of another question");
	proof = right;
	proof.index ^= 1;
	assert_not_shown("another place");
	proof.index = MATCH_FIXTURE_PAIRS;
	assert_not_shown("a place beyond the end");
	proof = right;
	proof.path.count--;
	assert_not_shown("a shorter path");
	proof = right;
	proof.pair.bytes[PAIR_SIZE - 1] ^= 1;
	assert_not_shown("a pair that was not committed to");
	/* One that was, and is of something else. */
	match_fixture_prove(&list, 8, &proof);
	right.pair = proof.pair;
	right.index = proof.index;
	right.path = proof.path;
	proof = right;
	assert_not_shown("another identifier's pair");
}

/* Not on the list: there is a value and a proof, and no pair has its tag. */
static void test_what_is_not_listed_cannot_be_shown(void **state)
{
	struct oprf_element blinded;

	(void)state;
	proof.identifier = match_fixture_name(MATCH_FIXTURE_NAMES);
	match_fixture_ask(&list, &proof.identifier, &proof.blind, &blinded, &proof.evaluation);
	assert_not_shown("what is not on the list");
}

/* The owner has committed to another entry's label under this tag. */
static void test_a_swapped_label_is_found(void **state)
{
	struct identifier names[] = { match_fixture_name(7), match_fixture_name(8) };
	struct pair *pairs[] = { &list.pairs[match_fixture_index(&list, &names[0])],
		                 &list.pairs[match_fixture_index(&list, &names[1])] };
	struct pair_label label;

	(void)state;
	memcpy(pairs[0]->bytes + PAIR_TAG_SIZE, pairs[1]->bytes + PAIR_TAG_SIZE, PAIR_SEALED_SIZE);
	match_fixture_commit(&list);
	match_fixture_prove(&list, 7, &proof);
	assert_int_equal(match_proof_open(&proof, &list.commitment, &label, NULL), ERROR_SIGNATURE);
	/* The other entry's own is as it was. */
	match_fixture_prove(&list, 8, &proof);
	assert_ok(match_proof_open(&proof, &list.commitment, &label, NULL));
}

/* --- evaluations ------------------------------------------------------------------------- */

static void test_a_wrong_key_is_found(void **state)
{
	const struct random_source random = match_fixture_random(&list);
	struct match_evaluation evaluation;
	struct oprf_element blinded;
	struct oprf_scalar blind;

	(void)state;
	match_fixture_ask(&list, &proof.identifier, &blind, &blinded, &evaluation);
	assert_ok(match_evaluation_check(&list.commitment, &blinded, &evaluation));
	/* A proof that holds, under a key that was not committed to: that of a version before. */
	assert_ok(oprf_generate_key(&random, &list.key, &list.public_key));
	match_fixture_ask(&list, &proof.identifier, &blind, &blinded, &evaluation);
	assert_int_not_equal(match_evaluation_check(&list.commitment, &blinded, &evaluation), OK);
	proof.blind = blind;
	proof.evaluation = evaluation;
	assert_not_shown("the value under another key");
}

/* --- statements ---------------------------------------------------------------------------- */

static void put_statement(struct match_signed *place, const struct exchange_statement *statement)
{
	struct buffer text;

	buffer_init(&text, EXCHANGE_STATEMENT_MAXIMUM);
	assert_ok(exchange_print(&text, statement));
	memcpy(place->text, text.data, text.size);
	place->size = text.size;
	buffer_release(&text);
}

static void test_statements_are_of_one_question(void **state)
{
	struct exchange_statement question = { .identifier_class = IDENTIFIER_DOMAIN,
		                               .epoch = 1,
		                               .elements = 2 };
	struct exchange_statement answer, asked, answered;
	const struct exchange_state before = { .number = 0 };
	struct hash hash, channel = { { 1 } }, opened = { { 2 } };

	(void)state;
	question.channel = channel;
	question.list = opened;
	proof.element_count = 2;
	sha256_of(&question.content, bytes_of(proof.blinded, 2 * OPRF_ELEMENT_SIZE));
	exchange_ask(&before, 1795356000, &question);
	put_statement(&proof.question, &question);
	sha256_of(&hash, bytes_of(proof.question.text, proof.question.size));
	exchange_answer(&question, &hash, EXCHANGE_EVALUATED, &answer);
	sha256_of(&answer.content, bytes_of(proof.evaluated, 2 * EXCHANGE_EVALUATION_SIZE));
	put_statement(&proof.answer, &answer);
	assert_ok(match_proof_statements(&proof, &channel, &opened, &asked, &answered, NULL));
	assert_ok(match_proof_elements(&proof, &asked, &answered, NULL));
	assert_int_equal(match_proof_statements(&proof, &opened, &opened, &asked, &answered, NULL),
	                 ERROR_MISMATCH);
	assert_int_equal(
	    match_proof_statements(&proof, &channel, &channel, &asked, &answered, NULL),
	    ERROR_MISMATCH);
	proof.epoch = 2;
	assert_int_equal(match_proof_statements(&proof, &channel, &opened, &asked, &answered, NULL),
	                 ERROR_MISMATCH);
	proof.epoch = 1;
	proof.evaluated[1].proof.bytes[0] ^= 1;
	assert_int_equal(match_proof_elements(&proof, &asked, &answered, NULL), ERROR_MISMATCH);
	proof.evaluated[1].proof.bytes[0] ^= 1;
	proof.element_count = 1;
	assert_int_equal(match_proof_elements(&proof, &asked, &answered, NULL), ERROR_MISMATCH);
	/* An answer to another question. */
	answer.previous = opened;
	put_statement(&proof.answer, &answer);
	assert_int_equal(match_proof_statements(&proof, &channel, &opened, &asked, &answered, NULL),
	                 ERROR_MISMATCH);
}

static int parse_once(void *context)
{
	return parse(*(const struct bytes *)context);
}

static void test_memory(void **state)
{
	struct buffer text;
	struct bytes view;

	(void)state;
	print(&text);
	view = buffer_view(&text);
	torture(parse_once, &view);
	buffer_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_each_form_is_read_as_written, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_other_spellings_are_refused, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_lengths_are_bounded, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_hit_opens, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_nothing_else_is_a_hit, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_what_is_not_listed_cannot_be_shown, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_a_swapped_label_is_found, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_wrong_key_is_found, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_statements_are_of_one_question, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_memory, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
