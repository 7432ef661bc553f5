/* The reader's process: one body in, typed parts out. */
#include "keeper_process.h"

#include "reader.h"
#include "seal_fixture.h"

struct reader_process {
	pid_t pid;
	struct message_socket parent, engine;
};

/* What came of a body. */
struct opened {
	size_t parts;
	size_t content; /* bytes of all parts */
	enum reader_outcome outcome;
	struct error error;
};

static void reader_start(struct reader_process *reader)
{
	int engine;

	spawn_process(PROCESS_READER, "/nowhere", &reader->pid, &reader->parent, &engine);
	message_socket_init(&reader->engine, engine);
	await_ready(&reader->parent);
}

static int reader_end(struct reader_process *reader)
{
	int status;

	message_socket_release(&reader->parent);
	message_socket_release(&reader->engine);
	assert_int_equal(waitpid(reader->pid, &status, 0), reader->pid);
	return status;
}

/* A file without a name that holds these bytes. */
static int file_of(struct bytes bytes)
{
	FILE *file = tmpfile();
	int fd;

	assert_non_null(file);
	assert_int_equal(fwrite(bytes.data, 1, bytes.size, file), bytes.size);
	rewind(file);
	fd = dup(fileno(file));
	fclose(file);
	return fd;
}

static struct reader_request request_for(const struct seal_fixture *fixture)
{
	struct reader_request request = {
		.parts = fixture->reference.commitment.part_count,
		.root = fixture->reference.commitment.root,
		.sealed_size = fixture->reference.sealed_size,
		.sealed_hash = fixture->reference.sealed_hash,
		.content_maximum = BODY_CONTENT_MAXIMUM,
	};

	memcpy(request.file_key, fixture->file_key.bytes, sizeof(request.file_key));
	return request;
}

/* Asks and takes all answers; the parts that come are compared with the body's. */
static struct opened open_with(struct reader_process *reader, const struct seal_fixture *fixture,
                               const struct reader_request *request, int blob)
{
	struct opened opened = { 0 };
	struct message message;
	struct reader_part part;
	struct buffer body;

	buffer_init(&body, 4096);
	assert_ok(reader_put_request(&body, request));
	assert_ok(message_send_wait(&reader->engine, READER_OPEN, 42, buffer_view(&body), blob));
	buffer_release(&body);
	for (;;) {
		assert_ok(message_receive_wait(&reader->engine, 10000, &message));
		assert_int_equal(message.request, 42);
		if (message.type == READER_REPLY)
			break;
		if (message.type == READER_CONTENT) {
			struct bytes content = fixture->body.contents[opened.parts - 1];

			assert_int_equal(message.body.size, content.size);
			assert_memory_equal(message.body.data, content.data, content.size);
			opened.content += message.body.size;
			continue;
		}
		assert_int_equal(message.type, READER_PART);
		assert_ok(reader_get_part(message.body, &part));
		assert_int_equal(part.number, ++opened.parts);
		assert_bytes_string(part.name,
		                    fixture->body.parts[part.number - 1].description.name);
	}
	assert_ok(reader_get_reply(message.body, &opened.outcome, &opened.error));
	return opened;
}

/* One body in a process of its own, which must end by itself. */
static struct opened open_once(const struct seal_fixture *fixture,
                               const struct reader_request *request, struct bytes blob)
{
	struct reader_process reader;
	struct message message;
	struct opened opened;

	reader_start(&reader);
	opened = open_with(&reader, fixture, request, file_of(blob));
	assert_int_equal(message_receive_wait(&reader.engine, 10000, &message), ERROR_NOT_FOUND);
	assert_int_equal(reader_end(&reader), 0);
	return opened;
}

static void test_a_body_is_opened(void **state)
{
	struct seal_fixture fixture;
	struct reader_request request;
	struct opened opened;
	size_t content = 0;

	(void)state;
	seal_fixture_init(&fixture);
	request = request_for(&fixture);
	opened = open_once(&fixture, &request, buffer_view(&fixture.blob));
	assert_int_equal(opened.outcome, READER_OPENED);
	assert_int_equal(opened.parts, SMALL_BODY_PARTS);
	for (size_t i = 0; i < SMALL_BODY_PARTS; i++)
		content += fixture.body.contents[i].size;
	assert_int_equal(opened.content, content);
	seal_fixture_release(&fixture);
}

static void test_faults_are_told_apart(void **state)
{
	struct seal_fixture fixture;
	struct reader_request request;
	struct buffer changed;

	(void)state;
	seal_fixture_init(&fixture);
	/* Another key. */
	request = request_for(&fixture);
	request.file_key[0] ^= 1;
	assert_int_equal(open_once(&fixture, &request, buffer_view(&fixture.blob)).outcome,
	                 READER_UNOPENABLE);
	/* Another root. */
	request = request_for(&fixture);
	request.root.bytes[0] ^= 1;
	assert_int_equal(open_once(&fixture, &request, buffer_view(&fixture.blob)).outcome,
	                 READER_MISMATCH);
	/* Another blob than the act names. */
	request = request_for(&fixture);
	request.sealed_hash.bytes[0] ^= 1;
	assert_int_equal(open_once(&fixture, &request, buffer_view(&fixture.blob)).outcome,
	                 READER_FAILED);
	/* A blob whose payload was changed, named as it is. */
	buffer_init(&changed, BLOB_MAXIMUM);
	assert_ok(buffer_put_bytes(&changed, buffer_view(&fixture.blob)));
	changed.data[changed.size - 1] ^= 1;
	request = request_for(&fixture);
	sha256_of(&request.sealed_hash, buffer_view(&changed));
	assert_int_equal(open_once(&fixture, &request, buffer_view(&changed)).outcome,
	                 READER_UNOPENABLE);
	buffer_release(&changed);
	seal_fixture_release(&fixture);
}

static void test_other_requests_end_it(void **state)
{
	struct reader_process reader;
	int status;

	(void)state;
	reader_start(&reader);
	assert_ok(message_send_wait(&reader.engine, READER_OPEN, 1, bytes_of_string("x"), -1));
	assert_int_equal(message_receive_wait(&reader.engine, 10000, &(struct message){ 0 }),
	                 ERROR_NOT_FOUND);
	status = reader_end(&reader);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
	/* Nobody asks: it goes quietly. */
	reader_start(&reader);
	assert_int_equal(reader_end(&reader), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_body_is_opened),
		cmocka_unit_test(test_faults_are_told_apart),
		cmocka_unit_test(test_other_requests_end_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
