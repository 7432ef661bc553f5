/* The file of a key of a list, with a checksum that is right: what is read is a key and its
 * public key, and is written as it was. */
#include <stdlib.h>

#include "evaluator_file.h"
#include "sha.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct oprf_element public_key;
	struct evaluator_entry entry;
	struct buffer content, again;
	struct hash checksum;

	buffer_init(&content, 2 * EVALUATOR_FILE_SIZE);
	buffer_init(&again, EVALUATOR_FILE_SIZE);
	sha256_of(&checksum, bytes_of(data, size));
	if (buffer_put(&content, data, size) == OK &&
	    buffer_put(&content, checksum.bytes, HASH_SIZE) == OK &&
	    evaluator_file_decode(buffer_view(&content), &entry) == OK) {
		require(oprf_scalar_check(&entry.secret) == OK);
		require(oprf_public_key(&entry.secret, &public_key) == OK);
		require(memcmp(public_key.bytes, entry.status.key.public_key, EVALUATOR_KEY_SIZE) ==
		        0);
		require(evaluator_file_encode(&entry, &again) == OK);
		require(bytes_equal(buffer_view(&content), buffer_view(&again)));
	}
	buffer_release(&content);
	buffer_release(&again);
	return 0;
}
