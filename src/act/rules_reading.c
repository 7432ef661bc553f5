/* Reading keys: which a body can be sealed to, and which are attested destroyed.
 *
 * Nobody can see to whom a body is sealed; but an author seals to keys that it knows,
 * so that no key is newer than those of its own log before the act and of the other log
 * up to its effective seen. It may be an older one that was not yet attested
 * destroyed. Hence keys are attested in the order of their making: then the body is
 * lost to a side when the newest key that it could be sealed to is attested. */
#include "rules_internal.h"

#include "grow.h"
#include "sha.h"

int reading_reserve(struct log_state *log)
{
	void *grown = grow(log->reading_keys, log->reading_key_count, &log->reading_key_capacity,
	                   sizeof(*log->reading_keys));

	if (grown == NULL)
		return ERROR_MEMORY;
	log->reading_keys = grown;
	return hash_index_reserve(&log->reading_index);
}

static struct hash hash_of_recipient(struct bytes recipient)
{
	struct hash hash;

	sha256_of(&hash, recipient);
	return hash;
}

void fold_reading_key(struct log_state *log, struct bytes recipient, uint64_t number,
                      timestamp logged)
{
	struct reading_key *key = &log->reading_keys[log->reading_key_count];
	struct hash hash = hash_of_recipient(recipient);

	bytes_to_string(recipient, log->party.reading_key, sizeof(log->party.reading_key));
	if (log->reading_key_count > 0 && strcmp(key[-1].recipient, log->party.reading_key) == 0)
		return;
	*key = (struct reading_key){
		.entry = number,
		.since = logged,
		.destroyed_by = NO_ENTRY,
	};
	memcpy(key->recipient, log->party.reading_key, sizeof(key->recipient));
	hash_index_put(&log->reading_index, &hash, log->reading_key_count++);
}

void fold_destroyed(struct log_state *log, uint64_t number, timestamp logged)
{
	struct reading_key *key = &log->reading_keys[log->attested_count++];

	key->destroyed_by = number;
	key->destroyed = logged;
}

static bool is_former(const struct log_state *log, struct bytes recipient)
{
	struct hash hash = hash_of_recipient(recipient);
	const uint64_t *index = hash_index_find(&log->reading_index, &hash);

	return index != NULL && *index + 1 < log->reading_key_count;
}

enum void_reason judge_reading_key(const struct log_state *log, struct bytes recipient)
{
	return is_former(log, recipient) ? VOID_KEY_IN_USE : VOID_NONE;
}

enum void_reason judge_destroyed(const struct log_state *log, const struct draft *draft,
                                 struct bytes destroyed, struct bytes value)
{
	size_t next = log->attested_count;

	if (draft->role != ROLE_HEAD)
		return VOID_NOT_EMPOWERED;
	if (next == log->reading_key_count ||
	    !bytes_equal_string(destroyed, log->reading_keys[next].recipient) ||
	    bytes_equal(destroyed, value))
		return VOID_FIELD;
	return VOID_NONE;
}

/* --- what others ask --------------------------------------------------- */

const struct reading_key *rules_reading_keys(const struct rules *rules, unsigned party,
                                             size_t *ret_count)
{
	*ret_count = rules->logs[party].reading_key_count;
	return rules->logs[party].reading_keys;
}

size_t rules_reading_key_of(const struct rules *rules, struct act_place place, unsigned party)
{
	const struct log_state *log = &rules->logs[party];
	uint64_t known = place.party == party ? place.number
	                                      : record_at(rules, place)->summary.seen;
	size_t low = 0, high = log->reading_key_count - 1;

	/* The last of those that an entry before `known` has made, or the charter. */
	while (low < high) {
		size_t middle = low + (high - low + 1) / 2;

		if (log->reading_keys[middle].entry < known)
			low = middle;
		else
			high = middle - 1;
	}
	return low;
}

/* Whether the nodes' keys open what the entry brings. */
static bool is_for_nodes(const struct rules *rules, const struct act_summary *act)
{
	if (act->kind->number == KIND_RESEAL && act->has_target)
		act = &record_at(rules, act->target)->summary;
	return act->has_body && !act->eyes_heads;
}

bool rules_destruction(const struct rules *rules, struct act_place place,
                       struct destruction *ret_destruction)
{
	struct destruction destruction = { .agreed = 0 };

	if (rules_act(rules, place) == NULL ||
	    !is_for_nodes(rules, &record_at(rules, place)->summary))
		return false;
	for (unsigned party = 0; party < 2; party++) {
		const struct reading_key *key =
		    &rules->logs[party].reading_keys[rules_reading_key_of(rules, place, party)];

		if (key->destroyed_by == NO_ENTRY)
			return false;
		destruction.by[party] = (struct act_place){ party, key->destroyed_by };
		if (key->destroyed > destruction.agreed)
			destruction.agreed = key->destroyed;
	}
	*ret_destruction = destruction;
	return true;
}
