/* Random histories of two parties. After each arrival both sides agree on the
 * verdict of everything that both hold; no verdict ever changes; whoever holds
 * the same, in whatever order it arrived, sees the same matters, states,
 * delegates and obligations; an entry's past alone gives its verdict; and what is
 * offered as an answer is what would be valid.
 *
 * CHIRO_SEED runs one seed, CHIRO_SEEDS so many, from 1 on. All that there is, once:
 *
 *     CHIRO_SEEDS=100000 build-test/tests/unit/test_rules_property */
#include "history.h"

#include "rules_internal.h"
#include "stamp_fixture.h"

enum { SEEDS = 5000, STEPS = 150, CUTS = 4, SCENARIOS = 3 };

static struct scenario scenarios[SCENARIOS]; /* charters, used in turn */

/* What the histories contained, to be sure that they test something. */
static struct coverage {
	uint64_t valid[KIND_COUNT], void_[KIND_COUNT];
	uint64_t reasons[VOID_REASON_COUNT];
	uint64_t states[MATTER_STATE_COUNT];
	uint64_t channel[CHANNEL_CLOSED + 1];
	uint64_t duties[DUTY_COUNT][OBLIGATION_OVERDUE + 1];
	uint64_t answers_against_retract[KIND_COUNT];
	uint64_t against_withdraw[KIND_COUNT];
	uint64_t retracted_counters, standing_faults, cured_faults, disputed, refused;
	uint64_t offered, not_offered;
	uint64_t stamps[STAMP_FORM_COUNT], late, denied, deemed[OBLIGATION_OVERDUE + 1];
	uint64_t cured_by_deposit, accepted_by_stamp;
	uint64_t amendments[AMENDMENT_STATE_COUNT], second_amendments;
	uint64_t conflicts, inner[MATTER_STATE_COUNT], deferred, unsupported;
} coverage;

/* --- what is seen ---------------------------------------------------------- */

struct view_hash {
	struct sha256_stream stream;
};

static void add(struct view_hash *view, const void *data, size_t size)
{
	assert_ok(sha256_stream_update(&view->stream, bytes_of(data, size)));
}

static void add_number(struct view_hash *view, uint64_t number)
{
	add(view, &number, sizeof(number));
}

static void add_place(struct view_hash *view, struct act_place place)
{
	add_number(view, place.party);
	add_number(view, place.number);
}

static void add_stamped(struct view_hash *view, bool is_stamped, const struct stamped *stamped)
{
	add_number(view, is_stamped);
	if (!is_stamped)
		return;
	add_number(view, (uint64_t)stamped->time);
	add_place(view, stamped->stamp);
}

/* What neutrals say of an act, and what it says if it is a stamp. */
static void add_stamps(struct view_hash *view, const struct rules *rules, struct act_place place)
{
	struct stamp_summary said;
	struct stamped stamped;
	bool found;

	found = rules_stamped(rules, place, &stamped);
	add_stamped(view, found, &stamped);
	found = rules_deemed_receipt(rules, place, &stamped);
	add_stamped(view, found, &stamped);
	if (rules_stamp(rules, place, &said) != OK)
		return;
	add_number(view, said.form);
	add_number(view, said.size);
	add_number(view, said.late);
	add_number(view, said.denied);
	if (said.denied)
		add_place(view, said.denied_by);
}

static void add_act(struct view_hash *view, const struct rules *rules, struct act_place place,
                    timestamp now)
{
	const struct act_summary *act = rules_act(rules, place);
	struct obligation obligations[OBLIGATIONS_MAXIMUM];
	size_t count;
	const uint64_t numbers[] = {
		act->verdict.code,   act->verdict.reason, act->seen,
		act->has_matter,     act->retracted,      act->fault_stands,
		act->obliges_nobody, act->receipted_by,   act->acknowledged_by,
		act->answered_by,    act->resealed_by,    rules_disputed(rules, place),
		act->charter,
	};
	enum matter_state state;

	add_place(view, place);
	add(view, numbers, sizeof(numbers));
	if (act->has_matter)
		add_place(view, act->matter);
	if (rules_state_of(rules, place, now, &state) == OK)
		add_number(view, state);
	add_stamps(view, rules, place);
	assert_ok(rules_obligations(rules, place, now, obligations, &count));
	for (size_t i = 0; i < count; i++) {
		add_number(view, obligations[i].duty);
		add_number(view, obligations[i].owed_by);
		add_number(view, (uint64_t)obligations[i].started);
		add_number(view, (uint64_t)obligations[i].deadline);
		add_number(view, obligations[i].state);
		add_number(view, obligations[i].deemed);
		add_number(view, obligations[i].deferred);
		if (obligations[i].state == OBLIGATION_MET)
			add_place(view, obligations[i].met_by);
	}
}

/* What is kept of a fold is what the fold from the start comes to: of everything, and of
 * what either log had seen. */
static void assert_folds(const struct rules *rules)
{
	for (size_t i = 0; i < rules->track_count; i++) {
		const struct track *track = &rules->tracks[i];
		struct view views[] = {
			view_of_everything(rules),
			{ { rules->logs[0].size, rules->logs[0].receipted } },
			{ { rules->logs[1].receipted, rules->logs[1].size } },
		};

		for (size_t k = 0; k < sizeof(views) / sizeof(views[0]); k++) {
			struct track_state kept = track_in_view(rules, track, &views[k]);
			struct track_state anew = track_from_start(rules, track, &views[k]);

			assert_int_equal(kept.state, anew.state);
			assert_int_equal(kept.mover, anew.mover);
			assert_place(kept.offer, anew.offer);
			assert_int_equal(kept.waiting, anew.waiting);
			assert_int_equal(kept.agreed, anew.agreed);
			assert_int_equal(kept.supported, anew.supported);
		}
		coverage.conflicts += track->conflict[0] != NO_ENTRY;
	}
}

static void add_matters(struct view_hash *view, const struct rules *rules, timestamp now)
{
	struct act_place places[2 * HISTORY_ENTRIES_MAXIMUM];
	struct matter_summary matter;
	size_t count;

	for (size_t i = 0; i < rules_matter_count(rules); i++) {
		assert_ok(rules_matter(rules, i, now, &matter));
		add_place(view, matter.opened_by);
		add_number(view, matter.state);
		add_number(view, matter.kind);
		add_number(view, matter.unsupported);
		assert_ok(rules_matter_acts(rules, matter.opened_by, places,
		                            sizeof(places) / sizeof(places[0]), &count));
		assert_int_equal(count, matter.act_count);
		assert_place(places[count - 1], matter.last);
		for (size_t k = 0; k < count; k++)
			add_place(view, places[k]);
	}
}

static void add_delegates(struct view_hash *view, const struct rules *rules, unsigned party)
{
	const struct party *block = rules_party(rules, party);
	const struct delegate *head = rules_head(rules, party);
	size_t count;
	const struct delegate *delegates = rules_delegates(rules, party, &count);

	const struct reading_key *keys;
	size_t key_count;

	keys = rules_reading_keys(rules, party, &key_count);
	for (size_t i = 0; i < key_count; i++) {
		add_number(view, keys[i].entry);
		add_number(view, keys[i].destroyed_by);
	}
	add(view, block->node_key.bytes, sizeof(block->node_key.bytes));
	add(view, block->head, strlen(block->head));
	add(view, block->endpoints[0], strlen(block->endpoints[0]));
	add_number(view, head == NULL ? UINT64_MAX : (uint64_t)(head - delegates));
	for (size_t i = 0; i < count; i++) {
		add(view, delegates[i].name, strlen(delegates[i].name));
		add_number(view, delegates[i].role);
		add_number(view, (uint64_t)delegates[i].until);
		add_number(view, delegates[i].recalled ? delegates[i].ended_by : UINT64_MAX);
		add_number(view, (uint64_t)delegates[i].disputed_since);
	}
}

/* What was amended, and what is open. */
static void add_charters(struct view_hash *view, const struct rules *rules)
{
	struct act_place opened, completed;

	for (unsigned i = 2; i <= rules_charter_count(rules); i++) {
		assert_true(rules_charter_acts(rules, i, &opened, &completed));
		add_place(view, opened);
		add_place(view, completed);
		add(view, rules_charter_version(rules, i)->hash.bytes, HASH_SIZE);
	}
	for (unsigned party = 0; party < 2; party++)
		if (rules_open_amendment(rules, party, &opened)) {
			struct amendment_summary amendment;

			add_place(view, opened);
			assert_ok(rules_amendment(rules, opened, &amendment));
			add_number(view, amendment.state);
		}
}

/* A hash over everything that the rules derive, at one time. */
static struct hash everything(const struct rules *rules, timestamp now)
{
	struct display_cursor cursor = { { 0, 0 } };
	struct act_place place;
	struct view_hash view;
	struct hash hash;
	size_t shown = 0;

	assert_folds(rules);
	assert_ok(sha256_stream_init(&view.stream));
	for (; rules_display_next(rules, &cursor, &place); shown++)
		add_act(&view, rules, place, now);
	assert_int_equal(shown, rules_size(rules, 0) + rules_size(rules, 1));
	add_matters(&view, rules, now);
	for (unsigned party = 0; party < 2; party++) {
		add_delegates(&view, rules, party);
		add_number(&view, rules_has_suspended(rules, party));
		add_number(&view, rules_receipted(rules, party));
		add_number(&view, (uint64_t)rules_withdrawal(rules, party == 1));
	}
	add_number(&view, rules_channel_state(rules, now));
	add_charters(&view, rules);
	assert_ok(sha256_stream_finish(&view.stream, &hash));
	sha256_stream_release(&view.stream);
	return hash;
}

/* --- coverage --------------------------------------------------------------- */

static bool concurrent(const struct act_summary *a, const struct act_summary *b)
{
	return a->place.party != b->place.party && a->seen <= b->place.number &&
	       b->seen <= a->place.number;
}

static void count_conflicts(const struct rules *rules, const struct act_summary *act)
{
	const struct act_summary *target, *other;
	struct act_place place = { 1 - act->place.party, 0 };

	if (act->verdict.code != VERDICT_VALID)
		return;
	if (act->kind->number == KIND_RETRACT) {
		target = rules_act(rules, act->target);
		place.number = target->answered_by;
		if (place.number != UINT64_MAX && concurrent(act, rules_act(rules, place)))
			coverage.answers_against_retract[rules_act(rules, place)->kind->number]++;
		else if (target->kind->number == KIND_COUNTER)
			coverage.retracted_counters++;
	}
	if (act->kind->number != KIND_WITHDRAW)
		return;
	for (; (other = rules_act(rules, place)) != NULL; place.number++)
		if (other->verdict.code == VERDICT_VALID && concurrent(act, other))
			coverage.against_withdraw[other->kind->number]++;
}

static void count_stamps(const struct rules *rules, const struct act_summary *act)
{
	struct act_place receipt = { 1 - act->place.party, act->receipted_by };
	const struct act_summary *offer;
	struct stamp_summary said;
	struct stamped stamped;

	coverage.cured_by_deposit += act->fault_stands && !act->obliges_nobody;
	if (rules_stamp(rules, act->place, &said) == OK) {
		coverage.stamps[said.form]++;
		coverage.late += said.late;
		coverage.denied += said.denied;
	}
	if (act->kind->number != KIND_ACCEPT || act->verdict.code != VERDICT_VALID)
		return;
	offer = rules_act(rules, act->answers);
	coverage.accepted_by_stamp += offer->expires != 0 &&
	                              (receipt.number == UINT64_MAX ||
	                               rules_act(rules, receipt)->logged > offer->expires) &&
	                              rules_stamped(rules, act->place, &stamped) &&
	                              stamped.time <= offer->expires;
}

static void count_act(const struct rules *rules, struct act_place place, timestamp now)
{
	const struct act_summary *act = rules_act(rules, place);
	struct obligation obligations[OBLIGATIONS_MAXIMUM];
	struct amendment_summary amendment;
	enum matter_state state;
	size_t count;

	if (act->verdict.code == VERDICT_VALID)
		coverage.valid[act->kind->number]++;
	else
		coverage.void_[act->kind->number]++;
	coverage.reasons[act->verdict.reason]++;
	if (rules_amendment(rules, place, &amendment) == OK)
		coverage.amendments[amendment.state]++;
	coverage.standing_faults += act->obliges_nobody;
	coverage.cured_faults += act->kind->number == KIND_FAULT && act->has_target &&
	                         !rules_act(rules, act->target)->obliges_nobody;
	coverage.disputed += rules_disputed(rules, place);
	assert_ok(rules_obligations(rules, place, now, obligations, &count));
	for (size_t i = 0; i < count; i++) {
		coverage.duties[obligations[i].duty][obligations[i].state]++;
		coverage.deemed[obligations[i].state] += obligations[i].deemed;
		coverage.deferred += obligations[i].deferred;
	}
	if (rules_state_of(rules, place, now, &state) == OK && act->has_matter &&
	    (act->matter.party != place.party || act->matter.number != place.number))
		coverage.inner[state]++;
	count_stamps(rules, act);
	count_conflicts(rules, act);
}

static void count(const struct rules *rules, timestamp now)
{
	struct display_cursor cursor = { { 0, 0 } };
	struct matter_summary matter;
	struct act_place place;

	while (rules_display_next(rules, &cursor, &place))
		count_act(rules, place, now);
	for (size_t i = 0; i < rules_matter_count(rules); i++) {
		assert_ok(rules_matter(rules, i, now, &matter));
		coverage.states[matter.state]++;
		coverage.unsupported += matter.unsupported;
	}
	coverage.channel[rules_channel_state(rules, now)]++;
	coverage.second_amendments += rules_charter_count(rules) > 2;
}

static uint64_t seeds;
static unsigned scarce; /* things that happened too seldom */

/* `least` in ten thousand histories. */
static void assert_often(uint64_t count, const char *name, uint64_t least)
{
	if (count * 10000 >= least * seeds)
		return;
	scarce++;
	print_message("# only %llu of %s\n", (unsigned long long)count, name);
}

static void assert_coverage(void)
{
	static const enum kind_number answers[] = { KIND_ACCEPT, KIND_REJECT, KIND_COUNTER,
		                                    KIND_AMEND };
	static const enum kind_number offers[] = { KIND_ACCEPT, KIND_PROPOSE, KIND_COUNTER };

	for (unsigned i = 0; i < KIND_COUNT; i++) {
		const struct kind *kind = kind_by_number(i);

		if (!kind->in_this_version)
			continue;
		assert_often(coverage.valid[i], kind->name, 50);
		assert_often(coverage.void_[i], kind->name, 20);
	}
	for (unsigned i = 0; i < VOID_REASON_COUNT; i++)
		assert_often(coverage.reasons[i], void_reason_name(i), 20);
	for (unsigned i = 0; i < MATTER_STATE_COUNT; i++)
		if (i != STATE_OPEN) /* of matters of a later version only */
			assert_often(coverage.states[i], matter_state_name(i), 2);
	for (unsigned i = CHANNEL_IN_FORCE; i <= CHANNEL_CLOSED; i++)
		assert_often(coverage.channel[i], channel_state_name(i), 20);
	for (unsigned duty = 0; duty < DUTY_COUNT; duty++)
		for (unsigned state = 0; state <= OBLIGATION_OVERDUE; state++)
			assert_often(coverage.duties[duty][state], obligation_duty_name(duty),
			             duty == DUTY_REVEAL ? 5 : 20);
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
		assert_often(coverage.answers_against_retract[answers[i]],
		             kind_by_number(answers[i])->name, 10);
	for (size_t i = 0; i < sizeof(offers) / sizeof(offers[0]); i++)
		assert_often(coverage.against_withdraw[offers[i]], kind_by_number(offers[i])->name,
		             10);
	for (unsigned form = 0; form < STAMP_FORM_COUNT; form++)
		assert_often(coverage.stamps[form], stamp_form_name(form), 1000);
	for (unsigned state = 0; state <= OBLIGATION_OVERDUE; state++)
		assert_often(coverage.deemed[state], "deemed receipts", 20);
	assert_often(coverage.inner[STATE_PROVIDED], "requests provided inside a matter", 20);
	assert_often(coverage.inner[STATE_MINUTES_AGREED], "minutes agreed inside a matter", 5);
	assert_often(coverage.inner[STATE_PUBLISHED], "communiques published inside a matter", 2);
	assert_often(coverage.conflicts, "conflicts in a matter", 100);
	assert_often(coverage.deferred, "answers put off", 100);
	assert_often(coverage.unsupported, "allegations without evidence", 100);
	assert_often(coverage.late, "certificates after a close", 20);
	assert_often(coverage.denied, "denied certificates", 20);
	assert_often(coverage.cured_by_deposit, "bodies missing and deposited", 2);
	assert_often(coverage.accepted_by_stamp, "acceptances by a stamp", 2);
	for (int state = 0; state < AMENDMENT_STATE_COUNT; state++)
		assert_often(coverage.amendments[state], amendment_state_name(state), 20);
	assert_often(coverage.second_amendments, "charters amended twice", 5);
	assert_often(coverage.retracted_counters, "retracted counters", 20);
	assert_often(coverage.standing_faults, "standing faults", 20);
	assert_often(coverage.cured_faults, "cured faults", 20);
	assert_often(coverage.disputed, "disputed acts", 20);
	assert_often(coverage.refused, "refused entries", 1000);
	assert_often(coverage.offered, "answers offered", 1000);
	assert_often(coverage.not_offered, "answers not offered", 1000);
	assert_int_equal(scarce, 0);
}

/* --- the property ------------------------------------------------------------ */

/* What one of the parties held, and what it saw then. */
struct cut {
	uint64_t size[2];
	struct hash seen;
};

/* Gives an auditor both logs up to the cut, in any order in which they can
 * arrive; verdicts are those of the author. */
static void arrive(struct history *h, struct rules *auditor, const uint64_t size[2])
{
	while (rules_size(auditor, 0) < size[0] || rules_size(auditor, 1) < size[1]) {
		unsigned party = (unsigned)history_below(h, 2);
		uint64_t next = rules_size(auditor, party);
		const struct scenario_entry *made;
		struct verdict verdict;
		int r;

		if (next >= size[party])
			continue;
		made = h->s->entries[party][next];
		r = rules_append(auditor, party, &made->entry, made->keys, &verdict, NULL);
		if (r == ERROR_WAIT)
			continue;
		assert_ok(r);
		assert_int_equal(
		    verdict.reason,
		    rules_act(h->nodes[party], (struct act_place){ party, next })->verdict.reason);
	}
}

static struct cut cut_of(const struct rules *rules, timestamp now)
{
	return (struct cut){
		.size = { rules_size(rules, 0), rules_size(rules, 1) },
		.seen = everything(rules, now),
	};
}

static void assert_same(const struct rules *rules, const struct cut *cut, timestamp now)
{
	struct hash seen = everything(rules, now);

	assert_memory_equal(seen.bytes, cut->seen.bytes, sizeof(seen.bytes));
}

/* An auditor who comes by another way to what a party held sees the same, and so
 * does one who holds everything. */
static void audit(struct history *h, const struct cut *cut, const struct cut *all, timestamp now)
{
	struct rules *auditor;

	history_new_rules(h, &auditor);
	arrive(h, auditor, cut->size);
	assert_same(auditor, cut, now);
	arrive(h, auditor, all->size);
	assert_same(auditor, all, now);
	rules_free(auditor);
}

/* Whoever has nothing of an entry but its causal past comes to its verdict. */
static void judge_in_its_past(struct history *h)
{
	unsigned party = (unsigned)history_below(h, 2);
	const struct scenario_entry *made;
	const struct act_summary *act;
	struct verdict verdict;
	struct rules *rules;
	uint64_t size[2];

	if (h->s->counts[party] == 0)
		return;
	act = rules_act(
	    h->nodes[party],
	    (struct act_place){ party, history_below(h, rules_size(h->nodes[party], party)) });
	size[party] = act->place.number;
	size[1 - party] = act->seen;
	history_new_rules(h, &rules);
	arrive(h, rules, size);
	made = h->s->entries[party][act->place.number];
	assert_ok(rules_append(rules, party, &made->entry, made->keys, &verdict, NULL));
	assert_int_equal(verdict.reason, act->verdict.reason);
	rules_free(rules);
}

/* The line by which the head answers an act with a kind. */
static struct line answer_line(const struct rules *rules, unsigned party,
                               const struct act_summary *act, enum kind_number number)
{
	const struct kind *kind = kind_by_number(number);
	struct line line = {
		.party = party,
		.author = rules_head(rules, party)->name,
		.kind = number,
		.exercise = act->exercise,
	};

	if (number == KIND_CORRECT || number == KIND_RETRACT)
		line.target = &act->place;
	else if (kind_set_has(&kind->answerable, act->kind->number))
		line.answers = &act->place;
	else if (act->has_matter)
		line.matter = &act->matter;
	if (number == KIND_LIST) {
		line.fields[0].name = "mode";
		line.fields[0].value = "swap";
	}
	return line;
}

/* Of one act: what is offered as an answer is valid by the head's hand, and what is
 * not offered is not. */
static void try_answers(struct history *h)
{
	unsigned party = (unsigned)history_below(h, 2), of = (unsigned)history_below(h, 2);
	const struct rules *rules = h->nodes[party];
	const struct act_summary *act;
	struct kind_set offered;

	if (rules_size(rules, of) == 0 || rules_size(rules, party) == 0 ||
	    rules_has_closed(rules, party) || rules_head(rules, party) == NULL)
		return;
	act = rules_act(rules, (struct act_place){ of, history_below(h, rules_size(rules, of)) });
	h->s->now = h->clock + SCENARIO_HOUR;
	assert_ok(rules_legal_answers(rules, party, act->place, h->s->now, &offered));
	for (unsigned i = 0; i < KIND_COUNT; i++) {
		const struct kind *kind = kind_by_number(i);
		struct scenario_entry *made;
		struct verdict verdict;
		struct line line;

		if (!kind->in_this_version || !kind_is_for_people(kind) ||
		    kind->matter == MATTER_CHANNEL || kind->matter == MATTER_SERVICE ||
		    (kind->matter_use == MATTER_LINE_NEW &&
		     !kind_set_has(&kind->answerable, act->kind->number)) ||
		    kind_set_has(&rules_charter_now(rules)->two_signatures, i))
			continue;
		line = answer_line(rules, party, act, i);
		if (line.target == NULL && line.answers == NULL &&
		    (line.matter == NULL || kind->answers == REQUIRED)) {
			assert_false(kind_set_has(&offered, i));
			continue;
		}
		line.key = history_label(h, party, &rules_head(rules, party)->key);
		made = scenario_make(h->s, rules, &line);
		assert_ok(rules_try(rules, party, &made->entry.act, made->keys, h->s->now, &verdict,
		                    NULL));
		/* To comment on something else in the matter is no answer to this. */
		if ((line.matter == NULL || kind->answers == ABSENT) &&
		    verdict.reason != VOID_BUDGET)
			assert_int_equal(verdict.code == VERDICT_VALID, kind_set_has(&offered, i));
		coverage.offered += kind_set_has(&offered, i);
		coverage.not_offered += !kind_set_has(&offered, i);
		scenario_entry_free(made);
	}
}

static void run(uint64_t seed)
{
	timestamp now = SCENARIO_START + 8 * SCENARIO_HOUR;
	struct cut cuts[CUTS], all;
	struct history h;
	size_t cut_count = 0;

	history_init(&h, &scenarios[seed % SCENARIOS], seed);
	for (unsigned step = 0; step < STEPS; step++) {
		history_step(&h);
		if (step % (STEPS / CUTS) == STEPS / CUTS - 1) {
			cuts[cut_count++] = cut_of(h.nodes[history_below(&h, 2)], now);
			try_answers(&h);
		}
		if (h.s->counts[0] >= HISTORY_ENTRIES_MAXIMUM ||
		    h.s->counts[1] >= HISTORY_ENTRIES_MAXIMUM)
			break;
	}
	history_deliver(&h, NORTH, UINT64_MAX);
	history_deliver(&h, SOUTH, UINT64_MAX);
	all = cut_of(h.nodes[NORTH], now);
	assert_same(h.nodes[SOUTH], &all, now);
	if (cut_count > 0)
		audit(&h, &cuts[history_below(&h, cut_count)], &all, now);
	for (unsigned i = 0; i < CUTS; i++)
		judge_in_its_past(&h);
	count(h.nodes[NORTH], h.clock);
	coverage.refused += h.refused;
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
	(void)state;
	seeds = from_environment("CHIRO_SEEDS", SEEDS);
	if (getenv("CHIRO_SEED") != NULL) {
		running = from_environment("CHIRO_SEED", 0);
		run(running);
		return;
	}
	for (running = 1; running <= seeds; running++)
		run(running);
	if (seeds >= SEEDS)
		assert_coverage();
}

static int set_up(void **state)
{
	struct charter model = fixture_charter();
	struct buffer vkeys[2];

	(void)state;
	charter_name_neutrals(&model, vkeys);
	model.deemed_allowance = SCENARIO_HOUR;
	model.notice = 2 * SCENARIO_HOUR;
	model.acknowledge[PRECEDENCE_ROUTINE] = SCENARIO_HOUR;
	model.clocks[CLOCK_POSITION] = 2 * SCENARIO_HOUR;
	model.clocks[CLOCK_INCIDENT_UPDATE] = SCENARIO_HOUR;
	model.clocks[CLOCK_CONCLUSION] = 2 * SCENARIO_HOUR;
	model.clocks[CLOCK_REQUEST] = 3 * SCENARIO_HOUR;
	model.clocks[CLOCK_LIST_CHANGES] = SCENARIO_HOUR / 4;
	model.clocks[CLOCK_FULL_LIST] = 4 * SCENARIO_HOUR;
	scenario_init(&scenarios[0], &model);
	model.survives = SURVIVES_NOTICES;
	kind_set_add(&model.two_signatures, KIND_CONCLUDE);
	scenario_init(&scenarios[1], &model);
	buffer_release(&vkeys[0]);
	buffer_release(&vkeys[1]);
	model = fixture_full_charter(vkeys);
	model.deemed_allowance = SCENARIO_HOUR / 4;
	model.notice = 0;
	model.acknowledge[PRECEDENCE_FLASH] = 60;
	kind_set_add(&model.two_signatures, KIND_RETRACT);
	scenario_init(&scenarios[2], &model);
	buffer_release(&vkeys[0]);
	buffer_release(&vkeys[1]);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	for (unsigned i = 0; i < SCENARIOS; i++)
		scenario_release(&scenarios[i]);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_histories) };
	int failed = cmocka_run_group_tests(tests, set_up, tear_down);

	if (failed != 0)
		print_message("# the seed was CHIRO_SEED=%llu\n", (unsigned long long)running);
	return failed;
}
