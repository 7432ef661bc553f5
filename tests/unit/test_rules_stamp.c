/* Stamps: which are void, and what a neutral's time proves. What certificates of deposit
 * do is in test_rules_deposit.c, what becomes of acceptances in test_rules_acceptance.c. */
#include "stamp_fixture.h"

#include "torture.h"

static struct scenario s;
static struct buffer value; /* of a note */

static int set_up(void **state)
{
	(void)state;
	buffer_init(&value, SCENARIO_VALUE_MAXIMUM);
	scenario_init_with_neutrals(&s, NULL);
	scenario_open(&s);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	scenario_release(&s);
	buffer_release(&value);
	return 0;
}

static int set_up_draft(void **state)
{
	struct charter model = fixture_charter();

	(void)state;
	buffer_init(&value, SCENARIO_VALUE_MAXIMUM);
	model.notice = 0;
	scenario_init_with_neutrals(&s, &model);
	return 0;
}

static void assert_stamp(unsigned party, struct word word, enum void_reason expected)
{
	struct stamp_summary said;
	struct act_place place = scenario_stamp(&s, party, word);

	assert_verdict(&s, expected);
	if (expected != VOID_NONE) {
		assert_int_equal(rules_stamp(s.rules, place, &said), ERROR_NOT_FOUND);
		return;
	}
	assert_ok(rules_stamp(s.rules, place, &said));
	assert_place(said.place, place);
	assert_int_equal(said.form, word.form);
	assert_int_equal(said.party, word.log);
	assert_int_equal(said.size, word.size);
	assert_int_equal(said.time, word.time);
	assert_int_equal(said.neutral, word.form == STAMP_CHECKPOINT ? word.neutral : 1);
}

/* --- verdicts ------------------------------------------------------------- */

static void test_forms(void **state)
{
	struct act_place incident;

	(void)state;
	incident = scenario_by_head(&s, NORTH, KIND_NOTIFY, NULL);
	for (unsigned log = 0; log < 2; log++) {
		uint64_t size = 2 + log;

		assert_stamp(NORTH, (struct word){ STAMP_CHECKPOINT, log, size, s.now }, VOID_NONE);
		assert_stamp(NORTH,
		             (struct word){ STAMP_CHECKPOINT, log, size, s.now,
		                            .neutral = NEUTRAL_DEPOSITARY },
		             VOID_NONE);
		assert_stamp(NORTH, (struct word){ STAMP_CERTIFICATE, log, size, s.now },
		             VOID_NONE);
		assert_stamp(NORTH, (struct word){ STAMP_ANSWER, log, size, s.now }, VOID_NONE);
	}
	assert_stamp(NORTH,
	             (struct word){ STAMP_CERTIFICATE, NORTH, incident.number + 1, s.now,
	                            .bodies = { &incident } },
	             VOID_NONE);
}

static void test_signers(void **state)
{
	struct word word = { STAMP_CHECKPOINT, NORTH, 1, SCENARIO_START };
	const char *note = word_value(s.charter, s.rules, &word, &value);

	(void)state;
	scenario_log(&s, (struct line){ NORTH, "a.head", KIND_STAMP,
	                                .fields = { { "log", "north" }, { "note", note } } });
	assert_verdict(&s, VOID_NOT_EMPOWERED);
	/* A witness takes nothing in, so that it has nothing to certify. */
	word.by_witness = true;
	word.form = STAMP_CERTIFICATE;
	assert_stamp(NORTH, word, VOID_FIELD);
	word.form = STAMP_ANSWER;
	assert_stamp(NORTH, word, VOID_FIELD);
}

/* A line by one neutral, and one that does not hold by another. */
static void test_lines(void **state)
{
	struct word good = { STAMP_CHECKPOINT, NORTH, 1, SCENARIO_START };
	struct word later = good;
	struct stamp_summary said;
	struct buffer note, other, broken;
	struct act_place place;
	size_t length;

	(void)state;
	later.neutral = NEUTRAL_DEPOSITARY;
	later.time++;
	buffer_init(&note, 3000);
	buffer_init(&other, 3000);
	buffer_init(&broken, 4001);
	word_note(s.charter, s.rules, &later, &note);
	word_note(s.charter, s.rules, &good, &other);
	length = other.size;
	while (other.data[length - 2] != '\n')
		length--;
	assert_ok(buffer_put(&note, other.data + length - 1, other.size - length + 1));
	assert_ok(base64_encode(&broken, buffer_view(&note), BASE64_PADDED));
	assert_ok(buffer_put_u8(&broken, '\0'));
	place = scenario_stamp_note(&s, NORTH, NORTH, (const char *)broken.data);
	assert_verdict(&s, VOID_NONE);
	/* The earliest of them counts. */
	assert_ok(rules_stamp(s.rules, place, &said));
	assert_int_equal(said.time, good.time);
	assert_int_equal(said.neutral, NEUTRAL_WITNESS);
	assert_true(
	    bytes_equal_string(stamp_neutral_name(s.charter, said.neutral), "witness.example/one"));
	assert_true(bytes_equal_string(stamp_neutral_name(s.charter, NEUTRAL_DEPOSITARY),
	                               "witness.example/two"));
	assert_int_equal(stamp_neutral_name(s.charter, 2).size, 0);

	note.data[note.size - 20] ^= 3;
	buffer_clear(&broken);
	assert_ok(base64_encode(&broken, buffer_view(&note), BASE64_PADDED));
	assert_ok(buffer_put_u8(&broken, '\0'));
	scenario_stamp_note(&s, NORTH, NORTH, (const char *)broken.data);
	assert_verdict(&s, VOID_FIELD);
	buffer_release(&note);
	buffer_release(&other);
	buffer_release(&broken);
}

static void test_notes_that_are_none(void **state)
{
	(void)state;
	scenario_stamp_note(&s, NORTH, NORTH, "U1NIU0lH");
	assert_verdict(&s, VOID_FIELD);
	scenario_stamp_note(&s, NORTH, NORTH, "Y2hpcm9ncmFwaC5kZXBvc2l0LzEK");
	assert_verdict(&s, VOID_FIELD);
	scenario_stamp_note(&s, NORTH, NORTH, "Y2hpcm9ncmFwaC5jb2xsZWN0aW9uLzEK");
	assert_verdict(&s, VOID_FIELD);
	scenario_log(&s, (struct line){ NORTH, "node", KIND_STAMP,
	                                .fields = { { "log", "west" }, { "note", "U1NIU0lH" } } });
	assert_verdict(&s, VOID_FIELD);
}

/* Of this channel, and of the log that the entry says. */
static void test_origins(void **state)
{
	static const char *const others[] = {
		"north.example/chirograph/mfrggzdfmztwq2lknnwg23tpobyxe43uov3ho6dzpiydcmrtgq2q",
		"north.example",
	};
	static const char *const suffixes[] = {
		"/1", "/02", "/2x", "/", "x", "/receipt", "/1000000"
	};
	char name[LOG_NAME_CAPACITY], longer[LOG_NAME_CAPACITY + 16];

	(void)state;
	charter_log_name(s.charter, NORTH, 1, "", name);
	for (unsigned form = 0; form < STAMP_FORM_COUNT; form++) {
		struct word word = { form, NORTH, 2, s.now };
		const char *note;

		for (size_t i = 0; i < 2; i++) {
			word.origin = others[i];
			assert_stamp(NORTH, word, VOID_FIELD);
		}
		for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
			snprintf(longer, sizeof(longer), "%s%s", name, suffixes[i]);
			word.origin = longer;
			assert_stamp(NORTH, word, VOID_FIELD);
		}
		word.origin = name;
		note = word_value(s.charter, s.rules, &word, &value);
		scenario_stamp_note(&s, NORTH, SOUTH, note);
		assert_verdict(&s, VOID_FIELD);
	}
}

/* A head is of the generation of its last entry. */
static void test_generations(void **state)
{
	struct act_place cut;

	(void)state;
	assert_stamp(NORTH, (struct word){ STAMP_CHECKPOINT, NORTH, 2, s.now, .generation = 2 },
	             VOID_FIELD);
	cut = scenario_log(
	    &s, (struct line){ NORTH, "appointing", KIND_APPOINT,
	                       .fields = { { "office", "log" }, { "key", "raw:log2" } } });
	assert_verdict(&s, VOID_NONE);
	for (unsigned generation = 1; generation <= 3; generation++) {
		struct word word = { STAMP_CHECKPOINT, NORTH, cut.number, s.now,
			             .generation = generation };

		assert_stamp(NORTH, word, generation == 1 ? VOID_NONE : VOID_FIELD);
		word.size++;
		assert_stamp(NORTH, word, generation == 2 ? VOID_NONE : VOID_FIELD);
		/* Whoever asked has no say in what the answer names the log. */
		word.form = STAMP_ANSWER;
		assert_stamp(SOUTH, word, VOID_NONE);
	}
}

static void test_sizes(void **state)
{
	uint64_t own = rules_size(s.rules, SOUTH), seen = rules_receipted(s.rules, SOUTH);
	static const enum stamp_form forms[] = { STAMP_CHECKPOINT, STAMP_CERTIFICATE };

	(void)state;
	scenario_log(&s, (struct line){ NORTH, "node", KIND_TEST });
	for (size_t i = 0; i < 2; i++) {
		assert_stamp(SOUTH, (struct word){ forms[i], SOUTH, 0, s.now }, VOID_FIELD);
		own++;
		assert_stamp(SOUTH, (struct word){ forms[i], SOUTH, own + 1, s.now },
		             VOID_UNKNOWN_REFERENCE);
		own++;
		assert_stamp(SOUTH, (struct word){ forms[i], SOUTH, own, s.now }, VOID_NONE);
		own++;
		assert_stamp(SOUTH, (struct word){ forms[i], NORTH, seen + 1, s.now },
		             VOID_UNKNOWN_REFERENCE);
		own++;
		assert_stamp(SOUTH, (struct word){ forms[i], NORTH, seen, s.now }, VOID_NONE);
		own++;
	}
	assert_int_equal(own, rules_size(s.rules, SOUTH));
	/* An answer may name any: who asked had no say in it. */
	assert_stamp(SOUTH, (struct word){ STAMP_ANSWER, NORTH, 0, s.now }, VOID_NONE);
	assert_stamp(SOUTH, (struct word){ STAMP_ANSWER, NORTH, 1000, s.now }, VOID_NONE);
}

static void test_roots(void **state)
{
	struct hash root = { { 1 } };

	(void)state;
	for (unsigned form = 0; form < STAMP_FORM_COUNT; form++)
		assert_stamp(SOUTH, (struct word){ form, NORTH, 2, s.now, .root = &root },
		             form == STAMP_ANSWER ? VOID_NONE : VOID_FIELD);
}

static void test_times(void **state)
{
	struct act_place last;

	(void)state;
	s.now += SCENARIO_HOUR;
	last = scenario_receipt(&s, NORTH);
	for (unsigned form = 0; form < STAMP_FORM_COUNT; form++) {
		struct word word = { form, NORTH, last.number + 1,
			             scenario_logged(&s, last) - 300 };

		assert_stamp(NORTH, word, VOID_NONE);
		word.time--;
		assert_stamp(NORTH, word, form == STAMP_ANSWER ? VOID_NONE : VOID_FIELD);
		/* Of what was logged an hour before it can be true. */
		word.size--;
		assert_stamp(NORTH, word, VOID_NONE);
		word.time = s.now + 300;
		assert_stamp(NORTH, word, VOID_NONE);
		word.time = s.now + 301;
		assert_stamp(NORTH, word, VOID_FIELD);
		word.time = 0;
		assert_stamp(NORTH, word, VOID_FIELD);
	}
}

static void test_no_neutrals(void **state)
{
	(void)state;
	scenario_release(&s);
	scenario_init(&s, NULL);
	scenario_open(&s);
	for (unsigned form = 0; form < STAMP_FORM_COUNT; form++)
		assert_stamp(NORTH, (struct word){ form, NORTH, 1, s.now }, VOID_FIELD);
	assert_int_equal(stamp_neutral_name(s.charter, 0).size, 0);
}

/* The same note again, in another entry, changes nothing. */
static void test_duplicates(void **state)
{
	struct word word = { STAMP_CHECKPOINT, NORTH, 2, s.now };
	struct act_place place = { NORTH, 1 };
	struct stamped first, again;

	(void)state;
	assert_false(rules_stamped(s.rules, place, &first));
	assert_stamp(SOUTH, word, VOID_NONE);
	assert_true(rules_stamped(s.rules, place, &first));
	assert_stamp(SOUTH, word, VOID_NONE);
	assert_true(rules_stamped(s.rules, place, &again));
	assert_place(first.stamp, again.stamp);
	assert_int_equal(first.time, again.time);
}

/* --- in every state of the channel ----------------------------------------- */

static void assert_stamps(unsigned party)
{
	for (unsigned form = 0; form < STAMP_FORM_COUNT; form++)
		assert_stamp(party, (struct word){ form, party, 1, s.now }, VOID_NONE);
}

static void test_channel_states(void **state)
{
	struct scenario_entry *made;
	struct word word;
	struct line line = { NORTH, "node", KIND_STAMP, .fields = { { "log", "north" } } };
	struct verdict verdict;

	(void)state;
	/* Of an empty log there is nothing to be said; an entry 0 is an accede. */
	scenario_log(&s, (struct line){ NORTH, "a.head", KIND_ACCEDE });
	assert_stamps(NORTH);
	assert_int_equal(rules_channel_state(s.rules, s.now), CHANNEL_ACCEDED);
	scenario_log(&s, (struct line){ SOUTH, "b.head", KIND_ACCEDE });
	assert_stamps(NORTH);
	assert_stamps(SOUTH);
	scenario_receipt(&s, SOUTH);
	scenario_receipt(&s, NORTH);
	assert_int_equal(rules_channel_state(s.rules, s.now), CHANNEL_IN_FORCE);
	assert_stamps(SOUTH);
	scenario_by_head(&s, SOUTH, KIND_SUSPEND, NULL);
	assert_int_equal(rules_channel_state(s.rules, s.now), CHANNEL_SUSPENDED);
	assert_stamps(NORTH);
	assert_stamps(SOUTH);
	scenario_say(&s, (struct line){ NORTH, "a.head", KIND_WITHDRAW,
	                                .fields = { { "from", "channel" } } });
	assert_int_equal(rules_channel_state(s.rules, s.now), CHANNEL_WITHDRAWN);
	assert_stamps(NORTH);
	scenario_receipt(&s, SOUTH);
	assert_stamps(SOUTH);
	scenario_log(&s, (struct line){ NORTH, "a.head", KIND_CLOSE });
	assert_int_equal(rules_channel_state(s.rules, s.now), CHANNEL_CLOSED_BY_ONE);
	assert_stamps(SOUTH);
	scenario_receipt(&s, SOUTH);
	assert_stamps(SOUTH);
	word = (struct word){ STAMP_CHECKPOINT, NORTH, 1, s.now };
	line.fields[1].name = "note";
	line.fields[1].value = word_value(s.charter, s.rules, &word, &value);
	made = scenario_make(&s, s.rules, &line);
	assert_int_equal(
	    rules_try(s.rules, NORTH, &made->entry.act, made->keys, s.now, &verdict, NULL),
	    ERROR_STATE);
	scenario_entry_free(made);
	assert_true(rules_allowed_when_faulted(kind_by_number(KIND_STAMP)));
}

/* A node tries a stamp about what it has not receipted yet, and receipts it then. */
static void test_try(void **state)
{
	struct word word;
	struct line line = { SOUTH, "node", KIND_STAMP,
		             .fields = { { "log", "north" }, { "note", NULL } } };
	struct scenario_entry *made;
	struct verdict verdict;

	(void)state;
	scenario_by_head(&s, NORTH, KIND_NOTIFY, NULL);
	word = (struct word){ STAMP_CHECKPOINT, NORTH, rules_size(s.rules, NORTH), s.now };
	line.fields[1].value = word_value(s.charter, s.rules, &word, &value);
	made = scenario_make(&s, s.rules, &line);
	assert_ok(rules_try(s.rules, SOUTH, &made->entry.act, made->keys, s.now, &verdict, NULL));
	assert_int_equal(verdict.reason, VOID_NONE);
	assert_ok(
	    rules_try_as_is(s.rules, SOUTH, &made->entry.act, made->keys, s.now, &verdict, NULL));
	assert_int_equal(verdict.reason, VOID_UNKNOWN_REFERENCE);
	scenario_entry_free(made);
}

/* --- what a time proves ----------------------------------------------------- */

static void test_the_earliest_time(void **state)
{
	struct act_place incident, later;
	struct stamped stamped;
	struct act_place first;
	timestamp time;

	(void)state;
	incident = scenario_by_head(&s, NORTH, KIND_NOTIFY, NULL);
	later = scenario_by_head(&s, NORTH, KIND_NOTIFY, NULL);
	time = s.now;
	s.now += SCENARIO_DAY;
	scenario_stamp(&s, NORTH, (struct word){ STAMP_CHECKPOINT, NORTH, incident.number, time });
	assert_false(rules_stamped(s.rules, incident, &stamped));
	first = scenario_stamp(
	    &s, NORTH, (struct word){ STAMP_CERTIFICATE, NORTH, incident.number + 1, time + 9 });
	assert_true(rules_stamped(s.rules, incident, &stamped));
	assert_int_equal(stamped.time, time + 9);
	assert_place(stamped.stamp, first);
	assert_false(rules_stamped(s.rules, later, &stamped));
	/* A greater size at a later time proves no more of the first, but of the other. */
	scenario_stamp(&s, NORTH,
	               (struct word){ STAMP_CHECKPOINT, NORTH, later.number + 1, time + 20 });
	assert_true(rules_stamped(s.rules, incident, &stamped));
	assert_int_equal(stamped.time, time + 9);
	assert_true(rules_stamped(s.rules, later, &stamped));
	assert_int_equal(stamped.time, time + 20);
	/* A greater size at an earlier time does. */
	scenario_receipt(&s, SOUTH);
	first = scenario_stamp(
	    &s, SOUTH, (struct word){ STAMP_CHECKPOINT, NORTH, later.number + 1, time + 3 });
	assert_verdict(&s, VOID_NONE);
	assert_true(rules_stamped(s.rules, incident, &stamped));
	assert_int_equal(stamped.time, time + 3);
	assert_place(stamped.stamp, first);
	/* An answer proves nothing. */
	scenario_stamp(&s, NORTH, (struct word){ STAMP_ANSWER, NORTH, later.number + 1, time + 1 });
	assert_true(rules_stamped(s.rules, incident, &stamped));
	assert_int_equal(stamped.time, time + 3);
	assert_false(rules_stamped(s.rules, (struct act_place){ NORTH, 1000 }, &stamped));
}

/* --- allocation --------------------------------------------------------------- */

static int replay(void *context)
{
	const struct scenario *made = context;
	struct rules *rules;
	int r;

	if ((r = rules_new(made->charter, &rules)) != OK)
		return r;
	for (size_t i = 0; i < made->counts[NORTH] && r == OK; i++) {
		const struct scenario_entry *entry = made->entries[NORTH][i];
		struct verdict verdict;

		r = rules_append(rules, NORTH, &entry->entry, entry->keys, &verdict, NULL);
		if (r == OK && verdict.code != VERDICT_VALID)
			fail_msg("for want of memory an entry is void");
	}
	rules_free(rules);
	return r;
}

static void test_allocation_failures(void **state)
{
	struct act_place incident = { NORTH, 0 };

	(void)state;
	scenario_log(&s, (struct line){ NORTH, "a.head", KIND_ACCEDE });
	for (unsigned i = 0; i < 20; i++) {
		assert_stamp(NORTH, (struct word){ STAMP_CHECKPOINT, NORTH, i + 1, s.now },
		             VOID_NONE);
		assert_stamp(NORTH, (struct word){ STAMP_ANSWER, SOUTH, i, s.now }, VOID_NONE);
	}
	incident.number = rules_size(s.rules, NORTH);
	scenario_log(&s, (struct line){ NORTH, "node", KIND_TEST });
	assert_stamp(NORTH, (struct word){ STAMP_CERTIFICATE, NORTH, incident.number + 1, s.now },
	             VOID_NONE);
	torture(replay, &s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_forms, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_signers, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_lines, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_notes_that_are_none, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_origins, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_generations, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_sizes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_roots, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_times, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_neutrals, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_duplicates, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_channel_states, set_up_draft, tear_down),
		cmocka_unit_test_setup_teardown(test_try, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_the_earliest_time, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_allocation_failures, set_up_draft, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
