/* Figures 2 and 3: bench_nodes CHIROD ACTS SINGLES
 *
 * Two whole nodes on this machine, joined over loopback. First `ACTS` comments
 * with bodies of 1 KiB by 64 clients, each of which seals and signs an act,
 * uploads and submits it, and goes on when the answer is there; until the other side has
 * receipted the last; some times over. Then `SINGLES` acts one at a time, sealed
 * and signed beforehand, each from being submitted until its author's node knows
 * of the other side's receipt. */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "act_cost.h"
#include "encoding.h"
#include "http_client.h"
#include "measure.h"
#include "node_pair.h"
#include "node_time.h"

enum { CLIENTS = 64, ROUNDS = 3, BODY_SIZE = 1024, APPEND_SIZE = 4096, WAIT_SECONDS = 30 };

static struct node_pair pair;

/* --- one act -------------------------------------------------------------------- */

static char *encoded(struct bytes bytes)
{
	struct buffer text;
	char *copy;

	buffer_init(&text, 1 << 20);
	if (base64_encode(&text, bytes, BASE64_PADDED) != OK || buffer_put_u8(&text, 0) != OK ||
	    (copy = strdup((const char *)text.data)) == NULL)
		bench_fail("out of memory");
	buffer_release(&text);
	return copy;
}

/* The request that sends the act's body before it, in binary. */
static void make_upload(const struct paired_act *act, struct buffer *request)
{
	char path[256], rest[160], hex[HASH_HEX_CAPACITY];

	hash_to_hex(&act->blob_hash, hex);
	snprintf(rest, sizeof rest, "/blobs/%s?size=%zu&offset=0", hex, act->blob.size);
	node_pair_path(&pair, rest, path, sizeof path);
	buffer_init(request, 1 << 20);
	http_request(request, "PUT", path, "application/octet-stream", buffer_view(&act->blob));
}

/* The request that logs the act, with its body or without. */
static void make_submission(const struct paired_act *act, bool with_body, struct buffer *request)
{
	json_t *json = json_pack("{s:s%, s:[s%]}", "text", (const char *)act->text.data,
	                         act->text.size, "armors", (const char *)act->armor.data,
	                         act->armor.size);
	char *blob = NULL, *body, path[256];

	if (with_body) {
		blob = encoded(buffer_view(&act->blob));
		json_object_set_new(json, "body", json_string(blob));
	}
	if ((body = json_dumps(json, JSON_COMPACT)) == NULL)
		bench_fail("out of memory");
	buffer_init(request, 1 << 20);
	node_pair_path(&pair, "/acts", path, sizeof path);
	http_request(request, "POST", path, "application/json", bytes_of_string(body));
	free(blob);
	free(body);
	json_decref(json);
}

/* An integer of an answer. */
static long long number_in(struct bytes reply, const char *name)
{
	json_t *json = json_loadb((const char *)reply.data, reply.size, 0, NULL);
	json_t *value = json_object_get(json, name);
	long long number = json_is_integer(value) ? json_integer_value(value) : -1;

	json_decref(json);
	return number;
}

static void expect(struct http_client *client, const struct buffer *request, unsigned expected,
                   struct bytes *ret_reply)
{
	unsigned status = http_client_ask(client, buffer_view(request), ret_reply);

	if (status != expected)
		bench_fail("a node refuses a request: status %u: %.*s", status,
		           (int)ret_reply->size, (const char *)ret_reply->data);
}

/* The number that the act has got. */
static long long submit(struct http_client *client, const struct buffer *submission)
{
	struct bytes reply;

	expect(client, submission, 201, &reply);
	return number_in(reply, "number");
}

/* Until the other side's receipt covers that act. */
static void await_receipt(struct http_client *client, long long number)
{
	char path[256], rest[64];
	struct buffer request;
	struct bytes reply;

	snprintf(rest, sizeof rest, "/wait?receipted=%lld&seconds=%d", number, WAIT_SECONDS);
	node_pair_path(&pair, rest, path, sizeof path);
	buffer_init(&request, 1024);
	http_request(&request, "GET", path, "", bytes_of(NULL, 0));
	if (http_client_ask(client, buffer_view(&request), &reply) != 200 ||
	    number_in(reply, "own_receipted") <= number)
		bench_fail("no receipt: %.*s", (int)reply.size, (const char *)reply.data);
	buffer_release(&request);
}

/* --- figure 2: many at a time ------------------------------------------------------ */

struct crowd {
	size_t count;
	atomic_size_t next;
	atomic_llong last; /* greatest number that an act has got */
};

static void raise_to(atomic_llong *last, long long number)
{
	long long seen = atomic_load(last);

	while (seen < number && !atomic_compare_exchange_weak(last, &seen, number))
		;
}

static void *run_client(void *context)
{
	struct crowd *crowd = context;
	struct http_client *client = malloc(sizeof *client);
	size_t serial;

	if (client == NULL)
		bench_fail("out of memory");
	http_client_open(client, pair.nodes[NODE_PAIR_NORTH].socket);
	while ((serial = atomic_fetch_add(&crowd->next, 1)) < crowd->count) {
		struct buffer upload, submission;
		struct paired_act act;
		struct bytes reply;

		node_pair_make_comment(&pair.nodes[NODE_PAIR_NORTH], BODY_SIZE, serial, &act);
		make_upload(&act, &upload);
		make_submission(&act, false, &submission);
		expect(client, &upload, 200, &reply);
		raise_to(&crowd->last, submit(client, &submission));
		buffer_release(&upload);
		buffer_release(&submission);
		paired_act_release(&act);
	}
	http_client_close(client);
	free(client);
	return NULL;
}

static double run_crowd(struct http_client *observer, size_t count)
{
	struct crowd crowd = { .count = count };
	pthread_t threads[CLIENTS];
	double start = seconds_now();

	for (size_t i = 0; i < CLIENTS; i++)
		if (pthread_create(&threads[i], NULL, run_client, &crowd) != 0)
			bench_fail("no thread can be started");
	for (size_t i = 0; i < CLIENTS; i++)
		pthread_join(threads[i], NULL);
	await_receipt(observer, atomic_load(&crowd.last));
	return seconds_now() - start;
}

static void settle(void)
{
	if (!node_pair_settle(&pair))
		bench_fail("the nodes do not settle");
}

/* The processor time of all runs, of the clients and of both nodes by role. */
struct spent {
	double needed; /* by the public-key operations alone */
	double clients;
	struct node_time nodes;
};

static double run_timed(struct http_client *observer, size_t count, struct spent *spent)
{
	const pid_t parents[2] = { pair.nodes[NODE_PAIR_NORTH].process,
		                   pair.nodes[NODE_PAIR_SOUTH].process };
	struct node_time before, after;
	double clients = processor_seconds(), seconds;

	node_time_read(parents, &before);
	seconds = run_crowd(observer, count);
	node_time_read(parents, &after);
	spent->clients += processor_seconds() - clients;
	for (int role = 0; role < NODE_ROLE_COUNT; role++)
		spent->nodes.seconds[role] += after.seconds[role] - before.seconds[role];
	return seconds;
}

static void print_spent(const struct spent *spent, size_t count)
{
	double unit = 1e6 / (double)count, total = spent->clients;

	for (int role = 0; role < NODE_ROLE_COUNT; role++)
		total += spent->nodes.seconds[role];
	printf(
	    "   processor time an act                 %8.0f us  (%.0f needed: %.2f; clients %.0f",
	    total * unit, spent->needed * unit, spent->needed / total, spent->clients * unit);
	for (int role = 0; role < NODE_ROLE_COUNT; role++)
		printf(", %s %.0f", node_role_names[role], spent->nodes.seconds[role] * unit);
	puts(")");
}

static void measure_crowd(struct http_client *observer, size_t count)
{
	double bounds[ROUNDS], runs[ROUNDS], ratios[ROUNDS], bound, run;
	unsigned processors = processor_count();
	struct spent spent = { 0 };

	for (size_t i = 0; i < ROUNDS; i++) {
		settle();
		spent.needed -= processor_seconds();
		bounds[i] = act_cost(processors, count);
		spent.needed += processor_seconds();
		runs[i] = run_timed(observer, count, &spent);
		ratios[i] = bounds[i] / runs[i];
	}
	bound = median(bounds, ROUNDS);
	run = median(runs, ROUNDS);
	printf(
	    "2. acts between two nodes: %zu of 1 KiB, %d in flight, until the last is receipted, "
	    "%d rounds\n",
	    count, CLIENTS, ROUNDS);
	printf(
	    "   bound: their public-key operations    %8.0f acts/s  (sign, verify twice, seal to "
	    "two; %u threads)\n",
	    (double)count / bound, processors);
	printf("   two nodes and their clients           %8.0f acts/s\n", (double)count / run);
	printf("   ratio                                 %8.2f    (aim 0.35 or more)\n",
	       median(ratios, ROUNDS));
	print_spent(&spent, count * ROUNDS);
}

/* --- figure 3: one at a time ---------------------------------------------------------- */

static double append_once(int fd)
{
	static const uint8_t block[APPEND_SIZE] = { 1 };
	double start = seconds_now();

	if (write(fd, block, sizeof block) != (ssize_t)sizeof block || fdatasync(fd) != 0)
		bench_fail("the file system does not take an append");
	return seconds_now() - start;
}

static double submit_once(struct http_client *client, uint64_t serial)
{
	struct buffer submission;
	struct paired_act act;
	double start, end;

	node_pair_make_comment(&pair.nodes[NODE_PAIR_NORTH], BODY_SIZE, serial, &act);
	make_submission(&act, true, &submission);
	start = seconds_now();
	await_receipt(client, submit(client, &submission));
	end = seconds_now();
	buffer_release(&submission);
	paired_act_release(&act);
	return end - start;
}

static void measure_singles(struct http_client *client, size_t count, uint64_t serial)
{
	double *units = calloc(count, sizeof *units), *times = calloc(count, sizeof *times);
	char path[128];
	double unit, time;
	int fd;

	snprintf(path, sizeof path, "%s/append", pair.folder);
	if (units == NULL || times == NULL ||
	    (fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) < 0)
		bench_fail("%s cannot be made", path);
	for (size_t i = 0; i < count; i++) {
		times[i] = submit_once(client, serial + i);
		units[i] = append_once(fd);
	}
	close(fd);
	unit = median(units, count);
	time = median(times, count);
	printf("3. one act alone, from its submission to the other side's durable receipt, %zu "
	       "times\n",
	       count);
	printf("   unit: append of 4 KiB and fdatasync   %8.3f ms\n", unit * 1e3);
	printf("   one act                               %8.3f ms\n", time * 1e3);
	printf("   ratio                                 %8.1f    (aim 20 or less)\n", time / unit);
	free(units);
	free(times);
}

/* Also when something fails, which ends the process. */
static void stop_nodes(void)
{
	for (unsigned side = 0; side < 2; side++)
		node_pair_stop(&pair.nodes[side], SIGTERM);
}

int main(int count, char **arguments)
{
	struct http_client *client = malloc(sizeof *client);
	unsigned long acts, singles;

	if (count != 4 || (acts = strtoul(arguments[2], NULL, 10)) < 1 ||
	    (singles = strtoul(arguments[3], NULL, 10)) < 1)
		bench_fail("bench_nodes CHIROD ACTS SINGLES");
	if (client == NULL)
		bench_fail("out of memory");
	node_pair_init(&pair, arguments[1]);
	atexit(stop_nodes);
	if (!node_pair_start(&pair.nodes[NODE_PAIR_NORTH], NULL) ||
	    !node_pair_start(&pair.nodes[NODE_PAIR_SOUTH], NULL))
		bench_fail("a node does not start");
	node_pair_open(&pair);
	http_client_open(client, pair.nodes[NODE_PAIR_NORTH].socket);
	run_crowd(client, CLIENTS);
	measure_crowd(client, acts);
	settle();
	measure_singles(client, singles, (uint64_t)ROUNDS * acts);
	http_client_close(client);
	free(client);
	node_pair_release(&pair);
	return 0;
}
