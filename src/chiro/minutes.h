/* Minutes: what the call to a meeting says, and the text that minutes begin with. */
#ifndef MINUTES_H
#define MINUTES_H

#include "details.h"
#include "opened_body.h"
#include "which_channel.h"

/* A meeting that was called: the opened body of its `convene`. */
struct convened {
	bool is_open;
	json_t *act;
	struct opened_body body;
	size_t count;
	struct detail_value values[FIELDS_COUNT_MAXIMUM];
};

/* Opens the body of the `convene` of the meeting in which `act` stands. Where there is
 * none, or it cannot be opened here, it is empty. Release with convened_release. */
void convened_open(struct node *node, const json_t *act, struct convened *ret_convened);
void convened_release(struct convened *convened);

/* Appends the beginning of minutes in the person's language: place, participants and
 * agenda of the meeting where they are known, and room for what was said. */
int minutes_template(const struct convened *convened, struct buffer *text);

#endif
