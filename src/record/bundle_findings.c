#include "bundle_findings.h"

#include "grow.h"

/* Marks a text for translation where it is shown. */
#define N_(text) text

static const struct {
	const char *name, *text;
	bool of_log;
} gaps[BUNDLE_GAP_KIND_COUNT] = {
	[BUNDLE_GAP_NO_LOG] = { "no-log", N_("nothing of this party's log is here"), true },
	[BUNDLE_GAP_NOT_COUNTERSIGNED] = { "not-countersigned",
	                                   N_("the head of this party's log is not cosigned by the "
	                                      "other side"),
	                                   true },
	[BUNDLE_GAP_EARLIER_KEY] = { "earlier-key",
	                             N_("the other side cosigned the head by a receipt key that it "
	                                "has replaced since"),
	                             true },
	[BUNDLE_GAP_WITNESSES] = { "witnesses",
	                           N_("fewer witnesses have cosigned the head than the charter "
	                              "asks "
	                              "for"),
	                           true },
	[BUNDLE_GAP_NOT_RECEIPTED] = { "not-receipted",
	                               N_("that the other side ever held this act: there is no "
	                                  "receipt; that it existed before today rests on its own "
	                                  "side's word") },
	[BUNDLE_GAP_RECALLED] = { "recalled",
	                          N_("whether an entry that is not here ended the authority of who "
	                             "signed, or says that the key was not theirs any more") },
	[BUNDLE_GAP_RULES] = { "rules", N_("whether the act counts by the rules of the channel, "
	                                   "and by which "
	                                   "charter, should it have been amended: that takes both "
	                                   "logs whole") },
	[BUNDLE_GAP_LATER] = { "later", N_("whether it was corrected, retracted or updated in "
	                                   "entries that are "
	                                   "not here") },
	[BUNDLE_GAP_ANSWERS] = { "answers",
	                         N_("whether it was answered in entries that are not here") },
	[BUNDLE_GAP_FAULT] = { "fault", N_("whether the other side found the body missing, or "
	                                   "other than the "
	                                   "act says, in entries that are not here: a receipt "
	                                   "covers the act "
	                                   "and not its body") },
	[BUNDLE_GAP_BY_WORD] = { "by-word",
	                         N_("that entries which are here are void: whoever made the "
	                            "bundle says so, and passes over what follows from them") },
	[BUNDLE_GAP_REFERENCE] = { "reference", N_("an act to which it refers is not here") },
	[BUNDLE_GAP_PARTS] = { "parts", N_("parts of the body are not shown") },
	[BUNDLE_GAP_TRANSLATION] = { "translation", N_("parts are shown only in translation: the "
	                                               "authentic text is "
	                                               "not here") },
};

const char *bundle_gap_name(enum bundle_gap_kind kind)
{
	return gaps[kind].name;
}

const char *bundle_gap_text(enum bundle_gap_kind kind)
{
	return gaps[kind].text;
}

bool bundle_gap_is_of_log(enum bundle_gap_kind kind)
{
	return gaps[kind].of_log;
}

/* --- who signed ---------------------------------------------------------------- */

const struct delegate *bundle_signer(const struct bundle *bundle, const struct bundle_act *act,
                                     unsigned index)
{
	const char *name = index == 0 ? act->entry.act.author : act->entry.act.cosigner;
	uint64_t number = act->place.number;
	const struct delegate *delegates;
	size_t count;

	delegates = rules_delegates(bundle->state.rules, act->place.party, &count);
	for (size_t i = count; i > 0; i--) {
		const struct delegate *delegate = &delegates[i - 1];

		if (strcmp(delegate->name, name) == 0 &&
		    ssh_key_equal(&delegate->key, &act->keys[index]) &&
		    (delegate->entry == UINT64_MAX || delegate->entry < number) &&
		    (!delegate->recalled || delegate->ended_by >= number))
			return delegate;
	}
	return NULL;
}

bool bundle_is_disputed(const struct bundle *bundle, const struct bundle_act *act)
{
	for (unsigned i = 0; i < act->entry.signature_count; i++) {
		const struct delegate *signer = bundle_signer(bundle, act, i);

		if (signer != NULL && signer->disputed_since != 0 &&
		    act->entry.logged >= signer->disputed_since)
			return true;
	}
	return false;
}

/* --- how entries stand to one another --------------------------------------------- */

/* Whether a reference names the act: party, number and leaf. */
static bool names(const struct act_reference *reference, const struct bundle_act *act)
{
	return strcmp(reference->party, act->entry.act.party) == 0 &&
	       reference->number == act->place.number &&
	       hash_equal(&reference->leaf, &act->entry.leaf);
}

static bool same_matter(const struct bundle_act *act, const struct bundle_act *other)
{
	const struct act *a = &act->entry.act, *b = &other->entry.act;

	if (b->matter_use != ACT_MATTER_JOINS)
		return false;
	if (a->matter_use == ACT_MATTER_NEW)
		return names(&b->matter, act);
	return a->matter_use == ACT_MATTER_JOINS && hash_equal(&a->matter.leaf, &b->matter.leaf);
}

enum bundle_relation bundle_relation_to(const struct bundle_act *act,
                                        const struct bundle_act *other)
{
	static const struct {
		enum kind_number kind;
		enum bundle_relation relation;
	} targeting[] = {
		{ KIND_CORRECT, BUNDLE_CORRECTS },
		{ KIND_RETRACT, BUNDLE_RETRACTS },
		{ KIND_RESEAL, BUNDLE_RESEALS },
		{ KIND_FAULT, BUNDLE_FAULTS },
	};
	const struct field_value *target = act_field(&other->entry.act, "target");
	const struct act *text = &other->entry.act;

	if (other->verdict.code != VERDICT_VALID && !other->void_by_word)
		return BUNDLE_UNRELATED;
	for (size_t i = 0; i < sizeof(targeting) / sizeof(targeting[0]); i++)
		if (text->kind->number == targeting[i].kind && target != NULL &&
		    names(&target->as.act, act))
			return targeting[i].relation;
	if (text->has_answers && names(&text->answers, act))
		return BUNDLE_ANSWERS;
	return text->kind->number == KIND_UPDATE && other->place.party == act->place.party &&
	               other->place.number > act->place.number && same_matter(act, other)
	           ? BUNDLE_UPDATES
	           : BUNDLE_UNRELATED;
}

bool bundle_is_faulted(const struct bundle *bundle, const struct bundle_act *act)
{
	size_t first, end;
	bool faulted = false;

	if (bundle->whole)
		return rules_act(bundle->state.rules, act->place)->fault_stands;
	bundle_acts_of(bundle, 1 - act->place.party, &first, &end);
	for (; first < end; first++) {
		const struct bundle_act *other = &bundle->acts[first];
		enum bundle_relation relation = bundle_relation_to(act, other);

		if (relation == BUNDLE_FAULTS &&
		    !bytes_equal_string(act_field(&other->entry.act, "fault")->text, "cured"))
			faulted = true;
		else if ((relation == BUNDLE_FAULTS || relation == BUNDLE_ANSWERS) &&
		         !other->void_by_word)
			faulted = false;
	}
	return faulted;
}

/* --- what is open ------------------------------------------------------------------- */

struct collecting {
	const struct bundle *bundle;
	struct bundle_gap *gaps;
	size_t count, capacity;
	uint64_t by_word; /* entries that are void by the maker's word alone */
};

static int note(struct collecting *c, enum bundle_gap_kind kind, struct act_place place,
                uint64_t count)
{
	void *grown = grow(c->gaps, c->count, &c->capacity, sizeof(*c->gaps));

	if (grown == NULL)
		return ERROR_MEMORY;
	c->gaps = grown;
	c->gaps[c->count++] = (struct bundle_gap){ kind, place, count };
	return OK;
}

static int note_if(struct collecting *c, bool open, enum bundle_gap_kind kind,
                   struct act_place place)
{
	return open ? note(c, kind, place, 0) : OK;
}

static int note_log(struct collecting *c, unsigned party)
{
	const struct bundle_head *head = &c->bundle->heads[party];
	const struct charter *charter = c->bundle->state.charter;
	const struct act_place place = { party, 0 };
	uint64_t witnesses = 0;
	int r;

	if (head->checkpoint.size == 0)
		return note(c, BUNDLE_GAP_NO_LOG, place, 0);
	for (size_t i = 0; i < charter->witness_count; i++)
		witnesses += head->witnessed_at[i] != 0;
	if ((r = note_if(c, !head->countersigned, BUNDLE_GAP_NOT_COUNTERSIGNED, place)) != OK ||
	    (r = note_if(c, head->earlier_key, BUNDLE_GAP_EARLIER_KEY, place)) != OK)
		return r;
	return witnesses >= charter->quorum
	           ? OK
	           : note(c, BUNDLE_GAP_WITNESSES, place, charter->quorum - witnesses);
}

static bool refers_beyond(const struct bundle *bundle, const struct act *act)
{
	const struct field_value *target = act_field(act, "target");
	const struct act_reference *references[] = {
		act->has_answers ? &act->answers : NULL,
		act->matter_use == ACT_MATTER_JOINS ? &act->matter : NULL,
		target != NULL && target->type == FIELD_ACT ? &target->as.act : NULL,
	};

	for (size_t i = 0; i < sizeof(references) / sizeof(references[0]); i++) {
		const struct bundle_act *here;
		int party;

		if (references[i] == NULL)
			continue;
		party = charter_party_index(bundle->state.charter,
		                            bytes_of_string(references[i]->party));
		here = party < 0
		           ? NULL
		           : bundle_act_at(bundle, (struct act_place){ (unsigned)party,
		                                                       references[i]->number });
		if (here == NULL || !names(references[i], here))
			return true;
	}
	return false;
}

static int note_parts(struct collecting *c, const struct bundle_act *act)
{
	uint64_t shown = 0, translations = 0, authentic = 0;
	int r;

	if (!act->entry.act.has_body)
		return OK;
	for (size_t i = 0; i < c->bundle->text.part_count; i++) {
		const struct bundle_part *part = &c->bundle->parts[i];

		if (part->act.party != act->place.party || part->act.number != act->place.number)
			continue;
		shown++;
		translations += part->proof.line.description.standing == PART_TRANSLATION;
		authentic += part->proof.line.description.standing == PART_AUTHENTIC &&
		             part_role_of(part->proof.line.description.media_type) ==
		                 PART_PARAGRAPH;
	}
	if (shown < act->entry.act.body.parts &&
	    (r = note(c, BUNDLE_GAP_PARTS, act->place, act->entry.act.body.parts - shown)) != OK)
		return r;
	return translations > 0 && authentic == 0
	           ? note(c, BUNDLE_GAP_TRANSLATION, act->place, translations)
	           : OK;
}

uint64_t bundle_unseen_until(const struct bundle *bundle, const struct bundle_act *act)
{
	uint64_t until = 0;
	size_t first, end;

	bundle_acts_of(bundle, 1 - act->place.party, &first, &end);
	for (; first < end; first++) {
		const struct bundle_act *other = &bundle->acts[first];

		if (other->entry.act.kind->number == KIND_RECEIPT &&
		    other->verdict.code == VERDICT_VALID &&
		    act_field(&other->entry.act, "size")->as.number <= act->place.number)
			until = other->place.number + 1;
	}
	return until;
}

/* Whether all entries of the other side that could speak of the act are here. */
static bool other_side_is_shown(const struct bundle *bundle, const struct bundle_act *act)
{
	unsigned other = 1 - act->place.party;

	return bundle_text_has_span(&bundle->text, other, bundle_unseen_until(bundle, act),
	                            bundle->text.sizes[other]);
}

/* Entries from which nothing is taken to follow, only because the maker says so: a recall
 * may be among them, an answer, or a fault. */
static uint64_t count_by_word(const struct bundle *bundle)
{
	uint64_t count = 0;

	for (size_t i = 0; i < bundle->act_count; i++)
		count += bundle->acts[i].void_by_word;
	return count;
}

static int note_subject(struct collecting *c, const struct bundle_act *act)
{
	const struct bundle_text *text = &c->bundle->text;
	unsigned own = act->place.party;
	bool rest = bundle_text_has_span(text, own, act->place.number, text->sizes[own]);
	bool others = other_side_is_shown(c->bundle, act);
	int r;

	if ((r = note_if(c, !act->receipted, BUNDLE_GAP_NOT_RECEIPTED, act->place)) != OK ||
	    (r = note_if(c, !bundle_text_has_span(text, own, 0, text->sizes[own]),
	                 BUNDLE_GAP_RECALLED, act->place)) != OK ||
	    (r = note_if(c, !c->bundle->whole, BUNDLE_GAP_RULES, act->place)) != OK ||
	    (r = note_if(c, !rest, BUNDLE_GAP_LATER, act->place)) != OK ||
	    (r = note_if(c, !others, BUNDLE_GAP_ANSWERS, act->place)) != OK ||
	    (r = note_if(c, act->entry.act.has_body && !others, BUNDLE_GAP_FAULT, act->place)) !=
	        OK ||
	    (c->by_word > 0 && (r = note(c, BUNDLE_GAP_BY_WORD, act->place, c->by_word)) != OK) ||
	    (r = note_if(c, refers_beyond(c->bundle, &act->entry.act), BUNDLE_GAP_REFERENCE,
	                 act->place)) != OK)
		return r;
	return note_parts(c, act);
}

int bundle_gaps(const struct bundle *bundle, struct bundle_gap **ret_gaps, size_t *ret_count)
{
	struct collecting c = { .bundle = bundle, .by_word = count_by_word(bundle) };
	int r;

	if ((r = note_log(&c, 0)) == OK)
		r = note_log(&c, 1);
	for (size_t i = 0; i < bundle->act_count && r == OK; i++)
		if (bundle->acts[i].is_subject)
			r = note_subject(&c, &bundle->acts[i]);
	if (r != OK) {
		release_memory(c.gaps);
		return r;
	}
	*ret_gaps = c.gaps;
	*ret_count = c.count;
	return OK;
}
