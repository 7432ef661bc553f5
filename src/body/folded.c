#include "folded.h"

#include "result.h"
#include "visible.h"

enum {
	PHRASE_MAXIMUM = 1024,
	WORDS_MAXIMUM = 64,
	CYRILLIC_LETTER = 2, /* bytes of one */
	STEM_LEAST = 5 * CYRILLIC_LETTER,
	STEM_CUT = 2 * CYRILLIC_LETTER
};

/* The character in lower case, 0 for one that separates words. */
static uint32_t fold(uint32_t character)
{
	if (character < 0x80) {
		if (character >= 'A' && character <= 'Z')
			return character + ('a' - 'A');
		return (character >= 'a' && character <= 'z') ||
		               (character >= '0' && character <= '9')
		           ? character
		           : 0;
	}
	if (character >= 0x410 && character <= 0x42f)
		return character + 0x20;
	/* A letter and its form with two dots are written for one another. */
	if (character == 0x401 || character == 0x451)
		return 0x435;
	if (character >= 0x400 && character <= 0x40f)
		return character + 0x50;
	/* Latin-1 punctuation, general punctuation, CJK punctuation. */
	if (character < 0xc0 || (character >= 0x2000 && character <= 0x206f) ||
	    (character >= 0x3000 && character <= 0x303f))
		return 0;
	return character;
}

static int put_character(struct buffer *buffer, uint32_t character)
{
	uint8_t bytes[4];
	size_t size = 1;

	if (character < 0x80) {
		bytes[0] = (uint8_t)character;
	} else if (character < 0x800) {
		bytes[0] = (uint8_t)(0xc0 | (character >> 6));
		size = 2;
	} else if (character < 0x10000) {
		bytes[0] = (uint8_t)(0xe0 | (character >> 12));
		size = 3;
	} else {
		bytes[0] = (uint8_t)(0xf0 | (character >> 18));
		size = 4;
	}
	for (size_t i = 1; i < size; i++)
		bytes[i] = (uint8_t)(0x80 | ((character >> (6 * (size - 1 - i))) & 0x3f));
	return buffer_put(buffer, bytes, size);
}

int fold_words(struct bytes text, struct buffer *folded)
{
	size_t start = folded->size;
	bool separated = true;
	int r;

	if ((r = buffer_put_u8(folded, ' ')) != OK)
		return r;
	while (r == OK && text.size > 0) {
		uint32_t character = 0;
		size_t size = utf8_decode(text, &character);

		character = size > 0 ? fold(character) : 0;
		size = size > 0 ? size : 1;
		text = bytes_of(text.data + size, text.size - size);
		if (character != 0)
			r = put_character(folded, character);
		else if (!separated)
			r = buffer_put_u8(folded, ' ');
		separated = character == 0;
	}
	if (r == OK && !separated)
		r = buffer_put_u8(folded, ' ');
	if (r != OK)
		buffer_truncate(folded, start);
	return r;
}

/* How much of a folded word must be there. */
static size_t stem_size(struct bytes word)
{
	bool cyrillic = word.size >= STEM_LEAST;

	for (size_t i = 0; cyrillic && i < word.size; i += CYRILLIC_LETTER)
		cyrillic = word.data[i] == 0xd0 || word.data[i] == 0xd1;
	return cyrillic ? word.size - STEM_CUT : word.size;
}

/* Whether the words stand where `at` begins. */
static bool begins_with(struct bytes at, const struct bytes *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct bytes word;

		bytes_cut(&at, ' ', &word);
		if (word.size < words[i].size ||
		    memcmp(word.data, words[i].data, words[i].size) != 0)
			return false;
	}
	return true;
}

bool folded_has_phrase(struct bytes folded, struct bytes phrase)
{
	struct bytes words[WORDS_MAXIMUM], rest, word;
	struct buffer own;
	bool found = false;
	size_t count = 0;

	buffer_init(&own, PHRASE_MAXIMUM);
	if (fold_words(phrase, &own) != OK)
		goto out;
	for (rest = buffer_view(&own); rest.size > 0 && count < WORDS_MAXIMUM;) {
		bytes_cut(&rest, ' ', &word);
		if (word.size > 0)
			words[count++] = bytes_of(word.data, stem_size(word));
	}
	for (rest = folded; count > 0 && !found && rest.size > 0; bytes_cut(&rest, ' ', &word))
		found = begins_with(rest, words, count);
out:
	buffer_release(&own);
	return found;
}
