/* What the verification of a record found, for scripts and for people. */
#ifndef RECORD_LISTING_H
#define RECORD_LISTING_H

#include <jansson.h>

#include "record_verifier.h"

/* The document of `chiro verify --json`; the caller's. */
json_t *record_report_document(const struct record_report *report);

/* Labelled lines: the first thing that is wrong with a record; and below a line of their
 * own what an intact one leaves open, if anything. */
void record_damage_show(const struct record_damage *damage);
void record_gaps_show(const struct record_report *report);

/* The same of a bundle that is damaged. */
json_t *bundle_damage_document(const struct record_damage *damage);
void bundle_damage_show(const struct record_damage *damage);

#endif
