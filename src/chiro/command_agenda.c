/* chiro agenda: what is open between the two sides, in sections. */
#include <inttypes.h>
#include <unistd.h>

#include "agenda_view.h"
#include "command.h"
#include "listing.h"
#include "moment.h"
#include "screen.h"
#include "sentences.h"
#include "translate.h"

enum {
	COUNT_STANDARD = 20, /* items of a section */
	COUNT_MAXIMUM = 500, /* as many as the node gives in a page */
	WATCH_SECONDS = 10,  /* at most, between drawings; */
	WATCH_CLOSELY = 120, /* … but every second when a deadline is so near */
	WATCH_PATIENCE = 3   /* seconds until a node that does not answer is asked again */
};

static const struct option_row rows[] = {
	{ .name = "watch",
	  .help = N_("show it anew when something changes and as time passes, until Ctrl-C") },
	{ .name = "count",
	  .value = N_("N"),
	  .help = N_("at most so many of each section; 20 otherwise") },
	{ 0 },
};

static const struct usage usage = {
	.name = "agenda",
	.help = N_(
	    "Shows what is open, in sections: what we owe and what the other side owes, what is "
	    "overdue, what has been deferred or refused, where the other side is silent, and whose "
	    "receipts it withholds. In each section flash comes first and routine last, and of "
	    "one precedence what is due first. Without --channel, of all channels."),
	.examples =
	    "  chiro agenda\n  chiro agenda --watch\n"
	    "  chiro agenda --json | jq '.channels[].items[] | select(.state == \"silent\")'\n",
	.rows = rows,
	.common = OPTIONS_NODE | OPTIONS_CHANNEL | OPTIONS_JSON,
};

/* --- showing ----------------------------------------------------------------------- */

static void show_clock(timestamp now)
{
	char text[MOMENT_CAPACITY];

	moment_show(now, text);
	printf("%s%s%s\n\n", style(stdout, STYLE_FAINT), text, style(stdout, STYLE_PLAIN));
}

static void show_all(const struct agenda_view *view)
{
	for (size_t i = 0; i < view->count; i++) {
		if (i > 0)
			fputc('\n', stdout);
		if (view->count > 1)
			printf("%s%.20s  %s%s\n", style(stdout, STYLE_STRONG), view->channels[i].id,
			       view->channels[i].other, style(stdout, STYLE_PLAIN));
		agenda_view_show(&view->channels[i], moment_now());
	}
}

static int print_whole(struct api *api, const char *prefix, bool compact, struct error *error)
{
	json_t *document = NULL;
	int r = agenda_view_whole(api, prefix, &document, error);

	if (r == OK && compact)
		r = json_dumpf(document, stdout, JSON_COMPACT) == 0 ? OK : ERROR_IO;
	else if (r == OK)
		print_json(document);
	if (r == OK && compact)
		fputc('\n', stdout);
	json_decref(document);
	return r;
}

/* --- watching ------------------------------------------------------------------------ */

/* Seconds until the page would say something else. */
static int pause_before(const struct agenda_view *view, timestamp now)
{
	for (size_t i = 0; i < view->count; i++)
		if (view->channels[i].nearest != 0 &&
		    view->channels[i].nearest - now <= WATCH_CLOSELY)
			return 1;
	return WATCH_SECONDS;
}

/* Waits until a log of the only channel has grown, or for the time; of several for a
 * shorter time. A node that does not answer is left alone for a while. */
static void wait_for_change(struct api *api, const struct agenda_view *view)
{
	const struct agenda_channel *channel = &view->channels[0];
	int seconds = pause_before(view, moment_now());
	json_t *sizes = NULL;

	if (view->count > 1 && seconds > 2)
		seconds = 2;
	if (view->count == 0 || api_get(api, &sizes, NULL,
	                                "/v1/channels/%s/wait?own=%" PRIu64 "&theirs=%" PRIu64
	                                "&receipted=%" PRIu64 "&seconds=%d",
	                                channel->id, channel->sizes[0], channel->sizes[1],
	                                channel->sizes[2], seconds) != OK)
		sleep(WATCH_PATIENCE);
	json_decref(sizes);
}

/* Draws once; what cannot be had is said on the page. */
static bool draw(struct screen *screen, const struct agenda_view *view, const struct error *error)
{
	if (!screen_begin(screen))
		return false;
	show_clock(moment_now());
	if (error->code != OK)
		print_wrapped(stdout, 0, sentence_for_people(error->message));
	else
		show_all(view);
	return screen_end(screen);
}

/* Until the person ends it; fails only when nothing can be shown any more. */
static int watch(struct api *api, const char *prefix, size_t count, bool json)
{
	uint64_t shown = 0;
	struct screen screen;

	if (!json)
		screen_open(&screen);
	for (;;) {
		struct agenda_view view = { .count = 0 };
		struct error error = { 0 };
		int r = agenda_view_fetch(api, prefix, count, &view, &error);
		uint64_t fingerprint = r == OK ? agenda_view_fingerprint(&view) : 1;
		bool changed = fingerprint != shown;

		error.code = r;
		if (json && r == OK && changed)
			r = print_whole(api, prefix, true, &error);
		else if (!json && (changed || screen.is_terminal) && !draw(&screen, &view, &error))
			return STATUS_FAILED;
		if (json && (r != OK || fflush(stdout) != 0))
			return complain_error(NULL, &error);
		shown = fingerprint;
		wait_for_change(api, &view);
		agenda_view_release(&view);
	}
}

static int show_once(struct api *api, const char *prefix, size_t count, struct error *error)
{
	struct agenda_view view;
	int r;

	if ((r = agenda_view_fetch(api, prefix, count, &view, error)) != OK)
		return r;
	show_all(&view);
	agenda_view_release(&view);
	return OK;
}

int command_agenda(int argc, char **argv)
{
	const char *prefix;
	struct options options;
	struct error error = { 0 };
	struct node node;
	uint64_t count;
	int result;

	if ((result = options_parse(&usage, argc, argv, &options)) >= 0)
		return result;
	if (options_number(&options, "count", 1, COUNT_MAXIMUM, COUNT_STANDARD, &count, &error) !=
	    OK)
		return complain_error(usage.name, &error);
	if ((result = node_open(&options, false, &node)) >= 0)
		return result;
	prefix = node_channel_prefix(&options);
	if (options_has(&options, "watch"))
		result = watch(node.api, prefix, (size_t)count, options_has(&options, "json"));
	else if (options_has(&options, "json"))
		result = conclude(print_whole(node.api, prefix, false, &error), &error);
	else
		result = conclude(show_once(node.api, prefix, (size_t)count, &error), &error);
	node_close(&node);
	return result;
}
