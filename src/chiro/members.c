/* What stands in the node's replies. */
#include <string.h>

#include "api.h"
#include "timestamp.h"

static const char *const result_names[RESULT_COUNT] = {
	[OK] = "ok",
	[ERROR_MEMORY] = "memory",
	[ERROR_LIMIT] = "limit",
	[ERROR_SYNTAX] = "syntax",
	[ERROR_CANONICAL] = "canonical",
	[ERROR_SIGNATURE] = "signature",
	[ERROR_MISMATCH] = "mismatch",
	[ERROR_NOT_FOUND] = "not-found",
	[ERROR_EXISTS] = "exists",
	[ERROR_STATE] = "state",
	[ERROR_DENIED] = "denied",
	[ERROR_UNSUPPORTED] = "unsupported",
	[ERROR_WAIT] = "wait",
	[ERROR_FORK] = "fork",
	[ERROR_CLOCK] = "clock",
	[ERROR_IO] = "io",
	[ERROR_RANDOM] = "random",
	[ERROR_USAGE] = "usage",
	[ERROR_CHARTER] = "charter",
	[ERROR_INTERNAL] = "internal",
};

const char *api_result_name(int result)
{
	return result >= 0 && result < RESULT_COUNT ? result_names[result] : "internal";
}

int api_result_by_name(const char *name)
{
	for (int i = 1; name != NULL && i < RESULT_COUNT; i++)
		if (strcmp(result_names[i], name) == 0)
			return i;
	return ERROR_INTERNAL;
}

json_t *member(const json_t *object, const char *name)
{
	json_t *value = json_object_get(object, name);

	return json_is_null(value) ? NULL : value;
}

const char *member_string(const json_t *object, const char *name)
{
	return json_string_value(member(object, name));
}

const char *member_text(const json_t *object, const char *name)
{
	const char *value = member_string(object, name);

	return value != NULL ? value : "";
}

uint64_t member_number(const json_t *object, const char *name)
{
	json_int_t value = json_integer_value(member(object, name));

	return value > 0 ? (uint64_t)value : 0;
}

bool member_true(const json_t *object, const char *name)
{
	return json_is_true(member(object, name));
}

int64_t member_time(const json_t *object, const char *name)
{
	const char *value = member_string(object, name);
	timestamp time;

	return value != NULL && timestamp_parse(bytes_of_string(value), &time) == OK ? time : 0;
}

void print_json(const json_t *document)
{
	json_dumpf(document, stdout, JSON_INDENT(2) | JSON_ENCODE_ANY);
	fputc('\n', stdout);
}
