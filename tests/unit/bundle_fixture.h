/* A channel with a past, and a bundle of it: about the notification whose body was
 * sealed, of which some parts are shown. */
#ifndef BUNDLE_FIXTURE_H
#define BUNDLE_FIXTURE_H

#include "bundle_verifier.h"
#include "bundle_writer.h"
#include "record_fixture.h"

struct bundle_fixture {
	struct record_fixture record;
	char path[96]; /* record.folder/bundle: not there yet */
};

/* As record_fixture_init_with. */
static inline void bundle_fixture_init_with(struct bundle_fixture *f, const char *second)
{
	record_fixture_init_with(&f->record, 0, second);
	snprintf(f->path, sizeof(f->path), "%s/bundle", f->record.folder);
}

static inline void bundle_fixture_init(struct bundle_fixture *f)
{
	bundle_fixture_init_with(f, NULL);
}

static inline void bundle_fixture_release(struct bundle_fixture *f)
{
	record_fixture_release(&f->record);
}

static inline struct bundle_writer *fixture_writer(struct bundle_fixture *f)
{
	const struct record_options options = { .threads = 1 };
	struct bundle_writer *writer;
	struct error error;

	if (bundle_writer_new(&f->record.source, &options, &writer, &error) != OK)
		fail_msg("%s", error.message);
	return writer;
}

static inline void fixture_show_part(struct bundle_fixture *f, struct bundle_writer *writer,
                                     size_t number)
{
	assert_ok(bundle_writer_part(writer, f->record.sealed, &f->record.seal.manifest, number,
	                             f->record.seal.body.contents[number - 1], NULL));
}

static inline void fixture_write_bundle(struct bundle_fixture *f, struct bundle_writer *writer,
                                        const struct bundle_purpose *purpose)
{
	struct error error;

	if (bundle_writer_write(writer, f->path, purpose, &error) != OK)
		fail_msg("%s", error.message);
	bundle_writer_free(writer);
}

/* The notification, what came of it, and two of its parts. */
static inline void fixture_bundle(struct bundle_fixture *f)
{
	struct bundle_writer *writer = fixture_writer(f);

	assert_ok(bundle_writer_subject(writer, f->record.sealed, NULL));
	assert_ok(bundle_writer_later(writer, NULL));
	fixture_show_part(f, writer, 1);
	fixture_show_part(f, writer, 3);
	fixture_write_bundle(f, writer, NULL);
}

/* The report; of an intact bundle also what it has. */
static inline void fixture_check(struct bundle_fixture *f, struct bundle *ret_bundle,
                                 struct bundle_report *ret_report)
{
	struct error error;

	*ret_bundle = (struct bundle){ .act_count = 0 };
	if (bundle_verify(f->path, NULL, 0, ret_bundle, ret_report, &error) != OK)
		fail_msg("%s", error.message);
}

static inline void assert_bundle_damage(struct bundle_fixture *f, const char *file)
{
	struct bundle_report report;
	struct bundle bundle;

	fixture_check(f, &bundle, &report);
	if (report.intact)
		fail_msg("the bundle is intact, and %s should not be", file);
	if (strcmp(report.damage.file, file) != 0)
		fail_msg("%s (%s) instead of %s", report.damage.file, report.damage.reason, file);
}

static inline void assert_bundle_intact(struct bundle_fixture *f)
{
	struct bundle_report report;
	struct bundle bundle;

	fixture_check(f, &bundle, &report);
	if (!report.intact)
		fail_msg("%s: %s", report.damage.file, report.damage.reason);
	bundle_release(&bundle);
}

#endif
