/* Reads any bytes as what somebody shows of a match-only list. What is read is written the same;
 * and judged, whatever it says, it ends, and shows no hit on a list to which nobody has
 * committed. */
#include "act_fixture.h"
#include "allocate.h"
#include "match_proof.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void judge(const struct match_proof *proof)
{
	const struct class_commitment nothing = { .pairs = 1 };
	struct exchange_statement question, answer;
	const struct hash hash = { { 0 } };
	struct pair_label label;

	require(match_proof_open(proof, &nothing, &label, NULL) != OK);
	if (match_proof_statements(proof, &hash, &hash, &question, &answer, NULL) == OK)
		(void)match_proof_elements(proof, &question, &answer, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct match_proof proof;
	static struct charter charter;
	static bool made;
	struct bytes text = bytes_of(data, size);
	struct buffer again;

	if (!made)
		charter = fixture_charter();
	made = true;
	if (match_proof_parse(text, &charter, &proof, NULL) != OK)
		return 0;
	buffer_init(&again, MATCH_PROOF_MAXIMUM);
	require(match_proof_print(&proof, &charter, &again) == OK);
	require(bytes_equal(buffer_view(&again), text));
	buffer_release(&again);
	judge(&proof);
	return 0;
}
