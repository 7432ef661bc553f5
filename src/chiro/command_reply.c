/* chiro reply: an act that follows another, out of those that are legal. */
#include "acting.h"
#include "command.h"
#include "drafting.h"
#include "list_command.h"
#include "reply_menu.h"
#include "terminal.h"
#include "translate.h"

enum { WORDS_MAXIMUM = OPTIONS_MAXIMUM * 2 + 8, ROWS_MAXIMUM = 128 };

/* Before the kind is known, any option of any answer may be given. */
struct reply_usage {
	struct usage usage;
	struct option_row rows[ROWS_MAXIMUM];
	struct draft_usage kinds[KIND_COUNT];
};

static bool has_row(const struct reply_usage *usage, const char *name)
{
	for (size_t i = 0; usage->rows[i].name != NULL; i++)
		if (strcmp(usage->rows[i].name, name) == 0)
			return true;
	return false;
}

/* The option by which an act of this kind names the act that it follows; NULL
 * when it names none. */
static const char *following_option(const struct kind *kind)
{
	if (kind->answers != ABSENT)
		return "answers";
	for (size_t i = 0; i < kind_field_count(kind); i++)
		if (strcmp(kind->fields[i].name, "target") == 0)
			return "target";
	if (kind->matter_use == MATTER_LINE_JOIN || kind->matter_use == MATTER_LINE_EITHER)
		return "matter";
	return NULL;
}

static void reply_usage_init(struct reply_usage *usage)
{
	size_t count = 0;

	for (int i = 0; i < KIND_COUNT; i++) {
		const struct kind *kind = kind_by_number((enum kind_number)i);
		const struct option_row *row;

		if (following_option(kind) == NULL || !kind->in_this_version ||
		    !kind_is_for_people(kind))
			continue;
		draft_usage_init(&usage->kinds[i], kind);
		for (row = usage->kinds[i].rows; row->name != NULL; row++)
			if (strcmp(row->name, "answers") != 0 && strcmp(row->name, "target") != 0 &&
			    !has_row(usage, row->name) && count + 1 < ROWS_MAXIMUM)
				usage->rows[count++] = *row;
	}
	usage->usage = (struct usage){
		.name = "reply",
		.arguments = N_("ACT [KIND]"),
		.help = N_(
		    "Answers an act of the other side, such as south-3, or follows up one of "
		    "ours, by an act of a kind that is legal now; without a kind it shows those "
		    "kinds, what each means and who can sign it, and by when an answer is owed, "
		    "and asks on a terminal. Each kind takes some of these options: see 'chiro "
		    "help act "
		    "KIND'."),
		.examples = "  chiro reply south-3 ack\n  chiro reply south-3 accept --yes\n",
		.rows = usage->rows,
		.common = OPTIONS_NODE | OPTIONS_CHANNEL | OPTIONS_SIGNER | OPTIONS_JSON,
		.arguments_minimum = 1,
		.arguments_maximum = 2,
	};
}

/* Shows how the act can be answered, and asks. The list goes where the question does. */
static int ask_kind(const struct node *node, const json_t *act, struct buffer *kind,
                    struct error *error)
{
	bool interactive = terminal_is_interactive();

	if (interactive)
		terminal_divert(stderr);
	reply_menu_show(&node->channel, act, node->settings.author);
	if (interactive)
		terminal_divert(NULL);
	return ask_line(_("kind"), NULL, kind) == OK
	           ? OK
	           : error_set(error, ERROR_USAGE, _("which kind of answer?"));
}

/* Checks the kind that was given against the legal answers, or asks for one. */
static int choose(const struct node *node, const json_t *act, const char *given,
                  struct buffer *kind, struct error *error)
{
	int r;

	if (json_array_size(member(act, "legal_answers")) == 0)
		return error_set(error, ERROR_STATE, _("%s cannot be answered by us now"),
		                 member_text(act, "name"));
	if (given == NULL && (r = ask_kind(node, act, kind, error)) != OK)
		return r;
	if (given != NULL && (buffer_put_string(kind, given) != OK || buffer_put_u8(kind, 0) != OK))
		return error_set(error, ERROR_USAGE, _("'%.20s…' is no kind"), given);
	return reply_menu_check(act, (const char *)kind->data, error);
}

/* Hands over to `chiro act`: the same words, without act and kind. */
static int run_act(const struct options *options, char *kind, int argc, char **argv)
{
	static char option[DRAFT_NAME_CAPACITY];
	static char *words[WORDS_MAXIMUM];
	const char *follows = following_option(kind_by_name(bytes_of_string(kind)));
	/* What answers a query the node makes, unless it was given. */
	bool is_evaluated = strcmp(kind, "reply") == 0 && !options_has(options, "evaluated") &&
	                    !options_has(options, "refused");
	int count = 0;

	if (follows == NULL)
		return usage_error(options->usage, _("'%s' follows no act: see 'chiro act'"), kind);
	snprintf(option, sizeof(option), "--%s", follows);
	words[count++] = kind;
	if (!is_evaluated)
		words[count++] = option;
	words[count++] = options->arguments[0];
	for (int i = 1; i < argc; i++) {
		bool is_argument = false;

		for (size_t j = 0; j < options->argument_count; j++)
			is_argument = is_argument || argv[i] == options->arguments[j];
		if (!is_argument)
			words[count++] = argv[i];
	}
	return is_evaluated ? list_reply(count, words) : act_run(count, words);
}

int command_reply(int argc, char **argv)
{
	static struct reply_usage usage;
	static char *words[WORDS_MAXIMUM];
	struct act_reference reference;
	struct options options;
	struct error error = { 0 };
	struct buffer kind;
	struct node node;
	json_t *act = NULL;
	int r, status;

	reply_usage_init(&usage);
	if (argc > WORDS_MAXIMUM - 3)
		return usage_error(&usage.usage, _("too many options"));
	memcpy(words, argv, (size_t)argc * sizeof(*argv));
	if ((status = options_parse(&usage.usage, argc, words, &options)) >= 0 ||
	    (status = node_open(&options, true, &node)) >= 0)
		return status;
	buffer_init(&kind, 64);
	r = draft_resolve(&node, options.arguments[0], &reference, &act, &error);
	if (r == OK && member_true(act, "disputed"))
		advise(_("%s is DISPUTED: its author was recalled from before it."),
		       options.arguments[0]);
	if (r == OK)
		r = choose(&node, act, options.argument_count > 1 ? options.arguments[1] : NULL,
		           &kind, &error);
	json_decref(act);
	node_close(&node);
	status = r == OK ? run_act(&options, (char *)kind.data, argc, argv) : conclude(r, &error);
	buffer_release(&kind);
	return status;
}
