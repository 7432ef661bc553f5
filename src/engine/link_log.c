/* When the link was up and down: the last changes, for who takes over a shift. They are
 * written with the next turn that writes anyway, so that a link that comes and goes costs
 * no disk; what an abrupt end loses, the next start tells by its own event. */
#include "channel_internal.h"

#include <stdio.h>

#define KEY "link-log"

enum { VALUE_MAXIMUM = 64 * 1024 };

void link_log_note(struct engine_channel *channel, enum link_event_kind kind, const char *reason)
{
	struct link_log *log = &channel->link_log;

	if (channel->engine->settings.mirror)
		return;
	if (log->count == LINK_EVENTS_MAXIMUM)
		memmove(&log->events[0], &log->events[1], --log->count * sizeof log->events[0]);
	log->events[log->count] = (struct link_event){ .time = engine_now(channel->engine),
		                                       .kind = kind };
	snprintf(log->events[log->count].reason, LINK_REASON_CAPACITY, "%s", reason);
	log->count++;
	log->changed = true;
}

int link_log_store(struct engine_channel *channel)
{
	struct link_log *log = &channel->link_log;
	struct buffer value;
	int r = OK;

	if (!log->changed || !channel->engine->writing)
		return OK;
	buffer_init(&value, VALUE_MAXIMUM);
	for (size_t i = 0; i < log->count && r == OK; i++)
		if ((r = buffer_put_u64(&value, (uint64_t)log->events[i].time)) == OK &&
		    (r = buffer_put_u8(&value, (uint8_t)log->events[i].kind)) == OK)
			r = buffer_put_sized_string(&value, log->events[i].reason);
	if (r == OK)
		r = store_set_value(channel->engine->settings.store, channel->number, KEY,
		                    buffer_view(&value));
	buffer_release(&value);
	log->changed = r != OK;
	return r;
}

static int read_event(struct cursor *cursor, struct link_event *ret_event)
{
	uint64_t time;
	uint8_t kind;
	int r;

	if ((r = cursor_get_u64(cursor, &time)) != OK || (r = cursor_get_u8(cursor, &kind)) != OK ||
	    (r = cursor_get_sized_string(cursor, ret_event->reason, LINK_REASON_CAPACITY)) != OK)
		return r;
	ret_event->time = (timestamp)time;
	ret_event->kind = kind < LINK_EVENT_COUNT ? (enum link_event_kind)kind : LINK_EVENT_STARTED;
	return OK;
}

int link_log_load(struct engine_channel *channel)
{
	struct link_log *log = &channel->link_log;
	struct buffer value;
	struct cursor cursor;
	int r;

	buffer_init(&value, VALUE_MAXIMUM);
	r = store_get_value(channel->engine->settings.store, channel->number, KEY, &value);
	cursor = cursor_over(buffer_view(&value));
	while (r == OK && cursor.left > 0 && log->count < LINK_EVENTS_MAXIMUM &&
	       read_event(&cursor, &log->events[log->count]) == OK)
		log->count++;
	buffer_release(&value);
	if (r != OK && r != ERROR_NOT_FOUND)
		return r;
	link_log_note(channel, LINK_EVENT_STARTED, "");
	return OK;
}
