#include "handover_page.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "alarm_words.h"
#include "listing.h"
#include "moment.h"
#include "terminal.h"
#include "translate.h"

enum {
	LISTED_MAXIMUM = 60, /* acts of a section; the rest is counted */
	PAGE_ACTS = 500,
	ALARMS = 100
};

/* What the page is made of: acts of the shift, by side, and answers among them. */
struct material {
	json_t *arrived, *sent, *answers;
	size_t arrived_count, sent_count, answer_count;
};

static void heading(const char *text)
{
	printf("\n%s\n", text);
}

static void nothing(void)
{
	puts(_("  nothing"));
}

static void print_more(size_t count)
{
	if (count > LISTED_MAXIMUM)
		printf(ngettext("… and %zu more\n", "… and %zu more\n",
		                (unsigned long)(count - LISTED_MAXIMUM)),
		       count - LISTED_MAXIMUM);
}

/* --- where the shift begins --------------------------------------------------- */

/* The first entry of a log that was logged at a time or later: by halves. */
static int find_start(const struct node *node, const char *party, uint64_t size, timestamp from,
                      uint64_t *ret_start, struct error *error)
{
	uint64_t low = 0, high = size;

	while (low < high) {
		uint64_t middle = low + (high - low) / 2;
		json_t *page = NULL;
		bool before;
		int r;

		if ((r = api_get(node->api, &page, error,
		                 "/v1/channels/%s/log?party=%s&%s=%" PRIu64 "&count=1",
		                 node->channel.id, party, party, middle)) != OK)
			return r;
		before = member_time(json_array_get(member(page, "acts"), 0), "logged") < from;
		json_decref(page);
		if (before)
			low = middle + 1;
		else
			high = middle;
	}
	*ret_start = low;
	return OK;
}

static int find_starts(const struct node *node, const struct shift *shift, uint64_t ret_starts[2],
                       struct error *error)
{
	const struct which_channel *channel = &node->channel;
	int r;

	ret_starts[0] = shift->own;
	ret_starts[1] = shift->theirs;
	if (shift->sizes_known)
		return OK;
	r = find_start(node, channel->own, member_number(channel->details, "own_size"), shift->from,
	               &ret_starts[0], error);
	if (r != OK)
		return r;
	return find_start(node, channel->other, member_number(channel->details, "their_size"),
	                  shift->from, &ret_starts[1], error);
}

/* --- acts ---------------------------------------------------------------------- */

static void sort_act(const struct which_channel *channel, json_t *act, struct material *material)
{
	bool ours = strcmp(member_text(act, "party"), channel->own) == 0;
	json_t *list = ours ? material->sent : material->arrived;

	if (strcmp(member_text(act, "author"), "node") == 0)
		return;
	if (json_array_size(list) < LISTED_MAXIMUM)
		json_array_append(list, act);
	if (ours)
		material->sent_count++;
	else
		material->arrived_count++;
	if (member_string(act, "answers") == NULL ||
	    strcmp(member_text(act, "verdict"), "valid") != 0 ||
	    strcmp(member_text(act, "kind"), "ack") == 0 ||
	    strcmp(member_text(act, "kind"), "comment") == 0)
		return;
	if (material->answer_count++ < LISTED_MAXIMUM)
		json_array_append(material->answers, act);
}

static int collect_acts(const struct node *node, const uint64_t starts[2], const uint64_t ends[2],
                        struct material *material, struct error *error)
{
	const struct which_channel *channel = &node->channel;
	uint64_t next[2] = { starts[0], starts[1] };
	bool more = true;

	while (more && (next[0] < ends[0] || next[1] < ends[1])) {
		json_t *page = NULL, *each;
		size_t i;
		int r;

		if ((r = api_get(node->api, &page, error,
		                 "/v1/channels/%s/log?%s=%" PRIu64 "&%s=%" PRIu64 "&count=%d",
		                 channel->id, channel->own, next[0], channel->other, next[1],
		                 PAGE_ACTS)) != OK)
			return r;
		json_array_foreach(member(page, "acts"), i, each)
		{
			bool ours = strcmp(member_text(each, "party"), channel->own) == 0;

			if (member_number(each, "number") < ends[ours ? 0 : 1])
				sort_act(channel, each, material);
		}
		next[0] = member_number(member(page, "next"), channel->own);
		next[1] = member_number(member(page, "next"), channel->other);
		more = member_true(page, "more") && i > 0;
		json_decref(page);
	}
	return OK;
}

static void print_acts(const char *title, const json_t *acts, size_t count)
{
	json_t *each;
	size_t i;

	heading(title);
	if (count == 0)
		nothing();
	json_array_foreach(acts, i, each)
	{
		list_act(each);
	}
	print_more(count);
}

static void print_answers(const struct material *material)
{
	json_t *each;
	size_t i;

	heading(_("Answered"));
	if (material->answer_count == 0)
		nothing();
	json_array_foreach(material->answers, i, each)
	{
		printf(_("%s by %s (%s)\n"), member_text(each, "answers"),
		       member_text(each, "name"), member_text(each, "kind"));
	}
	print_more(material->answer_count);
}

/* --- what is open ---------------------------------------------------------------- */

/* Items in some states whose deadline lies after `from` and not after `to`. */
static int print_items(const struct node *node, const char *title, const char *states,
                       timestamp from, timestamp to, struct error *error)
{
	json_t *page = NULL, *each;
	size_t i, count = 0;
	char cursor[300] = "";
	bool more = true;
	int r = OK;

	heading(title);
	while (r == OK && more) {
		r = api_get(node->api, &page, error, "/v1/channels/%s/agenda?state=%s&count=%d%s",
		            node->channel.id, states, PAGE_ACTS, cursor);
		if (r != OK)
			break;
		json_array_foreach(member(page, "items"), i, each)
		{
			timestamp deadline = member_time(each, "deadline");

			if (deadline <= from || deadline > to || count++ >= LISTED_MAXIMUM)
				continue;
			list_agenda_item(each, member_time(page, "now"));
			list_owner(each, node->channel.own);
		}
		more = member_string(page, "next") != NULL;
		snprintf(cursor, sizeof(cursor), "&cursor=%s", member_text(page, "next"));
		json_decref(page);
		page = NULL;
	}
	if (r == OK && count == 0)
		nothing();
	print_more(count);
	return r;
}

static int print_counts(const struct node *node, struct error *error)
{
	const char *const sides[] = { node->channel.own, node->channel.other };
	json_t *page = NULL;
	int r;

	if ((r = api_get(node->api, &page, error, "/v1/channels/%s/agenda?count=1",
	                 node->channel.id)) != OK)
		return r;
	heading(_("Everything that is open"));
	for (size_t i = 0; i < 2; i++) {
		const json_t *counts = member(member(page, "counts"), sides[i]);

		printf(_("%s owes: %" PRIu64 " due, %" PRIu64 " deferred, %" PRIu64
		         " overdue,\n  %" PRIu64 " answers overdue, %" PRIu64
		         " whose clock has not "
		         "started\n"),
		       sides[i], member_number(counts, "due"), member_number(counts, "deferred"),
		       member_number(counts, "overdue"), member_number(counts, "silent"),
		       member_number(counts, "waiting"));
	}
	json_decref(page);
	return OK;
}

/* --- the link and the alarms --------------------------------------------------------- */

static void print_period(timestamp from, timestamp to, const char *reason)
{
	char begin[MOMENT_CAPACITY], span[MOMENT_CAPACITY];

	moment_show(from, begin);
	moment_span(to - from, span);
	printf(_("%s for %s: "), begin, span);
	put_visible(stdout, bytes_of_string(reason), false);
	fputc('\n', stdout);
}

/* The times at which the link was down, of those that the node remembers. */
static int print_link(const struct node *node, const struct shift *shift, struct error *error)
{
	timestamp down = 0, up = 0;
	char reason[256] = "";
	json_t *log = NULL, *each;
	size_t i, count = 0;
	int r;

	if ((r = api_get(node->api, &log, error, "/v1/channels/%s/link-log", node->channel.id)) !=
	    OK)
		return r;
	heading(_("The link was down"));
	json_array_foreach(member(log, "events"), i, each)
	{
		const char *what = member_text(each, "what");
		timestamp time = member_time(each, "time");

		if (strcmp(what, "up") == 0) {
			if (down != 0 && time > shift->from && down <= shift->to) {
				print_period(down, time, reason);
				count++;
			}
			down = 0;
			up = time;
			continue;
		}
		if (down != 0)
			continue;
		down = time;
		snprintf(reason, sizeof(reason), "%s",
		         strcmp(what, "started") == 0 ? _("the node was started")
		                                      : member_text(each, "reason"));
	}
	if (down != 0 && down <= shift->to) {
		print_period(down, shift->to, reason);
		count++;
	} else if (count == 0) {
		nothing();
	}
	if (up == 0 && down == 0)
		puts(_("  nothing is remembered of it"));
	json_decref(log);
	return OK;
}

static int print_alarms(const struct node *node, const struct shift *shift, struct error *error)
{
	json_t *reply = NULL, *each;
	size_t i, count = 0;
	int r;

	if ((r = api_get(node->api, &reply, error, "/v1/alarms?count=%d", ALARMS)) != OK)
		return r;
	heading(_("Alarms"));
	json_array_foreach(member(reply, "alarms"), i, each)
	{
		const char *channel = member_string(each, "channel");
		timestamp time = member_time(each, "time");
		char text[MOMENT_CAPACITY];

		if (time < shift->from || time > shift->to ||
		    (channel != NULL && strcmp(channel, node->channel.id) != 0))
			continue;
		moment_show(time, text);
		printf("%s  %s\n", text, alarm_event_text(member_text(each, "event")));
		if (member_string(each, "text") != NULL)
			print_wrapped(stdout, 4, member_text(each, "text"));
		print_wrapped(stdout, 4, alarm_state_text(member_text(each, "state")));
		count++;
	}
	if (count == 0)
		nothing();
	json_decref(reply);
	return OK;
}

/* --- the page ----------------------------------------------------------------------- */

static int print_page(struct node *node, const struct shift *shift, const uint64_t starts[2],
                      const uint64_t ends[2], struct error *error)
{
	struct material material = { .arrived = json_array(),
		                     .sent = json_array(),
		                     .answers = json_array() };
	char from[MOMENT_CAPACITY], to[MOMENT_CAPACITY], title[160];
	int r;

	moment_show(shift->from, from);
	moment_show(shift->to, to);
	printf(_("Handover of %s, channel %.20s with %s\n"), node->channel.own, node->channel.id,
	       node->channel.other);
	printf(_("From %s\nto   %s\n"), from, to);
	if ((r = collect_acts(node, starts, ends, &material, error)) == OK) {
		print_acts(_("Arrived"), material.arrived, material.arrived_count);
		print_acts(_("Sent"), material.sent, material.sent_count);
		print_answers(&material);
		moment_show(shift->next, to);
		snprintf(title, sizeof(title), _("Due by %s"), to);
		if ((r = print_items(node, _("Newly overdue"), "overdue,silent", shift->from,
		                     shift->to, error)) == OK &&
		    (r = print_items(node, title, "due,deferred", shift->to, shift->next, error)) ==
		        OK &&
		    (r = print_counts(node, error)) == OK &&
		    (r = print_link(node, shift, error)) == OK)
			r = print_alarms(node, shift, error);
	}
	if (r == OK && shift->note != NULL) {
		heading(_("Remarks"));
		print_wrapped(stdout, 0, shift->note);
	}
	json_decref(material.arrived);
	json_decref(material.sent);
	json_decref(material.answers);
	return r;
}

/* No line of a signed text ends in a space. */
static int put_lines(struct buffer *page, struct bytes text)
{
	struct bytes line;
	int r = OK;

	while (r == OK && text.size > 0) {
		bytes_cut(&text, '\n', &line);
		while (line.size > 0 && line.data[line.size - 1] == ' ')
			line.size--;
		if ((r = buffer_put_bytes(page, line)) == OK)
			r = buffer_put_u8(page, '\n');
	}
	return r;
}

int handover_page_make(struct node *node, const struct shift *shift, struct buffer *page,
                       uint64_t ret_sizes[2], struct error *error)
{
	uint64_t ends[2] = { member_number(node->channel.details, "own_size"),
		             member_number(node->channel.details, "their_size") };
	uint64_t starts[2];
	char *text = NULL;
	size_t size = 0;
	FILE *file;
	int r;

	if ((r = find_starts(node, shift, starts, error)) != OK)
		return r;
	setenv("NO_COLOR", "1", 1);
	setenv("COLUMNS", "72", 1);
	if ((file = open_memstream(&text, &size)) == NULL)
		return error_set(error, ERROR_MEMORY, "%s", result_text(ERROR_MEMORY));
	terminal_divert(file);
	r = print_page(node, shift, starts, ends, error);
	terminal_divert(NULL);
	if (fclose(file) != 0 && r == OK)
		r = error_set(error, ERROR_MEMORY, "%s", result_text(ERROR_MEMORY));
	if (r == OK && (r = put_lines(page, bytes_of(text, size))) != OK)
		error_set(error, r, _("the page is too long: say a later --since"));
	free(text);
	if (r == OK) {
		ret_sizes[0] = ends[0];
		ret_sizes[1] = ends[1];
	}
	return r;
}
