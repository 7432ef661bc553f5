/* chiro hold: what is kept though both sides have given up its reading key. */
#include <inttypes.h>
#include <stdlib.h>

#include "command.h"
#include "listing.h"
#include "moment.h"
#include "translate.h"
#include "which_channel.h"

static const struct option_row rows[] = {
	{ .name = "reason",
	  .value = N_("TEXT"),
	  .help = N_("with add: why, such as a case or an order") },
	{ 0 },
};

static const struct usage usage = {
	.name = "hold",
	.arguments = N_("[add WHAT | lift N]"),
	.help = N_(
	    "Lists the holds. 'add' puts one on the body of an act (north-7), on all of a "
	    "matter (matter:north-7), or on the channel (the word channel); 'lift' ends one. "
	    "While a hold stands, the reading key to which the body is sealed is not "
	    "destroyed, whatever both sides have attested. Holds are local: the other side "
	    "does not learn of them."),
	.examples = "  chiro hold add south-3 --reason 'court order 17/26'\n"
		    "  chiro hold add matter:north-7 --reason inquiry\n  chiro hold\n"
		    "  chiro hold lift 1\n",
	.rows = rows,
	.common = OPTIONS_NODE | OPTIONS_CHANNEL | OPTIONS_JSON,
	.arguments_maximum = 2,
};

static void list_hold(const json_t *hold)
{
	const char *scope = member_text(hold, "scope");
	char moment[MOMENT_CAPACITY];

	printf("%s%" PRIu64 "%s  ", style(stdout, STYLE_STRONG), member_number(hold, "number"),
	       style(stdout, STYLE_PLAIN));
	if (strcmp(scope, "channel") == 0)
		puts(_("the channel"));
	else if (strcmp(scope, "matter") == 0)
		printf(_("the matter of %s\n"), member_text(hold, "act"));
	else
		printf("%s\n", member_text(hold, "act"));
	moment_show(member_time(hold, "created"), moment);
	list_item(_("since"), "%s", moment);
	list_item(_("by"), "%s", member_text(hold, "by"));
	list_item(_("reason"), "%s", member_text(hold, "reason"));
}

static int list(const struct node *node, bool json, struct error *error)
{
	json_t *reply = NULL, *each;
	size_t i;
	int r;

	if ((r = api_get(node->api, &reply, error, "/v1/channels/%s/holds", node->channel.id)) !=
	    OK)
		return r;
	if (json) {
		print_json(reply);
	} else {
		json_array_foreach(member(reply, "holds"), i, each)
		{
			list_hold(each);
		}
		if (json_array_size(member(reply, "holds")) == 0)
			puts(_("No hold stands."));
	}
	json_decref(reply);
	return OK;
}

static int add(const struct node *node, const struct options *options, struct error *error)
{
	static const char prefix[] = "matter:";
	const char *what = options->arguments[1], *reason = options_value(options, "reason");
	json_t *request, *reply = NULL;
	int r;

	if (reason == NULL)
		return error_set(error, ERROR_USAGE,
		                 _("--reason is missing: why it is to be kept"));
	if (strcmp(what, "channel") == 0)
		request = json_pack("{s:s,s:s}", "scope", "channel", "reason", reason);
	else if (strncmp(what, prefix, sizeof(prefix) - 1) == 0)
		request = json_pack("{s:s,s:s,s:s}", "scope", "matter", "act",
		                    what + sizeof(prefix) - 1, "reason", reason);
	else
		request = json_pack("{s:s,s:s,s:s}", "scope", "act", "act", what, "reason", reason);
	if ((r = api_send(node->api, "POST", request, &reply, error, "/v1/channels/%s/holds",
	                  node->channel.id)) != OK)
		return r;
	if (options_has(options, "json"))
		print_json(reply);
	else
		printf(_("hold %" PRIu64 " stands\n"), member_number(reply, "number"));
	json_decref(reply);
	return OK;
}

static int lift(const struct node *node, const struct options *options, struct error *error)
{
	json_t *reply = NULL;
	char *end = NULL;
	uint64_t number = strtoull(options->arguments[1], &end, 10);
	int r;

	if (options->arguments[1][0] < '1' || options->arguments[1][0] > '9' || *end != '\0')
		return error_set(error, ERROR_USAGE,
		                 _("'%s' is no number such as 'chiro hold' lists"),
		                 options->arguments[1]);
	if ((r = api_send(node->api, "DELETE", NULL, &reply, error,
	                  "/v1/channels/%s/holds/%" PRIu64, node->channel.id, number)) == OK)
		printf(_("hold %" PRIu64 " is lifted\n"), number);
	json_decref(reply);
	return r;
}

int command_hold(int argc, char **argv)
{
	struct options options;
	struct error error = { 0 };
	struct node node;
	const char *what;
	int r, status;

	if ((status = options_parse(&usage, argc, argv, &options)) >= 0)
		return status;
	what = options.argument_count > 0 ? options.arguments[0] : NULL;
	if (what != NULL &&
	    (options.argument_count < 2 || (strcmp(what, "add") != 0 && strcmp(what, "lift") != 0)))
		return usage_error(&usage, _("add what, or lift which hold?"));
	if ((status = node_open(&options, true, &node)) >= 0)
		return status;
	if (what == NULL)
		r = list(&node, options_has(&options, "json"), &error);
	else
		r = strcmp(what, "add") == 0 ? add(&node, &options, &error)
		                             : lift(&node, &options, &error);
	node_close(&node);
	return conclude(r, &error);
}
