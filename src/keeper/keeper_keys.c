#include "keeper_keys.h"

#include <sys/mman.h>

#include "allocate.h"
#include "encoding.h"
#include "sha.h"

enum { FILE_VERSION = 1, MAGIC_SIZE = 8 };

static const char magic[MAGIC_SIZE + 1] = "chirokey";

struct keeper_keys *keeper_keys_new(void)
{
	struct keeper_keys *keys = allocate(1, sizeof(*keys));

	/* Best effort: the limit on locked memory may be low. */
	if (keys != NULL) {
		mlock(keys, sizeof(*keys));
		keys->party = KEEPER_PARTY_UNKNOWN;
	}
	return keys;
}

void keeper_keys_free(struct keeper_keys *keys)
{
	if (keys == NULL)
		return;
	wipe(keys, sizeof(*keys));
	release_memory(keys);
}

int keeper_keys_generate(struct keeper_keys *keys, const struct random_source *random)
{
	for (int purpose = 0; purpose < KEEPER_KEY_PURPOSE_COUNT; purpose++) {
		struct keeper_key *key = &keys->keys[purpose];
		int r = random->fill(random->context, key->secret, sizeof(key->secret));

		if (r != OK) {
			wipe(keys, sizeof(*keys));
			return r;
		}
		key->purpose = (enum keeper_purpose)purpose;
		key->status = KEEPER_KEY_CURRENT;
	}
	keys->count = KEEPER_KEY_PURPOSE_COUNT;
	return OK;
}

static size_t find_current(const struct keeper_keys *keys, enum keeper_purpose purpose)
{
	size_t i = 0;

	while (keys->keys[i].purpose != purpose || keys->keys[i].status != KEEPER_KEY_CURRENT)
		i++;
	return i;
}

const struct keeper_key *keeper_keys_current(const struct keeper_keys *keys,
                                             enum keeper_purpose purpose)
{
	return &keys->keys[find_current(keys, purpose)];
}

void keeper_keys_pair(const struct keeper_keys *keys, enum keeper_purpose purpose,
                      struct ed25519_secret *ret_pair)
{
	ed25519_from_seed(ret_pair, keeper_keys_current(keys, purpose)->secret);
}

void keeper_keys_reading(const struct keeper_keys *keys,
                         struct x25519_secret ret_secrets[KEEPER_KEYS_MAXIMUM], size_t *ret_count)
{
	size_t current = find_current(keys, KEEPER_KEY_READING);
	size_t count = 0;

	memcpy(ret_secrets[count++].bytes, keys->keys[current].secret, KEEPER_SECRET_SIZE);
	for (size_t i = 0; i < keys->count; i++) {
		if (keys->keys[i].purpose == KEEPER_KEY_READING && i != current)
			memcpy(ret_secrets[count++].bytes, keys->keys[i].secret,
			       KEEPER_SECRET_SIZE);
	}
	*ret_count = count;
}

int keeper_key_print(const struct keeper_key *key, char ret_text[KEEPER_KEY_TEXT_CAPACITY])
{
	char text[KEEPER_KEY_TEXT_CAPACITY] = { 0 };

	if (key->purpose == KEEPER_KEY_READING) {
		struct x25519_secret secret;
		struct x25519_public recipient;
		int r;

		memcpy(secret.bytes, key->secret, sizeof(secret.bytes));
		x25519_public_of(&secret, &recipient);
		wipe(&secret, sizeof(secret));
		if ((r = age_recipient_print(&recipient, text)) != OK)
			return r;
	} else {
		struct ed25519_secret pair;
		struct hash raw;

		ed25519_from_seed(&pair, key->secret);
		memcpy(raw.bytes, pair.public_key.bytes, sizeof(raw.bytes));
		ed25519_secret_wipe(&pair);
		hash_to_base64(&raw, text);
	}
	memcpy(ret_text, text, sizeof(text));
	return OK;
}

static void remove_at(struct keeper_keys *keys, size_t place)
{
	keys->count--;
	memmove(&keys->keys[place], &keys->keys[place + 1],
	        (keys->count - place) * sizeof(keys->keys[0]));
	wipe(&keys->keys[keys->count], sizeof(keys->keys[0]));
}

/* Drops the oldest pending key of a purpose when there are too many. */
static void make_room(struct keeper_keys *keys, enum keeper_purpose purpose)
{
	size_t pending = 0, oldest = 0;

	for (size_t i = keys->count; i-- > 0;) {
		if (keys->keys[i].purpose == purpose &&
		    keys->keys[i].status == KEEPER_KEY_PENDING) {
			pending++;
			oldest = i;
		}
	}
	if (pending == KEEPER_PENDING_MAXIMUM)
		remove_at(keys, oldest);
}

int keeper_keys_add(struct keeper_keys *keys, enum keeper_purpose purpose,
                    const struct random_source *random, char ret_text[KEEPER_KEY_TEXT_CAPACITY])
{
	struct keeper_key key = { .purpose = purpose, .status = KEEPER_KEY_PENDING };
	int r;

	if ((r = random->fill(random->context, key.secret, sizeof(key.secret))) == OK &&
	    (r = keeper_key_print(&key, ret_text)) == OK) {
		make_room(keys, purpose);
		if (keys->count < KEEPER_KEYS_MAXIMUM)
			keys->keys[keys->count++] = key;
		else
			r = ERROR_LIMIT;
	}
	wipe(&key, sizeof(key));
	return r;
}

/* The place of a key by what it prints as; ERROR_NOT_FOUND. */
static int find_printed(const struct keeper_keys *keys, enum keeper_purpose purpose,
                        struct bytes text, size_t *ret_place)
{
	for (size_t i = 0; i < keys->count; i++) {
		char printed[KEEPER_KEY_TEXT_CAPACITY];
		int r;

		if (keys->keys[i].purpose != purpose)
			continue;
		if ((r = keeper_key_print(&keys->keys[i], printed)) != OK)
			return r;
		if (bytes_equal_string(text, printed)) {
			*ret_place = i;
			return OK;
		}
	}
	return ERROR_NOT_FOUND;
}

int keeper_keys_activate(struct keeper_keys *keys, enum keeper_purpose purpose, struct bytes text)
{
	size_t place, former = find_current(keys, purpose);
	int r = find_printed(keys, purpose, text, &place);

	if (r != OK || place == former)
		return r;
	if (keys->keys[place].status != KEEPER_KEY_PENDING)
		return ERROR_STATE;
	keys->keys[place].status = KEEPER_KEY_CURRENT;
	keys->keys[former].status = KEEPER_KEY_OLD;
	if (purpose != KEEPER_KEY_READING)
		remove_at(keys, former);
	return OK;
}

bool keeper_keys_have(const struct keeper_keys *keys, enum keeper_purpose purpose,
                      struct bytes text)
{
	size_t place;

	return find_printed(keys, purpose, text, &place) == OK &&
	       keys->keys[place].status != KEEPER_KEY_OLD;
}

int keeper_keys_inherit_reading(struct keeper_keys *keys, const struct keeper_keys *former)
{
	for (size_t i = 0; i < former->count; i++) {
		if (former->keys[i].purpose != KEEPER_KEY_READING)
			continue;
		if (keys->count == KEEPER_KEYS_MAXIMUM)
			return ERROR_LIMIT;
		keys->keys[keys->count] = former->keys[i];
		keys->keys[keys->count++].status = KEEPER_KEY_OLD;
	}
	return OK;
}

int keeper_keys_destroy_reading(struct keeper_keys *keys, struct bytes recipient)
{
	size_t place;
	int r = find_printed(keys, KEEPER_KEY_READING, recipient, &place);

	if (r != OK)
		return r;
	if (keys->keys[place].status != KEEPER_KEY_OLD)
		return ERROR_STATE;
	remove_at(keys, place);
	return OK;
}

int keeper_keys_is_old_reading(const struct keeper_keys *keys, struct bytes recipient)
{
	size_t place;
	int r = find_printed(keys, KEEPER_KEY_READING, recipient, &place);

	if (r != OK)
		return r;
	return keys->keys[place].status == KEEPER_KEY_OLD ? OK : ERROR_STATE;
}

int keeper_keys_encode(const struct keeper_keys *keys, struct buffer *buffer)
{
	size_t before = buffer->size;
	struct hash checksum;
	int r;

	if ((r = buffer_put(buffer, magic, MAGIC_SIZE)) != OK ||
	    (r = buffer_put_u32(buffer, FILE_VERSION)) != OK ||
	    (r = buffer_put_u8(buffer, keys->party)) != OK ||
	    (r = buffer_put_u16(buffer, (uint16_t)keys->count)) != OK)
		goto out;
	for (size_t i = 0; i < keys->count; i++) {
		const struct keeper_key *key = &keys->keys[i];

		if ((r = buffer_put_u8(buffer, (uint8_t)key->purpose)) != OK ||
		    (r = buffer_put_u8(buffer, (uint8_t)key->status)) != OK ||
		    (r = buffer_put(buffer, key->secret, sizeof(key->secret))) != OK)
			goto out;
	}
	sha256_of(&checksum, bytes_of(buffer->data + before, buffer->size - before));
	r = buffer_put(buffer, checksum.bytes, sizeof(checksum.bytes));
out:
	if (r != OK)
		buffer_truncate(buffer, before);
	return r;
}

static int decode_key(struct cursor *cursor, struct keeper_key *key,
                      unsigned current[KEEPER_KEY_PURPOSE_COUNT])
{
	uint8_t purpose, status;
	int r;

	if ((r = cursor_get_u8(cursor, &purpose)) != OK ||
	    (r = cursor_get_u8(cursor, &status)) != OK ||
	    (r = cursor_get(cursor, key->secret, sizeof(key->secret))) != OK)
		return r;
	if (purpose >= KEEPER_KEY_PURPOSE_COUNT || status >= KEEPER_KEY_STATUS_COUNT)
		return ERROR_SYNTAX;
	key->purpose = (enum keeper_purpose)purpose;
	key->status = (enum keeper_key_status)status;
	current[purpose] += status == KEEPER_KEY_CURRENT;
	return OK;
}

int keeper_keys_decode(struct keeper_keys *keys, struct bytes content)
{
	unsigned current[KEEPER_KEY_PURPOSE_COUNT] = { 0 };
	struct cursor cursor;
	struct hash checksum;
	uint8_t found[MAGIC_SIZE];
	uint32_t version;
	uint16_t count;
	int r;

	if (content.size < HASH_SIZE)
		return ERROR_SYNTAX;
	content.size -= HASH_SIZE;
	sha256_of(&checksum, content);
	if (memcmp(checksum.bytes, content.data + content.size, HASH_SIZE) != 0)
		return ERROR_MISMATCH;
	cursor = cursor_over(content);
	if ((r = cursor_get(&cursor, found, sizeof(found))) != OK ||
	    (r = cursor_get_u32(&cursor, &version)) != OK)
		return r;
	if (memcmp(found, magic, MAGIC_SIZE) != 0)
		return ERROR_SYNTAX;
	if (version != FILE_VERSION)
		return ERROR_UNSUPPORTED;
	if ((r = cursor_get_u8(&cursor, &keys->party)) != OK ||
	    (r = cursor_get_u16(&cursor, &count)) != OK)
		return r;
	if (count > KEEPER_KEYS_MAXIMUM || (keys->party > 1 && keys->party != KEEPER_PARTY_UNKNOWN))
		return ERROR_SYNTAX;
	for (keys->count = 0; r == OK && keys->count < count; keys->count++)
		r = decode_key(&cursor, &keys->keys[keys->count], current);
	for (int purpose = 0; r == OK && purpose < KEEPER_KEY_PURPOSE_COUNT; purpose++) {
		if (current[purpose] != 1)
			r = ERROR_SYNTAX;
	}
	if (r == OK)
		r = cursor_end(&cursor);
	if (r != OK)
		wipe(keys, sizeof(*keys));
	return r;
}
