/* Records as they should be: what is written, that it verifies, what it leaves open,
 * and what is no record although every signature in it is good. */
#include "policy.h"
#include "record_fixture.h"
#include "stamp_fixture.h"
#include "torture.h"

#include <sys/stat.h>

static int set_up_with(void **state, uint64_t more)
{
	struct record_fixture *f = allocate(1, sizeof(*f));

	assert_non_null(f);
	record_fixture_init(f, more);
	*state = f;
	return 0;
}

static int set_up(void **state)
{
	return set_up_with(state, 0);
}

/* Several bundles and two levels of tiles. */
static int set_up_long(void **state)
{
	return set_up_with(state, 1400);
}

static int tear_down(void **state)
{
	record_fixture_release(*state);
	release_memory(*state);
	return 0;
}

/* --- asserting ------------------------------------------------------------------ */

/* The count of the gap of this kind, which must be there. */
static uint64_t gap_count(const struct record_report *report, enum record_gap_kind kind,
                          unsigned party)
{
	for (size_t i = 0; i < report->gap_count; i++)
		if (report->gaps[i].kind == kind && report->gaps[i].party == party)
			return report->gaps[i].count;
	fail_msg("no gap of kind %d", (int)kind);
	return 0;
}

static bool has_file(const struct record_fixture *f, const char *name)
{
	char path[512];
	struct stat status;

	snprintf(path, sizeof(path), "%s/%s", f->record, name);
	return stat(path, &status) == 0;
}

static void assert_file(const struct record_fixture *f, const char *name, const char *content)
{
	struct buffer found;

	buffer_init(&found, 1 << 20);
	read_file(f->record, name, &found);
	assert_bytes_string(buffer_view(&found), content);
	buffer_release(&found);
}

static void assert_damage(struct record_fixture *f, const char *file, const char *act)
{
	struct record_report report;

	fixture_verify(f, &report);
	assert_false(report.intact);
	assert_string_equal(report.damage.file, file);
	assert_string_equal(report.damage.act, act);
}

/* --- what is written -------------------------------------------------------------- */

static void test_report_of_an_intact_record(void **state)
{
	struct record_fixture *f = *state;
	struct record_report report;

	fixture_write(f);
	fixture_verify(f, &report);
	assert_true(report.intact);
	assert_string_equal(report.channel, f->s.charter->channel);
	assert_string_equal(report.parties[0], "north");
	assert_string_equal(report.as_of[0], "north-12");
	assert_string_equal(report.as_of[1], "south.2-17");
	assert_int_equal(report.sizes[0], 13);
	assert_int_equal(report.logged[1], rules_last_logged(f->s.rules, SOUTH));
	assert_int_equal(report.state, CHANNEL_IN_FORCE);
	assert_int_equal(report.void_count[0], 0);
	assert_int_equal(report.void_count[1], 1);
	assert_true(report.has_acts);
	assert_int_equal(gap_count(&report, RECORD_GAP_BODIES_SEALED, SOUTH), 2);
	assert_int_equal(gap_count(&report, RECORD_GAP_BODIES_ABSENT, SOUTH), 2);
	assert_int_equal(gap_count(&report, RECORD_GAP_BODIES_ABSENT, NORTH), 2);
	assert_int_equal(gap_count(&report, RECORD_GAP_UNKNOWN_KINDS, NORTH), 1);
	assert_int_equal(report.gap_count, 4);
	for (unsigned kind = 0; kind < RECORD_GAP_KIND_COUNT; kind++)
		assert_non_null(record_gap_text((enum record_gap_kind)kind));
}

/* What neutrals say in the logs is verified with them, and counted. */
static void test_stamps(void **state)
{
	struct record_fixture *f = *state;
	struct record_report report;
	uint64_t size = rules_size(f->s.rules, NORTH);
	timestamp time = f->s.now;

	scenario_prove(&f->s, NORTH, (struct word){ STAMP_CHECKPOINT, NORTH, size, time });
	scenario_prove(&f->s, NORTH, (struct word){ STAMP_CHECKPOINT, SOUTH, 2, time });
	scenario_prove(&f->s, NORTH, (struct word){ STAMP_CERTIFICATE, NORTH, size, time });
	scenario_prove(&f->s, NORTH, (struct word){ STAMP_CERTIFICATE, NORTH, size, time + 2 });
	scenario_prove(&f->s, SOUTH, (struct word){ STAMP_ANSWER, NORTH, size - 1, time + 1 });
	scenario_stamp(&f->s, SOUTH, (struct word){ STAMP_CHECKPOINT, NORTH, 0, time });
	assert_verdict(&f->s, VOID_FIELD);
	fixture_settle(f);
	fixture_write(f);
	fixture_verify(f, &report);
	assert_true(report.intact);
	assert_int_equal(report.stamps[NORTH][STAMP_CHECKPOINT], 2);
	assert_int_equal(report.stamps[NORTH][STAMP_CERTIFICATE], 2);
	assert_int_equal(report.stamps[NORTH][STAMP_ANSWER], 0);
	assert_int_equal(report.stamps[SOUTH][STAMP_CHECKPOINT], 0);
	assert_int_equal(report.stamps[SOUTH][STAMP_ANSWER], 1);
	assert_int_equal(report.denied[NORTH], 1);
	assert_int_equal(report.denied[SOUTH], 0);
	assert_int_equal(report.void_count[SOUTH], 2);
}

/* The text, a line feed and the signature files are the entry. */
static void test_files_of_an_act(void **state)
{
	struct record_fixture *f = *state;
	struct buffer entry;

	fixture_write(f);
	buffer_init(&entry, ENTRY_SIZE_MAXIMUM);
	read_file(f->record, "north/acts/000006.act", &entry);
	assert_ok(buffer_put_string(&entry, "\n"));
	read_file(f->record, "north/acts/000006.sig", &entry);
	read_file(f->record, "north/acts/000006.2.sig", &entry);
	assert_true(bytes_equal(buffer_view(&entry), f->s.entries[NORTH][6]->entry.bytes));
	buffer_release(&entry);
	assert_false(has_file(f, "north/acts/000005.2.sig"));
}

static void test_allowed_signers(void **state)
{
	struct record_fixture *f = *state;
	struct buffer expected;
	const struct {
		const char *who, *options, *label;
	} lines[] = {
		{ "a.head@north", "namespaces=\"chirograph-act,chirograph-charter\"", "a.head" },
		{ "node@north", "namespaces=\"chirograph-act\"", "node" },
		{ "appointing@north", "namespaces=\"chirograph-act\"", "appointing" },
		{ "a.deputy@north", "namespaces=\"chirograph-act\",valid-after=\"20261122140006Z\"",
		  "a.deputy" },
		{ "b.head@south",
		  "namespaces=\"chirograph-act,chirograph-charter\",valid-before="
		  "\"20261122140027Z\"",
		  "b.head" },
		{ "node@south", "namespaces=\"chirograph-act\"", "node" },
		{ "appointing@south", "namespaces=\"chirograph-act\"", "appointing" },
		{ "b.officer@south",
		  "namespaces=\"chirograph-act\",valid-after=\"20261122140023Z\","
		  "valid-before=\"20261122140024Z\"",
		  "b.officer" },
		{ "b.second@south", "namespaces=\"chirograph-act\",valid-after=\"20261122140027Z\"",
		  "b.second" },
	};

	fixture_write(f);
	buffer_init(&expected, 65536);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		unsigned party = strstr(lines[i].who, "@north") != NULL ? NORTH : SOUTH;

		assert_ok(buffer_put_format(&expected, "%s %s ", lines[i].who, lines[i].options));
		assert_ok(
		    ssh_key_print(scenario_key(&f->s.keys, party, lines[i].label), &expected));
		assert_ok(buffer_put_string(&expected, "\n"));
	}
	assert_ok(buffer_put_u8(&expected, 0));
	assert_file(f, "allowed_signers", (const char *)expected.data);
	buffer_release(&expected);
}

/* The latest receipt key of the other side, and not one's own. */
static void test_policy(void **state)
{
	struct record_fixture *f = *state;
	struct policy *policy = allocate(1, sizeof(*policy));
	struct ed25519_secret key = scenario_secret(SOUTH, "receipt2");
	struct checkpoint checkpoint;
	struct buffer text;

	assert_non_null(policy);
	fixture_write(f);
	buffer_init(&text, POLICY_TEXT_MAXIMUM);
	read_file(f->record, "north/policy", &text);
	assert_ok(policy_parse(buffer_view(&text), policy, NULL));
	assert_int_equal(policy->witness_count, 2);
	assert_true(ed25519_public_equal(&policy->witnesses[0].key.public_key, &key.public_key));
	assert_ok(policy_verify(policy, buffer_view(&f->heads[NORTH]), &checkpoint, NULL, NULL));
	assert_int_equal(checkpoint.size, 13);
	fixture_head(f, NORTH, 13, false, &f->heads[NORTH]);
	fixture_witness(f, NORTH);
	assert_int_equal(
	    policy_verify(policy, buffer_view(&f->heads[NORTH]), &checkpoint, NULL, NULL),
	    ERROR_DENIED);
	buffer_release(&text);
	release_memory(policy);
}

/* A head of south's log as somebody would sign it who has the key of a generation. */
static void forge_head(struct record_fixture *f, unsigned generation, const char *label,
                       struct buffer *note)
{
	uint64_t size = f->s.counts[SOUTH];
	struct tree_reader reader = memory_tree_reader(rules_tree(f->s.rules, SOUTH));
	struct ed25519_secret secret = label == NULL ? fixture_secret(SOUTH, FIXTURE_LOG)
	                                             : scenario_secret(SOUTH, label);
	struct checkpoint checkpoint = { .size = size };
	char name[LOG_NAME_CAPACITY];
	struct note_key key;
	struct buffer text;

	charter_log_name(f->s.charter, SOUTH, generation, "", name);
	assert_ok(
	    bytes_to_string(bytes_of_string(name), checkpoint.origin, sizeof(checkpoint.origin)));
	assert_ok(note_key_init(&key, bytes_of_string(name), NOTE_KEY_ED25519, &secret.public_key));
	assert_ok(tree_reader_root(&reader, size, &checkpoint.root));
	buffer_init(&text, CHECKPOINT_TEXT_MAXIMUM);
	assert_ok(checkpoint_print(&checkpoint, &text));
	buffer_clear(note);
	assert_ok(buffer_put_bytes(note, buffer_view(&text)));
	assert_ok(buffer_put_string(note, "\n"));
	assert_ok(note_sign(&key, &secret, buffer_view(&text), note));
	fixture_cosign(f, NORTH, buffer_view(&text), note);
	buffer_release(&text);
}

/* South's log goes on under another key: only that one signs all of it. */
static void test_heads_of_a_successor(void **state)
{
	static const struct {
		unsigned generation;
		const char *label; /* NULL: the charter's key */
	} wrong[] = {
		{ 1, NULL },   /* the former key, under the former name */
		{ 2, NULL },   /* … or under the new one */
		{ 1, "log2" }, /* the new key, under the former name */
		{ 3, "log2" }, /* a name that nothing gave */
		{ 2, "log3" }, /* a key that nobody appointed */
	};
	struct record_fixture *f = *state;
	struct record_report report;
	struct buffer note, policy;
	struct error error;

	buffer_init(&note, NOTE_MAXIMUM);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		forge_head(f, wrong[i].generation, wrong[i].label, &note);
		f->source.heads[SOUTH] = buffer_view(&note);
		assert_int_not_equal(record_write(f->record, &f->source, NULL, NULL, &error), OK);
		remove_folder(f->record);
	}
	f->source.heads[SOUTH] = buffer_view(&f->heads[SOUTH]);
	fixture_write(f);
	fixture_assert_intact(f);
	buffer_init(&policy, 65536);
	read_file(f->record, "south/policy", &policy);
	assert_ok(buffer_put_u8(&policy, 0));
	assert_non_null(strstr((const char *)policy.data, "/2+"));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		forge_head(f, wrong[i].generation, wrong[i].label, &note);
		write_file(f->record, "south/checkpoint", buffer_view(&note));
		fixture_verify(f, &report);
		assert_false(report.intact);
		assert_string_equal(report.damage.file, "south/checkpoint");
	}
	buffer_release(&note);
	buffer_release(&policy);
}

/* The other side cosigned a head of before, and none since. */
static void test_countersigned_before_the_succession(void **state)
{
	struct record_fixture *f = *state;
	uint64_t cut = rules_generation_start(f->s.rules, SOUTH, 2);

	fixture_head(f, SOUTH, f->s.counts[SOUTH], false, &f->heads[SOUTH]);
	f->source.heads[SOUTH] = buffer_view(&f->heads[SOUTH]);
	while (cut > 0 && !rules_cosignature_covered(f->s.rules, NORTH, cut))
		cut--;
	fixture_head(f, SOUTH, cut, true, &f->countersigned[SOUTH]);
	f->source.countersigned[SOUTH] = buffer_view(&f->countersigned[SOUTH]);
	fixture_write(f);
	assert_true(has_file(f, "south/checkpoint.countersigned"));
	fixture_assert_intact(f);
}

static void test_without_acts(void **state)
{
	struct record_fixture *f = *state;
	const struct record_options options = { .acts = RECORD_ACTS_NEVER, .threads = 3 };
	struct record_summary summary;
	struct record_report report;
	struct error error;

	assert_ok(record_write(f->record, &f->source, &options, &summary, &error));
	assert_false(summary.acts);
	assert_true(summary.countersigned[0] && summary.countersigned[1]);
	assert_int_equal(summary.sizes[1], 18);
	assert_int_equal(summary.bodies_sealed, 2);
	assert_int_equal(summary.bodies_absent, 4);
	assert_false(has_file(f, "north/acts"));
	fixture_verify(f, &report);
	assert_true(report.intact);
	assert_false(report.has_acts);
}

static void test_opened_bodies(void **state)
{
	struct record_fixture *f = *state;
	struct record_report report;

	f->opens = true;
	f->has_bodies = false;
	fixture_write(f);
	assert_true(has_file(f, "bodies/south-7/manifest"));
	assert_file(f, "bodies/south-7/0001", "Traffic from your networks");
	assert_false(has_file(f, "bodies/south-7.age"));
	fixture_verify(f, &report);
	assert_true(report.intact);
	assert_int_equal(gap_count(&report, RECORD_GAP_BODIES_ABSENT, SOUTH), 3);
}

static void test_long_logs(void **state)
{
	struct record_fixture *f = *state;

	fixture_write(f);
	assert_true(has_file(f, "north/tile/0/001"));
	assert_true(has_file(f, "north/tile/1/000.p/2"));
	assert_true(has_file(f, "north/tile/entries/001"));
	fixture_assert_intact(f);
}

/* --- what is left open -------------------------------------------------------------- */

static void test_head_without_countersignature(void **state)
{
	struct record_fixture *f = *state;
	struct record_report report;

	fixture_head(f, NORTH, 12, true, &f->countersigned[NORTH]);
	fixture_head(f, NORTH, 13, false, &f->heads[NORTH]);
	f->source.heads[NORTH] = buffer_view(&f->heads[NORTH]);
	f->source.countersigned[NORTH] = buffer_view(&f->countersigned[NORTH]);
	fixture_write(f);
	assert_true(has_file(f, "north/checkpoint.countersigned"));
	fixture_verify(f, &report);
	assert_true(report.intact);
	assert_int_equal(gap_count(&report, RECORD_GAP_NOT_COUNTERSIGNED, NORTH), 1);
	assert_int_equal(gap_count(&report, RECORD_GAP_WITNESSES, NORTH), 1);

	/* It cannot be exchanged for another log's, nor stand beside a cosigned head. */
	run_in(f->record, "cp south/checkpoint north/checkpoint.countersigned");
	assert_damage(f, "north/checkpoint.countersigned", "");
	fixture_head(f, NORTH, 13, true, &f->heads[NORTH]);
	write_file(f->record, "north/checkpoint", buffer_view(&f->heads[NORTH]));
	write_file(f->record, "north/checkpoint.countersigned",
	           buffer_view(&f->countersigned[NORTH]));
	run_in(f->record, "rm north/acts/*.tlog-proof");
	assert_damage(f, "north/checkpoint.countersigned", "");
}

/* A receipt key that was replaced still says what it has said. */
static void test_earlier_receipt_key(void **state)
{
	struct record_fixture *f = *state;
	struct record_report report;

	f->receipt_keys[SOUTH] = NULL;
	fixture_head(f, NORTH, 13, true, &f->heads[NORTH]);
	f->source.heads[NORTH] = buffer_view(&f->heads[NORTH]);
	fixture_write(f);
	fixture_verify(f, &report);
	assert_true(report.intact);
	gap_count(&report, RECORD_GAP_EARLIER_KEY, NORTH);
}

static void test_one_side_only(void **state)
{
	struct record_fixture *f = *state;
	struct record_report report;

	/* All that north can say before it has anything of south: its accession. */
	fixture_head(f, NORTH, 1, false, &f->heads[NORTH]);
	f->source.heads[NORTH] = buffer_view(&f->heads[NORTH]);
	f->source.heads[SOUTH] = bytes_of(NULL, 0);
	fixture_write(f);
	assert_false(has_file(f, "charter.south.sig"));
	assert_true(has_file(f, "south/policy"));
	fixture_verify(f, &report);
	assert_true(report.intact);
	assert_string_equal(report.as_of[0], "north-0");
	assert_string_equal(report.as_of[1], "");
	gap_count(&report, RECORD_GAP_EMPTY_LOG, SOUTH);
	assert_int_equal(gap_count(&report, RECORD_GAP_NOT_COUNTERSIGNED, NORTH), 1);
	assert_int_equal(report.state, CHANNEL_ACCEDED);
}

/* --- lines of heads ------------------------------------------------------------------ */

/* What nobody can check is not taken over. */
static void test_lines_that_are_dropped(void **state)
{
	struct record_fixture *f = *state;
	struct buffer *note = &f->heads[NORTH];
	struct ed25519_secret stranger = scenario_secret(NORTH, "stranger");
	struct record_summary summary;
	struct note_key key;
	struct note parsed;
	struct buffer kept;

	buffer_init(&kept, NOTE_MAXIMUM);
	assert_ok(buffer_put_bytes(&kept, buffer_view(note)));
	assert_ok(buffer_put_u8(&kept, 0));
	assert_ok(note_key_init(&key, bytes_of_string("stranger.example"), NOTE_KEY_COSIGNATURE,
	                        &stranger.public_key));
	assert_ok(note_parse(buffer_view(note), &parsed, NULL));
	assert_ok(cosignature_sign(&key, &stranger, f->s.now, parsed.text, note));
	f->source.heads[NORTH] = buffer_view(note);
	assert_ok(record_write(f->record, &f->source, NULL, &summary, NULL));
	assert_true(summary.countersigned[NORTH]);
	assert_file(f, "north/checkpoint", (const char *)kept.data);
	buffer_release(&kept);
}

/* South cosigns what it has not receipted: its line is worth nothing. */
static void test_uncovered_countersignature(void **state)
{
	struct record_fixture *f = *state;
	struct record_summary summary;

	scenario_log(&f->s, (struct line){ NORTH, "a.deputy", KIND_NOTIFY });
	fixture_head(f, NORTH, 14, true, &f->heads[NORTH]);
	f->source.heads[NORTH] = buffer_view(&f->heads[NORTH]);
	assert_ok(record_write(f->record, &f->source, NULL, &summary, NULL));
	assert_false(summary.countersigned[NORTH]);
	fixture_assert_intact(f);
	write_file(f->record, "north/checkpoint", buffer_view(&f->heads[NORTH]));
	assert_damage(f, "north/checkpoint", "");
}

/* --- what is refused ------------------------------------------------------------------- */

static void test_writer_refuses(void **state)
{
	struct record_fixture *f = *state;
	struct record_source source = f->source;
	struct error error;

	assert_int_equal(record_write(f->folder, &source, NULL, NULL, &error), ERROR_EXISTS);
	source.charter = bytes_of_string("no charter\n");
	assert_int_equal(record_write(f->record, &source, NULL, NULL, &error), ERROR_SYNTAX);
	assert_false(has_file(f, ""));

	source = f->source;
	source.heads[0] = f->source.heads[1];
	assert_int_not_equal(record_write(f->record, &source, NULL, NULL, &error), OK);
	run_in(f->folder, "rm -r record");

	/* A head of more entries than there are; receipts of entries that are not there. */
	source = f->source;
	source.heads[SOUTH] = bytes_of(NULL, 0);
	assert_int_equal(record_write(f->record, &source, NULL, NULL, &error), ERROR_WAIT);
	run_in(f->folder, "rm -r record");
	source.heads[NORTH] = bytes_of(NULL, 0);
	assert_int_equal(record_write(f->record, &source, NULL, NULL, &error), ERROR_STATE);
}

static int wrong_blob(void *context, const struct hash *sha256, uint64_t size,
                      const struct byte_sink *sink, struct error *error)
{
	(void)context;
	(void)sha256;
	(void)size;
	(void)error;
	return sink->write(sink->context, bytes_of("wrong", 5));
}

static void test_writer_checks_blobs(void **state)
{
	struct record_fixture *f = *state;

	f->source.blob = wrong_blob;
	assert_int_equal(record_write(f->record, &f->source, NULL, NULL, NULL), ERROR_MISMATCH);
}

static void test_no_folder(void **state)
{
	struct record_fixture *f = *state;
	struct record_report report;
	struct error error;

	assert_int_equal(record_verify(f->record, NULL, &report, &error), ERROR_NOT_FOUND);
	run_in(f->folder, "mkdir record");
	assert_damage(f, "charter.txt", "");
}

/* Everything is signed, and yet south's log is no log: an act is of another channel. */
static void test_signed_nonsense(void **state)
{
	struct record_fixture *f = *state;
	struct scenario_entry **last = &f->s.entries[SOUTH][16];
	struct line line = { SOUTH, "node", KIND_TEST, .channel = fixture_channel };
	struct scenario_entry *kept = *last;
	struct memory_tree tree;
	struct error error;

	*last = scenario_make(&f->s, f->s.rules, &line);
	memory_tree_init(&tree);
	for (size_t i = 0; i < 17; i++)
		assert_ok(memory_tree_append(&tree, &f->s.entries[SOUTH][i]->entry.leaf));
	fixture_head_of(f, SOUTH, &tree, 17, true, &f->heads[SOUTH]);
	memory_tree_release(&tree);
	f->source.heads[SOUTH] = buffer_view(&f->heads[SOUTH]);
	assert_int_equal(record_write(f->record, &f->source, NULL, NULL, &error), ERROR_MISMATCH);
	assert_non_null(strstr(error.message, "south-16"));
	scenario_entry_free(*last);
	*last = kept;
}

/* --- callbacks ---------------------------------------------------------------------------- */

static int stop_half_way(void *context, uint64_t done, uint64_t total)
{
	uint64_t *calls = context;

	(*calls)++;
	return done * 2 > total ? ERROR_STATE : OK;
}

static int count_act(void *context, const struct act_summary *act)
{
	uint64_t *counts = context;

	assert_int_equal(act->place.number, counts[act->place.party]);
	counts[act->place.party]++;
	return OK;
}

static void test_callbacks(void **state)
{
	struct record_fixture *f = *state;
	uint64_t calls = 0, counts[2] = { 0, 0 };
	struct record_verify_options options = { .progress = stop_half_way,
		                                 .progress_context = &calls };
	struct record_report report;
	struct error error;

	fixture_write(f);
	assert_int_equal(record_verify(f->record, &options, &report, &error), ERROR_STATE);
	assert_true(calls > 0);
	options = (struct record_verify_options){ .threads = 1,
		                                  .act = count_act,
		                                  .act_context = counts };
	assert_ok(record_verify(f->record, &options, &report, &error));
	assert_true(report.intact);
	assert_int_equal(counts[NORTH], report.sizes[NORTH]);
	assert_int_equal(counts[SOUTH], report.sizes[SOUTH]);
}

/* Where in a long log a byte has changed. */
static void test_damage_in_long_logs(void **state)
{
	struct record_fixture *f = *state;
	struct record_report report;

	fixture_write(f);
	run_in(f->record,
	       "printf X | dd of=south/tile/0/001 bs=1 seek=4000 conv=notrunc status=none");
	assert_damage(f, "south/tile/0/001", "");
	run_in(f->record, "cp south/tile/entries/001 south/tile/entries/kept; "
	                  "cp south/tile/entries/000 south/tile/entries/001");
	fixture_verify(f, &report);
	assert_string_equal(report.damage.file, "south/tile/entries/001");
	run_in(f->record, "mv south/tile/entries/kept south/tile/entries/001; "
	                  "cp south/tile/0/000 south/tile/0/001");
	assert_damage(f, "south/tile/0/001", "");
}

/* --- without memory ------------------------------------------------------------------------ */

static int verify_once(void *context)
{
	const struct record_verify_options options = { .threads = 1 };
	struct record_fixture *f = context;
	struct record_report report;
	int r;

	if ((r = record_verify(f->record, &options, &report, NULL)) == OK)
		assert_true(report.intact);
	return r;
}

static int write_once(void *context)
{
	const struct record_options options = { .threads = 1 };
	struct record_fixture *f = context;
	int r = record_write(f->record, &f->source, &options, NULL, NULL);

	run_in(f->folder, "rm -rf record");
	return r;
}

/* A lack of memory is never taken for damage. */
static void test_every_allocation_fails(void **state)
{
	struct record_fixture *f = *state;

	fixture_head(f, NORTH, 1, false, &f->heads[NORTH]);
	f->source.heads[NORTH] = buffer_view(&f->heads[NORTH]);
	f->source.heads[SOUTH] = bytes_of(NULL, 0);
	torture(write_once, f);
	fixture_write(f);
	torture(verify_once, f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_report_of_an_intact_record, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_stamps, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_files_of_an_act, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_allowed_signers, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_policy, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_heads_of_a_successor, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_countersigned_before_the_succession, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_without_acts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_opened_bodies, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_long_logs, set_up_long, tear_down),
		cmocka_unit_test_setup_teardown(test_head_without_countersignature, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_earlier_receipt_key, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_one_side_only, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_lines_that_are_dropped, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_uncovered_countersignature, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_writer_refuses, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_writer_checks_blobs, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_folder, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_signed_nonsense, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_callbacks, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_damage_in_long_logs, set_up_long, tear_down),
		cmocka_unit_test_setup_teardown(test_every_allocation_fails, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
