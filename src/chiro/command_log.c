/* chiro log: the acts of both sides in order; matters. */
#include <inttypes.h>

#include "command.h"
#include "earlier_channel.h"
#include "listing.h"
#include "moment.h"
#include "spoken_words.h"
#include "translate.h"
#include "which_channel.h"

enum { PAGE = 500, WINDOW_GROWTH = 8 };

static const struct option_row rows[] = {
	{ .name = "last", .value = N_("N"), .help = N_("only the last N entries") },
	{ .name = "from", .value = N_("ACT"), .help = N_("from this act on, such as north-7") },
	{ .name = "party", .value = N_("PARTY"), .help = N_("one side's log in its own order") },
	{ .name = "matter",
	  .value = N_("ACT"),
	  .help = N_("the acts of the matter that this one opened") },
	{ .name = "matters", .help = N_("the matters and their states instead of acts") },
	{ .name = "words", .help = N_("with the code words of each act, for the telephone") },
	{ .name = "all", .help = N_("receipts and link tests as well") },
	{ 0 },
};

static const struct usage usage = {
	.name = "log",
	.help = N_(
	    "Shows the acts of both logs in the order in which the sides saw them. Receipts and "
	    "link tests are left out unless --all, --party or --json is given."),
	.examples =
	    "  chiro log --last 20\n  chiro log --matter north-3\n  chiro log --party south\n",
	.rows = rows,
	.common = OPTIONS_NODE | OPTIONS_CHANNEL | OPTIONS_JSON,
};

/* Where the two logs are read from, and how much. */
struct selection {
	uint64_t next[2];  /* by the charter's order of parties */
	uint64_t last;     /* 0: everything */
	const char *party; /* NULL: both */
	bool with_machinery;
};

static bool is_wanted(const struct selection *selection, const json_t *act)
{
	return selection->with_machinery || !act_is_machinery(act);
}

/* All acts from the cursor on, appended to `acts`. */
static int collect(struct node *node, const struct selection *selection, json_t *acts,
                   struct error *error)
{
	const struct party *parties = node->channel.charter->parties;
	uint64_t next[2] = { selection->next[0], selection->next[1] };
	struct progress progress;
	bool more = true;
	int r = OK;

	progress_begin(&progress, _("reading"), 0);
	while (more && r == OK) {
		json_t *page = NULL, *each;
		size_t i;

		r = api_get(node->api, &page, error,
		            "/v1/channels/%s/log?%s=%" PRIu64 "&%s=%" PRIu64 "&count=%d%s%s",
		            node->channel.id, parties[0].id, next[0], parties[1].id, next[1], PAGE,
		            selection->party != NULL ? "&party=" : "",
		            selection->party != NULL ? selection->party : "");
		if (r != OK)
			break;
		json_array_foreach(member(page, "acts"), i, each)
		{
			if (is_wanted(selection, each))
				json_array_append(acts, each);
		}
		more = member_true(page, "more");
		for (i = 0; i < 2; i++)
			next[i] = member_number(member(page, "next"), parties[i].id);
		progress_update(&progress, json_array_size(acts));
		json_decref(page);
	}
	progress_end(&progress);
	return r;
}

/* The cursor for the last `count` entries: no more of either log can be needed. */
static void begin_before_end(const struct which_channel *channel, uint64_t count,
                             struct selection *selection)
{
	uint64_t sizes[2];
	unsigned own = channel->own_index;

	sizes[own] = member_number(channel->details, "own_size");
	sizes[1 - own] = member_number(channel->details, "their_size");
	for (size_t i = 0; i < 2; i++)
		selection->next[i] = sizes[i] > count ? sizes[i] - count : 0;
}

/* The cursor at an act: what it had not seen of the other log follows it. */
static int begin_at(struct node *node, const char *name, struct selection *selection,
                    struct error *error)
{
	char party[PARTY_ID_CAPACITY];
	uint64_t number;
	json_t *act = NULL;
	int index, r;

	if ((r = act_name_read(name, party, &number, error)) != OK ||
	    (r = api_get(node->api, &act, error, "/v1/channels/%s/acts/%s", node->channel.id,
	                 name)) != OK)
		return r;
	index = charter_party_index(node->channel.charter, bytes_of_string(party));
	if (index >= 0) {
		selection->next[index] = number;
		selection->next[1 - index] = member_number(act, "seen");
	}
	json_decref(act);
	return OK;
}

static int select_acts(struct node *node, const struct options *options,
                       struct selection *ret_selection, struct error *error)
{
	struct selection selection = {
		.party = options_value(options, "party"),
		.with_machinery = options_has(options, "all") || options_has(options, "party") ||
		                  options_has(options, "json"),
	};
	const char *from = options_value(options, "from");
	int r;

	if ((r = options_number(options, "last", 1, 1000000, 0, &selection.last, error)) != OK)
		return r;
	if (selection.party != NULL &&
	    charter_party_index(node->channel.charter, bytes_of_string(selection.party)) < 0)
		return error_set(error, ERROR_USAGE, _("the parties are %s and %s, not '%.64s'"),
		                 node->channel.own, node->channel.other, selection.party);
	if (from != NULL && (r = begin_at(node, from, &selection, error)) != OK)
		return r;
	*ret_selection = selection;
	return OK;
}

static void print_acts(const json_t *acts, bool with_words)
{
	json_t *each;
	size_t i;

	json_array_foreach(acts, i, each)
	{
		list_act(each);
		if (with_words)
			list_spoken_words(each);
	}
	if (json_array_size(acts) == 0)
		puts(_("Nothing."));
}

/* The last entries that are shown: the window grows until it holds enough. */
static int collect_last(struct node *node, struct selection *selection, json_t **acts,
                        struct error *error)
{
	json_t *last = json_array();
	uint64_t window = selection->last;
	json_t *each;
	size_t i;
	int r;

	for (;;) {
		begin_before_end(&node->channel, window, selection);
		if ((r = collect(node, selection, *acts, error)) != OK ||
		    json_array_size(*acts) >= selection->last ||
		    (selection->next[0] == 0 && selection->next[1] == 0))
			break;
		json_array_clear(*acts);
		window *= WINDOW_GROWTH;
	}
	json_array_foreach(*acts, i, each)
	{
		if (i + selection->last >= json_array_size(*acts))
			json_array_append(last, each);
	}
	json_decref(*acts);
	*acts = last;
	return r;
}

static int show_log(struct node *node, const struct options *options, struct error *error)
{
	struct selection selection;
	json_t *acts = json_array();
	int r;

	if ((r = select_acts(node, options, &selection, error)) == OK)
		r = selection.last > 0 ? collect_last(node, &selection, &acts, error)
		                       : collect(node, &selection, acts, error);
	if (r == OK && options_has(options, "json")) {
		json_t *document = json_pack("{s:O}", "acts", acts);

		print_json(document);
		json_decref(document);
	} else if (r == OK) {
		print_acts(acts, options_has(options, "words"));
	}
	json_decref(acts);
	return r;
}

/* What an allegation is without evidence stays on show whatever has become of it since. */
static const char *without_evidence(const json_t *matter)
{
	return member_true(matter, "unsupported") &&
	               strcmp(member_text(matter, "state"), "unsupported") != 0
	           ? _(", unsupported")
	           : "";
}

static int show_matter(struct node *node, const struct options *options, struct error *error)
{
	const char *name = options_value(options, "matter");
	char party[PARTY_ID_CAPACITY];
	uint64_t number;
	json_t *matter = NULL;
	int r;

	if ((r = act_name_read(name, party, &number, error)) != OK ||
	    (r = api_get(node->api, &matter, error, "/v1/channels/%s/matters/%s", node->channel.id,
	                 name)) != OK)
		return r;
	if (options_has(options, "json")) {
		print_json(matter);
	} else {
		printf("%s: %s, %s%s\n", name, member_text(matter, "kind"),
		       word_for_people(member_text(matter, "state")), without_evidence(matter));
		if (member_true(matter, "disputed"))
			print_wrapped(stdout, 0,
			              _("DISPUTED: its author was recalled from before it"));
		putchar('\n');
		print_acts(member(matter, "list"), options_has(options, "words"));
		if (member_true(matter, "more"))
			print_wrapped(stdout, 0,
			              _("There is more than is shown: see 'chiro log'."));
	}
	json_decref(matter);
	return OK;
}

static void print_matter(const json_t *matter)
{
	printf("%s%-12s%s %-13s %s%s%s\n", style(stdout, STYLE_STRONG),
	       member_text(matter, "matter"), style(stdout, STYLE_PLAIN),
	       member_text(matter, "kind"), word_for_people(member_text(matter, "state")),
	       without_evidence(matter), member_true(matter, "exercise") ? _(", EXERCISE") : "");
	printf(_("%13sacts: %" PRIu64 ", last: %s\n"), "", member_number(matter, "acts"),
	       member_text(matter, "last"));
	if (member_true(matter, "disputed"))
		print_wrapped(stdout, 13, _("DISPUTED: its author was recalled from before it"));
}

static int show_matters(struct node *node, const struct options *options, struct error *error)
{
	json_t *matters = json_array();
	bool more = true;
	int r = OK;

	while (more && r == OK) {
		json_t *page = NULL;

		r = api_get(node->api, &page, error, "/v1/channels/%s/matters?from=%zu&count=%d",
		            node->channel.id, json_array_size(matters), PAGE);
		if (r != OK)
			break;
		more = member_true(page, "more") && json_array_size(member(page, "matters")) > 0;
		json_array_extend(matters, member(page, "matters"));
		json_decref(page);
	}
	if (r == OK && options_has(options, "json")) {
		json_t *document = json_pack("{s:O}", "matters", matters);

		print_json(document);
		json_decref(document);
	} else if (r == OK) {
		json_t *each;
		size_t i;

		json_array_foreach(matters, i, each) print_matter(each);
		if (json_array_size(matters) == 0)
			puts(_("Nothing."));
	}
	json_decref(matters);
	return r;
}

int command_log(int argc, char **argv)
{
	struct options options;
	struct error error = { 0 };
	struct node node;
	int result, r;

	if ((result = options_parse(&usage, argc, argv, &options)) >= 0)
		return result;
	if (options_has(&options, "last") && options_has(&options, "from"))
		return usage_error(&usage, _("--last and --from exclude each other"));
	if ((result = node_open(&options, true, &node)) >= 0)
		return result;
	if (options_has(&options, "matter"))
		r = show_matter(&node, &options, &error);
	else if (options_has(&options, "matters"))
		r = show_matters(&node, &options, &error);
	else
		r = show_log(&node, &options, &error);
	if (r == OK && !options_has(&options, "json") && !options_has(&options, "matter"))
		earlier_channel_list(node.channel.details);
	node_close(&node);
	return r == OK ? STATUS_OK : complain_error(NULL, &error);
}
