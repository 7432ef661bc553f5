/* What the rules remember of entries, and what may answer them. */
#include "rules_internal.h"

const struct memory_tree *rules_tree(const struct rules *rules, unsigned party)
{
	return &rules->logs[party].tree;
}

uint64_t rules_size(const struct rules *rules, unsigned party)
{
	return rules->logs[party].size;
}

timestamp rules_last_logged(const struct rules *rules, unsigned party)
{
	const struct log_state *log = &rules->logs[party];

	return log->size == 0 ? 0 : log->records[log->size - 1].summary.logged;
}

static bool place_is_held(const struct rules *rules, struct act_place place)
{
	return place.party < 2 && place.number < rules->logs[place.party].size;
}

const struct act_summary *rules_act(const struct rules *rules, struct act_place place)
{
	return place_is_held(rules, place) ? &record_at(rules, place)->summary : NULL;
}

bool rules_disputed(const struct rules *rules, struct act_place place)
{
	const struct record *record;

	if (!place_is_held(rules, place))
		return false;
	record = record_at(rules, place);
	for (unsigned i = 0; i < 2; i++) {
		const struct delegate *signer;

		if (record->signers[i] == NO_INDEX)
			continue;
		signer = &rules->logs[place.party].delegates[record->signers[i]];
		if (signer->disputed_since != 0 && record->summary.logged >= signer->disputed_since)
			return true;
	}
	return false;
}

bool rules_find(const struct rules *rules, unsigned party, const struct hash *identity,
                struct act_place *ret_place)
{
	const uint64_t *number = hash_index_find(&rules->logs[party].identities, identity);

	if (number == NULL)
		return false;
	*ret_place = (struct act_place){ party, *number };
	return true;
}

/* --- names -------------------------------------------------------------- */

void rules_act_name(const struct rules *rules, struct act_place place,
                    char ret_name[ACT_NAME_CAPACITY])
{
	act_name(rules->charter->parties[place.party].id,
	         rules_generation(rules, place.party, place.number), place.number, ret_name);
}

int rules_act_named(const struct rules *rules, struct bytes name, struct act_place *ret_place)
{
	char id[PARTY_ID_CAPACITY];
	struct act_place place;
	unsigned generation;
	int party;

	if (act_name_parse(name, id, &generation, &place.number) != OK)
		return ERROR_SYNTAX;
	if ((party = charter_party_index(rules->charter, bytes_of_string(id))) < 0)
		return ERROR_NOT_FOUND;
	place.party = (unsigned)party;
	if (!place_is_held(rules, place) ||
	    generation != rules_generation(rules, place.party, place.number))
		return ERROR_NOT_FOUND;
	*ret_place = place;
	return OK;
}

/* --- legal answers ----------------------------------------------------- */

/* Lets the draft refer to the act in the way in which its kind can: naming it
 * as what it answers or changes, or following in its matter. */
static bool refer(const struct rules *rules, const struct record *record, struct draft *draft)
{
	const struct kind *kind = draft->kind;
	bool joins = record->summary.has_matter && kind->matter_use != MATTER_LINE_NONE &&
	             kind->matter_use != MATTER_LINE_NEW;
	bool follows = kind->matter_use == MATTER_LINE_JOIN ||
	               kind->matter_use == MATTER_LINE_EITHER;

	if (joins)
		draft->matter = record_at(rules, record->summary.matter);
	else if (follows)
		return false;
	if (kind->number == KIND_CORRECT || kind->number == KIND_RETRACT)
		draft->target = record;
	else if (kind_set_has(&kind->answerable, kind_of(record)))
		draft->answers = record;
	else
		return kind->answers != REQUIRED && follows;
	return true;
}

int rules_legal_answers(const struct rules *rules, unsigned party, struct act_place place,
                        timestamp now, struct kind_set *ret_kinds)
{
	struct kind_set kinds = { { 0, 0 } };
	const struct record *record;

	if (!place_is_held(rules, place))
		return ERROR_NOT_FOUND;
	record = record_at(rules, place);
	*ret_kinds = kinds;
	/* A void act has no matter either, which what follows would look into. */
	if (!record_is_valid(record) || rules->logs[party].size == 0 ||
	    rules_has_closed(rules, party))
		return OK;
	for (unsigned number = 0; number < KIND_COUNT; number++) {
		const struct kind *kind = kind_by_number((enum kind_number)number);
		struct draft draft = {
			.kind = kind,
			.party = party,
			.logged = now,
			.view = view_of_everything(rules),
			.exercise = record->summary.exercise,
			.role = ROLE_HEAD,
			.opens = kind->matter_use == MATTER_LINE_NEW,
		};

		if (kind->number == KIND_AMEND && kind_of(record) == KIND_AMEND) {
			draft.answers = record;
			if (judge_references(&draft) == VOID_NONE &&
			    judge_channel(rules, &draft, NULL) == VOID_NONE &&
			    judge_completion(rules, &draft) == VOID_NONE)
				kind_set_add(&kinds, kind->number);
		}
		if (!kind->in_this_version || kind->matter == MATTER_CHANNEL ||
		    kind->matter == MATTER_SERVICE ||
		    (kind->matter_use == MATTER_LINE_NEW && kind->answers == ABSENT))
			continue;
		if (refer(rules, record, &draft) && judge_references(&draft) == VOID_NONE &&
		    judge_channel(rules, &draft, NULL) == VOID_NONE &&
		    judge_matter(rules, &draft, NULL) == VOID_NONE &&
		    judge_list(rules, &draft, NULL) == VOID_NONE)
			kind_set_add(&kinds, kind->number);
	}
	*ret_kinds = kinds;
	return OK;
}
