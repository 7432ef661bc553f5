/* chiro rules: what kinds of acts there are, what may follow in a matter, and what then
 * becomes of it. */
#include "command.h"
#include "listing.h"
#include "options.h"
#include "rules_view.h"
#include "translate.h"

static const struct option_row rows[] = {
	{ .name = "dot", .help = N_("draw the states instead, for graphviz") },
	{ 0 },
};

static const struct usage usage = {
	.name = "rules",
	.arguments = N_("[KIND|MATTER]..."),
	.help = N_(
	    "Shows the rules that every charter with 'rules 1' fixes: of each kind of act who "
	    "signs it, what it needs, what it answers and to what it obliges the other side; and "
	    "of each matter what may follow, said by whom, and what then becomes of it. With the "
	    "name of a kind or of a matter it shows that alone."),
	.examples = "  chiro rules allegation\n  chiro rules accept\n"
		    "  chiro rules --dot proposal | dot -Tsvg > proposal.svg\n",
	.rows = rows,
	.common = OPTIONS_JSON,
	.arguments_maximum = KIND_COUNT,
};

static enum matter_kind matter_by_name(const char *name)
{
	unsigned matter = 0;

	while (matter < MATTER_KIND_COUNT && strcmp(matter_kind_name(matter), name) != 0)
		matter++;
	return (enum matter_kind)matter;
}

/* Some names are those of a matter and of the kind that opens it: then both are meant. */
static int show(const char *name)
{
	enum matter_kind matter = matter_by_name(name);
	const struct kind *kind = kind_by_name(bytes_of_string(name));

	if (matter == MATTER_KIND_COUNT && kind == NULL)
		return usage_error(&usage, _("there is no kind of act or matter '%s'"), name);
	if (matter != MATTER_KIND_COUNT)
		rules_show_matter(matter);
	else
		rules_show_kind(kind);
	return STATUS_OK;
}

static int draw(const struct options *options)
{
	enum matter_kind matter;

	if (options->argument_count == 0) {
		rules_draw(MATTER_KIND_COUNT);
		return STATUS_OK;
	}
	matter = matter_by_name(options->arguments[0]);
	if (options->argument_count > 1 || matter == MATTER_KIND_COUNT ||
	    !rules_has_drawing(matter))
		return usage_error(&usage, _("'%s' is no matter that has states to draw"),
		                   options->arguments[options->argument_count - 1]);
	rules_draw(matter);
	return STATUS_OK;
}

static void show_all(void)
{
	for (unsigned i = 0; i < MATTER_KIND_COUNT; i++) {
		if (i > 0)
			putchar('\n');
		rules_show_matter((enum matter_kind)i);
	}
}

int command_rules(int argc, char **argv)
{
	struct options options;
	json_t *tables;
	int result;

	if ((result = options_parse(&usage, argc, argv, &options)) >= 0)
		return result;
	if (options_has(&options, "dot"))
		return draw(&options);
	if (options_has(&options, "json")) {
		if ((tables = rules_json()) == NULL)
			return conclude(ERROR_MEMORY, &(struct error){ 0 });
		print_json(tables);
		json_decref(tables);
		return STATUS_OK;
	}
	if (options.argument_count == 0)
		show_all();
	for (size_t i = 0; i < options.argument_count && result <= STATUS_OK; i++)
		result = show(options.arguments[i]);
	return result < 0 ? STATUS_OK : result;
}
