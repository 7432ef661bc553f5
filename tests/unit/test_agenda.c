/* The agenda against a full computation, over random histories: after every entry, for
 * both sides, it has exactly what is not settled, in the order that agenda.h promises;
 * pages give each item once while the logs grow; and its tree keeps its balance.
 *
 * CHIRO_SEED runs one seed, CHIRO_SEEDS so many. */
#include "history.h"

#include "agenda.h"
#include "torture.h"

#include <stdlib.h>

enum { SEEDS = 400, STEPS = 150, SCENARIOS = 2, ITEMS_MAXIMUM = 4096, PAGE = 7 };

static struct scenario scenarios[SCENARIOS];

static struct {
	uint64_t classes[AGENDA_CLASS_COUNT], states[AGENDA_STATE_COUNT];
	uint64_t moved, paged;
} coverage;

/* --- the full computation -------------------------------------------------- */

struct expected {
	struct agenda_item items[ITEMS_MAXIMUM];
	size_t count;
};

static enum agenda_state state_of_time(enum agenda_class class, timestamp time, timestamp now)
{
	bool passed = time != 0 && time < now;

	switch (class) {
	case AGENDA_ANSWER:
		return passed ? AGENDA_SILENT : time == 0 ? AGENDA_WAITING : AGENDA_DUE;
	case AGENDA_DUTY:
		return passed ? AGENDA_OVERDUE : time == 0 ? AGENDA_WAITING : AGENDA_DUE;
	case AGENDA_DEFERRED:
		return passed ? AGENDA_SILENT : AGENDA_PUT_OFF;
	case AGENDA_RECEIPT:
		return passed ? AGENDA_WITHHELD : AGENDA_UNRECEIPTED;
	case AGENDA_REFUSED:
		return AGENDA_IS_REFUSED;
	default:
		return AGENDA_IS_UNREAD;
	}
}

static struct agenda_item *expect(struct expected *expected, const struct act_summary *act,
                                  unsigned side, enum agenda_class class, timestamp time,
                                  timestamp now)
{
	struct agenda_item *item = &expected->items[expected->count++];

	assert_true(expected->count <= ITEMS_MAXIMUM);
	*item = (struct agenda_item){
		.act = act->place,
		.side = side,
		.class = class,
		.state = state_of_time(class, time, now),
		.time = time,
	};
	return item;
}

static void expect_obligations(struct expected *expected, const struct rules *rules,
                               const struct act_summary *act, timestamp now)
{
	struct obligation obligations[OBLIGATIONS_MAXIMUM];
	size_t count;

	assert_ok(rules_obligations(rules, act->place, now, obligations, &count));
	for (size_t i = 0; i < count; i++) {
		enum agenda_class class = obligations[i].duty == DUTY_ANSWER ? AGENDA_ANSWER
		                                                             : AGENDA_DUTY;

		if (obligations[i].deferred)
			class = AGENDA_DEFERRED;
		if (obligations[i].state == OBLIGATION_MET)
			continue;
		expect(expected, act, obligations[i].owed_by, class, obligations[i].deadline, now)
		    ->obligation = obligations[i];
	}
}

/* Whether an act is the last request of its side in its matter. */
static bool is_last_request(const struct rules *rules, const struct act_summary *act)
{
	for (uint64_t i = act->place.number + 1; i < rules_size(rules, act->place.party); i++) {
		const struct act_summary *other = rules_act(
		    rules, (struct act_place){ act->place.party, i });

		if ((other->kind->number == KIND_REQUEST || other->kind->number == KIND_QUERY) &&
		    other->verdict.code == VERDICT_VALID &&
		    other->matter.party == act->matter.party &&
		    other->matter.number == act->matter.number)
			return false;
	}
	return true;
}

static void expect_refusal(struct expected *expected, const struct rules *rules,
                           const struct act_summary *act, timestamp now)
{
	struct act_place answer = { 1 - act->place.party, act->answered_by };
	enum kind_number by = answer.number == UINT64_MAX ? KIND_COUNT
	                                                  : rules_act(rules, answer)->kind->number;
	struct matter_summary matter;

	if (by != KIND_REFUSE && (by != KIND_REPLY || rules_act(rules, answer)->word < 0))
		return;
	if (!is_last_request(rules, act))
		return;
	assert_ok(rules_matter_of(rules, act->matter, 0, &matter));
	if (matter.state == STATE_CONCLUDED || matter.state == STATE_RETRACTED ||
	    matter.state == STATE_PERFORMED || matter.state == STATE_DENOUNCED ||
	    matter.state == STATE_REJECTED || matter.state == STATE_PROVIDED ||
	    matter.state == STATE_DROPPED || matter.state == STATE_RETIRED)
		return;
	expect(expected, act, answer.party, AGENDA_REFUSED, rules_act(rules, answer)->logged, now)
	    ->by = answer;
}

static void expect_of_act(struct expected *expected, const struct rules *rules,
                          const struct act_summary *act, timestamp now)
{
	unsigned other = 1 - act->place.party;
	enum precedence precedence = act->precedence == PRECEDENCE_COUNT ? PRECEDENCE_ROUTINE
	                                                                 : act->precedence;

	if (act->verdict.code != VERDICT_VALID || act->kind->matter == MATTER_SERVICE)
		return;
	expect_obligations(expected, rules, act, now);
	expect_refusal(expected, rules, act, now);
	if (act->receipted_by == UINT64_MAX && !rules_has_closed(rules, other))
		expect(expected, act, other, AGENDA_RECEIPT,
		       act->logged + rules_charter(rules, act->place)->acknowledge[precedence],
		       now);
	if (act->kind->number != KIND_ACK && act->acknowledged_by == UINT64_MAX &&
	    act->answered_by == UINT64_MAX)
		expect(expected, act, other, AGENDA_UNREAD, act->logged, now);
}

static unsigned rank_of(const struct agenda_item *item)
{
	if (item->class == AGENDA_UNREAD)
		return 2;
	return item->class == AGENDA_REFUSED;
}

static const struct rules *compared_rules;

static int compare_items(const void *left, const void *right)
{
	const struct agenda_item *a = left, *b = right;
	const int64_t keys[][2] = {
		{ rules_act(compared_rules, a->act)->precedence,
		  rules_act(compared_rules, b->act)->precedence },
		{ rank_of(a), rank_of(b) },
		{ a->time == 0 ? INT64_MAX : a->time, b->time == 0 ? INT64_MAX : b->time },
		{ (int64_t)a->act.number, (int64_t)b->act.number },
		{ a->act.party, b->act.party },
		{ a->class, b->class },
		{ a->obligation.duty, b->obligation.duty },
		{ a->side, b->side },
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (keys[i][0] != keys[i][1])
			return keys[i][0] < keys[i][1] ? -1 : 1;
	return 0;
}

static void compute(struct expected *expected, const struct rules *rules, timestamp now)
{
	expected->count = 0;
	for (unsigned party = 0; party < 2; party++)
		for (uint64_t i = 0; i < rules_size(rules, party); i++)
			expect_of_act(expected, rules,
			              rules_act(rules, (struct act_place){ party, i }), now);
	compared_rules = rules;
	qsort(expected->items, expected->count, sizeof(expected->items[0]), compare_items);
}

/* --- comparing -------------------------------------------------------------- */

static void assert_same_item(const struct agenda_item *item, const struct agenda_item *expected)
{
	assert_int_equal(item->act.party, expected->act.party);
	assert_int_equal(item->act.number, expected->act.number);
	assert_int_equal(item->class, expected->class);
	assert_int_equal(item->side, expected->side);
	assert_int_equal(item->state, expected->state);
	assert_int_equal(item->time, expected->time);
	assert_int_equal(item->obligation.duty, expected->obligation.duty);
	assert_int_equal(item->obligation.started, expected->obligation.started);
	assert_int_equal(item->obligation.deadline, expected->obligation.deadline);
	assert_int_equal(item->by.number, expected->by.number);
}

static bool is_asked_for(const struct agenda_query *query, const struct agenda_item *item)
{
	return (query->sides >> item->side & 1) != 0 && (query->states >> item->state & 1) != 0;
}

static void assert_complete(const struct agenda *agenda, const struct rules *rules,
                            const struct agenda_query *query, timestamp now)
{
	static struct expected expected;
	uint64_t counts[2][AGENDA_STATE_COUNT] = { { 0 } }, found[AGENDA_STATE_COUNT];
	struct agenda_cursor cursor;
	struct agenda_item item;

	compute(&expected, rules, now);
	agenda_begin(agenda, now, &cursor);
	for (size_t i = 0; i < expected.count; i++) {
		counts[expected.items[i].side][expected.items[i].state]++;
		if (!is_asked_for(query, &expected.items[i]))
			continue;
		assert_true(agenda_next(agenda, query, &cursor, &item));
		assert_same_item(&item, &expected.items[i]);
		coverage.classes[item.class]++;
		coverage.states[item.state]++;
	}
	assert_false(agenda_next(agenda, query, &cursor, &item));
	for (unsigned side = 0; side < 2; side++) {
		agenda_count(agenda, side, now, found);
		assert_memory_equal(found, counts[side], sizeof(found));
	}
}

/* --- a reader with pages ---------------------------------------------------- */

/* What was given, and what has been there all the time, where it is. */
struct reader {
	struct agenda_cursor cursor;
	bool reading;
	struct expected steady, given;
};

static const struct agenda_query everything = { AGENDA_BOTH_SIDES, (1 << AGENDA_STATE_COUNT) - 1 };

static bool is_same_place(const struct agenda_item *a, const struct agenda_item *b)
{
	return a->act.party == b->act.party && a->act.number == b->act.number &&
	       a->class == b->class && a->side == b->side && a->time == b->time &&
	       a->obligation.duty == b->obligation.duty;
}

static size_t count_in(const struct expected *list, const struct agenda_item *item)
{
	size_t count = 0;

	for (size_t i = 0; i < list->count; i++)
		count += is_same_place(&list->items[i], item);
	return count;
}

/* Keeps of what has been there all the time what is there still. */
static void note_what_stayed(struct reader *reader, const struct rules *rules)
{
	static struct expected present;
	size_t kept = 0;

	compute(&present, rules, reader->cursor.now);
	for (size_t i = 0; i < reader->steady.count; i++) {
		if (count_in(&present, &reader->steady.items[i]) == 0)
			coverage.moved++;
		else
			reader->steady.items[kept++] = reader->steady.items[i];
	}
	reader->steady.count = kept;
}

/* What stayed was given once, and what is there at the end was given. */
static void finish_reading(struct reader *reader, const struct rules *rules)
{
	static struct expected at_end;

	compute(&at_end, rules, reader->cursor.now);
	for (size_t i = 0; i < reader->steady.count; i++)
		assert_int_equal(count_in(&reader->given, &reader->steady.items[i]), 1);
	for (size_t i = 0; i < at_end.count; i++)
		assert_true(count_in(&reader->given, &at_end.items[i]) > 0);
	coverage.paged++;
	reader->reading = false;
}

/* A page, through the text of the cursor as a client would have it. */
static void read_page(struct reader *reader, struct agenda *agenda, const struct rules *rules,
                      timestamp now)
{
	char text[AGENDA_CURSOR_CAPACITY];
	struct agenda_item item;

	if (!reader->reading) {
		agenda_begin(agenda, now, &reader->cursor);
		compute(&reader->steady, rules, now);
		reader->given.count = 0;
		reader->reading = true;
	}
	note_what_stayed(reader, rules);
	for (unsigned i = 0; i < PAGE; i++) {
		if (!agenda_next(agenda, &everything, &reader->cursor, &item)) {
			finish_reading(reader, rules);
			return;
		}
		assert_true(reader->given.count < ITEMS_MAXIMUM);
		reader->given.items[reader->given.count++] = item;
	}
	agenda_cursor_print(&reader->cursor, text);
	memset(&reader->cursor, 0, sizeof(reader->cursor));
	assert_ok(agenda_cursor_parse(bytes_of_string(text), &reader->cursor));
	assert_true(agenda_knows(agenda, &reader->cursor));
}

/* --- histories ---------------------------------------------------------------- */

static void run(uint64_t seed)
{
	static struct reader readers[2];
	struct agenda *agendas[2];
	struct history h;

	history_init(&h, &scenarios[seed % SCENARIOS], seed);
	for (unsigned party = 0; party < 2; party++) {
		assert_ok(agenda_new(h.nodes[party], seed, &agendas[party]));
		readers[party].reading = false;
	}
	for (unsigned step = 0; step < STEPS; step++) {
		struct agenda_query query = { (unsigned)history_below(&h, 4),
			                      (unsigned)history_below(&h,
			                                              1 << AGENDA_STATE_COUNT) };
		timestamp now = h.clock + (int64_t)history_below(&h, SCENARIO_DAY) - SCENARIO_HOUR;

		history_step(&h);
		for (unsigned party = 0; party < 2; party++) {
			/* Sometimes what happened is looked at late, or in two steps. */
			if (history_chance(&h, 20))
				continue;
			if (history_chance(&h, 20))
				assert_ok(agenda_catch_up(agendas[party]));
			assert_ok(agenda_update(agendas[party]));
			assert_complete(agendas[party], h.nodes[party],
			                history_chance(&h, 50) ? &everything : &query, now);
			read_page(&readers[party], agendas[party], h.nodes[party], now);
		}
		if (h.s->counts[0] >= HISTORY_ENTRIES_MAXIMUM ||
		    h.s->counts[1] >= HISTORY_ENTRIES_MAXIMUM)
			break;
	}
	for (unsigned party = 0; party < 2; party++)
		agenda_free(agendas[party]);
	history_release(&h);
}

static uint64_t from_environment(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text == NULL ? otherwise : strtoull(text, NULL, 10);
}

static uint64_t running; /* the seed */

static void test_histories(void **state)
{
	uint64_t seeds = from_environment("CHIRO_SEEDS", SEEDS);

	(void)state;
	if (getenv("CHIRO_SEED") != NULL) {
		running = from_environment("CHIRO_SEED", 0);
		run(running);
		return;
	}
	for (running = 1; running <= seeds; running++)
		run(running);
	if (seeds < SEEDS)
		return;
	for (unsigned class = 0; class < AGENDA_CLASS_COUNT; class ++)
		assert_true(coverage.classes[class] > 0);
	for (unsigned each = 0; each < AGENDA_STATE_COUNT; each++)
		assert_true(coverage.states[each] > 0);
	assert_true(coverage.moved > 0 && coverage.paged > seeds);
}

/* --- the tree ------------------------------------------------------------------ */

enum { NODES = 20000, DEPTH_MAXIMUM = 40 }; /* 2.41 times the logarithm of NODES is 34.4 */

static unsigned depth_of(const struct agenda_node *nodes, uint32_t root)
{
	unsigned left, right;

	if (root == AGENDA_NONE)
		return 0;
	left = depth_of(nodes, nodes[root].left);
	right = depth_of(nodes, nodes[root].right);
	return 1 + (left > right ? left : right);
}

static struct agenda_key key_of(uint64_t number)
{
	return (struct agenda_key){ .time = (timestamp)(number / 3), .number = number };
}

/* Node i holds key_of(i); every key from `from` on, below `to`, is in the tree. */
static void assert_holds(const struct agenda_node *nodes, uint32_t root, uint64_t from, uint64_t to)
{
	assert_true(depth_of(nodes, root) <= DEPTH_MAXIMUM);
	for (uint64_t i = 0; i < NODES; i += 97) {
		struct agenda_key key = key_of(i);
		uint64_t next = i < from ? from : i;

		assert_int_equal(agenda_tree_from(nodes, root, &key),
		                 next < to ? next : AGENDA_NONE);
		assert_int_equal(agenda_tree_rank(nodes, root, &key), (i < from ? from
		                                                       : i < to ? i
		                                                                : to) -
		                                                          from);
	}
}

/* In the orders that make a plain tree a list: ascending, and from both ends. */
static void test_the_tree_is_never_deep(void **state)
{
	struct agenda_node *nodes = allocate(NODES, sizeof(*nodes));
	uint32_t root = AGENDA_NONE;

	(void)state;
	assert_non_null(nodes);
	for (uint32_t i = 0; i < NODES; i++)
		nodes[i].key = key_of(i);
	for (uint32_t i = 0; i < NODES; i++)
		agenda_tree_insert(nodes, &root, i);
	assert_holds(nodes, root, 0, NODES);
	for (uint32_t i = 0; i < NODES / 2; i++)
		agenda_tree_remove(nodes, &root, i);
	assert_holds(nodes, root, NODES / 2, NODES);
	for (uint32_t i = NODES; i-- > NODES / 2 + 1;)
		agenda_tree_remove(nodes, &root, i);
	assert_holds(nodes, root, NODES / 2, NODES / 2 + 1);
	agenda_tree_remove(nodes, &root, NODES / 2);
	assert_int_equal(root, AGENDA_NONE);
	for (uint32_t i = 0; i < NODES / 2; i++) {
		agenda_tree_insert(nodes, &root, i);
		agenda_tree_insert(nodes, &root, NODES - 1 - i);
	}
	assert_holds(nodes, root, 0, NODES);
	release_memory(nodes);
}

/* --- memory -------------------------------------------------------------------- */

static int update_once(void *context)
{
	struct agenda *agenda = NULL;
	struct rules *rules = context;
	int r;

	if ((r = agenda_new(rules, 1, &agenda)) == OK)
		r = agenda_update(agenda);
	agenda_free(agenda);
	return r;
}

static void test_memory_that_fails(void **state)
{
	struct scenario *s = &scenarios[0];

	(void)state;
	scenario_clear(s);
	scenario_open(s);
	for (unsigned i = 0; i < 40; i++)
		scenario_say(
		    s, (struct line){ i % 3 == 0, i % 3 == 0 ? "b.head" : "a.head", KIND_REQUEST });
	torture(update_once, s->rules);
}

/* Entries whose notes a failed update has dropped are looked at by the next one. */
static void test_an_update_that_failed_is_made_up_for(void **state)
{
	struct scenario *s = &scenarios[0];
	struct agenda *agenda;

	(void)state;
	scenario_clear(s);
	assert_ok(agenda_new(s->rules, 1, &agenda));
	scenario_open(s);
	for (size_t n = 1; n < 12; n++) {
		for (unsigned i = 0; i < 30; i++)
			scenario_say(s, (struct line){ NORTH, "a.head", KIND_REQUEST });
		allocation_fail_at(n % 4 + 1);
		(void)agenda_update(agenda);
		allocation_fail_at(0);
		assert_ok(agenda_update(agenda));
		assert_complete(agenda, s->rules, &everything, s->now + SCENARIO_HOUR);
	}
	agenda_free(agenda);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_tree_is_never_deep),
		cmocka_unit_test(test_memory_that_fails),
		cmocka_unit_test(test_an_update_that_failed_is_made_up_for),
		cmocka_unit_test(test_histories),
	};
	struct charter model = fixture_charter();
	struct buffer vkeys[2];
	int failed;

	charter_name_neutrals(&model, vkeys);
	model.deemed_allowance = SCENARIO_HOUR;
	model.notice = 2 * SCENARIO_HOUR;
	model.acknowledge[PRECEDENCE_ROUTINE] = SCENARIO_HOUR;
	model.clocks[CLOCK_POSITION] = 2 * SCENARIO_HOUR;
	model.clocks[CLOCK_INCIDENT_UPDATE] = SCENARIO_HOUR;
	scenario_init(&scenarios[0], &model);
	model.survives = SURVIVES_NOTICES;
	model.acknowledge[PRECEDENCE_FLASH] = 60;
	scenario_init(&scenarios[1], &model);
	buffer_release(&vkeys[0]);
	buffer_release(&vkeys[1]);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	if (failed != 0)
		print_message("# the seed was CHIRO_SEED=%llu\n", (unsigned long long)running);
	for (unsigned i = 0; i < SCENARIOS; i++)
		scenario_release(&scenarios[i]);
	return failed;
}
