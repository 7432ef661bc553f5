#include "identities.h"

#include <unistd.h>

#include "allocate.h"
#include "files.h"
#include "translate.h"

enum { IDENTITY_FILE_MAXIMUM = 65536 };

int identities_read(const char *path, struct identities *ret_identities, struct error *error)
{
	struct identities identities = { 0 };
	struct buffer content;
	struct bytes rest;
	size_t number = 0;
	int r;

	buffer_init(&content, IDENTITY_FILE_MAXIMUM);
	if ((r = file_read(path, &content, error)) != OK)
		goto out;
	rest = buffer_view(&content);
	while (rest.size > 0 && r == OK) {
		const uint8_t *end = memchr(rest.data, '\n', rest.size);
		struct bytes line = bytes_of(rest.data,
		                             end != NULL ? (size_t)(end - rest.data) : rest.size);

		rest.size -= line.size + (end != NULL);
		rest.data += line.size + (end != NULL);
		number++;
		if (line.size > 0 && line.data[line.size - 1] == '\r')
			line.size--;
		if (line.size == 0 || line.data[0] == '#')
			continue;
		if (identities.count == IDENTITIES_MAXIMUM)
			r = error_set(error, ERROR_LIMIT, _("%s has too many identities"), path);
		else if ((r = age_identity_parse(line, &identities.secrets[identities.count])) !=
		         OK)
			error_set(error, r, _("%s, line %zu: not an age identity"), path, number);
		else
			identities.count++;
	}
	if (r == OK && identities.count == 0)
		r = error_set(error, ERROR_SYNTAX, _("%s has no age identity"), path);
	if (r == OK)
		*ret_identities = identities;
out:
	wipe(&identities, sizeof(identities));
	buffer_release(&content);
	return r;
}

int file_key_by_identity(int blob, const char *identity_path, struct age_file_key *ret_file_key,
                         struct error *error)
{
	struct identities identities = { 0 };
	uint8_t prefix[AGE_HEADER_MAXIMUM];
	ssize_t got = pread(blob, prefix, sizeof(prefix), 0);
	size_t header_size;
	int r;

	if (got <= 0)
		return error_set(error, ERROR_IO, _("the body cannot be read"));
	if ((r = identities_read(identity_path, &identities, error)) != OK)
		return r;
	if ((r = age_header_length(bytes_of(prefix, (size_t)got), &header_size)) != OK) {
		error_set(error, r, _("the body is not an age file"));
		goto out;
	}
	r = age_header_unwrap(bytes_of(prefix, header_size), identities.secrets, identities.count,
	                      ret_file_key, error);
	if (r == ERROR_NOT_FOUND)
		error_set(error, r, _("the body is not sealed to the identity in %s"),
		          identity_path);
out:
	wipe(&identities, sizeof(identities));
	return r;
}
