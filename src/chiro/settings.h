/* Who the person is and where the node is: options, then the environment, then
 * files.
 *
 *     socket    --socket, CHIRO_SOCKET, `socket` of HOME/chirod.conf,
 *               /run/chirograph/api.sock
 *     home      --home, CHIRO_HOME; "" when neither is given
 *     author    --author, CHIRO_AUTHOR, identity file
 *     key       --key, CHIRO_KEY, identity file: a private key, or a public key
 *               whose private half is in ssh-agent
 *
 * The identity file is HOME/identity, else ~/.config/chirograph/identity:
 *
 *     chirograph.identity/1
 *     author a.head
 *     key /home/a/.ssh/id_chirograph
 *     reading-identity /home/a/.config/chirograph/reading.txt
 *
 * in which a relative path is relative to the file's directory.
 */
#ifndef SETTINGS_H
#define SETTINGS_H

#include "configuration.h"
#include "options.h"

enum { SETTINGS_PATH_CAPACITY = 1024, SETTINGS_AUTHOR_CAPACITY = 65 };

struct settings {
	char home[SETTINGS_PATH_CAPACITY];
	char socket[SETTINGS_PATH_CAPACITY];
	char author[SETTINGS_AUTHOR_CAPACITY];         /* "" when unknown */
	char key[SETTINGS_PATH_CAPACITY];              /* "" when unknown */
	char reading_identity[SETTINGS_PATH_CAPACITY]; /* "" when unknown */
};

/* Options that the command does not have count as not given. ERROR_USAGE (a file
 * is wrong, with its line) or ERROR_IO. */
int settings_load(const struct options *options, struct settings *ret_settings,
                  struct error *error);

/* The directory where things of the person are kept (identity, cards): home, or
 * ~/.config/chirograph where there is none. ERROR_NOT_FOUND without HOME,
 * ERROR_LIMIT. */
int settings_directory(const struct settings *settings, char ret_path[SETTINGS_PATH_CAPACITY]);

/* A folder in it, such as `lists`: its path and, with `make`, the folder with what is above it,
 * up to `~/.config`. ERROR_USAGE: the person has no directory; ERROR_LIMIT, ERROR_IO. */
int settings_folder(const struct settings *settings, const char *name, bool make, char *ret_path,
                    size_t capacity, struct error *error);

/* Reads HOME/chirod.conf; ERROR_NOT_FOUND when there is no home or no such file. */
int settings_configuration(const struct settings *settings, struct configuration *ret_configuration,
                           struct error *error);

#endif
