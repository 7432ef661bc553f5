#include "handover_store.h"

#include <inttypes.h>
#include <stdio.h>

#include "channel_internal.h"
#include "sshsig.h"

#define PREFIX "handover/"
#define LAST   "handover-last"

enum { VERSION = 1, KEY_CAPACITY = sizeof PREFIX + 16, VALUE_MAXIMUM = 128 * 1024 };

static void key_of(uint64_t number, char ret_key[KEY_CAPACITY])
{
	snprintf(ret_key, KEY_CAPACITY, PREFIX "%016" PRIx64, number);
}

void stored_handover_release(struct stored_handover *stored)
{
	buffer_release(&stored->bytes);
}

/* --- reading ------------------------------------------------------------------ */

int engine_last_handover(const struct engine_channel *channel, uint64_t *ret_number)
{
	struct buffer value;
	struct cursor cursor;
	int r;

	buffer_init(&value, 8);
	r = store_get_value(channel->engine->settings.store, channel->number, LAST, &value);
	cursor = cursor_over(buffer_view(&value));
	if (r == ERROR_NOT_FOUND) {
		*ret_number = 0;
		r = OK;
	} else if (r == OK) {
		r = cursor_get_u64(&cursor, ret_number);
	}
	buffer_release(&value);
	return r;
}

static int read_value(struct stored_handover *stored)
{
	struct cursor cursor = cursor_over(buffer_view(&stored->bytes));
	uint64_t times[2];
	uint8_t version;
	int r;

	if ((r = cursor_get_u8(&cursor, &version)) != OK ||
	    (r = cursor_get_u64(&cursor, &times[0])) != OK ||
	    (r = cursor_get_sized(&cursor, HANDOVER_TEXT_MAXIMUM, &stored->text)) != OK ||
	    (r = cursor_get_sized(&cursor, SSHSIG_ARMOR_MAXIMUM, &stored->armor)) != OK ||
	    (r = cursor_get_u64(&cursor, &times[1])) != OK ||
	    (r = cursor_get_sized_string(&cursor, stored->accepted_by,
	                                 sizeof stored->accepted_by)) != OK ||
	    (r = cursor_get_sized(&cursor, SSHSIG_ARMOR_MAXIMUM, &stored->acceptance)) != OK ||
	    (r = cursor_end(&cursor)) != OK)
		return r;
	stored->stored = (timestamp)times[0];
	stored->accepted = (timestamp)times[1];
	return version == VERSION ? handover_parse(stored->text, &stored->handover, NULL)
	                          : ERROR_UNSUPPORTED;
}

int engine_find_handover(const struct engine_channel *channel, uint64_t number,
                         struct stored_handover *ret_stored, struct error *error)
{
	struct stored_handover stored = { .number = number };
	char key[KEY_CAPACITY];
	int r;

	key_of(number, key);
	buffer_init(&stored.bytes, VALUE_MAXIMUM);
	r = store_get_value(channel->engine->settings.store, channel->number, key, &stored.bytes);
	if (r == ERROR_NOT_FOUND)
		error_set(error, r, "there is no handover of this number");
	else if (r != OK)
		error_set(error, r, "the database cannot be read");
	else if (read_value(&stored) != OK)
		r = error_set(error, ERROR_IO,
		              "the database is damaged: a handover cannot be read");
	if (r == OK)
		*ret_stored = stored;
	else
		stored_handover_release(&stored);
	return r;
}

/* --- writing ------------------------------------------------------------------ */

static int put_value(struct buffer *buffer, const struct stored_handover *stored)
{
	int r;

	if ((r = buffer_put_u8(buffer, VERSION)) != OK ||
	    (r = buffer_put_u64(buffer, (uint64_t)stored->stored)) != OK ||
	    (r = buffer_put_sized(buffer, stored->text)) != OK ||
	    (r = buffer_put_sized(buffer, stored->armor)) != OK ||
	    (r = buffer_put_u64(buffer, (uint64_t)stored->accepted)) != OK ||
	    (r = buffer_put_sized_string(buffer, stored->accepted_by)) != OK)
		return r;
	return buffer_put_sized(buffer, stored->acceptance);
}

static int write_value(struct engine_channel *channel, const struct stored_handover *stored,
                       struct error *error)
{
	struct buffer bytes;
	char key[KEY_CAPACITY];
	int r;

	key_of(stored->number, key);
	buffer_init(&bytes, VALUE_MAXIMUM);
	if ((r = put_value(&bytes, stored)) == OK && (r = engine_write(channel->engine)) == OK)
		r = store_set_value(channel->engine->settings.store, channel->number, key,
		                    buffer_view(&bytes));
	buffer_release(&bytes);
	return r == OK ? OK : error_set(error, r, "the database does not take the handover");
}

/* Notes the number of the last, and drops the one that is too many. */
static int write_last(struct engine_channel *channel, uint64_t number, struct error *error)
{
	struct store *store = channel->engine->settings.store;
	struct buffer value;
	char key[KEY_CAPACITY];
	int r;

	buffer_init(&value, 8);
	if ((r = buffer_put_u64(&value, number)) == OK)
		r = store_set_value(store, channel->number, LAST, buffer_view(&value));
	buffer_release(&value);
	if (r == OK && number > HANDOVERS_MAXIMUM) {
		key_of(number - HANDOVERS_MAXIMUM, key);
		r = store_delete_value(store, channel->number, key);
	}
	return r == OK ? OK : error_set(error, r, "the database does not take the handover");
}

/* Who of our side has signed it with a present key: a person. */
static int find_signer(const struct engine_channel *channel, struct bytes text, struct bytes armor,
                       const struct delegate **ret_signer, struct error *error)
{
	timestamp now = engine_now(channel->engine);
	const struct delegate *delegates;
	struct ssh_key key;
	size_t count;
	int r;

	if ((r = sshsig_verify(text, HANDOVER_NAMESPACE, armor, &key, error)) != OK)
		return r;
	delegates = rules_delegates(channel->rules, channel->own, &count);
	for (size_t i = 0; i < count; i++) {
		const struct delegate *each = &delegates[i];

		if (each->recalled || (each->role & (ROLE_NODE | ROLE_APPOINTING)) != 0 ||
		    (each->until != 0 && each->until < now) || !ssh_key_equal(&each->key, &key))
			continue;
		*ret_signer = each;
		return OK;
	}
	return error_set(error, ERROR_DENIED, "nobody of our side is accredited with this key");
}

static int check_page(const struct engine_channel *channel, const struct handover *handover,
                      struct error *error)
{
	const struct rules *rules = channel->rules;

	if (strcmp(handover->channel, channel->charter->channel) != 0 ||
	    strcmp(handover->party, channel->charter->parties[channel->own].id) != 0)
		return error_set(error, ERROR_MISMATCH, "it is of another channel or party");
	if (handover->own > rules_size(rules, channel->own) ||
	    handover->theirs > rules_size(rules, channel->other))
		return error_set(error, ERROR_MISMATCH, "it tells of entries that are not here");
	return OK;
}

int engine_add_handover(struct engine_channel *channel, struct bytes text, struct bytes armor,
                        uint64_t *ret_number, struct error *error)
{
	struct stored_handover stored = { .text = text, .armor = armor }, last;
	const struct delegate *signer;
	uint64_t number;
	int r;

	if ((r = handover_parse(text, &stored.handover, error)) != OK ||
	    (r = check_page(channel, &stored.handover, error)) != OK ||
	    (r = find_signer(channel, text, armor, &signer, error)) != OK)
		return r;
	if (strcmp(signer->name, stored.handover.author) != 0)
		return error_set(error, ERROR_DENIED, "it is by %s and signed by %s",
		                 stored.handover.author, signer->name);
	if ((r = engine_last_handover(channel, &number)) != OK)
		return error_set(error, r, "the database cannot be read");
	if (number > 0 && engine_find_handover(channel, number, &last, NULL) == OK) {
		bool same = bytes_equal(last.text, text);

		stored_handover_release(&last);
		*ret_number = number;
		if (same)
			return OK;
	}
	stored.number = number + 1;
	stored.stored = engine_now(channel->engine);
	if ((r = write_value(channel, &stored, error)) != OK ||
	    (r = write_last(channel, stored.number, error)) != OK)
		return r;
	*ret_number = stored.number;
	return OK;
}

int engine_accept_handover(struct engine_channel *channel, uint64_t number, struct bytes armor,
                           struct error *error)
{
	struct stored_handover stored;
	const struct delegate *signer;
	int r;

	if ((r = engine_find_handover(channel, number, &stored, error)) != OK)
		return r;
	if (stored.accepted_by[0] != '\0')
		r = error_set(error, ERROR_STATE, "%s has accepted it", stored.accepted_by);
	else if ((r = find_signer(channel, stored.text, armor, &signer, error)) == OK &&
	         strcmp(signer->name, stored.handover.author) == 0)
		r = error_set(error, ERROR_DENIED, "whoever leaves cannot also take over");
	if (r == OK) {
		memcpy(stored.accepted_by, signer->name, sizeof stored.accepted_by);
		stored.accepted = engine_now(channel->engine);
		stored.acceptance = armor;
		r = write_value(channel, &stored, error);
	}
	stored_handover_release(&stored);
	return r;
}
