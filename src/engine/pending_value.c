#include "pending_value.h"

enum { VERSION = 1 };

static const char *const names[PENDING_STATE_COUNT] = {
	[PENDING_WAITING] = "waiting",
	[PENDING_REFUSED] = "refused",
	[PENDING_LAPSED] = "lapsed",
};

const char *pending_state_name(enum pending_state state)
{
	return state < PENDING_STATE_COUNT ? names[state] : NULL;
}

static bool is_too_long(const struct pending_value *value)
{
	return value->text.size > PENDING_TEXT_MAXIMUM ||
	       value->armor.size > PENDING_ARMOR_MAXIMUM || value->by.size > PENDING_BY_MAXIMUM ||
	       value->note.size > PENDING_NOTE_MAXIMUM;
}

int pending_value_put(struct buffer *buffer, const struct pending_value *value)
{
	size_t before = buffer->size;
	int r;

	if (is_too_long(value))
		return ERROR_LIMIT;
	if ((r = buffer_put_u8(buffer, VERSION)) != OK ||
	    (r = buffer_put_u8(buffer, (uint8_t)value->state)) != OK ||
	    (r = buffer_put_u16(buffer, (uint16_t)value->reason)) != OK ||
	    (r = buffer_put_u64(buffer, (uint64_t)value->created)) != OK ||
	    (r = buffer_put_u64(buffer, (uint64_t)value->expires)) != OK ||
	    (r = buffer_put_u64(buffer, (uint64_t)value->ended)) != OK ||
	    (r = buffer_put_sized(buffer, value->text)) != OK ||
	    (r = buffer_put_sized(buffer, value->armor)) != OK ||
	    (r = buffer_put_sized(buffer, value->by)) != OK ||
	    (r = buffer_put_sized(buffer, value->note)) != OK)
		buffer_truncate(buffer, before);
	return r;
}

static int get_time(struct cursor *cursor, timestamp *ret_time)
{
	uint64_t seconds;
	int r;

	if ((r = cursor_get_u64(cursor, &seconds)) != OK)
		return r;
	if (seconds > (uint64_t)TIMESTAMP_MAXIMUM)
		return ERROR_SYNTAX;
	*ret_time = (timestamp)seconds;
	return OK;
}

int pending_value_get(struct bytes bytes, struct pending_value *ret_value)
{
	struct cursor cursor = cursor_over(bytes);
	struct pending_value value;
	uint8_t version, state;
	uint16_t reason;
	int r;

	if ((r = cursor_get_u8(&cursor, &version)) != OK)
		return r;
	if (version != VERSION)
		return ERROR_UNSUPPORTED;
	if ((r = cursor_get_u8(&cursor, &state)) != OK ||
	    (r = cursor_get_u16(&cursor, &reason)) != OK ||
	    (r = get_time(&cursor, &value.created)) != OK ||
	    (r = get_time(&cursor, &value.expires)) != OK ||
	    (r = get_time(&cursor, &value.ended)) != OK ||
	    (r = cursor_get_sized(&cursor, PENDING_TEXT_MAXIMUM, &value.text)) != OK ||
	    (r = cursor_get_sized(&cursor, PENDING_ARMOR_MAXIMUM, &value.armor)) != OK ||
	    (r = cursor_get_sized(&cursor, PENDING_BY_MAXIMUM, &value.by)) != OK ||
	    (r = cursor_get_sized(&cursor, PENDING_NOTE_MAXIMUM, &value.note)) != OK ||
	    (r = cursor_end(&cursor)) != OK)
		return r;
	if (state >= PENDING_STATE_COUNT)
		return ERROR_SYNTAX;
	value.state = (enum pending_state)state;
	value.reason = reason;
	*ret_value = value;
	return OK;
}
