/* What a person has asked of a match-only list, in files of their own (own_files.h): the
 * answers, so that nothing is asked twice in a version and a hit can be shown to others; and
 * each question before it leaves, so that its answer can be asked for again after a cut link.
 *
 *     asked.<list>.<class>.<epoch>.<n>        answers: asked_text.h, in files of some thousands
 *     asking.<list>.<class>.<epoch>.<name>    a question whose answer has not been kept yet
 *     queried.<name>                          one put as a query act
 */
#ifndef ASKED_STORE_H
#define ASKED_STORE_H

#include "asked_text.h"
#include "which_channel.h"

enum { ASKED_NAME_CAPACITY = 192 };

struct asked_store {
	const struct settings *settings;
	const char *channel;
	const char *list; /* the name of the list's opening act */
	struct asked_head head;
	unsigned segment; /* the file that is being filled, from 1 */
	size_t segment_lines;
	struct buffer text; /* of it */
	bool changed;
};

/* Reads what is kept of this list, class and version, each line of which goes to `visit`.
 * Strings must outlive the store. A file that does not open is complained of and left. */
int asked_store_open(const struct node *node, const char *list, const struct asked_head *head,
                     int (*visit)(void *context, const struct asked_line *line), void *context,
                     struct asked_store *ret_store, struct error *error);
void asked_store_release(struct asked_store *store);

/* Adds an answer; keeps on disk what was added. */
int asked_store_add(struct asked_store *store, const struct asked_line *line, struct error *error);
int asked_store_keep(struct asked_store *store, struct error *error);

/* Keeps a question, whose lines are ASKED_OPEN, under a name that follows from `content`, the
 * hash of its blinded elements; forgets it. */
int asked_store_question(const struct asked_store *store, const struct hash *content,
                         const struct asked_line *lines, size_t count, struct error *error);
int asked_store_answered(const struct asked_store *store, const struct hash *content,
                         struct error *error);

/* Calls `visit` with the file of each question that is kept. */
int asked_store_each_question(const struct asked_store *store,
                              int (*visit)(void *context, const char *name), void *context,
                              struct error *error);
/* Its lines; the head must be the store's: ERROR_MISMATCH. */
int asked_store_read_question(const struct asked_store *store, const char *name,
                              int (*visit)(void *context, const struct asked_line *line),
                              void *context, struct error *error);

/* The same for a question that is put on record: kept until its reply has been read. */
int queried_keep(const struct node *node, const struct asked_head *head, const struct hash *content,
                 const struct asked_line *lines, size_t count, struct error *error);
/* ERROR_NOT_FOUND: it was not asked from here. */
int queried_read(const struct node *node, const struct hash *content, struct asked_head *ret_head,
                 int (*visit)(void *context, const struct asked_line *line), void *context,
                 struct error *error);
int queried_done(const struct node *node, const struct hash *content, struct error *error);

#endif
