/* Matters: what may follow in them, and what follows from it. What their states are is for
 * matters_table.h. */
#include "rules_internal.h"

#include "rules_conflict.h"

/* --- judging ----------------------------------------------------------- */

/* Acts that answer what they name, but for later kinds: whoever has given one owes none. */
static bool settles(const struct kind *kind)
{
	return kind->answers != ABSENT && kind->number != KIND_ACK &&
	       kind->number != KIND_COMMENT && kind->number != KIND_DEFER &&
	       kind->number != KIND_PUBLISH;
}

static bool answer_in_view(const struct view *view, const struct record *record)
{
	return in_view(view, other_party(record->summary.place.party), record->summary.answered_by);
}

static bool retract_in_view(const struct view *view, const struct record *record)
{
	return in_view(view, record->summary.place.party, record->retracted_by);
}

/* What is offered can be accepted or countered as long as its expiry says. A late
 * rejection still answers: it says what became of the proposal. */
static bool has_expired(const struct draft *draft)
{
	timestamp expires = draft->answers->summary.expires;

	return expires != 0 && draft->logged > expires && draft->kind->number != KIND_REJECT;
}

/* A request that has been provided in part can be provided further, and nothing else can
 * be answered twice. */
static bool may_answer_again(const struct draft *draft)
{
	return draft->kind->number == KIND_PROVIDE || draft->kind->number == KIND_DEFER;
}

static enum void_reason judge_named(const struct draft *draft, const struct record *named)
{
	bool answers = draft->answers != NULL && settles(draft->kind);

	if ((answers || draft->kind->number == KIND_RETRACT) && !may_answer_again(draft) &&
	    answer_in_view(&draft->view, named))
		return VOID_ALREADY_ANSWERED;
	if (draft->kind->number != KIND_PUBLISH && retract_in_view(&draft->view, named))
		return VOID_MATTER_STATE;
	return answers && has_expired(draft) ? VOID_LAPSED : VOID_NONE;
}

/* Says nothing that any rule is about, wherever it stands. */
static bool is_free(const struct kind *kind)
{
	return !kind->in_this_version || kind->number == KIND_ACK || kind->number == KIND_COMMENT ||
	       kind->number == KIND_CORRECT;
}

/* The track in which an act has a say: that of what it names, or the matter's. */
static size_t track_of(const struct draft *draft)
{
	const struct record *named = draft->answers != NULL ? draft->answers : draft->target;

	if (named != NULL)
		return named->track;
	return draft->matter != NULL ? draft->matter->track : NO_INDEX;
}

enum void_reason judge_matter(const struct rules *rules, const struct draft *draft,
                              const struct act *act)
{
	const struct record *named = draft->answers != NULL ? draft->answers : draft->target;
	const struct track *track;
	struct track_state state;
	enum void_reason reason;
	size_t index = track_of(draft);

	if (draft->kind->matter_use == MATTER_LINE_NONE || is_free(draft->kind))
		return VOID_NONE;
	if (draft->kind->number == KIND_DECLARE)
		return draft->target != NULL && draft->target->superseded_by != NO_ENTRY
		           ? VOID_MATTER_STATE
		           : VOID_NONE;
	if (named != NULL && (reason = judge_named(draft, named)) != VOID_NONE)
		return reason;
	if (index == NO_INDEX || draft->opens)
		return VOID_NONE;
	track = &rules->tracks[index];
	if (!matter_rules_kind(track->kind, draft->kind->number))
		return VOID_NONE;
	state = track_in_view(rules, track, &draft->view);
	if (track_row(track, &state, draft->kind, draft->party, named,
	              act == NULL ? -1 : act_word(act), false) != NULL)
		return VOID_NONE;
	return named != NULL && answer_in_view(&draft->view, named) ? VOID_ALREADY_ANSWERED
	                                                            : VOID_MATTER_STATE;
}

enum void_reason judge_offer(const struct draft *draft, const struct act *act)
{
	const struct act_summary *answers;

	switch (draft->kind->number) {
	case KIND_PROPOSE:
	case KIND_COUNTER:
		return act_field(act, "expires")->as.time < draft->logged ? VOID_FIELD : VOID_NONE;
	case KIND_DEFER:
		return act_field(act, "until")->as.time <= draft->logged ? VOID_FIELD : VOID_NONE;
	case KIND_ACCEPT:
		answers = &draft->answers->summary;
		return answers->has_body &&
		               hash_equal(&answers->body_root, &act_field(act, "text")->as.hash)
		           ? VOID_NONE
		           : VOID_FIELD;
	default:
		return VOID_NONE;
	}
}

/* --- folding ----------------------------------------------------------- */

/* A retract counts unless an answer beats it. Legality lets both stand only if
 * they are concurrent. */
static void settle_retraction(const struct rules *rules, struct record *record)
{
	struct act_place answer = {
		other_party(record->summary.place.party),
		record->summary.answered_by,
	};

	record->summary.retracted = record->retracted_by != NO_ENTRY &&
	                            (answer.number == NO_ENTRY ||
	                             conflict_outcome(kind_of(record_at(rules, answer)),
	                                              KIND_RETRACT) != CONFLICT_STANDS);
}

static void note_first(uint64_t *first, uint64_t number)
{
	if (*first == NO_ENTRY)
		*first = number;
}

/* The other side has answered the act, or reported in the incident it opened. */
static void answer(const struct rules *rules, struct record *record, uint64_t number)
{
	note_first(&record->summary.answered_by, number);
	end_fault(rules, record);
	settle_retraction(rules, record);
}

static void open_matter(struct rules *rules, struct record *record)
{
	struct act_place place = record->summary.place;
	struct log_state *log = &rules->logs[place.party];
	struct matter *matter = &rules->matters[rules->matter_count];

	*matter = (struct matter){
		.opened_by = place,
		.first = { NO_ENTRY, NO_ENTRY },
		.last = { NO_ENTRY, NO_ENTRY },
		.track = NO_INDEX,
		.updated = { NO_ENTRY, NO_ENTRY },
		.concluded = NO_ENTRY,
	};
	record->summary.matter = place;
	record->matter = rules->matter_count++;
	record->track = matter->track = track_open(rules, record, record->summary.kind->matter);
	log->openings[log->opening_count++] = place.number;
}

static void join_list(struct rules *rules, struct record *record)
{
	struct act_place place = record->summary.place;
	struct log_state *log = &rules->logs[place.party];
	struct matter *matter = &rules->matters[record->matter];

	if (matter->first[place.party] == NO_ENTRY)
		matter->first[place.party] = place.number;
	else
		log->records[matter->last[place.party]].next = place.number;
	matter->last[place.party] = place.number;
	matter->count++;
}

static void fold_report(struct rules *rules, const struct record *record)
{
	struct act_place place = record->summary.place;
	struct matter *matter = &rules->matters[record->matter];

	if (kind_of(record) == KIND_CONCLUDE)
		note_first(&matter->concluded, place.number);
	else if (kind_of(record) == KIND_UPDATE)
		note_first(&matter->updated[place.party], place.number);
	else if (kind_of(record) != KIND_OFFER)
		return;
	if (matter->opened_by.party != place.party)
		answer(rules, record_at(rules, matter->opened_by), place.number);
}

static void fold_answer(struct rules *rules, const struct record *record)
{
	struct record *answers = record_at(rules, record->summary.answers);
	uint64_t number = record->summary.place.number;

	if (answers->summary.place.party == record->summary.place.party)
		return;
	if (kind_of(record) == KIND_ACK) {
		note_first(&answers->summary.acknowledged_by, number);
		end_fault(rules, answers);
	} else if (kind_of(record) == KIND_DEFER) {
		/* A person has read what is put off. */
		note_first(&answers->deferred_by, number);
		note_first(&answers->summary.acknowledged_by, number);
		end_fault(rules, answers);
	} else if (settles(record->summary.kind)) {
		answer(rules, answers, number);
	}
}

/* What an act that changes another one does to that. */
static void fold_target(const struct rules *rules, const struct record *record)
{
	struct record *target = record_at(rules, record->summary.target);

	if (kind_of(record) == KIND_RETRACT) {
		note_first(&target->retracted_by, record->summary.place.number);
		settle_retraction(rules, target);
	} else if (kind_of(record) == KIND_DECLARE) {
		note_first(&target->superseded_by, record->summary.place.number);
	}
}

/* An act that asks inside a matter which knows nothing of it has a track of its own. */
static bool asks_apart(const struct rules *rules, const struct record *record)
{
	const struct kind *kind = record->summary.kind;
	const struct record *opening = record_at(rules, record->summary.matter);

	return kind->matter_use == MATTER_LINE_EITHER && kind->obliges != CLOCK_NONE &&
	       !place_equal(record->summary.matter, record->summary.place) &&
	       !matter_rules_kind(opening->summary.kind->matter, kind->number);
}

static void fold_step(struct rules *rules, struct record *record)
{
	const struct act_summary *act = &record->summary;
	size_t index = NO_INDEX;

	if (act->has_matter && asks_apart(rules, record))
		record->track = track_open(rules, record, act->kind->matter);
	if (record->track != NO_INDEX) {
		track_step(rules, record->track, record);
		return;
	}
	if (act->has_answers)
		index = record_at(rules, act->answers)->track;
	else if (act->has_target)
		index = record_at(rules, act->target)->track;
	else if (act->has_matter)
		index = record_at(rules, act->matter)->track;
	if (index != NO_INDEX && matter_rules_kind(rules->tracks[index].kind, act->kind->number))
		track_step(rules, index, record);
}

void fold_matter(struct rules *rules, struct record *record)
{
	if (record->summary.has_matter) {
		if (place_equal(record->summary.matter, record->summary.place))
			open_matter(rules, record);
		else
			record->matter = record_at(rules, record->summary.matter)->matter;
		join_list(rules, record);
		if (record->summary.kind->matter == MATTER_INCIDENT)
			fold_report(rules, record);
	}
	if (record->summary.has_answers)
		fold_answer(rules, record);
	if (record->summary.has_target)
		fold_target(rules, record);
	fold_step(rules, record);
}
