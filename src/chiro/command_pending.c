/* chiro pending: acts that wait for their second signature. */
#include <inttypes.h>
#include <stdlib.h>

#include "act.h"
#include "amending.h"
#include "body_of_act.h"
#include "body_view.h"
#include "command.h"
#include "listing.h"
#include "moment.h"
#include "reading.h"
#include "sshsig.h"
#include "submission.h"
#include "translate.h"

static const struct option_row rows[] = {
	{ .name = "reason",
	  .value = N_("TEXT"),
	  .help = N_("with refuse: why, for the author; it stays with this node") },
	{ .name = "identity",
	  .value = N_("FILE"),
	  .help = N_("open the body with this age identity instead of the node's reading key") },
	{ .name = "yes", .help = N_("with sign: do not show and ask before signing") },
	{ 0 },
};

static const struct usage usage = {
	.name = "pending",
	.arguments = N_("[WHAT N]"),
	.help = N_(
	    "Lists the acts that one person has signed and a second is to sign ('chiro act … "
	    "--cosigner NAME'). 'show' gives the text and the body of one; 'sign' shows them, "
	    "signs the same text and has it logged; 'refuse' gives it back to its author with a "
	    "reason; 'withdraw' takes it back. An act waits until its not-after, seven days when "
	    "it has none, and lapses when it can no longer become valid. Nothing of what waits "
	    "reaches the other side."),
	.examples =
	    "  chiro act withdraw --from talks --cosigner b.deputy\n  chiro pending\n"
	    "  chiro pending sign 1\n  chiro pending refuse 1 --reason 'not before Monday'\n",
	.rows = rows,
	.common = OPTIONS_NODE | OPTIONS_CHANNEL | OPTIONS_SIGNER | OPTIONS_JSON,
	.arguments_maximum = 2,
};

/* --- showing ---------------------------------------------------------------- */

/* `waits for b.deputy, 2 d 3 h left`, or how it ended. */
static void list_state(const json_t *pending)
{
	const char *state = member_text(pending, "state"), *note = member_string(pending, "note");
	const char *reason = member_string(pending, "reason_text");
	char text[MOMENT_CAPACITY];

	if (strcmp(state, "waiting") == 0) {
		moment_countdown(member_time(pending, "expires"), moment_now(), text);
		list_item(_("waits for"), "%s", member_text(pending, "cosigner"));
		list_item(_("lapses"), "%s", text);
		if (reason != NULL)
			list_item_styled(STYLE_WARNING, _("now"), _("it would be void: %s"),
			                 _(reason));
		return;
	}
	moment_show(member_time(pending, "ended"), text);
	if (strcmp(state, "refused") == 0) {
		list_item_styled(STYLE_BAD, _("refused"), _("by %s, %s"),
		                 member_text(pending, "by"), text);
		if (note != NULL)
			list_item(_("reason"), "%s", note);
		return;
	}
	list_item_styled(STYLE_BAD, _("lapsed"), "%s", text);
	if (reason != NULL)
		list_item(_("reason"), "%s", _(reason));
}

static void list_pending(const json_t *pending)
{
	char moment[MOMENT_CAPACITY];

	moment_show(member_time(pending, "created"), moment);
	printf("%s%" PRIu64 "%s  %s  ", style(stdout, STYLE_STRONG),
	       member_number(pending, "number"), style(stdout, STYLE_PLAIN),
	       member_text(pending, "kind"));
	put_visible(stdout, bytes_of_string(member_text(pending, "author")), false);
	printf("  %s%s\n", moment, member_true(pending, "exercise") ? _("  EXERCISE") : "");
	list_state(pending);
}

static int list(const struct node *node, bool json, struct error *error)
{
	json_t *reply = NULL, *each;
	size_t i;
	int r;

	if ((r = api_get(node->api, &reply, error, "/v1/channels/%s/pending", node->channel.id)) !=
	    OK)
		return r;
	if (json) {
		print_json(reply);
	} else {
		json_array_foreach(member(reply, "pending"), i, each)
		{
			list_pending(each);
		}
		if (json_array_size(member(reply, "pending")) == 0)
			puts(_("Nothing waits for a second signature."));
	}
	json_decref(reply);
	return OK;
}

/* --- one of them --------------------------------------------------------------- */

/* One as the node has it. Whoever signs it looks at this text, and its first
 * signature is over this text. */
struct waiting {
	json_t *reply;
	struct act act; /* views into the reply */
};

static int get_waiting(const struct node *node, uint64_t number, struct waiting *ret_waiting,
                       struct error *error)
{
	struct waiting waiting = { 0 };
	struct ssh_key author;
	struct bytes text;
	int r;

	if ((r = api_get(node->api, &waiting.reply, error, "/v1/channels/%s/pending/%" PRIu64,
	                 node->channel.id, number)) != OK)
		return r;
	text = bytes_of_string(member_text(waiting.reply, "text"));
	if ((r = act_parse(text, &waiting.act, error)) == OK)
		r = sshsig_verify(text, ACT_NAMESPACE,
		                  bytes_of_string(member_text(waiting.reply, "armor")), &author,
		                  error);
	if (r == OK && (strcmp(waiting.act.channel, node->channel.id) != 0 ||
	                strcmp(waiting.act.party, node->channel.own) != 0))
		r = error_set(error, ERROR_MISMATCH,
		              _("%" PRIu64 " is no act of %s in this channel"), number,
		              node->channel.own);
	if (r == OK)
		*ret_waiting = waiting;
	else
		json_decref(waiting.reply);
	return r;
}

/* The body as it would be read by the other side. ERROR_… when it does not open. */
static int show_body(struct node *node, const struct options *options,
                     const struct waiting *waiting, struct error *error)
{
	const char *identity = options_value(options, "identity");
	static struct body_remarks remarks;
	struct opened_body body = { 0 };
	int r;

	if (identity == NULL && waiting->act.eyes_heads)
		identity = node->settings.reading_identity;
	if (identity != NULL && identity[0] == '\0')
		return error_set(error, ERROR_USAGE,
		                 _("it is for the eyes of the heads: say --identity FILE, or "
		                   "reading-identity in the identity file"));
	if ((r = body_of_pending_open(node, waiting->reply, identity, &body, error)) != OK)
		return r;
	putchar('\n');
	reading_remark(node, waiting->reply, &body, &remarks);
	body_show(waiting->reply, &body, NULL, &remarks);
	opened_body_release(&body);
	return OK;
}

static int show(struct node *node, const struct options *options, const struct waiting *waiting,
                struct error *error)
{
	bool waits = strcmp(member_text(waiting->reply, "state"), "waiting") == 0;
	int r;

	if (options_has(options, "json")) {
		print_json(waiting->reply);
		return OK;
	}
	list_pending(waiting->reply);
	putchar('\n');
	put_visible(stdout, waiting->act.text, true);
	if (!waits || !waiting->act.has_body)
		return OK;
	if ((r = show_body(node, options, waiting, error)) != OK)
		return r;
	return amending_show_act(node, stdout, &waiting->act, error);
}

/* Shows all of it and asks. False: nothing is signed. */
static bool agrees(struct node *node, const struct options *options, const struct waiting *waiting)
{
	struct error error = { 0 };

	if (options_has(options, "yes"))
		return true;
	if (show(node, options, waiting, &error) != OK)
		advise(_("ITS BODY CANNOT BE SHOWN: %s. You would sign what you have not read."),
		       error.message);
	fflush(stdout);
	return ask_yes(_("Sign this text as the second person, and log it?"));
}

static int sign(struct node *node, const struct options *options, const struct waiting *waiting,
                struct error *error)
{
	const char *author = node->settings.author;
	const char *first = member_text(waiting->reply, "armor");
	json_t *reply = NULL;
	struct buffer armor;
	int r;

	if (strcmp(member_text(waiting->reply, "state"), "waiting") != 0)
		return error_set(error, ERROR_STATE, _("this act does not wait any more"));
	if (author[0] != '\0' && strcmp(author, waiting->act.cosigner) != 0)
		return error_set(error, ERROR_DENIED, _("it waits for %s, and you are %s"),
		                 waiting->act.cosigner, author);
	if ((r = submission_check(node->api, node->channel.id, waiting->act.text, error)) != OK)
		return r;
	if (!agrees(node, options, waiting))
		return error_set(error, ERROR_DENIED, _("nothing is signed"));
	buffer_init(&armor, SSHSIG_ARMOR_MAXIMUM);
	if ((r = submission_sign(node->settings.key, waiting->act.text, &armor, error)) == OK &&
	    (r = submission_send(node->api, node->channel.id, waiting->act.text,
	                         (struct bytes[]){ bytes_of_string(first), buffer_view(&armor) }, 2,
	                         &reply, error)) == OK)
		submission_print(reply, options_has(options, "json"));
	json_decref(reply);
	buffer_release(&armor);
	return r;
}

static int refuse(struct node *node, const struct options *options, uint64_t number,
                  struct error *error)
{
	const char *reason = options_value(options, "reason");
	json_t *reply = NULL;
	int r;

	if (reason == NULL)
		return error_set(error, ERROR_USAGE, _("--reason is missing: why, for the author"));
	if ((r = api_send(node->api, "POST", json_pack("{s:s}", "reason", reason), &reply, error,
	                  "/v1/channels/%s/pending/%" PRIu64 "/refuse", node->channel.id,
	                  number)) == OK)
		printf(_("%" PRIu64 " is refused; its author sees why\n"), number);
	json_decref(reply);
	return r;
}

static int withdraw(struct node *node, uint64_t number, struct error *error)
{
	json_t *reply = NULL;
	int r;

	if ((r = api_send(node->api, "DELETE", NULL, &reply, error,
	                  "/v1/channels/%s/pending/%" PRIu64, node->channel.id, number)) == OK)
		printf(_("%" PRIu64 " is withdrawn; nothing of it remains with the node\n"),
		       number);
	json_decref(reply);
	return r;
}

static int parse_number(const char *text, uint64_t *ret_number, struct error *error)
{
	char *end = NULL;
	unsigned long long number = strtoull(text, &end, 10);

	if (text[0] < '1' || text[0] > '9' || *end != '\0' || number > INT64_MAX)
		return error_set(error, ERROR_USAGE,
		                 _("'%s' is no number such as 'chiro pending' lists"), text);
	*ret_number = number;
	return OK;
}

static int do_to_one(struct node *node, const struct options *options, struct error *error)
{
	const char *what = options->arguments[0];
	struct waiting waiting;
	uint64_t number;
	int r;

	if (options->argument_count < 2)
		return error_set(error, ERROR_USAGE, _("which one? see 'chiro pending'"));
	if ((r = parse_number(options->arguments[1], &number, error)) != OK)
		return r;
	if (strcmp(what, "refuse") == 0)
		return refuse(node, options, number, error);
	if (strcmp(what, "withdraw") == 0)
		return withdraw(node, number, error);
	if (strcmp(what, "show") != 0 && strcmp(what, "sign") != 0)
		return error_set(error, ERROR_USAGE,
		                 _("what is to be done: show, sign, refuse or withdraw, not '%s'"),
		                 what);
	if ((r = get_waiting(node, number, &waiting, error)) != OK)
		return r;
	r = strcmp(what, "show") == 0 ? show(node, options, &waiting, error)
	                              : sign(node, options, &waiting, error);
	json_decref(waiting.reply);
	return r;
}

int command_pending(int argc, char **argv)
{
	struct options options;
	struct error error = { 0 };
	struct node node;
	int r, status;

	if ((status = options_parse(&usage, argc, argv, &options)) >= 0 ||
	    (status = node_open(&options, true, &node)) >= 0)
		return status;
	r = options.argument_count == 0 ? list(&node, options_has(&options, "json"), &error)
	                                : do_to_one(&node, &options, &error);
	node_close(&node);
	return conclude(r, &error);
}
