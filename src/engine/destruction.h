/* Reading keys that are given up: when the own node may destroy one, and what goes with it.
 *
 * Both heads attest old keys of their own side, in their logs and in the order of the keys
 * (rules.h, "reading keys"). The own key of index i goes when
 *
 *     our head has attested it, and the other side has receipted that;
 *     of every body that may be sealed to it, or to an earlier one, the other side has
 *     attested the key that it may be sealed to; and we have cosigned all of that;
 *     this party's retention has passed since the later of the two attestations;
 *     and no hold stands over one of these bodies.
 *
 * Then the keeper destroys it, looking for itself at what it can (keeper_destruction.c), and
 * the sealed bodies go from the database: nobody here can open them, and they are not wanted
 * again. The logs stay as they are.
 */
#ifndef DESTRUCTION_H
#define DESTRUCTION_H

#include "channel.h"

enum key_standing {
	KEY_IN_USE,     /* bodies are sealed to it now */
	KEY_OLD,        /* replaced; what was sealed to it can be read */
	KEY_ATTESTED,   /* by its own side; the other side's word, or receipt, is awaited */
	KEY_RETAINED,   /* by both; the charter's retention runs */
	KEY_UNDER_HOLD, /* by both, and a hold stands */
	KEY_DUE,        /* nothing stands against it */
	KEY_DESTROYED,  /* gone */
	KEY_STANDING_COUNT
};

/* "in-use", "old", "attested", "retained", "held", "due", "destroyed"; NULL beyond. */
const char *key_standing_name(enum key_standing standing);

/* What there is to say of one reading key of a party. */
struct key_outlook {
	enum key_standing standing;
	uint64_t bodies;              /* sealed to it, as far as can be known */
	uint64_t held_bodies;         /* of these, and of earlier keys', under a hold */
	timestamp first, last;        /* logged of the first and last of these bodies; 0: none */
	timestamp due;                /* when retention has passed; 0: not both have attested */
	size_t theirs;                /* index of the other side's key that must be attested too */
	struct act_place attested[2]; /* by each party: number UINT64_MAX where not */
};

/* Seconds that a party keeps what both have given up: by the charter's first version, which
 * its keeper knows, or the one in force, whichever is longer. */
int64_t destruction_retention(const struct engine_channel *channel, unsigned party);

/* Of a key of `party`, whose index exists. The other side's keys are never known to be
 * destroyed, only to be due: `due` is then by its own retention. */
int destruction_outlook(struct engine_channel *channel, unsigned party, size_t index,
                        struct key_outlook *ret_outlook, struct error *error);

/* Whether the sealed body that an entry brings is gone with our key, for good. */
bool destruction_covers(const struct engine_channel *channel, struct act_place place);
/* The same by its SHA-256, of all the entries that name it. */
bool destruction_covers_blob(const struct engine_channel *channel, const struct hash *hash);

/* What is stored: how many of our keys are destroyed. */
int destruction_load(struct engine_channel *channel);

/* Looks whether a key is to go, and does it. OK also when the keeper refuses, which is
 * journalled; ERROR_IO and ERROR_MEMORY are this machine's. */
int destruction_step(struct engine_channel *channel, struct error *error);
/* Monotonic: when to look again. */
uint64_t destruction_timer(const struct engine_channel *channel);

#endif
