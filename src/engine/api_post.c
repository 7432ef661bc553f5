/* Frames that come and go without the link: one a call. */
#include "api_call.h"

/* Type and payload, as the frame stands in a file without its length. */
int api_take(struct api_call *call, struct error *error)
{
	static const char *const results[] = {
		[POST_STORED] = "stored", [POST_HELD] = "held", [POST_WAITING] = "waiting"
	};
	struct bytes frame = api_request_text(call->request, "frame");
	struct post_outcome outcome;
	int r;

	if (frame.size == 0)
		return error_set(error, ERROR_SYNTAX, "there is no frame");
	if ((r = channel_take_frame(call->channel, frame.data[0],
	                            bytes_of(frame.data + 1, frame.size - 1), &outcome, error)) !=
	    OK)
		return r;
	api_write_string(call->answer, "result", results[outcome.result]);
	api_write_string(call->answer, "reason",
	                 outcome.result == POST_WAITING ? outcome.reason : NULL);
	return OK;
}

int api_pack(struct api_call *call, struct error *error)
{
	struct pack_request request = {
		.copy = api_request_number(call->request, "copy", 0) != 0,
		.since = api_request_number(call->request, "since", UINT64_MAX),
		.place = api_request_text(call->request, "place"),
	};
	uint64_t bytes = api_request_number(call->request, "bytes", API_FRAME_OCTETS_MAXIMUM);
	char next[PACK_PLACE_CAPACITY];
	struct buffer frame;
	bool more;
	int r;

	if (bytes < PACK_BYTES_MINIMUM)
		return error_set(error, ERROR_LIMIT, "'bytes' is at least %d", PACK_BYTES_MINIMUM);
	buffer_init(&frame,
	            bytes < API_FRAME_OCTETS_MAXIMUM ? (size_t)bytes : API_FRAME_OCTETS_MAXIMUM);
	if ((r = engine_pack(call->channel, &request, &frame, next, &more, error)) == OK) {
		if (frame.size > 0)
			api_write_octets(call->answer, "frame", buffer_view(&frame));
		else
			api_write_nothing(call->answer, "frame");
		api_write_string(call->answer, "next", next);
		api_write_bool(call->answer, "more", more);
	}
	buffer_release(&frame);
	return r;
}
