/* A checkpoint has one spelling: what is read is printed byte for byte. The
 * whole input is also read as a signed checkpoint. */
#include "cosignature.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct note_key log = { .name = "example.com/log", .type = NOTE_KEY_ED25519 };
	static const struct note_key witness = { .name = "w.example",
		                                 .type = NOTE_KEY_COSIGNATURE };
	const struct note_key *cosigners[] = { &witness };
	struct bytes input = bytes_of(data, size);
	struct checkpoint checkpoint;
	struct cosigned cosigned;
	struct buffer printed;
	size_t kept;

	buffer_init(&printed, NOTE_MAXIMUM);
	if (checkpoint_parse(input, &checkpoint, NULL) == OK) {
		require(checkpoint_print(&checkpoint, &printed) == OK);
		require(bytes_equal(input, buffer_view(&printed)));
	}
	/* Nobody has the keys of all zeros. */
	require(signed_checkpoint_verify(input, &log, cosigners, 1, &checkpoint, &cosigned, NULL) !=
	        OK);
	buffer_clear(&printed);
	if (cosignature_keep_verified(bytes_of_string("text\n"), input, cosigners, 1, &printed,
	                              &kept) == OK)
		require(kept == 0);
	require(printed.size == 0);
	buffer_release(&printed);
	return 0;
}
