#include "press_searching.h"

#include "terminal.h"
#include "translate.h"

/* --- entries ------------------------------------------------------------------------- */

static bool entry_of(void *context, struct act_place place, struct claim_entry *ret_entry)
{
	const struct act_summary *act = rules_act(context, place);

	if (act == NULL)
		return false;
	*ret_entry = (struct claim_entry){
		.kind = act->kind,
		.valid = act->verdict.code == VERDICT_VALID,
		.exercise = act->exercise,
		.logged = act->logged,
		.has_answers = act->has_answers,
		.answers = act->answers,
	};
	return true;
}

static struct claim_logs logs_of(const struct disclosing *d)
{
	return (struct claim_logs){
		.context = (void *)d->rules,
		.sizes = { rules_size(d->rules, 0), rules_size(d->rules, 1) },
		.entry = entry_of,
	};
}

/* --- words ----------------------------------------------------------------------------- */

static int compare_part(const struct opened_part *part, struct act_place place,
                        struct press_search *search)
{
	enum part_role role = part_role_of(part->line.description.media_type);
	int r = OK;

	if (role != PART_SUBJECT && role != PART_PARAGRAPH)
		return OK;
	for (size_t i = 0; i < search->claim.count && r == OK; i++)
		if (search->claim.lines[i].kind == CLAIM_QUOTATION)
			r = press_weigh(search->claim.lines[i].text, part->content, place,
			                part->line.number, &search->answers[i]);
	return r;
}

static int search_body(struct disclosing *d, struct act_place place, struct press_search *search,
                       struct error *error)
{
	struct error reason = { 0 };
	struct opened_body body;
	int r = disclosing_body(d, place, &body, &reason);

	if (r == ERROR_MEMORY)
		return error_set(error, r, "%s", reason.message);
	/* One that does not open here is counted, and the search goes on. */
	if (r != OK) {
		search->unopened++;
		return OK;
	}
	search->opened++;
	for (size_t i = 0; i < body.count && r == OK; i++)
		r = compare_part(&body.parts[i], place, search);
	opened_body_release(&body);
	return r == OK ? OK : error_set(error, r, "%s", result_text(r));
}

/* Whoever asks about a claim repeats it: its words there were not said before. */
static bool is_searched(const struct act_summary *act)
{
	return act->has_body && act->verdict.code == VERDICT_VALID && !act->exercise &&
	       act->kind->number != KIND_PRESS_CHECK;
}

static int search_words(struct disclosing *d, struct press_search *search, struct error *error)
{
	struct display_cursor cursor = { { 0, 0 } };
	struct progress progress;
	struct act_place place;
	uint64_t done = 0;
	int r = OK;

	progress_begin(&progress, _("opening bodies"),
	               rules_size(d->rules, 0) + rules_size(d->rules, 1));
	while (r == OK && rules_display_next(d->rules, &cursor, &place)) {
		const struct act_summary *act = rules_act(d->rules, place);

		progress_update(&progress, ++done);
		if (is_searched(act))
			r = search_body(d, place, search, error);
	}
	progress_end(&progress);
	return r;
}

int press_search(struct disclosing *d, struct press_search *search, struct error *error)
{
	struct claim_logs logs = logs_of(d);
	bool quotes = false;

	search->opened = search->unopened = 0;
	for (size_t i = 0; i < search->claim.count; i++) {
		const struct claim_line *line = &search->claim.lines[i];
		struct claim_answer judged;

		search->answers[i] = (struct press_answer){ .kind = CLAIM_NOT_SHOWN };
		quotes = quotes || line->kind == CLAIM_QUOTATION;
		if (line->kind == CLAIM_QUOTATION)
			continue;
		claim_judge(line, &logs, &judged);
		search->answers[i].kind = judged.kind;
		search->answers[i].count = judged.count;
		search->answers[i].place = judged.place;
	}
	return quotes ? search_words(d, search, error) : OK;
}

/* --- proving ---------------------------------------------------------------------------- */

static int show_words(struct disclosing *d, const struct press_answer *answer, struct error *error)
{
	struct opened_body body;
	int r;

	if ((r = bundle_writer_subject(d->writer, answer->place, error)) != OK ||
	    (r = disclosing_body(d, answer->place, &body, error)) != OK)
		return r;
	r = disclosing_add_part(d, answer->place, &body, (size_t)answer->part, error);
	opened_body_release(&body);
	return r;
}

/* One act that is so shows itself; what is absent, or counted, all entries of the days. */
static int show_entries(struct disclosing *d, const struct claim_line *line,
                        const struct press_answer *answer, struct error *error)
{
	struct claim_logs logs = logs_of(d);
	struct act_place subject = answer->place;
	uint64_t first, size;
	unsigned party;
	int r;

	claim_span(line, &logs, &party, &first, &size);
	if (answer->count == 0)
		subject = (struct act_place){ party, size > 0 ? size - 1 : 0 };
	if (answer->count == 0 && size == 0)
		return error_set(error, ERROR_STATE, _("nothing of that log is here yet"));
	if ((r = bundle_writer_subject(d->writer, subject, error)) != OK)
		return r;
	if (line->kind == CLAIM_ANSWERED && rules_act(d->rules, line->act) != NULL &&
	    (r = bundle_writer_subject(d->writer, line->act, error)) != OK)
		return r;
	return answer->kind == CLAIM_NOT_IN_RECORD || line->exact
	           ? bundle_writer_span(d->writer, party, first, size, error)
	           : OK;
}

int press_choose(struct disclosing *d, const struct press_search *search, struct error *error)
{
	size_t shown = 0;
	int r = OK;

	for (size_t i = 0; i < search->claim.count && r == OK; i++) {
		const struct press_answer *answer = &search->answers[i];

		if (answer->kind == CLAIM_NOT_SHOWN)
			continue;
		shown++;
		r = answer->part > 0 ? show_words(d, answer, error)
		                     : show_entries(d, &search->claim.lines[i], answer, error);
	}
	if (r != OK)
		return r;
	return shown > 0 ? bundle_writer_later(d->writer, error)
	                 : error_set(error, ERROR_STATE,
	                             _("none of this can be shown to others: there is nothing to "
	                               "write"));
}
