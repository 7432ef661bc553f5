/* Alarms: the list, newest first, and one that somebody wants to see arrive. */
#include "api_call.h"

static void write_alarm(struct api_writer *writer, const struct alarm_entry *entry)
{
	const struct alarm_event *event = &entry->event;
	char id[ALARM_ID_CAPACITY];

	alarm_id_print(event->id, id);
	api_write_begin(writer, NULL);
	api_write_number(writer, "number", entry->number);
	api_write_string(writer, "id", id);
	api_write_string(writer, "event", alarm_kind_name(event->kind));
	api_write_time(writer, "time", event->time);
	api_write_string(writer, "channel", event->channel);
	api_write_string(writer, "other", event->other);
	api_write_string(writer, "act", event->act);
	api_write_string(writer, "kind", event->act_kind);
	api_write_string(writer, "precedence", event->precedence);
	api_write_string(writer, "owed_by", event->owed_by);
	api_write_string(writer, "what", event->duty);
	api_write_time(writer, "deadline", event->deadline);
	api_write_string(writer, "text", event->sentence);
	api_write_number(writer, "more", event->more);
	api_write_bool(writer, "exercise", event->exercise);
	api_write_string(writer, "state", alarm_state_name(entry->state));
	api_write_number(writer, "attempts", entry->attempts);
	api_write_string(writer, "outcome", alarm_outcome_name(entry->result.outcome));
	api_write_number(writer, "status", entry->result.status);
	api_write_string(writer, "line", entry->result.line);
	api_write_time(writer, "ended", entry->ended);
	api_write_end(writer);
}

int api_alarms(struct api_call *call, struct error *error)
{
	const struct alarm_queue *queue = &call->engine->alarms;
	uint64_t before = api_request_number(call->request, "before", UINT64_MAX);
	size_t count, written = 0, i = queue->count;
	int r;

	if ((r = api_get_count(call, &count, error)) != OK)
		return r;
	while (i > 0 && queue->entries[i - 1]->number >= before)
		i--;
	api_write_string(call->answer, "program",
	                 call->engine->settings.configuration->alarm_program);
	api_write_begin(call->answer, "alarms");
	for (; i > 0 && written < count; written++)
		write_alarm(call->answer, queue->entries[--i]);
	api_write_end(call->answer);
	api_write_bool(call->answer, "more", i > 0);
	return OK;
}

int api_test_alarm(struct api_call *call, struct error *error)
{
	uint8_t id[ALARM_ID_SIZE];
	char text[ALARM_ID_CAPACITY];
	int r;

	if ((r = alarm_test(call->engine, id)) != OK)
		return error_set(error, r, "the alarm cannot be raised: %s", result_text(r));
	alarm_id_print(id, text);
	api_write_string(call->answer, "id", text);
	return OK;
}
