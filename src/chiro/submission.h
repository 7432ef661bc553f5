/* Handing signed acts to the node. */
#ifndef SUBMISSION_H
#define SUBMISSION_H

#include "act.h"
#include "api.h"

enum { SUBMISSION_ARMORS_MAXIMUM = 2 };

/* Asks the node what a text would be worth if its author signed it now.
 * ERROR_DENIED with the reason where it would be void. */
int submission_check(struct api *api, const char *channel, struct bytes text, struct error *error);

/* Signs a text with one person's key, appends the armor. */
int submission_sign(const char *key, struct bytes text, struct buffer *armor, struct error *error);

/* Logs an act; the reply is that of POST …/acts. */
int submission_send(struct api *api, const char *channel, struct bytes text,
                    const struct bytes *armors, unsigned armor_count, json_t **ret_reply,
                    struct error *error);

/* Leaves an act that its author has signed with the node, until its cosigner signs it
 * too; the reply is that of POST …/pending. */
int submission_hand_in(struct api *api, const char *channel, struct bytes text, struct bytes armor,
                       json_t **ret_reply, struct error *error);

/* `3 waits for b.deputy until 2026-…`, or the reply as JSON. */
void submission_print_waiting(const json_t *reply, const char *cosigner, bool json);

/* `north-7 is logged, 2026-…`, or the reply as JSON. */
void submission_print(const json_t *reply, bool json);

#endif
