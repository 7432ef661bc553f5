/* A log whose key was lost or stolen goes on under another: where it may, who may
 * say so, and how its acts are named from there on. */
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

static struct act_place appoint(unsigned party, const char *key)
{
	return scenario_log(&s, (struct line){ party, "appointing", KIND_APPOINT,
	                                       .fields = { { "office", "log" }, { "key", key } } });
}

static void assert_log_key(unsigned party, unsigned generation, const char *label)
{
	assert_memory_equal(rules_log_key(s.rules, party, generation)->bytes,
	                    ssh_key_parts(scenario_key(&s.keys, party, label)).point.data, 32);
}

static void assert_name(struct act_place place, const char *expected)
{
	char name[ACT_NAME_CAPACITY];
	struct act_place found;

	rules_act_name(s.rules, place, name);
	assert_string_equal(name, expected);
	assert_ok(rules_act_named(s.rules, bytes_of_string(expected), &found));
	assert_place(found, place);
}

static void test_generations(void **state)
{
	struct act_place cut;
	uint64_t size = rules_size(s.rules, NORTH);

	(void)state;
	assert_int_equal(rules_generations(s.rules, NORTH), 1);
	assert_memory_equal(rules_log_key(s.rules, NORTH, 1)->bytes,
	                    s.charter->parties[NORTH].log_key.bytes, 32);
	cut = appoint(NORTH, "raw:log2");
	assert_verdict(&s, VOID_NONE);
	assert_int_equal(cut.number, size);
	assert_int_equal(rules_generations(s.rules, NORTH), 2);
	assert_int_equal(rules_generations(s.rules, SOUTH), 1);
	assert_int_equal(rules_generation_start(s.rules, NORTH, 1), 0);
	assert_int_equal(rules_generation_start(s.rules, NORTH, 2), cut.number);
	assert_log_key(NORTH, 2, "log2");
	assert_memory_equal(rules_party(s.rules, NORTH)->log_key.bytes,
	                    rules_log_key(s.rules, NORTH, 2)->bytes, 32);
	assert_int_equal(rules_generation(s.rules, NORTH, cut.number - 1), 1);
	assert_int_equal(rules_generation(s.rules, NORTH, cut.number), 2);
	assert_int_equal(rules_generation(s.rules, NORTH, cut.number + 1), 2);
	/* The head that ends before the cut is still the former key's. */
	assert_int_equal(rules_head_generation(s.rules, NORTH, 0), 1);
	assert_int_equal(rules_head_generation(s.rules, NORTH, cut.number), 1);
	assert_int_equal(rules_head_generation(s.rules, NORTH, cut.number + 1), 2);
	/* And again, directly after. */
	cut = appoint(NORTH, "raw:log3");
	assert_verdict(&s, VOID_NONE);
	assert_int_equal(rules_generations(s.rules, NORTH), 3);
	assert_int_equal(rules_generation(s.rules, NORTH, cut.number - 1), 2);
	assert_int_equal(rules_head_generation(s.rules, NORTH, cut.number), 2);
	assert_int_equal(rules_head_generation(s.rules, NORTH, cut.number + 1), 3);
}

/* An appointment is for one place: signed for another, it means nothing there. */
static void test_only_at_its_place(void **state)
{
	char size[24], before[24], after[24], root[HASH_BASE64_CAPACITY];
	uint64_t n = rules_size(s.rules, NORTH);
	struct tree_reader reader = memory_tree_reader(rules_tree(s.rules, NORTH));
	struct line line = { NORTH, "appointing", KIND_APPOINT,
		             .fields = { { "office", "log" },
		                         { "key", "raw:log2" },
		                         { "size", size },
		                         { "root", root } } };
	struct hash hash;

	(void)state;
	assert_ok(tree_reader_root(&reader, n, &hash));
	hash_to_base64(&hash, root);
	snprintf(size, sizeof(size), "%llu", (unsigned long long)n);
	snprintf(before, sizeof(before), "%llu", (unsigned long long)n - 1);
	snprintf(after, sizeof(after), "%llu", (unsigned long long)n + 1);
	line.fields[2].value = before; /* the root of another size */
	scenario_log(&s, line);
	assert_verdict(&s, VOID_FIELD);
	line.fields[2].value = size; /* what was just logged, void or not, has its place */
	scenario_log(&s, line);
	assert_verdict(&s, VOID_FIELD);
	line.fields[2].value = after;
	scenario_log(&s, line);
	assert_verdict(&s, VOID_FIELD);
	assert_int_equal(rules_generations(s.rules, NORTH), 1);
	/* The right size with the other log's root. */
	line.fields[2].value = NULL;
	line.fields[2].name = "root";
	reader = memory_tree_reader(rules_tree(s.rules, SOUTH));
	assert_ok(tree_reader_root(&reader, rules_size(s.rules, SOUTH), &hash));
	hash_to_base64(&hash, root);
	line.fields[2].value = root;
	line.fields[3].name = NULL;
	scenario_log(&s, line);
	assert_verdict(&s, VOID_FIELD);
	appoint(NORTH, "raw:log2");
	assert_verdict(&s, VOID_NONE);
}

static void test_by_the_appointing_key_alone(void **state)
{
	struct line line = { NORTH, "a.head", KIND_APPOINT,
		             .fields = { { "office", "log" }, { "key", "raw:log2" } } };

	(void)state;
	scenario_log(&s, line);
	assert_verdict(&s, VOID_NOT_EMPOWERED);
	line.author = "appointing";
	line.key = "a.head";
	scenario_log(&s, line);
	assert_verdict(&s, VOID_WRONG_KEY);
	/* No key twice: neither the former one, nor another of either side. */
	line.key = NULL;
	line.fields[1].value = "raw:node";
	scenario_log(&s, line);
	assert_verdict(&s, VOID_KEY_IN_USE);
	line.fields[1].value = "raw:log2";
	scenario_log(&s, line);
	assert_verdict(&s, VOID_NONE);
	scenario_log(&s, line);
	assert_verdict(&s, VOID_KEY_IN_USE);
	assert_int_equal(rules_generations(s.rules, NORTH), 2);
}

/* Nothing stands in its way but the own close, which ends the log. */
static void test_in_every_state(void **state)
{
	(void)state;
	scenario_say(&s, (struct line){ SOUTH, "b.head", KIND_SUSPEND });
	appoint(NORTH, "raw:log2");
	assert_verdict(&s, VOID_NONE);
	scenario_say(&s, (struct line){ SOUTH, "b.head", KIND_WITHDRAW,
	                                .fields = { { "from", "channel" } } });
	s.now += 400 * SCENARIO_DAY;
	scenario_say(&s, (struct line){ SOUTH, "b.head", KIND_CLOSE });
	assert_verdict(&s, VOID_NONE);
	scenario_receipt(&s, NORTH);
	appoint(NORTH, "raw:log3");
	assert_verdict(&s, VOID_NONE);
	appoint(SOUTH, "raw:log2");
	assert_int_equal(s.result, ERROR_STATE);
}

static void test_names(void **state)
{
	struct act_place before, cut, after, found;
	char name[ACT_NAME_CAPACITY];

	(void)state;
	before = scenario_log(&s, (struct line){ NORTH, "a.head", KIND_NOTIFY });
	cut = appoint(NORTH, "raw:log2");
	after = scenario_log(&s, (struct line){ NORTH, "a.head", KIND_NOTIFY });
	snprintf(name, sizeof(name), "north-%llu", (unsigned long long)before.number);
	assert_name(before, name);
	snprintf(name, sizeof(name), "north.2-%llu", (unsigned long long)cut.number);
	assert_name(cut, name);
	snprintf(name, sizeof(name), "north.2-%llu", (unsigned long long)after.number);
	assert_name(after, name);
	/* A name is right altogether or names nothing. */
	snprintf(name, sizeof(name), "north-%llu", (unsigned long long)after.number);
	assert_int_equal(rules_act_named(s.rules, bytes_of_string(name), &found), ERROR_NOT_FOUND);
	snprintf(name, sizeof(name), "north.2-%llu", (unsigned long long)before.number);
	assert_int_equal(rules_act_named(s.rules, bytes_of_string(name), &found), ERROR_NOT_FOUND);
	snprintf(name, sizeof(name), "north.2-%llu", (unsigned long long)after.number + 1);
	assert_int_equal(rules_act_named(s.rules, bytes_of_string(name), &found), ERROR_NOT_FOUND);
	assert_int_equal(rules_act_named(s.rules, bytes_of_string("west-1"), &found),
	                 ERROR_NOT_FOUND);
	assert_int_equal(rules_act_named(s.rules, bytes_of_string("north"), &found), ERROR_SYNTAX);
}

/* References say the generation that the number has, in either log. */
static void test_references(void **state)
{
	struct act_place before, after, seen;
	struct line line = { SOUTH, "b.head", KIND_ACK };

	(void)state;
	before = scenario_log(&s, (struct line){ NORTH, "a.head", KIND_NOTIFY });
	appoint(NORTH, "raw:log2");
	after = scenario_log(&s, (struct line){ NORTH, "a.head", KIND_NOTIFY });
	scenario_receipt(&s, SOUTH);
	line.answers = &before;
	line.generation = 2;
	scenario_log(&s, line);
	assert_verdict(&s, VOID_UNKNOWN_REFERENCE);
	line.generation = 0;
	scenario_log(&s, line);
	assert_verdict(&s, VOID_NONE);
	line.answers = &after;
	line.generation = 1;
	scenario_log(&s, line);
	assert_verdict(&s, VOID_UNKNOWN_REFERENCE);
	line.generation = 3;
	scenario_log(&s, line);
	assert_verdict(&s, VOID_UNKNOWN_REFERENCE);
	line.generation = 0;
	seen = scenario_log(&s, line);
	assert_verdict(&s, VOID_NONE);
	assert_int_equal(rules_act(s.rules, after)->acknowledged_by, seen.number);
	/* A matter goes on across the cut. */
	line = (struct line){ NORTH, "a.head", KIND_UPDATE, .matter = &before };
	scenario_say(&s, line);
	assert_verdict(&s, VOID_NONE);
	/* A receipt counts entries; it knows no generations. */
	assert_int_equal(rules_receipted(s.rules, SOUTH), after.number + 1);
}

static int replay_all(void *context)
{
	struct rules *rules = NULL;
	struct verdict verdict;
	size_t next[2] = { 0, 0 };
	int r = rules_new(s.charter, &rules);

	(void)context;
	while (r == OK && (next[0] < s.counts[0] || next[1] < s.counts[1])) {
		bool went_on = false;

		for (unsigned party = 0; party < 2 && r == OK; party++) {
			struct scenario_entry *made;

			if (next[party] == s.counts[party])
				continue;
			made = s.entries[party][next[party]];
			r = rules_append(rules, party, &made->entry, made->keys, &verdict, NULL);
			if (r == OK) {
				next[party]++;
				went_on = true;
			} else if (r == ERROR_WAIT) {
				r = OK;
			}
		}
		if (r == OK && !went_on)
			r = ERROR_INTERNAL;
	}
	rules_free(rules);
	return r;
}

static void test_memory(void **state)
{
	(void)state;
	appoint(NORTH, "raw:log2");
	appoint(SOUTH, "raw:log2");
	scenario_receipt(&s, NORTH);
	appoint(NORTH, "raw:log3");
	assert_verdict(&s, VOID_NONE);
	torture(replay_all, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_generations, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_only_at_its_place, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_by_the_appointing_key_alone, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_in_every_state, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_names, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_references, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_memory, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
