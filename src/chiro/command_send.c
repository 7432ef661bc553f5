/* chiro send: logs a text that was drafted before, signed here or elsewhere. */
#include "command.h"
#include "files.h"
#include "sshsig.h"
#include "submission.h"
#include "terminal.h"
#include "translate.h"
#include "which_channel.h"

static const struct option_row rows[] = {
	{ .name = "signature",
	  .value = N_("FILE"),
	  .help = N_("a signature over the text, the author's first; without any, the author's key "
	             "signs here"),
	  .repeated = true },
	{ .name = "cosigner-key", .value = N_("FILE"), .help = N_("the cosigner's SSH key") },
	{ 0 }
};

static const struct usage usage = {
	.name = "send",
	.arguments = N_("DRAFT"),
	.help = N_(
	    "Logs the text of an act that 'chiro act … --draft' has written. Its signatures "
	    "may have been made on other machines, by ssh-keygen -Y sign -n chirograph-act."),
	.examples = "  chiro send draft.txt --signature a.sig --signature b.sig\n",
	.rows = rows,
	.common = OPTIONS_NODE | OPTIONS_CHANNEL | OPTIONS_SIGNER | OPTIONS_JSON,
	.arguments_minimum = 1,
	.arguments_maximum = 1,
};

/* Signatures from files, in their order. */
static int read_signatures(const struct options *options, struct bytes text,
                           struct buffer armors[2], unsigned *ret_count, struct error *error)
{
	const char *path;
	unsigned count = 0;
	int r;

	while ((path = options_value_at(options, "signature", count)) != NULL) {
		struct ssh_key key;

		if (count == SUBMISSION_ARMORS_MAXIMUM)
			return error_set(error, ERROR_USAGE,
			                 _("an act has at most two signatures"));
		if ((r = file_read(path, &armors[count], error)) != OK)
			return r;
		if ((r = sshsig_verify(text, ACT_NAMESPACE, buffer_view(&armors[count]), &key,
		                       error)) != OK)
			return error_set(error, r, _("%s does not sign this text: %s"), path,
			                 error->message);
		count++;
	}
	*ret_count = count;
	return OK;
}

static int sign_here(const struct options *options, const struct settings *settings,
                     const struct act *act, struct buffer armors[2], unsigned *ret_count,
                     struct error *error)
{
	int r;

	if ((r = submission_sign(settings->key, act->text, &armors[0], error)) != OK)
		return r;
	*ret_count = 1;
	if (act->cosigner[0] == '\0')
		return OK;
	*ret_count = 2;
	return submission_sign(options_value(options, "cosigner-key"), act->text, &armors[1],
	                       error);
}

static int send(const struct options *options, const struct node *node, struct error *error)
{
	struct buffer text, armors[SUBMISSION_ARMORS_MAXIMUM];
	struct bytes views[SUBMISSION_ARMORS_MAXIMUM];
	json_t *reply = NULL;
	unsigned count = 0;
	struct act act;
	int r;

	buffer_init(&text, ENTRY_SIZE_MAXIMUM);
	for (int i = 0; i < SUBMISSION_ARMORS_MAXIMUM; i++)
		buffer_init(&armors[i], SSHSIG_ARMOR_MAXIMUM);
	if ((r = file_read(options->arguments[0], &text, error)) != OK)
		goto out;
	if ((r = act_parse(buffer_view(&text), &act, error)) != OK) {
		error_in_file(error, r, options->arguments[0]);
		goto out;
	}
	if (strcmp(act.channel, node->channel.id) != 0 ||
	    strcmp(act.party, node->channel.own) != 0) {
		r = error_set(error, ERROR_MISMATCH, _("%s is no act of %s in this channel"),
		              options->arguments[0], node->channel.own);
		goto out;
	}
	if (options_has(options, "signature"))
		r = read_signatures(options, act.text, armors, &count, error);
	else
		r = sign_here(options, &node->settings, &act, armors, &count, error);
	if (r != OK)
		goto out;
	for (unsigned i = 0; i < count; i++)
		views[i] = buffer_view(&armors[i]);
	if ((r = submission_send(node->api, node->channel.id, act.text, views, count, &reply,
	                         error)) == OK)
		submission_print(reply, options_has(options, "json"));
out:
	json_decref(reply);
	buffer_release(&text);
	for (int i = 0; i < SUBMISSION_ARMORS_MAXIMUM; i++)
		buffer_release(&armors[i]);
	return r;
}

int command_send(int argc, char **argv)
{
	struct options options;
	struct error error = { 0 };
	struct node node;
	int r, status;

	if ((status = options_parse(&usage, argc, argv, &options)) >= 0)
		return status;
	if ((status = node_open(&options, true, &node)) >= 0)
		return status;
	r = send(&options, &node, &error);
	node_close(&node);
	return conclude(r, &error);
}
