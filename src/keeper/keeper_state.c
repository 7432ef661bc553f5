#include "keeper_state.h"

#include "sha.h"

enum {
	STATE_VERSION = 1,
	MAGIC_SIZE = 8,
	FLAG_FAULTED = 1,
	CHECKED_SIZE = KEEPER_SLOT_SIZE - HASH_SIZE /* what the checksum covers */
};

static const char magic[MAGIC_SIZE + 1] = "chirokpr";

void keeper_state_init(struct keeper_state *state, const struct hash *channel)
{
	*state = (struct keeper_state){ .channel = *channel };
	edge_init(&state->own);
	tree_empty_root(&state->cosigned_root);
	keeper_lineage_init(&state->own_lineage);
	keeper_lineage_init(&state->other_lineage);
}

int keeper_proof_init(struct tree_proof *ret_proof, const struct hash *hashes, size_t count)
{
	if (count > TREE_PROOF_MAXIMUM)
		return ERROR_LIMIT;
	ret_proof->count = count;
	if (count > 0)
		memcpy(ret_proof->hashes, hashes, count * sizeof(*hashes));
	return OK;
}

static void hash_batch(const struct hash *leaves, size_t count, struct hash *ret_hash)
{
	sha256_of(ret_hash, bytes_of(leaves, count * sizeof(*leaves)));
}

int keeper_state_append(struct keeper_state *state, uint64_t previous_size,
                        const struct hash *leaves, size_t count, struct error *error)
{
	struct edge own = state->own;
	struct hash batch;
	int r;

	if (count == 0 && previous_size == own.size)
		return OK;
	hash_batch(leaves, count, &batch);
	if (previous_size == own.size) {
		if ((r = edge_append_many(&own, leaves, count)) != OK)
			return error_set(error, r, "the log cannot take %zu entries more", count);
		state->previous_size = previous_size;
		state->batch = batch;
		state->own = own;
		return OK;
	}
	if (previous_size != state->previous_size)
		return error_set(error, ERROR_STATE,
		                 "a batch from size %llu, but the log has %llu entries",
		                 (unsigned long long)previous_size, (unsigned long long)own.size);
	/* The number of leaves is part of the hash: equal hashes mean equal batches. */
	if (!hash_equal(&batch, &state->batch))
		return error_set(error, ERROR_FORK,
		                 "another batch from size %llu was signed already",
		                 (unsigned long long)previous_size);
	return OK;
}

int keeper_state_verify(const struct keeper_state *state, uint64_t size, const struct hash *root,
                        const struct hash *proof, size_t proof_count, struct error *error)
{
	struct tree_proof tree_proof;
	int r;

	if ((r = keeper_proof_init(&tree_proof, proof, proof_count)) != OK)
		return error_set(error, r, "the proof is too long");
	if (size == 0 || size < state->cosigned_size)
		return error_set(error, ERROR_STATE,
		                 "the other log had %llu entries when it was last cosigned",
		                 (unsigned long long)state->cosigned_size);
	if (size == state->cosigned_size && !hash_equal(root, &state->cosigned_root))
		return error_set(error, ERROR_FORK,
		                 "another root of the other log at size %llu was cosigned",
		                 (unsigned long long)size);
	/* The last batch repeated: its proof led here, and was checked then. */
	if (size == state->cosigned_size)
		return OK;
	/* Every log extends the empty one: there is nothing to prove. */
	if (state->cosigned_size == 0)
		r = proof_count == 0 ? OK : ERROR_MISMATCH;
	else
		r = consistency_verify(state->cosigned_size, &state->cosigned_root, size, root,
		                       &tree_proof);
	if (r != OK)
		return error_set(error, r,
		                 "size %llu of the other log is not shown to be "
		                 "consistent with what was cosigned",
		                 (unsigned long long)size);
	return OK;
}

void keeper_state_cosign(struct keeper_state *state, const struct checkpoint *head, timestamp time)
{
	state->cosigned_size = head->size;
	state->cosigned_root = head->root;
	if (time > state->cosigned_time)
		state->cosigned_time = time;
}

int keeper_state_recover(struct keeper_state *state, const struct edge *edge,
                         const struct hash *proof, size_t proof_count, struct error *error)
{
	struct tree_proof tree_proof;
	struct hash known, root;
	int r;

	edge_root(&state->own, &known);
	edge_root(edge, &root);
	if (edge->size < state->own.size)
		return error_set(error, ERROR_STATE,
		                 "the keeper has signed %llu entries: it does not go back to %llu",
		                 (unsigned long long)state->own.size,
		                 (unsigned long long)edge->size);
	if (edge->size == state->own.size)
		return hash_equal(&known, &root)
		           ? error_set(error, ERROR_EXISTS,
		                       "the keeper knows this head: it has lost nothing")
		           : error_set(error, ERROR_FORK,
		                       "the keeper has signed another root for %llu entries",
		                       (unsigned long long)edge->size);
	if ((r = keeper_proof_init(&tree_proof, proof, proof_count)) != OK)
		return error_set(error, r, "the proof is too long");
	/* Every log extends the empty one: there is nothing to prove. */
	if (state->own.size == 0)
		r = proof_count == 0 ? OK : ERROR_MISMATCH;
	else
		r = consistency_verify(state->own.size, &known, edge->size, &root, &tree_proof);
	if (r != OK)
		return error_set(error, r,
		                 "the head is not shown to be consistent with what the keeper "
		                 "has signed");
	state->own = *edge;
	state->previous_size = edge->size;
	sha256_of(&state->batch, bytes_of(NULL, 0));
	return OK;
}

bool keeper_state_equal(const struct keeper_state *a, const struct keeper_state *b)
{
	return a->faulted == b->faulted && edge_equal(&a->own, &b->own) &&
	       a->previous_size == b->previous_size && hash_equal(&a->batch, &b->batch) &&
	       a->cosigned_size == b->cosigned_size &&
	       hash_equal(&a->cosigned_root, &b->cosigned_root) &&
	       a->cosigned_time == b->cosigned_time &&
	       keeper_lineage_equal(&a->own_lineage, &b->own_lineage) &&
	       keeper_lineage_equal(&a->other_lineage, &b->other_lineage);
}

static int put_lineage(struct buffer *buffer, const struct keeper_lineage *lineage)
{
	int r;

	if ((r = buffer_put_u64(buffer, lineage->links)) != OK ||
	    (r = buffer_put(buffer, lineage->chain.bytes, HASH_SIZE)) != OK ||
	    (r = buffer_put_u32(buffer, lineage->generation)) != OK ||
	    (r = buffer_put_u64(buffer, lineage->start)) != OK ||
	    (r = buffer_put(buffer, lineage->key.bytes, ED25519_PUBLIC_SIZE)) != OK)
		return r;
	for (size_t i = 0; i < KEEPER_FORMERS && r == OK; i++)
		if ((r = buffer_put_u64(buffer, lineage->formers[i].start)) == OK)
			r = buffer_put(buffer, lineage->formers[i].key.bytes, ED25519_PUBLIC_SIZE);
	return r;
}

static int get_lineage(struct cursor *cursor, struct keeper_lineage *lineage)
{
	uint32_t generation;
	int r;

	if ((r = cursor_get_u64(cursor, &lineage->links)) != OK ||
	    (r = cursor_get(cursor, lineage->chain.bytes, HASH_SIZE)) != OK ||
	    (r = cursor_get_u32(cursor, &generation)) != OK ||
	    (r = cursor_get_u64(cursor, &lineage->start)) != OK ||
	    (r = cursor_get(cursor, lineage->key.bytes, ED25519_PUBLIC_SIZE)) != OK)
		return r;
	for (size_t i = 0; i < KEEPER_FORMERS && r == OK; i++)
		if ((r = cursor_get_u64(cursor, &lineage->formers[i].start)) == OK)
			r = cursor_get(cursor, lineage->formers[i].key.bytes, ED25519_PUBLIC_SIZE);
	if (r != OK)
		return r;
	if (generation == 0 || generation - 1 > lineage->links ||
	    lineage->start > TREE_SIZE_MAXIMUM)
		return ERROR_MISMATCH;
	lineage->generation = generation;
	return OK;
}

int keeper_state_encode(const struct keeper_state *state, uint8_t ret_slot[KEEPER_SLOT_SIZE])
{
	struct buffer buffer;
	struct hash checksum;
	size_t padding;
	uint8_t *zeros;
	int r;

	buffer_init(&buffer, KEEPER_SLOT_SIZE);
	if ((r = buffer_put(&buffer, magic, MAGIC_SIZE)) != OK ||
	    (r = buffer_put_u32(&buffer, STATE_VERSION)) != OK ||
	    (r = buffer_put_u32(&buffer, state->faulted ? FLAG_FAULTED : 0)) != OK ||
	    (r = buffer_put_u64(&buffer, state->sequence)) != OK ||
	    (r = buffer_put(&buffer, state->channel.bytes, HASH_SIZE)) != OK ||
	    (r = edge_encode(&state->own, &buffer)) != OK ||
	    (r = buffer_put_u64(&buffer, state->previous_size)) != OK ||
	    (r = buffer_put(&buffer, state->batch.bytes, HASH_SIZE)) != OK ||
	    (r = buffer_put_u64(&buffer, state->cosigned_size)) != OK ||
	    (r = buffer_put(&buffer, state->cosigned_root.bytes, HASH_SIZE)) != OK ||
	    (r = buffer_put_u64(&buffer, (uint64_t)state->cosigned_time)) != OK ||
	    (r = put_lineage(&buffer, &state->own_lineage)) != OK ||
	    (r = put_lineage(&buffer, &state->other_lineage)) != OK)
		goto out;
	padding = CHECKED_SIZE - buffer.size;
	if ((r = buffer_extend(&buffer, padding, &zeros)) != OK)
		goto out;
	memset(zeros, 0, padding);
	sha256_of(&checksum, buffer_view(&buffer));
	if ((r = buffer_put(&buffer, checksum.bytes, HASH_SIZE)) != OK)
		goto out;
	memcpy(ret_slot, buffer.data, KEEPER_SLOT_SIZE);
out:
	buffer_release(&buffer);
	return r;
}

static int decode_fields(struct cursor *cursor, struct keeper_state *state)
{
	uint32_t flags;
	uint64_t time;
	int r;

	if ((r = cursor_get_u32(cursor, &flags)) != OK ||
	    (r = cursor_get_u64(cursor, &state->sequence)) != OK ||
	    (r = cursor_get(cursor, state->channel.bytes, HASH_SIZE)) != OK ||
	    (r = edge_decode(cursor, &state->own)) != OK ||
	    (r = cursor_get_u64(cursor, &state->previous_size)) != OK ||
	    (r = cursor_get(cursor, state->batch.bytes, HASH_SIZE)) != OK ||
	    (r = cursor_get_u64(cursor, &state->cosigned_size)) != OK ||
	    (r = cursor_get(cursor, state->cosigned_root.bytes, HASH_SIZE)) != OK ||
	    (r = cursor_get_u64(cursor, &time)) != OK)
		return r;
	if ((flags & ~(uint32_t)FLAG_FAULTED) != 0 || time > (uint64_t)TIMESTAMP_MAXIMUM ||
	    state->previous_size > state->own.size || state->cosigned_size > TREE_SIZE_MAXIMUM)
		return ERROR_MISMATCH;
	state->faulted = (flags & FLAG_FAULTED) != 0;
	state->cosigned_time = (timestamp)time;
	return OK;
}

/* A slot has one spelling, to its end. */
static bool is_zero(const struct cursor *rest)
{
	uint8_t any = 0;

	for (size_t i = 0; i < rest->left; i++)
		any |= rest->at[i];
	return any == 0;
}

int keeper_state_decode(const uint8_t slot[KEEPER_SLOT_SIZE], const struct hash *channel,
                        struct keeper_state *ret_state)
{
	struct cursor cursor = cursor_over(bytes_of(slot, CHECKED_SIZE));
	struct keeper_state state;
	struct hash checksum;
	uint8_t found[MAGIC_SIZE];
	uint32_t version;

	sha256_of(&checksum, bytes_of(slot, CHECKED_SIZE));
	if (memcmp(checksum.bytes, slot + CHECKED_SIZE, HASH_SIZE) != 0 ||
	    cursor_get(&cursor, found, sizeof(found)) != OK ||
	    memcmp(found, magic, MAGIC_SIZE) != 0 || cursor_get_u32(&cursor, &version) != OK)
		return ERROR_MISMATCH;
	if (version != STATE_VERSION)
		return ERROR_UNSUPPORTED;
	keeper_state_init(&state, channel);
	if (decode_fields(&cursor, &state) != OK ||
	    get_lineage(&cursor, &state.own_lineage) != OK ||
	    get_lineage(&cursor, &state.other_lineage) != OK || !is_zero(&cursor) ||
	    !hash_equal(&state.channel, channel))
		return ERROR_MISMATCH;
	*ret_state = state;
	return OK;
}
