/* Two real nodes, north and south, each a whole chirod with its own home, keys
 * and database, joined over loopback; and the people who use them through the
 * local API, with keys held in this process.
 *
 *     struct pair pair;
 *
 *     pair_init(&pair, "/path/to/chirod");
 *     pair_start(&pair.nodes[0], NULL); pair_start(&pair.nodes[1], NULL);
 *     pair_open(&pair);                        invited, adopted, acceded, in force
 *     pair_comment(&pair.nodes[0], 1024, …);
 *     pair_release(&pair);
 *
 * What cannot happen unless the machine is broken ends the process with a
 * sentence and the folder's name; what a test asks about is returned.
 */
#ifndef PAIR_H
#define PAIR_H

#include "act.h"
#include "age.h"
#include "buffer.h"

#include <jansson.h>
#include <sys/types.h>

enum { PAIR_NORTH, PAIR_SOUTH, PAIR_PATIENCE = 30 /* seconds */ };

struct pair_node {
	struct pair *pair;
	unsigned side;
	char folder[96], socket[112];
	uint16_t port;
	pid_t process; /* 0: not running */
	struct ed25519_secret head, appointing;
	struct x25519_secret head_reading;
	char card[16384];
};

struct pair {
	char folder[64];
	char program[512];
	struct pair_node nodes[2];
	struct charter *charter;
	char channel[CHANNEL_ID_CAPACITY];
	/* of both parties, author and receiver by side */
	struct x25519_public reading[2];
};

/* Folders and configurations; nothing runs yet. */
void pair_init(struct pair *pair, const char *program);
/* Stops what runs and removes the folders. */
void pair_release(struct pair *pair);

/* Starts a node; `fault` is a fault point's name (see fault_point.h) or NULL.
 * Returns when it is ready, or false when it ended before. */
bool pair_start(struct pair_node *node, const char *fault);
/* Ends it with a signal and waits. */
void pair_stop(struct pair_node *node, int signal);
/* Whether the node's process has ended by itself (then it is waited for). */
bool pair_has_ended(struct pair_node *node);

/* Both nodes must run. */
void pair_open(struct pair *pair);

/* One request; the HTTP status, 0 when there was no answer. `ret_reply` (may be
 * NULL) is the parsed JSON or NULL, the caller's. */
long pair_request(struct pair_node *node, const char *method, const char *path, struct bytes body,
                  json_t **ret_reply);

/* The channel's path with `rest` behind it, in a buffer of the caller's. */
void pair_path(const struct pair *pair, const char *rest, char *ret_path, size_t capacity);

/* An integer of the channel's state at this node, such as "own_size"; -1 without
 * an answer. */
long long pair_number(struct pair_node *node, const char *name);
/* A string of it, such as "state". Empty without an answer. */
void pair_string(struct pair_node *node, const char *name, char *ret_text, size_t capacity);

/* Waits until the node's number is at least `least`; false when patience ends. */
bool pair_wait(struct pair_node *node, const char *name, long long least);
/* Waits until both hold and have cosigned all of each other's log. */
bool pair_settle(struct pair *pair);

/* --- acts (pair_acts.c) --- */

/* A signed act and its sealed body, ready to be submitted. */
struct pair_act {
	struct buffer text, armor, blob;
	struct hash blob_hash;
};

/* A comment by the head with `size` bytes of text in its body; `serial` makes it
 * different from all others. */
void pair_make_comment(struct pair_node *node, size_t size, uint64_t serial,
                       struct pair_act *ret_act);
void pair_act_release(struct pair_act *act);
/* Uploads and submits: the HTTP status of the first request that failed, or of
 * the last; the act's number. */
long pair_submit(struct pair_node *node, const struct pair_act *act, uint64_t *ret_number);
/* Any act of the head, from its lines between `author` and the signature: "act
 * withdraw\nfrom channel\n". */
long pair_say(struct pair_node *node, const char *lines, uint64_t *ret_number);

_Noreturn void pair_fail(const struct pair *pair, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
