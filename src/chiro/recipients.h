/* age recipients as people give them. */
#ifndef RECIPIENTS_H
#define RECIPIENTS_H

#include "age.h"

/* `age1…` itself, or a file that holds one, or the identity (AGE-SECRET-KEY-1…)
 * whose recipient is meant. ERROR_USAGE with a sentence, or those of files.h. */
int recipient_read(const char *given, char ret_recipient[AGE_RECIPIENT_CAPACITY],
                   struct error *error);

#endif
