/* Words that are said on the telephone, in the list of the person's language. */
#ifndef SPOKEN_WORDS_H
#define SPOKEN_WORDS_H

#include "api.h"
#include "words.h"

/* The list that the person reads from. */
enum words_language spoken_language(void);

/* The code words of an ACT, by its leaf hash; "" when it shows none. */
void spoken_words_of(const json_t *act, char ret_words[WORDS_SAID_CAPACITY]);

/* The same below a line of `chiro log`; nothing for machine entries. */
void list_spoken_words(const json_t *act);

/* The one act of a channel that has these words; the caller releases the name. ERROR_USAGE: no
 * such words; ERROR_NOT_FOUND: none has them; ERROR_MISMATCH: several have, which are named. */
int spoken_words_find(struct api *api, const char *channel, const char *words, struct buffer *name,
                      struct error *error);

#endif
