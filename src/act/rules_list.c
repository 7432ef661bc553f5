/* Lists: what may be said of one, beyond what the table of matters says.
 *
 * The owner's acts stand in one log, so that they are a sequence in every view; only what the
 * other side says can cross with them. Each rule protects one of the two:
 *
 *     the owner     from questions beyond the budgets, and under a version that it had
 *                   replaced before the asker heard of it
 *     who asks      from a commitment that is not one (a key, a number of pairs out of range),
 *                   from answers that are none, and from refusals without a reason that the
 *                   logs show
 *     both in a swap
 *                   from a list that is made up once the other one is known: what is opened
 *                   is what was committed to, and no commitment is the copy of another
 *
 * Whether an evaluation is right is not for the rules: an answer that is wrong is its owner's
 * signed word, and shows it to anybody (doc/PROTOCOL.match). */
#include "rules_internal.h"

#include "act_fields.h"
#include "encoding.h"
#include "ristretto.h"

enum {
	ANSWER_SIZE = 96, /* an evaluated element and its proof */
	DAY = 86400,
	/* How much earlier than its owner's day begins, a side may count in it. */
	DAY_TOLERANCE = 3600
};

/* --- commitments ---------------------------------------------------------- */

/* Of a match-only list; none of another. */
static enum void_reason judge_classes(const struct rules *rules, const struct draft *draft,
                                      const struct act *act)
{
	uint64_t maximum = charter_list_pairs(charter_in_view(rules, &draft->view));
	size_t count = 0;

	for (size_t i = 0; i < act->field_count; i++) {
		const struct class_commitment *commitment = &act->fields[i].as.commitment;

		if (act->fields[i].type != FIELD_CLASS_COMMITMENT)
			continue;
		if (!ristretto_is_element(commitment->public_key))
			return VOID_FIELD;
		if (commitment->pairs > maximum)
			return VOID_LIST_PAIRS;
		count++;
	}
	return count > 0 ? VOID_NONE : VOID_FIELD;
}

static bool is_known_commitment(const struct rules *rules, const struct view *view,
                                const struct hash *commitment)
{
	for (unsigned party = 0; party < 2; party++)
		if (in_view(view, party,
		            entry_of_hash(&rules->logs[party].commitments, commitment)))
			return true;
	return false;
}

/* --- opening and changing -------------------------------------------------- */

/* Whether what it answers is a sealed swap that waits for an answer. */
static enum void_reason judge_pairing(const struct rules *rules, const struct draft *draft)
{
	const struct list *list;

	if (draft->answers == NULL)
		return VOID_NONE;
	list = list_of(rules, draft->answers);
	if (list->mode != LIST_SWAP || draft->answers->summary.has_answers)
		return VOID_WRONG_REFERENCE;
	return in_view(&draft->view, list->place.party, list->retired_by) ? VOID_MATTER_STATE
	                                                                  : VOID_NONE;
}

static enum void_reason judge_opening(const struct rules *rules, const struct draft *draft,
                                      const struct act *act)
{
	enum void_reason reason = judge_pairing(rules, draft);
	enum list_mode mode;

	if (reason != VOID_NONE || act == NULL)
		return reason;
	mode = (enum list_mode)act->fields[0].as.choice;
	if (act_field(act, "epoch")->as.number != 1 ||
	    (draft->answers != NULL && mode != LIST_SWAP))
		return VOID_FIELD;
	if (act->has_body == (mode == LIST_SWAP))
		return VOID_BODY;
	if (mode == LIST_SWAP &&
	    is_known_commitment(rules, &draft->view, &act_field(act, "commitment")->as.hash))
		return VOID_COMMITMENT;
	return mode == LIST_MATCH_ONLY ? judge_classes(rules, draft, act) : VOID_NONE;
}

static enum void_reason judge_reveal(const struct rules *rules, const struct draft *draft,
                                     const struct act *act)
{
	const struct list *list = list_of(rules, draft->matter);

	if (list->mode != LIST_SWAP || in_view(&draft->view, draft->party, list->revealed_by) ||
	    pair_in_view(rules, list, &draft->view) == NULL)
		return VOID_MATTER_STATE;
	if (act == NULL)
		return VOID_NONE;
	if (act_field(act, "epoch")->as.number != 1)
		return VOID_EPOCH;
	return hash_equal(&act->body.root, &rules->versions[list->version].commitment)
	           ? VOID_NONE
	           : VOID_COMMITMENT;
}

static enum void_reason judge_update(const struct rules *rules, const struct draft *draft,
                                     const struct act *act)
{
	const struct list *list = list_of(rules, draft->matter);
	bool match_only;

	if (act == NULL)
		return VOID_NONE;
	match_only = (enum list_mode)act->fields[0].as.choice == LIST_MATCH_ONLY;
	if (match_only != (list->mode == LIST_MATCH_ONLY))
		return VOID_FIELD;
	if (act_field(act, "epoch")->as.number != rules->versions[list->version].epoch + 1)
		return VOID_EPOCH;
	return match_only ? judge_classes(rules, draft, act) : VOID_NONE;
}

/* Whoever has the other side's commitment for its own opens it: a list that is retired then
 * would never be. */
static enum void_reason judge_retirement(const struct rules *rules, const struct draft *draft,
                                         const struct act *act)
{
	const struct list *list = list_of(rules, draft->matter);

	(void)act;
	return !in_view(&draft->view, draft->party, list->revealed_by) &&
	               pair_in_view(rules, list, &draft->view) != NULL
	           ? VOID_MATTER_STATE
	           : VOID_NONE;
}

/* A list that answers another one was asked for. */
static enum void_reason judge_rejection(const struct rules *rules, const struct draft *draft,
                                        const struct act *act)
{
	(void)rules;
	(void)act;
	return draft->answers != NULL && kind_of(draft->answers) == KIND_LIST &&
	               draft->answers->summary.has_answers
	           ? VOID_MATTER_STATE
	           : VOID_NONE;
}

/* --- questions --------------------------------------------------------------- */

/* The bytes of a field; its spelling was checked when it was read. */
static int decode(const struct field_value *value, struct buffer *buffer)
{
	buffer_init(buffer, FIELD_ENCODED_MAXIMUM);
	return base64_decode(buffer, value->text, BASE64_PADDED);
}

/* How many items of `size` bytes a field holds, each of which begins with an element of the
 * group; 0 when it is something else. Sets the draft's failure. */
static uint64_t count_elements(struct draft *draft, const struct field_value *value, size_t size)
{
	uint64_t count = 0;
	struct buffer items;

	draft->failure = decode(value, &items);
	if (draft->failure == OK && items.size % size == 0) {
		count = items.size / size;
		for (size_t at = 0; at < items.size; at += size)
			if (!ristretto_is_element(items.data + at))
				count = 0;
	}
	buffer_release(&items);
	return count;
}

/* Whether a party's tallies and what was put on record by questions, this one included, are
 * within the budgets. */
static bool is_within_budget(const struct rules *rules, const struct charter *charter,
                             const struct list *list, const struct list_query *query,
                             unsigned party)
{
	uint64_t total, today;

	tallied(rules, list, query->identifier_class, party, query->day, &total, &today);
	return total <= charter->query_budget_list &&
	       query->total <= charter->query_budget_list - total &&
	       today <= charter->query_budget_day &&
	       query->today <= charter->query_budget_day - today;
}

static enum void_reason judge_query(const struct rules *rules, struct draft *draft,
                                    const struct act *act)
{
	const struct list *list = list_of(rules, draft->matter);
	const struct list_version *version = list_version_in_view(rules, list, &draft->view);
	struct list_query query;

	if (list->mode != LIST_MATCH_ONLY)
		return VOID_MATTER_STATE;
	if (act == NULL)
		return VOID_NONE;
	if (act_field(act, "epoch")->as.number != version->epoch)
		return VOID_EPOCH;
	query = (struct list_query){
		.identifier_class = (enum identifier_class)act_field(act, "class")->as.choice,
		.elements = count_elements(draft, act_field(act, "blinded"),
		                           RISTRETTO_ELEMENT_SIZE),
		.day = day_of(draft->logged),
	};
	if (version->classes[query.identifier_class].pairs == 0 || query.elements == 0 ||
	    query.elements > QUERY_ELEMENTS_MAXIMUM)
		return VOID_FIELD;
	rules_list_queried(rules, list->place, query.identifier_class, query.day, &query.total,
	                   &query.today);
	query.total += query.elements;
	query.today += query.elements;
	return is_within_budget(rules, charter_in_view(rules, &draft->view), list, &query,
	                        draft->party)
	           ? VOID_NONE
	           : VOID_BUDGET;
}

/* --- answers to them ------------------------------------------------------------ */

/* Whether an act of the owner's log, if there is one, had not seen the question. */
static bool has_crossed(const struct rules *rules, const struct draft *draft,
                        const struct list_query *query, uint64_t number)
{
	const struct log_state *log = &rules->logs[draft->party];

	return number != NO_ENTRY && log->records[number].summary.seen <= query->place.number;
}

/* A refusal needs a reason that the logs show: else every question could be put off by
 * another version, published when it comes. Whoever has lost the key says so. */
static enum void_reason judge_refusal(const struct rules *rules, const struct draft *draft,
                                      const struct list_query *query, enum refusal refusal)
{
	const struct list *list = &rules->lists[query->list];
	const struct list_version *version = &rules->versions[list->version];

	switch (refusal) {
	case REFUSED_BUDGET:
		return is_within_budget(rules, charter_of(rules, draft->answers), list, query,
		                        draft->party)
		           ? VOID_BUDGET
		           : VOID_NONE;
	case REFUSED_EPOCH:
		while (version->epoch > query->epoch + 1)
			version = &rules->versions[version->previous];
		return version->epoch > query->epoch &&
		               has_crossed(rules, draft, query, version->number)
		           ? VOID_NONE
		           : VOID_EPOCH;
	case REFUSED_RETIRED:
		return has_crossed(rules, draft, query, list->retired_by) ? VOID_NONE
		                                                          : VOID_MATTER_STATE;
	default:
		return VOID_NONE;
	}
}

static enum void_reason judge_reply(const struct rules *rules, struct draft *draft,
                                    const struct act *act)
{
	const struct field_value *evaluated, *refused;
	const struct list_query *query;

	if (act == NULL)
		return VOID_NONE;
	query = &rules->queries[draft->answers->query];
	evaluated = act_field(act, "evaluated");
	refused = act_field(act, "refused");
	if ((evaluated == NULL) == (refused == NULL))
		return VOID_FIELD;
	if (refused != NULL)
		return judge_refusal(rules, draft, query, (enum refusal)refused->as.choice);
	return count_elements(draft, evaluated, ANSWER_SIZE) == query->elements ? VOID_NONE
	                                                                        : VOID_FIELD;
}

/* --- tallies ---------------------------------------------------------------------- */

/* What has been counted is not taken back. */
static bool goes_on(const struct rules *rules, size_t former, uint64_t count, timestamp day,
                    uint64_t today)
{
	const struct list_tally *last;

	if (former == NO_INDEX)
		return true;
	last = &rules->tallies[former].tally;
	if (count < last->count || day < last->day)
		return false;
	if (day > last->day)
		return count - last->count >= today;
	return today >= last->today && count - last->count >= today - last->today;
}

static enum void_reason judge_tally(const struct rules *rules, const struct draft *draft,
                                    const struct act *act)
{
	const struct list *list = list_of(rules, draft->target);
	uint64_t count = act_field(act, "count")->as.number;
	uint64_t today = act_field(act, "today")->as.number;
	timestamp day = act_field(act, "day")->as.time;
	unsigned identifier_class = act_field(act, "class")->as.choice;

	if (list->mode != LIST_MATCH_ONLY)
		return VOID_WRONG_REFERENCE;
	if (day > draft->logged + DAY_TOLERANCE)
		return VOID_TIME;
	return day == day_of(day) && today <= count &&
	               goes_on(rules, list->tallies[draft->party][identifier_class], count, day,
	                       today)
	           ? VOID_NONE
	           : VOID_FIELD;
}

/* --- all of them ------------------------------------------------------------------- */

timestamp day_of(timestamp time)
{
	return time - time % DAY;
}

enum void_reason judge_list(const struct rules *rules, struct draft *draft, const struct act *act)
{
	switch (draft->kind->number) {
	case KIND_LIST:
		return judge_opening(rules, draft, act);
	case KIND_REVEAL:
		return judge_reveal(rules, draft, act);
	case KIND_UPDATE_LIST:
		return judge_update(rules, draft, act);
	case KIND_RETIRE_LIST:
		return judge_retirement(rules, draft, act);
	case KIND_REJECT:
		return judge_rejection(rules, draft, act);
	case KIND_QUERY:
		return judge_query(rules, draft, act);
	case KIND_REPLY:
		return judge_reply(rules, draft, act);
	case KIND_TALLY:
		return judge_tally(rules, draft, act);
	default:
		return VOID_NONE;
	}
}
