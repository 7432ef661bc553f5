/* Reads any bytes as a claim and as a scope. What is quoted stands, to the letter, in
 * itself; and a claim that is judged over an empty record is not in it, unless it says
 * that there is nothing. */
#include "act_fixture.h"
#include "claim.h"
#include "scope.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static bool no_entry(void *context, struct act_place place, struct claim_entry *ret_entry)
{
	(void)context;
	(void)place;
	(void)ret_entry;
	return false;
}

static bool has_words(struct bytes text)
{
	for (size_t i = 0; i < text.size; i++)
		if (text.data[i] != ' ' && text.data[i] != '\n' && text.data[i] != '\t')
			return true;
	return false;
}

static void try_line(const struct claim_line *line)
{
	const struct claim_logs logs = { NULL, { 0, 0 }, no_entry };
	struct claim_answer answer;
	enum claim_match match;
	unsigned share;

	if (line->kind != CLAIM_QUOTATION) {
		claim_judge(line, &logs, &answer);
		require(answer.count == 0);
		require((answer.kind == CLAIM_IN_RECORD) == (line->exact && line->count == 0));
	} else if (line->text.size <= QUOTATION_MAXIMUM) {
		require(claim_match(line->text, line->text, &match, &share) == OK);
		require(match == MATCH_EXACT || !has_words(line->text));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct claim claim;
	struct charter charter = fixture_charter();
	struct bytes text = bytes_of(data, size);
	struct scope scope;

	if (claim_parse(text, &charter, &claim, NULL) == OK) {
		require(claim.count > 0 && claim.count <= CLAIM_LINES_MAXIMUM);
		for (size_t i = 0; i < claim.count; i++)
			try_line(&claim.lines[i]);
	}
	if (scope_parse(text, &scope) == OK)
		require(!scope_has(&scope, 0) || scope.all);
	return 0;
}
