/* Reads any bytes as a charter; one that is accepted must print as it was. */
#include "charter.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes text = bytes_of(data, size);
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
	buffer_release(&printed);
	charter_free(charter);
	return 0;
}
