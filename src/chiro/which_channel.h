/* Which channel a command is about: the one whose id begins with what was given
 * after --channel (or in CHIRO_CHANNEL), or the only one. */
#ifndef WHICH_CHANNEL_H
#define WHICH_CHANNEL_H

#include "api.h"
#include "charter.h"
#include "options.h"
#include "settings.h"

struct which_channel {
	char id[CHANNEL_ID_CAPACITY];
	char own[PARTY_ID_CAPACITY];
	char other[PARTY_ID_CAPACITY];
	unsigned own_index;      /* of our party in the charter */
	json_t *details;         /* GET /v1/channels/{channel}; owned */
	struct charter *charter; /* that in force, parsed from it; owned */
};

/* ERROR_USAGE (none or several fit, with a sentence that lists them), or those
 * of api.h. */
int which_channel_find(struct api *api, const char *prefix, struct which_channel *ret_channel,
                       struct error *error);
void which_channel_release(struct which_channel *channel);

/* The PARTY object of `id`, or NULL. */
json_t *which_channel_party(const struct which_channel *channel, const char *id);

/* The common beginning of a command: settings, API, channel (`ret_channel` NULL
 * for commands without one). Complains itself; returns -1 to go on, otherwise the
 * exit status. Release with node_close. */
struct node {
	struct settings settings;
	struct api *api;
	struct which_channel channel;
};
/* --channel, or CHIRO_CHANNEL; NULL. */
const char *node_channel_prefix(const struct options *options);
int node_open(const struct options *options, bool with_channel, struct node *ret_node);
void node_close(struct node *node);

#endif
