/* What a witness or depositary, or whoever stands in between, can answer to the engine.
 * Two nodes whose line is cut speak by way of honest neutrals; the input changes what
 * these answer:
 *
 *     u8 what   0 the next answer as it is        1 it is lost: nobody answers
 *               2 it, damaged: u16 where, u8 by what
 *               3 it, cut: u16 by how much
 *               4 another status: u8 which
 *               5 an answer of its own: u8 status, u8 type, u8 length, bytes
 *               6 an earlier answer once more: u8 which
 *               7 time passes: u8 seconds, and both nodes act
 *
 * The engines must survive, keep only what verifies, believe nothing of their own logs
 * or of a fork, and start again. */
#include "depositary_world.h"

#include "journal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { STEPS_MAXIMUM = 120, EARLIER_MAXIMUM = 8 };

static const uint16_t statuses[] = { 200, 400, 403, 404, 409, 413, 422, 429, 500, 503, 204, 599 };
static const char *const types[] = { "", "text/x.tlog.size", "text/plain; charset=utf-8",
	                             "application/octet-stream" };

struct earlier {
	struct buffer body;
};

struct play {
	struct world world;
	struct depositary depositary;
	struct cursor input;
	struct earlier earlier[EARLIER_MAXIMUM];
	size_t earlier_count;
};

static uint16_t number(struct play *play, unsigned bytes)
{
	uint16_t value = 0;
	uint8_t byte;

	while (bytes-- > 0)
		value = (uint16_t)(value << 8 |
		                   (cursor_get_u8(&play->input, &byte) == OK ? byte : 0));
	return value;
}

static void pass(struct play *play, unsigned seconds)
{
	struct error error;

	world_pass(&play->world, seconds);
	for (unsigned i = 0; i < 2; i++)
		if (engine_turn(play->world.nodes[i].engine, &error) != OK)
			abort();
}

/* The honest answer, changed as the input says, to who asked first. */
static void answer(struct play *play, unsigned what)
{
	struct neutrals *neutrals = &play->depositary.neutrals;
	struct fake_question asked = neutrals->questions[0];
	struct messenger_answer reply = { 0 };
	struct buffer content, body;
	uint16_t place;

	buffer_init(&content, MESSENGER_CONTENT_MAXIMUM);
	buffer_init(&body, MESSAGE_BODY_MAXIMUM);
	fake_reply(neutrals, &asked, &reply, &content);
	neutrals->question_count--;
	memmove(neutrals->questions, neutrals->questions + 1,
	        neutrals->question_count * sizeof(neutrals->questions[0]));
	if (what == 2 && content.size > 0) {
		place = number(play, 2);
		content.data[place % content.size] ^= (uint8_t)number(play, 1);
	} else if (what == 3 && content.size > 0) {
		buffer_truncate(&content, content.size - number(play, 2) % content.size);
	} else if (what == 4) {
		reply.status = statuses[number(play, 1) % (sizeof(statuses) / sizeof(statuses[0]))];
	} else if (what == 5) {
		struct bytes bytes;
		size_t size;

		reply.status = statuses[number(play, 1) % (sizeof(statuses) / sizeof(statuses[0]))];
		snprintf(reply.content_type, sizeof(reply.content_type), "%s",
		         types[number(play, 1) % (sizeof(types) / sizeof(types[0]))]);
		size = number(play, 1);
		buffer_clear(&content);
		if (cursor_get_bytes(&play->input, size, &bytes) == OK)
			assert_ok(buffer_put_bytes(&content, bytes));
	}
	reply.content = buffer_view(&content);
	if (what == 6 && play->earlier_count > 0) {
		const struct earlier *earlier =
		    &play->earlier[number(play, 1) % play->earlier_count];

		assert_ok(buffer_put_bytes(&body, buffer_view(&earlier->body)));
	} else {
		assert_ok(messenger_put_answer(&body, &reply));
		if (play->earlier_count < EARLIER_MAXIMUM) {
			struct earlier *earlier = &play->earlier[play->earlier_count++];

			buffer_init(&earlier->body, MESSAGE_BODY_MAXIMUM);
			assert_ok(buffer_put_bytes(&earlier->body, buffer_view(&body)));
		}
	}
	if (what == 1) {
		buffer_clear(&body);
		assert_ok(buffer_put_u16(&body, ERROR_IO));
		assert_ok(buffer_put_sized_string(&body, "nobody"));
		node_answer(asked.node, MESSAGE_ERROR, asked.request, &body);
	} else {
		node_answer(asked.node, MESSENGER_ASK | MESSAGE_REPLY, asked.request, &body);
	}
	buffer_release(&asked.body);
	buffer_release(&content);
	buffer_release(&body);
}

/* Nothing is believed that should not be, and what was kept verifies at the next start. */
static void check(struct play *play)
{
	for (unsigned side = 0; side < 2; side++) {
		struct engine_channel *channel = world_channel(&play->world, side);

		if (channel->faulted || channel->read_only)
			abort();
		node_restart(&play->world.nodes[side]);
		channel = world_channel(&play->world, side);
		if (channel->faulted || channel->read_only)
			abort();
		for (size_t i = 0; i < channel->neutral_count; i++)
			for (unsigned party = 0; party < 2; party++) {
				const struct neutral_log *log = &channel->neutrals[i].logs[party];

				if (log->cosigned != log->known)
					abort();
			}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct play *play = calloc(1, sizeof(*play));
	uint8_t what;

	journal_open("fuzz", JOURNAL_ERROR);
	play->input = cursor_over(bytes_of(data, size));
	depositary_open(&play->depositary, &play->world, 1);
	world_cut(&play->world);
	world_run(&play->world);
	play->world.answer_neutrals = NULL;
	node_comment(&play->world.nodes[NORTH]);
	node_comment(&play->world.nodes[SOUTH]);
	for (unsigned i = 0; i < STEPS_MAXIMUM && cursor_get_u8(&play->input, &what) == OK; i++) {
		size_t waiting = play->depositary.neutrals.question_count;

		/* Those that time out are asked again: there is room for so many. */
		if (waiting == 0 || (what % 8 == 7 && waiting < FAKE_QUESTIONS / 2))
			pass(play, 1 + number(play, 1));
		else
			answer(play, what % 8);
	}
	pass(play, 1);
	check(play);
	for (size_t i = 0; i < play->earlier_count; i++)
		buffer_release(&play->earlier[i].body);
	depositary_release(&play->depositary);
	free(play);
	return 0;
}
