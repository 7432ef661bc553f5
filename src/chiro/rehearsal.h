/* The rehearsal of a restore, in a folder that is there for it alone: a backup is read
 * from its file and taken apart, a mirror is started on its database, and every record
 * is exported through the mirror's API and verified.
 */
#ifndef REHEARSAL_H
#define REHEARSAL_H

#include "options.h"

/* `folder` exists and is empty; the caller removes it and what is in it, and everything
 * that was started ends with this process. Says what it found on standard output, complains
 * about what is wrong, and returns the exit status: STATUS_OK when everything that the
 * backup holds is as it should be. */
int rehearse(const struct options *options, const char *folder);

#endif
