/* chiro backup: a copy of the node's database. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "command.h"
#include "files.h"
#include "terminal.h"
#include "translate.h"
#include "which_channel.h"

enum { TRIES = 10, PAUSE_SECONDS = 1 };

static const struct usage usage = {
	.name = "backup",
	.arguments = N_("FILE"),
	.help = N_(
	    "Has the node copy its database to a file that must not exist yet, while it goes on "
	    "working. The node writes the file, so it must be able to. The keys and the state of "
	    "the keeper are in no backup: a copy of them could sign a second history. See "
	    "chirod(8) on restoring."),
	.examples = "  chiro backup /var/backups/chirograph-$(date +%F).db\n",
	.common = OPTIONS_NODE | OPTIONS_JSON,
	.arguments_minimum = 1,
	.arguments_maximum = 1,
};

/* The node has a working directory of its own. */
static int absolute_path(const char *path, char ret_path[SETTINGS_PATH_CAPACITY],
                         struct error *error)
{
	char here[SETTINGS_PATH_CAPACITY];
	int size;

	if (path[0] == '/')
		size = snprintf(ret_path, SETTINGS_PATH_CAPACITY, "%s", path);
	else if (getcwd(here, sizeof(here)) == NULL)
		return error_set(error, ERROR_IO, "getcwd: %s", strerror(errno));
	else
		size = snprintf(ret_path, SETTINGS_PATH_CAPACITY, "%s/%s", here, path);
	return size < 0 || size >= SETTINGS_PATH_CAPACITY
	           ? error_set(error, ERROR_LIMIT, _("the path %.64s… is too long"), path)
	           : OK;
}

/* A node that is just writing is asked again. */
static int ask_for_backup(struct api *api, const char *path, json_t **ret_reply,
                          struct error *error)
{
	for (int try = 1;; try++) {
		int r = api_send(api, "POST", json_pack("{s:s}", "path", path), ret_reply, error,
		                 "/v1/backup");

		if (r == OK || api_last_status(api) != 503 || try == TRIES)
			return r;
		sleep(PAUSE_SECONDS);
	}
}

int command_backup(int argc, char **argv)
{
	char path[SETTINGS_PATH_CAPACITY];
	struct options options;
	struct error error = { 0 };
	struct node node;
	json_t *reply = NULL;
	int result, r;

	if ((result = options_parse(&usage, argc, argv, &options)) >= 0)
		return result;
	if (absolute_path(options.arguments[0], path, &error) != OK)
		return complain_error(NULL, &error);
	if ((result = node_open(&options, false, &node)) >= 0)
		return result;
	r = ask_for_backup(node.api, path, &reply, &error);
	if (r == OK && options_has(&options, "json"))
		print_json(reply);
	else if (r == OK)
		printf(_("%s: %" PRIu64 " bytes\n"), member_text(reply, "path"),
		       member_number(reply, "bytes"));
	json_decref(reply);
	node_close(&node);
	if (r == OK)
		return STATUS_OK;
	result = complain_error(NULL, &error);
	if (r == ERROR_IO)
		advise(_("The node writes the copy itself: name a directory that the user as whom "
		         "it works can write to."));
	return result;
}
