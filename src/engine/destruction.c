#include "destruction.h"

#include "allocate.h"
#include "channel_internal.h"
#include "hash_index.h"
#include "hold.h"
#include "journal.h"

#define VALUE "destroyed-keys"

/* Seconds after which is looked again at what waits for the other side, or for time. */
enum { SOON = 5, LATER = 600 };

static const char *const names[KEY_STANDING_COUNT] = {
	[KEY_IN_USE] = "in-use",       [KEY_OLD] = "old",         [KEY_ATTESTED] = "attested",
	[KEY_RETAINED] = "retained",   [KEY_UNDER_HOLD] = "held", [KEY_DUE] = "due",
	[KEY_DESTROYED] = "destroyed",
};

const char *key_standing_name(enum key_standing standing)
{
	return standing < KEY_STANDING_COUNT ? names[standing] : NULL;
}

/* --- the outlook ---------------------------------------------------------------- */

/* Whether the nodes' keys open what an entry brings. */
static bool is_for_nodes(const struct engine_channel *channel, struct act_place place)
{
	struct act_place body;
	struct hash hash;
	uint64_t size;

	return channel_blob_of(channel, place, &hash, &size, &body) &&
	       !rules_act(channel->rules, body)->eyes_heads;
}

static bool is_under_hold(const struct engine_channel *channel, const struct hold *holds,
                          size_t count, struct act_place place)
{
	for (size_t i = 0; i < count; i++)
		if (hold_covers(channel, &holds[i], place))
			return true;
	return false;
}

static void count_body(struct engine_channel *channel, unsigned party, size_t index,
                       struct act_place place, bool held, struct key_outlook *outlook)
{
	size_t theirs = rules_reading_key_of(channel->rules, place, 1 - party);
	timestamp logged = rules_act(channel->rules, place)->logged;

	if (theirs > outlook->theirs)
		outlook->theirs = theirs;
	outlook->held_bodies += held;
	if (rules_reading_key_of(channel->rules, place, party) != index)
		return;
	outlook->bodies++;
	if (outlook->first == 0 || logged < outlook->first)
		outlook->first = logged;
	if (logged > outlook->last)
		outlook->last = logged;
}

static void count_bodies(struct engine_channel *channel, unsigned party, size_t index,
                         const struct hold *holds, size_t hold_count, struct key_outlook *outlook)
{
	struct act_place place;

	for (place.party = 0; place.party < 2; place.party++)
		for (place.number = 0; place.number < rules_size(channel->rules, place.party);
		     place.number++)
			if (is_for_nodes(channel, place) &&
			    rules_reading_key_of(channel->rules, place, party) <= index)
				count_body(channel, party, index, place,
				           is_under_hold(channel, holds, hold_count, place),
				           outlook);
}

int64_t destruction_retention(const struct engine_channel *channel, unsigned party)
{
	int64_t first = channel->charter->retention[party];
	int64_t now = rules_charter_now(channel->rules)->retention[party];

	return now > first ? now : first;
}

/* Whether what `of` logged is received, by the other and by us. */
static bool is_received(const struct engine_channel *channel, unsigned of, uint64_t number)
{
	if (of == channel->own)
		return channel->engine->settings.mirror
		           ? rules_receipted(channel->rules, channel->other) > number
		           : rules_receipted(channel->rules, channel->other) > number &&
		                 channel->head_size > number;
	return channel->engine->settings.mirror || channel->keeper_cosigned > number;
}

static enum key_standing standing_of(struct engine_channel *channel, unsigned party, size_t index,
                                     struct key_outlook *outlook)
{
	size_t count, their_count;
	const struct reading_key *keys = rules_reading_keys(channel->rules, party, &count);
	const struct reading_key *theirs = &rules_reading_keys(channel->rules, 1 - party,
	                                                       &their_count)[outlook->theirs];
	const struct reading_key *key = &keys[index];
	timestamp now = engine_now(channel->engine), agreed;
	int64_t retention;

	outlook->attested[party] = (struct act_place){ party, key->destroyed_by };
	outlook->attested[1 - party] = (struct act_place){ 1 - party, theirs->destroyed_by };
	if (party == channel->own && index < channel->destroyed_keys)
		return KEY_DESTROYED;
	if (index + 1 == count)
		return KEY_IN_USE;
	if (key->destroyed_by == UINT64_MAX)
		return KEY_OLD;
	if (theirs->destroyed_by == UINT64_MAX || !is_received(channel, party, key->destroyed_by) ||
	    !is_received(channel, 1 - party, theirs->destroyed_by))
		return KEY_ATTESTED;
	agreed = key->destroyed > theirs->destroyed ? key->destroyed : theirs->destroyed;
	retention = destruction_retention(channel, party);
	outlook->due = retention < TIMESTAMP_MAXIMUM - agreed ? agreed + retention
	                                                      : TIMESTAMP_MAXIMUM;
	if (outlook->held_bodies > 0 && party == channel->own)
		return KEY_UNDER_HOLD;
	return now < outlook->due ? KEY_RETAINED : KEY_DUE;
}

int destruction_outlook(struct engine_channel *channel, unsigned party, size_t index,
                        struct key_outlook *ret_outlook, struct error *error)
{
	struct key_outlook outlook = { .bodies = 0 };
	struct hold *holds = NULL;
	size_t count = 0;
	int r = OK;

	if (!channel->engine->settings.mirror &&
	    (r = holds_load(channel, &holds, &count, error)) != OK)
		return r;
	count_bodies(channel, party, index, holds, count, &outlook);
	outlook.standing = standing_of(channel, party, index, &outlook);
	release_memory(holds);
	*ret_outlook = outlook;
	return OK;
}

/* --- what is gone ----------------------------------------------------------------- */

bool destruction_covers(const struct engine_channel *channel, struct act_place place)
{
	return channel->destroyed_keys > 0 && rules_act(channel->rules, place) != NULL &&
	       is_for_nodes(channel, place) &&
	       rules_reading_key_of(channel->rules, place, channel->own) < channel->destroyed_keys;
}

bool destruction_covers_blob(const struct engine_channel *channel, const struct hash *hash)
{
	struct act_place place, body;
	struct hash named;
	uint64_t size;
	bool found = false;

	if (channel->destroyed_keys == 0)
		return false;
	for (place.party = 0; place.party < 2; place.party++)
		for (place.number = 0; place.number < rules_size(channel->rules, place.party);
		     place.number++) {
			if (!channel_blob_of(channel, place, &named, &size, &body) ||
			    !hash_equal(&named, hash))
				continue;
			if (!destruction_covers(channel, place))
				return false;
			found = true;
		}
	return found;
}

int destruction_load(struct engine_channel *channel)
{
	struct buffer value;
	struct cursor cursor;
	int r;

	buffer_init(&value, 8);
	r = store_get_value(channel->engine->settings.store, channel->number, VALUE, &value);
	if (r == OK) {
		cursor = cursor_over(buffer_view(&value));
		r = cursor_get_u64(&cursor, &channel->destroyed_keys);
	}
	buffer_release(&value);
	return r == ERROR_NOT_FOUND ? OK : r;
}

/* The next entry, of either log, that brings a blob, from `place` on. */
static bool next_blob(const struct engine_channel *channel, struct act_place *place,
                      struct hash *ret_hash)
{
	struct act_place body;
	uint64_t size;

	for (; place->party < 2; place->party++, place->number = 0)
		for (; place->number < rules_size(channel->rules, place->party); place->number++)
			if (channel_blob_of(channel, *place, ret_hash, &size, &body))
				return true;
	return false;
}

/* The blobs that an act names which is not given up. */
static int list_kept(const struct engine_channel *channel, struct hash_index *kept)
{
	struct act_place place = { 0, 0 };
	struct hash hash;
	int r;

	for (; next_blob(channel, &place, &hash); place.number++) {
		if (destruction_covers(channel, place))
			continue;
		if ((r = hash_index_reserve(kept)) != OK)
			return r;
		hash_index_put(kept, &hash, place.number);
	}
	return OK;
}

/* The sealed bodies that nobody here can open, unless something else names them too. A
 * mirror keeps what it has: it cannot know of our holds. */
static int drop_bodies(struct engine_channel *channel)
{
	struct act_place place = { 0, 0 };
	struct hash_index kept;
	struct hash hash;
	int r;

	hash_index_init(&kept);
	r = list_kept(channel, &kept);
	for (; r == OK && next_blob(channel, &place, &hash); place.number++)
		if (destruction_covers(channel, place) && hash_index_find(&kept, &hash) == NULL &&
		    blob_is_held(channel, &hash))
			r = store_delete_blob(channel->engine->settings.store, channel->number,
			                      &hash);
	hash_index_release(&kept);
	return r;
}

static void drop_wanted(struct engine_channel *channel)
{
	size_t kept = 0;

	for (size_t i = 0; i < channel->wanted_count; i++)
		if (!destruction_covers(channel, channel->wanted[i].place))
			channel->wanted[kept++] = channel->wanted[i];
	channel->wanted_count = kept;
}

/* One more of our keys is gone. */
static int note_destroyed(struct engine_channel *channel)
{
	struct buffer value;
	int r;

	channel->destroyed_keys++;
	drop_wanted(channel);
	if (channel->engine->settings.mirror)
		return OK;
	buffer_init(&value, 8);
	if ((r = engine_write(channel->engine)) == OK &&
	    (r = buffer_put_u64(&value, channel->destroyed_keys)) == OK &&
	    (r = store_set_value(channel->engine->settings.store, channel->number, VALUE,
	                         buffer_view(&value))) == OK)
		r = drop_bodies(channel);
	buffer_release(&value);
	return r;
}

/* --- asking the keeper -------------------------------------------------------------- */

/* An entry, appended to `bytes`; its place there is returned, for the buffer may move. */
struct extent {
	size_t offset, size;
};

static int read_entry(struct engine_channel *channel, struct act_place place, struct buffer *bytes,
                      struct extent *ret_extent)
{
	struct store_entries page;
	int r;

	store_entries_init(&page);
	r = store_get_entries(channel->engine->settings.store, channel->number, place.party,
	                      place.number, 1, STORE_ENTRY_MAXIMUM, &page);
	if (r == OK && page.count != 1)
		r = ERROR_NOT_FOUND;
	if (r == OK) {
		*ret_extent = (struct extent){ bytes->size, page.items[0].bytes.size };
		r = buffer_put_bytes(bytes, page.items[0].bytes);
	}
	store_entries_release(&page);
	return r;
}

/* Whether an entry says who the party's head or appointing key is. */
static bool names_head(struct bytes bytes)
{
	struct entry *entry = allocate(1, sizeof *entry);
	struct bytes office;
	bool says = false;

	if (entry != NULL && entry_parse(bytes, entry, NULL) == OK &&
	    entry->act.kind->number == KIND_APPOINT) {
		office = act_field(&entry->act, "office")->text;
		says = bytes_equal_string(office, "head") ||
		       bytes_equal_string(office, "appointing");
	}
	release_memory(entry);
	return says;
}

/* What is collected for one question. */
struct question {
	struct keeper_destruction destruction;
	struct tree_proof proofs[3];
	struct extent entries[3], links[2][KEEPER_LINKS_MAXIMUM];
	struct buffer bytes;
};

static int collect_links(struct engine_channel *channel, unsigned party, size_t which,
                         struct question *question)
{
	struct keeper_links *links = &question->destruction.links[which];
	struct act_place place = { party, 0 };
	int r = OK;

	for (; place.number < rules_size(channel->rules, party) && r == OK; place.number++) {
		const struct act_summary *act = rules_act(channel->rules, place);
		struct extent extent;

		if (act->kind->number != KIND_APPOINT || act->verdict.code != VERDICT_VALID)
			continue;
		if ((r = read_entry(channel, place, &question->bytes, &extent)) != OK)
			break;
		if (!names_head(bytes_of(question->bytes.data + extent.offset, extent.size)))
			continue;
		if (links->count == KEEPER_LINKS_MAXIMUM)
			r = ERROR_LIMIT;
		else
			question->links[which][links->count++] = extent;
	}
	return r;
}

static int collect_entry(struct engine_channel *channel, struct act_place place, uint64_t size,
                         size_t which, struct question *question)
{
	struct tree_reader reader = memory_tree_reader(rules_tree(channel->rules, place.party));
	int r = read_entry(channel, place, &question->bytes, &question->entries[which]);

	return r == OK
	           ? tree_reader_inclusion(&reader, place.number, size, &question->proofs[which])
	           : r;
}

static struct keeper_logged logged_at(const struct question *question, size_t which,
                                      uint64_t number)
{
	struct extent extent = question->entries[which];

	return (struct keeper_logged){
		.entry = bytes_of(question->bytes.data + extent.offset, extent.size),
		.number = number,
		.proof_count = question->proofs[which].count,
		.proof = question->proofs[which].hashes,
	};
}

static int collect(struct engine_channel *channel, size_t index, const struct key_outlook *outlook,
                   struct question *question)
{
	struct keeper_destruction *destruction = &question->destruction;
	struct act_place ours = outlook->attested[channel->own];
	struct act_place theirs = outlook->attested[channel->other];
	struct act_place receipt = { channel->other,
		                     rules_act(channel->rules, ours)->receipted_by };
	size_t count;
	int r;

	destruction->channel = channel->id;
	memcpy(destruction->recipient,
	       rules_reading_keys(channel->rules, channel->own, &count)[index].recipient,
	       sizeof destruction->recipient);
	if ((r = collect_links(channel, channel->own, 0, question)) != OK ||
	    (r = collect_links(channel, channel->other, 1, question)) != OK ||
	    (r = collect_entry(channel, ours, channel->head_size, 0, question)) != OK ||
	    (r = collect_entry(channel, theirs, channel->keeper_cosigned, 1, question)) != OK ||
	    (r = collect_entry(channel, receipt, channel->keeper_cosigned, 2, question)) != OK)
		return r;
	/* The buffer no longer moves: now the views. */
	destruction->ours = logged_at(question, 0, ours.number);
	destruction->theirs = logged_at(question, 1, theirs.number);
	destruction->receipt = logged_at(question, 2, receipt.number);
	for (size_t which = 0; which < 2; which++)
		for (size_t i = 0; i < destruction->links[which].count; i++)
			destruction->links[which].entries[i] = bytes_of(
			    question->bytes.data + question->links[which][i].offset,
			    question->links[which][i].size);
	return OK;
}

static int ask_keeper(struct engine_channel *channel, size_t index,
                      const struct key_outlook *outlook, struct error *why)
{
	const struct engine_keeper *keeper = &channel->engine->settings.keeper;
	struct question *question = allocate(1, sizeof *question);
	int r;

	if (question == NULL)
		return error_set(why, ERROR_MEMORY, "out of memory");
	buffer_init(&question->bytes, MESSAGE_BODY_MAXIMUM);
	/* The keeper alone may say that a key is not there. */
	if ((r = collect(channel, index, outlook, question)) != OK)
		r = error_set(why, r == ERROR_NOT_FOUND ? ERROR_IO : r,
		              "the attestations cannot be read");
	else
		r = keeper->destroy_reading_key(keeper->context, &question->destruction, why);
	buffer_release(&question->bytes);
	release_memory(question);
	return r;
}

/* --- when ------------------------------------------------------------------------------ */

static void look_again(struct engine_channel *channel, const struct key_outlook *outlook)
{
	int64_t wait = outlook->standing == KEY_ATTESTED ? SOON : LATER;
	int64_t left = outlook->due - engine_now(channel->engine);

	if (outlook->standing == KEY_RETAINED && left < LATER)
		wait = left > 1 ? left : 1;
	channel->destruction_at = engine_monotonic(channel->engine) + (uint64_t)wait * 1000000000;
}

/* The next of our keys, when nothing stands against it. `ret_more`: another may follow. */
static int destroy_next(struct engine_channel *channel, bool *ret_more, struct error *error)
{
	size_t count, index = (size_t)channel->destroyed_keys;
	const struct reading_key *keys;
	struct key_outlook outlook;
	struct error why = { 0 };
	int r;

	*ret_more = false;
	keys = rules_reading_keys(channel->rules, channel->own, &count);
	/* Until a rekey comes: see channel_append. */
	if (index + 1 >= count || keys[index].destroyed_by == UINT64_MAX) {
		channel->destruction_at = UINT64_MAX;
		return OK;
	}
	if ((r = destruction_outlook(channel, channel->own, index, &outlook, error)) != OK)
		return r;
	look_again(channel, &outlook);
	if (outlook.standing != KEY_DUE)
		return OK;
	if (!channel->engine->settings.mirror) {
		r = ask_keeper(channel, index, &outlook, &why);
		if (r == ERROR_MEMORY)
			return error_set(error, r, "%s", why.message);
		/* What is not there was destroyed before the last end, or is lost. */
		if (r != OK && r != ERROR_NOT_FOUND) {
			journal(JOURNAL_WARNING,
			        "channel %.20s: a reading key is not destroyed: %s",
			        channel->charter->channel, why.message);
			return OK;
		}
		FAULT_POINT("engine-key-destroyed");
		journal(JOURNAL_NOTICE,
		        "channel %.20s: a reading key is destroyed, as both sides have attested",
		        channel->charter->channel);
	}
	*ret_more = true;
	if ((r = note_destroyed(channel)) != OK)
		return error_set(error, r, "what was sealed to a destroyed key cannot be dropped");
	return OK;
}

int destruction_step(struct engine_channel *channel, struct error *error)
{
	bool more = true;
	int r = OK;

	if (channel->destruction_at > engine_monotonic(channel->engine) ||
	    (channel->read_only && !channel->engine->settings.mirror) ||
	    !channel->engine->clock_trusted)
		return OK;
	while (r == OK && more)
		r = destroy_next(channel, &more, error);
	return r;
}

uint64_t destruction_timer(const struct engine_channel *channel)
{
	if (channel->read_only && !channel->engine->settings.mirror)
		return UINT64_MAX;
	return channel->destruction_at;
}
