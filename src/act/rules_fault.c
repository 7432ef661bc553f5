/* Faults of bodies, and what cures them: the word of who said so, a new seal, or a
 * depositary's certificate.
 *
 * Which fault stands is a matter of one log, the receiver's: its own entries in
 * their order say so, and its receipts tell what it has had of the author's. A
 * certificate counts beside it, from the moment it is held by anybody: else a side
 * that says `missing` and then receipts nothing would never be obliged. */
#include "rules_internal.h"

/* --- judging ----------------------------------------------------------- */

/* Directly after the receipt that delivered the body: only the node has logged
 * since, and not five minutes have passed, or what is overdue could be disowned.
 * A body that no receipt covers yet is one that rules_try takes as receipted
 * directly before. */
static bool is_directly_after_delivery(const struct log_state *log, const struct record *target,
                                       timestamp logged)
{
	return target->delivered_by == NO_ENTRY ||
	       (target->delivered_by >= log->node_run &&
	        logged - log->records[target->delivered_by].summary.logged <= CLOCK_TOLERANCE);
}

static bool is_within_acknowledgement(const struct rules *rules, const struct log_state *log,
                                      const struct record *target, timestamp logged)
{
	enum precedence precedence = target->summary.precedence;

	if (precedence == PRECEDENCE_COUNT)
		precedence = PRECEDENCE_ROUTINE;
	return logged <= log->records[target->delivered_by].summary.logged +
	                     charter_of(rules, target)->acknowledge[precedence];
}

enum void_reason judge_fault(const struct rules *rules, const struct draft *draft,
                             const struct act *act)
{
	const struct log_state *log = &rules->logs[draft->party];
	const struct record *target = draft->target;
	enum fault fault = (enum fault)act_field(act, "fault")->as.choice;

	if (fault == FAULT_CURED)
		return target->fault != FAULT_CURED ? VOID_NONE : VOID_FAULT;
	/* What a person has read or answered has opened. */
	if (target->fault != FAULT_CURED || target->summary.acknowledged_by != NO_ENTRY ||
	    target->summary.answered_by != NO_ENTRY)
		return VOID_FAULT;
	if (is_directly_after_delivery(log, target, draft->logged))
		return VOID_NONE;
	if (fault != FAULT_MISSING && is_within_acknowledgement(rules, log, target, draft->logged))
		return VOID_NONE;
	return VOID_FAULT;
}

enum void_reason judge_reseal(const struct draft *draft)
{
	return in_view(&draft->view, other_party(draft->party), draft->target->first_fault)
	           ? VOID_NONE
	           : VOID_FAULT;
}

/* --- what stands ---------------------------------------------------------- */

/* The deposit of the blob that is the body, unless it was said to be unreadable; or
 * that of a newer seal which the receiver had not had when it last said a fault. Of
 * several newer seals only the last: it replaces the others. */
static struct deposit deposit_of_body(const struct rules *rules, const struct record *record)
{
	const struct record *records = rules->logs[record->summary.place.party].records;
	uint64_t present = record->summary.resealed_by, newest = record->latest_reseal;
	struct deposit deposit = { .time = 0 };

	if (!record->unreadable)
		deposit = present == NO_ENTRY ? record->deposited : records[present].deposited;
	if (newest != NO_ENTRY && newest != present && newest >= record->fault_seen)
		deposit = earlier_deposit(deposit, records[newest].deposited);
	return deposit;
}

struct deposit deposit_of(const struct rules *rules, const struct record *record)
{
	const struct frontier_pair *pair;

	if (record->summary.has_body)
		return deposit_of_body(rules, record);
	pair = frontier_above(&rules->logs[record->summary.place.party].deposited,
	                      record->summary.place.number);
	if (pair == NULL)
		return (struct deposit){ .time = 0 };
	return (struct deposit){ (timestamp)pair->value, pair->stamp };
}

void settle_fault(const struct rules *rules, struct record *record)
{
	record->summary.fault_stands = record->fault != FAULT_CURED;
	record->summary.misses_body = record->fault == FAULT_MISSING;
	record->summary.obliges_nobody = record->summary.fault_stands &&
	                                 deposit_of_body(rules, record).time == 0;
	touch(rules, record);
	if (kind_of(record) == KIND_REVEAL)
		touch_swap(rules, record);
}

void end_fault(const struct rules *rules, struct record *record)
{
	record->fault = FAULT_CURED;
	settle_fault(rules, record);
}

/* --- folding ----------------------------------------------------------- */

void fold_fault(const struct rules *rules, const struct record *record, enum fault fault)
{
	struct record *target = record_at(rules, record->summary.target);
	struct act_place place = record->summary.place;

	if (fault == FAULT_CURED) {
		start_clock(rules, target, place.number);
		end_fault(rules, target);
		return;
	}
	target->fault = fault;
	target->fault_seen = record->summary.seen;
	if (fault != FAULT_MISSING)
		target->unreadable = true;
	if (target->first_fault == NO_ENTRY)
		target->first_fault = place.number;
	settle_fault(rules, target);
}

void fold_reseal(const struct rules *rules, struct record *record, const struct act *act)
{
	struct record *target = record_at(rules, record->summary.target);

	record->summary.sealed_size = act_field(act, "blob")->as.blob.size;
	record->summary.sealed_hash = act_field(act, "blob")->as.blob.hash;
	target->latest_reseal = record->summary.place.number;
	settle_fault(rules, target);
}

/* A reseal is the body from its receipt on, and cures the fault that stands then.
 * Without one it changes nothing: else what was read could be replaced. Of two
 * under one receipt the later counts. */
void cover_reseal(const struct rules *rules, const struct record *reseal, uint64_t number)
{
	struct record *target = record_at(rules, reseal->summary.target);

	if (target->fault == FAULT_CURED && target->resealed_under != number)
		return;
	target->summary.resealed_by = reseal->summary.place.number;
	target->resealed_under = target->delivered_by = number;
	start_clock(rules, target, number);
	target->unreadable = false;
	end_fault(rules, target);
}

/* The author's certificate says where the body lies: whoever receipts it takes back that
 * the body is missing, has it delivered anew, and may say what is wrong with it. */
void cover_stamp(const struct rules *rules, const struct record *stamp, uint64_t number)
{
	const struct log_state *log = &rules->logs[stamp->summary.place.party];
	const struct stamp_record *said;

	if (stamp->stamped_log != stamp->summary.place.party)
		return;
	said = &log->stamps[stamp->stamp];
	for (size_t i = 0; i < said->summary.blob_count; i++) {
		uint64_t entry = entry_of_hash(&log->blobs,
		                               &log->stamp_blobs[said->first_blob + i]);

		for (; entry != NO_ENTRY; entry = log->records[entry].same_blob) {
			struct record *named = &log->records[entry], *target = named;

			if (entry >= said->summary.size)
				continue;
			if (kind_of(named) == KIND_RESEAL)
				target = record_at(rules, named->summary.target);
			if (target->fault != FAULT_MISSING ||
			    target->summary.resealed_by != (target == named ? NO_ENTRY : entry))
				continue;
			target->delivered_by = number;
			start_clock(rules, target, number);
			end_fault(rules, target);
		}
	}
}

void note_blob(struct rules *rules, const struct record *record)
{
	struct log_state *log = &rules->logs[record->summary.place.party];
	struct record *noted = &log->records[record->summary.place.number];
	const struct hash *hash = &record->summary.sealed_hash;

	if (!record->summary.has_body && kind_of(record) != KIND_RESEAL)
		return;
	noted->same_blob = entry_of_hash(&log->blobs, hash);
	hash_index_put(&log->blobs, hash, record->summary.place.number);
}
