#include "channel_internal.h"
#include "encoding.h"
#include "journal.h"

#include <stdio.h>

/* A party's keys change by its own log's `rekey` and `appoint`. Three rules keep
 * that from locking anybody out:
 *
 *   A key is named in the log only if the keeper made it, and the keeper takes it
 *   into use when the entry is durable, before it signs anything else. A start
 *   after a crash repeats that.
 *
 *   The own link key is taken into use only when the other side has receipted the
 *   entry: until then it pins the former one.
 *
 *   The other side's former link key stays pinned beside the new one until its
 *   log shows that it knows of our receipt: until then it may not have changed. */

/* --- link keys ------------------------------------------------------------- */

int channel_append(struct engine_channel *channel, unsigned party, const struct entry *entry,
                   const struct ssh_key keys[2], struct verdict *ret_verdict, struct error *error)
{
	struct link_key_change *change = &channel->link_key_changes[party];
	struct ed25519_public before = rules_party(channel->rules, party)->link_key;
	struct ed25519_public node_key = rules_party(channel->rules, party)->node_key;
	int r;

	if ((r = channel_reserve_succession(channel, party)) != OK)
		return error_set(error, r, "the entry cannot be held");
	r = rules_append(channel->rules, party, entry, keys, ret_verdict, error);
	if (r == ERROR_CHARTER &&
	    channel_know_charter(channel, &act_field(&entry->act, "charter")->as.hash) == OK)
		r = rules_append(channel->rules, party, entry, keys, ret_verdict, error);
	if (r != OK)
		return r;
	if (ret_verdict->code == VERDICT_VALID && channel_appoints(&entry->act))
		channel_add_succession(channel, party);
	link_tests_note(&channel->link_tests, channel->rules,
	                (struct act_place){ party, rules_size(channel->rules, party) - 1 });
	if ((r = match_note_entry(
		 channel, (struct act_place){ party, rules_size(channel->rules, party) - 1 },
		 &node_key)) != OK)
		return error_set(error, r, "the entry cannot be held");
	/* It may attest a key as destroyed, or be what an attestation waits for. */
	if (entry->act.kind->number == KIND_REKEY)
		channel->destruction_at = 0;
	if (ed25519_public_equal(&before, &rules_party(channel->rules, party)->link_key))
		return OK;
	/* Of several in a row, the first is the one that is surely known. */
	if (!change->under_way)
		change->previous = before;
	change->under_way = true;
	change->entry = rules_size(channel->rules, party) - 1;
	return OK;
}

static bool is_acknowledged(const struct engine_channel *channel, unsigned party)
{
	struct act_place place = { party, channel->link_key_changes[party].entry };
	uint64_t receipt = rules_act(channel->rules, place)->receipted_by;

	if (receipt == UINT64_MAX)
		return false;
	return party == channel->own || rules_receipted(channel->rules, party) > receipt;
}

bool channel_settle_link_keys(struct engine_channel *channel)
{
	bool settled = false;

	for (unsigned party = 0; party < 2; party++) {
		struct link_key_change *change = &channel->link_key_changes[party];

		if (!change->under_way || !is_acknowledged(channel, party))
			continue;
		change->under_way = false;
		settled = true;
	}
	return settled;
}

const struct ed25519_public *channel_own_link_key(const struct engine_channel *channel)
{
	const struct link_key_change *change = &channel->link_key_changes[channel->own];

	/* Where the former one is lost there is nothing to wait with. */
	return change->under_way && !channel->fresh_keys
	           ? &change->previous
	           : &rules_party(channel->rules, channel->own)->link_key;
}

/* --- the keeper's ------------------------------------------------------------ */

static int activate_raw(struct engine_channel *channel, enum keeper_purpose purpose,
                        const struct ed25519_public *key, struct error *error)
{
	const struct engine_keeper *keeper = &channel->engine->settings.keeper;
	struct buffer text;
	int r;

	buffer_init(&text, KEEPER_KEY_TEXT_CAPACITY);
	if ((r = base64_encode(&text, bytes_of(key->bytes, sizeof key->bytes), BASE64_PADDED)) ==
	        OK &&
	    (r = buffer_put_u8(&text, 0)) == OK)
		r = keeper->activate_key(keeper->context, &channel->id, purpose,
		                         (const char *)text.data, error);
	buffer_release(&text);
	return r;
}

/* Fresh keys are in the keeper before the log names them; those that it still names may
 * be old ones there, of the reading keys that were kept. */
static int tolerate(struct engine_channel *channel, int r)
{
	if ((r != ERROR_NOT_FOUND && r != ERROR_STATE) || !channel->fresh_keys)
		return r;
	channel->keys_incomplete = true;
	return OK;
}

/* A state that is lost learns here who signs either log, and no more. */
static int tell_successions(struct engine_channel *channel, struct error *error)
{
	int r;

	/* A keeper that is behind its log's next key keeps it in mind, to recover with. */
	r = channel_tell_succession(channel, channel->own, error);
	if (r != OK && (r != ERROR_STATE || channel->recovery.trouble != TROUBLE_KEEPER_BEHIND))
		return r;
	return channel_tell_succession(channel, channel->other, error);
}

int channel_activate_keys(struct engine_channel *channel, struct error *error)
{
	const struct engine_keeper *keeper = &channel->engine->settings.keeper;
	const struct party *now = rules_party(channel->rules, channel->own);
	const struct party *first = &channel->charter->parties[channel->own];
	const struct {
		enum keeper_purpose purpose;
		const struct ed25519_public *now, *first;
	} keys[] = {
		{ KEEPER_KEY_RECEIPT, &now->receipt_key, &first->receipt_key },
		{ KEEPER_KEY_NODE, &now->node_key, &first->node_key },
		{ KEEPER_KEY_LINK, channel_own_link_key(channel), &first->link_key },
	};
	int r;

	channel->keys_incomplete = false;
	if ((r = tell_successions(channel, error)) != OK)
		return r;
	if (channel->fresh_keys || strcmp(now->reading_key, first->reading_key) != 0)
		r = tolerate(channel,
		             keeper->activate_key(keeper->context, &channel->id, KEEPER_KEY_READING,
		                                  now->reading_key, error));
	for (size_t i = 0; i < sizeof keys / sizeof keys[0] && r == OK; i++)
		if (channel->fresh_keys || !ed25519_public_equal(keys[i].now, keys[i].first))
			r = tolerate(channel,
			             activate_raw(channel, keys[i].purpose, keys[i].now, error));
	return r;
}

/* Where it is written down that the keeper made a key. */
static void new_key_name(enum keeper_purpose purpose, struct bytes key,
                         char ret_name[STORE_NAME_CAPACITY])
{
	snprintf(ret_name, STORE_NAME_CAPACITY, "new-key/%u/%.*s", (unsigned)purpose,
	         (int)(key.size < KEEPER_KEY_TEXT_CAPACITY ? key.size : KEEPER_KEY_TEXT_CAPACITY),
	         (const char *)key.data);
}

int channel_note_new_key(struct engine_channel *channel, enum keeper_purpose purpose,
                         const char *key)
{
	char name[STORE_NAME_CAPACITY];
	int r;

	new_key_name(purpose, bytes_of_string(key), name);
	if ((r = engine_write(channel->engine)) != OK)
		return r;
	return store_set_value(channel->engine->settings.store, channel->number, name,
	                       bytes_of_string(key));
}

int engine_new_key(struct engine_channel *channel, enum keeper_purpose purpose,
                   char ret_key[KEEPER_KEY_TEXT_CAPACITY], struct error *error)
{
	const struct engine_keeper *keeper = &channel->engine->settings.keeper;
	char key[KEEPER_KEY_TEXT_CAPACITY];
	int r;

	if ((r = keeper->new_key(keeper->context, &channel->id, purpose, key, error)) != OK)
		return r;
	if ((r = channel_note_new_key(channel, purpose, key)) != OK)
		return error_set(error, r, "the new key cannot be written down");
	if (purpose == KEEPER_KEY_LOG)
		channel_hold(channel);
	memcpy(ret_key, key, sizeof key);
	return OK;
}

/* --- before one is named in the log --------------------------------------------- */

static const struct {
	enum kind_number kind;
	const char *field, *word, *value;
	enum keeper_purpose purpose;
} namings[] = {
	{ KIND_REKEY, "item", "reading-key", "value", KEEPER_KEY_READING },
	{ KIND_REKEY, "item", "receipt-key", "value", KEEPER_KEY_RECEIPT },
	{ KIND_REKEY, "item", "node-key", "value", KEEPER_KEY_NODE },
	{ KIND_REKEY, "item", "link-key", "value", KEEPER_KEY_LINK },
	{ KIND_APPOINT, "office", "reading", "key", KEEPER_KEY_READING },
	{ KIND_APPOINT, "office", "receipt", "key", KEEPER_KEY_RECEIPT },
	{ KIND_APPOINT, "office", "node", "key", KEEPER_KEY_NODE },
	{ KIND_APPOINT, "office", "link", "key", KEEPER_KEY_LINK },
	{ KIND_APPOINT, "office", "log", "key", KEEPER_KEY_LOG },
};

int channel_check_keys(struct engine_channel *channel, const struct act *act, struct error *error)
{
	char name[STORE_NAME_CAPACITY];
	struct buffer value;
	int r = OK;

	buffer_init(&value, KEEPER_KEY_TEXT_CAPACITY);
	for (size_t i = 0; i < sizeof namings / sizeof namings[0] && r == OK; i++) {
		if (namings[i].kind != act->kind->number ||
		    !bytes_equal_string(act_field(act, namings[i].field)->text, namings[i].word))
			continue;
		/* The present one may be named again, to attest that another is destroyed. */
		if (namings[i].purpose == KEEPER_KEY_READING &&
		    bytes_equal_string(act_field(act, namings[i].value)->text,
		                       rules_party(channel->rules, channel->own)->reading_key))
			continue;
		new_key_name(namings[i].purpose, act_field(act, namings[i].value)->text, name);
		r = store_get_value(channel->engine->settings.store, channel->number, name, &value);
		if (r == ERROR_NOT_FOUND)
			error_set(error, ERROR_NOT_FOUND,
			          "this key was not made here for this purpose");
	}
	buffer_release(&value);
	return r;
}
