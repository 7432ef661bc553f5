/* Configurations of neutrals: what is accepted has all that must be there. */
#include <stdlib.h>

#include "neutral_configuration.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct neutral_configuration *configuration;

	if (neutral_configuration_parse(bytes_of(data, size), &configuration, NULL) != OK)
		return 0;
	if (configuration->process.home[0] != '/' ||
	    !note_name_is_valid(bytes_of_string(configuration->name)) ||
	    configuration->process.listen_count == 0 || configuration->quota_entries == 0 ||
	    configuration->quota_bytes == 0 || configuration->expiry <= 0 ||
	    configuration->requests == 0)
		abort();
	for (size_t i = 0; i < configuration->log_count; i++)
		if (configuration->logs[i].type != NOTE_KEY_ED25519)
			abort();
	for (size_t i = 0; i < configuration->charter_count; i++)
		if (configuration->charters[i][0] != '/')
			abort();
	neutral_configuration_free(configuration);
	return 0;
}
