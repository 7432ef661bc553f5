#include "encoding.h"
#include "sshsig.h"

/*
 * Method: whoever reads an armor only needs to find its end. What is between is
 * joined and decoded, and the lines are counted off. Since base64 has one spelling
 * here, an armor has no other than that which sshsig_armor writes.
 */
static const char begin_line[] = "-----BEGIN SSH SIGNATURE-----\n";
static const char end_line[] = "-----END SSH SIGNATURE-----\n";

enum { COLUMNS = 70 };
enum { BEGIN_SIZE = sizeof(begin_line) - 1, END_SIZE = sizeof(end_line) - 1 };

/* Finds the end line at the start of a line after the begin line. */
static int find_end(struct bytes text, size_t *ret_at, struct error *error)
{
	size_t limit = text.size < SSHSIG_ARMOR_MAXIMUM ? text.size : SSHSIG_ARMOR_MAXIMUM;

	if (limit < BEGIN_SIZE || memcmp(text.data, begin_line, BEGIN_SIZE) != 0)
		return error_set(error, ERROR_SYNTAX, "the armor of an SSH signature is missing");
	for (size_t at = BEGIN_SIZE; at + END_SIZE <= limit; at++) {
		if (text.data[at] == '-' && text.data[at - 1] == '\n' &&
		    memcmp(text.data + at, end_line, END_SIZE) == 0) {
			*ret_at = at;
			return OK;
		}
	}
	if (limit < text.size)
		return error_set(error, ERROR_LIMIT, "the armor of the SSH signature is too long");
	return error_set(error, ERROR_SYNTAX, "the armor of the SSH signature has no end");
}

/* Appends the lines without their LFs. ret_regular: whether all are COLUMNS long but
 * the last, which may be shorter and not empty. */
static int join_lines(struct bytes lines, struct buffer *joined, bool *ret_regular)
{
	bool regular = true;

	while (lines.size > 0) {
		const uint8_t *end = memchr(lines.data, '\n', lines.size);
		size_t size = (size_t)(end - lines.data); /* an LF is before the end line */
		bool last = size + 1 == lines.size;
		int r;

		if (size != COLUMNS && !(last && size > 0 && size < COLUMNS))
			regular = false;
		if ((r = buffer_put(joined, lines.data, size)) != OK)
			return r;
		lines = bytes_of(end + 1, lines.size - size - 1);
	}
	*ret_regular = regular;
	return OK;
}

int sshsig_dearmor(struct bytes text, struct buffer *blob, size_t *ret_taken, struct error *error)
{
	size_t before = blob->size;
	struct buffer joined;
	size_t end = 0;
	bool regular;
	int r;

	if ((r = find_end(text, &end, error)) != OK)
		return r;
	buffer_init(&joined, SSHSIG_ARMOR_MAXIMUM);
	if ((r = join_lines(bytes_of(text.data + BEGIN_SIZE, end - BEGIN_SIZE), &joined,
	                    &regular)) != OK ||
	    (r = base64_decode(blob, buffer_view(&joined), BASE64_PADDED)) != OK)
		error_set(error, r, "the armor of the SSH signature is not strict base64");
	else if (blob->size - before > SSHSIG_BLOB_MAXIMUM)
		r = error_set(error, ERROR_LIMIT, "the SSH signature is too long");
	else if (!regular)
		r = error_set(error, ERROR_CANONICAL,
		              "the armor of the SSH signature is not broken at %d columns",
		              COLUMNS);
	if (r == OK)
		*ret_taken = end + END_SIZE;
	else
		buffer_truncate(blob, before);
	buffer_release(&joined);
	return r;
}

int sshsig_armor(struct bytes blob, struct buffer *armor)
{
	struct buffer encoded;
	size_t before = armor->size;
	struct bytes rest;
	int r;

	if (blob.size > SSHSIG_BLOB_MAXIMUM)
		return ERROR_LIMIT;
	buffer_init(&encoded, SSHSIG_ARMOR_MAXIMUM);
	if ((r = base64_encode(&encoded, blob, BASE64_PADDED)) != OK ||
	    (r = buffer_put_string(armor, begin_line)) != OK)
		goto out;
	rest = buffer_view(&encoded);
	while (rest.size > 0) {
		size_t part = rest.size < COLUMNS ? rest.size : COLUMNS;

		if ((r = buffer_put(armor, rest.data, part)) != OK ||
		    (r = buffer_put_u8(armor, '\n')) != OK)
			goto out;
		rest = bytes_of(rest.data + part, rest.size - part);
	}
	r = buffer_put_string(armor, end_line);
out:
	if (r != OK)
		buffer_truncate(armor, before);
	buffer_release(&encoded);
	return r;
}
