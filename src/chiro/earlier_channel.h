/* A channel that an earlier one precedes, and what was said there.
 *
 * A charter can say `succeeds <channel>`; each channel stays a channel of its own, with
 * its own logs. What was open in the earlier one is taken up by reference: the part
 * `fields` of a body says `earlier-act <channel id> <act> <base64 leaf hash>`, which
 * whoever holds the earlier record can check.
 */
#ifndef EARLIER_CHANNEL_H
#define EARLIER_CHANNEL_H

#include "opened_body.h"
#include "options.h"
#include "which_channel.h"

/* The full id of the channel that `given` (the beginning of an id) names here; a full id
 * of one that is not here is taken as it is, with a word to the person. Says how the
 * earlier channel ended, or that it goes on. ERROR_USAGE. */
int earlier_channel_find(struct api *api, const char *given, char ret_id[CHANNEL_ID_CAPACITY],
                         struct error *error);

/* Tells a person who builds a charter with `party` of the channels with it that are here
 * and could be succeeded. */
void earlier_channel_advise(struct api *api, const char *party);

/* `succeeds …` and `succeeded by …` of a CHANNEL of the API, each on a labelled line. */
void earlier_channel_list(const json_t *channel);

/* For each --refers CHANNEL:ACT appends a field, beginning the fields where there are none.
 * ERROR_USAGE, ERROR_NOT_FOUND. */
int earlier_acts_put(struct node *node, const struct options *options, struct buffer *fields,
                     struct error *error);

/* Of each earlier act that an opened body names: whether it is held here, and the same. */
void earlier_acts_show(struct node *node, const struct opened_body *body);

#endif
