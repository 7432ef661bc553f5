/* Random histories of two parties: legal and illegal acts, delays, skewed
 * clocks. Each party has rules of its own that hold its own log and what has
 * arrived of the other's. Everything follows from a seed. */
#ifndef HISTORY_H
#define HISTORY_H

#include "charters.h"
#include "stamp_fixture.h"

enum { HISTORY_ENTRIES_MAXIMUM = 120, HISTORY_ATTEMPTS = 12, HISTORY_CHARTERS = AMENDED_VARIANTS };

struct history {
	struct scenario *s; /* charter, keys, entries; its own rules are not used */
	struct rules *nodes[2];
	timestamp clock;
	int64_t skews[2];
	uint64_t random;
	bool ends;                                 /* withdrawals and closes happen */
	bool amends;                               /* the charter, all the time */
	uint64_t refused;                          /* entries that a log did not take */
	struct buffer note;                        /* of the last stamp */
	struct amended charters[HISTORY_CHARTERS]; /* what amendments put in force */
};

/* splitmix64: Steele, Lea, Flood, "Fast splittable pseudorandom number
 * generators", 2014. */
static inline uint64_t history_random(struct history *h)
{
	uint64_t z = h->random += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static inline uint64_t history_below(struct history *h, uint64_t limit)
{
	return history_random(h) % limit;
}

static inline bool history_chance(struct history *h, unsigned percent)
{
	return history_below(h, 100) < percent;
}

/* Rules that know every text. */
static inline void history_new_rules(const struct history *h, struct rules **ret_rules)
{
	assert_ok(rules_new(h->s->charter, ret_rules));
	for (unsigned i = 0; i < HISTORY_CHARTERS; i++)
		assert_ok(rules_add_charter(*ret_rules, buffer_view(&h->charters[i].text), NULL));
}

static inline void history_init(struct history *h, struct scenario *s, uint64_t seed)
{
	*h = (struct history){ .s = s, .clock = SCENARIO_START, .random = seed };
	buffer_init(&h->note, SCENARIO_VALUE_MAXIMUM);
	scenario_clear(s);
	h->amends = history_chance(h, 4);
	amended_variants(s->charter, h->amends, h->charters);
	for (unsigned party = 0; party < 2; party++) {
		static const char *const labels[] = { "node", "appointing" };

		history_new_rules(h, &h->nodes[party]);
		scenario_key(&s->keys, party, party == NORTH ? "a.head" : "b.head");
		for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
			scenario_key(&s->keys, party, labels[i]);
		h->skews[party] = (int64_t)history_below(h, 360) - 180;
	}
	h->ends = history_chance(h, 60);
}

static inline void history_release(struct history *h)
{
	rules_free(h->nodes[0]);
	rules_free(h->nodes[1]);
	buffer_release(&h->note);
	for (unsigned i = 0; i < HISTORY_CHARTERS; i++)
		amended_release(&h->charters[i]);
}

/* --- who signs ----------------------------------------------------------- */

static inline const char *history_label(const struct history *h, unsigned party,
                                        const struct ssh_key *key)
{
	for (size_t i = 0; i < h->s->keys.count; i++)
		if (h->s->keys.items[i].party == party &&
		    ssh_key_equal(&h->s->keys.items[i].key, key))
			return h->s->keys.items[i].label;
	fail_msg("a key without a label");
	return "";
}

/* A current delegate with one of the roles, or NULL when luck fails. */
static inline const struct delegate *history_delegate(struct history *h, unsigned party,
                                                      unsigned roles)
{
	size_t count;
	const struct delegate *delegates = rules_delegates(h->nodes[party], party, &count);

	for (unsigned i = 0; i < HISTORY_ATTEMPTS; i++) {
		const struct delegate *delegate = &delegates[history_below(h, count)];

		if (!delegate->recalled && (delegate->role & roles) != 0)
			return delegate;
	}
	return NULL;
}

static inline void history_choose_signers(struct history *h, struct line *line)
{
	const struct kind *kind = kind_by_number(line->kind);
	unsigned roles = history_chance(h, 94) ? kind->signers : ROLE_HEAD | ROLE_DUTY | ROLE_NODE;
	const struct delegate *author = history_delegate(h, line->party, roles);
	const struct delegate *second;

	line->author = "p.nobody";
	if (author != NULL && history_chance(h, 97)) {
		line->author = author->name;
		line->key = history_chance(h, 97) ? history_label(h, line->party, &author->key)
		                                  : "a wrong key";
	}
	if (kind->cosigner == ABSENT || history_chance(h, 80))
		return;
	second = history_delegate(h, line->party, ROLE_HEAD | ROLE_DEPUTY | ROLE_OFFICER);
	if (second == NULL)
		return;
	line->cosigner = second->name;
	line->second_key = history_label(h, line->party, &second->key);
	if (history_chance(h, 5) && line->key != NULL)
		line->second_key = line->key;
}

/* --- what it refers to ----------------------------------------------------- */

static inline bool history_opens(const struct act_summary *act)
{
	return act->has_matter && act->matter.party == act->place.party &&
	       act->matter.number == act->place.number;
}

/* Whether the line can name the act; with `again`, also one that has its answer. */
static inline bool history_suits(const struct line *line, const struct act_summary *act, bool again)
{
	const struct kind *kind = kind_by_number(line->kind);
	bool own = act->place.party == line->party;

	if (line->kind == KIND_PUBLISH && kind_set_has(&kind->answerable, act->kind->number))
		return act->verdict.code == VERDICT_VALID;
	if (act->verdict.code != VERDICT_VALID)
		return false;
	switch (line->kind) {
	case KIND_CORRECT:
		return own && act->has_matter;
	case KIND_RETRACT:
		return own && (again || act->answered_by == UINT64_MAX) &&
		       (act->kind->number == KIND_PROPOSE || act->kind->number == KIND_COUNTER ||
		        act->kind->number == KIND_NOTIFY || act->kind->number == KIND_REQUEST ||
		        act->kind->number == KIND_CONVENE || act->kind->number == KIND_ALLEGE ||
		        act->kind->number == KIND_ASK_RELEASE || act->kind->number == KIND_AMEND);
	case KIND_DECLARE:
		return own && act->kind->number == KIND_DECLARE;
	case KIND_REPORT:
	case KIND_DENOUNCE:
		return act->kind->number == KIND_PROPOSE &&
		       (again || act->answered_by != UINT64_MAX);
	case KIND_PROVIDE:
	case KIND_DEFER:
		return !own && act->kind->number == KIND_REQUEST;
	case KIND_RESEAL:
		return own && act->obliges_nobody;
	case KIND_FAULT:
		return !own && act->has_body;
	case KIND_ECHO:
		return !own && act->kind->number == KIND_TEST;
	default:
		if (kind->matter_use == MATTER_LINE_EITHER)
			return history_opens(act);
		if (kind->matter_use == MATTER_LINE_JOIN && kind->answers != REQUIRED)
			return history_opens(act) && act->kind->matter == kind->matter;
		return !own && kind_set_has(&kind->answerable, act->kind->number) &&
		       (again || act->answered_by == UINT64_MAX || kind->number == KIND_ACK);
	}
}

/* An entry that the party holds, mostly one that the act can name. */
static inline bool history_choose_act(struct history *h, const struct line *line,
                                      struct act_place *ret_place)
{
	const struct rules *rules = h->nodes[line->party];
	unsigned attempts = history_chance(h, 92) ? 4 * HISTORY_ATTEMPTS : 1;
	bool again = history_chance(h, 8);

	for (unsigned i = 0; i < attempts; i++) {
		unsigned party = (unsigned)history_below(h, 2);
		uint64_t size = rules_size(rules, party);

		if (size == 0)
			continue;
		*ret_place = (struct act_place){ party, history_below(h, size) };
		if (attempts == 1 || history_suits(line, rules_act(rules, *ret_place), again))
			return true;
	}
	return false;
}

/* --- fields ---------------------------------------------------------------- */

struct history_values {
	struct act_place named, matter;
	struct hash leaf;
	char texts[LINE_FIELDS][DELEGATE_NAME_CAPACITY + 8];
	struct act_place bodies[3];
	char hash[HASH_BASE64_CAPACITY], next[HASH_BASE64_CAPACITY];
};

static inline void history_put(struct line *line, struct history_values *values, size_t index,
                               const char *name, const char *value)
{
	scenario_string(values->texts[index], sizeof(values->texts[index]), value);
	line->fields[index].name = name;
	line->fields[index].value = values->texts[index];
}

static inline void history_put_time(struct history *h, struct line *line,
                                    struct history_values *values, size_t index, const char *name)
{
	char text[TIMESTAMP_CAPACITY];

	timestamp_format(
	    h->clock - SCENARIO_HOUR / 2 + (int64_t)history_below(h, 6 * SCENARIO_HOUR), text);
	history_put(line, values, index, name, text);
}

static const char *const history_names[] = { "p.deputy", "p.officer", "p.duty", "p.second" };
static const char *const history_keys[] = { "key:p.one",  "key:p.two",      "key:p.three",
	                                    "key:p.four", "key:shared.one", "key:shared.two",
	                                    "key:b.head" };
static const char *const history_raw_keys[] = { "raw:p.one", "raw:p.seven", "raw:p.eight",
	                                        "raw:p.nine" };

#define history_any(h, array) (array)[history_below(h, sizeof(array) / sizeof((array)[0]))]

/* The next of the three keys that a party ever has to read with, or its present one;
 * often the oldest that is not given up yet is. */
static inline void history_put_reading_key(struct history *h, struct line *line,
                                           struct history_values *values)
{
	static const char *const next[] = {
		"age14hrndj5pr2rwudc3h6ekjzdktzjzj8u0p3u5jklmgcv7uzy0pa8sckg5e6",
		"age1mc2067yuvdtusv2dl3wvk9e2g62y7cun9f6vfqauje8y59zmlawspampxt",
	};
	size_t count, first = 0;
	const struct reading_key *keys = rules_reading_keys(h->nodes[line->party], line->party,
	                                                    &count);

	history_put(line, values, 1, "value",
	            history_chance(h, 50) ? next[(count - 1) % 2] : keys[count - 1].recipient);
	while (first + 1 < count && keys[first].destroyed_by != UINT64_MAX)
		first++;
	if (history_chance(h, 60))
		history_put(line, values, 2, "destroyed", keys[first].recipient);
}

static inline void history_put_appointment(struct history *h, struct line *line,
                                           struct history_values *values)
{
	static const char *const offices[] = { "receipt", "node", "link" };
	bool log = history_chance(h, 25);

	if (history_chance(h, 10)) {
		history_put(line, values, 0, "office", "appointing");
		history_put(line, values, 1, "key", history_any(h, history_keys));
		return;
	}
	if (!log && history_chance(h, 50)) {
		history_put(line, values, 0, "office", "head");
		history_put(line, values, 1, "delegate", history_any(h, history_names));
		history_put(line, values, 2, "key", history_any(h, history_keys));
		return;
	}
	history_put(line, values, 0, "office", log ? "log" : history_any(h, offices));
	history_put(line, values, 1, "key", history_any(h, history_raw_keys));
	if (log && history_chance(h, 20)) {
		history_put(line, values, 2, "size", "1");
		history_put(line, values, 3, "root", FIXTURE_HASH);
	}
}

/* Bodies that a certificate names: of the last entries below its size, or at fault. */
static inline void history_choose_bodies(struct history *h, const struct rules *rules,
                                         struct word *word, struct history_values *values)
{
	size_t count = 0;

	for (uint64_t i = word->size; i-- > 0 && count < 3;) {
		struct act_place place = { word->log, i };
		const struct act_summary *act = rules_act(rules, place);

		if (act->sealed_size == 0 || (word->size - i > 12 && !act->fault_stands) ||
		    history_chance(h, 20))
			continue;
		values->bodies[count] = place;
		word->bodies[count] = &values->bodies[count];
		count++;
	}
}

/* Whether the other side says of an own body that it is at fault: then it is left with the
 * depositary. */
static inline bool history_has_fault(const struct rules *rules, unsigned party)
{
	const struct act_summary *act;

	for (struct act_place place = { party, 0 }; (act = rules_act(rules, place)) != NULL;
	     place.number++)
		if (act->fault_stands)
			return true;
	return false;
}

/* What a neutral says: mostly of what it could have been shown, at a time that could be.
 * Others lie, by their clock or for a friend. */
static inline void history_put_stamp(struct history *h, struct line *line,
                                     struct history_values *values)
{
	static const char wrong[] = "U1NIU0lH";
	const struct rules *rules = h->nodes[line->party];
	struct word word = {
		.form = (enum stamp_form)history_below(h, STAMP_FORM_COUNT),
		.log = history_chance(h, 60) ? line->party : (unsigned)history_below(h, 2),
		.time = h->clock - (int64_t)history_below(h, 900),
		.neutral = (unsigned)history_below(h, 2),
		.by_witness = history_chance(h, 3),
	};
	uint64_t size = word.log == line->party ? rules_size(rules, word.log)
	                                        : rules_receipted(rules, line->party);

	word.size = history_chance(h, 60) ? size : history_below(h, size + 1);
	if (word.log == line->party && history_has_fault(rules, word.log)) {
		word.form = STAMP_CERTIFICATE;
		word.size = size;
	}
	if (history_chance(h, 4))
		word.size = size + 1;
	if (history_chance(h, 5))
		word.time = h->clock + (int64_t)history_below(h, 2 * SCENARIO_HOUR) - SCENARIO_HOUR;
	if (word.size > 0 && history_chance(h, 2))
		word.root = &values->leaf;
	if (history_chance(h, 2))
		word.generation = 1 + (unsigned)history_below(h, 2);
	if (word.form == STAMP_CERTIFICATE && word.size <= rules_size(rules, word.log))
		history_choose_bodies(h, rules, &word, values);
	line->fields[0].name = "log";
	line->fields[0].value = h->s->charter->parties[word.log].id;
	line->fields[1].name = "note";
	line->fields[1].value = wrong;
	if (history_chance(h, 98))
		line->fields[1].value = word_value(h->s->charter, rules, &word, &h->note);
}

/* Opens an amendment of what the party knows to be in force, or completes one. */
static inline void history_put_amendment(struct history *h, struct line *line,
                                         struct history_values *values)
{
	const struct rules *rules = h->nodes[line->party];
	const struct charter *now = rules_charter_now(rules);
	struct amendment_summary opened;
	struct act_place place;
	char version[12];

	hash_to_base64(&now->hash, values->hash);
	line->fields[1].name = "previous";
	line->fields[1].value = values->hash;
	line->fields[2].name = "charter";
	line->fields[2].value = h->charters[history_below(h, HISTORY_CHARTERS)].name;
	if (history_chance(h, 60) && rules_open_amendment(rules, 1 - line->party, &place)) {
		values->named = place;
		line->answers = &values->named;
		assert_ok(rules_amendment(rules, place, &opened));
		hash_to_base64(&opened.charter, values->next);
		if (history_chance(h, 95))
			line->fields[2].value = values->next;
	}
	assert_true(snprintf(version, sizeof(version), "%u",
	                     rules_charter_count(rules) + (history_chance(h, 95) ? 1 : 2)) > 0);
	history_put(line, values, 0, "version", version);
}

static inline void history_put_fields(struct history *h, struct line *line,
                                      struct history_values *values)
{
	static const char *const roles[] = { "deputy", "officer", "duty" };
	static const char *const faults[] = { "missing", "unopenable", "mismatch", "cured" };
	static const char *const items[] = { "receipt-key", "node-key", "link-key", "reading-key" };

	switch (line->kind) {
	case KIND_ACCREDIT:
		history_put(line, values, 0, "delegate", history_any(h, history_names));
		history_put(line, values, 1, "role", history_any(h, roles));
		history_put(line, values, 2, "key", history_any(h, history_keys));
		if (history_chance(h, 20))
			history_put_time(h, line, values, 3, "until");
		break;
	case KIND_RECALL:
		history_put(line, values, 0, "delegate",
		            history_chance(h, 80)
		                ? history_any(h, history_names)
		                : rules_party(h->nodes[line->party], line->party)->head);
		if (history_chance(h, 50))
			history_put_time(h, line, values, 1, "since");
		break;
	case KIND_APPOINT:
		history_put_appointment(h, line, values);
		break;
	case KIND_REKEY:
		if (history_chance(h, 30)) {
			history_put(line, values, 0, "item", "endpoint");
			history_put(line, values, 1, "value", "[2001:db8::1]:1");
		} else {
			history_put(line, values, 0, "item", history_any(h, items));
			if (strcmp(line->fields[0].value, "reading-key") == 0)
				history_put_reading_key(h, line, values);
			else
				history_put(line, values, 1, "value",
				            history_any(h, history_raw_keys));
		}
		break;
	case KIND_STAMP:
		history_put_stamp(h, line, values);
		break;
	case KIND_AMEND:
		history_put_amendment(h, line, values);
		break;
	case KIND_WITHDRAW:
		history_put(line, values, 0, "from", history_chance(h, 60) ? "talks" : "channel");
		break;
	case KIND_FAULT:
		history_put(line, values, 0, "fault", history_any(h, faults));
		break;
	case KIND_PROPOSE:
	case KIND_COUNTER:
		history_put_time(h, line, values, 0, "expires");
		break;
	case KIND_ACCEPT:
		if (history_chance(h, 5))
			history_put(line, values, 0, "text", FIXTURE_HASH);
		break;
	case KIND_PROVIDE:
	case KIND_REPORT:
		history_put(line, values, 0, "extent", history_chance(h, 75) ? "all" : "part");
		break;
	case KIND_DEFER:
		history_put_time(h, line, values, 0, "until");
		break;
	default:
		break;
	}
}

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
	{ KIND_RETRACT, 12 },    { KIND_PROPOSE, 13 },   { KIND_COUNTER, 11 },
	{ KIND_ACCEPT, 11 },     { KIND_REJECT, 6 },     { KIND_NOTIFY, 6 },
	{ KIND_UPDATE, 5 },      { KIND_CONCLUDE, 4 },   { KIND_ACCEDE, 2 },
	{ KIND_STAMP, 10 },      { KIND_OFFER, 2 },      { KIND_CONVENE, 4 },
	{ KIND_MINUTES, 4 },     { KIND_CALL, 2 },       { KIND_REQUEST, 7 },
	{ KIND_PROVIDE, 4 },     { KIND_DEFER, 3 },      { KIND_REFUSE, 3 },
	{ KIND_NOT_HELD, 2 },    { KIND_ALLEGE, 5 },     { KIND_SUBMIT, 3 },
	{ KIND_DENY, 2 },        { KIND_ADMIT, 2 },      { KIND_NO_POSITION, 3 },
	{ KIND_FIND, 4 },        { KIND_MAINTAIN, 3 },   { KIND_DROP, 2 },
	{ KIND_NOTE_PUBLIC, 5 }, { KIND_ADOPT, 2 },      { KIND_DISOWN, 2 },
	{ KIND_REPORT, 8 },      { KIND_DENOUNCE, 3 },   { KIND_DECLARE, 3 },
	{ KIND_ASK_RELEASE, 4 }, { KIND_COMMUNIQUE, 3 }, { KIND_PUBLISH, 4 },
	{ KIND_PRESS_CHECK, 5 }, { KIND_CONFIRM, 2 },    { KIND_REBUT, 2 },
	{ KIND_AMEND, 7 },
};

static inline enum kind_number history_choose_kind(struct history *h)
{
	unsigned total = 0, drawn;
	size_t i;

	if (h->amends && history_chance(h, 40))
		return KIND_AMEND;
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
	struct line line = { .party = party, .kind = history_choose_kind(h) };
	const struct kind *kind = kind_by_number(line.kind);
	struct history_values values = { .leaf = { { 0 } } };
	bool targets = line.kind == KIND_DECLARE && history_chance(h, 50);
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
