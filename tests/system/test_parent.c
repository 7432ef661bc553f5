/* How a node starts, heals and stops. */
#include "node_process.h"

#include <pwd.h>
#include <sys/socket.h>
#include <sys/un.h>

static const char *const roles[] = { "keeper",    "evaluator", "engine", "link",
	                             "messenger", "http",      "reader", "alarm" };

enum { ROLE_COUNT = sizeof(roles) / sizeof(roles[0]), WITH_KEYS = 2 /* the first of them */ };

static void find_all(const struct node_process *node, pid_t pids[ROLE_COUNT])
{
	for (size_t i = 0; i < ROLE_COUNT; i++)
		pids[i] = node_await_child(node->pid, roles[i], 0);
}

static void await_all_ends(const pid_t pids[ROLE_COUNT])
{
	for (size_t i = 0; i < ROLE_COUNT; i++)
		node_await_end(pids[i]);
}

static int set_up(void **state)
{
	static struct node_process node;

	node_process_init(&node, "");
	node_process_start(&node);
	*state = &node;
	return 0;
}

static int tear_down(void **state)
{
	struct node_process *node = *state;

	if (node->pid > 0) {
		kill(node->pid, SIGTERM);
		node_process_wait(node);
	}
	node_process_release(node);
	return 0;
}

static bool answers(const struct node_process *node)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	int connected;

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", node->socket);
	connected = connect(fd, (const struct sockaddr *)&address, sizeof(address));
	close(fd);
	return connected == 0;
}

static void test_it_stops_in_order(void **state)
{
	struct node_process *node = *state;
	pid_t pids[ROLE_COUNT];
	struct stat status;

	assert_true(answers(node));
	assert_int_equal(stat(node->socket, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	find_all(node, pids);
	kill(node->pid, SIGTERM);
	assert_int_equal(node_process_wait(node), 0);
	await_all_ends(pids);
	assert_int_equal(stat(node->socket, &status), -1);
	/* And starts again on what is there. */
	node_process_start(node);
	assert_true(answers(node));
	kill(node->pid, SIGINT);
	assert_int_equal(node_process_wait(node), 0);
	node->pid = 0;
}

static void test_each_process_has_its_user(void **state)
{
	struct node_process *node = *state;
	pid_t pids[ROLE_COUNT];

	find_all(node, pids);
	for (size_t i = 0; i < ROLE_COUNT; i++) {
		uid_t expected = geteuid();
		struct stat status;
		char path[64];

		if (geteuid() == 0)
			expected = getpwnam(i < WITH_KEYS ? "nobody" : "daemon")->pw_uid;
		snprintf(path, sizeof(path), "/proc/%d", (int)pids[i]);
		assert_int_equal(stat(path, &status), 0);
		assert_int_equal(status.st_uid, expected);
		/* None can be looked into by its own user. */
		snprintf(path, sizeof(path), "/proc/%d/mem", (int)pids[i]);
		assert_int_equal(stat(path, &status), 0);
		assert_int_equal(status.st_uid, 0);
	}
}

static void test_outer_processes_are_restarted(void **state)
{
	static const char *const outer[] = { "http",   "link",  "messenger",
		                             "reader", "alarm", "evaluator" };
	struct node_process *node = *state;
	pid_t engine = node_await_child(node->pid, "engine", 0);

	for (size_t i = 0; i < sizeof(outer) / sizeof(outer[0]); i++) {
		pid_t former = node_await_child(node->pid, outer[i], 0);

		kill(former, SIGKILL);
		node_await_child(node->pid, outer[i], former);
	}
	assert_int_equal(node_child(node->pid, "engine"), engine);
	assert_true(answers(node));
}

static void check_end_with(struct node_process *node, const char *role)
{
	pid_t pids[ROLE_COUNT];

	find_all(node, pids);
	kill(node_child(node->pid, role), SIGKILL);
	assert_int_equal(node_process_wait(node), 1);
	await_all_ends(pids);
	node->pid = 0;
}

static void test_it_ends_with_the_keeper(void **state)
{
	check_end_with(*state, "keeper");
}

static void test_it_ends_with_the_engine(void **state)
{
	check_end_with(*state, "engine");
}

static void test_nothing_outlives_the_parent(void **state)
{
	struct node_process *node = *state;
	pid_t pids[ROLE_COUNT];

	find_all(node, pids);
	kill(node->pid, SIGKILL);
	assert_int_equal(node_process_wait(node), -1);
	await_all_ends(pids);
	/* The socket that is left over does not prevent the next start. */
	node_process_start(node);
	assert_true(answers(node));
}

static void test_one_node_a_home(void **state)
{
	struct node_process *node = *state;
	struct node_process second = *node;

	second.output = -1;
	node_process_spawn(&second);
	assert_int_equal(node_process_wait(&second), 1);
	close(second.output);
	assert_true(answers(node));
}

static void test_directories_of_secrets_are_closed_to_others(void **state)
{
	static const char *const names[] = { "keeper", "data" };
	struct node_process *node = *state;

	kill(node->pid, SIGTERM);
	assert_int_equal(node_process_wait(node), 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char path[96];

		snprintf(path, sizeof(path), "%.63s/home/%s", node->folder, names[i]);
		assert_int_equal(chmod(path, 0750), 0);
		node_process_spawn(node);
		assert_int_equal(node_process_wait(node), 1);
		assert_int_equal(chmod(path, 0700), 0);
	}
	node->pid = 0;
}

static void test_wrong_configurations(void **state)
{
	static const char *const lines[] = { "colour red\n", "listen nowhere\n",
		                             "user no-such-user\n", "may bob everything\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct node_process node;

		node_process_init(&node, lines[i]);
		node_process_spawn(&node);
		assert_int_equal(node_process_wait(&node), 2);
		node_process_release(&node);
	}
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_it_stops_in_order),
		TEST(test_each_process_has_its_user),
		TEST(test_outer_processes_are_restarted),
		TEST(test_it_ends_with_the_keeper),
		TEST(test_it_ends_with_the_engine),
		TEST(test_nothing_outlives_the_parent),
		TEST(test_one_node_a_home),
		TEST(test_directories_of_secrets_are_closed_to_others),
		cmocka_unit_test(test_wrong_configurations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
