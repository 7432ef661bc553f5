/* chiro backup: what a node has, sealed; and the rehearsal of its restore. */
#include "backup.h"
#include "command.h"
#include "translate.h"

static const struct option_row rows[] = {
	{ .name = "recipient",
	  .value = N_("KEY"),
	  .help = N_("seal the backup to this age recipient (age1…), or that of the key in this "
	             "file; 'backup-recipient' in chirod.conf without this option"),
	  .repeated = true },
	{ .name = "unsealed",
	  .help = N_("do not seal it: whoever has the file reads who acted when, and how") },
	{ .name = "check",
	  .value = N_("FILE"),
	  .help = N_("rehearse the restore of this backup: restore it in a place of its own, "
	             "start a mirror on it, and export and verify every record") },
	{ .name = "identity",
	  .value = N_("FILE"),
	  .help = N_("with --check: the age identity that opens the backup") },
	{ .name = "chirod",
	  .value = N_("PROGRAM"),
	  .help = N_("with --check: the program that is to be the mirror; 'chirod' without this "
	             "option") },
	{ 0 },
};

static const struct usage usage = {
	.name = "backup",
	.arguments = N_("[FILE]"),
	.help = N_(
	    "Writes a backup of the node to a file that must not exist yet, or to standard "
	    "output, while the node goes on working: a tar with the database, chirod.conf and "
	    "the charters, sealed by age. 'age -d -i KEY FILE | tar x' opens it. The keys and "
	    "the state of the keeper are in no backup: a copy of them could sign a second "
	    "history. Nor are the keys of match-only lists: with a copy of them a list can be read "
	    "by whoever has its pairs. Where they are lost, each such list needs a new epoch "
	    "(chiro list update). See chirod(8) on restoring.\n\n"
	    "With --check a backup is restored into a temporary folder (under TMPDIR, which needs "
	    "about three times its size), a mirror is started on it, and every record is exported "
	    "from that and verified. Says as of which entries, and what could not be checked. "
	    "Exits with 0 when the backup is good, 1 when it is damaged or something is missing."),
	.examples = "  chiro backup --recipient age1… /media/backup/chirograph-$(date +%F).age\n"
		    "  chiro backup --recipient age1… | ssh elsewhere 'cat >chirograph.age'\n"
		    "  chiro backup --check chirograph.age --identity backup.key\n",
	.rows = rows,
	.common = OPTIONS_NODE | OPTIONS_JSON,
	.arguments_minimum = 0,
	.arguments_maximum = 1,
};

int command_backup(int argc, char **argv)
{
	struct options options;
	int result;

	if ((result = options_parse(&usage, argc, argv, &options)) >= 0)
		return result;
	if (options_has(&options, "check")) {
		if (options.argument_count > 0 || options_has(&options, "recipient") ||
		    options_has(&options, "unsealed"))
			return usage_error(&usage,
			                   _("--check makes no backup, it reads the one it names"));
		return backup_check(&options);
	}
	if (options_has(&options, "identity") || options_has(&options, "chirod"))
		return usage_error(&usage, _("--identity and --chirod belong to --check"));
	if (options_has(&options, "unsealed") && options_has(&options, "recipient"))
		return usage_error(&usage, _("--recipient and --unsealed exclude each other"));
	return backup_make(&options);
}
