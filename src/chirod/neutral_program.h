/* `chirod witness` and `chirod depositary`: what the command line asks of them. */
#ifndef NEUTRAL_PROGRAM_H
#define NEUTRAL_PROGRAM_H

#include "role.h"

enum neutral_task {
	NEUTRAL_RUN,  /* until it is told to stop */
	NEUTRAL_TEST, /* -t: is the configuration correct, with the charters it names? */
	NEUTRAL_KEY   /* -k: makes the key if there is none, and prints its vkey */
};

/* `text` is that of the configuration file. ERROR_USAGE and others for a configuration
 * that is wrong, with the line if it has one; otherwise OK, and the exit status. */
int neutral_program(enum node_kind kind, enum neutral_task task, struct bytes text, int *ret_status,
                    struct error *error);

#endif
