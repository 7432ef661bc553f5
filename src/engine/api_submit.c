/* What people send: drafts to be judged, signed acts, tests; and waiting. */
#include "api_call.h"

int api_check(struct api_call *call, struct error *error)
{
	struct api_writer *writer = call->answer;
	struct verdict verdict;
	bool is_void;
	int r;

	if ((r = engine_try(call->channel, api_request_text(call->request, "text"), &verdict,
	                    error)) != OK)
		return r;
	is_void = verdict.code != VERDICT_VALID;
	api_write_string(writer, "verdict", is_void ? "void" : "valid");
	api_write_string(writer, "reason", is_void ? void_reason_name(verdict.reason) : NULL);
	api_write_string(writer, "reason_text", is_void ? void_reason_text(verdict.reason) : NULL);
	return OK;
}

int api_submit(struct api_call *call, struct error *error)
{
	struct signed_act signed_act = {
		.text = api_request_text(call->request, "text"),
		.body = api_request_text(call->request, "body"),
	};
	enum void_reason reason = VOID_NONE;
	const struct api_value *items;
	size_t count = api_request_items(call->request, "armors", NULL, &items);
	int r;

	if (count < 1 || count > 2)
		return error_set(error, ERROR_USAGE, "'armors' are one or two signatures");
	signed_act.armor_count = (unsigned)count;
	for (size_t i = 0; i < count; i++)
		signed_act.armors[i] = items[i].text;
	r = engine_submit(call->channel, call->number, &signed_act, &reason, error);
	if (reason != VOID_NONE)
		call->reason = void_reason_name(reason);
	return r;
}

int api_test(struct api_call *call, struct error *error)
{
	return engine_submit_test(call->channel, call->number, error);
}

int api_wait(struct api_call *call, struct error *error)
{
	const uint64_t second = 1000000000;
	const struct api_request *request = call->request;
	uint64_t seconds = api_request_number(request, "seconds", API_WAIT_SECONDS_MAXIMUM);

	if (seconds > API_WAIT_SECONDS_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "'seconds' is at most %d",
		                 API_WAIT_SECONDS_MAXIMUM);
	return engine_wait(call->channel, call->number,
	                   api_request_number(request, "own", UINT64_MAX),
	                   api_request_number(request, "theirs", UINT64_MAX),
	                   api_request_number(request, "receipted", UINT64_MAX),
	                   engine_monotonic(call->engine) + seconds * second, error);
}
