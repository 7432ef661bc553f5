/* Words of a text for comparing: in lower case, without punctuation, one space
 * around each. `“Gadu Dam”, they said` becomes ` gadu dam they said `. Letters are
 * those of ASCII and of the Cyrillic block, digits, and every other character
 * beyond ASCII but punctuation marks; what is not UTF-8 separates words. */
#ifndef FOLDED_H
#define FOLDED_H

#include "buffer.h"

/* Appends the folded words of `text`; a lone space where there are none.
 * ERROR_LIMIT where the buffer's maximum does not take them. */
int fold_words(struct bytes text, struct buffer *folded);

/* Whether the words of `phrase` (not folded) stand one after the other in
 * `folded`. Endings are let go: a Cyrillic word of five letters or more matches
 * by all but its last two, every other word by its beginning. */
bool folded_has_phrase(struct bytes folded, struct bytes phrase);

#endif
