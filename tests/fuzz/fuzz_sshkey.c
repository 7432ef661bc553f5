/* SSH public keys. What is accepted must print as it was. */
#include <stdlib.h>

#include "sshkey.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes input = bytes_of(data, size);
	char fingerprint[SSH_KEY_FINGERPRINT_CAPACITY];
	struct buffer text;
	struct ssh_key key;
	struct error error;

	if (ssh_key_from_blob(input, &key, &error) == OK && !bytes_equal(ssh_key_blob(&key), input))
		abort();
	if (ssh_key_parse(input, &key, &error) != OK)
		return 0;
	ssh_key_fingerprint(&key, fingerprint);
	buffer_init(&text, SSH_KEY_LINE_MAXIMUM);
	if (ssh_key_print(&key, &text) != OK || !bytes_equal(buffer_view(&text), input))
		abort();
	buffer_release(&text);
	return 0;
}
