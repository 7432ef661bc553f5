/* Certificates of silence as folders: made, verified, and forged. */
#include "charters.h"
#include "silence_fixture.h"

static int set_up(void **state)
{
	struct silence_fixture *f = allocate(1, sizeof(*f));

	assert_non_null(f);
	silence_fixture_init(f);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	silence_fixture_release(*state);
	release_memory(*state);
	return 0;
}

/* --- verifying ----------------------------------------------------------------------- */

static void verify(struct silence_fixture *f, struct bundle *ret_bundle,
                   struct bundle_report *ret_report)
{
	struct bundle_purpose purpose = silence_purpose();
	struct error error;

	*ret_bundle = (struct bundle){ .act_count = 0 };
	if (bundle_verify(f->path, &purpose, 1, ret_bundle, ret_report, &error) != OK)
		fail_msg("%s", error.message);
}

static void assert_certified(struct silence_fixture *f, struct silence *ret_silence)
{
	struct silence_statement statement;
	struct bundle_report report;
	struct bundle bundle;

	verify(f, &bundle, &report);
	if (!report.intact)
		fail_msg("%s: %s", report.damage.file, report.damage.reason);
	assert_ok(bundle_silence(&bundle, &statement, ret_silence, NULL));
	ret_silence->neutral = bytes_of(NULL, 0);
	bundle_release(&bundle);
}

static void assert_damage(struct silence_fixture *f, const char *file)
{
	struct bundle_report report;
	struct bundle bundle;

	verify(f, &bundle, &report);
	if (report.intact)
		fail_msg("it is intact, and %s should not be", file);
	if (strcmp(report.damage.file, file) != 0)
		fail_msg("%s (%s) instead of %s", report.damage.file, report.damage.reason, file);
}

static void put_file(const struct silence_fixture *f, const char *name, const char *mode,
                     struct bytes content)
{
	char path[192];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", f->path, name);
	file = fopen(path, mode);
	assert_non_null(file);
	assert_int_equal(fwrite(content.data, 1, content.size, file), content.size);
	assert_int_equal(fclose(file), 0);
}

static void put_statement(const struct silence_fixture *f,
                          const struct silence_statement *statement)
{
	struct buffer text;

	buffer_init(&text, SILENCE_STATEMENT_MAXIMUM);
	assert_ok(silence_statement_print(statement, &text));
	put_file(f, SILENCE_STATEMENT_FILE, "wb", buffer_view(&text));
	buffer_release(&text);
}

/* --- what holds -------------------------------------------------------------------- */

static void test_both_forms(void **state)
{
	struct silence_fixture *f = *state;
	struct silence silence;

	for (unsigned form = 0; form < SILENCE_FORM_COUNT; form++) {
		make(f, (enum silence_form)form);
		assert_certified(f, &silence);
		assert_int_equal(silence.form, form);
		assert_int_equal(silence.deadline, f->silence.deadline);
		assert_int_equal(silence.late_time, f->silence.late_time);
		assert_int_equal(silence.head_size, f->silence.head_size);
		assert_string_equal(silence.name, f->silence.name);
		/* The receipt stands behind the appointment of another log key. */
		assert_string_equal(silence.started_by, f->silence.started_by);
		assert_non_null(strstr(silence.started_by, "south.2-"));
		remove_folder(f->path);
	}
}

/* Entries that came later change nothing but how far it speaks. */
static void test_later_entries(void **state)
{
	struct silence_fixture *f = *state;
	struct silence silence;

	f->record.s.now += SCENARIO_DAY;
	scenario_say(&f->record.s, (struct line){ SOUTH, "b.second", KIND_NOTIFY });
	assert_verdict(&f->record.s, VOID_NONE);
	scenario_receipt(&f->record.s, NORTH);
	sign_heads(&f->record);
	make(f, SILENCE_SPAN);
	assert_certified(f, &silence);
	assert_int_equal(silence.late, SILENCE_BY_ENTRY);
}

/* Under an amended charter the rules decide, with the text of both; the short form would hide
 * the amendment. */
static void test_an_amended_channel(void **state)
{
	struct silence_fixture *f = *state;
	struct scenario *s = &f->record.s;
	struct charter longer = *s->charter;
	struct silence_statement statement;
	char first[HASH_BASE64_CAPACITY];
	struct bundle_writer *writer;
	struct act_place proposed;
	struct amended amended;
	struct silence silence;
	struct line completes;
	struct bytes view;

	longer.request_flash = 3 * SCENARIO_DAY;
	amended_print(&amended, &longer);
	view = buffer_view(&amended.text);
	hash_to_base64(&s->charter->hash, first);
	assert_ok(rules_add_charter(s->rules, view, NULL));
	proposed = scenario_say(s, amend_line(NORTH, "2", first, amended.name, NULL));
	assert_verdict(s, VOID_NONE);
	completes = amend_line(SOUTH, "2", first, amended.name, &proposed);
	completes.author = "b.second";
	scenario_say(s, completes);
	assert_verdict(s, VOID_NONE);
	f->asked = ask(s);
	scenario_receipt(s, SOUTH);
	s->now += 4 * SCENARIO_DAY;
	stamp_south(s);
	sign_heads(&f->record);
	f->record.source.amended = &view;
	f->record.source.amended_count = 1;
	make(f, SILENCE_WHOLE);
	assert_certified(f, &silence);
	assert_int_equal(silence.charter, 2);
	assert_int_equal(silence.clock, 3 * SCENARIO_DAY);
	/* Without that text nothing can be judged. */
	put_file(f, "charter.2.txt", "wb", f->record.source.charter);
	assert_damage(f, "charter.2.txt");
	writer = writer_of(f);
	assert_int_equal(judge(f, writer), SILENCE_CERTIFIED);
	statement = statement_of(f, SILENCE_SPAN);
	assert_int_equal(bundle_silence_choose(writer, &f->silence, &statement, NULL), ERROR_STATE);
	bundle_writer_free(writer);
	amended_release(&amended);
}

/* --- forgeries ---------------------------------------------------------------------- */

static void test_the_page_is_another(void **state)
{
	struct silence_fixture *f = *state;

	make(f, SILENCE_SPAN);
	put_file(f, SILENCE_PAGE_FILE, "ab", bytes_of_string("And south admitted it.\n"));
	assert_damage(f, SILENCE_PAGE_FILE);
}

static void test_the_statement_is_another(void **state)
{
	struct silence_fixture *f = *state;
	struct silence_statement statement;

	make(f, SILENCE_SPAN);
	statement = statement_of(f, SILENCE_WHOLE);
	put_statement(f, &statement);
	assert_damage(f, SILENCE_PAGE_FILE); /* not whole */
	statement = statement_of(f, SILENCE_SPAN);
	put_statement(f, &statement);
	assert_damage(f, SILENCE_PAGE_FILE); /* neither path nor edge */
	statement.act.number--;
	put_statement(f, &statement);
	assert_damage(f, SILENCE_PAGE_FILE);
	statement = statement_of(f, SILENCE_SPAN);
	statement.act.generation = 2;
	put_statement(f, &statement);
	assert_damage(f, SILENCE_PAGE_FILE);
	put_file(f, SILENCE_STATEMENT_FILE, "wb", bytes_of_string("chirograph.silence/2\n"));
	assert_damage(f, SILENCE_PAGE_FILE);
}

/* Nothing is written that would not verify: the writer reads it as a stranger. */
static void assert_not_written(struct silence_fixture *f, struct bundle_writer *writer,
                               const struct silence_statement *statement)
{
	struct error error = { 0 };
	struct buffer text;

	buffer_init(&text, SILENCE_STATEMENT_MAXIMUM);
	assert_ok(silence_statement_print(statement, &text));
	assert_ok(bundle_writer_given(writer, buffer_view(&text), NULL));
	buffer_release(&text);
	assert_int_not_equal(write_it(f, writer, &error), OK);
	remove_folder(f->path);
}

static void test_entries_are_left_out(void **state)
{
	struct silence_fixture *f = *state;
	struct silence_statement chosen = statement_of(f, SILENCE_SPAN);
	struct bundle_writer *writer = writer_of(f);
	uint64_t size = f->record.s.counts[SOUTH];

	assert_int_equal(judge(f, writer), SILENCE_CERTIFIED);
	assert_ok(bundle_silence_choose(writer, &f->silence, &chosen, NULL));
	bundle_writer_free(writer);
	/* The act and nothing else. */
	writer = writer_of(f);
	assert_ok(bundle_writer_subject(writer, f->asked, NULL));
	assert_not_written(f, writer, &chosen);
	/* The span, and not the stamp: north's log is cut before it. */
	buffer_clear(&f->record.heads[NORTH]);
	fixture_head(&f->record, NORTH, f->record.s.counts[NORTH] - 1, false,
	             &f->record.heads[NORTH]);
	fixture_witness(&f->record, NORTH);
	f->record.source.heads[NORTH] = buffer_view(&f->record.heads[NORTH]);
	writer = writer_of(f);
	assert_int_equal(judge(f, writer), SILENCE_NO_LATE_HEAD);
	assert_ok(bundle_writer_subject(writer, f->asked, NULL));
	assert_ok(bundle_writer_span(writer, SOUTH, chosen.before.size, size, NULL));
	assert_not_written(f, writer, &chosen);
}

/* North takes its request back, and shows its log only up to before that. */
static void test_a_retraction_is_cut_off(void **state)
{
	struct silence_fixture *f = *state;
	struct scenario *s = &f->record.s;
	struct silence_statement statement;
	struct bundle_writer *writer;
	struct error error;

	f->asked = ask(s);
	scenario_receipt(s, SOUTH);
	scenario_log(s, (struct line){ NORTH, "a.deputy", KIND_RETRACT, .target = &f->asked });
	assert_verdict(s, VOID_NONE);
	s->now += SCENARIO_DAY;
	/* South, which has not seen it, says something else. */
	scenario_log(s, (struct line){ SOUTH, "b.second", KIND_NOTIFY });
	assert_verdict(s, VOID_NONE);
	sign_heads(&f->record);
	writer = writer_of(f);
	assert_int_equal(judge(f, writer), SILENCE_RETRACTED);
	bundle_writer_free(writer);
	buffer_clear(&f->record.heads[NORTH]);
	fixture_head(&f->record, NORTH, f->record.s.counts[NORTH] - 1, false,
	             &f->record.heads[NORTH]);
	fixture_witness(&f->record, NORTH);
	f->record.source.heads[NORTH] = buffer_view(&f->record.heads[NORTH]);
	writer = writer_of(f);
	assert_int_equal(judge(f, writer), SILENCE_OWN_LOG_TOO_EARLY);
	statement = statement_of(f, SILENCE_WHOLE);
	f->silence.verdict = SILENCE_CERTIFIED;
	assert_ok(bundle_silence_choose(writer, &f->silence, &statement, &error));
	assert_int_not_equal(write_it(f, writer, &error), OK);
}

/* Whoever answered, late or not, is not silent. */
static void test_an_answer(void **state)
{
	struct silence_fixture *f = *state;
	struct silence_statement statement = statement_of(f, SILENCE_WHOLE);
	struct bundle_writer *writer = writer_of(f);
	struct error error;

	assert_int_equal(judge(f, writer), SILENCE_CERTIFIED);
	bundle_writer_free(writer);
	scenario_say(&f->record.s,
	             (struct line){ SOUTH, "b.second", KIND_NOT_HELD, .answers = &f->asked });
	assert_verdict(&f->record.s, VOID_NONE);
	scenario_receipt(&f->record.s, NORTH);
	sign_heads(&f->record);
	/* As if it were certified. */
	writer = writer_of(f);
	for (unsigned party = 0; party < 2; party++)
		f->silence.sizes[party] = f->record.s.counts[party];
	assert_ok(bundle_silence_choose(writer, &f->silence, &statement, &error));
	assert_int_not_equal(write_it(f, writer, &error), OK);
	remove_folder(f->path);
	statement = statement_of(f, SILENCE_SPAN);
	writer = writer_of(f);
	assert_ok(bundle_silence_choose(writer, &f->silence, &statement, &error));
	assert_int_not_equal(write_it(f, writer, &error), OK);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_both_forms),
		TEST(test_later_entries),
		TEST(test_an_amended_channel),
		TEST(test_the_page_is_another),
		TEST(test_the_statement_is_another),
		TEST(test_entries_are_left_out),
		TEST(test_a_retraction_is_cut_off),
		TEST(test_an_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
