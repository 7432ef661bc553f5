/* Before a delegate's authority is ended: what stays open that they have signed. */
#ifndef LEAVING_H
#define LEAVING_H

#include "which_channel.h"

/* Says on standard error what stands, what becomes of drafts, and lists the acts of
 * the delegate with which an obligation of either side is open. Says nothing, and
 * stops nothing, when the node does not answer. */
void leaving_show(const struct node *node, const char *delegate);

#endif
