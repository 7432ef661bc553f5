/* Successor logs: the own one, the other side's, and a channel that goes on with
 * fresh keys. */
#include <string.h>

#include "allocate.h"
#include "durable_file.h"
#include "encoding.h"
#include "fault_point.h"
#include "keeper_file.h"
#include "keeper_internal.h"

int keeper_log_key(const struct keeper_channel *channel, unsigned party, uint64_t size,
                   struct note_key *ret_key)
{
	const struct keeper_lineage *lineage = party == channel->own_party
	                                           ? &channel->state.own_lineage
	                                           : &channel->state.other_lineage;
	struct ed25519_public key;
	char name[LOG_NAME_CAPACITY];
	unsigned generation;

	generation = keeper_lineage_of_head(lineage, &channel->charter->parties[party], size, &key);
	charter_log_name(channel->charter, party, generation, "", name);
	return note_key_init(ret_key, bytes_of_string(name), NOTE_KEY_ED25519, &key);
}

/* A raw key as keys are printed. */
static void print_key(const struct ed25519_public *key, char ret_text[KEEPER_KEY_TEXT_CAPACITY])
{
	struct hash as_hash;

	memcpy(as_hash.bytes, key->bytes, sizeof(as_hash.bytes));
	memset(ret_text, 0, KEEPER_KEY_TEXT_CAPACITY);
	hash_to_base64(&as_hash, ret_text);
}

int keeper_settle_log_key(const struct keeper *keeper, struct keeper_channel *channel,
                          struct error *error)
{
	const struct keeper_lineage *lineage = &channel->state.own_lineage;
	char text[KEEPER_KEY_TEXT_CAPACITY], name[KEEPER_FILE_NAME_CAPACITY];
	struct ed25519_secret pair;
	struct keeper_keys *keys;
	bool settled;
	int r;

	keeper_keys_pair(channel->keys, KEEPER_KEY_LOG, &pair);
	settled = lineage->generation == 1 || ed25519_public_equal(&pair.public_key, &lineage->key);
	ed25519_secret_wipe(&pair);
	if (settled)
		return OK;
	if ((keys = keeper_keys_new()) == NULL)
		return error_set(error, ERROR_MEMORY, "no memory for keys");
	*keys = *channel->keys;
	print_key(&lineage->key, text);
	keeper_channel_file(&channel->charter->id, "keys", name);
	if ((r = keeper_keys_activate(keys, KEEPER_KEY_LOG, bytes_of_string(text))) != OK)
		error_set(error, ERROR_NOT_FOUND, "the log key that was appointed is not here");
	else if ((r = keeper_write_keys(keeper, name, keys, error)) == OK)
		*channel->keys = *keys;
	keeper_keys_free(keys);
	return r;
}

/* The own log goes on under a key of this keeper, from its present end. One that goes on
 * beyond that is not followed, but kept in mind: a state that is older than that can
 * only recover. */
static int continue_own_log(struct keeper_channel *channel, const struct keeper_lineage_step *step,
                            struct keeper_state *next, struct error *error)
{
	char text[KEEPER_KEY_TEXT_CAPACITY];
	struct hash root;

	if (step->begun == 0)
		return OK;
	print_key(&step->key, text);
	if (!keeper_keys_have(channel->keys, KEEPER_KEY_LOG, bytes_of_string(text)))
		return error_set(error, ERROR_NOT_FOUND,
		                 "the appointed log key was not made by this keeper");
	if (channel->state_lost)
		return OK;
	edge_root(&next->own, &root);
	if (step->size > next->own.size) {
		channel->is_behind = true;
		channel->ahead = next->own_lineage;
	}
	if (step->begun > 1 || step->size != next->own.size || !hash_equal(&step->root, &root))
		return error_set(error, ERROR_STATE,
		                 "the successor begins at another place than the log's end");
	return keeper_state_append(next, step->size, &step->leaf, 1, error);
}

/* What was cosigned of the other log must be what is continued. */
static int check_other_log(const struct keeper_state *state, const struct keeper_lineage_step *step,
                           struct error *error)
{
	if (step->begun == 0 || step->size > state->cosigned_size)
		return OK;
	if (step->size == state->cosigned_size && hash_equal(&step->root, &state->cosigned_root))
		return OK;
	return error_set(error, ERROR_FORK,
	                 "the other side's successor log begins below what was cosigned");
}

int keeper_succession(struct keeper *keeper, const struct keeper_succession *succession,
                      struct error *error)
{
	const struct keeper_links *links = &succession->links;
	struct keeper_lineage_step step;
	struct keeper_channel *channel;
	struct keeper_state next;
	bool own;
	int r;

	if ((r = keeper_find_channel(keeper, &succession->channel, &channel, error)) != OK)
		return r;
	if (keeper->failed)
		return error_set(error, ERROR_IO, "the keeper could not write and signs nothing");
	own = succession->party == channel->own_party;
	next = channel->state;
	if ((r = keeper_lineage_follow(channel->charter, succession->party, links->entries,
	                               links->count, own ? &next.own_lineage : &next.other_lineage,
	                               &step, error)) != OK)
		return r;
	if (own)
		r = continue_own_log(channel, &step, &next, error);
	else
		r = check_other_log(&next, &step, error);
	if (r != OK)
		return r;
	if (channel->state_lost) {
		channel->state = next;
		return OK;
	}
	/* The state is what decides; a key that it names is taken into use at the next
	 * start where this ends in between. */
	FAULT_POINT("keeper-before-succession");
	if ((r = keeper_store_state(keeper, channel, &next, error)) != OK)
		return r;
	FAULT_POINT("keeper-after-succession");
	if (own && (r = keeper_settle_log_key(keeper, channel, error)) != OK)
		keeper->failed = true;
	return r;
}

/* --- fresh keys for an existing channel ------------------------------------- */

static int state_of_successor(const struct charter *charter,
                              const struct keeper_successor *successor,
                              const struct keeper_keys *keys, struct keeper_state *ret_state,
                              struct error *error)
{
	struct cursor cursor = cursor_over(successor->edge);
	char text[KEEPER_KEY_TEXT_CAPACITY];
	struct keeper_lineage_step step;
	struct keeper_state state;
	struct hash root;
	int r;

	keeper_state_init(&state, &charter->id);
	if ((r = edge_decode(&cursor, &state.own)) != OK || (r = cursor_end(&cursor)) != OK)
		return error_set(error, r, "the edge of the log cannot be read");
	if ((r = keeper_lineage_follow(charter, successor->own_party, successor->links.entries,
	                               successor->links.count, &state.own_lineage, &step, error)) !=
	    OK)
		return r;
	edge_root(&state.own, &root);
	if (step.begun == 0 || step.size != state.own.size || !hash_equal(&step.root, &root))
		return error_set(error, ERROR_MISMATCH,
		                 "no successor log was appointed for where this log ends");
	print_key(&step.key, text);
	if (!keeper_keys_have(keys, KEEPER_KEY_LOG, bytes_of_string(text)))
		return error_set(error, ERROR_MISMATCH,
		                 "the appointed log key is not that of this setup");
	if (successor->cosigned_size > TREE_SIZE_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "no log has as many entries");
	if (successor->cosigned_size > 0) {
		state.cosigned_size = successor->cosigned_size;
		state.cosigned_root = successor->cosigned_root;
	}
	if ((r = keeper_state_append(&state, step.size, &step.leaf, 1, error)) != OK)
		return r;
	*ret_state = state;
	return OK;
}

/* Charter and state first; the keys are what makes the channel. After a crash in
 * between the same is done again: the setup is destroyed last. */
static int write_successor(struct keeper *keeper, const struct charter *charter,
                           const struct keeper_state *state, const struct keeper_keys *keys,
                           struct error *error)
{
	char name[KEEPER_FILE_NAME_CAPACITY];
	int r;

	keeper_channel_file(&charter->id, "charter", name);
	if ((r = durable_file_write(keeper->directory, name, charter->text, 0600, error)) != OK)
		return r;
	FAULT_POINT("keeper-successor-charter");
	keeper_channel_file(&charter->id, "state", name);
	if ((r = keeper_file_create(keeper->directory, name, state, error)) != OK)
		return r;
	FAULT_POINT("keeper-successor-state");
	keeper_channel_file(&charter->id, "keys", name);
	r = keeper_write_keys(keeper, name, keys, error);
	FAULT_POINT("keeper-successor-keys");
	if (r != OK)
		keeper->failed = true;
	return r;
}

/* Whether the channel is here already: as this very successor, which is OK with
 * *ret_done, or without its state. */
static int check_existing(struct keeper *keeper, const struct charter *charter,
                          const struct keeper_successor *successor,
                          struct keeper_channel **ret_lost, bool *ret_done, struct error *error)
{
	struct keeper_lineage_step step;
	struct keeper_lineage known;
	struct keeper_channel *channel;

	*ret_lost = NULL;
	*ret_done = false;
	if (keeper_find_channel(keeper, &charter->id, &channel, NULL) != OK)
		return OK;
	if (channel->own_party != successor->own_party)
		return error_set(error, ERROR_EXISTS, "the channel exists, for the other party");
	if (channel->state_lost) {
		*ret_lost = channel;
		return OK;
	}
	known = channel->state.own_lineage;
	*ret_done = keeper_lineage_follow(charter, successor->own_party, successor->links.entries,
	                                  successor->links.count, &known, &step, NULL) == OK &&
	            known.generation > 1 && step.begun == 0;
	return *ret_done
	           ? OK
	           : error_set(error, ERROR_EXISTS, "the channel exists and knows what it signed");
}

static void replace_lost(struct keeper *keeper, struct keeper_channel *lost)
{
	size_t place = 0;

	while (keeper->channels[place] != lost)
		place++;
	keeper->channel_count--;
	memmove(&keeper->channels[place], &keeper->channels[place + 1],
	        (keeper->channel_count - place) * sizeof(keeper->channels[0]));
	keeper_channel_free(lost);
}

static int adopt_setup(struct keeper *keeper, struct charter *charter,
                       const struct keeper_successor *successor, struct keeper_channel *lost,
                       struct error *error)
{
	size_t place = keeper_find_setup(keeper, successor->setup);
	struct keeper_keys *keys = keeper_keys_new();
	struct keeper_state state;
	int r;

	if (keys == NULL)
		return error_set(error, ERROR_MEMORY, "no memory for keys");
	if (place == keeper->setup_count) {
		r = error_set(error, ERROR_NOT_FOUND, "the keeper has no such setup");
		goto out;
	}
	*keys = *keeper->setups[place].keys;
	keys->party = (uint8_t)successor->own_party;
	if (lost == NULL && keeper->channel_count == KEEPER_CHANNELS_MAXIMUM) {
		r = error_set(error, ERROR_LIMIT, "there are %d channels already",
		              KEEPER_CHANNELS_MAXIMUM);
		goto out;
	}
	if (lost != NULL && (r = keeper_keys_inherit_reading(keys, lost->keys)) != OK) {
		error_set(error, r, "there are too many reading keys");
		goto out;
	}
	if ((r = state_of_successor(charter, successor, keys, &state, error)) != OK ||
	    (r = write_successor(keeper, charter, &state, keys, error)) != OK)
		goto out;
	if (lost != NULL)
		replace_lost(keeper, lost);
	if ((r = keeper_add_channel(keeper, charter, keys, error)) != OK) {
		keeper->failed = true;
		goto out;
	}
	return OK;
out:
	keeper_keys_free(keys);
	return r;
}

int keeper_adopt_successor(struct keeper *keeper, const struct keeper_successor *successor,
                           struct hash *ret_channel, struct error *error)
{
	struct keeper_channel *lost;
	struct charter *charter;
	struct hash id;
	bool done;
	int r;

	if (keeper->failed)
		return error_set(error, ERROR_IO, "the keeper could not write and signs nothing");
	if ((r = charter_parse(successor->charter, &charter, error)) != OK)
		return r;
	id = charter->id;
	if ((r = check_existing(keeper, charter, successor, &lost, &done, error)) != OK || done) {
		charter_free(charter);
	} else if ((r = adopt_setup(keeper, charter, successor, lost, error)) != OK) {
		charter_free(charter);
	}
	/* Its keys are the channel's now. */
	if (r == OK && keeper_find_setup(keeper, successor->setup) < keeper->setup_count)
		r = keeper_discard_setup(keeper, successor->setup, error);
	if (r == OK)
		*ret_channel = id;
	return r;
}
