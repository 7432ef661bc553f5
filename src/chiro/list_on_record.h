/* Questions to a list as acts: `query`, and what its `reply` says. */
#ifndef LIST_ON_RECORD_H
#define LIST_ON_RECORD_H

#include "list_checking.h"

/* Blinds what is asked, keeps the blinds, and logs the act. `ret_status` is that of the command.
 * ERROR_USAGE: too much for one act, or of several classes. */
int list_on_record_ask(struct list_checking *checking, const struct options *options,
                       int *ret_status, struct error *error);

/* Reads the reply to a query of ours: as if it had been asked just now. ERROR_WAIT: there is none
 * yet; ERROR_STATE: it refuses; ERROR_SIGNATURE: it is wrong. */
int list_on_record_finish(struct list_checking *checking, const char *query, struct error *error);

#endif
