/* The rows behind details.h, a list for each kind that has fields of its own. */
#ifndef DETAILS_TABLE_H
#define DETAILS_TABLE_H

#include "details.h"

/* By kind; key NULL ends a list, and a kind without fields of its own has none. */
extern const struct detail *const details_table[KIND_COUNT];

/* Kinds that imply no attribution. */
extern const struct kind_set details_blameless;

#endif
