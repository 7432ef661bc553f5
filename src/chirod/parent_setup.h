/* What the parent prepares before any other process runs, while it still has
 * the privileges for it. */
#ifndef PARENT_SETUP_H
#define PARENT_SETUP_H

#include "configuration.h"

/* Makes <home>, and as asked <home>/keeper and <home>/data, where they are absent;
 * as root the latter two belong to keeper-user and user. Refuses directories that
 * others could write to. A home that has one of the two which was not asked for is
 * refused: it is another's, in whose database nobody else may write. ERROR_IO,
 * ERROR_DENIED. */
int parent_make_directories(const struct configuration *configuration, bool with_keeper,
                            bool with_data, struct error *error);

/* Binds the Unix socket of the API, with its mode from the start; as root it is
 * given to `user`. A socket left over is replaced; one that is answered on is
 * ERROR_EXISTS. */
int parent_bind_api(const struct configuration *configuration, int *ret_fd, struct error *error);

/* Binds and listens on a TCP endpoint; the first address that its host has. */
int parent_bind_listen(const struct configuration_endpoint *endpoint, int *ret_fd,
                       struct error *error);

/* Sends a line such as "READY=1" to systemd if NOTIFY_SOCKET names its socket
 * (sd_notify(3)). What goes wrong is ignored: nothing depends on it. */
void parent_notify(const char *state);

#endif
