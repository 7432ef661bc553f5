#include "keeper_lineage.h"

#include "act.h"
#include "allocate.h"
#include "sha.h"

void keeper_lineage_init(struct keeper_lineage *lineage)
{
	*lineage = (struct keeper_lineage){ .generation = 1 };
}

/* What is known while the chain is walked from the charter on. */
struct walk {
	struct keeper_lineage lineage;
	struct keeper_lineage_step step;
	struct ssh_key appointing;
	bool beyond; /* what was followed before */
};

static bool says(const struct act *act, const char *office)
{
	return bytes_equal_string(act_field(act, "office")->text, office);
}

/* Whether the entry is the appointing key's word on this log. */
static int check_link(const struct charter *charter, unsigned party, const struct entry *entry,
                      const struct walk *walk, struct error *error)
{
	const struct act *act = &entry->act;
	struct ssh_key keys[2];
	int r;

	if (strcmp(act->channel, charter->channel) != 0 ||
	    strcmp(act->party, charter->parties[party].id) != 0 ||
	    act->kind->number != KIND_APPOINT || strcmp(act->author, "appointing") != 0 ||
	    act->cosigner[0] != '\0' || (!says(act, "log") && !says(act, "appointing")))
		return error_set(error, ERROR_MISMATCH,
		                 "an entry that says nothing of who signs this log");
	if ((r = entry_verify(entry, keys, error)) != OK)
		return r;
	if (!ssh_key_equal(&keys[0], &walk->appointing))
		return error_set(error, ERROR_SIGNATURE,
		                 "the entry is not signed by the party's appointing key");
	return OK;
}

static int begin_generation(const struct party *charter, const struct entry *entry,
                            struct walk *walk, struct error *error)
{
	struct keeper_lineage *lineage = &walk->lineage;
	uint64_t size = act_field(&entry->act, "size")->as.number;

	if (size <= lineage->start)
		return error_set(error, ERROR_MISMATCH,
		                 "a successor log would begin before the log that it continues");
	memmove(&lineage->formers[1], &lineage->formers[0],
	        (KEEPER_FORMERS - 1) * sizeof(lineage->formers[0]));
	lineage->formers[0].start = lineage->start;
	lineage->formers[0].key = lineage->generation == 1 ? charter->log_key : lineage->key;
	lineage->key = act_field(&entry->act, "key")->as.raw_key;
	lineage->start = size;
	lineage->generation++;
	if (!walk->beyond)
		return OK;
	walk->step.begun++;
	walk->step.size = size;
	walk->step.root = act_field(&entry->act, "root")->as.hash;
	walk->step.leaf = entry->leaf;
	walk->step.key = lineage->key;
	return OK;
}

static int follow_link(const struct charter *charter, unsigned party, struct bytes bytes,
                       struct entry *entry, struct walk *walk, struct error *error)
{
	struct bytes pieces[2];
	int r;

	if ((r = entry_parse(bytes, entry, error)) != OK ||
	    (r = check_link(charter, party, entry, walk, error)) != OK)
		return r;
	if (says(&entry->act, "appointing"))
		walk->appointing = act_field(&entry->act, "key")->as.ssh_key;
	else if ((r = begin_generation(&charter->parties[party], entry, walk, error)) != OK)
		return r;
	pieces[0] = bytes_of(walk->lineage.chain.bytes, HASH_SIZE);
	pieces[1] = bytes_of(entry->leaf.bytes, HASH_SIZE);
	sha256(&walk->lineage.chain, pieces, 2);
	walk->lineage.links++;
	return OK;
}

int keeper_lineage_follow(const struct charter *charter, unsigned party,
                          const struct bytes *entries, size_t count, struct keeper_lineage *lineage,
                          struct keeper_lineage_step *ret_step, struct error *error)
{
	struct walk walk = { .appointing = charter->parties[party].appointing_key };
	struct entry *entry = allocate(1, sizeof(*entry));
	int r = OK;

	if (entry == NULL)
		return error_set(error, ERROR_MEMORY, "no memory for an entry");
	keeper_lineage_init(&walk.lineage);
	for (size_t i = 0; i <= count && r == OK; i++) {
		if (walk.lineage.links == lineage->links) {
			walk.beyond = true;
			if (!hash_equal(&walk.lineage.chain, &lineage->chain))
				r = error_set(error, ERROR_FORK,
				              "other appointments were followed before");
		}
		if (r == OK && i < count)
			r = follow_link(charter, party, entries[i], entry, &walk, error);
	}
	release_memory(entry);
	if (r != OK)
		return r;
	*ret_step = walk.step;
	if (walk.beyond)
		*lineage = walk.lineage;
	return OK;
}

unsigned keeper_lineage_of_head(const struct keeper_lineage *lineage, const struct party *charter,
                                uint64_t size, struct ed25519_public *ret_key)
{
	unsigned generation = lineage->generation;
	uint64_t start = lineage->start;

	*ret_key = generation == 1 ? charter->log_key : lineage->key;
	for (size_t i = 0; i < KEEPER_FORMERS && generation > 1 && size <= start; i++) {
		*ret_key = lineage->formers[i].key;
		start = lineage->formers[i].start;
		generation--;
	}
	return generation;
}

bool keeper_lineage_equal(const struct keeper_lineage *a, const struct keeper_lineage *b)
{
	return a->links == b->links && hash_equal(&a->chain, &b->chain);
}
