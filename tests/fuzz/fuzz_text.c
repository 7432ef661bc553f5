/* Reads any bytes as a text; what comes out of a text that is accepted must,
 * put again, be that text. */
#include "result.h"
#include "text.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TEXT_MAXIMUM = 1 << 16, WORDS = 8, KEY_CAPACITY = 64 };

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void try_values(struct bytes value)
{
	struct bytes words[WORDS];
	char printed[DURATION_CAPACITY];
	size_t count;
	timestamp time;
	int64_t seconds;
	uint64_t number;

	if (text_words(value, words, WORDS, &count) == OK) {
		size_t total = count - 1;

		for (size_t i = 0; i < count; i++)
			total += words[i].size;
		require(total == value.size);
	}
	if (timestamp_parse(value, &time) == OK) {
		char text[TIMESTAMP_CAPACITY];

		timestamp_format(time, text);
		require(bytes_equal_string(value, text));
	}
	if (duration_parse(value, &seconds) == OK) {
		int64_t again;

		duration_format(seconds, printed);
		require(duration_parse(bytes_of_string(printed), &again) == OK && again == seconds);
	}
	text_parse_number(value, UINT64_MAX, &number);
	if (text_is_identifier(value, 32))
		require(text_is_dotted_identifier(value, 32));
	text_is_domain(value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes text = bytes_of(data, size);
	struct text_reader reader;
	struct text_line line;
	struct buffer again;
	struct error error;
	int checked;

	if (size > TEXT_MAXIMUM)
		return 0;
	buffer_init(&again, TEXT_MAXIMUM);
	checked = text_check(text, &error);
	text_reader_init(&reader, text);
	while (text_reader_next(&reader, &line) == OK) {
		char key[KEY_CAPACITY];

		try_values(line.value);
		if (checked != OK)
			continue;
		if (line.value.size > 0 && line.key.size > 0 &&
		    bytes_to_string(line.key, key, sizeof(key)) == OK) {
			require(text_put(&again, key, line.value) == OK);
		} else {
			require(buffer_put_bytes(&again, line.whole) == OK);
			require(buffer_put_u8(&again, '\n') == OK);
		}
	}
	require(reader.rest.size == 0);
	if (checked == OK)
		require(bytes_equal(buffer_view(&again), text));
	buffer_release(&again);
	return 0;
}
