/* chiro status: how the node and its channels are. */
#include <inttypes.h>
#include <libintl.h>

#include "command.h"
#include "consequences.h"
#include "earlier_channel.h"
#include "listing.h"
#include "lost_keys.h"
#include "moment.h"
#include "sentences.h"
#include "translate.h"
#include "which_channel.h"

static const struct option_row rows[] = {
	{ .name = "check",
	  .help = N_(
	      "exit with 1 when something needs a person: an alarm, a fault, "
	      "a link that is down, a witness or depositary that fails, a clock that is not "
	      "believed, authority of ours that ends within 3 days, keys of lists that cannot be "
	      "read or are lost") },
	{ 0 },
};

static const struct usage usage = {
	.name = "status",
	.help = N_(
	    "Shows each channel of the node in a few lines: its state, the link, what each log "
	    "holds and what of it the other side has receipted, what waits and what alarms, and "
	    "whose authority ends within 14 days or has ended in the last 14."),
	.examples = "  chiro status\n  chiro status --check || page-the-duty-officer\n",
	.rows = rows,
	.common = OPTIONS_NODE | OPTIONS_CHANNEL | OPTIONS_JSON,
};

enum {
	SHOWN_ID = 20,
	RECEIPT_PATIENCE = 300, /* seconds for which a receipt may be on its way */
	NEUTRAL_PATIENCE = 3600 /* for which a witness or depositary may fail */
};

static bool authority_ends(const json_t *reminders)
{
	json_t *each;
	size_t i;

	json_array_foreach(reminders, i, each)
	{
		if (member_true(each, "urgent"))
			return true;
	}
	return false;
}

/* A witness or depositary that nobody has said where to reach, or that does not work. */
static bool neutral_fails(const json_t *neutrals, timestamp now)
{
	json_t *each;
	size_t i;

	json_array_foreach(neutrals, i, each)
	{
		timestamp since = member_time(each, "failing_since");

		if (member_string(each, "url") == NULL ||
		    (since != 0 && now - since > NEUTRAL_PATIENCE))
			return true;
	}
	return false;
}

/* What needs a person. In a mirror nobody writes and nothing is awaited. */
static bool channel_needs_attention(const json_t *channel, bool mirror, timestamp now)
{
	const json_t *link = member(channel, "link");
	timestamp awaited = member_time(channel, "receipt_awaited_since");

	if (authority_ends(member(channel, "reminders")) || member(channel, "faulted") != NULL ||
	    member(channel, "alarm") != NULL || json_array_size(member(channel, "alarms")) > 0)
		return true;
	if (mirror)
		return false;
	return member_true(channel, "read_only") ||
	       neutral_fails(member(channel, "neutrals"), now) ||
	       (awaited != 0 && now - awaited > RECEIPT_PATIENCE) ||
	       strcmp(member_text(link, "state"), "down") == 0;
}

static void show_link(const json_t *link, timestamp now)
{
	const char *state = member_text(link, "state");
	bool up = strcmp(state, "up") == 0;
	timestamp since = member_time(link, "since");
	char moment[MOMENT_CAPACITY], span[MOMENT_CAPACITY];

	if (since != 0) {
		moment_show(since, moment);
		moment_span(now > since ? now - since : 0, span);
		list_item_styled(up ? STYLE_GOOD : STYLE_BAD, _("link"), _("%s since %s, %s"),
		                 word_for_people(state), moment, span);
	} else {
		list_item_styled(up ? STYLE_GOOD : STYLE_WARNING, _("link"), "%s",
		                 word_for_people(state));
	}
	if (member_string(link, "reason") != NULL)
		list_item("", "%s", sentence_for_people(member_text(link, "reason")));
	if (member_string(link, "address") != NULL && member(link, "round_trip_us") != NULL)
		list_item("", _("%s, round trip %.1f ms, their clock %+" PRId64 " ms"),
		          member_text(link, "address"),
		          (double)member_number(link, "round_trip_us") / 1000.0,
		          (int64_t)json_integer_value(member(link, "clock_difference_ms")));
	else if (member_string(link, "address") != NULL)
		list_item("", "%s", member_text(link, "address"));
}

/* The tests that the nodes log, by turns. */
static void show_link_tests(const json_t *tests, timestamp now)
{
	timestamp last = member_time(tests, "last");
	char moment[MOMENT_CAPACITY], span[MOMENT_CAPACITY];

	if (tests == NULL)
		return;
	moment_show(member_time(tests, "next"), moment);
	if (last != 0) {
		moment_span(now > last ? now - last : 0, span);
		list_item(_("link test"), _("the last succeeded %s ago; next by %s, %s"), span,
		          member_text(tests, "next_by"), moment);
	} else {
		list_item(_("link test"), _("none has succeeded yet; next by %s, %s"),
		          member_text(tests, "next_by"), moment);
	}
	if (member_true(tests, "waiting"))
		list_item("", "%s", _("ours is not answered yet"));
	if (member_number(tests, "failed") > 0) {
		moment_show(member_time(tests, "failing_since"), moment);
		list_item_styled(member_true(tests, "has_failed") ? STYLE_BAD : STYLE_WARNING, "",
		                 ngettext("failed %" PRIu64 " time in a row, since %s",
		                          "failed %" PRIu64 " times in a row, since %s",
		                          member_number(tests, "failed")),
		                 member_number(tests, "failed"), moment);
	}
}

/* A witness or depositary in a line, and what is wrong in another. */
static void show_neutral(const json_t *neutral, const json_t *channel, timestamp now)
{
	bool depositary = member_true(neutral, "depositary");
	timestamp since = member_time(neutral, "failing_since");
	timestamp last = member_time(neutral, "last_cosigned");
	timestamp collected = member_time(neutral, "last_collected");
	char moment[MOMENT_CAPACITY], span[MOMENT_CAPACITY];

	list_item_styled(
	    since == 0 ? STYLE_GOOD : STYLE_WARNING, depositary ? _("depositary") : _("witness"),
	    _("%s, cosigned %" PRIu64 " of our %" PRIu64 ", %" PRIu64 " of their %" PRIu64),
	    member_text(neutral, "name"), member_number(neutral, "own_cosigned"),
	    member_number(channel, "own_size"), member_number(neutral, "their_cosigned"),
	    member_number(channel, "their_size"));
	if (last != 0) {
		moment_span(now > last ? now - last : 0, span);
		list_item("", _("last signed %s ago"), span);
	}
	if (depositary && collected != 0) {
		moment_span(now > collected ? now - collected : 0, span);
		list_item("", _("last asked for their post %s ago"), span);
	}
	if (member_string(neutral, "url") == NULL) {
		list_item_styled(STYLE_WARNING, "", "%s",
		                 _("chirod.conf has no 'neutral' line for it"));
	} else if (since != 0) {
		moment_show(since, moment);
		list_item_styled(STYLE_WARNING, "", _("fails since %s: %s"), moment,
		                 sentence_for_people(member_text(neutral, "reason")));
	}
}

static void show_neutrals(const json_t *channel, timestamp now)
{
	json_t *each;
	size_t i;

	json_array_foreach(member(channel, "neutrals"), i, each)
	{
		show_neutral(each, channel, now);
	}
}

static void show_logs(const json_t *channel)
{
	const char *other = member_text(channel, "other");
	uint64_t own = member_number(channel, "own_size");
	uint64_t receipted = member_number(channel, "own_receipted");
	uint64_t unsent = member_number(channel, "unsent");
	uint64_t theirs = member_number(channel, "their_size");
	uint64_t ours = member_number(channel, "their_receipted");

	list_item(_("our log"),
	          ngettext("%" PRIu64 " entry, %" PRIu64 " receipted by %s",
	                   "%" PRIu64 " entries, %" PRIu64 " receipted by %s", own),
	          own, receipted, other);
	if (unsent > 0)
		list_item_styled(STYLE_WARNING, _("unsent"),
		                 ngettext("%" PRIu64 " entry not known to be held by %s",
		                          "%" PRIu64 " entries not known to be held by %s", unsent),
		                 unsent, other);
	list_item(_("their log"),
	          ngettext("%" PRIu64 " entry, %" PRIu64 " receipted by us",
	                   "%" PRIu64 " entries, %" PRIu64 " receipted by us", theirs),
	          theirs, ours);
}

/* The last entry of a log that is held here, and when it was logged. */
static void show_newest(const char *label, const char *party, const char *newest, timestamp logged)
{
	char moment[MOMENT_CAPACITY];

	if (newest == NULL) {
		list_item(label, _("nothing of %s yet"), party);
		return;
	}
	moment_show(logged, moment);
	list_item(label, _("%s, logged %s"), newest, moment);
}

static void show_copy(const json_t *channel)
{
	show_newest(_("as of"), member_text(channel, "own"), member_string(channel, "own_newest"),
	            member_time(channel, "own_logged"));
	show_newest("", member_text(channel, "other"), member_string(channel, "their_newest"),
	            member_time(channel, "their_logged"));
}

/* A receipt that is owed: withheld when the other side has what it is for. */
static void show_receipts(const json_t *channel)
{
	timestamp awaited = member_time(channel, "receipt_awaited_since");
	timestamp withheld = member_time(channel, "receipt_withheld_since");
	char moment[MOMENT_CAPACITY];

	if (withheld != 0) {
		moment_show(withheld, moment);
		list_item_styled(STYLE_BAD, _("receipt"), _("withheld since %s, by %s"), moment,
		                 member_text(channel, "other"));
	} else if (awaited != 0) {
		moment_show(awaited, moment);
		list_item_styled(STYLE_WARNING, _("receipt"), _("awaited since %s, from %s"),
		                 moment, member_text(channel, "other"));
	}
}

/* The name of the other side in the person's first language, else any. */
static const char *other_name(const json_t *channel)
{
	json_t *names = member(channel, "other_names");
	/* TRANSLATORS: the code of this language */
	const char *name = member_string(names, _("en"));

	if (name == NULL && json_object_size(names) > 0)
		name = json_string_value(json_object_iter_value(json_object_iter(names)));
	return name != NULL ? name : member_text(channel, "other");
}

/* When a withdrawal takes or took effect. */
static void show_end(const char *coming, const char *past, timestamp end, timestamp now)
{
	if (end > now)
		list_deadline(coming, end, now);
	else
		list_time(past, end);
}

static void show_channel(const json_t *channel, bool mirror, timestamp now)
{
	bool quiet = !channel_needs_attention(channel, mirror, now);

	fputc('\n', stdout);
	fputs(style(stdout, STYLE_STRONG), stdout);
	printf("%.*s", SHOWN_ID, member_text(channel, "channel"));
	fputs(style(stdout, STYLE_PLAIN), stdout);
	fputs("  ", stdout);
	fputs(style(stdout, quiet ? STYLE_GOOD : STYLE_WARNING), stdout);
	put_visible(stdout, bytes_of_string(word_for_people(member_text(channel, "state"))), false);
	fputs(style(stdout, STYLE_PLAIN), stdout);
	fputc('\n', stdout);
	list_item(_("with"), "%s (%s)", other_name(channel), member_text(channel, "other"));
	if (member_string(channel, "faulted") != NULL)
		list_item_styled(STYLE_BAD, _("FAULTED"), "%s", member_text(channel, "faulted"));
	if (mirror) {
		show_copy(channel);
	} else {
		if (member_true(channel, "read_only"))
			list_item_styled(STYLE_BAD, _("READ ONLY"), "%s",
			                 sentence_for_people(member_text(channel, "reason")));
		if (strcmp(member_text(channel, "trouble"), "none") != 0)
			list_item("",
			          _("'chiro recover' says what is missing, and brings it back"));
		show_link(member(channel, "link"), now);
		show_link_tests(member(channel, "link_tests"), now);
		show_neutrals(channel, now);
	}
	show_logs(channel);
	show_receipts(channel);
	list_reminders(member(channel, "reminders"), member_text(channel, "own"), true, now);
	show_end(_("talks end"), _("talks over"), member_time(channel, "withdrawal_from_talks"),
	         now);
	show_end(_("ends"), _("ended"), member_time(channel, "withdrawal_from_channel"), now);
	earlier_channel_list(channel);
	consequences_of_state(channel);
	if (member_number(channel, "evidence") > 0)
		list_item_styled(STYLE_BAD, _("evidence"),
		                 ngettext("%" PRIu64 " piece kept", "%" PRIu64 " pieces kept",
		                          member_number(channel, "evidence")),
		                 member_number(channel, "evidence"));
	list_strings(STYLE_WARNING, _("waiting"), member(channel, "waiting"));
	if (json_array_size(member(channel, "alarms")) == 0 &&
	    member_string(channel, "alarm") != NULL)
		list_item_styled(STYLE_BAD, _("ALARM"), "%s",
		                 sentence_for_people(member_text(channel, "alarm")));
	list_strings(STYLE_BAD, _("ALARM"), member(channel, "alarms"));
}

/* The process that has the keys of match-only lists, and how it is confined. */
static void show_evaluator(const json_t *evaluator)
{
	uint64_t keys = member_number(evaluator, "keys");
	uint64_t damaged = member_number(evaluator, "damaged");
	const char *user = member_text(evaluator, "user");

	if (!member_true(evaluator, "working")) {
		list_item_styled(STYLE_WARNING, _("evaluator"), "%s",
		                 _("does not run, or is being started: no list can be asked"));
		return;
	}
	if (member_true(evaluator, "apart"))
		list_item(_("evaluator"),
		          ngettext("%" PRIu64 " key of lists, as user %s, apart from the engine",
		                   "%" PRIu64 " keys of lists, as user %s, apart from the engine",
		                   keys),
		          keys, user);
	else
		list_item(_("evaluator"),
		          ngettext("%" PRIu64 " key of lists, as user %s, like the engine",
		                   "%" PRIu64 " keys of lists, as user %s, like the engine", keys),
		          keys, user);
	if (damaged > 0)
		list_item_styled(
		    STYLE_BAD, "",
		    ngettext("%" PRIu64 " key cannot be read: the journal names it, and "
		             "its list needs a new epoch",
		             "%" PRIu64 " keys cannot be read: the journal names them, "
		             "and their lists need new epochs",
		             damaged),
		    damaged);
}

/* In a mirror there is none. */
static bool evaluator_needs_attention(const json_t *evaluator)
{
	return evaluator != NULL &&
	       (!member_true(evaluator, "working") || member_number(evaluator, "damaged") > 0);
}

static void show_node(const json_t *status, timestamp now)
{
	const json_t *clock = member(status, "clock");
	const json_t *setups = member(status, "setups");
	char moment[MOMENT_CAPACITY];
	json_t *each;
	size_t i;

	moment_show(now, moment);
	fputs(style(stdout, STYLE_STRONG), stdout);
	put_visible(stdout, bytes_of_string(member_text(status, "party")), false);
	fputs(style(stdout, STYLE_PLAIN), stdout);
	fputs("  ", stdout);
	put_visible(stdout, bytes_of_string(member_text(status, "domain")), false);
	printf("  chirod %s, pid %" PRIu64 "\n", member_text(status, "version"),
	       member_number(status, "pid"));
	if (member_true(status, "mirror"))
		list_item_styled(STYLE_STRONG, _("MIRROR"), "%s",
		                 _("a copy to read and to recover from; nothing is written here"));
	list_item(_("now"), "%s", moment);
	if (clock != NULL && !member_true(clock, "trusted"))
		list_item_styled(STYLE_BAD, _("CLOCK"), _("not believed: %s"),
		                 sentence_for_people(member_text(clock, "reason")));
	if (member(status, "evaluator") != NULL)
		show_evaluator(member(status, "evaluator"));
	json_array_foreach(setups, i, each)
	    list_item(i == 0 ? _("invited") : "", "%s %s", member_text(each, "setup"),
	              member_text(each, "created"));
}

int command_status(int argc, char **argv)
{
	struct options options;
	struct error error = { 0 };
	struct node node;
	json_t *status = NULL, *each;
	timestamp now = moment_now();
	const char *prefix;
	bool attention, mirror;
	size_t i, shown = 0;
	int result;

	if ((result = options_parse(&usage, argc, argv, &options)) >= 0 ||
	    (result = node_open(&options, false, &node)) >= 0)
		return result;
	if (api_get(node.api, &status, &error, "/v1/status") != OK) {
		node_close(&node);
		return complain_error(NULL, &error);
	}
	mirror = member_true(status, "mirror");
	prefix = options_value(&options, "channel");
	attention = member(status, "clock") != NULL &&
	            !member_true(member(status, "clock"), "trusted");
	attention = attention || evaluator_needs_attention(member(status, "evaluator"));
	if (options_has(&options, "json"))
		print_json(status);
	else
		show_node(status, now);
	json_array_foreach(member(status, "channels"), i, each)
	{
		if (prefix != NULL &&
		    strncmp(member_text(each, "channel"), prefix, strlen(prefix)) != 0)
			continue;
		attention = attention || channel_needs_attention(each, mirror, now);
		shown++;
		if (!options_has(&options, "json"))
			show_channel(each, mirror, now);
		if (member(status, "evaluator") != NULL &&
		    lost_keys_show(node.api, each, options_has(&options, "json")))
			attention = true;
	}
	result = options_has(&options, "check") && attention ? STATUS_FAILED : STATUS_OK;
	if (shown == 0 && prefix != NULL) {
		complain(_("no channel begins with '%s'"), prefix);
		result = STATUS_USAGE;
	} else if (shown == 0 && !options_has(&options, "json")) {
		print_wrapped(stdout, 2,
		              mirror ? _("No channel yet: see 'chiro help take'.")
		                     : _("No channel yet: see 'chiro help invite'."));
	}
	json_decref(status);
	node_close(&node);
	return result;
}
