/* chiro clock: whether the node believes its clock, and a person's word for it. */
#include "command.h"
#include "listing.h"
#include "moment.h"
#include "sentences.h"
#include "translate.h"
#include "which_channel.h"

static const struct option_row rows[] = {
	{ .name = "vouch",
	  .help = N_("vouch for the node's clock, after comparing it with another one") },
	{ 0 },
};

static const struct usage usage = {
	.name = "clock",
	.help = N_(
	    "Shows the time of the node and whether the node believes it. A clock that jumped by "
	    "more than five minutes, or is behind the times in the logs, is not believed, and "
	    "nothing is logged until the other side, a witness or a person vouches for it: what "
	    "is logged under a wrong time is void or refused, and cannot be taken back."),
	.examples = "  chiro clock\n  chiro clock --vouch\n",
	.rows = rows,
	.common = OPTIONS_NODE | OPTIONS_JSON,
};

static void show(const json_t *clock)
{
	timestamp now = member_time(clock, "now");

	list_time(_("node"), now);
	if (member_true(clock, "trusted"))
		list_item_styled(STYLE_GOOD, _("clock"), "%s", _("believed"));
	else
		list_item_styled(STYLE_BAD, _("CLOCK"), _("not believed: %s"),
		                 sentence_for_people(member_text(clock, "reason")));
}

int command_clock(int argc, char **argv)
{
	struct options options;
	struct error error = { 0 };
	struct node node;
	json_t *reply = NULL;
	const json_t *clock;
	bool vouch;
	int result, r;

	if ((result = options_parse(&usage, argc, argv, &options)) >= 0 ||
	    (result = node_open(&options, false, &node)) >= 0)
		return result;
	vouch = options_has(&options, "vouch");
	r = vouch ? api_send(node.api, "POST", NULL, &reply, &error, "/v1/clock")
	          : api_get(node.api, &reply, &error, "/v1/status");
	if (r == OK) {
		clock = vouch ? reply : member(reply, "clock");
		if (options_has(&options, "json"))
			print_json(clock);
		else
			show(clock);
		if (!member_true(clock, "trusted") && !vouch)
			advise(_("Compare with another clock, set the system's right if it is not, "
			         "and say 'chiro clock --vouch'."));
		result = member_true(clock, "trusted") ? STATUS_OK : STATUS_FAILED;
	} else {
		result = complain_error(NULL, &error);
	}
	json_decref(reply);
	node_close(&node);
	return result;
}
