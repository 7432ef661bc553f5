#include "query.h"

static int hexadecimal(uint8_t character)
{
	if (character >= '0' && character <= '9')
		return character - '0';
	if (character >= 'a' && character <= 'f')
		return character - 'a' + 10;
	if (character >= 'A' && character <= 'F')
		return character - 'A' + 10;
	return -1;
}

/* Decodes `text` to `place`, where there is room for as many bytes. */
static int decode(struct bytes text, uint8_t *place, struct bytes *ret_decoded)
{
	size_t size = 0;

	for (size_t i = 0; i < text.size; i++) {
		uint8_t byte = text.data[i];

		if (byte == '%') {
			int high = i + 2 < text.size ? hexadecimal(text.data[i + 1]) : -1;
			int low = high >= 0 ? hexadecimal(text.data[i + 2]) : -1;

			if (low < 0)
				return ERROR_SYNTAX;
			byte = (uint8_t)(high << 4 | low);
			i += 2;
		}
		if (byte == '\0')
			return ERROR_SYNTAX;
		place[size++] = byte;
	}
	*ret_decoded = bytes_of(place, size);
	return OK;
}

static struct query_parameter *find(struct query *query, struct bytes name)
{
	for (size_t i = 0; i < query->count; i++)
		if (bytes_equal(query->parameters[i].name, name))
			return &query->parameters[i];
	return NULL;
}

struct query_parameter *query_find(struct query *query, const char *name)
{
	return find(query, bytes_of_string(name));
}

static int add_parameter(struct query *query, struct bytes pair, uint8_t **place,
                         struct error *error)
{
	const uint8_t *equals = pair.size == 0 ? NULL : memchr(pair.data, '=', pair.size);
	size_t name_size = equals == NULL ? pair.size : (size_t)(equals - pair.data);
	struct query_parameter parameter = { 0 };

	if (name_size == 0 || equals == NULL)
		return error_set(error, ERROR_SYNTAX,
		                 "the query is not `name=value` joined by `&`");
	if (query->count == QUERY_PARAMETERS_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "the query has more than %d parameters",
		                 QUERY_PARAMETERS_MAXIMUM);
	if (decode(bytes_of(pair.data, name_size), *place, &parameter.name) != OK ||
	    decode(bytes_of(equals + 1, pair.size - name_size - 1), *place + name_size,
	           &parameter.value) != OK)
		return error_set(error, ERROR_SYNTAX, "the query is not percent-encoded");
	if (find(query, parameter.name) != NULL)
		return error_set(error, ERROR_USAGE, "a parameter of the query stands twice");
	*place += pair.size;
	query->parameters[query->count++] = parameter;
	return OK;
}

int query_parse(struct query *query, struct bytes text, struct error *error)
{
	uint8_t *place = query->decoded;
	int r;

	query->count = 0;
	if (text.size > QUERY_SIZE_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "the query is longer than %d bytes",
		                 QUERY_SIZE_MAXIMUM);
	while (text.size > 0) {
		const uint8_t *end = memchr(text.data, '&', text.size);
		size_t size = end == NULL ? text.size : (size_t)(end - text.data);

		if ((r = add_parameter(query, bytes_of(text.data, size), &place, error)) != OK)
			return r;
		if (end != NULL && size + 1 == text.size)
			return error_set(error, ERROR_SYNTAX, "the query ends in `&`");
		if (end != NULL)
			size++;
		text = bytes_of(text.data + size, text.size - size);
	}
	return OK;
}
