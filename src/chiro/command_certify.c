/* chiro certify: what the record shows, as a piece of it that stands for itself. */
#include <stdlib.h>

#include "command.h"
#include "listing.h"
#include "moment.h"
#include "node_record.h"
#include "options.h"
#include "silence_showing.h"
#include "terminal.h"
#include "translate.h"
#include "which_channel.h"

static const struct option_row rows[] = {
	{ .name = "whole",
	  .help = N_("show both logs whole, without bodies: then nothing that matters is open") },
	{ .name = "duty",
	  .value = N_("DUTY"),
	  .help = N_("what was owed: answer, or acknowledge; without this an answer, where acts of "
	             "that kind ask for one") },
	{ .name = "language",
	  .value = N_("LANGUAGE"),
	  .help = N_("of the page: en or ru; otherwise yours") },
	{ .name = "page", .help = N_("print the page on standard output and write nothing") },
	{ .name = "yes", .help = N_("do not ask whether that may be revealed") },
	{ 0 },
};

static const struct usage usage = {
	.name = "certify silence",
	.arguments = N_("ACT [DIR]"),
	.help = N_(
	    "Certifies that an act, such as north-7, was not answered when it was due: writes a "
	    "new "
	    "directory (silence-ACT, unless DIR says otherwise) that shows it to whoever trusts "
	    "neither side, with a page to print. In it are the act, what started its clock, every "
	    "entry of the silent side since, and a head of its log later than the deadline. "
	    "Refuses when there is an answer, or as long as something is missing, and says what. "
	    "'chiro verify' checks the directory without any node, verify.sh in it with stock "
	    "tools. Bodies are not in it. What else it reveals is said first."),
	.examples = "  chiro certify silence north-7\n"
		    "  chiro certify silence north-7 proof --whole --language ru\n"
		    "  chiro certify silence north-7 --page | lp\n",
	.rows = rows,
	.common = OPTIONS_NODE | OPTIONS_CHANNEL | OPTIONS_JSON,
	.arguments_minimum = 1,
	.arguments_maximum = 2,
};

/* What is to be certified. */
struct request {
	struct silence_statement statement;
	bool has_duty;
};

static int read_duty(const char *value, struct request *request, struct error *error)
{
	request->has_duty = value != NULL;
	request->statement.duty = DUTY_ANSWER;
	if (value == NULL || strcmp(value, "answer") == 0)
		return OK;
	if (strcmp(value, "acknowledge") != 0)
		return error_set(error, ERROR_USAGE, _("--duty is answer or acknowledge, not '%s'"),
		                 value);
	request->statement.duty = DUTY_ACKNOWLEDGE;
	return OK;
}

static int read_request(const struct options *options, struct request *request, struct error *error)
{
	const char *language = options_value(options, "language");
	int r;

	*request = (struct request){
		.statement.form = options_has(options, "whole") ? SILENCE_WHOLE : SILENCE_SPAN,
	};
	if ((r = read_duty(options_value(options, "duty"), request, error)) != OK)
		return r;
	if (language == NULL ? terminal_speaks("ru") : strcmp(language, "ru") == 0)
		request->statement.language = SILENCE_RUSSIAN;
	else if (language != NULL && strcmp(language, "en") != 0)
		return error_set(error, ERROR_USAGE, _("--language is en or ru, not '%s'"),
		                 language);
	return OK;
}

/* --- judging ------------------------------------------------------------------------ */

static int find_act(const struct bundle_writer *writer, const char *name, struct request *request,
                    struct act_place *ret_place, struct error *error)
{
	const struct rules *rules = bundle_writer_rules(writer);
	const struct charter *charter = bundle_writer_charter(writer);
	struct act_reference *reference = &request->statement.act;
	const struct act_summary *act;

	if (rules_act_named(rules, bytes_of_string(name), ret_place) != OK ||
	    (act = rules_act(rules, *ret_place)) == NULL)
		return error_set(error, ERROR_NOT_FOUND, _("there is no such act"));
	memcpy(reference->party, charter->parties[ret_place->party].id, sizeof(reference->party));
	reference->generation = rules_generation(rules, ret_place->party, ret_place->number);
	reference->number = ret_place->number;
	reference->leaf = act->leaf;
	if (!request->has_duty && act->answer_clock == CLOCK_NONE)
		request->statement.duty = DUTY_ACKNOWLEDGE;
	return OK;
}

static int refuse(const struct options *options, const struct bundle_writer *writer,
                  const struct silence *silence)
{
	const struct charter *charter = bundle_writer_charter(writer);

	if (options_has(options, "json")) {
		json_t *document = silence_document(silence, charter);

		print_json(document);
		json_decref(document);
	} else {
		silence_refusal_show(silence, charter, moment_now());
	}
	return STATUS_FAILED;
}

/* --- writing ------------------------------------------------------------------------ */

static bool may_reveal(const struct options *options, struct bundle_writer *writer,
                       enum silence_form form, struct error *error)
{
	struct bundle_purpose purpose = silence_purpose();
	const struct bundle_text *text;

	if (bundle_writer_settle(writer, &purpose, &text, error) != OK)
		return false;
	if (options_has(options, "yes"))
		return true;
	silence_revealed_show(form, text, bundle_writer_charter(writer));
	if (ask_yes(_("Write it?")))
		return true;
	error_set(error, ERROR_DENIED,
	          _("nothing was written; --yes says beforehand that it may be revealed"));
	return false;
}

static int print_page(const struct silence *silence, const struct charter *charter,
                      enum silence_language language, struct error *error)
{
	struct buffer page;
	int r;

	buffer_init(&page, SILENCE_PAGE_MAXIMUM);
	if ((r = silence_page_print(silence, charter, language, &page)) == OK)
		put_visible(stdout, buffer_view(&page), true);
	else
		error_set(error, r, "%s", result_text(r));
	buffer_release(&page);
	return r;
}

static void tell(const struct options *options, const struct silence *silence,
                 const struct charter *charter, const char *directory)
{
	json_t *document;

	if (!options_has(options, "json")) {
		advise(_("'chiro verify %s' checks it; %s/%s is the page, %s/README.txt says how "
		         "others can check it."),
		       directory, directory, SILENCE_PAGE_FILE, directory);
		return;
	}
	document = silence_document(silence, charter);
	json_object_set_new(document, "directory", json_string(directory));
	print_json(document);
	json_decref(document);
}

static int write_certificate(const struct options *options, struct bundle_writer *writer,
                             struct silence *silence, struct request *request, struct error *error)
{
	const struct charter *charter = bundle_writer_charter(writer);
	struct bundle_purpose purpose = silence_purpose();
	char directory[ACT_NAME_CAPACITY + 16];
	const char *path = directory;
	int r;

	snprintf(directory, sizeof(directory), "silence-%s", silence->name);
	if (options->argument_count > 1)
		path = options->arguments[1];
	if (!may_reveal(options, writer, request->statement.form, error))
		return error->code;
	if ((r = bundle_writer_write(writer, path, &purpose, error)) != OK)
		return r;
	if (!options_has(options, "json"))
		r = print_page(silence, charter, request->statement.language, error);
	tell(options, silence, charter, path);
	return r;
}

/* Chooses what is shown, and makes the facts those of the form. */
static int choose(struct bundle_writer *writer, struct silence *silence, struct request *request,
                  struct error *error)
{
	struct silence_statement *statement = &request->statement;
	int r = bundle_silence_choose(writer, silence, statement, error);

	if (r == ERROR_STATE)
		return error_set(error, r, _("the short form cannot show this; --whole can"));
	silence->form = statement->form;
	silence->first = statement->before.size;
	return r;
}

static int certify_from(const struct options *options, struct bundle_writer *writer,
                        struct request *request, struct error *error)
{
	const struct charter *charter = bundle_writer_charter(writer);
	struct act_place place;
	struct silence silence;
	int r;

	if ((r = find_act(writer, options->arguments[0], request, &place, error)) != OK)
		return r;
	silence_judge(bundle_writer_rules(writer), charter, place, request->statement.duty,
	              moment_now(), &silence);
	if (silence.verdict != SILENCE_CERTIFIED) {
		refuse(options, writer, &silence);
		return ERROR_DENIED;
	}
	if ((r = choose(writer, &silence, request, error)) != OK)
		return r;
	if (options_has(options, "page"))
		return print_page(&silence, charter, request->statement.language, error);
	return write_certificate(options, writer, &silence, request, error);
}

/* --- the command ---------------------------------------------------------------------- */

static int certify(struct node *node, const struct options *options, struct request *request,
                   struct error *error)
{
	struct progress progress;
	const struct record_options record_options = {
		.progress = progress_show,
		.progress_context = &progress,
	};
	struct bundle_writer *writer = NULL;
	struct node_record *record;
	struct record_source source;
	int r;

	if ((r = node_record_new(node, NULL, &record, error)) != OK)
		return r;
	source = node_record_source(record, false);
	source.blob = NULL;
	progress_begin(&progress, _("reading both logs"), 0);
	r = bundle_writer_new(&source, &record_options, &writer, error);
	progress_end(&progress);
	if (r == OK)
		r = certify_from(options, writer, request, error);
	bundle_writer_free(writer);
	node_record_free(record);
	return r;
}

static int certify_silence(int argc, char **argv)
{
	struct options options;
	struct error error = { 0 };
	struct request request;
	char party[PARTY_ID_CAPACITY];
	uint64_t number;
	struct node node;
	int result, r;

	if ((result = options_parse(&usage, argc, argv, &options)) >= 0)
		return result;
	if (read_request(&options, &request, &error) != OK ||
	    act_name_read(options.arguments[0], party, &number, &error) != OK)
		return complain_error(usage.name, &error);
	if ((result = node_open(&options, true, &node)) >= 0)
		return result;
	r = certify(&node, &options, &request, &error);
	node_close(&node);
	/* Why nothing is certified has been said. */
	if (r != OK && error.code == OK)
		return STATUS_FAILED;
	if (r == OK)
		return STATUS_OK;
	error.code = r;
	return complain_error(options.arguments[0], &error);
}

int command_certify(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "silence") == 0)
		return certify_silence(argc - 1, argv + 1);
	if (argc > 1 && strcmp(argv[1], "--help") == 0)
		return certify_silence(argc, argv);
	if (argc > 1)
		complain(_("certify: there is no '%s', only 'silence'"), argv[1]);
	else
		complain(_("certify: what is to be certified is missing"));
	advise(_("'chiro help certify' lists what there is."));
	return STATUS_USAGE;
}
