/* Who may act for a party, and from which place of its log on. */
#include "scenario.h"

#include "torture.h"

static struct scenario s;

static int set_up(void **state)
{
	(void)state;
	scenario_init(&s, NULL);
	scenario_open(&s);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	scenario_release(&s);
	return 0;
}

static void notify(const char *author, const char *key, enum void_reason expected)
{
	scenario_say(&s, (struct line){ NORTH, author, KIND_NOTIFY, .key = key });
	assert_verdict(&s, expected);
}

static void test_accredited_from_there_on(void **state)
{
	const struct delegate *delegate;

	(void)state;
	notify("a.duty", NULL, VOID_NOT_ACCREDITED);
	scenario_accredit(&s, NORTH, "a.duty", "duty");
	assert_verdict(&s, VOID_NONE);
	notify("a.duty", NULL, VOID_NONE);
	notify("a.duty", "another key", VOID_WRONG_KEY);
	delegate = rules_delegate(s.rules, NORTH, "a.duty");
	assert_non_null(delegate);
	assert_int_equal(delegate->role, ROLE_DUTY);
	assert_null(rules_delegate(s.rules, SOUTH, "a.duty"));
	/* The other side's delegates are not one's own. */
	scenario_say(&s, (struct line){ SOUTH, "a.duty", KIND_NOTIFY });
	assert_verdict(&s, VOID_NOT_ACCREDITED);
}

static void test_roles(void **state)
{
	struct act_place place;

	(void)state;
	scenario_accredit(&s, NORTH, "a.officer", "officer");
	scenario_say(&s, (struct line){ NORTH, "a.officer", KIND_PROPOSE });
	assert_verdict(&s, VOID_NOT_EMPOWERED);
	notify("a.officer", NULL, VOID_NONE);
	scenario_say(&s, (struct line){ NORTH, "a.officer", KIND_SUSPEND });
	assert_verdict(&s, VOID_NOT_EMPOWERED);
	scenario_say(&s, (struct line){ NORTH, "node", KIND_NOTIFY });
	assert_verdict(&s, VOID_NOT_EMPOWERED);
	place = (struct act_place){ NORTH, 0 };
	scenario_say(&s, (struct line){ SOUTH, "b.head", KIND_TEST });
	assert_verdict(&s, VOID_NOT_EMPOWERED);
	scenario_say(&s, (struct line){ SOUTH, "b.head", KIND_ACK, .answers = &place });
	assert_verdict(&s, VOID_NONE);
}

static void test_recall(void **state)
{
	const struct delegate *delegates;
	struct act_place disputed, earlier, recall;
	char since[TIMESTAMP_CAPACITY];
	size_t count;

	(void)state;
	scenario_accredit(&s, NORTH, "a.duty", "duty");
	earlier = scenario_say(&s, (struct line){ NORTH, "a.duty", KIND_NOTIFY });
	timestamp_format(s.now, since);
	disputed = scenario_say(&s, (struct line){ NORTH, "a.duty", KIND_NOTIFY });
	recall = scenario_say(
	    &s, (struct line){ NORTH, "a.head", KIND_RECALL,
	                       .fields = { { "delegate", "a.duty" }, { "since", since } } });
	assert_verdict(&s, VOID_NONE);
	notify("a.duty", NULL, VOID_NOT_ACCREDITED);
	/* Marks acts disputed; changes no verdict. */
	assert_true(rules_disputed(s.rules, disputed));
	assert_false(rules_disputed(s.rules, earlier));
	assert_int_equal(rules_act(s.rules, disputed)->verdict.code, VERDICT_VALID);
	delegates = rules_delegates(s.rules, NORTH, &count);
	assert_int_equal(count, 4);
	assert_true(delegates[3].recalled);
	assert_int_equal(delegates[3].ended_by, recall.number);
	assert_int_equal(delegates[3].ended, rules_act(s.rules, recall)->logged);
	scenario_say(&s, (struct line){ NORTH, "a.head", KIND_RECALL,
	                                .fields = { { "delegate", "a.duty" } } });
	assert_verdict(&s, VOID_FIELD);
	scenario_say(&s, (struct line){ NORTH, "a.head", KIND_RECALL,
	                                .fields = { { "delegate", "a.nobody" } } });
	assert_verdict(&s, VOID_FIELD);
}

static void test_until(void **state)
{
	char until[TIMESTAMP_CAPACITY];
	struct line line = { NORTH, "a.head", KIND_ACCREDIT,
		             .fields = { { "delegate", "a.duty" },
		                         { "role", "duty" },
		                         { "key", "key:a.duty" },
		                         { "until", until } } };

	(void)state;
	scenario_receipt(&s, NORTH);
	timestamp_format(s.now, until);
	scenario_log(&s, line);
	assert_verdict(&s, VOID_FIELD);
	timestamp_format(s.now + 10, until);
	scenario_log(&s, line);
	assert_verdict(&s, VOID_NONE);
	s.now = rules_delegate(s.rules, NORTH, "a.duty")->until;
	notify("a.duty", NULL, VOID_NONE);
	notify("a.duty", NULL, VOID_EXPIRED_AUTHORITY);
}

static void test_keys_are_used_once(void **state)
{
	static const struct {
		const char *label;
		unsigned party;
	} used[] = {
		{ "a.head", NORTH },
		{ "node", NORTH },
		{ "appointing", NORTH },
		{ "a.duty", NORTH }, /* recalled */
	};
	struct line line = { SOUTH, "b.head", KIND_ACCREDIT,
		             .fields = { { "delegate", "b.duty" }, { "role", "duty" } } };
	struct buffer key;

	(void)state;
	scenario_accredit(&s, NORTH, "a.duty", "duty");
	scenario_say(&s, (struct line){ NORTH, "a.head", KIND_RECALL,
	                                .fields = { { "delegate", "a.duty" } } });
	buffer_init(&key, SSH_KEY_LINE_MAXIMUM + 1);
	for (size_t i = 0; i < sizeof(used) / sizeof(used[0]); i++) {
		buffer_clear(&key);
		assert_ok(ssh_key_print(scenario_key(&s.keys, used[i].party, used[i].label), &key));
		assert_ok(buffer_put_u8(&key, 0));
		line.fields[2].name = "key";
		line.fields[2].value = (const char *)key.data;
		scenario_say(&s, line);
		assert_verdict(&s, VOID_KEY_IN_USE);
	}
	/* One that the other side named without this side's knowing it stands. */
	scenario_accredit(&s, NORTH, "a.late", "duty");
	buffer_clear(&key);
	assert_ok(ssh_key_print(scenario_key(&s.keys, NORTH, "a.late"), &key));
	assert_ok(buffer_put_u8(&key, 0));
	line.fields[2].value = (const char *)key.data;
	scenario_log(&s, line);
	assert_verdict(&s, VOID_NONE);
	buffer_release(&key);
	scenario_say(
	    &s, (struct line){ NORTH, "a.head", KIND_REKEY,
	                       .fields = { { "item", "node-key" }, { "value", "raw:a.late" } } });
	assert_verdict(&s, VOID_KEY_IN_USE);
}

/* Lets a party refer to a key that was not made from a label. */
static void call_key(unsigned party, const char *label, const struct ssh_key *key)
{
	struct scenario_key *named = &s.keys.items[s.keys.count++];

	assert_true(s.keys.count <= SCENARIO_KEYS_MAXIMUM);
	*named = (struct scenario_key){ .party = party, .key = *key };
	scenario_string(named->label, sizeof(named->label), label);
}

/* The same point is the same key, in whatever form it comes. */
static void test_keys_by_their_point(void **state)
{
	static const struct {
		const char *application;
		enum void_reason reason;
	} cases[] = {
		{ "ssh:", VOID_NONE },
		{ "ssh:another", VOID_KEY_IN_USE },
	};
	struct line line = { NORTH, "a.head", KIND_ACCREDIT,
		             .fields = { { "delegate", "a.fido" }, { "role", "duty" } } };
	const struct ssh_key *plain = scenario_key(&s.keys, NORTH, "a.fido");
	struct buffer blob, text;
	struct ssh_key fido;

	(void)state;
	buffer_init(&blob, SSH_KEY_BLOB_MAXIMUM);
	buffer_init(&text, SSH_KEY_LINE_MAXIMUM + 1);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buffer_clear(&blob);
		buffer_clear(&text);
		assert_ok(buffer_put_sized_string(&blob, "sk-ssh-ed25519@openssh.com"));
		assert_ok(buffer_put_sized(&blob, ssh_key_parts(plain).point));
		assert_ok(buffer_put_sized_string(&blob, cases[i].application));
		assert_ok(ssh_key_from_blob(buffer_view(&blob), &fido, NULL));
		assert_ok(ssh_key_print(&fido, &text));
		assert_ok(buffer_put_u8(&text, 0));
		line.fields[2].name = "key";
		line.fields[2].value = (const char *)text.data;
		scenario_say(&s, line);
		assert_verdict(&s, cases[i].reason);
	}
	line.fields[2].value = "key:a.fido";
	scenario_say(&s, line);
	assert_verdict(&s, VOID_KEY_IN_USE);
	scenario_say(&s, (struct line){
			     NORTH, "a.head", KIND_REKEY,
			     .fields = { { "item", "receipt-key" }, { "value", "raw:a.fido" } } });
	assert_verdict(&s, VOID_KEY_IN_USE);
	buffer_release(&blob);
	buffer_release(&text);
}

/* A witness's cosignature can never be a party's receipt. */
static void test_keys_of_neutrals(void **state)
{
	static const char *const keys[] = { "witness-key", "depositary-key" };
	struct buffer vkeys[2];
	struct charter model = fixture_full_charter(vkeys);

	(void)state;
	scenario_release(&s);
	scenario_init(&s, &model);
	scenario_open(&s);
	for (size_t i = 0; i < 2; i++) {
		struct note_key key;
		struct ssh_key ssh_key;
		char value[64];

		assert_ok(note_key_parse(buffer_view(&vkeys[i]), &key, NULL));
		ssh_key_from_ed25519(&key.public_key, &ssh_key);
		call_key(SOUTH, keys[i], &ssh_key);
		assert_true(snprintf(value, sizeof(value), "raw:%s", keys[i]) > 0);
		scenario_say(&s, (struct line){
				     SOUTH, "b.head", KIND_REKEY,
				     .fields = { { "item", "receipt-key" }, { "value", value } } });
		assert_verdict(&s, VOID_KEY_IN_USE);
		buffer_release(&vkeys[i]);
	}
}

/* Naming the next leader's key first is no veto of a change of leader. */
static void test_no_veto_of_an_appointment(void **state)
{
	struct line line = { NORTH, "appointing", KIND_APPOINT,
		             .fields = { { "office", "head" },
		                         { "delegate", "a.new" },
		                         { "key", "key:shared.new" } } };

	(void)state;
	scenario_accredit(&s, SOUTH, "shared.new", "duty");
	assert_verdict(&s, VOID_NONE);
	scenario_accredit(&s, NORTH, "shared.new", "duty");
	assert_verdict(&s, VOID_KEY_IN_USE);
	scenario_say(&s, line);
	assert_verdict(&s, VOID_NONE);
	notify("a.new", "shared.new", VOID_NONE);
	/* A key of the own side, or of the charter, is still not taken. */
	scenario_say(&s, line);
	assert_verdict(&s, VOID_KEY_IN_USE);
	line.fields[2].value = "key:south";
	call_key(NORTH, "south", &s.charter->parties[SOUTH].head_key);
	scenario_say(&s, line);
	assert_verdict(&s, VOID_KEY_IN_USE);
}

static void test_names(void **state)
{
	struct line line = {
		NORTH, "a.head", KIND_ACCREDIT,
		.fields = { { "delegate", "a.head" }, { "role", "deputy" }, { "key", "key:x" } }
	};
	const struct delegate *delegates;
	size_t count;

	(void)state;
	scenario_say(&s, line);
	assert_verdict(&s, VOID_FIELD);
	/* A new accreditation under a name replaces the former one. */
	scenario_accredit(&s, NORTH, "a.duty", "duty");
	line.fields[0].value = "a.duty";
	scenario_say(&s, line);
	assert_verdict(&s, VOID_NONE);
	notify("a.duty", NULL, VOID_WRONG_KEY);
	notify("a.duty", "x", VOID_NONE);
	assert_int_equal(rules_delegate(s.rules, NORTH, "a.duty")->role, ROLE_DEPUTY);
	delegates = rules_delegates(s.rules, NORTH, &count);
	assert_int_equal(count, 5);
	assert_true(delegates[3].recalled);
	assert_int_equal(delegates[3].ended_by, delegates[4].entry);
}

static void test_appoint_replaces_the_head(void **state)
{
	(void)state;
	scenario_say(&s, (struct line){ NORTH, "a.head", KIND_APPOINT, .key = "a.head",
	                                .fields = { { "office", "head" },
	                                            { "delegate", "a.new" },
	                                            { "key", "key:a.new" } } });
	assert_verdict(&s, VOID_NOT_EMPOWERED);
	scenario_say(&s, (struct line){ NORTH, "appointing", KIND_APPOINT,
	                                .fields = { { "office", "head" },
	                                            { "delegate", "a.new" },
	                                            { "key", "key:a.new" } } });
	assert_verdict(&s, VOID_NONE);
	notify("a.head", NULL, VOID_NOT_ACCREDITED);
	notify("a.new", NULL, VOID_NONE);
	assert_string_equal(rules_head(s.rules, NORTH)->name, "a.new");
	assert_string_equal(rules_party(s.rules, NORTH)->head, "a.new");
	scenario_say(&s, (struct line){ NORTH, "a.new", KIND_SUSPEND });
	assert_verdict(&s, VOID_NONE);
	/* The appointing key can recall the head, and name another after. */
	scenario_say(&s, (struct line){ NORTH, "appointing", KIND_RECALL,
	                                .fields = { { "delegate", "a.new" } } });
	assert_verdict(&s, VOID_NONE);
	assert_null(rules_head(s.rules, NORTH));
	scenario_say(&s, (struct line){ NORTH, "a.new", KIND_RESUME });
	assert_verdict(&s, VOID_NOT_ACCREDITED);
	scenario_say(&s, (struct line){ NORTH, "appointing", KIND_APPOINT,
	                                .fields = { { "office", "head" },
	                                            { "delegate", "a.third" },
	                                            { "key", "key:a.third" } } });
	assert_verdict(&s, VOID_NONE);
}

static void test_appoint_replaces_keys(void **state)
{
	struct line line = { NORTH, "appointing", KIND_APPOINT,
		             .fields = { { "office", "node" }, { "key", "raw:node2" } } };

	(void)state;
	scenario_log(&s, line);
	assert_verdict(&s, VOID_NONE);
	scenario_log(&s, (struct line){ NORTH, "node", KIND_TEST });
	assert_verdict(&s, VOID_WRONG_KEY);
	scenario_log(&s, (struct line){ NORTH, "node", KIND_TEST, .key = "node2" });
	assert_verdict(&s, VOID_NONE);
	line = (struct line){ NORTH, "appointing", KIND_APPOINT,
		              .fields = { { "office", "appointing" }, { "key", "key:above2" } } };
	scenario_log(&s, line);
	assert_verdict(&s, VOID_NONE);
	line = (struct line){ NORTH, "appointing", KIND_APPOINT,
		              .fields = { { "office", "link" }, { "key", "raw:link2" } } };
	scenario_log(&s, line);
	assert_verdict(&s, VOID_WRONG_KEY);
	line.key = "above2";
	scenario_log(&s, line);
	assert_verdict(&s, VOID_NONE);
	assert_memory_equal(rules_party(s.rules, NORTH)->link_key.bytes,
	                    ssh_key_parts(scenario_key(&s.keys, NORTH, "link2")).point.data, 32);
}

static void test_rekey(void **state)
{
	const struct party *party;

	(void)state;
	scenario_log(&s, (struct line){ NORTH, "a.head", KIND_REKEY,
	                                .fields = { { "item", "endpoint" },
	                                            { "value", "one.example:1 two.example:2" } } });
	assert_verdict(&s, VOID_NONE);
	party = rules_party(s.rules, NORTH);
	assert_int_equal(party->endpoint_count, 2);
	assert_string_equal(party->endpoints[1], "two.example:2");
	assert_int_equal(s.charter->parties[NORTH].endpoint_count, 1);
	scenario_log(&s, (struct line){ NORTH, "a.head", KIND_REKEY,
	                                .fields = { { "item", "receipt-key" },
	                                            { "value", "raw:receipt2" } } });
	assert_verdict(&s, VOID_NONE);
	scenario_log(&s, (struct line){ NORTH, "a.head", KIND_REKEY,
	                                .fields = { { "item", "reading-key" } } });
	assert_verdict(&s, VOID_NONE);
}

static void test_two_signatures(void **state)
{
	struct charter model = fixture_charter();
	struct scenario two;
	struct line line = { NORTH, "a.head", KIND_PROPOSE };
	char since[TIMESTAMP_CAPACITY];
	struct act_place place;

	(void)state;
	kind_set_add(&model.two_signatures, KIND_PROPOSE);
	kind_set_add(&model.two_signatures, KIND_RECALL);
	scenario_init(&two, &model);
	scenario_open(&two);
	scenario_accredit(&two, NORTH, "a.deputy", "deputy");
	scenario_accredit(&two, NORTH, "a.duty", "duty");
	scenario_say(&two, line);
	assert_verdict(&two, VOID_COSIGNER_REQUIRED);
	line.cosigner = "a.deputy";
	scenario_say(&two, line);
	assert_verdict(&two, VOID_NONE);
	line.second_key = "a.head";
	scenario_say(&two, line);
	assert_verdict(&two, VOID_SAME_PERSON);
	line.second_key = "x";
	scenario_say(&two, line);
	assert_verdict(&two, VOID_WRONG_KEY);
	line.second_key = NULL;
	line.cosigner = "a.duty";
	scenario_say(&two, line);
	assert_verdict(&two, VOID_NOT_EMPOWERED);
	line.cosigner = "a.nobody";
	scenario_say(&two, line);
	assert_verdict(&two, VOID_NOT_ACCREDITED);
	/* A compromised key puts in doubt also what it has cosigned. */
	line.cosigner = "a.deputy";
	place = scenario_say(&two, line);
	assert_verdict(&two, VOID_NONE);
	timestamp_format(rules_act(two.rules, place)->logged, since);
	/* Also of what only a head signs, a deputy's may be the second. */
	scenario_say(&two, (struct line){ NORTH, "a.head", KIND_SUSPEND, "a.deputy" });
	assert_verdict(&two, VOID_NONE);
	scenario_say(&two, (struct line){ NORTH, "a.head", KIND_RESUME, "a.duty" });
	assert_verdict(&two, VOID_NOT_EMPOWERED);
	/* Nobody below the appointing key can stand in its way. */
	scenario_say(&two,
	             (struct line){ NORTH, "appointing", KIND_RECALL,
	                            .fields = { { "delegate", "a.deputy" }, { "since", since } } });
	assert_verdict(&two, VOID_NONE);
	assert_true(rules_disputed(two.rules, place));
	scenario_release(&two);
}

static void test_times(void **state)
{
	struct line line = { NORTH, "a.head", KIND_NOTIFY };

	(void)state;
	line.time = s.now + 1;
	scenario_log(&s, line);
	assert_verdict(&s, VOID_TIME);
	line.time = s.now - SCENARIO_DAY;
	line.not_after = s.now;
	scenario_log(&s, line);
	assert_verdict(&s, VOID_NONE);
	scenario_log(&s, line);
	assert_verdict(&s, VOID_NOT_AFTER);
}

static void test_duplicates(void **state)
{
	struct line line = { NORTH, "a.duty", KIND_NOTIFY };
	struct scenario_entry *made[3];
	struct act_place first, second, place;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		made[i] = scenario_make(&s, s.rules, &line);
		s.serial--;
	}
	first = scenario_append(&s, NORTH, made[0]);
	assert_verdict(&s, VOID_NOT_ACCREDITED);
	assert_true(rules_find(s.rules, NORTH, &made[0]->entry.act.identity, &place));
	assert_place(place, first);
	scenario_accredit(&s, NORTH, "a.duty", "duty");
	made[1]->entry.logged = made[2]->entry.logged = s.now;
	/* The first was void: the second counts, the third does not. */
	second = scenario_append(&s, NORTH, made[1]);
	assert_verdict(&s, VOID_NONE);
	scenario_append(&s, NORTH, made[2]);
	assert_verdict(&s, VOID_DUPLICATE);
	assert_true(rules_find(s.rules, NORTH, &made[1]->entry.act.identity, &place));
	assert_place(place, second);
	assert_false(rules_find(s.rules, SOUTH, &made[1]->entry.act.identity, &place));
}

/* A failing allocation is an error, and nothing has changed: the entry can be
 * given again. */
static int append_again(struct rules *rules, unsigned party, const struct scenario_entry *made,
                        bool *ret_failed)
{
	uint64_t size = rules_size(rules, party);
	struct verdict verdict;
	int r = rules_append(rules, party, &made->entry, made->keys, &verdict, NULL);

	if (r != ERROR_MEMORY)
		return r;
	*ret_failed = true;
	assert_int_equal(rules_size(rules, party), size);
	return rules_append(rules, party, &made->entry, made->keys, &verdict, NULL);
}

static int replay(void *context)
{
	struct scenario *whole = context;
	struct rules *rules = NULL;
	bool failed = false;
	int r;

	if ((r = rules_new(whole->charter, &rules)) != OK)
		return r;
	while (rules_size(rules, SOUTH) < whole->counts[SOUTH]) {
		r = ERROR_WAIT;
		for (unsigned party = 0; party < 2 && r == ERROR_WAIT; party++) {
			uint64_t next = rules_size(rules, party);

			if (next < whole->counts[party])
				r = append_again(rules, party, whole->entries[party][next],
				                 &failed);
		}
		assert_ok(r);
	}
	for (size_t i = 0; i < whole->counts[SOUTH]; i++)
		assert_memory_equal(
		    &rules_act(rules, (struct act_place){ SOUTH, i })->verdict,
		    &rules_act(whole->rules, (struct act_place){ SOUTH, i })->verdict,
		    sizeof(struct verdict));
	rules_free(rules);
	return failed ? ERROR_MEMORY : OK;
}

static void test_allocation_failures(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 20; i++) {
		scenario_say(&s, (struct line){ NORTH, "a.head", KIND_PROPOSE });
		scenario_say(&s, (struct line){ SOUTH, "b.head", KIND_NOTIFY });
	}
	torture(replay, &s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_accredited_from_there_on, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_roles, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_recall, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_until, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_keys_are_used_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_keys_by_their_point, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_keys_of_neutrals, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_veto_of_an_appointment, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_names, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_appoint_replaces_the_head, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_appoint_replaces_keys, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_rekey, set_up, tear_down),
		cmocka_unit_test(test_two_signatures),
		cmocka_unit_test_setup_teardown(test_times, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_duplicates, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_allocation_failures, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
