#include "node_pair.h"

#include "card.h"
#include "encoding.h"
#include "sshsig.h"
#include "system.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char *const ids[2] = { "north", "south" };
static const char *const heads[2] = { "a.head", "b.head" };

void node_pair_fail(const struct node_pair *pair, const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "two nodes in %s: ", pair->folder);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	for (unsigned i = 0; i < 2; i++)
		if (pair->nodes[i].process > 0)
			kill(pair->nodes[i].process, SIGKILL);
	exit(1);
}

static void check(const struct node_pair *pair, int r, const char *what)
{
	if (r != OK)
		node_pair_fail(pair, "%s: %s", what, result_text(r));
}

/* --- folders ------------------------------------------------------------------- */

/* A port that was free a moment ago. */
static uint16_t free_port(const struct node_pair *pair)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		                       .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t size = sizeof address;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) != 0 ||
	    getsockname(fd, (struct sockaddr *)&address, &size) != 0)
		node_pair_fail(pair, "no port: %s", strerror(errno));
	close(fd);
	return ntohs(address.sin_port);
}

static void write_configuration(const struct paired_node *node)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof path, "%s/chirod.conf", node->folder);
	if ((file = fopen(path, "w")) == NULL)
		node_pair_fail(node->pair, "%s: %s", path, strerror(errno));
	fprintf(file,
	        "chirograph.conf/1\nhome %s/home\nparty %s\ndomain %s.example\nname en %s\n"
	        "socket %s\nlisten 127.0.0.1:%u\nadvertise 127.0.0.1:%u\nmay *self admin\n%s",
	        node->folder, ids[node->side], ids[node->side], ids[node->side], node->socket,
	        node->port, node->port, geteuid() == 0 ? "user daemon\nkeeper-user nobody\n" : "");
	if (fclose(file) != 0)
		node_pair_fail(node->pair, "%s: %s", path, strerror(errno));
}

void node_pair_init(struct node_pair *pair, const char *program)
{
	struct random_source random = system_random();

	*pair = (struct node_pair){ .folder = "/tmp/chiro-pair-XXXXXX" };
	curl_global_init(CURL_GLOBAL_DEFAULT);
	/* Roles cannot be traced, which the leak checker would want. */
	setenv("ASAN_OPTIONS", "detect_leaks=0", 0);
	snprintf(pair->program, sizeof pair->program, "%s", program);
	if (mkdtemp(pair->folder) == NULL || chmod(pair->folder, 0711) != 0)
		node_pair_fail(pair, "no folder: %s", strerror(errno));
	for (unsigned side = 0; side < 2; side++) {
		struct paired_node *node = &pair->nodes[side];

		node->pair = pair;
		node->side = side;
		snprintf(node->folder, sizeof node->folder, "%s/%s", pair->folder, ids[side]);
		snprintf(node->socket, sizeof node->socket, "%s/api.sock", node->folder);
		if (mkdir(node->folder, 0711) != 0)
			node_pair_fail(pair, "%s: %s", node->folder, strerror(errno));
		node->port = free_port(pair);
		write_configuration(node);
		check(pair, ed25519_generate(&node->head, &random), "a key");
		check(pair, ed25519_generate(&node->appointing, &random), "a key");
		check(pair, x25519_secret_generate(&random, &node->head_reading), "a key");
	}
}

void node_pair_release(struct node_pair *pair)
{
	char command[128];

	for (unsigned i = 0; i < 2; i++)
		if (pair->nodes[i].process > 0)
			node_pair_stop(&pair->nodes[i], SIGTERM);
	charter_free(pair->charter);
	snprintf(command, sizeof command, "rm -rf '%s'", pair->folder);
	if (system(command) != 0)
		fprintf(stderr, "%s is left behind\n", pair->folder);
}

/* --- processes ------------------------------------------------------------------- */

bool node_pair_start(struct paired_node *node, const char *fault)
{
	struct pollfd ready;
	char path[128], line[256];
	int output[2];
	ssize_t size;

	snprintf(path, sizeof path, "%s/chirod.conf", node->folder);
	if (pipe(output) != 0 || (node->process = fork()) < 0)
		node_pair_fail(node->pair, "no process: %s", strerror(errno));
	if (node->process == 0) {
		dup2(output[1], STDOUT_FILENO);
		close(output[0]);
		close(output[1]);
		if (fault != NULL)
			setenv("CHIRO_FAULT_POINT", fault, 1);
		execl(node->pair->program, node->pair->program, "-f", path, (char *)NULL);
		_exit(127);
	}
	close(output[1]);
	ready = (struct pollfd){ .fd = output[0], .events = POLLIN };
	size = poll(&ready, 1, NODE_PAIR_PATIENCE * 1000) == 1 ? read(output[0], line, sizeof line)
	                                                       : 0;
	close(output[0]);
	if (size > 0)
		return true;
	node_pair_stop(node, SIGKILL);
	return false;
}

void node_pair_stop(struct paired_node *node, int signal_number)
{
	if (node->process <= 0)
		return;
	kill(node->process, signal_number);
	waitpid(node->process, NULL, 0);
	node->process = 0;
}

bool node_pair_has_ended(struct paired_node *node)
{
	if (node->process > 0 && waitpid(node->process, NULL, WNOHANG) == node->process)
		node->process = 0;
	return node->process == 0;
}

/* --- requests --------------------------------------------------------------------- */

static size_t keep_reply(char *data, size_t size, size_t count, void *context)
{
	return buffer_put(context, data, size * count) == OK ? size * count : 0;
}

/* One connection a thread and node. */
static CURL *connection(const struct paired_node *node)
{
	static _Thread_local CURL *connections[2];
	CURL *curl = connections[node->side];

	if (curl == NULL) {
		curl = connections[node->side] = curl_easy_init();
		if (curl == NULL)
			node_pair_fail(node->pair, "no HTTP client");
	} else {
		curl_easy_reset(curl);
	}
	return curl;
}

long node_pair_request(struct paired_node *node, const char *method, const char *path,
                       struct bytes body, json_t **ret_reply)
{
	CURL *curl = connection(node);
	struct curl_slist *headers = NULL;
	struct buffer reply;
	char url[1024];
	long status = 0;

	snprintf(url, sizeof url, "http://localhost%s", path);
	headers = curl_slist_append(headers, strcmp(method, "PUT") == 0
	                                         ? "Content-Type: application/octet-stream"
	                                         : "Content-Type: application/json");
	headers = curl_slist_append(headers, "Expect:");
	buffer_init(&reply, 8 << 20);
	curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, node->socket);
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, 70L);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep_reply);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &reply);
	if (strcmp(method, "GET") != 0) {
		curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)body.size);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS,
		                 body.size > 0 ? (const char *)body.data : "");
	}
	if (curl_easy_perform(curl) == CURLE_OK)
		curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	curl_slist_free_all(headers);
	if (ret_reply != NULL)
		*ret_reply = json_loadb((const char *)reply.data, reply.size, 0, NULL);
	buffer_release(&reply);
	return status;
}

/* The same with a JSON body, which is taken; anything but `expected` is the end. */
static json_t *must(struct paired_node *node, const char *method, const char *path, json_t *body,
                    long expected)
{
	char *text = json_dumps(body, 0);
	json_t *reply = NULL;
	long status = node_pair_request(node, method, path, bytes_of_string(text), &reply);
	char *said;

	if (status != expected || reply == NULL) {
		said = reply != NULL ? json_dumps(reply, JSON_ENSURE_ASCII) : NULL;
		node_pair_fail(node->pair, "%s %s at %s: status %ld: %s", method, path,
		               ids[node->side], status, said != NULL ? said : "no JSON");
	}
	free(text);
	json_decref(body);
	return reply;
}

void node_pair_path(const struct node_pair *pair, const char *rest, char *ret_path, size_t capacity)
{
	snprintf(ret_path, capacity, "/v1/channels/%s%s", pair->channel, rest);
}

static json_t *channel_status(struct paired_node *node)
{
	char path[256];
	json_t *reply = NULL;

	node_pair_path(node->pair, "", path, sizeof path);
	if (node_pair_request(node, "GET", path, bytes_of(NULL, 0), &reply) == 200)
		return reply;
	json_decref(reply);
	return NULL;
}

long long node_pair_number(struct paired_node *node, const char *name)
{
	json_t *status = channel_status(node);
	json_t *value = json_object_get(status, name);
	long long number = json_is_integer(value) ? json_integer_value(value) : -1;

	json_decref(status);
	return number;
}

void node_pair_string(struct paired_node *node, const char *name, char *ret_text, size_t capacity)
{
	json_t *status = channel_status(node);
	const char *text = json_string_value(json_object_get(status, name));

	snprintf(ret_text, capacity, "%s", text != NULL ? text : "");
	json_decref(status);
}

static void short_sleep(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 20 * 1000 * 1000 }, NULL);
}

bool node_pair_wait(struct paired_node *node, const char *name, long long least)
{
	time_t end = time(NULL) + NODE_PAIR_PATIENCE;

	while (time(NULL) < end) {
		if (node_pair_number(node, name) >= least)
			return true;
		short_sleep();
	}
	return false;
}

bool node_pair_settle(struct node_pair *pair)
{
	struct paired_node *north = &pair->nodes[NODE_PAIR_NORTH],
			   *south = &pair->nodes[NODE_PAIR_SOUTH];
	time_t end = time(NULL) + NODE_PAIR_PATIENCE;

	while (time(NULL) < end) {
		long long n = node_pair_number(north, "own_size"),
			  s = node_pair_number(south, "own_size");

		if (n > 0 && s > 0 && node_pair_number(south, "their_size") == n &&
		    node_pair_number(north, "their_size") == s &&
		    node_pair_number(north, "own_cosigned") == n &&
		    node_pair_number(south, "own_cosigned") == s &&
		    node_pair_number(north, "own_size") == n &&
		    node_pair_number(south, "own_size") == s)
			return true;
		short_sleep();
	}
	for (unsigned side = 0; side < 2; side++) {
		json_t *status = channel_status(&pair->nodes[side]);

		json_object_del(status, "charter");
		json_object_del(status, "signatures");
		json_object_del(status, "parties");
		fprintf(stderr, "%s does not settle: ", ids[side]);
		json_dumpf(status, stderr, 0);
		fputc('\n', stderr);
		json_decref(status);
	}
	return false;
}

/* --- opening ---------------------------------------------------------------------- */

static void key_text(const struct node_pair *pair, const struct ed25519_secret *secret,
                     char *ret_text, size_t capacity)
{
	struct ssh_key key;
	struct buffer text;

	buffer_init(&text, capacity);
	ssh_key_from_ed25519(&secret->public_key, &key);
	check(pair, ssh_key_print(&key, &text), "a key");
	check(pair, bytes_to_string(buffer_view(&text), ret_text, capacity), "a key");
	buffer_release(&text);
}

static void invite(struct paired_node *node)
{
	char head[256], appointing[256], reading[AGE_RECIPIENT_CAPACITY];
	struct x25519_public recipient;
	json_t *reply;

	key_text(node->pair, &node->head, head, sizeof head);
	key_text(node->pair, &node->appointing, appointing, sizeof appointing);
	x25519_public_of(&node->head_reading, &recipient);
	check(node->pair, age_recipient_print(&recipient, reading), "a recipient");
	reply = must(node, "POST", "/v1/setups",
	             json_pack("{s:s, s:s, s:s, s:s}", "head", heads[node->side], "head_key", head,
	                       "head_reading_key", reading, "appointing_key", appointing),
	             201);
	snprintf(node->card, sizeof node->card, "%s",
	         json_string_value(json_object_get(reply, "card")));
	json_decref(reply);
}

static void make_charter(struct node_pair *pair, struct buffer *text)
{
	struct charter charter = { .language_count = 1, .languages = { "en" } };
	struct error error = { 0 };

	charter_set_defaults(&charter);
	charter.quota_entries = 100000000;
	charter.quota_bytes = INT64_MAX;
	charter.notice = 0;
	for (unsigned side = 0; side < 2; side++)
		if (card_parse(bytes_of_string(pair->nodes[side].card), &charter.parties[side],
		               &error) != OK)
			node_pair_fail(pair, "a card: %s", error.message);
	if (charter_print(&charter, text, &error) != OK ||
	    charter_parse(buffer_view(text), &pair->charter, &error) != OK)
		node_pair_fail(pair, "the charter: %s", error.message);
	memcpy(pair->channel, pair->charter->channel, sizeof pair->channel);
	for (unsigned side = 0; side < 2; side++)
		check(pair,
		      age_recipient_parse(bytes_of_string(pair->charter->parties[side].reading_key),
		                          &pair->reading[side]),
		      "a reading key");
}

static void adopt(struct node_pair *pair)
{
	struct buffer armors[2];

	for (unsigned side = 0; side < 2; side++) {
		buffer_init(&armors[side], SSHSIG_ARMOR_MAXIMUM);
		check(pair,
		      sshsig_sign(&pair->nodes[side].head, CHARTER_NAMESPACE, pair->charter->text,
		                  &armors[side]),
		      "a signature");
	}
	for (unsigned side = 0; side < 2; side++)
		json_decref(must(&pair->nodes[side], "POST", "/v1/channels",
		                 json_pack("{s:s%, s:{s:s%, s:s%}}", "charter",
		                           (const char *)pair->charter->text.data,
		                           pair->charter->text.size, "signatures", ids[0],
		                           (const char *)armors[0].data, armors[0].size, ids[1],
		                           (const char *)armors[1].data, armors[1].size),
		                 201));
	buffer_release(&armors[0]);
	buffer_release(&armors[1]);
}

static void accede(struct paired_node *node)
{
	struct buffer blob, lines;
	uint64_t number;
	long status;

	buffer_init(&blob, SSHSIG_BLOB_MAXIMUM);
	buffer_init(&lines, 4096);
	check(node->pair,
	      sshsig_sign_blob(&node->head, CHARTER_NAMESPACE, node->pair->charter->text, &blob),
	      "a signature");
	if (buffer_put_string(&lines, "act accede\nsignature ") != OK ||
	    base64_encode(&lines, buffer_view(&blob), BASE64_PADDED) != OK ||
	    buffer_put_string(&lines, "\n") != OK || buffer_put_u8(&lines, 0) != OK)
		node_pair_fail(node->pair, "out of memory");
	status = node_pair_say(node, (const char *)lines.data, &number);
	if (status != 201)
		node_pair_fail(node->pair, "accede at %s: status %ld", ids[node->side], status);
	buffer_release(&blob);
	buffer_release(&lines);
}

void node_pair_open(struct node_pair *pair)
{
	struct buffer text;
	char state[32] = "";

	buffer_init(&text, CHARTER_SIZE_MAXIMUM);
	for (unsigned side = 0; side < 2; side++)
		invite(&pair->nodes[side]);
	make_charter(pair, &text);
	buffer_release(&text);
	adopt(pair);
	for (unsigned side = 0; side < 2; side++)
		accede(&pair->nodes[side]);
	for (unsigned i = 0; i < NODE_PAIR_PATIENCE * 50 && strcmp(state, "in-force") != 0; i++) {
		short_sleep();
		node_pair_string(&pair->nodes[i % 2], "state", state, sizeof state);
	}
	if (strcmp(state, "in-force") != 0 || !node_pair_settle(pair))
		node_pair_fail(pair, "the channel did not come into force: %s", state);
}
