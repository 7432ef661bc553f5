#include "nearest.h"

#include <string.h>

enum { DISTANCE_MAXIMUM = 2 };

/* By the row of distances of each prefix of `a`. */
size_t edit_distance(const char *a, const char *b)
{
	size_t row[NEAREST_WORD_MAXIMUM + 1];
	size_t b_size = strlen(b);

	if (strlen(a) > NEAREST_WORD_MAXIMUM || b_size > NEAREST_WORD_MAXIMUM)
		return NEAREST_WORD_MAXIMUM;
	for (size_t j = 0; j <= b_size; j++)
		row[j] = j;
	for (size_t i = 0; a[i] != '\0'; i++) {
		size_t diagonal = row[0];

		row[0] = i + 1;
		for (size_t j = 0; j < b_size; j++) {
			size_t best = diagonal + (a[i] != b[j]);

			diagonal = row[j + 1];
			if (row[j + 1] + 1 < best)
				best = row[j + 1] + 1;
			if (row[j] + 1 < best)
				best = row[j] + 1;
			row[j + 1] = best;
		}
	}
	return row[b_size];
}

const char *nearest_word(const char *word, const char *const *words, size_t count)
{
	const char *nearest = NULL;
	size_t distance = DISTANCE_MAXIMUM + 1;

	for (size_t i = 0; i < count; i++) {
		size_t d = edit_distance(word, words[i]);

		if (d < distance) {
			distance = d;
			nearest = words[i];
		}
	}
	return nearest;
}
