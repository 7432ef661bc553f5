/* Random histories of two parties: legal and illegal acts, delays, skewed
 * clocks. Each party has rules of its own that hold its own log and what has
 * arrived of the other's. Everything follows from a seed. */
#ifndef HISTORY_H
#define HISTORY_H

#include "history_choices.h"

/* --- what happens ------------------------------------------------------------ */

/* Logs the entry in its party's log, unless the party's own rules refuse it: then
 * nothing has changed. What is tried and what is logged come to the same. */
static inline void history_log(struct history *h, const struct line *line)
{
	unsigned party = line->party;
	struct rules *rules = h->nodes[party];
	timestamp last = rules_last_logged(rules, party);
	bool receipted = rules_receipted(rules, party) == rules_size(rules, 1 - party);
	uint64_t size = rules_size(rules, party);
	struct verdict tried, as_is, verdict;
	struct scenario_entry *made;
	int r, r_as_is, result;

	h->s->now = h->clock + h->skews[party];
	if (h->s->now < last && history_chance(h, 98))
		h->s->now = last;
	made = scenario_make(h->s, rules, line);
	r = rules_try(rules, party, &made->entry.act, made->keys, h->s->now, &tried, NULL);
	r_as_is = rules_try_as_is(rules, party, &made->entry.act, made->keys, h->s->now, &as_is,
	                          NULL);
	result = rules_append(rules, party, &made->entry, made->keys, &verdict, NULL);
	if (made->entry.act.kind->in_this_version) {
		assert_int_equal(r_as_is, result);
		if (receipted && line->kind != KIND_RECEIPT)
			assert_int_equal(r, result);
	} else {
		assert_int_equal(r_as_is, ERROR_UNSUPPORTED);
	}
	if (result != OK) {
		assert_int_equal(rules_size(rules, party), size);
		h->refused++;
		scenario_entry_free(made);
		return;
	}
	scenario_keep(h->s, party, made);
	if (r_as_is == OK)
		assert_int_equal(as_is.reason, verdict.reason);
	if (r == OK && receipted && line->kind != KIND_RECEIPT)
		assert_int_equal(tried.reason, verdict.reason);
}

static inline void history_receipt(struct history *h, unsigned party)
{
	uint64_t receipted = rules_receipted(h->nodes[party], party);
	uint64_t size = rules_size(h->nodes[party], 1 - party);
	struct line line = { party, "node", KIND_RECEIPT };
	const struct delegate *node = rules_delegate(h->nodes[party], party, "node");
	char text[24];

	if (size <= receipted || rules_has_closed(h->nodes[party], party) ||
	    rules_size(h->nodes[party], party) == 0)
		return;
	if (history_chance(h, 25))
		size = receipted + 1 + history_below(h, size - receipted);
	/* Of less, of more than there is, or of another log: the log is refused. */
	if (history_chance(h, 2))
		size = history_chance(h, 50) ? receipted : size + 1;
	if (history_chance(h, 1)) {
		line.fields[1].name = "root";
		line.fields[1].value = FIXTURE_HASH;
	}
	assert_true(snprintf(text, sizeof(text), "%llu", (unsigned long long)size) > 0);
	line.fields[0].name = "size";
	line.fields[0].value = text;
	line.key = history_chance(h, 99) ? history_label(h, party, &node->key) : "a wrong key";
	history_log(h, &line);
}

/* How often a kind is drawn. */
static const struct {
	enum kind_number kind;
	unsigned weight;
} history_weights[] = {
	{ KIND_ACCREDIT, 5 },    { KIND_RECALL, 2 },     { KIND_APPOINT, 1 },
	{ KIND_REKEY, 1 },       { KIND_SUSPEND, 1 },    { KIND_RESUME, 2 },
	{ KIND_WITHDRAW, 2 },    { KIND_CLOSE, 2 },      { KIND_FAULT, 10 },
	{ KIND_RESEAL, 4 },      { KIND_TEST, 3 },       { KIND_ECHO, 3 },
	{ KIND_ACK, 8 },         { KIND_COMMENT, 3 },    { KIND_CORRECT, 3 },
	{ KIND_RETRACT, 14 },    { KIND_PROPOSE, 15 },   { KIND_COUNTER, 13 },
	{ KIND_ACCEPT, 11 },     { KIND_REJECT, 6 },     { KIND_NOTIFY, 6 },
	{ KIND_UPDATE, 5 },      { KIND_CONCLUDE, 4 },   { KIND_ACCEDE, 2 },
	{ KIND_STAMP, 15 },      { KIND_OFFER, 2 },      { KIND_CONVENE, 4 },
	{ KIND_MINUTES, 4 },     { KIND_CALL, 2 },       { KIND_REQUEST, 7 },
	{ KIND_PROVIDE, 4 },     { KIND_DEFER, 3 },      { KIND_REFUSE, 3 },
	{ KIND_NOT_HELD, 2 },    { KIND_ALLEGE, 5 },     { KIND_SUBMIT, 3 },
	{ KIND_DENY, 2 },        { KIND_ADMIT, 2 },      { KIND_NO_POSITION, 3 },
	{ KIND_FIND, 4 },        { KIND_MAINTAIN, 3 },   { KIND_DROP, 2 },
	{ KIND_NOTE_PUBLIC, 5 }, { KIND_ADOPT, 2 },      { KIND_DISOWN, 2 },
	{ KIND_REPORT, 7 },      { KIND_DENOUNCE, 3 },   { KIND_DECLARE, 3 },
	{ KIND_ASK_RELEASE, 4 }, { KIND_COMMUNIQUE, 6 }, { KIND_PUBLISH, 6 },
	{ KIND_PRESS_CHECK, 5 }, { KIND_CONFIRM, 2 },    { KIND_REBUT, 2 },
	{ KIND_AMEND, 7 },
};

static const enum kind_number history_lists[] = {
	KIND_LIST,        KIND_LIST,        KIND_LIST,  KIND_LIST,   KIND_REVEAL, KIND_REVEAL,
	KIND_REVEAL,      KIND_REVEAL,      KIND_QUERY, KIND_QUERY,  KIND_REPLY,  KIND_REPLY,
	KIND_UPDATE_LIST, KIND_RETIRE_LIST, KIND_TALLY, KIND_REJECT,
};

static inline enum kind_number history_choose_kind(struct history *h, unsigned party)
{
	unsigned total = 0, drawn;
	size_t i;

	if (h->amends && history_chance(h, 40))
		return KIND_AMEND;
	if (h->lists && list_waits(h->nodes[party], party) && history_chance(h, 15))
		return KIND_REVEAL;
	if (h->lists && history_chance(h, 60))
		return history_any(h, history_lists);
	for (i = 0; i < sizeof(history_weights) / sizeof(history_weights[0]); i++)
		total += history_weights[i].weight;
	drawn = (unsigned)history_below(h, total);
	for (i = 0; drawn >= history_weights[i].weight; i++)
		drawn -= history_weights[i].weight;
	return history_weights[i].kind;
}

/* Seldom: references that are wrong in one thing, and another channel or party,
 * for which the log is refused. */
static inline void history_spoil(struct history *h, struct line *line,
                                 struct history_values *values)
{
	const struct kind *kind = kind_by_number(line->kind);

	if (history_chance(h, 1))
		line->leaf = &values->leaf;
	else if (history_chance(h, 1))
		line->generation = 2;
	else if (history_chance(h, 1))
		line->channel = fixture_channel;
	else if (history_chance(h, 1))
		line->as_party = line->party == NORTH ? "south" : "north";
	if (line->matter != NULL || !history_chance(h, 4) ||
	    (kind->matter_use != MATTER_LINE_JOIN && kind->matter_use != MATTER_LINE_OPTIONAL))
		return;
	for (unsigned i = 0; i < HISTORY_ATTEMPTS && line->matter == NULL; i++) {
		const struct rules *rules = h->nodes[line->party];
		unsigned party = (unsigned)history_below(h, 2);
		uint64_t size = rules_size(rules, party);

		if (size == 0)
			continue;
		values->matter = (struct act_place){ party, history_below(h, size) };
		if (rules_act(rules, values->matter)->has_matter)
			line->matter = &values->matter;
	}
}

static inline void history_act(struct history *h, unsigned party)
{
	struct line line = { .party = party, .kind = history_choose_kind(h, party) };
	const struct kind *kind = kind_by_number(line.kind);
	struct history_values values = { .leaf = { { 0 } } };
	bool targets = line.kind == KIND_TALLY ||
	               (line.kind == KIND_DECLARE && history_chance(h, 50));
	bool joins = kind->matter_use == MATTER_LINE_JOIN ||
	             (kind->matter_use == MATTER_LINE_EITHER && history_chance(h, 60));
	bool answers = kind->answers == REQUIRED ||
	               (line.kind == KIND_PUBLISH && history_chance(h, 50));

	if ((line.kind == KIND_WITHDRAW || line.kind == KIND_CLOSE) && !h->ends)
		return;
	for (size_t i = 0; i < kind_field_count(kind); i++)
		targets = targets || strcmp(kind->fields[i].name, "target") == 0;
	history_choose_signers(h, &line);
	history_put_fields(h, &line, &values);
	answers = answers || (line.kind == KIND_LIST && history_chance(h, 70) &&
	                      strcmp(line.fields[0].value, "swap") == 0);
	line.exercise = kind->matter_use == MATTER_LINE_NEW && history_chance(h, 10);
	if (targets || answers || joins) {
		if (!history_choose_act(h, &line, &values.named))
			return;
		if (targets)
			line.target = &values.named;
		else if (answers)
			line.answers = &values.named;
		else
			line.matter = &values.named;
		line.exercise = kind_may_be_exercise(kind) &&
		                rules_act(h->nodes[party], values.named)->exercise !=
		                    history_chance(h, 3);
	}
	if (kind->precedence == OPTIONAL && history_chance(h, 40))
		line.precedence = history_chance(h, 30) ? "flash" : "priority";
	if (history_chance(h, 2))
		line.time = h->clock + SCENARIO_DAY;
	if (kind->not_after != ABSENT && history_chance(h, 5))
		line.not_after = h->clock + (int64_t)history_below(h, 600) - 120;
	if (kind->due != ABSENT && history_chance(h, 20))
		line.due = h->clock + (int64_t)history_below(h, SCENARIO_DAY);
	history_spoil(h, &line, &values);
	history_log(h, &line);
}

/* The same text once more. */
static inline void history_repeat(struct history *h, unsigned party)
{
	struct scenario_entry *made = allocate(1, sizeof(*made));
	uint64_t size = rules_size(h->nodes[party], party);
	struct verdict verdict;

	assert_non_null(made);
	*made = *h->s->entries[party][history_below(h, size)];
	buffer_init(&made->bytes, ENTRY_SIZE_MAXIMUM);
	made->entry.logged = rules_last_logged(h->nodes[party], party);
	if (made->entry.act.kind->number == KIND_RECEIPT ||
	    rules_append(h->nodes[party], party, &made->entry, made->keys, &verdict, NULL) != OK)
		scenario_entry_free(made);
	else
		scenario_keep(h->s, party, made);
}

/* The party receives up to `count` entries; both sides agree on each. */
static inline void history_deliver(struct history *h, unsigned party, uint64_t count)
{
	unsigned other = 1 - party;
	uint64_t next = rules_size(h->nodes[party], other);

	for (; count > 0 && next < h->s->counts[other]; count--, next++) {
		struct scenario_entry *made = h->s->entries[other][next];
		struct verdict verdict;

		assert_ok(
		    rules_append(h->nodes[party], other, &made->entry, made->keys, &verdict, NULL));
		assert_int_equal(
		    verdict.reason,
		    rules_act(h->nodes[other], (struct act_place){ other, next })->verdict.reason);
	}
}

static inline void history_pass_time(struct history *h)
{
	static const int64_t spans[] = { 1, 1, 5, 30, 120, SCENARIO_HOUR / 2, 3 * SCENARIO_HOUR };

	h->clock += spans[history_below(h, sizeof(spans) / sizeof(spans[0]))];
}

/* One thing happens to one party. */
static inline void history_step(struct history *h)
{
	unsigned party = (unsigned)history_below(h, 2);
	uint64_t what = history_below(h, 100);

	if (rules_size(h->nodes[party], party) == 0) {
		history_log(
		    h, &(struct line){ party, party == NORTH ? "a.head" : "b.head", KIND_ACCEDE });
	} else if (what < 25) {
		history_deliver(h, party, 1 + history_below(h, 6));
	} else if (what < 35) {
		history_receipt(h, party);
	} else if (what < 37) {
		history_repeat(h, party);
	} else if (what < 50) {
		history_pass_time(h);
	} else {
		if (history_chance(h, 60))
			history_receipt(h, party);
		history_act(h, party);
	}
}

#endif
