/* The vectors of doc/PROTOCOL.log for witness and depositary: made again here they must
 * come out as the document says. With CHIRO_WRITE_VECTORS set they are printed. */
#include "check.h"
#include "deposit_request.h"
#include "encoding.h"
#include "frame.h"
#include "memory_tree.h"
#include "notary.h"
#include "sha.h"
#include "signed_head.h"

#define ORIGIN "north.example/chirograph/x"

enum { MOMENT = 1795356191, DOCUMENT_MAXIMUM = 1 << 20 };

static struct buffer document;
static struct test_signer log_key, witness, depositary;
static struct checkpoint head;

static int set_up(void **state)
{
	static const char *const entries[] = { "one", "two", "three" };
	const char *root = getenv("CHIRO_ROOT");
	struct memory_tree tree;
	struct tree_reader reader = memory_tree_reader(&tree);
	char path[4096];
	uint8_t piece[4096];
	size_t size;
	FILE *file;

	(void)state;
	snprintf(path, sizeof(path), "%s/doc/PROTOCOL.log", root == NULL ? "." : root);
	buffer_init(&document, DOCUMENT_MAXIMUM);
	file = fopen(path, "rb");
	assert_non_null(file);
	while ((size = fread(piece, 1, sizeof(piece), file)) > 0)
		assert_ok(buffer_put(&document, piece, size));
	fclose(file);

	log_key = test_signer_of(ORIGIN, NOTE_KEY_ED25519, 1);
	witness = test_signer_of("witness.example", NOTE_KEY_COSIGNATURE, 5);
	depositary = test_signer_of("depositary.example", NOTE_KEY_COSIGNATURE, 6);
	head = (struct checkpoint){ .origin = ORIGIN, .size = 3 };
	memory_tree_init(&tree);
	for (size_t i = 0; i < 3; i++) {
		struct hash leaf;

		tree_hash_leaf(bytes_of_string(entries[i]), &leaf);
		assert_ok(memory_tree_append(&tree, &leaf));
	}
	assert_ok(tree_reader_root(&reader, 3, &head.root));
	memory_tree_release(&tree);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	buffer_release(&document);
	return 0;
}

/* The lines after `vector <name>` up to an empty one, without their indentation. */
static void read_vector(const char *name, struct buffer *text)
{
	struct bytes rest = buffer_view(&document);
	struct bytes line;
	char heading[64];
	bool inside = false;

	snprintf(heading, sizeof(heading), "vector %s", name);
	while (bytes_cut(&rest, '\n', &line)) {
		if (!inside) {
			inside = bytes_equal_string(line, heading);
			continue;
		}
		if (line.size == 0)
			return;
		assert_true(line.size > 4 && memcmp(line.data, "    ", 4) == 0);
		line = bytes_of(line.data + 4, line.size - 4);
		if (!bytes_equal_string(line, "(empty line)"))
			assert_ok(buffer_put_bytes(text, line));
		assert_ok(buffer_put_string(text, "\n"));
	}
	assert_true(inside);
}

static void print_vector(const char *name, struct bytes text)
{
	struct bytes line;

	printf("@%s@\n", name);
	while (bytes_cut(&text, '\n', &line))
		printf("    %.*s\n", line.size == 0 ? 12 : (int)line.size,
		       line.size == 0 ? "(empty line)" : (const char *)line.data);
}

static void check_vector(const char *name, struct bytes made)
{
	struct buffer text;

	if (getenv("CHIRO_WRITE_VECTORS") != NULL) {
		print_vector(name, made);
		return;
	}
	buffer_init(&text, NOTE_MAXIMUM);
	read_vector(name, &text);
	if (!bytes_equal(made, buffer_view(&text)))
		fail_msg("'%s' in doc/PROTOCOL.log is not what is made", name);
	buffer_release(&text);
}

static timestamp moment(void *context)
{
	(void)context;
	return MOMENT;
}

static uint64_t no_time_passes(void *context)
{
	(void)context;
	return 0;
}

/* What the document says is sent, a witness answers with what it says. */
static void test_witness(void **state)
{
	struct neutral_key key = { .public_key = witness.key, .secret = witness.secret };
	static struct neutral_configuration configuration;
	struct notary_settings settings = { .key = &key,
		                            .configuration = &configuration,
		                            .clock = { NULL, moment, no_time_passes } };
	struct neutral_call call = { NEUTRAL_POST,
		                     bytes_of_string("/add-checkpoint"),
		                     { NULL, 0 } };
	struct neutral_answer answer;
	struct notary *notary;
	struct store *store;
	struct buffer body;

	(void)state;
	configuration.logs[configuration.log_count++] = log_key.key;
	assert_ok(store_open_memory(&store));
	settings.store = store;
	assert_ok(notary_new(&settings, &notary, NULL));
	buffer_init(&body, NOTE_MAXIMUM);
	assert_ok(buffer_put_string(&body, "old 0\n\n"));
	test_sign_head(&head, &log_key, &body);
	check_vector("add-checkpoint", buffer_view(&body));
	call.body = buffer_view(&body);
	assert_ok(notary_call(notary, &call, &answer));
	assert_int_equal(answer.status, 200);
	check_vector("cosignature", answer.body);
	buffer_release(&body);
	notary_free(notary);
	store_close(store);
}

static void test_notes(void **state)
{
	struct deposit_certificate certificate = { .head = head, .time = MOMENT, .blob_count = 1 };
	struct collection_answer answer = { .head = head, .time = MOMENT };
	struct buffer note;

	(void)state;
	buffer_init(&note, DEPOSIT_NOTE_MAXIMUM);
	memset(certificate.blobs[0].hash.bytes, 7, HASH_SIZE);
	certificate.blobs[0].size = 4000;
	assert_ok(
	    deposit_certificate_sign(&certificate, &depositary.key, &depositary.secret, &note));
	check_vector("deposit certificate", buffer_view(&note));
	buffer_clear(&note);
	memset(answer.nonce, 9, sizeof(answer.nonce));
	assert_ok(collection_answer_sign(&answer, &depositary.key, &depositary.secret, &note));
	check_vector("collection answer", buffer_view(&note));
	buffer_release(&note);
}

/* A request's text and its signature. */
static void check_request(struct collect_request *request, const char *name)
{
	struct test_signer collector = test_signer_of("collector", NOTE_KEY_ED25519, 8);
	uint8_t signature[ED25519_SIGNATURE_SIZE];
	struct buffer text, message, encoded;
	char of[64];

	buffer_init(&text, DEPOSIT_REQUEST_MAXIMUM);
	buffer_init(&message, 2 * DEPOSIT_REQUEST_MAXIMUM);
	buffer_init(&encoded, 256);
	memset(request->nonce, 9, sizeof(request->nonce));
	assert_ok(collect_request_print(request, &text));
	check_vector(name, buffer_view(&text));
	assert_ok(collect_message(buffer_view(&text), &message));
	ed25519_sign(signature, &collector.secret, buffer_view(&message));
	assert_ok(base64_encode(&encoded, bytes_of(signature, sizeof(signature)), BASE64_PADDED));
	assert_ok(buffer_put_u8(&encoded, '\n'));
	snprintf(of, sizeof(of), "signature of %s", name);
	check_vector(of, buffer_view(&encoded));
	buffer_release(&encoded);
	buffer_release(&message);
	buffer_release(&text);
}

static void test_requests(void **state)
{
	struct collect_request collect = { .origin = ORIGIN, .from = 1, .time = MOMENT };
	struct collect_request deposit = { .kind = COLLECT_DEPOSIT,
		                           .origin = ORIGIN,
		                           .time = MOMENT };
	struct frame_blob_chunk chunk = { .total = 4000, .data = bytes_of_string("sealed") };
	struct buffer frame, encoded;
	struct bytes payload;

	(void)state;
	check_request(&collect, "collect");
	memset(chunk.blob.bytes, 7, HASH_SIZE);
	buffer_init(&frame, FRAME_MAXIMUM + FRAME_HEADER_SIZE);
	buffer_init(&encoded, 256);
	assert_ok(frame_put_blob_chunk(&frame, &chunk));
	payload = bytes_of(frame.data + FRAME_HEADER_SIZE, frame.size - FRAME_HEADER_SIZE);
	assert_ok(base64_encode(&encoded, payload, BASE64_PADDED));
	assert_ok(buffer_put_u8(&encoded, '\n'));
	check_vector("chunk", buffer_view(&encoded));
	sha256_of(&deposit.hash, payload);
	check_request(&deposit, "deposit-blob");
	buffer_release(&encoded);
	buffer_release(&frame);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_witness),
		cmocka_unit_test(test_notes),
		cmocka_unit_test(test_requests),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
