/* What bundles are made for, besides plain disclosure, and how each is shown. */
#ifndef BUNDLE_PURPOSES_H
#define BUNDLE_PURPOSES_H

#include <jansson.h>

#include "bundle_verifier.h"

enum { BUNDLE_PURPOSES_MAXIMUM = 8 };

struct purpose_row {
	const char *name;
	struct bundle_purpose (*purpose)(void);
	/* Says, first of all, what an intact bundle of this purpose comes to. NULL: nothing. */
	void (*show)(const struct bundle *bundle);
	/* Adds the same to the document of --json. NULL: nothing. */
	void (*describe)(const struct bundle *bundle, json_t *document);
};

/* The table, and for bundle_verify the purposes in it. */
const struct purpose_row *purpose_row_of(const char *name);
size_t purposes_known(struct bundle_purpose ret_purposes[BUNDLE_PURPOSES_MAXIMUM]);

#endif
