/* The processor time of the processes of two nodes, by role: what an act costs
 * where. */
#ifndef NODE_TIME_H
#define NODE_TIME_H

#include <sys/types.h>

enum node_role { NODE_ENGINE, NODE_HTTP, NODE_LINK, NODE_KEEPER, NODE_OTHERS, NODE_ROLE_COUNT };

struct node_time {
	double seconds[NODE_ROLE_COUNT];
};

extern const char *const node_role_names[NODE_ROLE_COUNT];

/* Of the children that `parents` have now, both together. */
void node_time_read(const pid_t parents[2], struct node_time *ret_time);

#endif
