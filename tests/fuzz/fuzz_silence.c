/* A certificate of silence in the short form, as anybody might write it: statement, heads and
 * entries. Nothing that is said to be certified has an answer in it, and a statement that
 * parses is printed as it was. */
#include "silence_span.h"
#include "stamp_fixture.h"

enum { ENTRIES_MAXIMUM = 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct scenario s;

/* A statement is spelled in one way. */
static bool read_statement(struct cursor *cursor, struct silence_statement *ret_statement)
{
	struct buffer printed;
	struct bytes text;

	if (cursor_get_sized(cursor, SILENCE_STATEMENT_MAXIMUM + 1, &text) != OK ||
	    silence_statement_parse(text, ret_statement, NULL) != OK)
		return false;
	buffer_init(&printed, SILENCE_STATEMENT_MAXIMUM);
	if (silence_statement_print(ret_statement, &printed) != OK ||
	    !bytes_equal(buffer_view(&printed), text))
		abort();
	buffer_release(&printed);
	return true;
}

static bool read_head(struct cursor *cursor, struct checkpoint *ret_head)
{
	*ret_head = (struct checkpoint){ 0 };
	return cursor_get_u64(cursor, &ret_head->size) == OK &&
	       cursor_get(cursor, ret_head->root.bytes, HASH_SIZE) == OK;
}

static bool read_entry(struct cursor *cursor, struct entry *entry, struct silence_shown *shown)
{
	uint8_t party, valid;
	struct bytes bytes;

	*shown = (struct silence_shown){ .generation = 1, .entry = entry };
	if (cursor_get_u8(cursor, &party) != OK ||
	    cursor_get_u64(cursor, &shown->place.number) != OK ||
	    cursor_get_u8(cursor, &valid) != OK ||
	    cursor_get_sized(cursor, ENTRY_SIZE_MAXIMUM, &bytes) != OK ||
	    entry_parse(bytes, entry, NULL) != OK)
		return false;
	shown->place.party = party & 1;
	shown->valid = (valid & 1) != 0;
	return true;
}

/* Whatever else is in it. */
static void check_unanswered(const struct silence_evidence *evidence)
{
	for (size_t i = 0; i < evidence->count; i++) {
		const struct act *act = &evidence->shown[i].entry->act;

		if (evidence->shown[i].place.party != evidence->act.party && act->has_answers &&
		    act->kind->number == KIND_PROVIDE &&
		    evidence->shown[i].place.number >= evidence->statement->before.size &&
		    act->answers.number == evidence->act.number &&
		    strcmp(act->answers.party,
		           evidence->charter->parties[evidence->act.party].id) == 0)
			abort();
	}
}

static void check_page(const struct silence *silence)
{
	struct buffer page;

	buffer_init(&page, SILENCE_PAGE_MAXIMUM);
	if (silence_page_print(silence, s.charter, SILENCE_RUSSIAN, &page) != OK)
		abort();
	buffer_release(&page);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct entry entries[ENTRIES_MAXIMUM];
	static struct silence_shown shown[ENTRIES_MAXIMUM];
	struct cursor cursor = cursor_over(bytes_of(data, size));
	struct silence_statement statement;
	struct checkpoint heads[2];
	struct silence silence;
	struct silence_evidence evidence = {
		.statement = &statement,
		.shown = shown,
		.heads = { &heads[0], &heads[1] },
	};
	int party;

	if (s.charter == NULL)
		scenario_init_with_neutrals(&s, NULL);
	evidence.charter = s.charter;
	if (!read_statement(&cursor, &statement) || !read_head(&cursor, &heads[0]) ||
	    !read_head(&cursor, &heads[1]))
		return 0;
	party = charter_party_index(s.charter, bytes_of_string(statement.act.party));
	if (party < 0)
		return 0;
	evidence.act = (struct act_place){ (unsigned)party, statement.act.number };
	while (evidence.count < ENTRIES_MAXIMUM &&
	       read_entry(&cursor, &entries[evidence.count], &shown[evidence.count]))
		evidence.count++;
	if (silence_span_judge(&evidence, &silence) != OK)
		abort();
	if (silence.verdict == SILENCE_CERTIFIED) {
		check_unanswered(&evidence);
		check_page(&silence);
	}
	return 0;
}
