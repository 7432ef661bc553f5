/* Bundles as they should be: what is chosen, what is written, what it shows. */
#include "bundle_findings.h"
#include "bundle_fixture.h"
#include "bundle_press.h"
#include "torture.h"

static int set_up(void **state)
{
	struct bundle_fixture *f = allocate(1, sizeof(*f));

	assert_non_null(f);
	bundle_fixture_init(f);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	bundle_fixture_release(*state);
	release_memory(*state);
	return 0;
}

static void test_disclosure(void **state)
{
	struct bundle_fixture *f = *state;
	struct bundle_report report;
	const struct bundle_act *act;
	struct bundle bundle;

	fixture_bundle(f);
	assert_true(bundle_is_one(f->path));
	fixture_check(f, &bundle, &report);
	if (!report.intact)
		fail_msg("%s: %s", report.damage.file, report.damage.reason);
	assert_string_equal(bundle.text.purpose, "disclosure");
	assert_false(bundle.whole);
	assert_int_equal(bundle.text.subject_count, 1);
	assert_int_equal(bundle.text.part_count, 2);
	act = bundle_act_at(&bundle, f->record.sealed);
	assert_non_null(act);
	assert_true(act->is_subject);
	assert_true(act->receipted);
	assert_int_equal(act->verdict.code, VERDICT_VALID);
	/* Its reseal and the fault against it came later. */
	assert_non_null(bundle_act_at(&bundle, f->record.resealed));
	assert_true(bundle.text.later_included);
	assert_true(bundle.heads[NORTH].countersigned);
	assert_int_not_equal(bundle.heads[NORTH].countersigned_at, 0);
	bundle_release(&bundle);
}

static void test_whole(void **state)
{
	struct bundle_fixture *f = *state;
	struct bundle_writer *writer = fixture_writer(f);
	struct bundle_report report;
	struct bundle bundle;

	assert_ok(bundle_writer_subject(writer, f->record.sealed, NULL));
	for (unsigned party = 0; party < 2; party++)
		assert_ok(bundle_writer_span(writer, party, 0, f->record.s.counts[party], NULL));
	fixture_write_bundle(f, writer, NULL);
	fixture_check(f, &bundle, &report);
	if (!report.intact)
		fail_msg("%s: %s", report.damage.file, report.damage.reason);
	assert_true(bundle.whole);
	assert_int_equal(rules_size(bundle.state.rules, SOUTH), f->record.s.counts[SOUTH]);
	assert_int_equal(bundle.text.void_count, 1);
	bundle_release(&bundle);
}

/* Whether a question about the notification is open in a bundle that shows north's log from
 * `first` on, and all of its own. */
static bool is_open(struct bundle_fixture *f, uint64_t first, enum bundle_gap_kind kind)
{
	const struct act_place sealed = f->record.sealed;
	struct bundle_writer *writer = fixture_writer(f);
	struct bundle_report report;
	struct bundle_gap *gaps;
	struct bundle bundle;
	bool open = false;
	size_t count;

	run_in(f->record.folder, "rm -rf bundle");
	assert_ok(bundle_writer_subject(writer, sealed, NULL));
	assert_ok(
	    bundle_writer_span(writer, SOUTH, sealed.number, f->record.s.counts[SOUTH], NULL));
	assert_ok(bundle_writer_span(writer, NORTH, first, f->record.s.counts[NORTH], NULL));
	fixture_write_bundle(f, writer, NULL);
	fixture_check(f, &bundle, &report);
	assert_true(report.intact);
	assert_ok(bundle_gaps(&bundle, &gaps, &count));
	for (size_t i = 0; i < count; i++)
		open = open || gaps[i].kind == kind;
	release_memory(gaps);
	bundle_release(&bundle);
	return open;
}

/* The receipt that is shown need not be the first: an answer may lie between. */
static void test_what_closes_a_question(void **state)
{
	struct bundle_fixture *f = *state;
	uint64_t receipt = rules_act(f->record.s.rules, f->record.sealed)->receipted_by;
	uint64_t before = receipt;

	do
		before--;
	while (rules_act(f->record.s.rules, (struct act_place){ NORTH, before })->kind->number !=
	       KIND_RECEIPT);
	assert_true(is_open(f, receipt, BUNDLE_GAP_ANSWERS));
	assert_true(is_open(f, before + 1, BUNDLE_GAP_ANSWERS));
	assert_false(is_open(f, before, BUNDLE_GAP_ANSWERS));
	assert_false(is_open(f, before, BUNDLE_GAP_FAULT));
	assert_false(is_open(f, before, BUNDLE_GAP_LATER));
	assert_true(is_open(f, before, BUNDLE_GAP_RULES));
	assert_true(is_open(f, before, BUNDLE_GAP_RECALLED));
	assert_false(is_open(f, before, BUNDLE_GAP_NOT_RECEIPTED));
}

static int verify_once(void *context)
{
	struct bundle_fixture *f = context;
	struct bundle_report report;
	struct bundle bundle;
	int r = bundle_verify(f->path, NULL, 0, &bundle, &report, NULL);

	if (r != OK)
		return r;
	assert_true(report.intact);
	bundle_release(&bundle);
	return OK;
}

/* That memory fails is never said of the bundle. */
static void test_memory(void **state)
{
	fixture_bundle(*state);
	torture(verify_once, *state);
}

/* Only what the choice needs is shown of persons. */
static void test_persons(void **state)
{
	struct bundle_fixture *f = *state;
	struct act_place place = { NORTH, 0 };
	struct bundle_writer *writer = fixture_writer(f);
	const struct bundle_text *text;

	while (strcmp(rules_act(f->record.s.rules, place)->author, "a.deputy") != 0)
		place.number++;
	assert_ok(bundle_writer_subject(writer, place, NULL));
	assert_ok(bundle_writer_settle(writer, NULL, &text, NULL));
	for (unsigned party = 0; party < 2; party++)
		for (uint64_t i = 0; i < rules_size(f->record.s.rules, party); i++) {
			const struct act_place at = { party, i };
			const struct act_summary *act = rules_act(f->record.s.rules, at);

			/* South's officer was accredited and recalled, and signs nothing here. */
			if (act->kind->number == KIND_ACCREDIT || act->kind->number == KIND_RECALL)
				assert_int_equal(bundle_text_has(text, at), party == NORTH);
			if (act->kind->number == KIND_APPOINT)
				assert_true(bundle_text_has(text, at));
		}
	assert_int_equal(bundle_writer_act(writer, place, false, NULL), ERROR_STATE);
	bundle_writer_free(writer);
}

/* The answer to whether the words of the notification's first part stand in the record. */
static enum claim_answer_kind ask_for_words(struct bundle_fixture *f, struct bundle *bundle)
{
	struct press_answer answers[CLAIM_LINES_MAXIMUM];
	struct claim claim;

	buffer_release(&bundle->given);
	buffer_init(&bundle->given, CLAIM_SIZE_MAXIMUM);
	assert_ok(buffer_put_string(&bundle->given, "chirograph.claim/1\nquotation "));
	assert_ok(buffer_put_bytes(&bundle->given, f->record.seal.body.contents[0]));
	assert_ok(buffer_put_u8(&bundle->given, '\n'));
	assert_ok(bundle_press(bundle, &claim, answers, NULL));
	return answers[0].kind;
}

/* Words in an act that is void, or of an exercise, are nothing that its side has said. */
static void test_words_that_do_not_count(void **state)
{
	struct bundle_fixture *f = *state;
	struct bundle_report report;
	struct bundle_act *act;
	struct bundle bundle;

	fixture_bundle(f);
	fixture_check(f, &bundle, &report);
	assert_true(report.intact);
	act = (struct bundle_act *)bundle_act_at(&bundle, f->record.sealed);
	assert_int_equal(ask_for_words(f, &bundle), CLAIM_IN_RECORD);
	act->entry.act.exercise = true;
	assert_int_equal(ask_for_words(f, &bundle), CLAIM_NOT_SHOWN);
	act->entry.act.exercise = false;
	act->verdict = (struct verdict){ VERDICT_VOID, VOID_NOT_ACCREDITED };
	assert_int_equal(ask_for_words(f, &bundle), CLAIM_NOT_SHOWN);
	bundle_release(&bundle);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_disclosure, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_whole, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_words_that_do_not_count, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_what_closes_a_question, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_memory, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_persons, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
