#include "consequences.h"

#include <inttypes.h>

#include "listing.h"
#include "moment.h"
#include "terminal.h"
#include "translate.h"

enum { PAGE = 500, LISTED_MAXIMUM = 20 };

/* --- what is open --------------------------------------------------------------- */

static bool is_offer(const json_t *matter)
{
	const char *state = member_text(matter, "state");

	return strcmp(member_text(matter, "kind"), "proposal") == 0 &&
	       (strcmp(state, "tabled") == 0 || strcmp(state, "countered") == 0);
}

/* Offers that nobody has answered: they lapse when the talks end. */
static void show_offers(struct node *node)
{
	uint64_t from = 0, shown = 0;
	bool more = true;

	while (more) {
		struct error error = { 0 };
		json_t *page = NULL, *each;
		size_t i;

		if (api_get(node->api, &page, &error,
		            "/v1/channels/%s/matters?from=%" PRIu64 "&count=%d", node->channel.id,
		            from, PAGE) != OK)
			return;
		json_array_foreach(member(page, "matters"), i, each)
		{
			if (!is_offer(each))
				continue;
			if (shown++ == 0)
				advise(
				    _("Offers that lapse then, unless they are accepted before:"));
			if (shown <= LISTED_MAXIMUM)
				advise(_("  %s, last: %s"), member_text(each, "matter"),
				       member_text(each, "last"));
		}
		from += json_array_size(member(page, "matters"));
		more = member_true(page, "more") && json_array_size(member(page, "matters")) > 0;
		json_decref(page);
	}
	if (shown > LISTED_MAXIMUM)
		advise(_("  and %" PRIu64 " more"), shown - LISTED_MAXIMUM);
}

/* What is owed by a side and not overdue by then goes on. */
static void show_owed(struct node *node, const char *title)
{
	struct error error = { 0 };
	json_t *inbox = NULL, *each;
	uint64_t shown = 0;
	size_t i;

	if (api_get(node->api, &inbox, &error, "/v1/channels/%s/inbox", node->channel.id) != OK)
		return;
	json_array_foreach(member(inbox, "obligations"), i, each)
	{
		timestamp deadline = member_time(each, "deadline");
		char moment[MOMENT_CAPACITY] = "";

		if (shown++ == 0)
			advise("%s", title);
		if (shown > LISTED_MAXIMUM)
			continue;
		if (deadline != 0)
			moment_show(deadline, moment);
		advise(_("  %s owes: %s, for %s %s"), member_text(each, "owed_by"),
		       word_for_people(member_text(each, "what")), member_text(each, "act"),
		       moment);
	}
	if (shown > LISTED_MAXIMUM)
		advise(_("  and %" PRIu64 " more"), shown - LISTED_MAXIMUM);
	json_decref(inbox);
}

/* --- the kinds --------------------------------------------------------------- */

static void show_suspend(struct node *node)
{
	advise(_("Until you resume (chiro act resume) neither side opens new matters but "
	         "incidents. What is open goes on: answers, corrections and retractions are "
	         "legal, and clocks run."));
	show_owed(node, _("What is owed stays owed:"));
}

static void show_resume(struct node *node)
{
	const char *other = node->channel.other;

	advise(_("This ends our suspension. While one of %s stands, the talks stay suspended."),
	       other);
}

static void show_notice(const struct node *node, timestamp now)
{
	char effect[MOMENT_CAPACITY], span[MOMENT_CAPACITY];

	moment_show(now + node->channel.charter->notice, effect);
	moment_span(node->channel.charter->notice, span);
	advise(_("Notice is %s: signed now, it takes effect at %s. It needs no consent, and "
	         "cannot be taken back."),
	       span, effect);
}

static void show_withdraw(struct node *node, const struct act *act)
{
	const struct field_value *from = act_field(act, "from");
	bool from_channel = from != NULL && bytes_equal_string(from->text, "channel");

	show_notice(node, moment_now());
	show_offers(node);
	if (from_channel && (node->channel.charter->survives & SURVIVES_NOTICES) != 0) {
		advise(
		    _("From then on nothing new is opened but incidents, whose clocks go on, and "
		      "each side can close (chiro act close). Until then all goes on as before."));
	} else if (from_channel) {
		advise(_("From then on nothing new is opened, no clock starts against us any more, "
		         "and each side can close (chiro act close). Until then all goes on as "
		         "before."));
	} else {
		advise(
		    _("From then on nobody offers or accepts. Everything else goes on: incidents, "
		      "requests, statements. The channel stays open."));
	}
	show_owed(node, _("What is owed by then stays owed:"));
}

static void show_close(struct node *node)
{
	advise(_("This is the last entry of our log: after it we can log nothing, not even a "
	         "correction or a key. What %s logs after it is receipted by our cosignature "
	         "alone. Before it: export the record (chiro export), and give up reading keys if "
	         "nobody is to read it later (chiro keys --destroy)."),
	       node->channel.other);
	show_owed(node, _("Still owed:"));
	advise(_("What goes on is said in a channel that succeeds this one: chiro charter build "
	         "--succeeds %.20s"),
	       node->channel.id);
}

/* What no later act takes back. */
static void show_list(const struct node *node, const struct act *act)
{
	const struct charter *charter = node->channel.charter;
	const struct field_value *mode = act_field(act, "mode");
	char span[MOMENT_CAPACITY];

	moment_span(charter->clocks[CLOCK_LIST_CHANGES], span);
	if (bytes_equal_string(mode->text, "opened")) {
		advise(_("%s will know the whole list. Retiring it later ends permission to use "
		         "it, not knowledge of it."),
		       node->channel.other);
	} else if (bytes_equal_string(mode->text, "swap")) {
		advise(_("What we commit to cannot be changed any more. When both sides have "
		         "committed, each opens its list within %s; who does not is on record."),
		       span);
	} else {
		advise(_("%s can ask whether something is on the list, up to %" PRIu64
		         " evaluations a day and %" PRIu64 " in the list's life, of each class. "
		         "It learns how large each class is (with decoys), which prefix lengths "
		         "there are, and the contacts."),
		       node->channel.other, charter->query_budget_day, charter->query_budget_list);
	}
	moment_span(charter->clocks[CLOCK_FULL_LIST], span);
	advise(_("Within %s of its receipt a list is published anew, or retired."), span);
}

static void show_retirement(const struct node *node)
{
	advise(_("Permission to use the list ends, and questions to it are refused. What %s knows "
	         "of it, it goes on knowing."),
	       node->channel.other);
}

static void show_query(const struct node *node)
{
	char span[MOMENT_CAPACITY];

	moment_span(node->channel.charter->clocks[CLOCK_REQUEST], span);
	advise(_("The question goes on record: its class and how many evaluations it asks for, "
	         "not of what. It counts against our budget whether or not it is answered. %s owes "
	         "a reply within %s."),
	       node->channel.other, span);
}

void consequences_show(struct node *node, const struct act *act)
{
	switch (act->kind->number) {
	case KIND_SUSPEND:
		show_suspend(node);
		break;
	case KIND_RESUME:
		show_resume(node);
		break;
	case KIND_WITHDRAW:
		show_withdraw(node, act);
		break;
	case KIND_CLOSE:
		show_close(node);
		break;
	case KIND_LIST:
	case KIND_UPDATE_LIST:
		show_list(node, act);
		break;
	case KIND_RETIRE_LIST:
		show_retirement(node);
		break;
	case KIND_QUERY:
		show_query(node);
		break;
	default:
		break;
	}
}

void consequences_of_state(const json_t *channel)
{
	static const struct {
		const char *state, *text;
	} texts[] = {
		{ "suspended",
		  N_("no new matters but incidents, until whoever suspended resumes: chiro "
		     "act resume") },
		{ "withdrawn", N_("nothing new is opened; each side can close: chiro act close") },
		{ "closed-by-one", N_("whoever has not closed can acknowledge, correct, and close: "
		                      "chiro act close") },
		{ "closed", N_("nothing more is said here; chiro export and chiro verify go on") },
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (strcmp(texts[i].state, member_text(channel, "state")) == 0)
			list_item(_("phase"), "%s", _(texts[i].text));
	if (member_string(channel, "faulted") != NULL)
		list_item(
		    _("phase"), "%s",
		    _("only keys are changed now, and the channel is left: chiro act withdraw; "
		      "evidence is in the record"));
}
