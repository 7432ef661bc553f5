#include "peer.h"

#include "journal.h"

#include <pwd.h>
#include <stdio.h>
#include <sys/socket.h>

static void add(struct peers *peers, uid_t user, const char *name,
                enum configuration_permission permission)
{
	struct peer *peer = NULL;

	for (size_t i = 0; i < peers->count && peer == NULL; i++)
		if (peers->items[i].user == user)
			peer = &peers->items[i];
	if (peer == NULL) {
		peer = &peers->items[peers->count++];
		peer->user = user;
		snprintf(peer->name, sizeof peer->name, "%s", name);
	}
	if (peer->permission < permission)
		peer->permission = permission;
}

static void add_self(struct peers *peers, uid_t self)
{
	const struct passwd *user = getpwuid(self);
	char name[CONFIGURATION_USER_CAPACITY];

	if (user != NULL)
		snprintf(name, sizeof name, "%.32s", user->pw_name);
	else
		snprintf(name, sizeof name, "user %u", (unsigned)self);
	add(peers, self, name, PERMISSION_ADMIN);
}

void peers_init(struct peers *peers, const struct configuration *configuration, uid_t self)
{
	memset(peers, 0, sizeof *peers);
	add_self(peers, self);
	for (size_t i = 0; i < configuration->grant_count; i++) {
		const struct configuration_grant *grant = &configuration->grants[i];
		const struct passwd *user;

		if (strcmp(grant->user, "*self") == 0)
			continue;
		user = getpwnam(grant->user);
		if (user == NULL)
			journal(JOURNAL_WARNING, "'may %s': there is no such user", grant->user);
		else
			add(peers, user->pw_uid, grant->user, grant->permission);
	}
}

const struct peer *peers_find(const struct peers *peers, int fd)
{
	struct ucred credentials;
	socklen_t size = sizeof credentials;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0)
		return NULL;
	for (size_t i = 0; i < peers->count; i++)
		if (peers->items[i].user == credentials.uid &&
		    peers->items[i].permission > PERMISSION_NONE)
			return &peers->items[i];
	return NULL;
}
