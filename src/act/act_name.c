/* How acts are named and referred to. */
#include "act.h"
#include "encoding.h"
#include "text_values.h"

#include <inttypes.h>
#include <stdio.h>

enum { GENERATION_MAXIMUM = 999999 };

void act_name(const char *party, unsigned generation, uint64_t number,
              char ret_name[ACT_NAME_CAPACITY])
{
	if (generation > 1)
		snprintf(ret_name, ACT_NAME_CAPACITY, "%s.%u-%" PRIu64, party, generation, number);
	else
		snprintf(ret_name, ACT_NAME_CAPACITY, "%s-%" PRIu64, party, number);
}

/* Cuts `text` at the last `separator`; false when there is none. */
static bool cut_at_last(struct bytes *text, char separator, struct bytes *ret_after)
{
	for (size_t i = text->size; i > 0; i--) {
		if (text->data[i - 1] != (uint8_t)separator)
			continue;
		*ret_after = bytes_of(text->data + i, text->size - i);
		text->size = i - 1;
		return true;
	}
	return false;
}

int act_name_parse(struct bytes text, char ret_party[PARTY_ID_CAPACITY], unsigned *ret_generation,
                   uint64_t *ret_number)
{
	struct bytes party = text;
	struct bytes digits;
	uint64_t generation = 1;
	uint64_t number;
	int r;

	if (!cut_at_last(&party, '-', &digits))
		return ERROR_SYNTAX;
	if ((r = text_parse_number(digits, NUMBER_MAXIMUM, &number)) != OK)
		return r;
	if (cut_at_last(&party, '.', &digits)) {
		if ((r = text_parse_number(digits, GENERATION_MAXIMUM, &generation)) != OK)
			return r;
		if (generation < 2)
			return ERROR_CANONICAL;
	}
	if (!text_is_identifier(party, PARTY_ID_CAPACITY - 1))
		return ERROR_SYNTAX;
	if ((r = bytes_to_string(party, ret_party, PARTY_ID_CAPACITY)) != OK)
		return r;
	*ret_generation = (unsigned)generation;
	*ret_number = number;
	return OK;
}

int act_reference_print(const struct act_reference *reference, struct buffer *buffer)
{
	char name[ACT_NAME_CAPACITY];
	char leaf[HASH_BASE64_CAPACITY];

	act_name(reference->party, reference->generation, reference->number, name);
	hash_to_base64(&reference->leaf, leaf);
	return buffer_put_format(buffer, "%s %s", name, leaf);
}

int act_reference_parse(struct bytes text, struct act_reference *ret_reference)
{
	struct act_reference reference;
	struct bytes leaf = text;
	struct bytes name;
	int r;

	if (text.size == 0)
		return ERROR_SYNTAX;
	name = cut_word(&leaf);
	if ((r = act_name_parse(name, reference.party, &reference.generation, &reference.number)) !=
	        OK ||
	    (r = base64_decode_fixed(leaf, reference.leaf.bytes, HASH_SIZE)) != OK)
		return r;
	*ret_reference = reference;
	return OK;
}
