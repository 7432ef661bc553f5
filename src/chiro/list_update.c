/* chiro list update: publishes a new version of an own list. */
#include "command.h"
#include "list_acting.h"
#include "list_command.h"
#include "list_making.h"
#include "list_source.h"
#include "moment.h"
#include "resealing.h"
#include "terminal.h"
#include "translate.h"

static const struct option_row rows[] = {
	{ .name = "matter",
	  .value = N_("ACT"),
	  .help = N_("the act that opened the list's matter, such as north-3; otherwise that which "
	             "was committed to under this name") },
	LIST_ACT_ROWS,
	{ 0 },
};

static const struct usage usage = {
	.name = "list update",
	.arguments = N_("NAME"),
	.help = N_(
	    "Publishes the own list NAME, as it is now, as the next version of what was committed "
	    "to: by an act 'update-list' with the whole list, opened or match-only as before. The "
	    "former version is in force until then. Of a match-only list every class gets a new "
	    "key, and the former ones are destroyed once the other side has receipted the change; "
	    "what was spent of the budgets stays spent."),
	.examples = "  chiro list import grid.csv --name grid --replace\n"
		    "  chiro list update grid\n",
	.rows = rows,
	.common = OPTIONS_NODE | OPTIONS_CHANNEL | OPTIONS_SIGNER | OPTIONS_JSON,
	.arguments_minimum = 1,
	.arguments_maximum = 1,
};

struct updating {
	const struct options *options;
	struct node node;
	struct list_source source;
	struct list_made *made;
	struct list_words words;
	struct prepared_body prepared;
};

static int make_version(struct updating *u, const struct own_list *list, struct error *error)
{
	bool match_only = strcmp(list->mode, "match-only") == 0;
	int r;

	list_words_begin(&u->words, "update-list");
	list_words_put(&u->words, "matter", list->list);
	list_words_put(&u->words, "mode", match_only ? "match-only" : "opened");
	list_words_put_number(&u->words, "epoch", list->epoch + 1);
	r = match_only
	        ? list_make_match_only(&u->node, &u->source.mapping, moment_now(), &u->made, error)
	        : list_make_opened(u->source.text, &u->made, error);
	if (r == OK && match_only)
		r = list_words_put_classes(&u->words, u->made->classes);
	return r;
}

static int prepare(struct updating *u, struct error *error)
{
	struct x25519_public recipients[SEAL_RECIPIENTS];
	const char *name = u->options->arguments[0];
	const char *matter = options_value(u->options, "matter");
	struct own_list list;
	int r;

	if ((r = list_source_own(&u->node.settings, name, &u->source, error)) != OK ||
	    (r = own_list_find(&u->node, matter != NULL ? matter : name, &list, error)) != OK)
		return r;
	if (strcmp(list.mode, "swap") == 0 && !list.revealed)
		return error_set(
		    error, ERROR_STATE,
		    _("%s is not opened yet: 'chiro list reveal' does that, 'chiro list "
		      "retire' withdraws it"),
		    list.list);
	if ((r = make_version(u, &list, error)) != OK ||
	    (r = body_recipients(&u->node, options_has(u->options, "eyes-heads"), recipients,
	                         error)) != OK ||
	    (r = sealed_body_of_parts(u->made->parts, u->made->part_count,
	                              BODY_LIST_CONTENT_MAXIMUM, recipients, NULL,
	                              &u->prepared.body, error)) != OK)
		return r;
	u->prepared.has_body = true;
	u->prepared.preview = buffer_view(&u->made->preview);
	list_words_pass(&u->words, u->options);
	return own_list_note(&u->node, name,
	                     strcmp(list.mode, "match-only") == 0 ? list_made_first_root(u->made)
	                                                          : &u->prepared.body.root,
	                     error);
}

/* What came to no act leaves no keys behind. */
static void release(struct updating *u)
{
	if (!u->prepared.signing)
		list_made_drop_keys(&u->node, u->made);
	if (u->prepared.has_body)
		sealed_body_release(&u->prepared.body);
	list_made_free(u->made);
	list_source_release(&u->source);
	node_close(&u->node);
}

int list_update(int argc, char **argv)
{
	static struct updating u;
	struct options options;
	struct error error = { 0 };
	int r, status;

	if ((status = options_parse(&usage, argc, argv, &options)) >= 0 ||
	    (status = node_open(&options, true, &u.node)) >= 0)
		return status;
	u.options = &options;
	r = prepare(&u, &error);
	status = list_words_conclude(&u.words, &u.prepared, &usage, r, &error);
	release(&u);
	return status;
}
