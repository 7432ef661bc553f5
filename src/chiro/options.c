#include "options.h"

#include <stdarg.h>
#include <string.h>

#include "command.h"
#include "terminal.h"
#include "text.h"
#include "translate.h"

enum { HELP_INDENT = 8 };

/* What many commands have, in the order of the usage. */
static const struct {
	enum common_options set;
	struct option_row row;
} common_rows[] = {
	{ OPTIONS_CHANNEL,
	  { .name = "channel",
	    .value = N_("ID"),
	    .help = N_("the channel: the beginning of its id; not needed where there is one "
	               "(CHIRO_CHANNEL)") } },
	{ OPTIONS_SIGNER,
	  { .name = "author",
	    .value = N_("NAME"),
	    .help = N_("who signs, such as a.head (CHIRO_AUTHOR)") } },
	{ OPTIONS_SIGNER,
	  { .name = "key",
	    .value = N_("FILE"),
	    .help = N_("the SSH key that signs: a private key, or a public key whose private half "
	               "ssh-agent or a FIDO token holds (CHIRO_KEY)") } },
	{ OPTIONS_NODE,
	  { .name = "home", .value = N_("DIR"), .help = N_("the node's directory (CHIRO_HOME)") } },
	{ OPTIONS_NODE,
	  { .name = "socket",
	    .value = N_("PATH"),
	    .help = N_("the socket of the node (CHIRO_SOCKET)") } },
	{ OPTIONS_JSON, { .name = "json", .help = N_("print one JSON document, for scripts") } },
};

enum { COMMON_COUNT = sizeof(common_rows) / sizeof(common_rows[0]) };

/* The index-th option of a command: its own, then the common ones. NULL beyond. */
static const struct option_row *row_at(const struct usage *usage, size_t index)
{
	size_t own = 0;

	while (usage->rows != NULL && usage->rows[own].name != NULL) {
		if (own == index)
			return &usage->rows[own];
		own++;
	}
	for (size_t i = 0; i < COMMON_COUNT; i++)
		if ((usage->common & common_rows[i].set) != 0 && own++ == index)
			return &common_rows[i].row;
	return NULL;
}

static const struct option_row *row_find(const struct usage *usage, struct bytes name)
{
	const struct option_row *row;

	for (size_t i = 0; (row = row_at(usage, i)) != NULL; i++)
		if (bytes_equal_string(name, row->name))
			return row;
	return NULL;
}

void usage_print(const struct usage *usage, FILE *file)
{
	const struct option_row *row;

	fprintf(file, _("usage: chiro %s"), usage->name);
	if (row_at(usage, 0) != NULL)
		fputs(_(" [options]"), file);
	if (usage->arguments != NULL)
		fprintf(file, " %s", _(usage->arguments));
	fputs("\n\n", file);
	print_wrapped(file, 0, _(usage->help));
	fputc('\n', file);
	for (size_t i = 0; (row = row_at(usage, i)) != NULL; i++) {
		fprintf(file, "  --%s", row->name);
		if (row->value != NULL)
			fprintf(file, " %s", _(row->value));
		fputs(row->repeated ? " …\n" : "\n", file);
		print_wrapped(file, HELP_INDENT, _(row->help));
	}
	if (usage->more != NULL)
		usage->more(usage, file);
	if (usage->examples != NULL)
		fprintf(file, "\n%s\n%s", _("Examples:"), usage->examples);
}

int usage_error(const struct usage *usage, const char *format, ...)
{
	char sentence[512];
	va_list arguments;
	int size;

	va_start(arguments, format);
	size = vsnprintf(sentence, sizeof(sentence), format, arguments);
	va_end(arguments);
	complain("%s: %s", usage->name, size < 0 ? format : sentence);
	advise(_("See 'chiro help %s'."), usage->name);
	return STATUS_USAGE;
}

/* Reads one option at argv[*index] (it begins with two hyphens), and its value. */
static int take_option(struct options *options, int argc, char **argv, int *index)
{
	const char *word = argv[*index] + 2;
	size_t size = strcspn(word, "=");
	const struct option_row *row = row_find(options->usage, bytes_of(word, size));
	const char *value = NULL;

	if (row == NULL)
		return usage_error(options->usage, _("there is no option --%.*s"), (int)size, word);
	if (row->value == NULL && word[size] == '=')
		return usage_error(options->usage, _("--%s takes no value"), row->name);
	if (row->value != NULL) {
		if (word[size] == '=')
			value = word + size + 1;
		else if (*index + 1 < argc)
			value = argv[++*index];
		else
			return usage_error(options->usage, _("--%s needs a value"), row->name);
	}
	if (!row->repeated && options_has(options, row->name))
		return usage_error(options->usage, _("--%s is given twice"), row->name);
	if (options->given_count == OPTIONS_MAXIMUM)
		return usage_error(options->usage, _("too many options"));
	options->given[options->given_count].row = row;
	options->given[options->given_count++].value = value;
	return -1;
}

int options_parse(const struct usage *usage, int argc, char **argv, struct options *ret_options)
{
	struct options *options = ret_options;
	bool only_arguments = false;

	*options = (struct options){ .usage = usage, .arguments = argv + 1 };
	for (int i = 1; i < argc; i++) {
		int status;

		if (!only_arguments && strcmp(argv[i], "--") == 0) {
			only_arguments = true;
		} else if (!only_arguments && strcmp(argv[i], "--help") == 0) {
			usage_print(usage, stdout);
			return STATUS_OK;
		} else if (!only_arguments && strncmp(argv[i], "--", 2) == 0) {
			if ((status = take_option(options, argc, argv, &i)) >= 0)
				return status;
		} else if (!only_arguments && argv[i][0] == '-' && argv[i][1] != '\0') {
			return usage_error(usage, _("there is no option %s"), argv[i]);
		} else {
			options->arguments[options->argument_count++] = argv[i];
		}
	}
	if (options->argument_count < usage->arguments_minimum)
		return usage_error(usage, _("something is missing: chiro %s %s"), usage->name,
		                   usage->arguments != NULL ? _(usage->arguments) : "");
	if (options->argument_count > usage->arguments_maximum)
		return usage_error(usage, _("'%s' is too much"),
		                   options->arguments[usage->arguments_maximum]);
	return -1;
}

bool options_has(const struct options *options, const char *name)
{
	for (size_t i = 0; i < options->given_count; i++)
		if (strcmp(options->given[i].row->name, name) == 0)
			return true;
	return false;
}

const char *options_value(const struct options *options, const char *name)
{
	for (size_t i = options->given_count; i-- > 0;)
		if (strcmp(options->given[i].row->name, name) == 0)
			return options->given[i].value;
	return NULL;
}

const char *options_value_at(const struct options *options, const char *name, size_t index)
{
	for (size_t i = 0; i < options->given_count; i++)
		if (strcmp(options->given[i].row->name, name) == 0 && index-- == 0)
			return options->given[i].value;
	return NULL;
}

int options_number(const struct options *options, const char *name, uint64_t minimum,
                   uint64_t maximum, uint64_t standard, uint64_t *ret_number, struct error *error)
{
	const char *value = options_value(options, name);
	uint64_t number;

	if (value == NULL) {
		*ret_number = standard;
		return OK;
	}
	if (text_parse_number(bytes_of_string(value), maximum, &number) != OK || number < minimum)
		return error_set(error, ERROR_USAGE,
		                 _("--%s needs a number from %llu to %llu, not '%s'"), name,
		                 (unsigned long long)minimum, (unsigned long long)maximum, value);
	*ret_number = number;
	return OK;
}
