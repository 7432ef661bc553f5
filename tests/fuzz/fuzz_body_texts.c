/* Texts in bodies and beside them: fields by the table of every kind, glossaries,
 * working translations, folded words. */
#include "details.h"
#include "folded.h"
#include "glossary.h"
#include "working.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static bool is_within(struct bytes part, struct bytes whole)
{
	return part.size == 0 ||
	       (part.data >= whole.data && part.data + part.size <= whole.data + whole.size);
}

static void check_fields(struct bytes input)
{
	static struct detail_value values[FIELDS_COUNT_MAXIMUM];
	struct detail_fault faults[64];
	size_t count;

	if (fields_check(input, NULL) != OK)
		return;
	count = details_read(input, values);
	for (size_t i = 0; i < count; i++)
		require(is_within(values[i].key, input) && is_within(values[i].value, input));
	for (int kind = 0; kind < KIND_COUNT; kind++) {
		size_t found = details_check((enum kind_number)kind, values, count, faults, 64);

		require(found <= 64);
		for (size_t i = 0; i < found; i++)
			require(faults[i].value < (int)count &&
			        (faults[i].detail != NULL || faults[i].wrong == DETAIL_REFUSED) &&
			        (faults[i].value >= 0 || faults[i].wrong == DETAIL_MISSING));
	}
}

static void check_glossary(struct bytes input)
{
	struct glossary_reader reader;
	struct glossary_term term;
	struct buffer folded;
	uint64_t number = 0;

	if (glossary_check(input, NULL) != OK)
		return;
	buffer_init(&folded, 1 << 20);
	require(fold_words(input, &folded) == OK);
	glossary_reader_init(&reader, input);
	while (glossary_next(&reader, &term) == OK) {
		require(term.number == ++number && term.count >= 2);
		for (size_t i = 0; i < term.count; i++)
			require(is_within(term.renderings[i].text, input) &&
			        term.renderings[i].text.size > 0);
	}
	require(number > 0 && number <= GLOSSARY_TERMS_MAXIMUM);
	buffer_release(&folded);
}

static void check_working(struct bytes input)
{
	struct working working;
	struct buffer text;

	if (working_parse(input, &working, NULL) != OK)
		return;
	buffer_init(&text, WORKING_SIZE_MAXIMUM);
	require(working_print(&working, &text, NULL) == OK);
	require(bytes_equal(buffer_view(&text), input));
	buffer_release(&text);
}

static void check_folded(struct bytes input)
{
	struct buffer folded, again;

	buffer_init(&folded, 1 << 22);
	buffer_init(&again, 1 << 22);
	require(fold_words(input, &folded) == OK);
	/* Folding what is folded changes nothing. */
	require(fold_words(buffer_view(&folded), &again) == OK);
	require(bytes_equal(buffer_view(&folded), buffer_view(&again)));
	folded_has_phrase(buffer_view(&folded), input);
	buffer_release(&folded);
	buffer_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes input = bytes_of(data, size);

	check_fields(input);
	check_glossary(input);
	check_working(input);
	check_folded(input);
	return 0;
}
