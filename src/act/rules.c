#include "rules_internal.h"

#include "encoding.h"
#include "grow.h"

enum { SIGNATURE_MAXIMUM = 3000 };

/* --- life -------------------------------------------------------------- */

static int log_init(struct log_state *log, const struct party *party)
{
	*log = (struct log_state){
		.first_receipt = NO_ENTRY,
		.closed_by = NO_ENTRY,
		.withdrawn_by = { NO_ENTRY, NO_ENTRY },
	};
	memory_tree_init(&log->tree);
	hash_index_init(&log->identities);
	hash_index_init(&log->blobs);
	hash_index_init(&log->commitments);
	return authority_init(log, party);
}

static void log_release(struct log_state *log)
{
	release_memory(log->records);
	release_memory(log->toggles);
	release_memory(log->openings);
	memory_tree_release(&log->tree);
	hash_index_release(&log->identities);
	hash_index_release(&log->commitments);
	stamps_release(log);
	authority_release(log);
}

int rules_new(const struct charter *charter, struct rules **ret_rules)
{
	struct rules *rules = allocate(1, sizeof(*rules));
	int r;

	if (rules == NULL)
		return ERROR_MEMORY;
	rules->charter = charter;
	if ((r = log_init(&rules->logs[0], &charter->parties[0])) != OK ||
	    (r = log_init(&rules->logs[1], &charter->parties[1])) != OK ||
	    (r = amendments_init(rules, charter)) != OK ||
	    (r = authority_reserve_neutrals(&rules->logs[0], charter)) != OK ||
	    (r = changes_new(&rules->changes)) != OK) {
		rules_free(rules);
		return r;
	}
	*ret_rules = rules;
	return OK;
}

void rules_free(struct rules *rules)
{
	if (rules == NULL)
		return;
	log_release(&rules->logs[0]);
	log_release(&rules->logs[1]);
	amendments_release(rules);
	release_memory(rules->matters);
	release_memory(rules->tracks);
	lists_release(rules);
	release_memory(rules->changes);
	release_memory(rules);
}

/* --- what refuses a log ------------------------------------------------ */

int check_first_entry(const struct rules *rules, unsigned party, const struct act *act,
                      struct error *error)
{
	struct buffer signature;
	int r;

	if (act->kind->number != KIND_ACCEDE)
		return error_set(error, ERROR_STATE, "the first entry of a log is 'accede'");
	buffer_init(&signature, SIGNATURE_MAXIMUM);
	r = base64_decode(&signature, act_field(act, "signature")->text, BASE64_PADDED);
	if (r != OK)
		error_set(error, r, "the signature over the charter cannot be decoded");
	else
		r = charter_verify_blob(rules->charter, party, buffer_view(&signature), error);
	buffer_release(&signature);
	return r;
}

static int check_place(const struct rules *rules, unsigned party, const struct act *act,
                       timestamp logged, struct error *error)
{
	const struct log_state *log = &rules->logs[party];

	if (strcmp(act->channel, rules->charter->channel) != 0)
		return error_set(error, ERROR_MISMATCH, "the act is of another channel");
	if (strcmp(act->party, rules->charter->parties[party].id) != 0)
		return error_set(error, ERROR_MISMATCH, "the act is of another party");
	if (log->closed_by != NO_ENTRY)
		return error_set(error, ERROR_STATE, "the log is closed");
	if (logged < rules_last_logged(rules, party))
		return error_set(error, ERROR_CLOCK, "logged is earlier than in the entry before");
	if (log->size > 0)
		return OK;
	return check_first_entry(rules, party, act, error);
}

/* Entries of one log are in order, so that the last one seen of the other log
 * is the latest of the whole past. */
static int check_past(const struct rules *rules, unsigned party, uint64_t seen, timestamp logged,
                      struct error *error)
{
	const struct log_state *other = &rules->logs[other_party(party)];

	if (seen > 0 && logged < other->records[seen - 1].summary.logged - CLOCK_TOLERANCE)
		return error_set(
		    error, ERROR_CLOCK,
		    "logged is more than five minutes before an entry that it has seen");
	return OK;
}

/* --- verdicts ---------------------------------------------------------- */

static enum void_reason judge_text(const struct rules *rules, const struct draft *draft,
                                   const struct act *act)
{
	const struct log_state *log = &rules->logs[draft->party];
	const uint64_t *earlier;

	if (act->time > draft->logged)
		return VOID_TIME;
	if (act->not_after != 0 && draft->logged > act->not_after)
		return VOID_NOT_AFTER;
	earlier = hash_index_find(&log->identities, &act->identity);
	if (earlier != NULL && record_is_valid(&log->records[*earlier]))
		return VOID_DUPLICATE;
	return VOID_NONE;
}

static enum void_reason judge(const struct rules *rules, const struct act *act,
                              const struct ssh_key keys[2], struct draft *draft)
{
	enum void_reason reason;

	if ((reason = judge_signers(rules, act, keys, draft)) != VOID_NONE ||
	    (reason = judge_text(rules, draft, act)) != VOID_NONE ||
	    (reason = resolve_references(rules, act, draft)) != VOID_NONE ||
	    (reason = judge_references(draft)) != VOID_NONE ||
	    (reason = judge_channel(rules, draft, act)) != VOID_NONE ||
	    (reason = judge_authority(rules, draft, act)) != VOID_NONE ||
	    (reason = judge_amend(rules, draft, act)) != VOID_NONE ||
	    (reason = judge_offer(draft, act)) != VOID_NONE ||
	    (reason = judge_matter(rules, draft, act)) != VOID_NONE ||
	    (reason = judge_list(rules, draft, act)) != VOID_NONE)
		return reason;
	return judge_service(rules, draft, act);
}

static struct verdict verdict_of(enum void_reason reason)
{
	return (struct verdict){ reason == VOID_NONE ? VERDICT_VALID : VERDICT_VOID, reason };
}

static struct draft draft_of(const struct act *act, unsigned party, timestamp logged,
                             struct view view)
{
	return (struct draft){
		.kind = act->kind,
		.party = party,
		.logged = logged,
		.view = view,
		.exercise = act->exercise,
	};
}

/* What the next entry of a log is judged in. */
static struct view own_view(const struct rules *rules, unsigned party)
{
	struct view view;

	view.size[party] = rules->logs[party].size;
	view.size[other_party(party)] = rules->logs[party].receipted;
	return view;
}

/* All that append and try have in common: whether the log goes on, and the
 * verdict. ret_seen: the effective seen of the entry, given that without it. */
static int judge_entry(const struct rules *rules, const struct act *act,
                       const struct ssh_key keys[2], struct draft *draft, uint64_t seen,
                       uint64_t *ret_seen, struct verdict *ret_verdict, struct error *error)
{
	struct verdict verdict;
	int r;

	if ((r = check_place(rules, draft->party, act, draft->logged, error)) != OK)
		return r;
	verdict = verdict_of(judge(rules, act, keys, draft));
	if (draft->failure == ERROR_CHARTER)
		return error_set(error, draft->failure,
		                 "the text of the charter that it puts in force is not here");
	if (draft->failure != OK)
		return error_set(error, draft->failure, "the entry cannot be judged");
	if (act->kind->number == KIND_RECEIPT && verdict.code == VERDICT_VALID) {
		if ((r = check_receipt(rules, draft->party, act, error)) != OK)
			return r;
		seen = act_field(act, "size")->as.number;
	}
	if ((r = check_past(rules, draft->party, seen, draft->logged, error)) != OK)
		return r;
	*ret_seen = seen;
	*ret_verdict = verdict;
	return OK;
}

static int try_in_view(const struct rules *rules, unsigned party, const struct act *act,
                       const struct ssh_key keys[2], timestamp logged, struct view view,
                       struct verdict *ret_verdict, struct error *error)
{
	struct draft draft = draft_of(act, party, logged, view);
	uint64_t seen;

	if (!act->kind->in_this_version)
		return error_set(error, ERROR_UNSUPPORTED,
		                 "acts of kind '%s' are not in this version", act->kind->name);
	return judge_entry(rules, act, keys, &draft, view.size[other_party(party)], &seen,
	                   ret_verdict, error);
}

int rules_try(const struct rules *rules, unsigned party, const struct act *act,
              const struct ssh_key keys[2], timestamp logged, struct verdict *ret_verdict,
              struct error *error)
{
	return try_in_view(rules, party, act, keys, logged, view_of_everything(rules), ret_verdict,
	                   error);
}

int rules_try_as_is(const struct rules *rules, unsigned party, const struct act *act,
                    const struct ssh_key keys[2], timestamp logged, struct verdict *ret_verdict,
                    struct error *error)
{
	return try_in_view(rules, party, act, keys, logged, own_view(rules, party), ret_verdict,
	                   error);
}

/* --- appending --------------------------------------------------------- */

/* Room for all that one entry can add, so that folding it cannot fail. */
static int reserve(struct rules *rules, struct log_state *log, const struct kind *kind)
{
	void *grown;
	int r;

	grown = grow(log->records, (size_t)log->size, &log->record_capacity, sizeof(*log->records));
	if (grown == NULL)
		return ERROR_MEMORY;
	log->records = grown;
	grown = grow(log->toggles, log->toggle_count, &log->toggle_capacity, sizeof(*log->toggles));
	if (grown == NULL)
		return ERROR_MEMORY;
	log->toggles = grown;
	grown = grow(log->openings, log->opening_count, &log->opening_capacity,
	             sizeof(*log->openings));
	if (grown == NULL)
		return ERROR_MEMORY;
	log->openings = grown;
	grown = grow(rules->matters, rules->matter_count, &rules->matter_capacity,
	             sizeof(*rules->matters));
	if (grown == NULL)
		return ERROR_MEMORY;
	rules->matters = grown;
	grown = grow(rules->tracks, rules->track_count, &rules->track_capacity,
	             sizeof(*rules->tracks));
	if (grown == NULL)
		return ERROR_MEMORY;
	rules->tracks = grown;
	if ((r = hash_index_reserve(&log->identities)) != OK ||
	    (r = hash_index_reserve(&log->blobs)) != OK ||
	    (r = lists_reserve(rules, log, kind)) != OK ||
	    (r = amendments_reserve(rules, log)) != OK)
		return r;
	return authority_reserve(log);
}

static void place_in_matter(const struct draft *draft, struct act_summary *summary)
{
	const struct record *named[] = { draft->matter, draft->answers, draft->target };

	if (draft->kind->matter_use == MATTER_LINE_NONE)
		return;
	if (draft->opens) {
		summary->has_matter = true;
		summary->matter = summary->place;
	}
	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]) && !summary->has_matter; i++)
		if (named[i] != NULL && named[i]->summary.has_matter) {
			summary->has_matter = true;
			summary->matter = named[i]->summary.matter;
		}
}

static void describe(const struct act *act, const struct draft *draft, struct act_summary *summary)
{
	const struct field_value *expires = act_field(act, "expires");
	const struct field_value *until = act_field(act, "until");

	if (draft->answers != NULL) {
		summary->has_answers = true;
		summary->answers = draft->answers->summary.place;
	}
	if (draft->target != NULL) {
		summary->has_target = true;
		summary->target = draft->target->summary.place;
	}
	if (summary->verdict.code == VERDICT_VALID)
		place_in_matter(draft, summary);
	if (act->has_body) {
		summary->has_body = true;
		summary->sealed_hash = act->body.sealed_hash;
		summary->sealed_size = act->body.sealed_size;
		summary->body_parts = act->body.parts;
		summary->body_root = act->body.root;
	}
	summary->exercise = act->exercise;
	summary->eyes_heads = act->eyes_heads;
	summary->precedence = act->has_precedence ? act->precedence : PRECEDENCE_COUNT;
	summary->answer_clock = kind_answer_clock(act->kind, summary->word, act->has_answers);
	summary->reading_clock = kind_reading_clock(act->kind, summary->word, act->has_answers);
	summary->due = act->due;
	summary->expires = expires == NULL ? 0 : expires->as.time;
	if (act->kind->number == KIND_DEFER)
		summary->until = until->as.time;
	memcpy(summary->author, act->author, sizeof(summary->author));
}

static void fold(struct rules *rules, struct record *record, const struct act *act,
                 const struct draft *draft)
{
	struct act_place place = record->summary.place;
	struct log_state *log = &rules->logs[place.party];

	record->signers[0] = delegate_index(log, act->author);
	if (act->cosigner[0] != '\0')
		record->signers[1] = delegate_index(log, act->cosigner);
	fold_service(rules, record, act, draft);
	fold_matter(rules, record);
	fold_list(rules, record, act);
	fold_channel(log, act, place.number);
	fold_amend(rules, record, act);
	fold_authority(log, act, place.number, record->summary.logged);
	touch_named(rules, record);
}

/* The identity leads to the first occurrence that is not void, else to the first. */
static void note_identity(struct log_state *log, const struct record *record)
{
	const uint64_t *earlier = hash_index_find(&log->identities, &record->summary.identity);

	if (earlier == NULL ||
	    (record_is_valid(record) && !record_is_valid(&log->records[*earlier])))
		hash_index_put(&log->identities, &record->summary.identity,
		               record->summary.place.number);
}

static struct record new_record(const struct log_state *log, unsigned party,
                                const struct entry *entry, struct verdict verdict, uint64_t seen)
{
	uint64_t non_receipts = log->size == 0 ? 0 : log->records[log->size - 1].non_receipts;

	return (struct record){
		.summary = {
			.place = { party, log->size },
			.kind = entry->act.kind,
			.verdict = verdict,
			.leaf = entry->leaf,
			.identity = entry->act.identity,
			.logged = entry->logged,
			.seen = seen,
			.receipted_by = NO_ENTRY,
			.acknowledged_by = NO_ENTRY,
			.answered_by = NO_ENTRY,
			.resealed_by = NO_ENTRY,
			.word = act_word(&entry->act),
		},
		.signers = { NO_INDEX, NO_INDEX },
		.matter = NO_INDEX,
		.next = NO_ENTRY,
		.non_receipts = non_receipts + (entry->act.kind->number != KIND_RECEIPT),
		.retracted_by = NO_ENTRY,
		.superseded_by = NO_ENTRY,
		.deferred_by = NO_ENTRY,
		.track = NO_INDEX,
		.previous_step = NO_ENTRY,
		.next_step = NO_ENTRY,
		.other_step = NO_ENTRY,
		.delivered_by = NO_ENTRY,
		.resealed_under = NO_ENTRY,
		.clock_by = NO_ENTRY,
		.first_fault = NO_ENTRY,
		.same_blob = NO_ENTRY,
		.fault = FAULT_CURED,
		.latest_reseal = NO_ENTRY,
		.version = NO_INDEX,
		.query = NO_INDEX,
	};
}

int rules_append(struct rules *rules, unsigned party, const struct entry *entry,
                 const struct ssh_key keys[2], struct verdict *ret_verdict, struct error *error)
{
	struct log_state *log = &rules->logs[party];
	const struct act *act = &entry->act;
	struct draft draft = draft_of(act, party, entry->logged, own_view(rules, party));
	struct record *record;
	struct verdict verdict;
	uint64_t seen;
	int r;

	/* Growing moves the records, so it comes before the draft points at any. */
	if ((r = reserve(rules, log, act->kind)) != OK ||
	    (act->kind->number == KIND_STAMP && (r = stamps_reserve(rules)) != OK))
		return error_set(error, r, "the entry cannot be held");
	if ((r = judge_entry(rules, act, keys, &draft, log->receipted, &seen, &verdict, error)) !=
	    OK)
		return r;
	if ((r = memory_tree_append(&log->tree, &entry->leaf)) != OK)
		return error_set(error, r, "the entry cannot be held");

	record = &log->records[log->size];
	*record = new_record(log, party, entry, verdict, seen);
	record->summary.charter = charter_version_in_view(rules, &draft.view);
	describe(act, &draft, &record->summary);
	log->size++;
	note_identity(log, record);
	if (!author_is_node(act))
		log->node_run = log->size;
	if (verdict.code == VERDICT_VALID)
		fold(rules, record, act, &draft);
	*ret_verdict = verdict;
	return OK;
}
