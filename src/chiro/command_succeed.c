/* chiro succeed: a channel whose keeper is gone goes on with fresh keys. */
#include "act.h"
#include "command.h"
#include "encoding.h"
#include "moment.h"
#include "sshsig.h"
#include "submission.h"
#include "terminal.h"
#include "translate.h"
#include "which_channel.h"

static const struct option_row rows[] = {
	{ .name = "yes", .help = N_("do not ask before the appointing key signs") },
	{ 0 },
};

static const struct usage usage = {
	.name = "succeed",
	.help = N_(
	    "Continues a channel whose keeper is gone with all its keys. The node makes fresh "
	    "ones, "
	    "and the appointing key appoints them: first for the log, which goes on under "
	    "another name from where it ends here, then for receipts, node, link and reading. So "
	    "both logs must be here whole: take a copy from the other side first (chiro recover). "
	    "As the former link key is gone too, the other side learns of it by courier: chiro "
	    "pack, chiro take. What was sealed to the former reading key stays closed here: ask "
	    "the other side to reseal it."),
	.examples = "  chiro succeed --key /media/safe/appointing\n",
	.rows = rows,
	.common = OPTIONS_NODE | OPTIONS_CHANNEL | OPTIONS_SIGNER | OPTIONS_JSON,
};

/* What is appointed, in this order. */
static const struct office {
	const char *name, *member;
} offices[] = {
	{ "log", "log_key" },   { "receipt", "receipt_key" }, { "node", "node_key" },
	{ "link", "link_key" }, { "reading", "reading_key" },
};

enum { OFFICES = sizeof(offices) / sizeof(offices[0]) };

/* The fields of an appointment: `values` in the order of `names`, NULL for none. */
static int print_appointment(const struct node *node, const char *const values[4],
                             struct buffer *text, struct error *error)
{
	static const char *const names[] = { "office", "key", "size", "root" };
	const struct kind *kind = kind_by_number(KIND_APPOINT);
	struct act act = { .kind = kind, .time = moment_now(), .author = "appointing" };

	memcpy(act.channel, node->channel.id, sizeof(act.channel));
	memcpy(act.party, node->channel.own, sizeof(act.party));
	for (size_t i = 0; i < kind_field_count(kind); i++)
		for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++) {
			if (values[k] == NULL || strcmp(kind->fields[i].name, names[k]) != 0)
				continue;
			act.fields[act.field_count].field = &kind->fields[i];
			act.fields[act.field_count++].text = bytes_of_string(values[k]);
		}
	return act_print(&act, text, error);
}

static int appoint(const struct options *options, const struct node *node, const json_t *keys,
                   const struct office *office, struct error *error)
{
	bool log = strcmp(office->name, "log") == 0;
	struct buffer text, armor;
	struct bytes view;
	json_t *reply = NULL;
	char size[24];
	int r;

	snprintf(size, sizeof(size), "%llu", (unsigned long long)member_number(keys, "size"));
	buffer_init(&text, ENTRY_SIZE_MAXIMUM);
	buffer_init(&armor, SSHSIG_ARMOR_MAXIMUM);
	{
		const char *const values[] = { office->name, member_text(keys, office->member),
			                       log ? size : NULL,
			                       log ? member_text(keys, "root") : NULL };

		r = print_appointment(node, values, &text, error);
	}
	if (r != OK ||
	    (r = submission_sign(node->settings.key, buffer_view(&text), &armor, error)) != OK)
		goto out;
	view = buffer_view(&armor);
	if ((r = submission_send(node->api, node->channel.id, buffer_view(&text), &view, 1, &reply,
	                         error)) == OK)
		submission_print(reply, options_has(options, "json"));
out:
	json_decref(reply);
	buffer_release(&text);
	buffer_release(&armor);
	return r;
}

static int agree(const struct options *options, const struct node *node, struct error *error)
{
	if (options_has(options, "yes") || !terminal_is_interactive())
		return OK;
	fprintf(stderr,
	        _("Our log has %llu entries here and goes on from there. What we have logged "
	          "beyond that and is not here is lost, and the other side refuses the new "
	          "log if it holds more.\n"),
	        (unsigned long long)member_number(node->channel.details, "own_size"));
	return ask_yes(_("Make fresh keys and appoint them?"))
	           ? OK
	           : error_set(error, ERROR_DENIED, _("nothing is signed"));
}

static int succeed(const struct options *options, const struct node *node, struct error *error)
{
	json_t *keys = NULL;
	int r;

	if ((r = agree(options, node, error)) != OK ||
	    (r = api_send(node->api, "POST", NULL, &keys, error, "/v1/channels/%s/successor",
	                  node->channel.id)) != OK)
		return r;
	for (size_t i = 0; i < OFFICES && r == OK; i++) {
		r = appoint(options, node, keys, &offices[i], error);
		/* What was logged stands; the rest can be appointed by hand. */
		for (size_t left = i; r != OK && i > 0 && left < OFFICES; left++)
			fprintf(
			    stderr,
			    _("still to be logged: chiro act appoint --office %s --new-key %s\n"),
			    offices[left].name, member_text(keys, offices[left].member));
	}
	json_decref(keys);
	if (r == OK && !options_has(options, "json"))
		print_wrapped(
		    stdout, 0,
		    _("The channel goes on. Bring the other side the file that 'chiro pack "
		      "SIDE --output FILE' writes: by it, it learns of the new keys, and then "
		      "the line can come up again."));
	return r;
}

int command_succeed(int argc, char **argv)
{
	struct options options;
	struct error error = { 0 };
	struct node node;
	int status, r;

	if ((status = options_parse(&usage, argc, argv, &options)) >= 0)
		return status;
	if ((status = node_open(&options, true, &node)) >= 0)
		return status;
	r = succeed(&options, &node, &error);
	node_close(&node);
	return conclude(r, &error);
}
