/* What follows when a side suspends, resumes, withdraws or closes: said before it is
 * signed, on standard error. */
#ifndef CONSEQUENCES_H
#define CONSEQUENCES_H

#include "act.h"
#include "which_channel.h"

/* Nothing for acts of other kinds. What the node cannot be asked is left out. */
void consequences_show(struct node *node, const struct act *act);

/* One line: what the state of a CHANNEL of the API means, and what can be done next. Nothing
 * for one that is in force. */
void consequences_of_state(const json_t *channel);

#endif
