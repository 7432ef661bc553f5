#include "claim.h"

#include "text.h"

enum { WORDS_MAXIMUM = 5, DAY = 24 * 3600 };

static const char *const answer_names[CLAIM_ANSWER_COUNT] = {
	[CLAIM_IN_RECORD] = "in-the-record",
	[CLAIM_NOT_IN_RECORD] = "not-in-the-record",
	[CLAIM_NOT_SHOWN] = "cannot-be-shown",
};

static const char *const match_names[MATCH_COUNT] = {
	[MATCH_NONE] = "none",
	[MATCH_DIFFERS] = "differs",
	[MATCH_WORDS] = "words",
	[MATCH_EXACT] = "exact",
};

const char *claim_answer_name(enum claim_answer_kind kind)
{
	return answer_names[kind];
}

const char *claim_match_name(enum claim_match match)
{
	return match_names[match];
}

/* --- parsing -------------------------------------------------------------------- */

/* `2026-11-22`: its first second. */
static int parse_day(struct bytes text, timestamp *ret_time)
{
	static const char midnight[] = "T00:00:00Z";
	char time[TIMESTAMP_CAPACITY];

	if (text.size + strlen(midnight) != TIMESTAMP_CAPACITY - 1)
		return ERROR_SYNTAX;
	memcpy(time, text.data, text.size);
	memcpy(time + text.size, midnight, sizeof(midnight));
	return timestamp_parse(bytes_of_string(time), ret_time);
}

/* The days at the end of a line: none, one, or the first and the last. */
static int parse_days(const struct bytes *words, size_t count, struct claim_line *line)
{
	timestamp last;

	line->from = 0;
	line->to = TIMESTAMP_MAXIMUM;
	if (count == 0)
		return OK;
	if (count > 2 || parse_day(words[0], &line->from) != OK ||
	    parse_day(words[count - 1], &last) != OK || last < line->from)
		return ERROR_SYNTAX;
	line->to = last + DAY - 1;
	return OK;
}

static int parse_sent(struct bytes value, const struct charter *charter, struct claim_line *line)
{
	struct bytes words[WORDS_MAXIMUM];
	size_t count, at = 0;
	int party;

	if (text_words(value, words, WORDS_MAXIMUM, &count) != OK || count < 2)
		return ERROR_SYNTAX;
	line->exact = text_parse_number(words[0], INT64_MAX, &line->count) == OK;
	at += line->exact;
	if (count < at + 2 || (party = charter_party_index(charter, words[at])) < 0)
		return ERROR_SYNTAX;
	line->party = (unsigned)party;
	line->act_kind = kind_by_name(words[at + 1]);
	if (line->act_kind == NULL && !bytes_equal_string(words[at + 1], "any"))
		return ERROR_SYNTAX;
	return parse_days(words + at + 2, count - at - 2, line);
}

static int parse_answered(struct bytes value, const struct charter *charter,
                          struct claim_line *line)
{
	char id[PARTY_ID_CAPACITY];
	int party;

	if (act_name_parse(value, id, &line->generation, &line->act.number) != OK ||
	    (party = charter_party_index(charter, bytes_of_string(id))) < 0)
		return ERROR_SYNTAX;
	line->act.party = (unsigned)party;
	return OK;
}

static int parse_line(const struct text_line *text, const struct charter *charter,
                      struct claim *claim, struct error *error)
{
	struct claim_line *line = &claim->lines[claim->count];
	int r = ERROR_SYNTAX;

	if (claim->count == CLAIM_LINES_MAXIMUM)
		return error_set_line(error, ERROR_LIMIT, text->number,
		                      "there are more than %d claims", CLAIM_LINES_MAXIMUM);
	*line = (struct claim_line){ .text = text->value };
	if (bytes_equal_string(text->key, "quotation")) {
		line->kind = CLAIM_QUOTATION;
		r = text->value.size > 0 ? OK : ERROR_SYNTAX;
	} else if (bytes_equal_string(text->key, "sent")) {
		line->kind = CLAIM_SENT;
		r = parse_sent(text->value, charter, line);
	} else if (bytes_equal_string(text->key, "answered")) {
		line->kind = CLAIM_ANSWERED;
		r = parse_answered(text->value, charter, line);
	}
	if (r != OK)
		return error_set_line(error, r, text->number,
		                      "this is no claim: write 'quotation', 'sent [NUMBER] PARTY "
		                      "KIND [DAY [DAY]]' or 'answered ACT'");
	claim->count++;
	return OK;
}

static int parse_lines(struct bytes text, const struct charter *charter, struct claim *claim,
                       struct error *error)
{
	struct text_reader reader;
	struct text_line line;
	int r;

	if ((r = text_check(text, error)) != OK)
		return r;
	text_reader_init(&reader, text);
	if ((r = text_reader_expect(&reader, CLAIM_FORMAT, error)) != OK)
		return r;
	r = text_reader_optional(&reader, "outlet", &claim->outlet, error);
	if (r != OK && r != ERROR_NOT_FOUND)
		return r;
	while (text_reader_next(&reader, &line) == OK)
		if ((r = parse_line(&line, charter, claim, error)) != OK)
			return r;
	return claim->count > 0 ? OK : error_set(error, ERROR_SYNTAX, "nothing is claimed");
}

static int parse_words(struct bytes text, struct claim *claim, struct error *error)
{
	struct bytes paragraphs[CLAIM_LINES_MAXIMUM];
	int r = part_split_text(text, paragraphs, CLAIM_LINES_MAXIMUM, &claim->count, error);

	if (r != OK)
		return r;
	for (size_t i = 0; i < claim->count; i++) {
		if (paragraphs[i].size > QUOTATION_MAXIMUM)
			return error_set(error, ERROR_LIMIT, "a paragraph is longer than %d bytes",
			                 QUOTATION_MAXIMUM);
		claim->lines[i] = (struct claim_line){ .kind = CLAIM_QUOTATION,
			                               .text = paragraphs[i] };
	}
	return OK;
}

int claim_parse(struct bytes text, const struct charter *charter, struct claim *ret_claim,
                struct error *error)
{
	static const char format[] = "chirograph.claim/";
	struct claim claim = { 0 };
	int r;

	if (text.size > CLAIM_SIZE_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "the claim is larger than 64 KiB");
	r = bytes_begin_with(text, bytes_of_string(format))
	        ? parse_lines(text, charter, &claim, error)
	        : parse_words(text, &claim, error);
	if (r == OK)
		*ret_claim = claim;
	return r;
}
