/* A courier file: its header prints as it was read, and of the frames behind it those
 * that pass have the layout that their readers want. */
#include <stdlib.h>

#include "courier.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_frames(struct bytes frames)
{
	struct bytes payload;
	struct frame_heads heads;
	struct cursor cursor;
	struct bytes note;
	uint8_t type;
	size_t taken;

	while (frame_next(frames, &type, &payload, &taken) == OK) {
		frames = bytes_of(frames.data + taken, frames.size - taken);
		if (courier_check_frame(type, payload, NULL) != OK || type != FRAME_HEADS)
			continue;
		if (frame_get_heads(payload, &heads, NULL) != OK)
			abort();
		cursor = cursor_over(heads.notes);
		while (heads.count > 0 && frame_notes_next(&cursor, &note) == OK)
			heads.count--;
		if (heads.count != 0 || cursor.left != 0)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes file = bytes_of(data, size);
	struct courier_header header;
	struct buffer again;
	size_t header_size;
	int r = courier_header_parse(file, &header, &header_size, NULL);

	if (r == ERROR_WAIT && size >= COURIER_HEADER_MAXIMUM)
		abort();
	if (r != OK)
		return 0;
	buffer_init(&again, COURIER_HEADER_MAXIMUM);
	if (courier_header_print(&header, &again) != OK ||
	    !bytes_equal(buffer_view(&again), bytes_of(data, header_size)))
		abort();
	buffer_release(&again);
	check_frames(bytes_of(data + header_size, size - header_size));
	return 0;
}
