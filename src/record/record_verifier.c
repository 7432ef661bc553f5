#include "record_files.h"
#include "record_fold.h"
#include "record_gaps.h"
#include "record_texts.h"
#include "record_verification.h"
#include "sshsig.h"

/* --- what everything else follows from ------------------------------------------ */

static int read_charter(struct verification *v, struct error *error)
{
	struct buffer text;
	struct error cause;
	int r;

	buffer_init(&text, CHARTER_SIZE_MAXIMUM);
	if ((r = record_file_read(&v->folder, RECORD_CHARTER, &text, &cause)) != OK)
		record_unreadable(v, RECORD_CHARTER, r, &cause, error);
	else if ((r = record_state_init(&v->state, buffer_view(&text), &cause)) != OK &&
	         record_failure_is_ours(r))
		error_set(error, r, "%.400s", cause.message);
	else if (r != OK)
		record_damaged(v, r, RECORD_CHARTER, NO_OFFSET, NULL, "line %zu: %.400s",
		               cause.line, cause.message);
	buffer_release(&text);
	return r;
}

/* A log whose head is missing has no other files of its own than its policy. */
static int read_note(struct verification *v, unsigned party, struct error *error)
{
	char path[RECORD_PATH_CAPACITY], tiles[RECORD_PATH_CAPACITY];
	char signature[RECORD_PATH_CAPACITY];
	struct error cause;
	int r;

	record_party_path(&v->state, party, RECORD_CHECKPOINT, path);
	record_party_path(&v->state, party, "tile", tiles);
	record_charter_signature_path(&v->state, party, signature);
	r = record_file_read(&v->folder, path, &v->notes[party], &cause);
	if (r == ERROR_NOT_FOUND && !record_folder_has(&v->folder, tiles) &&
	    !record_folder_has(&v->folder, signature))
		return OK;
	if (r != OK)
		return record_unreadable(v, path, r, &cause, error);
	if (v->notes[party].size == 0)
		return record_damaged(v, ERROR_SYNTAX, path, 0, NULL, "it is empty");
	return OK;
}

/* Whether the head of a party's delegation signed this charter, or its log a head under
 * a name that holds the charter's hash. */
static int attested_by(struct verification *v, unsigned party)
{
	char path[RECORD_PATH_CAPACITY];
	struct checkpoint checkpoint;
	struct buffer armor;
	bool verified;
	int r;

	buffer_init(&armor, SSHSIG_ARMOR_MAXIMUM);
	record_charter_signature_path(&v->state, party, path);
	r = record_file_read(&v->folder, path, &armor, NULL);
	if (r == OK)
		r = charter_verify(v->state.charter, party, buffer_view(&armor), NULL);
	buffer_release(&armor);
	if (r == OK || record_failure_is_ours(r))
		return r;
	r = record_head_read(&v->state, party, buffer_view(&v->notes[party]), &checkpoint,
	                     &verified, NULL);
	return r == OK && !verified ? ERROR_SIGNATURE : r;
}

/* A charter that was changed is told from what no longer fits it. */
static int check_attested(struct verification *v, struct error *error)
{
	for (unsigned party = 0; party < 2; party++) {
		int r = attested_by(v, party);

		if (r == OK)
			return OK;
		if (record_failure_is_ours(r))
			return error_set(error, r, "%s", result_text(r));
	}
	return record_damaged(v, ERROR_SIGNATURE, RECORD_CHARTER, NO_OFFSET, NULL,
	                      "neither a head's signature nor a log's head is over this charter");
}

static int read_head(struct verification *v, unsigned party, struct error *error)
{
	char path[RECORD_PATH_CAPACITY];
	struct error cause;
	bool verified;
	int r;

	if (v->notes[party].size == 0)
		return OK;
	record_party_path(&v->state, party, RECORD_CHECKPOINT, path);
	r = record_head_read(&v->state, party, buffer_view(&v->notes[party]), &v->heads[party],
	                     &verified, &cause);
	if (r != OK)
		return record_unreadable(v, path, r, &cause, error);
	if (v->heads[party].size == 0)
		return record_damaged(v, ERROR_SYNTAX, path, NO_OFFSET, NULL,
		                      "a log without entries has no checkpoint in a record");
	v->state.logs[party].size = v->heads[party].size;
	v->report.sizes[party] = v->heads[party].size;
	return OK;
}

static int read_beginnings(struct verification *v, struct error *error)
{
	char path[RECORD_PATH_CAPACITY];
	int r;

	if ((r = read_charter(v, error)) != OK ||
	    (r = record_read_charters(v, &v->state, error)) != OK)
		return r;
	if ((r = read_note(v, 0, error)) != OK || (r = read_note(v, 1, error)) != OK)
		return r;
	if (v->notes[0].size == 0 && v->notes[1].size == 0) {
		record_party_path(&v->state, 0, RECORD_CHECKPOINT, path);
		return record_damaged(v, ERROR_NOT_FOUND, path, NO_OFFSET, NULL,
		                      "neither log has a checkpoint here");
	}
	if ((r = check_attested(v, error)) != OK)
		return r;
	for (unsigned party = 0; party < 2; party++) {
		memcpy(v->report.parties[party], record_party(&v->state, party),
		       sizeof(v->report.parties[party]));
		if ((r = read_head(v, party, error)) != OK)
			return r;
		record_party_path(&v->state, party, RECORD_ACTS, path);
		v->acts = v->acts || record_folder_has(&v->folder, path);
	}
	memcpy(v->report.channel, v->state.charter->channel, sizeof(v->report.channel));
	return OK;
}

/* --- the logs ---------------------------------------------------------------------- */

/* What reading the logs needs: `stopped` tells a callback's result from a log's. */
struct reading {
	struct verification *v;
	const struct act_place *place; /* of the act whose files are compared */
	bool stopped;
};

static int read_bundle(void *context, unsigned party, const struct tile *tile,
                       struct buffer *content, struct error *error)
{
	struct reading *reading = context;

	return record_read_bundle(reading->v, party, tile, content, error);
}

static int compare_file(void *context, const char *path, struct bytes content, struct error *error)
{
	struct reading *reading = context;

	return record_compare(reading->v, path, content, reading->place, error);
}

static int compare_act(void *context, struct act_place place, const struct entry *entry,
                       struct error *error)
{
	struct reading *reading = context;
	struct verification *v = reading->v;
	const struct record_sink sink = { reading, compare_file };
	int r;

	if (v->options->act != NULL) {
		r = v->options->act(v->options->act_context, rules_act(v->state.rules, place));
		if (r != OK) {
			reading->stopped = true;
			return error_set(error, r, "stopped");
		}
	}
	reading->place = &place;
	r = v->acts ? record_put_act(&v->state, place, entry, &sink, error) : OK;
	reading->place = NULL;
	return r;
}

static int show_progress(void *context, uint64_t done, uint64_t total)
{
	struct reading *reading = context;
	const struct record_verify_options *options = reading->v->options;
	int r;

	if (options->progress == NULL)
		return OK;
	r = options->progress(options->progress_context, done, total);
	reading->stopped = r != OK;
	return r;
}

/* Puts what `diagnose` finds in place of what was found first, if anything. */
static int diagnose_first(struct verification *v, int result, struct error *error)
{
	struct record_damage first = v->report.damage;
	bool damaged = v->damaged;
	int r;

	v->damaged = false;
	r = record_diagnose(v, error);
	if (r != OK)
		return r;
	v->report.damage = first;
	v->damaged = damaged;
	return result;
}

static int blame_entry(struct verification *v, int result, const struct record_stop *stop,
                       const struct error *cause)
{
	uint64_t size = v->state.logs[stop->place.party].size;
	uint64_t index = stop->place.number / TILE_WIDTH, left = size - index * TILE_WIDTH;
	const struct tile tile = {
		.kind = TILE_ENTRIES,
		.index = index,
		.width = left < TILE_WIDTH ? (unsigned)left : TILE_WIDTH,
	};
	char path[RECORD_PATH_CAPACITY];

	record_tile_path(&v->state, stop->place.party, &tile, path);
	return record_damaged(v, result, path, stop->has_offset ? stop->offset : NO_OFFSET,
	                      &stop->place, "%.500s", cause->message);
}

/* A receipt for more of the other log than is here: what is missing is there. */
static int blame_short_log(struct verification *v, const struct record_stop *stop)
{
	unsigned other = 1 - stop->place.party;
	char path[RECORD_PATH_CAPACITY];

	record_party_path(&v->state, other, RECORD_CHECKPOINT, path);
	return record_damaged(v, ERROR_NOT_FOUND, path, NO_OFFSET, &stop->place,
	                      "this log has %llu entries here, and the act is a receipt for more",
	                      (unsigned long long)v->state.logs[other].size);
}

static int read_logs(struct verification *v, struct error *error)
{
	struct reading reading = { .v = v };
	const struct record_input input = {
		.context = &reading,
		.bundle = read_bundle,
		.entry = compare_act,
		.progress = show_progress,
		.progress_context = &reading,
		.threads = v->options->threads,
	};
	struct error cause = { .code = OK };
	struct record_stop stop;
	int r;

	r = record_fold(&v->state, &input, &stop, &cause);
	if (r == OK)
		return OK;
	if (reading.stopped || record_failure_is_ours(r))
		return error_set(error, r, "%.500s", cause.message);
	r = diagnose_first(v, r, error);
	if (v->damaged || record_failure_is_ours(r))
		return r;
	if (r == ERROR_WAIT)
		return blame_short_log(v, &stop);
	if (r == ERROR_CHARTER)
		return record_blame_charter(v, &v->state, &stop.place);
	return blame_entry(v, r, &stop, &cause);
}

/* By the key that the log's own entries have named for this size. */
static int check_log_key(struct verification *v, unsigned party, struct error *error)
{
	char path[RECORD_PATH_CAPACITY];
	struct checkpoint checkpoint;
	struct error cause;
	bool verified;
	int r = record_head_read(&v->state, party, buffer_view(&v->notes[party]), &checkpoint,
	                         &verified, &cause);

	if (r == OK)
		return OK;
	record_party_path(&v->state, party, RECORD_CHECKPOINT, path);
	return record_unreadable(v, path, r, &cause, error);
}

/* The entries are what was signed: else whose fault is it. */
static int check_roots(struct verification *v, struct error *error)
{
	char path[RECORD_PATH_CAPACITY];
	struct error cause;
	int r;

	for (unsigned party = 0; party < 2; party++) {
		if (v->state.logs[party].size == 0)
			continue;
		r = record_head_check_root(&v->state, party, &v->heads[party], &cause);
		if (r == OK && (r = check_log_key(v, party, error)) != OK)
			return r;
		if (r == OK)
			continue;
		if (record_failure_is_ours(r))
			return error_set(error, r, "%.400s", cause.message);
		if ((r = record_diagnose(v, error)) != OK)
			return r;
		/* What was read first was something else. */
		record_party_path(&v->state, party, RECORD_CHECKPOINT, path);
		return record_damaged(v, ERROR_MISMATCH, path, NO_OFFSET, NULL,
		                      "the entries of this log changed while they were read");
	}
	return OK;
}

/* --- the heads ------------------------------------------------------------------------ */

/* Compares a note with the form that a record has; all its signatures are then good. */
static int check_note(struct verification *v, unsigned party, const char *path, struct bytes note,
                      struct record_head *ret_head, struct error *error)
{
	struct buffer settled;
	struct error cause;
	int r;

	buffer_init(&settled, NOTE_MAXIMUM);
	r = record_head_settle(&v->state, party, note, &settled, ret_head, &cause);
	if (r != OK)
		record_unreadable(v, path, r, &cause, error);
	else if (!bytes_equal(buffer_view(&settled), note))
		r = record_damaged(v, ERROR_SIGNATURE, path,
		                   record_first_difference(buffer_view(&settled), note), NULL,
		                   "a signature line is bad, out of place, covered by no receipt, "
		                   "or by nobody whom charter and acts name");
	buffer_release(&settled);
	return r;
}

/* The greatest head that the other side cosigned, where the last one is not. */
static int check_countersigned(struct verification *v, unsigned party, uint64_t *ret_size,
                               struct error *error)
{
	char path[RECORD_PATH_CAPACITY];
	struct record_head head;
	struct buffer note;
	struct error cause;
	bool verified;
	int r;

	*ret_size = 0;
	record_party_path(&v->state, party, RECORD_COUNTERSIGNED, path);
	if (!record_folder_has(&v->folder, path))
		return OK;
	buffer_init(&note, NOTE_MAXIMUM);
	if ((r = record_file_read(&v->folder, path, &note, &cause)) != OK ||
	    (r = record_head_read(&v->state, party, buffer_view(&note), &head.checkpoint, &verified,
	                          &cause)) != OK ||
	    (r = record_head_check_root(&v->state, party, &head.checkpoint, &cause)) != OK) {
		record_unreadable(v, path, r, &cause, error);
		goto out;
	}
	if ((r = check_note(v, party, path, buffer_view(&note), &head, error)) != OK)
		goto out;
	if (!head.countersigned || head.checkpoint.size >= v->state.logs[party].size)
		r = record_damaged(v, ERROR_MISMATCH, path, NO_OFFSET, NULL,
		                   "it is not an earlier head that the other side cosigned");
	else
		*ret_size = head.checkpoint.size;
out:
	buffer_release(&note);
	return r;
}

static int check_head(struct verification *v, unsigned party, struct error *error)
{
	char path[RECORD_PATH_CAPACITY];
	struct record_head head;
	uint64_t earlier;
	int r;

	if (v->state.logs[party].size == 0) {
		record_gap(&v->report, RECORD_GAP_EMPTY_LOG, party, 0);
		return OK;
	}
	record_party_path(&v->state, party, RECORD_CHECKPOINT, path);
	r = check_note(v, party, path, buffer_view(&v->notes[party]), &head, error);
	if (r != OK)
		return r;
	if ((r = check_countersigned(v, party, &earlier, error)) != OK)
		return r;
	if (head.countersigned && earlier != 0) {
		record_party_path(&v->state, party, RECORD_COUNTERSIGNED, path);
		return record_damaged(v, ERROR_EXISTS, path, NO_OFFSET, NULL,
		                      "it does not belong beside a head that is cosigned");
	}
	record_note_head_gaps(&v->report, record_terms(&v->state), party, &head, earlier);
	return OK;
}

/* --- the whole --------------------------------------------------------------------------- */

static int check_derived(struct verification *v, struct error *error)
{
	struct reading reading = { .v = v };
	const struct record_sink sink = { &reading, compare_file };
	const struct bytes notes[2] = { buffer_view(&v->notes[0]), buffer_view(&v->notes[1]) };
	struct error cause = { .code = OK };
	int r;

	r = record_put_derived(&v->state, notes, v->acts, &sink, &cause);
	if (r == OK || v->damaged)
		return r;
	if (record_failure_is_ours(r))
		return error_set(error, r, "%.500s", cause.message);
	/* What does not follow cannot be compared: the charter or an act prevents it. */
	return record_damaged(v, r, RECORD_CHARTER, NO_OFFSET, NULL, "%s", cause.message);
}

/* The rules have judged them: one that does not hold is void. */
static void count_stamps(struct verification *v, unsigned party)
{
	struct act_place place = { party, 0 };
	struct stamp_summary said;

	for (; place.number < v->state.logs[party].size; place.number++) {
		if (rules_stamp(v->state.rules, place, &said) != OK)
			continue;
		v->report.stamps[party][said.form]++;
		v->report.denied[party] += said.denied;
	}
}

static void describe(struct verification *v)
{
	struct record_report *report = &v->report;
	struct act_place acts[2];
	timestamp now = 0;

	report->has_acts = v->acts;
	for (unsigned party = 0; party < 2; party++) {
		uint64_t size = v->state.logs[party].size;

		report->void_count[party] = v->state.logs[party].void_count;
		count_stamps(v, party);
		report->logged[party] = rules_last_logged(v->state.rules, party);
		if (report->logged[party] > now)
			now = report->logged[party];
		if (size > 0)
			record_act_name(&v->state, (struct act_place){ party, size - 1 },
			                report->as_of[party]);
	}
	report->state = rules_channel_state(v->state.rules, now);
	report->charter = rules_charter_count(v->state.rules);
	if (rules_charter_acts(v->state.rules, report->charter, &acts[0], &acts[1]))
		for (unsigned i = 0; i < 2; i++)
			record_act_name(&v->state, acts[i], report->charter_by[i]);
}

static int verify_all(struct verification *v, struct error *error)
{
	int r;

	if ((r = read_beginnings(v, error)) != OK || (r = read_logs(v, error)) != OK ||
	    (r = check_roots(v, error)) != OK)
		return r;
	describe(v);
	if ((r = check_head(v, 0, error)) != OK || (r = check_head(v, 1, error)) != OK ||
	    (r = check_derived(v, error)) != OK || (r = record_walk(v, error)) != OK)
		return r;
	record_note_act_gaps(&v->report, &v->state, v->found);
	return OK;
}

int record_verify(const char *directory, const struct record_verify_options *options,
                  struct record_report *ret_report, struct error *error)
{
	static const struct record_verify_options standard = { .threads = 0 };
	struct verification v = { .options = options == NULL ? &standard : options };
	int r;

	if ((r = record_folder_open(&v.folder, directory, error)) != OK)
		return r;
	for (unsigned party = 0; party < 2; party++) {
		buffer_init(&v.notes[party], NOTE_MAXIMUM);
		buffer_init(&v.found[party], SIZE_MAX / 2);
	}
	buffer_init(&v.scratch, SIZE_MAX / 2);
	r = verify_all(&v, error);
	v.report.intact = r == OK;
	if (r == OK || v.damaged) {
		*ret_report = v.report;
		r = OK;
	}
	buffer_release(&v.scratch);
	for (unsigned party = 0; party < 2; party++) {
		buffer_release(&v.notes[party]);
		buffer_release(&v.found[party]);
	}
	record_state_release(&v.state);
	record_folder_close(&v.folder);
	return r;
}
