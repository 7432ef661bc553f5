/* The texts of charters that amendments name. No rule reads a body, and neither does the
 * engine: a text comes from the node's own people, with the act that opens or completes
 * the amendment, or with a copy of the logs. It is kept as a value under its hash:
 *
 *     charter/<SHA-256 in hexadecimal>     the text
 *
 * What people give is stored at once, and so is what a copy brings while this node's
 * logs are copied. What any other file brings is held in memory until an entry names it:
 * the other side writes it. */
#include "channel_internal.h"
#include "encoding.h"
#include "journal.h"
#include "sha.h"

#include <stdio.h>

enum {
	KEY_CAPACITY = sizeof("charter/") + 2 * HASH_SIZE,
	UNNAMED_MAXIMUM = 2 * CHARTERS_MAXIMUM /* stored, and named by no act yet */
};

static void print_key(const struct hash *hash, char ret_key[KEY_CAPACITY])
{
	size_t at = (size_t)snprintf(ret_key, KEY_CAPACITY, "charter/");

	for (size_t i = 0; i < HASH_SIZE; i++)
		at += (size_t)snprintf(ret_key + at, KEY_CAPACITY - at, "%02x", hash->bytes[i]);
}

const struct charter *channel_charter(const struct engine_channel *channel)
{
	return rules_charter_now(channel->rules);
}

/* --- reading ---------------------------------------------------------------- */

int channel_charter_text(struct engine_channel *channel, const struct hash *hash,
                         struct buffer *text)
{
	const struct charter *known = rules_known_charter(channel->rules, hash);
	char key[KEY_CAPACITY];

	if (known != NULL)
		return buffer_put_bytes(text, known->text);
	print_key(hash, key);
	return store_get_value(channel->engine->settings.store, channel->number, key, text);
}

int channel_know_charter(struct engine_channel *channel, const struct hash *hash)
{
	struct buffer text;
	char key[KEY_CAPACITY];
	int r;

	if (rules_knows_charter(channel->rules, hash))
		return OK;
	buffer_init(&text, CHARTER_SIZE_MAXIMUM);
	print_key(hash, key);
	r = store_get_value(channel->engine->settings.store, channel->number, key, &text);
	if (r == OK)
		r = rules_add_charter(channel->rules, buffer_view(&text), NULL);
	buffer_release(&text);
	return r == ERROR_NOT_FOUND ? ERROR_CHARTER : r;
}

int channel_need_charter(struct engine_channel *channel, const struct act *act, struct error *error)
{
	const struct hash *hash;
	int r;

	if (act->kind->number != KIND_AMEND)
		return OK;
	hash = &act_field(act, "charter")->as.hash;
	if ((r = channel_know_charter(channel, hash)) == ERROR_CHARTER)
		return error_set(error, r,
		                 "the text of the charter that the act names is not here: "
		                 "it is given first");
	if (r != OK)
		return error_set(error, r, "the charter cannot be read");
	if (rules_known_charter(channel->rules, hash) == NULL)
		return error_set(error, ERROR_MISMATCH,
		                 "the text that the act names cannot amend this charter");
	return OK;
}

/* --- keeping ------------------------------------------------------------------ */

static int store_text(struct engine_channel *channel, const struct hash *hash, struct bytes text)
{
	char key[KEY_CAPACITY];
	int r;

	print_key(hash, key);
	if ((r = engine_write(channel->engine)) != OK)
		return r;
	return store_set_value(channel->engine->settings.store, channel->number, key, text);
}

int channel_keep_charter(struct engine_channel *channel, const struct act *act)
{
	const struct charter *known;
	const struct hash *hash;

	if (act->kind->number != KIND_AMEND)
		return OK;
	hash = &act_field(act, "charter")->as.hash;
	if ((known = rules_known_charter(channel->rules, hash)) == NULL ||
	    known == channel->charter)
		return OK;
	return store_text(channel, hash, known->text);
}

static bool is_named(const struct engine_channel *channel, struct bytes key)
{
	struct amendment_summary amendment;
	char named[KEY_CAPACITY];

	for (unsigned party = 0; party < 2; party++)
		for (size_t i = 0;
		     rules_amendment_by_index(channel->rules, party, i, &amendment) == OK; i++) {
			print_key(&amendment.charter, named);
			if (bytes_equal_string(key, named))
				return true;
		}
	return false;
}

/* Drops one of those that no act names once there are too many: so many amendments were
 * begun and given up, or a copy brings what is none. */
static int make_room(struct engine_channel *channel)
{
	struct store *store = channel->engine->settings.store;
	char after[STORE_NAME_CAPACITY] = "", first[STORE_NAME_CAPACITY] = "";
	struct store_values page;
	size_t count = 0;
	int r;

	store_values_init(&page);
	do {
		r = store_list_values(store, channel->number, "charter/", after, 1, &page);
		if (r != OK || page.count == 0)
			break;
		r = bytes_to_string(page.items[0].key, after, sizeof after);
		if (r == OK && !is_named(channel, page.items[0].key) && count++ == 0)
			r = bytes_to_string(page.items[0].key, first, sizeof first);
	} while (r == OK);
	store_values_release(&page);
	if (r != OK || count < UNNAMED_MAXIMUM)
		return r;
	return store_delete_value(store, channel->number, first);
}

int channel_take_charter(struct engine_channel *channel, struct bytes text)
{
	struct hash hash;
	int r;

	sha256_of(&hash, text);
	if (hash_equal(&hash, &channel->charter->hash))
		return OK;
	if ((r = rules_add_charter(channel->rules, text, NULL)) != OK || !channel->copying ||
	    rules_known_charter(channel->rules, &hash) == NULL)
		return r;
	if ((r = engine_write(channel->engine)) != OK || (r = make_room(channel)) != OK)
		return r;
	return store_text(channel, &hash, text);
}

/* What waited for it is tried again. */
static int go_on(struct engine_channel *channel)
{
	for (size_t i = 0; i < channel->post.count; i++)
		channel->post.items[i].retry = 0;
	return post_drain(channel);
}

int engine_give_charter(struct engine_channel *channel, struct bytes text, struct hash *ret_hash,
                        struct error *error)
{
	struct error why = { 0 };
	struct hash hash;
	int r;

	sha256_of(&hash, text);
	if (hash_equal(&hash, &channel->charter->hash)) {
		*ret_hash = hash;
		return OK;
	}
	if ((r = rules_add_charter(channel->rules, text, &why)) != OK)
		return error_set(error, r, "the charter cannot be held");
	if (rules_known_charter(channel->rules, &hash) == NULL)
		return error_set(error, why.code != OK ? why.code : ERROR_MISMATCH, "%s",
		                 why.code != OK ? why.message : "it cannot amend this charter");
	if ((r = engine_write(channel->engine)) != OK || (r = make_room(channel)) != OK ||
	    (r = store_text(channel, &hash, text)) != OK || (r = go_on(channel)) != OK)
		return error_set(error, r, "the charter cannot be stored");
	*ret_hash = hash;
	return OK;
}

/* --- waiting --------------------------------------------------------------------- */

/* Whether an own act that is in the log opens an amendment by this text. */
static bool is_opened_here(const struct engine_channel *channel, const struct hash *hash)
{
	struct amendment_summary amendment;

	for (size_t i = 0;
	     rules_amendment_by_index(channel->rules, channel->own, i, &amendment) == OK; i++)
		if (hash_equal(&amendment.charter, hash))
			return true;
	return false;
}

int arrival_know_charters(struct engine_channel *channel, const struct arrival *arrival,
                          struct error *error)
{
	char text[HASH_BASE64_CAPACITY];
	const struct hash *hash;
	struct entry entry;
	int r = OK;

	if (!arrival->amends)
		return OK;
	for (size_t i = 0; i < arrival->count && r == OK; i++) {
		if ((r = entry_parse(arrival->entries[i], &entry, error)) != OK ||
		    entry.act.kind->number != KIND_AMEND || !entry.act.has_answers)
			continue;
		hash = &act_field(&entry.act, "charter")->as.hash;
		/* Of another text the rules need not know more than that it is another. */
		if (!is_opened_here(channel, hash) ||
		    (r = channel_know_charter(channel, hash)) != ERROR_CHARTER)
			continue;
		hash_to_base64(hash, text);
		snprintf(channel->alarm, sizeof channel->alarm,
		         "an amendment was completed whose text was lost here; entries wait for "
		         "it: give the charter with SHA-256 %s ('chiro charter give')",
		         text);
		return error_set(error, ERROR_WAIT, "%s", channel->alarm);
	}
	return r;
}
