/* chiro list retire: ends the permission to use an own list. */
#include "command.h"
#include "list_acting.h"
#include "list_command.h"
#include "terminal.h"
#include "translate.h"

static const struct option_row rows[] = {
	{ .name = "text", .value = N_("FILE"), .help = N_("why; - is standard input") },
	LIST_ACT_ROWS,
	{ 0 },
};

static const struct usage usage = {
	.name = "list retire",
	.arguments = N_("[NAME|ACT]"),
	.help = N_(
	    "Retires an own list, named by its name or by the act that opened its matter: by an "
	    "act "
	    "'retire-list', after which the other side is not to use it any more. That ends "
	    "permission, not knowledge: what was opened has been read, and what was asked is "
	    "known. Of a match-only list the keys are destroyed once the other side has receipted "
	    "this, and nothing can be asked any more."),
	.examples = "  chiro list retire grid\n",
	.rows = rows,
	.common = OPTIONS_NODE | OPTIONS_CHANNEL | OPTIONS_SIGNER | OPTIONS_JSON,
	.arguments_maximum = 1,
};

int list_retire(int argc, char **argv)
{
	static struct list_words words;
	struct prepared_body none = { .has_body = false };
	struct options options;
	struct error error = { 0 };
	struct own_list list;
	struct node node;
	int r, status;

	if ((status = options_parse(&usage, argc, argv, &options)) >= 0 ||
	    (status = node_open(&options, true, &node)) >= 0)
		return status;
	r = own_list_find(&node, options.argument_count > 0 ? options.arguments[0] : NULL, &list,
	                  &error);
	node_close(&node);
	if (r != OK)
		return r == ERROR_USAGE ? usage_error(&usage, "%s", error.message)
		                        : conclude(r, &error);
	list_words_begin(&words, "retire-list");
	list_words_put(&words, "matter", list.list);
	list_words_pass(&words, &options);
	return list_words_run(&words, options_has(&options, "text") ? NULL : &none);
}
