/* What reader and writer of a list share. */
#ifndef LIST_FORMAT_H
#define LIST_FORMAT_H

#include "list_text.h"

extern const char list_format[];

/* OK when an id comes after the one before, whose place it then takes. ERROR_CANONICAL with a
 * sentence. */
int list_order_check(char previous[LIST_ID_MAXIMUM], size_t *previous_size, struct bytes id,
                     struct error *error);

#endif
