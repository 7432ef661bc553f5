/* Two real nodes, north and south, each a whole chirod with its own home, keys
 * and database, joined over loopback; and the people who use them through the
 * local API, with keys held in this process.
 *
 *     struct node_pair pair;
 *
 *     node_pair_init(&pair, "/path/to/chirod");
 *     node_pair_start(&pair.nodes[0], NULL); node_pair_start(&pair.nodes[1], NULL);
 *     node_pair_open(&pair);                        invited, adopted, acceded, in force
 *     node_pair_comment(&pair.nodes[0], 1024, …);
 *     node_pair_release(&pair);
 *
 * What cannot happen unless the machine is broken ends the process with a
 * sentence and the folder's name; what a test asks about is returned.
 */
#ifndef NODE_PAIR_H
#define NODE_PAIR_H

#include "act.h"
#include "age.h"
#include "buffer.h"

#include <jansson.h>
#include <sys/types.h>

enum { NODE_PAIR_NORTH, NODE_PAIR_SOUTH, NODE_PAIR_PATIENCE = 30 /* seconds */ };

struct paired_node {
	struct node_pair *pair;
	unsigned side;
	char folder[96], socket[112];
	uint16_t port;
	pid_t process; /* 0: not running */
	struct ed25519_secret head, appointing;
	struct x25519_secret head_reading;
	char card[16384];
};

struct node_pair {
	char folder[64];
	char program[512];
	struct paired_node nodes[2];
	struct charter *charter;
	char channel[CHANNEL_ID_CAPACITY];
	/* of both parties, author and receiver by side */
	struct x25519_public reading[2];
};

/* Folders and configurations; nothing runs yet. */
void node_pair_init(struct node_pair *pair, const char *program);
/* Stops what runs and removes the folders. */
void node_pair_release(struct node_pair *pair);

/* Starts a node; `fault` is a fault point's name (see fault_point.h) or NULL.
 * Returns when it is ready, or false when it ended before. */
bool node_pair_start(struct paired_node *node, const char *fault);
/* Ends it with a signal and waits. */
void node_pair_stop(struct paired_node *node, int signal);
/* Whether the node's process has ended by itself (then it is waited for). */
bool node_pair_has_ended(struct paired_node *node);

/* Both nodes must run. */
void node_pair_open(struct node_pair *pair);

/* One request; the HTTP status, 0 when there was no answer. `ret_reply` (may be
 * NULL) is the parsed JSON or NULL, the caller's. */
long node_pair_request(struct paired_node *node, const char *method, const char *path,
                       struct bytes body, json_t **ret_reply);

/* The channel's path with `rest` behind it, in a buffer of the caller's. */
void node_pair_path(const struct node_pair *pair, const char *rest, char *ret_path,
                    size_t capacity);

/* An integer of the channel's state at this node, such as "own_size"; -1 without
 * an answer. */
long long node_pair_number(struct paired_node *node, const char *name);
/* A string of it, such as "state". Empty without an answer. */
void node_pair_string(struct paired_node *node, const char *name, char *ret_text, size_t capacity);

/* Waits until the node's number is at least `least`; false when patience ends. */
bool node_pair_wait(struct paired_node *node, const char *name, long long least);
/* Waits until both hold and have cosigned all of each other's log. */
bool node_pair_settle(struct node_pair *pair);

/* --- acts (pair_acts.c) --- */

/* A signed act and its sealed body, ready to be submitted. */
struct paired_act {
	struct buffer text, armor, blob;
	struct hash blob_hash;
};

/* A comment by the head with `size` bytes of text in its body; `serial` makes it
 * different from all others. */
void node_pair_make_comment(struct paired_node *node, size_t size, uint64_t serial,
                            struct paired_act *ret_act);
void paired_act_release(struct paired_act *act);
/* Uploads and submits: the HTTP status of the first request that failed, or of
 * the last; the act's number. */
long node_pair_submit(struct paired_node *node, const struct paired_act *act, uint64_t *ret_number);
/* Any act of the head, from its lines between `author` and the signature: "act
 * withdraw\nfrom channel\n". */
long node_pair_say(struct paired_node *node, const char *lines, uint64_t *ret_number);

_Noreturn void node_pair_fail(const struct node_pair *pair, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
