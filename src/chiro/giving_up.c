#include "giving_up.h"

#include <inttypes.h>

#include "acting.h"
#include "command.h"
#include "listing.h"
#include "moment.h"
#include "translate.h"

enum { WORDS_MAXIMUM = 32 };

static const struct {
	const char *standing, *text;
} standings[] = {
	{ "in-use", N_("in use") },
	{ "old", N_("replaced; what was sealed to it can be read") },
	{ "attested", N_("given up by this side; the other side's word is awaited") },
	{ "retained", N_("given up by both; kept for as long as the charter says") },
	{ "held", N_("given up by both; kept because a hold stands") },
	{ "due", N_("given up by both; nothing keeps it") },
	{ "destroyed", N_("destroyed: what was sealed to it can never be read again") },
};

static const char *standing_text(const json_t *key)
{
	const char *standing = member_text(key, "standing");

	for (size_t i = 0; i < sizeof(standings) / sizeof(standings[0]); i++)
		if (strcmp(standings[i].standing, standing) == 0)
			return _(standings[i].text);
	return standing;
}

void giving_up_list(const json_t *keys, const char *party)
{
	json_t *each;
	size_t i, shown = 0;

	json_array_foreach(member(keys, "keys"), i, each)
	    shown += strcmp(member_text(each, "party"), party) == 0;
	if (shown < 2)
		return;
	json_array_foreach(member(keys, "keys"), i, each)
	{
		char due[MOMENT_CAPACITY];

		if (strcmp(member_text(each, "party"), party) != 0)
			continue;
		printf("  %s\n", member_text(each, "recipient"));
		list_item("", "%s", standing_text(each));
		list_item("",
		          ngettext("%" PRIu64 " body", "%" PRIu64 " bodies",
		                   member_number(each, "bodies")),
		          member_number(each, "bodies"));
		if (member_string(each, "attested_by") != NULL)
			list_item("", _("by %s"), member_text(each, "attested_by"));
		if (strcmp(member_text(each, "standing"), "retained") == 0) {
			moment_show(member_time(each, "due"), due);
			list_item("", _("until %s"), due);
		}
	}
}

/* Our first key that is not given up, and the one in use. */
static const json_t *find_key(const json_t *keys, const char *own, bool in_use)
{
	json_t *each;
	size_t i;

	json_array_foreach(member(keys, "keys"), i, each)
	{
		if (strcmp(member_text(each, "party"), own) != 0)
			continue;
		if (in_use ? strcmp(member_text(each, "standing"), "in-use") == 0
		           : member_string(each, "attested_by") == NULL)
			return each;
	}
	return NULL;
}

static void show_loss(const json_t *key, int64_t retention, const char *other)
{
	uint64_t bodies = member_number(key, "bodies"), held = member_number(key, "held_bodies");
	char first[MOMENT_CAPACITY], last[MOMENT_CAPACITY], span[MOMENT_CAPACITY];

	advise(_("This is our head's word that we give up for ever what is sealed to our reading "
	         "key %s."),
	       member_text(key, "recipient"));
	if (bodies > 0) {
		moment_show(member_time(key, "first"), first);
		moment_show(member_time(key, "last"), last);
		advise(ngettext("  It is %" PRIu64 " body, from %s to %s.",
		                "  These are %" PRIu64 " bodies, from %s to %s.", bodies),
		       bodies, first, last);
	} else {
		advise(_("  No body is sealed to it."));
	}
	if (held > 0)
		advise(ngettext("  %" PRIu64 " of them is under a hold: nothing is destroyed "
		                "until it is lifted (chiro hold).",
		                "  %" PRIu64 " of them are under a hold: nothing is destroyed "
		                "until it is lifted (chiro hold).",
		                held),
		       held);
	moment_span(retention, span);
	if (member_string(key, "also_attested_by") != NULL)
		advise(_("  %s has given up its key already, by %s."), other,
		       member_text(key, "also_attested_by"));
	else
		advise(_("  %s must give up its key too: until then all stays readable."), other);
	advise(_("  Once both have, it is kept for %s more, as the charter says. Then the keeper "
	         "destroys the key, and the node drops the sealed bodies. The logs stay as they "
	         "are: who said what, when, by which hash, is proved as before."),
	       span);
	advise(_("  This cannot be taken back. What you want to keep, open first (chiro export "
	         "--open, or a hold). Copies of the keeper's disk may still hold the key: see "
	         "chiro(1)."));
}

/* Hands over to `chiro act rekey`, with the options that it shares. */
static int attest(const struct options *options, const char *value, const char *destroyed)
{
	static const char *const shared[] = {
		"channel", "socket", "home", "author", "key", "cosigner", "cosigner-key",
	};
	static char names[sizeof(shared) / sizeof(shared[0])][32];
	static char kind[] = "rekey", item[] = "--item", reading[] = "reading-key",
		    value_option[] = "--value", destroyed_option[] = "--destroyed", yes[] = "--yes",
		    json[] = "--json";
	static char texts[2][128];
	char *words[WORDS_MAXIMUM] = { kind,         item,     reading,
		                       value_option, texts[0], destroyed_option,
		                       texts[1],     yes };
	int count = 8;

	snprintf(texts[0], sizeof(texts[0]), "%s", value);
	snprintf(texts[1], sizeof(texts[1]), "%s", destroyed);
	for (size_t i = 0; i < sizeof(shared) / sizeof(shared[0]); i++) {
		const char *given = options_value(options, shared[i]);

		if (given == NULL)
			continue;
		snprintf(names[i], sizeof(names[i]), "--%s", shared[i]);
		words[count++] = names[i];
		words[count++] = (char *)(uintptr_t)given;
	}
	if (options_has(options, "json"))
		words[count++] = json;
	return act_run(count, words);
}

int giving_up_run(const struct options *options, struct node *node)
{
	char value[128] = "new", destroyed[128];
	struct error error = { 0 };
	const json_t *key, *present;
	json_t *keys = NULL;
	int r, status;

	if ((r = api_get(node->api, &keys, &error, "/v1/channels/%s/reading-keys",
	                 node->channel.id)) != OK)
		goto out;
	key = find_key(keys, node->channel.own, false);
	present = find_key(keys, node->channel.own, true);
	if (key == NULL || present == NULL) {
		r = error_set(&error, ERROR_STATE, _("there is no reading key to give up"));
		goto out;
	}
	if (key != present)
		snprintf(value, sizeof(value), "%s", member_text(present, "recipient"));
	snprintf(destroyed, sizeof(destroyed), "%s", member_text(key, "recipient"));
	show_loss(key, (int64_t)member_number(keys, "retention"), node->channel.other);
	if (key == present)
		advise(_("  It is the key in use: a new one takes its place."));
	if (!options_has(options, "yes") && !ask_yes(_("Have the head sign this?")))
		r = error_set(&error, ERROR_DENIED, _("nothing is signed"));
out:
	json_decref(keys);
	status = r == OK ? STATUS_OK : conclude(r, &error);
	node_close(node);
	return r == OK ? attest(options, value, destroyed) : status;
}
