/* What a person may have meant by a word that is mistyped. */
#ifndef NEAREST_H
#define NEAREST_H

#include <stddef.h>

enum { NEAREST_WORD_MAXIMUM = 32 };

/* How many letters must be changed, added or left out to make `b` of `a` (Levenshtein);
 * NEAREST_WORD_MAXIMUM for words that are longer than that. */
size_t edit_distance(const char *a, const char *b);

/* The first of `count` words with the least distance, if that is at most 2; else NULL. */
const char *nearest_word(const char *word, const char *const *words, size_t count);

#endif
