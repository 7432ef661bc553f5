#include "silence_span.h"

#include "encoding.h"
#include "memory_tree.h"

enum {
	CLOCK_TOLERANCE = 5 * 60,
	ROOTS_MAXIMUM = 64 /* of which a stamp may be over one: each is computed anew */
};

/* What is found on the way through what is shown. */
struct reading {
	const struct silence_evidence *evidence;
	struct silence *silence;
	const struct silence_shown *act;
	/* The silent side's log: */
	struct edge edge;
	const struct silence_shown *last, *receipt; /* the first that covers the act */
	const struct silence_shown *answer, *fault, *close;
	unsigned roots; /* that were computed */
	int failure;    /* of memory */
	bool unsettled; /* an entry of which only the rules know what follows */
	bool released;  /* a close came before a clock could start */
	timestamp until;
};

static unsigned silent_of(const struct reading *reading)
{
	return 1 - reading->evidence->act.party;
}

static enum kind_number kind_of(const struct silence_shown *shown)
{
	return shown->entry->act.kind->number;
}

static void name_of(const struct reading *reading, const struct silence_shown *shown,
                    char ret_name[ACT_NAME_CAPACITY])
{
	const struct charter *charter = reading->evidence->charter;

	act_name(charter->parties[shown->place.party].id, shown->generation, shown->place.number,
	         ret_name);
}

/* --- the act ------------------------------------------------------------------- */

static const struct silence_shown *find_act(const struct silence_evidence *evidence)
{
	for (size_t i = 0; i < evidence->count; i++) {
		const struct silence_shown *shown = &evidence->shown[i];

		if (shown->place.party == evidence->act.party &&
		    shown->place.number == evidence->act.number)
			return hash_equal(&shown->entry->leaf, &evidence->statement->act.leaf)
			           ? shown
			           : NULL;
	}
	return NULL;
}

static void describe_act(const struct reading *reading)
{
	const struct charter *charter = reading->evidence->charter;
	const struct silence_statement *statement = reading->evidence->statement;
	const struct act *act = &reading->act->entry->act;
	struct silence *silence = reading->silence;

	act_name(statement->act.party, statement->act.generation, statement->act.number,
	         silence->name);
	silence->leaf = reading->act->entry->leaf;
	silence->kind = act->kind;
	silence->by_clock = silence_clock(act->kind, act_word(act), act->has_answers,
	                                  act->has_precedence, silence->duty);
	silence->precedence = act->has_precedence ? act->precedence : PRECEDENCE_COUNT;
	silence->logged = reading->act->entry->logged;
	silence->exercise = act->exercise;
	silence->due = act->due;
	silence->charter = 1;
	memcpy(silence->author, act->author, sizeof(silence->author));
	silence->author_is_head = strcmp(act->author,
	                                 charter->parties[reading->evidence->act.party].head) == 0;
}

/* --- the silent side's log ------------------------------------------------------- */

static bool names(const struct reading *reading, const struct act_reference *reference)
{
	const struct silence_evidence *evidence = reading->evidence;

	/* By its number alone: whoever shows another act there has two logs. */
	return reference->number == evidence->act.number &&
	       strcmp(reference->party, evidence->charter->parties[evidence->act.party].id) == 0;
}

static uint64_t receipted_by(const struct silence_shown *shown)
{
	return act_field(&shown->entry->act, "size")->as.number;
}

/* Reports in an incident answer its notification. */
static bool is_report(const struct reading *reading, const struct act *act)
{
	return act->kind->matter == MATTER_INCIDENT && act->matter_use == ACT_MATTER_JOINS &&
	       names(reading, &act->matter);
}

static void take_answer(struct reading *reading, const struct silence_shown *shown)
{
	const struct act *act = &shown->entry->act;
	bool reading_counts = reading->silence->duty == DUTY_ACKNOWLEDGE;

	if (act->kind->number == KIND_COMMENT || (act->kind->number == KIND_ACK && !reading_counts))
		return;
	if (act->kind->number == KIND_DEFER && !reading_counts && reading->until == 0) {
		reading->until = act_field(act, "until")->as.time;
		return;
	}
	if (reading->answer == NULL)
		reading->answer = shown;
}

/* What follows from such an entry takes the whole rules. */
static bool is_unsettled(const struct kind *kind)
{
	return kind->number == KIND_AMEND || kind->number == KIND_WITHDRAW;
}

static void take_silent(struct reading *reading, const struct silence_shown *shown)
{
	const struct act *act = &shown->entry->act;
	const struct field_value *target = act_field(act, "target");

	if ((act->has_answers && names(reading, &act->answers)) || is_report(reading, act))
		take_answer(reading, shown);
	switch (act->kind->number) {
	case KIND_RECEIPT:
		if (shown->valid && reading->receipt == NULL &&
		    receipted_by(shown) > reading->evidence->act.number)
			reading->receipt = shown;
		break;
	case KIND_FAULT:
		if (names(reading, &target->as.act))
			reading->fault = shown;
		break;
	case KIND_CLOSE:
		/* Void or not: nobody need believe the certifier that it is. */
		reading->close = shown;
		break;
	default:
		break;
	}
	reading->unsettled = reading->unsettled || is_unsettled(act->kind);
	reading->last = shown;
}

/* All of it from the first entry on, which cannot have known of the act, to the head. */
static bool read_span(struct reading *reading)
{
	const struct silence_evidence *evidence = reading->evidence;
	const struct checkpoint *head = evidence->heads[silent_of(reading)];
	uint64_t first = evidence->statement->before.size;
	struct hash root;

	reading->edge = evidence->statement->before;
	for (size_t i = 0; i < evidence->count; i++) {
		const struct silence_shown *shown = &evidence->shown[i];

		if (shown->place.party != silent_of(reading) || shown->place.number < first)
			continue;
		if (shown->place.number != reading->edge.size ||
		    edge_append(&reading->edge, &shown->entry->leaf) != OK)
			return false;
		if (shown->place.number == first && first > 0 &&
		    (kind_of(shown) != KIND_RECEIPT || !shown->valid ||
		     receipted_by(shown) > evidence->act.number))
			return false;
		take_silent(reading, shown);
	}
	if (head == NULL || reading->last == NULL || reading->edge.size != head->size)
		return false;
	edge_root(&reading->edge, &root);
	return hash_equal(&root, &head->root);
}

/* --- the clock ------------------------------------------------------------------- */

/* Whether the act stands in the tree that somebody else has vouched for. */
static bool is_below(const struct reading *reading, uint64_t size, const struct hash *root)
{
	const struct silence_evidence *evidence = reading->evidence;

	return evidence->act.number < size &&
	       inclusion_verify(evidence->act.number, size, &reading->act->entry->leaf,
	                        &evidence->statement->path, root) == OK;
}

static int read_stamp(struct reading *reading, const struct silence_shown *shown, unsigned party,
                      struct stamp *ret_stamp)
{
	const struct charter *charter = reading->evidence->charter;
	const struct act *act = &shown->entry->act;
	struct buffer note;
	int r;

	if (act->kind->number != KIND_STAMP || !shown->valid ||
	    charter_party_index(charter, act_field(act, "log")->text) != (int)party)
		return ERROR_NOT_FOUND;
	buffer_init(&note, DEPOSIT_NOTE_MAXIMUM);
	r = base64_decode(&note, act_field(act, "note")->text, BASE64_PADDED);
	if (r == OK)
		r = stamp_read(charter, party, buffer_view(&note), ret_stamp, NULL);
	buffer_release(&note);
	if (r == ERROR_MEMORY)
		reading->failure = r;
	if (r == OK && ret_stamp->time > shown->entry->logged + CLOCK_TOLERANCE)
		r = ERROR_CLOCK;
	return r;
}

static bool names_body(const struct stamp *stamp, const struct act *act)
{
	if (!act->has_body)
		return true;
	for (size_t i = 0; i < stamp->blob_count; i++)
		if (hash_equal(&stamp->blobs[i], &act->body.sealed_hash))
			return true;
	return false;
}

static void start_by_receipt(struct reading *reading)
{
	const struct silence_shown *receipt = reading->receipt;
	struct silence *silence = reading->silence;

	if (receipt == NULL || !is_below(reading, receipted_by(receipt),
	                                 &act_field(&receipt->entry->act, "root")->as.hash))
		return;
	silence->started = receipt->entry->logged;
	silence->start = receipt->place;
	name_of(reading, receipt, silence->started_by);
}

static void start_by_deposit(struct reading *reading, const struct silence_shown *shown)
{
	const struct silence_evidence *evidence = reading->evidence;
	struct silence *silence = reading->silence;
	timestamp deemed;
	struct stamp stamp;

	if (read_stamp(reading, shown, evidence->act.party, &stamp) != OK ||
	    stamp.form != STAMP_CERTIFICATE || !names_body(&stamp, &reading->act->entry->act) ||
	    !is_below(reading, stamp.size, &stamp.root))
		return;
	deemed = stamp.time > silence->logged ? stamp.time : silence->logged;
	deemed += evidence->charter->deemed_allowance;
	/* No clock starts against a side that has closed; and a certificate that was stamped
	 * when it had could be denied by nobody. */
	if (reading->close != NULL && (reading->close->entry->logged <= deemed ||
	                               reading->close->entry->logged <= shown->entry->logged)) {
		reading->released = true;
		return;
	}
	if (silence->started != 0 && silence->started <= deemed)
		return;
	silence->deemed = true;
	silence->deposited = stamp.time;
	silence->allowance = evidence->charter->deemed_allowance;
	silence->started = deemed;
	silence->start = shown->place;
	name_of(reading, shown, silence->started_by);
}

static int64_t clock_of(const struct reading *reading)
{
	const struct charter *charter = reading->evidence->charter;
	const struct silence *silence = reading->silence;

	if (silence->by_clock == CLOCK_ACKNOWLEDGE)
		return charter->acknowledge[silence->precedence];
	if (silence->by_clock == CLOCK_REQUEST && silence->precedence == PRECEDENCE_FLASH)
		return charter->request_flash;
	return charter->clocks[silence->by_clock];
}

static bool find_start(struct reading *reading)
{
	struct silence *silence = reading->silence;

	start_by_receipt(reading);
	for (size_t i = 0; i < reading->evidence->count; i++)
		start_by_deposit(reading, &reading->evidence->shown[i]);
	if (silence->started == 0)
		return false;
	silence->clock = clock_of(reading);
	silence->deadline = silence->started + silence->clock;
	if (silence->duty == DUTY_ANSWER && silence->due > silence->deadline)
		silence->deadline = silence->due;
	if (reading->until > silence->deadline) {
		silence->deferred = true;
		silence->deadline = reading->until;
	}
	return true;
}

/* --- the head -------------------------------------------------------------------- */

/* The root of the first `size` entries of the silent side's log, from what is shown. */
static bool root_at(const struct reading *reading, uint64_t size, struct hash *ret_root)
{
	const struct silence_evidence *evidence = reading->evidence;
	struct edge edge = evidence->statement->before;

	for (size_t i = 0; i < evidence->count && edge.size < size; i++)
		if (evidence->shown[i].place.party == silent_of(reading) &&
		    evidence->shown[i].place.number == edge.size &&
		    edge_append(&edge, &evidence->shown[i].entry->leaf) != OK)
			return false;
	edge_root(&edge, ret_root);
	return edge.size == size;
}

static void late_by_stamp(struct reading *reading, const struct silence_shown *shown)
{
	struct silence *silence = reading->silence;
	struct stamp stamp;
	struct hash root;

	if (read_stamp(reading, shown, silent_of(reading), &stamp) != OK ||
	    stamp.form != STAMP_CHECKPOINT || stamp.time <= silence->deadline ||
	    stamp.time <= silence->late_time ||
	    stamp.size <= reading->evidence->statement->before.size ||
	    ++reading->roots > ROOTS_MAXIMUM || !root_at(reading, stamp.size, &root) ||
	    !hash_equal(&root, &stamp.root))
		return;
	silence->late = SILENCE_BY_STAMP;
	silence->late_time = stamp.time;
	silence->neutral = stamp_neutral_name(reading->evidence->charter, stamp.neutral);
	silence->head_size = stamp.size;
	silence->root = stamp.root;
	name_of(reading, shown, silence->late_by);
}

static bool find_head(struct reading *reading)
{
	const struct silence_evidence *evidence = reading->evidence;
	const struct silence_shown *last = reading->last;
	struct silence *silence = reading->silence;
	bool closed = kind_of(last) == KIND_CLOSE && last->valid;

	if (closed || last->entry->logged > silence->deadline) {
		silence->late = closed ? SILENCE_BY_CLOSE : SILENCE_BY_ENTRY;
		silence->late_time = last->entry->logged;
		silence->head_size = reading->edge.size;
		edge_root(&reading->edge, &silence->root);
		name_of(reading, last, silence->late_by);
	}
	for (size_t i = 0; i < evidence->count && !closed; i++)
		late_by_stamp(reading, &evidence->shown[i]);
	return silence->head_size != 0;
}

/* --- the whole ------------------------------------------------------------------- */

static enum silence_verdict judge(struct reading *reading)
{
	struct silence *silence = reading->silence;

	if (silence->duty != DUTY_ACKNOWLEDGE && silence->duty != DUTY_ANSWER)
		return SILENCE_NOT_OWED;
	if ((reading->act = find_act(reading->evidence)) == NULL)
		return SILENCE_NO_ACT;
	describe_act(reading);
	if (!reading->act->valid)
		return SILENCE_VOID_ACT;
	if (silence->by_clock == CLOCK_NONE)
		return SILENCE_NOT_OWED;
	if (!read_span(reading))
		return SILENCE_NOT_SHOWN;
	silence->sizes[silence->silent] = reading->edge.size;
	if (reading->answer != NULL) {
		name_of(reading, reading->answer, silence->answered_by);
		silence->answered = reading->answer->entry->logged;
		return SILENCE_ANSWERED;
	}
	if (reading->fault != NULL)
		return SILENCE_FAULT;
	if (reading->unsettled)
		return SILENCE_NOT_SHOWN;
	if (!find_start(reading))
		return reading->released ? SILENCE_RELEASED : SILENCE_NO_CLOCK;
	return find_head(reading) ? SILENCE_CERTIFIED : SILENCE_NO_LATE_HEAD;
}

int silence_span_judge(const struct silence_evidence *evidence, struct silence *ret_silence)
{
	struct silence silence = {
		.act = evidence->act,
		.duty = evidence->statement->duty,
		.form = SILENCE_SPAN,
		.silent = 1 - evidence->act.party,
		.first = evidence->statement->before.size,
	};
	struct reading reading = { .evidence = evidence, .silence = &silence };

	silence.verdict = judge(&reading);
	if (reading.failure != OK)
		return reading.failure;
	*ret_silence = silence;
	return OK;
}

/* --- what to show ----------------------------------------------------------------- */

/* The last receipt that does not cover the act; 0 when there is none. */
static uint64_t first_to_show(const struct rules *rules, const struct silence *silence)
{
	uint64_t first = 0;

	for (uint64_t i = 0; i < rules_size(rules, silence->silent); i++) {
		const struct act_summary *act = rules_act(rules,
		                                          (struct act_place){ silence->silent, i });

		if (act->seen > silence->act.number)
			break;
		if (act->kind->number == KIND_RECEIPT && act->verdict.code == VERDICT_VALID)
			first = i;
	}
	return first;
}

static int edge_of(const struct memory_tree *tree, uint64_t size, struct edge *ret_edge)
{
	int r = OK;

	edge_init(ret_edge);
	for (uint64_t i = 0; i < size && r == OK; i++)
		r = edge_append(ret_edge, &tree->levels[0].hashes[i]);
	return r;
}

/* How much of the author's log whoever started the clock had. */
static bool vouched_size(const struct rules *rules, const struct silence *silence,
                         struct silence_plan *plan, uint64_t *ret_size)
{
	const struct act_summary *start = rules_act(rules, silence->start);
	struct stamp_summary stamp;

	if (silence->deemed) {
		if (rules_stamp(rules, silence->start, &stamp) != OK)
			return false;
		plan->stamps[plan->stamp_count++] = silence->start;
		*ret_size = stamp.size;
		return true;
	}
	/* A receipt says what its own log then has seen. Where the author's entry that saw it
	 * started the clock, the receipt itself is what is shown. */
	if (silence->start.party != silence->silent)
		start = rules_act(rules, (struct act_place){
					     silence->silent,
					     rules_act(rules, silence->act)->receipted_by,
					 });
	if (start == NULL || start->kind->number != KIND_RECEIPT)
		return false;
	*ret_size = start->seen;
	return true;
}

/* Whether an entry that would be shown is one of which only both logs say what follows. */
static bool holds_unsettled(const struct rules *rules, unsigned party,
                            const struct silence_plan *plan)
{
	for (uint64_t number = plan->first; number < plan->size; number++) {
		const struct act_summary *act = rules_act(rules,
		                                          (struct act_place){ party, number });

		if (act != NULL && is_unsettled(act->kind))
			return true;
	}
	return false;
}

int silence_span_plan(const struct rules *rules, const struct silence *silence,
                      struct silence_statement *statement, struct silence_plan *ret_plan)
{
	const struct memory_tree *tree = rules_tree(rules, silence->silent);
	struct tree_reader author = memory_tree_reader(rules_tree(rules, silence->act.party));
	struct silence_plan plan = { .size = rules_size(rules, silence->silent) };
	struct stamp_summary stamp;
	uint64_t vouched;
	int r;

	if (rules_charter_count(rules) > 1 || !vouched_size(rules, silence, &plan, &vouched))
		return ERROR_STATE;
	plan.first = first_to_show(rules, silence);
	if (holds_unsettled(rules, silence->silent, &plan))
		return ERROR_STATE;
	if (silence->late == SILENCE_BY_STAMP) {
		if (!rules_stamped_after(rules, silence->silent, silence->deadline, &stamp))
			return ERROR_STATE;
		plan.stamps[plan.stamp_count++] = stamp.place;
	}
	if ((r = tree_reader_inclusion(&author, silence->act.number, vouched, &statement->path)) !=
	        OK ||
	    (r = edge_of(tree, plan.first, &statement->before)) != OK)
		return r;
	*ret_plan = plan;
	return OK;
}
