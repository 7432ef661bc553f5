/* chiro list diff: what changed from one list to another. */
#include "command.h"
#include "files.h"
#include "list_changes.h"
#include "list_command.h"
#include "list_source.h"
#include "terminal.h"
#include "translate.h"

static const struct option_row rows[] = {
	{ .name = "identity",
	  .value = N_("FILE"),
	  .help = N_("the age identity for what is for the eyes of the heads") },
	{ 0 },
};

static const struct usage usage = {
	.name = "list diff",
	.arguments = N_("BEFORE AFTER"),
	.help = N_(
	    "Shows what changed from one list to another: entries that came (+), went (-) or "
	    "changed (~), with what changed in them. Each is a list that the person keeps, or "
	    "an act that opens one, ours or the other side's."),
	.examples = "  chiro list diff grid grid-new\n"
		    "  chiro list diff south-7 south-12\n",
	.rows = rows,
	.common = OPTIONS_NODE | OPTIONS_CHANNEL | OPTIONS_JSON,
	.arguments_minimum = 2,
	.arguments_maximum = 2,
};

static int compare(struct node *node, const struct options *options, struct error *error)
{
	struct list_source before = { 0 }, after = { 0 };
	const char *identity = options_value(options, "identity");
	json_t *document = NULL;
	unsigned which = 0;
	int r;

	if ((r = list_source_find(node, options->arguments[0], identity, &before, error)) != OK ||
	    (r = list_source_find(node, options->arguments[1], identity, &after, error)) != OK)
		goto out;
	if (!options_has(options, "json"))
		r = list_changes_show(before.text, after.text, &which, error);
	else if ((document = list_changes_document(before.text, after.text, &which, error)) != NULL)
		print_json(document);
	else
		r = error->code;
	if (r != OK)
		error_in_file(error, r, options->arguments[which]);
	json_decref(document);
out:
	list_source_release(&before);
	list_source_release(&after);
	return r;
}

int list_compare(int argc, char **argv)
{
	struct options options;
	struct error error = { 0 };
	struct node node;
	int r, status;

	if ((status = options_parse(&usage, argc, argv, &options)) >= 0 ||
	    (status = list_source_node(&options, &node)) >= 0)
		return status;
	r = compare(&node, &options, &error);
	list_source_node_close(&node);
	return conclude(r, &error);
}
