/* Matters: what may follow in them, and what state follows from it. */
#include "rules_internal.h"

#include "rules_conflict.h"

/* --- judging ----------------------------------------------------------- */

/* Acts that settle what they answer, once. */
static bool settles(enum kind_number kind)
{
	return kind == KIND_ACCEPT || kind == KIND_REJECT || kind == KIND_COUNTER;
}

static bool answer_in_view(const struct view *view, const struct record *record)
{
	return in_view(view, other_party(record->summary.place.party), record->summary.answered_by);
}

static bool retract_in_view(const struct view *view, const struct record *record)
{
	return in_view(view, record->summary.place.party, record->retracted_by);
}

static enum void_reason judge_settlement(const struct draft *draft)
{
	const struct record *answers = draft->answers;
	timestamp expires = answers->summary.expires;

	if (answer_in_view(&draft->view, answers))
		return VOID_ALREADY_ANSWERED;
	if (retract_in_view(&draft->view, answers))
		return VOID_MATTER_STATE;
	/* A late rejection still answers: it says what became of the proposal. */
	if (expires != 0 && draft->logged > expires && draft->kind->number != KIND_REJECT)
		return VOID_LAPSED;
	return VOID_NONE;
}

static bool is_concluded(const struct view *view, const struct matter *matter)
{
	return in_view(view, matter->opened_by.party, matter->concluded);
}

/* Of an incident: nothing more is reported once it is concluded or retracted. */
static enum void_reason judge_report(const struct rules *rules, const struct draft *draft)
{
	const struct matter *matter = &rules->matters[draft->matter->matter];

	if (is_concluded(&draft->view, matter) || retract_in_view(&draft->view, draft->matter))
		return VOID_MATTER_STATE;
	return VOID_NONE;
}

static enum void_reason judge_retract(const struct rules *rules, const struct draft *draft)
{
	const struct record *target = draft->target;

	if (answer_in_view(&draft->view, target))
		return VOID_ALREADY_ANSWERED;
	if (retract_in_view(&draft->view, target))
		return VOID_MATTER_STATE;
	if (kind_of(target) == KIND_NOTIFY &&
	    is_concluded(&draft->view, &rules->matters[target->matter]))
		return VOID_MATTER_STATE;
	return VOID_NONE;
}

enum void_reason judge_matter(const struct rules *rules, const struct draft *draft)
{
	if (settles(draft->kind->number))
		return judge_settlement(draft);
	if (draft->kind->number == KIND_UPDATE || draft->kind->number == KIND_CONCLUDE)
		return judge_report(rules, draft);
	if (draft->kind->number == KIND_RETRACT)
		return judge_retract(rules, draft);
	return VOID_NONE;
}

enum void_reason judge_offer(const struct draft *draft, const struct act *act)
{
	const struct act_summary *answers;

	switch (draft->kind->number) {
	case KIND_PROPOSE:
	case KIND_COUNTER:
		return act_field(act, "expires")->as.time < draft->logged ? VOID_FIELD : VOID_NONE;
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
		.offer = place,
		.updated = { NO_ENTRY, NO_ENTRY },
		.concluded = NO_ENTRY,
	};
	record->summary.matter = place;
	record->matter = rules->matter_count++;
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
	} else if (kind_of(record) != KIND_COMMENT) {
		answer(rules, answers, number);
	}
	if (kind_of(record) == KIND_COUNTER)
		rules->matters[record->matter].offer = record->summary.place;
}

void fold_matter(struct rules *rules, struct record *record)
{
	struct record *target;

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
	if (kind_of(record) == KIND_RETRACT) {
		target = record_at(rules, record->summary.target);
		note_first(&target->retracted_by, record->summary.place.number);
		settle_retraction(rules, target);
	}
}

/* --- states ------------------------------------------------------------ */

/* Whether a neutral knew of an acceptance in time: by the expiry, and where the
 * proposer closed without having receipted it, earlier than it closed. For that its
 * `logged` counts, and any earlier time at which a neutral knew of the close: the one
 * who accepts can have a close cosigned later as often as it likes. */
static bool is_stamped_in_time(const struct rules *rules, const struct record *offer,
                               const struct record *acceptance)
{
	unsigned party = offer->summary.place.party;
	const struct log_state *proposer = &rules->logs[party];
	struct act_place close = { party, proposer->closed_by };
	struct stamped accepted, closed;

	if (!rules_stamped(rules, acceptance->summary.place, &accepted) ||
	    accepted.time > offer->summary.expires)
		return false;
	if (close.number == NO_ENTRY || acceptance->summary.receipted_by != NO_ENTRY)
		return true;
	return accepted.time < proposer->records[close.number].summary.logged &&
	       (!rules_stamped(rules, close, &closed) || accepted.time < closed.time);
}

/* An acceptance is proved to be in time by the proposer's own receipt, or by a neutral;
 * without that its word stands only as long as there is time to get it. */
static enum acceptance acceptance_at(const struct rules *rules, const struct record *offer,
                                     const struct record *acceptance, timestamp now)
{
	const struct log_state *proposer = &rules->logs[offer->summary.place.party];
	uint64_t receipt = acceptance->summary.receipted_by;
	timestamp expires = offer->summary.expires;

	if (receipt != NO_ENTRY && proposer->records[receipt].summary.logged <= expires)
		return ACCEPTANCE_RECEIPTED;
	if (is_stamped_in_time(rules, offer, acceptance))
		return ACCEPTANCE_STAMPED;
	if (now > expires || (receipt == NO_ENTRY && proposer->closed_by != NO_ENTRY))
		return ACCEPTANCE_UNCONFIRMED;
	return ACCEPTANCE_OPEN;
}

enum acceptance rules_acceptance(const struct rules *rules, struct act_place place, timestamp now)
{
	const struct act_summary *act = rules_act(rules, place);
	const struct record *offer;

	if (act == NULL || act->kind->number != KIND_ACCEPT || act->verdict.code != VERDICT_VALID)
		return ACCEPTANCE_NONE;
	offer = record_at(rules, act->answers);
	if (offer->summary.expires == 0)
		return ACCEPTANCE_NONE;
	return acceptance_at(rules, offer, record_at(rules, place), now);
}

static bool offer_has_lapsed(const struct rules *rules, const struct record *offer, timestamp now)
{
	struct view view = view_of_everything(rules);
	timestamp withdrawal = withdrawal_effect(rules, &view, FROM_TALKS);

	return now > offer->summary.expires || (withdrawal != 0 && now >= withdrawal);
}

/* Each offer has at most one answer that counts, so that the offers of a
 * proposal are a chain; its last one tells the state. */
static enum matter_state proposal_state(const struct rules *rules, const struct matter *matter,
                                        timestamp now)
{
	const struct record *offer = record_at(rules, matter->offer);
	struct act_place place = { other_party(matter->offer.party), offer->summary.answered_by };
	const struct record *retract;

	if (place.number != NO_ENTRY) {
		const struct record *settled = record_at(rules, place);

		if (kind_of(settled) == KIND_REJECT)
			return STATE_REJECTED;
		return acceptance_at(rules, offer, settled, now) == ACCEPTANCE_UNCONFIRMED
		           ? STATE_UNCONFIRMED
		           : STATE_ACCEPTED;
	}
	if (offer->summary.retracted) {
		retract = &rules->logs[matter->offer.party].records[offer->retracted_by];
		if (retract->summary.logged <= offer->summary.expires)
			return STATE_RETRACTED;
	}
	if (offer_has_lapsed(rules, offer, now))
		return STATE_LAPSED;
	return place_equal(matter->offer, matter->opened_by) ? STATE_TABLED : STATE_COUNTERED;
}

static enum matter_state incident_state(const struct rules *rules, const struct matter *matter)
{
	const struct record *opening = record_at(rules, matter->opened_by);

	if (matter->concluded != NO_ENTRY)
		return STATE_CONCLUDED;
	if (matter->updated[0] != NO_ENTRY || matter->updated[1] != NO_ENTRY)
		return STATE_UPDATED;
	return opening->summary.acknowledged_by != NO_ENTRY ? STATE_ACKNOWLEDGED : STATE_NOTIFIED;
}

enum matter_state matter_state_at(const struct rules *rules, const struct matter *matter,
                                  timestamp now)
{
	const struct record *opening = record_at(rules, matter->opened_by);

	if (opening->summary.kind->matter == MATTER_PROPOSAL)
		return proposal_state(rules, matter, now);
	if (opening->summary.retracted)
		return STATE_RETRACTED;
	return opening->summary.kind->matter == MATTER_INCIDENT ? incident_state(rules, matter)
	                                                        : STATE_OPEN;
}
