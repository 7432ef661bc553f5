/* Who asks: the user at the other end of the Unix socket, as the kernel says
 * (SO_PEERCRED), and what chirod.conf lets that user do.
 *
 * Names become user ids once, at the start: a user who is made later may ask
 * after the next start.
 */
#ifndef PEER_H
#define PEER_H

#include "configuration.h"

#include <sys/types.h>

struct peer {
	uid_t user;
	char name[CONFIGURATION_USER_CAPACITY];
	enum configuration_permission permission;
};

struct peers {
	size_t count;
	struct peer items[CONFIGURATION_GRANTS_MAXIMUM + 1];
};

/* `self` is who started chirod: an administrator whatever else is configured.
 * Names that the system does not know are reported to the operator and skipped. */
void peers_init(struct peers *peers, const struct configuration *configuration, uid_t self);

/* The peer of a connected socket; NULL when it may do nothing. */
const struct peer *peers_find(const struct peers *peers, int fd);

#endif
