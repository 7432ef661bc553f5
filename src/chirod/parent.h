/* The parent: starts the other processes and watches over them. */
#ifndef PARENT_H
#define PARENT_H

#include "configuration.h"

/* Runs a node until it is told to stop (SIGTERM, SIGINT) or keeper or engine
 * ends; `text` is what `configuration` was parsed from. Returns the exit
 * status: 0 when told to stop, 1 otherwise. */
int parent_run(const struct configuration *configuration, struct bytes text);

/* OK when this user can run this configuration: as root both `user` and
 * `keeper-user` name unprivileged users, otherwise neither names another. */
int parent_check_users(const struct configuration *configuration, struct error *error);

#endif
