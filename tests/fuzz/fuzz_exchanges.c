/* What a peer can ask of a list, when all that it says is correctly signed: a list of north's,
 * and questions that the input makes up, among honest ones of south's engine.
 *
 *     u8 what   0 a question: u8 number, u8 total, u8 today, u8 day, u8 class and epoch,
 *                 u8 elements and whether `previous` is right
 *               1 the same with a byte of its frame changed: u16 where, u8 by what
 *               2 south's engine asks: u8 elements
 *               3 turns of both                        4 north is killed and starts again
 *               5 the line is cut and comes up again   6 time passes: u16 minutes
 *
 * North survives, counts no less than it did, also after a start, and never more than
 * the budget of the list; and in the end the two agree. */
#include "engine_match.h"
#include "journal.h"
#include "sha.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { STEPS_MAXIMUM = 24, PLAYED_ELEMENTS = 16 };

struct play {
	struct asked asked;
	struct cursor cursor;
	uint64_t counted[IDENTIFIER_CLASS_COUNT]; /* by north, at least */
};

static uint8_t draw(struct play *play)
{
	uint8_t byte = 0;

	cursor_get_u8(&play->cursor, &byte);
	return byte;
}

static struct exchange_state counted(struct play *play, unsigned class_number)
{
	return world_counted(&play->asked.world, NORTH, play->asked.list,
	                     (enum identifier_class)class_number);
}

/* Near what north would take: small differences are what matters. */
static struct keeper_exchange make_question(struct play *play, size_t *ret_elements)
{
	struct asked *asked = &play->asked;
	int8_t number = (int8_t)draw(play), total = (int8_t)draw(play), today = (int8_t)draw(play);
	int8_t day = (int8_t)draw(play);
	uint8_t kind = draw(play), rest = draw(play);
	unsigned class_number = kind % IDENTIFIER_CLASS_COUNT;
	struct exchange_state state = counted(play, class_number);
	struct exchange_statement next = { .elements = rest % PLAYED_ELEMENTS + 1 };
	struct keeper_exchange question;

	exchange_ask(&state, asked->world.now, &next);
	question = (struct keeper_exchange){
		.channel = asked->world.channel,
		.list = rules_act(world_channel(&asked->world, NORTH)->rules, asked->list)->leaf,
		.identifier_class = (uint8_t)class_number,
		.step = kind >= 250 ? EXCHANGE_ANSWER : EXCHANGE_QUESTION,
		.epoch = 1 + kind / 128,
		.number = next.number + (uint64_t)(int64_t)(number / 16),
		.total = next.total + (uint64_t)(int64_t)(total / 4),
		.today = next.today + (uint64_t)(int64_t)(today / 4),
		.day = next.day + day / 32 * EXCHANGE_DAY_SECONDS,
		.elements = next.elements,
		.previous = next.previous,
	};
	if (rest >= 200)
		question.previous.bytes[0] ^= 1;
	*ret_elements = (size_t)next.elements;
	return question;
}

static void ask_as_made_up(struct play *play, bool damaged)
{
	struct asked *asked = &play->asked;
	struct node *north = &asked->world.nodes[NORTH];
	struct keeper_exchange question;
	struct frame_match request;
	struct buffer text, armor, frame;
	struct error error;
	size_t count;

	question = make_question(play, &count);
	request.elements = world_elements(&asked->world, count, asked->elements);
	request.count = (uint16_t)count;
	sha256_of(&question.content, request.elements);
	buffer_init(&text, EXCHANGE_STATEMENT_MAXIMUM);
	buffer_init(&armor, MATCH_ARMOR_MAXIMUM);
	buffer_init(&frame, FRAME_MAXIMUM);
	if (!asked->world.linked || north->inbox_count >= FRAME_QUESTIONS_MAXIMUM ||
	    keeper_sign_exchange(&asked->world.nodes[SOUTH].keeper, &question, &text, &armor,
	                         &error) != OK)
		goto out;
	request.statement = buffer_view(&text);
	request.signature = buffer_view(&armor);
	assert_ok(frame_put_match_request(&frame, &request));
	if (damaged) {
		size_t where = ((size_t)draw(play) << 8 | draw(play)) % (frame.size - 5);

		frame.data[5 + where] ^= draw(play);
	}
	node_put(north, LINK_FRAME, bytes_of(asked->world.channel.bytes, HASH_SIZE),
	         bytes_of(frame.data + 4, frame.size - 4));
out:
	buffer_release(&text);
	buffer_release(&armor);
	buffer_release(&frame);
}

static void south_asks_honestly(struct play *play)
{
	struct said said;

	south_begins(&play->asked.world, play->asked.list, IDENTIFIER_DOMAIN,
	             world_elements(&play->asked.world, draw(play) % PLAYED_ELEMENTS + 1,
	                            play->asked.elements),
	             &said);
}

/* What south's engine never asked is no answer to it, and ends its connection. */
static void turns(struct play *play)
{
	world_run(&play->asked.world);
	if (!play->asked.world.linked)
		world_link(&play->asked.world);
	world_run(&play->asked.world);
}

static void check(struct play *play)
{
	for (unsigned i = 0; i < IDENTIFIER_CLASS_COUNT; i++) {
		uint64_t total = counted(play, i).total;

		if (total < play->counted[i] || total > BUDGET_LIST)
			abort();
		play->counted[i] = total;
	}
}

static bool step(struct play *play)
{
	struct world *world = &play->asked.world;
	uint8_t what;

	if (cursor_get_u8(&play->cursor, &what) != OK)
		return false;
	switch (what % 7) {
	case 0:
	case 1:
		ask_as_made_up(play, what % 7 == 1);
		break;
	case 2:
		south_asks_honestly(play);
		break;
	case 3:
		turns(play);
		break;
	case 4:
		turns(play);
		node_restart(&world->nodes[NORTH]);
		world_cut(world);
		turns(play);
		break;
	case 5:
		world_cut(world);
		turns(play);
		break;
	default:
		world_pass(world, 60 * (draw(play) * 8));
		turns(play);
	}
	check(play);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct play *play = calloc(1, sizeof(*play));

	journal_open("fuzz", 0);
	play->cursor = cursor_over(bytes_of(data, size));
	begin(&play->asked, 1, false);
	for (unsigned i = 0; i < STEPS_MAXIMUM && step(play); i++)
		;
	turns(play);
	check(play);
	world_pass(&play->asked.world, 2 * EXCHANGE_DAY_SECONDS);
	turns(play);
	if (counted(play, IDENTIFIER_DOMAIN).total < BUDGET_LIST) {
		struct said said = ask(&play->asked, 1);
		struct exchange_state north = counted(play, IDENTIFIER_DOMAIN);

		if (said.code != OK && strcmp(said.reason, MATCH_REASON_BUDGET) != 0)
			abort();
		if (said.code == OK &&
		    north.total != world_counted(&play->asked.world, SOUTH, play->asked.list,
		                                 IDENTIFIER_DOMAIN)
		                       .total)
			abort();
	}
	world_check_agreement(&play->asked.world);
	world_release(&play->asked.world);
	free(play);
	return 0;
}
