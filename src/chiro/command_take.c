/* chiro take: courier files into the node. */
#include "command.h"
#include "taking.h"
#include "terminal.h"
#include "translate.h"
#include "which_channel.h"

static const struct usage usage = {
	.name = "take",
	.arguments = N_("FILE…"),
	.help = N_(
	    "Takes what 'chiro pack' made, here or at the other side. Each file is checked whole "
	    "before anything of it is taken: one that was damaged, or is for another channel, "
	    "changes nothing and is named. Volumes may be taken in any order, at different times "
	    "and twice. A file of '-' is standard input."),
	.examples = "  chiro take from-north.courier && chiro pack north >receipts.courier\n"
		    "  chiro take /media/stick/post.*\n",
	.common = OPTIONS_NODE | OPTIONS_JSON,
	.arguments_minimum = 1,
	.arguments_maximum = TAKINGS_MAXIMUM,
};

static int take_all(const struct options *options, struct takings *takings)
{
	bool as_json = options_has(options, "json");
	json_t *document, *files = json_array();
	struct node node;
	size_t failures;
	int status;

	if ((status = node_open(options, false, &node)) >= 0) {
		json_decref(files);
		return status;
	}
	failures = takings_take(takings, node.api, as_json ? NULL : stdout, as_json ? files : NULL);
	node_close(&node);
	document = json_pack("{s:o}", "files", files);
	if (as_json)
		print_json(document);
	json_decref(document);
	return failures == 0 ? STATUS_OK : STATUS_FAILED;
}

int command_take(int argc, char **argv)
{
	struct takings takings;
	struct options options;
	int result;

	if ((result = options_parse(&usage, argc, argv, &options)) >= 0)
		return result;
	if (takings_new(options.arguments, options.argument_count, &takings) != OK) {
		complain("%s", result_text(ERROR_MEMORY));
		return STATUS_FAILED;
	}
	result = take_all(&options, &takings);
	takings_release(&takings);
	return result;
}
