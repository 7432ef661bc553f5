#include "visible.h"

#include <stdio.h>

#include "result.h"

size_t utf8_decode(struct bytes text, uint32_t *ret_character)
{
	/* RFC 3629, section 3: a lead byte masked by `mask` is `lead`, and a value
	 * below `least` is overlong. */
	static const struct {
		uint8_t mask, lead;
		size_t size;
		uint32_t least;
	} forms[] = {
		{ 0x80, 0x00, 1, 0 },
		{ 0xe0, 0xc0, 2, 0x80 },
		{ 0xf0, 0xe0, 3, 0x800 },
		{ 0xf8, 0xf0, 4, 0x10000 },
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		uint32_t character;

		if ((text.data[0] & forms[i].mask) != forms[i].lead)
			continue;
		if (text.size < forms[i].size)
			return 0;
		character = text.data[0] & (uint8_t)~forms[i].mask;
		for (size_t j = 1; j < forms[i].size; j++) {
			if ((text.data[j] & 0xc0) != 0x80)
				return 0;
			character = character << 6 | (text.data[j] & 0x3f);
		}
		if (character < forms[i].least || character > 0x10ffff ||
		    (character >= 0xd800 && character <= 0xdfff))
			return 0;
		*ret_character = character;
		return forms[i].size;
	}
	return 0;
}

/* Characters that a terminal or a reader could be fooled by: controls, marks and
 * overrides of direction, invisible ones, separators of lines, tags, and those
 * that are none. */
static bool is_deceptive(uint32_t character)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{ 0x00, 0x1f },     { 0x7f, 0x9f },     { 0xad, 0xad },       { 0x34f, 0x34f },
		{ 0x61c, 0x61c },   { 0x115f, 0x1160 }, { 0x17b4, 0x17b5 },   { 0x180b, 0x180f },
		{ 0x200b, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x206f },   { 0x3164, 0x3164 },
		{ 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff }, { 0xffa0, 0xffa0 },   { 0xfff0, 0xfffb },
		{ 0xe000, 0xf8ff }, { 0xfdd0, 0xfdef }, { 0x1d173, 0x1d17a }, { 0xe0000, 0x10ffff },
	};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (character >= ranges[i].first && character <= ranges[i].last)
			return true;
	return (character & 0xfffe) == 0xfffe;
}

void visible_next(struct bytes *text, bool lines, char ret_shown[VISIBLE_CHARACTER_CAPACITY])
{
	uint32_t character;
	size_t size = utf8_decode(*text, &character);

	if (size == 0) {
		snprintf(ret_shown, VISIBLE_CHARACTER_CAPACITY, "<%02X>", text->data[0]);
		size = 1;
	} else if (!is_deceptive(character) ||
	           (lines && (character == '\n' || character == '\t'))) {
		memcpy(ret_shown, text->data, size);
		ret_shown[size] = '\0';
	} else {
		snprintf(ret_shown, VISIBLE_CHARACTER_CAPACITY, "<U+%04X>", (unsigned)character);
	}
	*text = bytes_of(text->data + size, text->size - size);
}

int visible_text(struct buffer *buffer, struct bytes text, bool lines)
{
	int r = OK;

	while (text.size > 0 && r == OK) {
		char shown[VISIBLE_CHARACTER_CAPACITY];

		visible_next(&text, lines, shown);
		r = buffer_put_string(buffer, shown);
	}
	return r;
}

void visible_copy(struct bytes text, char *ret_text, size_t capacity)
{
	size_t used = 0;

	while (text.size > 0) {
		char shown[VISIBLE_CHARACTER_CAPACITY];
		size_t size;

		visible_next(&text, false, shown);
		size = strlen(shown);
		if (size >= capacity - used)
			break;
		memcpy(ret_text + used, shown, size);
		used += size;
	}
	ret_text[used] = '\0';
}
