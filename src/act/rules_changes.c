/* What has changed: the notes of rules_changes.h.
 *
 * Touched acts of a log are a chain through their records. Acts whose clock was started by
 * an entry that their own log has not seen yet are a queue in the order of these entries:
 * clocks are started by one log's entries in their order, so that what joins the queue
 * joins it at the end, and what is seen leaves it at the front. */
#include "rules_changes.h"

#include "allocate.h"
#include "rules_internal.h"

int changes_new(struct changes **ret_changes)
{
	struct changes *changes = allocate(1, sizeof(*changes));

	if (changes == NULL)
		return ERROR_MEMORY;
	for (unsigned party = 0; party < 2; party++) {
		changes->touched[party] = NO_ENTRY;
		changes->unseen_first[party] = changes->unseen_last[party] = NO_ENTRY;
	}
	*ret_changes = changes;
	return OK;
}

void touch(const struct rules *rules, struct record *record)
{
	struct act_place place = record->summary.place;

	if (record->touched)
		return;
	record->touched = true;
	record->next_touched = rules->changes->touched[place.party];
	rules->changes->touched[place.party] = place.number;
}

void touch_named(const struct rules *rules, struct record *record)
{
	const struct act_summary *act = &record->summary;

	touch(rules, record);
	if (act->has_answers)
		touch(rules, record_at(rules, act->answers));
	if (act->has_target)
		touch(rules, record_at(rules, act->target));
	if (act->has_matter)
		touch(rules, record_at(rules, act->matter));
	if (record->track != NO_INDEX)
		touch(rules, record_at(rules, rules->tracks[record->track].opened_by));
	/* One that opens an amendment changes nothing yet, and can be opened and taken back
	 * all day. */
	if (kind_of(record) == KIND_CLOSE || kind_of(record) == KIND_WITHDRAW ||
	    (kind_of(record) == KIND_AMEND && act->has_answers))
		rules->changes->upheaval = true;
}

void touch_certified(const struct rules *rules, unsigned party, uint64_t from, uint64_t to)
{
	struct changes *changes = rules->changes;

	if (from >= to)
		return;
	if (changes->certified_to[party] == 0 || from < changes->certified_from[party])
		changes->certified_from[party] = from;
	if (to > changes->certified_to[party])
		changes->certified_to[party] = to;
}

/* --- clocks --------------------------------------------------------------- */

static void leave_queue(const struct rules *rules, struct record *record)
{
	unsigned party = record->summary.place.party;
	struct record *records = rules->logs[party].records;
	struct changes *changes = rules->changes;

	if (record->unseen_before == NO_ENTRY)
		changes->unseen_first[party] = record->unseen_after;
	else
		records[record->unseen_before].unseen_after = record->unseen_after;
	if (record->unseen_after == NO_ENTRY)
		changes->unseen_last[party] = record->unseen_before;
	else
		records[record->unseen_after].unseen_before = record->unseen_before;
	record->unseen = false;
}

void start_clock(const struct rules *rules, struct record *record, uint64_t number)
{
	struct act_place place = record->summary.place;
	struct changes *changes = rules->changes;
	uint64_t last;

	if (record->unseen)
		leave_queue(rules, record);
	record->clock_by = number;
	last = changes->unseen_last[place.party];
	record->unseen = true;
	record->unseen_before = last;
	record->unseen_after = NO_ENTRY;
	if (last == NO_ENTRY)
		changes->unseen_first[place.party] = place.number;
	else
		rules->logs[place.party].records[last].unseen_after = place.number;
	changes->unseen_last[place.party] = place.number;
	touch(rules, record);
}

void touch_seen(const struct rules *rules, unsigned party, uint64_t size)
{
	struct record *records = rules->logs[party].records;
	const uint64_t *first = &rules->changes->unseen_first[party];
	const struct log_state *other = &rules->logs[other_party(party)];

	while (*first != NO_ENTRY && records[*first].clock_by < size) {
		struct record *record = &records[*first];

		leave_queue(rules, record);
		touch(rules, record);
	}
	/* What it owed by then it can no longer give: see is_cut_off. */
	if (other->closed_by < size)
		rules->changes->upheaval = true;
}

/* --- what others ask ------------------------------------------------------ */

bool rules_next_touched(const struct rules *rules, struct act_place *ret_place)
{
	for (unsigned party = 0; party < 2; party++) {
		uint64_t number = rules->changes->touched[party];

		if (number == NO_ENTRY)
			continue;
		*ret_place = (struct act_place){ party, number };
		return true;
	}
	return false;
}

void rules_drop_touched(struct rules *rules, struct act_place place)
{
	struct record *record = record_at(rules, place);

	rules->changes->touched[place.party] = record->next_touched;
	record->touched = false;
}

bool rules_take_upheaval(struct rules *rules)
{
	bool upheaval = rules->changes->upheaval;

	rules->changes->upheaval = false;
	return upheaval;
}

bool rules_take_certified(struct rules *rules, unsigned party, uint64_t *ret_from, uint64_t *ret_to)
{
	struct changes *changes = rules->changes;

	if (changes->certified_to[party] == 0)
		return false;
	*ret_from = changes->certified_from[party];
	*ret_to = changes->certified_to[party];
	changes->certified_from[party] = changes->certified_to[party] = 0;
	return true;
}
