/* Taking deposits: entries, sealed blobs, and the certificate of what is here. */
#include "allocate.h"
#include "fault_point.h"
#include "journal.h"
#include "notary_internal.h"
#include "sha.h"

/* Entries of a frame that may be successors' appointments: each costs a signature. */
enum { CANDIDATES_MAXIMUM = 4 };

struct deposit_limits depositary_limits(const struct notary *notary)
{
	const struct neutral_configuration *configuration = notary->settings.configuration;
	timestamp now = notary->settings.clock.now(notary->settings.clock.context);

	return (struct deposit_limits){ .now = now,
		                        .before = now - configuration->expiry,
		                        .quota = configuration->quota_bytes };
}

struct notary_box *depositary_find_box(struct notary *notary, const char *origin,
                                       unsigned *ret_generation)
{
	for (size_t i = 0; i < notary->box_count; i++) {
		const struct deposit_box *box = &notary->boxes[i].deposit;

		for (unsigned g = 1; g <= box->keys.generations + 1; g++) {
			char name[LOG_NAME_CAPACITY];

			charter_log_name(box->charter, box->party, g, "", name);
			if (strcmp(name, origin) != 0)
				continue;
			*ret_generation = g;
			return &notary->boxes[i];
		}
	}
	return NULL;
}

bool depositary_is_replaced(const struct notary_log *log, const struct checkpoint *head)
{
	const struct deposit_keys *keys;

	if (log->box == NULL)
		return false;
	keys = &log->box->deposit.keys;
	return log->generation < keys->generations &&
	       head->size > keys->logs[log->generation].start;
}

bool depositary_contradicts(const struct notary_log *log, const struct checkpoint *head)
{
	const struct deposit_box *box;
	struct hash root;

	if (log->box == NULL)
		return false;
	box = &log->box->deposit;
	return head->size <= box->tree.size && deposit_box_root(box, head->size, &root) == OK &&
	       !hash_equal(&root, &head->root);
}

/* --- entries ----------------------------------------------------------------------- */

/* The key that an entry of the frame appoints for the next generation, by the word of
 * the party's appointing key; without, ERROR_NOT_FOUND. */
static int find_successor(const struct deposit_box *box, const struct frame_entries *frame,
                          struct ed25519_public *ret_key)
{
	struct cursor cursor = cursor_over(frame->entries);
	struct entry *entry = allocate(1, sizeof(*entry));
	struct ssh_key signers[2];
	unsigned candidates = 0;
	struct bytes bytes;
	int r = entry == NULL ? ERROR_MEMORY : ERROR_NOT_FOUND;

	while (r == ERROR_NOT_FOUND && candidates < CANDIDATES_MAXIMUM &&
	       frame_entries_next(&cursor, &bytes) == OK) {
		const struct field_value *office, *key;

		if (entry_parse(bytes, entry, NULL) != OK ||
		    entry->act.kind->number != KIND_APPOINT)
			continue;
		office = act_field(&entry->act, "office");
		key = act_field(&entry->act, "key");
		if (office == NULL || !bytes_equal_string(office->text, "log") || key == NULL ||
		    key->type != FIELD_RAW_KEY)
			continue;
		candidates++;
		if (entry_verify(entry, signers, NULL) != OK ||
		    !ssh_key_equal(&signers[0], &box->keys.appointing_key))
			continue;
		*ret_key = key->as.raw_key;
		r = OK;
	}
	release_memory(entry);
	return r;
}

/* 0 when the head is signed by the key of its generation, else the status. Everything
 * that costs more comes after this. */
static unsigned check_signature(const struct deposit_box *box, unsigned generation,
                                const struct frame_entries *frame, const struct note *note,
                                struct ed25519_public *ret_key)
{
	struct note_key key;
	char name[LOG_NAME_CAPACITY];

	if (generation <= box->keys.generations)
		*ret_key = box->keys.logs[generation - 1].key;
	else if (find_successor(box, frame, ret_key) != OK)
		return 403;
	charter_log_name(box->charter, box->party, generation, "", name);
	if (note_key_init(&key, bytes_of_string(name), NOTE_KEY_ED25519, ret_key) != OK)
		return 403;
	return note_verify(note, &key, NULL) == OK ? 0 : 403;
}

/* The heads that were cosigned of this log, and now can be compared. */
static bool agrees_with_cosigned(const struct notary *notary, const struct notary_box *box,
                                 const struct deposit_addition *addition)
{
	for (size_t i = 0; i < notary->log_count; i++) {
		const struct notary_log *log = &notary->logs[i];
		struct edge edge;
		struct hash root;

		if (log->box != box || !log->cosigned || log->head.size <= addition->start ||
		    log->head.size > addition->start + addition->count)
			continue;
		if (deposit_box_edge(&box->deposit, addition->start, &edge) != OK ||
		    edge_append_many(&edge, addition->leaves,
		                     (size_t)(log->head.size - addition->start)) != OK)
			return false;
		edge_root(&edge, &root);
		if (hash_equal(&root, &log->head.root))
			continue;
		journal(JOURNAL_WARNING,
		        "the log '%s' signed entries that are not those of the head of %llu "
		        "entries that was cosigned",
		        log->origin, (unsigned long long)log->head.size);
		return false;
	}
	return true;
}

static bool is_over_quota(const struct notary *notary, const struct deposit_box *box,
                          const struct deposit_addition *addition)
{
	const struct neutral_configuration *configuration = notary->settings.configuration;
	uint64_t bytes = box->entry_bytes + box->blob_bytes;

	return addition->start + addition->count > configuration->quota_entries ||
	       bytes > configuration->quota_bytes ||
	       addition->bytes > configuration->quota_bytes - bytes;
}

/* Blobs that came along; those that do not fit, or are not named, are left out. So are
 * wrong ones, before anything is done with them: whoever has seen an entry can leave it,
 * and would spoil what its party is leaving. The entries, `bytes` of them, are not
 * counted yet. */
static int take_blobs(struct notary *notary, struct deposit_box *box,
                      const struct frame_entries *frame, uint64_t bytes)
{
	struct deposit_limits limits = depositary_limits(notary);
	struct cursor cursor = cursor_over(frame->blobs);
	struct frame_blob_chunk chunk = { .offset = 0 };
	int r = OK;

	limits.quota -= bytes;
	while (r == OK && frame_blobs_next(&cursor, &chunk.blob, &chunk.data) == OK) {
		enum deposit_outcome outcome;
		struct hash found;
		uint64_t held;

		sha256_of(&found, chunk.data);
		if (!hash_equal(&found, &chunk.blob))
			continue;
		chunk.total = chunk.data.size;
		r = deposit_box_take(box, &chunk, &limits, &outcome, &held);
	}
	return r;
}

static int store_addition(struct notary *notary, struct notary_box *box,
                          const struct frame_entries *frame,
                          const struct deposit_addition *addition)
{
	struct store *store = notary->settings.store;
	uint64_t blob_bytes = box->deposit.blob_bytes;
	int r;

	if ((r = store_begin(store)) != OK)
		return r;
	if ((r = deposit_box_store(&box->deposit, addition)) != OK ||
	    (r = take_blobs(notary, &box->deposit, frame, addition->bytes)) != OK) {
		store_rollback(store);
	} else {
		FAULT_POINT("deposit-entries");
		r = store_commit(store);
		FAULT_POINT("deposit-entries-stored");
	}
	if (r != OK) {
		box->deposit.blob_bytes = blob_bytes;
		return r;
	}
	if ((r = deposit_box_added(&box->deposit, addition)) != OK ||
	    (r = notary_know_generations(notary, box)) != OK)
		notary->failed = true;
	return r;
}

static void say_held(struct notary *notary, struct neutral_answer *ret_answer, uint64_t held)
{
	buffer_clear(&notary->body);
	if (buffer_put_format(&notary->body, "size %llu\n", (unsigned long long)held) != OK)
		notary_say_failure(notary, ret_answer, ERROR_MEMORY);
	else
		notary_give(notary, ret_answer, NEUTRAL_TEXT);
}

static unsigned status_of(int result)
{
	if (result == ERROR_MEMORY)
		return 503;
	return result == ERROR_SIGNATURE ? 403 : 422;
}

/* The frame has something new, and its head is signed by `key`. */
static void add(struct notary *notary, struct notary_box *box, unsigned generation,
                const struct ed25519_public *key, const struct frame_entries *frame,
                struct deposit_addition *addition, struct neutral_answer *ret_answer)
{
	const struct deposit_keys *keys = &addition->keys;
	struct error error = { 0 };
	int r;

	if ((r = deposit_addition_read(&box->deposit, frame, addition, &error)) != OK) {
		notary_say(notary, ret_answer, status_of(r), "%s", error.message);
	} else if (keys->generations != generation ||
	           !ed25519_public_equal(&keys->logs[generation - 1].key, key)) {
		notary_say(notary, ret_answer, 403,
		           "these entries end under another key than that of the head");
	} else if (!agrees_with_cosigned(notary, box, addition)) {
		notary_say(notary, ret_answer, 422,
		           "the entries are not those of a head that was cosigned");
	} else if (is_over_quota(notary, &box->deposit, addition)) {
		notary_say(notary, ret_answer, 413,
		           "this log has used up what is kept for it here");
	} else if ((r = store_addition(notary, box, frame, addition)) != OK) {
		notary_say_failure(notary, ret_answer, r);
	} else {
		say_held(notary, ret_answer, box->deposit.tree.size);
	}
}

/* Whether there is anything new in the frame: entries, or a head that ends with the last
 * of those that are here. */
static bool brings_something(const struct deposit_box *box, const struct frame_entries *frame,
                             const struct checkpoint *head)
{
	uint64_t end = frame->start + frame->count;

	return end > box->tree.size ||
	       (head->size == box->tree.size && end == head->size && box->head.size < head->size);
}

void depositary_entries(struct notary *notary, struct bytes body, struct neutral_answer *ret_answer)
{
	struct deposit_addition addition = { 0 };
	struct ed25519_public key;
	struct frame_entries frame;
	struct notary_box *box;
	struct error error;
	struct note note;
	unsigned generation, status;

	if (frame_get_entries(body, &frame, &error) != OK ||
	    note_parse(frame.checkpoint, &note, &error) != OK ||
	    checkpoint_parse(note.text, &addition.head, &error) != OK) {
		notary_say(notary, ret_answer, 400, "%s", error.message);
		return;
	}
	addition.note = frame.checkpoint;
	box = depositary_find_box(notary, addition.head.origin, &generation);
	if (box == NULL)
		notary_say(notary, ret_answer, 404, "nothing is taken of a log of this origin");
	else if (frame.start + frame.count > addition.head.size)
		notary_say(notary, ret_answer, 422, "more entries than the head covers");
	else if ((status = check_signature(&box->deposit, generation, &frame, &note, &key)) != 0)
		notary_say(notary, ret_answer, status,
		           "the head is not signed by a key that is known for this log");
	else if (frame.start > box->deposit.tree.size)
		notary_say_size(notary, ret_answer, 409, box->deposit.tree.size);
	else if (!brings_something(&box->deposit, &frame, &addition.head))
		say_held(notary, ret_answer, box->deposit.tree.size);
	else
		add(notary, box, generation, &key, &frame, &addition, ret_answer);
	deposit_addition_release(&addition);
}

/* --- blobs -------------------------------------------------------------------------- */

/* The chunk, and the request that brought it, in one transaction. */
static int take_chunk(struct notary *notary, const struct party_request *asked,
                      const struct frame_blob_chunk *chunk, enum deposit_outcome *ret_outcome,
                      uint64_t *ret_held)
{
	struct deposit_limits limits = depositary_limits(notary);
	struct deposit_box *box = &asked->box->deposit;
	timestamp signed_at = asked->box->log->signed_at;
	uint64_t blob_bytes = box->blob_bytes;
	int r;

	if ((r = store_begin(box->store)) != OK)
		return r;
	if ((r = deposit_box_take(box, chunk, &limits, ret_outcome, ret_held)) != OK ||
	    (r = party_request_put(notary, asked, signed_at)) != OK) {
		store_rollback(box->store);
	} else {
		FAULT_POINT("deposit-blob");
		r = store_commit(box->store);
		FAULT_POINT("deposit-blob-stored");
	}
	if (r != OK)
		box->blob_bytes = blob_bytes;
	else
		party_request_stored(asked, signed_at);
	return r;
}

static void say_outcome(struct notary *notary, enum deposit_outcome outcome, uint64_t held,
                        struct neutral_answer *ret_answer)
{
	switch (outcome) {
	case DEPOSIT_TAKEN:
		say_held(notary, ret_answer, held);
		return;
	case DEPOSIT_GAP:
		notary_say_size(notary, ret_answer, 409, held);
		return;
	case DEPOSIT_OVER:
		notary_say(notary, ret_answer, 413,
		           "this log has used up what is kept for it here");
		return;
	case DEPOSIT_WRONG:
		notary_say(notary, ret_answer, 422, "the blob has another hash: it was dropped");
		return;
	default:
		notary_say(notary, ret_answer, 404, "no entry that was left names such a blob");
	}
}

void depositary_blob(struct notary *notary, struct bytes body, struct neutral_answer *ret_answer)
{
	enum deposit_outcome outcome = DEPOSIT_UNKNOWN;
	struct party_request asked;
	struct frame_blob_chunk chunk;
	struct bytes payload;
	struct error error;
	uint64_t held = 0;
	int r;

	if (!party_request_open(notary, body, COLLECT_DEPOSIT, &asked, &payload, ret_answer))
		return;
	if (frame_get_blob_chunk(payload, &chunk, &error) != OK)
		notary_say(notary, ret_answer, 400, "%s", error.message);
	else if ((r = take_chunk(notary, &asked, &chunk, &outcome, &held)) != OK)
		notary_say_failure(notary, ret_answer, r);
	else
		say_outcome(notary, outcome, held, ret_answer);
}

/* --- certificates --------------------------------------------------------------------- */

/* 200, or the status that says what is missing. */
static int list_blobs(const struct notary *notary, const struct deposit_box *box,
                      const struct deposit_request *request,
                      struct deposit_certificate *certificate, unsigned *ret_status)
{
	struct deposit_limits limits = depositary_limits(notary);

	*ret_status = 200;
	for (size_t i = 0; i < request->blob_count; i++) {
		struct deposit_blob_row row;
		int r = deposit_box_find_blob(box, &request->blobs[i], &row);

		if (r == ERROR_NOT_FOUND) {
			*ret_status = 404;
			return OK;
		}
		if (r != OK)
			return r;
		if (row.state != DEPOSIT_BLOB_WHOLE || row.since < limits.before)
			*ret_status = 409;
		certificate->blobs[i] = (struct deposit_blob){ request->blobs[i], row.total };
	}
	certificate->blob_count = request->blob_count;
	return OK;
}

static int certify(struct notary *notary, struct notary_box *box,
                   const struct deposit_certificate *certificate)
{
	const struct neutral_key *key = notary->settings.key;
	struct store *store = notary->settings.store;
	int r;

	buffer_clear(&notary->body);
	if ((r = deposit_certificate_sign(certificate, &key->public_key, &key->secret,
	                                  &notary->body)) != OK ||
	    (r = store_begin(store)) != OK)
		return r;
	if ((r = notary_put_time(notary, box->log, certificate->time)) != OK) {
		store_rollback(store);
		return r;
	}
	if ((r = store_commit(store)) == OK)
		box->log->signed_at = certificate->time;
	return r;
}

void depositary_certificate(struct notary *notary, struct bytes body,
                            struct neutral_answer *ret_answer)
{
	struct deposit_certificate certificate = { .blob_count = 0 };
	struct deposit_request request;
	struct notary_box *box;
	struct error error;
	unsigned generation, status;
	int r;

	if (deposit_request_parse(body, &request, &error) != OK) {
		notary_say(notary, ret_answer, 400, "%s", error.message);
		return;
	}
	box = depositary_find_box(notary, request.origin, &generation);
	if (box == NULL || box->deposit.head.size == 0) {
		notary_say(notary, ret_answer, 404, "nothing was left of a log of this origin");
		return;
	}
	if ((r = list_blobs(notary, &box->deposit, &request, &certificate, &status)) != OK) {
		notary_say_failure(notary, ret_answer, r);
		return;
	}
	if (status != 200) {
		notary_say(notary, ret_answer, status,
		           status == 404 ? "no entry that was left names one of the blobs"
		                         : "one of the blobs is not here, or not whole");
		return;
	}
	certificate.head = box->deposit.head;
	certificate.time = notary_time(notary, box->log);
	if ((r = certify(notary, box, &certificate)) != OK)
		notary_say_failure(notary, ret_answer, r);
	else
		notary_give(notary, ret_answer, NEUTRAL_TEXT);
}
