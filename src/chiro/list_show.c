/* chiro list show: one's own lists. */
#include "command.h"
#include "list_command.h"
#include "list_files.h"
#include "terminal.h"
#include "translate.h"

static const struct usage usage = {
	.name = "list show",
	.help = N_("Names the lists that the person keeps on this machine."),
	.common = OPTIONS_NODE,
};

struct naming {
	size_t count;
};

static int name_one(void *context, const char *name, const char *path)
{
	struct naming *naming = context;

	(void)path;
	naming->count++;
	puts(name);
	return OK;
}

int list_show(int argc, char **argv)
{
	struct naming naming = { 0 };
	struct settings settings;
	struct options options;
	struct error error = { 0 };
	int status, r;

	if ((status = options_parse(&usage, argc, argv, &options)) >= 0)
		return status;
	if ((r = settings_load(&options, &settings, &error)) == OK &&
	    (r = list_files_each(&settings, name_one, &naming, &error)) == OK && naming.count == 0)
		puts(_("You keep no list."));
	return conclude(r, &error);
}
