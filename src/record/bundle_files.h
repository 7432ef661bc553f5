/* The files of a bundle that follow from its entries: the writer writes what comes from
 * here, the verifier compares with it. */
#ifndef BUNDLE_FILES_H
#define BUNDLE_FILES_H

#include "bundle.h"
#include "record_files.h"

/* Signatures over the charter, allowed_signers, policies, verify.sh, README.txt, and the
 * file of the purpose, where it adds one. The bundle was read. */
int bundle_put_derived(const struct bundle *bundle, const struct bundle_purpose *purpose,
                       const struct record_sink *sink, struct error *error);

/* How to check this bundle, what it shows, and what not. */
int bundle_put_readme(const struct bundle *bundle, struct buffer *buffer);

/* The same in every bundle. */
struct bytes bundle_script(void);

/* Whether the bundle has a file of this name. */
bool bundle_has_file(const struct bundle *bundle, const struct bundle_purpose *purpose,
                     const char *path);

#endif
