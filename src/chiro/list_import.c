/* chiro list import: a list of one's own from a file. */
#include <inttypes.h>

#include "command.h"
#include "files.h"
#include "import.h"
#include "list_command.h"
#include "list_files.h"
#include "list_view.h"
#include "listing.h"
#include "sentences.h"
#include "terminal.h"
#include "translate.h"

enum { EXAMPLES_USUALLY = 10 };

static const struct option_row rows[] = {
	{ .name = "name", .value = N_("NAME"), .help = N_("what the list is called here") },
	{ .name = "format",
	  .value = N_("csv|plain|stix"),
	  .help = N_("what the file is; otherwise seen from its content") },
	{ .name = "scheme",
	  .value = "US-16|RU-187FZ|EU-NIS2",
	  .help = N_("whose codes the sectors are") },
	{ .name = "column",
	  .value = N_("NAME=FIELD"),
	  .help = N_("what a column of a CSV file holds; '-' leaves it out"),
	  .repeated = true },
	{ .name = "set",
	  .value = N_("FIELD=VALUE"),
	  .help = N_("what every row says that does not say it itself"),
	  .repeated = true },
	{ .name = "skip-bad", .help = N_("leave bad rows out, instead of importing nothing") },
	{ .name = "replace", .help = N_("replace the list of that name") },
	{ .name = "check", .help = N_("only say what would be imported") },
	{ .name = "all", .help = N_("name all duplicates and overlaps, not only the first ones") },
	{ 0 },
};

static void more(const struct usage *usage, FILE *file)
{
	(void)usage;
	fputs(_("\nFields:\n"), file);
	for (size_t i = 0; i < IMPORT_FIELD_COUNT; i++)
		fprintf(file, "%s%s",
		        i == 0       ? "  "
		        : i % 6 == 0 ? "\n  "
		                     : " ",
		        import_field_name((enum import_field)i));
	fputc('\n', file);
	print_wrapped(
	    file, 0,
	    _("Criticality is 1 (the highest), 2 or 3; protection is off-limits, "
	      "notify-first or assist-priority; 'chiro list schemes' names the sectors."));
}

static const struct usage usage = {
	.name = "list import",
	.arguments = N_("FILE"),
	.help = N_(
	    "Makes a list from CSV with a line of column names, from a plain file with one "
	    "identifier a line and what it is behind it, or from STIX. Columns have their usual "
	    "names, or those that --column says; what is in no known column is left out. Every "
	    "bad row is named with its line and the reason, and unless --skip-bad is given "
	    "nothing is imported from a file that has any. Duplicates, and identifiers that lie "
	    "within others, are counted. Where nothing is said of the protection that is sought, "
	    "it is off-limits. Nothing leaves this machine."),
	.examples =
	    "  chiro list import assets.csv --name grid --scheme US-16 --set sector=energy\n"
	    "  chiro list import hosts.csv --name grid --column host=domain\n",
	.rows = rows,
	.common = OPTIONS_NODE | OPTIONS_JSON,
	.arguments_minimum = 1,
	.arguments_maximum = 1,
	.more = more,
};

static const struct format {
	const char *name;
	import_reader *reader;
} formats[] = {
	{ "csv", import_csv },
	{ "plain", import_plain },
	{ "stix", import_stix },
};

enum { FORMAT_COUNT = sizeof(formats) / sizeof(formats[0]) };

/* What the command works on. */
struct importing {
	const struct options *options;
	struct import *import;
	struct buffer file, text;
	const char *name;
	char path[LIST_PATH_CAPACITY];
	const char *format;
	struct list_counts counts;
	json_t *overlaps;         /* for scripts */
	size_t most;              /* examples */
	size_t overlaps_shown[2]; /* by kind */
	bool imported;
};

/* --- the command line --------------------------------------------------------------- */

/* `NAME=VALUE`, cut at the last equals sign when `last`. The value is the end of `given`. */
static int split(const char *given, bool last, struct bytes *ret_name, const char **ret_value,
                 struct error *error)
{
	const char *at = last ? strrchr(given, '=') : strchr(given, '=');

	if (at == NULL || at == given)
		return error_set(error, ERROR_USAGE, _("'%.64s' is not of the form NAME=VALUE"),
		                 given);
	*ret_name = bytes_of(given, (size_t)(at - given));
	*ret_value = at + 1;
	return OK;
}

static int take_columns(const struct options *options, struct import *import, struct error *error)
{
	const char *given, *field;

	for (size_t i = 0; (given = options_value_at(options, "column", i)) != NULL; i++) {
		struct import_column *column = &import->columns[import->column_count];
		int r;

		if (import->column_count == IMPORT_COLUMNS_MAXIMUM)
			return error_set(error, ERROR_USAGE, _("too many columns are given"));
		if ((r = split(given, true, &column->name, &field, error)) != OK)
			return r;
		if (!import_field_named(bytes_of_string(field), &column->field))
			return error_set(error, ERROR_USAGE,
			                 _("there is no field '%.64s': 'chiro help list import' "
			                   "names them"),
			                 field);
		import->column_count++;
	}
	return OK;
}

static int take_constants(const struct options *options, struct import *import, struct error *error)
{
	const char *given, *value;

	for (size_t i = 0; (given = options_value_at(options, "set", i)) != NULL; i++) {
		enum import_field field;
		struct bytes name;
		int r;

		if ((r = split(given, false, &name, &value, error)) != OK)
			return r;
		if (!import_field_named(name, &field) || field == IMPORT_ID ||
		    field == IMPORT_NOTHING)
			return error_set(error, ERROR_USAGE,
			                 _("'%.64s' is nothing that all rows can say"), given);
		import->constants[field] = value;
	}
	return OK;
}

/* What all rows would say wrong is said once, before any is read: by a row of its own. A sector
 * waits for its scheme, which a column may say. */
static int check_constants(const struct import *import, struct error *error)
{
	static const char identifier[] = "example.org";
	struct import *trial = import_new();
	int r = trial == NULL ? ERROR_MEMORY : OK;

	if (r == OK) {
		trial->scheme = import->scheme;
		import_row_begin(trial, 0);
		r = import_row_value(trial, IMPORT_DOMAIN, bytes_of_string(identifier));
	}
	for (int i = 0; i < IMPORT_FIELD_COUNT && r == OK; i++)
		if (import->constants[i] != NULL &&
		    (i != IMPORT_SECTOR || import->scheme != SCHEME_NONE ||
		     import->constants[IMPORT_SCHEME] != NULL))
			r = import_row_value(trial, (enum import_field)i,
			                     bytes_of_string(import->constants[i]));
	if (r == OK)
		r = import_row_end(trial);
	if (r != OK)
		error_set(error, r, "%s", result_text(r));
	else if (trial->bad_count > 0)
		r = error_set(error, ERROR_USAGE, "--set: %s",
		              sentence_for_people(trial->bad[0].reason));
	import_free(trial);
	return r;
}

static int take_scheme(const struct options *options, struct import *import, struct error *error)
{
	const char *given = options_value(options, "scheme");

	if (given == NULL || (scheme_named(bytes_of_string(given), &import->scheme) &&
	                      import->scheme != SCHEME_NONE))
		return OK;
	return error_set(error, ERROR_USAGE, _("there is no scheme '%.64s'"), given);
}

static int take_name(struct importing *importing, const struct settings *settings,
                     struct error *error)
{
	const struct options *options = importing->options;
	bool check = options_has(options, "check");
	int r;

	importing->name = options_value(options, "name");
	if (importing->name == NULL)
		return check ? OK
		             : error_set(error, ERROR_USAGE,
		                         _("how the list is to be called is missing: --name"));
	if ((r = list_file_path(settings, importing->name, !check, importing->path, error)) != OK)
		return r;
	if (!check && file_exists(importing->path) && !options_has(options, "replace"))
		return error_set(error, ERROR_EXISTS,
		                 _("you keep a list '%s' already: --replace replaces it"),
		                 importing->name);
	return OK;
}

static int take_format(struct importing *importing, import_reader **ret_reader, struct error *error)
{
	const char *given = options_value(importing->options, "format");
	import_reader *reader;
	int r = import_reader_of(importing->import, buffer_view(&importing->file), &reader);

	if (r != OK)
		return error_set(error, r, "%s", result_text(r));
	for (size_t i = 0; i < FORMAT_COUNT; i++)
		if (given != NULL ? strcmp(given, formats[i].name) == 0
		                  : formats[i].reader == reader) {
			importing->format = formats[i].name;
			*ret_reader = formats[i].reader;
			return OK;
		}
	return error_set(error, ERROR_USAGE, _("the format is csv, plain or stix"));
}

/* --- what is shown ------------------------------------------------------------------ */

static void show_bad(const struct import *import)
{
	for (size_t i = 0; i < import->bad_count; i++) {
		printf("%s", style(stdout, STYLE_BAD));
		printf(_("line %zu: "), import->bad[i].line);
		fputs(style(stdout, STYLE_PLAIN), stdout);
		put_visible(stdout, bytes_of_string(sentence_for_people(import->bad[i].reason)),
		            false);
		fputc('\n', stdout);
	}
}

/* The format has one %zu. */
static void show_left(const struct importing *importing, const char *format, size_t count)
{
	if (count > importing->most)
		printf(format, count - importing->most);
}

static void show_rows(struct importing *importing)
{
	const struct list_maker *maker = &importing->import->maker;
	size_t count = 0;

	for (size_t i = 0; i < maker->count; i++) {
		const struct list_row *row = &maker->rows[i];

		if (row->outcome != LIST_ROW_DUPLICATE && row->outcome != LIST_ROW_JOINED)
			continue;
		if (count++ >= importing->most)
			continue;
		printf(row->outcome == LIST_ROW_DUPLICATE
		           ? _("line %zu repeats line %zu")
		           : _("line %zu adds identifiers to line %zu"),
		       row->line, row->first);
		puts(row->otherwise ? _(", and what it says otherwise is left out") : "");
	}
	show_left(importing, _("  … and %zu more: --all\n"), count);
}

static void visit_overlap(void *context, const struct list_overlap *overlap)
{
	struct importing *importing = context;
	const char *name = identifier_class_name(overlap->identifier_class);
	struct bytes text = overlap->identifier, wider = overlap->container;

	if (importing->overlaps != NULL) {
		json_t *row = json_pack("{s:s,s:o}", "class", name, "identifier",
		                        json_stringn((const char *)text.data, text.size));

		if (overlap->kind == LIST_SHARED)
			json_object_set_new(row, "entries",
			                    json_integer((json_int_t)overlap->entries));
		else
			json_object_set_new(row, "within",
			                    json_stringn((const char *)wider.data, wider.size));
		json_array_append_new(importing->overlaps, row);
		return;
	}
	if (importing->overlaps_shown[overlap->kind]++ >= importing->most)
		return;
	if (overlap->kind == LIST_SHARED)
		printf(_("%.*s stands in %" PRIu64 " entries\n"), (int)text.size,
		       (const char *)text.data, overlap->entries);
	else
		printf(_("%.*s lies within %.*s\n"), (int)text.size, (const char *)text.data,
		       (int)wider.size, (const char *)wider.data);
}

static size_t count_outcome(const struct importing *importing, enum list_row_outcome outcome)
{
	const struct list_maker *maker = &importing->import->maker;
	size_t count = 0;

	for (size_t i = 0; i < maker->count; i++)
		count += maker->rows[i].outcome == outcome;
	return count;
}

static void show_summary(const struct importing *importing)
{
	const struct import *import = importing->import;
	size_t joined = count_outcome(importing, LIST_ROW_JOINED);

	list_item(_("rows"), "%zu", import->rows);
	list_item_styled(import->bad_count > 0 ? STYLE_BAD : STYLE_PLAIN, _("bad rows"), "%zu",
	                 import->bad_count);
	list_item(_("duplicates"), "%zu", count_outcome(importing, LIST_ROW_DUPLICATE));
	if (joined > 0)
		list_item(_("joined"), "%zu", joined);
	list_view_counts(import->scheme, &importing->counts);
	for (size_t i = 0; i < import->left_out_count; i++)
		list_item(i == 0 ? _("not taken") : "", _("column '%s'"), import->left_out[i]);
}

static json_t *rows_document(const struct importing *importing, enum list_row_outcome outcome)
{
	const struct list_maker *maker = &importing->import->maker;
	json_t *list = json_array();

	for (size_t i = 0; i < maker->count; i++) {
		const struct list_row *row = &maker->rows[i];

		if (row->outcome == outcome)
			json_array_append_new(
			    list, json_pack("{s:I,s:I,s:b}", "line", (json_int_t)row->line, "first",
			                    (json_int_t)row->first, "otherwise", row->otherwise));
	}
	return list;
}

static void print_document(const struct importing *importing)
{
	const struct import *import = importing->import;
	json_t *document = json_pack("{s:s,s:b,s:I,s:o,s:o,s:o}", "format", importing->format,
	                             "imported", importing->imported, "rows",
	                             (json_int_t)import->rows, "list",
	                             list_counts_document(import->scheme, &importing->counts),
	                             "duplicates", rows_document(importing, LIST_ROW_DUPLICATE),
	                             "joined", rows_document(importing, LIST_ROW_JOINED));
	json_t *bad = json_array(), *columns = json_array();

	for (size_t i = 0; i < import->bad_count; i++)
		json_array_append_new(bad, json_pack("{s:I,s:s}", "line",
		                                     (json_int_t)import->bad[i].line, "reason",
		                                     sentence_for_people(import->bad[i].reason)));
	for (size_t i = 0; i < import->left_out_count; i++)
		json_array_append_new(columns, json_string(import->left_out[i]));
	if (importing->name != NULL)
		json_object_set_new(document, "name", json_string(importing->name));
	json_object_set_new(document, "bad", bad);
	json_object_set_new(document, "columns_not_taken", columns);
	json_object_set(document, "overlaps", importing->overlaps);
	print_json(document);
	json_decref(document);
}

/* --- the work ----------------------------------------------------------------------- */

static int make_text(struct importing *importing, struct error *error)
{
	struct list_writer writer;
	int r;

	if ((r = list_writer_init(&writer, importing->import->scheme, &importing->text)) != OK)
		return error_set(error, r, "%s", result_text(r));
	return list_maker_write(&importing->import->maker, &writer, NULL, NULL, error);
}

static int write_list(struct importing *importing, struct error *error)
{
	const struct import *import = importing->import;
	bool skip = options_has(importing->options, "skip-bad");
	int r;

	if (import->bad_count > 0 && !skip)
		return error_set(error, ERROR_SYNTAX,
		                 ngettext("nothing is imported: %zu row is bad. Correct it, or "
		                          "leave it out with --skip-bad",
		                          "nothing is imported: %zu rows are bad. Correct them, or "
		                          "leave them out with --skip-bad",
		                          import->bad_count),
		                 import->bad_count);
	if (import->maker.entries == 0)
		return error_set(error, ERROR_SYNTAX, _("there is nothing to import"));
	if (options_has(importing->options, "check"))
		return OK;
	r = file_replace(importing->path, buffer_view(&importing->text), 0600, error);
	importing->imported = r == OK;
	return r;
}

static int show(struct importing *importing, struct error *error)
{
	bool json = options_has(importing->options, "json");
	int written, r;

	if (!json) {
		show_bad(importing->import);
		show_rows(importing);
	}
	importing->overlaps = json ? json_array() : NULL;
	if ((r = list_count(buffer_view(&importing->text), visit_overlap, importing,
	                    &importing->counts, error)) != OK)
		return r;
	if (!json) {
		show_left(importing, _("  … and %zu more stand in several entries: --all\n"),
		          importing->overlaps_shown[LIST_SHARED]);
		show_left(importing, _("  … and %zu more lie within others: --all\n"),
		          importing->overlaps_shown[LIST_CONTAINED]);
	}
	written = write_list(importing, error);
	if (json) {
		print_document(importing);
	} else {
		show_summary(importing);
		if (importing->imported)
			say_written(importing->path);
	}
	return written;
}

static int run(struct importing *importing, struct error *error)
{
	const struct options *options = importing->options;
	struct settings settings;
	import_reader *reader;
	int r;

	if ((r = settings_load(options, &settings, error)) != OK ||
	    (r = take_scheme(options, importing->import, error)) != OK ||
	    (r = take_columns(options, importing->import, error)) != OK ||
	    (r = take_constants(options, importing->import, error)) != OK ||
	    (r = check_constants(importing->import, error)) != OK ||
	    (r = take_name(importing, &settings, error)) != OK ||
	    (r = file_read(options->arguments[0], &importing->file, error)) != OK ||
	    (r = take_format(importing, &reader, error)) != OK)
		return r;
	if ((r = reader(importing->import, buffer_view(&importing->file), error)) != OK)
		return error_in_file(error, r, options->arguments[0]);
	if ((r = import_finish(importing->import, error)) != OK ||
	    (r = make_text(importing, error)) != OK)
		return r;
	return show(importing, error);
}

int list_import(int argc, char **argv)
{
	struct options options;
	struct error error = { 0 };
	struct importing importing = { .options = &options };
	int status, r;

	if ((status = options_parse(&usage, argc, argv, &options)) >= 0)
		return status;
	if ((importing.import = import_new()) == NULL)
		return conclude(ERROR_MEMORY, &error);
	importing.most = options_has(&options, "all") ? SIZE_MAX : EXAMPLES_USUALLY;
	buffer_init(&importing.file, IMPORT_SIZE_MAXIMUM);
	buffer_init(&importing.text, LIST_FILE_MAXIMUM);
	r = run(&importing, &error);
	json_decref(importing.overlaps);
	buffer_release(&importing.text);
	buffer_release(&importing.file);
	import_free(importing.import);
	return conclude(r, &error);
}
