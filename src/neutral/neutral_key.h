/* The key of a witness or depositary: a file in <home>/keeper,
 *
 *     chirograph.neutral-key/1
 *     name witness.example
 *     seed <base64 of 32 bytes>
 *
 * A key under another name would be another key to everybody who verifies: the
 * name that it was made for stands in the file. */
#ifndef NEUTRAL_KEY_H
#define NEUTRAL_KEY_H

#include "note.h"

#define NEUTRAL_KEY_FILE "neutral.key"

/* Secret: the owner wipes it with neutral_key_wipe. */
struct neutral_key {
	struct note_key public_key; /* type 0x04 */
	struct ed25519_secret secret;
};

/* Reads the key from the directory. ERROR_NOT_FOUND when there is none;
 * ERROR_MISMATCH when it was made for another name than `name`; ERROR_SYNTAX,
 * ERROR_IO, ERROR_DENIED. */
int neutral_key_read(int directory, const char *name, struct neutral_key *ret_key,
                     struct error *error);

/* Makes a key where there is none (ERROR_EXISTS), durably. */
int neutral_key_make(int directory, const char *name, const struct random_source *random,
                     struct error *error);

void neutral_key_wipe(struct neutral_key *key);

#endif
