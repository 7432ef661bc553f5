/* chiro call: who is on the telephone, and what was said. */
#include <time.h>

#include "acting.h"
#include "command.h"
#include "listing.h"
#include "moment.h"
#include "spoken_words.h"
#include "translate.h"
#include "which_channel.h"

static const struct option_row rows[] = {
	{ .name = "answer",
	  .value = N_("WORDS"),
	  .help = N_("the other side asks with these four words: show what to answer, once") },
	{ .name = "template", .help = N_("print a text to be filled in as minutes of a call") },
	{ .name = "minutes",
	  .value = N_("FILE"),
	  .help = N_("log the minutes of a call from this file; - is standard input. What 'chiro "
	             "help act call' lists may be given too, after --") },
	{ .name = "held", .value = N_("TIME"), .help = N_("with --minutes: when the call began") },
	{ 0 },
};

static const struct usage usage = {
	.name = "call",
	.arguments = N_("[-- OPTIONS]"),
	.help = N_(
	    "Words by which two people recognise each other on the telephone. Who wants to know "
	    "with whom he speaks runs 'chiro call', says the four words that it shows, and "
	    "compares what the other answers; then he says the four last ones himself. The other "
	    "runs 'chiro call --answer' with the words that he heard. Only the two nodes can make "
	    "answer and confirmation; words that somebody overheard are of no use to him. They "
	    "show who speaks, not that nobody listens, or passes on what both say."),
	.examples = "  chiro call\n"
		    "  chiro call --answer 'otter bronze linen cabin'\n"
		    "  chiro call --template >call.txt\n"
		    "  chiro call --minutes call.txt --held -20m -- --matter north-3\n",
	.rows = rows,
	.common = OPTIONS_NODE | OPTIONS_CHANNEL | OPTIONS_SIGNER | OPTIONS_JSON,
	.arguments_maximum = 64,
};

/* The words of the list that is read from. */
static const char *words_of(const json_t *reply, const char *name, enum words_language language)
{
	return member_text(member(reply, name), language == WORDS_RUSSIAN ? "ru" : "en");
}

static void show_asking(const json_t *reply)
{
	enum words_language language = spoken_language();
	char moment[MOMENT_CAPACITY];

	moment_show(member_time(reply, "until"), moment);
	list_item_styled(STYLE_STRONG, _("say"), "%s", words_of(reply, "challenge", language));
	list_item_styled(STYLE_STRONG, _("they answer"), "%s", words_of(reply, "answer", language));
	list_item_styled(STYLE_STRONG, _("then say"), "%s",
	                 words_of(reply, "confirmation", language));
	list_item(_("until"), "%s", moment);
	putchar('\n');
	print_wrapped(stdout, 2,
	              _("If they answer anything else, it is not them: hang up, and call a number "
	                "that you know. Say the last words only after the right answer."));
}

static void show_answering(const json_t *reply, enum words_language language)
{
	list_item_styled(STYLE_STRONG, _("say"), "%s", words_of(reply, "answer", language));
	list_item_styled(STYLE_STRONG, _("they say"), "%s",
	                 words_of(reply, "confirmation", language));
	putchar('\n');
	print_wrapped(stdout, 2,
	              _("If they say anything else, it is not them: hang up, and call a number "
	                "that you know."));
}

static int ask(struct node *node, const struct options *options, struct error *error)
{
	const char *heard = options_value(options, "answer");
	json_t *reply = NULL;
	bool cyrillic;
	int r;

	if (heard == NULL)
		r = api_send(node->api, "POST", NULL, &reply, error, "/v1/channels/%s/call",
		             node->channel.id);
	else
		r = api_send(node->api, "POST", json_pack("{s:s}", "challenge", heard), &reply,
		             error, "/v1/channels/%s/call/answer", node->channel.id);
	if (r != OK)
		return r;
	/* Both read from the list in which the question was. */
	cyrillic = heard != NULL && (heard[0] & 0x80) != 0;
	if (options_has(options, "json"))
		print_json(reply);
	else if (heard == NULL)
		show_asking(reply);
	else
		show_answering(reply, cyrillic ? WORDS_RUSSIAN : WORDS_ENGLISH);
	json_decref(reply);
	return OK;
}

/* A text that says what minutes of a call should; nothing is asked of the node. */
static int print_template(void)
{
	char moment[MOMENT_CAPACITY];

	moment_show(moment_now(), moment);
	printf(_("Minutes of a telephone call\n"
	         "\n"
	         "Begun: %s\n"
	         "Ended:\n"
	         "For our side (name, office, number):\n"
	         "For the other side (name, office, number):\n"
	         "Who called whom:\n"
	         "Code words exchanged (yes or no; by whom asked):\n"
	         "Acts spoken of (names and code words):\n"
	         "\n"
	         "What was said:\n"
	         "\n"
	         "\n"
	         "What was agreed, by whom to be done, by when:\n"
	         "\n"
	         "\n"
	         "What was left open:\n"),
	       moment);
	return STATUS_OK;
}

enum { WORDS_MAXIMUM = 96 };

struct command_line {
	char *words[WORDS_MAXIMUM];
	int count;
};

static void add(struct command_line *line, const char *word)
{
	if (word != NULL && line->count + 1 < WORDS_MAXIMUM)
		line->words[line->count++] = (char *)word;
}

static void add_option(struct command_line *line, const struct options *options, const char *name,
                       const char *option)
{
	const char *value = options_value(options, name);

	if (value == NULL)
		return;
	add(line, option);
	add(line, value);
}

/* The minutes are an act like any other. */
static int log_minutes(const struct options *options)
{
	struct command_line line = { .count = 0 };

	add(&line, "call");
	add_option(&line, options, "minutes", "--text");
	add_option(&line, options, "held", "--held");
	add_option(&line, options, "socket", "--socket");
	add_option(&line, options, "home", "--home");
	add_option(&line, options, "channel", "--channel");
	add_option(&line, options, "author", "--author");
	add_option(&line, options, "key", "--key");
	if (options_has(options, "json"))
		add(&line, "--json");
	for (size_t i = 0; i < options->argument_count; i++)
		add(&line, options->arguments[i]);
	line.words[line.count] = NULL;
	return act_run(line.count, line.words);
}

int command_call(int argc, char **argv)
{
	struct options options;
	struct error error = { 0 };
	struct node node;
	bool minutes;
	int result, r;

	if ((result = options_parse(&usage, argc, argv, &options)) >= 0)
		return result;
	minutes = options_has(&options, "minutes");
	if (minutes + options_has(&options, "answer") + options_has(&options, "template") > 1)
		return usage_error(&usage,
		                   _("--answer, --template and --minutes exclude each other"));
	if (!minutes && (options_has(&options, "held") || options.argument_count > 0))
		return usage_error(&usage, _("that is for --minutes"));
	if (options_has(&options, "template"))
		return print_template();
	if (minutes)
		return log_minutes(&options);
	if ((result = node_open(&options, true, &node)) >= 0)
		return result;
	r = ask(&node, &options, &error);
	node_close(&node);
	return r == OK ? STATUS_OK : complain_error(NULL, &error);
}
