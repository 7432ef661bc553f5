/* Figure 5: bench_agenda CHIROD OPEN ROUNDS CLOSED...
 *
 * A database of one channel with OPEN requests that have no answer, of all precedences and
 * deadlines, and so many closed ones (answered and acknowledged) as each of the ascending
 * numbers says. Its entries are really signed, and appended to the database without nodes
 * between, which takes a fraction of the time. For each number a mirror, which is a whole
 * chirod that reads the database and holds no keys, answers ROUNDS requests for the first
 * page of the agenda over its Unix socket, one after the other. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "http_client.h"
#include "measure.h"
#include "scenario.h"
#include "store.h"

enum { BATCH = 512, PAGE = 100, PATIENCE_SECONDS = 600, LOGGED_IN_A_SECOND = 64 };

static struct world {
	char folder[64], socket[80], database[128], configuration[80];
	const char *program;
	pid_t process; /* 0: not running */
	struct scenario s;
	struct store *store;
	uint32_t channel;
	size_t stored[2]; /* entries of each log that are in the database */
} world = { .folder = "/tmp/chiro-agenda-XXXXXX" };

static void check(int r, const char *what)
{
	if (r != OK)
		bench_fail("%s: %s", what, result_text(r));
}

/* --- files ------------------------------------------------------------------- */

static void give_to_daemon(const char *path)
{
	const struct passwd *user = getpwnam("daemon");

	if (geteuid() == 0 && (user == NULL || chown(path, user->pw_uid, user->pw_gid) != 0))
		bench_fail("%s: %s", path, strerror(errno));
}

static void make_folders(void)
{
	char path[96];
	FILE *file;

	if (mkdtemp(world.folder) == NULL || chmod(world.folder, 0711) != 0)
		bench_fail("no folder: %s", strerror(errno));
	snprintf(world.socket, sizeof world.socket, "%s/api.sock", world.folder);
	snprintf(world.configuration, sizeof world.configuration, "%s/chirod.conf", world.folder);
	snprintf(path, sizeof path, "%s/home", world.folder);
	if (mkdir(path, 0711) != 0)
		bench_fail("%s: %s", path, strerror(errno));
	snprintf(path, sizeof path, "%s/home/data", world.folder);
	if (mkdir(path, 0700) != 0)
		bench_fail("%s: %s", path, strerror(errno));
	give_to_daemon(path);
	snprintf(world.database, sizeof world.database, "%s/store.sqlite", path);
	if ((file = fopen(world.configuration, "w")) == NULL)
		bench_fail("%s: %s", world.configuration, strerror(errno));
	fprintf(file,
	        "chirograph.conf/1\nhome %s/home\nparty north\ndomain north.example\n"
	        "name en north\nsocket %s\nmay *self admin\n%s",
	        world.folder, world.socket, geteuid() == 0 ? "user daemon\n" : "");
	if (fclose(file) != 0)
		bench_fail("%s: %s", world.configuration, strerror(errno));
}

static void remove_folders(void)
{
	char command[96];

	if (world.process > 0) {
		kill(world.process, SIGTERM);
		waitpid(world.process, NULL, 0);
	}
	snprintf(command, sizeof command, "rm -rf '%s'", world.folder);
	if (system(command) != 0)
		fprintf(stderr, "%s is left behind\n", world.folder);
}

/* --- the database --------------------------------------------------------------- */

static void open_database(void)
{
	struct error error = { 0 };

	if (store_open_sqlite(world.database, &world.store, &error) != OK)
		bench_fail("%s: %s", world.database, error.message);
}

static void close_database(void)
{
	const char *const endings[] = { "", "-wal", "-shm" };

	store_close(world.store);
	for (size_t i = 0; i < 3; i++) {
		char path[160];

		snprintf(path, sizeof path, "%s%s", world.database, endings[i]);
		if (access(path, F_OK) == 0)
			give_to_daemon(path);
	}
}

/* The charter and the heads' signatures over it. */
static void store_charter(void)
{
	const struct charter *charter = world.s.charter;

	check(store_begin(world.store), "the database");
	(void)store_add_channel(world.store, &charter->id, NORTH, &world.channel);
	(void)store_set_value(world.store, world.channel, "charter", charter->text);
	for (unsigned party = 0; party < 2; party++) {
		const char *const keys[] = { "signature/0", "signature/1" };
		struct ed25519_secret head = fixture_secret(party, FIXTURE_HEAD);
		struct buffer armor;

		buffer_init(&armor, SSHSIG_ARMOR_MAXIMUM);
		check(sshsig_sign(&head, CHARTER_NAMESPACE, charter->text, &armor), "a signature");
		(void)store_set_value(world.store, world.channel, keys[party], buffer_view(&armor));
		buffer_release(&armor);
	}
	check(store_commit(world.store), "the database");
}

/* Appends what a log has grown by, and forgets all of it but the last entry. */
static void store_log(unsigned party)
{
	struct scenario *s = &world.s;

	for (; world.stored[party] < s->counts[party]; world.stored[party]++) {
		uint64_t number = world.stored[party];
		struct scenario_entry *made = s->entries[party][number];
		struct act_place place = { party, number };
		const struct act_summary *act = rules_act(s->rules, place);
		struct store_entry row = {
			.number = number,
			.verdict = (uint8_t)act->verdict.code,
			.reason = (uint16_t)act->verdict.reason,
			.bytes = buffer_view(&made->bytes),
		};

		(void)store_append_entries(world.store, world.channel, party, &row, 1);
		scenario_entry_free(made);
		s->entries[party][number] = NULL;
	}
}

/* Many in a second, or the log would end in the future. */
static void set_clock(void)
{
	timestamp now = SCENARIO_START + (timestamp)(world.s.serial / LOGGED_IN_A_SECOND);

	for (unsigned party = 0; party < 2; party++)
		if (rules_last_logged(world.s.rules, party) > now)
			now = rules_last_logged(world.s.rules, party);
	world.s.now = now;
}

static struct act_place say(struct line line)
{
	struct act_place place;

	set_clock();
	place = scenario_say(&world.s, line);
	store_log(line.party);
	if (world.s.result != OK || world.s.verdict.code != VERDICT_VALID)
		bench_fail("%s: %s", kind_by_number(line.kind)->name,
		           world.s.result != OK ? result_text(world.s.result)
		                                : void_reason_name(world.s.verdict.reason));
	return place;
}

static struct act_place ask(unsigned serial)
{
	static const char *const precedences[] = { "flash", "immediate", "priority", "routine" };

	return say((struct line){ NORTH, "a.head", KIND_REQUEST,
	                          .precedence = precedences[serial % 4],
	                          .due = SCENARIO_START + (timestamp)(serial * 7919 % 4000000) });
}

static void receipt(unsigned party)
{
	if (rules_receipted(world.s.rules, party) == rules_size(world.s.rules, 1 - party))
		return;
	set_clock();
	scenario_receipt(&world.s, party);
	check(world.s.result, "a receipt");
	store_log(party);
}

/* As scenario_open does. */
static void open_channel(void)
{
	check(store_begin(world.store), "the database");
	say((struct line){ NORTH, "a.head", KIND_ACCEDE });
	scenario_log(&world.s, (struct line){ SOUTH, "b.head", KIND_ACCEDE });
	store_log(SOUTH);
	receipt(SOUTH);
	receipt(NORTH);
	receipt(SOUTH);
	check(store_commit(world.store), "the database");
}

/* Requests by the batch; half of the closed ones are closed by their answer alone. */
static void converse(size_t count, bool close)
{
	for (size_t done = 0; done < count;) {
		size_t batch = count - done < BATCH ? count - done : BATCH;
		struct act_place places[BATCH];

		check(store_begin(world.store), "the database");
		for (size_t i = 0; i < batch; i++)
			places[i] = ask((unsigned)(done + i));
		for (size_t i = 0; i < batch && close; i++) {
			struct hash leaf = rules_act(world.s.rules, places[i])->leaf;

			if (i % 2 == 0)
				say((struct line){ SOUTH, "b.head", KIND_ACK, .answers = &places[i],
				                   .matter = &places[i], .leaf = &leaf });
			say((struct line){ SOUTH, "b.head", KIND_NOT_HELD, .answers = &places[i],
			                   .leaf = &leaf });
		}
		receipt(SOUTH);
		check(store_commit(world.store), "the database");
		done += batch;
	}
}

/* --- the node ------------------------------------------------------------------- */

static void start_node(void)
{
	struct pollfd ready;
	char line[256];
	int output[2];

	if (pipe(output) != 0 || (world.process = fork()) < 0)
		bench_fail("no process: %s", strerror(errno));
	if (world.process == 0) {
		dup2(output[1], STDOUT_FILENO);
		close(output[0]);
		close(output[1]);
		execl(world.program, world.program, "mirror", "-f", world.configuration,
		      (char *)NULL);
		_exit(127);
	}
	close(output[1]);
	ready = (struct pollfd){ .fd = output[0], .events = POLLIN };
	if (poll(&ready, 1, PATIENCE_SECONDS * 1000) != 1 ||
	    read(output[0], line, sizeof line) <= 0)
		bench_fail("the node does not start");
	close(output[0]);
}

static void stop_node(void)
{
	kill(world.process, SIGTERM);
	waitpid(world.process, NULL, 0);
	world.process = 0;
}

/* --- measuring ------------------------------------------------------------------- */

static size_t count_of(struct bytes reply, const char *word)
{
	const char *at = (const char *)reply.data;
	size_t count = 0;

	while ((at = strstr(at, word)) != NULL) {
		count++;
		at++;
	}
	return count;
}

static double median_of(struct http_client *client, const char *query, size_t rounds)
{
	double *times = calloc(rounds, sizeof *times), result;
	struct buffer request;
	char path[512];

	if (times == NULL)
		bench_fail("out of memory");
	snprintf(path, sizeof path, "/v1/channels/%s/%s", world.s.charter->channel, query);
	buffer_init(&request, 1024);
	http_request(&request, "GET", path, "", bytes_of(NULL, 0));
	for (size_t i = 0; i < rounds; i++) {
		double start = seconds_now();
		struct bytes reply;

		if (http_client_ask(client, buffer_view(&request), &reply) != 200)
			bench_fail("%s: %.*s", path, (int)reply.size, (const char *)reply.data);
		times[i] = seconds_now() - start;
		if (count_of(reply, "\"act\":") != PAGE)
			bench_fail("%s: not a full page", path);
	}
	result = median(times, rounds);
	buffer_release(&request);
	free(times);
	return result;
}

static void measure_pages(size_t open, size_t closed, size_t rounds)
{
	static const struct {
		const char *name, *query;
	} pages[] = {
		{ "first page of 100", "agenda" },
		{ "… of what one side is silent about", "agenda?side=south&state=silent" },
		{ "… of what it owes in time", "agenda?side=south&state=due" },
	};
	struct http_client *client = malloc(sizeof *client);
	double start = seconds_now();

	if (client == NULL)
		bench_fail("out of memory");
	start_node();
	printf("   %zu open, %zu closed: started in %.1f s\n", open, closed, seconds_now() - start);
	http_client_open(client, world.socket);
	for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++)
		printf("   %-37s %8.2f ms%s\n", pages[i].name,
		       median_of(client, pages[i].query, rounds) * 1e3,
		       i == 0 ? "  (aim 50 or less)" : "");
	fflush(stdout);
	http_client_close(client);
	free(client);
	stop_node();
}

static size_t number_of(const char *text)
{
	char *end;
	unsigned long number = strtoul(text, &end, 10);

	if (end == text || *end != '\0')
		bench_fail("bench_agenda CHIROD OPEN ROUNDS CLOSED...");
	return number;
}

int main(int count, char **arguments)
{
	struct charter model = fixture_charter();
	size_t open, rounds, closed = 0;

	if (count < 5 || (open = number_of(arguments[2])) < PAGE ||
	    (rounds = number_of(arguments[3])) < 1)
		bench_fail("bench_agenda CHIROD OPEN ROUNDS CLOSED...");
	world.program = arguments[1];
	make_folders();
	atexit(remove_folders);
	scenario_init(&world.s, &model);
	world.s.sign = true;
	open_database();
	store_charter();
	open_channel();
	converse(open, false);
	printf("5. the agenda through the API, median of %zu requests\n", rounds);
	for (int i = 4; i < count; i++) {
		size_t wanted = number_of(arguments[i]);

		if (wanted > closed)
			converse(wanted - closed, true);
		closed = wanted;
		close_database();
		measure_pages(open, closed, rounds);
		open_database();
	}
	store_close(world.store);
	rules_free(world.s.rules);
	charter_free(world.s.charter);
	return 0;
}
