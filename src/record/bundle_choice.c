#include "bundle_choice.h"

#include "grow.h"

/* --- what is remembered -------------------------------------------------------- */

static void copy_field(const struct act *act, const char *name, char *ret_string, size_t capacity)
{
	const struct field_value *value = act_field(act, name);

	if (value == NULL || bytes_to_string(value->text, ret_string, capacity) != OK)
		ret_string[0] = '\0';
}

/* Who was head, and which keys node, log and receipts had, is shown whoever signed. */
static bool shown_always(const struct act *act)
{
	const struct field_value *item = act_field(act, "item");

	if (act->kind->number == KIND_APPOINT)
		return true;
	return act->kind->number == KIND_REKEY && (bytes_equal_string(item->text, "node-key") ||
	                                           bytes_equal_string(item->text, "receipt-key"));
}

static int note_authority(struct bundle_choice *choice, struct act_place place,
                          const struct act *act)
{
	struct authority_note *note;
	void *grown = grow(choice->authority, choice->authority_count, &choice->authority_capacity,
	                   sizeof(*choice->authority));

	if (grown == NULL)
		return ERROR_MEMORY;
	choice->authority = grown;
	note = &choice->authority[choice->authority_count++];
	*note = (struct authority_note){
		.place = place,
		.kind = act->kind->number,
		.always = shown_always(act),
	};
	if (act->kind->number == KIND_ACCREDIT || act->kind->number == KIND_RECALL)
		copy_field(act, "delegate", note->names, sizeof(note->names));
	memcpy(note->author, act->author, sizeof(note->author));
	return OK;
}

static int note_cosigner(struct bundle_choice *choice, struct act_place place,
                         const struct act *act)
{
	struct cosigner_note *note;
	void *grown = grow(choice->cosigners, choice->cosigner_count, &choice->cosigner_capacity,
	                   sizeof(*choice->cosigners));

	if (grown == NULL)
		return ERROR_MEMORY;
	choice->cosigners = grown;
	note = &choice->cosigners[choice->cosigner_count++];
	note->place = place;
	memcpy(note->name, act->cosigner, sizeof(note->name));
	return OK;
}

static int note_marking(struct bundle_choice *choice, struct act_place place, const struct act *act)
{
	struct marking_note *note;
	void *grown = grow(choice->markings, choice->marking_count, &choice->marking_capacity,
	                   sizeof(*choice->markings));

	if (grown == NULL)
		return ERROR_MEMORY;
	choice->markings = grown;
	note = &choice->markings[choice->marking_count++];
	note->place = place;
	memcpy(note->marking, act->marking, sizeof(note->marking));
	return OK;
}

int bundle_choice_note(struct bundle_choice *choice, struct act_place place,
                       const struct entry *entry, struct error *error)
{
	const struct act *act = &entry->act;
	int r = OK;

	switch (act->kind->number) {
	case KIND_ACCREDIT:
	case KIND_RECALL:
	case KIND_APPOINT:
	case KIND_REKEY:
		r = note_authority(choice, place, act);
		break;
	default:
		break;
	}
	if (r == OK && act->cosigner[0] != '\0')
		r = note_cosigner(choice, place, act);
	if (r == OK && act->marking[0] != '\0')
		r = note_marking(choice, place, act);
	return r == OK ? OK : error_set(error, r, "%s", result_text(r));
}

/* --- choosing ------------------------------------------------------------------- */

int bundle_choice_begin(struct bundle_choice *choice, struct error *error)
{
	uint8_t *marks;
	int r;

	for (unsigned party = 0; party < 2; party++) {
		size_t size = (size_t)choice->state.logs[party].size;

		if ((r = buffer_extend(&choice->marks[party], size, &marks)) != OK)
			return error_set(error, r, "%s", result_text(r));
		if (size > 0)
			memset(marks, 0, size);
	}
	return OK;
}

static uint8_t *mark_of(const struct bundle_choice *choice, struct act_place place)
{
	return &choice->marks[place.party].data[place.number];
}

int bundle_choice_add(struct bundle_choice *choice, struct act_place place, unsigned as,
                      struct error *error)
{
	const struct act_summary *act = rules_act(choice->state.rules, place);
	struct act_place receipt;

	if (choice->settled)
		return error_set(error, ERROR_STATE, "it is settled what the bundle shows");
	if (act == NULL)
		return error_set(error, ERROR_NOT_FOUND, "there is no such entry");
	*mark_of(choice, place) |= (uint8_t)(CHOSEN | as);
	if ((as & CHOSEN_RECEIPTED) == 0 || act->receipted_by == UINT64_MAX)
		return OK;
	receipt = (struct act_place){ 1 - place.party, act->receipted_by };
	*mark_of(choice, receipt) |= CHOSEN;
	return OK;
}

static bool is_later_of(const struct act_summary *act, const struct act_summary *subject)
{
	bool same_log = act->place.party == subject->place.party;

	if (act->verdict.code != VERDICT_VALID)
		return false;
	if (act->has_target && act->target.party == subject->place.party &&
	    act->target.number == subject->place.number)
		return act->kind->number != KIND_ECHO;
	return same_log && act->place.number > subject->place.number &&
	       act->kind->number == KIND_UPDATE && act->has_matter && subject->has_matter &&
	       act->matter.party == subject->matter.party &&
	       act->matter.number == subject->matter.number;
}

/* What the other side has faulted it may have cured by its own ack or answer: one is not
 * shown without the other. */
static int add_cures_of(struct bundle_choice *choice, const struct act_summary *act,
                        struct error *error)
{
	const uint64_t cures[] = { act->acknowledged_by, act->answered_by };
	int r = OK;

	for (size_t i = 0; i < sizeof(cures) / sizeof(cures[0]) && r == OK; i++)
		if (cures[i] != UINT64_MAX)
			r = bundle_choice_add(
			    choice, (struct act_place){ 1 - act->place.party, cures[i] }, 0, error);
	return r;
}

/* What comes later of one act; corrections of updates, faults of corrections: again. */
static int add_later_of(struct bundle_choice *choice, struct act_place place, struct error *error)
{
	const struct rules *rules = choice->state.rules;
	struct act_place later;
	int r;

	for (later.party = 0; later.party < 2; later.party++)
		for (later.number = 0; later.number < rules_size(rules, later.party);
		     later.number++) {
			const struct act_summary *act = rules_act(rules, later);
			bool new = (*mark_of(choice, later) & CHOSEN_RECEIPTED) == 0;

			if (!is_later_of(act, rules_act(rules, place)))
				continue;
			if (act->kind->number == KIND_FAULT &&
			    (r = add_cures_of(choice, rules_act(rules, place), error)) != OK)
				return r;
			if ((r = bundle_choice_add(choice, later, CHOSEN_RECEIPTED, error)) != OK ||
			    (new && (r = add_later_of(choice, later, error)) != OK))
				return r;
		}
	return OK;
}

int bundle_choice_later(struct bundle_choice *choice, struct error *error)
{
	struct act_place place;
	int r;

	for (place.party = 0; place.party < 2; place.party++)
		for (place.number = 0; place.number < choice->state.logs[place.party].size;
		     place.number++)
			if ((*mark_of(choice, place) & CHOSEN_SUBJECT) != 0 &&
			    (r = add_later_of(choice, place, error)) != OK)
				return r;
	choice->later_included = true;
	return OK;
}

/* --- who could sign -------------------------------------------------------------- */

/* The acts that made or ended the authority of a person, of all that the log has. */
static bool add_person(struct bundle_choice *choice, unsigned party, const char *name)
{
	bool grew = false;

	for (size_t i = 0; i < choice->authority_count; i++) {
		const struct authority_note *note = &choice->authority[i];

		if (note->place.party != party || strcmp(note->names, name) != 0 ||
		    (*mark_of(choice, note->place) & CHOSEN) != 0)
			continue;
		*mark_of(choice, note->place) |= CHOSEN;
		grew = true;
	}
	return grew;
}

/* For the signers of one entry. */
static bool add_signers(struct bundle_choice *choice, struct act_place place)
{
	bool grew = add_person(choice, place.party, rules_act(choice->state.rules, place)->author);

	for (size_t i = 0; i < choice->cosigner_count; i++)
		if (choice->cosigners[i].place.party == place.party &&
		    choice->cosigners[i].place.number == place.number &&
		    add_person(choice, place.party, choice->cosigners[i].name))
			grew = true;
	*mark_of(choice, place) |= CHOSEN_SIGNERS;
	return grew;
}

/* Acts that show who could sign are signed themselves: until none is added. */
static void add_authority(struct bundle_choice *choice)
{
	bool grew = true;

	for (size_t i = 0; i < choice->authority_count; i++)
		if (choice->authority[i].always)
			*mark_of(choice, choice->authority[i].place) |= CHOSEN;
	while (grew) {
		struct act_place place;

		grew = false;
		for (place.party = 0; place.party < 2; place.party++)
			for (place.number = 0; place.number < choice->state.logs[place.party].size;
			     place.number++)
				if ((*mark_of(choice, place) & (CHOSEN | CHOSEN_SIGNERS)) ==
				        CHOSEN &&
				    add_signers(choice, place))
					grew = true;
	}
}

static void add_ends(struct bundle_choice *choice)
{
	for (unsigned party = 0; party < 2; party++) {
		uint64_t size = choice->state.logs[party].size;

		if (size == 0)
			continue;
		*mark_of(choice, (struct act_place){ party, 0 }) |= CHOSEN;
		*mark_of(choice, (struct act_place){ party, size - 1 }) |= CHOSEN;
	}
}

/* --- the text ---------------------------------------------------------------------- */

static int put_place(struct act_place **places, size_t *count, struct act_place place)
{
	void *grown = reallocate(*places, *count + 1, sizeof(**places));

	if (grown == NULL)
		return ERROR_MEMORY;
	*places = grown;
	(*places)[(*count)++] = place;
	return OK;
}

static int put_range(struct bundle_text *text, struct act_place place)
{
	struct bundle_range *last = text->range_count > 0 ? &text->ranges[text->range_count - 1]
	                                                  : NULL;
	void *grown;

	text->act_count++;
	if (last != NULL && last->party == place.party && last->last + 1 == place.number) {
		last->last++;
		return OK;
	}
	if ((grown = reallocate(text->ranges, text->range_count + 1, sizeof(*text->ranges))) ==
	    NULL)
		return ERROR_MEMORY;
	text->ranges = grown;
	text->ranges[text->range_count++] = (struct bundle_range){ place.party, place.number,
		                                                   place.number };
	return OK;
}

static int put_receipt(struct bundle_text *text, const struct act_summary *act)
{
	void *grown = reallocate(text->receipts, text->receipt_count + 1, sizeof(*text->receipts));

	if (grown == NULL)
		return ERROR_MEMORY;
	text->receipts = grown;
	text->receipts[text->receipt_count++] = (struct bundle_receipt){ act->place,
		                                                         act->receipted_by };
	return OK;
}

static int put_void(struct bundle_text *text, const struct act_summary *act)
{
	void *grown = reallocate(text->voids, text->void_count + 1, sizeof(*text->voids));

	if (grown == NULL)
		return ERROR_MEMORY;
	text->voids = grown;
	text->voids[text->void_count++] = (struct bundle_void){ act->place, act->verdict.reason };
	return OK;
}

static int describe_act(struct bundle_choice *choice, struct act_place place)
{
	const struct act_summary *act = rules_act(choice->state.rules, place);
	struct bundle_text *text = &choice->text;
	uint8_t mark = *mark_of(choice, place);
	int r;

	if ((mark & CHOSEN) == 0)
		return OK;
	if ((r = put_range(text, place)) != OK)
		return r;
	if ((mark & CHOSEN_SUBJECT) != 0 &&
	    (r = put_place(&text->subjects, &text->subject_count, place)) != OK)
		return r;
	if ((mark & CHOSEN_RECEIPTED) != 0 && act->receipted_by != UINT64_MAX &&
	    (r = put_receipt(text, act)) != OK)
		return r;
	if (act->verdict.code == VERDICT_VOID && (r = put_void(text, act)) != OK)
		return r;
	if (rules_disputed(choice->state.rules, place) &&
	    (r = put_place(&text->disputed, &text->disputed_count, place)) != OK)
		return r;
	return act->fault_stands ? put_place(&text->faulted, &text->faulted_count, place) : OK;
}

static int compare_parts(const void *a, const void *b)
{
	const struct chosen_part *first = a, *second = b;

	if (first->act.party != second->act.party)
		return first->act.party < second->act.party ? -1 : 1;
	if (first->act.number != second->act.number)
		return first->act.number < second->act.number ? -1 : 1;
	return first->proof.line.number < second->proof.line.number ? -1 : 1;
}

static int describe_parts(struct bundle_choice *choice)
{
	struct bundle_text *text = &choice->text;

	if (choice->part_count == 0)
		return OK;
	qsort(choice->parts, choice->part_count, sizeof(*choice->parts), compare_parts);
	text->parts = allocate(choice->part_count, sizeof(*text->parts));
	if (text->parts == NULL)
		return ERROR_MEMORY;
	for (size_t i = 0; i < choice->part_count; i++)
		text->parts[text->part_count++] = (struct bundle_part_name){
			choice->parts[i].act, choice->parts[i].proof.line.number
		};
	return OK;
}

static int check_limits(const struct bundle_text *text, struct error *error)
{
	if (text->subject_count == 0)
		return error_set(error, ERROR_STATE, "the bundle has no subject");
	if (text->subject_count > BUNDLE_SUBJECTS_MAXIMUM ||
	    text->act_count > BUNDLE_ACTS_MAXIMUM || text->part_count > BUNDLE_PARTS_MAXIMUM)
		return error_set(
		    error, ERROR_LIMIT, "a bundle has at most %d subjects, %d entries and %d parts",
		    BUNDLE_SUBJECTS_MAXIMUM, BUNDLE_ACTS_MAXIMUM, BUNDLE_PARTS_MAXIMUM);
	return OK;
}

int bundle_choice_settle(struct bundle_choice *choice, const char *purpose, struct error *error)
{
	struct bundle_text *text = &choice->text;
	struct act_place place;
	int r = OK;

	add_ends(choice);
	add_authority(choice);
	if ((r = bytes_to_string(bytes_of_string(purpose), text->purpose, sizeof(text->purpose))) !=
	    OK)
		return error_set(error, r, "the purpose has no name");
	memcpy(text->channel, choice->state.charter->channel, sizeof(text->channel));
	for (place.party = 0; place.party < 2; place.party++) {
		text->sizes[place.party] = choice->state.logs[place.party].size;
		for (place.number = 0; place.number < text->sizes[place.party] && r == OK;
		     place.number++)
			r = describe_act(choice, place);
	}
	text->later_included = choice->later_included;
	if (r != OK || (r = describe_parts(choice)) != OK)
		return error_set(error, r, "%s", result_text(r));
	choice->settled = true;
	return check_limits(text, error);
}

void bundle_choice_release(struct bundle_choice *choice)
{
	for (size_t i = 0; i < choice->part_count; i++) {
		buffer_release(&choice->parts[i].content);
		wipe(&choice->parts[i].proof, sizeof(choice->parts[i].proof));
	}
	release_memory(choice->parts);
	release_memory(choice->authority);
	release_memory(choice->cosigners);
	release_memory(choice->markings);
	buffer_release(&choice->marks[0]);
	buffer_release(&choice->marks[1]);
	record_state_release(&choice->state);
	bundle_text_release(&choice->text);
}
