/* What a party of a random history is about to say: who signs it, what it refers to, what its
 * fields are. See history.h. */
#ifndef HISTORY_CHOICES_H
#define HISTORY_CHOICES_H

#include "charters.h"
#include "history_lists.h"
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
	bool lists;                                /* are what it is mostly about */
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
	h->lists = history_chance(h, 15);
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
	if (list_concerns(line->kind))
		return list_suits(line, act);
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

/* Whether there is an agreement to perform or to end, as far as the party knows. */
static inline bool history_is_agreed(const struct rules *rules, struct act_place proposal)
{
	static const enum matter_state agreed[] = { STATE_ACCEPTED, STATE_UNCONFIRMED,
		                                    STATE_IN_EFFECT, STATE_PERFORMED_BY_ONE };
	enum matter_state state;

	if (rules_state_of(rules, proposal, rules_last_logged(rules, 0), &state) != OK)
		return false;
	for (size_t i = 0; i < sizeof(agreed) / sizeof(agreed[0]); i++)
		if (state == agreed[i])
			return true;
	return false;
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
		if (attempts == 1)
			return true;
		if (!history_suits(line, rules_act(rules, *ret_place), again))
			continue;
		if (again || (line->kind != KIND_REPORT && line->kind != KIND_DENOUNCE) ||
		    history_is_agreed(rules, *ret_place))
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
	struct list_choice list;
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
		history_put(line, values, 0, "extent", history_chance(h, 85) ? "all" : "part");
		break;
	case KIND_DEFER:
		history_put_time(h, line, values, 0, "until");
		break;
	default:
		list_choose_fields(line, &values->list, h->clock, history_random(h));
	}
}

#endif
