/* SSH signatures: the input is an armor that others may follow, and also a blob.
 * An accepted armor must come back byte for byte. */
#include <stdlib.h>

#include "sshsig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void verify(struct bytes blob)
{
	struct ssh_key key;
	struct sshsig signature;
	struct error error;
	int parsed = sshsig_parse(blob, &signature, &error);
	int r = sshsig_verify_blob(bytes_of_string("x"), "chirograph-act", blob, &key, &error);

	if (parsed != OK && r == OK)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes input = bytes_of(data, size);
	struct buffer blob;
	struct buffer armor;
	struct error error;
	size_t taken;

	verify(input);
	buffer_init(&blob, SSHSIG_BLOB_MAXIMUM);
	buffer_init(&armor, SSHSIG_ARMOR_MAXIMUM);
	if (sshsig_dearmor(input, &blob, &taken, &error) == OK) {
		if (taken > size || sshsig_armor(buffer_view(&blob), &armor) != OK ||
		    !bytes_equal(buffer_view(&armor), bytes_of(data, taken)))
			abort();
		verify(buffer_view(&blob));
	}
	buffer_release(&armor);
	buffer_release(&blob);
	return 0;
}
