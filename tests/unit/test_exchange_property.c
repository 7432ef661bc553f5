/* Both sides of exchanges under lost frames, crashes and restored copies, thousands of random
 * histories. What must hold in each:
 *
 *     - who asks gets no more than the budget, on a day and in all; only when both were
 *       restored, or who asks lies and the owner was restored, what its copies forgot is added
 *     - once the line works, a question is answered within two turns, and both counts and
 *       chains are the same then
 *
 * CHIRO_SEED names the first history to play, CHIRO_HISTORIES how many. */
#include "check.h"
#include "exchange.h"
#include "sha.h"

#include <stdlib.h>

enum {
	STEPS = 400,
	COPIES = 8,
	DAYS = 256,
	BUDGET_DAY = 60,
	BUDGET_LIST = 200,
	QUESTION_MAXIMUM = 40
};
#define START INT64_C(1795910400)

struct signed_statement {
	bool there;
	struct exchange_statement statement;
	struct hash hash;
};

/* What a side has on its disk. */
struct asker {
	struct exchange_state state;
	struct signed_statement pending;
};
struct owner {
	struct exchange_state state; /* before the question */
	struct signed_statement question, answer;
};

struct frame {
	bool there;
	bool behind;
	struct signed_statement question, answer; /* of a reply; of a behind what is shown */
};

struct world {
	uint64_t random;
	timestamp now;
	struct asker asker, asker_copies[COPIES];
	struct owner owner, owner_copies[COPIES];
	uint64_t owner_evaluated[COPIES]; /* when the copy was made */
	struct signed_statement to_owner;
	struct frame to_asker;
	uint64_t evaluated, forgotten;
	uint64_t on_day[DAYS];    /* of that, by the questions' days, from one before the start */
	struct hash known[STEPS]; /* questions that are in it */
	size_t known_count;
	uint64_t counter; /* makes every content another */
	bool sent;        /* the pending question, on this connection: once */
	bool asker_restored, owner_restored;
	bool hostile;
};

static uint64_t draw(struct world *world, uint64_t below)
{
	world->random = world->random * UINT64_C(6364136223846793005) +
	                UINT64_C(1442695040888963407);
	return (world->random >> 33) % below;
}

static void cut(struct world *world)
{
	world->to_owner.there = world->to_asker.there = world->sent = false;
}

static void sign(struct signed_statement *statement)
{
	struct buffer text;

	buffer_init(&text, EXCHANGE_STATEMENT_MAXIMUM);
	assert_ok(exchange_print(&text, &statement->statement));
	sha256_of(&statement->hash, buffer_view(&text));
	statement->there = true;
	buffer_release(&text);
}

/* The same elements again are the same evaluations. */
static void count_evaluations(struct world *world, const struct signed_statement *question)
{
	timestamp since = question->statement.day - START;
	size_t day = (size_t)(since / EXCHANGE_DAY_SECONDS + 1);

	for (size_t i = 0; i < world->known_count; i++)
		if (hash_equal(&world->known[i], &question->hash))
			return;
	assert_true(day < DAYS && world->known_count < STEPS);
	world->evaluated += question->statement.elements;
	world->on_day[day] += question->statement.elements;
	world->known[world->known_count++] = question->hash;
}

/* --- who asks ------------------------------------------------------------------ */

static void begin_question(struct world *world)
{
	struct asker *asker = &world->asker;
	struct exchange_statement question = { .epoch = 1 };
	uint64_t left = exchange_left(&asker->state, world->now, BUDGET_DAY, BUDGET_LIST, 0, 0);

	if (asker->pending.there)
		return;
	question.elements = 1 + draw(world, QUESTION_MAXIMUM);
	memcpy(question.content.bytes, &world->counter, sizeof world->counter);
	world->counter++;
	if (question.elements > left && !world->hostile)
		return;
	exchange_ask(&asker->state, world->now, &question);
	if (world->hostile) { /* says what it likes, as long as it can be said */
		if (draw(world, 3) == 0)
			question.number = 1 + draw(world, 2 * question.number);
		if (draw(world, 3) == 0)
			question.total = draw(world, 2 * BUDGET_LIST);
		if (draw(world, 3) == 0)
			question.today = draw(world, 2 * BUDGET_DAY);
		if (draw(world, 4) == 0)
			question.day = exchange_day(world->now) +
			               ((int64_t)draw(world, 5) - 2) * EXCHANGE_DAY_SECONDS;
		if (draw(world, 4) == 0)
			memset(&question.previous, (int)draw(world, 256), sizeof question.previous);
	}
	asker->pending.statement = question;
	sign(&asker->pending);
	world->sent = false;
}

static void send_question(struct world *world)
{
	if (!world->asker.pending.there || (world->sent && !world->hostile))
		return;
	world->to_owner = world->asker.pending;
	world->sent = true;
}

static void take_reply(struct world *world)
{
	struct asker *asker = &world->asker;
	struct frame frame = world->to_asker;
	struct exchange_state state;

	world->to_asker.there = false;
	if (!frame.there || !asker->pending.there)
		return;
	if (frame.behind) {
		int r = exchange_catch_up(&asker->state, &frame.question.statement,
		                          &frame.question.hash,
		                          frame.answer.there ? &frame.answer.statement : NULL,
		                          &frame.answer.hash, &state, NULL);

		/* Honest sides always have something new to show. */
		if (!world->hostile)
			assert_ok(r);
		if (r == OK)
			asker->state = state;
		asker->pending.there = false;
		return;
	}
	if (!hash_equal(&frame.question.hash, &asker->pending.hash))
		return;
	assert_ok(exchange_conclude(&asker->state, &asker->pending.statement, &asker->pending.hash,
	                            &frame.answer.statement, &frame.answer.hash, &state, NULL));
	asker->state = state;
	asker->pending.there = false;
	if (!world->hostile && frame.answer.statement.outcome == EXCHANGE_EVALUATED)
		count_evaluations(world, &frame.question);
}

/* --- who owns ------------------------------------------------------------------- */

static struct exchange_state counted(const struct owner *owner)
{
	if (owner->question.there && !owner->answer.there)
		return exchange_count(&owner->question.statement, &owner->question.hash);
	return owner->state;
}

static void evaluate(struct world *world)
{
	struct owner *owner = &world->owner;
	const struct exchange_statement *question = &owner->question.statement;

	/* Who lies has what was made, who does not what has come. */
	if (world->hostile)
		count_evaluations(world, &owner->question);
	exchange_answer(question, &owner->question.hash, EXCHANGE_EVALUATED,
	                &owner->answer.statement);
	/* Proofs are random: no two answers are the same. */
	memcpy(owner->answer.statement.content.bytes, &world->counter, sizeof world->counter);
	world->counter++;
	sign(&owner->answer);
	assert_ok(exchange_conclude(&owner->state, question, &owner->question.hash,
	                            &owner->answer.statement, &owner->answer.hash, &owner->state,
	                            NULL));
}

static void refuse(struct world *world, const struct signed_statement *question,
                   enum exchange_outcome outcome)
{
	struct frame *frame = &world->to_asker;

	*frame = (struct frame){ .there = true, .question = *question };
	exchange_answer(&question->statement, &question->hash, outcome, &frame->answer.statement);
	sign(&frame->answer);
}

static void take_question(struct world *world)
{
	struct owner *owner = &world->owner;
	struct signed_statement question = world->to_owner;
	struct exchange_state state = counted(owner), before = owner->state;
	int r;

	world->to_owner.there = false;
	if (!question.there)
		return;
	if (!owner->question.there || !hash_equal(&question.hash, &owner->question.hash)) {
		r = exchange_take(&state, &question.statement, NULL);
		if (r == ERROR_EXISTS) {
			world->to_asker = (struct frame){ .there = true,
				                          .behind = true,
				                          .question = owner->question,
				                          .answer = owner->answer };
			return;
		}
		if (r != OK) {
			assert_true(world->hostile);
			world->asker.pending.there = false;
			return;
		}
		if (!exchange_day_fits(question.statement.day, world->now)) {
			refuse(world, &question, EXCHANGE_DAY);
			return;
		}
		if (!exchange_fits(&question.statement, BUDGET_DAY, BUDGET_LIST, 0, 0)) {
			refuse(world, &question, EXCHANGE_BUDGET);
			return;
		}
		owner->state = before = state;
		owner->question = question;
		owner->answer.there = false;
		if (draw(world, 8) == 0) { /* killed, once it was durable */
			cut(world);
			return;
		}
	}
	if (!owner->answer.there)
		evaluate(world);
	world->to_asker = (struct frame){ .there = true,
		                          .question = owner->question,
		                          .answer = owner->answer };
	/* Killed before the answer was, and it left all the same. */
	if (draw(world, 10) == 0) {
		owner->answer.there = false;
		owner->state = before;
	}
}

/* --- what happens ------------------------------------------------------------------ */

static void copy(struct world *world)
{
	size_t place = draw(world, COPIES);

	world->asker_copies[place] = world->asker;
	world->owner_copies[place] = world->owner;
	world->owner_evaluated[place] = world->evaluated;
}

static void restore_asker(struct world *world)
{
	world->asker = world->asker_copies[draw(world, COPIES)];
	world->asker_restored = true;
	cut(world);
}

static void restore_owner(struct world *world)
{
	size_t place = draw(world, COPIES);

	world->forgotten += world->evaluated - world->owner_evaluated[place];
	world->owner = world->owner_copies[place];
	world->owner_restored = true;
	cut(world);
}

static void check_budget(const struct world *world)
{
	uint64_t more = world->asker_restored || world->hostile ? world->forgotten : 0;

	assert_true(world->evaluated <= BUDGET_LIST + more);
	for (size_t i = 0; i < DAYS; i++)
		assert_true(world->on_day[i] <= BUDGET_DAY + more);
}

static void step(struct world *world, bool asker_restores, bool owner_restores)
{
	switch (draw(world, 12)) {
	case 0:
	case 1:
		begin_question(world);
		break;
	case 2:
	case 3:
	case 4:
		send_question(world);
		break;
	case 5:
	case 6:
		take_question(world);
		break;
	case 7:
	case 8:
		take_reply(world);
		break;
	case 9: /* the line is cut */
		cut(world);
		break;
	case 10:
		if (draw(world, 3) > 0) {
			world->now += (timestamp)draw(world, 40000);
			break;
		}
		/* Around midnight a question may be of either day. */
		world->now = exchange_day(world->now) + EXCHANGE_DAY_SECONDS - 1800 +
		             (timestamp)draw(world, 3600);
		break;
	default:
		copy(world);
		if (asker_restores && draw(world, 6) == 0)
			restore_asker(world);
		if (owner_restores && draw(world, 6) == 0)
			restore_owner(world);
	}
	check_budget(world);
}

/* One question after the other until one was evaluated or the budget is out; how many turns. */
static void come_together(struct world *world)
{
	struct exchange_state state;

	cut(world);
	world->now += 2 * EXCHANGE_DAY_SECONDS;
	for (unsigned turn = 0;; turn++) {
		uint64_t number = world->owner.state.number;

		/* What was open, an answer that was forgotten twice, and one turn to catch up. */
		assert_true(turn < 30);
		begin_question(world);
		if (!world->asker.pending.there)
			break;
		send_question(world);
		take_question(world);
		take_reply(world);
		cut(world);
		if (world->owner.state.number > number && world->owner.answer.there &&
		    !world->asker.pending.there)
			break;
	}
	state = counted(&world->owner);
	if (world->asker.pending.there || state.open ||
	    exchange_left(&world->asker.state, world->now, BUDGET_DAY, BUDGET_LIST, 0, 0) <
	        QUESTION_MAXIMUM)
		return;
	assert_int_equal(state.number, world->asker.state.number);
	assert_int_equal(state.total, world->asker.state.total);
	assert_int_equal(state.today, world->asker.state.today);
	assert_true(state.day == world->asker.state.day);
	assert_true(hash_equal(&state.last, &world->asker.state.last));
}

static void play(uint64_t seed, bool asker_restores, bool owner_restores, bool hostile)
{
	struct world world = { .random = seed * 2654435761u + 1,
		               .now = START + 3600,
		               .hostile = hostile };

	for (unsigned i = 0; i < STEPS; i++)
		step(&world, asker_restores, owner_restores);
	if (!hostile)
		come_together(&world);
	check_budget(&world);
}

static uint64_t number_of(const char *name, uint64_t otherwise)
{
	const char *value = getenv(name);

	return value != NULL ? strtoull(value, NULL, 10) : otherwise;
}

static void play_all(bool asker_restores, bool owner_restores, bool hostile)
{
	uint64_t seed = number_of("CHIRO_SEED", 1);
	uint64_t end = seed + number_of("CHIRO_HISTORIES", 1500);

	for (; seed < end; seed++)
		play(seed, asker_restores, owner_restores, hostile);
}

static void lines_that_lose(void **state)
{
	(void)state;
	play_all(false, false, false);
}

static void an_asker_that_is_restored(void **state)
{
	(void)state;
	play_all(true, false, false);
}

static void an_owner_that_is_restored(void **state)
{
	(void)state;
	play_all(false, true, false);
}

static void both_are_restored(void **state)
{
	(void)state;
	play_all(true, true, false);
}

static void an_asker_that_lies(void **state)
{
	(void)state;
	play_all(false, false, true);
	play_all(true, true, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_that_lose),
		cmocka_unit_test(an_asker_that_is_restored),
		cmocka_unit_test(an_owner_that_is_restored),
		cmocka_unit_test(both_are_restored),
		cmocka_unit_test(an_asker_that_lies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
