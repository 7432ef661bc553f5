/* No key serves two purposes: whoever got one to sign for one of them could
 * pass it off as the other. */
#ifndef PARTY_KEYS_H
#define PARTY_KEYS_H

#include "charter.h"

/* OK when all keys of the one or two parties differ from one another, whatever
 * their form; else ERROR_SYNTAX with the names of two that do not. */
int party_keys_differ(const struct party *parties, size_t count, struct error *error);

/* Whether one of the two parties has this key, in whatever form. */
bool parties_have_key(const struct party parties[2], const struct ed25519_public *key);

#endif
