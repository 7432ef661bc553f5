#include "allocate.h"
#include "channel_internal.h"
#include "journal.h"
#include "sha.h"

enum {
	BLOBS_AT_ONCE = 4,        /* that are fetched from the other side */
	BLOB_MAXIMUM = 300 << 20, /* a list's 256 MiB, sealed */
	HASH_PIECE = 256 * 1024
};

bool blob_is_held(const struct engine_channel *channel, const struct hash *hash)
{
	struct store_blob blob;

	return store_get_blob(channel->engine->settings.store, channel->number, hash, &blob) ==
	           OK &&
	       blob.complete;
}

bool channel_blob_of(const struct engine_channel *channel, struct act_place place,
                     struct hash *ret_hash, uint64_t *ret_size, struct act_place *ret_body)
{
	const struct act_summary *act = rules_act(channel->rules, place);
	bool reseal;

	if (act == NULL)
		return false;
	reseal = act->kind->number == KIND_RESEAL && act->verdict.code == VERDICT_VALID;
	if (!act->has_body && !reseal)
		return false;
	*ret_hash = act->sealed_hash;
	*ret_size = act->sealed_size;
	*ret_body = reseal ? act->target : place;
	return true;
}

/* --- the charter's daily quota ------------------------------------------- */

void quota_start_day(struct engine_channel *channel)
{
	int64_t day = engine_now(channel->engine) / 86400;

	if (day == channel->quota_day)
		return;
	channel->quota_day = day;
	channel->quota_entries = channel->quota_bytes = 0;
}

static int store_number(struct engine_channel *channel, const char *key, uint64_t number)
{
	uint8_t bytes[8];

	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(number >> (56 - 8 * i));
	return store_set_value(channel->engine->settings.store, channel->number, key,
	                       bytes_of(bytes, sizeof bytes));
}

int quota_count(struct engine_channel *channel, uint64_t entries, uint64_t bytes)
{
	int r;

	quota_start_day(channel);
	channel->quota_entries += entries;
	channel->quota_bytes += bytes;
	if ((r = store_number(channel, "quota/day", (uint64_t)channel->quota_day)) != OK ||
	    (r = store_number(channel, "quota/entries", channel->quota_entries)) != OK)
		return r;
	return store_number(channel, "quota/bytes", channel->quota_bytes);
}

/* A blob counts as a whole when its first piece is stored. */
static bool quota_allows_blob(struct engine_channel *channel, const struct wanted_blob *wanted)
{
	quota_start_day(channel);
	return wanted->held > 0 ||
	       channel->quota_bytes + wanted->size <= channel_charter(channel)->quota_bytes;
}

/* --- what is stored ------------------------------------------------------- */

int verify_blob(struct engine_channel *channel, const struct hash *hash, uint64_t size)
{
	struct store *store = channel->engine->settings.store;
	struct sha256_stream stream;
	struct buffer piece;
	struct hash computed;
	int r;

	if ((r = sha256_stream_init(&stream)) != OK)
		return r;
	buffer_init(&piece, HASH_PIECE);
	for (uint64_t offset = 0; offset < size && r == OK; offset += piece.size) {
		buffer_clear(&piece);
		if ((r = store_read_blob(store, channel->number, hash, offset, HASH_PIECE,
		                         &piece)) == OK)
			r = piece.size > 0 ? sha256_stream_update(&stream, buffer_view(&piece))
			                   : ERROR_IO;
	}
	if (r == OK)
		r = sha256_stream_finish(&stream, &computed);
	buffer_release(&piece);
	sha256_stream_release(&stream);
	if (r != OK)
		return r;
	if (hash_equal(&computed, hash))
		return store_complete_blob(store, channel->number, hash);
	if ((r = store_delete_blob(store, channel->number, hash)) != OK)
		return r;
	return ERROR_MISMATCH;
}

/* --- what the other side's entries name ---------------------------------- */

bool blob_is_too_large(const struct engine_channel *channel, uint64_t size)
{
	return size > BLOB_MAXIMUM || size > channel_charter(channel)->quota_bytes;
}

struct wanted_blob *find_wanted(struct engine_channel *channel, const struct hash *hash)
{
	for (size_t i = 0; i < channel->wanted_count; i++)
		if (hash_equal(&channel->wanted[i].hash, hash))
			return &channel->wanted[i];
	return NULL;
}

int want_blob(struct engine_channel *channel, const struct hash *hash, uint64_t size,
              struct act_place place)
{
	struct wanted_blob *wanted;
	struct store_blob blob;
	bool also_wanted;

	if (channel->wanted_count == channel->wanted_capacity) {
		size_t capacity = channel->wanted_capacity == 0 ? 16 : 2 * channel->wanted_capacity;

		wanted = reallocate(channel->wanted, capacity, sizeof *wanted);
		if (wanted == NULL)
			return ERROR_MEMORY;
		channel->wanted = wanted;
		channel->wanted_capacity = capacity;
	}
	also_wanted = find_wanted(channel, hash) != NULL;
	wanted = &channel->wanted[channel->wanted_count++];
	*wanted = (struct wanted_blob){
		.hash = *hash,
		.size = size,
		.place = place,
		.also_wanted = also_wanted,
	};
	if (store_get_blob(channel->engine->settings.store, channel->number, hash, &blob) == OK &&
	    blob.total == size)
		wanted->held = blob.size;
	wanted->unavailable = blob_is_too_large(channel, size);
	return OK;
}

/* The blob is here: whoever was told that it is missing is told otherwise. More
 * than one entry may have named it. */
int blob_arrived(struct engine_channel *channel, const struct hash *hash)
{
	struct wanted_blob *wanted;
	struct act_place body;
	struct hash ignored;
	uint64_t size;
	int r = OK;

	while (r == OK && (wanted = find_wanted(channel, hash)) != NULL) {
		if (wanted->fault_logged && !channel->engine->settings.mirror &&
		    channel_blob_of(channel, wanted->place, &ignored, &size, &body))
			r = add_errand(channel, KIND_FAULT, body, "cured", 0);
		if (wanted->place.party == channel->other &&
		    wanted->place.number < channel->next_to_open)
			channel->next_to_open = wanted->place.number;
		*wanted = channel->wanted[--channel->wanted_count];
	}
	return r;
}

int store_small_blob(struct engine_channel *channel, unsigned owner, const struct hash *hash,
                     struct bytes blob)
{
	struct store *store = channel->engine->settings.store;
	struct store_blob held;
	int r;

	if (store_get_blob(store, channel->number, hash, &held) == OK) {
		if (held.complete)
			return OK;
		/* Begun in pieces with another size or owner: begun anew. */
		if ((r = store_delete_blob(store, channel->number, hash)) != OK)
			return r;
	}
	if ((r = store_add_blob(store, channel->number, hash, owner, blob)) != OK)
		return r;
	channel->post.chunk_came = true;
	return blob_arrived(channel, hash);
}

void forget_unstored(struct engine_channel *channel)
{
	size_t kept = 0;

	for (size_t i = 0; i < channel->wanted_count; i++)
		if (rules_act(channel->rules, channel->wanted[i].place) != NULL)
			channel->wanted[kept++] = channel->wanted[i];
	channel->wanted_count = kept;
}

void forget_requests(struct engine_channel *channel)
{
	forget_unstored(channel);
	for (size_t i = 0; i < channel->wanted_count; i++) {
		struct wanted_blob *wanted = &channel->wanted[i];

		wanted->requested = false;
		wanted->unavailable = blob_is_too_large(channel, wanted->size);
	}
}

void request_blobs(struct engine_channel *channel)
{
	struct frame_blob_request request;
	struct buffer frame;
	size_t under_way = 0;

	if (!channel->link.greeted)
		return;
	for (size_t i = 0; i < channel->wanted_count; i++)
		under_way += channel->wanted[i].requested;
	buffer_init(&frame, 256);
	for (size_t i = 0; i < channel->wanted_count && under_way < BLOBS_AT_ONCE; i++) {
		struct wanted_blob *wanted = &channel->wanted[i];

		if (wanted->requested || wanted->unavailable || !channel_has_credit(channel) ||
		    wanted->also_wanted || !quota_allows_blob(channel, wanted))
			continue;
		request = (struct frame_blob_request){ wanted->hash, wanted->held,
			                               FRAME_CHUNK_MAXIMUM };
		buffer_clear(&frame);
		if (frame_put_blob_request(&frame, &request) != OK)
			break;
		channel_send_frame(channel, &frame);
		wanted->requested = true;
		under_way++;
	}
	buffer_release(&frame);
}

/* Makes the stored beginning of the blob what `held` says that it is. */
static int begin_blob(struct engine_channel *channel, struct wanted_blob *wanted)
{
	struct store *store = channel->engine->settings.store;
	struct store_blob blob;
	int r;

	if (store_get_blob(store, channel->number, &wanted->hash, &blob) == OK) {
		if (wanted->held > 0 && blob.total == wanted->size && blob.size == wanted->held)
			return OK;
		/* An upload of our own under the same name, or another size: begun anew. */
		if ((r = store_delete_blob(store, channel->number, &wanted->hash)) != OK)
			return r;
	}
	if (wanted->held > 0) {
		wanted->held = 0;
		return ERROR_WAIT;
	}
	if ((r = quota_count(channel, 0, wanted->size)) != OK)
		return r;
	return store_begin_blob(store, channel->number, &wanted->hash, wanted->size,
	                        wanted->place.party);
}

/* Adds a chunk that fits exactly behind what is held. */
static int add_chunk(struct engine_channel *channel, struct wanted_blob *wanted,
                     const struct frame_blob_chunk *chunk)
{
	struct hash hash = wanted->hash;
	int r;

	if ((r = engine_write(channel->engine)) != OK)
		return r;
	if (blob_is_held(channel, &hash))
		return blob_arrived(channel, &hash);
	if ((r = begin_blob(channel, wanted)) != OK)
		return r == ERROR_WAIT ? OK : r;
	if ((r = store_append_blob(channel->engine->settings.store, channel->number, &hash,
	                           wanted->held, chunk->data)) != OK)
		return r;
	wanted->held += chunk->data.size;
	channel->post.chunk_came = true;
	if (wanted->held < wanted->size)
		return OK;
	r = verify_blob(channel, &hash, wanted->size);
	if (r == ERROR_MISMATCH) {
		journal(JOURNAL_WARNING,
		        "channel %.20s: the other side sent a body that is not "
		        "the one its act names",
		        channel->charter->channel);
		wanted->held = 0;
		wanted->unavailable = true;
		return OK;
	}
	return r == OK ? blob_arrived(channel, &hash) : r;
}

int take_blob_chunk(struct engine_channel *channel, struct bytes payload, struct error *error)
{
	struct frame_blob_chunk chunk;
	struct wanted_blob *wanted;
	int r;

	if ((r = frame_get_blob_chunk(payload, &chunk, error)) != OK)
		return r;
	channel_consumed(channel, 1);
	wanted = find_wanted(channel, &chunk.blob);
	if (wanted == NULL || !wanted->requested)
		return OK;
	wanted->requested = false;
	if (chunk.total != wanted->size || chunk.offset != wanted->held || chunk.data.size == 0) {
		wanted->unavailable = true;
		return OK;
	}
	/* A write that fails is this machine's, and the turn's commit says so. */
	if ((r = add_chunk(channel, wanted, &chunk)) == ERROR_MEMORY || r == ERROR_IO)
		return error_set(error, r, "a body of the other side cannot be stored");
	return OK;
}

/* --- serving ------------------------------------------------------------- */

int take_blob_request(struct engine_channel *channel, struct bytes payload, struct error *error)
{
	struct link_state *link = &channel->link;
	struct frame_blob_request request;
	int r;

	if ((r = frame_get_blob_request(payload, &request, error)) != OK)
		return r;
	if (link->request_count == BLOB_REQUESTS_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "too many requests for bodies at once");
	link->requests[link->request_count++] = (struct blob_request){ request.blob, request.offset,
		                                                       request.length };
	return OK;
}

int channel_make_chunk(struct engine_channel *channel, const struct hash *hash, uint64_t offset,
                       uint32_t length, struct buffer *frame)
{
	struct store *store = channel->engine->settings.store;
	struct frame_blob_chunk chunk = { .blob = *hash };
	struct store_blob blob;
	struct buffer data;
	int r = OK;

	buffer_init(&data, FRAME_CHUNK_MAXIMUM);
	if (store_get_blob(store, channel->number, hash, &blob) == OK && blob.complete &&
	    offset <= blob.total) {
		chunk.total = blob.total;
		chunk.offset = offset;
		r = store_read_blob(store, channel->number, hash, offset, length, &data);
	}
	chunk.data = buffer_view(&data);
	if (r == OK)
		r = frame_put_blob_chunk(frame, &chunk);
	buffer_release(&data);
	return r;
}

static int serve_blob(struct engine_channel *channel, const struct blob_request *request)
{
	struct buffer frame;
	int r;

	buffer_init(&frame, FRAME_MAXIMUM + FRAME_HEADER_SIZE);
	if ((r = channel_make_chunk(channel, &request->hash, request->offset, request->length,
	                            &frame)) == OK)
		channel_send_frame(channel, &frame);
	buffer_release(&frame);
	return r;
}

void serve_blobs(struct engine_channel *channel)
{
	struct link_state *link = &channel->link;
	size_t served = 0;

	while (link->greeted && served < link->request_count && channel_has_credit(channel)) {
		if (serve_blob(channel, &link->requests[served]) != OK)
			break;
		served++;
		channel_consumed(channel, 1);
	}
	link->request_count -= served;
	memmove(link->requests, link->requests + served,
	        link->request_count * sizeof link->requests[0]);
}

/* --- uploads of our own people ------------------------------------------- */

/* What of the piece is here already must be the same; the rest is new. */
static int overlap(struct engine_channel *channel, const struct hash *hash, uint64_t held,
                   uint64_t offset, struct bytes *piece)
{
	struct buffer present;
	size_t common;
	int r;

	if (offset + piece->size <= held)
		common = piece->size;
	else
		common = (size_t)(held - offset);
	if (common == 0)
		return OK;
	buffer_init(&present, common);
	if ((r = store_read_blob(channel->engine->settings.store, channel->number, hash, offset,
	                         common, &present)) == OK &&
	    !bytes_equal(buffer_view(&present), bytes_of(piece->data, common)))
		r = ERROR_MISMATCH;
	buffer_release(&present);
	*piece = bytes_of(piece->data + common, piece->size - common);
	return r;
}

/* The whole body in one piece. */
static int store_whole(struct engine_channel *channel, const struct hash *hash, struct bytes body,
                       struct error *error)
{
	struct hash computed;
	int r;

	sha256_of(&computed, body);
	if (!hash_equal(&computed, hash))
		return error_set(error, ERROR_MISMATCH, "the bytes do not have this SHA-256");
	if ((r = engine_write(channel->engine)) != OK ||
	    (r = store_add_blob(channel->engine->settings.store, channel->number, hash,
	                        channel->own, body)) != OK)
		return error_set(error, r, "the database does not take the body");
	return OK;
}

/* What follows on `blob`, of which nothing may be known yet. */
static int store_piece(struct engine_channel *channel, bool known, struct store_blob *blob,
                       struct bytes piece, struct error *error)
{
	struct store *store = channel->engine->settings.store;
	const struct hash *hash = &blob->hash;
	int r;

	if ((r = engine_write(channel->engine)) != OK ||
	    (!known && (r = store_begin_blob(store, channel->number, hash, blob->total,
	                                     channel->own)) != OK) ||
	    (r = store_append_blob(store, channel->number, hash, blob->size, piece)) != OK)
		return error_set(error, r, "the database does not take the body");
	blob->size += piece.size;
	if (blob->size < blob->total)
		return OK;
	if ((r = verify_blob(channel, hash, blob->total)) == ERROR_MISMATCH)
		return error_set(error, r, "the bytes do not have this SHA-256; dropped");
	if (r != OK)
		return error_set(error, r, "the body cannot be verified");
	blob->complete = true;
	return OK;
}

int engine_upload(struct engine_channel *channel, const struct hash *hash, uint64_t total,
                  uint64_t offset, struct bytes piece, uint64_t *ret_held, bool *ret_complete,
                  struct error *error)
{
	struct store_blob blob = { .hash = *hash, .total = total };
	bool known = store_get_blob(channel->engine->settings.store, channel->number, hash,
	                            &blob) == OK;
	uint64_t end = offset + piece.size;
	int r = OK;

	if (total == 0 || total > BLOB_MAXIMUM || end > total)
		return error_set(error, ERROR_LIMIT, "the body or this piece of it is too long");
	if (known && blob.total != total)
		return error_set(error, ERROR_MISMATCH, "the body was begun with another size");
	if (offset > blob.size)
		return error_set(error, ERROR_STATE, "a gap: only %llu bytes are here",
		                 (unsigned long long)blob.size);
	if (!known && piece.size == total) {
		r = store_whole(channel, hash, piece, error);
		blob.size = total;
		blob.complete = true;
	} else if ((r = overlap(channel, hash, blob.size, offset, &piece)) != OK) {
		error_set(error, r, "other bytes are here already");
	} else if (!blob.complete && piece.size > 0) {
		r = store_piece(channel, known, &blob, piece, error);
	}
	if (r != OK)
		return r;
	*ret_held = blob.size;
	*ret_complete = blob.complete;
	return OK;
}
