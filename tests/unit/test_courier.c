/* Courier files: the header's one spelling, which frames stand in one, and the file of
 * doc/PROTOCOL.courier. */
#include "check.h"
#include "courier.h"
#include "sha.h"
#include "torture.h"

#include <stdlib.h>
#include <string.h>

enum { DOCUMENT_MAXIMUM = 256 * 1024 };

static const char text[] = "chirograph.courier/1\n"
			   "channel aebagbafaydqqcikbmga2dqpcaireeyuculbogazdinryhi6d4qa\n"
			   "from north\n"
			   "to south\n"
			   "pack 0123456789abcdef\n"
			   "volume 2 of 3\n"
			   "\n";

static int parse(const char *header, struct courier_header *ret_header, size_t *ret_size)
{
	struct error error = { 0 };
	int r = courier_header_parse(bytes_of_string(header), ret_header, ret_size, &error);

	assert_true(r == OK || error.message[0] != '\0');
	return r;
}

/* --- header ----------------------------------------------------------------------- */

static void test_a_header_is_read_and_printed(void **state)
{
	struct courier_header header;
	struct buffer again;
	size_t size;

	(void)state;
	assert_ok(parse(text, &header, &size));
	assert_int_equal(size, strlen(text));
	for (uint8_t i = 0; i < HASH_SIZE; i++)
		assert_int_equal(header.channel.bytes[i], (uint8_t)(i + 1));
	assert_string_equal(header.from, "north");
	assert_string_equal(header.to, "south");
	assert_int_equal(header.pack[7], 0xef);
	assert_int_equal(header.volume, 2);
	assert_int_equal(header.volumes, 3);
	buffer_init(&again, COURIER_HEADER_MAXIMUM);
	assert_ok(courier_header_print(&header, &again));
	assert_bytes_string(buffer_view(&again), text);
	/* A copy that goes on. */
	header.to[0] = '\0';
	header.volume = 1;
	header.volumes = 0;
	buffer_clear(&again);
	assert_ok(courier_header_print(&header, &again));
	assert_non_null(memmem(again.data, again.size, "\nto copy\n", 9));
	assert_non_null(memmem(again.data, again.size, "\nvolume 1 of -\n\n", 16));
	assert_ok(courier_header_parse(buffer_view(&again), &header, &size, NULL));
	assert_string_equal(header.to, "");
	assert_int_equal(header.volumes, 0);
	buffer_release(&again);
}

/* Every beginning of a header asks for more, and nothing after it matters. */
static void test_a_header_that_is_cut(void **state)
{
	char longer[600];
	struct courier_header header;
	size_t size = 0;

	(void)state;
	for (size_t i = 0; i < strlen(text); i++) {
		assert_int_equal(courier_header_parse(bytes_of(text, i), &header, &size, NULL),
		                 ERROR_WAIT);
		assert_int_equal(size, 0);
	}
	snprintf(longer, sizeof(longer), "%s\n\n\x01\xff", text);
	assert_ok(parse(longer, &header, &size));
	assert_int_equal(size, strlen(text));
}

static void test_what_is_no_header(void **state)
{
	static const struct {
		const char *what, *instead;
		int result;
	} cases[] = {
		{ "chirograph.courier/1", "chirograph.courier/2", ERROR_UNSUPPORTED },
		{ "chirograph.courier/1", "chirograph.charter/1", ERROR_SYNTAX },
		{ "chirograph.courier/1", "PK", ERROR_SYNTAX },
		{ "channel aeb", "channel AEB", ERROR_SYNTAX },
		{ "channel aeb", "channel ae", ERROR_SYNTAX },
		{ "d4qa\n", "d4qb\n", ERROR_SYNTAX },
		{ "from north\n", "", ERROR_SYNTAX },
		{ "from north\n", "from north\nfrom north\n", ERROR_SYNTAX },
		{ "from north", "from North", ERROR_SYNTAX },
		{ "from north", "from  north", ERROR_SYNTAX },
		{ "from north", "from north ", ERROR_SYNTAX },
		{ "to south", "to x123456789012345678901234567890123", ERROR_SYNTAX },
		{ "to south", "to s\x1b[1m", ERROR_SYNTAX },
		{ "pack 0123456789abcdef", "pack 0123456789ABCDEF", ERROR_SYNTAX },
		{ "pack 0123456789abcdef", "pack 0123456789abcde", ERROR_SYNTAX },
		{ "volume 2 of 3", "volume 4 of 3", ERROR_SYNTAX },
		{ "volume 2 of 3", "volume 0 of 3", ERROR_SYNTAX },
		{ "volume 2 of 3", "volume 02 of 3", ERROR_SYNTAX },
		{ "volume 2 of 3", "volume 2 of 0", ERROR_SYNTAX },
		{ "volume 2 of 3", "volume 2 in 3", ERROR_SYNTAX },
		{ "volume 2 of 3", "volume 2 of 3 4", ERROR_SYNTAX },
		{ "volume 2 of 3", "volume 2 of 1000001", ERROR_SYNTAX },
		{ "volume 2 of 3", "volume 2", ERROR_SYNTAX },
		{ "volume 2 of 3\n", "volume 2 of 3\nnote x\n", ERROR_SYNTAX },
	};
	struct courier_header header;
	char changed[1024];
	size_t size;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *at = strstr(text, cases[i].what);

		assert_non_null(at);
		snprintf(changed, sizeof(changed), "%.*s%s%s", (int)(at - text), text,
		         cases[i].instead, at + strlen(cases[i].what));
		if (parse(changed, &header, &size) != cases[i].result)
			fail_msg("case %zu: %s", i, changed);
	}
	memset(changed, 'x', sizeof(changed));
	memcpy(changed, "chirograph.courier/1\n", 21);
	assert_int_equal(
	    courier_header_parse(bytes_of(changed, sizeof(changed)), &header, &size, NULL),
	    ERROR_SYNTAX);
}

/* --- frames ------------------------------------------------------------------------ */

static int check(uint8_t type, struct bytes payload)
{
	struct error error = { 0 };
	int r = courier_check_frame(type, payload, &error);

	assert_true(r == OK || error.message[0] != '\0');
	return r;
}

static void test_which_frames_stand_in_a_file(void **state)
{
	static const uint8_t in_files[] = { FRAME_HELLO,      FRAME_ENTRIES, FRAME_COSIGNATURE,
		                            FRAME_BLOB_CHUNK, FRAME_CHARTER, FRAME_HEADS,
		                            FRAME_AMENDED };

	(void)state;
	for (unsigned type = 0; type < 0x80; type++) {
		bool known = memchr(in_files, (int)type, sizeof(in_files)) != NULL;

		assert_int_equal(check((uint8_t)type, bytes_of("", 0)),
		                 known ? ERROR_SYNTAX : ERROR_UNSUPPORTED);
	}
	assert_ok(check(0x80, bytes_of("", 0)));
	assert_ok(check(0xff, bytes_of_string("whatever")));
}

static void put_charter(struct buffer *frames)
{
	struct frame_charter charter = { bytes_of_string("a charter\n"),
		                         { bytes_of_string("one\n"), bytes_of_string("two\n") } };

	assert_ok(frame_put_charter(frames, &charter));
}

static void put_heads(struct buffer *frames)
{
	struct frame_heads heads = { .count = 2 };
	struct buffer notes;

	buffer_init(&notes, 256);
	assert_ok(buffer_put_sized_string(&notes, "a note\n"));
	assert_ok(buffer_put_sized_string(&notes, "another\n"));
	heads.notes = buffer_view(&notes);
	assert_ok(frame_put_heads(frames, &heads));
	buffer_release(&notes);
}

/* Every byte more or less, and counts that are out of range. */
static void check_lengths(const struct buffer *frame)
{
	struct buffer copy;

	buffer_init(&copy, 4096);
	assert_ok(
	    buffer_put(&copy, frame->data + FRAME_HEADER_SIZE, frame->size - FRAME_HEADER_SIZE));
	assert_ok(check(frame->data[4], buffer_view(&copy)));
	for (size_t size = 0; size < copy.size; size++)
		assert_int_equal(check(frame->data[4], bytes_of(copy.data, size)), ERROR_SYNTAX);
	assert_ok(buffer_put_u8(&copy, 0));
	assert_int_equal(check(frame->data[4], buffer_view(&copy)), ERROR_SYNTAX);
	buffer_release(&copy);
}

static void test_charter_and_heads(void **state)
{
	struct frame_charter charter;
	struct frame_heads heads;
	struct cursor cursor;
	struct buffer frame;
	struct bytes note;

	(void)state;
	buffer_init(&frame, 4096);
	put_charter(&frame);
	check_lengths(&frame);
	assert_ok(frame_get_charter(bytes_of(frame.data + 5, frame.size - 5), &charter, NULL));
	assert_bytes_string(charter.text, "a charter\n");
	assert_bytes_string(charter.armors[1], "two\n");
	buffer_clear(&frame);
	put_heads(&frame);
	check_lengths(&frame);
	assert_ok(frame_get_heads(bytes_of(frame.data + 5, frame.size - 5), &heads, NULL));
	cursor = cursor_over(heads.notes);
	assert_ok(frame_notes_next(&cursor, &note));
	assert_bytes_string(note, "a note\n");
	assert_ok(frame_notes_next(&cursor, &note));
	assert_int_equal(frame_notes_next(&cursor, &note), ERROR_NOT_FOUND);
	frame.data[6] = FRAME_HEADS_MAXIMUM + 1;
	assert_int_equal(check(FRAME_HEADS, bytes_of(frame.data + 5, frame.size - 5)),
	                 ERROR_SYNTAX);
	frame.data[6] = 0;
	assert_int_equal(check(FRAME_HEADS, bytes_of(frame.data + 5, frame.size - 5)),
	                 ERROR_SYNTAX);
	buffer_release(&frame);
}

/* --- memory -------------------------------------------------------------------------- */

static int once(void *context)
{
	struct courier_header header;
	struct buffer again;
	size_t size;
	int r;

	(void)context;
	buffer_init(&again, COURIER_HEADER_MAXIMUM);
	if ((r = courier_header_parse(bytes_of_string(text), &header, &size, NULL)) == OK)
		r = courier_header_print(&header, &again);
	buffer_release(&again);
	return r;
}

static void test_without_memory(void **state)
{
	(void)state;
	torture(once, NULL);
}

/* --- the document ---------------------------------------------------------------------- */

static void make_file(struct buffer *file)
{
	struct frame_blob_chunk chunk = { .blob = { { 0xb1, 0x0b } },
		                          .total = 5,
		                          .data = bytes_of_string("bytes") };
	struct courier_header header;
	struct hash hash;
	size_t size;

	assert_ok(parse(text, &header, &size));
	assert_ok(courier_header_print(&header, file));
	put_charter(file);
	put_heads(file);
	assert_ok(frame_put_blob_chunk(file, &chunk));
	sha256_of(&hash, buffer_view(file));
	assert_ok(buffer_put(file, hash.bytes, HASH_SIZE));
}

static void print_file(const struct buffer *file)
{
	for (size_t i = 0; i < file->size; i++)
		printf("%s%02x%s", i % 32 == 0 ? "#     " : "", file->data[i],
		       i % 32 == 31 || i + 1 == file->size ? "\n" : "");
}

static void test_the_file_of_the_document(void **state)
{
	const char *root = getenv("CHIRO_ROOT");
	char path[4096], *document = calloc(1, DOCUMENT_MAXIMUM), *at;
	struct buffer file, digits, shown;
	FILE *stream;

	(void)state;
	snprintf(path, sizeof(path), "%s/doc/PROTOCOL.courier", root != NULL ? root : ".");
	stream = fopen(path, "rb");
	assert_non_null(stream);
	assert_true(fread(document, 1, DOCUMENT_MAXIMUM - 1, stream) > 0);
	fclose(stream);
	buffer_init(&file, 4096);
	buffer_init(&digits, 8192);
	buffer_init(&shown, 4096);
	make_file(&file);
	at = strstr(document, "\nvector file\n");
	assert_non_null(at);
	for (at += strlen("\nvector file\n"); *at != '\0' && !(at[0] == '\n' && at[-1] == '\n');
	     at++)
		if (*at != ' ' && *at != '\n')
			assert_ok(buffer_put_u8(&digits, (uint8_t)*at));
	assert_ok(hex_decode(&shown, buffer_view(&digits)));
	if (!bytes_equal(buffer_view(&shown), buffer_view(&file))) {
		print_file(&file);
		fail_msg("doc/PROTOCOL.courier shows another file");
	}
	buffer_release(&file);
	buffer_release(&digits);
	buffer_release(&shown);
	free(document);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_header_is_read_and_printed),
		cmocka_unit_test(test_a_header_that_is_cut),
		cmocka_unit_test(test_what_is_no_header),
		cmocka_unit_test(test_which_frames_stand_in_a_file),
		cmocka_unit_test(test_charter_and_heads),
		cmocka_unit_test(test_without_memory),
		cmocka_unit_test(test_the_file_of_the_document),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
