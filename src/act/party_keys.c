#include "party_keys.h"

struct named_key {
	const char *party;
	const char *name;
	struct bytes key;
};

enum { KEYS_OF_PARTY = 8 };

/* A key of SSH, plain or FIDO, is its point here. */
static void list_keys(const struct party *party, struct named_key keys[KEYS_OF_PARTY])
{
	const struct named_key list[KEYS_OF_PARTY] = {
		{ party->id, "appointing-key", ssh_key_parts(&party->appointing_key).point },
		{ party->id, "head", ssh_key_parts(&party->head_key).point },
		{ party->id, "head-reading-key", bytes_of_string(party->head_reading_key) },
		{ party->id, "log-key", bytes_of(party->log_key.bytes, ED25519_PUBLIC_SIZE) },
		{ party->id, "receipt-key",
		  bytes_of(party->receipt_key.bytes, ED25519_PUBLIC_SIZE) },
		{ party->id, "node-key", bytes_of(party->node_key.bytes, ED25519_PUBLIC_SIZE) },
		{ party->id, "link-key", bytes_of(party->link_key.bytes, ED25519_PUBLIC_SIZE) },
		{ party->id, "reading-key", bytes_of_string(party->reading_key) },
	};

	memcpy(keys, list, sizeof(list));
}

int party_keys_differ(const struct party *parties, size_t count, struct error *error)
{
	struct named_key keys[2 * KEYS_OF_PARTY];

	for (size_t i = 0; i < count; i++)
		list_keys(&parties[i], keys + i * KEYS_OF_PARTY);
	for (size_t i = 0; i < count * KEYS_OF_PARTY; i++) {
		for (size_t k = 0; k < i; k++) {
			if (!bytes_equal(keys[i].key, keys[k].key))
				continue;
			return error_set(error, ERROR_SYNTAX,
			                 "the %s of %s and the %s of %s are one key", keys[k].name,
			                 keys[k].party, keys[i].name, keys[i].party);
		}
	}
	return OK;
}

bool parties_have_key(const struct party parties[2], const struct ed25519_public *key)
{
	struct named_key keys[KEYS_OF_PARTY];

	for (size_t i = 0; i < 2; i++) {
		list_keys(&parties[i], keys);
		for (size_t k = 0; k < KEYS_OF_PARTY; k++)
			if (bytes_equal(keys[k].key, bytes_of(key->bytes, ED25519_PUBLIC_SIZE)))
				return true;
	}
	return false;
}
