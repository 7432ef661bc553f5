/* chiro verify: a record, without any node. */
#include <inttypes.h>

#include "command.h"
#include "listing.h"
#include "options.h"
#include "record_verifier.h"
#include "translate.h"

enum { THREADS_MAXIMUM = 256 };

static const struct option_row rows[] = {
	{ .name = "threads",
	  .value = N_("N"),
	  .help = N_("that verify; as many as there are processors without this option") },
	{ .name = "quiet", .help = N_("say nothing about an intact record") },
	{ 0 },
};

static const struct usage usage = {
	.name = "verify",
	.arguments = N_("DIR"),
	.help = N_(
	    "Verifies a record that 'chiro export' has written, by itself, without any node and "
	    "trusting nobody: signatures of the charter and of every act, both logs and their "
	    "countersigned heads, what every act is worth, and every file. Names the first "
	    "thing that is wrong, and where; or says as of which entries it speaks, and what it "
	    "could not check. Exits with 0 when the record is intact, 1 when it is damaged or "
	    "something is missing."),
	.examples = "  chiro verify record\n  chiro verify --json record | jq .intact\n",
	.rows = rows,
	.common = OPTIONS_JSON,
	.arguments_minimum = 1,
	.arguments_maximum = 1,
};

/* --- for scripts --------------------------------------------------------- */

static const char *const gap_names[RECORD_GAP_KIND_COUNT] = {
	[RECORD_GAP_EMPTY_LOG] = "empty-log",
	[RECORD_GAP_NOT_COUNTERSIGNED] = "not-countersigned",
	[RECORD_GAP_EARLIER_KEY] = "earlier-key",
	[RECORD_GAP_WITNESSES] = "witnesses",
	[RECORD_GAP_UNKNOWN_KINDS] = "unknown-kinds",
	[RECORD_GAP_BODIES_SEALED] = "bodies-sealed",
	[RECORD_GAP_BODIES_ABSENT] = "bodies-absent",
	[RECORD_GAP_BODIES_FAULTED] = "bodies-faulted",
};

/* Bytes of a file name may be anything; JSON has only UTF-8. */
static json_t *visible_json(const char *text)
{
	struct buffer visible;
	json_t *value = NULL;

	buffer_init(&visible, LISTING_TEXT_CAPACITY);
	if (visible_text(&visible, bytes_of_string(text), false) == OK)
		value = json_stringn((const char *)visible.data, visible.size);
	buffer_release(&visible);
	return value != NULL ? value : json_string("");
}

static json_t *damage_document(const struct record_damage *damage)
{
	return json_pack("{s:s,s:o,s:o,s:o,s:o}", "code", api_result_name(damage->code), "file",
	                 visible_json(damage->file), "offset",
	                 damage->has_offset ? json_integer((json_int_t)damage->offset)
	                                    : json_null(),
	                 "act", damage->act[0] != '\0' ? json_string(damage->act) : json_null(),
	                 "reason", visible_json(damage->reason));
}

static json_t *logs_document(const struct record_report *report)
{
	json_t *logs = json_object();

	for (size_t i = 0; i < 2; i++) {
		char logged[TIMESTAMP_CAPACITY];
		json_t *log;

		if (report->parties[i][0] == '\0')
			continue;
		timestamp_format(report->logged[i], logged);
		log = json_pack(
		    "{s:I,s:I,s:o,s:o}", "size", (json_int_t)report->sizes[i], "void",
		    (json_int_t)report->void_count[i], "as_of",
		    report->as_of[i][0] != '\0' ? json_string(report->as_of[i]) : json_null(),
		    "logged", report->as_of[i][0] != '\0' ? json_string(logged) : json_null());
		json_object_set_new(logs, report->parties[i], log);
	}
	return logs;
}

static void print_document(const struct record_report *report)
{
	json_t *gaps = json_array();
	json_t *document = json_object();

	for (size_t i = 0; i < report->gap_count; i++) {
		const struct record_gap *gap = &report->gaps[i];

		json_array_append_new(gaps, json_pack("{s:s,s:s,s:I}", "what", gap_names[gap->kind],
		                                      "party", report->parties[gap->party], "count",
		                                      (json_int_t)gap->count));
	}
	json_object_set_new(document, "intact", json_boolean(report->intact));
	json_object_set_new(document, "damage",
	                    report->intact ? json_null() : damage_document(&report->damage));
	json_object_set_new(document, "channel",
	                    report->channel[0] != '\0' ? json_string(report->channel)
	                                               : json_null());
	json_object_set_new(document, "state",
	                    report->intact ? json_string(channel_state_name(report->state))
	                                   : json_null());
	json_object_set_new(document, "logs", logs_document(report));
	json_object_set_new(document, "files", json_integer((json_int_t)report->files));
	json_object_set_new(document, "not_checked", gaps);
	print_json(document);
	json_decref(document);
}

/* --- for people ---------------------------------------------------------- */

static void show_damage(const struct record_damage *damage)
{
	printf("%s%s%s\n", style(stdout, STYLE_BAD), _("The record is damaged."),
	       style(stdout, STYLE_PLAIN));
	list_item(_("file"), "%s", damage->file);
	if (damage->has_offset)
		list_item(_("byte"), "%" PRIu64, damage->offset);
	if (damage->act[0] != '\0')
		list_item(_("act"), "%s", damage->act);
	list_item(_("reason"), "%s", damage->reason);
	advise(_("This is the first thing that is wrong; there may be more."));
}

static void show_gaps(const struct record_report *report)
{
	for (size_t i = 0; i < report->gap_count; i++) {
		const struct record_gap *gap = &report->gaps[i];

		if (i == 0)
			puts(_("Not checked, or not shown by it:"));
		if (gap->count > 0)
			list_item(report->parties[gap->party], "%s (%" PRIu64 ")",
			          _(record_gap_text(gap->kind)), gap->count);
		else
			list_item(report->parties[gap->party], "%s", _(record_gap_text(gap->kind)));
	}
}

static void show_intact(const struct record_report *report)
{
	printf("%s%s%s\n", style(stdout, STYLE_GOOD), _("The record is intact."),
	       style(stdout, STYLE_PLAIN));
	list_item(_("channel"), "%s", report->channel);
	list_item(_("state"), "%s", word_for_people(channel_state_name(report->state)));
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
	list_item(_("files"), _("%" PRIu64 ", all accounted for"), report->files);
	show_gaps(report);
}

static void show(const struct record_report *report, bool quiet)
{
	if (!report->intact)
		show_damage(&report->damage);
	else if (!quiet)
		show_intact(report);
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
	verify_options.threads = (unsigned)threads;
	progress_begin(&progress, _("verifying"), 0);
	r = record_verify(options.arguments[0], &verify_options, &report, &error);
	progress_end(&progress);
	if (r != OK) {
		error.code = r;
		return complain_error(options.arguments[0], &error);
	}
	if (options_has(&options, "json"))
		print_document(&report);
	else
		show(&report, options_has(&options, "quiet"));
	return report.intact ? STATUS_OK : STATUS_FAILED;
}
