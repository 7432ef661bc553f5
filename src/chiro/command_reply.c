/* chiro reply: an answer to an act of the other side, out of those that are legal. */
#include "acting.h"
#include "command.h"
#include "drafting.h"
#include "terminal.h"
#include "translate.h"

enum { WORDS_MAXIMUM = OPTIONS_MAXIMUM * 2 + 8, LIST_CAPACITY = 512 };

static int explain_usage(FILE *file, int status)
{
	fputs(_("usage: chiro reply <act> [<kind> [options]]\n\n"), file);
	print_wrapped(
	    file, 0,
	    _("Answers an act of the other side, such as south-3, by an act of a kind that "
	      "is legal now; without a kind it lists them, and asks on a terminal. The "
	      "options are those of 'chiro act <kind>': see 'chiro help act <kind>'."));
	fputs(_("\nExamples:\n"), file);
	fputs("  chiro reply south-3 ack\n  chiro reply south-3 accept --yes\n", file);
	return status;
}

/* Takes from the options of an act those that tell where the node is. */
static int take_node_options(int argc, char **argv, struct options *ret_options)
{
	static const struct usage usage = { .name = "reply",
		                            .common = OPTIONS_NODE | OPTIONS_CHANNEL };
	static const char *const names[] = { "--home", "--socket", "--channel" };
	static char *words[WORDS_MAXIMUM];
	int count = 1;

	words[0] = argv[0];
	for (int i = 0; i < argc && count + 2 < WORDS_MAXIMUM; i++) {
		for (size_t j = 0; j < sizeof(names) / sizeof(names[0]); j++) {
			size_t size = strlen(names[j]);

			if (strncmp(argv[i], names[j], size) != 0)
				continue;
			if (argv[i][size] == '=')
				words[count++] = argv[i];
			if (argv[i][size] == '\0' && i + 1 < argc) {
				words[count++] = argv[i];
				words[count++] = argv[i + 1];
			}
		}
	}
	return options_parse(&usage, count, words, ret_options);
}

static void list_answers(const json_t *answers, char list[LIST_CAPACITY])
{
	json_t *each;
	size_t i;

	list[0] = '\0';
	json_array_foreach(answers, i, each)
	{
		size_t used = strlen(list);

		snprintf(list + used, LIST_CAPACITY - used, "%s%s", used > 0 ? ", " : "",
		         json_string_value(each));
	}
}

/* Checks the kind that was given against the legal answers, or asks for one. */
static int choose(const json_t *act, const char *given, struct buffer *kind, struct error *error)
{
	const json_t *answers = member(act, "legal_answers");
	char list[LIST_CAPACITY], question[LIST_CAPACITY + 64];
	json_t *each;
	size_t i;

	list_answers(answers, list);
	if (list[0] == '\0')
		return error_set(error, ERROR_STATE, _("%s cannot be answered by us now"),
		                 member_text(act, "name"));
	snprintf(question, sizeof(question), _("Answer %s by one of: %s\n"),
	         member_text(act, "name"), list);
	if (given == NULL) {
		fputs(question, terminal_is_interactive() ? stderr : stdout);
		if (ask_line(_("kind"), NULL, kind) != OK)
			return error_set(error, ERROR_USAGE, _("which kind of answer?"));
		given = (const char *)kind->data;
	} else if (buffer_put_string(kind, given) != OK || buffer_put_u8(kind, 0) != OK) {
		return error_set(error, ERROR_USAGE, _("'%.20s…' is no kind"), given);
	}
	json_array_foreach(answers, i, each)
	{
		if (strcmp(given, json_string_value(each)) == 0)
			return OK;
	}
	return error_set(error, ERROR_STATE, _("%s cannot be answered by '%s' now, only by: %s"),
	                 member_text(act, "name"), given, list);
}

int command_reply(int argc, char **argv)
{
	static char answers_option[] = "--answers";
	static char *words[WORDS_MAXIMUM];
	const char *given = argc > 2 && argv[2][0] != '-' ? argv[2] : NULL;
	int rest = given != NULL ? 3 : 2;
	struct act_reference reference;
	struct options options;
	struct error error = { 0 };
	struct buffer kind;
	struct node node;
	json_t *act = NULL;
	int r, status, count = 0;

	if (argc < 2)
		return explain_usage(stderr, STATUS_USAGE);
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--help") == 0)
			return explain_usage(stdout, STATUS_OK);
	if (argv[1][0] == '-' || argc > WORDS_MAXIMUM - 8)
		return explain_usage(stderr, STATUS_USAGE);
	if ((status = take_node_options(argc - rest, argv + rest, &options)) >= 0 ||
	    (status = node_open(&options, true, &node)) >= 0)
		return status;
	buffer_init(&kind, 64);
	if ((r = draft_resolve(&node, argv[1], &reference, &act, &error)) == OK)
		r = choose(act, given, &kind, &error);
	json_decref(act);
	node_close(&node);
	if (r == OK) {
		words[count++] = (char *)kind.data;
		words[count++] = answers_option;
		words[count++] = argv[1];
		for (int i = rest; i < argc; i++)
			words[count++] = argv[i];
		status = act_run(count, words);
	} else {
		status = conclude(r, &error);
	}
	buffer_release(&kind);
	return status;
}
