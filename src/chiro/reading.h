/* What there is to say of a body beside what it says itself. */
#ifndef READING_H
#define READING_H

#include "body_remarks.h"
#include "opened_body.h"
#include "which_channel.h"

/* Adds the remarks on an opened body: what its kind must say and it leaves out,
 * and whether it keeps the charter's word on languages. `act` is an ACT of the
 * API, or one that waits for its second signature. */
void reading_remark(const struct node *node, const json_t *act, const struct opened_body *body,
                    struct body_remarks *remarks);

#endif
