/* chiro charter amend and give: a new text in place of the charter in force. */
#include "acting.h"
#include "allocate.h"
#include "amending.h"
#include "charter_command.h"
#include "charter_terms.h"
#include "command.h"
#include "drafting.h"
#include "files.h"
#include "terminal.h"
#include "text.h"
#include "translate.h"

enum { WORDS_MAXIMUM = 2 * OPTIONS_MAXIMUM + 8, ANSWERS_MAXIMUM = 64 * 1024 };

/* --- the new text ------------------------------------------------------------ */

/* The lines of the charter that are terms, as answers: parties and free text left out. */
static int terms_of(const struct charter *charter, struct buffer *answers)
{
	struct text_reader reader;
	struct text_line line;
	int parties = 0, r = buffer_put_string(answers, ANSWERS_FORMAT "\n");

	text_reader_init(&reader, charter->text);
	text_reader_next(&reader, &line);
	while (r == OK && text_reader_next(&reader, &line) == OK && line.whole.size > 0) {
		if (bytes_equal_string(line.key, "party"))
			parties++;
		/* The first clock follows the second party. */
		if (parties == 2 && bytes_equal_string(line.key, "clock"))
			parties = 3;
		if (parties == 1 || parties == 2)
			continue;
		if ((r = buffer_put_bytes(answers, line.whole)) == OK)
			r = buffer_put_u8(answers, '\n');
	}
	return r;
}

/* `KEY=VALUE` as the line of an answer: the key may have a space in it. */
static int put_setting(const char *setting, struct buffer *answers, struct error *error)
{
	size_t size = strcspn(setting, "=");
	int r;

	if (setting[size] != '=' || size == 0 || strchr(setting, '\n') != NULL)
		return error_set(error, ERROR_USAGE,
		                 _("--set wants a term and its value, such as 'clock request=1h', "
		                   "not '%s'"),
		                 setting);
	r = buffer_put_format(answers, "%.*s %s\n", (int)size, setting, setting + size + 1);
	return r == OK ? OK : error_set(error, r, _("--set '%s' is too long"), setting);
}

/* The lines of an absent term are left out; those that a setting names take the place of
 * all lines of its term. */
static int change_terms(const struct options *options, const struct charter *charter,
                        struct buffer *text, struct error *error)
{
	struct buffer present, settings;
	struct charter_draft draft;
	const char *setting;
	int r;

	if ((r = charter_draft_init(&draft, &charter->parties[0], &charter->parties[1], error)) !=
	    OK)
		return r;
	buffer_init(&present, ANSWERS_MAXIMUM);
	buffer_init(&settings, ANSWERS_MAXIMUM);
	for (size_t i = 0; r == OK && i < CHARTER_TERM_COUNT; i++)
		if (charter_terms[i].may_be_absent)
			r = charter_draft_set(&draft, i, bytes_of_string(""), error);
	if (r != OK || (r = terms_of(charter, &present)) != OK ||
	    (r = charter_draft_answer(&draft, buffer_view(&present), error)) != OK ||
	    (r = buffer_put_string(&settings, ANSWERS_FORMAT "\n")) != OK)
		goto out;
	for (size_t i = 0; r == OK && (setting = options_value_at(options, "set", i)) != NULL; i++)
		r = put_setting(setting, &settings, error);
	if (r != OK || (r = charter_draft_answer(&draft, buffer_view(&settings), error)) != OK)
		goto out;
	draft.free_text = charter->free_text;
	r = charter_draft_print(&draft, text, error);
out:
	buffer_release(&present);
	buffer_release(&settings);
	charter_draft_release(&draft);
	return r;
}

static int new_text(const struct options *options, const struct node *node, struct buffer *text,
                    struct error *error)
{
	bool from_file = options->argument_count == 1;

	if (from_file == options_has(options, "set"))
		return error_set(error, ERROR_USAGE,
		                 _("give a file with the new charter, or --set for what changes"));
	return from_file ? file_read(options->arguments[0], text, error)
	                 : change_terms(options, node->channel.charter, text, error);
}

/* --- amend --------------------------------------------------------------------- */

/* The options of `chiro act amend`, with `set` in place of `charter`. */
static const struct usage *amend_usage(void)
{
	static struct draft_usage draft;
	static struct option_row rows[DRAFT_ROWS_MAXIMUM + 1];
	static struct usage usage;
	size_t count = 0;

	draft_usage_init(&draft, kind_by_number(KIND_AMEND));
	rows[count++] = (struct option_row){
		.name = "set",
		.value = N_("TERM=VALUE"),
		.help = N_("a term that changes, such as 'clock request=1h'; without a value the "
		           "line is left out"),
		.repeated = true,
	};
	for (const struct option_row *row = draft.rows; row->name != NULL; row++)
		if (strcmp(row->name, "charter") != 0 && strcmp(row->name, "answers") != 0)
			rows[count++] = *row;
	usage = (struct usage){
		.name = "charter amend",
		.arguments = N_("[FILE]"),
		.help = N_(
		    "Proposes to change the charter: shows what a new text, from a file or "
		    "made by --set, changes in the one in force, and has the head sign and "
		    "log the amendment. It is in force when the other side's head completes "
		    "it ('chiro reply ACT amend'). Heads and keys are not changed so, but by "
		    "appoint and rekey."),
		.examples = "  chiro charter amend --set 'clock request=1h'\n"
			    "  chiro charter show --text > new.txt\n"
			    "  chiro charter amend new.txt --text why.txt\n",
		.rows = rows,
		.common = OPTIONS_NODE | OPTIONS_CHANNEL | OPTIONS_SIGNER | OPTIONS_JSON,
		.arguments_maximum = 1,
	};
	return &usage;
}

/* Hands over to `chiro act amend` with the text in a file. */
static int hand_over(const struct options *options, char *path)
{
	static char act[] = "amend", charter[] = "--charter";
	static char *words[WORDS_MAXIMUM];
	static char names[OPTIONS_MAXIMUM][DRAFT_NAME_CAPACITY];
	int count = 0;

	words[count++] = act;
	words[count++] = charter;
	words[count++] = path;
	for (size_t i = 0; i < options->given_count; i++) {
		if (strcmp(options->given[i].row->name, "set") == 0)
			continue;
		snprintf(names[i], sizeof(names[i]), "--%s", options->given[i].row->name);
		words[count++] = names[i];
		if (options->given[i].value != NULL)
			words[count++] = (char *)options->given[i].value;
	}
	return act_run(count, words);
}

int charter_amend(int argc, char **argv)
{
	const struct usage *usage = amend_usage();
	char directory[1024], path[1100];
	struct options options;
	struct error error = { 0 };
	struct buffer text;
	struct node node;
	int r, status;

	if ((status = options_parse(usage, argc, argv, &options)) >= 0 ||
	    (status = node_open(&options, true, &node)) >= 0)
		return status;
	buffer_init(&text, CHARTER_SIZE_MAXIMUM);
	r = new_text(&options, &node, &text, &error);
	node_close(&node);
	if (r == OK && (r = scratch_directory_make(directory, sizeof(directory), &error)) == OK) {
		snprintf(path, sizeof(path), "%s/charter.txt", directory);
		r = file_write_new(path, buffer_view(&text), 0600, &error);
		status = r == OK ? hand_over(&options, path) : STATUS_FAILED;
		scratch_directory_remove(directory);
	}
	buffer_release(&text);
	if (r == ERROR_USAGE)
		return usage_error(usage, "%s", error.message);
	return r == OK ? status : conclude(r, &error);
}

/* --- give -------------------------------------------------------------------------- */

/* The text from the body of an amend, or from a file. */
static int read_given(struct node *node, const char *given, struct buffer *text,
                      struct error *error)
{
	struct act_reference reference;
	json_t *act = NULL;
	int r;

	if (file_exists(given) || act_name_parse(bytes_of_string(given), reference.party,
	                                         &reference.generation, &reference.number) != OK)
		return file_read(given, text, error);
	if ((r = draft_resolve(node, given, &reference, &act, error)) == OK)
		r = amending_open(node, act, text, error);
	json_decref(act);
	return r;
}

int charter_give(int argc, char **argv)
{
	static const struct usage usage = {
		.name = "charter give",
		.arguments = N_("FILE|ACT"),
		.help = N_("Gives the node the text of a charter that an amendment names: from a "
		           "file, or from the body of an amend, such as north-7. 'charter amend' "
		           "and 'reply' do so by themselves; this is for a node that has lost it."),
		.common = OPTIONS_NODE | OPTIONS_CHANNEL,
		.arguments_minimum = 1,
		.arguments_maximum = 1,
	};
	struct options options;
	struct error error = { 0 };
	struct buffer text;
	struct node node;
	int r, status;

	if ((status = options_parse(&usage, argc, argv, &options)) >= 0 ||
	    (status = node_open(&options, true, &node)) >= 0)
		return status;
	buffer_init(&text, CHARTER_SIZE_MAXIMUM);
	if ((r = read_given(&node, options.arguments[0], &text, &error)) == OK &&
	    (r = amending_give(&node, buffer_view(&text), &error)) == OK)
		puts(_("The node has the text."));
	buffer_release(&text);
	node_close(&node);
	return conclude(r, &error);
}
