/* Which of a neutral's words are put on record, and the queue of those that wait.
 *
 *     certificate   covers acts of people that the other side has not receipted
 *     answer        denies a certificate that the other side has on record
 *     checkpoint    shows that an acceptance was there before the offer expired */
#include "neutral.h"

#include "allocate.h"
#include "channel_internal.h"
#include "cosignature.h"

enum { HEADS_LOOKED_AT = 1024 }; /* of one log, for one acceptance */

/* --- the queue ------------------------------------------------------------------ */

int stamp_add(struct engine_channel *channel, unsigned party, struct bytes note)
{
	struct waiting_stamp **end = &channel->stamps, *stamp;
	size_t count = 0;
	int r;

	for (; *end != NULL; end = &(*end)->next) {
		if (bytes_equal(buffer_view(&(*end)->note), note))
			return OK;
		count++;
	}
	if (count == STAMPS_WAITING_MAXIMUM)
		return OK;
	if ((stamp = allocate(1, sizeof *stamp)) == NULL)
		return ERROR_MEMORY;
	stamp->party = party;
	buffer_init(&stamp->note, DEPOSIT_NOTE_MAXIMUM);
	if ((r = buffer_put_bytes(&stamp->note, note)) != OK) {
		buffer_release(&stamp->note);
		release_memory(stamp);
		return r == ERROR_LIMIT ? OK : r;
	}
	*end = stamp;
	return OK;
}

void stamp_remove_first(struct engine_channel *channel)
{
	struct waiting_stamp *stamp = channel->stamps;

	channel->stamps = stamp->next;
	buffer_release(&stamp->note);
	release_memory(stamp);
}

/* --- certificates ----------------------------------------------------------------- */

/* What a person has said, and what counts. */
static bool is_of_a_person(const struct act_summary *act)
{
	return strcmp(act->author, "node") != 0 && act->verdict.code == VERDICT_VALID;
}

static bool is_certified(const struct engine_channel *channel, struct act_place place)
{
	struct act_place stamp;
	size_t count = 0;

	return rules_certificates(channel->rules, place, &stamp, 1, &count) == OK && count > 0;
}

static void add_blob(struct uncertified *uncertified, const struct hash *hash, uint64_t size)
{
	for (size_t i = 0; i < uncertified->blob_count; i++)
		if (hash_equal(&uncertified->blobs[i].hash, hash))
			return;
	uncertified->blobs[uncertified->blob_count++] = (struct deposit_blob){ *hash, size };
}

bool stamp_is_owed(const struct engine_channel *channel, uint64_t size,
                   struct uncertified *ret_uncertified)
{
	struct uncertified uncertified = { .blob_count = 0 };
	struct act_place place = { channel->own, channel_receipted(channel) }, body;
	bool owed = false;

	for (; place.number < size && uncertified.blob_count < DEPOSIT_BLOBS_MAXIMUM;
	     place.number++) {
		struct hash hash;
		uint64_t blob_size;
		bool has_blob;

		if (!is_of_a_person(rules_act(channel->rules, place)))
			continue;
		has_blob = channel_blob_of(channel, place, &hash, &blob_size, &body);
		/* A body that is not here cannot be left there either. */
		if ((has_blob && !blob_is_held(channel, &hash)) || is_certified(channel, place))
			continue;
		if (!owed)
			uncertified.first = place.number;
		owed = true;
		if (has_blob)
			add_blob(&uncertified, &hash, blob_size);
	}
	if (owed)
		*ret_uncertified = uncertified;
	return owed;
}

timestamp neutrals_withheld_since(const struct engine_channel *channel)
{
	struct act_place place = { channel->own, channel_receipted(channel) }, stamp;
	uint64_t size = rules_size(channel->rules, channel->own);
	int64_t patience = channel->engine->settings.configuration->deposit_after;
	timestamp since = channel->sent_since;
	struct stamp_summary summary;
	size_t count = 0;

	if (channel->unreceipted_since == 0)
		return 0;
	/* A receipt is under way for a while. */
	if (since != 0 && engine_now(channel->engine) - since < patience)
		since = 0;
	while (place.number < size && !is_of_a_person(rules_act(channel->rules, place)))
		place.number++;
	if (place.number < size &&
	    rules_certificates(channel->rules, place, &stamp, 1, &count) == OK && count > 0 &&
	    rules_stamp(channel->rules, stamp, &summary) == OK &&
	    (since == 0 || summary.time < since))
		since = summary.time;
	return since;
}

/* --- acceptances ------------------------------------------------------------------- */

/* The neutral's earliest head with more than `number` own entries: its text and line
 * in `note`, which stays empty when there is none. */
static int find_head(struct engine_channel *channel, const struct neutral *neutral, uint64_t number,
                     struct buffer *note, timestamp *ret_time)
{
	const struct note_key *key = &neutral->key;
	uint64_t size = STORE_NUMBER_MAXIMUM;
	struct store_head head;
	struct note parsed;
	size_t kept;
	int r = OK;

	store_head_init(&head);
	for (unsigned i = 0; i < HEADS_LOOKED_AT && size > number; i++) {
		if ((r = store_get_head(channel->engine->settings.store, channel->number,
		                        channel->own, size, neutral->cosigner, &head)) != OK ||
		    head.size <= number)
			break;
		size = head.size - 1;
		buffer_clear(note);
		if ((r = note_parse(head.note, &parsed, NULL)) != OK ||
		    (r = buffer_put_bytes(note, parsed.text)) != OK ||
		    (r = buffer_put_u8(note, '\n')) != OK ||
		    (r = cosignature_keep_verified(parsed.text, head.cosignatures, &key, 1, note,
		                                   &kept)) != OK ||
		    (r = note_parse(buffer_view(note), &parsed, NULL)) != OK ||
		    (r = cosignature_verify(&parsed, key, ret_time, NULL)) != OK)
			break;
	}
	store_head_release(&head);
	return r == ERROR_MEMORY || r == ERROR_IO ? r : OK;
}

/* When the offer that an act of ours accepts expires, if nothing shows yet that the
 * acceptance came before. */
static bool needs_proof(const struct engine_channel *channel, struct act_place place,
                        timestamp *ret_expires)
{
	const struct act_summary *act = rules_act(channel->rules, place), *offer;
	struct stamped stamped;

	if (act->kind->number != KIND_ACCEPT || act->verdict.code != VERDICT_VALID ||
	    !act->has_answers || (offer = rules_act(channel->rules, act->answers)) == NULL ||
	    offer->expires == 0 ||
	    (rules_stamped(channel->rules, place, &stamped) && stamped.time <= offer->expires))
		return false;
	*ret_expires = offer->expires;
	return true;
}

static int stamp_acceptance(struct engine_channel *channel, uint64_t number, timestamp expires)
{
	struct buffer note;
	timestamp time;
	int r = OK;

	buffer_init(&note, 2 * NOTE_MAXIMUM);
	for (size_t i = 0; i < channel->neutral_count; i++) {
		buffer_clear(&note);
		if ((r = find_head(channel, &channel->neutrals[i], number, &note, &time)) != OK)
			break;
		if (note.size == 0 || time > expires)
			continue;
		r = stamp_add(channel, channel->own, buffer_view(&note));
		break;
	}
	buffer_release(&note);
	return r;
}

/* Changes with every line on an own head. */
static uint64_t lines_on_own_heads(const struct engine_channel *channel)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < channel->neutral_count; i++)
		sum += channel->neutrals[i].logs[channel->own].cosigned;
	return sum;
}

uint64_t stamps_due(const struct engine_channel *channel)
{
	const struct configuration *configuration = channel->engine->settings.configuration;

	if (channel->neutral_count == 0 || channel->lacks_at == 0 ||
	    channel->stamps_looked_at == lines_on_own_heads(channel))
		return UINT64_MAX;
	return channel->lacks_at + (uint64_t)configuration->deposit_after * 1000000000;
}

int stamp_acceptances(struct engine_channel *channel)
{
	struct act_place place = { channel->own, channel_receipted(channel) };
	timestamp expires;
	int r = OK;

	channel->stamps_looked_at = lines_on_own_heads(channel);
	for (; place.number < channel->head_size && r == OK; place.number++)
		if (needs_proof(channel, place, &expires))
			r = stamp_acceptance(channel, place.number, expires);
	return r;
}
