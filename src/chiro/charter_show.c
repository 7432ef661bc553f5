/* chiro charter show: a charter for people, from a file or of the node's channel. */
#include "amending.h"
#include "charter_command.h"
#include "command.h"
#include "listing.h"
#include "terminal.h"
#include "translate.h"

/* The version that is asked for, among those of the node; the last by default. */
static int find_version(const struct options *options, const json_t *charters,
                        const json_t **ret_version, struct error *error)
{
	const json_t *list = member(charters, "charters");
	uint64_t count = json_array_size(list), wanted;
	int r;

	if ((r = options_number(options, "version", 1, UINT64_MAX, count, &wanted, error)) != OK)
		return r;
	if (wanted > count)
		return error_set(error, ERROR_NOT_FOUND,
		                 ngettext("there is only %llu charter of this channel",
		                          "there are only %llu charters of this channel",
		                          (unsigned long)count),
		                 (unsigned long long)count);
	*ret_version = json_array_get(list, wanted - 1);
	return OK;
}

static void print_standing(const json_t *charters, const json_t *version)
{
	uint64_t number = member_number(version, "version");
	const json_t *list = member(charters, "open");
	const json_t *each;
	size_t i;

	printf(number == json_array_size(member(charters, "charters"))
	           ? _("Charter %llu of this channel is in force")
	           : _("Charter %llu of this channel is not in force any more"),
	       (unsigned long long)number);
	if (member_string(version, "opened") != NULL)
		printf(_(", by %s and %s"), member_text(version, "opened"),
		       member_text(version, "completed"));
	puts(".");
	json_array_foreach(list, i, each)
	    printf(_("%s would amend it by charter %llu ('chiro show %s').\n"),
	           member_text(each, "opened"), (unsigned long long)member_number(each, "version"),
	           member_text(each, "opened"));
	fputc('\n', stdout);
}

static int show_of_node(const struct options *options, const struct node *node, struct error *error)
{
	json_t *charters = NULL, *reply = NULL;
	struct charter *charter = NULL;
	const json_t *version;
	int r;

	if ((r = api_get(node->api, &charters, error, "/v1/channels/%s/charters",
	                 node->channel.id)) != OK ||
	    (r = find_version(options, charters, &version, error)) != OK ||
	    (r = amending_fetch(node, member_text(version, "sha256"), &reply, error)) != OK)
		goto out;
	if (options_has(options, "text")) {
		fputs(member_text(reply, "text"), stdout);
		goto out;
	}
	if ((r = charter_parse_amended(bytes_of_string(member_text(reply, "text")),
	                               node->channel.charter, &charter, error)) != OK)
		goto out;
	print_standing(charters, version);
	charter_view(charter);
out:
	charter_free(charter);
	json_decref(charters);
	json_decref(reply);
	return r;
}

static int show_file(const char *path)
{
	struct charter *charter = charter_read(path);

	if (charter == NULL)
		return STATUS_FAILED;
	charter_view(charter);
	charter_free(charter);
	return STATUS_OK;
}

int charter_show(int argc, char **argv)
{
	static const struct option_row rows[] = {
		{ .name = "version",
		  .value = N_("N"),
		  .help = N_("the charter of that number, from 1; otherwise the one in force") },
		{ .name = "text",
		  .help = N_("print the text itself, such as for 'charter amend'") },
		{ 0 }
	};
	static const struct usage usage = {
		.name = "charter show",
		.arguments = N_("[FILE]"),
		.help = N_("Shows a charter to people: parties, clocks, handling, text, and its "
		           "fingerprint in words. Without a file it is the one of the channel."),
		.rows = rows,
		.common = OPTIONS_NODE | OPTIONS_CHANNEL,
		.arguments_maximum = 1,
	};
	struct options options;
	struct error error = { 0 };
	struct node node;
	int r, status;

	if ((status = options_parse(&usage, argc, argv, &options)) >= 0)
		return status;
	if (options.argument_count == 1) {
		if (options_has(&options, "version") || options_has(&options, "text"))
			return usage_error(&usage, _("--version and --text go without a file"));
		return show_file(options.arguments[0]);
	}
	if ((status = node_open(&options, true, &node)) >= 0)
		return status;
	r = show_of_node(&options, &node, &error);
	node_close(&node);
	return conclude(r, &error);
}
