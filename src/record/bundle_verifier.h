/* Verifying a bundle: see bundle.h. Everything in the folder is read as if an enemy had
 * written it. Every signature and proof is checked, what can be computed is computed
 * anew and compared byte for byte, and every file must be one that belongs there.
 *
 *     struct bundle_report report;
 *     struct bundle bundle;
 *
 *     if ((r = bundle_verify("bundle", NULL, 0, &bundle, &report, &error)) != OK)
 *             ...                 it could not be read at all
 *     if (!report.intact)
 *             ... report.damage says what is wrong first, and where
 *     else
 *             ... bundle.acts, bundle.heads, bundle.parts; bundle_release(&bundle)
 *
 * An intact bundle shows what it shows and no more: whoever chose the entries chose which
 * to leave out. bundle_findings.h says what that comes to.
 */
#ifndef BUNDLE_VERIFIER_H
#define BUNDLE_VERIFIER_H

#include "bundle.h"
#include "record_verifier.h"

/* Of a damaged bundle nothing else is filled in. */
struct bundle_report {
	bool intact;
	struct record_damage damage; /* unless intact */
	uint64_t files;
};

/* Whether the folder says that it is a bundle: it has a file `bundle` whose first line
 * begins `chirograph.bundle/`. False when it cannot be read. */
bool bundle_is_one(const char *directory);

/* OK with a report; `ret_bundle` (never NULL) is filled in when it is intact, and the
 * caller's to release. `purposes` are `count`, besides disclosure. Else why nothing can be
 * said: ERROR_NOT_FOUND (no such directory), ERROR_MEMORY, ERROR_IO. */
int bundle_verify(const char *directory, const struct bundle_purpose *purposes, size_t count,
                  struct bundle *ret_bundle, struct bundle_report *ret_report, struct error *error);

#endif
