/* chiro list show: one's own lists, or one of them. */
#include <inttypes.h>

#include "allocate.h"
#include "command.h"
#include "files.h"
#include "folded.h"
#include "list_asked.h"
#include "list_command.h"
#include "list_source.h"
#include "list_target.h"
#include "list_view.h"
#include "listing.h"
#include "terminal.h"
#include "translate.h"
#include "typed_identifier.h"

enum { ENTRIES_USUALLY = 20, FOLDED_MAXIMUM = 65536 };

static const struct option_row rows[] = {
	{ .name = "find",
	  .value = N_("TEXT"),
	  .help = N_("only entries with this identifier, with one that contains it or lies "
	             "within it, or with these words") },
	{ .name = "count", .value = N_("N"), .help = N_("at most so many entries, 20 otherwise") },
	{ .name = "all", .help = N_("all entries") },
	{ .name = "output",
	  .value = N_("FILE"),
	  .help = N_("write the text of the list to a file instead of showing it") },
	{ .name = "identity",
	  .value = N_("FILE"),
	  .help = N_("the age identity for what is for the eyes of the heads") },
	{ 0 },
};

static const struct usage usage = {
	.name = "list show",
	.arguments = N_("[NAME|ACT]"),
	.help = N_(
	    "Names the lists that the person keeps on this machine, and those of the channel, or "
	    "shows one of them, or that which an act hands over, ours or the other side's: how "
	    "much is in it, and its entries. Of a match-only list it shows what there is to see "
	    "of it, and compares its pairs with what the act commits to."),
	.examples = "  chiro list show\n"
		    "  chiro list show grid --find 198.51.100.7\n"
		    "  chiro list show south-7 --output south.list\n",
	.rows = rows,
	.common = OPTIONS_NODE | OPTIONS_CHANNEL | OPTIONS_JSON,
	.arguments_maximum = 1,
};

/* --- all lists ---------------------------------------------------------------------- */

struct naming {
	json_t *names, *of_channel; /* for scripts; NULL: print */
	size_t count;
};

static int name_one(void *context, const char *name, const char *path)
{
	struct naming *naming = context;
	struct list_mapping mapping;
	enum sector_scheme scheme;
	struct error error = { 0 };
	uint64_t count = 0;
	json_t *row = naming->names != NULL ? json_pack("{s:s}", "name", name) : NULL;
	int r = list_path_map(path, &mapping, &error);

	naming->count++;
	if (r == OK) {
		r = list_text_check(mapping.text, &count, &scheme, &error);
		list_file_unmap(&mapping);
	}
	if (row != NULL && r == OK)
		json_object_set_new(row, "entries", json_integer((json_int_t)count));
	if (row != NULL)
		json_array_append_new(naming->names, row);
	else if (r == OK)
		list_item(name, ngettext("%" PRIu64 " entry", "%" PRIu64 " entries", count), count);
	else
		list_item_styled(STYLE_BAD, name, "%s", _("cannot be read: it is no list"));
	return OK;
}

/* A page of the channel's lists. */
static int name_page(void *context, json_t *page)
{
	struct naming *naming = context;
	json_t *list;
	size_t i;

	json_array_foreach(member(page, "lists"), i, list)
	{
		const char *state = member_text(list, "mode");

		if (naming->names != NULL) {
			json_array_append(naming->of_channel, list);
			continue;
		}
		if (member_true(list, "rejected"))
			state = _("rejected");
		else if (member_true(list, "retired"))
			state = _("retired");
		else if (member_true(list, "revealed"))
			state = _("opened");
		list_item(member_text(list, "list"), _("of %s, version %" PRIu64 ", %s"),
		          member_text(list, "owner"), member_number(list, "epoch"), state);
	}
	return OK;
}

/* One's own lists are files: where no node answers, or several channels could be meant, there are
 * no others to name. */
static int name_those_of_channel(const struct options *options, const struct settings *settings,
                                 struct naming *naming, struct error *error)
{
	struct node node = { .settings = *settings };
	int r = OK;

	if (api_new(settings->socket, &node.api, NULL) == OK &&
	    which_channel_find(node.api, node_channel_prefix(options), &node.channel, NULL) == OK)
		r = lists_each(&node, name_page, naming, error);
	node_close(&node);
	return r;
}

static int name_all(const struct options *options, const struct settings *settings,
                    struct error *error)
{
	bool json = options_has(options, "json");
	struct naming naming = {
		.names = json ? json_array() : NULL,
		.of_channel = json ? json_array() : NULL,
	};
	int r;

	if ((r = list_files_each(settings, name_one, &naming, error)) == OK) {
		if (!json && naming.count == 0)
			puts(_("You keep no list."));
		r = name_those_of_channel(options, settings, &naming, error);
	}
	if (r == OK && json) {
		json_t *document = json_pack("{s:O,s:O}", "lists", naming.names, "of_channel",
		                             naming.of_channel);

		print_json(document);
		json_decref(document);
	}
	json_decref(naming.of_channel);
	json_decref(naming.names);
	return r;
}

/* --- one list ------------------------------------------------------------------------ */

struct showing {
	const char *words; /* NULL: everything */
	bool is_identifier;
	struct identifier identifier;
	uint64_t most, found;
	json_t *entries; /* for scripts; NULL: print */
};

static bool has_identifier(const struct showing *showing, const struct list_entry *entry)
{
	for (size_t i = 0; i < entry->count; i++) {
		struct identifier each;

		if (identifier_read(entry->identifiers[i].identifier_class,
		                    entry->identifiers[i].text, &each, NULL) == OK &&
		    (identifier_covers(&each, &showing->identifier) ||
		     identifier_covers(&showing->identifier, &each)))
			return true;
	}
	return false;
}

static bool has_words(const struct showing *showing, const struct list_entry *entry)
{
	const struct bytes values[] = { entry->id, entry->function, entry->subsector, entry->region,
		                        entry->contact };
	struct buffer folded;
	bool found = false;

	buffer_init(&folded, FOLDED_MAXIMUM);
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]) && !found; i++) {
		buffer_clear(&folded);
		found = bytes_equal_string(values[i], showing->words) ||
		        (fold_words(values[i], &folded) == OK &&
		         folded_has_phrase(buffer_view(&folded), bytes_of_string(showing->words)));
	}
	buffer_release(&folded);
	return found;
}

static bool is_wanted(const struct showing *showing, const struct list_entry *entry)
{
	if (showing->words == NULL)
		return true;
	return (showing->is_identifier && has_identifier(showing, entry)) ||
	       has_words(showing, entry);
}

static int show_entries(struct showing *showing, struct bytes text, struct error *error)
{
	struct list_reader *reader = allocate(1, sizeof(*reader));
	struct list_entry entry;
	int r;

	if (reader == NULL)
		return ERROR_MEMORY;
	r = list_reader_init(reader, text, error);
	while (r == OK && (r = list_reader_next(reader, &entry, error)) == OK) {
		if (!is_wanted(showing, &entry) || showing->found++ >= showing->most)
			continue;
		if (showing->entries != NULL)
			json_array_append_new(showing->entries,
			                      list_entry_document(reader->scheme, &entry));
		else
			list_view_entry(reader->scheme, &entry);
	}
	release_memory(reader);
	return r == ERROR_NOT_FOUND ? OK : r;
}

static void print_document(const char *name, enum sector_scheme scheme,
                           const struct list_counts *counts, const struct showing *showing)
{
	json_t *document = list_counts_document(scheme, counts);

	json_object_set_new(document, "name", json_string(name));
	json_object_set_new(document, "found", json_integer((json_int_t)showing->found));
	json_object_set(document, "shown", showing->entries);
	print_json(document);
	json_decref(document);
}

static int show_one(const char *name, struct bytes text, struct showing *showing,
                    struct error *error)
{
	struct list_counts counts;
	enum sector_scheme scheme;
	uint64_t entries;
	int r;

	if ((r = list_text_check(text, &entries, &scheme, error)) != OK ||
	    (r = list_count(text, NULL, NULL, &counts, error)) != OK)
		return r;
	if (showing->entries == NULL) {
		list_view_counts(scheme, &counts);
		fputc('\n', stdout);
	}
	if ((r = show_entries(showing, text, error)) != OK)
		return r;
	if (showing->entries != NULL)
		print_document(name, scheme, &counts, showing);
	else if (showing->words != NULL && showing->found == 0)
		puts(_("No such entry is on the list."));
	else if (showing->found > showing->most)
		printf(_("… and %" PRIu64 " more: --all\n"), showing->found - showing->most);
	return OK;
}

static int show_text(const char *name, struct bytes text, const struct options *options,
                     struct error *error)
{
	struct showing showing = { .words = options_value(options, "find") };
	int r;

	if ((r = options_number(options, "count", 0, UINT64_MAX, ENTRIES_USUALLY, &showing.most,
	                        error)) != OK)
		return r;
	if (options_has(options, "all"))
		showing.most = UINT64_MAX;
	if (showing.words != NULL)
		showing.is_identifier = typed_identifier_recognize(bytes_of_string(showing.words),
		                                                   &showing.identifier, NULL) == OK;
	if (options_has(options, "json"))
		showing.entries = json_array();
	if ((r = show_one(name, text, &showing, error)) != OK)
		error_in_file(error, r, name);
	json_decref(showing.entries);
	return r;
}

/* Only what is a list is written. */
static int save(const char *name, struct bytes text, const char *path, struct error *error)
{
	int r;

	if ((r = list_text_check(text, NULL, NULL, error)) != OK)
		return error_in_file(error, r, name);
	if ((r = file_write_new(path, text, 0600, error)) == OK)
		say_written(path);
	return r;
}

static int show(struct node *node, const struct options *options, struct error *error)
{
	const char *name = options->arguments[0], *path = options_value(options, "output");
	const char *identity = options_value(options, "identity");
	struct list_source source = { 0 };
	bool is_asked = false;
	int r;

	if (list_source_is_act(&node->settings, name) &&
	    (r = list_is_asked(node, name, &is_asked, error)) != OK)
		return r;
	if (is_asked && path == NULL)
		return list_asked_show(node, name, identity, options_has(options, "json"), error);
	if ((r = list_source_find(node, name, identity, &source, error)) != OK)
		return r;
	r = path != NULL ? save(name, source.text, path, error)
	                 : show_text(name, source.text, options, error);
	list_source_release(&source);
	return r;
}

int list_show(int argc, char **argv)
{
	struct options options;
	struct error error = { 0 };
	struct node node;
	int status, r;

	if ((status = options_parse(&usage, argc, argv, &options)) >= 0 ||
	    (status = list_source_node(&options, &node)) >= 0)
		return status;
	r = options.argument_count == 0 ? name_all(&options, &node.settings, &error)
	                                : show(&node, &options, &error);
	list_source_node_close(&node);
	return r == ERROR_USAGE ? usage_error(&usage, "%s", error.message) : conclude(r, &error);
}
