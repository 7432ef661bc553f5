/* Sector schemes: how states divide their critical infrastructure.
 *
 *     US-16      the 16 sectors of Presidential Policy Directive 21 and National Security
 *                Memorandum 22
 *     RU-187FZ   the spheres of article 2(8) of the Federal Law of the Russian Federation 187-FZ
 *     EU-NIS2    the sectors of annexes I and II of Directive (EU) 2022/2555
 *
 * A sector is named by its code in texts and by its row, from 1, in labels (pair.h). Rows and
 * codes are never changed, moved or used again: a new sector comes at the end of its scheme. */
#ifndef SCHEMES_H
#define SCHEMES_H

#include "bytes.h"

enum sector_scheme {
	SCHEME_NONE, /* the list has no sectors */
	SCHEME_US_16,
	SCHEME_RU_187FZ,
	SCHEME_EU_NIS2,
	SCHEME_COUNT
};

struct sector {
	const char *code; /* [a-z][a-z0-9-]* */
	const char *name; /* English */
	const char *name_ru;
};

/* "-" for none, "US-16", "RU-187FZ", "EU-NIS2". */
const char *scheme_name(enum sector_scheme scheme);
/* False for other words; capitals matter. */
bool scheme_named(struct bytes name, enum sector_scheme *ret_scheme);
/* What a scheme is, in one line, in English and in Russian. */
const char *scheme_title(enum sector_scheme scheme);
const char *scheme_title_ru(enum sector_scheme scheme);

/* How many sectors a scheme has. */
unsigned scheme_sectors(enum sector_scheme scheme);
/* The sector in a row, from 1; NULL for others. */
const struct sector *scheme_sector(enum sector_scheme scheme, unsigned row);
/* The row of a code; 0 when the scheme has none such. */
unsigned scheme_row(enum sector_scheme scheme, struct bytes code);

#endif
