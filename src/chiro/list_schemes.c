/* chiro list schemes: the codes of sectors. */
#include <jansson.h>

#include "api.h"
#include "command.h"
#include "list_command.h"
#include "options.h"
#include "schemes.h"
#include "terminal.h"
#include "translate.h"

enum { NAME_WIDTH = 10, CODE_WIDTH = 28 };

static const struct usage usage = {
	.name = "list schemes",
	.arguments = N_("[SCHEME]"),
	.help = N_("Names the sector schemes that a list can have, or the sectors of one with "
	           "their codes."),
	.examples = "  chiro list schemes US-16\n",
	.common = OPTIONS_JSON,
	.arguments_maximum = 1,
};

static json_t *scheme_document(enum sector_scheme scheme)
{
	json_t *sectors = json_array();

	for (unsigned row = 1; row <= scheme_sectors(scheme); row++) {
		const struct sector *sector = scheme_sector(scheme, row);

		json_array_append_new(sectors, json_pack("{s:i,s:s,s:s,s:s}", "row", (int)row,
		                                         "code", sector->code, "name", sector->name,
		                                         "name_ru", sector->name_ru));
	}
	return json_pack("{s:s,s:s,s:s,s:o}", "scheme", scheme_name(scheme), "title",
	                 scheme_title(scheme), "title_ru", scheme_title_ru(scheme), "sectors",
	                 sectors);
}

static void show_title(enum sector_scheme scheme)
{
	fputs(style(stdout, STYLE_STRONG), stdout);
	print_padded(stdout, scheme_name(scheme), NAME_WIDTH);
	fputs(style(stdout, STYLE_PLAIN), stdout);
	print_hanging(stdout, NAME_WIDTH,
	              terminal_speaks("ru") ? scheme_title_ru(scheme) : scheme_title(scheme));
}

static void show_sectors(enum sector_scheme scheme)
{
	show_title(scheme);
	for (unsigned row = 1; row <= scheme_sectors(scheme); row++) {
		const struct sector *sector = scheme_sector(scheme, row);

		fputs("  ", stdout);
		print_padded(stdout, sector->code, CODE_WIDTH);
		print_hanging(stdout, CODE_WIDTH + 2,
		              terminal_speaks("ru") ? sector->name_ru : sector->name);
	}
}

int list_schemes(int argc, char **argv)
{
	struct options options;
	enum sector_scheme only = SCHEME_NONE;
	json_t *document, *list = json_array();
	bool json;
	int status;

	if ((status = options_parse(&usage, argc, argv, &options)) >= 0)
		goto out;
	status = STATUS_OK;
	json = options_has(&options, "json");
	if (options.argument_count > 0 &&
	    (!scheme_named(bytes_of_string(options.arguments[0]), &only) || only == SCHEME_NONE)) {
		status = usage_error(&usage, _("there is no scheme '%.64s'"), options.arguments[0]);
		goto out;
	}
	for (int i = SCHEME_US_16; i < SCHEME_COUNT; i++) {
		enum sector_scheme scheme = (enum sector_scheme)i;

		if (only != SCHEME_NONE && scheme != only)
			continue;
		if (json)
			json_array_append_new(list, scheme_document(scheme));
		else if (only == SCHEME_NONE)
			show_title(scheme);
		else
			show_sectors(scheme);
	}
	if (json) {
		document = json_pack("{s:O}", "schemes", list);
		print_json(document);
		json_decref(document);
	}
out:
	json_decref(list);
	return status;
}
