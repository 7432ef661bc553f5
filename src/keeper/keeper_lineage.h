/* Who signs a party's log, as that party's appointing key has said since the
 * charter. What says it are the entries `appoint` of office log, each of which
 * names the key of a successor log, and of office appointing, each of which names
 * who says it from there on. They form a chain: each is signed by the appointing
 * key that the one before named, the first by the charter's. Whoever asks the
 * keeper gives the whole chain; what the keeper has followed of it, it remembers
 * by a hash, and follows no other. Pure.
 *
 * The keeper cannot see that one was left out, nor whether one is void by a rule
 * that looks further than the entry: it is the appointing key's word that counts
 * here, and the worst that an engine gone wrong can do with words that were not
 * valid is to have heads refused. */
#ifndef KEEPER_LINEAGE_H
#define KEEPER_LINEAGE_H

#include "charter.h"

/* Generations before the present one that are remembered: what the engine has stored
 * may be some behind what the keeper was told. */
enum { KEEPER_FORMERS = 8 };

struct keeper_former {
	uint64_t start;
	struct ed25519_public key;
};

struct keeper_lineage {
	uint64_t links;    /* entries of the chain that were followed */
	struct hash chain; /* of their leaves, each hashed with what came before; zeros at first */
	unsigned generation; /* of the log, from 1 */
	uint64_t start;      /* its first entry: heads of a greater size are by its key */
	/* Beyond the first generation: its key, and those before, the latest first, for heads
	 * up to `start`. In the first, the charter's is meant and all are zeros. */
	struct ed25519_public key;
	struct keeper_former formers[KEEPER_FORMERS];
};

/* As of the charter. */
void keeper_lineage_init(struct keeper_lineage *lineage);

/* What following the chain has added. */
struct keeper_lineage_step {
	unsigned begun; /* new generations */
	/* The last of these, with begun > 0: what its entry names, and its leaf. */
	uint64_t size;
	struct hash root, leaf;
	struct ed25519_public key;
};

/* Follows the chain, of which `lineage` has followed the beginning; a chain that
 * ends before that changes nothing. On failure neither changes: ERROR_SIGNATURE
 * (not by the appointing key), ERROR_MISMATCH (another channel or party, an entry
 * that does not belong to the chain, or a log that would go on before it began),
 * ERROR_FORK (what was followed is not its beginning), and those of entry_parse. */
int keeper_lineage_follow(const struct charter *charter, unsigned party,
                          const struct bytes *entries, size_t count, struct keeper_lineage *lineage,
                          struct keeper_lineage_step *ret_step, struct error *error);

/* The generation that signs a head of `size`, and its key; of the oldest that is
 * remembered for what is older. */
unsigned keeper_lineage_of_head(const struct keeper_lineage *lineage, const struct party *charter,
                                uint64_t size, struct ed25519_public *ret_key);

bool keeper_lineage_equal(const struct keeper_lineage *a, const struct keeper_lineage *b);

#endif
