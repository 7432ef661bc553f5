/* A proof has one spelling: what is read is printed byte for byte. */
#include "tlog_proof.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes input = bytes_of(data, size);
	struct hash leaf = { { 0 } }, root = { { 0 } };
	struct tlog_proof proof;
	struct buffer printed;
	struct error error;

	if (tlog_proof_parse(input, &proof, &error) != OK)
		return 0;
	buffer_init(&printed, TLOG_PROOF_MAXIMUM);
	require(tlog_proof_print(&proof, &printed) == OK);
	require(bytes_equal(input, buffer_view(&printed)));
	buffer_release(&printed);

	/* No path leads out of its arrays, whatever the size is said to be. */
	for (unsigned level = 0; level < 64; level++) {
		uint64_t other = (UINT64_C(1) << level) + proof.index;

		if (inclusion_root(proof.index, other, &leaf, &proof.path, &root) == OK)
			require(inclusion_verify(proof.index, other, &leaf, &proof.path, &root) ==
			        OK);
		(void)consistency_verify(proof.index, &leaf, other, &root, &proof.path);
	}
	return 0;
}
