/* Records that an enemy has arranged, and honest ones that look odd, before verify.sh:
 * what is taken away, put in its way, or said in words that command a terminal. */
#include "record_fixture.h"

#include <sys/wait.h>

static struct record_fixture fixture;

static int set_up(void **state)
{
	(void)state;
	record_fixture_init(&fixture, 0);
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

static void need_tools(void)
{
	static const char *const tools[] = { "ssh-keygen", "openssl", "sha256sum", "base32" };

	for (size_t i = 0; i < sizeof(tools) / sizeof(tools[0]); i++)
		if (!command_exists(tools[i])) {
			print_message("# skipped: there is no %s here\n", tools[i]);
			skip();
		}
}

/* --- running --------------------------------------------------------------------- */

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

/* Copies the record, changes the copy, and has its script judge it from elsewhere,
 * in a folder whose name has a space; expects an exit status and some words. */
static void expect(const char *change, int status, const char *said)
{
	char line[4096];
	int ended;

	assert_true(snprintf(line, sizeof(line),
	                     "cd '%s' && rm -rf 'a copy' && cp -R record 'a copy' && "
	                     "(cd 'a copy' && { %s\n}) && "
	                     "timeout 120 sh 'a copy/verify.sh' >output 2>&1",
	                     fixture.folder, change) < (int)sizeof(line));
	ended = system(line);
	assert_true(WIFEXITED(ended));
	if (WEXITSTATUS(ended) != status || !output_has(said))
		fail_msg("%s: status %d instead of %d; %d", change, WEXITSTATUS(ended), status,
		         output_has(said));
}

/* --- what is missing ---------------------------------------------------------------- */

static void test_nothing_can_be_taken_away(void **state)
{
	(void)state;
	need_tools();
	expect("rm -r south charter.south.sig", 1, "south/checkpoint ends at 0 acts");
	expect("rm south/checkpoint", 1, "south/checkpoint is missing");
	expect("rm charter.north.sig", 1, "charter.north.sig is missing");
	expect("rm -r north/acts/000007*", 1, "000007.act or its signature is missing");
}

/* --- what is put there --------------------------------------------------------------- */

static void test_nothing_can_be_added(void **state)
{
	(void)state;
	need_tools();
	expect("cp north/acts/000003.act north/acts/000099.act", 1,
	       "north/acts has acts that the log has not");
	expect("cp bodies/south-7.age bodies/north-3.age", 1,
	       "bodies has sealed bodies that no act names");
	expect("rm bodies/south-7.age; mkfifo bodies/south-7.age", 1, "south-7.age is neither");
	expect("rm north/acts/000003.act; ln -s /dev/zero north/acts/000003.act", 1,
	       "000003.act is neither");
	expect("mkfifo \"$(printf 'x\\033[2J')\"", 1, "./x?[2J is neither");
	expect("cp south/policy north/policy", 1, "north/policy names no receipt key");
}

/* An author whose name would clear the screen. */
static void test_words_do_not_command(void **state)
{
	(void)state;
	need_tools();
	expect("ssh-keygen -q -t ed25519 -N '' -f ../key && cd north/acts && "
	       "{ sed '/^author/,$d' 000003.act; printf 'author x\\033[2J\\\\033[2J\\n'; } >t && "
	       "mv t 000003.act && ssh-keygen -q -Y sign -n chirograph-act -f ../../../key "
	       "000003.act && sed -n '/^logged/p' 000003.sig >>000003.act.sig && "
	       "mv 000003.act.sig 000003.sig",
	       1, "accredited to x?[2J\\033[2J@north");
}

/* A log without a tree: whoever has its key can sign a size that no shell can count. */
static void test_sizes_that_are_none(void **state)
{
	static const char *const sizes[] = { "0", "99999999999999999999", "-1", "1 -o 1" };
	struct ed25519_secret secret = fixture_secret(NORTH, FIXTURE_LOG);
	struct note_key key = fixture_note_key(&fixture, NORTH, "", NOTE_KEY_ED25519, &secret);
	struct buffer note, text;

	(void)state;
	need_tools();
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		buffer_init(&note, NOTE_MAXIMUM);
		buffer_init(&text, NOTE_MAXIMUM);
		assert_ok(buffer_put_format(&text, "%s\n%s\n\n", key.name, sizes[i]));
		assert_ok(buffer_put_bytes(&note, buffer_view(&text)));
		assert_ok(buffer_put_string(&note, "\n"));
		assert_ok(note_sign(&key, &secret, buffer_view(&text), &note));
		write_file(fixture.folder, "note", buffer_view(&note));
		expect("cp ../note north/checkpoint", 1, "north/checkpoint has no size");
		buffer_release(&text);
		buffer_release(&note);
	}
}

/* --- odd, but honest ----------------------------------------------------------------- */

static void write_another(const struct record_options *options)
{
	run_in(fixture.folder, "rm -r record");
	assert_ok(record_write(fixture.record, &fixture.source, options, NULL, NULL));
}

/* A head that was replaced has signed the charter all the same. */
static void test_record_without_acts(void **state)
{
	const struct record_options options = { .acts = RECORD_ACTS_NEVER };

	(void)state;
	need_tools();
	write_another(&options);
	expect("true", 0, "charter: signed by b.head@south");
}

static void test_earlier_receipt_key(void **state)
{
	(void)state;
	need_tools();
	fixture.receipt_keys[SOUTH] = NULL;
	fixture_head(&fixture, NORTH, fixture.s.counts[NORTH], true, &fixture.heads[NORTH]);
	fixture.source.heads[NORTH] = buffer_view(&fixture.heads[NORTH]);
	write_another(NULL);
	expect("true", 0, "north/checkpoint is cosigned by a receipt key that south has replaced");
	expect("sed -i -e 's/receipt \\(.\\{60\\}\\)A/receipt \\1B/' -e t "
	       "-e 's/receipt \\(.\\{60\\}\\)./receipt \\1A/' north/checkpoint",
	       1, "does not verify by any key that south has had");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_can_be_taken_away),
		cmocka_unit_test(test_nothing_can_be_added),
		cmocka_unit_test(test_words_do_not_command),
		cmocka_unit_test(test_sizes_that_are_none),
		cmocka_unit_test(test_record_without_acts),
		cmocka_unit_test(test_earlier_receipt_key),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
