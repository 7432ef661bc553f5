#include "channel_internal.h"

#include <stdio.h>

/* A mirror holds no key and meets nobody: it is fed from files and shows what it
 * has. What it cannot be asked for, the table in api_handle.c says. */

#define MIRROR_REASON "this is a mirror: it copies what the node has and writes nothing itself"

void channel_make_mirror(struct engine_channel *channel)
{
	channel->copying = true;
	channel->read_only = true;
	channel->unreceipted_since = 0;
	/* A fault, or that the node was rolled back, came with the copy and matters more. */
	if (channel->reason[0] == '\0')
		snprintf(channel->reason, sizeof channel->reason, "%s", MIRROR_REASON);
}

bool channel_reason_alarms(const struct engine_channel *channel)
{
	return channel->reason[0] != '\0' && strcmp(channel->reason, MIRROR_REASON) != 0;
}
