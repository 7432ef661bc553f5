#include "api_reader.h"

#include "timestamp.h"

/* How a type is laid out. */
enum layout { LAYOUT_BYTE, LAYOUT_WORD, LAYOUT_SIZED, LAYOUT_FIXED, LAYOUT_NESTED };

static const struct {
	enum layout layout;
	size_t size;      /* of LAYOUT_FIXED */
	uint64_t maximum; /* of LAYOUT_WORD */
} layouts[] = {
	[API_TYPE_BOOL] = { LAYOUT_BYTE, 0, 0 },
	[API_TYPE_NUMBER] = { LAYOUT_WORD, 0, API_NUMBER_MAXIMUM },
	[API_TYPE_SIGNED] = { LAYOUT_WORD, 0, UINT64_MAX },
	[API_TYPE_TIME] = { LAYOUT_WORD, 0, TIMESTAMP_MAXIMUM },
	[API_TYPE_TEXT] = { LAYOUT_SIZED, 0, 0 },
	[API_TYPE_OCTETS] = { LAYOUT_SIZED, 0, 0 },
	[API_TYPE_CONTENT] = { LAYOUT_SIZED, 0, 0 },
	[API_TYPE_HASH] = { LAYOUT_FIXED, HASH_SIZE, 0 },
	[API_TYPE_HEX_HASH] = { LAYOUT_FIXED, HASH_SIZE, 0 },
	[API_TYPE_CHANNEL] = { LAYOUT_FIXED, HASH_SIZE, 0 },
	[API_TYPE_SETUP] = { LAYOUT_FIXED, API_SETUP_SIZE, 0 },
	[API_TYPE_RECORD] = { LAYOUT_NESTED, 0, 0 },
	[API_TYPE_LIST] = { LAYOUT_NESTED, 0, 0 },
	[API_TYPE_MAP] = { LAYOUT_NESTED, 0, 0 },
};

static int read_flag(struct cursor *cursor, bool *ret_flag)
{
	uint8_t byte;
	int r;

	if ((r = cursor_get_u8(cursor, &byte)) != OK)
		return r;
	if (byte > 1)
		return ERROR_SYNTAX;
	*ret_flag = byte == 1;
	return OK;
}

int api_read_presence(struct cursor *cursor, const struct api_field *field, bool *ret_present)
{
	if (field->presence != API_ALWAYS)
		return read_flag(cursor, ret_present);
	*ret_present = true;
	return OK;
}

int api_read_more(struct cursor *cursor, bool *ret_more)
{
	return read_flag(cursor, ret_more);
}

int api_read_key(struct cursor *cursor, struct bytes *ret_key)
{
	return cursor_get_sized(cursor, API_NAME_MAXIMUM, ret_key);
}

int api_read_value(struct cursor *cursor, enum api_type type, size_t maximum,
                   struct api_value *ret_value)
{
	struct api_value value = { .present = true };
	bool flag = false;
	int r = ERROR_SYNTAX;

	switch (layouts[type].layout) {
	case LAYOUT_BYTE:
		r = read_flag(cursor, &flag);
		value.number = flag;
		break;
	case LAYOUT_WORD:
		if ((r = cursor_get_u64(cursor, &value.number)) == OK &&
		    value.number > layouts[type].maximum)
			r = ERROR_LIMIT;
		break;
	case LAYOUT_SIZED:
		r = cursor_get_sized(cursor, maximum, &value.text);
		break;
	case LAYOUT_FIXED:
		r = cursor_get_bytes(cursor, layouts[type].size, &value.text);
		break;
	case LAYOUT_NESTED:
		break;
	}
	/* Texts become NUL-terminated strings further on. */
	if (r == OK && type == API_TYPE_TEXT && value.text.size > 0 &&
	    memchr(value.text.data, '\0', value.text.size) != NULL)
		r = ERROR_SYNTAX;
	if (r == OK)
		*ret_value = value;
	return r;
}

/* --- whole requests --------------------------------------------------------- */

static int parse_items(struct cursor *cursor, const struct api_field *field,
                       struct api_request *request, size_t index)
{
	struct bytes *keys = request->fields[index].keys;
	struct api_value *items = request->fields[index].items;
	size_t count = 0;
	bool more;
	int r;

	while ((r = api_read_more(cursor, &more)) == OK && more) {
		if (count == API_ITEMS_MAXIMUM)
			return ERROR_LIMIT;
		if ((field->type == API_TYPE_MAP &&
		     (r = api_read_key(cursor, &keys[count])) != OK) ||
		    (r = api_read_value(cursor, field->element, api_field_maximum(field),
		                        &items[count])) != OK)
			return r;
		count++;
	}
	request->fields[index].value.present = true;
	request->fields[index].count = count;
	return r;
}

int api_request_parse(const struct api_record *record, struct bytes body,
                      struct api_request *ret_request)
{
	struct cursor cursor = cursor_over(body);
	struct api_request request = { .record = record };
	int r;

	if (record->field_count > API_FIELDS_MAXIMUM)
		return ERROR_INTERNAL;
	for (size_t i = 0; i < record->field_count; i++) {
		const struct api_field *field = &record->fields[i];
		bool present;

		if ((r = api_read_presence(&cursor, field, &present)) != OK)
			return r;
		if (!present)
			continue;
		if (field->type == API_TYPE_LIST || field->type == API_TYPE_MAP)
			r = parse_items(&cursor, field, &request, i);
		else
			r = api_read_value(&cursor, field->type, api_field_maximum(field),
			                   &request.fields[i].value);
		if (r != OK)
			return r;
	}
	if ((r = cursor_end(&cursor)) != OK)
		return r;
	*ret_request = request;
	return OK;
}

/* The field's place in the record; field_count when there is none. */
static size_t find(const struct api_request *request, const char *name)
{
	size_t i = 0;

	while (i < request->record->field_count &&
	       strcmp(request->record->fields[i].name, name) != 0)
		i++;
	return i;
}

const struct api_value *api_request_value(const struct api_request *request, const char *name)
{
	static const struct api_value absent;
	size_t i = find(request, name);

	return i < request->record->field_count ? &request->fields[i].value : &absent;
}

bool api_request_has(const struct api_request *request, const char *name)
{
	return api_request_value(request, name)->present;
}

uint64_t api_request_number(const struct api_request *request, const char *name, uint64_t otherwise)
{
	const struct api_value *value = api_request_value(request, name);

	return value->present ? value->number : otherwise;
}

struct bytes api_request_text(const struct api_request *request, const char *name)
{
	return api_request_value(request, name)->text;
}

struct hash api_request_hash(const struct api_request *request, const char *name)
{
	struct bytes text = api_request_text(request, name);
	struct hash hash = { { 0 } };

	if (text.size == HASH_SIZE)
		memcpy(hash.bytes, text.data, HASH_SIZE);
	return hash;
}

size_t api_request_items(const struct api_request *request, const char *name,
                         const struct bytes **ret_keys, const struct api_value **ret_items)
{
	size_t i = find(request, name);

	if (i == request->record->field_count)
		return 0;
	if (ret_keys != NULL)
		*ret_keys = request->fields[i].keys;
	*ret_items = request->fields[i].items;
	return request->fields[i].count;
}
