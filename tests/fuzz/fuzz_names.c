/* The small values within texts: what is read of an act's name, a reference, a
 * list of endpoints, a time, a duration or a cursor of the agenda prints as it was; and words
 * that stand for an act. */
#include <stdio.h>
#include <stdlib.h>

#include "act.h"
#include "agenda.h"
#include "charter.h"
#include "text_values.h"
#include "words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void read_name(struct bytes text)
{
	char party[PARTY_ID_CAPACITY], name[ACT_NAME_CAPACITY];
	unsigned generation;
	uint64_t number;

	if (act_name_parse(text, party, &generation, &number) != OK)
		return;
	act_name(party, generation, number, name);
	require(bytes_equal_string(text, name));
}

/* Words that people have heard, in any spelling: the words of what was read say the same. */
static void read_words(struct bytes text)
{
	uint8_t bytes[WORDS_OF_ACT], again[WORDS_OF_ACT];
	char said[WORDS_SAID_CAPACITY];

	if (words_read(text, bytes, WORDS_OF_ACT) != OK)
		return;
	for (int language = 0; language < WORDS_LANGUAGE_COUNT; language++) {
		words_print((enum words_language)language, bytes, WORDS_OF_ACT, said);
		require(words_read(bytes_of_string(said), again, WORDS_OF_ACT) == OK);
		require(memcmp(bytes, again, WORDS_OF_ACT) == 0);
	}
}

static void read_reference(struct bytes text)
{
	struct act_reference reference;
	struct buffer printed;

	if (act_reference_parse(text, &reference) != OK)
		return;
	buffer_init(&printed, TEXT_LINE_MAXIMUM);
	require(act_reference_print(&reference, &printed) == OK);
	require(bytes_equal(text, buffer_view(&printed)));
	buffer_release(&printed);
}

static void read_endpoints(struct bytes text)
{
	char endpoints[ENDPOINTS_MAXIMUM][ENDPOINT_CAPACITY];
	struct buffer printed;
	size_t count;

	if (endpoints_parse(text, endpoints, &count) != OK)
		return;
	require(count > 0 && count <= ENDPOINTS_MAXIMUM);
	buffer_init(&printed, TEXT_LINE_MAXIMUM);
	for (size_t i = 0; i < count; i++) {
		require(endpoint_is_valid(bytes_of_string(endpoints[i])));
		require(buffer_put_format(&printed, "%s%s", i > 0 ? " " : "", endpoints[i]) == OK);
	}
	require(bytes_equal(text, buffer_view(&printed)));
	buffer_release(&printed);
}

static void read_times(struct bytes text)
{
	char printed[DURATION_CAPACITY > TIMESTAMP_CAPACITY ? DURATION_CAPACITY
	                                                    : TIMESTAMP_CAPACITY];
	int64_t seconds, canonical;
	timestamp time;

	if (timestamp_parse(text, &time) == OK) {
		require(time >= 0 && time <= TIMESTAMP_MAXIMUM);
		timestamp_format(time, printed);
		require(bytes_equal_string(text, printed));
	}
	if (duration_parse(text, &seconds) != OK) {
		require(duration_parse_canonical(text, &canonical) != OK);
		return;
	}
	require(seconds >= 0 && seconds <= DURATION_MAXIMUM);
	duration_format(seconds, printed);
	require((duration_parse_canonical(text, &canonical) == OK) ==
	        bytes_equal_string(text, printed));
	require(duration_parse_canonical(bytes_of_string(printed), &canonical) == OK);
	require(canonical == seconds);
}

static void read_cursor(struct bytes text)
{
	char printed[AGENDA_CURSOR_CAPACITY];
	struct agenda_cursor cursor;

	if (agenda_cursor_parse(text, &cursor) != OK)
		return;
	require(cursor.now >= 0);
	agenda_cursor_print(&cursor, printed);
	require(bytes_equal_string(text, printed));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes text = bytes_of(data, size);

	read_name(text);
	read_reference(text);
	read_words(text);
	read_endpoints(text);
	read_times(text);
	read_cursor(text);
	return 0;
}
