/* chiro translate: working translations, which commit nobody. */
#include "command.h"
#include "files.h"
#include "listing.h"
#include "moment.h"
#include "translate.h"
#include "translations.h"

static const struct option_row rows[] = {
	{ .name = "language",
	  .value = N_("LANG"),
	  .help = N_("the language of the translation, such as ru") },
	{ .name = "by",
	  .value = N_("NAME"),
	  .help = N_("who translated; otherwise whoever signs for us (CHIRO_AUTHOR)") },
	{ .name = "remove", .help = N_("remove what is kept in this language") },
	{ 0 },
};

static const struct usage usage = {
	.name = "translate",
	.arguments = N_("[ACT [FILE]]"),
	.help = N_(
	    "Keeps a working translation of what an act says, for the own side's people on this "
	    "machine: it commits nobody, and is never logged, sent, recorded or disclosed. It is "
	    "bound to the text that it translates, sealed to the person's reading identity, and "
	    "shown by 'chiro read --working'. FILE may be - for standard input; without it the "
	    "translations that are kept are listed."),
	.examples = "  chiro translate south-3 --language ru --by 'A. Ivanova' south-3.ru.txt\n"
		    "  chiro translate south-3\n",
	.rows = rows,
	.common = OPTIONS_NODE | OPTIONS_CHANNEL | OPTIONS_SIGNER | OPTIONS_JSON,
	.arguments_maximum = 2,
};

struct listing {
	json_t *list; /* NULL: printed */
	size_t count;
};

static int list_one(void *context, const struct kept_translation *kept)
{
	struct listing *listing = context;
	json_t *list = listing->list;
	const struct working *working = &kept->working;
	char made[MOMENT_CAPACITY];

	listing->count++;
	if (list != NULL) {
		timestamp_format(working->made, made);
		json_array_append_new(list,
		                      json_pack("{s:s,s:s,s:s,s:s,s:b}", "act", working->act,
		                                "language", working->language, "by", working->by,
		                                "made", made, "fits", kept->fits));
		return OK;
	}
	moment_show(working->made, made);
	list_item(working->act, "%s, %s, %s%s", working->language, working->by, made,
	          kept->fits ? "" : _(": of another text"));
	return OK;
}

static int list(const struct node *node, const json_t *act, bool json, struct error *error)
{
	json_t *found = json ? json_array() : NULL;
	struct listing listing = { .list = found };
	int r = translations_each(node, act, list_one, &listing, error);

	if (r == OK && json) {
		json_t *document = json_pack("{s:O}", "translations", found);

		print_json(document);
		json_decref(document);
	} else if (r == OK && listing.count == 0) {
		puts(_("No working translation is kept."));
	}
	json_decref(found);
	return r;
}

static int keep(const struct node *node, const struct options *options, const json_t *act,
                struct error *error)
{
	const char *by = options_value(options, "by");
	const char *path = options->arguments[1];
	struct buffer text;
	int r;

	if (by == NULL)
		by = node->settings.author;
	if (by[0] == '\0')
		return error_set(error, ERROR_USAGE, _("who translated? give --by NAME"));
	buffer_init(&text, WORKING_SIZE_MAXIMUM);
	if ((r = file_read(path, &text, error)) == OK) {
		r = translation_keep(node, act, options_value(options, "language"), by,
		                     buffer_view(&text), error);
		if (r == ERROR_SYNTAX)
			error_in_file(error, r, path);
	}
	buffer_release(&text);
	if (r == OK && options_has(options, "json"))
		r = list(node, act, true, error);
	else if (r == OK)
		printf(_("The working translation of %s is kept; 'chiro read %s --working' shows "
		         "it.\n"),
		       member_text(act, "name"), member_text(act, "name"));
	return r;
}

static int remove_kept(const struct node *node, const struct options *options, const json_t *act,
                       struct error *error)
{
	const char *language = options_value(options, "language");
	size_t count = 0;
	int r = translations_remove(node, act, language, &count, error);

	if (r == OK && count == 0)
		return error_set(error, ERROR_NOT_FOUND,
		                 _("no working translation of %s into %s is kept"),
		                 member_text(act, "name"), language);
	return r;
}

static int run(struct node *node, const struct options *options, struct error *error)
{
	json_t *act = NULL;
	int r;

	if (options->argument_count == 0)
		return list(node, NULL, options_has(options, "json"), error);
	if ((r = api_get(node->api, &act, error, "/v1/channels/%s/acts/%s", node->channel.id,
	                 options->arguments[0])) != OK)
		return r;
	if (options->argument_count == 2)
		r = keep(node, options, act, error);
	else if (options_has(options, "remove"))
		r = remove_kept(node, options, act, error);
	else
		r = list(node, act, options_has(options, "json"), error);
	json_decref(act);
	return r;
}

int command_translate(int argc, char **argv)
{
	char party[PARTY_ID_CAPACITY];
	struct options options;
	struct error error = { 0 };
	struct node node;
	uint64_t number;
	int status, r;

	if ((status = options_parse(&usage, argc, argv, &options)) >= 0)
		return status;
	if ((options.argument_count == 2 || options_has(&options, "remove")) &&
	    (!options_has(&options, "language") || options.argument_count == 0))
		return usage_error(&usage, _("say the act, and --language LANG"));
	if (options.argument_count == 2 && options_has(&options, "remove"))
		return usage_error(&usage, _("'%s' is too much"), options.arguments[1]);
	if (options.argument_count > 0 &&
	    act_name_read(options.arguments[0], party, &number, &error) != OK)
		return complain_error(NULL, &error);
	if ((status = node_open(&options, true, &node)) >= 0)
		return status;
	r = run(&node, &options, &error);
	node_close(&node);
	return conclude(r, &error);
}
