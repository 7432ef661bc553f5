#include "bundle_reading.h"

#include "allocate.h"
#include "cosignature.h"
#include "record_texts.h"

/* --- charter, text, heads ------------------------------------------------------ */

static int read_charter(struct bundle_reading *reading, struct error *error)
{
	struct verification *v = &reading->v;
	struct buffer text;
	struct error cause;
	int r;

	buffer_init(&text, CHARTER_SIZE_MAXIMUM);
	if ((r = record_file_read(&v->folder, RECORD_CHARTER, &text, &cause)) != OK)
		record_unreadable(v, RECORD_CHARTER, r, &cause, error);
	else if ((r = record_state_init(&v->state, buffer_view(&text), &cause)) != OK)
		record_unreadable(v, RECORD_CHARTER, r, &cause, error);
	buffer_release(&text);
	v->state.piece = true;
	v->state.bundle = true;
	return r;
}

static int read_text(struct bundle_reading *reading, struct error *error)
{
	struct verification *v = &reading->v;
	struct buffer text;
	struct error cause;
	int r;

	buffer_init(&text, BUNDLE_TEXT_MAXIMUM);
	if ((r = record_file_read(&v->folder, BUNDLE_FILE, &text, &cause)) != OK ||
	    (r = bundle_text_parse(buffer_view(&text), v->state.charter, &reading->bundle->text,
	                           &cause)) != OK)
		record_unreadable(v, BUNDLE_FILE, r, &cause, error);
	buffer_release(&text);
	return r;
}

static int read_head(struct bundle_reading *reading, unsigned party, struct error *error)
{
	struct verification *v = &reading->v;
	struct bundle_head *head = &reading->bundle->heads[party];
	uint64_t size = reading->bundle->text.sizes[party];
	char path[RECORD_PATH_CAPACITY];
	struct error cause;
	bool verified;
	int r;

	if (size == 0)
		return OK;
	record_party_path(&v->state, party, RECORD_CHECKPOINT, path);
	if ((r = record_file_read(&v->folder, path, &head->note, &cause)) != OK ||
	    (r = record_head_read(&v->state, party, buffer_view(&head->note), &head->checkpoint,
	                          &verified, &cause)) != OK)
		return record_unreadable(v, path, r, &cause, error);
	if (head->checkpoint.size != size)
		return record_damaged(v, ERROR_MISMATCH, path, NO_OFFSET, NULL,
		                      "its size is not the one that the bundle names");
	v->state.logs[party].size = size;
	return OK;
}

/* --- entries -------------------------------------------------------------------- */

static int read_acts(struct bundle_reading *reading, struct error *error)
{
	struct bundle *bundle = reading->bundle;
	int r;

	if (bundle->text.act_count > 0 && (bundle->acts = allocate((size_t)bundle->text.act_count,
	                                                           sizeof(*bundle->acts))) == NULL)
		return error_set(error, ERROR_MEMORY, "%s", result_text(ERROR_MEMORY));
	for (size_t i = 0; i < bundle->text.range_count; i++) {
		const struct bundle_range *range = &bundle->text.ranges[i];
		struct act_place place = { range->party, range->first };

		for (; place.number <= range->last; place.number++)
			if ((r = bundle_read_act(reading, place,
			                         bundle_places_have(bundle->text.subjects,
			                                            bundle->text.subject_count,
			                                            place),
			                         error)) != OK)
				return r;
	}
	return OK;
}

/* Each log that is here begins with its accession, which carries the signature over the
 * charter; both are asked for, so that nobody's word is shown under a charter of his own. */
static int check_accessions(struct bundle_reading *reading)
{
	for (unsigned party = 0; party < 2; party++) {
		const struct act_place first = { party, 0 };

		if (reading->bundle->text.sizes[party] > 0 &&
		    !bundle_text_has(&reading->bundle->text, first))
			return record_damaged(&reading->v, ERROR_NOT_FOUND, BUNDLE_FILE, NO_OFFSET,
			                      &first, "the accession is not among the entries");
	}
	return OK;
}

/* --- what the entries have made known --------------------------------------------- */

/* The time of a cosignature that the note has; 0 when it has none by this key. */
static int time_of(const struct note *note, const struct note_key *key, timestamp *ret_time)
{
	int r = cosignature_verify(note, key, ret_time, NULL);

	if (r != OK)
		*ret_time = 0;
	return record_failure_is_ours(r) ? r : OK;
}

/* All lines of the note have been verified. */
static int read_times(const struct record_state *state, unsigned party, struct bundle_head *head)
{
	const struct record_log *other = &state->logs[1 - party];
	const struct charter *terms = record_terms(state);
	struct note_key key;
	struct note note;
	int r;

	if ((r = note_parse(buffer_view(&head->note), &note, NULL)) != OK)
		return r;
	for (size_t i = other->receipt_key_count;
	     i > 0 && head->countersigned && head->countersigned_at == 0; i--)
		if ((r = record_receipt_key(state, 1 - party, &other->receipt_keys[i - 1], &key)) !=
		        OK ||
		    (r = time_of(&note, &key, &head->countersigned_at)) != OK)
			return r;
	for (size_t i = 0; i < terms->witness_count; i++)
		if ((r = note_key_parse(terms->witnesses[i], &key, NULL)) != OK ||
		    (r = time_of(&note, &key, &head->witnessed_at[i])) != OK)
			return r;
	return OK;
}

/* Now that the keys are known: the log has signed, and every line is by whom it says. */
static int check_head(struct bundle_reading *reading, unsigned party, struct error *error)
{
	struct verification *v = &reading->v;
	struct bundle_head *head = &reading->bundle->heads[party];
	struct bytes note = buffer_view(&head->note);
	char path[RECORD_PATH_CAPACITY], name[LOG_NAME_CAPACITY];
	struct record_head settled_head;
	struct checkpoint checkpoint;
	struct buffer settled;
	struct error cause;
	bool verified = false;
	int r;

	if (head->checkpoint.size == 0)
		return OK;
	record_party_path(&v->state, party, RECORD_CHECKPOINT, path);
	charter_log_name(v->state.charter, party,
	                 rules_head_generation(v->state.rules, party, head->checkpoint.size), "",
	                 name);
	if ((r = record_head_read(&v->state, party, note, &checkpoint, &verified, &cause)) != OK)
		return record_unreadable(v, path, r, &cause, error);
	if (!verified || strcmp(checkpoint.origin, name) != 0)
		return record_damaged(v, ERROR_SIGNATURE, path, NO_OFFSET, NULL,
		                      "it is not signed by a log key that the entries name for it");
	buffer_init(&settled, NOTE_MAXIMUM);
	if ((r = record_head_settle(&v->state, party, note, &settled, &settled_head, &cause)) != OK)
		record_unreadable(v, path, r, &cause, error);
	else if (!bytes_equal(buffer_view(&settled), note))
		r = record_damaged(v, ERROR_SIGNATURE, path,
		                   record_first_difference(buffer_view(&settled), note), NULL,
		                   "a signature line is bad, out of place, or by nobody whom "
		                   "charter and acts name");
	buffer_release(&settled);
	if (r != OK)
		return r;
	head->countersigned = settled_head.countersigned;
	head->earlier_key = settled_head.earlier_key;
	r = read_times(&v->state, party, head);
	return r == OK ? OK : error_set(error, r, "%s", result_text(r));
}

/* --- what the maker says ------------------------------------------------------------ */

/* An act that nobody accredited has signed can be shown, as what it is. */
static int check_voids(struct bundle_reading *reading)
{
	const struct bundle *bundle = reading->bundle;

	for (size_t i = 0; i < bundle->act_count; i++) {
		const struct bundle_act *act = &bundle->acts[i];
		enum void_reason said = bundle_text_void(&bundle->text, act->place);
		char path[RECORD_PATH_CAPACITY];

		/* By a piece the reason may be another than by both logs. */
		if (act->verdict.reason == said ||
		    (!bundle->whole && act->verdict.code == VERDICT_VOID && said != VOID_NONE))
			continue;
		record_act_path(&reading->v.state, act->place, RECORD_ACT_SIGNATURE, path);
		if (act->verdict.code == VERDICT_VALID)
			return record_damaged(&reading->v, ERROR_MISMATCH, BUNDLE_FILE, NO_OFFSET,
			                      &act->place, "the act is not void");
		return record_damaged(&reading->v, ERROR_SIGNATURE, path, NO_OFFSET, &act->place,
		                      "the act is void, and the bundle does not say so: %s",
		                      void_reason_text(act->verdict.reason));
	}
	return OK;
}

/* --- the whole ----------------------------------------------------------------------- */

int bundle_read(struct bundle_reading *reading, struct error *error)
{
	struct bundle *bundle = reading->bundle;
	int r;

	buffer_init(&reading->v.scratch, SIZE_MAX / 2);
	for (unsigned party = 0; party < 2; party++)
		buffer_init(&bundle->heads[party].note, NOTE_MAXIMUM);
	if ((r = read_charter(reading, error)) != OK || (r = read_text(reading, error)) != OK ||
	    (r = read_head(reading, 0, error)) != OK || (r = read_head(reading, 1, error)) != OK ||
	    (r = check_accessions(reading)) != OK || (r = read_acts(reading, error)) != OK ||
	    (r = bundle_read_whole(reading, error)) != OK ||
	    (r = check_head(reading, 0, error)) != OK ||
	    (r = check_head(reading, 1, error)) != OK || (r = check_voids(reading)) != OK ||
	    (r = bundle_read_receipts(reading, error)) != OK ||
	    (r = bundle_read_parts(reading, error)) != OK)
		return r;
	bundle->state = reading->v.state;
	return OK;
}

void bundle_reading_release(struct bundle_reading *reading)
{
	/* Until all was read the state is still the reading's. */
	if (reading->bundle->state.charter == NULL && reading->v.state.charter != NULL)
		record_state_release(&reading->v.state);
	buffer_release(&reading->v.scratch);
}
