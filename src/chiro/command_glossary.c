/* chiro glossary: the words that the sides have agreed on. */
#include "command.h"
#include "files.h"
#include "folded.h"
#include "glossaries.h"
#include "listing.h"
#include "translate.h"

static const struct option_row rows[] = {
	{ .name = "check",
	  .value = N_("FILE"),
	  .help = N_("check a glossary before it is proposed, without any node") },
	{ 0 },
};

static const struct usage usage = {
	.name = "glossary",
	.arguments = N_("[WORD]"),
	.help = N_(
	    "Shows the agreed glossary: the terms of every glossary that an accepted proposal "
	    "carries and that is not denounced, and the act that carries it. With a word, only "
	    "the terms in which it stands. A glossary is proposed with 'chiro act propose "
	    "--glossary FILE'."),
	.examples = "  chiro glossary\n  chiro glossary incident\n"
		    "  chiro glossary --check terms.txt\n",
	.rows = rows,
	.common = OPTIONS_NODE | OPTIONS_CHANNEL | OPTIONS_JSON,
	.arguments_maximum = 1,
};

struct listing {
	const char *word;
	json_t *terms; /* for scripts; NULL where people read */
	size_t count;
};

static bool is_wanted(const struct listing *listing, const struct glossary_term *term)
{
	struct buffer folded;
	bool wanted = listing->word == NULL;

	for (size_t i = 0; i < term->count && !wanted; i++) {
		buffer_init(&folded, 2 * GLOSSARY_RENDERING_MAXIMUM);
		wanted = fold_words(term->renderings[i].text, &folded) == OK &&
		         folded_has_phrase(buffer_view(&folded), bytes_of_string(listing->word));
		buffer_release(&folded);
	}
	return wanted;
}

static json_t *term_document(const char *act, const struct glossary_term *term)
{
	json_t *renderings = json_array();
	json_t *document = json_pack("{s:s,s:I,s:o}", "act", act, "term", (json_int_t)term->number,
	                             "renderings", renderings);

	for (size_t i = 0; i < term->count; i++) {
		const struct glossary_rendering *each = &term->renderings[i];

		json_array_append_new(
		    renderings,
		    json_pack("{s:o,s:o}", "language",
		              json_stringn((const char *)each->language.data, each->language.size),
		              "text",
		              json_stringn((const char *)each->text.data, each->text.size)));
	}
	if (term->note.size > 0)
		json_object_set_new(document, "note",
		                    json_stringn((const char *)term->note.data, term->note.size));
	return document;
}

static void show_term(const char *act, const struct glossary_term *term)
{
	struct bytes before = bytes_of(NULL, 0);

	printf("%s%llu%s  %s\n", style(stdout, STYLE_STRONG), (unsigned long long)term->number,
	       style(stdout, STYLE_PLAIN), act);
	for (size_t i = 0; i < term->count; i++) {
		const struct glossary_rendering *each = &term->renderings[i];
		char label[16] = "";

		if (!bytes_equal(before, each->language))
			visible_copy(each->language, label, sizeof(label));
		list_item(label, "%.*s", (int)each->text.size, (const char *)each->text.data);
		before = each->language;
	}
	if (term->note.size > 0)
		list_item(_("note"), "%.*s", (int)term->note.size, (const char *)term->note.data);
}

static int visit(void *context, const char *act, struct bytes text)
{
	struct listing *listing = context;
	struct glossary_reader reader;
	struct glossary_term term;

	glossary_reader_init(&reader, text);
	while (glossary_next(&reader, &term) == OK) {
		if (!is_wanted(listing, &term))
			continue;
		listing->count++;
		if (listing->terms != NULL)
			json_array_append_new(listing->terms, term_document(act, &term));
		else
			show_term(act, &term);
	}
	return OK;
}

/* A file, without a node. */
static int check(const char *path)
{
	struct listing listing = { 0 };
	struct error error = { 0 };
	struct buffer text;
	int r;

	buffer_init(&text, GLOSSARY_SIZE_MAXIMUM);
	if ((r = file_read(path, &text, &error)) == OK) {
		if ((r = glossary_check(buffer_view(&text), &error)) == OK)
			r = visit(&listing, path, buffer_view(&text));
		else
			error_in_file(&error, r, path);
	}
	buffer_release(&text);
	return conclude(r, &error);
}

int command_glossary(int argc, char **argv)
{
	struct options options;
	struct error error = { 0 };
	struct listing listing = { 0 };
	struct node node;
	int status, r;

	if ((status = options_parse(&usage, argc, argv, &options)) >= 0)
		return status;
	if (options_has(&options, "check"))
		return check(options_value(&options, "check"));
	if ((status = node_open(&options, true, &node)) >= 0)
		return status;
	listing.word = options.argument_count > 0 ? options.arguments[0] : NULL;
	if (options_has(&options, "json"))
		listing.terms = json_array();
	r = glossaries_each(&node, GLOSSARIES_ALL, visit, &listing, &error);
	if (r == OK && listing.terms != NULL) {
		json_t *document = json_pack("{s:O}", "terms", listing.terms);

		print_json(document);
		json_decref(document);
	} else if (r == OK && listing.count == 0) {
		puts(listing.word != NULL ? _("No such term is agreed.")
		                          : _("No glossary is agreed."));
	}
	json_decref(listing.terms);
	node_close(&node);
	return conclude(r, &error);
}
