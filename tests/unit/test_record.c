/* Records as they should be: what is written, that it verifies, what it leaves open. */
#include "record_fixture.h"

#include <sys/stat.h>

static int set_up(void **state)
{
	static struct record_fixture fixture;

	record_fixture_init(&fixture, 0);
	*state = &fixture;
	return 0;
}

static int tear_down(void **state)
{
	record_fixture_release(*state);
	return 0;
}

static void test_written_record_is_intact(void **state)
{
	struct record_fixture *f = *state;

	fixture_write(f);
	fixture_assert_intact(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_written_record_is_intact, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
