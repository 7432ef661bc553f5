/* Machine entries: receipts, and where the others are judged and folded. */
#include "rules_internal.h"

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

static void cover(struct rules *rules, struct record *covered, uint64_t number)
{
	covered->summary.receipted_by = number;
	covered->delivered_by = number;
	start_clock(rules, covered, number);
	if (!record_is_valid(covered))
		return;
	if (kind_of(covered) == KIND_RESEAL)
		cover_reseal(rules, covered, number);
	else if (kind_of(covered) == KIND_STAMP)
		cover_stamp(rules, covered, number);
}

static void fold_receipt(struct rules *rules, unsigned party, uint64_t number, uint64_t size)
{
	struct log_state *log = &rules->logs[party];
	struct log_state *other = &rules->logs[other_party(party)];

	for (uint64_t i = log->receipted; i < size; i++)
		cover(rules, &other->records[i], number);
	log->receipted = size;
	touch_seen(rules, party, size);
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

/* --- all of them ------------------------------------------------------- */

enum void_reason judge_service(const struct rules *rules, struct draft *draft,
                               const struct act *act)
{
	switch (draft->kind->number) {
	case KIND_FAULT:
		return judge_fault(rules, draft, act);
	case KIND_RESEAL:
		return judge_reseal(draft);
	case KIND_STAMP:
		return judge_stamp(rules, draft, act);
	default:
		return VOID_NONE;
	}
}

void fold_service(struct rules *rules, struct record *record, const struct act *act,
                  const struct draft *draft)
{
	struct act_place place = record->summary.place;

	switch (kind_of(record)) {
	case KIND_RECEIPT:
		fold_receipt(rules, place.party, place.number, act_field(act, "size")->as.number);
		break;
	case KIND_FAULT:
		fold_fault(rules, record, (enum fault)act_field(act, "fault")->as.choice);
		break;
	case KIND_RESEAL:
		fold_reseal(rules, record, act);
		break;
	case KIND_STAMP:
		fold_stamp(rules, record, draft);
		break;
	default:
		break;
	}
	note_blob(rules, record);
}
