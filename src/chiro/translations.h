/* Working translations that the person keeps: see working.h and own_files.h. */
#ifndef TRANSLATIONS_H
#define TRANSLATIONS_H

#include "which_channel.h"
#include "working.h"

/* One that was read; release its buffer, which the views point into. */
struct kept_translation {
	struct working working;
	struct buffer text;
	bool fits; /* it is of the body that the act has now */
};

/* Keeps a translation of `act` (an ACT of the API with a body); one of the same
 * language by the same person is replaced. */
int translation_keep(const struct node *node, const json_t *act, const char *language,
                     const char *by, struct bytes text, struct error *error);

/* Calls `visit` for each translation of the act, or, with `act` NULL, of the channel.
 * What does not open is complained about and passed over. */
int translations_each(const struct node *node, const json_t *act,
                      int (*visit)(void *context, const struct kept_translation *kept),
                      void *context, struct error *error);

/* Removes those of an act in a language; `ret_count` says how many. */
int translations_remove(const struct node *node, const json_t *act, const char *language,
                        size_t *ret_count, struct error *error);

#endif
