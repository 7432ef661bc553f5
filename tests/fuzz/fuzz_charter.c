/* Reads any bytes as a charter; one that is accepted must print as it was, and can amend
 * itself. What follows a NUL is read as a text that amends it: one that is accepted has
 * its id and its keys. */
#include "charter.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void amend(struct bytes text, const struct charter *first, bool must)
{
	struct charter *charter;
	struct error error = { 0 };

	if (charter_parse_amended(text, first, &charter, &error) != OK) {
		require(!must && error.message[0] != '\0');
		return;
	}
	require(hash_equal(&charter->id, &first->id));
	require(strcmp(charter->channel, first->channel) == 0);
	require(bytes_equal(charter->text, text));
	for (unsigned i = 0; i < 2; i++) {
		const struct party *a = &first->parties[i], *b = &charter->parties[i];

		require(ed25519_public_equal(&a->log_key, &b->log_key));
		require(ssh_key_equal(&a->head_key, &b->head_key));
		require(strcmp(a->domain, b->domain) == 0);
	}
	charter_free(charter);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *nul = size > 0 ? memchr(data, 0, size) : NULL;
	struct bytes text = bytes_of(data, nul != NULL ? (size_t)(nul - data) : size);
	char name[LOG_NAME_CAPACITY];
	struct charter *charter;
	struct buffer printed;
	struct error error;

	if (charter_parse(text, &charter, &error) != OK)
		return 0;
	buffer_init(&printed, CHARTER_SIZE_MAXIMUM);
	require(charter_print(charter, &printed, &error) == OK);
	require(bytes_equal(text, buffer_view(&printed)));
	require(channel_id_is_valid(bytes_of_string(charter->channel)));
	require(charter_party_index(charter, bytes_of_string(charter->parties[1].id)) == 1);
	charter_log_name(charter, 0, 2, "/receipt", name);
	amend(text, charter, true);
	if (nul != NULL)
		amend(bytes_of(nul + 1, size - text.size - 1), charter, false);
	buffer_release(&printed);
	charter_free(charter);
	return 0;
}
