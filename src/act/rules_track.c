/* Tracks: the fold of acts into the states of matters_table.h.
 *
 * A track is opened by an act, and each act for which its kind of matter has rows is a step
 * of it. What it has come to, in a view, is the fold of its steps in display order, without
 * those that lost a conflict to another one in the view (rules_conflict.h).
 *
 * Method. Nothing is folded twice. In display order exactly the causal past of an entry of
 * the first party stands before it, and that for ever; and an entry of the second party is
 * the last of its own view. So what a track has come to with a step, in the step's own view,
 * is kept with the step, and stays true
 *
 *     of a step of the first party    in each view whose steps all are before it
 *     of a step of the second party   in each view that has it for the second party's last
 *                                     and has no other last step of the first
 *
 * In any other view the steps of the second party that crossed with the first party's last
 * one are folded on top of that:
 *
 *     first    a          a'              what there was with a', then b' and b"
 *     second      b    b'    b"           (b' had not seen a'; a' had seen b)
 *
 * Only where one of these has lost or won a conflict that the kept state does not know of, the
 * whole track is folded from its start. So what one side adds in its own past, whatever it
 * leaves unseen, costs the same for each act. */
#include "rules_internal.h"

#include "rules_conflict.h"

/* --- rows ---------------------------------------------------------------- */

static bool is_by(const struct track *track, const struct track_state *state,
                  enum matter_actor actor, unsigned party, const struct record *named)
{
	switch (actor) {
	case ACTOR_OPENER:
		return party == track->opened_by.party;
	case ACTOR_OTHER:
		return party != track->opened_by.party;
	case ACTOR_AUTHOR:
		return named != NULL && named->summary.place.party == party;
	case ACTOR_ADDRESSEE:
		return named != NULL && named->summary.place.party != party;
	case ACTOR_PARTNER:
		return party != state->mover;
	default:
		return true;
	}
}

const struct matter_row *track_row(const struct track *track, const struct track_state *state,
                                   const struct kind *kind, unsigned party,
                                   const struct record *named, int word, bool crossed)
{
	for (size_t i = 0; i < matters_table_size; i++) {
		const struct matter_row *row = &matters_table[i];
		state_set from = crossed ? row->from | row->crossed : row->from;

		if (row->matter != track->kind || row->kind != kind->number ||
		    !state_set_has(from, state->state))
			continue;
		if (row->names != KIND_COUNT && (named == NULL || kind_of(named) != row->names))
			continue;
		if (row->word >= 0 && word >= 0 && row->word != word)
			continue;
		if (is_by(track, state, row->by, party, named))
			return row;
	}
	return NULL;
}

/* What the act answers or takes back. */
static const struct record *named_by(const struct rules *rules, const struct record *record)
{
	if (record->summary.has_answers)
		return record_at(rules, record->summary.answers);
	return record->summary.has_target ? record_at(rules, record->summary.target) : NULL;
}

/* --- steps --------------------------------------------------------------- */

static struct track_state state_of_opening(const struct record *record)
{
	const struct matter_row *row = matter_opening(kind_of(record), record->summary.word);

	return (struct track_state){
		.state = row == NULL ? STATE_OPEN : (enum matter_state)row->to,
		.mover = record->summary.place.party,
		.offer = record->summary.place,
		.waiting = row != NULL && row->asks,
	};
}

/* Minutes or a finding are answered. The state waits for the last of them. */
static unsigned state_when_answered(struct track_state *state, const struct matter_row *row)
{
	if (state->waiting > 0)
		state->waiting--;
	state->agreed = state->agreed || row->kind == KIND_ACCEPT;
	if (state->waiting > 0)
		return STATE_SAME;
	return state->agreed ? row->agreed : row->to;
}

static void apply(const struct rules *rules, const struct track *track, struct track_state *state,
                  const struct record *record)
{
	struct act_place place = record->summary.place;
	const struct matter_row *row;
	unsigned to;

	if (place_equal(place, track->opened_by)) {
		*state = state_of_opening(record);
		return;
	}
	row = track_row(track, state, record->summary.kind, place.party, named_by(rules, record),
	                record->summary.word, true);
	if (row == NULL)
		return;
	state->waiting += row->asks;
	state->supported = state->supported || row->supports;
	if (kind_of(record) == KIND_COUNTER)
		state->offer = place;
	to = row->answers ? state_when_answered(state, row) : row->to;
	if (to == STATE_SAME || to == (unsigned)state->state)
		return;
	state->state = (enum matter_state)to;
	state->mover = place.party;
}

/* --- conflicts ------------------------------------------------------------ */

/* The act that a step would undo, or go on about, without having seen its answer. */
static const struct record *contested(const struct rules *rules, const struct track *track,
                                      const struct record *step)
{
	switch (kind_of(step)) {
	case KIND_RETRACT:
		return record_at(rules, step->summary.target);
	case KIND_DROP:
	case KIND_MAINTAIN:
		return record_at(rules, track->opened_by);
	default:
		return NULL;
	}
}

/* Whether in a view the step lost to an answer that it crossed with. */
static bool is_beaten(const struct rules *rules, const struct track *track, const struct view *view,
                      const struct record *step)
{
	const struct record *target = contested(rules, track, step), *answer;
	struct act_place place;

	if (target == NULL)
		return false;
	place = (struct act_place){ other_party(target->summary.place.party),
		                    target->summary.answered_by };
	if (!in_view(view, place.party, place.number) || place.number < step->summary.seen)
		return false;
	answer = record_at(rules, place);
	return answer->summary.seen <= step->summary.place.number &&
	       conflict_outcome(kind_of(answer), kind_of(step)) == CONFLICT_STANDS;
}

/* Whether the state kept with a step holds in a view with steps that crossed with it: it does
 * not if it knows nothing of the last conflict. */
static bool is_reliable(const struct track *track, const struct record *step)
{
	struct act_place place = step->summary.place;

	if (track->conflict[0] == NO_ENTRY)
		return true;
	return track->conflict[place.party] <= place.number &&
	       track->conflict[other_party(place.party)] < step->summary.seen;
}

static void later_conflict(uint64_t *conflict, uint64_t number)
{
	if (*conflict == NO_ENTRY || *conflict < number)
		*conflict = number;
}

/* Remembers what a new step lost to, or won against. */
static void note_conflicts(const struct rules *rules, struct track *track,
                           const struct record *step)
{
	struct view view = view_of_everything(rules);
	struct act_place place = step->summary.place;
	unsigned other = other_party(place.party);
	uint64_t crossed = track->last[other];

	while (crossed != NO_ENTRY && crossed >= step->summary.seen) {
		const struct record *record = &rules->logs[other].records[crossed];

		if (is_beaten(rules, track, &view, step) ||
		    is_beaten(rules, track, &view, record)) {
			later_conflict(&track->conflict[place.party], place.number);
			later_conflict(&track->conflict[other], crossed);
		}
		crossed = record->previous_step;
	}
}

/* --- folding -------------------------------------------------------------- */

static uint64_t last_in_view(const struct rules *rules, const struct track *track,
                             const struct view *view, unsigned party)
{
	uint64_t number = track->last[party];

	while (number != NO_ENTRY && !in_view(view, party, number))
		number = rules->logs[party].records[number].previous_step;
	return number;
}

struct track_state track_from_start(const struct rules *rules, const struct track *track,
                                    const struct view *view)
{
	uint64_t next[2] = { track->first[0], track->first[1] };
	struct track_state state = { .state = STATE_OPEN };

	for (;;) {
		bool has_first = in_view(view, 0, next[0]);
		bool has_second = in_view(view, 1, next[1]);
		const struct record *record;
		unsigned party;

		if (!has_first && !has_second)
			return state;
		party = has_second &&
		        (!has_first || next[1] < rules->logs[0].records[next[0]].summary.seen);
		record = &rules->logs[party].records[next[party]];
		if (!is_beaten(rules, track, view, record))
			apply(rules, track, &state, record);
		next[party] = record->next_step;
	}
}

/* The steps of the second party from the first that crossed with one of the first party. */
static struct track_state fold_crossed(const struct rules *rules, const struct track *track,
                                       const struct record *first, uint64_t last)
{
	const struct record *records = rules->logs[1].records;
	struct track_state state = first->after;
	uint64_t number = last;

	while (records[number].previous_step != NO_ENTRY &&
	       records[number].previous_step >= first->summary.seen)
		number = records[number].previous_step;
	for (;; number = records[number].next_step) {
		apply(rules, track, &state, &records[number]);
		if (number == last)
			return state;
	}
}

struct track_state track_in_view(const struct rules *rules, const struct track *track,
                                 const struct view *view)
{
	uint64_t first = last_in_view(rules, track, view, 0);
	uint64_t second = last_in_view(rules, track, view, 1);
	const struct record *step;

	if (first == NO_ENTRY && second == NO_ENTRY)
		return (struct track_state){ .state = STATE_OPEN };
	if (first == NO_ENTRY ||
	    (second != NO_ENTRY && rules->logs[1].records[second].other_step == first))
		return rules->logs[1].records[second].after;
	step = &rules->logs[0].records[first];
	if (second == NO_ENTRY || second < step->summary.seen)
		return step->after;
	return is_reliable(track, step) ? fold_crossed(rules, track, step, second)
	                                : track_from_start(rules, track, view);
}

/* --- growing -------------------------------------------------------------- */

void track_step(struct rules *rules, size_t index, struct record *record)
{
	struct track *track = &rules->tracks[index];
	struct act_place place = record->summary.place;
	struct log_state *log = &rules->logs[place.party];
	struct view past;

	past.size[place.party] = place.number;
	past.size[other_party(place.party)] = record->summary.seen;
	record->track = index;
	record->previous_step = track->last[place.party];
	record->other_step = last_in_view(rules, track, &past, other_party(place.party));
	record->after = track_in_view(rules, track, &past);
	apply(rules, track, &record->after, record);
	if (track->first[place.party] == NO_ENTRY)
		track->first[place.party] = place.number;
	else
		log->records[track->last[place.party]].next_step = place.number;
	track->last[place.party] = place.number;
	note_conflicts(rules, track, record);
}

size_t track_open(struct rules *rules, const struct record *record, enum matter_kind kind)
{
	rules->tracks[rules->track_count] = (struct track){
		.opened_by = record->summary.place,
		.kind = kind,
		.first = { NO_ENTRY, NO_ENTRY },
		.last = { NO_ENTRY, NO_ENTRY },
		.conflict = { NO_ENTRY, NO_ENTRY },
	};
	return rules->track_count++;
}
