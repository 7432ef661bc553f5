/* How an act can be answered now: shown to who has to choose, and what was chosen. */
#ifndef REPLY_MENU_H
#define REPLY_MENU_H

#include "which_channel.h"

/* Prints on standard output by when ACT has to be answered and, of each kind that is
 * legal, what it means and whether the person whose name is `author`, "" for unknown, can
 * sign it. */
void reply_menu_show(const struct which_channel *channel, const json_t *act, const char *author);

/* Whether a word is one of the legal kinds. ERROR_STATE with a sentence: it is none, and
 * which one may have been meant. */
int reply_menu_check(const json_t *act, const char *word, struct error *error);

#endif
