/* Records of which one log was cut: what is named is the log that ends too early,
 * and not the other, which is whole. */
#include "record_fixture.h"

static int set_up(void **state)
{
	struct record_fixture *f = allocate(1, sizeof(*f));

	assert_non_null(f);
	record_fixture_init(f, 0);
	fixture_write(f);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	record_fixture_release(*state);
	release_memory(*state);
	return 0;
}

static void assert_short(struct record_fixture *f, const char *file)
{
	struct record_report report;

	fixture_verify(f, &report);
	assert_false(report.intact);
	assert_string_equal(report.damage.file, file);
	assert_int_equal(report.damage.code, ERROR_NOT_FOUND);
	assert_non_null(strstr(report.damage.reason, "a receipt for more"));
}

/* All of a log is gone, as if its party had never acceded. */
static void test_absent_log(void **state)
{
	struct record_fixture *f = *state;

	run_in(f->record, "rm -r south charter.south.sig");
	assert_short(f, "south/checkpoint");
}

/* A log as it was earlier, with the head that was signed and cosigned then. */
static void test_earlier_log(void **state)
{
	struct record_fixture *f = *state;

	run_in(f->folder, "mv record whole");
	fixture_head(f, NORTH, 8, true, &f->heads[NORTH]);
	fixture_head(f, SOUTH, 8, true, &f->heads[SOUTH]);
	f->source.heads[NORTH] = buffer_view(&f->heads[NORTH]);
	f->source.heads[SOUTH] = buffer_view(&f->heads[SOUTH]);
	fixture_write(f);
	fixture_assert_intact(f);
	run_in(f->folder, "rm -r record/south && cp -R whole/south record/south");
	assert_short(f, "north/checkpoint");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_absent_log, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_earlier_log, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
