#include "json_request.h"

#include "encoding.h"
#include "text.h"

#include <jansson.h>

/* --- strings of paths and queries ------------------------------------------- */

static int write_number(struct api_writer *writer, const char *name, struct bytes text,
                        struct error *error)
{
	uint64_t number;

	if (text_parse_number(text, API_NUMBER_MAXIMUM, &number) != OK)
		return error_set(error, ERROR_USAGE, "'%.64s' must be a number", name);
	api_write_number(writer, name, number);
	return OK;
}

static int write_flag(struct api_writer *writer, const char *name, struct bytes text,
                      struct error *error)
{
	if (!bytes_equal_string(text, "0") && !bytes_equal_string(text, "1"))
		return error_set(error, ERROR_USAGE, "'%s' must be 0 or 1", name);
	api_write_bool(writer, name, text.data[0] == '1');
	return OK;
}

static int write_channel(struct api_writer *writer, const char *name, struct bytes text,
                         struct error *error)
{
	struct buffer decoded;
	struct hash hash;
	int r;

	buffer_init(&decoded, HASH_SIZE);
	r = text.size == HASH_BASE32_CAPACITY - 1 ? base32_decode(&decoded, text) : ERROR_SYNTAX;
	if (r == OK) {
		memcpy(hash.bytes, decoded.data, HASH_SIZE);
		api_write_hash(writer, name, &hash);
	} else {
		r = error_set(error, r == ERROR_MEMORY ? r : ERROR_USAGE,
		              "a channel is named by its 52 characters");
	}
	buffer_release(&decoded);
	return r;
}

static int write_hex_hash(struct api_writer *writer, const char *name, struct bytes text,
                          struct error *error)
{
	struct hash hash;

	if (hex_decode_fixed(text, hash.bytes, HASH_SIZE) != OK)
		return error_set(error, ERROR_USAGE,
		                 "a sealed body is named by 64 lower-case hexadecimal digits");
	api_write_hash(writer, name, &hash);
	return OK;
}

static int write_setup(struct api_writer *writer, const char *name, struct bytes text,
                       struct error *error)
{
	uint8_t setup[API_SETUP_SIZE];

	if (hex_decode_fixed(text, setup, sizeof setup) != OK)
		return error_set(error, ERROR_USAGE,
		                 "an invitation is named by 32 lower-case hexadecimal digits");
	api_write_setup(writer, name, setup);
	return OK;
}

static int write_text(struct api_writer *writer, const struct api_field *field, const char *name,
                      struct bytes text, struct error *error)
{
	if (text.size > api_field_maximum(field))
		return error_set(error, ERROR_LIMIT, "'%s' is longer than %zu bytes", field->name,
		                 api_field_maximum(field));
	api_write_text(writer, name, text);
	return OK;
}

/* A value that stands in the path or the query, or is the user's name. */
static int write_string(struct api_writer *writer, const struct api_field *field, struct bytes text,
                        struct error *error)
{
	switch (field->type) {
	case API_TYPE_NUMBER:
		return write_number(writer, field->name, text, error);
	case API_TYPE_BOOL:
		return write_flag(writer, field->name, text, error);
	case API_TYPE_CHANNEL:
		return write_channel(writer, field->name, text, error);
	case API_TYPE_HEX_HASH:
		return write_hex_hash(writer, field->name, text, error);
	case API_TYPE_SETUP:
		return write_setup(writer, field->name, text, error);
	case API_TYPE_TEXT:
		return write_text(writer, field, field->name, text, error);
	default:
		return error_set(error, ERROR_INTERNAL, "'%s' has no text form", field->name);
	}
}

static int write_parameter(struct api_writer *writer, const struct api_field *field,
                           struct query *query, struct error *error)
{
	struct query_parameter *parameter = query_find(query, field->name);

	if (parameter != NULL) {
		parameter->used = true;
		return write_string(writer, field, parameter->value, error);
	}
	if (field->presence == API_ALWAYS)
		return error_set(error, ERROR_USAGE, "the query lacks '%s'", field->name);
	api_write_nothing(writer, field->name);
	return OK;
}

/* The numbers whose names are not the API's but the channel's. */
static int write_other_parameters(struct api_writer *writer, const struct api_field *field,
                                  struct query *query, struct error *error)
{
	char name[API_NAME_MAXIMUM + 1];
	size_t count = 0;
	int r;

	api_write_begin(writer, field->name);
	for (size_t i = 0; i < query->count; i++) {
		struct query_parameter *parameter = &query->parameters[i];

		if (parameter->used)
			continue;
		parameter->used = true;
		if (count++ == API_ITEMS_MAXIMUM ||
		    bytes_to_string(parameter->name, name, sizeof name) != OK)
			return error_set(error, ERROR_USAGE, "unknown parameters in the query");
		if ((r = write_number(writer, name, parameter->value, error)) != OK)
			return r;
	}
	api_write_end(writer);
	return OK;
}

static int write_path_segment(struct api_writer *writer, const struct api_field *field,
                              const struct route_match *match, struct error *error)
{
	for (size_t i = 0; i < match->parameter_count; i++)
		if (bytes_equal_string(match->parameters[i].name, field->name))
			return write_string(writer, field, match->parameters[i].value, error);
	return error_set(error, ERROR_INTERNAL, "the path lacks '%s'", field->name);
}

/* --- JSON ----------------------------------------------------------------------- */

static int write_json_text(struct api_writer *writer, const struct api_field *field,
                           const char *name, const json_t *value, struct error *error)
{
	if (!json_is_string(value))
		return error_set(error, ERROR_USAGE, "'%s' must be %s", field->name,
		                 field->type == API_TYPE_TEXT ? "a string" : "of strings");
	return write_text(writer, field, name,
	                  bytes_of(json_string_value(value), json_string_length(value)), error);
}

static int write_json_octets(struct api_writer *writer, const struct api_field *field,
                             const json_t *value, struct error *error)
{
	struct buffer octets;
	int r = ERROR_USAGE;

	buffer_init(&octets, api_field_maximum(field));
	if (json_is_string(value))
		r = base64_decode(&octets,
		                  bytes_of(json_string_value(value), json_string_length(value)),
		                  BASE64_PADDED);
	if (r == OK)
		api_write_octets(writer, field->name, buffer_view(&octets));
	else if (r == ERROR_LIMIT)
		error_set(error, r, "'%s' is longer than %zu bytes", field->name,
		          api_field_maximum(field));
	else if (r != ERROR_MEMORY)
		r = error_set(error, ERROR_USAGE, "'%s' must be a string in base64", field->name);
	else
		error_set(error, r, "out of memory");
	buffer_release(&octets);
	return r;
}

static int too_many(const struct api_field *field, struct error *error)
{
	return error_set(error, ERROR_LIMIT, "'%s' has more than %d elements", field->name,
	                 API_ITEMS_MAXIMUM);
}

static int write_json_list(struct api_writer *writer, const struct api_field *field,
                           const json_t *value, struct error *error)
{
	int r;

	if (!json_is_array(value))
		return error_set(error, ERROR_USAGE, "'%s' must be an array", field->name);
	if (json_array_size(value) > API_ITEMS_MAXIMUM)
		return too_many(field, error);
	api_write_begin(writer, field->name);
	for (size_t i = 0; i < json_array_size(value); i++)
		if ((r = write_json_text(writer, field, NULL, json_array_get(value, i), error)) !=
		    OK)
			return r;
	api_write_end(writer);
	return OK;
}

static int write_json_map(struct api_writer *writer, const struct api_field *field, json_t *value,
                          struct error *error)
{
	const char *key;
	json_t *member;
	int r;

	if (!json_is_object(value))
		return error_set(error, ERROR_USAGE, "'%s' must be an object", field->name);
	if (json_object_size(value) > API_ITEMS_MAXIMUM)
		return too_many(field, error);
	api_write_begin(writer, field->name);
	json_object_foreach(value, key, member)
	{
		if (strlen(key) > API_NAME_MAXIMUM)
			return error_set(error, ERROR_USAGE, "'%s' has an unknown member",
			                 field->name);
		if ((r = write_json_text(writer, field, key, member, error)) != OK)
			return r;
	}
	api_write_end(writer);
	return OK;
}

static int write_member(struct api_writer *writer, const struct api_field *field, json_t *object,
                        struct error *error)
{
	json_t *value = json_object_get(object, field->name);

	if (value == NULL && field->presence == API_ALWAYS)
		return error_set(error, ERROR_USAGE, "the member '%s' is missing", field->name);
	if (value == NULL) {
		api_write_nothing(writer, field->name);
		return OK;
	}
	if (field->type == API_TYPE_OCTETS)
		return write_json_octets(writer, field, value, error);
	if (field->type == API_TYPE_LIST)
		return write_json_list(writer, field, value, error);
	if (field->type == API_TYPE_MAP)
		return write_json_map(writer, field, value, error);
	return write_json_text(writer, field, field->name, value, error);
}

static const struct api_field *find_member(const struct api_record *record, const char *name)
{
	for (size_t i = 0; i < record->field_count; i++)
		if (record->fields[i].place == API_IN_BODY &&
		    strcmp(record->fields[i].name, name) == 0)
			return &record->fields[i];
	return NULL;
}

static int refuse_unknown_members(const struct api_record *record, json_t *object,
                                  struct error *error)
{
	const char *name;
	json_t *value;

	json_object_foreach(object, name, value)
	{
		if (find_member(record, name) == NULL)
			return error_set(error, ERROR_USAGE, "the member '%.64s' is unknown", name);
	}
	return OK;
}

/* jansson's own limit is far greater than what the API needs. */
static bool is_too_deep(struct bytes text)
{
	size_t depth = 0;
	bool in_string = false;

	for (size_t i = 0; i < text.size; i++) {
		uint8_t byte = text.data[i];

		if (in_string) {
			if (byte == '\\')
				i++;
			else if (byte == '"')
				in_string = false;
		} else if (byte == '"') {
			in_string = true;
		} else if (byte == '{' || byte == '[') {
			if (++depth > API_DEPTH_MAXIMUM)
				return true;
		} else if ((byte == '}' || byte == ']') && depth > 0) {
			depth--;
		}
	}
	return false;
}

static int parse_object(struct bytes body, json_t **ret_object, struct error *error)
{
	json_error_t why;
	json_t *object;

	if (is_too_deep(body))
		return error_set(error, ERROR_LIMIT, "the JSON is nested more than %d deep",
		                 API_DEPTH_MAXIMUM);
	object = json_loadb((const char *)body.data, body.size, JSON_REJECT_DUPLICATES, &why);
	if (object == NULL)
		return error_set_line(error, ERROR_SYNTAX, why.line > 0 ? (size_t)why.line : 0,
		                      "the body is not JSON: %s", why.text);
	if (!json_is_object(object)) {
		json_decref(object);
		return error_set(error, ERROR_SYNTAX, "the body must be a JSON object");
	}
	*ret_object = object;
	return OK;
}

/* --- the whole request ------------------------------------------------------------ */

static bool takes_content(const struct api_record *record)
{
	for (size_t i = 0; i < record->field_count; i++)
		if (record->fields[i].place == API_IN_CONTENT)
			return true;
	return false;
}

static int write_field(const struct http_input *input, const struct api_field *field,
                       json_t *object, struct api_writer *writer, struct error *error)
{
	switch (field->place) {
	case API_IN_PATH:
		return write_path_segment(writer, field, input->match, error);
	case API_IN_QUERY:
		return write_parameter(writer, field, input->query, error);
	case API_IN_QUERY_OTHERS:
		return write_other_parameters(writer, field, input->query, error);
	case API_IN_CONTENT:
		api_write_octets(writer, field->name, input->body);
		return OK;
	case API_IN_PEER:
		return write_string(writer, field, bytes_of_string(input->who), error);
	case API_IN_BODY:
		break;
	}
	return write_member(writer, field, object, error);
}

int json_request_write(const struct http_input *input, struct api_writer *writer,
                       struct error *error)
{
	const struct api_record *record = api_request_record(input->match->route->message);
	bool has_json = input->body.size > 0 && !takes_content(record);
	json_t *object = NULL;
	int r = OK;

	if (has_json && (r = parse_object(input->body, &object, error)) != OK)
		return r;
	if (object != NULL && (r = refuse_unknown_members(record, object, error)) != OK)
		goto out;
	for (size_t i = 0; i < record->field_count && r == OK; i++)
		r = write_field(input, &record->fields[i], object, writer, error);
	for (size_t i = 0; i < input->query->count && r == OK; i++)
		if (!input->query->parameters[i].used)
			r = error_set(error, ERROR_USAGE,
			              "the query has an unknown parameter '%.*s'",
			              (int)input->query->parameters[i].name.size,
			              (const char *)input->query->parameters[i].name.data);
out:
	json_decref(object);
	return r;
}
