#include "evidence.h"

#include "allocate.h"

/* The keys whose lines count. */
struct cosigners {
	struct note_key keys[WITNESSES_MAXIMUM];
	const struct note_key *pointers[WITNESSES_MAXIMUM];
	size_t count;
};

static int choose_cosigners(const struct charter *charter, const struct note_key *receipt,
                            struct cosigners *cosigners, struct error *error)
{
	int r;

	if (charter->quorum == 0) {
		cosigners->pointers[cosigners->count++] = receipt;
		return OK;
	}
	for (; cosigners->count < charter->witness_count; cosigners->count++) {
		struct note_key *key = &cosigners->keys[cosigners->count];

		if ((r = note_key_parse(charter->witnesses[cosigners->count], key, error)) != OK)
			return r;
		cosigners->pointers[cosigners->count] = key;
	}
	return OK;
}

static bool is_fresh(timestamp time, timestamp since, timestamp now)
{
	return time >= since && time <= now + EVIDENCE_AGE_MAXIMUM &&
	       time >= now - EVIDENCE_AGE_MAXIMUM;
}

int evidence_read(const struct charter *charter, struct bytes note, const struct note_key *log,
                  const struct note_key *receipt, timestamp since, timestamp now,
                  struct checkpoint *ret_head, struct evidence *ret_evidence, struct error *error)
{
	struct cosigned cosigned[WITNESSES_MAXIMUM] = { 0 };
	struct evidence evidence = { .needed = charter->quorum > 0 ? (unsigned)charter->quorum
		                                                   : 1 };
	struct cosigners *cosigners = allocate(1, sizeof *cosigners);
	struct checkpoint head;
	int r;

	if (cosigners == NULL)
		return error_set(error, ERROR_MEMORY, "no memory for the evidence of a head");
	if ((r = choose_cosigners(charter, receipt, cosigners, error)) != OK ||
	    (r = signed_checkpoint_verify(note, log, cosigners->pointers, cosigners->count, &head,
	                                  cosigned, error)) != OK)
		goto out;
	for (size_t i = 0; i < cosigners->count; i++) {
		if (!cosigned[i].verified)
			continue;
		if (is_fresh(cosigned[i].time, since, now))
			evidence.fresh++;
		else
			evidence.stale++;
		if (cosigned[i].time > evidence.latest)
			evidence.latest = cosigned[i].time;
	}
	*ret_head = head;
	*ret_evidence = evidence;
out:
	release_memory(cosigners);
	return r;
}

bool evidence_is_enough(const struct evidence *evidence)
{
	return evidence->fresh >= evidence->needed;
}

/* The field that says what is named, the word for a receipt key, and the field
 * that names it. */
static const struct {
	enum kind_number kind;
	const char *what, *word, *key;
} namings[] = {
	{ KIND_REKEY, "item", "receipt-key", "value" },
	{ KIND_APPOINT, "office", "receipt", "key" },
};

static int named_key(const struct act *act, struct ed25519_public *ret_key)
{
	for (size_t i = 0; i < sizeof namings / sizeof namings[0]; i++) {
		const struct field_value *value;

		if (act->kind->number != namings[i].kind ||
		    !bytes_equal_string(act_field(act, namings[i].what)->text, namings[i].word))
			continue;
		value = act_field(act, namings[i].key);
		if (value == NULL || value->type != FIELD_RAW_KEY)
			return ERROR_MISMATCH;
		*ret_key = value->as.raw_key;
		return OK;
	}
	return ERROR_MISMATCH;
}

int receipt_naming_verify(const struct charter *charter, unsigned party, const struct note_key *log,
                          const struct receipt_naming *naming, struct ed25519_public *ret_key,
                          struct error *error)
{
	struct entry *entry = allocate(1, sizeof *entry);
	struct ssh_key keys[2];
	struct checkpoint head;
	int r;

	if (entry == NULL)
		return error_set(error, ERROR_MEMORY, "no memory for an entry");
	if ((r = signed_checkpoint_verify(naming->head, log, NULL, 0, &head, NULL, error)) != OK ||
	    (r = entry_parse(naming->entry, entry, error)) != OK ||
	    (r = entry_verify(entry, keys, error)) != OK)
		goto out;
	if (strcmp(entry->act.channel, charter->channel) != 0 ||
	    strcmp(entry->act.party, charter->parties[party].id) != 0 ||
	    inclusion_verify(naming->number, head.size, &entry->leaf, &naming->path, &head.root) !=
	        OK)
		r = error_set(error, ERROR_MISMATCH, "the entry is not shown to be in that log");
	else if ((r = named_key(&entry->act, ret_key)) != OK)
		error_set(error, r, "the entry names no receipt key");
out:
	release_memory(entry);
	return r;
}
