/* Collecting what was left: for the parties of the channel alone, who show a certificate
 * by their link key; and the expiry of what nobody has to collect any more. */
#include "deposit_request.h"
#include "fault_point.h"
#include "link_certificate.h"
#include "notary_internal.h"

enum {
	SKEW_MAXIMUM = 5 * 60,           /* seconds between the collector's clock and ours */
	NONCES_KEPT = 3 * SKEW_MAXIMUM,  /* also when the clock is set back a little */
	NONCES_MAXIMUM = 16384,          /* of a party's for one log, that are remembered */
	ENTRIES_BYTES_MAXIMUM = 1000000, /* of one answer: with all else it is a frame */
};

struct collecting {
	struct collect_request request;
	struct collect_envelope envelope;
	struct notary_box *box;
	unsigned party; /* that asks */
	timestamp now;
};

/* The signature by a key that one of these link keys has certified. */
static bool is_by(const struct deposit_keys *keys, const struct collecting *collecting,
                  struct bytes message)
{
	const struct collect_envelope *envelope = &collecting->envelope;
	struct ed25519_public key;

	for (size_t i = 0; i < keys->link_count; i++)
		if (link_certificate_verify(envelope->certificate, &keys->link_keys[i],
		                            collecting->now, &key, NULL) == OK &&
		    ed25519_verify(&key, message, envelope->signature) == OK)
			return true;
	return false;
}

/* Either party may collect either log: its own after a loss. ERROR_NOT_FOUND: it is by
 * neither. */
static int find_party(const struct notary *notary, struct collecting *collecting)
{
	size_t index = (size_t)(collecting->box - notary->boxes) / 2 * 2;
	struct buffer message;
	int r;

	buffer_init(&message, DEPOSIT_REQUEST_MAXIMUM + 64);
	if ((r = collect_message(collecting->envelope.text, &message)) == OK) {
		r = ERROR_NOT_FOUND;
		for (unsigned party = 0; party < 2 && r != OK; party++) {
			if (!is_by(&notary->boxes[index + party].deposit.keys, collecting,
			           buffer_view(&message)))
				continue;
			collecting->party = party;
			r = OK;
		}
	}
	buffer_release(&message);
	return r;
}

/* 0 when the request is answered, else the status, with a sentence. */
static int authorise(const struct notary *notary, struct collecting *collecting,
                     unsigned *ret_status, const char **ret_why)
{
	timestamp time = collecting->request.time, now = collecting->now;
	bool repeated;
	int r;

	if (time < now - SKEW_MAXIMUM || time > now + SKEW_MAXIMUM) {
		*ret_status = 403;
		*ret_why = "the request's time is more than five minutes from the clock here";
		return OK;
	}
	if ((r = find_party(notary, collecting)) == ERROR_NOT_FOUND) {
		*ret_status = 403;
		*ret_why = "this is not signed by a key that a party of the channel certified";
		return OK;
	}
	if (r != OK || (r = deposit_box_knows_nonce(&collecting->box->deposit,
	                                            collecting->request.nonce, &repeated)) != OK)
		return r;
	*ret_status = 0;
	if (repeated) {
		*ret_status = 403;
		*ret_why = "a request with this nonce was answered already";
	} else if (collecting->box->deposit.nonces[collecting->party] >= NONCES_MAXIMUM) {
		*ret_status = 429;
		*ret_why = "too many requests for this log: wait a few minutes";
	}
	return OK;
}

/* Remembers the nonce, and the time if something is signed at it. */
static int remember(struct notary *notary, struct collecting *collecting, timestamp signed_at)
{
	struct deposit_box *box = &collecting->box->deposit;
	int r;

	if ((r = store_begin(box->store)) != OK)
		return r;
	if ((r = deposit_box_put_nonce(box, collecting->request.nonce, collecting->request.time,
	                               collecting->party)) != OK ||
	    (r = notary_put_time(notary, collecting->box->log, signed_at)) != OK) {
		store_rollback(box->store);
		return r;
	}
	FAULT_POINT("collect");
	if ((r = store_commit(box->store)) != OK)
		return r;
	box->nonces[collecting->party]++;
	collecting->box->log->signed_at = signed_at;
	return OK;
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

static int put_payload(const struct collecting *collecting, struct buffer *body)
{
	const struct deposit_box *box = &collecting->box->deposit;
	uint64_t from = collecting->request.from, left;
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

static int put_answer(const struct notary *notary, const struct collecting *collecting,
                      timestamp time, struct buffer *body)
{
	const struct deposit_box *box = &collecting->box->deposit;
	const struct neutral_key *key = notary->settings.key;
	struct collection_answer answer = { .head = box->head, .time = time };
	struct buffer note;
	int r;

	memcpy(answer.nonce, collecting->request.nonce, sizeof(answer.nonce));
	if (box->head.size == 0) {
		memcpy(answer.head.origin, collecting->request.origin, sizeof(answer.head.origin));
		tree_empty_root(&answer.head.root);
	}
	buffer_init(&note, DEPOSIT_NOTE_MAXIMUM);
	if ((r = collection_answer_sign(&answer, &key->public_key, &key->secret, &note)) == OK)
		r = buffer_put_sized(body, buffer_view(&note));
	buffer_release(&note);
	return r;
}

static int give_entries(struct notary *notary, struct collecting *collecting)
{
	timestamp time = notary_time(notary, collecting->box->log);
	int r;

	if ((r = put_answer(notary, collecting, time, &notary->body)) != OK ||
	    (r = put_payload(collecting, &notary->body)) != OK)
		return r;
	return remember(notary, collecting, time);
}

/* --- blobs ---------------------------------------------------------------------------------- */

static int give_blob(struct notary *notary, struct collecting *collecting)
{
	const struct deposit_box *box = &collecting->box->deposit;
	struct deposit_limits limits = depositary_limits(notary);
	struct frame_blob_chunk chunk = { .blob = collecting->request.blob };
	struct deposit_blob_row row;
	struct buffer data, whole;
	int r = deposit_box_find_blob(box, &chunk.blob, &row);

	if (r != OK && r != ERROR_NOT_FOUND)
		return r;
	buffer_init(&data, FRAME_CHUNK_MAXIMUM);
	buffer_init(&whole, FRAME_MAXIMUM + FRAME_HEADER_SIZE);
	if (r == OK && row.state == DEPOSIT_BLOB_WHOLE && row.since >= limits.before &&
	    collecting->request.from <= row.total) {
		chunk.total = row.total;
		chunk.offset = collecting->request.from;
		if ((r = store_read_blob(box->store, box->channel, &chunk.blob, chunk.offset,
		                         FRAME_CHUNK_MAXIMUM, &data)) != OK)
			goto out;
		chunk.data = buffer_view(&data);
	}
	if ((r = frame_put_blob_chunk(&whole, &chunk)) != OK ||
	    (r = buffer_put(&notary->body, whole.data + FRAME_HEADER_SIZE,
	                    whole.size - FRAME_HEADER_SIZE)) != OK)
		goto out;
	r = remember(notary, collecting, collecting->box->log->signed_at);
out:
	buffer_release(&whole);
	buffer_release(&data);
	return r;
}

/* --- the call ---------------------------------------------------------------------------------- */

void depositary_collect(struct notary *notary, struct bytes body, bool of_blob,
                        struct neutral_answer *ret_answer)
{
	struct collecting collecting = { .now = depositary_limits(notary).now };
	const char *why = "";
	struct error error;
	unsigned generation, status;
	int r;

	if (collect_envelope_get(body, &collecting.envelope) != OK) {
		notary_say(notary, ret_answer, 400, "this is not an envelope");
		return;
	}
	if (collect_request_parse(collecting.envelope.text, &collecting.request, &error) != OK) {
		notary_say(notary, ret_answer, 400, "%s", error.message);
		return;
	}
	if (collecting.request.of_blob != of_blob) {
		notary_say(notary, ret_answer, 400, "this text is for the other call");
		return;
	}
	collecting.box = depositary_find_box(notary, collecting.request.origin, &generation);
	if (collecting.box == NULL) {
		notary_say(notary, ret_answer, 404, "nothing is taken of a log of this origin");
		return;
	}
	if ((r = authorise(notary, &collecting, &status, &why)) != OK) {
		notary_say_failure(notary, ret_answer, r);
		return;
	}
	if (status != 0) {
		notary_say(notary, ret_answer, status, "%s", why);
		return;
	}
	buffer_clear(&notary->body);
	r = of_blob ? give_blob(notary, &collecting) : give_entries(notary, &collecting);
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
		    deposit_box_forget_nonces(box, limits.now - NONCES_KEPT) == OK &&
		    store_commit(store) == OK)
			continue;
		store_rollback(store);
		box->blob_bytes = blob_bytes;
		memcpy(box->nonces, nonces, sizeof(nonces));
	}
}
