/* chiro list budget: what was asked of match-only lists, by both sides' counts, and what is
 * left. */
#include <inttypes.h>

#include "command.h"
#include "list_command.h"
#include "list_target.h"
#include "listing.h"
#include "translate.h"

static const struct option_row rows[] = { { 0 } };

static const struct usage usage = {
	.name = "list budget",
	.arguments = N_("[LIST]"),
	.help = N_(
	    "Shows of each match-only list, ours and the other side's, and of each class in it, "
	    "how "
	    "many evaluations were asked for: by this node's count, in the list's life and today "
	    "(UTC), across all its versions; beside it by query acts; by the tallies that either "
	    "side has put on record; and how many are left. Budgets are all that stops somebody "
	    "from asking about everything there is."),
	.examples = "  chiro list budget\n  chiro list budget north-5 --json | jq .lists\n",
	.rows = rows,
	.common = OPTIONS_NODE | OPTIONS_CHANNEL | OPTIONS_JSON,
	.arguments_maximum = 1,
};

struct budgets {
	const struct node *node;
	const char *name; /* of the list wanted; NULL: all */
	bool json;
	json_t *found; /* the lists, for --json */
	size_t count;
};

static void show_tally(const char *label, const char *party, const json_t *tally)
{
	char day[TIMESTAMP_CAPACITY];

	if (!json_is_object(tally)) {
		list_item(label, _("by %s: none yet"), party);
		return;
	}
	timestamp_format(member_time(tally, "day"), day);
	list_item(label, _("by %s: %" PRIu64 ", and %" PRIu64 " on %.10s (%s)"), party,
	          member_number(tally, "total"), member_number(tally, "today"), day,
	          member_text(tally, "act"));
}

static void show_class(const struct budgets *budgets, const json_t *page, const json_t *row)
{
	printf("  %s%s%s\n", style(stdout, STYLE_STRONG), member_text(row, "class"),
	       style(stdout, STYLE_PLAIN));
	list_item(
	    _("counted"),
	    _("%" PRIu64 " of %" PRIu64 " in the list's life, %" PRIu64 " of %" PRIu64 " today"),
	    member_number(row, "total"), member_number(page, "budget_list"),
	    member_number(row, "today"), member_number(page, "budget_day"));
	if (member_number(row, "on_record") > 0)
		list_item(_("by query acts"), _("%" PRIu64 ", and %" PRIu64 " of them today"),
		          member_number(row, "on_record"), member_number(row, "on_record_today"));
	show_tally(_("tally"), budgets->node->channel.own, member(row, "own_tally"));
	show_tally("", budgets->node->channel.other, member(row, "their_tally"));
	list_item_styled(member_number(row, "left") == 0 ? STYLE_WARNING : STYLE_PLAIN, _("left"),
	                 "%" PRIu64, member_number(row, "left"));
	if (member_true(row, "open"))
		list_item_styled(STYLE_WARNING, "", "%s",
		                 _("a question is counted, and its answer is not here yet"));
}

static void show_list(const struct budgets *budgets, const json_t *page, const json_t *list)
{
	const json_t *row;
	size_t i;

	printf(_("%s%s, of %s, version %" PRIu64 "%s\n"), budgets->count > 1 ? "\n" : "",
	       member_text(list, "list"), member_text(list, "owner"), member_number(list, "epoch"),
	       member_true(list, "retired")    ? _(", retired")
	       : member_true(list, "rejected") ? _(", rejected")
	                                       : "");
	json_array_foreach(member(list, "classes"), i, row) show_class(budgets, page, row);
}

static int take_page(void *context, json_t *page)
{
	struct budgets *budgets = context;
	json_t *list;
	size_t i;

	json_array_foreach(member(page, "lists"), i, list)
	{
		if (strcmp(member_text(list, "mode"), "match-only") != 0 ||
		    (budgets->name != NULL &&
		     strcmp(member_text(list, "list"), budgets->name) != 0 &&
		     strcmp(member_text(list, "version"), budgets->name) != 0))
			continue;
		budgets->count++;
		if (budgets->json) {
			json_object_set(list, "budget_day", member(page, "budget_day"));
			json_object_set(list, "budget_list", member(page, "budget_list"));
			json_array_append(budgets->found, list);
		} else {
			show_list(budgets, page, list);
		}
	}
	return OK;
}

static int show(struct node *node, const struct options *options, struct error *error)
{
	struct budgets budgets = {
		.node = node,
		.name = options->argument_count > 0 ? options->arguments[0] : NULL,
		.json = options_has(options, "json"),
		.found = json_array(),
	};
	int r = lists_each(node, take_page, &budgets, error);

	if (r == OK && budgets.count == 0 && budgets.name != NULL)
		r = error_set(error, ERROR_NOT_FOUND, _("%s is no match-only list of this channel"),
		              budgets.name);
	if (r == OK && budgets.json) {
		json_t *document = json_pack("{s:O}", "lists", budgets.found);

		print_json(document);
		json_decref(document);
	} else if (r == OK && budgets.count == 0) {
		puts(_("There is no match-only list in this channel."));
	}
	json_decref(budgets.found);
	return r;
}

int list_budget(int argc, char **argv)
{
	struct options options;
	struct error error = { 0 };
	struct node node;
	int r, status;

	if ((status = options_parse(&usage, argc, argv, &options)) >= 0 ||
	    (status = node_open(&options, true, &node)) >= 0)
		return status;
	r = show(&node, &options, &error);
	node_close(&node);
	return conclude(r, &error);
}
