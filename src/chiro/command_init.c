/* chiro init: the directory of a node, and keys to begin with. */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "age.h"
#include "allocate.h"
#include "command.h"
#include "configuration.h"
#include "files.h"
#include "settings.h"
#include "signer.h"
#include "system.h"
#include "terminal.h"
#include "text.h"
#include "translate.h"

enum { PATH_CAPACITY = SETTINGS_PATH_CAPACITY + 128 };

static const struct option_row rows[] = {
	{ .name = "party", .value = N_("ID"), .help = N_("the party's short id, such as north") },
	{ .name = "domain",
	  .value = N_("DOMAIN"),
	  .help = N_("a domain of the party, such as north.example") },
	{ .name = "name",
	  .value = N_("LANG=TEXT"),
	  .help = N_("the party's name in a language, such as 'en=Northern Security Council'"),
	  .repeated = true },
	{ .name = "listen",
	  .value = N_("HOST:PORT"),
	  .help = N_("where the node waits for the other side"),
	  .repeated = true },
	{ .name = "advertise",
	  .value = N_("HOST:PORT"),
	  .help = N_("where the other side finds the node"),
	  .repeated = true },
	{ .name = "user",
	  .value = N_("NAME"),
	  .help = N_("the system user as whom the node works, where root starts it") },
	{ .name = "keeper-user",
	  .value = N_("NAME"),
	  .help = N_("another, as whom its keeper of keys works") },
	{ .name = "head",
	  .value = N_("NAME"),
	  .help = N_("make the keys of the head, such as a.head, and an appointing key") },
	{ 0 }
};

static const struct usage usage = {
	.name = "init",
	.help = N_("Makes the directory of a new node, with its configuration. With --head it also "
	           "makes an SSH key and an age identity for the head, and the party's appointing "
	           "key, which is to be moved to a safe place away from this machine."),
	.examples = "  chiro init --home ~/north --party north --domain north.example \\\n"
		    "      --name 'en=Northern Security Council' --listen 0.0.0.0:7654 \\\n"
		    "      --advertise chirograph.north.example:7654 --head a.head\n",
	.rows = rows,
	.common = OPTIONS_NODE,
};

/* A required setting: an option, or else asked for. */
static int want(const struct options *options, const char *name, const char *question,
                struct buffer *value, struct error *error)
{
	const char *given = options_value(options, name);
	int r;

	if (given == NULL) {
		if ((r = ask_line(question, NULL, value)) != OK)
			return error_set(error, ERROR_USAGE, _("--%s is missing"), name);
		return OK;
	}
	if ((r = buffer_put_string(value, given)) == OK && (r = buffer_put_u8(value, 0)) == OK)
		value->size--;
	return r;
}

static int put_endpoints(const struct options *options, const char *name, struct buffer *text)
{
	const char *value;
	int r = OK;

	for (size_t i = 0; r == OK && (value = options_value_at(options, name, i)) != NULL; i++)
		r = text_put_string(text, name, value);
	return r;
}

static int put_user(const struct options *options, const char *name, struct buffer *text)
{
	const char *value = options_value(options, name);

	return value != NULL ? text_put_string(text, name, value) : OK;
}

/* `LANG=TEXT`, or `LANG TEXT` as in the configuration. */
static int put_names(const struct options *options, struct buffer *text, struct error *error)
{
	const char *value;
	int r = OK;

	for (size_t i = 0; r == OK && (value = options_value_at(options, "name", i)) != NULL; i++) {
		size_t size = strcspn(value, "= ");

		if (size == 0 || value[size] == '\0' || value[size + 1] == '\0')
			return error_set(error, ERROR_USAGE,
			                 _("--name wants a language and a name, such as 'en=%s'"),
			                 value);
		r = buffer_put_format(text, "name %.*s %s\n", (int)size, value, value + size + 1);
	}
	return r;
}

/* Writes the text of chirod.conf, and has it parsed as chirod will. */
static int write_configuration(const struct options *options, const char *home, struct buffer *text,
                               struct error *error)
{
	struct configuration configuration;
	struct buffer party, domain, name;
	int r;

	buffer_init(&party, 256);
	buffer_init(&domain, 256);
	buffer_init(&name, 256);
	if ((r = want(options, "party", _("short id of the party, such as north"), &party,
	              error)) != OK ||
	    (r = want(options, "domain", _("domain of the party"), &domain, error)) != OK)
		goto out;
	if (options_value(options, "name") == NULL &&
	    (r = ask_line(_("name of the party in English"), NULL, &name)) != OK) {
		r = error_set(error, ERROR_USAGE, _("--name is missing"));
		goto out;
	}
	if ((r = buffer_put_string(text, "chirograph.conf/1\n"
	                                 "# The configuration of a node: see chirod.conf(5).\n\n"
	                                 "# Where the node keeps its data and its keys.\n")) !=
	        OK ||
	    (r = text_put_string(text, "home", home)) != OK ||
	    (r = buffer_put_string(text, "\n# Who this is, as the charter will say.\n")) != OK ||
	    (r = text_put(text, "party", buffer_view(&party))) != OK ||
	    (r = text_put(text, "domain", buffer_view(&domain))) != OK ||
	    (r = put_names(options, text, error)) != OK ||
	    (name.size > 0 && (r = buffer_put_format(text, "name en %s\n", name.data)) != OK) ||
	    (r = buffer_put_string(text, "\n# Where chiro and programs of this machine speak to "
	                                 "the node.\n")) != OK ||
	    (r = buffer_put_format(text, "socket %s/api.sock\nsocket-mode 0600\n", home)) != OK ||
	    (r = buffer_put_string(text, "\n# Where the node waits for the other side (up to four "
	                                 "lines `listen host:port`), and\n# where the other side "
	                                 "finds it (`advertise host:port`).\n")) != OK ||
	    (r = put_endpoints(options, "listen", text)) != OK ||
	    (r = put_endpoints(options, "advertise", text)) != OK ||
	    (r = buffer_put_string(text, "\n# Who may use the node: read, act (log acts) or admin. "
	                                 "Whoever starts\n# chirod may all.\nmay *self admin\n"
	                                 "\n# As whom the node and its keeper of keys work when "
	                                 "root starts them (`user`,\n# `keeper-user`).\n")) != OK ||
	    (r = put_user(options, "user", text)) != OK ||
	    (r = put_user(options, "keeper-user", text)) != OK)
		goto out;
	r = configuration_parse(buffer_view(text), &configuration, error);
out:
	buffer_release(&party);
	buffer_release(&domain);
	buffer_release(&name);
	return r;
}

/* An age identity in a file of its own, as age-keygen writes it. */
static int make_reading_identity(const char *path, char ret_recipient[AGE_RECIPIENT_CAPACITY],
                                 struct error *error)
{
	struct random_source random = system_random();
	char identity[AGE_IDENTITY_CAPACITY], text[256];
	struct x25519_secret secret;
	struct x25519_public recipient;
	int r;

	if ((r = x25519_secret_generate(&random, &secret)) != OK)
		return error_set(error, r, "%s", result_text(r));
	x25519_public_of(&secret, &recipient);
	if ((r = age_recipient_print(&recipient, ret_recipient)) == OK &&
	    (r = age_identity_print(&secret, identity)) == OK) {
		snprintf(text, sizeof(text), "# public key: %s\n%s\n", ret_recipient, identity);
		r = file_write_new(path, bytes_of_string(text), 0600, error);
	}
	wipe(&secret, sizeof(secret));
	wipe(identity, sizeof(identity));
	wipe(text, sizeof(text));
	return r;
}

/* NAME, NAME.pub, NAME.age, appointing(.pub) in the directory of keys. */
static int fill_keys(const char *directory, const char *head, struct error *error)
{
	char path[PATH_CAPACITY + 128], recipient[AGE_RECIPIENT_CAPACITY];
	int r;

	snprintf(path, sizeof(path), "%s/%s", directory, head);
	if ((r = signer_make_key(path, head, error)) != OK)
		return r;
	snprintf(path, sizeof(path), "%s/%s.age", directory, head);
	if ((r = make_reading_identity(path, recipient, error)) != OK)
		return r;
	snprintf(path, sizeof(path), "%s/appointing", directory);
	return signer_make_key(path, "appointing", error);
}

/* The directory of keys, and the identity file that names them. */
static int make_keys(const char *home, const char *head, struct error *error)
{
	char directory[PATH_CAPACITY], path[PATH_CAPACITY + 16], identity[512];
	int r;

	if (path_join(home, "keys", directory, sizeof(directory)) != OK)
		return error_set(error, ERROR_LIMIT, _("a path is too long"));
	if (mkdir(directory, 0700) != 0)
		return error_set(error, ERROR_IO, "%s: %s", directory, strerror(errno));
	snprintf(path, sizeof(path), "%s/identity", home);
	snprintf(identity, sizeof(identity),
	         "chirograph.identity/1\n# Who signs here, and with what: see chiro(1).\n"
	         "author %s\nkey keys/%s\nreading-identity keys/%s.age\n",
	         head, head, head);
	if ((r = fill_keys(directory, head, error)) != OK ||
	    (r = file_write_new(path, bytes_of_string(identity), 0600, error)) != OK)
		scratch_directory_remove(directory);
	return r;
}

static void print_next(const char *home, const char *head, bool has_user)
{
	printf(_("The node's directory is %s.\n"), home);
	if (head != NULL) {
		printf(_("%s/keys holds the head's SSH key (%s) and age identity (%s.age).\n"),
		       home, head, head);
		fputc('\n', stdout);
		print_wrapped(
		    stdout, 0,
		    _("The key keys/appointing stands above the head: it names heads and "
		      "replaces lost keys. Move it now to a safe place away from this "
		      "machine, and leave only keys/appointing.pub here. The keys have no "
		      "passphrase: 'ssh-keygen -p -f FILE' gives them one."));
	}
	fputc('\n', stdout);
	if (geteuid() == 0 && !has_user) {
		print_wrapped(
		    stdout, 0,
		    _("Before root can start the node, name the users as whom it works, by "
		      "the lines user and keeper-user in chirod.conf; or make the directory "
		      "and start the node as an ordinary user."));
		fputc('\n', stdout);
	}
	puts(_("Next:"));
	printf("  chirod -f %s/chirod.conf\n", home);
	printf("  chiro invite --home %s\n", home);
}

/* An absolute path of the directory to be made. */
static int absolute_home(const char *given, char ret_home[SETTINGS_PATH_CAPACITY],
                         struct error *error)
{
	char current[SETTINGS_PATH_CAPACITY];
	size_t size = strlen(given);
	int written;

	while (size > 1 && given[size - 1] == '/')
		size--;
	if (given[0] == '/')
		written = snprintf(ret_home, SETTINGS_PATH_CAPACITY, "%.*s", (int)size, given);
	else if (getcwd(current, sizeof(current)) != NULL)
		written = snprintf(ret_home, SETTINGS_PATH_CAPACITY, "%s/%.*s", current, (int)size,
		                   given);
	else
		return error_set(error, ERROR_IO, "%s", strerror(errno));
	return written < 0 || written >= SETTINGS_PATH_CAPACITY
	           ? error_set(error, ERROR_LIMIT, _("the path of the directory is too long"))
	           : OK;
}

/* Users other than its owner pass through it to what is theirs. */
static int make_home(const struct options *options, const char *home, struct error *error)
{
	mode_t mode = options_has(options, "user") ? 0711 : 0700;

	if (mkdir(home, 0700) == 0)
		return chmod(home, mode) == 0
		           ? OK
		           : error_set(error, ERROR_IO, "%s: %s", home, strerror(errno));
	return errno == EEXIST ? OK : error_set(error, ERROR_IO, "%s: %s", home, strerror(errno));
}

int command_init(int argc, char **argv)
{
	char home[SETTINGS_PATH_CAPACITY], path[PATH_CAPACITY];
	struct options options;
	struct error error = { 0 };
	struct buffer text;
	const char *given, *head;
	int r, status;

	if ((status = options_parse(&usage, argc, argv, &options)) >= 0)
		return status;
	if ((given = options_value(&options, "home")) == NULL &&
	    (given = getenv("CHIRO_HOME")) == NULL)
		return usage_error(&usage, _("--home is missing: the directory to make"));
	head = options_value(&options, "head");
	if (head != NULL && (!text_is_dotted_identifier(bytes_of_string(head), 64) ||
	                     strcmp(head, "appointing") == 0 || strcmp(head, "node") == 0))
		return usage_error(&usage, _("--head wants a name such as a.head, not '%s'"), head);
	buffer_init(&text, CONFIGURATION_SIZE_MAXIMUM);
	if ((r = absolute_home(given, home, &error)) != OK ||
	    (r = write_configuration(&options, home, &text, &error)) != OK)
		goto out;
	if ((r = make_home(&options, home, &error)) != OK ||
	    (r = path_join(home, "chirod.conf", path, sizeof(path))) != OK ||
	    (r = file_write_new(path, buffer_view(&text), 0600, &error)) != OK)
		goto out;
	/* Without its keys the configuration would only stand in the way of another try. */
	if (head != NULL && (r = make_keys(home, head, &error)) != OK) {
		unlink(path);
		goto out;
	}
	print_next(home, head, options_has(&options, "user"));
out:
	buffer_release(&text);
	return conclude(r, &error);
}
