/* chiro alarms: what was raised, and what the alarm program made of it. */
#include <inttypes.h>
#include <libintl.h>
#include <time.h>

#include "alarm_words.h"
#include "command.h"
#include "listing.h"
#include "moment.h"
#include "translate.h"
#include "which_channel.h"

static const struct option_row rows[] = {
	{ .name = "test",
	  .help = N_("raise an alarm, and wait until the program has taken it: exit 1 if its first "
	             "run fails") },
	{ .name = "count", .value = N_("N"), .help = N_("at most so many, the newest (100)") },
	{ 0 },
};

static const struct usage usage = {
	.name = "alarms",
	.help = N_(
	    "Lists the alarms of this node, the newest first: what happened when, how often the "
	    "program that 'alarm-program' in chirod.conf names was run for it, how that ended, and "
	    "the last line that it wrote. A run that fails is repeated, with growing pauses."),
	.examples = "  chiro alarms --test\n  chiro alarms --json | jq '.alarms[0]'\n",
	.rows = rows,
	.common = OPTIONS_NODE | OPTIONS_JSON,
};

enum { COUNT_STANDARD = 100, COUNT_MAXIMUM = 500, LOOK_MILLISECONDS = 100, LOOKS_MAXIMUM = 3000 };

static const struct {
	const char *outcome;
	const char *text;
} outcomes[] = {
	{ "failed", N_("it ended with status %" PRIu64) },
	{ "killed", N_("it was ended by signal %" PRIu64) },
	{ "timed-out", N_("it took too long and was ended") },
	{ "not-started", N_("it could not be started") },
};

static void show_state(const json_t *alarm)
{
	const char *state = member_text(alarm, "state");
	uint64_t attempts = member_number(alarm, "attempts");

	list_item_styled(alarm_state_style(state), _("program"), "%s", alarm_state_text(state));
	if (attempts > 1)
		list_item(
		    "",
		    ngettext("after %" PRIu64 " attempt", "after %" PRIu64 " attempts", attempts),
		    attempts);
	for (size_t i = 0; i < sizeof(outcomes) / sizeof(outcomes[0]); i++)
		if (strcmp(outcomes[i].outcome, member_text(alarm, "outcome")) == 0)
			list_item_styled(STYLE_WARNING, "", _(outcomes[i].text),
			                 member_number(alarm, "status"));
	if (member_string(alarm, "line") != NULL)
		list_item(_("it wrote"), "%s", member_text(alarm, "line"));
}

static void show_alarm(const json_t *alarm, timestamp now)
{
	uint64_t more = member_number(alarm, "more");
	char time[SHORT_TIME_CAPACITY];

	short_time(member_time(alarm, "time"), time);
	printf("%s  %s%s%s%s\n", time, style(stdout, STYLE_STRONG),
	       alarm_event_text(member_text(alarm, "event")), style(stdout, STYLE_PLAIN),
	       member_true(alarm, "exercise") ? _("  EXERCISE") : "");
	list_item("", "%s", member_text(alarm, "text"));
	if (more > 0)
		list_item("",
		          ngettext("and %" PRIu64 " more of this kind",
		                   "and %" PRIu64 " more of this kind", more),
		          more);
	if (member_string(alarm, "channel") != NULL)
		list_item(_("channel"), "%.20s (%s)", member_text(alarm, "channel"),
		          member_text(alarm, "other"));
	if (member(alarm, "deadline") != NULL)
		list_deadline(_("due"), member_time(alarm, "deadline"), now);
	show_state(alarm);
	putchar('\n');
}

static void show_alarms(const json_t *reply)
{
	timestamp now = moment_now();
	const json_t *alarms = member(reply, "alarms");
	json_t *each;
	size_t i;

	if (member_string(reply, "program") == NULL)
		print_wrapped(stdout, 0,
		              _("No program is told of alarms: see 'alarm-program' in "
		                "chirod.conf(5)."));
	if (json_array_size(alarms) == 0)
		puts(_("No alarms."));
	json_array_foreach(alarms, i, each)
	{
		show_alarm(each, now);
	}
}

/* The alarm of that id, which the caller drops; NULL when it is not among the newest. */
static json_t *find_alarm(const json_t *reply, const char *id)
{
	json_t *each;
	size_t i;

	json_array_foreach(member(reply, "alarms"), i, each)
	{
		if (strcmp(member_text(each, "id"), id) == 0)
			return json_incref(each);
	}
	return NULL;
}

/* Raises one and looks until its first run has ended. */
static int test(struct api *api, json_t **ret_alarm, struct error *error)
{
	static const struct timespec pause = { 0, LOOK_MILLISECONDS * 1000000L };
	json_t *raised = NULL, *reply = NULL, *alarm = NULL;
	unsigned looks = 0;
	int r;

	if ((r = api_send(api, "POST", NULL, &raised, error, "/v1/alarms")) != OK)
		return r;
	for (;;) {
		const char *state;

		if ((r = api_get(api, &reply, error, "/v1/alarms")) != OK)
			break;
		alarm = find_alarm(reply, member_text(raised, "id"));
		json_decref(reply);
		if (alarm == NULL) {
			r = error_set(error, ERROR_NOT_FOUND, _("the alarm is gone from the list"));
			break;
		}
		state = member_text(alarm, "state");
		if (strcmp(state, "running") != 0 &&
		    (strcmp(state, "waiting") != 0 ||
		     strcmp(member_text(alarm, "outcome"), "not-run") != 0))
			break;
		/* The first run may take as long as it is allowed; others may be before it. */
		if (++looks == LOOKS_MAXIMUM)
			break;
		json_decref(alarm);
		nanosleep(&pause, NULL);
	}
	json_decref(raised);
	*ret_alarm = alarm;
	return r;
}

int command_alarms(int argc, char **argv)
{
	struct options options;
	struct error error = { 0 };
	struct node node;
	json_t *reply = NULL;
	bool taken = true;
	uint64_t count;
	int result, r;

	if ((result = options_parse(&usage, argc, argv, &options)) >= 0)
		return result;
	if (options_number(&options, "count", 1, COUNT_MAXIMUM, COUNT_STANDARD, &count, &error) !=
	    OK)
		return complain_error(usage.name, &error);
	if ((result = node_open(&options, false, &node)) >= 0)
		return result;
	if (options_has(&options, "test"))
		r = test(node.api, &reply, &error);
	else
		r = api_get(node.api, &reply, &error, "/v1/alarms?count=%" PRIu64, count);
	if (r == OK && options_has(&options, "test"))
		taken = strcmp(member_text(reply, "state"), "delivered") == 0;
	if (r == OK && options_has(&options, "json"))
		print_json(reply);
	else if (r == OK && options_has(&options, "test"))
		show_alarm(reply, moment_now());
	else if (r == OK)
		show_alarms(reply);
	json_decref(reply);
	node_close(&node);
	if (r != OK)
		return complain_error(NULL, &error);
	return taken ? STATUS_OK : STATUS_FAILED;
}
