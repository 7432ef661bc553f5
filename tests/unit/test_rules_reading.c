/* Reading keys that replace one another, and are attested destroyed. */
#include "age.h"
#include "scenario.h"

static struct scenario s;

static const char *const recipients[] = {
	"age14hrndj5pr2rwudc3h6ekjzdktzjzj8u0p3u5jklmgcv7uzy0pa8sckg5e6",
	"age1mc2067yuvdtusv2dl3wvk9e2g62y7cun9f6vfqauje8y59zmlawspampxt",
};

static int set_up(void **state)
{
	struct charter model = fixture_charter();

	(void)state;
	scenario_init(&s, &model);
	scenario_open(&s);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	scenario_release(&s);
	return 0;
}

static const char *charter_key(unsigned party)
{
	return s.charter->parties[party].reading_key;
}

static void rekey(unsigned party, const char *author, const char *value, const char *destroyed,
                  enum void_reason expected)
{
	struct line line = { party, author, KIND_REKEY,
		             .fields = { { "item", "reading-key" }, { "value", value } } };

	if (destroyed != NULL) {
		line.fields[2].name = "destroyed";
		line.fields[2].value = destroyed;
	}
	scenario_log(&s, line);
	assert_verdict(&s, expected);
}

static void test_keys_follow_one_another(void **state)
{
	const struct reading_key *keys;
	size_t count;

	(void)state;
	keys = rules_reading_keys(s.rules, NORTH, &count);
	assert_int_equal(count, 1);
	assert_string_equal(keys[0].recipient, charter_key(NORTH));
	rekey(NORTH, "a.head", recipients[0], NULL, VOID_NONE);
	rekey(NORTH, "a.head", recipients[0], NULL, VOID_NONE);
	keys = rules_reading_keys(s.rules, NORTH, &count);
	assert_int_equal(count, 2);
	assert_string_equal(keys[1].recipient, recipients[0]);
	assert_string_equal(rules_party(s.rules, NORTH)->reading_key, recipients[0]);
	assert_int_equal(keys[0].destroyed_by, UINT64_MAX);
	/* None comes back: what was sealed to it might be read again. */
	rekey(NORTH, "a.head", charter_key(NORTH), NULL, VOID_KEY_IN_USE);
	rekey(SOUTH, "b.head", recipients[0], NULL, VOID_NONE);
}

static void test_attested_in_order_by_the_head(void **state)
{
	const struct reading_key *keys;
	size_t count;

	(void)state;
	/* The present one is not given up without another. */
	rekey(NORTH, "a.head", charter_key(NORTH), charter_key(NORTH), VOID_FIELD);
	rekey(NORTH, "a.head", recipients[0], recipients[0], VOID_FIELD);
	rekey(NORTH, "a.head", recipients[0], recipients[1], VOID_FIELD);
	rekey(NORTH, "a.head", recipients[0], NULL, VOID_NONE);
	rekey(NORTH, "a.head", recipients[1], NULL, VOID_NONE);
	rekey(NORTH, "a.head", recipients[1], recipients[0], VOID_FIELD);
	scenario_accredit(&s, NORTH, "a.deputy", "deputy");
	rekey(NORTH, "a.deputy", recipients[1], charter_key(NORTH), VOID_NOT_EMPOWERED);
	rekey(NORTH, "a.head", recipients[1], charter_key(NORTH), VOID_NONE);
	rekey(NORTH, "a.head", recipients[1], charter_key(NORTH), VOID_FIELD);
	rekey(NORTH, "a.head", recipients[1], recipients[0], VOID_NONE);
	rekey(NORTH, "a.head", recipients[1], recipients[1], VOID_FIELD);
	keys = rules_reading_keys(s.rules, NORTH, &count);
	assert_int_equal(count, 3);
	assert_true(keys[0].destroyed_by < keys[1].destroyed_by);
	assert_int_equal(keys[2].destroyed_by, UINT64_MAX);
	scenario_log(&s, (struct line){ NORTH, "a.head", KIND_REKEY,
	                                .fields = { { "item", "receipt-key" },
	                                            { "value", "raw:receipt2" },
	                                            { "destroyed", recipients[1] } } });
	assert_verdict(&s, VOID_FIELD);
}

static struct act_place comment(unsigned party, const char *author)
{
	struct line line = { party, author, KIND_COMMENT };

	return scenario_say(&s, line);
}

static void test_lost_when_both_have_attested(void **state)
{
	struct act_place early, late, theirs;
	struct destruction destruction;

	(void)state;
	early = comment(NORTH, "a.head");
	theirs = comment(SOUTH, "b.head");
	rekey(NORTH, "a.head", recipients[0], charter_key(NORTH), VOID_NONE);
	late = comment(NORTH, "a.head");
	assert_false(rules_destruction(s.rules, early, &destruction));
	rekey(SOUTH, "b.head", recipients[1], charter_key(SOUTH), VOID_NONE);
	assert_true(rules_destruction(s.rules, early, &destruction));
	assert_int_equal(destruction.by[NORTH].party, NORTH);
	assert_int_equal(rules_act(s.rules, destruction.by[SOUTH])->kind->number, KIND_REKEY);
	assert_int_equal(destruction.agreed, rules_act(s.rules, destruction.by[SOUTH])->logged);
	assert_true(rules_destruction(s.rules, theirs, &destruction));
	/* Of the later one north's key is in use. */
	assert_int_equal(rules_reading_key_of(s.rules, late, NORTH), 1);
	assert_int_equal(rules_reading_key_of(s.rules, late, SOUTH), 0);
	assert_false(rules_destruction(s.rules, late, &destruction));
	/* A receipt has no body. */
	assert_false(rules_destruction(s.rules, destruction.by[NORTH], &destruction));
	assert_false(rules_destruction(s.rules, (struct act_place){ NORTH, 9999 }, &destruction));
}

/* The author seals to the keys that it knows: a rekey that it has not received is none. */
static void test_the_authors_past_decides(void **state)
{
	struct act_place before, after;

	(void)state;
	rekey(SOUTH, "b.head", recipients[1], NULL, VOID_NONE);
	before = scenario_log(&s, (struct line){ NORTH, "a.head", KIND_COMMENT });
	assert_int_equal(rules_reading_key_of(s.rules, before, SOUTH), 0);
	after = comment(NORTH, "a.head");
	assert_int_equal(rules_reading_key_of(s.rules, after, SOUTH), 1);
}

static void test_the_appointing_key_replaces_it_too(void **state)
{
	const struct reading_key *keys;
	size_t count;

	(void)state;
	scenario_log(
	    &s, (struct line){ NORTH, "appointing", KIND_APPOINT,
	                       .fields = { { "office", "reading" }, { "key", recipients[0] } } });
	assert_verdict(&s, VOID_NONE);
	keys = rules_reading_keys(s.rules, NORTH, &count);
	assert_int_equal(count, 2);
	assert_string_equal(keys[1].recipient, recipients[0]);
	scenario_log(&s, (struct line){ NORTH, "appointing", KIND_APPOINT,
	                                .fields = { { "office", "reading" },
	                                            { "key", charter_key(NORTH) } } });
	assert_verdict(&s, VOID_KEY_IN_USE);
	rekey(NORTH, "a.head", recipients[0], charter_key(NORTH), VOID_NONE);
}

/* A side that makes keys without end: neither is the next judged, nor is it found which a
 * body may be sealed to, by walking over all of them. */
static void test_a_great_many(void **state)
{
	enum { MANY = 20000 };
	char recipient[RECIPIENT_CAPACITY];
	struct act_place last;
	size_t count;

	(void)state;
	for (unsigned i = 0; i < MANY; i++) {
		struct x25519_public key = { { 9, (uint8_t)i, (uint8_t)(i >> 8) } };

		assert_ok(age_recipient_print(&key, recipient));
		rekey(NORTH, "a.head", recipient, NULL, VOID_NONE);
	}
	rules_reading_keys(s.rules, NORTH, &count);
	assert_int_equal(count, MANY + 1);
	rekey(NORTH, "a.head", charter_key(NORTH), NULL, VOID_KEY_IN_USE);
	last = (struct act_place){ NORTH, rules_size(s.rules, NORTH) - 1 };
	for (; last.number > 1; last.number -= last.number > 2 ? 2 : 1) {
		size_t index = rules_reading_key_of(s.rules, last, NORTH);

		assert_true(index <= MANY);
		if (index > 0)
			assert_true(rules_reading_keys(s.rules, NORTH, &count)[index].entry <
			            last.number);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_keys_follow_one_another, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_attested_in_order_by_the_head, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_lost_when_both_have_attested, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_a_great_many, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_the_authors_past_decides, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_the_appointing_key_replaces_it_too, set_up,
		                                tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
