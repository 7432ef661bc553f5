/* An old reading key is destroyed: what was sealed to it cannot be opened by this side
 * any more. The keeper looks for itself at what justifies it.
 *
 * What a compromised engine could do with this. Without a word of our own head it can
 * have nothing destroyed, and never the key in use. With one it still cannot before the
 * other side's head has given up a key of its own, has received our head's word, and the
 * charter's retention has passed since, by the keeper's clock. It could show the word of
 * a head who was replaced since, by keeping back the appointment; it could show the other
 * side's word on an earlier key than the one that matches ours; and it could pass over a
 * hold, which the engine keeps. In all of these our head has signed that this very key
 * is to be destroyed. */
#include "allocate.h"
#include "attestation.h"
#include "encoding.h"
#include "fault_point.h"
#include "keeper_internal.h"

static int logged_entry(const struct keeper_logged *logged, struct logged_entry *ret_entry)
{
	ret_entry->bytes = logged->entry;
	ret_entry->number = logged->number;
	return keeper_proof_init(&ret_entry->path, logged->proof, logged->proof_count);
}

/* Both heads have attested, and the other side has received what ours said. */
static int check_words(const struct keeper_channel *channel,
                       const struct keeper_destruction *destruction, struct attestation *ours,
                       struct attestation *theirs, struct error *error)
{
	const struct keeper_state *state = &channel->state;
	unsigned own = channel->own_party, other = 1 - own;
	struct log_end own_end = { .size = state->own.size };
	struct log_end their_end = { state->cosigned_size, state->cosigned_root };
	struct logged_entry entries[3];
	int r;

	edge_root(&state->own, &own_end.root);
	if ((r = logged_entry(&destruction->ours, &entries[0])) != OK ||
	    (r = logged_entry(&destruction->theirs, &entries[1])) != OK ||
	    (r = logged_entry(&destruction->receipt, &entries[2])) != OK)
		return error_set(error, r, "a proof is too long");
	if ((r = attestation_verify(channel->charter, own, destruction->links[0].entries,
	                            destruction->links[0].count, &entries[0], &own_end, ours,
	                            error)) != OK ||
	    (r = attestation_verify(channel->charter, other, destruction->links[1].entries,
	                            destruction->links[1].count, &entries[1], &their_end, theirs,
	                            error)) != OK)
		return r;
	return receipt_covers(channel->charter, other, &entries[2], &their_end, ours->number,
	                      error);
}

static int check_retention(const struct keeper *keeper, const struct keeper_channel *channel,
                           const struct attestation *ours, const struct attestation *theirs,
                           struct error *error)
{
	int64_t retention = channel->charter->retention[channel->own_party];
	timestamp now = keeper->clock.now(keeper->clock.context);
	timestamp from = ours->logged > theirs->logged ? ours->logged : theirs->logged;
	char text[TIMESTAMP_CAPACITY];

	if (now >= from && now - from >= retention)
		return OK;
	timestamp_format(from, text);
	return error_set(error, ERROR_WAIT,
	                 "the charter's retention of %lld seconds since %s has not passed",
	                 (long long)retention, text);
}

/* The file with the key is overwritten before this returns. */
static int destroy(struct keeper *keeper, struct keeper_channel *channel, struct keeper_keys *keys,
                   struct bytes recipient, struct error *error)
{
	char name[KEEPER_FILE_NAME_CAPACITY];
	int r;

	if ((r = keeper_keys_destroy_reading(keys, recipient)) != OK)
		return error_set(error, r, "this is not an old reading key: %s", result_text(r));
	keeper_channel_file(&channel->charter->id, "keys", name);
	FAULT_POINT("keeper-before-destruction");
	if ((r = keeper_write_keys(keeper, name, keys, error)) != OK)
		return r;
	FAULT_POINT("keeper-after-destruction");
	*channel->keys = *keys;
	return OK;
}

int keeper_destroy_reading_key(struct keeper *keeper, const struct keeper_destruction *destruction,
                               struct error *error)
{
	struct bytes recipient = bytes_of_string(destruction->recipient);
	struct attestation ours, theirs;
	struct keeper_channel *channel;
	struct keeper_keys *keys;
	int r;

	if ((r = keeper_find_signing(keeper, &destruction->channel, &channel, error)) != OK)
		return r;
	if ((r = keeper_keys_is_old_reading(channel->keys, recipient)) != OK)
		return error_set(error, r, "this is not an old reading key: %s", result_text(r));
	if ((r = check_words(channel, destruction, &ours, &theirs, error)) != OK ||
	    (r = check_retention(keeper, channel, &ours, &theirs, error)) != OK)
		return r;
	if (!bytes_equal_string(recipient, ours.destroyed))
		return error_set(error, ERROR_DENIED, "our head has attested another key");
	if ((keys = keeper_keys_new()) == NULL)
		return error_set(error, ERROR_MEMORY, "no memory for keys");
	*keys = *channel->keys;
	r = destroy(keeper, channel, keys, recipient, error);
	keeper_keys_free(keys);
	return r;
}
