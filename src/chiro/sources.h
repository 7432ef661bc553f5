/* Circular sources: whether what an act rests on was supplied by the side that cites
 * it, or stands already in an earlier body of either side. Captures, addresses and
 * quotations are compared, and captures with the files that were attached to bodies.
 * Earlier bodies are opened in this process, one after the other; nothing of them is
 * kept. */
#ifndef SOURCES_H
#define SOURCES_H

#include "body_remarks.h"
#include "opened_body.h"
#include "which_channel.h"

/* How many earlier bodies are opened: the newest of those that can have sources. */
enum { SOURCES_USUALLY = 32, SOURCES_AT_MOST = 1000 };

/* Adds what is to be said of the sources of `act`, whose body is open. */
void sources_remark(struct node *node, const json_t *act, const struct opened_body *body,
                    size_t most, struct body_remarks *remarks);

#endif
