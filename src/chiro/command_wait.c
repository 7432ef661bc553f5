/* chiro wait: for scripts, until something has happened. */
#include <inttypes.h>

#include "command.h"
#include "listing.h"
#include "moment.h"
#include "translate.h"
#include "which_channel.h"

enum { ONE_WAIT_SECONDS = 30, PAGE_ENTRIES = 100 };

static const struct option_row rows[] = {
	{ .name = "new", .help = N_("until the other side's log grows") },
	{ .name = "timeout",
	  .value = N_("TIME"),
	  .help = N_("give up after 30s, 15m, 48h …: exit 1") },
	{ 0 },
};

static const struct usage usage = {
	.name = "wait",
	.arguments = N_("[ACT]"),
	.help = N_(
	    "Waits until an act of ours is receipted by the other side, or until an act of theirs "
	    "is here. Without an act: until our last act is receipted; receipts themselves are "
	    "not receipted."),
	.examples = "  chiro wait north-7 --timeout 10m\n  chiro wait --new && chiro inbox\n",
	.rows = rows,
	.common = OPTIONS_NODE | OPTIONS_CHANNEL | OPTIONS_JSON,
	.arguments_maximum = 1,
};

/* The member that is watched, and the value that it must exceed. */
struct target {
	const char *parameter, *member;
	uint64_t exceeds;
	bool is_reached; /* there is nothing to wait for */
};

/* How many entries our log has up to and with the last that is no receipt: a
 * range of nothing but receipts causes no receipt. */
static int size_to_receipt(const struct node *node, uint64_t own, uint64_t *ret_size,
                           struct error *error)
{
	uint64_t end = own;

	while (end > 0) {
		uint64_t start = end > PAGE_ENTRIES ? end - PAGE_ENTRIES : 0;
		json_t *page = NULL;
		const json_t *acts;
		size_t count;
		int r;

		if ((r = api_get(node->api, &page, error,
		                 "/v1/channels/%s/log?party=%s&%s=%" PRIu64 "&count=%" PRIu64,
		                 node->channel.id, node->channel.own, node->channel.own, start,
		                 end - start)) != OK)
			return r;
		acts = member(page, "acts");
		count = json_array_size(acts);
		while (count > 0 &&
		       strcmp(member_text(json_array_get(acts, count - 1), "kind"), "receipt") == 0)
			count--;
		json_decref(page);
		if (count > 0) {
			*ret_size = start + count;
			return OK;
		}
		end = start;
	}
	*ret_size = 0;
	return OK;
}

static int find_target(const struct node *node, const struct options *options,
                       struct target *ret_target, struct error *error)
{
	const struct which_channel *channel = &node->channel;
	uint64_t own = member_number(channel->details, "own_size");
	uint64_t receipted = member_number(channel->details, "own_receipted");
	uint64_t theirs = member_number(channel->details, "their_size");
	char party[PARTY_ID_CAPACITY];
	uint64_t number;
	int r;

	if (options_has(options, "new")) {
		*ret_target = (struct target){ "theirs", "their_size", theirs, false };
		return OK;
	}
	if (options->argument_count == 0) {
		if ((r = size_to_receipt(node, own, &own, error)) == OK)
			*ret_target = (struct target){ "receipted", "own_receipted",
				                       own > 0 ? own - 1 : 0, receipted >= own };
		return r;
	}
	if ((r = act_name_read(options->arguments[0], party, &number, error)) != OK)
		return r;
	if (strcmp(party, channel->own) == 0)
		*ret_target = (struct target){ "receipted", "own_receipted", number,
			                       receipted > number };
	else if (strcmp(party, channel->other) == 0)
		*ret_target = (struct target){ "theirs", "their_size", number, theirs > number };
	else
		return error_set(error, ERROR_USAGE, _("the parties are %s and %s, not '%s'"),
		                 channel->own, channel->other, party);
	return OK;
}

/* Asks until it has happened. ERROR_WAIT when the time is over. */
static int wait_for(struct node *node, const struct target *target, int64_t timeout,
                    json_t **ret_sizes, struct error *error)
{
	timestamp begun = moment_now();

	for (;;) {
		int64_t left = timeout - (moment_now() - begun);
		json_t *sizes = NULL;
		int r;

		if (left < 0)
			left = 0;
		r = api_get(node->api, &sizes, error,
		            "/v1/channels/%s/wait?%s=%" PRIu64 "&seconds=%d", node->channel.id,
		            target->parameter, target->exceeds,
		            left < ONE_WAIT_SECONDS ? (int)left : ONE_WAIT_SECONDS);
		if (r != OK)
			return r;
		if (member_number(sizes, target->member) > target->exceeds) {
			*ret_sizes = sizes;
			return OK;
		}
		json_decref(sizes);
		if (left == 0)
			return error_set(error, ERROR_WAIT,
			                 _("it has not happened in that time: see 'chiro status'"));
	}
}

int command_wait(int argc, char **argv)
{
	struct options options;
	struct error error = { 0 };
	struct node node;
	struct target target;
	json_t *sizes = NULL;
	int64_t timeout;
	int result, r;

	if ((result = options_parse(&usage, argc, argv, &options)) >= 0)
		return result;
	if (options_has(&options, "new") && options.argument_count > 0)
		return usage_error(&usage, _("--new and an act exclude each other"));
	if (moment_parse_span(options_value(&options, "timeout"), INT64_MAX, &timeout, &error) !=
	    OK)
		return complain_error(usage.name, &error);
	if ((result = node_open(&options, true, &node)) >= 0)
		return result;
	if ((r = find_target(&node, &options, &target, &error)) != OK)
		goto out;
	if (target.is_reached)
		sizes = json_pack(
		    "{s:I,s:I,s:I}", "own_size",
		    (json_int_t)member_number(node.channel.details, "own_size"), "their_size",
		    (json_int_t)member_number(node.channel.details, "their_size"), "own_receipted",
		    (json_int_t)member_number(node.channel.details, "own_receipted"));
	else
		r = wait_for(&node, &target, timeout, &sizes, &error);
	if (r == OK && options_has(&options, "json"))
		print_json(sizes);
out:
	json_decref(sizes);
	node_close(&node);
	return r == OK ? STATUS_OK : complain_error(NULL, &error);
}
