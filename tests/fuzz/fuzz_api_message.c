/* Reads any bytes as a request, an answer or a failure of the API. The first
 * byte chooses the type. What is accepted as a request must, read by the engine's
 * side, name no field that its table lacks; an answer becomes JSON or is refused. */
#include "api_reader.h"
#include "json_reply.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_request(uint16_t type, struct bytes body)
{
	const struct api_record *record = api_request_record(type);
	struct api_request request;

	if (api_request_parse(record, body, &request) != OK)
		return;
	for (size_t i = 0; i < record->field_count; i++) {
		const struct api_value *items;
		const struct api_field *field = &record->fields[i];
		size_t count = api_request_items(&request, field->name, NULL, &items);

		if (count > API_ITEMS_MAXIMUM ||
		    (field->presence == API_ALWAYS && !api_request_has(&request, field->name)))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct api_failure failure;
	struct http_answer answer;
	struct bytes body;
	uint16_t type;

	if (size == 0)
		return 0;
	type = (uint16_t)(API_STATUS + data[0] % (API_MESSAGE_END - API_STATUS));
	body = bytes_of(data + 1, size - 1);
	try_request(type, body);
	http_answer_init(&answer);
	json_reply_write(type, body, 200, &answer);
	http_answer_release(&answer);
	if (api_get_failure(body, &failure) == OK) {
		http_answer_init(&answer);
		if (json_failure_write(&failure, &answer) != OK || answer.status < 400)
			abort();
		http_answer_release(&answer);
	}
	return 0;
}
