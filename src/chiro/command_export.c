/* chiro export: the record of a channel as files. */
#include <inttypes.h>

#include "command.h"
#include "node_record.h"
#include "terminal.h"
#include "translate.h"

static const struct option_row rows[] = {
	{ .name = "open",
	  .help = N_("put the opened bodies into the record as well, as far as they can be "
	             "opened; the node notes that you opened them") },
	{ .name = "without-bodies", .help = N_("no bodies at all") },
	{ .name = "identity",
	  .value = N_("FILE"),
	  .help = N_("with --open: the age identity for what is for the eyes of the heads") },
	{ .name = "acts",
	  .value = N_("yes|no"),
	  .help = N_(
	      "files for people, with proof, of each act; without this option where there are "
	      "up to 10,000") },
	{ 0 },
};

static const struct usage usage = {
	.name = "export",
	.arguments = N_("DIR"),
	.help = N_(
	    "Writes the record of a channel into a new directory: the charter, both logs with "
	    "their signed heads and receipts, and what is needed to check them, with stock "
	    "tools as well (README.txt and verify.sh are among the files). Bodies stay sealed "
	    "unless --open is given. 'chiro verify' checks it without any node."),
	.examples = "  chiro export record && chiro verify record\n"
		    "  chiro export --open --acts yes record-for-the-archive\n",
	.rows = rows,
	.common = OPTIONS_NODE | OPTIONS_CHANNEL | OPTIONS_JSON,
	.arguments_minimum = 1,
	.arguments_maximum = 1,
};

static int read_acts(const struct options *options, enum record_acts *ret_acts, struct error *error)
{
	const char *value = options_value(options, "acts");

	if (value == NULL)
		*ret_acts = RECORD_ACTS_BY_SIZE;
	else if (strcmp(value, "yes") == 0)
		*ret_acts = RECORD_ACTS_ALWAYS;
	else if (strcmp(value, "no") == 0)
		*ret_acts = RECORD_ACTS_NEVER;
	else
		return error_set(error, ERROR_USAGE, _("--acts is yes or no, not '%s'"), value);
	return OK;
}

static void print_document(const struct record_summary *summary, const struct charter *charter,
                           const char *directory)
{
	json_t *logs = json_object();
	json_t *document;

	for (size_t i = 0; i < 2; i++)
		json_object_set_new(logs, charter->parties[i].id,
		                    json_pack("{s:I,s:b}", "size", (json_int_t)summary->sizes[i],
		                              "countersigned", summary->countersigned[i]));
	document = json_pack("{s:s,s:s,s:o,s:b,s:{s:I,s:I,s:I}}", "directory", directory, "channel",
	                     summary->channel, "logs", logs, "acts", summary->acts, "bodies",
	                     "sealed", (json_int_t)summary->bodies_sealed, "opened",
	                     (json_int_t)summary->bodies_opened, "absent",
	                     (json_int_t)summary->bodies_absent);
	print_json(document);
	json_decref(document);
}

static void show(const struct record_summary *summary, const struct charter *charter,
                 const char *directory)
{
	for (size_t i = 0; i < 2; i++)
		printf(summary->countersigned[i]
		           ? _("%s: %" PRIu64 " entries, countersigned by the other side\n")
		           : _("%s: %" PRIu64 " entries, the last of them not countersigned yet\n"),
		       charter->parties[i].id, summary->sizes[i]);
	printf(_("bodies: %" PRIu64 " sealed, %" PRIu64 " opened, %" PRIu64 " not here\n"),
	       summary->bodies_sealed, summary->bodies_opened, summary->bodies_absent);
	advise(_("'chiro verify %s' checks it; %s/README.txt says how others can."), directory,
	       directory);
}

static int write_record(struct node *node, const struct options *options, enum record_acts acts,
                        struct record_summary *ret_summary, struct error *error)
{
	struct progress progress;
	const struct record_options record_options = {
		.acts = acts,
		.progress = progress_show,
		.progress_context = &progress,
	};
	const char *identity = options_value(options, "identity");
	struct node_record *record;
	struct record_source source;
	int r;

	if (identity == NULL && node->settings.reading_identity[0] != '\0')
		identity = node->settings.reading_identity;
	if ((r = node_record_new(node, identity, &record, error)) != OK)
		return r;
	source = node_record_source(record, options_has(options, "open"));
	if (options_has(options, "without-bodies"))
		source.blob = NULL;
	progress_begin(&progress, _("exporting"), 0);
	r = record_write(options->arguments[0], &source, &record_options, ret_summary, error);
	progress_end(&progress);
	node_record_free(record);
	return r;
}

int command_export(int argc, char **argv)
{
	struct options options;
	struct error error = { 0 };
	struct record_summary summary;
	enum record_acts acts;
	struct node node;
	int result, r;

	if ((result = options_parse(&usage, argc, argv, &options)) >= 0)
		return result;
	if (options_has(&options, "open") && options_has(&options, "without-bodies"))
		return usage_error(&usage, _("--open and --without-bodies exclude each other"));
	if (read_acts(&options, &acts, &error) != OK)
		return complain_error(usage.name, &error);
	if ((result = node_open(&options, true, &node)) >= 0)
		return result;
	r = write_record(&node, &options, acts, &summary, &error);
	if (r == OK && options_has(&options, "json"))
		print_document(&summary, node.channel.charter, options.arguments[0]);
	else if (r == OK)
		show(&summary, node.channel.charter, options.arguments[0]);
	node_close(&node);
	if (r == OK)
		return STATUS_OK;
	error.code = r;
	return complain_error(options.arguments[0], &error);
}
