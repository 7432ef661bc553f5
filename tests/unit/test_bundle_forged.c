/* Bundles that an enemy has arranged, also one who has keys: nothing that is not so may be
 * shown as so. */
#include "bundle_findings.h"
#include "bundle_fixture.h"
#include "text_fixture.h"

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

/* Writes it anew, changes it by a shell command, and expects this file to be blamed; NULL:
 * none. */
static void expect(struct bundle_fixture *f, const char *change, const char *file)
{
	run_in(f->record.folder, "rm -rf bundle");
	fixture_bundle(f);
	run_in(f->path, change);
	if (file == NULL)
		assert_bundle_intact(f);
	else
		assert_bundle_damage(f, file);
}

/* --- files -------------------------------------------------------------------------- */

static void test_files(void **state)
{
	static const struct {
		const char *change, *blamed;
	} cases[] = {
		{ "true", NULL },
		{ "printf 'Traffic from OUR   networks' >bodies/south-7/0001",
		  "bodies/south-7/0001" },
		{ "printf x >>bodies/south-7/0001", "bodies/south-7/0001" },
		{ "cp bodies/south-7/0003.proof bodies/south-7/0001.proof",
		  "bodies/south-7/0001.proof" },
		{ "rm bodies/south-7/0001.proof", "bodies/south-7/0001.proof" },
		{ "touch bodies/south-7/0002", "bodies/south-7/0002" },
		{ "mkdir bodies/south-8", "bodies/south-8" },
		{ "cp south/acts/000007.act south/acts/000006.act", "south/acts/000006.act" },
		{ "cp south/acts/000007.sig south/acts/000007.2.sig", "south/acts/000007.act" },
		{ "cp south/acts/000008.tlog-proof south/acts/000007.tlog-proof",
		  "south/acts/000007.tlog-proof" },
		{ "cp south/acts/000009.receipt-proof south/acts/000007.receipt-proof",
		  "south/acts/000007.receipt-proof" },
		{ "cp south/acts/000007.receipt-proof south/acts/000008.receipt-proof",
		  "south/acts/000008.receipt-proof" },
		{ "rm south/acts/000008.act", "south/acts/000008.act" },
		{ "rm north/checkpoint", "north/checkpoint" },
		{ "sed -i '$d' north/checkpoint", "north/acts/000000.tlog-proof" },
		{ "sed -i 's/ A/ B/' charter.south.sig; echo >>charter.south.sig",
		  "charter.south.sig" },
		{ "sed -i 1d allowed_signers", "allowed_signers" },
		{ "echo 'exit 0' >verify.sh", "verify.sh" },
		{ "echo 'south has confessed' >README.txt", "README.txt" },
		{ "cp north/policy south/policy", "south/policy" },
		{ "mkfifo north/acts/pipe", "north/acts/pipe" },
		{ "rm bundle; ln -s /dev/zero bundle", "bundle" },
		{ "rm south/acts/000007.act; ln -s /dev/zero south/acts/000007.act",
		  "south/acts/000007.act" },
		{ "mv bodies else; ln -s else bodies", "bodies/south-7/0001.proof" },
		{ "truncate -s 4G bodies/south-7/0001", "bodies/south-7/0001" },
		{ "truncate -s 4G north/checkpoint", "north/checkpoint" },
		{ "truncate -s 4G north/acts/000000.act", "north/acts/000000.act" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect(*state, cases[i].change, cases[i].blamed);
}

/* --- what the bundle says of itself ----------------------------------------------------- */

static void test_words(void **state)
{
	static const struct {
		const char *change, *blamed;
	} cases[] = {
		{ "sed -i 's/^log north .*/log north 12/' bundle", "bundle" },
		{ "sed -i 's/^log north .*/log north 14/' bundle", "north/checkpoint" },
		{ "sed -i 's/^purpose .*/purpose truth/' bundle", "bundle" },
		{ "sed -i 's/^channel f/channel g/' bundle", "bundle" },
		{ "sed -i 's/^subject .*/subject south 6/' bundle", "bundle" },
		{ "sed -i 's/^part south 7 1/part south 7 2/' bundle",
		  "bodies/south-7/0002.proof" },
		{ "sed -i 's/^receipt south 7 8/receipt south 7 9/' bundle",
		  "south/acts/000007.receipt-proof" },
		/* An accession that is left out. */
		{ "sed -i '/^acts north 0$/d' bundle && rm north/acts/000000*", "bundle" },
		{ "sed -i 's/included/perhaps/' bundle", "bundle" },
		{ "echo 'later included' >>bundle", "bundle" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect(*state, cases[i].change, cases[i].blamed);
}

/* --- signers ---------------------------------------------------------------------------- */

static void write_about(struct bundle_fixture *f, struct act_place place)
{
	struct bundle_writer *writer = fixture_writer(f);

	run_in(f->record.folder, "rm -rf bundle");
	assert_ok(bundle_writer_subject(writer, place, NULL));
	assert_ok(bundle_writer_later(writer, NULL));
	fixture_write_bundle(f, writer, NULL);
}

/* What somebody has signed who had been recalled can be shown as that, and not otherwise. */
static void test_recalled_signer(void **state)
{
	struct bundle_fixture *f = *state;
	struct act_place place = { SOUTH, 0 };
	struct bundle_report report;
	struct bundle bundle;

	while (rules_act(f->record.s.rules, place)->verdict.code == VERDICT_VALID)
		place.number++;
	write_about(f, place);
	fixture_check(f, &bundle, &report);
	assert_true(report.intact);
	assert_int_equal(bundle_act_at(&bundle, place)->verdict.reason, VOID_NOT_ACCREDITED);
	assert_false(bundle_act_at(&bundle, place)->void_by_word);
	bundle_release(&bundle);
	run_in(f->path, "sed -i '/^void /d' bundle");
	assert_bundle_damage(f, "south/acts/000013.sig");
}

/* Without the act that accredited the signer nothing shows that anybody may sign. */
static void test_signer_not_shown(void **state)
{
	struct bundle_fixture *f = *state;
	struct act_place place = { NORTH, 0 };
	struct bundle_report report;
	struct bundle bundle;

	while (strcmp(rules_act(f->record.s.rules, place)->author, "a.deputy") != 0)
		place.number++;
	write_about(f, place);
	fixture_check(f, &bundle, &report);
	assert_true(report.intact);
	assert_int_equal(bundle_signer(&bundle, bundle_act_at(&bundle, place), 0)->role,
	                 ROLE_DEPUTY);
	bundle_release(&bundle);
	run_in(f->path,
	       "n=$(grep -l '^act accredit' north/acts/*.act | sed 's/.*0*\\([1-9]\\).act/\\1/')"
	       " && rm north/acts/00000$n.* && "
	       "sed -i -e \"s/^acts north 0-$n\\$/acts north 0-$((n - 1))/\" "
	       "-e \"/^acts north $n\\$/d\" bundle && sed -i "
	       "'s/^acts north 0-0$/acts north 0/' bundle");
	fixture_check(f, &bundle, &report);
	assert_false(report.intact);
	assert_int_equal(report.damage.code, ERROR_SIGNATURE);
}

/* That an act of the other side is void anybody can say: it is told as said. */
static void test_void_by_word(void **state)
{
	struct bundle_fixture *f = *state;
	struct bundle_report report;
	struct bundle bundle;

	fixture_bundle(f);
	run_in(f->path, "sed -i 's/^later .*/void south 7 channel-state\\n&/' bundle");
	fixture_check(f, &bundle, &report);
	assert_true(report.intact);
	assert_true(bundle_act_at(&bundle, f->record.sealed)->void_by_word);
	bundle_release(&bundle);
}

/* Nor does it hide what the other side has said of the act: here that its body was missing. */
static void test_void_by_word_hides_nothing(void **state)
{
	struct bundle_fixture *f = *state;
	struct bundle_writer *writer = fixture_writer(f);
	struct act_place fault = { NORTH, 0 };
	struct bundle_report report;
	struct bundle_gap *gaps;
	struct bundle bundle;
	bool open = false;
	size_t count;

	while (rules_act(f->record.s.rules, fault)->kind->number != KIND_FAULT)
		fault.number++;
	assert_ok(bundle_writer_subject(writer, f->record.sealed, NULL));
	assert_ok(bundle_writer_span(writer, NORTH, 0, f->record.s.counts[NORTH], NULL));
	fixture_write_bundle(f, writer, NULL);
	run_in(f->path, "n=$(grep -l '^act fault' north/acts/*.act | sed 's/.*\\/0*//; s/.act//')"
	                " && sed -i \"s/^later .*/void north $n field\\n&/\" bundle");
	fixture_check(f, &bundle, &report);
	if (!report.intact)
		fail_msg("%s: %s", report.damage.file, report.damage.reason);
	assert_true(bundle_act_at(&bundle, fault)->void_by_word);
	assert_int_equal(bundle_relation_to(bundle_act_at(&bundle, f->record.sealed),
	                                    bundle_act_at(&bundle, fault)),
	                 BUNDLE_FAULTS);
	assert_ok(bundle_gaps(&bundle, &gaps, &count));
	for (size_t i = 0; i < count; i++)
		open = open || (gaps[i].kind == BUNDLE_GAP_BY_WORD && gaps[i].count == 1);
	assert_true(open);
	release_memory(gaps);
	bundle_release(&bundle);
}

static void test_disputed(void **state)
{
	struct bundle_fixture *f = *state;
	char since[TIMESTAMP_CAPACITY];
	struct bundle_report report;
	struct bundle bundle;
	struct act_place said;

	timestamp_format(f->record.s.now, since);
	said = fixture_say(&f->record, (struct line){ SOUTH, "b.second", KIND_NOTIFY }, VOID_NONE);
	fixture_say(&f->record,
	            (struct line){ SOUTH, "appointing", KIND_RECALL,
	                           .fields = { { "delegate", "b.second" }, { "since", since } } },
	            VOID_NONE);
	fixture_settle(&f->record);
	write_about(f, said);
	fixture_check(f, &bundle, &report);
	assert_true(report.intact);
	assert_true(bundle_is_disputed(&bundle, bundle_act_at(&bundle, said)));
	assert_int_equal(bundle.text.disputed_count, 1);
	bundle_release(&bundle);
	/* The word is the maker's; the recall is not. */
	run_in(f->path, "sed -i '/^disputed /d' bundle");
	fixture_check(f, &bundle, &report);
	assert_true(report.intact);
	assert_true(bundle_is_disputed(&bundle, bundle_act_at(&bundle, said)));
	bundle_release(&bundle);
}

/* --- heads ---------------------------------------------------------------------------------- */

/* A cosignature by a key that nobody named, in the other side's name. */
static void test_foreign_cosignature(void **state)
{
	struct bundle_fixture *f = *state;

	f->record.receipt_keys[SOUTH] = "stolen";
	fixture_head(&f->record, NORTH, f->record.s.counts[NORTH], true, &f->record.heads[NORTH]);
	f->record.source.heads[NORTH] = buffer_view(&f->record.heads[NORTH]);
	fixture_bundle(f); /* the writer drops it */
	assert_bundle_intact(f);
	write_file(f->path, "north/checkpoint", buffer_view(&f->record.heads[NORTH]));
	run_in(f->path, "for proof in north/acts/*.tlog-proof; do "
	                "{ sed '/^$/,$d' $proof; echo; cat north/checkpoint; } >new && "
	                "mv new $proof; done");
	assert_bundle_damage(f, "north/checkpoint");
}

/* A head of another history, signed by the log's own key: no entry stands under it. */
static void test_fork(void **state)
{
	struct bundle_fixture *f = *state;
	struct memory_tree other;
	struct buffer note;

	memory_tree_init(&other);
	for (uint64_t i = 0; i < f->record.s.counts[NORTH]; i++)
		assert_ok(memory_tree_append(&other, &(struct hash){ { (uint8_t)i } }));
	buffer_init(&note, NOTE_MAXIMUM);
	fixture_head_of(&f->record, NORTH, &other, f->record.s.counts[NORTH], true, &note);
	fixture_bundle(f);
	write_file(f->path, "north/checkpoint", buffer_view(&note));
	run_in(f->path, "for proof in north/acts/*.tlog-proof; do "
	                "{ sed '/^$/,$d' $proof; echo; cat north/checkpoint; } >new && "
	                "mv new $proof; done");
	assert_bundle_damage(f, "north/acts/000000.tlog-proof");
	buffer_release(&note);
	memory_tree_release(&other);
}

/* An earlier head hides what came later, and says so: it speaks as of an earlier entry. */
static void test_earlier_head(void **state)
{
	struct bundle_fixture *f = *state;
	uint64_t size = f->record.resealed.number;
	struct bundle_writer *writer;
	struct bundle_report report;
	struct bundle bundle;
	struct bundle_gap *gaps;
	size_t count, later = 0;
	struct error error;

	fixture_head(&f->record, SOUTH, size, true, &f->record.heads[SOUTH]);
	f->record.source.heads[SOUTH] = buffer_view(&f->record.heads[SOUTH]);
	/* The receipts of the other log name more than this: whoever has both logs sees it. */
	assert_int_equal(bundle_writer_new(&f->record.source, NULL, &writer, &error), ERROR_WAIT);

	fixture_settle(&f->record);
	fixture_bundle(f);
	fixture_check(f, &bundle, &report);
	assert_true(report.intact);
	assert_ok(bundle_gaps(&bundle, &gaps, &count));
	for (size_t i = 0; i < count; i++)
		later += gaps[i].kind == BUNDLE_GAP_LATER;
	assert_int_equal(later, 1);
	release_memory(gaps);
	bundle_release(&bundle);
}

/* --- whole logs -------------------------------------------------------------------------------- */

static void test_whole_without_one(void **state)
{
	struct bundle_fixture *f = *state;
	struct bundle_writer *writer = fixture_writer(f);
	struct bundle_report report;
	struct bundle bundle;

	assert_ok(bundle_writer_subject(writer, f->record.sealed, NULL));
	for (unsigned party = 0; party < 2; party++)
		assert_ok(bundle_writer_span(writer, party, 0, f->record.s.counts[party], NULL));
	fixture_write_bundle(f, writer, NULL);
	run_in(f->path, "rm south/acts/000009.*");
	assert_bundle_damage(f, "south/acts/000009.act");
	/* Said so, it is no longer whole, and speaks of less. */
	run_in(f->path, "sed -i 's/^acts south .*/acts south 0-8\\nacts south 10-17/' bundle");
	fixture_check(f, &bundle, &report);
	assert_true(report.intact);
	assert_false(bundle.whole);
	bundle_release(&bundle);
	/* What the rules say cannot be said otherwise. */
	run_in(f->record.folder, "rm -rf bundle");
	writer = fixture_writer(f);
	assert_ok(bundle_writer_subject(writer, f->record.sealed, NULL));
	for (unsigned party = 0; party < 2; party++)
		assert_ok(bundle_writer_span(writer, party, 0, f->record.s.counts[party], NULL));
	fixture_write_bundle(f, writer, NULL);
	run_in(f->path, "sed -i 's/^void south 13 .*/void south 12 channel-state\\n&/' bundle");
	assert_bundle_damage(f, "bundle");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_files, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_words, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_recalled_signer, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_signer_not_shown, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_void_by_word, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_void_by_word_hides_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_disputed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_foreign_cosignature, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_fork, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_earlier_head, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_whole_without_one, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
