/* chiro list: lists of critical infrastructure, one's own and the other side's. */
#include <string.h>

#include "command.h"
#include "list_command.h"
#include "nearest.h"
#include "terminal.h"
#include "translate.h"

/* In the order in which one meets them. */
static const struct command parts[] = {
	{ "import", N_("make a list of one's own from a file"), list_import },
	{ "show", N_("show one's own lists, or one of them"), list_show },
	{ "diff", N_("what changed from one list to another"), list_compare },
	{ "schemes", N_("the sectors that an entry can be of"), list_schemes },
	{ "commit", N_("hand a list over, swap it, or have it asked about"), list_commit },
	{ "reveal", N_("open a list that was committed to in a swap"), list_reveal },
	{ "update", N_("publish a new version of a list"), list_update },
	{ "retire", N_("end the permission to use a list"), list_retire },
	{ "check", N_("ask whether something is on a match-only list of the other side's"),
	  list_check },
	{ "budget", N_("show what was asked of match-only lists, and what is left"), list_budget },
	{ "prove", N_("write a bundle that shows a hit to others"), list_prove },
	{ "reply", N_("answer a question that the other side has put on record"), list_reply },
};

enum { PART_COUNT = sizeof(parts) / sizeof(parts[0]), NAME_WIDTH = 10 };

static int list_parts(FILE *file, int status)
{
	fputs(_("usage: chiro list <subcommand> [options]\n\n"), file);
	for (size_t i = 0; i < PART_COUNT; i++) {
		fputs("  ", file);
		print_padded(file, parts[i].name, NAME_WIDTH);
		print_hanging(file, NAME_WIDTH + 2, _(parts[i].help));
	}
	fputc('\n', file);
	print_wrapped(file, 0,
	              _("'chiro help list <subcommand>' explains one. See chiro-list(1)."));
	return status;
}

int command_list(int argc, char **argv)
{
	const char *names[PART_COUNT], *nearest;

	if (argc < 2)
		return list_parts(stderr, STATUS_USAGE);
	if (strcmp(argv[1], "--help") == 0)
		return list_parts(stdout, STATUS_OK);
	for (size_t i = 0; i < PART_COUNT; i++) {
		if (strcmp(argv[1], parts[i].name) == 0)
			return parts[i].run(argc - 1, argv + 1);
		names[i] = parts[i].name;
	}
	nearest = nearest_word(argv[1], names, PART_COUNT);
	complain(_("list: there is no '%s'"), argv[1]);
	if (nearest != NULL)
		advise(_("Did you mean '%s'?"), nearest);
	else
		advise(_("'chiro help list' lists what there is."));
	return STATUS_USAGE;
}
