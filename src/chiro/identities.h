/* The person's own age identities: a file of lines `AGE-SECRET-KEY-1…`, comments and
 * empty lines, as age-keygen makes it. */
#ifndef IDENTITIES_H
#define IDENTITIES_H

#include "age.h"

enum { IDENTITIES_MAXIMUM = 16 };

/* Wiped by its owner. */
struct identities {
	size_t count;
	struct x25519_secret secrets[IDENTITIES_MAXIMUM];
};

/* At least one. ERROR_SYNTAX, ERROR_LIMIT (more than that) and those of files.h, with a
 * sentence that names the file. */
int identities_read(const char *path, struct identities *ret_identities, struct error *error);

/* The file key of the sealed body in the file `blob`, whatever its place is.
 * ERROR_NOT_FOUND: it is not sealed to them. */
int file_key_by_identity(int blob, const char *identity_path, struct age_file_key *ret_file_key,
                         struct error *error);

#endif
