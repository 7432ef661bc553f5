#include "route.h"

#define CHANNEL "/v1/channels/{channel}"

/* clang-format off */
static const struct route table[] = {
	{ "GET", "/v1/status", PERMISSION_READ, API_STATUS, 200 },
	{ "POST", "/v1/clock", PERMISSION_ADMIN, API_CONFIRM_CLOCK, 200 },
	{ "GET", "/v1/configuration", PERMISSION_ADMIN, API_CONFIGURATION, 200 },
	{ "POST", "/v1/backup", PERMISSION_ADMIN, API_BACKUP, 201 },
	{ "GET", "/v1/backup/{backup}", PERMISSION_ADMIN, API_BACKUP_STATE, 200 },
	{ "DELETE", "/v1/backup/{backup}", PERMISSION_ADMIN, API_END_BACKUP, 200 },
	{ "GET", "/v1/backup/{backup}/data", PERMISSION_ADMIN, API_BACKUP_DATA, 200 },
	{ "GET", "/v1/alarms", PERMISSION_READ, API_ALARMS, 200 },
	{ "POST", "/v1/alarms", PERMISSION_ACT, API_TEST_ALARM, 201 },
	{ "POST", "/v1/setups", PERMISSION_ADMIN, API_NEW_SETUP, 201 },
	{ "GET", "/v1/setups/{setup}", PERMISSION_READ, API_GET_SETUP, 200 },
	{ "DELETE", "/v1/setups/{setup}", PERMISSION_ADMIN, API_DISCARD_SETUP, 200 },
	{ "POST", "/v1/channels", PERMISSION_ADMIN, API_ADOPT, 201 },
	{ "GET", CHANNEL, PERMISSION_READ, API_CHANNEL, 200 },
	{ "GET", CHANNEL "/charters", PERMISSION_READ, API_CHARTERS, 200 },
	{ "POST", CHANNEL "/charters", PERMISSION_ACT, API_GIVE_CHARTER, 201 },
	{ "GET", CHANNEL "/charters/{sha256}", PERMISSION_READ, API_CHARTER, 200 },
	{ "GET", CHANNEL "/log", PERMISSION_READ, API_LOG, 200 },
	{ "GET", CHANNEL "/acts/{act}", PERMISSION_READ, API_ACT, 200 },
	{ "GET", CHANNEL "/inbox", PERMISSION_READ, API_INBOX, 200 },
	{ "GET", CHANNEL "/agenda", PERMISSION_READ, API_AGENDA, 200 },
	{ "GET", CHANNEL "/handovers", PERMISSION_READ, API_HANDOVERS, 200 },
	{ "POST", CHANNEL "/handovers", PERMISSION_ACT, API_ADD_HANDOVER, 201 },
	{ "GET", CHANNEL "/handovers/{handover}", PERMISSION_READ, API_HANDOVER, 200 },
	{ "POST", CHANNEL "/handovers/{handover}/accept", PERMISSION_ACT, API_ACCEPT_HANDOVER, 200 },
	{ "GET", CHANNEL "/link-log", PERMISSION_READ, API_LINK_LOG, 200 },
	{ "GET", CHANNEL "/matters", PERMISSION_READ, API_MATTERS, 200 },
	{ "GET", CHANNEL "/matters/{act}", PERMISSION_READ, API_MATTER, 200 },
	{ "GET", CHANNEL "/heads", PERMISSION_READ, API_HEADS, 200 },
	{ "POST", CHANNEL "/check", PERMISSION_ACT, API_CHECK, 200 },
	{ "POST", CHANNEL "/acts", PERMISSION_ACT, API_SUBMIT, 201 },
	{ "GET", CHANNEL "/pending", PERMISSION_READ, API_PENDING, 200 },
	{ "POST", CHANNEL "/pending", PERMISSION_ACT, API_ADD_PENDING, 201 },
	{ "GET", CHANNEL "/pending/{pending}", PERMISSION_READ, API_PENDING_ACT, 200 },
	{ "DELETE", CHANNEL "/pending/{pending}", PERMISSION_ACT, API_WITHDRAW_PENDING, 200 },
	{ "POST", CHANNEL "/pending/{pending}/refuse", PERMISSION_ACT, API_REFUSE_PENDING, 200 },
	{ "POST", CHANNEL "/pending/{pending}/file-key", PERMISSION_READ, API_PENDING_FILE_KEY, 200 },
	{ "GET", CHANNEL "/reading-keys", PERMISSION_READ, API_READING_KEYS, 200 },
	{ "GET", CHANNEL "/holds", PERMISSION_READ, API_HOLDS, 200 },
	{ "POST", CHANNEL "/holds", PERMISSION_ACT, API_ADD_HOLD, 201 },
	{ "DELETE", CHANNEL "/holds/{hold}", PERMISSION_ADMIN, API_LIFT_HOLD, 200 },
	{ "GET", CHANNEL "/list-keys", PERMISSION_READ, API_LIST_KEYS, 200 },
	{ "POST", CHANNEL "/list-keys", PERMISSION_ACT, API_NEW_LIST_KEY, 201 },
	{ "DELETE", CHANNEL "/list-keys/{public_key}", PERMISSION_ACT, API_DESTROY_LIST_KEY, 200 },
	{ "POST", CHANNEL "/list-keys/{public_key}/evaluations", PERMISSION_ACT, API_EVALUATE, 200 },
	{ "GET", CHANNEL "/lists", PERMISSION_READ, API_LISTS, 200 },
	{ "POST", CHANNEL "/lists/{act}/questions", PERMISSION_ACT, API_ASK, 200 },
	{ "GET", CHANNEL "/wait", PERMISSION_READ, API_WAIT, 200 },
	{ "PUT", CHANNEL "/blobs/{sha256}", PERMISSION_ACT, API_UPLOAD, 200 },
	{ "GET", CHANNEL "/blobs/{sha256}", PERMISSION_READ, API_BLOB, 200 },
	{ "GET", CHANNEL "/blobs/{sha256}/data", PERMISSION_READ, API_BLOB_DATA, 200 },
	{ "POST", CHANNEL "/acts/{act}/file-key", PERMISSION_READ, API_FILE_KEY, 200 },
	{ "GET", CHANNEL "/register", PERMISSION_ADMIN, API_REGISTER, 200 },
	{ "POST", CHANNEL "/keys", PERMISSION_ADMIN, API_NEW_KEY, 201 },
	{ "POST", CHANNEL "/test", PERMISSION_ACT, API_TEST, 201 },
	{ "GET", CHANNEL "/recovery", PERMISSION_READ, API_RECOVERY, 200 },
	{ "POST", CHANNEL "/recover", PERMISSION_ADMIN, API_RECOVER, 200 },
	{ "POST", CHANNEL "/successor", PERMISSION_ADMIN, API_NEW_SUCCESSOR, 201 },
	{ "POST", CHANNEL "/call", PERMISSION_ACT, API_CALL_WORDS, 201 },
	{ "POST", CHANNEL "/call/answer", PERMISSION_ACT, API_ANSWER_CALL, 200 },
	{ "GET", CHANNEL "/words", PERMISSION_READ, API_FIND_WORDS, 200 },
	{ "GET", CHANNEL "/post", PERMISSION_READ, API_PACK, 200 },
	{ "POST", CHANNEL "/post", PERMISSION_ACT, API_TAKE, 200 },
};
/* clang-format on */

const struct route *routes(size_t *ret_count)
{
	*ret_count = sizeof table / sizeof table[0];
	return table;
}

/* Takes `/segment` off the front; false when nothing is left. */
static bool next_segment(struct bytes *path, struct bytes *ret_segment)
{
	const uint8_t *end;

	if (path->size == 0 || path->data[0] != '/')
		return false;
	*path = bytes_of(path->data + 1, path->size - 1);
	end = path->size == 0 ? NULL : memchr(path->data, '/', path->size);
	*ret_segment = bytes_of(path->data, end == NULL ? path->size : (size_t)(end - path->data));
	*path = bytes_of(path->data + ret_segment->size, path->size - ret_segment->size);
	return true;
}

static bool matches(const struct route *route, struct bytes path, struct route_match *ret_match)
{
	struct bytes pattern = bytes_of_string(route->pattern), expected, segment;
	struct route_match match = { .route = route };

	while (next_segment(&pattern, &expected)) {
		if (!next_segment(&path, &segment) || segment.size == 0)
			return false;
		if (expected.data[0] == '{') {
			match.parameters[match.parameter_count].name = bytes_of(expected.data + 1,
			                                                        expected.size - 2);
			match.parameters[match.parameter_count].value = segment;
			match.parameter_count++;
		} else if (!bytes_equal(expected, segment)) {
			return false;
		}
	}
	if (path.size > 0)
		return false;
	*ret_match = match;
	return true;
}

int route_find(const char *method, struct bytes path, struct route_match *ret_match,
               struct buffer *allowed)
{
	struct route_match match;
	int r = ERROR_NOT_FOUND;

	if (path.size > ROUTE_PATH_MAXIMUM)
		return ERROR_NOT_FOUND;
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		if (!matches(&table[i], path, &match))
			continue;
		if (strcmp(table[i].method, method) == 0) {
			*ret_match = match;
			return OK;
		}
		r = ERROR_UNSUPPORTED;
		if (allowed != NULL)
			buffer_put_format(allowed, "%s%s", allowed->size > 0 ? ", " : "",
			                  table[i].method);
	}
	return r;
}
