/* Text that somebody else wrote, made fit to be shown.
 *
 * A character that a terminal obeys, that changes the direction of writing, that
 * is not seen or that ends a line is shown by its number, `<U+202E>`; a byte
 * that is not UTF-8 (RFC 3629) by its value, `<FF>`.
 */
#ifndef VISIBLE_H
#define VISIBLE_H

#include "buffer.h"

enum { VISIBLE_CHARACTER_CAPACITY = 16 }; /* with NUL */

/* The first character of `text`, which is not empty, and how many bytes it
 * takes: 1 to 4; 0 when they are not UTF-8 (overlong, surrogate, cut). */
size_t utf8_decode(struct bytes text, uint32_t *ret_character);

/* Takes the first character, or byte that is none, off `text`, which is not
 * empty, and gives what is shown for it. LF and tab are shown as they are when
 * `lines`. */
void visible_next(struct bytes *text, bool lines, char ret_shown[VISIBLE_CHARACTER_CAPACITY]);

/* Appends all of `text` as it is shown. */
int visible_text(struct buffer *buffer, struct bytes text, bool lines);

/* The same with a NUL in `capacity` bytes, cut where they end; no lines. */
void visible_copy(struct bytes text, char *ret_text, size_t capacity);

#endif
