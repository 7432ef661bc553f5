/* chiro test: proves the link by an entry that the other node echoes. */
#include <inttypes.h>

#include "command.h"
#include "terminal.h"
#include "translate.h"
#include "which_channel.h"

static const struct usage usage = {
	.name = "test",
	.help = N_(
	    "Logs a test entry, which the other node answers with an echo: it proves that the "
	    "link, the keepers and the logs of both sides work. Nodes do so by themselves every "
	    "hour or as the charter says. 'chiro wait' waits for the receipt."),
	.examples = "  chiro wait $(chiro test)\n",
	.common = OPTIONS_NODE | OPTIONS_CHANNEL | OPTIONS_JSON,
};

int command_test(int argc, char **argv)
{
	struct options options;
	struct error error = { 0 };
	struct node node;
	json_t *reply = NULL;
	int result, r;

	if ((result = options_parse(&usage, argc, argv, &options)) >= 0 ||
	    (result = node_open(&options, true, &node)) >= 0)
		return result;
	r = api_send(node.api, "POST", json_object(), &reply, &error, "/v1/channels/%s/test",
	             node.channel.id);
	if (r == OK && options_has(&options, "json"))
		print_json(reply);
	else if (r == OK)
		puts(member_text(reply, "name"));
	json_decref(reply);
	node_close(&node);
	return r == OK ? STATUS_OK : complain_error(NULL, &error);
}
