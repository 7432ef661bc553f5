/* chiro press-check: what the record says of a claim in the press. */
#include "command.h"
#include "files.h"
#include "press_searching.h"
#include "press_showing.h"
#include "terminal.h"
#include "translate.h"

static const struct option_row rows[] = {
	{ .name = "prove",
	  .value = N_("DIR"),
	  .help = N_("write a bundle that shows the answers to others; it says first what it "
	             "reveals") },
	{ .name = "record",
	  .value = N_("DIR"),
	  .help = N_("look it up in an exported record instead of at the node") },
	{ .name = "identity",
	  .value = N_("FILE"),
	  .help = N_("the age identity for what is for the eyes of the heads, or sealed in the "
	             "record") },
	{ .name = "yes", .help = N_("do not ask before the bundle is written") },
	{ 0 },
};

static const struct usage usage = {
	.name = "press-check",
	.arguments = N_("CLAIM"),
	.help = N_(
	    "Looks up a claim about the talks and gives one of three answers to each of its lines: "
	    "it is in the record (where, to the letter or how it differs); it is not in the record "
	    "of both logs up to now; or it cannot be shown without disclosing more. CLAIM is a "
	    "file: as it is, each of its paragraphs is looked up word by word in all bodies; with "
	    "'chirograph.claim/1' as its first line it has lines such as 'quotation WORDS', 'sent "
	    "south request 2026-11-01 2026-11-30', 'sent 3 south any', 'answered north-7'. To ask "
	    "the other side for its position, see 'chiro act press-check'."),
	.examples = "  chiro press-check claim.txt\n"
		    "  chiro press-check claim.txt --prove bundle && chiro verify bundle\n",
	.rows = rows,
	.common = OPTIONS_NODE | OPTIONS_CHANNEL | OPTIONS_JSON,
	.arguments_minimum = 1,
	.arguments_maximum = 1,
};

static void show(const struct disclosing *d, const struct press_search *search, bool json)
{
	const uint64_t sizes[2] = { rules_size(d->rules, 0), rules_size(d->rules, 1) };
	json_t *document;

	if (!json) {
		press_show(&search->claim, search->answers, d->rules, sizes, search->unopened);
		return;
	}
	document = json_pack("{s:o,s:I,s:I}", "claims",
	                     press_document(&search->claim, search->answers, d->rules), "opened",
	                     (json_int_t)search->opened, "unopened", (json_int_t)search->unopened);
	print_json(document);
	json_decref(document);
}

static int prove(struct disclosing *d, const struct options *options,
                 const struct press_search *search, struct bytes text, struct error *error)
{
	struct bundle_purpose purpose = press_purpose();
	int r;

	if ((r = press_choose(d, search, error)) != OK ||
	    (r = bundle_writer_given(d->writer, text, error)) != OK ||
	    (r = bundle_writer_settle(d->writer, &purpose, &d->text, error)) != OK)
		return r;
	putchar('\n');
	return disclosing_write(d, options, &purpose, options_value(options, "prove"), error);
}

static int check(struct disclosing *d, const struct options *options, struct error *error)
{
	bool proves = options_value(options, "prove") != NULL;
	struct press_search search;
	struct buffer text;
	int r;

	buffer_init(&text, CLAIM_SIZE_MAXIMUM);
	if ((r = file_read(options->arguments[0], &text, error)) != OK)
		goto out;
	if ((r = claim_parse(buffer_view(&text), bundle_writer_charter(d->writer), &search.claim,
	                     error)) != OK) {
		r = error_in_file(error, r, options->arguments[0]);
		goto out;
	}
	if ((r = press_search(d, &search, error)) != OK)
		goto out;
	if (!proves || !options_has(options, "json"))
		show(d, &search, options_has(options, "json"));
	if (proves)
		r = prove(d, options, &search, buffer_view(&text), error);
out:
	buffer_release(&text);
	return r;
}

int command_press_check(int argc, char **argv)
{
	struct disclosing disclosing;
	struct error error = { 0 };
	struct options options;
	int result;

	if ((result = options_parse(&usage, argc, argv, &options)) >= 0)
		return result;
	if ((result = disclosing_open(&options, &disclosing)) < 0)
		result = conclude(check(&disclosing, &options, &error), &error);
	disclosing_close(&disclosing);
	return result;
}
