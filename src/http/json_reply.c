#include "json_reply.h"

#include "allocate.h"
#include "encoding.h"
#include "timestamp.h"

#include <jansson.h>

enum { ANSWER_MAXIMUM = 8 * 1024 * 1024 }; /* escapes can make six characters of one */

static const struct {
	const char *name;
	unsigned status;
} errors[RESULT_COUNT] = {
	[ERROR_MEMORY] = { "memory", 503 },
	[ERROR_LIMIT] = { "limit", 413 },
	[ERROR_SYNTAX] = { "syntax", 400 },
	[ERROR_CANONICAL] = { "canonical", 400 },
	[ERROR_SIGNATURE] = { "signature", 422 },
	[ERROR_MISMATCH] = { "mismatch", 409 },
	[ERROR_NOT_FOUND] = { "not-found", 404 },
	[ERROR_EXISTS] = { "exists", 409 },
	[ERROR_STATE] = { "state", 409 },
	[ERROR_DENIED] = { "denied", 409 },
	[ERROR_UNSUPPORTED] = { "unsupported", 422 },
	[ERROR_WAIT] = { "wait", 503 },
	[ERROR_FORK] = { "fork", 409 },
	[ERROR_CLOCK] = { "clock", 503 },
	[ERROR_IO] = { "io", 500 },
	[ERROR_RANDOM] = { "random", 500 },
	[ERROR_USAGE] = { "usage", 400 },
	[ERROR_CHARTER] = { "charter", 409 },
	[ERROR_INTERNAL] = { "internal", 500 },
};

const char *http_error_name(int code)
{
	return code > OK && code < RESULT_COUNT ? errors[code].name : errors[ERROR_INTERNAL].name;
}

unsigned http_error_status(int code)
{
	return code > OK && code < RESULT_COUNT ? errors[code].status : 500;
}

void http_answer_init(struct http_answer *answer)
{
	memset(answer, 0, sizeof *answer);
	answer->content_type = "application/json";
	buffer_init(&answer->body, ANSWER_MAXIMUM);
}

void http_answer_release(struct http_answer *answer)
{
	buffer_release(&answer->body);
}

/* --- values -------------------------------------------------------------------- */

/* Almost all texts were checked when they were stored; what comes from elsewhere
 * (the other side's last words on the link) must not spoil the whole answer. */
static int text_to_json(struct bytes text, json_t **ret_json)
{
	json_t *json = json_stringn((const char *)text.data, text.size);
	struct buffer shown;
	int r;

	if (json == NULL) {
		buffer_init(&shown, text.size);
		if ((r = buffer_put_bytes(&shown, text)) == OK) {
			for (size_t i = 0; i < shown.size; i++)
				if (shown.data[i] >= 0x80)
					shown.data[i] = '?';
			json = json_stringn((const char *)shown.data, shown.size);
		}
		buffer_release(&shown);
	}
	if (json == NULL)
		return ERROR_MEMORY;
	*ret_json = json;
	return OK;
}

typedef int encoder(struct buffer *buffer, struct bytes bytes);

static int encode_base64(struct buffer *buffer, struct bytes bytes)
{
	return base64_encode(buffer, bytes, BASE64_PADDED);
}

static int encoded_to_json(struct bytes bytes, encoder *encode, json_t **ret_json)
{
	struct buffer text;
	int r;

	buffer_init(&text, bytes.size * 2 + 64);
	if ((r = encode(&text, bytes)) == OK)
		r = text_to_json(buffer_view(&text), ret_json);
	buffer_release(&text);
	return r;
}

static int time_to_json(uint64_t seconds, json_t **ret_json)
{
	char text[TIMESTAMP_CAPACITY];

	timestamp_format((timestamp)seconds, text);
	return text_to_json(bytes_of_string(text), ret_json);
}

static int number_to_json(uint64_t number, json_t **ret_json)
{
	*ret_json = json_integer((json_int_t)number);
	return *ret_json == NULL ? ERROR_MEMORY : OK;
}

static int value_to_json(enum api_type type, const struct api_value *value, json_t **ret_json)
{
	switch (type) {
	case API_TYPE_BOOL:
		*ret_json = json_boolean(value->number);
		return OK;
	case API_TYPE_NUMBER:
	case API_TYPE_SIGNED:
		return number_to_json(value->number, ret_json);
	case API_TYPE_TIME:
		return time_to_json(value->number, ret_json);
	case API_TYPE_TEXT:
		return text_to_json(value->text, ret_json);
	case API_TYPE_HASH:
	case API_TYPE_OCTETS:
		return encoded_to_json(value->text, encode_base64, ret_json);
	case API_TYPE_CHANNEL:
		return encoded_to_json(value->text, base32_encode, ret_json);
	case API_TYPE_HEX_HASH:
	case API_TYPE_SETUP:
		return encoded_to_json(value->text, hex_encode, ret_json);
	default:
		return ERROR_SYNTAX;
	}
}

/* --- records ------------------------------------------------------------------- */

static int read_json(struct cursor *cursor, const struct api_field *field, enum api_type type,
                     json_t **ret_json);

/* Adds a member; takes `value` also on failure. */
static int set_member(json_t *object, struct bytes name, json_t *value)
{
	char text[API_NAME_MAXIMUM + 1];
	int r = bytes_to_string(name, text, sizeof text);

	if (r == OK)
		return json_object_set_new(object, text, value) == 0 ? OK : ERROR_SYNTAX;
	json_decref(value);
	return r;
}

static int read_element(struct cursor *cursor, const struct api_field *field, json_t *container)
{
	struct bytes key = { 0 };
	struct api_value present = { .number = 1 };
	json_t *value = NULL;
	int r;

	if (field->type == API_TYPE_MAP && (r = api_read_key(cursor, &key)) != OK)
		return r;
	if (field->nullable_elements &&
	    (r = api_read_value(cursor, API_TYPE_BOOL, 0, &present)) != OK)
		return r;
	if (present.number == 0)
		value = json_null();
	else if ((r = read_json(cursor, field, field->element, &value)) != OK)
		return r;
	if (field->type == API_TYPE_MAP)
		return set_member(container, key, value);
	return json_array_append_new(container, value) == 0 ? OK : ERROR_MEMORY;
}

static int read_container(struct cursor *cursor, const struct api_field *field, json_t **ret_json)
{
	json_t *container = field->type == API_TYPE_MAP ? json_object() : json_array();
	bool more;
	int r;

	if (container == NULL)
		return ERROR_MEMORY;
	while ((r = api_read_more(cursor, &more)) == OK && more)
		if ((r = read_element(cursor, field, container)) != OK)
			break;
	if (r != OK)
		json_decref(container);
	else
		*ret_json = container;
	return r;
}

static int read_field(struct cursor *cursor, const struct api_field *field, json_t *object)
{
	json_t *value = NULL;
	bool present;
	int r;

	if ((r = api_read_presence(cursor, field, &present)) != OK)
		return r;
	if (!present && field->presence == API_OPTIONAL)
		return OK;
	if (!present)
		value = json_null();
	else if ((r = read_json(cursor, field, field->type, &value)) != OK)
		return r;
	if (field->name[0] != '\0')
		return set_member(object, bytes_of_string(field->name), value);
	r = json_object_update(object, value) == 0 ? OK : ERROR_MEMORY;
	json_decref(value);
	return r;
}

static int read_record(struct cursor *cursor, const struct api_record *record, json_t **ret_json)
{
	json_t *object = json_object();
	int r = object == NULL ? ERROR_MEMORY : OK;

	for (size_t i = 0; i < record->field_count && r == OK; i++)
		r = read_field(cursor, &record->fields[i], object);
	if (r != OK)
		json_decref(object);
	else
		*ret_json = object;
	return r;
}

/* Nested as deep as the tables are, which do not contain themselves. */
static int read_json(struct cursor *cursor, const struct api_field *field, enum api_type type,
                     json_t **ret_json)
{
	struct api_value value;
	int r;

	if (type == API_TYPE_RECORD)
		return read_record(cursor, field->record, ret_json);
	if (type == API_TYPE_LIST || type == API_TYPE_MAP)
		return read_container(cursor, field, ret_json);
	if ((r = api_read_value(cursor, type, api_field_maximum(field), &value)) != OK)
		return r;
	return value_to_json(type, &value, ret_json);
}

/* --- whole answers --------------------------------------------------------------- */

static int dump(const char *data, size_t size, void *context)
{
	return buffer_put(context, data, size) == OK ? 0 : -1;
}

static int print(const json_t *json, struct buffer *body)
{
	if (json_dump_callback(json, dump, body, JSON_COMPACT) != 0)
		return ERROR_MEMORY;
	return buffer_put_u8(body, '\n');
}

static int write_content(const struct api_record *record, struct cursor *cursor,
                         struct http_answer *answer)
{
	struct api_value value;
	int r;

	if ((r = api_read_value(cursor, API_TYPE_CONTENT, api_field_maximum(&record->fields[0]),
	                        &value)) != OK ||
	    (r = cursor_end(cursor)) != OK)
		return r;
	answer->content_type = "application/octet-stream";
	return buffer_put_bytes(&answer->body, value.text);
}

int json_reply_write(uint16_t type, struct bytes body, unsigned status, struct http_answer *answer)
{
	const struct api_record *record = api_reply_record(type);
	struct cursor cursor = cursor_over(body);
	json_t *json = NULL;
	int r;

	answer->status = status;
	if (record->field_count == 1 && record->fields[0].type == API_TYPE_CONTENT)
		return write_content(record, &cursor, answer);
	if ((r = read_record(&cursor, record, &json)) == OK && (r = cursor_end(&cursor)) == OK)
		r = print(json, &answer->body);
	if (json_is_true(json_object_get(json, "duplicate")))
		answer->status = 200;
	json_decref(json);
	return r;
}

/* Adds a text to an object; takes nothing. */
static int set_text(json_t *object, const char *name, const char *text)
{
	json_t *value;
	int r = text_to_json(bytes_of_string(text), &value);

	return r == OK ? set_member(object, bytes_of_string(name), value) : r;
}

int json_failure_write(const struct api_failure *failure, struct http_answer *answer)
{
	json_t *json = json_pack("{s:{}}", "error"), *error = json_object_get(json, "error"), *line;
	int r = ERROR_MEMORY;

	answer->status = http_error_status(failure->error.code);
	if (json == NULL ||
	    (r = set_text(error, "code", http_error_name(failure->error.code))) != OK ||
	    (r = set_text(error, "message", failure->error.message)) != OK)
		goto out;
	if (failure->error.line > 0 &&
	    ((r = number_to_json(failure->error.line, &line)) != OK ||
	     (r = set_member(error, bytes_of_string("line"), line)) != OK))
		goto out;
	if (failure->reason[0] != '\0' && (r = set_text(error, "reason", failure->reason)) != OK)
		goto out;
	r = print(json, &answer->body);
out:
	json_decref(json);
	return r;
}
