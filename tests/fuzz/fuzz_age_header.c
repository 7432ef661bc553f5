/* Headers of age files and the spellings of keys. A header that parses is found
 * whole by age_header_length; nothing hostile opens for a key it is not for. */
#include "age.h"
#include "allocate.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void check_stanzas(const struct age_header *header)
{
	static const struct x25519_secret ephemeral = { { 1 } };
	struct x25519_public recipient;
	struct age_file_key file_key;

	x25519_public_of(&ephemeral, &recipient);
	for (size_t i = 0; i < header->stanza_count; i++) {
		if (age_stanza_check(&header->stanzas[i]) == OK)
			require(age_stanza_is_x25519(&header->stanzas[i]));
		(void)age_stanza_open_as_author(&header->stanzas[i], &ephemeral, &recipient,
		                                &file_key);
	}
}

static void check_keys(struct bytes text)
{
	char printed[AGE_IDENTITY_CAPACITY];
	struct x25519_public recipient;
	struct x25519_secret identity;

	if (age_recipient_parse(text, &recipient) == OK) {
		require(age_recipient_print(&recipient, printed) == OK);
		require(bytes_equal_string(text, printed));
	}
	if (age_identity_parse(text, &identity) == OK) {
		require(age_identity_print(&identity, printed) == OK);
		require(bytes_equal_string(text, printed));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct x25519_secret secrets[] = { { { 2 } }, { { 3 } } };
	struct bytes text = bytes_of(data, size);
	struct age_header header;
	struct age_file_key file_key;
	size_t found;

	check_keys(text);
	if (age_header_length(text, &found) == OK)
		require(found <= size && data[found - 1] == '\n');
	if (age_header_parse(text, &header, NULL) != OK)
		return 0;
	require(age_header_length(text, &found) == OK && found == size);
	check_stanzas(&header);
	(void)age_header_unwrap(text, secrets, 2, &file_key, NULL);
	return 0;
}
