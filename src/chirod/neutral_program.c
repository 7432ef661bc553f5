#include "neutral_program.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "journal.h"
#include "neutral_charters.h"
#include "neutral_key.h"
#include "parent.h"
#include "parent_setup.h"
#include "system.h"

static int print_vkey(const struct neutral_key *key)
{
	struct buffer vkey;
	int r;

	buffer_init(&vkey, 2 * NOTE_NAME_CAPACITY);
	if ((r = note_key_print(&key->public_key, &vkey)) == OK)
		printf("%.*s\n", (int)vkey.size, (const char *)vkey.data);
	buffer_release(&vkey);
	return r;
}

/* In the keeper's directory, as the keeper's user. */
static int make_key(const struct neutral_configuration *configuration, struct error *error)
{
	struct random_source random = system_random();
	struct neutral_key key;
	int directory = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r;

	if (directory < 0)
		return error_set(error, ERROR_IO, "cannot open '%s/keeper': %s",
		                 configuration->process.home, strerror(errno));
	r = neutral_key_make(directory, configuration->name, &random, error);
	if (r == OK || r == ERROR_EXISTS)
		r = neutral_key_read(directory, configuration->name, &key, error);
	close(directory);
	if (r != OK)
		return r;
	r = print_vkey(&key);
	neutral_key_wipe(&key);
	return r;
}

static int run_key(const struct neutral_configuration *configuration, struct error *error)
{
	const struct configuration *process = &configuration->process;
	int r;

	umask(077);
	if ((r = parent_make_directories(process, true, false, error)) != OK)
		return r;
	if (chdir(process->home) != 0 || chdir("keeper") != 0)
		return error_set(error, ERROR_IO, "cannot enter '%s/keeper': %s", process->home,
		                 strerror(errno));
	if ((r = role_become_user(process->keeper_user, error)) != OK)
		return r;
	return make_key(configuration, error);
}

int neutral_program(enum node_kind kind, enum neutral_task task, struct bytes text, int *ret_status,
                    struct error *error)
{
	struct neutral_charters charters = { 0 };
	struct neutral_configuration *configuration;
	int status = 0;
	int r;

	if ((r = neutral_configuration_parse(text, &configuration, error)) != OK)
		return r;
	if ((r = parent_check_users(&configuration->process, kind, error)) != OK)
		goto out;
	if (task == NEUTRAL_TEST) {
		r = neutral_charters_read(configuration, &charters, error);
	} else if (task == NEUTRAL_KEY) {
		struct error detail = { 0 };

		if (run_key(configuration, &detail) != OK) {
			journal(JOURNAL_ERROR, "%s", detail.message);
			status = 1;
		}
	} else {
		status = parent_run(&configuration->process, text, kind);
	}
	if (r == OK)
		*ret_status = status;
out:
	neutral_charters_release(&charters);
	neutral_configuration_free(configuration);
	return r;
}
