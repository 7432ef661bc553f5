/* chiro recover: a channel in which nothing may be logged, step by step back. */
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "command.h"
#include "listing.h"
#include "moment.h"
#include "sentences.h"
#include "taking.h"
#include "translate.h"
#include "which_channel.h"

enum { PATIENCE_SECONDS = 120, POLLS_MINIMUM = 4 };

static const struct option_row rows[] = {
	{ .name = "timeout",
	  .value = N_("TIME"),
	  .help = N_("wait so long for what is to come: 30s, 15m … (2m)") },
	{ .name = "depositary",
	  .help = N_("wait also for what the node fetches from the charter's depositary") },
	{ 0 },
};

static const struct usage usage = {
	.name = "recover",
	.arguments = N_("[FILE…]"),
	.help = N_(
	    "Brings back a channel in which nothing may be logged since the database or the "
	    "keeper was lost, or restored from an older copy. Says what is wrong, what is there "
	    "and what is missing; takes what is missing from copies, which 'chiro pack --copy' "
	    "makes at the other side or at a mirror; and has the keeper take up our log where "
	    "the witnesses or the other side say that it ended. May be repeated."),
	.examples =
	    "  chiro recover\n  chiro recover copy.1 copy.2\n  chiro recover --depositary\n",
	.rows = rows,
	.common = OPTIONS_NODE | OPTIONS_CHANNEL | OPTIONS_JSON,
	.arguments_maximum = TAKINGS_MAXIMUM,
};

/* What no copy and no evidence can put right, and what to do then. */
static const struct {
	const char *trouble, *advice;
} hopeless[] = {
	{ "no-keys",
	  N_("Put the keeper's directory back where it was, if it still exists. If it does not, "
	     "'chiro succeed' makes fresh keys, which the appointing key appoints for a successor "
	     "log.") },
	{ "keys",
	  N_("The keeper's files are older than a change of keys: put the newer ones back. If "
	     "there are none, the appointing key appoints fresh keys.") },
	{ "two-histories",
	  N_("Two nodes have written this log, or one that was restored from an older copy wrote "
	     "on before it was told. Stop this node now, see that no other runs on a copy of "
	     "its keys, and keep its home: it is evidence. Go on from a copy of what the other "
	     "side holds, with a successor log.") },
	{ "other-entries",
	  N_("This is not the database that belongs to this keeper. Put the right one back, or one "
	     "that is empty but for the charter, and recover from a copy.") },
	{ "other-cosigned",
	  N_("This is not the database that belongs to this keeper. Put the right one back, or one "
	     "that is empty but for the charter, and recover from a copy.") },
};

static const char *advice_of(const char *trouble)
{
	for (size_t i = 0; i < sizeof(hopeless) / sizeof(hopeless[0]); i++)
		if (strcmp(hopeless[i].trouble, trouble) == 0)
			return _(hopeless[i].advice);
	return NULL;
}

/* --- what is there ------------------------------------------------------------- */

static bool is_missing(const json_t *recovery)
{
	return member_number(recovery, "own_known") > member_number(recovery, "own_held") ||
	       member_number(recovery, "their_known") > member_number(recovery, "their_held");
}

/* One log: all that is known to exist is here, or from where on not. */
static void show_log(const char *party, uint64_t held, uint64_t known)
{
	if (held >= known)
		list_item_styled(STYLE_GOOD, party,
		                 ngettext("%" PRIu64 " entry is here, none is missing",
		                          "%" PRIu64 " entries are here, none is missing", held),
		                 held);
	else if (known - held == 1)
		list_item_styled(STYLE_BAD, party,
		                 _("%" PRIu64 " entries are here; %s-%" PRIu64 " is missing"), held,
		                 party, held);
	else
		list_item_styled(
		    STYLE_BAD, party,
		    _("%" PRIu64 " entries are here; %s-%" PRIu64 " to %s-%" PRIu64 " are missing"),
		    held, party, held, party, known - 1);
}

static void show_keeper(const json_t *recovery)
{
	uint64_t size = member_number(recovery, "keeper_size");
	uint64_t signed_size = member_number(recovery, "own_signed");
	const char *trouble = member_text(recovery, "trouble");

	if (strcmp(trouble, "no-keys") == 0)
		list_item_styled(STYLE_BAD, _("keeper"), _("has no keys for this channel"));
	else if (member(recovery, "keeper_size") == NULL)
		list_item_styled(STYLE_BAD, _("keeper"),
		                 _("has its keys, but has lost its memory of what it signed"));
	else if (size < signed_size)
		list_item_styled(STYLE_BAD, _("keeper"),
		                 _("knows of %" PRIu64 " entries, but has signed %" PRIu64), size,
		                 signed_size);
	else
		list_item_styled(STYLE_GOOD, _("keeper"),
		                 ngettext("has signed %" PRIu64 " entry and knows it",
		                          "has signed %" PRIu64 " entries and knows it", size),
		                 size);
}

static bool keeper_must_recover(const json_t *recovery)
{
	const char *trouble = member_text(recovery, "trouble");

	return strcmp(trouble, "keeper-lost") == 0 || strcmp(trouble, "keeper-behind") == 0;
}

/* Who says how far our log had come. */
static void show_evidence(const json_t *recovery)
{
	uint64_t needed = member_number(recovery, "evidence_needed");
	uint64_t fresh = member_number(recovery, "evidence_fresh");
	timestamp latest = member_time(recovery, "evidence_latest");
	enum style shown = fresh >= needed && needed > 0 ? STYLE_GOOD : STYLE_WARNING;
	char moment[MOMENT_CAPACITY];

	if (!keeper_must_recover(recovery))
		return;
	if (member_true(recovery, "by_witnesses"))
		list_item_styled(shown, _("evidence"),
		                 _("%" PRIu64 " of %" PRIu64
		                   " witnesses that are needed have cosigned "
		                   "our newest head in the last ten minutes"),
		                 fresh, needed);
	else if (fresh > 0)
		list_item_styled(shown, _("evidence"),
		                 _("%s has cosigned our newest head in the last ten minutes"),
		                 member_text(recovery, "other"));
	else
		list_item_styled(shown, _("evidence"),
		                 _("%s has not cosigned our newest head in the last ten minutes"),
		                 member_text(recovery, "other"));
	if (latest != 0) {
		moment_show(latest, moment);
		list_item("", _("the last time: %s"), moment);
	}
	if (member_string(recovery, "refusal") != NULL)
		list_item_styled(STYLE_BAD, "", _("the keeper did not take it: %s"),
		                 member_text(recovery, "refusal"));
}

static void show(const json_t *recovery)
{
	uint64_t bodies = member_number(recovery, "bodies_missing");

	list_item_styled(STYLE_BAD, _("wrong"), "%s",
	                 sentence_for_people(member_text(recovery, "reason")));
	show_log(member_text(recovery, "own"), member_number(recovery, "own_held"),
	         member_number(recovery, "own_known"));
	show_log(member_text(recovery, "other"), member_number(recovery, "their_held"),
	         member_number(recovery, "their_known"));
	if (bodies > 0)
		list_item_styled(STYLE_WARNING, _("bodies"),
		                 ngettext("%" PRIu64 " sealed body is not complete",
		                          "%" PRIu64 " sealed bodies are not complete", bodies),
		                 bodies);
	show_keeper(recovery);
	show_evidence(recovery);
}

/* --- what is next ------------------------------------------------------------------ */

static void advise_next(const json_t *recovery)
{
	const char *own = member_text(recovery, "own"), *other = member_text(recovery, "other");
	const char *advice = advice_of(member_text(recovery, "trouble"));

	if (advice != NULL) {
		advise("%s", advice);
		return;
	}
	if (!is_missing(recovery)) {
		if (member_true(recovery, "by_witnesses"))
			advise(
			    _("The keeper waits for the witnesses: 'chiro status' shows which of "
			      "them answer. Then run 'chiro recover' again."));
		else
			advise(_("The keeper waits for the word of %s, which comes with each new "
			         "connection: see to the link ('chiro status'), then run 'chiro "
			         "recover' again."),
			       other);
		return;
	}
	advise(
	    _("Have %s, or whoever runs a mirror of yours, make a copy with 'chiro pack --copy', "
	      "and give its files to 'chiro recover'. The node itself asks the charter's "
	      "depositary, if there is one: 'chiro recover --depositary' waits for it."),
	    other);
	if (member_number(recovery, "own_known") > member_number(recovery, "own_held"))
		advise(
		    _("Entries of %s that no copy has, nor the depositary, are gone: nobody else "
		      "has ever had them, and what they said must be said again. The keeper has "
		      "signed them, so the log can then only go on as a successor log: the "
		      "runbook tells how, at the end of 'The database is lost'."),
		    own);
}

/* --- coming back --------------------------------------------------------------------- */

static int ask(const struct node *node, bool start, json_t **recovery, struct error *error)
{
	json_t *reply = NULL;
	int r = start ? api_send(node->api, "POST", NULL, &reply, error, "/v1/channels/%s/recover",
	                         node->channel.id)
	              : api_get(node->api, &reply, error, "/v1/channels/%s/recovery",
	                        node->channel.id);

	if (r != OK)
		return r;
	json_decref(*recovery);
	*recovery = reply;
	return OK;
}

static bool is_back(const json_t *recovery)
{
	return strcmp(member_text(recovery, "trouble"), "none") == 0;
}

/* Until the channel is back, the keeper has refused, or the time is over. */
static int wait_for_rest(const struct node *node, int64_t timeout, bool depositary,
                         json_t **recovery, struct error *error)
{
	const struct timespec pause = { .tv_nsec = 300 * 1000 * 1000 };
	timestamp begun = moment_now();
	struct progress progress;
	unsigned polls = 0;
	int r = OK;

	progress_begin(&progress, _("waiting for what is missing"), 0);
	do {
		r = ask(node, !member_true(*recovery, "asked"), recovery, error);
		if (r != OK || is_back(*recovery) || member_string(*recovery, "refusal") != NULL ||
		    !(keeper_must_recover(*recovery) || (depositary && is_missing(*recovery))))
			break;
		progress_update(&progress, (uint64_t)(moment_now() - begun));
		nanosleep(&pause, NULL);
	} while (++polls < POLLS_MINIMUM || moment_now() - begun < timeout);
	progress_end(&progress);
	return r;
}

/* The copies; -1 to go on. Also where the database has nothing of the channel yet: a
 * copy brings its charter. */
static int take_copies(const struct options *options, json_t *files)
{
	bool as_json = options_has(options, "json");
	struct takings takings;
	struct node node;
	int result;

	if (takings_new(options->arguments, options->argument_count, &takings) != OK) {
		complain("%s", result_text(ERROR_MEMORY));
		return STATUS_FAILED;
	}
	if ((result = node_open(options, false, &node)) < 0) {
		takings_take(&takings, node.api, as_json ? NULL : stdout, as_json ? files : NULL);
		node_close(&node);
	}
	takings_release(&takings);
	return result;
}

/* The end of it, in whatever state. */
static int finish(const struct options *options, const json_t *recovery, bool was_wrong)
{
	const char *own = member_text(recovery, "own"), *other = member_text(recovery, "other");
	bool back = is_back(recovery);

	if (options_has(options, "json")) {
		print_json(recovery);
	} else if (back) {
		fputs(was_wrong ? _("The channel is recovered and can be written to: ")
		                : _("Nothing is wrong, the channel can be written to: "),
		      stdout);
		printf(_("%s has %" PRIu64 " entries, %s has %" PRIu64 ".\n"), own,
		       member_number(recovery, "own_held"), other,
		       member_number(recovery, "their_held"));
	} else {
		show(recovery);
		fflush(stdout);
		complain(_("the channel is not recovered yet"));
		advise_next(recovery);
	}
	return back ? STATUS_OK : STATUS_FAILED;
}

static int recover(const struct options *options, int64_t timeout, json_t *files)
{
	bool depositary = options_has(options, "depositary"), was_wrong;
	json_t *recovery = NULL;
	struct error error = { 0 };
	struct node node;
	int result, r;

	if ((result = node_open(options, true, &node)) >= 0)
		return result;
	if ((r = ask(&node, false, &recovery, &error)) != OK)
		goto out;
	was_wrong = !is_back(recovery) || options->argument_count > 0;
	if (!is_back(recovery) && !options_has(options, "json"))
		show(recovery);
	if (!is_back(recovery) &&
	    (r = wait_for_rest(&node, timeout, depositary, &recovery, &error)) != OK)
		goto out;
	if (options->argument_count > 0)
		json_object_set(recovery, "files", files);
	result = finish(options, recovery, was_wrong);
out:
	json_decref(recovery);
	node_close(&node);
	return r == OK ? result : complain_error(NULL, &error);
}

int command_recover(int argc, char **argv)
{
	struct options options;
	struct error error = { 0 };
	json_t *files;
	int64_t timeout;
	int result;

	if ((result = options_parse(&usage, argc, argv, &options)) >= 0)
		return result;
	if (moment_parse_span(options_value(&options, "timeout"), PATIENCE_SECONDS, &timeout,
	                      &error) != OK)
		return complain_error(usage.name, &error);
	files = json_array();
	if (options.argument_count == 0 || (result = take_copies(&options, files)) < 0)
		result = recover(&options, timeout, files);
	json_decref(files);
	return result;
}
