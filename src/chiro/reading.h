/* What there is to say of a body beside what it says itself. */
#ifndef READING_H
#define READING_H

#include "body_remarks.h"
#include "opened_body.h"
#include "which_channel.h"

/* Adds the remarks on an opened body: what its kind must say and it leaves out,
 * and whether it keeps the charter's word on languages. `act` is an ACT of the
 * API, or one that waits for its second signature. */
void reading_remark(const struct node *node, const json_t *act, const struct opened_body *body,
                    struct body_remarks *remarks);

/* The same and what other acts have to do with it: circular sources (of so many earlier
 * bodies), agreed terms, protests against a rendering, and what of it one's own lists have.
 * Other bodies are opened for it. */
void reading_remark_all(struct node *node, const json_t *act, const struct opened_body *body,
                        size_t earlier, struct body_remarks *remarks);

/* Shows the working translations that the person keeps of the act, with what they are
 * worth, or says that there are some. `language` NULL: all. */
int reading_show_working(struct node *node, const json_t *act, const char *language,
                         struct error *error);
size_t reading_count_working(struct node *node, const json_t *act);
/* The same for scripts. */
json_t *reading_working_document(struct node *node, const json_t *act, const char *language);

#endif
