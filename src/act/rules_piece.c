#include "rules_piece.h"

#include "rules_internal.h"

static int check_place(const struct rules *rules, struct act_place place, const struct entry *entry,
                       timestamp earlier, struct error *error)
{
	const struct act *act = &entry->act;

	if (strcmp(act->channel, rules->charter->channel) != 0)
		return error_set(error, ERROR_MISMATCH, "the act is of another channel");
	if (strcmp(act->party, rules->charter->parties[place.party].id) != 0)
		return error_set(error, ERROR_MISMATCH, "the act is of another party");
	if (entry->logged < earlier)
		return error_set(error, ERROR_CLOCK,
		                 "logged is earlier than in an entry before it");
	return place.number == 0 ? check_first_entry(rules, place.party, act, error) : OK;
}

/* Of a successor log the root of what it continues cannot be computed here: only that
 * the act names its own place. */
static bool names_its_place(const struct act *act, uint64_t number)
{
	const struct field_value *size = act_field(act, "size");

	return size != NULL && size->as.number == number;
}

static bool begins_log(const struct act *act)
{
	return act->kind->number == KIND_APPOINT &&
	       bytes_equal_string(act_field(act, "office")->text, "log");
}

static enum void_reason judge(const struct rules *rules, const struct act *act,
                              const struct ssh_key keys[2], uint64_t number, struct draft *draft)
{
	enum void_reason reason;

	/* Whether two had to sign depends on the charter that was in force. */
	if ((reason = judge_signers(rules, act, keys, draft)) != VOID_NONE &&
	    reason != VOID_COSIGNER_REQUIRED)
		return reason;
	if (act->time > draft->logged)
		return VOID_TIME;
	if (act->not_after != 0 && draft->logged > act->not_after)
		return VOID_NOT_AFTER;
	if (begins_log(act))
		return names_its_place(act, number) ? VOID_NONE : VOID_FIELD;
	return judge_authority(rules, draft, act);
}

int rules_append_piece(struct rules *rules, struct act_place place, const struct entry *entry,
                       const struct ssh_key keys[2], timestamp earlier, bool is_void,
                       struct verdict *ret_verdict, struct error *error)
{
	struct log_state *log = &rules->logs[place.party];
	struct draft draft = {
		.kind = entry->act.kind,
		.party = place.party,
		.logged = entry->logged,
		.exercise = entry->act.exercise,
	};
	enum void_reason reason;
	int r;

	if ((r = authority_reserve(log)) != OK)
		return error_set(error, r, "the entry cannot be held");
	if ((r = check_place(rules, place, entry, earlier, error)) != OK)
		return r;
	draft.view.size[place.party] = place.number;
	reason = judge(rules, &entry->act, keys, place.number, &draft);
	if (reason == VOID_NONE && !is_void)
		fold_authority(log, &entry->act, place.number, entry->logged);
	*ret_verdict = (struct verdict){ reason == VOID_NONE ? VERDICT_VALID : VERDICT_VOID,
		                         reason };
	return OK;
}
