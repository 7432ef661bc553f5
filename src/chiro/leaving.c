#include "leaving.h"

#include <string.h>

#include "listing.h"
#include "moment.h"
#include "terminal.h"
#include "translate.h"

static void show_open(const json_t *obligation)
{
	timestamp deadline = member_time(obligation, "deadline");
	const char *act = member_text(obligation, "act"), *kind = member_text(obligation, "kind");
	const char *owed_by = member_text(obligation, "owed_by");
	const char *what = word_for_people(member_text(obligation, "what"));
	char moment[MOMENT_CAPACITY];

	if (deadline == 0) {
		advise(_("  %s, %s: %s is owed by %s"), act, kind, what, owed_by);
		return;
	}
	moment_show(deadline, moment);
	advise(_("  %s, %s: %s is owed by %s until %s"), act, kind, what, owed_by, moment);
}

/* Whether our own `delegate` signed the act that asks. */
static bool is_by(const json_t *obligation, const char *own, const char *delegate)
{
	char party[PARTY_ID_CAPACITY];
	uint64_t number;

	return strcmp(member_text(obligation, "author"), delegate) == 0 &&
	       act_name_read(member_text(obligation, "act"), party, &number, NULL) == OK &&
	       strcmp(party, own) == 0;
}

void leaving_show(const struct node *node, const char *delegate)
{
	json_t *inbox = NULL, *each;
	size_t i, shown = 0;

	if (api_get(node->api, &inbox, NULL, "/v1/channels/%s/inbox", node->channel.id) != OK)
		return;
	advise(_("What %s has signed stands and binds %s. Texts that %s has drafted or signed and "
	         "nobody has sent can no longer be logged: somebody else drafts them anew."),
	       delegate, node->channel.own, delegate);
	json_array_foreach(member(inbox, "obligations"), i, each)
	{
		if (!is_by(each, node->channel.own, delegate))
			continue;
		if (shown++ == 0)
			advise(_("Open among the acts of %s, for others to follow up (chiro reply "
			         "ACT lists how, retract among it):"),
			       delegate);
		show_open(each);
	}
	json_decref(inbox);
}
