/* Prints the tables of the API as JSON, for the tests that compare doc/openapi.yaml
 * and real answers with them.
 *
 *     {"routes": [...], "records": {"Status": {"fields": [...]}, ...}}
 */
#include "route.h"

#include <stdio.h>

enum { RECORDS_MAXIMUM = 128 };

static const char *const types[] = {
	[API_TYPE_BOOL] = "bool",       [API_TYPE_NUMBER] = "number", [API_TYPE_SIGNED] = "signed",
	[API_TYPE_TIME] = "time",       [API_TYPE_TEXT] = "text",     [API_TYPE_OCTETS] = "octets",
	[API_TYPE_CONTENT] = "content", [API_TYPE_HASH] = "hash",     [API_TYPE_HEX_HASH] = "hex",
	[API_TYPE_CHANNEL] = "channel", [API_TYPE_SETUP] = "setup",   [API_TYPE_RECORD] = "record",
	[API_TYPE_LIST] = "list",       [API_TYPE_MAP] = "map",
};
static const char *const presences[] = {
	[API_ALWAYS] = "always",
	[API_NULLABLE] = "nullable",
	[API_OPTIONAL] = "optional",
};
static const char *const places[] = {
	[API_IN_BODY] = "body",       [API_IN_PATH] = "path",
	[API_IN_QUERY] = "query",     [API_IN_QUERY_OTHERS] = "query-others",
	[API_IN_CONTENT] = "content", [API_IN_PEER] = "peer",
};
static const char *const permissions[] = {
	[PERMISSION_READ] = "read",
	[PERMISSION_ACT] = "act",
	[PERMISSION_ADMIN] = "admin",
};

static const struct api_record *seen[RECORDS_MAXIMUM];
static size_t seen_count;

static bool is_new(const struct api_record *record)
{
	for (size_t i = 0; i < seen_count; i++)
		if (seen[i] == record)
			return false;
	seen[seen_count++] = record;
	return true;
}

static void print_field(const struct api_field *field)
{
	printf("{\"name\":\"%s\",\"type\":\"%s\",\"presence\":\"%s\",\"place\":\"%s\"", field->name,
	       types[field->type], presences[field->presence], places[field->place]);
	if (field->type == API_TYPE_LIST || field->type == API_TYPE_MAP)
		printf(",\"element\":\"%s\",\"nullable_elements\":%s", types[field->element],
		       field->nullable_elements ? "true" : "false");
	if (field->record != NULL)
		printf(",\"record\":\"%s\"", field->record->name);
	printf("}");
}

/* The record and those inside it, each once. */
static void print_record(const struct api_record *record)
{
	if (!is_new(record))
		return;
	printf("%s\"%s\":[", seen_count > 1 ? ",\n" : "", record->name);
	for (size_t i = 0; i < record->field_count; i++) {
		if (i > 0)
			printf(",");
		print_field(&record->fields[i]);
	}
	printf("]");
	for (size_t i = 0; i < record->field_count; i++)
		if (record->fields[i].record != NULL)
			print_record(record->fields[i].record);
}

int main(void)
{
	size_t count;
	const struct route *table = routes(&count);

	printf("{\"routes\":[\n");
	for (size_t i = 0; i < count; i++)
		printf("%s{\"method\":\"%s\",\"path\":\"%s\",\"permission\":\"%s\",\"status\":%u,"
		       "\"request\":\"%s\",\"reply\":\"%s\"}",
		       i > 0 ? ",\n" : "", table[i].method, table[i].pattern,
		       permissions[table[i].permission], table[i].status,
		       api_request_record(table[i].message)->name,
		       api_reply_record(table[i].message)->name);
	printf("],\n\"records\":{\n");
	for (size_t i = 0; i < count; i++) {
		print_record(api_request_record(table[i].message));
		print_record(api_reply_record(table[i].message));
	}
	printf("}}\n");
	return 0;
}
