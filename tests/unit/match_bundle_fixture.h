/* A channel in which north has published a match-only list, and bundles about it. */
#ifndef MATCH_BUNDLE_FIXTURE_H
#define MATCH_BUNDLE_FIXTURE_H

#include "bundle_fixture.h"
#include "bundle_match.h"
#include "match_fixture.h"

struct fixture {
	struct record_fixture record;
	struct match_fixture list;
	struct act_place opening;
	char path[96];
	/* A question of two elements, and what answers it. */
	struct oprf_scalar blinds[2];
	struct exchange_statement question, answer;
	struct match_proof proof;
	struct error refused; /* why a bundle was not written */
};

static inline void commitment_text(const struct fixture *f, struct buffer *text)
{
	buffer_init(text, CLASS_COMMITMENT_TEXT_MAXIMUM);
	assert_ok(class_commitment_print(text, IDENTIFIER_DOMAIN, &f->list.commitment));
	assert_ok(buffer_put_u8(text, 0));
}

/* North publishes the list, with a body of these parts (NULL: one that is made up). */
static inline void publish(struct fixture *f, const struct scenario_body *body)
{
	struct buffer value;

	commitment_text(f, &value);
	f->opening = fixture_say(
	    &f->record,
	    (struct line){ NORTH, "a.deputy", KIND_LIST, .body = true, .sealed = body,
	                   .fields = { { "mode", "match-only" },
	                               { "epoch", "1" },
	                               { "domain", (const char *)value.data } } },
	    VOID_NONE);
	buffer_release(&value);
}

/* --- writing and verifying ------------------------------------------------------------ */

/* Both sides have receipted what there is, and signed their heads. */
static inline void settle(struct fixture *f)
{
	struct record_fixture *record = &f->record;
	bool only_receipts;

	for (unsigned party = 0; party < 2; party++)
		if (rules_receipt_due(record->s.rules, party, &only_receipts))
			scenario_receipt(&record->s, party);
	for (unsigned party = 0; party < 2; party++) {
		fixture_head(record, party, record->s.counts[party], true, &record->heads[party]);
		fixture_witness(record, party);
		record->source.heads[party] = buffer_view(&record->heads[party]);
	}
}

static inline struct bundle_writer *writer_of(struct fixture *f)
{
	const struct record_options options = { .threads = 1 };
	struct bundle_writer *writer;
	struct error error;

	settle(f);
	if (bundle_writer_new(&f->record.source, &options, &writer, &error) != OK)
		fail_msg("%s", error.message);
	assert_ok(bundle_match_choose(writer, &f->proof, NULL));
	return writer;
}

/* False where the bundle would not show what it says; then none is left. */
static inline bool write_with(struct fixture *f, struct bundle_writer *writer)
{
	const struct bundle_purpose purpose = match_purpose();
	int r = bundle_writer_write(writer, f->path, &purpose, &f->refused);

	bundle_writer_free(writer);
	if (r != OK)
		remove_folder(f->path);
	return r == OK;
}

static inline bool write_bundle(struct fixture *f)
{
	return write_with(f, writer_of(f));
}

static inline void verify(struct fixture *f, struct bundle *ret_bundle,
                          struct bundle_report *ret_report)
{
	const struct bundle_purpose purpose = match_purpose();
	struct error error;

	*ret_bundle = (struct bundle){ .act_count = 0 };
	if (bundle_verify(f->path, &purpose, 1, ret_bundle, ret_report, &error) != OK)
		fail_msg("%s", error.message);
}

/* By both programs. */
static inline void assert_shown(struct fixture *f, struct match_finding *ret_finding)
{
	struct bundle_report report;
	struct bundle bundle;

	verify(f, &bundle, &report);
	if (!report.intact)
		fail_msg("%s: %s", report.damage.file, report.damage.reason);
	assert_ok(bundle_match(&bundle, ret_finding, NULL));
	assert_int_equal(ret_finding->shown, f->proof.shown);
	bundle_release(&bundle);
	if (command_exists("python3"))
		run_in(f->path, "PYTHONDONTWRITEBYTECODE=1 python3 verify-match.py");
	run_in(f->path, "sh verify.sh");
}

static inline void assert_written(struct fixture *f, struct match_finding *ret_finding)
{
	if (!write_bundle(f))
		fail_msg("%s", f->refused.message);
	assert_shown(f, ret_finding);
}

static inline void assert_not_written(struct fixture *f, const char *what)
{
	if (write_bundle(f))
		fail_msg("a bundle shows %s", what);
}

static inline void assert_damage(struct fixture *f, const char *file)
{
	struct bundle_report report;
	struct bundle bundle;

	verify(f, &bundle, &report);
	if (report.intact)
		fail_msg("it is intact, and %s should not be", file);
	if (strcmp(report.damage.file, file) != 0)
		fail_msg("%s (%s) instead of %s", report.damage.file, report.damage.reason, file);
}

#endif
