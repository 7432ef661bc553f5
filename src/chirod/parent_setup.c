#include "parent_setup.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pwd.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 64 };

/* A directory that is ours and in which nobody else may do what `others` has. */
static int make_directory(const char *path, mode_t mode, mode_t others, const char *user,
                          struct error *error)
{
	const struct passwd *owner = user[0] != '\0' && geteuid() == 0 ? getpwnam(user) : NULL;
	uid_t uid = owner != NULL ? owner->pw_uid : geteuid();
	struct stat status;

	if (mkdir(path, mode) == 0) {
		/* Whatever the umask was. */
		if (chmod(path, mode) != 0 ||
		    (owner != NULL && lchown(path, owner->pw_uid, owner->pw_gid) != 0))
			return error_set(error, ERROR_IO, "cannot give '%s' to '%s': %s", path,
			                 user, strerror(errno));
	} else if (errno != EEXIST) {
		return error_set(error, ERROR_IO, "cannot make the directory '%s': %s", path,
		                 strerror(errno));
	}
	if (lstat(path, &status) != 0 || !S_ISDIR(status.st_mode))
		return error_set(error, ERROR_DENIED, "'%s' is not a directory", path);
	if (status.st_uid != uid)
		return error_set(error, ERROR_DENIED,
		                 "'%s' belongs to another user than who works in it", path);
	if ((status.st_mode & others) != 0)
		return error_set(error, ERROR_DENIED,
		                 "'%s' is open to other users: give it mode %03o", path,
		                 (unsigned)mode);
	return OK;
}

/* One of the directories below home, or the certainty that there is none. */
static int make_or_miss(const struct configuration *configuration, const char *name, bool wanted,
                        const char *user, struct error *error)
{
	char path[CONFIGURATION_PATH_CAPACITY + 16];

	snprintf(path, sizeof(path), "%s/%s", configuration->home, name);
	if (wanted)
		return make_directory(path, 0700, 077, user, error);
	if (access(path, F_OK) == 0)
		return error_set(error, ERROR_DENIED,
		                 "'%s' is the home of another kind of chirod, as there is '%s': "
		                 "this one needs a home of its own",
		                 configuration->home, path);
	return OK;
}

int parent_make_directories(const struct configuration *configuration, bool with_keeper,
                            bool with_data, struct error *error)
{
	int r;

	/* Through home the two users reach their own directories, and see no other. */
	if ((r = make_directory(configuration->home, geteuid() == 0 ? 0711 : 0700, 022, "",
	                        error)) != OK ||
	    (r = make_or_miss(configuration, "keeper", with_keeper, configuration->keeper_user,
	                      error)) != OK)
		return r;
	return make_or_miss(configuration, "data", with_data, configuration->user, error);
}

static int system_failure(struct error *error, const char *what, const char *name)
{
	return error_set(error, ERROR_IO, "cannot %s '%s': %s", what, name, strerror(errno));
}

/* Removes a socket on which nobody listens any more. */
static int remove_stale(const struct sockaddr_un *address, struct error *error)
{
	struct stat status;
	int fd, connected;

	if (lstat(address->sun_path, &status) != 0)
		return errno == ENOENT ? OK : system_failure(error, "look at", address->sun_path);
	if (!S_ISSOCK(status.st_mode))
		return error_set(error, ERROR_EXISTS, "'%s' exists and is not a socket",
		                 address->sun_path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return system_failure(error, "make a socket for", address->sun_path);
	connected = connect(fd, (const struct sockaddr *)address, sizeof(*address));
	close(fd);
	if (connected == 0)
		return error_set(error, ERROR_EXISTS, "another process listens on '%s'",
		                 address->sun_path);
	if (unlink(address->sun_path) != 0)
		return system_failure(error, "remove", address->sun_path);
	return OK;
}

static int give_to_user(const struct configuration *configuration, struct error *error)
{
	const struct passwd *user;

	if (geteuid() != 0)
		return OK;
	user = getpwnam(configuration->user);
	if (user == NULL || lchown(configuration->socket, user->pw_uid, user->pw_gid) != 0)
		return system_failure(error, "give to its user", configuration->socket);
	return OK;
}

int parent_bind_api(const struct configuration *configuration, int *ret_fd, struct error *error)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	mode_t mask;
	int fd, bound, r;

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", configuration->socket);
	if ((r = remove_stale(&address, error)) != OK)
		return r;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return system_failure(error, "make a socket for", configuration->socket);
	/* Nobody can connect before owner and mode are right. */
	mask = umask(0777);
	bound = bind(fd, (const struct sockaddr *)&address, sizeof(address));
	umask(mask);
	if (bound != 0)
		r = system_failure(error, "bind", configuration->socket);
	else if ((r = give_to_user(configuration, error)) == OK &&
	         (chmod(configuration->socket, configuration->socket_mode) != 0 ||
	          listen(fd, BACKLOG) != 0))
		r = system_failure(error, "listen on", configuration->socket);
	if (r != OK)
		close(fd);
	else
		*ret_fd = fd;
	return r;
}

/* A listening socket on one address, or -1. */
static int listen_on(const struct addrinfo *address)
{
	int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int yes = 1;

	if (fd < 0)
		return -1;
	/* TCP_NODELAY is inherited by what is accepted. */
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) == 0 &&
	    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes)) == 0 &&
	    bind(fd, address->ai_addr, address->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	close(fd);
	return -1;
}

int parent_bind_listen(const struct configuration_endpoint *endpoint, int *ret_fd,
                       struct error *error)
{
	struct addrinfo hints = {
		.ai_flags = AI_PASSIVE | AI_NUMERICSERV,
		.ai_socktype = SOCK_STREAM,
	};
	struct addrinfo *addresses;
	char port[8];
	int failed, fd = -1;

	snprintf(port, sizeof(port), "%u", (unsigned)endpoint->port);
	failed = getaddrinfo(endpoint->host, port, &hints, &addresses);
	if (failed != 0)
		return error_set(error, ERROR_IO, "cannot listen on '%s': %s", endpoint->host,
		                 gai_strerror(failed));
	for (const struct addrinfo *at = addresses; at != NULL && fd < 0; at = at->ai_next)
		fd = listen_on(at);
	freeaddrinfo(addresses);
	if (fd < 0)
		return error_set(error, ERROR_IO, "cannot listen on '%s' port %s: %s",
		                 endpoint->host, port, strerror(errno));
	*ret_fd = fd;
	return OK;
}

void parent_notify(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t size = path != NULL ? strlen(path) : 0;
	int fd;

	if (size == 0 || size >= sizeof(address.sun_path))
		return;
	memcpy(address.sun_path, path, size);
	if (path[0] == '@')
		address.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	sendto(fd, state, strlen(state), MSG_NOSIGNAL, (const struct sockaddr *)&address,
	       (socklen_t)(offsetof(struct sockaddr_un, sun_path) + size));
	close(fd);
}
