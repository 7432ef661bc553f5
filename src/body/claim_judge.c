/* Claims of kind, number and date, from entries alone. */
#include "claim.h"

/* Whether an act of this kind answers for its side: who has only read, or comments, has
 * not answered. */
static bool is_answer(const struct kind *kind)
{
	return kind->answers == REQUIRED && kind->number != KIND_ACK;
}

static unsigned log_of(const struct claim_line *line)
{
	return line->kind == CLAIM_SENT ? line->party : 1 - line->act.party;
}

/* Also one of which it is in doubt whether it is void. */
static bool is_meant(const struct claim_line *line, const struct claim_entry *entry)
{
	if (!entry->valid && !entry->doubtful)
		return false;
	if (line->kind == CLAIM_ANSWERED)
		return entry->has_answers && is_answer(entry->kind) &&
		       entry->answers.party == line->act.party &&
		       entry->answers.number == line->act.number;
	if (entry->exercise || entry->logged < line->from || entry->logged > line->to)
		return false;
	return line->act_kind == NULL ? entry->kind->matter != MATTER_SERVICE
	                              : entry->kind == line->act_kind;
}

/* The days that count: an answer may come at any time. */
static timestamp from_of(const struct claim_line *line)
{
	return line->kind == CLAIM_SENT ? line->from : 0;
}

static timestamp to_of(const struct claim_line *line)
{
	return line->kind == CLAIM_SENT ? line->to : TIMESTAMP_MAXIMUM;
}

/* Walks the log; counts what is meant, and finds out whether what is not shown could
 * matter: entries not shown since one at or before the last day, before one that is not
 * earlier than the first. */
void claim_judge(const struct claim_line *line, const struct claim_logs *logs,
                 struct claim_answer *ret_answer)
{
	struct claim_answer answer = { .count = 0 };
	struct act_place place = { log_of(line), 0 };
	bool after = false, gap = false, matters = false;

	for (; place.number < logs->sizes[place.party]; place.number++) {
		struct claim_entry entry;

		if (!logs->entry(logs->context, place, &entry)) {
			gap = !after;
			continue;
		}
		matters = matters || (gap && entry.logged >= from_of(line));
		gap = false;
		after = entry.logged > to_of(line);
		if (!is_meant(line, &entry))
			continue;
		if (entry.doubtful)
			matters = true;
		else if (answer.count++ == 0)
			answer.place = place;
	}
	matters = matters || gap;
	if (line->kind == CLAIM_SENT && line->exact)
		answer.kind = answer.count == line->count ? CLAIM_IN_RECORD : CLAIM_NOT_IN_RECORD;
	else
		answer.kind = answer.count > 0 ? CLAIM_IN_RECORD : CLAIM_NOT_IN_RECORD;
	/* One act that is so proves itself; numbers and absence need all entries. */
	if (matters && (answer.kind == CLAIM_NOT_IN_RECORD || line->exact))
		answer.kind = CLAIM_NOT_SHOWN;
	*ret_answer = answer;
}

void claim_span(const struct claim_line *line, const struct claim_logs *logs, unsigned *ret_party,
                uint64_t *ret_first, uint64_t *ret_size)
{
	struct act_place place = { log_of(line), 0 };
	uint64_t size = logs->sizes[place.party], first = 0;
	struct claim_entry entry;

	while (place.number < size && logs->entry(logs->context, place, &entry) &&
	       entry.logged < from_of(line))
		place.number++;
	first = place.number > 0 ? place.number - 1 : 0;
	while (place.number < size && logs->entry(logs->context, place, &entry) &&
	       entry.logged <= to_of(line))
		place.number++;
	*ret_party = place.party;
	*ret_first = first;
	*ret_size = place.number < size ? place.number + 1 : size;
}
