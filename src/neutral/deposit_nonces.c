/* Nonces of the parties' requests that were answered: no request is answered twice, so that
 * nobody who has seen one gets what its party got, or leaves again what it left. */
#include "deposit_box.h"
#include "encoding.h"

#include <stdio.h>

static const char PREFIX[] = "nonce/";

enum {
	KEY_CAPACITY = sizeof(PREFIX) + HASH_HEX_CAPACITY,
	VALUE_SIZE = 8 + 1,
	FORGOTTEN_AT_ONCE = 256 /* rows that one call looks at */
};

static void key_of(const uint8_t nonce[HASH_SIZE], char ret_key[KEY_CAPACITY])
{
	char hex[HASH_HEX_CAPACITY];
	struct hash hash;

	memcpy(hash.bytes, nonce, sizeof(hash.bytes));
	hash_to_hex(&hash, hex);
	snprintf(ret_key, KEY_CAPACITY, "%s%s", PREFIX, hex);
}

int deposit_box_knows_nonce(const struct deposit_box *box, const uint8_t nonce[HASH_SIZE],
                            bool *ret_knows)
{
	char key[KEY_CAPACITY];
	struct buffer value;
	int r;

	key_of(nonce, key);
	buffer_init(&value, VALUE_SIZE);
	r = store_get_value(box->store, box->channel, key, &value);
	buffer_release(&value);
	if (r != OK && r != ERROR_NOT_FOUND)
		return r;
	*ret_knows = r == OK;
	return OK;
}

int deposit_box_put_nonce(struct deposit_box *box, const uint8_t nonce[HASH_SIZE], timestamp time,
                          unsigned party)
{
	char key[KEY_CAPACITY];
	struct buffer value;
	int r;

	key_of(nonce, key);
	buffer_init(&value, VALUE_SIZE);
	if ((r = buffer_put_u64(&value, (uint64_t)time)) == OK &&
	    (r = buffer_put_u8(&value, (uint8_t)party)) == OK)
		r = store_set_value(box->store, box->channel, key, buffer_view(&value));
	buffer_release(&value);
	return r;
}

static int decode(struct bytes value, timestamp *ret_time, unsigned *ret_party)
{
	struct cursor cursor = cursor_over(value);
	uint64_t time;
	uint8_t party;

	if (cursor_get_u64(&cursor, &time) != OK || cursor_get_u8(&cursor, &party) != OK ||
	    cursor_end(&cursor) != OK || time > (uint64_t)TIMESTAMP_MAXIMUM || party > 1)
		return ERROR_IO;
	*ret_time = (timestamp)time;
	*ret_party = party;
	return OK;
}

static int count(struct deposit_box *box, const struct store_value *value)
{
	timestamp time;
	unsigned party;
	int r = decode(value->value, &time, &party);

	if (r == OK)
		box->nonces[party]++;
	return r;
}

int deposit_box_count_nonces(struct deposit_box *box)
{
	box->nonces[0] = box->nonces[1] = 0;
	return deposit_box_for_each(box, PREFIX, count);
}

static int forget(struct deposit_box *box, const struct store_value *value, timestamp before)
{
	char key[STORE_NAME_CAPACITY];
	timestamp time;
	unsigned party;
	int r;

	if ((r = decode(value->value, &time, &party)) != OK || time >= before)
		return r;
	if ((r = bytes_to_string(value->key, key, sizeof(key))) != OK ||
	    (r = store_delete_value(box->store, box->channel, key)) != OK)
		return r;
	if (box->nonces[party] > 0)
		box->nonces[party]--;
	return OK;
}

int deposit_box_forget_nonces(struct deposit_box *box, timestamp before)
{
	struct store_values page;
	int r;

	store_values_init(&page);
	r = store_list_values(box->store, box->channel, PREFIX, box->scanned_nonces,
	                      FORGOTTEN_AT_ONCE, &page);
	for (size_t i = 0; r == OK && i < page.count; i++)
		r = forget(box, &page.items[i], before);
	/* From the beginning again after the last. */
	if (r == OK && page.count == 0)
		box->scanned_nonces[0] = '\0';
	else if (r == OK)
		r = bytes_to_string(page.items[page.count - 1].key, box->scanned_nonces,
		                    sizeof(box->scanned_nonces));
	store_values_release(&page);
	return r;
}
