/* A pair from outside, and a name to ask for. A label that opens seals to the same pair. */
#include <stdlib.h>

#include "pair.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(int condition)
{
	if (!condition)
		abort();
}

static void try_pair(const struct oprf_output *output, const struct pair *pair)
{
	uint8_t tag[PAIR_TAG_SIZE];
	struct pair_label label;
	struct pair again;
	int r = pair_open(output, pair, &label);

	pair_tag(output, tag);
	demand((r == ERROR_MISMATCH) == (memcmp(tag, pair->bytes, sizeof(tag)) != 0));
	if (r != OK)
		return;
	demand(pair_seal(output, &label, &again) == OK);
	demand(memcmp(again.bytes, pair->bytes, PAIR_SIZE) == 0);
}

/* The label's bytes come from outside as well: sealed, they open to what they were. */
static void try_label(const struct oprf_output *output, const uint8_t bytes[4])
{
	struct pair_label label = { (enum protection)(bytes[0] % 8), bytes[1] % 8, bytes[2],
		                    bytes[3] };
	struct pair_label opened;
	struct pair pair;
	bool fits = label.protection < PROTECTION_COUNT && label.criticality <= 3;

	demand(pair_seal(output, &label, &pair) == (fits ? OK : ERROR_LIMIT));
	if (!fits)
		return;
	demand(pair_open(output, &pair, &opened) == OK);
	demand(opened.protection == label.protection && opened.criticality == label.criticality &&
	       opened.sector == label.sector && opened.contact == label.contact);
}

static void try_name(struct bytes name)
{
	uint8_t input[PAIR_INPUT_MAXIMUM];
	size_t size;

	for (size_t i = 0; i < IDENTIFIER_CLASS_COUNT; i++) {
		enum identifier_class identifier_class = (enum identifier_class)i;
		const char *word = identifier_class_name(identifier_class);
		int r = pair_input(identifier_class, name, input, &size);

		demand((r == OK) == (name.size > 0 && name.size <= PAIR_IDENTIFIER_MAXIMUM));
		if (r != OK)
			continue;
		demand(size == strlen(word) + 1 + name.size);
		demand(memcmp(input, word, strlen(word) + 1) == 0);
		demand(memcmp(input + strlen(word) + 1, name.data, name.size) == 0);
	}
}

/* value || pair || label || name */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum { BEFORE = OPRF_OUTPUT_SIZE + PAIR_SIZE + 4 };
	struct oprf_output output;
	struct pair pair;

	if (size < BEFORE || size > 4096)
		return 0;
	memcpy(output.bytes, data, OPRF_OUTPUT_SIZE);
	memcpy(pair.bytes, data + OPRF_OUTPUT_SIZE, PAIR_SIZE);
	try_pair(&output, &pair);
	try_label(&output, data + OPRF_OUTPUT_SIZE + PAIR_SIZE);
	try_name(bytes_of(data + BEFORE, size - BEFORE));
	return 0;
}
