#include "bundle_press.h"

#define ANSWER_FORMAT "chirograph.answer/1"

/* --- the answers -------------------------------------------------------------------- */

static bool entry_of(void *context, struct act_place place, struct claim_entry *ret_entry)
{
	const struct bundle *bundle = context;
	const struct bundle_act *act = bundle_act_at(bundle, place);
	const struct act *text;
	int party;

	if (act == NULL)
		return false;
	text = &act->entry.act;
	*ret_entry = (struct claim_entry){
		.kind = text->kind,
		.valid = act->verdict.code == VERDICT_VALID,
		.doubtful = act->void_by_word,
		.exercise = text->exercise,
		.logged = act->entry.logged,
	};
	party = text->has_answers ? charter_party_index(bundle->state.charter,
	                                                bytes_of_string(text->answers.party))
	                          : -1;
	if (party >= 0) {
		ret_entry->has_answers = true;
		ret_entry->answers = (struct act_place){ (unsigned)party, text->answers.number };
	}
	return true;
}

/* Whether its side has said what stands in an act, and meant it; whoever asks about a
 * claim only repeats it. */
static bool is_meant(const struct bundle_act *act)
{
	return act->verdict.code == VERDICT_VALID && !act->entry.act.exercise &&
	       act->entry.act.kind->number != KIND_PRESS_CHECK;
}

int press_weigh(struct bytes words, struct bytes content, struct act_place act, uint64_t part,
                struct press_answer *answer)
{
	enum claim_match match;
	unsigned share;
	int r = claim_match(words, content, &match, &share);

	if (r != OK || match == MATCH_NONE || match < answer->match ||
	    (match == answer->match && share <= answer->share))
		return r;
	*answer = (struct press_answer){
		.kind = CLAIM_IN_RECORD,
		.place = act,
		.part = part,
		.match = match,
		.share = share,
	};
	return OK;
}

/* Where the words stand best. */
static int find_words(const struct bundle *bundle, struct bytes words, struct press_answer *answer)
{
	int r = OK;

	for (size_t i = 0; r == OK && i < bundle->text.part_count; i++) {
		const struct bundle_part *part = &bundle->parts[i];

		if (part->content.size > 0 && is_meant(bundle_act_at(bundle, part->act)))
			r = press_weigh(words, buffer_view(&part->content), part->act,
			                part->proof.line.number, answer);
	}
	return r;
}

static int answer_line(const struct bundle *bundle, const struct claim_line *line,
                       struct press_answer *ret_answer)
{
	const struct claim_logs logs = {
		.context = (void *)bundle,
		.sizes = { bundle->text.sizes[0], bundle->text.sizes[1] },
		.entry = entry_of,
	};
	struct claim_answer judged;

	*ret_answer = (struct press_answer){ .kind = CLAIM_NOT_SHOWN };
	if (line->kind == CLAIM_QUOTATION)
		return find_words(bundle, line->text, ret_answer);
	claim_judge(line, &logs, &judged);
	ret_answer->kind = judged.kind;
	ret_answer->count = judged.count;
	ret_answer->place = judged.place;
	return OK;
}

int bundle_press(const struct bundle *bundle, struct claim *ret_claim,
                 struct press_answer ret_answers[CLAIM_LINES_MAXIMUM], struct error *error)
{
	struct claim claim;
	int r = claim_parse(buffer_view(&bundle->given), bundle->state.charter, &claim, error);

	for (size_t i = 0; r == OK && i < claim.count; i++)
		if ((r = answer_line(bundle, &claim.lines[i], &ret_answers[i])) != OK)
			error_set(error, r, "the claim cannot be compared");
	if (r == OK)
		*ret_claim = claim;
	return r;
}

/* --- the file ------------------------------------------------------------------------- */

static int put_answer(const struct bundle *bundle, size_t number, const struct press_answer *answer,
                      struct buffer *buffer)
{
	char name[ACT_NAME_CAPACITY];
	int r;

	record_act_name(&bundle->state, answer->place, name);
	if ((r = buffer_put_format(buffer, "claim %zu %s", number,
	                           claim_answer_name(answer->kind))) != OK)
		return r;
	if (answer->kind == CLAIM_IN_RECORD && answer->part > 0) {
		r = buffer_put_format(buffer, " %s part %llu %s", name,
		                      (unsigned long long)answer->part,
		                      claim_match_name(answer->match));
		if (r == OK && answer->match == MATCH_DIFFERS)
			r = buffer_put_format(buffer, " %u", answer->share);
	} else if (answer->count > 0) {
		r = buffer_put_format(buffer, " %llu %s", (unsigned long long)answer->count, name);
	}
	return r == OK ? buffer_put_u8(buffer, '\n') : r;
}

static int put(const struct bundle *bundle, struct buffer *buffer, struct error *error)
{
	struct press_answer answers[CLAIM_LINES_MAXIMUM];
	struct claim claim;
	int r = bundle_press(bundle, &claim, answers, error);

	if (r != OK)
		return r;
	r = buffer_put_string(buffer, ANSWER_FORMAT "\n");
	for (unsigned party = 0; party < 2 && r == OK; party++)
		r = buffer_put_format(buffer, "as-of %s %llu\n",
		                      bundle->state.charter->parties[party].id,
		                      (unsigned long long)bundle->text.sizes[party]);
	for (size_t i = 0; i < claim.count && r == OK; i++)
		r = put_answer(bundle, i + 1, &answers[i], buffer);
	return r == OK ? OK : error_set(error, r, "the answer cannot be written");
}

struct bundle_purpose press_purpose(void)
{
	return (struct bundle_purpose){
		.name = "press",
		.given = PRESS_CLAIM_FILE,
		.given_maximum = CLAIM_SIZE_MAXIMUM,
		.file = PRESS_ANSWER_FILE,
		.put = put,
	};
}
