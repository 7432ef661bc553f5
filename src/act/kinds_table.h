/* The rows of the kinds table, by kind number. Use the functions of kinds.h. */
#ifndef KINDS_TABLE_H
#define KINDS_TABLE_H

#include "kinds.h"

extern const struct kind kinds_table[KIND_COUNT];

#endif
