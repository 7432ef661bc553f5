#include "agenda.h"
#include "allocate.h"
#include "channel_internal.h"
#include "checkpoint.h"
#include "cosignature.h"
#include "destruction.h"
#include "journal.h"
#include "link_certificate.h"
#include "sshsig.h"

#include <stdio.h>

enum {
	REPLAY_PAGE = 512,
	REPLAY_PAGE_BYTES = 4 * 1024 * 1024,
	EVIDENCE_PIECE = STORE_VALUE_MAXIMUM - 2048 /* room for the reason */
};

struct edge channel_edge(const struct engine_channel *channel, unsigned party)
{
	const struct memory_tree *tree = rules_tree(channel->rules, party);
	struct edge edge;

	edge_init(&edge);
	edge.size = tree->size;
	for (unsigned level = 0; level < TREE_LEVELS; level++)
		if ((tree->size >> level) & 1)
			edge.hashes[level] = tree->levels[level].hashes[(tree->size >> level) - 1];
	return edge;
}

bool channel_has_root(const struct engine_channel *channel, unsigned party, uint64_t size,
                      const struct hash *root)
{
	struct tree_reader reader = memory_tree_reader(rules_tree(channel->rules, party));
	struct hash computed;

	return size <= rules_size(channel->rules, party) &&
	       tree_reader_root(&reader, size, &computed) == OK && hash_equal(&computed, root);
}

void channel_refuse_writing(struct engine_channel *channel, const char *reason)
{
	if (channel->read_only && strcmp(channel->reason, reason) == 0)
		return;
	channel->read_only = channel->copying = true;
	snprintf(channel->reason, sizeof channel->reason, "%s", reason);
	journal(JOURNAL_ERROR, "channel %.20s: nothing is logged any more: %s",
	        channel->charter->channel, reason);
}

/* --- evidence and faults ------------------------------------------------ */

/* One value a piece: a whole frame is a little more than a value can hold. */
static int put_evidence(struct engine_channel *channel, const char *reason, struct bytes evidence)
{
	struct store *store = channel->engine->settings.store;
	char key[32];
	struct buffer value;
	size_t size;
	int r;

	if ((r = engine_write(channel->engine)) != OK)
		return r;
	buffer_init(&value, STORE_VALUE_MAXIMUM);
	do {
		size = evidence.size < EVIDENCE_PIECE ? evidence.size : EVIDENCE_PIECE;
		snprintf(key, sizeof key, "evidence/%04zu", channel->evidence_count);
		buffer_clear(&value);
		if ((r = buffer_put_sized_string(&value, reason)) != OK ||
		    (r = buffer_put_sized(&value, bytes_of(evidence.data, size))) != OK ||
		    (r = store_set_value(store, channel->number, key, buffer_view(&value))) != OK)
			break;
		channel->evidence_count++;
		evidence = bytes_of(evidence.data + size, evidence.size - size);
		reason = "the rest of the evidence before";
	} while (evidence.size > 0);
	buffer_release(&value);
	return r;
}

int channel_keep_evidence(struct engine_channel *channel, const char *reason, struct bytes evidence)
{
	/* A hostile peer can repeat itself for ever; the first ones tell the story,
	 * and the last places are for what faults the channel. */
	if (channel->evidence_count + EVIDENCE_FOR_FAULTS >= EVIDENCE_MAXIMUM)
		return OK;
	return put_evidence(channel, reason, evidence);
}

int channel_fault(struct engine_channel *channel, const char *reason, struct bytes evidence)
{
	int r;

	if (channel->faulted)
		return OK;
	if ((r = put_evidence(channel, reason, evidence)) != OK ||
	    (r = store_set_value(channel->engine->settings.store, channel->number, "fault",
	                         bytes_of_string(reason))) != OK)
		return r;
	channel->faulted = true;
	snprintf(channel->reason, sizeof channel->reason, "%s", reason);
	journal(JOURNAL_ERROR, "channel %.20s is faulted: %s", channel->charter->channel, reason);
	channel_close_link(channel, ERROR_MISMATCH, reason);
	return OK;
}

/* --- keys --------------------------------------------------------------- */

int channel_update_keys(struct engine_channel *channel)
{
	char name[LOG_NAME_CAPACITY];
	struct note_key log_key, receipt_key;
	int r;

	for (unsigned party = 0; party < 2; party++) {
		const struct party *now = rules_party(channel->rules, party);

		if ((r = channel_log_key(channel, party, rules_generations(channel->rules, party),
		                         &log_key)) != OK)
			return r;
		charter_log_name(channel->charter, party, 1, "/receipt", name);
		if ((r = note_key_init(&receipt_key, bytes_of_string(name), NOTE_KEY_COSIGNATURE,
		                       &now->receipt_key)) != OK)
			return r;
		channel->log_keys[party] = log_key;
		channel->receipt_keys[party] = receipt_key;
	}
	/* It was verified under the former keys. */
	buffer_clear(&channel->verified_note);
	return OK;
}

/* --- entries in the store ----------------------------------------------- */

int channel_store_entry(struct engine_channel *channel, unsigned party, const struct entry *entry)
{
	struct act_place place = { party, rules_size(channel->rules, party) - 1 };
	const struct act_summary *summary = rules_act(channel->rules, place);
	struct store_entry row = {
		.number = place.number,
		.verdict = (uint8_t)summary->verdict.code,
		.reason = (uint16_t)summary->verdict.reason,
		.bytes = entry->bytes,
	};
	int r;

	if ((r = engine_write(channel->engine)) != OK)
		return r;
	if ((r = channel_keep_charter(channel, &entry->act)) != OK)
		return r;
	return store_append_entries(channel->engine->settings.store, channel->number, party, &row,
	                            1);
}

/* The keys inside an entry's signatures, which were verified before it was
 * stored. */
static int signing_keys(const struct entry *entry, struct ssh_key ret_keys[2])
{
	struct sshsig signature;
	struct buffer blob;
	size_t taken;
	int r = OK;

	buffer_init(&blob, SSHSIG_BLOB_MAXIMUM);
	for (unsigned i = 0; i < entry->signature_count; i++) {
		buffer_clear(&blob);
		if ((r = sshsig_dearmor(entry->armors[i], &blob, &taken, NULL)) != OK ||
		    (r = sshsig_parse(buffer_view(&blob), &signature, NULL)) != OK)
			break;
		ret_keys[i] = signature.key;
	}
	buffer_release(&blob);
	return r;
}

static int replay_entry(struct engine_channel *channel, const struct store_entry *row,
                        struct error *error)
{
	struct ssh_key keys[2] = { 0 };
	struct verdict verdict;
	struct entry entry;
	struct error why;
	int r;

	if ((r = entry_parse(row->bytes, &entry, &why)) != OK ||
	    (r = signing_keys(&entry, keys)) != OK ||
	    (r = channel_append(channel, row->log, &entry, keys, &verdict, &why)) != OK)
		return error_set(error, r, "the database is damaged: entry %llu of %s: %s",
		                 (unsigned long long)row->number,
		                 channel->charter->parties[row->log % 2].id, result_text(r));
	if ((uint8_t)verdict.code != row->verdict || (uint16_t)verdict.reason != row->reason)
		return error_set(error, ERROR_MISMATCH,
		                 "the database is damaged: entry %llu of %s was judged otherwise",
		                 (unsigned long long)row->number,
		                 channel->charter->parties[row->log % 2].id);
	return OK;
}

static int replay(struct engine_channel *channel, struct error *error)
{
	struct store_entries page;
	uint64_t next = 0;
	int r;

	store_entries_init(&page);
	do {
		if ((r = store_list_arrivals(channel->engine->settings.store, channel->number, next,
		                             REPLAY_PAGE, REPLAY_PAGE_BYTES, &page)) != OK) {
			error_set(error, r, "the database cannot be read");
			break;
		}
		for (size_t i = 0; i < page.count && r == OK; i++) {
			r = replay_entry(channel, &page.items[i], error);
			next = page.items[i].arrival + 1;
		}
	} while (r == OK && page.count > 0);
	store_entries_release(&page);
	return r;
}

/* --- loading ------------------------------------------------------------ */

static int load_value(struct engine_channel *channel, const char *key, struct buffer *buffer)
{
	int r = store_get_value(channel->engine->settings.store, channel->number, key, buffer);

	return r == ERROR_NOT_FOUND ? OK : r;
}

static int load_number(struct engine_channel *channel, const char *key, uint64_t *ret_number)
{
	struct buffer value;
	struct cursor cursor;
	int r;

	buffer_init(&value, 8);
	if ((r = load_value(channel, key, &value)) == OK && value.size == 8) {
		cursor = cursor_over(buffer_view(&value));
		r = cursor_get_u64(&cursor, ret_number);
	}
	buffer_release(&value);
	return r;
}

static int load_texts(struct engine_channel *channel, struct error *error)
{
	struct buffer charter, fault;
	int r;

	buffer_init(&charter, CHARTER_SIZE_MAXIMUM);
	buffer_init(&fault, REASON_CAPACITY - 1);
	if ((r = load_value(channel, "charter", &charter)) != OK ||
	    (r = load_value(channel, "signature/0", &channel->signatures[0])) != OK ||
	    (r = load_value(channel, "signature/1", &channel->signatures[1])) != OK ||
	    (r = load_value(channel, "fault", &fault)) != OK)
		goto out;
	if ((r = charter_parse(buffer_view(&charter), &channel->charter, error)) != OK)
		goto out;
	if (!hash_equal(&channel->charter->id, &channel->id)) {
		r = error_set(error, ERROR_MISMATCH, "the database is damaged: another charter");
		goto out;
	}
	if (fault.size > 0) {
		channel->faulted = true;
		r = bytes_to_string(buffer_view(&fault), channel->reason, sizeof channel->reason);
	}
out:
	buffer_release(&charter);
	buffer_release(&fault);
	return r;
}

/* The line of one cosigner among the lines under a head, where there may be those of
 * witnesses. */
static int put_line_of(struct bytes lines, const char *cosigner, struct buffer *buffer)
{
	struct bytes line;
	bool more = true;
	char start[STORE_NAME_CAPACITY + 8];
	int r;

	snprintf(start, sizeof start, "\u2014 %s ", cosigner);
	while (more) {
		more = bytes_cut(&lines, '\n', &line);
		if (!bytes_begin_with(line, bytes_of_string(start)))
			continue;
		if ((r = buffer_put_bytes(buffer, line)) != OK)
			return r;
		return buffer_put_u8(buffer, '\n');
	}
	return OK;
}

/* The newest head of a log and how far it is cosigned. */
static int load_head(struct engine_channel *channel, unsigned party, struct buffer *ret_note,
                     uint64_t *ret_size, struct buffer *ret_cosignature, uint64_t *ret_cosigned)
{
	struct store *store = channel->engine->settings.store;
	const char *cosigner = channel->receipt_keys[1 - party].name;
	struct store_head head;
	int r;

	store_head_init(&head);
	r = store_get_head(store, channel->number, party, STORE_NUMBER_MAXIMUM, NULL, &head);
	if (r == OK) {
		*ret_size = head.size;
		r = buffer_put_bytes(ret_note, head.note);
	}
	if (r == OK && (r = store_get_head(store, channel->number, party, STORE_NUMBER_MAXIMUM,
	                                   cosigner, &head)) == OK) {
		*ret_cosigned = head.size;
		if (ret_cosignature != NULL)
			r = put_line_of(head.cosignatures, cosigner, ret_cosignature);
	}
	store_head_release(&head);
	return r == ERROR_NOT_FOUND ? OK : r;
}

/* The head that a frame came under which did not reach up to it, with the proof
 * from what is held: without it nothing could be receipted until the rest is here. */
static int load_partial_head(struct engine_channel *channel)
{
	struct their_head *head = &channel->their_head;
	struct edge edge = channel_edge(channel, channel->other);
	struct tree_proof proof = { 0 };
	struct checkpoint checkpoint;
	struct buffer value;
	struct cursor cursor;
	struct bytes bytes;
	struct note note;
	int r;

	buffer_init(&value, STORE_VALUE_MAXIMUM);
	if ((r = load_value(channel, "their-head", &value)) != OK || value.size == 0)
		goto out;
	cursor = cursor_over(buffer_view(&value));
	if ((r = cursor_get_sized(&cursor, NOTE_MAXIMUM, &bytes)) != OK ||
	    (r = note_parse(bytes, &note, NULL)) != OK ||
	    (r = checkpoint_parse(note.text, &checkpoint, NULL)) != OK)
		goto out;
	while (cursor.left >= HASH_SIZE && proof.count < TREE_PROOF_MAXIMUM &&
	       cursor_get(&cursor, proof.hashes[proof.count].bytes, HASH_SIZE) == OK)
		proof.count++;
	/* An older one does not fit. */
	if (edge_verify_extension(&edge, checkpoint.size, &checkpoint.root, &proof) != OK)
		goto out;
	head->size = checkpoint.size;
	head->root = checkpoint.root;
	head->proof = proof;
	r = buffer_put_bytes(&head->note, bytes);
out:
	buffer_release(&value);
	return r;
}

/* A cosignature by a key that has been replaced since is made anew. */
static int check_own_cosignature(struct engine_channel *channel)
{
	struct buffer bytes;
	timestamp time;
	struct note note;
	int r;

	buffer_init(&bytes, 2 * NOTE_MAXIMUM);
	if (channel->cosigned_size != channel->their_head.size || channel->cosignature.size == 0)
		return OK;
	if ((r = buffer_put_bytes(&bytes, buffer_view(&channel->their_head.note))) == OK &&
	    (r = buffer_put_bytes(&bytes, buffer_view(&channel->cosignature))) == OK &&
	    (note_parse(buffer_view(&bytes), &note, NULL) != OK ||
	     cosignature_verify(&note, &channel->receipt_keys[channel->own], &time, NULL) != OK))
		channel->cosigned_size = 0;
	buffer_release(&bytes);
	return r;
}

static int load_heads(struct engine_channel *channel)
{
	struct their_head *head = &channel->their_head;
	struct checkpoint checkpoint;
	struct note note;
	int r;

	if ((r = load_head(channel, channel->own, &channel->head_note, &channel->head_size, NULL,
	                   &channel->their_cosigned_size)) != OK ||
	    (r = load_head(channel, channel->other, &head->note, &head->size, &channel->cosignature,
	                   &channel->cosigned_size)) != OK)
		return r;
	channel->keeper_size = channel->keeper_previous = channel->head_size;
	if (head->note.size == 0 || head->size != rules_size(channel->rules, channel->other)) {
		buffer_clear(&head->note);
		return load_partial_head(channel);
	}
	if ((r = note_parse(buffer_view(&head->note), &note, NULL)) != OK ||
	    (r = checkpoint_parse(note.text, &checkpoint, NULL)) != OK)
		return r;
	head->root = checkpoint.root;
	return check_own_cosignature(channel);
}

static int count_evidence(struct engine_channel *channel)
{
	struct store_values page;
	char after[STORE_NAME_CAPACITY] = "";
	int r;

	store_values_init(&page);
	do {
		r = store_list_values(channel->engine->settings.store, channel->number, "evidence/",
		                      after, 1, &page);
		if (r == OK && page.count > 0) {
			channel->evidence_count++;
			r = bytes_to_string(page.items[0].key, after, sizeof after);
		}
	} while (r == OK && page.count > 0);
	store_values_release(&page);
	return r;
}

/* Bodies of a log that never became complete. */
static int load_wanted(struct engine_channel *channel, unsigned party)
{
	uint64_t size = rules_size(channel->rules, party);
	struct act_place place = { party, 0 }, body;
	uint64_t blob_size;
	struct hash hash;
	int r;

	for (; place.number < size; place.number++) {
		if (!channel_blob_of(channel, place, &hash, &blob_size, &body) ||
		    blob_is_held(channel, &hash) || destruction_covers(channel, place))
			continue;
		if ((r = want_blob(channel, &hash, blob_size, place)) != OK)
			return r;
		channel->wanted[channel->wanted_count - 1].fault_logged =
		    rules_act(channel->rules, body)->fault_stands;
	}
	return OK;
}

int channel_load(struct engine *engine, const struct store_channel *row,
                 struct engine_channel **ret_channel, struct error *error)
{
	struct engine_channel *channel = allocate(1, sizeof *channel);
	int r;

	if (channel == NULL)
		return error_set(error, ERROR_MEMORY, "out of memory");
	channel->engine = engine;
	channel->number = row->number;
	channel->id = row->id;
	channel->own = row->own_party;
	channel->other = 1 - channel->own;
	channel->arrivals_end = &channel->arrivals;
	channel->submissions_end = &channel->submissions;
	channel->errands_end = &channel->errands;
	channel->match.frames_end = &channel->match.frames;
	channel->link.since = engine_now(engine);
	for (unsigned i = 0; i < 2; i++)
		buffer_init(&channel->signatures[i], SSHSIG_ARMOR_MAXIMUM);
	buffer_init(&channel->head_note, NOTE_MAXIMUM);
	buffer_init(&channel->their_head.note, NOTE_MAXIMUM);
	buffer_init(&channel->promised.note, FRAME_NOTE_MAXIMUM);
	buffer_init(&channel->cosignature, NOTE_MAXIMUM);
	buffer_init(&channel->early_cosignature.line, FRAME_NOTE_MAXIMUM);
	buffer_init(&channel->verified_note, FRAME_NOTE_MAXIMUM);
	buffer_init(&channel->collector_certificate, LINK_CERTIFICATE_MAXIMUM);

	if ((r = load_texts(channel, error)) != OK ||
	    (r = rules_new(channel->charter, &channel->rules)) != OK ||
	    (r = agenda_new(channel->rules, engine_monotonic(engine), &channel->agenda)) != OK ||
	    (r = replay(channel, error)) != OK || (r = agenda_update(channel->agenda)) != OK ||
	    (r = channel_update_keys(channel)) != OK || (r = load_heads(channel)) != OK ||
	    (r = arrival_load_promise(channel)) != OK || (r = recovery_load(channel)) != OK ||
	    (r = destruction_load(channel)) != OK ||
	    (r = load_wanted(channel, channel->other)) != OK || (r = post_load(channel)) != OK ||
	    (r = count_evidence(channel)) != OK || (r = neutrals_load(channel)) != OK ||
	    (r = succession_load(channel)) != OK || (r = link_log_load(channel)) != OK ||
	    (r = match_load(channel)) != OK ||
	    (r = load_number(channel, "next-to-open", &channel->next_to_open)) != OK ||
	    (r = load_number(channel, "quota/day", (uint64_t *)&channel->quota_day)) != OK ||
	    (r = load_number(channel, "quota/entries", &channel->quota_entries)) != OK ||
	    (r = load_number(channel, "quota/bytes", &channel->quota_bytes)) != OK) {
		channel_free(channel);
		if (error != NULL && error->code != r)
			error_set(error, r, "a channel cannot be loaded: %s", result_text(r));
		return r;
	}
	channel->arrived = channel_edge(channel, channel->other);
	if (rules_size(channel->rules, channel->own) >
	    rules_receipted(channel->rules, channel->other))
		channel->unreceipted_since = engine_now(engine);
	*ret_channel = channel;
	return OK;
}

uint64_t channel_receipted(const struct engine_channel *channel)
{
	uint64_t receipted = rules_receipted(channel->rules, channel->other);

	if (rules_has_closed(channel->rules, channel->other) &&
	    channel->their_cosigned_size > receipted)
		return channel->their_cosigned_size;
	return receipted;
}

void channel_free(struct engine_channel *channel)
{
	struct submission *submission;
	struct errand *errand;

	if (channel == NULL)
		return;
	arrivals_free(channel);
	while ((submission = channel->submissions) != NULL) {
		channel->submissions = submission->next;
		submission_free(submission);
	}
	while ((errand = channel->errands) != NULL) {
		channel->errands = errand->next;
		release_memory(errand);
	}
	channel_drop_waiters(channel);
	agenda_free(channel->agenda);
	rules_free(channel->rules);
	charter_free(channel->charter);
	for (unsigned i = 0; i < 2; i++)
		buffer_release(&channel->signatures[i]);
	buffer_release(&channel->head_note);
	buffer_release(&channel->their_head.note);
	buffer_release(&channel->promised.note);
	buffer_release(&channel->cosignature);
	buffer_release(&channel->early_cosignature.line);
	buffer_release(&channel->verified_note);
	buffer_release(&channel->collector_certificate);
	neutrals_free(channel);
	release_memory(channel->wanted);
	release_memory(channel->successions[0].entries);
	release_memory(channel->successions[1].entries);
	post_release(channel);
	match_release(channel);
	release_memory(channel);
}
