/* Frames: what is printed is read as it was, what is cut or too long is refused,
 * and doc/PROTOCOL.link shows one of each. */
#include "check.h"
#include "frame.h"

#include <stdlib.h>
#include <string.h>

enum { DOCUMENT_MAXIMUM = 256 * 1024 };

/* --- one of each -------------------------------------------------------------- */

static const char head[] = "north.example/chirograph/x\n2\n"
			   "AQIDAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n— north AAAAAAAA\n";
static const char line[] = "— south.example/chirograph/x/receipt AAAAAAAA";
static const char entry[] = "an entry\n";

static void put_one_hello(struct buffer *frame)
{
	struct frame_hello hello = {
		.version_minimum = 1,
		.version_maximum = 1,
		.channel = { { 0xc0, 0xff, 0xee } },
		.party = 1,
		.head = bytes_of_string(head),
		.held = 7,
		.known = bytes_of_string("a note"),
	};

	assert_ok(frame_put_hello(frame, &hello));
}

static void put_one_entries(struct buffer *frame)
{
	struct frame_entries entries = { .checkpoint = bytes_of_string(head),
		                         .start = 0,
		                         .count = 1,
		                         .blob_count = 1,
		                         .proof_count = 1 };
	static const uint8_t proof[HASH_SIZE] = { 0xaa, 0xbb };
	static const uint8_t name[HASH_SIZE] = { 0xb1, 0x0b };
	struct buffer list, blobs;

	buffer_init(&list, 1024);
	buffer_init(&blobs, 1024);
	assert_ok(buffer_put_sized_string(&list, entry));
	assert_ok(buffer_put(&blobs, name, sizeof(name)));
	assert_ok(buffer_put_sized_string(&blobs, "sealed"));
	entries.entries = buffer_view(&list);
	entries.blobs = buffer_view(&blobs);
	entries.proof = bytes_of(proof, sizeof(proof));
	assert_ok(frame_put_entries(frame, &entries));
	buffer_release(&list);
	buffer_release(&blobs);
}

static void put_one_cosignature(struct buffer *frame)
{
	struct frame_cosignature cosignature = { 2, bytes_of_string(line) };

	assert_ok(frame_put_cosignature(frame, &cosignature));
}

static void put_one_blob_request(struct buffer *frame)
{
	struct frame_blob_request request = { { { 0xb1, 0x0b } }, 524288, FRAME_CHUNK_MAXIMUM };

	assert_ok(frame_put_blob_request(frame, &request));
}

static void put_one_blob_chunk(struct buffer *frame)
{
	struct frame_blob_chunk chunk = {
		{ { 0xb1, 0x0b } }, 524293, 524288, bytes_of_string("bytes")
	};

	assert_ok(frame_put_blob_chunk(frame, &chunk));
}

static const char statement[] = "chirograph.exchange/1\n…\n";
static const char signature[] = "-----BEGIN SSH SIGNATURE-----\n…\n";

static void put_one_match_request(struct buffer *frame)
{
	static const uint8_t elements[2 * FRAME_ELEMENT_SIZE] = { 0xe1, [32] = 0xe2 };
	struct frame_match request = { .statement = bytes_of_string(statement),
		                       .signature = bytes_of_string(signature),
		                       .count = 2,
		                       .elements = bytes_of(elements, sizeof elements) };

	assert_ok(frame_put_match_request(frame, &request));
}

static void put_one_match_reply(struct buffer *frame)
{
	static const uint8_t evaluations[FRAME_EVALUATION_SIZE] = {
		0xe1, [32] = 0xc0, [64] = 0x50
	};
	struct frame_match reply = { .statement = bytes_of_string(statement),
		                     .signature = bytes_of_string(signature),
		                     .count = 1,
		                     .elements = bytes_of(evaluations, sizeof evaluations) };

	assert_ok(frame_put_match_reply(frame, &reply));
}

static void put_one_match_behind(struct buffer *frame)
{
	struct frame_match_behind behind = { .request = { { 0x9e } },
		                             .question = bytes_of_string(statement),
		                             .question_signature = bytes_of_string(signature),
		                             .answer = bytes_of_string("an answer"),
		                             .answer_signature = bytes_of_string(signature) };

	assert_ok(frame_put_match_behind(frame, &behind));
}

static void put_one_test(struct buffer *frame)
{
	struct frame_test test = { 0x0123456789abcdef, 1795356000123 };

	assert_ok(frame_put_test(frame, &test));
}

static void put_one_echo(struct buffer *frame)
{
	struct frame_echo echo = { 0x0123456789abcdef, 1795356000123, 1795356000456 };

	assert_ok(frame_put_echo(frame, &echo));
}

static void put_one_credit(struct buffer *frame)
{
	struct frame_credit credit = { 3 };

	assert_ok(frame_put_credit(frame, &credit));
}

static void put_one_error(struct buffer *frame)
{
	struct frame_error error = { ERROR_MISMATCH, bytes_of_string("another channel or party") };

	assert_ok(frame_put_error(frame, &error));
}

static void put_one_bye(struct buffer *frame)
{
	assert_ok(frame_put_bye(frame));
}

static int get_any(uint8_t type, struct bytes payload)
{
	union {
		struct frame_hello hello;
		struct frame_entries entries;
		struct frame_cosignature cosignature;
		struct frame_blob_request request;
		struct frame_blob_chunk chunk;
		struct frame_match match;
		struct frame_match_behind behind;
		struct frame_test test;
		struct frame_echo echo;
		struct frame_credit credit;
		struct frame_error error;
	} frame;

	switch (type) {
	case FRAME_HELLO:
		return frame_get_hello(payload, &frame.hello, NULL);
	case FRAME_ENTRIES:
		return frame_get_entries(payload, &frame.entries, NULL);
	case FRAME_COSIGNATURE:
		return frame_get_cosignature(payload, &frame.cosignature, NULL);
	case FRAME_BLOB_REQUEST:
		return frame_get_blob_request(payload, &frame.request, NULL);
	case FRAME_BLOB_CHUNK:
		return frame_get_blob_chunk(payload, &frame.chunk, NULL);
	case FRAME_MATCH_REQUEST:
		return frame_get_match_request(payload, &frame.match, NULL);
	case FRAME_MATCH_REPLY:
		return frame_get_match_reply(payload, &frame.match, NULL);
	case FRAME_MATCH_BEHIND:
		return frame_get_match_behind(payload, &frame.behind, NULL);
	case FRAME_TEST:
		return frame_get_test(payload, &frame.test, NULL);
	case FRAME_ECHO:
		return frame_get_echo(payload, &frame.echo, NULL);
	case FRAME_CREDIT:
		return frame_get_credit(payload, &frame.credit, NULL);
	case FRAME_ERROR:
		return frame_get_error(payload, &frame.error, NULL);
	default:
		return payload.size == 0 ? OK : ERROR_SYNTAX;
	}
}

static const struct {
	const char *name;
	uint8_t type;
	void (*put)(struct buffer *frame);
} kinds[] = {
	{ "hello", FRAME_HELLO, put_one_hello },
	{ "entries", FRAME_ENTRIES, put_one_entries },
	{ "cosignature", FRAME_COSIGNATURE, put_one_cosignature },
	{ "blob request", FRAME_BLOB_REQUEST, put_one_blob_request },
	{ "blob chunk", FRAME_BLOB_CHUNK, put_one_blob_chunk },
	{ "match request", FRAME_MATCH_REQUEST, put_one_match_request },
	{ "match reply", FRAME_MATCH_REPLY, put_one_match_reply },
	{ "match behind", FRAME_MATCH_BEHIND, put_one_match_behind },
	{ "test", FRAME_TEST, put_one_test },
	{ "echo", FRAME_ECHO, put_one_echo },
	{ "credit", FRAME_CREDIT, put_one_credit },
	{ "error", FRAME_ERROR, put_one_error },
	{ "bye", FRAME_BYE, put_one_bye },
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

/* Its size in front, its type, and nothing behind it. */
static void test_framing(void **state)
{
	(void)state;
	for (size_t i = 0; i < KINDS; i++) {
		struct buffer frame;
		struct bytes payload;
		uint8_t type;
		size_t size;

		buffer_init(&frame, 4096);
		kinds[i].put(&frame);
		for (size_t part = 0; part < frame.size; part++)
			assert_int_equal(
			    frame_next(bytes_of(frame.data, part), &type, &payload, &size),
			    ERROR_WAIT);
		assert_ok(frame_next(buffer_view(&frame), &type, &payload, &size));
		assert_int_equal(type, kinds[i].type);
		assert_int_equal(size, frame.size);
		assert_int_equal(payload.size, frame.size - FRAME_HEADER_SIZE);
		buffer_release(&frame);
	}
}

/* Every shorter payload is refused, and every longer one. */
static void test_exact_lengths(void **state)
{
	(void)state;
	for (size_t i = 0; i < KINDS; i++) {
		struct buffer frame;
		struct bytes payload;

		buffer_init(&frame, 4096);
		kinds[i].put(&frame);
		assert_ok(buffer_put_u8(&frame, 0));
		payload = bytes_of(frame.data + FRAME_HEADER_SIZE,
		                   frame.size - FRAME_HEADER_SIZE - 1);
		assert_ok(get_any(kinds[i].type, payload));
		for (size_t size = 0; size < payload.size; size++)
			assert_int_equal(get_any(kinds[i].type, bytes_of(payload.data, size)),
			                 ERROR_SYNTAX);
		assert_int_equal(get_any(kinds[i].type, bytes_of(payload.data, payload.size + 1)),
		                 ERROR_SYNTAX);
		buffer_release(&frame);
	}
}

static void test_lengths_out_of_range(void **state)
{
	static const uint8_t zero[] = { 0, 0, 0, 0, 1 }, large[] = { 0, 0x10, 0, 1, 1 };
	static const uint8_t greatest[] = { 0, 0x10, 0, 0, 1 };
	struct bytes payload;
	uint8_t type;
	size_t size;

	(void)state;
	assert_int_equal(frame_next(bytes_of(zero, 5), &type, &payload, &size), ERROR_LIMIT);
	assert_int_equal(frame_next(bytes_of(large, 5), &type, &payload, &size), ERROR_LIMIT);
	assert_int_equal(frame_next(bytes_of(greatest, 5), &type, &payload, &size), ERROR_WAIT);
}

static struct bytes payload_of(const struct buffer *frame)
{
	return bytes_of(frame->data + FRAME_HEADER_SIZE, frame->size - FRAME_HEADER_SIZE);
}

static void test_hello_values(void **state)
{
	struct frame_hello hello;
	struct buffer frame;

	(void)state;
	buffer_init(&frame, 4096);
	put_one_hello(&frame);
	assert_ok(frame_get_hello(payload_of(&frame), &hello, NULL));
	assert_int_equal(hello.held, 7);
	assert_bytes_string(hello.head, head);
	assert_bytes_string(hello.known, "a note");
	frame.data[FRAME_HEADER_SIZE + 1] = 2; /* from 2 to 1 */
	assert_int_equal(frame_get_hello(payload_of(&frame), &hello, NULL), ERROR_SYNTAX);
	frame.data[FRAME_HEADER_SIZE + 1] = 1;
	frame.data[FRAME_HEADER_SIZE + 4 + HASH_SIZE] = 2; /* a third party */
	assert_int_equal(frame_get_hello(payload_of(&frame), &hello, NULL), ERROR_SYNTAX);
	buffer_release(&frame);
}

static int get_entries(const struct frame_entries *entries)
{
	struct frame_entries got;
	struct buffer frame;
	int r;

	buffer_init(&frame, FRAME_MAXIMUM + FRAME_HEADER_SIZE);
	assert_ok(frame_put_entries(&frame, entries));
	r = frame_get_entries(payload_of(&frame), &got, NULL);
	buffer_release(&frame);
	return r;
}

static void test_entries_values(void **state)
{
	static const uint8_t proof[65 * HASH_SIZE];
	struct frame_entries frame = { .count = 1 };
	struct bytes item;
	struct cursor cursor;
	struct buffer list;
	struct hash hash;

	(void)state;
	buffer_init(&list, FRAME_MAXIMUM);
	assert_ok(buffer_put_sized_string(&list, entry));
	frame.entries = buffer_view(&list);
	assert_ok(get_entries(&frame));
	cursor = cursor_over(frame.entries);
	assert_ok(frame_entries_next(&cursor, &item));
	assert_bytes_string(item, entry);
	assert_int_equal(frame_entries_next(&cursor, &item), ERROR_NOT_FOUND);
	cursor = cursor_over(bytes_of(NULL, 0));
	assert_int_equal(frame_blobs_next(&cursor, &hash, &item), ERROR_NOT_FOUND);

	frame.count = 0;
	assert_int_equal(get_entries(&frame), ERROR_SYNTAX);
	frame.count = 2; /* one is there */
	assert_int_equal(get_entries(&frame), ERROR_SYNTAX);
	frame.count = FRAME_ENTRIES_MAXIMUM + 1;
	assert_int_equal(get_entries(&frame), ERROR_SYNTAX);
	frame.count = UINT32_MAX;
	assert_int_equal(get_entries(&frame), ERROR_SYNTAX);
	frame.count = 1;
	frame.start = UINT64_MAX;
	assert_int_equal(get_entries(&frame), ERROR_SYNTAX);
	frame.start = 0;
	frame.blob_count = 1;
	assert_int_equal(get_entries(&frame), ERROR_SYNTAX);
	frame.blob_count = 0;
	frame.proof_count = 65;
	frame.proof = bytes_of(proof, sizeof(proof));
	assert_int_equal(get_entries(&frame), ERROR_SYNTAX);
	frame.proof_count = 64;
	assert_int_equal(get_entries(&frame), ERROR_SYNTAX);
	frame.proof = bytes_of(proof, 64 * HASH_SIZE);
	assert_ok(get_entries(&frame));
	buffer_clear(&list);
	assert_ok(buffer_put_u32(&list, 65536));
	for (unsigned i = 0; i < 2048; i++)
		assert_ok(buffer_put(&list, proof, 32));
	frame.entries = buffer_view(&list);
	assert_int_equal(get_entries(&frame), ERROR_SYNTAX);
	buffer_release(&list);
}

static void test_other_values(void **state)
{
	struct frame_cosignature cosignature = { 1, bytes_of_string("— a b\n— c d") };
	struct frame_blob_request request = { .length = 0 };
	struct frame_blob_chunk chunk = { .total = 10,
		                          .offset = 6,
		                          .data = bytes_of_string("12345") };
	struct frame_error error = { 1, bytes_of_string("a\x1b[31m") };
	struct buffer frame;

	(void)state;
	buffer_init(&frame, 4096);
	assert_ok(frame_put_cosignature(&frame, &cosignature));
	assert_int_equal(get_any(FRAME_COSIGNATURE, payload_of(&frame)), ERROR_SYNTAX);
	buffer_clear(&frame);
	assert_ok(frame_put_blob_request(&frame, &request));
	assert_int_equal(get_any(FRAME_BLOB_REQUEST, payload_of(&frame)), ERROR_SYNTAX);
	buffer_clear(&frame);
	request.length = FRAME_CHUNK_MAXIMUM + 1;
	assert_ok(frame_put_blob_request(&frame, &request));
	assert_int_equal(get_any(FRAME_BLOB_REQUEST, payload_of(&frame)), ERROR_SYNTAX);
	buffer_clear(&frame);
	assert_ok(frame_put_blob_chunk(&frame, &chunk));
	assert_int_equal(get_any(FRAME_BLOB_CHUNK, payload_of(&frame)), ERROR_SYNTAX);
	buffer_clear(&frame);
	chunk.offset = UINT64_MAX;
	assert_ok(frame_put_blob_chunk(&frame, &chunk));
	assert_int_equal(get_any(FRAME_BLOB_CHUNK, payload_of(&frame)), ERROR_SYNTAX);
	buffer_clear(&frame);
	assert_ok(frame_put_error(&frame, &error));
	assert_int_equal(get_any(FRAME_ERROR, payload_of(&frame)), ERROR_SYNTAX);
	buffer_release(&frame);
}

static int get_match(uint8_t type, const struct frame_match *match)
{
	struct buffer frame;
	int r;

	buffer_init(&frame, FRAME_MAXIMUM);
	assert_ok(type == FRAME_MATCH_REQUEST ? frame_put_match_request(&frame, match)
	                                      : frame_put_match_reply(&frame, match));
	r = get_any(type, payload_of(&frame));
	buffer_release(&frame);
	return r;
}

static void test_match_values(void **state)
{
	static const uint8_t bytes[(FRAME_ELEMENTS_MAXIMUM + 1) * FRAME_EVALUATION_SIZE];
	static const char long_text[FRAME_STATEMENT_MAXIMUM + 1] = "x";
	const uint8_t types[] = { FRAME_MATCH_REQUEST, FRAME_MATCH_REPLY };
	const size_t sizes[] = { FRAME_ELEMENT_SIZE, FRAME_EVALUATION_SIZE };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct frame_match good = { .statement = bytes_of_string(statement),
			                    .signature = bytes_of_string(signature),
			                    .count = FRAME_ELEMENTS_MAXIMUM },
				   match;

		good.elements = bytes_of(bytes, good.count * sizes[i]);
		assert_ok(get_match(types[i], &good));
		match = good;
		match.count++;
		match.elements.size += sizes[i];
		assert_int_equal(get_match(types[i], &match), ERROR_SYNTAX);
		match = good;
		match.count--;
		assert_int_equal(get_match(types[i], &match), ERROR_SYNTAX);
		match = good;
		match.count = 0;
		match.elements.size = 0;
		assert_int_equal(get_match(types[i], &match),
		                 types[i] == FRAME_MATCH_REQUEST ? ERROR_SYNTAX : OK);
		match = good;
		match.signature.size = 0;
		assert_int_equal(get_match(types[i], &match), ERROR_SYNTAX);
		match = good;
		match.statement.size = 0;
		assert_int_equal(get_match(types[i], &match), ERROR_SYNTAX);
		match.statement = bytes_of(long_text, sizeof long_text);
		assert_int_equal(get_match(types[i], &match), ERROR_SYNTAX);
	}
}

static int get_behind(const struct frame_match_behind *behind)
{
	struct buffer frame;
	int r;

	buffer_init(&frame, 4096);
	assert_ok(frame_put_match_behind(&frame, behind));
	r = get_any(FRAME_MATCH_BEHIND, payload_of(&frame));
	buffer_release(&frame);
	return r;
}

static void test_match_behind_values(void **state)
{
	struct bytes text = bytes_of_string(statement);
	struct frame_match_behind behind = { .question = { NULL, 0 } };

	(void)state;
	assert_ok(get_behind(&behind));
	behind.question = text;
	assert_int_equal(get_behind(&behind), ERROR_SYNTAX);
	behind.question_signature = text;
	assert_ok(get_behind(&behind));
	behind.answer = text;
	assert_int_equal(get_behind(&behind), ERROR_SYNTAX);
	behind.answer_signature = text;
	assert_ok(get_behind(&behind));
	behind.question.size = behind.question_signature.size = 0;
	assert_int_equal(get_behind(&behind), ERROR_SYNTAX);
}

/* A frame that is too long is not printed, and nothing of it stays. */
static void test_a_frame_that_is_too_long(void **state)
{
	struct frame_blob_chunk chunk = { .total = 1 };
	uint8_t *bytes = calloc(1, FRAME_MAXIMUM);
	struct buffer frame;

	(void)state;
	buffer_init(&frame, 2 * FRAME_MAXIMUM);
	put_one_bye(&frame);
	chunk.data = bytes_of(bytes, FRAME_MAXIMUM);
	assert_int_equal(frame_put_blob_chunk(&frame, &chunk), ERROR_LIMIT);
	assert_int_equal(frame.size, FRAME_HEADER_SIZE);
	free(bytes);
	buffer_release(&frame);
}

/* --- the document -------------------------------------------------------------- */

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The bytes of the lines after `vector <name>` up to an empty one. */
static void read_vector(const char *document, const char *name, struct buffer *bytes)
{
	char heading[64];
	const char *at;

	snprintf(heading, sizeof(heading), "\nvector %s\n", name);
	at = strstr(document, heading);
	if (at == NULL)
		fail_msg("doc/PROTOCOL.link has no vector of '%s'", name);
	for (at += strlen(heading); at[0] != '\0' && !(at[0] == '\n' && at[-1] == '\n'); at++) {
		if (at[0] == ' ' || at[0] == '\n')
			continue;
		assert_true(hex_digit(at[0]) >= 0 && hex_digit(at[1]) >= 0);
		assert_ok(
		    buffer_put_u8(bytes, (uint8_t)(hex_digit(at[0]) * 16 + hex_digit(at[1]))));
		at++;
	}
}

static void print_vector(const char *name, const struct buffer *frame)
{
	printf("# vector %s\n", name);
	for (size_t i = 0; i < frame->size; i++)
		printf("%s%02x%s", i % 32 == 0 ? "#     " : "", frame->data[i],
		       i % 32 == 31 || i + 1 == frame->size ? "\n" : "");
}

static void test_the_vectors_of_the_document(void **state)
{
	const char *root = getenv("CHIRO_ROOT");
	char path[4096], *document = calloc(1, DOCUMENT_MAXIMUM);
	FILE *file;

	(void)state;
	snprintf(path, sizeof(path), "%s/doc/PROTOCOL.link", root != NULL ? root : ".");
	file = fopen(path, "rb");
	assert_non_null(file);
	assert_true(fread(document, 1, DOCUMENT_MAXIMUM - 1, file) > 0);
	fclose(file);
	for (size_t i = 0; i < KINDS; i++) {
		struct buffer frame, vector;

		buffer_init(&frame, 4096);
		buffer_init(&vector, 4096);
		kinds[i].put(&frame);
		read_vector(document, kinds[i].name, &vector);
		if (!bytes_equal(buffer_view(&frame), buffer_view(&vector))) {
			print_vector(kinds[i].name, &frame);
			fail_msg("doc/PROTOCOL.link shows another frame");
		}
		buffer_release(&frame);
		buffer_release(&vector);
	}
	free(document);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_framing),
		cmocka_unit_test(test_exact_lengths),
		cmocka_unit_test(test_lengths_out_of_range),
		cmocka_unit_test(test_hello_values),
		cmocka_unit_test(test_entries_values),
		cmocka_unit_test(test_other_values),
		cmocka_unit_test(test_match_values),
		cmocka_unit_test(test_match_behind_values),
		cmocka_unit_test(test_a_frame_that_is_too_long),
		cmocka_unit_test(test_the_vectors_of_the_document),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
