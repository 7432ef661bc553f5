/* chiro invite: fresh keys for a new channel, and the card that tells the other
 * side about them. */
#include "api.h"
#include "cards.h"
#include "command.h"
#include "files.h"
#include "recipients.h"
#include "signer.h"
#include "terminal.h"
#include "translate.h"
#include "which_channel.h"

enum { PATH_CAPACITY = SETTINGS_PATH_CAPACITY + 128 };

static const struct option_row rows[] = {
	{ .name = "endpoint",
	  .value = N_("HOST:PORT"),
	  .help = N_("where the other side finds the node; otherwise what chirod.conf advertises"),
	  .repeated = true },
	{ .name = "auspices",
	  .value = N_("TEXT"),
	  .help = N_("under whose auspices the party acts, for the charter") },
	{ .name = "head-key",
	  .value = N_("FILE"),
	  .help = N_("the head's SSH key; otherwise the key of the identity file") },
	{ .name = "head-reading-key",
	  .value = N_("KEY"),
	  .help = N_("the head's age recipient (age1…), or a file with the identity; otherwise "
	             "that of the identity file") },
	{ .name = "appointing-key",
	  .value = N_("FILE"),
	  .help = N_("the party's appointing key, its public half is enough; otherwise "
	             "keys/appointing.pub of the node's directory") },
	{ .name = "output",
	  .value = N_("FILE"),
	  .help = N_("where to write the card; otherwise PARTY.card in this directory") },
	{ 0 }
};

static const struct usage usage = {
	.name = "invite",
	.help = N_("Makes fresh keys for a new channel in the node, and writes the party card: a "
	           "text with the party's public keys, to be handed to the other side. Its "
	           "fingerprint in words is to be compared by voice."),
	.examples = "  chiro invite --home ~/north\n",
	.rows = rows,
	.common = OPTIONS_NODE | OPTIONS_SIGNER | OPTIONS_JSON,
};

static int head_reading_key(const struct options *options, const struct settings *settings,
                            char ret_recipient[AGE_RECIPIENT_CAPACITY], struct error *error)
{
	const char *given = options_value(options, "head-reading-key");

	if (given == NULL && settings->reading_identity[0] == '\0')
		return error_set(error, ERROR_USAGE,
		                 _("--head-reading-key is missing: the head's age recipient"));
	return recipient_read(given != NULL ? given : settings->reading_identity, ret_recipient,
	                      error);
}

/* Adds a public key, read from a file, to the request. */
static int put_key(json_t *request, const char *name, const char *path, struct error *error)
{
	struct ssh_key key;
	struct buffer line;
	int r;

	buffer_init(&line, SSH_KEY_LINE_MAXIMUM);
	if ((r = signer_public_key(path, &key, error)) == OK &&
	    (r = ssh_key_print(&key, &line)) == OK &&
	    json_object_set_new(request, name, json_stringn((const char *)line.data, line.size)) !=
	        0)
		r = ERROR_MEMORY;
	buffer_release(&line);
	return r;
}

/* The request POST /v1/setups. */
static int make_request(const struct options *options, const struct settings *settings,
                        json_t **ret_request, struct error *error)
{
	char recipient[AGE_RECIPIENT_CAPACITY], appointing[PATH_CAPACITY];
	const char *head_key = options_value(options, "head-key");
	const char *appointing_key = options_value(options, "appointing-key");
	const char *auspices = options_value(options, "auspices");
	const char *endpoint;
	json_t *request = json_object(), *endpoints = json_array();
	int r = ERROR_USAGE;

	if (settings->author[0] == '\0') {
		error_set(error, r,
		          _("who is the head? name the node's directory (CHIRO_HOME or --home), or "
		            "give --author, such as --author a.head"));
		goto out;
	}
	if (head_key == NULL && settings->key[0] == '\0') {
		error_set(error, r, _("--head-key is missing: the head's SSH key"));
		goto out;
	}
	if (appointing_key == NULL) {
		if (settings->home[0] == '\0') {
			error_set(error, r,
			          _("--appointing-key is missing; or name the node's directory "
			            "(CHIRO_HOME or --home)"));
			goto out;
		}
		snprintf(appointing, sizeof(appointing), "%s/keys/appointing.pub", settings->home);
		appointing_key = appointing;
	}
	if ((r = put_key(request, "head_key", head_key != NULL ? head_key : settings->key,
	                 error)) != OK ||
	    (r = put_key(request, "appointing_key", appointing_key, error)) != OK ||
	    (r = head_reading_key(options, settings, recipient, error)) != OK)
		goto out;
	json_object_set_new(request, "head", json_string(settings->author));
	json_object_set_new(request, "head_reading_key", json_string(recipient));
	if (auspices != NULL)
		json_object_set_new(request, "auspices", json_string(auspices));
	for (size_t i = 0; (endpoint = options_value_at(options, "endpoint", i)) != NULL; i++)
		json_array_append_new(endpoints, json_string(endpoint));
	if (json_array_size(endpoints) > 0)
		json_object_set(request, "endpoints", endpoints);
	*ret_request = json_incref(request);
out:
	json_decref(request);
	json_decref(endpoints);
	return r;
}

/* Keeps the card among one's own and writes it for the other side. */
static int keep_card(const struct settings *settings, const char *setup, struct bytes card,
                     const char *output, struct error *error)
{
	char name[64], path[CARD_PATH_CAPACITY];
	int r;

	snprintf(name, sizeof(name), "own-%.32s", setup);
	if ((r = card_path(settings, name, true, path, error)) != OK ||
	    (r = file_write_new(path, card, 0600, error)) != OK)
		return r;
	return file_write_new(output, card, 0644, error);
}

static void print_invitation(const struct party *party, struct bytes card, const char *output)
{
	print_party(stdout, party);
	printf(_("\nThe card is in %s. Its fingerprint, to be read over a telephone:\n\n"), output);
	print_fingerprint(stdout, card);
	fputc('\n', stdout);
	print_wrapped(
	    stdout, 0,
	    _("Next: hand the card to the other side by any way, take theirs, and compare "
	      "the words of both by voice with somebody whose voice you know:"));
	puts(_("  chiro join THEIR.card"));
}

int command_invite(int argc, char **argv)
{
	char output[PARTY_ID_CAPACITY + 8];
	struct options options;
	struct error error = { 0 };
	struct party party;
	struct node node;
	json_t *request = NULL, *reply = NULL;
	const char *card, *path = NULL;
	int r, status;

	if ((status = options_parse(&usage, argc, argv, &options)) >= 0)
		return status;
	if ((status = node_open(&options, false, &node)) >= 0)
		return status;
	path = options_value(&options, "output");
	if (path != NULL && file_exists(path)) {
		r = error_set(&error, ERROR_EXISTS,
		              _("%s exists and is not overwritten: choose another place"), path);
		goto out;
	}
	if ((r = make_request(&options, &node.settings, &request, &error)) != OK)
		goto out;
	if (path == NULL) {
		json_t *who = NULL;

		r = api_get(node.api, &who, &error, "/v1/status");
		snprintf(output, sizeof(output), "%.32s.card", member_text(who, "party"));
		json_decref(who);
		path = output;
		if (r == OK && file_exists(path))
			r = error_set(&error, ERROR_EXISTS,
			              _("%s exists and is not overwritten: see --output"), path);
		if (r != OK) {
			json_decref(request);
			goto out;
		}
	}
	if ((r = api_send(node.api, "POST", request, &reply, &error, "/v1/setups")) != OK)
		goto out;
	card = member_text(reply, "card");
	if ((r = card_parse(bytes_of_string(card), &party, &error)) != OK ||
	    (r = keep_card(&node.settings, member_text(reply, "setup"), bytes_of_string(card), path,
	                   &error)) != OK)
		goto out;
	if (options_has(&options, "json")) {
		json_object_set_new(reply, "file", json_string(path));
		print_json(reply);
	} else {
		print_invitation(&party, bytes_of_string(card), path);
	}
out:
	json_decref(reply);
	node_close(&node);
	return conclude(r, &error);
}
