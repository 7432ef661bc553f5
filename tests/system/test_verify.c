/* Stock tools as judges of a record: verify.sh in several shells, the commands that
 * README.txt prints, and another implementation of logs (tests/interop/record). */
#include "record_fixture.h"

#include <ctype.h>
#include <sys/wait.h>

static struct record_fixture fixture;
static char go_verifier[128]; /* empty when there is none */

static int set_up(void **state)
{
	(void)state;
	record_fixture_init(&fixture, 30);
	fixture.opens = true;
	fixture_write(&fixture);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	record_fixture_release(&fixture);
	return 0;
}

/* --- running --------------------------------------------------------------------- */

/* Runs a command in the record, its output into folder/output; its exit status. */
static int run(const char *command)
{
	char line[4096];
	int status;

	assert_true(snprintf(line, sizeof(line), "cd '%s' && { %s\n} >'%s/output' 2>&1",
	                     fixture.record, command, fixture.folder) < (int)sizeof(line));
	status = system(line);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static bool output_has(const char *text)
{
	struct buffer output;
	bool found;

	buffer_init(&output, 1 << 20);
	read_file(fixture.folder, "output", &output);
	assert_ok(buffer_put_u8(&output, 0));
	found = strstr((const char *)output.data, text) != NULL;
	if (!found)
		print_message("# '%s' is not in: %s\n", text, (const char *)output.data);
	buffer_release(&output);
	return found;
}

/* Skips the test where a tool is missing, and says so. */
static void need(const char *tool)
{
	if (command_exists(tool))
		return;
	print_message("# skipped: there is no %s here\n", tool);
	skip();
}

static void need_tools(void)
{
	need("ssh-keygen");
	need("openssl");
	need("sha256sum");
	need("base32");
}

/* Changes one byte of a file, or back. */
static void flip(const char *name, size_t offset)
{
	struct buffer content;

	buffer_init(&content, 1 << 20);
	read_file(fixture.record, name, &content);
	assert_true(offset < content.size);
	content.data[offset] ^= 1;
	write_file(fixture.record, name, buffer_view(&content));
	buffer_release(&content);
}

/* --- verify.sh -------------------------------------------------------------------- */

static void test_script_in_shells(void **state)
{
	static const char *const shells[] = { "sh", "dash", "bash", "busybox sh", "ksh" };
	char command[64], tool[16];

	(void)state;
	need_tools();
	for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++) {
		snprintf(tool, sizeof(tool), "%.*s", (int)strcspn(shells[i], " "), shells[i]);
		if (!command_exists(tool))
			continue;
		snprintf(command, sizeof(command), "%s verify.sh", shells[i]);
		if (run(command) != 0)
			fail_msg("%s: %d", command, output_has("what was checked is right"));
		assert_true(output_has("what was checked is right"));
		assert_true(output_has("north: cosigned by south at size 28"));
		assert_true(output_has("south: 33 acts"));
		assert_true(output_has("b.officer@south: void"));
		assert_true(output_has("on the log of south is signed by another key"));
		assert_true(output_has("bodies: 2 sealed"));
	}
}

static void test_script_finds_damage(void **state)
{
	static const struct {
		const char *file;
		size_t offset;
		const char *said;
	} cases[] = {
		{ "charter.txt", 150, "charter.north.sig is not" },
		{ "charter.south.sig", 110, "charter.south.sig is not" },
		{ "north/acts/000005.act", 180, "000005.sig is not" },
		{ "north/acts/000006.2.sig", 200, "000006.2.sig is not" },
		{ "north/checkpoint", 83, "WRONG" },
		{ "south/checkpoint", 200, "WRONG" },
		{ "south/acts/000004.sig", 310, "WRONG" },
		{ "bodies/south-7.age", 400, "bodies/south-7.age is not" },
	};

	(void)state;
	need_tools();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		flip(cases[i].file, cases[i].offset);
		if (run("sh verify.sh") != 1 || !output_has(cases[i].said))
			fail_msg("%s", cases[i].file);
		flip(cases[i].file, cases[i].offset);
	}
	assert_int_equal(run("mv north/acts/000003.act kept && sh verify.sh"), 1);
	assert_true(output_has("000003.act or its signature is missing"));
	assert_int_equal(run("mv kept north/acts/000003.act && sh verify.sh"), 0);
}

/* A record whose charter would have the script do something else. */
static void test_script_is_not_led(void **state)
{
	(void)state;
	need_tools();
	assert_int_equal(run("cp charter.txt kept && "
	                     "sed -i 's|^party north|party $(touch led)|' charter.txt && "
	                     "sh verify.sh"),
	                 1);
	assert_true(output_has("does not name two parties"));
	assert_int_equal(run("mv kept charter.txt && test ! -e led"), 0);
}

/* --- README.txt --------------------------------------------------------------------- */

/* Whether a printed command is one for this record and for stock tools. */
static bool is_for_here(const char *command)
{
	return strstr(command, "IDENTITY") == NULL && strstr(command, "ACT.age") == NULL &&
	       strncmp(command, "chiro ", 6) != 0 && islower((unsigned char)command[0]) &&
	       strncmp(command, "channel ", 8) != 0 && strncmp(command, "as of ", 6) != 0;
}

static void test_readme_commands(void **state)
{
	struct buffer readme, command;
	unsigned count = 0;
	char *line, *next;

	(void)state;
	need_tools();
	buffer_init(&readme, 1 << 20);
	buffer_init(&command, 4096);
	read_file(fixture.record, "README.txt", &readme);
	assert_ok(buffer_put_u8(&readme, 0));
	for (line = (char *)readme.data; line != NULL; line = next) {
		next = strchr(line, '\n');
		if (next != NULL)
			*next++ = '\0';
		if (strncmp(line, "    ", 4) != 0)
			continue;
		assert_ok(buffer_put_string(&command, line + 4));
		if (line[strlen(line) - 1] == '\\') {
			assert_ok(buffer_put_string(&command, "\n"));
			continue;
		}
		assert_ok(buffer_put_u8(&command, 0));
		if (is_for_here((const char *)command.data)) {
			count++;
			if (run((const char *)command.data) != 0)
				fail_msg("%s", (const char *)command.data);
		}
		buffer_clear(&command);
	}
	/* verify.sh, sha256sum, channel id, two heads, an act and its principal. */
	assert_int_equal(count, 7);
	assert_true(output_has("a.deputy@north"));
	buffer_release(&command);
	buffer_release(&readme);
}

/* --- another implementation ----------------------------------------------------------- */

static int build_go_verifier(void **state)
{
	const char *root = getenv("CHIRO_ROOT");
	char command[512];

	(void)state;
	go_verifier[0] = '\0';
	if (root == NULL || !command_exists("go"))
		return 0;
	snprintf(command, sizeof(command),
	         "cd '%s/tests/interop/record' && "
	         "timeout 120 go build -buildvcs=false -o '%s/verify-log' . >'%s/output' 2>&1",
	         root, fixture.folder, fixture.folder);
	if (system(command) == 0)
		snprintf(go_verifier, sizeof(go_verifier), "%s/verify-log .", fixture.folder);
	return 0;
}

static void test_other_implementation(void **state)
{
	static const struct {
		const char *file;
		size_t offset;
	} cases[] = {
		{ "north/tile/0/000.p/28", 70 },
		{ "south/tile/entries/000.p/33", 1000 },
		{ "south/checkpoint", 83 },
		{ "south/checkpoint", 330 },
		{ "north/acts/000009.tlog-proof", 60 },
		{ "north/acts/000009.act", 60 },
	};

	(void)state;
	if (go_verifier[0] == '\0') {
		print_message("# skipped: there is no go here, or its modules cannot be had\n");
		skip();
	}
	if (run(go_verifier) != 0)
		fail_msg("the record is refused: %d", output_has("entries"));
	assert_true(output_has("north: 28 entries"));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		flip(cases[i].file, cases[i].offset);
		if (run(go_verifier) != 1)
			fail_msg("%s", cases[i].file);
		flip(cases[i].file, cases[i].offset);
	}
	assert_int_equal(run(go_verifier), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_script_in_shells),
		cmocka_unit_test(test_script_finds_damage),
		cmocka_unit_test(test_script_is_not_led),
		cmocka_unit_test(test_readme_commands),
		cmocka_unit_test_setup(test_other_implementation, build_go_verifier),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
