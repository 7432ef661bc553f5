/* chiro brief: one page for the head of a delegation. */
#include "brief.h"
#include "command.h"
#include "moment.h"
#include "options.h"
#include "terminal.h"
#include "translate.h"

enum { PAGE_WIDTH = 72 };

static const struct option_row rows[] = {
	{ .name = "pdf",
	  .value = N_("FILE"),
	  .help = N_("write it as a PDF instead of printing it") },
	{ .name = "language",
	  .value = N_("LANG"),
	  .help = N_("of the page: en or ru; otherwise yours") },
	{ .name = "without-subjects",
	  .help = N_("open no bodies; the page then says nothing of what the matters are about") },
	{ .name = "identity",
	  .value = N_("FILE"),
	  .help = N_("the age identity for what is for the eyes of the heads") },
	{ 0 },
};

static const struct usage usage = {
	.name = "brief",
	.help = N_(
	    "One page for the head of a delegation: what we owe and they owe, what is overdue, who "
	    "is silent, what is in force and under discussion, which lists are held, what may be "
	    "said in public, and leaks. Subjects are read from the bodies, which are opened here; "
	    "the node notes that you opened them."),
	.examples = "  chiro brief\n"
		    "  chiro brief --language ru --pdf brief.pdf\n",
	.rows = rows,
	.common = OPTIONS_NODE | OPTIONS_CHANNEL,
};

static int choose_language(const struct options *options, struct error *error)
{
	const char *language = options_value(options, "language");

	if (language == NULL)
		return OK;
	if (strcmp(language, "en") != 0 && strcmp(language, "ru") != 0)
		return error_set(error, ERROR_USAGE, _("--language is en or ru, not '%s'"),
		                 language);
	terminal_speak(language);
	/* A page of which nothing is in the language that was asked for helps nobody. */
	if (strcmp(language, "ru") == 0 && strcmp(_("Owed by us"), "Owed by us") == 0)
		return error_set(error, ERROR_NOT_FOUND,
		                 "the Russian translation is not installed here");
	return OK;
}

static int write_page(const struct options *options, const struct page *page, timestamp now,
                      struct error *error)
{
	const char *path = options_value(options, "pdf");
	unsigned width = terminal_width();
	int r;

	if (path == NULL) {
		page_print(page, stdout, width < PAGE_WIDTH ? width : PAGE_WIDTH);
		return OK;
	}
	if ((r = page_write_pdf_file(page, path, now, error)) == OK)
		say_written(path);
	return r;
}

int command_brief(int argc, char **argv)
{
	struct options options;
	struct error error = { 0 };
	struct node node;
	struct brief_options wanted;
	struct page page;
	int r, status;

	if ((status = options_parse(&usage, argc, argv, &options)) >= 0)
		return status;
	if (choose_language(&options, &error) != OK)
		return usage_error(&usage, "%s", error.message);
	if ((status = node_open(&options, true, &node)) >= 0)
		return status;
	wanted = (struct brief_options){
		.subjects = !options_has(&options, "without-subjects"),
		.identity = options_value(&options, "identity"),
		.now = moment_now(),
	};
	if (wanted.identity == NULL && node.settings.reading_identity[0] != '\0')
		wanted.identity = node.settings.reading_identity;
	if ((r = brief_make(&node, &wanted, &page, &error)) == OK) {
		r = write_page(&options, &page, wanted.now, &error);
		page_release(&page);
	}
	node_close(&node);
	return conclude(r, &error);
}
