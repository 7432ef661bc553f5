/* chiro inbox: what needs somebody's attention. */
#include "command.h"
#include "listing.h"
#include "moment.h"
#include "translate.h"
#include "which_channel.h"

static const struct option_row rows[] = {
	{ .name = "check", .help = N_("exit with 1 when our side owes something that is overdue") },
	{ 0 },
};

static const struct usage usage = {
	.name = "inbox",
	.help = N_("Shows what our side owes and what the other side owes, most urgent first, with "
	           "the time that is left, what has come and nobody has acknowledged, and whose "
	           "authority ends within 14 days or has ended in the last 14. Deadlines are "
	           "computed from the two logs, by both sides alike."),
	.examples = "  chiro inbox\n  chiro inbox --json | jq '.obligations[] | "
		    "select(.state == \"overdue\")'\n",
	.rows = rows,
	.common = OPTIONS_NODE | OPTIONS_CHANNEL | OPTIONS_JSON,
};

static void heading(const char *text, size_t *sections)
{
	if ((*sections)++ > 0)
		fputc('\n', stdout);
	printf("%s%s%s\n", style(stdout, STYLE_STRONG), text, style(stdout, STYLE_PLAIN));
}

/* Those owed by one side; the node gives them in the order of urgency. */
static size_t list_owed(const json_t *obligations, const char *party, const char *title,
                        timestamp now, size_t *sections)
{
	json_t *each;
	size_t i, listed = 0;

	json_array_foreach(obligations, i, each)
	{
		if (strcmp(member_text(each, "owed_by"), party) != 0)
			continue;
		if (listed++ == 0)
			heading(title, sections);
		list_obligation(each, now);
	}
	return listed;
}

static bool something_is_overdue(const json_t *obligations, const char *party)
{
	json_t *each;
	size_t i;

	json_array_foreach(obligations, i, each)
	{
		if (strcmp(member_text(each, "owed_by"), party) == 0 &&
		    strcmp(member_text(each, "state"), "overdue") == 0)
			return true;
	}
	return false;
}

static void show(const json_t *inbox, const struct which_channel *channel)
{
	const json_t *obligations = member(inbox, "obligations");
	const json_t *unread = member(inbox, "unread");
	const json_t *reminders = member(inbox, "reminders");
	timestamp now = moment_now();
	char title[128];
	size_t i, sections = 0;
	json_t *each;

	list_owed(obligations, channel->own, _("We owe"), now, &sections);
	json_array_foreach(unread, i, each)
	{
		if (i == 0)
			heading(_("Not acknowledged by anybody here"), &sections);
		list_act(each);
	}
	snprintf(title, sizeof(title), _("%s owes"), channel->other);
	list_owed(obligations, channel->other, title, now, &sections);
	if (json_array_size(reminders) > 0)
		heading(_("Authority that ends"), &sections);
	list_reminders(reminders, channel->own, false, now);
	if (sections == 0)
		puts(_("Nothing."));
	if (member_true(inbox, "more"))
		print_wrapped(stdout, 0, _("There is more than is shown."));
}

int command_inbox(int argc, char **argv)
{
	struct options options;
	struct error error = { 0 };
	struct node node;
	json_t *inbox = NULL;
	int result;

	if ((result = options_parse(&usage, argc, argv, &options)) >= 0 ||
	    (result = node_open(&options, true, &node)) >= 0)
		return result;
	if (api_get(node.api, &inbox, &error, "/v1/channels/%s/inbox", node.channel.id) != OK) {
		result = complain_error(NULL, &error);
		goto out;
	}
	if (options_has(&options, "json"))
		print_json(inbox);
	else
		show(inbox, &node.channel);
	result = options_has(&options, "check") &&
	                 something_is_overdue(member(inbox, "obligations"), node.channel.own)
	             ? STATUS_FAILED
	             : STATUS_OK;
out:
	json_decref(inbox);
	node_close(&node);
	return result;
}
