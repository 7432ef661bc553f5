#include "recipients.h"

#include "allocate.h"
#include "files.h"
#include "translate.h"

enum { KEY_FILE_MAXIMUM = 16384 };

/* The recipient that one line of a key file tells. */
static int recipient_of_line(struct bytes line, struct x25519_public *ret_recipient)
{
	struct x25519_secret secret;
	int r = age_identity_parse(line, &secret);

	if (r != OK)
		return age_recipient_parse(line, ret_recipient);
	x25519_public_of(&secret, ret_recipient);
	wipe(&secret, sizeof(secret));
	return OK;
}

static int recipient_of_file(const char *path, struct x25519_public *ret_recipient,
                             struct error *error)
{
	struct buffer text;
	struct bytes rest;
	int r;

	buffer_init(&text, KEY_FILE_MAXIMUM);
	if ((r = file_read(path, &text, error)) != OK)
		goto out;
	r = ERROR_USAGE;
	for (rest = buffer_view(&text); r != OK && rest.size > 0;) {
		size_t size = 0;

		while (size < rest.size && rest.data[size] != '\n')
			size++;
		if (recipient_of_line(bytes_of(rest.data, size), ret_recipient) == OK)
			r = OK;
		size += size < rest.size;
		rest = bytes_of(rest.data + size, rest.size - size);
	}
	if (r != OK)
		error_set(error, r, _("%s holds no age key"), path);
out:
	buffer_release(&text);
	return r;
}

int recipient_read(const char *given, char ret_recipient[AGE_RECIPIENT_CAPACITY],
                   struct error *error)
{
	struct x25519_public recipient;
	int r;

	if (age_recipient_parse(bytes_of_string(given), &recipient) != OK &&
	    (r = recipient_of_file(given, &recipient, error)) != OK)
		return r;
	return age_recipient_print(&recipient, ret_recipient);
}
