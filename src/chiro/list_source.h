/* The text of a list (list_text.h) by what people call it: one's own by its name, or that
 * which an act brings (`south-7`), ours or the other side's. It is mapped, not read: lists of
 * any size are looked at like small ones. */
#ifndef LIST_SOURCE_H
#define LIST_SOURCE_H

#include "list_files.h"
#include "opened_body.h"
#include "which_channel.h"

struct list_source {
	struct bytes text;           /* not checked yet */
	struct list_mapping mapping; /* of one's own */
	json_t *act;                 /* of an act's: an ACT of the API, and its body */
	struct opened_body body;
};

/* Whether a name is that of an act: it looks like one, and no own list is called so. */
bool list_source_is_act(const struct settings *settings, const char *name);

/* One's own: the results of list_file_map. */
int list_source_own(const struct settings *settings, const char *name,
                    struct list_source *ret_source, struct error *error);

/* That of an act; of a commitment in a swap, the version in force of what was opened.
 * ERROR_STATE: it is committed to and not opened, or match-only;
 * ERROR_MISMATCH: its body is no list; the results of body_by_name, to which `identity` goes. */
int list_source_act(struct node *node, const char *name, const char *identity,
                    struct list_source *ret_source, struct error *error);

/* What a command with such names among its arguments begins with, and ends: like node_open, but
 * the node is asked nothing where no argument is an act. */
int list_source_node(const struct options *options, struct node *ret_node);
void list_source_node_close(struct node *node);
/* Whichever is meant, by the results of the two. */
int list_source_find(struct node *node, const char *name, const char *identity,
                     struct list_source *ret_source, struct error *error);

/* May be called on zeroed memory. */
void list_source_release(struct list_source *source);

#endif
