/* A mirror that chiro runs for itself: `chirod mirror`, started and stopped. */
#ifndef MIRROR_PROCESS_H
#define MIRROR_PROCESS_H

#include <sys/types.h>

#include "result.h"

struct mirror_process {
	pid_t pid;
};

/* Starts `program` (found in PATH; where it is not and is `chirod`, where it was
 * installed) over a configuration and waits until it is ready, however long it has to
 * read. What it says goes to the file `journal`. It ends when this process ends.
 * ERROR_NOT_FOUND: no such program; ERROR_STATE: it ended, with what it said last. */
int mirror_start(const char *program, const char *configuration, const char *journal,
                 struct mirror_process *ret_mirror, struct error *error);

/* Has it stop and waits for it. */
void mirror_stop(struct mirror_process *mirror);

#endif
