/* The page of a handover: what happened in a shift, as the node tells it. */
#ifndef HANDOVER_PAGE_H
#define HANDOVER_PAGE_H

#include "handover.h"
#include "which_channel.h"

enum { HANDOVER_WIDTH = 72 };

struct shift {
	timestamp from, to;   /* what happened in between */
	timestamp next;       /* until when what is due is listed */
	const char *note;     /* what the leaving officer adds; NULL: nothing */
	uint64_t own, theirs; /* entries of the logs before it */
	bool sizes_known;     /* else found by `from` */
};

/* Appends the page and sets `ret_sizes` to the entries of the own log and of the other
 * that it tells of. The environment is changed: no styles, HANDOVER_WIDTH columns. */
int handover_page_make(struct node *node, const struct shift *shift, struct buffer *page,
                       uint64_t ret_sizes[2], struct error *error);

#endif
