/* Match-only lists of ours whose keys the node's evaluator does not have: after its directory was
 * lost, or a restore. What is asked of them is refused until their owner publishes them anew. */
#ifndef LOST_KEYS_H
#define LOST_KEYS_H

#include "api.h"

/* Says on a line which those of a channel are, a CHANNEL of the node's status; `quiet`: nothing.
 * Whether there are any; false too where the node does not say. */
bool lost_keys_show(struct api *api, const json_t *channel, bool quiet);

#endif
