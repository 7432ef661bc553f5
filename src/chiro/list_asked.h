/* What there is to see of a match-only list, ours or the other side's: what its act commits to
 * and the table in its body; and whether the pairs in the body are those of the commitment. */
#ifndef LIST_ASKED_H
#define LIST_ASKED_H

#include "which_channel.h"

/* Whether the act of this name brings a match-only list. The results of the node. */
int list_is_asked(struct node *node, const char *name, bool *ret_is_asked, struct error *error);

/* Shows it. ERROR_MISMATCH: the body is not what the act commits to, which is on record; then
 * what the act says has been shown all the same. The results of body_by_name. */
int list_asked_show(struct node *node, const char *name, const char *identity, bool json,
                    struct error *error);

#endif
