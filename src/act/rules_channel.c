/* The channel: when it is in force, suspended, withdrawn from, closed. */
#include "rules_internal.h"

#include "rules_conflict.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Besides service, which is legal always. */
static const enum kind_number legal_before_force[] = {
	KIND_ACCREDIT, KIND_RECALL, KIND_APPOINT, KIND_REKEY, KIND_WITHDRAW, KIND_CLOSE,
};
static const enum kind_number legal_after_other_closed[] = {
	KIND_ACK, KIND_CORRECT, KIND_RECALL, KIND_APPOINT, KIND_REKEY, KIND_CLOSE,
};
static const enum kind_number legal_when_faulted[] = {
	KIND_RECALL, KIND_APPOINT, KIND_REKEY, KIND_WITHDRAW, KIND_CLOSE,
};

static bool is_legal(const struct kind *kind, const enum kind_number *kinds, size_t count)
{
	if (kind->matter == MATTER_SERVICE)
		return true;
	for (size_t i = 0; i < count; i++)
		if (kinds[i] == kind->number)
			return true;
	return false;
}

bool rules_allowed_when_faulted(const struct kind *kind)
{
	return is_legal(kind, legal_when_faulted, COUNT(legal_when_faulted));
}

/* In force when each log holds a receipt of the other's entry 0, its accede;
 * every receipt covers entry 0. */
static bool in_force(const struct rules *rules, const struct view *view)
{
	for (unsigned party = 0; party < 2; party++) {
		const struct log_state *log = &rules->logs[party];

		if (!log->acceded || !in_view(view, party, log->first_receipt))
			return false;
	}
	return true;
}

/* Suspensions and resumptions of a log alternate, so that their number in the
 * view tells which came last. */
static bool has_suspended(const struct rules *rules, const struct view *view, unsigned party)
{
	const struct log_state *log = &rules->logs[party];
	size_t low = 0, high = log->toggle_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (in_view(view, party, log->toggles[middle]))
			low = middle + 1;
		else
			high = middle;
	}
	return low % 2 == 1;
}

static bool is_suspended(const struct rules *rules, const struct view *view)
{
	return has_suspended(rules, view, 0) || has_suspended(rules, view, 1);
}

timestamp withdrawal_effect(const struct rules *rules, const struct view *view,
                            enum withdrawal from)
{
	timestamp earliest = 0;

	for (unsigned party = 0; party < 2; party++) {
		const struct log_state *log = &rules->logs[party];

		for (unsigned kind = from; kind < WITHDRAWAL_COUNT; kind++) {
			const struct record *withdrawal;
			timestamp effect;

			if (!in_view(view, party, log->withdrawn_by[kind]))
				continue;
			withdrawal = &log->records[log->withdrawn_by[kind]];
			effect = withdrawal->summary.logged + charter_of(rules, withdrawal)->notice;
			if (earliest == 0 || effect < earliest)
				earliest = effect;
		}
	}
	return earliest;
}

static bool is_withdrawn(const struct rules *rules, const struct draft *draft, enum withdrawal from)
{
	timestamp effect = withdrawal_effect(rules, &draft->view, from);

	return effect != 0 && draft->logged >= effect;
}

/* Whether the act makes, or would conclude, an offer in the talks. */
static bool is_of_the_talks(const struct draft *draft)
{
	if (conflict_outcome(draft->kind->number, KIND_WITHDRAW) == CONFLICT_NONE)
		return false;
	return draft->kind->number != KIND_ACCEPT ||
	       draft->answers->summary.kind->matter == MATTER_PROPOSAL;
}

static enum void_reason judge_in_force(const struct rules *rules, const struct draft *draft)
{
	bool incident = draft->kind->matter == MATTER_INCIDENT;
	bool withdrawn = is_withdrawn(rules, draft, FROM_CHANNEL);

	if (draft->kind->number == KIND_ACCEDE)
		return VOID_CHANNEL_STATE;
	if (draft->kind->number == KIND_CLOSE)
		return withdrawn ? VOID_NONE : VOID_CHANNEL_STATE;
	if (draft->opens && !incident && is_suspended(rules, &draft->view))
		return VOID_CHANNEL_STATE;
	if (is_withdrawn(rules, draft, FROM_TALKS) && is_of_the_talks(draft))
		return VOID_CHANNEL_STATE;
	if (withdrawn && draft->opens &&
	    !(incident && (charter_in_view(rules, &draft->view)->survives & SURVIVES_NOTICES) != 0))
		return VOID_CHANNEL_STATE;
	if (withdrawn && (draft->kind->number == KIND_SUSPEND ||
	                  draft->kind->number == KIND_RESUME || draft->kind->number == KIND_AMEND))
		return VOID_CHANNEL_STATE;
	return VOID_NONE;
}

/* What a side may say once: it suspends when it has not, resumes when it has. */
static enum void_reason judge_own_standing(const struct rules *rules, const struct draft *draft,
                                           const struct act *act)
{
	const struct log_state *log = &rules->logs[draft->party];
	bool suspended = log->toggle_count % 2 == 1;
	bool repeated = false;

	if (draft->kind->number == KIND_SUSPEND)
		repeated = suspended;
	else if (draft->kind->number == KIND_RESUME)
		repeated = !suspended;
	else if (draft->kind->number == KIND_WITHDRAW)
		repeated = log->withdrawn_by[FROM_CHANNEL] != NO_ENTRY ||
		           log->withdrawn_by[act_field(act, "from")->as.choice] != NO_ENTRY;
	return repeated ? VOID_CHANNEL_STATE : VOID_NONE;
}

enum void_reason judge_channel(const struct rules *rules, const struct draft *draft,
                               const struct act *act)
{
	unsigned other = other_party(draft->party);
	enum void_reason reason;
	bool legal = true;

	if (draft->kind->number == KIND_ACCEDE && draft->view.size[draft->party] == 0)
		return VOID_NONE;
	if (in_view(&draft->view, other, rules->logs[other].closed_by))
		legal = is_legal(draft->kind, legal_after_other_closed,
		                 COUNT(legal_after_other_closed));
	else if (!in_force(rules, &draft->view))
		legal = is_legal(draft->kind, legal_before_force, COUNT(legal_before_force));
	else if ((reason = judge_in_force(rules, draft)) != VOID_NONE)
		return reason;
	return legal ? judge_own_standing(rules, draft, act) : VOID_CHANNEL_STATE;
}

void fold_channel(struct log_state *log, const struct act *act, uint64_t number)
{
	switch (act->kind->number) {
	case KIND_ACCEDE:
		log->acceded = true;
		break;
	case KIND_SUSPEND:
	case KIND_RESUME:
		log->toggles[log->toggle_count++] = number;
		break;
	case KIND_WITHDRAW:
		log->withdrawn_by[act_field(act, "from")->as.choice] = number;
		break;
	case KIND_CLOSE:
		log->closed_by = number;
		break;
	default:
		break;
	}
}

/* --- what others ask --------------------------------------------------- */

bool rules_has_closed(const struct rules *rules, unsigned party)
{
	return rules->logs[party].closed_by != NO_ENTRY;
}

bool rules_has_suspended(const struct rules *rules, unsigned party)
{
	return rules->logs[party].toggle_count % 2 == 1;
}

timestamp rules_withdrawal(const struct rules *rules, bool from_channel)
{
	struct view view = view_of_everything(rules);

	return withdrawal_effect(rules, &view, from_channel ? FROM_CHANNEL : FROM_TALKS);
}

enum channel_state rules_channel_state(const struct rules *rules, timestamp now)
{
	struct view view = view_of_everything(rules);
	timestamp withdrawal = withdrawal_effect(rules, &view, FROM_CHANNEL);
	unsigned closed = rules_has_closed(rules, 0) + rules_has_closed(rules, 1);

	if (closed > 0)
		return closed == 2 ? CHANNEL_CLOSED : CHANNEL_CLOSED_BY_ONE;
	if (withdrawal != 0 && now >= withdrawal)
		return CHANNEL_WITHDRAWN;
	if (in_force(rules, &view))
		return is_suspended(rules, &view) ? CHANNEL_SUSPENDED : CHANNEL_IN_FORCE;
	return rules->logs[0].acceded || rules->logs[1].acceded ? CHANNEL_ACCEDED : CHANNEL_DRAFT;
}
