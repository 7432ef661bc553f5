/* Stamps: what neutrals say of the logs, and when. See rules.h for what it does.
 *
 * Whether a stamp is void depends on its past and its note. What it proves is a
 * question to everything held, and is kept so that it does not depend on the order of
 * arrival: minima over sizes and times (frontier.h), and for each blob the earliest
 * certificate. What an answer denies is taken out again, which is rare, by counting
 * all stamps about the log anew. */
#include "rules_internal.h"

#include "encoding.h"
#include "grow.h"

void stamps_release(struct log_state *log)
{
	release_memory(log->stamps);
	release_memory(log->stamp_blobs);
	frontier_release(&log->answers);
	frontier_release(&log->reached);
	frontier_release(&log->deposited);
	frontier_release(&log->certified);
	hash_index_release(&log->blobs);
}

static int reserve_in(struct log_state *log)
{
	void *grown;
	int r;

	grown = grow(log->stamps, log->stamp_count, &log->stamp_capacity, sizeof(*log->stamps));
	if (grown == NULL)
		return ERROR_MEMORY;
	log->stamps = grown;
	grown = grow(log->stamp_blobs, log->stamp_blob_count + DEPOSIT_BLOBS_MAXIMUM,
	             &log->stamp_blob_capacity, sizeof(*log->stamp_blobs));
	if (grown == NULL)
		return ERROR_MEMORY;
	log->stamp_blobs = grown;
	if ((r = frontier_reserve(&log->answers, log->answers.count + 1)) != OK ||
	    (r = frontier_reserve(&log->reached, log->stamp_count + 1)) != OK ||
	    (r = frontier_reserve(&log->certified, log->stamp_count + 1)) != OK)
		return r;
	return frontier_reserve(&log->deposited, log->stamp_count + 1);
}

int stamps_reserve(struct rules *rules)
{
	int r;

	if ((r = reserve_in(&rules->logs[0])) != OK)
		return r;
	return reserve_in(&rules->logs[1]);
}

/* --- judging ----------------------------------------------------------- */

static int read_note(const struct charter *charter, unsigned party, const struct act *act,
                     struct stamp *ret_stamp)
{
	struct buffer note;
	int r;

	buffer_init(&note, DEPOSIT_NOTE_MAXIMUM);
	r = base64_decode(&note, act_field(act, "note")->text, BASE64_PADDED);
	if (r == OK)
		r = stamp_read(charter, party, buffer_view(&note), ret_stamp, NULL);
	buffer_release(&note);
	return r;
}

static bool has_root(const struct rules *rules, unsigned party, uint64_t size,
                     const struct hash *root)
{
	struct tree_reader reader = memory_tree_reader(&rules->logs[party].tree);
	struct hash found;

	return tree_reader_root(&reader, size, &found) == OK && hash_equal(&found, root);
}

/* What an answer admits to hold. One that names another root holds something else, and
 * nothing of the log. */
static uint64_t admitted(const struct rules *rules, const struct view *view, unsigned party,
                         uint64_t size, const struct hash *root)
{
	return size <= view->size[party] && !has_root(rules, party, size, root) ? 0 : size;
}

/* No neutral knows of an entry before it was logged. */
static enum void_reason judge_head(const struct rules *rules, const struct draft *draft)
{
	const struct stamp *stamp = &draft->stamp;
	const struct record *last;

	if (stamp->size > draft->view.size[stamp->party])
		return VOID_UNKNOWN_REFERENCE;
	last = &rules->logs[stamp->party].records[stamp->size - 1];
	if (stamp->generation != rules_head_generation(rules, stamp->party, stamp->size) ||
	    !has_root(rules, stamp->party, stamp->size, &stamp->root) ||
	    stamp->time < last->summary.logged - CLOCK_TOLERANCE)
		return VOID_FIELD;
	return VOID_NONE;
}

enum void_reason judge_stamp(const struct rules *rules, struct draft *draft, const struct act *act)
{
	int party = charter_party_index(rules->charter, act_field(act, "log")->text);
	int r;

	if (party < 0)
		return VOID_FIELD;
	r = read_note(charter_in_view(rules, &draft->view), (unsigned)party, act, &draft->stamp);
	if (r == ERROR_MEMORY)
		draft->failure = r;
	if (r != OK || draft->stamp.time == 0 ||
	    draft->stamp.time > draft->logged + CLOCK_TOLERANCE)
		return VOID_FIELD;
	/* An answer only denies, so that it need not say what the log is: whoever asked cannot be
	 * kept from showing it by a size, a root or a generation that is made up. */
	return draft->stamp.form == STAMP_ANSWER ? VOID_NONE : judge_head(rules, draft);
}

/* --- counting ----------------------------------------------------------- */

static bool place_is_less(struct act_place a, struct act_place b)
{
	return a.party != b.party ? a.party < b.party : a.number < b.number;
}

static bool is_no_later(struct deposit a, struct deposit b)
{
	if (a.time == 0 || b.time == 0)
		return b.time == 0;
	return a.time != b.time ? a.time < b.time : !place_is_less(b.stamp, a.stamp);
}

struct deposit earlier_deposit(struct deposit a, struct deposit b)
{
	return is_no_later(a, b) ? a : b;
}

/* Each entry that names the blob, and that the certificate covers, is deposited. What
 * covers an entry covers those before it: from one on for which it is not the earliest,
 * it is for none. */
static void count_blob(struct rules *rules, const struct stamp_record *said,
                       const struct hash *blob)
{
	struct log_state *log = &rules->logs[said->summary.party];
	struct deposit deposit = { said->summary.time, said->summary.place };
	uint64_t entry = entry_of_hash(&log->blobs, blob);

	for (; entry != NO_ENTRY; entry = log->records[entry].same_blob) {
		struct record *named = &log->records[entry];

		if (entry >= said->summary.size)
			continue;
		if (is_no_later(named->deposited, deposit))
			break;
		named->deposited = deposit;
		settle_fault(rules, kind_of(named) == KIND_RESEAL
		                        ? record_at(rules, named->summary.target)
		                        : named);
	}
}

static void count_stamp(struct rules *rules, const struct stamp_record *said)
{
	const struct stamp_summary *summary = &said->summary;
	struct log_state *log = &rules->logs[summary->party];

	frontier_put(&log->reached, summary->size, (uint64_t)summary->time, summary->place);
	if (summary->form != STAMP_CERTIFICATE)
		return;
	frontier_put(&log->certified, summary->size, (uint64_t)summary->time, summary->place);
	if (summary->late)
		return;
	touch_certified(rules, summary->party,
	                frontier_reach(&log->deposited, (uint64_t)summary->time), summary->size);
	frontier_put(&log->deposited, summary->size, (uint64_t)summary->time, summary->place);
	for (size_t i = 0; i < summary->blob_count; i++)
		count_blob(rules, said, &log->stamp_blobs[said->first_blob + i]);
}

/* An answer that denies a certificate: given later, and naming less. In the same second
 * both can be true, the answer being given first. */
static const struct frontier_pair *denial_of(const struct log_state *log,
                                             const struct stamp_record *said)
{
	const struct frontier_pair *answer;

	if (said->summary.form != STAMP_CERTIFICATE)
		return NULL;
	answer = frontier_above(&log->answers, (uint64_t)said->summary.time);
	return answer != NULL && answer->value < said->summary.size ? answer : NULL;
}

/* What there is now to be counted differs from what was counted. */
static void count_anew(struct rules *rules, struct log_state *log)
{
	touch_certified(rules, (unsigned)(log - rules->logs), 0, log->size);
	log->reached.count = 0;
	log->deposited.count = 0;
	log->certified.count = 0;
	for (uint64_t i = 0; i < log->size; i++)
		log->records[i].deposited = (struct deposit){ .time = 0 };
	for (size_t i = 0; i < log->stamp_count; i++)
		if (log->stamps[i].summary.form != STAMP_ANSWER && !log->stamps[i].summary.denied)
			count_stamp(rules, &log->stamps[i]);
	for (uint64_t i = 0; i < log->size; i++)
		if (log->records[i].summary.has_body)
			settle_fault(rules, &log->records[i]);
}

static void deny(struct rules *rules, struct log_state *log, const struct draft *draft,
                 struct act_place place)
{
	const struct stamp *answer = &draft->stamp;
	uint64_t size = admitted(rules, &draft->view, answer->party, answer->size, &answer->root);
	const struct frontier_pair *earliest = frontier_above(&log->certified, size);
	bool denied = false;

	frontier_put(&log->answers, (uint64_t)answer->time, size, place);
	/* Of all certificates for more: nearly always there is nothing to deny. */
	if (earliest == NULL || earliest->value >= (uint64_t)answer->time)
		return;
	for (size_t i = 0; i < log->stamp_count; i++) {
		struct stamp_record *said = &log->stamps[i];

		if (said->summary.denied || denial_of(log, said) == NULL)
			continue;
		said->summary.denied = true;
		denied = true;
	}
	if (denied)
		count_anew(rules, log);
}

/* --- folding ----------------------------------------------------------- */

/* Whether a side had closed in the past of the draft: it, or whoever it speaks to,
 * can stamp nothing against a certificate any more. */
static bool has_seen_a_close(const struct rules *rules, const struct draft *draft)
{
	return in_view(&draft->view, 0, rules->logs[0].closed_by) ||
	       in_view(&draft->view, 1, rules->logs[1].closed_by);
}

void fold_stamp(struct rules *rules, struct record *record, const struct draft *draft)
{
	const struct stamp *stamp = &draft->stamp;
	struct log_state *log = &rules->logs[stamp->party];
	struct stamp_record *said = &log->stamps[log->stamp_count];

	*said = (struct stamp_record){
		.summary = {
			.place = record->summary.place,
			.form = stamp->form,
			.party = stamp->party,
			.neutral = stamp->neutral,
			.size = stamp->size,
			.time = stamp->time,
			.blob_count = stamp->blob_count,
			.late = stamp->form == STAMP_CERTIFICATE && has_seen_a_close(rules, draft),
		},
		.first_blob = log->stamp_blob_count,
	};
	for (size_t i = 0; i < stamp->blob_count; i++)
		log->stamp_blobs[log->stamp_blob_count++] = stamp->blobs[i];
	record->stamped_log = stamp->party;
	record->stamp = log->stamp_count++;
	said->summary.denied = denial_of(log, said) != NULL;
	if (stamp->form == STAMP_ANSWER)
		deny(rules, log, draft, record->summary.place);
	else if (!said->summary.denied)
		count_stamp(rules, said);
}

/* --- what others ask --------------------------------------------------- */

int rules_stamp(const struct rules *rules, struct act_place place, struct stamp_summary *ret_stamp)
{
	const struct act_summary *act = rules_act(rules, place);
	const struct frontier_pair *denial;
	const struct stamp_record *said;
	const struct record *record;
	const struct log_state *log;

	if (act == NULL || act->kind->number != KIND_STAMP || act->verdict.code != VERDICT_VALID)
		return ERROR_NOT_FOUND;
	record = record_at(rules, place);
	log = &rules->logs[record->stamped_log];
	said = &log->stamps[record->stamp];
	*ret_stamp = said->summary;
	if ((denial = denial_of(log, said)) != NULL)
		ret_stamp->denied_by = denial->stamp;
	return OK;
}

bool rules_stamped(const struct rules *rules, struct act_place place, struct stamped *ret_stamped)
{
	const struct frontier_pair *pair;

	if (rules_act(rules, place) == NULL ||
	    (pair = frontier_above(&rules->logs[place.party].reached, place.number)) == NULL)
		return false;
	*ret_stamped = (struct stamped){ (timestamp)pair->value, pair->stamp };
	return true;
}

bool rules_stamped_after(const struct rules *rules, unsigned party, timestamp after,
                         struct stamp_summary *ret_stamp)
{
	const struct log_state *log = &rules->logs[party];
	const struct stamp_summary *best = NULL;

	for (size_t i = 0; i < log->stamp_count; i++) {
		const struct stamp_summary *said = &log->stamps[i].summary;

		if (said->form == STAMP_ANSWER || said->denied || said->time <= after)
			continue;
		if (best == NULL || said->size > best->size ||
		    (said->size == best->size && said->time > best->time))
			best = said;
	}
	if (best != NULL)
		*ret_stamp = *best;
	return best != NULL;
}

bool rules_deemed_receipt(const struct rules *rules, struct act_place place,
                          struct stamped *ret_stamped)
{
	const struct act_summary *act = rules_act(rules, place);
	struct deposit deposit;
	timestamp time;

	if (act == NULL || act->verdict.code != VERDICT_VALID)
		return false;
	deposit = deposit_of(rules, record_at(rules, place));
	if (deposit.time == 0)
		return false;
	time = deposit.time > act->logged ? deposit.time : act->logged;
	/* By the charter that names the depositary whose word it is. */
	time += charter_of(rules, record_at(rules, deposit.stamp))->deemed_allowance;
	*ret_stamped = (struct stamped){ time, deposit.stamp };
	return true;
}

/* Whether a certificate names the body with which an act was sent or sealed anew. */
static bool names_body_of(const struct log_state *log, const struct stamp_record *said,
                          uint64_t number)
{
	const struct record *act = &log->records[number];

	for (size_t i = 0; i < said->summary.blob_count; i++) {
		const struct hash *blob = &log->stamp_blobs[said->first_blob + i];
		uint64_t entry;

		if (record_is_valid(act) && hash_equal(blob, &act->summary.sealed_hash))
			return true;
		if (act->latest_reseal == NO_ENTRY)
			continue;
		for (entry = entry_of_hash(&log->blobs, blob); entry != NO_ENTRY;
		     entry = log->records[entry].same_blob) {
			const struct record *named = &log->records[entry];

			if (entry < said->summary.size && kind_of(named) == KIND_RESEAL &&
			    named->summary.target.number == number)
				return true;
		}
	}
	return false;
}

int rules_certificates(const struct rules *rules, struct act_place place,
                       struct act_place *ret_stamps, size_t capacity, size_t *ret_count)
{
	const struct act_summary *act = rules_act(rules, place);
	const struct log_state *log;
	size_t count = 0;

	if (act == NULL)
		return ERROR_NOT_FOUND;
	log = &rules->logs[place.party];
	for (size_t i = 0; i < log->stamp_count && count < capacity; i++) {
		const struct stamp_record *said = &log->stamps[i];

		if (said->summary.form == STAMP_CERTIFICATE && place.number < said->summary.size &&
		    (!act->has_body || names_body_of(log, said, place.number)))
			ret_stamps[count++] = said->summary.place;
	}
	*ret_count = count;
	return OK;
}

bool rules_would_deny(const struct rules *rules, unsigned party, uint64_t size,
                      const struct hash *root, timestamp time)
{
	const struct log_state *log = &rules->logs[party];
	struct view view = view_of_everything(rules);

	size = admitted(rules, &view, party, size, root);
	for (size_t i = 0; i < log->stamp_count; i++) {
		const struct stamp_record *said = &log->stamps[i];

		if (said->summary.form == STAMP_CERTIFICATE && !said->summary.denied &&
		    !said->summary.late && size < said->summary.size && time > said->summary.time)
			return true;
	}
	return false;
}
