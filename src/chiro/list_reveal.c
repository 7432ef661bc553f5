/* chiro list reveal: opens a list that was committed to in a swap. */
#include "command.h"
#include "encoding.h"
#include "list_acting.h"
#include "list_command.h"
#include "list_kept.h"
#include "resealing.h"
#include "terminal.h"
#include "translate.h"

static const struct option_row rows[] = { LIST_ACT_ROWS, { 0 } };

static const struct usage usage = {
	.name = "list reveal",
	.arguments = N_("[NAME|ACT]"),
	.help = N_(
	    "Opens an own list that was committed to in a swap, named by its name or by the act "
	    "that opened its matter, once the other side has committed to its own: the list goes "
	    "sealed to the other side by an act 'reveal', and is the one that was committed to, "
	    "whatever has become of it on this machine since. From then on both sides owe theirs "
	    "within the charter's time for changes of lists."),
	.examples = "  chiro list reveal north-3\n",
	.rows = rows,
	.common = OPTIONS_NODE | OPTIONS_CHANNEL | OPTIONS_SIGNER | OPTIONS_JSON,
	.arguments_maximum = 1,
};

static int prepare(struct node *node, const struct options *options, struct list_words *words,
                   struct prepared_body *prepared, struct own_list *list, struct error *error)
{
	struct x25519_public recipients[SEAL_RECIPIENTS];
	const char *name = options->argument_count > 0 ? options->arguments[0] : NULL;
	int r;

	if ((r = own_list_find(node, name, list, error)) != OK)
		return r;
	if (strcmp(list->mode, "swap") != 0)
		return error_set(error, ERROR_STATE,
		                 _("%s was not committed to in a swap, so nothing is to be opened"),
		                 list->list);
	if (list->revealed)
		return error_set(error, ERROR_STATE, _("%s has been opened already"), list->list);
	if ((r = body_recipients(node, options_has(options, "eyes-heads"), recipients, error)) !=
	        OK ||
	    (r = list_kept_seal(node, &list->commitment, recipients, &prepared->body, error)) != OK)
		return r;
	prepared->has_body = true;
	if (!list->paired)
		return error_set(
		    error, ERROR_STATE,
		    _("%s has not committed to a list of its own yet, in answer to %s: "
		      "only then is this one opened"),
		    node->channel.other, list->list);
	list_words_begin(words, "reveal");
	list_words_put(words, "matter", list->list);
	list_words_put_number(words, "epoch", list->epoch);
	list_words_pass(words, options);
	return OK;
}

int list_reveal(int argc, char **argv)
{
	static struct list_words words;
	struct prepared_body prepared = { .has_body = false };
	struct options options;
	struct error error = { 0 };
	struct own_list list;
	struct node node;
	int r, status;

	if ((status = options_parse(&usage, argc, argv, &options)) >= 0 ||
	    (status = node_open(&options, true, &node)) >= 0)
		return status;
	r = prepare(&node, &options, &words, &prepared, &list, &error);
	status = list_words_conclude(&words, &prepared, &usage, r, &error);
	if (prepared.has_body)
		sealed_body_release(&prepared.body);
	node_close(&node);
	return status;
}
