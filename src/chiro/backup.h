/* The two halves of `chiro backup`. Both complain themselves and return the exit
 * status. */
#ifndef BACKUP_H
#define BACKUP_H

#include "options.h"

/* Writes a backup of the node: to the argument, or without one to standard output. */
int backup_make(const struct options *options);

/* Rehearses the restore of the file that --check names, in a place of its own that is
 * removed afterwards, also when the person interrupts it. */
int backup_check(const struct options *options);

#endif
