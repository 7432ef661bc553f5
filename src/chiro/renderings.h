/* Protests against a rendering: comments that answer an act and say in their fields
 * which words of which part are objected to, and what is proposed instead. */
#ifndef RENDERINGS_H
#define RENDERINGS_H

#include "body_remarks.h"
#include "which_channel.h"

/* Adds what is objected to in the body of `act`, beside the parts; of the newest 16
 * comments that answer it. What cannot be opened is passed over. */
void renderings_remark(struct node *node, const json_t *act, struct body_remarks *remarks);

#endif
