/* How an opened body is shown to people. */
#ifndef READING_H
#define READING_H

#include "opened_body.h"

/* Text with characters that could deceive made visible, facts, and a list of the
 * attachments. `act` is an ACT of the API, or one that waits for its second signature. */
void reading_show_body(const json_t *act, const struct opened_body *body);

#endif
