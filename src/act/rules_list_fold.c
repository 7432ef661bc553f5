/* Lists: what is remembered of them, and what others ask. */
#include "rules_internal.h"

#include "grow.h"

/* --- room ------------------------------------------------------------------- */

static int make_room(void **items, size_t count, size_t *capacity, size_t size)
{
	void *grown = grow(*items, count, capacity, size);

	if (grown == NULL)
		return ERROR_MEMORY;
	*items = grown;
	return OK;
}

int lists_reserve(struct rules *rules, struct log_state *log, const struct kind *kind)
{
	void *lists = rules->lists, *versions = rules->versions, *queries = rules->queries;
	void *tallies = rules->tallies;
	int r;

	if (kind->number == KIND_TALLY) {
		r = make_room(&tallies, rules->tally_count, &rules->tally_capacity,
		              sizeof(*rules->tallies));
		rules->tallies = tallies;
		return r;
	}
	if (kind->matter != MATTER_LIST)
		return OK;
	r = make_room(&lists, rules->list_count, &rules->list_capacity, sizeof(*rules->lists));
	rules->lists = lists;
	if (r != OK)
		return r;
	r = make_room(&versions, rules->version_count, &rules->version_capacity,
	              sizeof(*rules->versions));
	rules->versions = versions;
	if (r != OK)
		return r;
	r = make_room(&queries, rules->query_count, &rules->query_capacity,
	              sizeof(*rules->queries));
	rules->queries = queries;
	return r == OK ? hash_index_reserve(&log->commitments) : r;
}

void lists_release(struct rules *rules)
{
	release_memory(rules->lists);
	release_memory(rules->versions);
	release_memory(rules->queries);
	release_memory(rules->tallies);
}

/* --- what is remembered --------------------------------------------------------- */

struct list *list_of(const struct rules *rules, const struct record *record)
{
	const struct record *opening = record_at(rules, record->summary.matter);

	return &rules->lists[rules->versions[opening->version].list];
}

const struct list_version *list_version_in_view(const struct rules *rules, const struct list *list,
                                                const struct view *view)
{
	const struct list_version *version = &rules->versions[list->version];

	while (!in_view(view, list->place.party, version->number))
		version = &rules->versions[version->previous];
	return version;
}

const struct record *pair_in_view(const struct rules *rules, const struct list *list,
                                  const struct view *view)
{
	const struct act_summary *opening = &record_at(rules, list->place)->summary;
	struct act_place answer = { other_party(list->place.party), opening->answered_by };

	if (opening->has_answers)
		return record_at(rules, opening->answers);
	if (!in_view(view, answer.party, answer.number) ||
	    kind_of(record_at(rules, answer)) != KIND_LIST)
		return NULL;
	return record_at(rules, answer);
}

void tallied(const struct rules *rules, const struct list *list,
             enum identifier_class identifier_class, unsigned party, timestamp day,
             uint64_t *ret_total, uint64_t *ret_today)
{
	size_t index = list->tallies[party][identifier_class];

	*ret_total = index == NO_INDEX ? 0 : rules->tallies[index].tally.count;
	/* They are in the order of their days. */
	while (index != NO_INDEX && rules->tallies[index].tally.day > day)
		index = rules->tallies[index].previous;
	*ret_today = index != NO_INDEX && rules->tallies[index].tally.day == day
	                 ? rules->tallies[index].tally.today
	                 : 0;
}

/* --- folding -------------------------------------------------------------------- */

/* A version that begins with this record. */
static struct list_version *add_version(struct rules *rules, struct record *record, size_t list,
                                        const struct act *act)
{
	struct list_version *version = &rules->versions[rules->version_count];

	*version = (struct list_version){
		.list = list,
		.number = record->summary.place.number,
		.epoch = act_field(act, "epoch")->as.number,
		.commitment = record->summary.body_root,
		.previous = NO_INDEX,
		.ended_by = NO_ENTRY,
	};
	for (size_t i = 0; i < act->field_count; i++) {
		const struct field_value *value = &act->fields[i];
		enum identifier_class identifier_class;

		if (value->type == FIELD_CLASS_COMMITMENT &&
		    identifier_class_named(bytes_of_string(value->field->name), &identifier_class))
			version->classes[identifier_class] = value->as.commitment;
	}
	record->version = rules->version_count++;
	return version;
}

static void fold_opening(struct rules *rules, struct record *record, const struct act *act)
{
	struct act_place place = record->summary.place;
	struct list *list = &rules->lists[rules->list_count];
	struct hash_index *commitments = &rules->logs[place.party].commitments;
	struct list_version *version = add_version(rules, record, rules->list_count, act);

	*list = (struct list){
		.place = place,
		.mode = (enum list_mode)act->fields[0].as.choice,
		.version = record->version,
		.revealed_by = NO_ENTRY,
		.retired_by = NO_ENTRY,
	};
	for (unsigned i = 0; i < IDENTIFIER_CLASS_COUNT; i++) {
		list->queries[i] = NO_INDEX;
		for (unsigned party = 0; party < 2; party++)
			list->tallies[party][i] = NO_INDEX;
	}
	rules->list_count++;
	if (list->mode != LIST_SWAP)
		return;
	version->commitment = act_field(act, "commitment")->as.hash;
	hash_index_put(commitments, &version->commitment, place.number);
}

/* The version that was in force is so no longer. */
static void end_version(struct rules *rules, const struct list *list, uint64_t number)
{
	struct list_version *version = &rules->versions[list->version];
	struct act_place began = { list->place.party, version->number };

	version->ended_by = number;
	touch(rules, record_at(rules, began));
	if (list->revealed_by != NO_ENTRY) {
		began.number = list->revealed_by;
		touch(rules, record_at(rules, began));
	}
}

static void fold_update(struct rules *rules, struct record *record, const struct act *act)
{
	struct list *list = list_of(rules, record);
	struct list_version *version;

	end_version(rules, list, record->summary.place.number);
	version = add_version(rules, record, (size_t)(list - rules->lists), act);
	version->previous = list->version;
	list->version = record->version;
}

/* The second list of a sealed swap is where what is owed in it stands. */
static void touch_second(const struct rules *rules, const struct list *list)
{
	struct view view = view_of_everything(rules);
	struct record *opening = record_at(rules, list->place);
	const struct record *pair = pair_in_view(rules, list, &view);

	if (opening->summary.has_answers)
		touch(rules, opening);
	else if (pair != NULL)
		touch(rules, record_at(rules, pair->summary.place));
}

void touch_swap(const struct rules *rules, const struct record *reveal)
{
	/* One that is void has opened nothing. */
	if (record_is_valid(reveal))
		touch_second(rules, list_of(rules, reveal));
}

/* A retirement that crossed with the other side's commitment has had no effect. */
static void fold_reveal(struct rules *rules, struct record *record)
{
	struct list *list = list_of(rules, record);

	list->revealed_by = record->summary.place.number;
	list->retired_by = NO_ENTRY;
	rules->versions[list->version].ended_by = NO_ENTRY;
	record->version = list->version;
	touch_second(rules, list);
}

static void fold_retirement(struct rules *rules, const struct record *record)
{
	struct list *list = list_of(rules, record);

	list->retired_by = record->summary.place.number;
	end_version(rules, list, record->summary.place.number);
}

/* Nobody renews what was not accepted. */
static void fold_rejection(const struct rules *rules, const struct record *record)
{
	const struct record *opening = record_at(rules, record->summary.answers);
	size_t index;

	if (kind_of(opening) != KIND_LIST)
		return;
	index = list_of(rules, opening)->version;
	for (; index != NO_INDEX; index = rules->versions[index].previous)
		touch(rules, &rules->logs[opening->summary.place.party]
		                  .records[rules->versions[index].number]);
}

static void fold_query(struct rules *rules, struct record *record, const struct act *act)
{
	struct list *list = list_of(rules, record);
	struct list_query *query = &rules->queries[rules->query_count];
	enum identifier_class identifier_class =
	    (enum identifier_class)act_field(act, "class")->as.choice;
	/* base64 of whole elements: as it was judged */
	uint64_t size = act_field(act, "blinded")->text.size / 4 * 3;

	*query = (struct list_query){
		.place = record->summary.place,
		.list = (size_t)(list - rules->lists),
		.identifier_class = identifier_class,
		.epoch = act_field(act, "epoch")->as.number,
		.elements = size / 32,
		.day = day_of(record->summary.logged),
		.previous = list->queries[identifier_class],
	};
	rules_list_queried(rules, list->place, identifier_class, query->day, &query->total,
	                   &query->today);
	query->total += query->elements;
	query->today += query->elements;
	list->queries[identifier_class] = record->query = rules->query_count++;
}

static void fold_tally(struct rules *rules, const struct record *record, const struct act *act)
{
	struct list *list = list_of(rules, record_at(rules, record->summary.target));
	size_t *last =
	    &list->tallies[record->summary.place.party][act_field(act, "class")->as.choice];

	rules->tallies[rules->tally_count] = (struct list_count){
		.tally = {
			.place = record->summary.place,
			.count = act_field(act, "count")->as.number,
			.today = act_field(act, "today")->as.number,
			.day = act_field(act, "day")->as.time,
			.chain = act_field(act, "chain")->as.hash,
		},
		.previous = *last,
	};
	*last = rules->tally_count++;
}

void fold_list(struct rules *rules, struct record *record, const struct act *act)
{
	switch (kind_of(record)) {
	case KIND_LIST:
		fold_opening(rules, record, act);
		break;
	case KIND_REVEAL:
		fold_reveal(rules, record);
		break;
	case KIND_UPDATE_LIST:
		fold_update(rules, record, act);
		break;
	case KIND_RETIRE_LIST:
		fold_retirement(rules, record);
		break;
	case KIND_REJECT:
		fold_rejection(rules, record);
		break;
	case KIND_QUERY:
		fold_query(rules, record, act);
		break;
	case KIND_TALLY:
		fold_tally(rules, record, act);
		break;
	default:
		break;
	}
}

/* --- what others ask ---------------------------------------------------------------- */

size_t rules_list_count(const struct rules *rules)
{
	return rules->list_count;
}

static struct act_place place_of_version(const struct rules *rules, const struct list *list)
{
	const struct list_version *version = &rules->versions[list->version];
	bool revealed = version->previous == NO_INDEX && list->revealed_by != NO_ENTRY;

	return (struct act_place){ list->place.party,
		                   revealed ? list->revealed_by : version->number };
}

int rules_list_at(const struct rules *rules, size_t index, struct list_summary *ret_list)
{
	struct view view = view_of_everything(rules);
	const struct list_version *version;
	const struct record *answer, *pair;
	const struct list *list;
	struct act_place place;

	if (index >= rules->list_count)
		return ERROR_NOT_FOUND;
	list = &rules->lists[index];
	version = &rules->versions[list->version];
	pair = pair_in_view(rules, list, &view);
	place = (struct act_place){ other_party(list->place.party),
		                    record_at(rules, list->place)->summary.answered_by };
	answer = place.number == NO_ENTRY ? NULL : record_at(rules, place);
	*ret_list = (struct list_summary){
		.place = list->place,
		.owner = list->place.party,
		.mode = list->mode,
		.epoch = version->epoch,
		.version = place_of_version(rules, list),
		.revealed = list->revealed_by != NO_ENTRY,
		.rejected = answer != NULL && kind_of(answer) == KIND_REJECT,
		.has_pair = pair != NULL,
		.commitment = version->commitment,
	};
	ret_list->retired = list->retired_by != NO_ENTRY && !ret_list->rejected &&
	                    (ret_list->revealed || !ret_list->has_pair);
	if (pair != NULL)
		ret_list->pair = pair->summary.place;
	memcpy(ret_list->classes, version->classes, sizeof(version->classes));
	return OK;
}

/* The list that an act opened; NULL when it opened none. */
static const struct list *list_at(const struct rules *rules, struct act_place place)
{
	const struct act_summary *act = rules_act(rules, place);

	return act == NULL || act->kind->number != KIND_LIST || act->verdict.code != VERDICT_VALID
	           ? NULL
	           : list_of(rules, record_at(rules, place));
}

int rules_list(const struct rules *rules, struct act_place place, struct list_summary *ret_list)
{
	const struct list *list = list_at(rules, place);

	return list == NULL ? ERROR_NOT_FOUND
	                    : rules_list_at(rules, (size_t)(list - rules->lists), ret_list);
}

void rules_list_queried(const struct rules *rules, struct act_place place,
                        enum identifier_class identifier_class, timestamp day, uint64_t *ret_total,
                        uint64_t *ret_today)
{
	const struct list *list = list_at(rules, place);
	size_t index = list == NULL ? NO_INDEX : list->queries[identifier_class];

	*ret_total = index == NO_INDEX ? 0 : rules->queries[index].total;
	/* They are in the order of their days. */
	while (index != NO_INDEX && rules->queries[index].day > day)
		index = rules->queries[index].previous;
	*ret_today = index != NO_INDEX && rules->queries[index].day == day
	                 ? rules->queries[index].today
	                 : 0;
}

bool rules_list_tally(const struct rules *rules, struct act_place place,
                      enum identifier_class identifier_class, unsigned party,
                      struct list_tally *ret_tally)
{
	const struct list *list = list_at(rules, place);
	size_t index = list == NULL ? NO_INDEX : list->tallies[party][identifier_class];

	if (index == NO_INDEX)
		return false;
	*ret_tally = rules->tallies[index].tally;
	return true;
}

uint64_t rules_list_tallied_on(const struct rules *rules, struct act_place place,
                               enum identifier_class identifier_class, unsigned party,
                               timestamp day)
{
	const struct list *list = list_at(rules, place);
	uint64_t total, today = 0;

	if (list != NULL)
		tallied(rules, list, identifier_class, party, day, &total, &today);
	return today;
}

int rules_query(const struct rules *rules, struct act_place place, struct query_summary *ret_query)
{
	const struct list_query *query;

	if (rules_act(rules, place) == NULL || record_at(rules, place)->query == NO_INDEX)
		return ERROR_NOT_FOUND;
	query = &rules->queries[record_at(rules, place)->query];
	*ret_query = (struct query_summary){
		.list = rules->lists[query->list].place,
		.identifier_class = query->identifier_class,
		.epoch = query->epoch,
		.elements = query->elements,
		.total = query->total,
		.today = query->today,
		.day = query->day,
		.answered = record_at(rules, place)->summary.answered_by != NO_ENTRY,
	};
	return OK;
}

bool rules_list_key_owed(const struct rules *rules, struct act_place place,
                         enum identifier_class identifier_class, uint64_t epoch)
{
	const struct list *list = list_at(rules, place);
	size_t index = list == NULL ? NO_INDEX : list->queries[identifier_class];

	for (; index != NO_INDEX; index = rules->queries[index].previous) {
		const struct list_query *query = &rules->queries[index];

		if (query->epoch < epoch)
			return false;
		if (query->epoch == epoch &&
		    record_at(rules, query->place)->summary.answered_by == NO_ENTRY)
			return true;
	}
	return false;
}
