/* Bundles as they should be: what is chosen, what is written, what it shows. */
#include "bundle_fixture.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_disclosure, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_whole, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
