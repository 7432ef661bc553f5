/* chiro verify: a record or a bundle, without any node. */
#include <inttypes.h>
#include <limits.h>

#include "bundle_listing.h"
#include "bundle_purposes.h"
#include "command.h"
#include "files.h"
#include "listing.h"
#include "options.h"
#include "record_layout.h"
#include "record_listing.h"
#include "translate.h"

enum { THREADS_MAXIMUM = 256 };

static const struct option_row rows[] = {
	{ .name = "threads",
	  .value = N_("N"),
	  .help = N_("that verify; as many as there are processors without this option") },
	{ .name = "quiet", .help = N_("say nothing about what is intact") },
	{ 0 },
};

static const struct usage usage = {
	.name = "verify",
	.arguments = N_("DIR"),
	.help = N_(
	    "Verifies a record that 'chiro export' has written, or a bundle of 'chiro disclose', "
	    "by itself, without any node and "
	    "trusting nobody: signatures of the charter and of every act, both logs and their "
	    "countersigned heads, what neutrals say in stamps, what every act is worth, and every "
	    "file. Names the first "
	    "thing that is wrong, and where; or says as of which entries it speaks, what it shows, "
	    "and what it could not check or does not show. Exits with 0 when what is there is "
	    "intact, 1 when it is damaged or something is missing."),
	.examples = "  chiro verify record\n  chiro verify --json record | jq .intact\n"
		    "  chiro verify bundle\n",
	.rows = rows,
	.common = OPTIONS_JSON,
	.arguments_minimum = 1,
	.arguments_maximum = 1,
};

/* What neutrals say in the logs, which was checked with everything else. */
static void show_stamps(const struct record_report *report, unsigned party)
{
	const uint64_t *stamps = report->stamps[party];
	uint64_t count = 0;

	for (unsigned form = 0; form < STAMP_FORM_COUNT; form++)
		count += stamps[form];
	if (count == 0)
		return;
	list_item(_("stamps"),
	          ngettext("%" PRIu64 " in the log of %s, checked: heads %" PRIu64
	                   ", deposits %" PRIu64 ", answers of a depositary %" PRIu64,
	                   "%" PRIu64 " in the log of %s, checked: heads %" PRIu64
	                   ", deposits %" PRIu64 ", answers of a depositary %" PRIu64,
	                   count),
	          count, report->parties[party], stamps[STAMP_CHECKPOINT],
	          stamps[STAMP_CERTIFICATE], stamps[STAMP_ANSWER]);
	if (report->denied[party] > 0)
		list_item_styled(
		    STYLE_WARNING, "",
		    ngettext("%" PRIu64 " of the deposits is denied by the depositary itself, and "
		             "counts for nothing",
		             "%" PRIu64 " of the deposits are denied by the depositary itself, and "
		             "count for nothing",
		             report->denied[party]),
		    report->denied[party]);
}

static void show_intact(const struct record_report *report)
{
	printf("%s%s%s\n", style(stdout, STYLE_GOOD), _("The record is intact."),
	       style(stdout, STYLE_PLAIN));
	list_item(_("channel"), "%s", report->channel);
	list_item(_("state"), "%s", word_for_people(channel_state_name(report->state)));
	if (report->charter > 1)
		list_item(_("charter"), _("charter %u is in force, by %s and %s"), report->charter,
		          report->charter_by[0], report->charter_by[1]);
	for (size_t i = 0; i < 2; i++) {
		char logged[TIMESTAMP_CAPACITY];

		if (report->as_of[i][0] == '\0')
			continue;
		timestamp_format(report->logged[i], logged);
		list_item(i == 0 || report->as_of[0][0] == '\0' ? _("as of") : "",
		          _("%s, logged %s"), report->as_of[i], logged);
		if (report->void_count[i] > 0)
			list_item("",
			          ngettext("%" PRIu64 " act of %s is void",
			                   "%" PRIu64 " acts of %s are void",
			                   report->void_count[i]),
			          report->void_count[i], report->parties[i]);
	}
	for (unsigned party = 0; party < 2; party++)
		show_stamps(report, party);
	list_item(_("files"), _("%" PRIu64 ", all accounted for"), report->files);
	record_gaps_show(report);
}

static void show(const struct record_report *report, bool quiet)
{
	if (report->intact && !quiet)
		show_intact(report);
	if (report->intact)
		return;
	record_damage_show(&report->damage);
	advise(_("This is the first thing that is wrong; there may be more."));
}

/* --- bundles ------------------------------------------------------------------ */

static void print_bundle_document(const struct bundle *bundle, const struct bundle_report *report)
{
	json_t *document = report->intact ? bundle_document(bundle, report)
	                                  : bundle_damage_document(&report->damage);

	print_json(document);
	json_decref(document);
}

static int verify_bundle(const struct options *options, const char *directory)
{
	struct bundle_purpose purposes[BUNDLE_PURPOSES_MAXIMUM];
	struct bundle bundle = { .act_count = 0 };
	struct bundle_report report;
	struct error error = { 0 };
	int r = bundle_verify(directory, purposes, purposes_known(purposes), &bundle, &report,
	                      &error);

	if (r == OK && options_has(options, "json")) {
		print_bundle_document(&bundle, &report);
	} else if (r == OK && !report.intact) {
		bundle_damage_show(&report.damage);
		advise(_("This is the first thing that is wrong; there may be more."));
	} else if (r == OK && !options_has(options, "quiet")) {
		r = bundle_show(&bundle, &report, directory, &error);
	}
	bundle_release(&bundle);
	if (r == OK)
		return report.intact ? STATUS_OK : STATUS_FAILED;
	error.code = r;
	return complain_error(directory, &error);
}

/* A folder with nothing of a record: it was mistyped, and no record is damaged. */
static bool is_something_else(const char *directory)
{
	static const char *const files[] = { "charter.txt", RECORD_SCRIPT, "allowed_signers" };
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/.", directory);
	if (!file_exists(path))
		return false;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", directory, files[i]);
		if (file_exists(path))
			return false;
	}
	return true;
}

int command_verify(int argc, char **argv)
{
	struct options options;
	struct error error = { 0 };
	struct record_report report;
	struct progress progress;
	struct record_verify_options verify_options = {
		.progress = progress_show,
		.progress_context = &progress,
	};
	uint64_t threads;
	int result, r;

	if ((result = options_parse(&usage, argc, argv, &options)) >= 0)
		return result;
	if (options_number(&options, "threads", 1, THREADS_MAXIMUM, 0, &threads, &error) != OK)
		return complain_error(usage.name, &error);
	if (bundle_is_one(options.arguments[0]))
		return verify_bundle(&options, options.arguments[0]);
	if (!options_has(&options, "json") && is_something_else(options.arguments[0])) {
		complain(_("%s: there is neither a record nor a bundle in this folder"),
		         options.arguments[0]);
		return STATUS_FAILED;
	}
	verify_options.threads = (unsigned)threads;
	progress_begin(&progress, _("verifying"), 0);
	r = record_verify(options.arguments[0], &verify_options, &report, &error);
	progress_end(&progress);
	if (r != OK) {
		error.code = r;
		return complain_error(options.arguments[0], &error);
	}
	if (options_has(&options, "json")) {
		json_t *document = record_report_document(&report);

		print_json(document);
		json_decref(document);
	} else {
		show(&report, options_has(&options, "quiet"));
	}
	return report.intact ? STATUS_OK : STATUS_FAILED;
}
