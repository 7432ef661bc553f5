/* Which keys of a party a depositary goes by: those of the charter, and what the
 * party's own log has named since. The rules of PROTOCOL.act are not applied here: an
 * entry stands in the log because that party's node put it there.
 *
 *   log        a successor, by `appoint` of office log (the appointing key's word); its
 *              heads have the next generation's origin
 *   link       the latest that `rekey` names and the one before it, which is in use
 *              until the other side has receipted; by `appoint`, which replaces a lost
 *              or stolen key, the latest alone
 */
#ifndef DEPOSIT_KEYS_H
#define DEPOSIT_KEYS_H

#include "act.h"
#include "edge.h"

enum { DEPOSIT_LINK_KEYS_MAXIMUM = 2, DEPOSIT_GENERATIONS_MAXIMUM = 16 };

struct deposit_keys {
	unsigned generations; /* of the log, at least 1; the first is logs[0] */
	struct {
		uint64_t start; /* the entry that it begins with */
		struct ed25519_public key;
	} logs[DEPOSIT_GENERATIONS_MAXIMUM];
	struct ssh_key appointing_key;
	size_t link_count; /* 1 or 2, the latest first */
	struct ed25519_public link_keys[DEPOSIT_LINK_KEYS_MAXIMUM];
};

void deposit_keys_init(struct deposit_keys *keys, const struct party *party);

/* Takes entry `number` of the party's log, verified, with the keys that signed it; `before`
 * is the log's edge up to it. True when it changed a key. */
bool deposit_keys_follow(struct deposit_keys *keys, uint64_t number, const struct edge *before,
                         const struct entry *entry, const struct ssh_key signers[2]);

#endif
