/* Fingerprints in words, to be read over a telephone and compared by ear.
 *
 * A fingerprint is the first 96 bits of a SHA-256: twelve words, one a byte,
 * from a list of 256 words in either language. The words within a list differ
 * in their first four letters and in sound. The lists are not translations of
 * one another: both people read from the same list.
 */
#ifndef WORDS_H
#define WORDS_H

#include "bytes.h"
#include "result.h"

enum words_language { WORDS_ENGLISH, WORDS_RUSSIAN, WORDS_LANGUAGE_COUNT };

enum {
	WORDS_LIST_SIZE = 256,
	WORDS_FINGERPRINT_COUNT = 12,
	WORDS_FINGERPRINT_CAPACITY = 208 /* twelve words of UTF-8, spaces, NUL */
};

/* The word for a byte; lower case, UTF-8, static. */
const char *words_at(enum words_language language, uint8_t place);

/* Twelve words with one space between them. Cannot fail. */
void words_fingerprint(enum words_language language, const struct hash *hash,
                       char ret_text[WORDS_FINGERPRINT_CAPACITY]);

#endif
