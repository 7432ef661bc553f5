/* Showing what somebody else wrote. */
#include "terminal.h"
#include "utf8.h"

size_t utf8_decode(struct bytes text, uint32_t *ret_character)
{
	static const struct {
		uint8_t mask, lead;
		size_t size;
		uint32_t minimum;
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
		if (character < forms[i].minimum || character > 0x10ffff ||
		    (character >= 0xd800 && character <= 0xdfff))
			return 0;
		*ret_character = character;
		return forms[i].size;
	}
	return 0;
}

/* Characters that a terminal or a reader could be fooled by: controls, marks and
 * overrides of direction, invisible ones, separators of lines, tags. */
static bool is_deceptive(uint32_t character)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{ 0x00, 0x1f },     { 0x7f, 0x9f },       { 0xad, 0xad },        { 0x34f, 0x34f },
		{ 0x61c, 0x61c },   { 0x115f, 0x1160 },   { 0x17b4, 0x17b5 },    { 0x180b, 0x180f },
		{ 0x200b, 0x200f }, { 0x2028, 0x202e },   { 0x2060, 0x206f },    { 0x3164, 0x3164 },
		{ 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff },   { 0xffa0, 0xffa0 },    { 0xfff0, 0xfffb },
		{ 0xe000, 0xf8ff }, { 0x1d173, 0x1d17a }, { 0xe0000, 0x10ffff },
	};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (character >= ranges[i].first && character <= ranges[i].last)
			return true;
	return false;
}

/* Writes what stands for the first character into `shown` and returns how many
 * bytes of `text` that was; 0 when the character may be shown as it is. */
static size_t replace_character(struct bytes text, bool lines, char shown[16], size_t *ret_plain)
{
	uint32_t character;
	size_t size = utf8_decode(text, &character);

	if (size == 0) {
		snprintf(shown, 16, "<%02X>", text.data[0]);
		return 1;
	}
	*ret_plain = size;
	if (!is_deceptive(character) || (lines && (character == '\n' || character == '\t')))
		return 0;
	snprintf(shown, 16, "<U+%04X>", (unsigned)character);
	return size;
}

void put_visible(FILE *file, struct bytes text, bool lines)
{
	while (text.size > 0) {
		char shown[16];
		size_t plain = 0;
		size_t taken = replace_character(text, lines, shown, &plain);

		if (taken > 0)
			fputs(shown, file);
		else
			fwrite(text.data, 1, plain, file);
		taken = taken > 0 ? taken : plain;
		text.data += taken;
		text.size -= taken;
	}
}

int visible_text(struct buffer *buffer, struct bytes text, bool lines)
{
	while (text.size > 0) {
		char shown[16];
		size_t plain = 0;
		size_t taken = replace_character(text, lines, shown, &plain);
		int r = taken > 0 ? buffer_put_string(buffer, shown)
		                  : buffer_put(buffer, text.data, plain);

		if (r != OK)
			return r;
		taken = taken > 0 ? taken : plain;
		text.data += taken;
		text.size -= taken;
	}
	return OK;
}
