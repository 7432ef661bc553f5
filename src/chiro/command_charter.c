/* chiro charter: build, show, sign and check the text that constitutes a channel. */
#include "allocate.h"
#include "cards.h"
#include "charter_command.h"
#include "command.h"
#include "files.h"
#include "sentences.h"
#include "signer.h"
#include "terminal.h"
#include "translate.h"

static const struct command parts[] = {
	{ "build", N_("build a charter from two cards and answers"), charter_build },
	{ "show", N_("show a charter to people"), charter_show },
	{ "check", N_("check a charter against the cards, and signatures over it"), charter_check },
	{ "sign", N_("sign a charter as a party's head"), charter_sign },
	{ "amend", N_("propose to change the charter in force"), charter_amend },
	{ "give", N_("give the node a charter's text that it lacks"), charter_give },
};

enum { PART_COUNT = sizeof(parts) / sizeof(parts[0]) };

struct charter *charter_read(const char *path)
{
	struct charter *charter = NULL;
	struct error error = { 0 };
	struct buffer text;

	buffer_init(&text, CHARTER_SIZE_MAXIMUM);
	if (file_read(path, &text, &error) != OK)
		complain_error(NULL, &error);
	else if (charter_parse(buffer_view(&text), &charter, &error) != OK)
		complain_error(path, &error);
	buffer_release(&text);
	return charter;
}

/* Which party's head has this key; 2 when neither's. */
static unsigned party_of_key(const struct charter *charter, const struct ssh_key *key)
{
	unsigned party = 0;

	while (party < 2 && !ssh_key_equal(&charter->parties[party].head_key, key))
		party++;
	return party;
}

static int sign(const struct charter *charter, const struct options *options, struct error *error)
{
	const char *output = options_value(options, "output");
	char standard[PARTY_ID_CAPACITY + 8];
	struct settings settings;
	struct ssh_key key;
	struct buffer armor;
	unsigned party;
	int r;

	if ((r = settings_load(options, &settings, error)) != OK)
		return r;
	if (settings.key[0] == '\0')
		return error_set(error, ERROR_USAGE,
		                 _("no key to sign with: give --key or set CHIRO_KEY"));
	if ((r = signer_public_key(settings.key, &key, error)) != OK)
		return r;
	if ((party = party_of_key(charter, &key)) == 2)
		return error_set(error, ERROR_DENIED,
		                 _("%s is not the key of a head that the charter names"),
		                 settings.key);
	snprintf(standard, sizeof(standard), "%s.sig", charter->parties[party].id);
	output = output != NULL ? output : standard;
	if (file_exists(output))
		return error_set(error, ERROR_EXISTS,
		                 _("%s exists and is not overwritten: choose another place"),
		                 output);
	if (!options_has(options, "yes") && terminal_is_interactive()) {
		charter_view(charter);
		if (!ask_yes(_("Sign this charter?")))
			return error_set(error, ERROR_DENIED, _("nothing is signed"));
	}
	buffer_init(&armor, SSHSIG_ARMOR_MAXIMUM);
	if ((r = signer_sign(settings.key, CHARTER_NAMESPACE, charter->text, &armor, &key,
	                     error)) == OK &&
	    (r = charter_verify(charter, party, buffer_view(&armor), error)) == OK &&
	    (r = file_write_new(output, buffer_view(&armor), 0644, error)) == OK)
		printf(_("The signature of %s is in %s. Exchange signatures, then:\n"
		         "  chiro join --charter %s --signature %s --signature OTHER.sig\n"),
		       charter->parties[party].id, output, options->arguments[0], output);
	buffer_release(&armor);
	return r;
}

int charter_sign(int argc, char **argv)
{
	static const struct option_row rows[] = {
		{ .name = "output",
		  .value = N_("FILE"),
		  .help = N_("where to write the signature; otherwise PARTY.sig") },
		{ .name = "yes", .help = N_("do not show and ask") },
		{ 0 }
	};
	static const struct usage usage = {
		.name = "charter sign",
		.arguments = N_("FILE"),
		.help = N_("Signs a charter with the key of one's party's head, by ssh-keygen, and "
		           "writes the signature to a file."),
		.rows = rows,
		.common = OPTIONS_NODE | OPTIONS_SIGNER,
		.arguments_minimum = 1,
		.arguments_maximum = 1,
	};
	struct options options;
	struct charter *charter;
	struct error error = { 0 };
	int r, status;

	if ((status = options_parse(&usage, argc, argv, &options)) >= 0)
		return status;
	if ((charter = charter_read(options.arguments[0])) == NULL)
		return STATUS_FAILED;
	r = sign(charter, &options, &error);
	charter_free(charter);
	return conclude(r, &error);
}

/* Prints one finding; false when it is a bad one. */
static bool report(const char *what, int r, const struct error *error)
{
	enum style look = r == OK ? STYLE_GOOD : r == ERROR_NOT_FOUND ? STYLE_WARNING : STYLE_BAD;

	printf("%s%s%s  ", style(stdout, look),
	       r == OK                ? _("ok")
	       : r == ERROR_NOT_FOUND ? _("--")
	                              : _("NO"),
	       style(stdout, STYLE_PLAIN));
	put_visible(stdout, bytes_of_string(what), false);
	if (r != OK && error->message[0] != '\0') {
		fputs(": ", stdout);
		put_visible(stdout, bytes_of_string(sentence_for_people(error->message)), false);
	}
	fputc('\n', stdout);
	return r == OK || r == ERROR_NOT_FOUND;
}

/* Compares each party's block with the cards: it is either one's own, or that of
 * the card that join has kept. */
static bool check_parties(const struct charter *charter, const struct settings *settings)
{
	bool good = true;

	for (int i = 0; i < 2; i++) {
		const struct party *party = &charter->parties[i];
		struct error error = { 0 };
		char what[128];
		int r = card_compare(settings, party, true, &error);

		if (r == OK) {
			snprintf(what, sizeof(what), _("%s is as on one's own card"), party->id);
		} else {
			r = card_compare(settings, party, false, &error);
			snprintf(what, sizeof(what), _("%s is as on the card that was taken"),
			         party->id);
		}
		good = report(what, r, &error) && good;
	}
	return good;
}

static bool check_signature(const struct charter *charter, const char *path)
{
	struct error error = { 0 };
	struct buffer armor;
	char what[512];
	unsigned party = 0;
	int r;

	buffer_init(&armor, SSHSIG_ARMOR_MAXIMUM);
	if ((r = file_read(path, &armor, &error)) == OK) {
		r = charter_verify(charter, 0, buffer_view(&armor), &error);
		if (r != OK && charter_verify(charter, 1, buffer_view(&armor), NULL) == OK) {
			party = 1;
			r = OK;
		}
	}
	buffer_release(&armor);
	if (r == OK)
		snprintf(what, sizeof(what), _("%s is the signature of %s, head of %s"), path,
		         charter->parties[party].head, charter->parties[party].id);
	else
		snprintf(what, sizeof(what), _("%s is no signature of a head over this charter"),
		         path);
	return report(what, r == ERROR_NOT_FOUND ? ERROR_IO : r, &error);
}

int charter_check(int argc, char **argv)
{
	static const struct usage usage = {
		.name = "charter check",
		.arguments = N_("FILE [SIGNATURE…]"),
		.help = N_("Shows a charter, compares its parties with one's own card and with the "
		           "card that join has taken, and verifies signatures over it. Ends with 1 "
		           "when anything is wrong."),
		.examples = "  chiro charter check charter.txt north.sig south.sig\n",
		.common = OPTIONS_NODE,
		.arguments_minimum = 1,
		.arguments_maximum = 9,
	};
	struct settings settings;
	struct options options;
	struct error error = { 0 };
	struct charter *charter;
	bool good;
	int status;

	if ((status = options_parse(&usage, argc, argv, &options)) >= 0)
		return status;
	if (settings_load(&options, &settings, &error) != OK)
		return complain_error(NULL, &error);
	if ((charter = charter_read(options.arguments[0])) == NULL)
		return STATUS_FAILED;
	charter_view(charter);
	fputc('\n', stdout);
	good = check_parties(charter, &settings);
	for (size_t i = 1; i < options.argument_count; i++)
		good = check_signature(charter, options.arguments[i]) && good;
	charter_free(charter);
	return good ? STATUS_OK : STATUS_FAILED;
}

static int list_parts(FILE *file, int status)
{
	fputs(_("usage: chiro charter build|show|check|sign|amend|give …\n\n"), file);
	for (size_t i = 0; i < PART_COUNT; i++) {
		fprintf(file, "  %-8s", parts[i].name);
		print_hanging(file, 10, _(parts[i].help));
	}
	return status;
}

int command_charter(int argc, char **argv)
{
	if (argc < 2)
		return list_parts(stderr, STATUS_USAGE);
	if (strcmp(argv[1], "--help") == 0)
		return list_parts(stdout, STATUS_OK);
	for (size_t i = 0; i < PART_COUNT; i++)
		if (strcmp(argv[1], parts[i].name) == 0)
			return parts[i].run(argc - 1, argv + 1);
	complain(_("charter: there is no '%s'"), argv[1]);
	advise(_("'chiro help charter' lists what there is."));
	return STATUS_USAGE;
}
