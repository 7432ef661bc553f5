/* chiro practice: a channel on this machine with a counterpart that answers by itself,
 * so that a newcomer can use every command and hurt nobody.
 *
 * A directory holds it all:
 *
 *     lock             held by the process in the background, whose number is in it
 *     you/             the node of the one who practises (party north), its keys
 *     counterpart/     the other node (party south)
 *     *.log            what the two nodes and the counterpart said
 *     progress         which lesson is open: see practice_progress.h
 *
 * Both nodes are real: two chirod, a charter, a line between them. Only the clocks of
 * the charter are short, so that silence can be seen in minutes.
 */
#ifndef PRACTICE_H
#define PRACTICE_H

#include <stdbool.h>
#include <sys/types.h>

#include "result.h"

enum { PRACTICE_PATH_CAPACITY = 256 };

#define PRACTICE_ENVIRONMENT "CHIRO_PRACTICE" /* the directory, in the shell of a practice */
#define PRACTICE_OWN         "north"
#define PRACTICE_OTHER       "south"
#define PRACTICE_OWN_HOME    "you"
#define PRACTICE_OTHER_HOME  "counterpart"

struct practice {
	char directory[PRACTICE_PATH_CAPACITY]; /* absolute */
	char own_home[PRACTICE_PATH_CAPACITY];
	char other_home[PRACTICE_PATH_CAPACITY];
};

/* Of a directory that need not exist; ERROR_LIMIT when its path is too long for the
 * sockets of the nodes. */
int practice_init(struct practice *ret_practice, const char *directory, struct error *error);

/* Whether the background process of this practice runs, and its number. */
bool practice_is_running(const struct practice *practice, pid_t *ret_pid);

/* Whether its channel has been opened. */
bool practice_is_open(const struct practice *practice);

/* --- practice_setup.c --- */

/* Makes the directory and the two nodes in it. ERROR_EXISTS. */
int practice_make(const struct practice *practice, struct error *error);

/* With both nodes running: cards, charter, accessions, until the channel is in force. */
int practice_open_channel(const struct practice *practice, struct error *error);

/* --- practice_process.c --- */

/* Starts the background process with both nodes and, once the channel is open, the
 * counterpart; OK when the nodes answer. */
int practice_start(const struct practice *practice, struct error *error);

/* Ends it, and waits until it is gone. */
void practice_stop(const struct practice *practice);

/* --- practice_counterpart.c --- */

/* What the counterpart does, once: opens the next lesson when it is time, and answers
 * what has come. Failures are said on standard error and tried again at the next call. */
void practice_counterpart_step(const struct practice *practice);

#endif
