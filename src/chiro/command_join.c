/* chiro join: takes the other side's card, or the charter that both have signed. */
#include "act.h"
#include "cards.h"
#include "command.h"
#include "encoding.h"
#include "files.h"
#include "moment.h"
#include "signer.h"
#include "submission.h"
#include "terminal.h"
#include "text.h"
#include "translate.h"
#include "which_channel.h"

static const struct option_row rows[] = {
	{ .name = "fingerprint",
	  .value = N_("WORDS"),
	  .help = N_("the twelve words that the other side has read out, for scripts") },
	{ .name = "replace", .help = N_("take the card although another of that party is kept") },
	{ .name = "charter",
	  .value = N_("FILE"),
	  .help = N_("the charter: give it to the node with both signatures, and accede") },
	{ .name = "signature",
	  .value = N_("FILE"),
	  .help = N_("a head's signature over the charter; both are needed"),
	  .repeated = true },
	{ 0 }
};

static const struct usage usage = {
	.name = "join",
	.arguments = N_("[CARD]"),
	.help = N_(
	    "With the other side's card: shows whose it is, has its fingerprint compared by "
	    "voice, and keeps it for the charter. With --charter and both signatures: opens "
	    "the channel in the node and logs the accession, signed by the head; the channel "
	    "is in force when both sides have done so."),
	.examples = "  chiro join south.card\n"
		    "  chiro join --charter charter.txt --signature north.sig \\\n"
		    "      --signature south.sig\n",
	.rows = rows,
	.common = OPTIONS_NODE | OPTIONS_SIGNER | OPTIONS_JSON,
	.arguments_maximum = 1,
};

/* Whether the words of the card have been compared and are the same. */
static int compare_by_voice(const struct options *options, struct bytes card, struct error *error)
{
	const char *words = options_value(options, "fingerprint");

	if (words != NULL)
		return fingerprint_matches(card, words)
		           ? OK
		           : error_set(error, ERROR_MISMATCH,
		                       _("these are not the words of this card: it is not taken"));
	if (!terminal_is_interactive())
		return error_set(
		    error, ERROR_USAGE,
		    _("--fingerprint is missing: the words that the other side reads out"));
	fputs(_("The other side reads out the words of its card.\n"), stderr);
	return ask_yes(_("Are they the same?"))
	           ? OK
	           : error_set(error, ERROR_MISMATCH,
	                       _("the words differ: the card is not taken; have it sent again, by "
	                         "another way"));
}

static int keep_other(const struct settings *settings, const struct card_file *card, bool replace,
                      struct error *error)
{
	char path[CARD_PATH_CAPACITY];
	int r = card_path(settings, card->party.id, true, path, error);

	if (r != OK)
		return r;
	if (replace)
		return file_replace(path, buffer_view(&card->text), 0600, error);
	r = card_compare(settings, &card->party, false, NULL);
	if (r == OK)
		return OK;
	if (r == ERROR_MISMATCH)
		return error_set(
		    error, ERROR_EXISTS,
		    _("another card of %s is kept: give --replace if this is the new one"),
		    card->party.id);
	return file_write_new(path, buffer_view(&card->text), 0600, error);
}

static int join_card(const struct options *options, const char *path)
{
	bool json = options_has(options, "json");
	struct settings settings;
	struct error error = { 0 };
	struct card_file card;
	int r;

	if ((r = settings_load(options, &settings, &error)) != OK ||
	    (r = card_file_read(path, &card, &error)) != OK)
		return conclude(r, &error);
	if (!json) {
		print_party(stdout, &card.party);
		puts(_("\nFingerprint of this card:\n"));
		print_fingerprint(stdout, buffer_view(&card.text));
		fputc('\n', stdout);
	}
	if (card_compare(&settings, &card.party, true, NULL) == OK)
		r = error_set(&error, ERROR_USAGE, _("%s is one's own card, not the other side's"),
		              path);
	else
		r = compare_by_voice(options, buffer_view(&card.text), &error);
	if (r == OK)
		r = keep_other(&settings, &card, options_has(options, "replace"), &error);
	if (r == OK && json) {
		json_t *document = json_pack("{s:s,s:s}", "party", card.party.id, "domain",
		                             card.party.domain);

		print_json(document);
		json_decref(document);
	} else if (r == OK) {
		printf(_("The card of %s is kept.\n\n"), card.party.id);
		print_wrapped(
		    stdout, 0,
		    _("Next: one side builds the charter and hands it to the other; both "
		      "check it, their heads sign it, and the signatures are exchanged:"));
		puts("  chiro charter build --output charter.txt\n"
		     "  chiro charter check charter.txt\n"
		     "  chiro charter sign charter.txt");
	}
	card_file_release(&card);
	return conclude(r, &error);
}

/* The charter with the signature of each of its parties. */
struct signed_charter {
	struct buffer text;
	struct charter *charter;
	struct buffer armors[2]; /* by party */
};

static void signed_charter_release(struct signed_charter *opening)
{
	charter_free(opening->charter);
	buffer_release(&opening->text);
	for (int i = 0; i < 2; i++)
		buffer_release(&opening->armors[i]);
}

static int read_signed_charter(const struct options *options, struct signed_charter *opening,
                               struct error *error)
{
	const char *path = options_value(options, "charter");
	const char *signature;
	int r;

	buffer_init(&opening->text, CHARTER_SIZE_MAXIMUM);
	for (int i = 0; i < 2; i++)
		buffer_init(&opening->armors[i], SSHSIG_ARMOR_MAXIMUM);
	if ((r = file_read(path, &opening->text, error)) != OK)
		return r;
	if ((r = charter_parse(buffer_view(&opening->text), &opening->charter, error)) != OK)
		return error_in_file(error, r, path);
	for (size_t i = 0; (signature = options_value_at(options, "signature", i)) != NULL; i++) {
		struct buffer armor;
		unsigned party = 0;

		buffer_init(&armor, SSHSIG_ARMOR_MAXIMUM);
		if ((r = file_read(signature, &armor, error)) == OK) {
			while (party < 2 && charter_verify(opening->charter, party,
			                                   buffer_view(&armor), NULL) != OK)
				party++;
			if (party == 2)
				r = error_set(error, ERROR_SIGNATURE,
				              _("%s is no head's signature over this charter"),
				              signature);
			else if (opening->armors[party].size == 0)
				r = buffer_put_bytes(&opening->armors[party], buffer_view(&armor));
		}
		buffer_release(&armor);
		if (r != OK)
			return r;
	}
	for (unsigned i = 0; i < 2; i++)
		if (opening->armors[i].size == 0)
			return error_set(error, ERROR_USAGE,
			                 _("the signature of %s over the charter is missing"),
			                 opening->charter->parties[i].id);
	return OK;
}

static json_t *json_buffer(const struct buffer *buffer)
{
	return json_stringn((const char *)buffer->data, buffer->size);
}

/* The accession: entry 0 of the own log, with the head's signature in it. */
static int accede(struct node *node, const struct signed_charter *opening, unsigned own,
                  json_t **ret_reply, struct error *error)
{
	const struct charter *charter = opening->charter;
	const struct party *party = &charter->parties[own];
	struct act act = { .kind = kind_by_number(KIND_ACCEDE), .field_count = 1 };
	struct buffer blob, encoded, text, armor;
	struct bytes view;
	size_t taken;
	int r;

	buffer_init(&blob, SSHSIG_BLOB_MAXIMUM);
	buffer_init(&encoded, TEXT_LINE_MAXIMUM);
	buffer_init(&text, ENTRY_SIZE_MAXIMUM);
	buffer_init(&armor, SSHSIG_ARMOR_MAXIMUM);
	if ((r = sshsig_dearmor(buffer_view(&opening->armors[own]), &blob, &taken, error)) != OK ||
	    (r = base64_encode(&encoded, buffer_view(&blob), BASE64_PADDED)) != OK)
		goto out;
	act.time = moment_now();
	act.fields[0].field = &act.kind->fields[0];
	act.fields[0].text = buffer_view(&encoded);
	memcpy(act.channel, charter->channel, sizeof(act.channel));
	memcpy(act.party, party->id, sizeof(act.party));
	memcpy(act.author, party->head, sizeof(act.author));
	if ((r = act_print(&act, &text, error)) != OK ||
	    (r = submission_sign(node->settings.key, buffer_view(&text), &armor, error)) != OK)
		goto out;
	view = buffer_view(&armor);
	r = submission_send(node->api, charter->channel, buffer_view(&text), &view, 1, ret_reply,
	                    error);
out:
	buffer_release(&blob);
	buffer_release(&encoded);
	buffer_release(&text);
	buffer_release(&armor);
	return r;
}

/* Which party of the charter the node is. */
static int own_party(struct node *node, const struct charter *charter, unsigned *ret_own,
                     struct error *error)
{
	json_t *status = NULL;
	int index, r;

	if ((r = api_get(node->api, &status, error, "/v1/status")) != OK)
		return r;
	index = charter_party_index(charter, bytes_of_string(member_text(status, "party")));
	if (index < 0)
		r = error_set(error, ERROR_MISMATCH,
		              _("%.32s, whose node this is, is no party to it"),
		              member_text(status, "party"));
	else
		*ret_own = (unsigned)index;
	json_decref(status);
	return r;
}

static int join_charter(const struct options *options)
{
	struct signed_charter opening = { 0 };
	struct error error = { 0 };
	struct node node;
	json_t *channel = NULL, *details = NULL, *reply = NULL, *request;
	unsigned own = 0;
	int r, status;

	if ((status = node_open(options, false, &node)) >= 0)
		return status;
	if ((r = read_signed_charter(options, &opening, &error)) != OK ||
	    (r = own_party(&node, opening.charter, &own, &error)) != OK)
		goto out;
	request = json_pack("{s:o,s:{s:o,s:o}}", "charter", json_buffer(&opening.text),
	                    "signatures", opening.charter->parties[0].id,
	                    json_buffer(&opening.armors[0]), opening.charter->parties[1].id,
	                    json_buffer(&opening.armors[1]));
	if ((r = api_send(node.api, "POST", request, &channel, &error, "/v1/channels")) != OK ||
	    (r = api_get(node.api, &details, &error, "/v1/channels/%s",
	                 opening.charter->channel)) != OK)
		goto out;
	if (member_number(details, "own_size") == 0 &&
	    (r = accede(&node, &opening, own, &reply, &error)) != OK)
		goto out;
	if (options_has(options, "json")) {
		json_object_set(channel, "accede", reply != NULL ? reply : json_null());
		print_json(channel);
		goto out;
	}
	printf(_("Channel %.20s with %s is open in this node.\n"), opening.charter->channel,
	       opening.charter->parties[1 - own].id);
	if (reply != NULL)
		submission_print(reply, false);
	else
		puts(_("The accession had been logged before."));
	print_wrapped(stdout, 0,
	              _("The channel is in force when the other side has acceded too and each has "
	                "receipted the other: see 'chiro status'."));
out:
	json_decref(channel);
	json_decref(details);
	json_decref(reply);
	signed_charter_release(&opening);
	node_close(&node);
	return conclude(r, &error);
}

int command_join(int argc, char **argv)
{
	struct options options;
	int status;

	if ((status = options_parse(&usage, argc, argv, &options)) >= 0)
		return status;
	if ((options.argument_count == 1) == options_has(&options, "charter"))
		return usage_error(&usage, _("give either a card or --charter"));
	if (options_has(&options, "charter"))
		return join_charter(&options);
	return join_card(&options, options.arguments[0]);
}
