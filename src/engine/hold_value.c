#include "hold.h"

enum { VERSION = 1 };

static const char *const names[HOLD_SCOPE_COUNT] = {
	[HOLD_ACT] = "act",
	[HOLD_MATTER] = "matter",
	[HOLD_CHANNEL] = "channel",
};

const char *hold_scope_name(enum hold_scope scope)
{
	return scope < HOLD_SCOPE_COUNT ? names[scope] : NULL;
}

int hold_put(struct buffer *buffer, const struct hold *hold)
{
	int r;

	if ((r = buffer_put_u8(buffer, VERSION)) != OK ||
	    (r = buffer_put_u8(buffer, (uint8_t)hold->scope)) != OK ||
	    (r = buffer_put_u8(buffer, (uint8_t)hold->place.party)) != OK ||
	    (r = buffer_put_u64(buffer, hold->place.number)) != OK ||
	    (r = buffer_put_u64(buffer, (uint64_t)hold->created)) != OK ||
	    (r = buffer_put_sized_string(buffer, hold->by)) != OK)
		return r;
	return buffer_put_sized_string(buffer, hold->reason);
}

int hold_get(struct bytes bytes, struct hold *ret_hold)
{
	struct cursor cursor = cursor_over(bytes);
	struct hold hold = { .number = 0 };
	uint8_t version, scope, party;
	uint64_t created;
	int r;

	if ((r = cursor_get_u8(&cursor, &version)) != OK)
		return r;
	if (version != VERSION)
		return ERROR_UNSUPPORTED;
	if ((r = cursor_get_u8(&cursor, &scope)) != OK ||
	    (r = cursor_get_u8(&cursor, &party)) != OK ||
	    (r = cursor_get_u64(&cursor, &hold.place.number)) != OK ||
	    (r = cursor_get_u64(&cursor, &created)) != OK ||
	    (r = cursor_get_sized_string(&cursor, hold.by, sizeof hold.by)) != OK ||
	    (r = cursor_get_sized_string(&cursor, hold.reason, sizeof hold.reason)) != OK ||
	    (r = cursor_end(&cursor)) != OK)
		return r;
	if (scope >= HOLD_SCOPE_COUNT || party > 1 || created > (uint64_t)TIMESTAMP_MAXIMUM)
		return ERROR_SYNTAX;
	hold.scope = (enum hold_scope)scope;
	hold.place.party = party;
	hold.created = (timestamp)created;
	*ret_hold = hold;
	return OK;
}
