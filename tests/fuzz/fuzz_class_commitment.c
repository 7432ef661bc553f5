/* Commitments of classes: what is read is written as it was, and of another class it is not
 * read unless it has prefixes too. The first byte chooses the class. */
#include <stdlib.h>

#include "class_commitment.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static bool has_prefixes(enum identifier_class identifier_class)
{
	return identifier_class == IDENTIFIER_IPV4 || identifier_class == IDENTIFIER_IPV6;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum identifier_class identifier_class, other;
	struct class_commitment commitment, again;
	struct bytes text;
	struct buffer printed;

	if (size == 0)
		return 0;
	identifier_class = (enum identifier_class)(data[0] % IDENTIFIER_CLASS_COUNT);
	other = (enum identifier_class)(data[0] / IDENTIFIER_CLASS_COUNT % IDENTIFIER_CLASS_COUNT);
	text = bytes_of(data + 1, size - 1);
	if (class_commitment_parse(text, identifier_class, &commitment, NULL) != OK)
		return 0;
	require(commitment.pairs > 0 && commitment.pairs <= CLASS_PAIRS_MAXIMUM);
	require((class_commitment_lengths(&commitment) > 0) == has_prefixes(identifier_class));
	buffer_init(&printed, CLASS_COMMITMENT_TEXT_MAXIMUM);
	require(class_commitment_print(&printed, identifier_class, &commitment) == OK);
	require(bytes_equal(buffer_view(&printed), text));
	buffer_release(&printed);
	if (has_prefixes(identifier_class) != has_prefixes(other))
		require(class_commitment_parse(text, other, &again, NULL) != OK);
	return 0;
}
