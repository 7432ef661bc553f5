/* One entry of a bundle, and what follows from all of them. */
#include "bundle_reading.h"
#include "record_files.h"
#include "rules_piece.h"
#include "sshsig.h"
#include "tlog_proof.h"

/* --- from files to an entry ---------------------------------------------------- */

/* Appends a file of the entry; `optional`: unless there is none. */
static int take_file(struct bundle_reading *reading, struct bundle_act *act,
                     enum record_act_file file, bool optional, struct error *error)
{
	struct verification *v = &reading->v;
	char path[RECORD_PATH_CAPACITY];
	struct error cause;
	int r;

	record_act_path(&v->state, act->place, file, path);
	if (optional && !record_folder_has(&v->folder, path))
		return OK;
	if ((r = record_file_read(&v->folder, path, &act->bytes, &cause)) != OK)
		return record_unreadable(v, path, r, &cause, error);
	return OK;
}

static int compare_file(void *context, const char *path, struct bytes content, struct error *error)
{
	struct bundle_reading *reading = context;

	return record_compare(&reading->v, path, content, NULL, error);
}

/* The files are put together to the entry, and must be what it is taken apart to. */
static int take_entry(struct bundle_reading *reading, struct bundle_act *act, struct error *error)
{
	struct verification *v = &reading->v;
	const struct record_sink compare = { reading, compare_file };
	char path[RECORD_PATH_CAPACITY];
	struct error cause;
	int r;

	record_act_path(&v->state, act->place, RECORD_ACT_TEXT, path);
	if ((r = take_file(reading, act, RECORD_ACT_TEXT, false, error)) != OK)
		return r;
	if ((r = buffer_put_u8(&act->bytes, '\n')) != OK)
		return record_damaged(v, r, path, NO_OFFSET, &act->place, "it is too long");
	if ((r = take_file(reading, act, RECORD_ACT_SIGNATURE, false, error)) != OK ||
	    (r = take_file(reading, act, RECORD_ACT_SECOND, true, error)) != OK)
		return r;
	if (act->bytes.size > BUNDLE_ENTRIES_SIZE_MAXIMUM - reading->entries_size)
		return record_damaged(v, ERROR_LIMIT, path, NO_OFFSET, &act->place,
		                      "the entries of the bundle are too long together");
	reading->entries_size += act->bytes.size;
	if ((r = entry_parse(buffer_view(&act->bytes), &act->entry, &cause)) != OK ||
	    (r = entry_verify(&act->entry, act->keys, &cause)) != OK) {
		record_unreadable(v, path, r, &cause, error);
		return r;
	}
	return record_put_act(&v->state, act->place, &act->entry, &compare, error);
}

/* --- under the head ------------------------------------------------------------- */

static int check_inclusion(struct bundle_reading *reading, const struct bundle_act *act,
                           struct error *error)
{
	struct verification *v = &reading->v;
	const struct bundle_head *head = &reading->bundle->heads[act->place.party];
	char path[RECORD_PATH_CAPACITY];
	struct tlog_proof proof;
	struct error cause;
	int r;

	record_act_path(&v->state, act->place, RECORD_ACT_PROOF, path);
	buffer_clear(&v->scratch);
	v->scratch.maximum = TLOG_PROOF_MAXIMUM;
	r = record_file_read(&v->folder, path, &v->scratch, &cause);
	v->scratch.maximum = SIZE_MAX / 2;
	if (r != OK || (r = tlog_proof_parse(buffer_view(&v->scratch), &proof, &cause)) != OK)
		return record_unreadable(v, path, r, &cause, error);
	if (proof.extra.size > 0 || proof.index != act->place.number ||
	    !bytes_equal(proof.note, buffer_view(&head->note)))
		return record_damaged(
		    v, ERROR_MISMATCH, path, NO_OFFSET, &act->place,
		    "it is not a proof of this entry under the head that is here");
	if (inclusion_verify(act->place.number, head->checkpoint.size, &act->entry.leaf,
	                     &proof.path, &head->checkpoint.root) != OK)
		return record_damaged(v, ERROR_MISMATCH, path, NO_OFFSET, &act->place,
		                      "the entry does not stand there under the head");
	return OK;
}

static int judge(struct bundle_reading *reading, struct bundle_act *act, struct error *error)
{
	struct verification *v = &reading->v;
	timestamp *earlier = &reading->logged[act->place.party];
	enum void_reason said = bundle_text_void(&reading->bundle->text, act->place);
	char path[RECORD_PATH_CAPACITY];
	struct error cause;
	int r;

	record_act_path(&v->state, act->place, RECORD_ACT_TEXT, path);
	if ((r = rules_append_piece(v->state.rules, act->place, &act->entry, act->keys, *earlier,
	                            said != VOID_NONE, &act->verdict, &cause)) != OK)
		return record_unreadable(v, path, r, &cause, error);
	if (said != VOID_NONE && act->verdict.code == VERDICT_VALID) {
		act->verdict = (struct verdict){ VERDICT_VOID, said };
		act->void_by_word = true;
	}
	if ((r = record_state_note(&v->state, act->place, &act->entry, act->verdict, &cause)) != OK)
		return record_unreadable(v, path, r, &cause, error);
	*earlier = act->entry.logged;
	return OK;
}

int bundle_read_act(struct bundle_reading *reading, struct act_place place, bool is_subject,
                    struct error *error)
{
	struct bundle *bundle = reading->bundle;
	struct bundle_act *act = &bundle->acts[bundle->act_count++];
	int r;

	*act = (struct bundle_act){ .place = place, .is_subject = is_subject };
	buffer_init(&act->bytes, ENTRY_SIZE_MAXIMUM);
	if ((r = take_entry(reading, act, error)) != OK ||
	    (r = check_inclusion(reading, act, error)) != OK)
		return r;
	return judge(reading, act, error);
}

/* --- receipts --------------------------------------------------------------------- */

static int check_receipt(struct bundle_reading *reading, const struct bundle_receipt *said,
                         struct error *error)
{
	struct verification *v = &reading->v;
	struct bundle_act *act = (struct bundle_act *)bundle_act_at(reading->bundle, said->act);
	const struct act_place place = { 1 - said->act.party, said->by };
	const struct bundle_act *receipt = bundle_act_at(reading->bundle, place);
	const struct act *text = &receipt->entry.act;
	char path[RECORD_PATH_CAPACITY];
	struct tree_proof proof;
	struct error cause;
	int r;

	bundle_receipt_proof_path(&v->state, said->act, path);
	buffer_clear(&v->scratch);
	v->scratch.maximum = RECEIPT_PROOF_MAXIMUM;
	r = record_file_read(&v->folder, path, &v->scratch, &cause);
	v->scratch.maximum = SIZE_MAX / 2;
	if (r != OK || (r = receipt_proof_parse(buffer_view(&v->scratch), &proof, &cause)) != OK)
		return record_unreadable(v, path, r, &cause, error);
	if (text->kind->number != KIND_RECEIPT || receipt->verdict.code != VERDICT_VALID)
		return record_damaged(v, ERROR_MISMATCH, path, NO_OFFSET, &place,
		                      "what the bundle names is no receipt that counts");
	if (inclusion_verify(said->act.number, act_field(text, "size")->as.number, &act->entry.leaf,
	                     &proof, &act_field(text, "root")->as.hash) != OK)
		return record_damaged(v, ERROR_MISMATCH, path, NO_OFFSET, &said->act,
		                      "the receipt does not cover the act");
	act->receipted = true;
	act->receipt = place;
	return OK;
}

int bundle_read_receipts(struct bundle_reading *reading, struct error *error)
{
	const struct bundle_text *text = &reading->bundle->text;
	int r;

	for (size_t i = 0; i < text->receipt_count; i++)
		if ((r = check_receipt(reading, &text->receipts[i], error)) != OK)
			return r;
	return OK;
}

/* --- both logs whole ---------------------------------------------------------------- */

struct lanes {
	size_t next[2], end[2];
};

/* As far as a log goes with what is judged of the other. */
static int run_lane(struct bundle_reading *reading, struct record_state *state, struct lanes *lanes,
                    unsigned party, struct error *cause)
{
	int r = OK;

	for (; lanes->next[party] < lanes->end[party]; lanes->next[party]++) {
		struct bundle_act *act = &reading->bundle->acts[lanes->next[party]];

		r = rules_append(state->rules, party, &act->entry, act->keys, &act->verdict, cause);
		if (r == ERROR_WAIT)
			return OK;
		act->void_by_word = false;
		if (r != OK || (r = record_state_note(state, act->place, &act->entry, act->verdict,
		                                      cause)) != OK)
			return r;
	}
	return OK;
}

static int judge_all(struct bundle_reading *reading, struct record_state *state,
                     struct lanes *lanes, unsigned *ret_party, struct error *cause)
{
	size_t before;
	int r;

	do {
		before = lanes->next[0] + lanes->next[1];
		for (unsigned party = 0; party < 2; party++) {
			*ret_party = party;
			if ((r = run_lane(reading, state, lanes, party, cause)) != OK)
				return r;
		}
	} while (lanes->next[0] + lanes->next[1] > before);
	for (*ret_party = 0; *ret_party < 2; (*ret_party)++)
		if (lanes->next[*ret_party] < lanes->end[*ret_party])
			return ERROR_WAIT;
	return OK;
}

/* The rules over pieces give way to the rules over both logs. */
static int take_whole(struct bundle_reading *reading, struct record_state *whole,
                      struct error *error)
{
	struct verification *v = &reading->v;
	struct error cause;
	int r;

	for (unsigned party = 0; party < 2; party++) {
		const struct bundle_head *head = &reading->bundle->heads[party];
		char path[RECORD_PATH_CAPACITY];

		whole->logs[party].size = head->checkpoint.size;
		record_party_path(&v->state, party, RECORD_CHECKPOINT, path);
		if (head->checkpoint.size > 0 &&
		    (r = record_head_check_root(whole, party, &head->checkpoint, &cause)) != OK)
			return record_unreadable(v, path, r, &cause, error);
	}
	record_state_release(&v->state);
	v->state = *whole;
	*whole = (struct record_state){ .charter = NULL };
	reading->bundle->whole = true;
	return OK;
}

int bundle_read_whole(struct bundle_reading *reading, struct error *error)
{
	struct verification *v = &reading->v;
	const struct bundle_text *text = &reading->bundle->text;
	struct record_state whole = { .charter = NULL };
	struct lanes lanes;
	struct error cause = { 0 };
	char path[RECORD_PATH_CAPACITY];
	unsigned party;
	int r;

	if (!bundle_text_is_whole(text))
		return OK;
	if ((r = record_state_init(&whole, v->state.charter->text, error)) != OK)
		return r;
	whole.bundle = true;
	if ((r = record_read_charters(v, &whole, error)) != OK) {
		record_state_release(&whole);
		return r;
	}
	for (party = 0; party < 2; party++)
		bundle_acts_of(reading->bundle, party, &lanes.next[party], &lanes.end[party]);
	if ((r = judge_all(reading, &whole, &lanes, &party, &cause)) == OK) {
		r = take_whole(reading, &whole, error);
	} else {
		const struct act_place place = reading->bundle->acts[lanes.next[party]].place;

		record_act_path(&v->state, place, RECORD_ACT_TEXT, path);
		if (record_failure_is_ours(r))
			error_set(error, r, "%.400s", cause.message);
		else if (r == ERROR_CHARTER)
			record_blame_charter(v, &whole, &place);
		else
			record_damaged(v, r, path, NO_OFFSET, &place, "%.400s", cause.message);
	}
	record_state_release(&whole);
	return r;
}
