/* What an act refers to: only what is in its log's view can be named. */
#include "rules_internal.h"

static bool kind_in(enum kind_number kind, const enum kind_number *kinds, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (kinds[i] == kind)
			return true;
	return false;
}

/* What can be taken back while it has no answer. */
static const enum kind_number retractable[] = {
	KIND_PROPOSE, KIND_COUNTER, KIND_REQUEST, KIND_CONVENE, KIND_ASK_RELEASE,
	KIND_AMEND,   KIND_ALLEGE,  KIND_PROTEST, KIND_NOTIFY,
};

static enum void_reason resolve(const struct rules *rules, const struct draft *draft,
                                const struct act_reference *reference,
                                const struct record **ret_record)
{
	int party = charter_party_index(rules->charter, bytes_of_string(reference->party));
	const struct record *record;

	if (party < 0)
		return VOID_WRONG_REFERENCE;
	if (!in_view(&draft->view, (unsigned)party, reference->number) ||
	    reference->generation != rules_generation(rules, (unsigned)party, reference->number))
		return VOID_UNKNOWN_REFERENCE;
	record = &rules->logs[party].records[reference->number];
	if (!hash_equal(&record->summary.leaf, &reference->leaf))
		return VOID_WRONG_REFERENCE;
	/* Nobody can build on a void act; but a body that is missing is missing. */
	if (!record_is_valid(record) && draft->kind->number != KIND_FAULT)
		return VOID_WRONG_REFERENCE;
	*ret_record = record;
	return VOID_NONE;
}

enum void_reason resolve_references(const struct rules *rules, const struct act *act,
                                    struct draft *draft)
{
	enum void_reason reason = VOID_NONE;
	const struct record *named;

	draft->opens = act->matter_use == ACT_MATTER_NEW;
	if (act->matter_use == ACT_MATTER_JOINS)
		reason = resolve(rules, draft, &act->matter, &draft->matter);
	if (reason == VOID_NONE && act->has_answers)
		reason = resolve(rules, draft, &act->answers, &draft->answers);
	for (size_t i = 0; i < act->field_count && reason == VOID_NONE; i++) {
		if (act->fields[i].type != FIELD_ACT)
			continue;
		reason = resolve(rules, draft, &act->fields[i].as.act, &named);
		if (reason == VOID_NONE && (strcmp(act->fields[i].field->name, "target") == 0 ||
		                            strcmp(act->fields[i].field->name, "supersedes") == 0 ||
		                            strcmp(act->fields[i].field->name, "list") == 0))
			draft->target = named;
	}
	return reason;
}

static bool opens_a_matter(const struct record *record)
{
	return record->summary.has_matter &&
	       place_equal(record->summary.matter, record->summary.place);
}

/* Whether it answers what stands inside a matter of another kind, and is of its own: the
 * publication of a communique that was proposed in a meeting. */
static bool names_its_like(const struct draft *draft)
{
	return draft->answers != NULL &&
	       draft->answers->summary.kind->matter == draft->kind->matter;
}

static enum void_reason judge_joined_matter(const struct draft *draft)
{
	if (draft->matter == NULL)
		return VOID_NONE;
	if (!opens_a_matter(draft->matter))
		return VOID_WRONG_REFERENCE;
	if (draft->kind->matter_use == MATTER_LINE_JOIN && draft->kind->matter != MATTER_ANY &&
	    draft->kind->matter != draft->matter->summary.kind->matter && !names_its_like(draft))
		return VOID_WRONG_REFERENCE;
	/* Who notifies an incident concludes it: the other side could silence it. */
	if (draft->kind->number == KIND_CONCLUDE &&
	    draft->matter->summary.place.party != draft->party)
		return VOID_NOT_OWN_ACT;
	return VOID_NONE;
}

/* An act that names a matter and another act means one that is in the matter. */
static bool is_elsewhere(const struct draft *draft, const struct record *named)
{
	return draft->matter != NULL &&
	       !(named->summary.has_matter &&
	         place_equal(named->summary.matter, draft->matter->summary.place));
}

static enum void_reason judge_answers(const struct draft *draft)
{
	const struct record *answers = draft->answers;

	if (answers == NULL)
		return VOID_NONE;
	if (!kind_set_has(&draft->kind->answerable, kind_of(answers)) ||
	    is_elsewhere(draft, answers))
		return VOID_WRONG_REFERENCE;
	/* What is published is mostly what its own side asked to have released. */
	if (answers->summary.place.party == draft->party && draft->kind->in_this_version &&
	    draft->kind->number != KIND_COMMENT && draft->kind->number != KIND_PUBLISH)
		return VOID_OWN_ACT;
	return VOID_NONE;
}

/* Who corrects an act or takes it back is the head, or somebody who could have
 * signed it: an officer cannot take back what the head proposed. */
static bool may_change(const struct draft *draft, const struct record *target)
{
	return draft->role == ROLE_HEAD || (draft->role & target->summary.kind->signers) != 0;
}

static enum void_reason judge_target(const struct draft *draft)
{
	const struct record *target = draft->target;
	bool own, right;

	if (target == NULL)
		return VOID_NONE;
	own = target->summary.place.party == draft->party;
	switch (draft->kind->number) {
	case KIND_CORRECT:
		right = kind_of(target) != KIND_CORRECT &&
		        target->summary.kind->matter != MATTER_SERVICE;
		break;
	case KIND_RETRACT:
		right = kind_in(kind_of(target), retractable,
		                sizeof(retractable) / sizeof(retractable[0])) &&
		        !(kind_of(target) == KIND_AMEND && target->summary.has_answers);
		break;
	case KIND_RESEAL:
		right = target->summary.has_body;
		break;
	case KIND_DECLARE:
		if (!own)
			return VOID_NOT_OWN_ACT;
		return kind_of(target) == KIND_DECLARE ? VOID_NONE : VOID_WRONG_REFERENCE;
	case KIND_FAULT:
		if (own)
			return VOID_OWN_ACT;
		return target->summary.has_body ? VOID_NONE : VOID_WRONG_REFERENCE;
	case KIND_ECHO:
		if (own)
			return VOID_OWN_ACT;
		return kind_of(target) == KIND_TEST ? VOID_NONE : VOID_WRONG_REFERENCE;
	case KIND_TALLY:
		return kind_of(target) == KIND_LIST ? VOID_NONE : VOID_WRONG_REFERENCE;
	default:
		return VOID_NONE;
	}
	if (!own)
		return VOID_NOT_OWN_ACT;
	if (!right || is_elsewhere(draft, target))
		return VOID_WRONG_REFERENCE;
	return draft->kind->number == KIND_RESEAL || may_change(draft, target) ? VOID_NONE
	                                                                       : VOID_NOT_EMPOWERED;
}

/* Exercise acts touch only exercise matters, and only they do. */
static enum void_reason judge_exercise(const struct draft *draft)
{
	const struct record *touched[] = { draft->matter, draft->answers, draft->target };

	if (draft->kind->matter == MATTER_SERVICE)
		return draft->exercise ? VOID_EXERCISE : VOID_NONE;
	if (draft->kind->matter == MATTER_CHANNEL && draft->exercise)
		return VOID_EXERCISE;
	for (size_t i = 0; i < sizeof(touched) / sizeof(touched[0]); i++)
		if (touched[i] != NULL && touched[i]->summary.exercise != draft->exercise)
			return VOID_EXERCISE;
	return VOID_NONE;
}

enum void_reason judge_references(const struct draft *draft)
{
	enum void_reason reason;

	if ((reason = judge_joined_matter(draft)) != VOID_NONE ||
	    (reason = judge_answers(draft)) != VOID_NONE ||
	    (reason = judge_target(draft)) != VOID_NONE)
		return reason;
	return judge_exercise(draft);
}
