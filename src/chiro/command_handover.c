/* chiro handover: leaving a shift to the next, by a page that is signed. */
#include <inttypes.h>
#include <string.h>

#include "command.h"
#include "files.h"
#include "handover_page.h"
#include "listing.h"
#include "moment.h"
#include "signer.h"
#include "terminal.h"
#include "translate.h"

enum { SHIFT_SECONDS = 8 * 3600, PATH_CAPACITY = 1024, SIGNERS_MAXIMUM = 256 * 1024 };

static const struct option_row rows[] = {
	{ .name = "since",
	  .value = N_("TIME"),
	  .help = N_("what happened from this time on, such as -8h; otherwise since the last "
	             "handover, or for 8 hours") },
	{ .name = "next",
	  .value = N_("TIME"),
	  .help = N_("list what is due in the next shift, which lasts so long: 8h otherwise") },
	{ .name = "note", .value = N_("TEXT"), .help = N_("what the page is to say besides") },
	{ .name = "print", .help = N_("show the page and sign nothing") },
	{ .name = "yes", .help = N_("sign without asking") },
	{ .name = "list", .help = N_("list the handovers, the last first") },
	{ .name = "show", .value = N_("N"), .help = N_("show a handover") },
	{ .name = "save",
	  .value = N_("FILE"),
	  .help = N_("with --show: write text, signatures and signers for ssh-keygen -Y verify") },
	{ .name = "accept",
	  .value = N_("N"),
	  .help = N_("sign, as who takes over, what the leaving officer signed") },
	{ 0 },
};

static const struct usage usage = {
	.name = "handover",
	.help = N_(
	    "Writes what happened in a shift as a page: what arrived, was sent, answered and "
	    "became "
	    "overdue, what is due in the next shift, when the link was down, and the alarms. The "
	    "leaving officer signs it with the SSH key, and whoever takes over may sign it too. "
	    "The node keeps it; it stands in no log, and the other side does not see it."),
	.examples = "  chiro handover --note 'south promised an answer by noon'\n"
		    "  chiro handover --list\n  chiro handover --accept 12\n",
	.rows = rows,
	.common = OPTIONS_NODE | OPTIONS_CHANNEL | OPTIONS_SIGNER | OPTIONS_JSON,
};

/* --- those that there are --------------------------------------------------------- */

static int fetch(const struct node *node, uint64_t number, json_t **ret_handover,
                 struct error *error)
{
	return api_get(node->api, ret_handover, error, "/v1/channels/%s/handovers/%" PRIu64,
	               node->channel.id, number);
}

static void list_handover(const json_t *handover)
{
	char from[SHORT_TIME_CAPACITY], to[SHORT_TIME_CAPACITY];

	short_time(member_time(handover, "from"), from);
	short_time(member_time(handover, "to"), to);
	printf("%s%" PRIu64 "%s  %sZ – %sZ  ", style(stdout, STYLE_STRONG),
	       member_number(handover, "number"), style(stdout, STYLE_PLAIN), from, to);
	put_visible(stdout, bytes_of_string(member_text(handover, "author")), false);
	fputc('\n', stdout);
	if (member_string(handover, "accepted_by") != NULL)
		list_item(_("accepted by"), "%s", member_text(handover, "accepted_by"));
}

static int list(const struct node *node, bool json, struct error *error)
{
	json_t *reply = NULL, *each;
	size_t i;
	int r;

	if ((r = api_get(node->api, &reply, error, "/v1/channels/%s/handovers?count=500",
	                 node->channel.id)) != OK)
		return r;
	if (json) {
		print_json(reply);
	} else {
		json_array_foreach(member(reply, "handovers"), i, each)
		{
			list_handover(each);
		}
		if (json_array_size(member(reply, "handovers")) == 0)
			puts(_("There is no handover yet."));
	}
	json_decref(reply);
	return OK;
}

/* Lines of all whom our side ever accredited: who signed is for ssh-keygen to find. */
static int put_signers(const struct node *node, struct buffer *lines)
{
	const json_t *party = which_channel_party(&node->channel, node->channel.own);
	json_t *each;
	size_t i;

	json_array_foreach(member(party, "delegates"), i, each)
	{
		int r;

		if (member_true(each, "recalled") || strcmp(member_text(each, "role"), "node") == 0)
			continue;
		if ((r = buffer_put_format(lines, "%s@%s namespaces=\"%s\" %s\n",
		                           member_text(each, "name"), node->channel.own,
		                           HANDOVER_NAMESPACE, member_text(each, "key"))) != OK)
			return r;
	}
	return OK;
}

static int save_as(const char *path, const char *ending, struct bytes content, struct error *error)
{
	char whole[PATH_CAPACITY];

	if (snprintf(whole, sizeof(whole), "%s%s", path, ending) >= (int)sizeof(whole))
		return error_set(error, ERROR_LIMIT, _("the path is too long"));
	return file_write_new(whole, content, 0644, error);
}

static int save(const struct node *node, const json_t *handover, const char *path,
                struct error *error)
{
	const char *acceptance = member_string(handover, "acceptance");
	struct buffer signers;
	int r;

	buffer_init(&signers, SIGNERS_MAXIMUM);
	if ((r = put_signers(node, &signers)) != OK)
		error_set(error, r, "%s", result_text(r));
	if (r == OK &&
	    (r = save_as(path, "", bytes_of_string(member_text(handover, "text")), error)) == OK &&
	    (r = save_as(path, ".sig", bytes_of_string(member_text(handover, "armor")), error)) ==
	        OK)
		r = save_as(path, ".allowed_signers", buffer_view(&signers), error);
	if (r == OK && acceptance != NULL)
		r = save_as(path, ".accepted.sig", bytes_of_string(acceptance), error);
	buffer_release(&signers);
	if (r == OK)
		printf(
		    _("ssh-keygen -Y verify -n %s -f %s.allowed_signers -I %s@%s -s %s.sig < %s\n"),
		    HANDOVER_NAMESPACE, path, member_text(handover, "author"), node->channel.own,
		    path, path);
	return r;
}

static int show(const struct node *node, uint64_t number, const char *path, bool json,
                struct error *error)
{
	json_t *handover = NULL;
	int r;

	if ((r = fetch(node, number, &handover, error)) != OK)
		return r;
	if (path != NULL) {
		r = save(node, handover, path, error);
	} else if (json) {
		print_json(handover);
	} else {
		put_visible(stdout, bytes_of_string(member_text(handover, "text")), true);
		fputc('\n', stdout);
		list_item(_("signed by"), "%s", member_text(handover, "author"));
		if (member_string(handover, "accepted_by") != NULL) {
			list_item(_("accepted by"), "%s", member_text(handover, "accepted_by"));
			list_time("", member_time(handover, "accepted"));
		}
	}
	json_decref(handover);
	return r;
}

/* --- signing ---------------------------------------------------------------------- */

static int sign(const struct node *node, struct bytes text, struct buffer *armor,
                struct error *error)
{
	struct ssh_key key;

	if (node->settings.key[0] == '\0')
		return error_set(error, ERROR_USAGE,
		                 _("no key to sign with: give --key or set CHIRO_KEY"));
	return signer_sign(node->settings.key, HANDOVER_NAMESPACE, text, armor, &key, error);
}

static json_t *json_view(const struct buffer *buffer)
{
	return json_stringn((const char *)buffer->data, buffer->size);
}

static int accept(const struct node *node, uint64_t number, bool yes, struct error *error)
{
	json_t *handover = NULL, *reply = NULL;
	struct buffer armor;
	struct bytes text;
	int r;

	if ((r = fetch(node, number, &handover, error)) != OK)
		return r;
	buffer_init(&armor, SSHSIG_ARMOR_MAXIMUM);
	text = bytes_of_string(member_text(handover, "text"));
	/* The node says so too, but only after the page was read and signed. */
	if (strcmp(member_text(handover, "author"), node->settings.author) == 0)
		r = error_set(error, ERROR_DENIED, _("whoever leaves cannot also take over"));
	else if (!yes) {
		put_visible(stdout, text, true);
		fflush(stdout);
		if (!ask_yes(_("Take over by this page?")))
			r = error_set(error, ERROR_DENIED, _("nothing is signed"));
	}
	if (r == OK && (r = sign(node, text, &armor, error)) == OK)
		r = api_send(node->api, "POST", json_pack("{s:o}", "armor", json_view(&armor)),
		             &reply, error, "/v1/channels/%s/handovers/%" PRIu64 "/accept",
		             node->channel.id, number);
	if (r == OK)
		printf(_("handover %" PRIu64 " is accepted\n"), number);
	json_decref(reply);
	json_decref(handover);
	buffer_release(&armor);
	return r;
}

/* --- a new one -------------------------------------------------------------------- */

/* Where the shift begins: as the person says, or where the last one ended. */
static int find_shift(const struct node *node, const struct options *options, struct shift *shift,
                      struct error *error)
{
	const char *since = options_value(options, "since");
	json_t *reply = NULL;
	const json_t *last;
	int64_t next;
	int r;

	shift->to = moment_now();
	shift->from = shift->to - SHIFT_SECONDS;
	shift->note = options_value(options, "note");
	if ((r = moment_parse_span(options_value(options, "next"), SHIFT_SECONDS, &next, error)) !=
	    OK)
		return r;
	shift->next = shift->to + next;
	if (since != NULL) {
		if ((r = moment_parse(since, shift->to, &shift->from, error)) != OK)
			return r;
		return shift->from <= shift->to
		           ? OK
		           : error_set(error, ERROR_USAGE, _("--since lies in the future"));
	}
	if ((r = api_get(node->api, &reply, error, "/v1/channels/%s/handovers?count=1",
	                 node->channel.id)) != OK)
		return r;
	last = json_array_get(member(reply, "handovers"), 0);
	if (last != NULL && member_time(last, "to") <= shift->to) {
		shift->from = member_time(last, "to");
		shift->own = member_number(last, "own");
		shift->theirs = member_number(last, "theirs");
		shift->sizes_known = true;
	}
	json_decref(reply);
	return OK;
}

static int write_text(struct node *node, const struct shift *shift, struct buffer *text,
                      struct error *error)
{
	struct handover handover = { .from = shift->from, .to = shift->to };
	struct buffer page;
	uint64_t sizes[2];
	int r;

	if (node->settings.author[0] == '\0')
		return error_set(error, ERROR_USAGE,
		                 _("whose handover? Give --author or set CHIRO_AUTHOR"));
	buffer_init(&page, HANDOVER_TEXT_MAXIMUM);
	snprintf(handover.channel, sizeof(handover.channel), "%s", node->channel.id);
	snprintf(handover.party, sizeof(handover.party), "%s", node->channel.own);
	snprintf(handover.author, sizeof(handover.author), "%s", node->settings.author);
	if ((r = handover_page_make(node, shift, &page, sizes, error)) == OK) {
		handover.own = sizes[0];
		handover.theirs = sizes[1];
		handover.page = buffer_view(&page);
		r = handover_print(&handover, text, error);
	}
	buffer_release(&page);
	return r;
}

static int send_text(const struct node *node, const struct buffer *text, bool json,
                     struct error *error)
{
	json_t *reply = NULL;
	struct buffer armor;
	int r;

	buffer_init(&armor, SSHSIG_ARMOR_MAXIMUM);
	if ((r = sign(node, buffer_view(text), &armor, error)) == OK)
		r = api_send(
		    node->api, "POST",
		    json_pack("{s:o,s:o}", "text", json_view(text), "armor", json_view(&armor)),
		    &reply, error, "/v1/channels/%s/handovers", node->channel.id);
	if (r == OK && json)
		print_json(reply);
	else if (r == OK)
		printf(_("handover %" PRIu64 " is signed and kept; next, by who takes over:\n"
		         "  chiro handover --accept %" PRIu64 "\n"),
		       member_number(reply, "number"), member_number(reply, "number"));
	json_decref(reply);
	buffer_release(&armor);
	return r;
}

static int leave(struct node *node, const struct options *options, struct error *error)
{
	bool json = options_has(options, "json"), print = options_has(options, "print");
	struct shift shift = { .from = 0 };
	struct buffer text;
	int r;

	if (!print && !options_has(options, "yes") && !terminal_is_interactive())
		return error_set(error, ERROR_USAGE,
		                 _("nobody can be asked here: say --yes to sign the page, or "
		                   "--print to see it"));
	buffer_init(&text, HANDOVER_TEXT_MAXIMUM);
	if ((r = find_shift(node, options, &shift, error)) == OK)
		r = write_text(node, &shift, &text, error);
	if (r == OK && (print || !options_has(options, "yes"))) {
		put_visible(print ? stdout : stderr, buffer_view(&text), true);
		if (!print && !ask_yes(_("Sign this page?")))
			r = error_set(error, ERROR_DENIED, _("nothing is signed"));
	}
	if (r == OK && !print)
		r = send_text(node, &text, json, error);
	buffer_release(&text);
	return r;
}

int command_handover(int argc, char **argv)
{
	struct options options;
	struct error error = { 0 };
	uint64_t number = 0;
	struct node node;
	bool json;
	int r, result;

	if ((result = options_parse(&usage, argc, argv, &options)) >= 0)
		return result;
	if (options_number(&options, "show", 1, INT64_MAX, 0, &number, &error) != OK ||
	    (number == 0 &&
	     options_number(&options, "accept", 1, INT64_MAX, 0, &number, &error) != OK))
		return complain_error(usage.name, &error);
	if (options_has(&options, "save") && !options_has(&options, "show"))
		return usage_error(&usage, _("--save needs --show N"));
	if ((result = node_open(&options, true, &node)) >= 0)
		return result;
	json = options_has(&options, "json");
	if (options_has(&options, "list"))
		r = list(&node, json, &error);
	else if (options_has(&options, "show"))
		r = show(&node, number, options_value(&options, "save"), json, &error);
	else if (options_has(&options, "accept"))
		r = accept(&node, number, options_has(&options, "yes"), &error);
	else
		r = leave(&node, &options, &error);
	node_close(&node);
	return conclude(r, &error);
}
