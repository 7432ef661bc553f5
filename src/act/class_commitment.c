#include "class_commitment.h"

#include "encoding.h"
#include "text_values.h"

#include <inttypes.h>

/* The longest prefix of a class; 0 for classes without prefixes. */
static unsigned longest_prefix(enum identifier_class identifier_class)
{
	switch (identifier_class) {
	case IDENTIFIER_IPV4:
		return 32;
	case IDENTIFIER_IPV6:
		return 128;
	default:
		return 0;
	}
}

/* --- reading -------------------------------------------------------------- */

/* `16` or `19-24`, of numbers up to `longest`; above `*next`, which moves past it. */
static int take_range(struct bytes text, unsigned longest, unsigned *next, bool *lengths)
{
	const uint8_t *hyphen = text.size == 0 ? NULL : memchr(text.data, '-', text.size);
	size_t size = hyphen == NULL ? text.size : (size_t)(hyphen - text.data);
	uint64_t first, last;
	int r;

	if ((r = text_parse_number(bytes_of(text.data, size), longest, &first)) != OK)
		return r;
	last = first;
	if (hyphen != NULL && (r = text_parse_number(bytes_of(hyphen + 1, text.size - size - 1),
	                                             longest, &last)) != OK)
		return r;
	if (first < *next || last < first)
		return ERROR_SYNTAX;
	for (uint64_t i = first; i <= last; i++)
		lengths[i] = true;
	*next = (unsigned)last + 1;
	return OK;
}

static int take_lengths(struct bytes text, unsigned longest, bool *lengths)
{
	unsigned next = 0;

	if (longest == 0)
		return bytes_equal_string(text, "-") ? OK : ERROR_SYNTAX;
	for (;;) {
		const uint8_t *comma = text.size == 0 ? NULL : memchr(text.data, ',', text.size);
		size_t size = comma == NULL ? text.size : (size_t)(comma - text.data);
		int r = take_range(bytes_of(text.data, size), longest, &next, lengths);

		if (r != OK || comma == NULL)
			return r;
		text = bytes_of(comma + 1, text.size - size - 1);
	}
}

static int read_commitment(struct bytes text, unsigned longest, struct class_commitment *commitment)
{
	struct bytes rest = text;
	struct bytes key = cut_word(&rest), pairs = cut_word(&rest), root = cut_word(&rest);
	int r;

	if ((r = base64_decode_fixed(key, commitment->public_key, CLASS_KEY_SIZE)) != OK ||
	    (r = text_parse_number(pairs, CLASS_PAIRS_MAXIMUM, &commitment->pairs)) != OK ||
	    (r = base64_decode_fixed(root, commitment->root.bytes, HASH_SIZE)) != OK)
		return r;
	if (commitment->pairs == 0)
		return ERROR_LIMIT;
	return take_lengths(rest, longest, commitment->lengths);
}

/* What came in another spelling does not come back. */
static int check_spelling(struct bytes text, enum identifier_class identifier_class,
                          const struct class_commitment *commitment)
{
	struct buffer printed;
	int r;

	buffer_init(&printed, CLASS_COMMITMENT_TEXT_MAXIMUM);
	r = class_commitment_print(&printed, identifier_class, commitment);
	if (r == OK && !bytes_equal(buffer_view(&printed), text))
		r = ERROR_CANONICAL;
	buffer_release(&printed);
	return r;
}

int class_commitment_parse(struct bytes text, enum identifier_class identifier_class,
                           struct class_commitment *ret_commitment, struct error *error)
{
	struct class_commitment commitment = { .pairs = 0 };
	int r;

	if (text.size > CLASS_COMMITMENT_TEXT_MAXIMUM)
		r = ERROR_LIMIT;
	else if ((r = read_commitment(text, longest_prefix(identifier_class), &commitment)) == OK)
		r = check_spelling(text, identifier_class, &commitment);
	if (r != OK)
		return error_set(error, r,
		                 "it is not a key, a number of pairs, a root and prefix lengths");
	*ret_commitment = commitment;
	return OK;
}

/* --- writing -------------------------------------------------------------- */

static int put_base64(struct buffer *buffer, const uint8_t *data, size_t size)
{
	int r = base64_encode(buffer, bytes_of(data, size), BASE64_PADDED);

	return r == OK ? buffer_put_string(buffer, " ") : r;
}

static int put_lengths(struct buffer *buffer, unsigned longest, const bool *lengths)
{
	const char *separator = "";
	int r;

	for (unsigned first = 0; first <= longest; first++) {
		unsigned last = first;

		if (!lengths[first])
			continue;
		while (last < longest && lengths[last + 1])
			last++;
		r = first == last ? buffer_put_format(buffer, "%s%u", separator, first)
		                  : buffer_put_format(buffer, "%s%u-%u", separator, first, last);
		if (r != OK)
			return r;
		separator = ",";
		first = last;
	}
	return *separator == '\0' ? ERROR_SYNTAX : OK;
}

int class_commitment_print(struct buffer *buffer, enum identifier_class identifier_class,
                           const struct class_commitment *commitment)
{
	unsigned longest = longest_prefix(identifier_class);
	int r;

	if ((r = put_base64(buffer, commitment->public_key, CLASS_KEY_SIZE)) != OK ||
	    (r = buffer_put_format(buffer, "%" PRIu64 " ", commitment->pairs)) != OK ||
	    (r = put_base64(buffer, commitment->root.bytes, HASH_SIZE)) != OK)
		return r;
	return longest == 0 ? buffer_put_string(buffer, "-")
	                    : put_lengths(buffer, longest, commitment->lengths);
}

size_t class_commitment_lengths(const struct class_commitment *commitment)
{
	size_t count = 0;

	for (size_t i = 0; i < CLASS_LENGTHS_MAXIMUM; i++)
		count += commitment->lengths[i];
	return count;
}
