/* The processes of chirod and how they start.
 *
 * The parent makes a socketpair and executes chirod again as `chirod -r <role>`
 * with that socket as descriptor 3 and nothing else but standard error. Over it
 * the new process gets its configuration and its descriptors:
 *
 *     PARENT_CONFIGURATION  the text of chirod.conf
 *     PARENT_DESCRIPTOR     { u8 enum role_descriptor } and a descriptor
 *     PARENT_START          { u32 uid of who started chirod, u8 enum node_kind }:
 *                           everything has been given
 *
 * and answers PARENT_READY when it can work. The engine may get
 * PARENT_DESCRIPTOR again later: link, messenger, http, reader, alarm and evaluator are restarted, and
 * this is the socket to the new one; the old one is to be released, with everything
 * that was under way over it.
 *
 * Every role ends, with status 0, when its socket to the parent is closed. No
 * role but the parent heeds SIGINT, SIGTERM or SIGHUP.
 */
#ifndef ROLE_H
#define ROLE_H

#include <sys/types.h>

#include "message.h"
#include "neutral_configuration.h"

enum process_role {
	PROCESS_PARENT,
	PROCESS_KEEPER,
	PROCESS_ENGINE,
	PROCESS_LINK,
	PROCESS_MESSENGER,
	PROCESS_HTTP,
	PROCESS_READER,
	PROCESS_ALARM,
	PROCESS_EVALUATOR,
	PROCESS_NOTARY,
	PROCESS_COUNTER,
	PROCESS_COUNT
};

/* What a chirod is, by the roles that run in it. */
enum node_kind {
	NODE_WHOLE,      /* keeper, engine, link, messenger, http, reader, alarm, evaluator */
	NODE_MIRROR,     /* engine and http: copies and shows, holds no key, meets nobody */
	NODE_WITNESS,    /* notary and counter: not a node, but a neutral between nodes */
	NODE_DEPOSITARY, /* the same, and takes deposits */
	NODE_KIND_COUNT
};

enum {
	PARENT_CONFIGURATION = 0x0010,
	PARENT_DESCRIPTOR = 0x0011,
	PARENT_START = 0x0012,
	PARENT_READY = 0x0013
};

/* What a descriptor is to the role that gets it. */
enum role_descriptor {
	DESCRIPTOR_KEEPER,    /* engine: the socket to the keeper */
	DESCRIPTOR_ENGINE,    /* keeper, link, messenger, http, reader, alarm, evaluator: the
	                       * socket to the engine */
	DESCRIPTOR_LINK,      /* engine: the socket to link */
	DESCRIPTOR_MESSENGER, /* engine: the socket to the messenger */
	DESCRIPTOR_HTTP,      /* engine: the socket to http */
	DESCRIPTOR_READER,    /* engine: the socket to the reader */
	DESCRIPTOR_ALARM,     /* engine: the socket to the alarm */
	DESCRIPTOR_EVALUATOR, /* engine: the socket to the evaluator */
	DESCRIPTOR_API,       /* http: the listening Unix socket */
	DESCRIPTOR_LISTEN,    /* link, counter: a listening TCP socket; up to four */
	DESCRIPTOR_NOTARY,    /* counter: the socket to the notary */
	DESCRIPTOR_COUNTER,   /* notary: the socket to the counter, again when that was restarted */
	DESCRIPTOR_COUNT
};

enum { ROLE_PARENT_FD = 3 };

/* What a role is started with. The role takes all descriptors: -1 where there
 * is none. */
struct role_context {
	enum process_role role;
	struct configuration configuration;
	struct buffer configuration_text; /* what it was parsed from */
	struct neutral_configuration
	    *neutral; /* of a notary or counter: all of theirs; else NULL */
	uid_t self;   /* who started chirod: `*self` in the configuration */
	enum node_kind kind;
	struct message_socket parent;
	int descriptors[DESCRIPTOR_COUNT]; /* save DESCRIPTOR_LISTEN */
	size_t listen_count;
	int listen[CONFIGURATION_ENDPOINTS_MAXIMUM];
};

/* "parent", "keeper", "engine", "link", "messenger", "http", "reader", "alarm",
 * "evaluator", "notary", "counter". */
const char *process_role_name(enum process_role role);

/* PROCESS_COUNT when unknown. */
enum process_role process_role_by_name(const char *name);

/* The start of every role, before anything else: ignores signals, sets umask,
 * receives configuration and descriptors over ROLE_PARENT_FD, gives up
 * privileges and the ability to regain them, changes to the role's directory
 * (<home>/keeper, <home>/data, or /), forbids core dumps and being traced. */
int role_start(enum process_role role, struct role_context *ret_context, struct error *error);

/* Tells the parent that this role works. */
int role_ready(struct role_context *context);

/* Reads PARENT_DESCRIPTOR: for the engine, when a peer was restarted. The
 * descriptor is then the caller's. ERROR_SYNTAX for anything else. */
int role_get_descriptor(const struct message *message, enum role_descriptor *ret_descriptor,
                        int *ret_fd);

/* Closes what the role has not taken (set to -1 what was). */
void role_context_release(struct role_context *context);

/* Becomes that user for good, if this process is root's. `name` is empty when the
 * configuration has none. ERROR_USAGE, ERROR_IO. */
int role_become_user(const char *name, struct error *error);

/* For the parent: a fresh process in a role, executed from `program` (a
 * descriptor of chirod's own file). Gives its id and the parent's end of its
 * socket. */
int role_spawn(enum process_role role, int program, pid_t *ret_pid, int *ret_socket,
               struct error *error);

/* For the parent: the messages that role_start expects. `fd` is taken. */
int role_send_configuration(struct message_socket *socket, struct bytes text);
int role_send_descriptor(struct message_socket *socket, enum role_descriptor descriptor, int fd);
int role_send_start(struct message_socket *socket, uid_t self, enum node_kind kind);

/* The entry points; each returns the exit status of its process. They stand in
 * src/chirod, a file a role. */
int keeper_main(struct role_context *context);
int engine_main(struct role_context *context);
int link_main(struct role_context *context);
int messenger_main(struct role_context *context);
int http_main(struct role_context *context);
int reader_main(struct role_context *context);
int alarm_main(struct role_context *context);
int evaluator_main(struct role_context *context);
int notary_main(struct role_context *context);
int counter_main(struct role_context *context);

#endif
