/* What the other side may not get away with in questions to lists, also when it is correctly
 * signed: frames are made by hand, statements by the real keeper of who lies. */
#include "engine_match.h"
#include "sha.h"

struct lie {
	struct world world;
	struct act_place list;
	struct class_commitment commitments[2];
	uint8_t elements[ELEMENTS_MAXIMUM];
};

static void begin_lie(struct lie *lie, uint32_t seed)
{
	world_init(&lie->world, seed);
	world_open(&lie->world);
	lie->list = world_publish(&lie->world, NULL, 1, lie->commitments);
}

static const struct hash *leaf_of(struct lie *lie)
{
	return &rules_act(world_channel(&lie->world, NORTH)->rules, lie->list)->leaf;
}

/* A question of south as its node would state it now. */
static struct keeper_exchange question_of(struct lie *lie, struct bytes elements)
{
	struct keeper_exchange question = {
		.channel = lie->world.channel,
		.list = *leaf_of(lie),
		.identifier_class = IDENTIFIER_DOMAIN,
		.step = EXCHANGE_QUESTION,
		.epoch = 1,
		.number = 1,
		.total = elements.size / OPRF_ELEMENT_SIZE,
		.today = elements.size / OPRF_ELEMENT_SIZE,
		.day = exchange_day(lie->world.now),
		.elements = elements.size / OPRF_ELEMENT_SIZE,
	};

	sha256_of(&question.content, elements);
	return question;
}

/* Signed by the keeper of `side`, sent to the other. */
static void inject(struct lie *lie, unsigned side, uint8_t type,
                   const struct keeper_exchange *exchange, struct bytes content)
{
	size_t size = type == FRAME_MATCH_REQUEST ? FRAME_ELEMENT_SIZE : FRAME_EVALUATION_SIZE;
	struct frame_match match = { .count = (uint16_t)(content.size / size),
		                     .elements = content };
	struct buffer text, armor, frame;
	struct error error;

	buffer_init(&text, EXCHANGE_STATEMENT_MAXIMUM);
	buffer_init(&armor, MATCH_ARMOR_MAXIMUM);
	buffer_init(&frame, FRAME_MAXIMUM);
	assert_ok(
	    keeper_sign_exchange(&lie->world.nodes[side].keeper, exchange, &text, &armor, &error));
	match.statement = buffer_view(&text);
	match.signature = buffer_view(&armor);
	assert_ok(type == FRAME_MATCH_REQUEST ? frame_put_match_request(&frame, &match)
	                                      : frame_put_match_reply(&frame, &match));
	node_put(&lie->world.nodes[1 - side], LINK_FRAME,
	         bytes_of(lie->world.channel.bytes, HASH_SIZE),
	         bytes_of(frame.data + 4, frame.size - 4));
	buffer_release(&text);
	buffer_release(&armor);
	buffer_release(&frame);
}

/* The reply that south's engine would have been given, out of its inbox. */
static bool find_reply(struct lie *lie, struct exchange_statement *ret_answer)
{
	struct node *south = &lie->world.nodes[SOUTH];

	for (size_t i = 0; i < south->inbox_count; i++) {
		struct bytes body = buffer_view(&south->inbox[i].body);
		struct frame_match reply;

		if (south->inbox[i].type != LINK_FRAME || body.data[HASH_SIZE] != FRAME_MATCH_REPLY)
			continue;
		assert_ok(frame_get_match_reply(
		    bytes_of(body.data + HASH_SIZE + 1, body.size - HASH_SIZE - 1), &reply, NULL));
		assert_ok(exchange_parse(reply.statement, ret_answer, NULL));
		return true;
	}
	return false;
}

static void step_north(struct lie *lie)
{
	bool worked;

	for (unsigned i = 0; i < 3; i++)
		assert_ok(node_step(&lie->world.nodes[NORTH], &worked));
}

/* Everything is as if nothing had been. */
static void check_goes_well(struct lie *lie, uint64_t counted)
{
	struct bytes elements = world_elements(&lie->world, 3, lie->elements);
	struct said said;

	world_run(&lie->world);
	if (!lie->world.linked)
		world_link(&lie->world);
	world_run(&lie->world);
	said = south_asks(&lie->world, lie->list, IDENTIFIER_DOMAIN, elements);
	assert_evaluated(&said, elements, &lie->commitments[1]);
	assert_counts(&lie->world, lie->list, IDENTIFIER_DOMAIN, counted + 3);
	world_check_agreement(&lie->world);
}

/* --- who asks lies ------------------------------------------------------------------------ */

enum twist {
	OTHER_CONTENT,
	OTHER_COUNT,
	NOT_CANONICAL,
	IDENTITY,
	NO_LIST,
	ANOTHER_ACT,
	CLASS_NOT_COMMITTED,
	EPOCH_TO_COME,
	AN_ANSWER,
	LESS_THAN_IT_ASKS,
	MORE_TODAY_THAN_EVER,
	NORTHS_WORD,
	TWISTS
};

static void send_twisted(struct lie *lie, enum twist twist)
{
	struct bytes elements = world_elements(&lie->world, 4, lie->elements);
	struct keeper_exchange question;

	if (twist == NOT_CANONICAL)
		memset(lie->elements + 32, 0xff, 32);
	if (twist == IDENTITY)
		memset(lie->elements + 32, 0, 32);
	question = question_of(lie, elements);
	switch (twist) {
	case OTHER_CONTENT:
		question.content.bytes[3] ^= 1;
		break;
	case OTHER_COUNT:
		question.elements = 3;
		break;
	case NO_LIST:
		question.list.bytes[0] ^= 1;
		break;
	case ANOTHER_ACT:
		question.list = rules_act(world_channel(&lie->world, SOUTH)->rules,
		                          (struct act_place){ SOUTH, 0 })
		                    ->leaf;
		break;
	case CLASS_NOT_COMMITTED:
		question.identifier_class = IDENTIFIER_ASN;
		break;
	case EPOCH_TO_COME:
		question.epoch = 2;
		break;
	case AN_ANSWER:
		question.step = EXCHANGE_ANSWER;
		break;
	case LESS_THAN_IT_ASKS:
		question.total = question.today = 3;
		break;
	case MORE_TODAY_THAN_EVER:
		question.today = 9;
		break;
	default:
		break;
	}
	if (twist == NORTHS_WORD) {
		/* A statement that north's own node has signed. */
		struct node *north = &lie->world.nodes[NORTH], *south = &lie->world.nodes[SOUTH];

		inject(lie, NORTH, FRAME_MATCH_REQUEST, &question, elements);
		north->inbox[north->inbox_count++] = south->inbox[--south->inbox_count];
		return;
	}
	inject(lie, SOUTH, FRAME_MATCH_REQUEST, &question, elements);
}

static void twisted_questions_end_the_connection(void **state)
{
	(void)state;
	for (enum twist twist = 0; twist < TWISTS; twist++) {
		struct engine_channel *north;
		struct lie lie;

		begin_lie(&lie, 800 + twist);
		north = world_channel(&lie.world, NORTH);
		assert_int_equal(north->evidence_count, 0);
		send_twisted(&lie, twist);
		step_north(&lie);
		if (!lie.world.closing)
			fail_msg("twist %d was taken", (int)twist);
		/* It was signed: it is kept, and counts for nothing. */
		assert_int_equal(north->evidence_count, 1);
		assert_false(north->faulted);
		assert_int_equal(
		    world_counted(&lie.world, NORTH, lie.list, IDENTIFIER_DOMAIN).total, 0);
		check_goes_well(&lie, 0);
		world_release(&lie.world);
	}
}

/* Well-formed, and refused by a signed answer: nothing is counted. */
static void questions_that_are_refused(void **state)
{
	static const struct {
		int days;
		uint64_t total, today;
		enum exchange_outcome outcome;
	} questions[] = {
		{ 1, 4, 4, EXCHANGE_DAY },         { -1, 4, 4, EXCHANGE_DAY },
		{ 3650, 4, 4, EXCHANGE_DAY },      { 0, 1001, 1001, EXCHANGE_BUDGET },
		{ 0, 100001, 4, EXCHANGE_BUDGET }, { 0, INT64_MAX, INT64_MAX, EXCHANGE_BUDGET },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
		struct exchange_statement answer;
		struct keeper_exchange question;
		struct bytes elements;
		struct lie lie;

		begin_lie(&lie, 820 + (uint32_t)i);
		elements = world_elements(&lie.world, 4, lie.elements);
		question = question_of(&lie, elements);
		question.day += questions[i].days * EXCHANGE_DAY_SECONDS;
		question.total = questions[i].total;
		question.today = questions[i].today;
		question.number = i == 5 ? INT64_MAX : 1;
		inject(&lie, SOUTH, FRAME_MATCH_REQUEST, &question, elements);
		step_north(&lie);
		assert_true(find_reply(&lie, &answer));
		assert_int_equal(answer.outcome, questions[i].outcome);
		assert_int_equal(answer.elements, 0);
		assert_false(
		    world_channel(&lie.world, NORTH)->match.accounts[0]->question.text.size > 0);
		/* South's engine has asked nothing. */
		world_run(&lie.world);
		check_goes_well(&lie, 0);
		world_release(&lie.world);
	}
}

/* Questions that leave counts out, or begin anew: the owner shows what it has. */
static void totals_do_not_run_backwards(void **state)
{
	struct keeper_exchange question;
	struct bytes elements;
	struct lie lie;

	(void)state;
	begin_lie(&lie, 830);
	check_goes_well(&lie, 0);
	check_goes_well(&lie, 3);
	for (unsigned i = 0; i < 4; i++) {
		elements = world_elements(&lie.world, 4, lie.elements);
		question = question_of(&lie, elements); /* as if it were the first */
		question.number = i < 2 ? 3 : 1;
		question.total = i == 1 ? 10 : 4;
		question.today = i == 3 ? 3 + 4 : 4;
		if (question.today > question.total)
			question.total = question.today;
		inject(&lie, SOUTH, FRAME_MATCH_REQUEST, &question, elements);
		step_north(&lie);
		assert_int_equal(
		    world_counted(&lie.world, NORTH, lie.list, IDENTIFIER_DOMAIN).total, 6);
		/* South's engine, which asked nothing, ends the connection for the answer. */
		world_run(&lie.world);
		world_link(&lie.world);
		world_run(&lie.world);
	}
	check_goes_well(&lie, 6);
	world_release(&lie.world);
}

/* Many at once, each after the other in number: all are counted, to the budget's end. */
static void a_pipeline_counts_as_well(void **state)
{
	struct engine_channel *north;
	struct bytes elements;
	struct lie lie;

	(void)state;
	begin_lie(&lie, 831);
	for (uint64_t i = 1; i <= 4; i++) {
		struct keeper_exchange question;

		elements = world_elements(&lie.world, 300, lie.elements);
		question = question_of(&lie, elements);
		question.number = i;
		question.total = question.today = 300 * i;
		inject(&lie, SOUTH, FRAME_MATCH_REQUEST, &question, elements);
	}
	step_north(&lie);
	north = world_channel(&lie.world, NORTH);
	assert_int_equal(match_counted(north->match.accounts[0]).total, 900);
	assert_int_equal(north->match.account_count, 1);
	world_release(&lie.world);
}

static void a_flood_ends_the_connection(void **state)
{
	struct keeper_exchange question;
	struct bytes elements;
	struct lie lie;

	(void)state;
	begin_lie(&lie, 832);
	elements = world_elements(&lie.world, 1, lie.elements);
	question = question_of(&lie, elements);
	for (unsigned i = 0; i < MATCH_FRAMES_MAXIMUM + 1; i++)
		inject(&lie, SOUTH, FRAME_MATCH_REQUEST, &question, elements);
	step_north(&lie);
	assert_true(lie.world.closing);
	/* It was one question all the time; what counts nothing is done so often a minute. */
	world_pass(&lie.world, 60);
	assert_int_equal(world_counted(&lie.world, NORTH, lie.list, IDENTIFIER_DOMAIN).total, 1);
	check_goes_well(&lie, 1);
	world_release(&lie.world);
}

/* --- who owns lies ---------------------------------------------------------------------------- */

/* South asks; what north would have got is thrown away. Gives south's statement. */
static struct exchange_statement asks_a_liar(struct lie *lie, struct bytes *ret_elements,
                                             struct hash *ret_hash)
{
	struct engine_channel *south = world_channel(&lie->world, SOUTH);
	struct said said;
	bool worked;

	*ret_elements = world_elements(&lie->world, 2, lie->elements);
	assert_ok(south_begins(&lie->world, lie->list, IDENTIFIER_DOMAIN, *ret_elements, &said));
	assert_ok(node_step(&lie->world.nodes[SOUTH], &worked));
	node_drop_inbox(&lie->world.nodes[NORTH]);
	*ret_hash = south->match.accounts[0]->question.hash;
	return south->match.accounts[0]->question.statement;
}

static struct keeper_exchange keeper_exchange_of(const struct exchange_statement *statement)
{
	return (struct keeper_exchange){
		.channel = statement->channel,
		.list = statement->list,
		.identifier_class = (uint8_t)statement->identifier_class,
		.step = (uint8_t)statement->step,
		.outcome = (uint8_t)statement->outcome,
		.epoch = statement->epoch,
		.number = statement->number,
		.total = statement->total,
		.today = statement->today,
		.day = statement->day,
		.elements = statement->elements,
		.content = statement->content,
		.previous = statement->previous,
	};
}

enum answer_twist {
	COUNTS_MORE,
	OTHER_EPOCH,
	FEWER_ELEMENTS,
	OTHER_EVALUATIONS,
	REFUSES_AND_COUNTS,
	SOUTHS_WORD,
	A_QUESTION,
	ANSWER_TWISTS
};

static void lying_answers_are_given_up(void **state)
{
	(void)state;
	for (enum answer_twist twist = 0; twist < ANSWER_TWISTS; twist++) {
		static uint8_t evaluations[2 * EXCHANGE_EVALUATION_SIZE] = { 1, 2, 3 };
		struct exchange_statement question, answer;
		struct bytes elements, content = bytes_of(evaluations, sizeof(evaluations));
		struct keeper_exchange said;
		struct node *south;
		struct hash hash;
		struct lie lie;

		begin_lie(&lie, 840 + twist);
		south = &lie.world.nodes[SOUTH];
		question = asks_a_liar(&lie, &elements, &hash);
		exchange_answer(&question, &hash,
		                twist == REFUSES_AND_COUNTS ? EXCHANGE_BUDGET : EXCHANGE_EVALUATED,
		                &answer);
		if (twist != REFUSES_AND_COUNTS)
			sha256_of(&answer.content, content);
		else
			content.size = 0;
		said = keeper_exchange_of(&answer);
		if (twist == COUNTS_MORE || twist == REFUSES_AND_COUNTS)
			said.total = said.today = 2000;
		if (twist == OTHER_EPOCH)
			said.epoch = 7;
		if (twist == FEWER_ELEMENTS) {
			said.elements = 1;
			content.size = EXCHANGE_EVALUATION_SIZE;
			sha256_of(&said.content, content);
		}
		if (twist == OTHER_EVALUATIONS)
			said.content.bytes[0] ^= 1;
		if (twist == A_QUESTION)
			said.step = EXCHANGE_QUESTION;
		if (twist == SOUTHS_WORD) {
			struct node *north = &lie.world.nodes[NORTH];

			inject(&lie, SOUTH, FRAME_MATCH_REPLY, &said, content);
			south->inbox[south->inbox_count++] = north->inbox[--north->inbox_count];
		} else {
			inject(&lie, NORTH, FRAME_MATCH_REPLY, &said, content);
		}
		world_run(&lie.world);
		assert_int_equal(world_channel(&lie.world, SOUTH)->evidence_count, 1);
		/* What contradicts the question goes to who asked, as north has signed it. */
		if (twist == OTHER_EVALUATIONS || twist == SOUTHS_WORD || twist == A_QUESTION)
			assert_string_equal(node_said(south, true).reason, MATCH_REASON_ANSWER);
		else
			assert_int_not_equal(node_said(south, false).answer_armor.size, 0);
		/* Counted here, and not there: the next question tells the owner. */
		check_goes_well(&lie, 2);
		assert_int_equal(lie.world.closes, 1);
		world_release(&lie.world);
	}
}

static void answers_that_nobody_asked_for(void **state)
{
	static const uint8_t evaluations[EXCHANGE_EVALUATION_SIZE];
	struct keeper_exchange answer;
	struct lie lie;

	(void)state;
	begin_lie(&lie, 850);
	answer = question_of(&lie, world_elements(&lie.world, 1, lie.elements));
	answer.step = EXCHANGE_ANSWER;
	inject(&lie, NORTH, FRAME_MATCH_REPLY, &answer, bytes_of(evaluations, sizeof(evaluations)));
	world_run(&lie.world);
	assert_int_equal(lie.world.closes, 1);
	assert_int_equal(world_channel(&lie.world, SOUTH)->match.account_count, 0);
	check_goes_well(&lie, 0);
	world_release(&lie.world);
}

/* An owner that says that more was asked, and shows nothing, or what says nothing new. */
static void a_behind_that_shows_nothing(void **state)
{
	(void)state;
	for (unsigned shows = 0; shows < 2; shows++) {
		struct frame_match_behind behind = { .question = { NULL, 0 } };
		struct match_account *account;
		struct bytes elements;
		struct buffer frame;
		struct hash hash;
		struct lie lie;

		begin_lie(&lie, 851 + shows);
		if (shows == 1)
			check_goes_well(&lie, 0);
		asks_a_liar(&lie, &elements, &hash);
		account = world_channel(&lie.world, SOUTH)->match.accounts[0];
		behind.request = hash;
		if (shows == 1) {
			struct match_account *north =
			    world_channel(&lie.world, NORTH)->match.accounts[0];

			behind.question = buffer_view(&north->question.text);
			behind.question_signature = buffer_view(&north->question.armor);
			behind.answer = buffer_view(&north->answer.text);
			behind.answer_signature = buffer_view(&north->answer.armor);
		}
		buffer_init(&frame, FRAME_MAXIMUM);
		assert_ok(frame_put_match_behind(&frame, &behind));
		node_put(&lie.world.nodes[SOUTH], LINK_FRAME,
		         bytes_of(lie.world.channel.bytes, HASH_SIZE),
		         bytes_of(frame.data + 4, frame.size - 4));
		world_run(&lie.world);
		assert_string_equal(node_said(&lie.world.nodes[SOUTH], true).reason,
		                    MATCH_REASON_BEHIND);
		/* Nothing is taken over, and the connection stays. */
		assert_int_equal(match_counted(account).total, shows == 1 ? 3 : 0);
		assert_int_equal(lie.world.closes, 0);
		check_goes_well(&lie, shows == 1 ? 3 : 0);
		buffer_release(&frame);
		world_release(&lie.world);
	}
}

/* North puts on record that more was asked than was. */
static void tally_falsely(struct lie *lie, uint64_t count)
{
	struct match_account *north = world_channel(&lie->world, NORTH)->match.accounts[0];

	north->state.total = north->state.today = count;
	match_statement_clear(&north->question);
	match_statement_clear(&north->answer);
	north->tallied_at = 0;
	north->refused = true;
	match_note_count(world_channel(&lie->world, NORTH), north);
	world_run(&lie->world);
}

/* An owner whose tally counts what nobody has asked, and who shows nothing for it: who asks does
 * not repeat that in its own statements and tallies, and can still ask on record. Only a node
 * that has forgotten takes it over, as far as it can be. */
static void a_tally_that_nothing_shows(void **state)
{
	(void)state;
	for (unsigned turn = 0; turn < 3; turn++) {
		uint64_t claimed = turn == 2 ? 3 + MATCH_FORGOTTEN_MAXIMUM + 1 : 900;
		struct match_account *south;
		struct list_tally tally;
		struct bytes elements;
		struct said said;
		struct lie lie;

		begin_lie(&lie, 860 + turn);
		check_goes_well(&lie, 0);
		tally_falsely(&lie, claimed);
		south = world_channel(&lie.world, SOUTH)->match.accounts[0];
		assert_true(rules_list_tally(world_channel(&lie.world, SOUTH)->rules, lie.list,
		                             IDENTIFIER_DOMAIN, NORTH, &tally));
		assert_int_equal(tally.count, claimed);
		south->forgot = turn > 0;
		elements = world_elements(&lie.world, 2, lie.elements);
		said = south_asks(&lie.world, lie.list, IDENTIFIER_DOMAIN, elements);
		if (turn == 1) {
			assert_evaluated(&said, elements, &lie.commitments[1]);
			assert_int_equal(match_counted(south).total, claimed + 2);
		} else {
			assert_string_equal(said.reason, MATCH_REASON_BEHIND);
			assert_int_equal(match_counted(south).total, 3);
		}
		assert_int_equal(lie.world.closes, 0);
		world_release(&lie.world);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(twisted_questions_end_the_connection),
		cmocka_unit_test(questions_that_are_refused),
		cmocka_unit_test(totals_do_not_run_backwards),
		cmocka_unit_test(a_pipeline_counts_as_well),
		cmocka_unit_test(a_flood_ends_the_connection),
		cmocka_unit_test(lying_answers_are_given_up),
		cmocka_unit_test(answers_that_nobody_asked_for),
		cmocka_unit_test(a_behind_that_shows_nothing),
		cmocka_unit_test(a_tally_that_nothing_shows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
