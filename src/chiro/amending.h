/* Amending the charter, on a person's side: where the text of the next charter comes
 * from, what it changes, and how the node comes by it. The rules see hashes only. */
#ifndef AMENDING_H
#define AMENDING_H

#include "act.h"
#include "encoding.h"
#include "opened_body.h"
#include "options.h"
#include "which_channel.h"

/* The next charter, as an `amend` names it. */
struct amending {
	struct buffer text;
	char version[12], previous[HASH_BASE64_CAPACITY], charter[HASH_BASE64_CAPACITY];
};

/* The charter in force of the channel; freed by charter_free. */
int amending_in_force(const struct node *node, struct charter **ret_charter, struct error *error);

/* Reads the file of --charter or, without one, opens the body of the act that is answered
 * (NULL: none), and compares what stands there with the hash that this act names. A text
 * that cannot amend the charter in force is refused. Release with amending_release. */
int amending_prepare(struct node *node, const struct options *options, const json_t *answered,
                     struct amending *ret_amending, struct error *error);
void amending_release(struct amending *amending);

/* The value of a field of `amend`, or NULL. */
const char *amending_field(const struct amending *amending, const char *name);

/* The text of the charter that an amend carries in its body: ERROR_NOT_FOUND when it has
 * none, ERROR_MISMATCH when it is not the one that the act names. */
int amending_open(struct node *node, const json_t *act, struct buffer *text, struct error *error);

/* The reply with the `text` of a charter, by its hash in base64; ERROR_MISMATCH when it
 * is another. */
int amending_fetch(const struct node *node, const char *sha256, json_t **ret_reply,
                   struct error *error);

/* Gives the node the text, before the act that names it. */
int amending_give(const struct node *node, struct bytes text, struct error *error);

/* Shows what the text changes in the charter in force. */
int amending_show(const struct node *node, FILE *file, struct bytes text, struct error *error);

/* The same of the charter in the body of an act that can still be completed; of other acts
 * nothing. */
int amending_show_body(const struct node *node, const json_t *act, const struct opened_body *body,
                       struct error *error);

/* The same of what an amend names, as far as the node has its text and the charter that it
 * amends is in force; of other acts nothing. */
int amending_show_act(const struct node *node, FILE *file, const struct act *act,
                      struct error *error);

/* Prints the lines in which two texts differ, `-` before those that go and `+` before
 * those that come, with the line before them; nothing when they are the same. */
void charter_diff_print(FILE *file, struct bytes before, struct bytes after);

#endif
