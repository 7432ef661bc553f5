/* What reading and writing a charter share: its words, and writing as such. */
#ifndef CHARTER_WORDS_H
#define CHARTER_WORDS_H

#include "charter.h"

#define CHARTER_FORMAT    "chirograph.charter/1"
#define EQUALLY_AUTHENTIC "equal"

struct charter_clock {
	const char *name;
	size_t offset;    /* of the int64_t in struct charter */
	int64_t standard; /* seconds, unless a charter says otherwise */
};

enum { CHARTER_CLOCK_COUNT = 12, CHARTER_SURVIVAL_COUNT = 4 };

/* In the order of the text. */
extern const struct charter_clock charter_clocks[CHARTER_CLOCK_COUNT];
extern const struct charter_survival {
	enum survival survival;
	const char *name;
} charter_survivals[CHARTER_SURVIVAL_COUNT];

/* Appends the text and checks nothing but what a line can hold. */
int charter_write(const struct charter *charter, struct buffer *buffer);

#endif
