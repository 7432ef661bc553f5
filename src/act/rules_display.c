/* Display order: what people see is one sequence, the same for both sides.
 *
 * Of the two next entries the one seen by the other goes first, else the first
 * party's. So an entry N of the first party comes directly after what it has
 * seen of the second: entry j of the second stands before N if, and only if,
 * j is below N's effective seen. Whole logs, and the acts of one matter, are
 * merged by this one comparison. */
#include "rules_internal.h"

static bool is_before(const struct rules *rules, struct act_place a, struct act_place b)
{
	if (a.party == b.party)
		return a.number < b.number;
	if (a.party == 0)
		return record_at(rules, a)->summary.seen <= b.number;
	return a.number < record_at(rules, b)->summary.seen;
}

/* The party whose next entry comes first; NO_ENTRY says that a log has none. */
static unsigned earlier(const struct rules *rules, uint64_t first, uint64_t second)
{
	if (first == NO_ENTRY)
		return 1;
	if (second == NO_ENTRY)
		return 0;
	return is_before(rules, (struct act_place){ 1, second }, (struct act_place){ 0, first });
}

bool rules_display_next(const struct rules *rules, struct display_cursor *cursor,
                        struct act_place *ret_place)
{
	uint64_t next[2];
	unsigned party;

	for (party = 0; party < 2; party++)
		next[party] = cursor->next[party] < rules->logs[party].size ? cursor->next[party]
		                                                            : NO_ENTRY;
	if (next[0] == NO_ENTRY && next[1] == NO_ENTRY)
		return false;
	party = earlier(rules, next[0], next[1]);
	*ret_place = (struct act_place){ party, next[party] };
	cursor->next[party]++;
	return true;
}

/* How many matters the second party opened before entry `number` of the first. */
static size_t second_before(const struct rules *rules, uint64_t number)
{
	const struct log_state *second = &rules->logs[1];
	uint64_t seen = rules->logs[0].records[number].summary.seen;
	size_t low = 0, high = second->opening_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (second->openings[middle] < seen)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The matter at `index` in display order: found by its rank, which for the k-th
 * of the first party is k and what the second opened before it. */
static struct act_place opening_at(const struct rules *rules, size_t index)
{
	const struct log_state *first = &rules->logs[0];
	size_t low = 0, high = first->opening_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (middle + second_before(rules, first->openings[middle]) < index)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < first->opening_count && low + second_before(rules, first->openings[low]) == index)
		return (struct act_place){ 0, first->openings[low] };
	return (struct act_place){ 1, rules->logs[1].openings[index - low] };
}

size_t rules_matter_count(const struct rules *rules)
{
	return rules->matter_count;
}

static const struct matter *matter_of(const struct rules *rules, struct act_place opening)
{
	const struct record *record;

	if (opening.party > 1 || opening.number >= rules->logs[opening.party].size)
		return NULL;
	record = record_at(rules, opening);
	if (record->matter == NO_INDEX ||
	    !place_equal(rules->matters[record->matter].opened_by, opening))
		return NULL;
	return &rules->matters[record->matter];
}

int rules_matter_of(const struct rules *rules, struct act_place opening, timestamp now,
                    struct matter_summary *ret_matter)
{
	const struct matter *matter = matter_of(rules, opening);
	struct view everything = view_of_everything(rules);
	const struct track *track;
	const struct record *record;
	struct act_place last[2];
	unsigned party;

	if (matter == NULL)
		return ERROR_NOT_FOUND;
	for (party = 0; party < 2; party++)
		last[party] = (struct act_place){ party, matter->last[party] };
	if (last[0].number == NO_ENTRY || last[1].number == NO_ENTRY)
		party = last[0].number == NO_ENTRY;
	else
		party = is_before(rules, last[0], last[1]);
	record = record_at(rules, opening);
	track = &rules->tracks[matter->track];
	*ret_matter = (struct matter_summary){
		.opened_by = opening,
		.kind = record->summary.kind->matter,
		.state = track_state_at(rules, track, now),
		.unsupported = track->kind == MATTER_ALLEGATION &&
		               !track_in_view(rules, track, &everything).supported,
		.last = last[party],
		.act_count = (size_t)matter->count,
		.exercise = record->summary.exercise,
	};
	return OK;
}

int rules_matter(const struct rules *rules, size_t index, timestamp now,
                 struct matter_summary *ret_matter)
{
	if (index >= rules->matter_count)
		return ERROR_NOT_FOUND;
	return rules_matter_of(rules, opening_at(rules, index), now, ret_matter);
}

int rules_matter_acts(const struct rules *rules, struct act_place opening,
                      struct act_place *ret_places, size_t capacity, size_t *ret_count)
{
	const struct matter *matter = matter_of(rules, opening);
	uint64_t next[2];

	if (matter == NULL)
		return ERROR_NOT_FOUND;
	if (matter->count > capacity)
		return ERROR_LIMIT;
	next[0] = matter->first[0];
	next[1] = matter->first[1];
	for (size_t i = 0; i < matter->count; i++) {
		unsigned party = earlier(rules, next[0], next[1]);

		ret_places[i] = (struct act_place){ party, next[party] };
		next[party] = record_at(rules, ret_places[i])->next;
	}
	*ret_count = (size_t)matter->count;
	return OK;
}
