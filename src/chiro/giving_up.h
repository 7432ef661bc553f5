/* Reading keys that are given up for ever, as people see it: `chiro keys --destroy`. */
#ifndef GIVING_UP_H
#define GIVING_UP_H

#include "options.h"
#include "which_channel.h"

/* Below the keys of a side: those to which bodies are or were sealed, and how it stands
 * with each. `keys` is the READINGKEYS of the API; nothing for a side that has one. */
void giving_up_list(const json_t *keys, const char *party);

/* What our next attestation gives up: shows it, asks, and has the head sign it. Returns
 * the exit status; closes the node. */
int giving_up_run(const struct options *options, struct node *node);

#endif
