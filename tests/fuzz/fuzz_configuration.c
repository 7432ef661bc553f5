/* chirod.conf: what is accepted has all that must be there, and its endpoints
 * print as they were read. */
#include <stdlib.h>

#include "configuration.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_endpoint(const struct configuration_endpoint *endpoint)
{
	struct configuration_endpoint back;
	struct buffer text;

	buffer_init(&text, 512);
	if (configuration_endpoint_print(endpoint, &text) != OK ||
	    configuration_endpoint_parse(buffer_view(&text), &back) != OK ||
	    strcmp(back.host, endpoint->host) != 0 || back.port != endpoint->port)
		abort();
	buffer_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct configuration configuration;

	if (configuration_parse(bytes_of(data, size), &configuration, NULL) != OK)
		return 0;
	if (configuration.home[0] != '/' || configuration.socket[0] != '/' ||
	    configuration.party[0] == '\0' || configuration.domain[0] == '\0' ||
	    configuration.name_count == 0)
		abort();
	for (size_t i = 0; i < configuration.listen_count; i++)
		check_endpoint(&configuration.listen[i]);
	for (size_t i = 0; i < configuration.advertise_count; i++)
		check_endpoint(&configuration.advertise[i]);
	return 0;
}
