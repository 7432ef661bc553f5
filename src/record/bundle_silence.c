#include "bundle_silence.h"

#include "allocate.h"
#include "silence_span.h"

/* --- what is shown --------------------------------------------------------------- */

/* The act that the statement names must be what the bundle is about. */
static int find_subject(const struct bundle *bundle, const struct silence_statement *statement,
                        struct act_place *ret_place, struct error *error)
{
	const struct charter *charter = bundle->state.charter;
	const struct act_reference *named = &statement->act;
	int party = charter_party_index(charter, bytes_of_string(named->party));
	const struct bundle_act *act;

	if (bundle->text.subject_count != 1 || party < 0)
		return error_set(error, ERROR_MISMATCH, "a certificate is about one act");
	*ret_place = bundle->text.subjects[0];
	act = bundle_act_at(bundle, *ret_place);
	if (act == NULL || ret_place->party != (unsigned)party ||
	    ret_place->number != named->number ||
	    named->generation !=
	        rules_generation(bundle->state.rules, ret_place->party, ret_place->number) ||
	    !hash_equal(&act->entry.leaf, &named->leaf))
		return error_set(error, ERROR_MISMATCH,
		                 "the statement names another act than the bundle is about");
	return OK;
}

static int judge_span(const struct bundle *bundle, const struct silence_statement *statement,
                      struct act_place place, struct silence *ret_silence)
{
	struct silence_shown *shown = allocate(bundle->act_count, sizeof(*shown));
	struct silence_evidence evidence = {
		.charter = bundle->state.charter,
		.statement = statement,
		.act = place,
		.shown = shown,
		.count = bundle->act_count,
	};
	int r;

	if (shown == NULL)
		return ERROR_MEMORY;
	for (size_t i = 0; i < bundle->act_count; i++) {
		const struct bundle_act *act = &bundle->acts[i];

		shown[i] = (struct silence_shown){
			.place = act->place,
			.generation = rules_generation(bundle->state.rules, act->place.party,
			                               act->place.number),
			.entry = &act->entry,
			.valid = act->verdict.code == VERDICT_VALID,
		};
	}
	for (unsigned party = 0; party < 2; party++)
		if (bundle->heads[party].checkpoint.size > 0)
			evidence.heads[party] = &bundle->heads[party].checkpoint;
	r = silence_span_judge(&evidence, ret_silence);
	release_memory(shown);
	return r;
}

int bundle_silence(const struct bundle *bundle, struct silence_statement *ret_statement,
                   struct silence *ret_silence, struct error *error)
{
	const struct record_state *state = &bundle->state;
	struct silence_statement statement;
	struct act_place place;
	struct silence silence;
	int r;

	if ((r = silence_statement_parse(buffer_view(&bundle->given), &statement, error)) != OK ||
	    (r = find_subject(bundle, &statement, &place, error)) != OK)
		return r;
	if (statement.form == SILENCE_WHOLE && !bundle->whole)
		return error_set(error, ERROR_STATE,
		                 "it is to be over both logs, and they are not whole");
	if (statement.form == SILENCE_WHOLE)
		silence_judge(state->rules, state->charter, place, statement.duty,
		              TIMESTAMP_MAXIMUM, &silence);
	else if ((r = judge_span(bundle, &statement, place, &silence)) != OK)
		return error_set(error, r, "the entries cannot be held");
	if (silence.verdict != SILENCE_CERTIFIED)
		return error_set(error, ERROR_STATE, "silence is not shown: %s",
		                 silence_verdict_text(silence.verdict));
	*ret_statement = statement;
	*ret_silence = silence;
	return OK;
}

static int put_page(const struct bundle *bundle, struct buffer *buffer, struct error *error)
{
	struct silence_statement statement;
	struct silence silence;
	int r = bundle_silence(bundle, &statement, &silence, error);

	if (r != OK)
		return r;
	r = silence_page_print(&silence, bundle->state.charter, statement.language, buffer);
	return r == OK ? OK : error_set(error, r, "the page cannot be made");
}

struct bundle_purpose silence_purpose(void)
{
	return (struct bundle_purpose){
		.name = BUNDLE_PURPOSE_SILENCE,
		.given = SILENCE_STATEMENT_FILE,
		.given_maximum = SILENCE_STATEMENT_MAXIMUM,
		.file = SILENCE_PAGE_FILE,
		.put = put_page,
	};
}

/* --- what to show ---------------------------------------------------------------- */

static int choose_whole(struct bundle_writer *writer, const struct silence *silence,
                        struct error *error)
{
	int r = OK;

	for (unsigned party = 0; party < 2 && r == OK; party++)
		r = bundle_writer_span(writer, party, 0, silence->sizes[party], error);
	return r;
}

static int choose_span(struct bundle_writer *writer, const struct silence *silence,
                       struct silence_statement *statement, struct error *error)
{
	struct silence_plan plan;
	int r = silence_span_plan(bundle_writer_rules(writer), silence, statement, &plan);

	if (r != OK)
		return error_set(error, r, "the short form cannot show it");
	for (size_t i = 0; i < plan.stamp_count && r == OK; i++)
		r = bundle_writer_act(writer, plan.stamps[i], false, error);
	if (r == OK)
		r = bundle_writer_span(writer, silence->silent, plan.first, plan.size, error);
	return r;
}

int bundle_silence_choose(struct bundle_writer *writer, const struct silence *silence,
                          struct silence_statement *statement, struct error *error)
{
	struct buffer text;
	int r;

	if ((r = bundle_writer_subject(writer, silence->act, error)) != OK ||
	    (r = statement->form == SILENCE_WHOLE
	             ? choose_whole(writer, silence, error)
	             : choose_span(writer, silence, statement, error)) != OK)
		return r;
	buffer_init(&text, SILENCE_STATEMENT_MAXIMUM);
	if ((r = silence_statement_print(statement, &text)) == OK)
		r = bundle_writer_given(writer, buffer_view(&text), error);
	else
		error_set(error, r, "the statement cannot be made");
	buffer_release(&text);
	return r;
}
