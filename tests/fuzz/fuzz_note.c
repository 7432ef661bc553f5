/* Signed notes and vkeys. A note's text and lines must cover all of it, and a
 * key that is accepted must print as it was. */
#include <stdlib.h>

#include "note.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_note(struct bytes input)
{
	static struct note note;
	static const char vkey[] =
	    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
	struct note_key key;
	struct error error;
	size_t total;

	if (note_parse(input, &note, &error) != OK)
		return;
	total = note.text.size + 1;
	for (size_t i = 0; i < note.line_count; i++)
		total += note.lines[i].whole.size;
	if (total != input.size || note.line_count == 0)
		abort();
	if (note_key_parse(bytes_of_string(vkey), &key, NULL) != OK)
		abort();
	note_verify(&note, &key, &error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes input = bytes_of(data, size);
	struct note_key key;
	struct buffer vkey;
	struct error error;

	check_note(input);
	if (note_key_parse(input, &key, &error) != OK)
		return 0;
	buffer_init(&vkey, 2 * NOTE_NAME_CAPACITY);
	if (note_key_print(&key, &vkey) != OK || !bytes_equal(buffer_view(&vkey), input))
		abort();
	buffer_release(&vkey);
	return 0;
}
