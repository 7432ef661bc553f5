/* Claims of the press: what is read, judged from entries, found in texts. */
#include "act_fixture.h"
#include "check.h"
#include "claim.h"
#include "scope.h"

static struct charter fixture;
static const struct charter *charter = &fixture;

/* --- reading --------------------------------------------------------------------- */

static void test_lines(void **state)
{
	struct claim claim;

	(void)state;
	assert_ok(claim_parse(bytes_of_string("chirograph.claim/1\n"
	                                      "outlet The Gazette\n"
	                                      "quotation we agreed\n"
	                                      "sent south request 2026-11-01 2026-11-30\n"
	                                      "sent 3 north any 2026-11-22\n"
	                                      "sent south allege\n"
	                                      "answered north-7\n"),
	                      charter, &claim, NULL));
	assert_bytes_string(claim.outlet, "The Gazette");
	assert_int_equal(claim.count, 5);
	assert_int_equal(claim.lines[0].kind, CLAIM_QUOTATION);
	assert_bytes_string(claim.lines[0].text, "we agreed");
	assert_int_equal(claim.lines[1].party, 1);
	assert_int_equal(claim.lines[1].act_kind->number, KIND_REQUEST);
	assert_false(claim.lines[1].exact);
	assert_int_equal(claim.lines[1].to - claim.lines[1].from, 30 * 24 * 3600 - 1);
	assert_true(claim.lines[2].exact);
	assert_int_equal(claim.lines[2].count, 3);
	assert_null(claim.lines[2].act_kind);
	assert_int_equal(claim.lines[2].to - claim.lines[2].from, 24 * 3600 - 1);
	assert_int_equal(claim.lines[3].from, 0);
	assert_int_equal(claim.lines[3].to, TIMESTAMP_MAXIMUM);
	assert_int_equal(claim.lines[4].act.party, 0);
	assert_int_equal(claim.lines[4].act.number, 7);
}

static void test_words_alone(void **state)
{
	struct claim claim;

	(void)state;
	assert_ok(claim_parse(bytes_of_string("They met\nin May.\n\nNothing came of it."), charter,
	                      &claim, NULL));
	assert_int_equal(claim.count, 2);
	assert_bytes_string(claim.lines[0].text, "They met\nin May.");
	assert_int_equal(claim.lines[1].kind, CLAIM_QUOTATION);
}

static void test_refused(void **state)
{
	static const char *const refused[] = {
		"",
		"chirograph.claim/2\nsent south allege\n",
		"chirograph.claim/1\n",
		"chirograph.claim/1\nquotation\n",
		"chirograph.claim/1\nsent east allege\n",
		"chirograph.claim/1\nsent south tender\n",
		"chirograph.claim/1\nsent south\n",
		"chirograph.claim/1\nsent 03 south allege\n",
		"chirograph.claim/1\nsent south allege 2026-11-31\n",
		"chirograph.claim/1\nsent south allege 2026-11-30 2026-11-29\n",
		"chirograph.claim/1\nsent south allege 2026-11-01 2026-11-02 2026-11-03\n",
		"chirograph.claim/1\nanswered south\n",
		"chirograph.claim/1\nanswered east-1\n",
		"chirograph.claim/1\nlied south\n",
	};
	struct claim claim;

	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		assert_int_not_equal(
		    claim_parse(bytes_of_string(refused[i]), charter, &claim, NULL), OK);
}

/* --- judging --------------------------------------------------------------------- */

enum { ENTRIES = 6, HOUR = 3600, DAY = 24 * HOUR };

/* South's log: a day apart, from 2026-11-01 on. Of north's, nothing. */
static const enum kind_number kinds[ENTRIES] = { KIND_ACCEDE,  KIND_REQUEST, KIND_RECEIPT,
	                                         KIND_REQUEST, KIND_PROVIDE, KIND_ACK };
static bool shown[ENTRIES];
static bool valid[ENTRIES];
static bool doubtful[ENTRIES];
static bool exercise[ENTRIES];

static bool entry_of(void *context, struct act_place place, struct claim_entry *ret_entry)
{
	const timestamp *first = context;

	if (place.party != 1 || !shown[place.number])
		return false;
	*ret_entry = (struct claim_entry){
		.kind = kind_by_number(kinds[place.number]),
		.valid = valid[place.number],
		.doubtful = doubtful[place.number],
		.exercise = exercise[place.number],
		.logged = *first + (timestamp)place.number * DAY + HOUR,
		.has_answers = place.number >= 4,
		.answers = { 0, place.number == 4 ? 7 : 8 },
	};
	return true;
}

static void judge(const char *words, enum claim_answer_kind kind, uint64_t count)
{
	timestamp first;
	const struct claim_logs logs = { &first, { 0, ENTRIES }, entry_of };
	struct claim_answer answer;
	struct buffer text;
	struct claim claim;

	assert_ok(timestamp_parse(bytes_of_string("2026-11-01T00:00:00Z"), &first));
	buffer_init(&text, 256);
	assert_ok(buffer_put_format(&text, "chirograph.claim/1\n%s\n", words));
	assert_ok(claim_parse(buffer_view(&text), charter, &claim, NULL));
	claim_judge(&claim.lines[0], &logs, &answer);
	assert_int_equal(answer.kind, kind);
	assert_int_equal(answer.count, count);
	buffer_release(&text);
}

static void show_all(void)
{
	for (size_t i = 0; i < ENTRIES; i++)
		shown[i] = valid[i] = true;
}

static void test_whole_log(void **state)
{
	(void)state;
	show_all();
	judge("sent south request", CLAIM_IN_RECORD, 2);
	judge("sent 2 south request", CLAIM_IN_RECORD, 2);
	judge("sent 3 south request", CLAIM_NOT_IN_RECORD, 2);
	judge("sent south request 2026-11-02", CLAIM_IN_RECORD, 1);
	judge("sent south request 2026-11-03", CLAIM_NOT_IN_RECORD, 0);
	judge("sent 0 south request 2026-11-03", CLAIM_IN_RECORD, 0);
	judge("sent south any 2026-11-03", CLAIM_NOT_IN_RECORD, 0); /* a receipt says nothing */
	judge("sent south any 2026-11-01 2026-11-03", CLAIM_IN_RECORD, 2);
	judge("answered north-7", CLAIM_IN_RECORD, 1);
	judge("answered north-8", CLAIM_NOT_IN_RECORD, 0); /* only acknowledged */
	valid[1] = false;
	judge("sent 1 south request", CLAIM_IN_RECORD, 1);
}

/* What is not shown matters where it could be of these days. */
static void test_pieces(void **state)
{
	(void)state;
	show_all();
	shown[3] = false;
	judge("sent south request", CLAIM_IN_RECORD, 1);
	judge("sent 1 south request", CLAIM_NOT_SHOWN, 1);
	judge("sent south allege", CLAIM_NOT_SHOWN, 0);
	judge("sent south allege 2026-11-01 2026-11-02", CLAIM_NOT_IN_RECORD, 0);
	judge("sent south allege 2026-11-01 2026-11-03", CLAIM_NOT_SHOWN, 0);
	judge("sent south allege 2026-11-05 2026-11-30", CLAIM_NOT_SHOWN, 0);
	judge("sent south allege 2026-11-06 2026-11-30", CLAIM_NOT_IN_RECORD, 0);
	judge("answered north-9", CLAIM_NOT_SHOWN, 0);
	/* The first entries, or the last. */
	show_all();
	shown[0] = false;
	judge("sent south allege 2026-11-03", CLAIM_NOT_IN_RECORD, 0);
	judge("sent south allege 2026-11-02", CLAIM_NOT_SHOWN, 0);
	show_all();
	shown[5] = false;
	judge("sent south allege 2026-11-04", CLAIM_NOT_IN_RECORD, 0);
	judge("sent south allege 2026-11-05", CLAIM_NOT_SHOWN, 0);
}

/* Who says that an act is void, and shows not why, has not shown that there is none. */
static void test_void_by_word(void **state)
{
	(void)state;
	show_all();
	valid[1] = valid[4] = false;
	doubtful[1] = doubtful[4] = true;
	judge("sent south request", CLAIM_IN_RECORD, 1);
	judge("sent south request 2026-11-02", CLAIM_NOT_SHOWN, 0);
	judge("sent 1 south request", CLAIM_NOT_SHOWN, 1);
	judge("sent 0 south request 2026-11-02", CLAIM_NOT_SHOWN, 0);
	judge("sent south request 2026-11-03", CLAIM_NOT_IN_RECORD, 0);
	judge("answered north-7", CLAIM_NOT_SHOWN, 0);
	judge("answered north-8", CLAIM_NOT_IN_RECORD, 0);
	doubtful[1] = doubtful[4] = false;
	judge("answered north-7", CLAIM_NOT_IN_RECORD, 0);
}

/* What is sent in an exercise is not meant; what it answers it answers. */
static void test_exercise(void **state)
{
	(void)state;
	show_all();
	exercise[1] = exercise[4] = true;
	judge("sent 1 south request", CLAIM_IN_RECORD, 1);
	judge("sent south any 2026-11-02", CLAIM_NOT_IN_RECORD, 0);
	judge("answered north-7", CLAIM_IN_RECORD, 1);
	exercise[1] = exercise[4] = false;
}

/* What claim_span says is enough, and without its first or last entry it is not. */
static void test_span(void **state)
{
	static const char line[] = "sent south allege 2026-11-03 2026-11-04";
	timestamp first;
	const struct claim_logs logs = { &first, { 0, ENTRIES }, entry_of };
	uint64_t begin, size;
	struct claim claim;
	unsigned party;

	(void)state;
	show_all();
	assert_ok(timestamp_parse(bytes_of_string("2026-11-01T00:00:00Z"), &first));
	assert_ok(claim_parse(bytes_of_string("chirograph.claim/1\nsent south allege 2026-11-03 "
	                                      "2026-11-04\n"),
	                      charter, &claim, NULL));
	claim_span(&claim.lines[0], &logs, &party, &begin, &size);
	assert_int_equal(party, 1);
	assert_int_equal(begin, 1);
	assert_int_equal(size, 5);
	for (uint64_t i = 0; i < ENTRIES; i++)
		shown[i] = i >= begin && i < size;
	judge(line, CLAIM_NOT_IN_RECORD, 0);
	shown[begin] = false;
	judge(line, CLAIM_NOT_SHOWN, 0);
	shown[begin] = true;
	shown[size - 1] = false;
	judge(line, CLAIM_NOT_SHOWN, 0);
}

/* --- words ------------------------------------------------------------------------ */

static void test_match(void **state)
{
	static const struct {
		const char *quotation, *text;
		enum claim_match match;
	} rows[] = {
		{ "the line is tested", "Each month the line is tested by both.", MATCH_EXACT },
		{ "the line\nis  tested", "Each month the line is tested by both.", MATCH_EXACT },
		{ "“The line IS tested”", "Each month, the line is tested.", MATCH_WORDS },
		{ "the line is never tested", "Each month the line is tested.", MATCH_DIFFERS },
		{ "tested is line the", "Each month the line is tested.", MATCH_NONE },
		{ "the line is", "The line isolates.", MATCH_DIFFERS },
		{ "линия ПРОВЕРЯЕТСЯ ежемесячно", "Линия проверяется ежемесячно.", MATCH_WORDS },
		{ "we admit everything", "The line is tested each month.", MATCH_NONE },
		{ "…", "Nothing of the kind.", MATCH_NONE },
		{ "words", "", MATCH_NONE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum claim_match match;

		assert_ok(claim_match(bytes_of_string(rows[i].quotation),
		                      bytes_of_string(rows[i].text), &match, NULL));
		if (match != rows[i].match)
			fail_msg("'%s' in '%s': %s", rows[i].quotation, rows[i].text,
			         claim_match_name(match));
	}
}

static void test_scope(void **state)
{
	static const char *const refused[] = { "",           "some",        "parts",
		                               "parts ",     "parts 0",     "parts 2,1",
		                               "parts 1,1",  "parts 3-2",   "parts 1-",
		                               "parts 1,,2", "parts 1, 2",  "parts 01",
		                               "all parts",  "parts 1-2,2", "parts -1" };
	struct scope scope;

	(void)state;
	assert_ok(scope_parse(bytes_of_string("all"), &scope));
	assert_true(scope_has(&scope, 4096));
	assert_ok(scope_parse(bytes_of_string("parts 1,3-5"), &scope));
	for (uint64_t part = 1; part <= 6; part++)
		assert_int_equal(scope_has(&scope, part), part != 2 && part != 6);
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		if (scope_parse(bytes_of_string(refused[i]), &scope) == OK)
			fail_msg("'%s' was taken", refused[i]);
}

static int set_up(void **state)
{
	(void)state;
	fixture = fixture_charter();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),    cmocka_unit_test(test_words_alone),
		cmocka_unit_test(test_refused),  cmocka_unit_test(test_whole_log),
		cmocka_unit_test(test_pieces),   cmocka_unit_test(test_void_by_word),
		cmocka_unit_test(test_exercise), cmocka_unit_test(test_span),
		cmocka_unit_test(test_match),    cmocka_unit_test(test_scope),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
