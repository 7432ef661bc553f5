#include "configuration_lines.h"

#include "text.h"

enum { KEY_SHOWN = 64 };

static int read_line(const struct configuration_key *key, size_t *seen,
                     const struct text_line *line, void *context, struct error *error)
{
	struct error detail = { 0 };
	int r;

	if (*seen == key->maximum)
		return error_set_line(error, ERROR_USAGE, line->number,
		                      "'%s' may stand here at most %zu times", key->name,
		                      key->maximum);
	if (line->value.size == 0)
		return error_set_line(error, ERROR_USAGE, line->number, "'%s' has no value",
		                      key->name);
	++*seen;
	if ((r = key->read(context, line->value, &detail)) != OK)
		return error_set_line(error, r, line->number, "'%s': %s", key->name,
		                      detail.message[0] != '\0' ? detail.message : result_text(r));
	return OK;
}

static const struct configuration_key *find(const struct configuration_key *keys, size_t count,
                                            struct bytes name)
{
	for (size_t i = 0; i < count; i++)
		if (bytes_equal_string(name, keys[i].name))
			return &keys[i];
	return NULL;
}

int configuration_lines_read(struct bytes text, const char *format,
                             const struct configuration_key *keys, size_t count, void *context,
                             struct error *error)
{
	size_t seen[CONFIGURATION_KEYS_MAXIMUM] = { 0 };
	struct text_reader reader;
	struct text_line line;
	int r;

	if (count > CONFIGURATION_KEYS_MAXIMUM)
		return error_set(error, ERROR_INTERNAL, "a table of too many keys");
	if ((r = text_check(text, error)) != OK)
		return r;
	text_reader_init(&reader, text);
	if ((r = text_reader_expect(&reader, format, error)) != OK)
		return r;
	while (text_reader_next(&reader, &line) == OK) {
		const struct configuration_key *key;

		if (line.whole.size == 0 || line.whole.data[0] == '#')
			continue;
		if ((key = find(keys, count, line.key)) == NULL)
			return error_set_line(
			    error, ERROR_USAGE, line.number, "there is no key '%.*s'",
			    (int)(line.key.size < KEY_SHOWN ? line.key.size : KEY_SHOWN),
			    (const char *)line.key.data);
		if ((r = read_line(key, &seen[key - keys], &line, context, error)) != OK)
			return r;
	}
	for (size_t i = 0; i < count; i++)
		if (seen[i] < keys[i].minimum)
			return error_set(error, ERROR_USAGE, "the key '%s' is missing",
			                 keys[i].name);
	return OK;
}
