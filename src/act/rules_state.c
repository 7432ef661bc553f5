/* What a matter is shown as at a time: the state that its acts have led to (rules_track.c), and
 * what clocks and proofs make of it. */
#include "rules_internal.h"

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

/* A retraction that comes after the lapse changes nothing. */
static bool is_lapsed(const struct rules *rules, const struct track_state *state, timestamp now)
{
	const struct record *offer = record_at(rules, state->offer);
	const struct record *retract;

	if (state->state != STATE_RETRACTED)
		return offer_has_lapsed(rules, offer, now);
	retract = &rules->logs[state->offer.party].records[offer->retracted_by];
	return retract->summary.logged > offer->summary.expires;
}

/* Whoever made an offer and then reports that all of it is performed treats it as accepted:
 * its own word needs no proof. */
static bool is_unproved(const struct rules *rules, const struct track_state *state,
                        enum acceptance acceptance)
{
	const struct record *offer = record_at(rules, state->offer);

	return acceptance == ACCEPTANCE_UNCONFIRMED &&
	       (state->state == STATE_ACCEPTED || state->mover != offer->summary.place.party);
}

static enum acceptance acceptance_of_offer(const struct rules *rules,
                                           const struct track_state *state, timestamp now)
{
	const struct record *offer = record_at(rules, state->offer);
	struct act_place place = { other_party(offer->summary.place.party),
		                   offer->summary.answered_by };

	return acceptance_at(rules, offer, record_at(rules, place), now);
}

static bool answer_is_overdue(const struct rules *rules, struct act_place place, timestamp now)
{
	struct obligation obligations[OBLIGATIONS_MAXIMUM];
	size_t count;

	if (rules_obligations(rules, place, now, obligations, &count) != OK)
		return false;
	for (size_t i = 0; i < count; i++)
		if (obligations[i].duty == DUTY_ANSWER &&
		    obligations[i].state == OBLIGATION_OVERDUE)
			return true;
	return false;
}

/* Both sides of a swap have committed, and this one has not opened its list. */
static bool waits_to_be_opened(const struct rules *rules, const struct record *opening)
{
	struct view view = view_of_everything(rules);
	const struct list *list = list_of(rules, opening);

	return list->revealed_by == NO_ENTRY && pair_in_view(rules, list, &view) != NULL;
}

static bool has_happened(const struct rules *rules, const struct track *track,
                         const struct track_state *state, enum matter_event event, timestamp now)
{
	enum acceptance acceptance;

	switch (event) {
	case EVENT_OVERDUE:
		return answer_is_overdue(rules, track->opened_by, now);
	case EVENT_LAPSED:
		return is_lapsed(rules, state, now);
	case EVENT_PROVED:
		acceptance = acceptance_of_offer(rules, state, now);
		return acceptance == ACCEPTANCE_RECEIPTED || acceptance == ACCEPTANCE_STAMPED;
	case EVENT_UNPROVED:
		return is_unproved(rules, state, acceptance_of_offer(rules, state, now));
	case EVENT_PAIRED:
		return waits_to_be_opened(rules, record_at(rules, track->opened_by));
	case EVENT_SUPERSEDED:
		return record_at(rules, track->opened_by)->superseded_by != NO_ENTRY;
	default:
		return false;
	}
}

enum matter_state track_state_at(const struct rules *rules, const struct track *track,
                                 timestamp now)
{
	struct view view = view_of_everything(rules);
	struct track_state state = track_in_view(rules, track, &view);

	for (size_t i = 0; i < matters_table_size; i++) {
		const struct matter_row *row = &matters_table[i];

		if (row->event != EVENT_ACT && row->matter == track->kind &&
		    state_set_has(row->from, state.state) &&
		    has_happened(rules, track, &state, row->event, now))
			return (enum matter_state)row->to;
	}
	return state.state;
}

int rules_state_of(const struct rules *rules, struct act_place place, timestamp now,
                   enum matter_state *ret_state)
{
	const struct track *track;
	const struct record *record;

	if (rules_act(rules, place) == NULL)
		return ERROR_NOT_FOUND;
	record = record_at(rules, place);
	if (record->track == NO_INDEX)
		return ERROR_NOT_FOUND;
	track = &rules->tracks[record->track];
	if (!place_equal(track->opened_by, place))
		return ERROR_NOT_FOUND;
	*ret_state = track_state_at(rules, track, now);
	return OK;
}
