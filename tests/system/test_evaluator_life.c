/* A real evaluator process: what it has promised it keeps, however it ends, and it takes
 * nothing that is not in its table. */
#include "keeper_process.h"

#include "encoding.h"
#include "evaluator_messages.h"
#include "oprf.h"
#include "system.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>

enum { PATIENCE = 60 * 1000 /* milliseconds */ };

struct evaluator_process {
	pid_t pid;
	struct message_socket parent, engine;
};

static const struct hash channel = { { 1, 2, 3 } };

static void spawn(struct evaluator_process *process, const char *home)
{
	int engine;

	spawn_process(PROCESS_EVALUATOR, home, &process->pid, &process->parent, &engine);
	message_socket_init(&process->engine, engine);
}

static void start(struct evaluator_process *process, const char *home)
{
	spawn(process, home);
	await_ready(&process->parent);
}

static int end(struct evaluator_process *process)
{
	int status;

	message_socket_release(&process->parent);
	message_socket_release(&process->engine);
	assert_int_equal(waitpid(process->pid, &status, 0), process->pid);
	return status;
}

static void stop(struct evaluator_process *process)
{
	assert_int_equal(end(process), 0);
}

static int set_up(void **state)
{
	static char home[64];

	keeper_process_make_home(home);
	*state = home;
	return 0;
}

static int tear_down(void **state)
{
	keeper_process_remove_home(*state);
	return 0;
}

/* --- questions -------------------------------------------------------------------------- */

static void ask_report(struct evaluator_process *process, struct evaluator_report *ret_report)
{
	struct message answer;
	struct error error;

	assert_ok(message_call(&process->engine, EVALUATOR_REPORT, bytes_of(NULL, 0), PATIENCE,
	                       &answer, &error));
	assert_ok(evaluator_get_report(answer.body, ret_report));
}

static size_t count_keys(struct evaluator_process *process, size_t *ret_damaged)
{
	struct evaluator_report report;

	ask_report(process, &report);
	free(report.keys);
	if (ret_damaged != NULL)
		*ret_damaged = report.damaged;
	return report.count;
}

static struct evaluator_key ask_key(struct evaluator_process *process)
{
	struct evaluator_key_status status;
	struct message answer;
	struct error error;

	assert_ok(message_call(&process->engine, EVALUATOR_NEW_KEY,
	                       bytes_of(channel.bytes, HASH_SIZE), PATIENCE, &answer, &error));
	assert_ok(evaluator_get_new_key(answer.body, &channel, &status));
	return status.key;
}

/* The element that belongs to a number. */
static void element(size_t number, uint8_t *ret_element)
{
	struct oprf_element hashed;

	assert_ok(oprf_hash_to_group(OPRF_MODE_VOPRF, bytes_of(&number, sizeof(number)), &hashed));
	memcpy(ret_element, hashed.bytes, OPRF_ELEMENT_SIZE);
}

static void send_question(struct evaluator_process *process, uint32_t request,
                          const struct evaluator_key *key, bool proofs, size_t first, size_t count)
{
	struct evaluator_question question = { .key = *key, .proofs = proofs, .count = count };
	uint8_t *elements = malloc(count * OPRF_ELEMENT_SIZE);
	struct buffer body;

	for (size_t i = 0; i < count; i++)
		element(first + i, elements + i * OPRF_ELEMENT_SIZE);
	question.elements = bytes_of(elements, count * OPRF_ELEMENT_SIZE);
	buffer_init(&body, MESSAGE_BODY_MAXIMUM);
	assert_ok(evaluator_put_question(&body, &question));
	assert_ok(message_send_wait(&process->engine, EVALUATOR_EVALUATE, request,
	                            buffer_view(&body), -1));
	buffer_release(&body);
	free(elements);
}

/* Every proof of an answer holds. */
static void check_proofs(const struct evaluator_key *key, struct bytes answer, size_t first,
                         size_t count)
{
	struct oprf_element public_key, blinded, evaluated;
	struct oprf_proof proof;

	assert_int_equal(answer.size, count * EVALUATOR_PROVED_SIZE);
	memcpy(public_key.bytes, key->public_key, OPRF_ELEMENT_SIZE);
	for (size_t i = 0; i < count; i++) {
		const uint8_t *at = answer.data + i * EVALUATOR_PROVED_SIZE;

		element(first + i, blinded.bytes);
		memcpy(evaluated.bytes, at, OPRF_ELEMENT_SIZE);
		memcpy(proof.bytes, at + OPRF_ELEMENT_SIZE, OPRF_PROOF_SIZE);
		assert_ok(oprf_verify(&public_key, &blinded, &evaluated, &proof));
	}
}

static void check_works(struct evaluator_process *process, const struct evaluator_key *key)
{
	struct message answer;

	send_question(process, 900, key, true, 5, 1);
	assert_ok(message_receive_wait(&process->engine, PATIENCE, &answer));
	assert_int_equal(answer.type, EVALUATOR_EVALUATE | MESSAGE_REPLY);
	assert_int_equal(answer.request, 900);
	check_proofs(key, answer.body, 5, 1);
}

static int destroy_key(struct evaluator_process *process, const struct evaluator_key *key)
{
	struct message answer;
	struct buffer body;
	struct error error;
	int r;

	buffer_init(&body, 128);
	assert_ok(evaluator_put_key(&body, key));
	r = message_call(&process->engine, EVALUATOR_DESTROY_KEY, buffer_view(&body), PATIENCE,
	                 &answer, &error);
	buffer_release(&body);
	return r;
}

/* --- tests ------------------------------------------------------------------------------ */

static void test_keys_outlive_the_process(void **state)
{
	struct evaluator_process process;
	struct evaluator_key keys[5];
	struct evaluator_report report;

	start(&process, *state);
	for (size_t i = 0; i < 5; i++)
		keys[i] = ask_key(&process);
	stop(&process);
	start(&process, *state);
	for (size_t i = 0; i < 5; i++)
		check_works(&process, &keys[i]);
	ask_report(&process, &report);
	assert_int_equal(report.count, 5);
	assert_int_equal(report.damaged, 0);
	assert_true(report.threads >= 1 && report.threads <= 4);
	assert_int_equal(report.user, geteuid() == 0 ? getpwnam("nobody")->pw_uid : geteuid());
	free(report.keys);
	stop(&process);
}

/* Questions of all sizes at once, more than there are threads; answers in any order. */
static void test_concurrent_questions(void **state)
{
	enum { QUESTIONS = EVALUATOR_QUESTIONS_MAXIMUM };
	bool seen[QUESTIONS] = { false };
	struct evaluator_process process;
	struct evaluator_key keys[2];

	start(&process, *state);
	keys[0] = ask_key(&process);
	keys[1] = ask_key(&process);
	for (uint32_t i = 0; i < QUESTIONS; i++)
		send_question(&process, i, &keys[i % 2], true, i, 1 + 2 * i);
	for (uint32_t i = 0; i < QUESTIONS; i++) {
		struct message answer;

		assert_ok(message_receive_wait(&process.engine, PATIENCE, &answer));
		assert_int_equal(answer.type, EVALUATOR_EVALUATE | MESSAGE_REPLY);
		assert_true(answer.request < QUESTIONS && !seen[answer.request]);
		seen[answer.request] = true;
		check_proofs(&keys[answer.request % 2], answer.body, answer.request,
		             1 + 2 * answer.request);
	}
	/* As much as one question may have, and a key that goes while it is worked on. */
	send_question(&process, 1000, &keys[0], false, 0, EVALUATOR_ELEMENTS_MAXIMUM);
	assert_ok(message_send_wait(&process.engine, EVALUATOR_DESTROY_KEY, 1001,
	                            bytes_of(&keys[0], sizeof(keys[0])), -1));
	for (unsigned i = 0; i < 2; i++) {
		struct message answer;

		assert_ok(message_receive_wait(&process.engine, PATIENCE, &answer));
		if (answer.request == 1000)
			assert_int_equal(answer.body.size, EVALUATOR_ELEMENTS_MAXIMUM * 32);
		else
			assert_int_equal(answer.type, EVALUATOR_DESTROY_KEY | MESSAGE_REPLY);
	}
	stop(&process);
}

static void expect_failure(struct evaluator_process *process, uint16_t type, struct bytes body,
                           int code)
{
	struct message answer;
	struct error error;

	assert_int_equal(message_call(&process->engine, type, body, PATIENCE, &answer, &error),
	                 code);
	assert_true(error.message[0] != '\0');
}

static void test_what_fails_and_ends_nothing(void **state)
{
	uint8_t body[HASH_SIZE + EVALUATOR_KEY_SIZE + 3 + 2 * OPRF_ELEMENT_SIZE] = { 0 };
	uint8_t *elements = body + HASH_SIZE + EVALUATOR_KEY_SIZE + 3;
	struct evaluator_process process;
	struct evaluator_key key, other;

	start(&process, *state);
	other = key = ask_key(&process);
	memcpy(body, &key, sizeof(key));
	body[HASH_SIZE + EVALUATOR_KEY_SIZE + 2] = 2;
	element(0, elements);
	/* The identity, then what is not canonical, each behind one that is an element. */
	expect_failure(&process, EVALUATOR_EVALUATE, bytes_of(body, sizeof(body)), ERROR_CANONICAL);
	memset(elements + OPRF_ELEMENT_SIZE, 0xee, OPRF_ELEMENT_SIZE);
	expect_failure(&process, EVALUATOR_EVALUATE, bytes_of(body, sizeof(body)), ERROR_CANONICAL);
	body[HASH_SIZE] ^= 1;
	expect_failure(&process, EVALUATOR_EVALUATE, bytes_of(body, sizeof(body)), ERROR_NOT_FOUND);
	other.channel.bytes[5]++;
	assert_int_equal(destroy_key(&process, &other), ERROR_NOT_FOUND);
	check_works(&process, &key);
	assert_ok(destroy_key(&process, &key));
	assert_int_equal(destroy_key(&process, &key), ERROR_NOT_FOUND);
	assert_int_equal(count_keys(&process, NULL), 0);
	stop(&process);
}

/* Each of these can only come from an engine gone wrong. */
static void test_wrong_messages_end_it(void **state)
{
	uint8_t body[EVALUATOR_EVALUATE_MAXIMUM + 32] = { 0 };
	size_t head = HASH_SIZE + EVALUATOR_KEY_SIZE;
	const struct {
		uint16_t type;
		size_t size;
		uint8_t proofs;
		uint16_t count;
	} wrong[] = {
		{ EVALUATOR_DESTROY_KEY + 1, 0, 0, 0 },
		{ 0x0100, 0, 0, 0 },
		{ EVALUATOR_REPORT | MESSAGE_REPLY, 0, 0, 0 },
		{ MESSAGE_ERROR, 6, 0, 0 },
		{ EVALUATOR_REPORT, 1, 0, 0 },
		{ EVALUATOR_NEW_KEY, HASH_SIZE - 1, 0, 0 },
		{ EVALUATOR_NEW_KEY, HASH_SIZE + 1, 0, 0 },
		{ EVALUATOR_DESTROY_KEY, head - 1, 0, 0 },
		{ EVALUATOR_DESTROY_KEY, head + 1, 0, 0 },
		{ EVALUATOR_EVALUATE, head + 3, 0, 0 },
		{ EVALUATOR_EVALUATE, head + 3 + 32, 0, 0 },
		{ EVALUATOR_EVALUATE, head + 3 + 32, 2, 1 },
		{ EVALUATOR_EVALUATE, head + 3 + 32, 0, 2 },
		{ EVALUATOR_EVALUATE, head + 3 + 33, 0, 1 },
		{ EVALUATOR_EVALUATE, head + 3 + 64, 0, 1 },
		{ EVALUATOR_EVALUATE, EVALUATOR_EVALUATE_MAXIMUM + 32, 0,
		  EVALUATOR_ELEMENTS_MAXIMUM + 1 },
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct evaluator_process process;
		struct message answer;

		body[head] = wrong[i].proofs;
		body[head + 1] = (uint8_t)(wrong[i].count >> 8);
		body[head + 2] = (uint8_t)wrong[i].count;
		start(&process, *state);
		assert_ok(message_send_wait(&process.engine, wrong[i].type, 1,
		                            bytes_of(body, wrong[i].size), -1));
		assert_int_equal(message_receive_wait(&process.engine, PATIENCE, &answer),
		                 ERROR_NOT_FOUND);
		assert_int_equal(WEXITSTATUS(end(&process)), 1);
	}
}

/* Also one question more than may be under way. */
static void test_too_many_questions_end_it(void **state)
{
	struct evaluator_process process;
	struct evaluator_key key;
	struct message answer;
	int r;

	start(&process, *state);
	key = ask_key(&process);
	for (uint32_t i = 0; i <= EVALUATOR_QUESTIONS_MAXIMUM; i++)
		send_question(&process, i, &key, true, 0, EVALUATOR_ELEMENTS_MAXIMUM / 4);
	while ((r = message_receive_wait(&process.engine, PATIENCE, &answer)) == OK)
		;
	assert_int_equal(r, ERROR_NOT_FOUND);
	assert_int_equal(WEXITSTATUS(end(&process)), 1);
}

static void expect_killed(struct evaluator_process *process)
{
	int status = end(process);

	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

/* Whether it was killed in the middle of making a key, at this point. */
static bool killed_at(const char *home, const char *point, uint16_t type, struct bytes body)
{
	struct evaluator_process process;
	struct message answer;
	int r;

	setenv("CHIRO_FAULT_POINT", point, 1);
	start(&process, home);
	unsetenv("CHIRO_FAULT_POINT");
	assert_ok(message_send_wait(&process.engine, type, 1, body, -1));
	r = message_receive_wait(&process.engine, PATIENCE, &answer);
	if (r == ERROR_NOT_FOUND) {
		expect_killed(&process);
		return true;
	}
	stop(&process);
	return false;
}

static void test_killed_between_disk_and_answer(void **state)
{
	struct bytes body = bytes_of(channel.bytes, HASH_SIZE);
	struct evaluator_process process;
	struct evaluator_report report;
	size_t damaged;

	if (!killed_at(*state, "evaluator-before-key", EVALUATOR_NEW_KEY, body))
		skip(); /* built without fault points */
	start(&process, *state);
	assert_int_equal(count_keys(&process, &damaged), 0);
	assert_int_equal(damaged, 0);
	stop(&process);
	/* Written, and nobody was told: it is there, and may be destroyed by name. */
	assert_true(killed_at(*state, "evaluator-after-key", EVALUATOR_NEW_KEY, body));
	start(&process, *state);
	ask_report(&process, &report);
	assert_int_equal(report.count, 1);
	check_works(&process, &report.keys[0].key);
	stop(&process);
	/* Half destroyed: nothing is left of it. */
	assert_true(killed_at(*state, "evaluator-before-destruction", EVALUATOR_DESTROY_KEY,
	                      bytes_of(&report.keys[0].key, sizeof(struct evaluator_key))));
	start(&process, *state);
	assert_int_equal(count_keys(&process, &damaged), 0);
	assert_int_equal(damaged, 0);
	keeper_process_run("test -z \"$(ls '%s/keeper/lists' | grep -v '^lock$')\"%s", *state, "");
	stop(&process);
	free(report.keys);
}

/* Killed at any moment while it makes keys: what it gave out is there, and works. */
static void test_killed_while_it_makes_keys(void **state)
{
	enum { ROUNDS = 12, STREAM = 40 };
	struct evaluator_key *promised = calloc(ROUNDS * STREAM, sizeof(*promised));
	size_t count = 0;

	for (unsigned round = 0; round < ROUNDS; round++) {
		struct evaluator_process process;
		struct message answer;
		size_t damaged;

		start(&process, *state);
		/* At least those, or one more for each that was made and not answered. */
		assert_in_range(count_keys(&process, &damaged), count, count + round);
		assert_int_equal(damaged, 0);
		for (size_t i = count < 4 ? 0 : count - 4; i < count; i++)
			check_works(&process, &promised[i]);
		for (uint32_t i = 0; i < STREAM; i++)
			assert_ok(message_send_wait(&process.engine, EVALUATOR_NEW_KEY, i,
			                            bytes_of(channel.bytes, HASH_SIZE), -1));
		for (int answers = (int)(round * 13 + 5) % STREAM; answers > 0; answers--) {
			struct evaluator_key_status status;

			assert_ok(message_receive_wait(&process.engine, PATIENCE, &answer));
			assert_ok(evaluator_get_new_key(answer.body, &channel, &status));
			promised[count++] = status.key;
		}
		kill(process.pid, SIGKILL);
		/* What was said before the end counts too. */
		while (message_receive_wait(&process.engine, PATIENCE, &answer) == OK) {
			struct evaluator_key_status status;

			assert_ok(evaluator_get_new_key(answer.body, &channel, &status));
			promised[count++] = status.key;
		}
		expect_killed(&process);
	}
	free(promised);
}

static void test_a_damaged_file_takes_one_key(void **state)
{
	struct evaluator_process process;
	char path[HASH_HEX_CAPACITY];
	struct evaluator_key keys[2];
	struct hash public_key;
	size_t damaged;

	start(&process, *state);
	keys[0] = ask_key(&process);
	keys[1] = ask_key(&process);
	stop(&process);
	memcpy(public_key.bytes, keys[0].public_key, HASH_SIZE);
	hash_to_hex(&public_key, path);
	keeper_process_run("printf x | dd of='%s/keeper/lists/%s.key' bs=1 seek=2 conv=notrunc "
	                   "status=none",
	                   *state, path);
	start(&process, *state);
	assert_int_equal(count_keys(&process, &damaged), 1);
	assert_int_equal(damaged, 1);
	check_works(&process, &keys[1]);
	stop(&process);
}

static void test_a_directory_that_others_see(void **state)
{
	struct evaluator_process process;

	start(&process, *state);
	stop(&process);
	keeper_process_run("chmod 0755 '%s/keeper/lists'%s", *state, "");
	spawn(&process, *state);
	assert_int_equal(WEXITSTATUS(end(&process)), 1);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_keys_outlive_the_process),    TEST(test_concurrent_questions),
		TEST(test_what_fails_and_ends_nothing), TEST(test_wrong_messages_end_it),
		TEST(test_too_many_questions_end_it),   TEST(test_killed_between_disk_and_answer),
		TEST(test_killed_while_it_makes_keys),  TEST(test_a_damaged_file_takes_one_key),
		TEST(test_a_directory_that_others_see),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
