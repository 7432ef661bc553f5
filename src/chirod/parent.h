/* The parent: starts the other processes and watches over them. */
#ifndef PARENT_H
#define PARENT_H

#include "role.h"

/* Runs a node until it is told to stop (SIGTERM, SIGINT) or keeper or engine
 * ends; `text` is what `configuration` was parsed from. Returns the exit
 * status: 0 when told to stop, 1 otherwise. */
int parent_run(const struct configuration *configuration, struct bytes text, enum node_kind kind);

/* OK when this user can run this configuration: as root both `user` and
 * `keeper-user` name unprivileged users, otherwise neither names another. A
 * mirror has no keeper, and whatever `keeper-user` says is not looked at. */
int parent_check_users(const struct configuration *configuration, enum node_kind kind,
                       struct error *error);

#endif
