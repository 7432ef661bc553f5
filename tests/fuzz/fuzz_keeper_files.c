/* The keeper's two files, with a checksum that is right: the first byte says
 * which. What is read is written as it was. */
#include <stdlib.h>

#include "keeper_keys.h"
#include "keeper_state.h"
#include "sha.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	CHECKED_SIZE = KEEPER_SLOT_SIZE - HASH_SIZE,
	CHANNEL_OFFSET = 24, /* after magic, version, flags, sequence */
};

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void read_state(struct bytes input)
{
	uint8_t slot[KEEPER_SLOT_SIZE] = { 0 }, again[KEEPER_SLOT_SIZE];
	struct hash channel, checksum;
	struct keeper_state state;

	memcpy(slot, input.data, input.size < CHECKED_SIZE ? input.size : CHECKED_SIZE);
	memcpy(channel.bytes, slot + CHANNEL_OFFSET, HASH_SIZE);
	sha256_of(&checksum, bytes_of(slot, CHECKED_SIZE));
	memcpy(slot + CHECKED_SIZE, checksum.bytes, HASH_SIZE);
	if (keeper_state_decode(slot, &channel, &state) != OK)
		return;
	require(keeper_state_encode(&state, again) == OK);
	require(memcmp(slot, again, sizeof(slot)) == 0);
}

static void read_keys(struct bytes input)
{
	struct keeper_keys *keys = keeper_keys_new();
	struct buffer content, again;
	struct hash checksum;

	require(keys != NULL);
	buffer_init(&content, KEEPER_KEYS_FILE_MAXIMUM);
	buffer_init(&again, KEEPER_KEYS_FILE_MAXIMUM);
	sha256_of(&checksum, input);
	if (buffer_put_bytes(&content, input) == OK &&
	    buffer_put(&content, checksum.bytes, HASH_SIZE) == OK &&
	    keeper_keys_decode(keys, buffer_view(&content)) == OK) {
		for (unsigned purpose = 0; purpose < KEEPER_KEY_PURPOSE_COUNT; purpose++)
			require(keeper_keys_current(keys, (enum keeper_purpose)purpose) != NULL);
		require(keeper_keys_encode(keys, &again) == OK);
		require(bytes_equal(buffer_view(&content), buffer_view(&again)));
	}
	buffer_release(&content);
	buffer_release(&again);
	keeper_keys_free(keys);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	if (data[0] % 2 == 0)
		read_state(bytes_of(data + 1, size - 1));
	else
		read_keys(bytes_of(data + 1, size - 1));
	return 0;
}
