/* Collecting what was left, for the parties of the channel alone; and the expiry of what
 * nobody has to collect any more. */
#include "fault_point.h"
#include "notary_internal.h"

enum { ENTRIES_BYTES_MAXIMUM = 1000000 /* of one answer: with all else it is a frame */ };

/* Makes the request durable. */
static int remember(struct notary *notary, struct party_request *asked, timestamp signed_at)
{
	struct store *store = notary->settings.store;
	int r;

	if ((r = store_begin(store)) != OK)
		return r;
	if ((r = party_request_put(notary, asked, signed_at)) != OK) {
		store_rollback(store);
		return r;
	}
	FAULT_POINT("collect");
	if ((r = store_commit(store)) == OK)
		party_request_stored(asked, signed_at);
	return r;
}

/* --- entries --------------------------------------------------------------------------- */

/* Appends the payload of a frame with the entries of the page, under the box's head. */
static int put_entries(const struct deposit_box *box, const struct store_entries *page,
                       struct buffer *body)
{
	struct tree_reader reader = memory_tree_reader(&box->tree);
	struct frame_entries frame = { .checkpoint = buffer_view(&box->note),
		                       .start = page->items[0].number,
		                       .count = (uint32_t)page->count };
	struct tree_proof proof;
	struct buffer entries, whole;
	int r;

	buffer_init(&entries, FRAME_MAXIMUM);
	buffer_init(&whole, FRAME_MAXIMUM + FRAME_HEADER_SIZE);
	r = tree_reader_consistency(&reader, frame.start + frame.count, box->head.size, &proof);
	for (size_t i = 0; r == OK && i < page->count; i++)
		r = buffer_put_sized(&entries, page->items[i].bytes);
	if (r != OK)
		goto out;
	frame.entries = buffer_view(&entries);
	frame.proof_count = (uint8_t)proof.count;
	frame.proof = bytes_of(proof.hashes, proof.count * HASH_SIZE);
	if ((r = frame_put_entries(&whole, &frame)) == OK)
		r = buffer_put_sized(
		    body, bytes_of(whole.data + FRAME_HEADER_SIZE, whole.size - FRAME_HEADER_SIZE));
out:
	buffer_release(&whole);
	buffer_release(&entries);
	return r;
}

static int put_payload(const struct party_request *asked, struct buffer *body)
{
	const struct deposit_box *box = &asked->box->deposit;
	uint64_t from = asked->request.from, left;
	struct store_entries page;
	size_t count = FRAME_ENTRIES_MAXIMUM;
	int r;

	if (from >= box->head.size)
		return buffer_put_sized(body, bytes_of(NULL, 0));
	/* What is beyond the head cannot be shown to be of this log yet. */
	left = box->head.size - from;
	if (left < count)
		count = (size_t)left;
	store_entries_init(&page);
	r = store_get_entries(box->store, box->channel, 0, from, count, ENTRIES_BYTES_MAXIMUM,
	                      &page);
	if (r == OK)
		r = page.count > 0 ? put_entries(box, &page, body) : ERROR_IO;
	store_entries_release(&page);
	return r;
}

static int put_answer(const struct notary *notary, const struct party_request *asked,
                      timestamp time, struct buffer *body)
{
	const struct deposit_box *box = &asked->box->deposit;
	const struct neutral_key *key = notary->settings.key;
	struct collection_answer answer = { .head = box->head, .time = time };
	struct buffer note;
	int r;

	memcpy(answer.nonce, asked->request.nonce, sizeof(answer.nonce));
	if (box->head.size == 0) {
		memcpy(answer.head.origin, asked->request.origin, sizeof(answer.head.origin));
		tree_empty_root(&answer.head.root);
	}
	buffer_init(&note, DEPOSIT_NOTE_MAXIMUM);
	if ((r = collection_answer_sign(&answer, &key->public_key, &key->secret, &note)) == OK)
		r = buffer_put_sized(body, buffer_view(&note));
	buffer_release(&note);
	return r;
}

static int give_entries(struct notary *notary, struct party_request *asked)
{
	timestamp time = notary_time(notary, asked->box->log);
	int r;

	if ((r = put_answer(notary, asked, time, &notary->body)) != OK ||
	    (r = put_payload(asked, &notary->body)) != OK)
		return r;
	return remember(notary, asked, time);
}

/* --- blobs ---------------------------------------------------------------------------------- */

static int give_blob(struct notary *notary, struct party_request *asked)
{
	const struct deposit_box *box = &asked->box->deposit;
	struct deposit_limits limits = depositary_limits(notary);
	struct frame_blob_chunk chunk = { .blob = asked->request.hash };
	struct deposit_blob_row row;
	struct buffer data, whole;
	int r = deposit_box_find_blob(box, &chunk.blob, &row);

	if (r != OK && r != ERROR_NOT_FOUND)
		return r;
	buffer_init(&data, FRAME_CHUNK_MAXIMUM);
	buffer_init(&whole, FRAME_MAXIMUM + FRAME_HEADER_SIZE);
	if (r == OK && row.state == DEPOSIT_BLOB_WHOLE && row.since >= limits.before &&
	    asked->request.from <= row.total) {
		chunk.total = row.total;
		chunk.offset = asked->request.from;
		if ((r = store_read_blob(box->store, box->channel, &chunk.blob, chunk.offset,
		                         FRAME_CHUNK_MAXIMUM, &data)) != OK)
			goto out;
		chunk.data = buffer_view(&data);
	}
	if ((r = frame_put_blob_chunk(&whole, &chunk)) != OK ||
	    (r = buffer_put(&notary->body, whole.data + FRAME_HEADER_SIZE,
	                    whole.size - FRAME_HEADER_SIZE)) != OK)
		goto out;
	r = remember(notary, asked, asked->box->log->signed_at);
out:
	buffer_release(&whole);
	buffer_release(&data);
	return r;
}

/* --- the call ---------------------------------------------------------------------------------- */

void depositary_collect(struct notary *notary, struct bytes body, enum collect_kind kind,
                        struct neutral_answer *ret_answer)
{
	struct party_request asked;
	struct bytes rest;
	int r;

	if (!party_request_open(notary, body, kind, &asked, &rest, ret_answer))
		return;
	buffer_clear(&notary->body);
	r = kind == COLLECT_BLOB ? give_blob(notary, &asked) : give_entries(notary, &asked);
	if (r != OK)
		notary_say_failure(notary, ret_answer, r);
	else
		notary_give(notary, ret_answer, NEUTRAL_OCTETS);
}

/* --- expiry ---------------------------------------------------------------------------------------- */

void depositary_expire(struct notary *notary)
{
	struct deposit_limits limits = depositary_limits(notary);
	struct store *store = notary->settings.store;

	if (limits.now >= notary->ticked && limits.now - notary->ticked < NOTARY_TICK_SECONDS)
		return;
	notary->ticked = limits.now;
	for (size_t i = 0; i < notary->box_count; i++) {
		struct deposit_box *box = &notary->boxes[i].deposit;
		uint64_t blob_bytes = box->blob_bytes;
		uint64_t nonces[2] = { box->nonces[0], box->nonces[1] };

		if (store_begin(store) != OK)
			return;
		if (deposit_box_expire(box, limits.before) == OK &&
		    deposit_box_forget_nonces(box, limits.now - NOTARY_NONCES_KEPT) == OK &&
		    store_commit(store) == OK)
			continue;
		store_rollback(store);
		box->blob_bytes = blob_bytes;
		memcpy(box->nonces, nonces, sizeof(nonces));
	}
}
