/* The text of a list (list_text.h) by what people call it: one's own by its name, or that
 * which an act brings (`south-7`), ours or the other side's. It is mapped, not read: lists of
 * any size are looked at like small ones. */
#ifndef LIST_SOURCE_H
#define LIST_SOURCE_H

#include "opened_body.h"
#include "which_channel.h"

struct list_source {
	struct bytes text; /* not checked yet */
	void *map;         /* of one's own */
	json_t *act;       /* of an act's: an ACT of the API, and its body */
	struct opened_body body;
};

/* Whether a list of one's own by this name is kept: then that is meant, else an act. */
bool list_source_is_own(const struct settings *settings, const char *name);

/* One's own. ERROR_NOT_FOUND: there is none of this name; the results of list_file_path. */
int list_source_own(const struct settings *settings, const char *name,
                    struct list_source *ret_source, struct error *error);

/* That of an act. ERROR_STATE: it is committed to and not opened, or match-only;
 * ERROR_MISMATCH: its body is no list; the results of body_by_name, to which `identity` goes. */
int list_source_act(struct node *node, const char *name, const char *identity,
                    struct list_source *ret_source, struct error *error);

/* May be called on zeroed memory. */
void list_source_release(struct list_source *source);

#endif
