/* Obligations: what an act makes somebody owe, and by when. Computed when asked
 * for, from the entries that started and ended the clocks. */
#include "rules_internal.h"

static const char *const duty_names[DUTY_COUNT] = {
	[DUTY_ACKNOWLEDGE] = "acknowledge", [DUTY_ANSWER] = "answer", [DUTY_UPDATE] = "update",
	[DUTY_CONCLUDE] = "conclude",       [DUTY_REVEAL] = "reveal",
};

const char *obligation_duty_name(enum obligation_duty duty)
{
	return (size_t)duty < DUTY_COUNT ? duty_names[duty] : NULL;
}

/* The first entry of a log whose past holds entry `number` of the other. */
static uint64_t first_that_saw(const struct log_state *log, uint64_t number)
{
	uint64_t low = 0, high = log->size;

	while (low < high) {
		uint64_t middle = low + (high - low) / 2;

		if (log->records[middle].summary.seen <= number)
			low = middle + 1;
		else
			high = middle;
	}
	return low == log->size ? NO_ENTRY : low;
}

/* Once a side has closed, or its own withdrawal is in effect by its own log, no
 * clock starts against it, but for notices that go on (from the talks) or
 * outlive it. What counts is what the entry that starts the clock has seen. */
static bool is_released(const struct rules *rules, const struct record *record,
                        const struct view *view, timestamp time, unsigned party)
{
	const struct log_state *log = &rules->logs[party];
	bool notice = record->summary.kind->matter == MATTER_INCIDENT;
	bool notices_survive = (charter_of(rules, record)->survives & SURVIVES_NOTICES) != 0;

	if (in_view(view, party, log->closed_by))
		return true;
	for (unsigned from = 0; from < WITHDRAWAL_COUNT; from++) {
		const struct record *withdrawal;

		if (!in_view(view, party, log->withdrawn_by[from]) ||
		    (notice && (from == FROM_TALKS || notices_survive)))
			continue;
		withdrawal = &log->records[log->withdrawn_by[from]];
		if (time >= withdrawal->summary.logged + charter_of(rules, withdrawal)->notice)
			return true;
	}
	return false;
}

/* By deemed receipt a clock starts without an entry, at a time: what counts then is what
 * the party's own log had by this time. */
static bool is_released_at(const struct rules *rules, const struct record *record, timestamp time,
                           unsigned party)
{
	const struct log_state *log = &rules->logs[party];
	struct view view = view_of_everything(rules);

	if (log->closed_by != NO_ENTRY && log->records[log->closed_by].summary.logged > time)
		view.size[party] = log->closed_by;
	return is_released(rules, record, &view, time, party);
}

/* When a clock started, 0: not yet, or never; and by which entry. */
struct start {
	timestamp time;
	struct act_place by;
};

/* When the act's clocks started against a party by a receipt: at the receiver's entry,
 * or at the author's first one that has seen it, should that bear the earlier time.
 * A receipt before the fault that stands starts none. */
static struct start receipt_start(const struct rules *rules, const struct record *record,
                                  unsigned party)
{
	struct act_place place = { other_party(record->summary.place.party), record->clock_by };
	const struct log_state *author = &rules->logs[record->summary.place.party];
	const struct record *start;
	struct start started = { 0 };
	struct view view;
	uint64_t seen_by;

	if (place.number == NO_ENTRY || record->fault != FAULT_CURED)
		return started;
	start = record_at(rules, place);
	view.size[place.party] = place.number;
	view.size[other_party(place.party)] = start->summary.seen;
	if (is_released(rules, record, &view, start->summary.logged, party))
		return started;
	started = (struct start){ start->summary.logged, place };
	seen_by = first_that_saw(author, place.number);
	if (seen_by != NO_ENTRY && author->records[seen_by].summary.logged < started.time) {
		started.time = author->records[seen_by].summary.logged;
		started.by = author->records[seen_by].summary.place;
	}
	return started;
}

/* The same by deemed receipt. */
static struct start deemed_start(const struct rules *rules, const struct record *record,
                                 unsigned party)
{
	struct stamped deemed;

	if (!rules_deemed_receipt(rules, record->summary.place, &deemed) ||
	    is_released_at(rules, record, deemed.time, party))
		return (struct start){ 0 };
	return (struct start){ deemed.time, deemed.stamp };
}

static int64_t answer_clock(const struct charter *charter, const struct act_summary *act)
{
	if (act->answer_clock == CLOCK_REQUEST && act->precedence == PRECEDENCE_FLASH)
		return charter->request_flash;
	return charter->clocks[act->answer_clock];
}

static timestamp later(timestamp a, timestamp b)
{
	return a > b ? a : b;
}

/* What an act gives rise to, while it is being listed. */
struct obligation_list {
	const struct rules *rules;
	const struct record *record;
	timestamp now;
	struct obligation *items;
	size_t count;
};

/* Whether the party had to break off before the deadline: once it has receipted
 * the other side's close it may acknowledge, and say nothing else. */
static bool is_cut_off(const struct rules *rules, const struct obligation *obligation)
{
	const struct log_state *log = &rules->logs[obligation->owed_by];
	uint64_t closed_by = rules->logs[other_party(obligation->owed_by)].closed_by;
	uint64_t seen_by;

	if (obligation->duty == DUTY_ACKNOWLEDGE || closed_by == NO_ENTRY)
		return false;
	seen_by = first_that_saw(log, closed_by);
	return seen_by != NO_ENTRY &&
	       (obligation->started == 0 ||
	        log->records[seen_by].summary.logged <= obligation->deadline);
}

/* A request may be put off once, while there is time: then the answer is owed by when its
 * defer says, should that be later. */
static void put_off(const struct obligation_list *list, struct obligation *obligation)
{
	const struct log_state *log = &list->rules->logs[obligation->owed_by];
	const struct act_summary *defer;

	if (obligation->duty != DUTY_ANSWER || obligation->started == 0 ||
	    list->record->deferred_by == NO_ENTRY)
		return;
	defer = &log->records[list->record->deferred_by].summary;
	if (defer->logged > obligation->deadline)
		return;
	obligation->deferred = true;
	obligation->deadline = later(obligation->deadline, defer->until);
}

/* Adds what is owed within `clock` seconds of the start, and not before `due`;
 * met_by.number is NO_ENTRY while it is not met. */
static void owe(struct obligation_list *list, unsigned owed_by, enum obligation_duty duty,
                int64_t clock, timestamp due, struct act_place met_by)
{
	struct obligation *obligation = &list->items[list->count];
	struct start started = receipt_start(list->rules, list->record, owed_by);
	struct start by_deposit = deemed_start(list->rules, list->record, owed_by);
	bool deemed = by_deposit.time != 0 && (started.time == 0 || by_deposit.time < started.time);

	if (deemed)
		started = by_deposit;

	*obligation = (struct obligation){
		.act = list->record->summary.place,
		.owed_by = owed_by,
		.duty = duty,
		.started = started.time,
		.started_by = started.by,
		.deemed = deemed,
		.clock = clock,
		.deadline = started.time == 0 ? 0 : later(started.time + clock, due),
		.state = OBLIGATION_OPEN,
	};
	put_off(list, obligation);
	if (met_by.number != NO_ENTRY) {
		obligation->state = OBLIGATION_MET;
		obligation->met_by = met_by;
	} else if (is_cut_off(list->rules, obligation)) {
		return;
	} else if (started.time != 0 && list->now > obligation->deadline) {
		obligation->state = OBLIGATION_OVERDUE;
	}
	list->count++;
}

static uint64_t first_of(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Who notifies an incident reports on it, and concludes it. */
static void owe_reports(struct obligation_list *list)
{
	const struct matter *matter = &list->rules->matters[list->record->matter];
	const int64_t *clocks = charter_of(list->rules, list->record)->clocks;
	unsigned author = list->record->summary.place.party;
	struct act_place concluded = { author, matter->concluded };
	struct act_place reported = {
		author,
		first_of(matter->updated[author], matter->concluded),
	};

	owe(list, author, DUTY_UPDATE, clocks[CLOCK_INCIDENT_UPDATE], 0, reported);
	owe(list, author, DUTY_CONCLUDE, clocks[CLOCK_CONCLUSION], 0, concluded);
}

/* Who has published a version of a list that stands renews it, or retires the list. */
static void owe_renewal(struct obligation_list *list)
{
	const struct rules *rules = list->rules;
	const struct list *of = list_of(rules, list->record);
	const struct record *opening = record_at(rules, of->place);
	struct act_place answer = { other_party(of->place.party), opening->summary.answered_by };
	struct act_place renewed = { of->place.party,
		                     rules->versions[list->record->version].ended_by };

	if (of->mode == LIST_SWAP && kind_of(list->record) == KIND_LIST)
		return;
	if (answer.number != NO_ENTRY && kind_of(record_at(rules, answer)) == KIND_REJECT)
		return;
	owe(list, of->place.party, DUTY_UPDATE,
	    charter_of(rules, list->record)->clocks[CLOCK_FULL_LIST], 0, renewed);
}

/* Whoever has committed to a list in a swap opens it, by the clock that the second
 * commitment starts. A body that cannot be read opens nothing. */
static void owe_reveal(struct obligation_list *list, const struct record *opening)
{
	const struct rules *rules = list->rules;
	const struct list *of = list_of(rules, opening);
	struct act_place revealed = { of->place.party, of->revealed_by };

	if (revealed.number != NO_ENTRY && record_at(rules, revealed)->summary.obliges_nobody)
		revealed.number = NO_ENTRY;
	owe(list, of->place.party, DUTY_REVEAL,
	    charter_of(rules, list->record)->clocks[CLOCK_LIST_CHANGES], 0, revealed);
}

/* An amendment asks nothing any more when another has taken its place. */
static bool is_settled_amendment(const struct rules *rules, const struct act_summary *act)
{
	struct amendment_summary amendment;

	return rules_amendment(rules, act->place, &amendment) == OK &&
	       amendment.state == AMENDMENT_LAPSED;
}

/* Whether an act that opened a track can be answered as the track is now, or could never be
 * by any row. An allegation that was dropped asks nothing any more. */
static bool is_answerable(const struct rules *rules, const struct record *record)
{
	struct view view = view_of_everything(rules);
	const struct track *track;
	struct track_state state;
	bool has_rows = false;

	if (record->track == NO_INDEX)
		return true;
	track = &rules->tracks[record->track];
	if (!place_equal(track->opened_by, record->summary.place))
		return true;
	state = track_in_view(rules, track, &view);
	for (unsigned number = 0; number < KIND_COUNT; number++) {
		const struct kind *kind = kind_by_number((enum kind_number)number);

		if (kind->answers != REQUIRED ||
		    !kind_set_has(&kind->answerable, kind_of(record)) ||
		    !matter_rules_kind(track->kind, kind->number))
			continue;
		has_rows = true;
		if (track_row(track, &state, kind, other_party(record->summary.place.party), record,
		              -1, false) != NULL)
			return true;
	}
	return !has_rows;
}

/* What the other side owes. */
static void owe_answers(struct obligation_list *list)
{
	const struct charter *charter = charter_of(list->rules, list->record);
	const struct act_summary *act = &list->record->summary;
	unsigned other = other_party(act->place.party);
	struct act_place answer = { other, act->answered_by };
	struct act_place reading = { other, first_of(act->acknowledged_by, act->answered_by) };

	if (act->precedence != PRECEDENCE_COUNT)
		owe(list, other, DUTY_ACKNOWLEDGE, charter->acknowledge[act->precedence], 0,
		    reading);
	else if (act->reading_clock != CLOCK_NONE)
		owe(list, other, DUTY_ACKNOWLEDGE, charter->clocks[act->reading_clock], 0, reading);
	if (act->answer_clock != CLOCK_NONE && !is_settled_amendment(list->rules, act) &&
	    (answer.number != NO_ENTRY || is_answerable(list->rules, list->record)))
		owe(list, other, DUTY_ANSWER, answer_clock(charter, act), act->due, answer);
}

int rules_obligations(const struct rules *rules, struct act_place place, timestamp now,
                      struct obligation ret_obligations[OBLIGATIONS_MAXIMUM], size_t *ret_count)
{
	struct obligation_list list = { .rules = rules, .now = now, .items = ret_obligations };
	const struct act_summary *act = rules_act(rules, place);

	if (act == NULL)
		return ERROR_NOT_FOUND;
	list.record = record_at(rules, place);
	if (record_is_valid(list.record) && !act->retracted && !act->obliges_nobody) {
		owe_answers(&list);
		if (act->kind->number == KIND_NOTIFY)
			owe_reports(&list);
		if (list.record->version != NO_INDEX)
			owe_renewal(&list);
		if (act->kind->number == KIND_LIST && act->has_answers) {
			owe_reveal(&list, record_at(rules, act->answers));
			owe_reveal(&list, list.record);
		}
	}
	*ret_count = list.count;
	return OK;
}
