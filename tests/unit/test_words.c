/* The lists of words are what they promise to be. */
#include "check.h"

#include "text.h"
#include "words.h"

enum { LETTERS_MAXIMUM = 8 };

/* The letters of a word as code points; -1 when it has too many. */
static int letters(const char *word, uint32_t ret_letters[LETTERS_MAXIMUM])
{
	int count = 0;

	for (const uint8_t *at = (const uint8_t *)word; *at != 0; count++) {
		if (count == LETTERS_MAXIMUM)
			return -1;
		if (*at < 0x80) {
			ret_letters[count] = *at++;
		} else {
			ret_letters[count] = (uint32_t)(at[0] & 0x1f) << 6 | (at[1] & 0x3f);
			at += 2;
		}
	}
	return count;
}

static bool is_letter(enum words_language language, uint32_t letter)
{
	if (language == WORDS_ENGLISH)
		return letter >= 'a' && letter <= 'z';
	return (letter >= 0x430 && letter <= 0x44f) || letter == 0x451;
}

/* The places where two words differ, the shorter one padded. */
static int difference(const uint32_t *a, int a_count, const uint32_t *b, int b_count)
{
	int count = 0;

	for (int i = 0; i < LETTERS_MAXIMUM; i++) {
		uint32_t x = i < a_count ? a[i] : 0;
		uint32_t y = i < b_count ? b[i] : 0;

		count += x != y;
	}
	return count;
}

static void test_lists(void **state)
{
	(void)state;
	for (int language = 0; language < WORDS_LANGUAGE_COUNT; language++) {
		for (int i = 0; i < WORDS_LIST_SIZE; i++) {
			const char *word = words_at((enum words_language)language, (uint8_t)i);
			uint32_t one[LETTERS_MAXIMUM] = { 0 };
			int count = letters(word, one);

			assert_true(text_is_clean(bytes_of_string(word)));
			assert_in_range(count, 4, LETTERS_MAXIMUM);
			for (int k = 0; k < count; k++)
				assert_true(is_letter((enum words_language)language, one[k]));
			for (int k = 0; k < i; k++) {
				const char *other = words_at((enum words_language)language,
				                             (uint8_t)k);
				uint32_t two[LETTERS_MAXIMUM] = { 0 };
				int other_count = letters(other, two);

				assert_memory_not_equal(one, two, 4 * sizeof(*one));
				assert_true(difference(one, count, two, other_count) >= 2);
			}
		}
	}
}

static void test_fingerprint(void **state)
{
	struct hash hash = { { 0, 1, 2, 3, 252, 253, 254, 255, 128, 127, 0, 0, 99 } };
	char text[WORDS_FINGERPRINT_CAPACITY];

	(void)state;
	words_fingerprint(WORDS_ENGLISH, &hash, text);
	assert_string_equal(text, "acorn almond anchor ankle zebra zenith "
	                          "zigzag zinc leopard lemon acorn acorn");
	words_fingerprint(WORDS_RUSSIAN, &hash, text);
	assert_string_equal(text, "абрикос автобус адмирал айсберг якорь январь "
	                          "ястреб ящерица монета микрофон абрикос абрикос");
}

static void check_read(const char *text, int expected)
{
	static const uint8_t four[] = { 0, 22, 255, 95 }, cyrillic[] = { 18, 220, 255, 0 };
	uint8_t bytes[4] = { 9, 9, 9, 9 };

	assert_int_equal(words_read(bytes_of_string(text), bytes, 4), expected);
	if (expected == OK)
		assert_memory_equal(bytes, (uint8_t)text[0] < 0x80 ? four : cyrillic, 4);
	else
		assert_int_equal(bytes[0], 9);
}

/* As people write down what they heard. */
static void test_words_are_read(void **state)
{
	(void)state;
	check_read("acorn branch zinc gypsum", OK);
	check_read("Acorn BRANCH  zinc   Gypsum", OK);
	check_read("acor bran zinc gyps", OK);
	check_read("берёза фартук ящерица абрикос", OK);
	check_read("Береза ФАРТУК Ящер абри", OK);
	check_read("aco bran zinc gyps", ERROR_SYNTAX);
	check_read("acorns branch zinc gypsum", ERROR_SYNTAX);
	check_read("acorn branch zinc", ERROR_SYNTAX);
	check_read("acorn branch zinc gypsum acorn", ERROR_SYNTAX);
	check_read("acorn branch zinc абрикос", ERROR_SYNTAX);
	check_read("acorn,branch,zinc,gypsum", OK);
	check_read(" acorn-branch - zinc, gypsum,", OK);
	check_read("acorn/branch/zinc/gypsum", ERROR_SYNTAX);
	check_read("", ERROR_SYNTAX);
	check_read("    ", ERROR_SYNTAX);
	check_read("\xd0 \xff\xff \xe2\x82 \xd1", ERROR_SYNTAX);
}

/* Each word of each list says its byte, also by its first letters alone. */
static void test_every_word_is_read(void **state)
{
	(void)state;
	for (int language = 0; language < WORDS_LANGUAGE_COUNT; language++) {
		for (unsigned i = 0; i < WORDS_LIST_SIZE; i++) {
			const char *word = words_at((enum words_language)language, (uint8_t)i);
			size_t four = language == WORDS_RUSSIAN ? 8 : 4;
			uint8_t byte;

			assert_ok(words_read(bytes_of_string(word), &byte, 1));
			assert_int_equal(byte, i);
			assert_ok(words_read(bytes_of(word, four), &byte, 1));
			assert_int_equal(byte, i);
		}
	}
}

/* The longest possible fingerprint fits. */
static void test_capacity(void **state)
{
	(void)state;
	for (int language = 0; language < WORDS_LANGUAGE_COUNT; language++) {
		size_t longest = 0;

		for (int i = 0; i < WORDS_LIST_SIZE; i++) {
			size_t size = strlen(words_at((enum words_language)language, (uint8_t)i));

			longest = size > longest ? size : longest;
		}
		assert_true(WORDS_FINGERPRINT_COUNT * (longest + 1) <= WORDS_FINGERPRINT_CAPACITY);
		assert_true(WORDS_SAID_MAXIMUM * (longest + 1) <= WORDS_SAID_CAPACITY);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_fingerprint),
		cmocka_unit_test(test_capacity),
		cmocka_unit_test(test_words_are_read),
		cmocka_unit_test(test_every_word_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
