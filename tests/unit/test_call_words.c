/* Words for the telephone: the vectors of PROTOCOL.link, and what must differ. */
#include "check.h"

#include "call_words.h"
#include "words.h"

enum { WHEN = 1795356123 };

static struct x25519_secret secret_from(uint8_t first)
{
	struct x25519_secret secret;

	for (size_t i = 0; i < sizeof(secret.bytes); i++)
		secret.bytes[i] = (uint8_t)(first + i);
	return secret;
}

static struct call_question question_by(unsigned asker)
{
	struct call_question question = { .asker = asker, .random = { 1, 2, 253 } };

	for (size_t i = 0; i < HASH_SIZE; i++)
		question.channel.bytes[i] = (uint8_t)(64 + i);
	question.window = call_window(WHEN);
	return question;
}

/* As one of the two parties makes them. */
static struct call_words words_of(const struct call_question *question, unsigned own)
{
	struct x25519_secret secrets[2] = { secret_from(0), secret_from(32) };
	struct call_words words;
	struct x25519_public other;

	x25519_public_of(&secrets[1 - own], &other);
	assert_ok(call_words_make(question, own, &secrets[own], &other, &words));
	return words;
}

static void check_said(const uint8_t bytes[CALL_WORDS_COUNT], const char *expected)
{
	char text[WORDS_SAID_CAPACITY];

	words_print(WORDS_ENGLISH, bytes, CALL_WORDS_COUNT, text);
	assert_string_equal(text, expected);
}

/* Computed by another implementation, in Python. */
static void test_vectors(void **state)
{
	static const char *const expected[2][2] = {
		{ "ticket jelly candle lemon", "jacket spider apple ankle" },
		{ "maple pelican garden aspen", "island barrel forest kettle" },
	};
	uint8_t said[CALL_WORDS_COUNT];

	(void)state;
	for (unsigned asker = 0; asker < 2; asker++) {
		struct call_question question = question_by(asker);

		call_challenge(&question, said);
		check_said(said, "lizard almond anchor zenith");
		for (unsigned own = 0; own < 2; own++) {
			struct call_words words = words_of(&question, own);

			check_said(words.answer, expected[asker][0]);
			check_said(words.confirmation, expected[asker][1]);
		}
	}
}

static void test_everything_counts(void **state)
{
	struct call_question question = question_by(0), other;
	struct call_words words = words_of(&question, 0), changed;

	(void)state;
	other = question;
	other.window++;
	changed = words_of(&other, 0);
	assert_memory_not_equal(&words, &changed, sizeof(words));
	other = question;
	other.random[2]++;
	changed = words_of(&other, 0);
	assert_memory_not_equal(&words, &changed, sizeof(words));
	other = question;
	other.channel.bytes[0]++;
	changed = words_of(&other, 0);
	assert_memory_not_equal(&words, &changed, sizeof(words));
}

static void test_windows(void **state)
{
	struct call_question question = question_by(0), found;
	uint8_t said[CALL_WORDS_COUNT];

	(void)state;
	call_challenge(&question, said);
	for (int64_t late = -CALL_WINDOW_SECONDS; late <= CALL_WINDOW_SECONDS;
	     late += CALL_WINDOW_SECONDS) {
		found = (struct call_question){ .asker = 1 };
		assert_ok(call_question_of(said, WHEN + late, &found));
		assert_int_equal(found.window, question.window);
		assert_memory_equal(found.random, question.random, CALL_RANDOM_SIZE);
		assert_int_equal(found.asker, 1);
	}
	assert_int_equal(call_question_of(said, WHEN + 2 * CALL_WINDOW_SECONDS, &found),
	                 ERROR_CLOCK);
	assert_int_equal(call_question_of(said, WHEN - 2 * CALL_WINDOW_SECONDS, &found),
	                 ERROR_CLOCK);
}

/* The byte of the window turns round every two days. */
static void test_the_turn_of_the_byte(void **state)
{
	struct call_question question = { .window = 256 }, found;
	uint8_t said[CALL_WORDS_COUNT];

	(void)state;
	call_challenge(&question, said);
	assert_int_equal(said[0], 0);
	assert_ok(call_question_of(said, 255 * CALL_WINDOW_SECONDS, &found));
	assert_int_equal(found.window, 256);
}

static void test_a_key_of_small_order(void **state)
{
	struct call_question question = question_by(0);
	struct x25519_secret secret = secret_from(0);
	struct x25519_public small = { { 1 } };
	struct call_words words;

	(void)state;
	assert_int_equal(call_words_make(&question, 0, &secret, &small, &words), ERROR_DENIED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_everything_counts),
		cmocka_unit_test(test_windows),
		cmocka_unit_test(test_the_turn_of_the_byte),
		cmocka_unit_test(test_a_key_of_small_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
