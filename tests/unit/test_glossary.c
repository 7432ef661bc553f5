/* Folded words, glossaries, working translations. */
#include "body_fixture.h"

#include "folded.h"
#include "glossary.h"
#include "working.h"

#define GLOSSARY                                                                                   \
	"chirograph.glossary/1\nlanguages en ru\nterm 1\nen incident\nru инцидент\n"       \
	"ru происшествие\nnote not an accident\nterm 2\nen control system\n"           \
	"ru система управления\n"

static bool stands(const char *text, const char *phrase)
{
	struct buffer folded;
	bool found;

	buffer_init(&folded, 4096);
	assert_int_equal(fold_words(bytes_of_string(text), &folded), OK);
	found = folded_has_phrase(buffer_view(&folded), bytes_of_string(phrase));
	buffer_release(&folded);
	return found;
}

static void test_folded(void **state)
{
	struct buffer folded;

	(void)state;
	buffer_init(&folded, 64);
	assert_int_equal(fold_words(bytes_of_string("“Gadu\n Dam”, Ёлка-2!"), &folded), OK);
	assert_true(bytes_equal_string(buffer_view(&folded), " gadu dam елка 2 "));
	/* What does not fit changes nothing. */
	assert_int_equal(fold_words(bytes_of_string("A text that is longer than the rest of it"
	                                            " and then some more"),
	                            &folded),
	                 ERROR_LIMIT);
	assert_true(bytes_equal_string(buffer_view(&folded), " gadu dam елка 2 "));
	buffer_clear(&folded);
	assert_int_equal(fold_words(bytes_of_string("a\xff\xc3 b"), &folded), OK);
	assert_true(bytes_equal_string(buffer_view(&folded), " a b "));
	buffer_release(&folded);

	assert_true(stands("Two Incidents were notified.", "incident"));
	assert_false(stands("The coincidental visit.", "incident"));
	assert_true(stands("об этом инциденте", "Инцидент"));
	assert_true(stands("системами управления", "система управления"));
	assert_false(stands("управления системами", "система управления"));
	assert_false(stands("система", "система управления"));
	assert_false(stands("", "система"));
	assert_false(stands("anything", ""));
	assert_false(stands("anything", "…"));
}

static void test_glossary(void **state)
{
	struct glossary_reader reader;
	struct glossary_term term;

	(void)state;
	assert_int_equal(glossary_check(bytes_of_string(GLOSSARY), NULL), OK);
	glossary_reader_init(&reader, bytes_of_string(GLOSSARY));
	assert_int_equal(glossary_next(&reader, &term), OK);
	assert_int_equal(term.count, 3);
	assert_true(bytes_equal_string(term.note, "not an accident"));
	assert_true(bytes_equal_string(glossary_term_in(&term, "ru"), "инцидент"));
	assert_int_equal(glossary_term_in(&term, "fr").size, 0);
	assert_true(glossary_term_stands(&term, "ru", bytes_of_string(" о происшествии ")));
	assert_false(glossary_term_stands(&term, "ru", bytes_of_string(" incident ")));
	assert_int_equal(glossary_next(&reader, &term), OK);
	assert_int_equal(term.number, 2);
	assert_int_equal(glossary_next(&reader, &term), ERROR_NOT_FOUND);
}

static void test_glossaries_that_are_none(void **state)
{
	static const char *const texts[] = {
		"",
		"chirograph.glossary/1\n",
		"chirograph.glossary/1\nlanguages en\nterm 1\nen a\n",
		"chirograph.glossary/1\nlanguages en ru\n",
		"chirograph.glossary/1\nlanguages en en\nterm 1\nen a\nen b\n",
		"chirograph.glossary/1\nlanguages en note\nterm 1\nen a\nnote b\n",
		"chirograph.glossary/1\nlanguages en ru\nterm 2\nen a\nru b\n",
		"chirograph.glossary/1\nlanguages en ru\nterm 1\nen a\n",
		"chirograph.glossary/1\nlanguages en ru\nterm 1\nru b\nen a\n",
		"chirograph.glossary/1\nlanguages en ru\nterm 1\nen a\nru b\nfr c\n",
		"chirograph.glossary/1\nlanguages en ru\nterm 1\nen a\nru b\nnote c\nnote d\n",
		"chirograph.glossary/1\nlanguages en ru\nterm 1\nen a\nru b\n\n",
		"chirograph.glossary/1\nlanguages en ru\nterm 1\nen a\nru b",
	};
	struct buffer text;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_not_equal(glossary_check(bytes_of_string(texts[i]), NULL), OK);
	/* A rendering, renderings and terms beyond their bounds. */
	for (int which = 0; which < 3; which++) {
		buffer_init(&text, 1 << 20);
		buffer_put_string(&text, "chirograph.glossary/1\nlanguages en ru\n");
		for (int i = 1; i <= (which == 2 ? 1025 : 1); i++) {
			buffer_put_format(&text, "term %d\n", i);
			for (int j = 0; j < (which == 1 ? 9 : 1); j++)
				buffer_put_format(&text, "en %0*d\n", which == 0 ? 257 : 1, 1);
			buffer_put_string(&text, "ru b\n");
		}
		assert_int_not_equal(glossary_check(buffer_view(&text), NULL), OK);
		buffer_release(&text);
	}
}

static void test_working(void **state)
{
	struct working working = { .channel = "abcdefghij",
		                   .act = "south-3",
		                   .language = "ru",
		                   .by = "Ivanova, translator",
		                   .made = 1764400000,
		                   .text = bytes_of_string("Первый\tабзац.\n\nВторой.\n") };
	static const char *const changes[][2] = {
		{ "working/1", "working/2" },    { "act south-3", "act south" },
		{ "language ru", "language r" }, { "made 2", "made x" },
		{ "by Ivanova", "bye Ivanova" }, { "\n\nПервый", "\nextra 1\n\nПервый" },
		{ "Второй", "Вт\x01рой" },
	};
	struct working parsed;
	struct buffer text;
	char changed[1024];

	(void)state;
	buffer_init(&text, 1024);
	assert_int_equal(working_print(&working, &text, NULL), OK);
	assert_int_equal(working_parse(buffer_view(&text), &parsed, NULL), OK);
	assert_string_equal(parsed.by, "Ivanova, translator");
	assert_int_equal(parsed.made, 1764400000);
	assert_true(bytes_equal(parsed.text, working.text));
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		const char *at;
		size_t before;

		assert_int_equal(bytes_to_string(buffer_view(&text), changed, sizeof(changed)), OK);
		at = strstr(changed, changes[i][0]);
		assert_non_null(at);
		before = (size_t)(at - changed);
		snprintf(changed + before, sizeof(changed) - before, "%s%.*s", changes[i][1],
		         (int)(text.size - before - strlen(changes[i][0])),
		         (const char *)text.data + before + strlen(changes[i][0]));
		assert_int_not_equal(working_parse(bytes_of_string(changed), &parsed, NULL), OK);
	}
	buffer_clear(&text);
	working.text = bytes_of_string("\n\n");
	assert_int_not_equal(working_print(&working, &text, NULL), OK);
	assert_int_equal(text.size, 0);
	buffer_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_folded),
		cmocka_unit_test(test_glossary),
		cmocka_unit_test(test_glossaries_that_are_none),
		cmocka_unit_test(test_working),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
