/* UTF-8, character by character. */
#ifndef UTF8_H
#define UTF8_H

#include "bytes.h"

/* The first character of `text`, which is not empty, and how many bytes it
 * takes: 1 to 4; 0 when they are not UTF-8 (overlong, surrogate, cut). */
size_t utf8_decode(struct bytes text, uint32_t *ret_character);

#endif
