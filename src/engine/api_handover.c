/* Handovers of shifts, and when the link was up and down. */
#include "api_call.h"
#include "handover_store.h"

static void write_fields(struct api_writer *writer, const struct stored_handover *stored)
{
	api_write_number(writer, "number", stored->number);
	api_write_string(writer, "author", stored->handover.author);
	api_write_time(writer, "from", stored->handover.from);
	api_write_time(writer, "to", stored->handover.to);
	api_write_number(writer, "own", stored->handover.own);
	api_write_number(writer, "theirs", stored->handover.theirs);
	api_write_time(writer, "stored", stored->stored);
	api_write_string(writer, "accepted_by", stored->accepted_by);
	api_write_time(writer, "accepted", stored->accepted);
}

int api_handovers(struct api_call *call, struct error *error)
{
	uint64_t before = api_request_number(call->request, "before", UINT64_MAX), number;
	struct stored_handover stored;
	size_t count;
	int r;

	if ((r = api_get_count(call, &count, error)) != OK)
		return r;
	if ((r = engine_last_handover(call->channel, &number)) != OK)
		return error_set(error, r, "the database cannot be read");
	if (number >= before)
		number = before > 0 ? before - 1 : 0;
	api_write_begin(call->answer, "handovers");
	for (; number > 0 && count > 0; number--, count--) {
		r = engine_find_handover(call->channel, number, &stored, error);
		if (r == ERROR_NOT_FOUND)
			number = 1;
		else if (r != OK)
			return r;
		else {
			api_write_begin(call->answer, NULL);
			write_fields(call->answer, &stored);
			api_write_end(call->answer);
			stored_handover_release(&stored);
		}
	}
	api_write_end(call->answer);
	api_write_bool(call->answer, "more", number > 0);
	return OK;
}

int api_handover(struct api_call *call, struct error *error)
{
	struct stored_handover stored;
	int r;

	if ((r = engine_find_handover(call->channel,
	                              api_request_number(call->request, "handover", 0), &stored,
	                              error)) != OK)
		return r;
	write_fields(call->answer, &stored);
	api_write_text(call->answer, "text", stored.text);
	api_write_text(call->answer, "armor", stored.armor);
	if (stored.acceptance.size > 0)
		api_write_text(call->answer, "acceptance", stored.acceptance);
	else
		api_write_nothing(call->answer, "acceptance");
	stored_handover_release(&stored);
	return OK;
}

int api_add_handover(struct api_call *call, struct error *error)
{
	uint64_t number;
	int r;

	if ((r = engine_add_handover(call->channel, api_request_text(call->request, "text"),
	                             api_request_text(call->request, "armor"), &number, error)) !=
	    OK)
		return r;
	api_write_number(call->answer, "number", number);
	return OK;
}

int api_accept_handover(struct api_call *call, struct error *error)
{
	return engine_accept_handover(call->channel,
	                              api_request_number(call->request, "handover", 0),
	                              api_request_text(call->request, "armor"), error);
}

int api_link_log(struct api_call *call, struct error *error)
{
	static const char *const kinds[LINK_EVENT_COUNT] = {
		[LINK_EVENT_STARTED] = "started",
		[LINK_EVENT_UP] = "up",
		[LINK_EVENT_DOWN] = "down",
	};
	const struct link_log *log = &call->channel->link_log;

	(void)error;
	api_write_begin(call->answer, "events");
	for (size_t i = 0; i < log->count; i++) {
		api_write_begin(call->answer, NULL);
		api_write_time(call->answer, "time", log->events[i].time);
		api_write_string(call->answer, "what", kinds[log->events[i].kind]);
		api_write_string(call->answer, "reason", log->events[i].reason);
		api_write_end(call->answer);
	}
	api_write_end(call->answer);
	return OK;
}
