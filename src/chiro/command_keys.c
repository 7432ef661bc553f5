/* chiro keys: who can sign for each side, until when, and with which keys. */
#include "command.h"
#include "encoding.h"
#include "giving_up.h"
#include "moment.h"
#include "note.h"
#include "terminal.h"
#include "translate.h"
#include "which_channel.h"

static const struct option_row rows[] = {
	{ .name = "vkey",
	  .help = N_("print the key of each log in the form in which the operator of a witness or "
	             "depositary needs it, our log's first") },
	{ .name = "destroy",
	  .help = N_(
	      "give up for ever what is sealed to our oldest reading key: says what is lost, "
	      "asks, and has the head sign it") },
	{ .name = "cosigner",
	  .value = N_("NAME"),
	  .help = N_("with --destroy: a second person who signs, where the charter asks for two") },
	{ .name = "cosigner-key", .value = N_("FILE"), .help = N_("the cosigner's SSH key") },
	{ .name = "yes", .help = N_("with --destroy: do not ask") },
	{ 0 },
};

static const struct usage usage = {
	.name = "keys",
	.help = N_("Shows who can sign for each side, in which role, until when, with which key; "
	           "and the keys to which bodies are sealed, with what becomes of those that were "
	           "replaced."),
	.rows = rows,
	.common = OPTIONS_NODE | OPTIONS_CHANNEL | OPTIONS_SIGNER | OPTIONS_JSON,
};

static void print_value(unsigned indent, const char *label, const char *value)
{
	enum { LABEL = 20 };

	for (unsigned i = 0; i < indent; i++)
		fputc(' ', stdout);
	print_padded(stdout, label, LABEL);
	put_visible(stdout, bytes_of_string(value), false);
	fputc('\n', stdout);
}

static void print_delegate(const json_t *delegate)
{
	int64_t from = member_time(delegate, "from"), until = member_time(delegate, "until");
	bool ended = member_true(delegate, "recalled") || (until > 0 && until < moment_now());
	const char *reading_key = member_string(delegate, "reading_key");
	char time[MOMENT_CAPACITY];

	printf("  %s%s%s  %s%s\n", style(stdout, ended ? STYLE_FAINT : STYLE_STRONG),
	       member_text(delegate, "name"), style(stdout, STYLE_PLAIN),
	       member_text(delegate, "role"),
	       member_true(delegate, "recalled") ? _(", recalled")
	       : ended                           ? _(", authority has ended")
	                                         : "");
	print_value(4, _("key"), member_text(delegate, "fingerprint"));
	if (reading_key != NULL)
		print_value(4, _("own reading key"), reading_key);
	if (from > 0) {
		moment_show(from, time);
		print_value(4, _("from"), time);
	}
	if (until > 0) {
		moment_show(until, time);
		print_value(4, _("until"), time);
	}
	if (member_time(delegate, "ended") > 0) {
		moment_show(member_time(delegate, "ended"), time);
		print_value(4, _("ended"), time);
	}
	if (member_time(delegate, "disputed_since") > 0) {
		moment_show(member_time(delegate, "disputed_since"), time);
		fputs(style(stdout, STYLE_WARNING), stdout);
		print_value(4, _("DISPUTED since"), time);
		fputs(style(stdout, STYLE_PLAIN), stdout);
	}
}

static void print_side(const json_t *party)
{
	static const struct {
		const char *member, *label;
	} keys[] = {
		{ "reading_key", N_("node's reading key") },
		{ "head_reading_key", N_("head's reading key") },
		{ "log_key", N_("log key") },
		{ "receipt_key", N_("receipt key") },
		{ "node_key", N_("node key") },
		{ "link_key", N_("link key") },
	};
	json_t *each;
	size_t i;

	printf("%s%s%s, %s\n", style(stdout, STYLE_STRONG), member_text(party, "id"),
	       style(stdout, STYLE_PLAIN), member_text(party, "domain"));
	json_array_foreach(member(party, "delegates"), i, each)
	{
		print_delegate(each);
	}
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		print_value(2, _(keys[i].label), member_text(party, keys[i].member));
	json_array_foreach(member(party, "endpoints"), i, each)
	{
		print_value(2, _("endpoint"), json_is_string(each) ? json_string_value(each) : "");
	}
}

/* The vkey of a party's log: C2SP signed-note. */
static int print_vkey(const json_t *party, struct error *error)
{
	struct ed25519_public public_key;
	struct note_key key;
	struct buffer vkey;
	int r;

	buffer_init(&vkey, 4096);
	if ((r = base64_decode_fixed(bytes_of_string(member_text(party, "log_key")),
	                             public_key.bytes, sizeof(public_key.bytes))) != OK ||
	    (r = note_key_init(&key, bytes_of_string(member_text(party, "log_name")),
	                       NOTE_KEY_ED25519, &public_key)) != OK ||
	    (r = note_key_print(&key, &vkey)) != OK)
		error_set(error, r, _("the node's answer has no key of a log that can be read"));
	else
		printf("%.*s\n", (int)vkey.size, (const char *)vkey.data);
	buffer_release(&vkey);
	return r;
}

static int print_sides(const struct node *node, struct error *error)
{
	const char *parties[] = { node->channel.own, node->channel.other };
	json_t *reading = NULL;
	int r = api_get(node->api, &reading, error, "/v1/channels/%s/reading-keys",
	                node->channel.id);

	for (size_t i = 0; i < 2 && r == OK; i++) {
		if (i > 0)
			fputc('\n', stdout);
		print_side(which_channel_party(&node->channel, parties[i]));
		giving_up_list(reading, parties[i]);
	}
	json_decref(reading);
	return r;
}

int command_keys(int argc, char **argv)
{
	struct options options;
	struct error error = { 0 };
	struct node node;
	int status, r;

	if ((status = options_parse(&usage, argc, argv, &options)) >= 0)
		return status;
	if ((status = node_open(&options, true, &node)) >= 0)
		return status;
	if (options_has(&options, "vkey")) {
		if ((r = print_vkey(which_channel_party(&node.channel, node.channel.own),
		                    &error)) == OK)
			r = print_vkey(which_channel_party(&node.channel, node.channel.other),
			               &error);
		node_close(&node);
		return conclude(r, &error);
	}
	if (options_has(&options, "destroy"))
		return giving_up_run(&options, &node);
	if (options_has(&options, "json")) {
		print_json(member(node.channel.details, "parties"));
		r = OK;
	} else {
		r = print_sides(&node, &error);
	}
	node_close(&node);
	return conclude(r, &error);
}
