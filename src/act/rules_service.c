/* Machine entries: receipts, and faults of bodies with their cures. */
#include "rules_internal.h"

/* The words of fault's field, in the order of the kinds table. */
enum fault { FAULT_MISSING, FAULT_UNOPENABLE, FAULT_MISMATCH, FAULT_CURED };

/* --- receipts ---------------------------------------------------------- */

int check_receipt(const struct rules *rules, unsigned party, const struct act *act,
                  struct error *error)
{
	const struct log_state *log = &rules->logs[party];
	const struct log_state *other = &rules->logs[other_party(party)];
	struct tree_reader reader = memory_tree_reader(&other->tree);
	uint64_t size = act_field(act, "size")->as.number;
	struct hash root;
	int r;

	if (size <= log->receipted)
		return error_set(error, ERROR_STATE,
		                 "the receipt covers no more than the last one");
	if (size > other->size)
		return error_set(error, ERROR_WAIT, "the receipt covers entries that are not here");
	if ((r = tree_reader_root(&reader, size, &root)) != OK)
		return error_set(error, r, "the root of the other log cannot be computed");
	if (!hash_equal(&root, &act_field(act, "root")->as.hash))
		return error_set(error, ERROR_MISMATCH,
		                 "the receipt's root is not the other log's");
	return OK;
}

/* A reseal is the body from its receipt on, and cures the fault that stands then.
 * Without one it changes nothing: else what was read could be replaced. Of two
 * under one receipt the later counts. */
static void cover(struct rules *rules, struct record *covered, uint64_t number)
{
	struct record *target;

	covered->summary.receipted_by = number;
	covered->delivered_by = number;
	covered->clock_by = number;
	if (!record_is_valid(covered) || kind_of(covered) != KIND_RESEAL)
		return;
	target = record_at(rules, covered->summary.target);
	if (!target->summary.obliges_nobody && target->resealed_under != number)
		return;
	target->summary.obliges_nobody = false;
	target->summary.resealed_by = covered->summary.place.number;
	target->resealed_under = target->delivered_by = target->clock_by = number;
}

static void fold_receipt(struct rules *rules, unsigned party, uint64_t number, uint64_t size)
{
	struct log_state *log = &rules->logs[party];
	struct log_state *other = &rules->logs[other_party(party)];

	for (uint64_t i = log->receipted; i < size; i++)
		cover(rules, &other->records[i], number);
	log->receipted = size;
	if (log->first_receipt == NO_ENTRY)
		log->first_receipt = number;
}

uint64_t rules_receipted(const struct rules *rules, unsigned party)
{
	return rules->logs[party].receipted;
}

/* How many of a log's first `size` entries are no receipts. */
static uint64_t non_receipts(const struct log_state *log, uint64_t size)
{
	return size == 0 ? 0 : log->records[size - 1].non_receipts;
}

bool rules_receipt_due(const struct rules *rules, unsigned party, bool *ret_only_receipts)
{
	const struct log_state *log = &rules->logs[party];
	const struct log_state *other = &rules->logs[other_party(party)];

	if (log->size == 0 || log->closed_by != NO_ENTRY || other->size <= log->receipted)
		return false;
	*ret_only_receipts = non_receipts(other, other->size) ==
	                     non_receipts(other, log->receipted);
	return true;
}

/* The effective seen that is the greatest at or below `size`. */
static uint64_t greatest_receipt(const struct log_state *log, uint64_t size)
{
	uint64_t low = 0, high = log->size;

	while (low < high) {
		uint64_t middle = low + (high - low) / 2;

		if (log->records[middle].summary.seen <= size)
			low = middle + 1;
		else
			high = middle;
	}
	return low == 0 ? 0 : log->records[low - 1].summary.seen;
}

bool rules_cosignature_covered(const struct rules *rules, unsigned party, uint64_t n)
{
	const struct log_state *log = &rules->logs[party];
	const struct log_state *other = &rules->logs[other_party(party)];

	if (n == 0 || n > other->size)
		return false;
	return log->closed_by != NO_ENTRY ||
	       non_receipts(other, n) == non_receipts(other, greatest_receipt(log, n));
}

/* --- faults ------------------------------------------------------------ */

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
	                     rules->charter->acknowledge[precedence];
}

static enum void_reason judge_fault(const struct rules *rules, const struct draft *draft,
                                    const struct act *act)
{
	const struct log_state *log = &rules->logs[draft->party];
	const struct record *target = draft->target;
	enum fault fault = (enum fault)act_field(act, "fault")->as.choice;

	if (fault == FAULT_CURED)
		return target->summary.obliges_nobody ? VOID_NONE : VOID_FAULT;
	/* What a person has read or answered has opened. */
	if (target->summary.obliges_nobody || target->summary.acknowledged_by != NO_ENTRY ||
	    target->summary.answered_by != NO_ENTRY)
		return VOID_FAULT;
	if (is_directly_after_delivery(log, target, draft->logged))
		return VOID_NONE;
	if (fault != FAULT_MISSING && is_within_acknowledgement(rules, log, target, draft->logged))
		return VOID_NONE;
	return VOID_FAULT;
}

enum void_reason judge_service(const struct rules *rules, const struct draft *draft,
                               const struct act *act)
{
	if (draft->kind->number == KIND_FAULT)
		return judge_fault(rules, draft, act);
	if (draft->kind->number == KIND_RESEAL)
		return in_view(&draft->view, other_party(draft->party), draft->target->first_fault)
		           ? VOID_NONE
		           : VOID_FAULT;
	return VOID_NONE;
}

static void fold_fault(struct record *target, enum fault fault, uint64_t number)
{
	if (fault == FAULT_CURED) {
		target->summary.obliges_nobody = false;
		target->clock_by = number;
		return;
	}
	target->summary.obliges_nobody = true;
	target->summary.misses_body = fault == FAULT_MISSING;
	if (target->first_fault == NO_ENTRY)
		target->first_fault = number;
}

void fold_service(struct rules *rules, struct record *record, const struct act *act)
{
	struct act_place place = record->summary.place;

	switch (kind_of(record)) {
	case KIND_RECEIPT:
		fold_receipt(rules, place.party, place.number, act_field(act, "size")->as.number);
		break;
	case KIND_FAULT:
		fold_fault(record_at(rules, record->summary.target),
		           (enum fault)act_field(act, "fault")->as.choice, place.number);
		break;
	case KIND_RESEAL:
		record->summary.sealed_size = act_field(act, "blob")->as.blob.size;
		record->summary.sealed_hash = act_field(act, "blob")->as.blob.hash;
		break;
	default:
		break;
	}
}
