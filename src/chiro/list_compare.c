/* chiro list diff: what changed from one list to another. */
#include "command.h"
#include "files.h"
#include "list_changes.h"
#include "list_command.h"
#include "list_files.h"
#include "listing.h"
#include "terminal.h"
#include "translate.h"

static const struct usage usage = {
	.name = "list diff",
	.arguments = N_("BEFORE AFTER"),
	.help = N_("Shows what changed from one list that the person keeps to another: entries "
	           "that came (+), went (-) or changed (~), with what changed in them."),
	.examples = "  chiro list diff grid grid-new\n",
	.common = OPTIONS_NODE | OPTIONS_JSON,
	.arguments_minimum = 2,
	.arguments_maximum = 2,
};

static int compare(const struct options *options, struct error *error)
{
	struct list_mapping before = { 0 }, after = { 0 };
	struct settings settings;
	json_t *document = NULL;
	unsigned which = 0;
	int r;

	if ((r = settings_load(options, &settings, error)) != OK ||
	    (r = list_file_map(&settings, options->arguments[0], &before, error)) != OK ||
	    (r = list_file_map(&settings, options->arguments[1], &after, error)) != OK)
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
	list_file_unmap(&before);
	list_file_unmap(&after);
	return r;
}

int list_compare(int argc, char **argv)
{
	struct options options;
	struct error error = { 0 };
	int status;

	if ((status = options_parse(&usage, argc, argv, &options)) >= 0)
		return status;
	return conclude(compare(&options, &error), &error);
}
