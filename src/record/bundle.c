#include "bundle.h"

#include <stdio.h>

#include "allocate.h"
#include "bundle_reading.h"

/* The index of the first entry that is not before `place`. */
static size_t lower_bound(const struct bundle *bundle, struct act_place place)
{
	size_t low = 0, high = bundle->act_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		struct act_place found = bundle->acts[middle].place;

		if (found.party < place.party ||
		    (found.party == place.party && found.number < place.number))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct bundle_act *bundle_act_at(const struct bundle *bundle, struct act_place place)
{
	size_t index = lower_bound(bundle, place);
	const struct bundle_act *act = &bundle->acts[index];

	return index < bundle->act_count && act->place.party == place.party &&
	               act->place.number == place.number
	           ? act
	           : NULL;
}

void bundle_acts_of(const struct bundle *bundle, unsigned party, size_t *ret_first, size_t *ret_end)
{
	*ret_first = lower_bound(bundle, (struct act_place){ party, 0 });
	*ret_end = lower_bound(bundle, (struct act_place){ party + 1, 0 });
}

void bundle_release(struct bundle *bundle)
{
	for (size_t i = 0; i < bundle->act_count; i++)
		buffer_release(&bundle->acts[i].bytes);
	release_memory(bundle->acts);
	for (size_t i = 0; bundle->parts != NULL && i < bundle->text.part_count; i++)
		buffer_release(&bundle->parts[i].content);
	release_memory(bundle->parts);
	for (unsigned party = 0; party < 2; party++)
		buffer_release(&bundle->heads[party].note);
	buffer_release(&bundle->given);
	record_state_release(&bundle->state);
	bundle_text_release(&bundle->text);
	*bundle = (struct bundle){ .act_count = 0 };
}

void bundle_receipt_proof_path(const struct record_state *state, struct act_place place,
                               char ret_path[RECORD_PATH_CAPACITY])
{
	snprintf(ret_path, RECORD_PATH_CAPACITY, "%s/%s/%06llu%s", record_party(state, place.party),
	         RECORD_ACTS, (unsigned long long)place.number, BUNDLE_RECEIPT_PROOF);
}

void bundle_part_path(const struct record_state *state, const struct bundle_part_name *part,
                      const char *ending, char ret_path[RECORD_PATH_CAPACITY])
{
	char whole[32];

	snprintf(whole, sizeof(whole), "/%04llu%s", (unsigned long long)part->part, ending);
	record_body_path(state, part->act, whole, ret_path);
}
