/* chiro charter build: a charter from two cards and the answers to questions. */
#include "cards.h"
#include "charter_command.h"
#include "charter_terms.h"
#include "command.h"
#include "earlier_channel.h"
#include "files.h"
#include "terminal.h"
#include "translate.h"

static const struct option_row rows[] = {
	{ .name = "own",
	  .value = N_("CARD"),
	  .help = N_("one's own card; otherwise the one that invite has kept") },
	{ .name = "other",
	  .value = N_("CARD"),
	  .help = N_("the other side's card; otherwise the one that join has kept") },
	{ .name = "first",
	  .value = N_("PARTY"),
	  .help = N_("which party stands first; otherwise one's own") },
	{ .name = "succeeds",
	  .value = N_("CHANNEL"),
	  .help = N_(
	      "the channel whose place this one takes: the beginning of its id, or the whole "
	      "id of one that is not at this node") },
	{ .name = "answers",
	  .value = N_("FILE"),
	  .help = N_("answers in a file instead of questions, as chiro-charter(5) says; what it "
	             "leaves out keeps its default") },
	{ .name = "text",
	  .value = N_("FILE"),
	  .help = N_("free text that follows the terms, such as articles") },
	{ .name = "output",
	  .value = N_("FILE"),
	  .help = N_("where to write it; otherwise charter.txt; - is standard output") },
	{ 0 }
};

static const struct usage usage = {
	.name = "charter build",
	.help = N_("Builds the charter between one's own party and the other: asks for each term, "
	           "showing its default, or takes the answers from a file. Where nobody can be "
	           "asked and there is no file, all defaults are taken."),
	.examples = "  chiro charter build --output charter.txt\n"
		    "  chiro charter build --answers answers.txt --text articles.txt\n",
	.rows = rows,
	.common = OPTIONS_NODE,
};

static int read_cards(const struct options *options, struct card_file cards[2], size_t *ret_read,
                      struct error *error)
{
	static const char *const names[] = { "own", "other" };
	struct settings settings;
	int r;

	if ((r = settings_load(options, &settings, error)) != OK)
		return r;
	for (size_t i = 0; i < 2; i++) {
		const char *given = options_value(options, names[i]);
		char path[CARD_PATH_CAPACITY];

		if (given == NULL && (r = card_only_path(&settings, i == 0, path, error)) != OK)
			return r;
		if ((r = card_file_read(given != NULL ? given : path, &cards[i], error)) != OK)
			return r;
		*ret_read = i + 1;
	}
	return OK;
}

/* The values of a term in one line, as its default is shown. */
static int join_values(const struct buffer *values, struct buffer *line)
{
	int r;

	buffer_clear(line);
	if ((r = buffer_put_bytes(line, buffer_view(values))) != OK)
		return r;
	if (line->size > 0)
		buffer_truncate(line, line->size - 1);
	for (size_t i = 0; i < line->size; i++)
		if (line->data[i] == '\n')
			line->data[i] = ' ';
	if ((r = buffer_put_u8(line, 0)) == OK)
		line->size--;
	return r;
}

/* Asks for one term until its answer makes a charter. A lone hyphen leaves out a
 * line that may be absent. */
static int ask_term(struct charter_draft *draft, size_t term, struct error *error)
{
	const struct charter_term *row = &charter_terms[term];
	struct buffer standard, answer, text;
	char question[512], key[CHARTER_TERM_KEY_CAPACITY];
	int r;

	buffer_init(&standard, CHARTER_SIZE_MAXIMUM);
	buffer_init(&answer, CHARTER_SIZE_MAXIMUM);
	buffer_init(&text, CHARTER_SIZE_MAXIMUM);
	charter_draft_key(draft, term, key);
	snprintf(question, sizeof(question), "%s\n  %s%s", _(row->question), key,
	         row->may_be_absent ? _(" (- for none)") : "");
	if ((r = join_values(&draft->values[term], &standard)) != OK)
		goto out;
	for (;;) {
		struct error wrong = { 0 };
		struct bytes given;

		if ((r = ask_line(question, (const char *)standard.data, &answer)) != OK) {
			error_set(error, r, _("no answer"));
			break;
		}
		given = buffer_view(&answer);
		if (bytes_equal_string(given, "-"))
			given.size = 0;
		buffer_clear(&text);
		if ((r = charter_draft_set(draft, term, given, &wrong)) == OK &&
		    (r = charter_draft_print(draft, &text, &wrong)) == OK)
			break;
		complain_error(NULL, &wrong);
		given = buffer_view(&standard);
		if ((r = charter_draft_set(draft, term, given, error)) != OK)
			break;
	}
out:
	buffer_release(&standard);
	buffer_release(&answer);
	buffer_release(&text);
	return r;
}

static int ask_terms(struct charter_draft *draft, struct error *error)
{
	int r = OK;

	print_wrapped(stderr, 0,
	              _("The terms of the charter. Return takes what stands in brackets; durations "
	                "are written like 15m, 48h, 10d."));
	for (size_t i = 0; r == OK && i < CHARTER_TERM_COUNT; i++)
		if (charter_draft_asks(draft, i))
			r = ask_term(draft, i, error);
	return r;
}

static int write_charter(const struct options *options, const struct buffer *text,
                         struct error *error)
{
	const char *output = options_value(options, "output");
	int r;

	if (output != NULL && strcmp(output, "-") == 0) {
		fwrite(text->data, 1, text->size, stdout);
		return OK;
	}
	output = output != NULL ? output : "charter.txt";
	if ((r = file_write_new(output, buffer_view(text), 0644, error)) != OK)
		return r;
	printf(_("The charter is in %s. Hand it to the other side; then, on both sides:\n"),
	       output);
	printf("  chiro charter check %s\n  chiro charter sign %s\n", output, output);
	return OK;
}

/* The answers file; its errors name it. */
static int take_answers(struct charter_draft *draft, const char *path, struct error *error)
{
	struct buffer answers;
	int r;

	buffer_init(&answers, CHARTER_SIZE_MAXIMUM);
	if ((r = file_read(path, &answers, error)) == OK &&
	    (r = charter_draft_answer(draft, buffer_view(&answers), error)) != OK)
		error_in_file(error, r, path);
	buffer_release(&answers);
	return r;
}

/* The channel that is succeeded. Without --succeeds a person is told of what there is. */
static int take_succession(const struct options *options, struct charter_draft *draft,
                           const char *party, struct error *error)
{
	const char *given = options_value(options, "succeeds");
	char id[CHANNEL_ID_CAPACITY];
	struct settings settings;
	struct api *api = NULL;
	size_t term = 0;
	int r;

	if ((r = settings_load(options, &settings, error)) != OK ||
	    (r = api_new(settings.socket, &api, error)) != OK)
		return r;
	while (term < CHARTER_TERM_COUNT && strcmp(charter_terms[term].key, "succeeds") != 0)
		term++;
	if (given == NULL) {
		if (draft->values[term].size == 0)
			earlier_channel_advise(api, party);
	} else if ((r = earlier_channel_find(api, given, id, error)) == OK) {
		r = charter_draft_set(draft, term, bytes_of_string(id), error);
	}
	api_free(api);
	return r;
}

int charter_build(int argc, char **argv)
{
	struct card_file cards[2];
	struct options options;
	struct charter_draft draft;
	struct error error = { 0 };
	struct buffer free_text, text;
	const char *first, *answers, *path;
	size_t read_count = 0;
	bool other_first = false;
	int r, status;

	if ((status = options_parse(&usage, argc, argv, &options)) >= 0)
		return status;
	buffer_init(&free_text, CHARTER_SIZE_MAXIMUM);
	buffer_init(&text, CHARTER_SIZE_MAXIMUM);
	if ((r = read_cards(&options, cards, &read_count, &error)) != OK)
		goto out;
	if ((first = options_value(&options, "first")) != NULL) {
		other_first = strcmp(first, cards[1].party.id) == 0;
		if (!other_first && strcmp(first, cards[0].party.id) != 0) {
			r = error_set(&error, ERROR_USAGE, _("--first: neither card is of '%s'"),
			              first);
			goto out;
		}
	}
	if ((path = options_value(&options, "text")) != NULL &&
	    (r = file_read(path, &free_text, &error)) != OK)
		goto out;
	if ((r = charter_draft_init(&draft, &cards[other_first].party, &cards[!other_first].party,
	                            &error)) != OK)
		goto out;
	draft.free_text = buffer_view(&free_text);
	answers = options_value(&options, "answers");
	if (answers != NULL)
		r = take_answers(&draft, answers, &error);
	else if (terminal_is_interactive())
		r = ask_terms(&draft, &error);
	if (r == OK)
		r = take_succession(&options, &draft, cards[1].party.id, &error);
	if (r == OK && (r = charter_draft_print(&draft, &text, &error)) == OK)
		r = write_charter(&options, &text, &error);
	charter_draft_release(&draft);
out:
	for (size_t i = 0; i < read_count; i++)
		card_file_release(&cards[i]);
	buffer_release(&free_text);
	buffer_release(&text);
	return conclude(r, &error);
}
