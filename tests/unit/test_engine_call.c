/* Words for the telephone, over two engines and two keepers. */
#include "channel_internal.h"
#include "engine_restore.h"

#include "journal.h"

struct said {
	struct call_question question;
	struct call_words words;
	uint8_t challenge[CALL_WORDS_COUNT];
};

static struct said ask(struct world *world, unsigned side)
{
	struct said said;
	struct error error;

	assert_ok(
	    engine_ask_on_call(world_channel(world, side), &said.question, &said.words, &error));
	call_challenge(&said.question, said.challenge);
	return said;
}

static int answer(struct world *world, unsigned side, const struct said *said,
                  struct call_words *ret_words)
{
	struct call_question question;
	struct error error;
	bool worked;
	int r = engine_answer_on_call(world_channel(world, side), said->challenge, &question,
	                              ret_words, &error);

	node_step(&world->nodes[side], &worked);
	return r;
}

static void test_two_who_are_who_they_say(void **state)
{
	struct call_words words;
	struct world world;

	(void)state;
	world_init(&world, 601);
	world_open(&world);
	for (unsigned side = 0; side < 2; side++) {
		struct said said = ask(&world, side);

		assert_ok(answer(&world, 1 - side, &said, &words));
		assert_memory_equal(&words, &said.words, sizeof(words));
	}
	world_release(&world);
}

/* Who has overheard question, answer and confirmation calls the other side with them. */
static void test_what_was_overheard(void **state)
{
	struct call_words words;
	struct world world;
	struct said said;

	(void)state;
	world_init(&world, 602);
	world_open(&world);
	said = ask(&world, NORTH);
	assert_ok(answer(&world, SOUTH, &said, &words));
	assert_int_equal(answer(&world, SOUTH, &said, &words), ERROR_DENIED);
	node_restart(&world.nodes[SOUTH]);
	assert_int_equal(answer(&world, SOUTH, &said, &words), ERROR_DENIED);
	world_pass(&world, CALL_WINDOW_SECONDS);
	assert_int_equal(answer(&world, SOUTH, &said, &words), ERROR_DENIED);
	world_pass(&world, CALL_WINDOW_SECONDS);
	assert_int_equal(answer(&world, SOUTH, &said, &words), ERROR_CLOCK);
	world_release(&world);
}

/* Who is asked passes the question on to another desk of the same side: the answer is to a
 * question of the other party, and no answer to this one. */
static void test_a_question_thrown_back(void **state)
{
	struct call_words words;
	struct world world;
	struct said said;

	(void)state;
	world_init(&world, 603);
	world_open(&world);
	said = ask(&world, NORTH);
	assert_ok(answer(&world, NORTH, &said, &words));
	assert_memory_not_equal(words.answer, said.words.answer, CALL_WORDS_COUNT);
	world_release(&world);
}

/* Nobody makes himself a table of answers. */
static void test_too_many(void **state)
{
	struct call_question question;
	struct call_words words;
	struct world world;
	struct error error;

	(void)state;
	world_init(&world, 604);
	world_open(&world);
	for (unsigned i = 0; i < KEEPER_CALLS_MAXIMUM; i++)
		ask(&world, NORTH);
	assert_int_equal(
	    engine_ask_on_call(world_channel(&world, NORTH), &question, &words, &error),
	    ERROR_LIMIT);
	world_pass(&world, CALL_WINDOW_SECONDS);
	ask(&world, NORTH);
	world_release(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two_who_are_who_they_say),
		cmocka_unit_test(test_what_was_overheard),
		cmocka_unit_test(test_a_question_thrown_back),
		cmocka_unit_test(test_too_many),
	};

	journal_open("call", getenv("CHIRO_LOUD") != NULL ? 7 : 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
