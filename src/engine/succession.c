#include "allocate.h"
#include "channel_internal.h"
#include "encoding.h"
#include "grow.h"
#include "journal.h"

#include <stdio.h>

/* A log whose key was lost, stolen or is withheld goes on under another, by the word
 * of its party's appointing key. What this node has to do with it:
 *
 *   Its keeper is told, from the charter on, who signs either log. Of the other log
 *   before anything more of it is receipted; of the own when the appointment is
 *   durable, which the keeper then appends and signs by the new key, alone.
 *
 *   Between the making of a new log key and its appointment nothing else is logged:
 *   what the appointing key signs is for one size and root.
 *
 *   A keeper that is gone altogether is continued by fresh keys: they are made first,
 *   the appointment is logged though nothing else may be, and with it the keeper takes
 *   the channel up. Until the other offices are appointed too, the fresh keys sign
 *   nothing in the node's name. */

#define SETUP_VALUE "successor-setup"

enum { HOLD_SECONDS = 3600, SETUP_VALUE_SIZE = KEEPER_SETUP_SIZE + ED25519_PUBLIC_SIZE };

/* --- what is told to the keeper --------------------------------------------- */

bool channel_appoints(const struct act *act)
{
	return act->kind->number == KIND_APPOINT &&
	       (channel_appoints_log(act) ||
	        bytes_equal_string(act_field(act, "office")->text, "appointing"));
}

int channel_reserve_succession(struct engine_channel *channel, unsigned party)
{
	struct succession *succession = &channel->successions[party];
	void *grown = grow(succession->entries, succession->count, &succession->capacity,
	                   sizeof *succession->entries);

	if (grown == NULL)
		return ERROR_MEMORY;
	succession->entries = grown;
	return OK;
}

void channel_add_succession(struct engine_channel *channel, unsigned party)
{
	struct succession *succession = &channel->successions[party];

	succession->entries[succession->count++] = rules_size(channel->rules, party) - 1;
}

/* The appointments of a party, one after the other in `entries`. */
static int collect_links(struct engine_channel *channel, unsigned party, struct buffer *entries,
                         struct keeper_links *links, struct error *error)
{
	const struct succession *succession = &channel->successions[party];
	struct store_entries page;
	size_t offset = 0;
	int r = OK;

	if (succession->count > KEEPER_LINKS_MAXIMUM)
		return error_set(error, ERROR_LIMIT,
		                 "the keys of a log were replaced more often than can be followed");
	store_entries_init(&page);
	for (links->count = 0; links->count < succession->count && r == OK; links->count++) {
		if ((r = store_get_entries(channel->engine->settings.store, channel->number, party,
		                           succession->entries[links->count], 1,
		                           STORE_ENTRY_MAXIMUM, &page)) != OK)
			break;
		if (page.count != 1) {
			r = ERROR_NOT_FOUND;
			break;
		}
		links->entries[links->count].size = page.items[0].bytes.size;
		r = buffer_put_bytes(entries, page.items[0].bytes);
	}
	store_entries_release(&page);
	if (r != OK)
		return error_set(error, r, "the appointments of a log cannot be read");
	/* The buffer no longer moves: now the views. */
	for (size_t i = 0; i < links->count; i++) {
		links->entries[i].data = entries->data + offset;
		offset += links->entries[i].size;
	}
	return OK;
}

/* The keeper has the appointment and the new key in one: what it signs next is that
 * batch, and nothing may come in between. */
static void expect_batch(struct engine_channel *channel)
{
	unsigned last = rules_generations(channel->rules, channel->own);
	uint64_t start = rules_generation_start(channel->rules, channel->own, last);

	if (last == 1 || channel->head_size > start || channel->keeper_size > start)
		return;
	channel->keeper_previous = start;
	channel->keeper_size = start + 1;
}

int channel_tell_succession(struct engine_channel *channel, unsigned party, struct error *error)
{
	const struct engine_keeper *keeper = &channel->engine->settings.keeper;
	struct keeper_succession *told;
	struct buffer entries;
	int r;

	if (channel->successions[party].count == 0)
		return OK;
	if ((told = allocate(1, sizeof *told)) == NULL)
		return error_set(error, ERROR_MEMORY, "out of memory");
	buffer_init(&entries, MESSAGE_BODY_MAXIMUM);
	told->channel = channel->id;
	told->party = party;
	if ((r = collect_links(channel, party, &entries, &told->links, error)) == OK &&
	    (r = keeper->succession(keeper->context, told, error)) == OK && party == channel->own)
		expect_batch(channel);
	buffer_release(&entries);
	release_memory(told);
	return r;
}

/* --- before an own log key is appointed -------------------------------------- */

void channel_hold(struct engine_channel *channel)
{
	channel->held_until = engine_monotonic(channel->engine) +
	                      (uint64_t)HOLD_SECONDS * 1000000000;
}

bool channel_is_held(const struct engine_channel *channel)
{
	return channel->held_until > engine_monotonic(channel->engine);
}

/* Why an appointment does not fit where the log ends now. */
int channel_check_cut(const struct engine_channel *channel, const struct act *act,
                      struct error *error)
{
	uint64_t size = rules_size(channel->rules, channel->own);
	uint64_t named = act_field(act, "size")->as.number;

	if (named == size &&
	    channel_has_root(channel, channel->own, size, &act_field(act, "root")->as.hash))
		return OK;
	return error_set(error, ERROR_DENIED,
	                 "the appointment is for a log of %llu entries, and this one has %llu or "
	                 "other ones: it must be made and signed anew",
	                 (unsigned long long)named, (unsigned long long)size);
}

/* --- a keeper that is gone ------------------------------------------------------ */

/* Also when entries are missing that it had signed and that others have shown: it may be
 * that nobody has them. */
static bool keeper_is_gone(const struct engine_channel *channel)
{
	const struct channel_recovery *recovery = &channel->recovery;

	return recovery->trouble == TROUBLE_NO_KEYS || recovery->trouble == TROUBLE_KEEPER_LOST ||
	       (recovery->trouble == TROUBLE_ROLLED_BACK && recovery->keeper.state_lost);
}

int succession_load(struct engine_channel *channel)
{
	struct ed25519_public *key = &channel->successor_log_key;
	struct buffer value;
	int r;

	buffer_init(&value, SETUP_VALUE_SIZE);
	r = store_get_value(channel->engine->settings.store, channel->number, SETUP_VALUE, &value);
	if (r == OK && value.size == SETUP_VALUE_SIZE) {
		channel->fresh_keys = true;
		memcpy(channel->successor_setup, value.data, KEEPER_SETUP_SIZE);
		memcpy(key->bytes, value.data + KEEPER_SETUP_SIZE, sizeof key->bytes);
	}
	buffer_release(&value);
	return r == ERROR_NOT_FOUND ? OK : r;
}

/* The keeper has signed all that is here, and others were shown more: it may be that
 * nobody has that. */
static bool only_shown_is_missing(const struct engine_channel *channel)
{
	const struct channel_recovery *recovery = &channel->recovery;

	return recovery->trouble == TROUBLE_ROLLED_BACK && recovery->keeper_known &&
	       !recovery->keeper.state_lost &&
	       recovery->keeper.own_size == rules_size(channel->rules, channel->own);
}

bool channel_is_successor(const struct engine_channel *channel, const struct act *act)
{
	if (!channel_appoints_log(act))
		return false;
	return only_shown_is_missing(channel) ||
	       (channel->fresh_keys && keeper_is_gone(channel) &&
	        ed25519_public_equal(&act_field(act, "key")->as.raw_key,
	                             &channel->successor_log_key));
}

static int note_raw(struct engine_channel *channel, enum keeper_purpose purpose,
                    const struct ed25519_public *key)
{
	struct hash as_hash;
	char text[HASH_BASE64_CAPACITY];

	memcpy(as_hash.bytes, key->bytes, sizeof as_hash.bytes);
	hash_to_base64(&as_hash, text);
	return channel_note_new_key(channel, purpose, text);
}

/* That they were made here, so that they can be appointed. */
static int note_keys(struct engine_channel *channel, const struct keeper_setup_keys *keys)
{
	uint8_t value[SETUP_VALUE_SIZE];
	int r;

	memcpy(value, keys->setup, KEEPER_SETUP_SIZE);
	memcpy(value + KEEPER_SETUP_SIZE, keys->log_key.bytes, ED25519_PUBLIC_SIZE);
	if ((r = note_raw(channel, KEEPER_KEY_LOG, &keys->log_key)) != OK ||
	    (r = note_raw(channel, KEEPER_KEY_RECEIPT, &keys->receipt_key)) != OK ||
	    (r = note_raw(channel, KEEPER_KEY_NODE, &keys->node_key)) != OK ||
	    (r = note_raw(channel, KEEPER_KEY_LINK, &keys->link_key)) != OK ||
	    (r = channel_note_new_key(channel, KEEPER_KEY_READING, keys->reading_key)) != OK)
		return r;
	return store_set_value(channel->engine->settings.store, channel->number, SETUP_VALUE,
	                       bytes_of(value, sizeof value));
}

int engine_new_successor(struct engine_channel *channel, struct keeper_setup_keys *ret_keys,
                         struct error *error)
{
	const struct engine_keeper *keeper = &channel->engine->settings.keeper;
	struct keeper_setup_keys keys;
	int r;

	if (!keeper_is_gone(channel))
		return error_set(error, ERROR_STATE,
		                 "fresh keys continue a channel only when its keeper is lost; to "
		                 "replace the log key alone, appoint it");
	if (channel->head_size == 0 ||
	    channel->head_size != rules_size(channel->rules, channel->own))
		return error_set(error, ERROR_STATE,
		                 "the own log here does not end at a signed head: first take a "
		                 "copy of the channel from the other side");
	if ((r = keeper->new_setup(keeper->context, &keys, error)) != OK)
		return r;
	if ((r = note_keys(channel, &keys)) != OK) {
		keeper->discard_setup(keeper->context, keys.setup, NULL);
		return error_set(error, r, "the fresh keys cannot be written down");
	}
	if (channel->fresh_keys)
		keeper->discard_setup(keeper->context, channel->successor_setup, NULL);
	channel->fresh_keys = true;
	memcpy(channel->successor_setup, keys.setup, KEEPER_SETUP_SIZE);
	channel->successor_log_key = keys.log_key;
	*ret_keys = keys;
	return OK;
}

/* The right edge of the own log when it had `size` entries. */
static int put_edge(const struct engine_channel *channel, uint64_t size, struct buffer *encoded)
{
	const struct memory_tree *tree = rules_tree(channel->rules, channel->own);
	struct edge edge;

	edge_init(&edge);
	edge.size = size;
	for (unsigned level = 0; level < TREE_LEVELS; level++)
		if ((size >> level) & 1)
			edge.hashes[level] = tree->levels[level].hashes[(size >> level) - 1];
	return edge_encode(&edge, encoded);
}

static int ask_to_adopt(struct engine_channel *channel, uint64_t start,
                        struct keeper_successor *successor, struct error *error)
{
	const struct engine_keeper *keeper = &channel->engine->settings.keeper;
	struct tree_reader reader = memory_tree_reader(rules_tree(channel->rules, channel->other));
	struct buffer entries, edge;
	struct hash id;
	int r;

	buffer_init(&entries, MESSAGE_BODY_MAXIMUM);
	buffer_init(&edge, EDGE_ENCODED_MAXIMUM);
	memcpy(successor->setup, channel->successor_setup, KEEPER_SETUP_SIZE);
	successor->own_party = channel->own;
	successor->charter = channel->charter->text;
	successor->cosigned_size = channel->cosigned_size;
	if ((r = put_edge(channel, start, &edge)) != OK ||
	    (channel->cosigned_size > 0 &&
	     (r = tree_reader_root(&reader, channel->cosigned_size, &successor->cosigned_root)) !=
	         OK)) {
		error_set(error, r, "what the keeper goes on from cannot be computed");
		goto out;
	}
	successor->edge = buffer_view(&edge);
	if ((r = collect_links(channel, channel->own, &entries, &successor->links, error)) == OK)
		r = keeper->adopt_successor(keeper->context, successor, &id, error);
out:
	buffer_release(&entries);
	buffer_release(&edge);
	return r;
}

int channel_adopt_successor(struct engine_channel *channel, bool *ret_adopted, struct error *error)
{
	unsigned last = rules_generations(channel->rules, channel->own);
	struct keeper_successor *successor;
	struct error why = { 0 };
	uint64_t start;
	int r;

	*ret_adopted = false;
	start = rules_generation_start(channel->rules, channel->own, last);
	if (!channel->fresh_keys || last == 1 ||
	    start + 1 != rules_size(channel->rules, channel->own))
		return OK;
	if ((successor = allocate(1, sizeof *successor)) == NULL)
		return error_set(error, ERROR_MEMORY, "out of memory");
	FAULT_POINT("engine-before-adopting");
	r = ask_to_adopt(channel, start, successor, &why);
	FAULT_POINT("engine-after-adopting");
	release_memory(successor);
	if (r == ERROR_IO || r == ERROR_MEMORY)
		return error_set(error, r, "%s", why.message);
	if (r != OK)
		journal(JOURNAL_ERROR, "channel %.20s: the fresh keys do not continue it: %s",
		        channel->charter->channel, why.message);
	*ret_adopted = r == OK;
	return OK;
}
