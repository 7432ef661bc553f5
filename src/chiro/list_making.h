/* From the text of an own list (list_text.h) to what is handed over: the parts of a body, and
 * for a match-only list what its act commits to. */
#ifndef LIST_MAKING_H
#define LIST_MAKING_H

#include "class_commitment.h"
#include "list_files.h"
#include "list_text.h"
#include "oprf.h"
#include "pairs_text.h"
#include "part.h"
#include "which_channel.h"

enum { LIST_MADE_PARTS = 1 + IDENTIFIER_CLASS_COUNT };

struct list_made {
	size_t part_count;
	struct part parts[LIST_MADE_PARTS];
	struct buffer preview; /* what people are shown of it before they sign */
	struct bytes opened;   /* the view that the part of an opened list is read from */

	/* Of a match-only list: */
	struct class_commitment classes[IDENTIFIER_CLASS_COUNT];
	struct buffer table; /* of contacts */
	struct bytes table_view;
	int files[IDENTIFIER_CLASS_COUNT]; /* with the pairs; -1: none */
	bool has_key[IDENTIFIER_CLASS_COUNT];
	struct oprf_element keys[IDENTIFIER_CLASS_COUNT];
};

/* The body of an opened list: the text itself, which must outlive it. ERROR_SYNTAX and its kin
 * with line and sentence: it is no list; ERROR_LIMIT: it is too large. */
int list_make_opened(struct bytes text, struct list_made **ret_made, struct error *error);

/* The body of a match-only list and its commitments: has keys made, and every identifier
 * evaluated. Entries whose validity has ended by `now` are left out. Shows how far it is;
 * Ctrl-C ends it, and what was made of it goes. ERROR_DENIED: it was ended so; ERROR_LIMIT:
 * more pairs of a class than the charter has a list hold, or more contacts than labels can
 * name; ERROR_STATE: nothing is left on it; the results of the node. */
int list_make_match_only(struct node *node, const struct list_mapping *list, timestamp now,
                         struct list_made **ret_made, struct error *error);

/* The root of the first class of a match-only list. */
const struct hash *list_made_first_root(const struct list_made *made);

/* The body and its files go; the keys stay with the node. NULL is allowed. */
void list_made_free(struct list_made *made);

/* Has the keys destroyed, where it came to no act. */
void list_made_drop_keys(struct node *node, const struct list_made *made);

#endif
