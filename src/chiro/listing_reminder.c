/* Reminders: authority that ends soon, in words. */
#include "listing.h"
#include "moment.h"
#include "translate.h"

/* `2026-12-02T00:00:00Z, in 3 d`, or `…, 2 d ago`. */
static void show_end(timestamp end, timestamp now, char ret_text[2 * MOMENT_CAPACITY])
{
	char moment[MOMENT_CAPACITY], span[MOMENT_CAPACITY];

	moment_show(end, moment);
	moment_span(end > now ? end - now : now - end, span);
	snprintf(ret_text, 2 * MOMENT_CAPACITY, end > now ? _("%s, in %s") : _("%s, %s ago"),
	         moment, span);
}

/* What a side cannot sign, and since or from when; true when it was one of these. */
static bool put_about_party(const json_t *reminder, timestamp end, timestamp now, const char *when,
                            char *text, size_t capacity)
{
	const char *what = member_text(reminder, "what"), *party = member_text(reminder, "party");
	const char *kind = member_text(reminder, "kind");

	if (strcmp(what, "no-head") == 0)
		snprintf(text, capacity,
		         _("%s has no head (since %s): nobody can accredit, recall or withdraw"),
		         party, when);
	else if (strcmp(what, "no-cosigner") == 0 && end == 0)
		snprintf(text, capacity,
		         _("nobody of %s can give the second signature that '%s' needs"), party,
		         kind);
	else if (strcmp(what, "no-cosigner") == 0)
		snprintf(text, capacity,
		         end > now
		             ? _("from %s nobody of %s can give the second signature that '%s' "
		                 "needs")
		             : _("since %s nobody of %s can give the second signature that '%s' "
		                 "needs"),
		         when, party, kind);
	else if (strcmp(what, "head-alone") == 0)
		snprintf(text, capacity,
		         end > now ? _("from %s the head's key is the only one that can sign for "
		                       "%s, or accredit anybody")
		                   : _("since %s the head's key is the only one that can sign for "
		                       "%s, or accredit anybody"),
		         when, party);
	else
		return false;
	return true;
}

static void put_about_delegate(const json_t *reminder, const char *when, char *text,
                               size_t capacity)
{
	const char *party = member_text(reminder, "party"),
		   *name = member_text(reminder, "delegate");
	const char *role = member_text(reminder, "role");

	snprintf(text, capacity,
	         strcmp(member_text(reminder, "what"), "ended") == 0
	             ? _("%s@%s, %s: authority ended %s")
	             : _("%s@%s, %s: authority ends %s"),
	         name, party, role, when);
}

/* What our people can do about it; NULL for a past end, which asks for nothing. */
static const char *advice_about(const char *what)
{
	static const struct {
		const char *what, *advice;
	} rows[] = {
		{ "no-head", N_("appoint one with the appointing key: chiro help act appoint") },
		{ "no-cosigner", N_("accredit a deputy: chiro help act accredit") },
		{ "head-alone", N_("accredit somebody: chiro help act accredit") },
		{ "ends", N_("accredit them anew, with a fresh key: chiro help act accredit") },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].what, what) == 0)
			return _(rows[i].advice);
	return NULL;
}

static void list_reminder(const json_t *reminder, const char *own, const char *label, timestamp now)
{
	bool ours = strcmp(member_text(reminder, "party"), own) == 0;
	const char *what = member_text(reminder, "what"), *advice = advice_about(what);
	bool is_about_delegate = member_string(reminder, "delegate") != NULL;
	timestamp end = member_time(reminder, "time");
	enum style wanted = STYLE_PLAIN;
	char when[2 * MOMENT_CAPACITY], text[LISTING_TEXT_CAPACITY];

	show_end(end, now, when);
	if (!put_about_party(reminder, end, now, when, text, sizeof(text)))
		put_about_delegate(reminder, when, text, sizeof(text));
	if (ours)
		wanted = member_true(reminder, "urgent") || !is_about_delegate ? STYLE_BAD
		                                                               : STYLE_WARNING;
	list_item_styled(wanted, label, "%s", text);
	if (ours && advice != NULL)
		list_item("", "%s", advice);
}

size_t list_reminders(const json_t *reminders, const char *own, bool with_label, timestamp now)
{
	const char *label = _("authority"), *loud = _("AUTHORITY");
	size_t i, listed = 0;
	json_t *each;

	json_array_foreach(reminders, i, each)
	{
		const char *this = member_true(each, "urgent") ? loud : listed == 0 ? label : "";

		list_reminder(each, own, with_label ? this : "", now);
		listed++;
	}
	return listed;
}
