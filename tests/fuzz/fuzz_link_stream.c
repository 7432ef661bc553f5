/* What a peer sends after the handshake: a stream of bytes, cut into frames and
 * given to the link's machine. It must stay within its effects and its credit. */
#include <stdlib.h>
#include <string.h>

#include "machine.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct stream {
	struct link_machine machine;
	uint64_t now;
	uint64_t costly;    /* frames that were handed to the engine */
	uint64_t questions; /* likewise, and none is answered */
};

static void step(struct stream *stream, struct link_event event)
{
	struct link_effects effects;

	event.now = stream->now += 1000000;
	event.utc = 1795356000000;
	event.random = stream->now;
	event.connection = 1;
	link_machine_step(&stream->machine, &event, &effects);
	if (effects.count > LINK_EFFECTS_MAXIMUM)
		abort();
	for (size_t i = 0; i < effects.count; i++) {
		const struct link_effect *effect = &effects.items[i];

		if (memchr(effect->reason, '\0', sizeof(effect->reason)) == NULL)
			abort();
		stream->costly += effect->type == LINK_EFFECT_FRAME &&
		                  (effect->frame_type == FRAME_ENTRIES ||
		                   effect->frame_type == FRAME_BLOB_REQUEST ||
		                   effect->frame_type == FRAME_BLOB_CHUNK);
		if (effect->type != LINK_EFFECT_FRAME)
			continue;
		stream->questions += effect->frame_type == FRAME_MATCH_REQUEST;
		if (effect->frame_type == FRAME_MATCH_REPLY ||
		    effect->frame_type == FRAME_MATCH_BEHIND)
			abort();
	}
	if (stream->questions > FRAME_QUESTIONS_MAXIMUM || stream->costly > FRAME_INITIAL_CREDIT ||
	    stream->machine.credit_granted > stream->machine.credit_used + FRAME_INITIAL_CREDIT)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stream stream = { .now = 1000000000 };
	struct link_event frame = { .type = LINK_EVENT_FRAME };
	struct bytes left = bytes_of(data, size);
	size_t taken;
	int r;

	link_machine_init(&stream.machine);
	step(&stream, (struct link_event){ .type = LINK_EVENT_CONNECTED });
	step(&stream, (struct link_event){ .type = LINK_EVENT_SEND, .frame_type = FRAME_HELLO });
	while ((r = frame_next(left, &frame.frame_type, &frame.payload, &taken)) == OK) {
		step(&stream, frame);
		left = bytes_of(left.data + taken, left.size - taken);
	}
	if (r == ERROR_LIMIT)
		step(&stream, (struct link_event){ .type = LINK_EVENT_MALFORMED });
	return 0;
}
