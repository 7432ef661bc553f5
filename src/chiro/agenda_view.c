#include "agenda_view.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "listing.h"
#include "moment.h"
#include "translate.h"

enum { PAGE = 500, CHANNELS_MAXIMUM = 4096, CURSOR_MAXIMUM = 256 };

enum who { US, THEM, EITHER };

/* Whose, in which states; `%s` is the other side. */
static const struct {
	enum who who;
	const char *states, *title;
} sections[SECTION_COUNT] = {
	[SECTION_WE_ARE_LATE] = { US, "overdue,silent", N_("Overdue: we are late") },
	[SECTION_WE_OWE] = { US, "due,waiting", N_("We owe") },
	[SECTION_SILENT] = { THEM, "silent", N_("Silent: %s has not answered in time") },
	[SECTION_OVERDUE] = { THEM, "overdue", N_("Overdue: %s is late") },
	[SECTION_THEY_OWE] = { THEM, "due,waiting", N_("%s owes") },
	[SECTION_WITHHELD] = { THEM, "withheld", N_("Receipt withheld by %s") },
	[SECTION_DEFERRED] = { EITHER, "deferred", N_("Deferred") },
	[SECTION_REFUSED] = { THEM, "refused", N_("Refused by %s") },
};

/* --- fetching --------------------------------------------------------------------- */

static int not_understood(struct error *error)
{
	return error_set(error, ERROR_SYNTAX, _("the node's answer is not understood"));
}

/* The channel objects of the status that are wanted, in an array of its own. */
static int choose_channels(struct api *api, const char *prefix, json_t **ret_channels,
                           struct error *error)
{
	json_t *status = NULL, *chosen = json_array(), *each;
	size_t i;
	int r;

	if (chosen == NULL)
		return error_set(error, ERROR_MEMORY, "%s", result_text(ERROR_MEMORY));
	if ((r = api_get(api, &status, error, "/v1/status")) != OK)
		goto out;
	json_array_foreach(member(status, "channels"), i, each)
	{
		const char *id = member_text(each, "channel");

		if (!channel_id_is_valid(bytes_of_string(id)) ||
		    json_array_size(chosen) == CHANNELS_MAXIMUM) {
			r = not_understood(error);
			goto out;
		}
		if (prefix == NULL || strncmp(id, prefix, strlen(prefix)) == 0)
			json_array_append(chosen, each);
	}
	if (json_array_size(chosen) == 0) {
		r = prefix != NULL
		        ? error_set(error, ERROR_USAGE, _("no channel begins with '%s'"), prefix)
		        : error_set(error, ERROR_NOT_FOUND,
		                    _("this node has no channel yet: see chiro help invite, join "
		                      "and charter"));
		goto out;
	}
	*ret_channels = json_incref(chosen);
out:
	json_decref(chosen);
	json_decref(status);
	return r;
}

static void note_nearest(struct agenda_channel *channel, const json_t *items)
{
	timestamp now = moment_now();
	json_t *each;
	size_t i;

	json_array_foreach(items, i, each)
	{
		timestamp deadline = member_time(each, "deadline");

		if (deadline >= now && (channel->nearest == 0 || deadline < channel->nearest))
			channel->nearest = deadline;
	}
}

static int fetch_section(struct api *api, struct agenda_channel *channel,
                         enum agenda_section section, size_t count, struct error *error)
{
	char side[PARTY_ID_CAPACITY + 8] = "";
	int r;

	if (sections[section].who != EITHER)
		snprintf(side, sizeof(side), "&side=%s",
		         sections[section].who == US ? channel->own : channel->other);
	r = api_get(api, &channel->sections[section], error,
	            "/v1/channels/%s/agenda?state=%s%s&count=%zu", channel->id,
	            sections[section].states, side, count);
	if (r == OK)
		note_nearest(channel, member(channel->sections[section], "items"));
	return r;
}

static int fetch_channel(struct api *api, const json_t *summary, size_t count,
                         struct agenda_channel *channel, struct error *error)
{
	int r;

	if (bytes_to_string(bytes_of_string(member_text(summary, "channel")), channel->id,
	                    sizeof(channel->id)) != OK ||
	    bytes_to_string(bytes_of_string(member_text(summary, "own")), channel->own,
	                    sizeof(channel->own)) != OK ||
	    bytes_to_string(bytes_of_string(member_text(summary, "other")), channel->other,
	                    sizeof(channel->other)) != OK)
		return not_understood(error);
	channel->sizes[0] = member_number(summary, "own_size");
	channel->sizes[1] = member_number(summary, "their_size");
	channel->sizes[2] = member_number(summary, "own_receipted");
	for (unsigned section = 0; section < SECTION_COUNT; section++)
		if ((r = fetch_section(api, channel, (enum agenda_section)section, count, error)) !=
		    OK)
			return r;
	return api_get(api, &channel->pending, error, "/v1/channels/%s/pending", channel->id);
}

int agenda_view_fetch(struct api *api, const char *prefix, size_t count,
                      struct agenda_view *ret_view, struct error *error)
{
	struct agenda_view view = { .count = 0 };
	json_t *channels = NULL;
	int r;

	if ((r = choose_channels(api, prefix, &channels, error)) != OK)
		return r;
	view.channels = calloc(json_array_size(channels), sizeof(*view.channels));
	if (view.channels == NULL)
		r = error_set(error, ERROR_MEMORY, "%s", result_text(ERROR_MEMORY));
	while (r == OK && view.count < json_array_size(channels)) {
		r = fetch_channel(api, json_array_get(channels, view.count), count,
		                  &view.channels[view.count], error);
		view.count++;
	}
	json_decref(channels);
	if (r == OK)
		*ret_view = view;
	else
		agenda_view_release(&view);
	return r;
}

void agenda_view_release(struct agenda_view *view)
{
	for (size_t i = 0; i < view->count; i++) {
		for (unsigned section = 0; section < SECTION_COUNT; section++)
			json_decref(view->channels[i].sections[section]);
		json_decref(view->channels[i].pending);
	}
	free(view->channels);
	*view = (struct agenda_view){ .count = 0 };
}

/* --- showing ------------------------------------------------------------------------ */

static void heading(const char *text, size_t *shown)
{
	if ((*shown)++ > 0)
		fputc('\n', stdout);
	printf("%s%s%s\n", style(stdout, STYLE_STRONG), text, style(stdout, STYLE_PLAIN));
}

/* Whether a word is one of those joined by commas. */
static bool is_among(const char *words, const char *word)
{
	struct bytes rest = bytes_of_string(words), part;
	bool more = true;

	while (more) {
		more = bytes_cut(&rest, ',', &part);
		if (bytes_equal_string(part, word))
			return true;
	}
	return false;
}

uint64_t agenda_section_count(const struct agenda_channel *channel, enum agenda_section section)
{
	static const char *const states[] = { "waiting", "due",     "deferred", "overdue",
		                              "silent",  "refused", "withheld" };
	const json_t *counts = member(channel->sections[section], "counts");
	uint64_t count = 0;

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		if (!is_among(sections[section].states, states[i]))
			continue;
		if (sections[section].who != THEM)
			count += member_number(member(counts, channel->own), states[i]);
		if (sections[section].who != US)
			count += member_number(member(counts, channel->other), states[i]);
	}
	return count;
}

static void show_section(const struct agenda_channel *channel, enum agenda_section section,
                         timestamp now, size_t *shown)
{
	const json_t *items = member(channel->sections[section], "items");
	uint64_t all = agenda_section_count(channel, section);
	char title[256];
	json_t *each;
	size_t i;

	if (json_array_size(items) == 0)
		return;
	snprintf(title, sizeof(title), _(sections[section].title), channel->other);
	heading(title, shown);
	json_array_foreach(items, i, each)
	{
		list_agenda_item(each, now);
		if (sections[section].who == EITHER)
			list_owner(each, channel->own);
	}
	if (all > json_array_size(items)) {
		uint64_t more = all - json_array_size(items);

		printf(ngettext("… and %" PRIu64 " more\n", "… and %" PRIu64 " more\n",
		                (unsigned long)more),
		       more);
	}
}

static void show_pending(const struct agenda_channel *channel, timestamp now, size_t *shown)
{
	json_t *each;
	size_t i, waiting = 0;

	json_array_foreach(member(channel->pending, "pending"), i, each)
	{
		if (strcmp(member_text(each, "state"), "waiting") != 0)
			continue;
		if (waiting++ == 0)
			heading(_("Waiting for a second signature: see 'chiro pending'"), shown);
		list_pending_act(each, now);
	}
}

void agenda_view_show(const struct agenda_channel *channel, int64_t now)
{
	const json_t *counts = member(channel->sections[SECTION_WE_OWE], "counts");
	uint64_t unread = member_number(member(counts, channel->own), "unread");
	size_t shown = 0;

	for (unsigned section = 0; section < SECTION_COUNT; section++)
		show_section(channel, (enum agenda_section)section, now, &shown);
	show_pending(channel, now, &shown);
	if (shown == 0)
		puts(_("Nothing is open."));
	if (unread > 0) {
		char text[256];

		snprintf(text, sizeof(text),
		         ngettext("%" PRIu64 " act that nobody here has acknowledged: see 'chiro "
		                  "inbox'.",
		                  "%" PRIu64 " acts that nobody here has acknowledged: see 'chiro "
		                  "inbox'.",
		                  (unsigned long)unread),
		         unread);
		fputc('\n', stdout);
		print_wrapped(stdout, 0, text);
	}
}

/* FNV-1a, of what tells one page from another. */
static void mix(uint64_t *fingerprint, const char *text)
{
	for (;; text++) {
		*fingerprint = (*fingerprint ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
		if (*text == '\0')
			return;
	}
}

uint64_t agenda_view_fingerprint(const struct agenda_view *view)
{
	uint64_t fingerprint = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < view->count; i++) {
		const struct agenda_channel *channel = &view->channels[i];

		for (unsigned section = 0; section < SECTION_COUNT; section++) {
			json_t *each;
			size_t j;

			json_array_foreach(member(channel->sections[section], "items"), j, each)
			{
				mix(&fingerprint, member_text(each, "act"));
				mix(&fingerprint, member_text(each, "what"));
				mix(&fingerprint, member_text(each, "state"));
				mix(&fingerprint, member_text(each, "deadline"));
			}
		}
	}
	return fingerprint;
}

/* --- everything ------------------------------------------------------------------------ */

/* Adds the items of all pages, and what stands beside them on the first. */
static int collect_pages(struct api *api, const char *id, json_t *document, struct error *error)
{
	json_t *items = json_array();
	char next[CURSOR_MAXIMUM] = "";
	bool more = true;
	int r = OK;

	json_object_set_new(document, "items", items);
	while (r == OK && more) {
		json_t *page = NULL;

		r = api_get(api, &page, error, "/v1/channels/%s/agenda?count=%d%s%s", id, PAGE,
		            next[0] != '\0' ? "&cursor=" : "", next);
		if (r == OK && next[0] == '\0') {
			json_object_set(document, "now", member(page, "now"));
			json_object_set(document, "counts", member(page, "counts"));
		}
		if (r == OK) {
			json_array_extend(items, member(page, "items"));
			more = member_string(page, "next") != NULL;
			snprintf(next, sizeof(next), "%s", member_text(page, "next"));
		}
		json_decref(page);
	}
	return r;
}

int agenda_view_whole(struct api *api, const char *prefix, json_t **ret_document,
                      struct error *error)
{
	json_t *channels = NULL, *list = json_array(), *each;
	size_t i;
	int r;

	if ((r = choose_channels(api, prefix, &channels, error)) != OK)
		goto out;
	json_array_foreach(channels, i, each)
	{
		json_t *document = json_object();

		json_object_set(document, "channel", member(each, "channel"));
		json_object_set(document, "own", member(each, "own"));
		json_object_set(document, "other", member(each, "other"));
		json_array_append_new(list, document);
		if ((r = collect_pages(api, member_text(each, "channel"), document, error)) != OK)
			goto out;
	}
	*ret_document = json_pack("{s:O}", "channels", list);
	if (*ret_document == NULL)
		r = error_set(error, ERROR_MEMORY, "%s", result_text(ERROR_MEMORY));
out:
	json_decref(list);
	json_decref(channels);
	return r;
}
