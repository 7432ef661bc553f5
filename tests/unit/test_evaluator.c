/* The evaluator's keys on the disk, its threads, and the layouts of its messages. */
#include "check.h"

#include "allocate.h"
#include "durable_file.h"
#include "encoding.h"
#include "evaluator.h"
#include "evaluator_pool.h"
#include "system.h"
#include "torture.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MANY = EVALUATOR_ELEMENTS_MAXIMUM };

struct fixture {
	char folder[64];
	int directory;
	struct evaluator evaluator;
	struct hash channel;
};

static int open_evaluator(struct fixture *fixture, struct error *error)
{
	return evaluator_open(&fixture->evaluator, fixture->directory, system_clock(),
	                      system_random(), error);
}

static int set_up(void **state)
{
	static struct fixture fixture;

	fixture = (struct fixture){ .folder = "/dev/shm/chiro-lists-XXXXXX", .channel = { { 7 } } };
	if (mkdtemp(fixture.folder) == NULL) {
		snprintf(fixture.folder, sizeof(fixture.folder), "/tmp/chiro-lists-XXXXXX");
		assert_non_null(mkdtemp(fixture.folder));
	}
	fixture.directory = open(fixture.folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(fixture.directory >= 0);
	assert_ok(open_evaluator(&fixture, NULL));
	*state = &fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;
	char command[96];

	evaluator_close(&fixture->evaluator);
	close(fixture->directory);
	snprintf(command, sizeof(command), "rm -rf %s", fixture->folder);
	assert_int_equal(system(command), 0);
	return 0;
}

/* As after a start. */
static void open_again(struct fixture *fixture)
{
	evaluator_close(&fixture->evaluator);
	assert_ok(open_evaluator(fixture, NULL));
}

static struct evaluator_key make(struct fixture *fixture)
{
	struct evaluator_key_status status;

	assert_ok(evaluator_new_key(&fixture->evaluator, &fixture->channel, &status, NULL));
	assert_true(hash_equal(&status.key.channel, &fixture->channel));
	assert_true(status.created > 0);
	return status.key;
}

static void path_of(const struct fixture *fixture, const struct evaluator_key *key,
                    const char *suffix, char ret_path[160])
{
	char hex[HASH_HEX_CAPACITY];
	struct hash public_key;

	memcpy(public_key.bytes, key->public_key, HASH_SIZE);
	hash_to_hex(&public_key, hex);
	snprintf(ret_path, 160, "%.63s/lists/%s%s", fixture->folder, hex, suffix);
}

static const struct oprf_scalar *secret_of(struct fixture *fixture, const struct evaluator_key *key)
{
	const struct oprf_scalar *secret;

	assert_ok(evaluator_find_key(&fixture->evaluator, key, &secret, NULL));
	return secret;
}

/* --- files --------------------------------------------------------------------------- */

static void test_keys_outlive_a_start(void **state)
{
	struct fixture *fixture = *state;
	struct oprf_scalar before[3];
	struct evaluator_key keys[3];
	struct stat status;
	char path[160];

	for (size_t i = 0; i < 3; i++) {
		keys[i] = make(fixture);
		before[i] = *secret_of(fixture, &keys[i]);
		path_of(fixture, &keys[i], ".key", path);
		assert_int_equal(stat(path, &status), 0);
		assert_int_equal(status.st_mode & 07777, 0600);
		assert_int_equal(status.st_size, EVALUATOR_FILE_SIZE);
	}
	open_again(fixture);
	assert_int_equal(fixture->evaluator.count, 3);
	assert_int_equal(fixture->evaluator.damaged, 0);
	for (size_t i = 0; i < 3; i++)
		assert_memory_equal(secret_of(fixture, &keys[i]), &before[i], sizeof(before[i]));
}

static void test_a_key_of_another_channel(void **state)
{
	struct fixture *fixture = *state;
	struct evaluator_key key = make(fixture);
	const struct oprf_scalar *secret;

	key.channel.bytes[0]++;
	assert_int_equal(evaluator_find_key(&fixture->evaluator, &key, &secret, NULL),
	                 ERROR_NOT_FOUND);
	assert_int_equal(evaluator_destroy_key(&fixture->evaluator, &key, NULL), ERROR_NOT_FOUND);
	assert_int_equal(fixture->evaluator.count, 1);
}

/* The file is overwritten: who has it open sees nothing but zeros. */
static void test_a_key_is_destroyed(void **state)
{
	static const uint8_t zeros[EVALUATOR_FILE_SIZE];
	struct fixture *fixture = *state;
	struct evaluator_key key = make(fixture), other = make(fixture);
	uint8_t content[EVALUATOR_FILE_SIZE];
	const struct oprf_scalar *secret;
	char path[160];
	int fd;

	path_of(fixture, &key, ".key", path);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_ok(evaluator_destroy_key(&fixture->evaluator, &key, NULL));
	assert_int_equal(pread(fd, content, sizeof(content), 0), sizeof(content));
	assert_memory_equal(content, zeros, sizeof(content));
	close(fd);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(evaluator_find_key(&fixture->evaluator, &key, &secret, NULL),
	                 ERROR_NOT_FOUND);
	assert_int_equal(evaluator_destroy_key(&fixture->evaluator, &key, NULL), ERROR_NOT_FOUND);
	open_again(fixture);
	assert_int_equal(fixture->evaluator.count, 1);
	secret_of(fixture, &other);
}

/* What an abrupt end has left is destroyed by the next start, and nothing else is touched. */
static void test_leftovers(void **state)
{
	static const char *const suffixes[] = { ".key.new", ".old" };
	struct fixture *fixture = *state;
	struct evaluator_key key = make(fixture);
	char path[160], left[160];

	path_of(fixture, &key, ".key", path);
	for (size_t i = 0; i < 2; i++) {
		struct evaluator_key other = key;
		struct stat status;
		char command[400];
		int fd;

		other.public_key[0] ^= 1;
		path_of(fixture, &other, suffixes[i], left);
		snprintf(command, sizeof(command), "cp %s %s", path, left);
		assert_int_equal(system(command), 0);
		fd = open(left, O_RDONLY | O_CLOEXEC);
		open_again(fixture);
		assert_int_equal(access(left, F_OK), -1);
		assert_int_equal(fstat(fd, &status), 0);
		assert_int_equal(status.st_nlink, 0);
		close(fd);
		assert_int_equal(fixture->evaluator.count, 1);
		assert_int_equal(fixture->evaluator.damaged, 0);
	}
}

static void test_damaged_files(void **state)
{
	struct fixture *fixture = *state;
	struct evaluator_key good = make(fixture);
	uint8_t content[EVALUATOR_FILE_SIZE], changed[EVALUATOR_FILE_SIZE + 1];
	struct evaluator_key bad = make(fixture);
	char path[160];
	FILE *file;

	path_of(fixture, &bad, ".key", path);
	file = fopen(path, "r");
	assert_int_equal(fread(content, 1, sizeof(content), file), sizeof(content));
	fclose(file);
	for (size_t i = 0; i <= sizeof(content); i++) {
		size_t size = i < sizeof(content) ? sizeof(content) : sizeof(content) - 1;

		/* Each is a message in the journal: one byte in eight, and a short file. */
		if (i % 8 != 0 && i < sizeof(content))
			continue;
		memcpy(changed, content, sizeof(content));
		if (i < sizeof(content))
			changed[i] ^= 0x10;
		file = fopen(path, "w");
		assert_int_equal(fwrite(changed, 1, size, file), size);
		fclose(file);
		open_again(fixture);
		assert_int_equal(fixture->evaluator.count, 1);
		assert_int_equal(fixture->evaluator.damaged, 1);
		secret_of(fixture, &good);
	}
	/* It is left where it is, for who may know more. */
	assert_int_equal(access(path, F_OK), 0);
	file = fopen(path, "w");
	memcpy(changed, content, sizeof(content));
	changed[sizeof(content)] = 0;
	assert_int_equal(fwrite(changed, 1, sizeof(changed), file), sizeof(changed));
	fclose(file);
	open_again(fixture);
	assert_int_equal(fixture->evaluator.damaged, 1);
	/* A whole file under another's name. */
	file = fopen(path, "w");
	assert_int_equal(fwrite(content, 1, sizeof(content), file), sizeof(content));
	fclose(file);
	open_again(fixture);
	assert_int_equal(fixture->evaluator.count, 2);
	path_of(fixture, &good, ".key", path);
	file = fopen(path, "w");
	assert_int_equal(fwrite(content, 1, sizeof(content), file), sizeof(content));
	fclose(file);
	open_again(fixture);
	assert_int_equal(fixture->evaluator.count, 1);
	assert_int_equal(fixture->evaluator.damaged, 1);
}

static void test_a_directory_that_others_see(void **state)
{
	struct fixture *fixture = *state;
	struct error error;

	evaluator_close(&fixture->evaluator);
	assert_int_equal(fchmodat(fixture->directory, "lists", 0750, 0), 0);
	assert_int_equal(open_evaluator(fixture, &error), ERROR_DENIED);
	assert_int_equal(fchmodat(fixture->directory, "lists", 0700, 0), 0);
	assert_ok(open_evaluator(fixture, &error));
}

static void test_one_evaluator_a_directory(void **state)
{
	struct fixture second = *(struct fixture *)*state;

	assert_int_equal(open_evaluator(&second, NULL), ERROR_EXISTS);
}

static void test_so_many_keys_a_channel(void **state)
{
	struct fixture *fixture = *state;
	struct evaluator_key_status status;
	struct hash other = { { 9 } };
	struct error error;

	for (size_t i = 0; i < EVALUATOR_CHANNEL_KEYS_MAXIMUM; i++)
		make(fixture);
	assert_int_equal(evaluator_new_key(&fixture->evaluator, &fixture->channel, &status, &error),
	                 ERROR_LIMIT);
	assert_ok(evaluator_new_key(&fixture->evaluator, &other, &status, &error));
	open_again(fixture);
	assert_int_equal(fixture->evaluator.count, EVALUATOR_CHANNEL_KEYS_MAXIMUM + 1);
}

/* --- threads --------------------------------------------------------------------------- */

/* The element that belongs to a number. */
static void element(size_t number, uint8_t *ret_element)
{
	struct oprf_element hashed;

	assert_ok(oprf_hash_to_group(OPRF_MODE_VOPRF, bytes_of(&number, sizeof(number)), &hashed));
	memcpy(ret_element, hashed.bytes, OPRF_ELEMENT_SIZE);
}

static uint8_t *elements_from(size_t first, size_t count)
{
	uint8_t *elements = allocate(count, OPRF_ELEMENT_SIZE);

	assert_non_null(elements);
	for (size_t i = 0; i < count; i++)
		element(first + i, elements + i * OPRF_ELEMENT_SIZE);
	return elements;
}

static void check_answer(struct fixture *fixture, const struct evaluator_key *key,
                         const struct evaluator_job *job, const uint8_t *elements)
{
	size_t size = job->proofs ? EVALUATOR_PROVED_SIZE : EVALUATOR_ELEMENT_SIZE;

	assert_int_equal(job->code, OK);
	for (size_t i = 0; i < job->count; i++) {
		struct oprf_element public_key, blinded, evaluated;
		struct oprf_proof proof;

		memcpy(blinded.bytes, elements + i * OPRF_ELEMENT_SIZE, OPRF_ELEMENT_SIZE);
		assert_ok(oprf_evaluate(secret_of(fixture, key), &blinded, &evaluated));
		assert_memory_equal(job->answer + i * size, evaluated.bytes, OPRF_ELEMENT_SIZE);
		if (!job->proofs)
			continue;
		memcpy(public_key.bytes, key->public_key, OPRF_ELEMENT_SIZE);
		memcpy(proof.bytes, job->answer + i * size + OPRF_ELEMENT_SIZE, OPRF_PROOF_SIZE);
		assert_ok(oprf_verify(&public_key, &blinded, &evaluated, &proof));
	}
}

static int add(struct fixture *fixture, struct evaluator_pool *pool, uint32_t request,
               const struct evaluator_key *key, bool proofs, const uint8_t *elements, size_t count)
{
	struct evaluator_question question = { *key, proofs, count,
		                               bytes_of(elements, count * OPRF_ELEMENT_SIZE) };

	return evaluator_pool_add(pool, request, secret_of(fixture, key), &question);
}

static struct evaluator_job *await(struct evaluator_pool *pool)
{
	struct evaluator_job *job;

	while ((job = evaluator_pool_take(pool)) == NULL) {
		struct pollfd polled = { evaluator_pool_fd(pool), POLLIN, 0 };

		assert_int_equal(poll(&polled, 1, 60000), 1);
	}
	return job;
}

static void test_many_jobs_in_many_threads(void **state)
{
	struct fixture *fixture = *state;
	struct evaluator_key keys[2] = { make(fixture), make(fixture) };
	bool seen[EVALUATOR_QUESTIONS_MAXIMUM] = { false };
	struct evaluator_pool *pool;
	uint8_t *elements = elements_from(0, EVALUATOR_QUESTIONS_MAXIMUM);

	assert_ok(evaluator_pool_new(EVALUATOR_THREADS_MAXIMUM, system_random(), &pool, NULL));
	for (uint32_t i = 0; i < EVALUATOR_QUESTIONS_MAXIMUM; i++)
		assert_ok(add(fixture, pool, i, &keys[i % 2], i % 3 == 0, elements, 1 + i));
	/* As many as there may be, done or not, until they are taken. */
	assert_int_equal(add(fixture, pool, 99, &keys[0], false, elements, 1), ERROR_LIMIT);
	for (unsigned i = 0; i < EVALUATOR_QUESTIONS_MAXIMUM; i++) {
		struct evaluator_job *job = await(pool);

		assert_true(job->request < EVALUATOR_QUESTIONS_MAXIMUM);
		assert_false(seen[job->request]);
		seen[job->request] = true;
		assert_int_equal(job->count, 1 + job->request);
		check_answer(fixture, &keys[job->request % 2], job, elements);
		evaluator_job_free(job);
	}
	assert_null(evaluator_pool_take(pool));
	evaluator_pool_free(pool);
	release_memory(elements);
}

/* One question, asked last, is not answered last. */
static void test_one_question_beside_a_list(void **state)
{
	struct fixture *fixture = *state;
	struct evaluator_key key = make(fixture);
	uint8_t *elements = elements_from(0, MANY);
	struct evaluator_pool *pool;
	struct evaluator_job *job;

	assert_ok(evaluator_pool_new(1, system_random(), &pool, NULL));
	for (uint32_t i = 0; i < 8; i++)
		assert_ok(add(fixture, pool, i, &key, true, elements, MANY));
	assert_ok(add(fixture, pool, 77, &key, true, elements, 1));
	job = await(pool);
	assert_int_equal(job->request, 77);
	check_answer(fixture, &key, job, elements);
	evaluator_job_free(job);
	/* And nobody waits for the rest when it ends. */
	evaluator_pool_free(pool);
	release_memory(elements);
}

static void test_elements_that_are_none(void **state)
{
	static const uint8_t identity[OPRF_ELEMENT_SIZE];
	struct fixture *fixture = *state;
	struct evaluator_key key = make(fixture);
	uint8_t *elements = elements_from(0, 100);
	struct evaluator_pool *pool;

	assert_ok(evaluator_pool_new(EVALUATOR_THREADS_MAXIMUM, system_random(), &pool, NULL));
	/* Two are wrong: the first is named, whichever thread comes first to which. */
	memcpy(elements + 37 * OPRF_ELEMENT_SIZE, identity, OPRF_ELEMENT_SIZE);
	memset(elements + 61 * OPRF_ELEMENT_SIZE, 0xff, OPRF_ELEMENT_SIZE);
	for (unsigned tries = 0; tries < 16; tries++) {
		struct evaluator_job *job;

		assert_ok(add(fixture, pool, tries, &key, tries % 2 == 0, elements, 100));
		job = await(pool);
		assert_int_equal(job->code, ERROR_CANONICAL);
		assert_int_equal(job->bad, 37);
		evaluator_job_free(job);
	}
	evaluator_pool_free(pool);
	release_memory(elements);
}

static int add_once(void *context)
{
	struct fixture *fixture = context;
	uint8_t one[OPRF_ELEMENT_SIZE];
	struct evaluator_pool *pool = NULL;
	struct evaluator_key key;
	int r;

	key = fixture->evaluator.entries[0].status.key;
	element(1, one);
	if ((r = evaluator_pool_new(1, system_random(), &pool, NULL)) == OK &&
	    (r = add(fixture, pool, 1, &key, false, one, 1)) == OK)
		evaluator_job_free(await(pool));
	evaluator_pool_free(pool);
	return r;
}

static void test_no_memory(void **state)
{
	make(*state);
	torture(add_once, *state);
}

/* --- messages -------------------------------------------------------------------------- */

static void test_questions_are_bounded(void **state)
{
	static const uint8_t elements[(MANY + 1) * OPRF_ELEMENT_SIZE];
	struct evaluator_question question = { .count = MANY,
		                               .elements = bytes_of(elements, MANY * 32) };
	struct evaluator_question again;
	struct buffer body;

	(void)state;
	buffer_init(&body, MESSAGE_BODY_MAXIMUM);
	assert_ok(evaluator_put_question(&body, &question));
	assert_int_equal(body.size, EVALUATOR_EVALUATE_MAXIMUM);
	/* It goes in one packet. */
	assert_true(body.size + MESSAGE_HEADER_SIZE <= MESSAGE_PACKET_MAXIMUM);
	assert_ok(evaluator_get_question(buffer_view(&body), &again));
	assert_int_equal(again.count, MANY);
	assert_int_equal(evaluator_get_question(bytes_of(body.data, body.size - 1), &again),
	                 ERROR_SYNTAX);
	body.data[HASH_SIZE + EVALUATOR_KEY_SIZE] = 2; /* neither with nor without proofs */
	assert_int_equal(evaluator_get_question(buffer_view(&body), &again), ERROR_SYNTAX);
	buffer_clear(&body);
	question.count = MANY + 1;
	question.elements.size = (MANY + 1) * 32;
	assert_int_equal(evaluator_put_question(&body, &question), ERROR_LIMIT);
	question.count = question.elements.size = 0;
	assert_int_equal(evaluator_put_question(&body, &question), ERROR_LIMIT);
	question.count = 2;
	question.elements.size = 63;
	assert_int_equal(evaluator_put_question(&body, &question), ERROR_LIMIT);
	assert_int_equal(body.size, 0);
	buffer_release(&body);
}

static int report_once(void *context)
{
	struct evaluator_report report;
	int r = evaluator_get_report(buffer_view(context), &report);

	if (r == OK)
		release_memory(report.keys);
	return r;
}

static void test_reports(void **state)
{
	struct evaluator_key_status keys[2] = { { .created = 5 }, { .created = 6 } };
	struct evaluator_report report = { 1000, 2, 100000, 2, keys }, again;
	struct buffer body;

	(void)state;
	buffer_init(&body, MESSAGE_BODY_MAXIMUM);
	assert_ok(evaluator_put_report(&body, &report));
	assert_ok(evaluator_get_report(buffer_view(&body), &again));
	assert_int_equal(again.user, 1000);
	assert_int_equal(again.threads, 2);
	assert_int_equal(again.damaged, UINT16_MAX);
	assert_int_equal(again.count, 2);
	assert_int_equal(again.keys[1].created, 6);
	release_memory(again.keys);
	torture(report_once, &body);
	assert_int_equal(evaluator_get_report(bytes_of(body.data, body.size - 1), &again),
	                 ERROR_SYNTAX);
	buffer_release(&body);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_keys_outlive_a_start),
		TEST(test_a_key_of_another_channel),
		TEST(test_a_key_is_destroyed),
		TEST(test_leftovers),
		TEST(test_damaged_files),
		TEST(test_a_directory_that_others_see),
		TEST(test_one_evaluator_a_directory),
		TEST(test_so_many_keys_a_channel),
		TEST(test_many_jobs_in_many_threads),
		TEST(test_one_question_beside_a_list),
		TEST(test_elements_that_are_none),
		TEST(test_no_memory),
		cmocka_unit_test(test_questions_are_bounded),
		cmocka_unit_test(test_reports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
