/* The messenger in this process, between a socket of the engine's and a server over
 * which the test has power: what comes back, what is refused, what is bounded. */
#include "check.h"
#include "messenger.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE_SECONDS = 60 };

struct bench {
	struct event_base *base;
	struct evhttp *server;
	struct evconnlistener *raw; /* what is no HTTP server */
	const char *raw_answer;
	char url[64], raw_url[64];
	struct message_socket engine;
	struct messenger *messenger;
	size_t requests;
};

/* --- the server ------------------------------------------------------------------- */

static void echo(struct evhttp_request *request, void *context)
{
	struct evbuffer *input = evhttp_request_get_input_buffer(request);
	const char *type = evhttp_find_header(evhttp_request_get_input_headers(request),
	                                      "Content-Type");

	((struct bench *)context)->requests++;
	evhttp_add_header(evhttp_request_get_output_headers(request), "Content-Type",
	                  type != NULL ? type : "none/at-all");
	evhttp_send_reply(request, 200, "OK", input);
}

static void size_conflict(struct evhttp_request *request, void *context)
{
	struct evbuffer *content = evbuffer_new();

	(void)context;
	evbuffer_add_printf(content, "17\n");
	evhttp_add_header(evhttp_request_get_output_headers(request), "Content-Type",
	                  "text/x.tlog.size");
	evhttp_send_reply(request, 409, "Conflict", content);
	evbuffer_free(content);
}

static void bare(struct evhttp_request *request, void *context)
{
	(void)context;
	evhttp_send_reply(request, 409, "Conflict", NULL);
}

static void redirect(struct evhttp_request *request, void *context)
{
	char place[128];

	snprintf(place, sizeof(place), "%s/echo", ((struct bench *)context)->url);
	evhttp_add_header(evhttp_request_get_output_headers(request), "Location", place);
	evhttp_send_reply(request, 302, "Found", NULL);
}

static void of_size(struct evhttp_request *request, size_t size)
{
	struct evbuffer *content = evbuffer_new();
	uint8_t *bytes = calloc(1, size);

	memset(bytes, 'x', size);
	evbuffer_add(content, bytes, size);
	free(bytes);
	evhttp_send_reply(request, 200, "OK", content);
	evbuffer_free(content);
}

static void as_long_as_may_be(struct evhttp_request *request, void *context)
{
	(void)context;
	of_size(request, MESSENGER_CONTENT_MAXIMUM);
}

static void too_long(struct evhttp_request *request, void *context)
{
	(void)context;
	of_size(request, MESSENGER_CONTENT_MAXIMUM + 1);
}

static void silence(struct evhttp_request *request, void *context)
{
	(void)request;
	(void)context;
}

static void compressed(struct evhttp_request *request, void *context)
{
	(void)context;
	assert_null(
	    evhttp_find_header(evhttp_request_get_input_headers(request), "Accept-Encoding"));
	evhttp_send_reply(request, 200, "OK", NULL);
}

static void raw_accepted(struct evconnlistener *listener, evutil_socket_t fd,
                         struct sockaddr *address, int size, void *context)
{
	struct bench *bench = context;
	size_t left = strlen(bench->raw_answer);
	const char *at = bench->raw_answer;

	(void)listener;
	(void)address;
	(void)size;
	evutil_make_socket_nonblocking(fd);
	while (left > 0) {
		ssize_t written = write(fd, at, left);

		if (written <= 0)
			break;
		at += written;
		left -= (size_t)written;
	}
	shutdown(fd, SHUT_WR);
	/* The rest of the request is left unread until the process ends. */
}

static uint16_t port_of(evutil_socket_t fd)
{
	struct sockaddr_in address;
	socklen_t size = sizeof(address);

	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
	return ntohs(address.sin_port);
}

static void bench_init(struct bench *bench, const char *authorities, long milliseconds)
{
	static const struct {
		const char *path;
		void (*handle)(struct evhttp_request *request, void *context);
	} places[] = {
		{ "/echo", echo },         { "/size", size_conflict },     { "/bare", bare },
		{ "/redirect", redirect }, { "/full", as_long_as_may_be }, { "/long", too_long },
		{ "/silence", silence },   { "/compressed", compressed },
	};
	struct messenger_settings settings = messenger_default_settings();
	struct sockaddr_in address = { .sin_family = AF_INET };
	struct evhttp_bound_socket *bound;
	struct error error;
	int fds[2];

	*bench = (struct bench){ .base = event_base_new() };
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	bench->server = evhttp_new(bench->base);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		evhttp_set_cb(bench->server, places[i].path, places[i].handle, bench);
	evhttp_set_max_body_size(bench->server, MESSENGER_CONTENT_MAXIMUM);
	bound = evhttp_bind_socket_with_handle(bench->server, "127.0.0.1", 0);
	assert_non_null(bound);
	snprintf(bench->url, sizeof(bench->url), "http://127.0.0.1:%u",
	         port_of(evhttp_bound_socket_get_fd(bound)));
	bench->raw = evconnlistener_new_bind(bench->base, raw_accepted, bench,
	                                     LEV_OPT_CLOSE_ON_FREE, 8, (struct sockaddr *)&address,
	                                     sizeof(address));
	assert_non_null(bench->raw);
	snprintf(bench->raw_url, sizeof(bench->raw_url), "http://127.0.0.1:%u",
	         port_of(evconnlistener_get_fd(bench->raw)));
	assert_ok(message_socket_pair(fds));
	message_socket_init(&bench->engine, fds[0]);
	settings.authorities = authorities;
	if (milliseconds > 0)
		settings.total_milliseconds = milliseconds;
	assert_ok(messenger_new(bench->base, fds[1], &settings, &bench->messenger, &error));
}

static void bench_release(struct bench *bench)
{
	messenger_free(bench->messenger);
	message_socket_release(&bench->engine);
	evhttp_free(bench->server);
	if (bench->raw != NULL)
		evconnlistener_free(bench->raw);
	event_base_free(bench->base);
}

/* --- the engine ------------------------------------------------------------------- */

static void ask(struct bench *bench, uint32_t request, enum messenger_method method,
                const char *url, const char *path, struct bytes content)
{
	struct messenger_question question = { .method = method, .content = content };
	struct buffer body;

	snprintf(question.url, sizeof(question.url), "%s/%s", url, path);
	if (method == MESSENGER_POST)
		snprintf(question.content_type, sizeof(question.content_type), "text/plain");
	buffer_init(&body, MESSAGE_BODY_MAXIMUM);
	assert_ok(messenger_put_question(&body, &question));
	assert_ok(message_send(&bench->engine, MESSENGER_ASK, request, buffer_view(&body), -1));
	buffer_release(&body);
}

/* Runs the loop until something has come; the message's body lasts until the next. */
static struct message await(struct bench *bench)
{
	const struct timeval tick = { 0, 20000 };
	struct message message;

	for (unsigned i = 0; i < PATIENCE_SECONDS * 50; i++) {
		int r = message_receive(&bench->engine, &message);

		if (r == OK)
			return message;
		assert_int_equal(r, ERROR_WAIT);
		message_flush(&bench->engine);
		event_base_loopexit(bench->base, &tick);
		event_base_dispatch(bench->base);
	}
	fail_msg("no answer came");
	return message;
}

static struct messenger_answer answer_to(struct bench *bench, enum messenger_method method,
                                         const char *path, struct bytes content)
{
	struct messenger_answer answer;
	struct message message;

	ask(bench, 5, method, bench->url, path, content);
	message = await(bench);
	assert_int_equal(message.type, MESSENGER_ASK | MESSAGE_REPLY);
	assert_int_equal(message.request, 5);
	assert_ok(messenger_get_answer(message.body, &answer));
	return answer;
}

static void check_failure(struct bench *bench, const char *url, const char *path, int code)
{
	struct message message;
	struct error error;

	ask(bench, 6, MESSENGER_GET, url, path, bytes_of(NULL, 0));
	message = await(bench);
	assert_int_equal(message.type, MESSAGE_ERROR);
	assert_int_equal(message.request, 6);
	assert_int_equal(message_get_error(&message, &error), code);
	assert_true(strlen(error.message) > 5);
}

/* --- tests ------------------------------------------------------------------------- */

static void test_it_carries_content_both_ways(void **state)
{
	static uint8_t content[MESSENGER_CONTENT_MAXIMUM];
	struct messenger_answer answer;
	struct bench bench;

	(void)state;
	bench_init(&bench, NULL, 0);
	answer = answer_to(&bench, MESSENGER_POST, "echo", bytes_of("a\0b", 3));
	assert_int_equal(answer.status, 200);
	assert_string_equal(answer.content_type, "text/plain");
	assert_true(bytes_equal(answer.content, bytes_of("a\0b", 3)));
	answer = answer_to(&bench, MESSENGER_POST, "echo", bytes_of(NULL, 0));
	assert_int_equal(answer.content.size, 0);
	memset(content, 7, sizeof(content));
	answer = answer_to(&bench, MESSENGER_POST, "echo", bytes_of(content, sizeof(content)));
	assert_true(bytes_equal(answer.content, bytes_of(content, sizeof(content))));
	answer = answer_to(&bench, MESSENGER_GET, "echo", bytes_of(NULL, 0));
	assert_string_equal(answer.content_type, "none/at-all");
	bench_release(&bench);
}

static void test_statuses_are_told(void **state)
{
	struct messenger_answer answer;
	struct bench bench;

	(void)state;
	bench_init(&bench, NULL, 0);
	answer = answer_to(&bench, MESSENGER_POST, "size", bytes_of("x", 1));
	assert_int_equal(answer.status, 409);
	assert_string_equal(answer.content_type, "text/x.tlog.size");
	assert_true(bytes_equal_string(answer.content, "17\n"));
	answer = answer_to(&bench, MESSENGER_POST, "bare", bytes_of("x", 1));
	assert_int_equal(answer.status, 409);
	assert_int_equal(answer.content.size, 0);
	answer = answer_to(&bench, MESSENGER_GET, "nowhere", bytes_of(NULL, 0));
	assert_int_equal(answer.status, 404);
	answer = answer_to(&bench, MESSENGER_GET, "compressed", bytes_of(NULL, 0));
	assert_int_equal(answer.status, 200);
	bench_release(&bench);
}

static void test_redirects_are_refused(void **state)
{
	struct bench bench;

	(void)state;
	bench_init(&bench, NULL, 0);
	check_failure(&bench, bench.url, "redirect", ERROR_DENIED);
	assert_int_equal(bench.requests, 0);
	bench_release(&bench);
}

static void test_answers_are_bounded(void **state)
{
	struct bench bench;

	(void)state;
	bench_init(&bench, NULL, 0);
	assert_int_equal(answer_to(&bench, MESSENGER_GET, "full", bytes_of(NULL, 0)).content.size,
	                 MESSENGER_CONTENT_MAXIMUM);
	check_failure(&bench, bench.url, "long", ERROR_LIMIT);
	bench_release(&bench);
}

static void test_headers_are_bounded(void **state)
{
	enum { LINES = 3000 };
	static const char line[] = "X-Filler: 0123456789012345678901234567890\r\n";
	struct bench bench;
	char *answer = calloc(1, sizeof(line) * LINES + 64), *at = answer;

	(void)state;
	at += snprintf(at, 64, "HTTP/1.1 200 OK\r\n");
	for (unsigned i = 0; i < LINES; i++) {
		memcpy(at, line, sizeof(line));
		at += sizeof(line) - 1;
	}
	bench_init(&bench, NULL, 0);
	bench.raw_answer = answer;
	check_failure(&bench, bench.raw_url, "x", ERROR_LIMIT);
	bench_release(&bench);
	free(answer);
}

static void test_what_is_no_http_is_refused(void **state)
{
	static const char *const answers[] = {
		"",
		"220 mail.example ESMTP\r\n",
		"\x16\x03\x01\x02\x03",
		"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
		"HTTP/0.9 what\r\n",
	};
	struct bench bench;

	(void)state;
	bench_init(&bench, NULL, 0);
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		bench.raw_answer = answers[i];
		check_failure(&bench, bench.raw_url, "x", ERROR_IO);
	}
	/* An odd content type is left out, and changes nothing else. */
	bench.raw_answer =
	    "HTTP/1.1 200 OK\r\nContent-Type: a\x01\xff\r\nContent-Length: 2\r\n\r\nok";
	ask(&bench, 9, MESSENGER_GET, bench.raw_url, "x", bytes_of(NULL, 0));
	assert_int_equal(await(&bench).type, MESSENGER_ASK | MESSAGE_REPLY);
	bench_release(&bench);
}

/* One that does not answer holds up nothing else, and fails in the end. */
static void test_exchanges_are_bounded_in_time(void **state)
{
	struct messenger_answer answer;
	struct bench bench;
	struct message message;

	(void)state;
	bench_init(&bench, NULL, 1000);
	ask(&bench, 6, MESSENGER_GET, bench.url, "silence", bytes_of(NULL, 0));
	answer = answer_to(&bench, MESSENGER_GET, "compressed", bytes_of(NULL, 0));
	assert_int_equal(answer.status, 200);
	message = await(&bench);
	assert_int_equal(message.type, MESSAGE_ERROR);
	assert_int_equal(message.request, 6);
	bench_release(&bench);
}

static void test_nobody_listens(void **state)
{
	struct bench bench;
	char url[64];

	(void)state;
	bench_init(&bench, NULL, 0);
	snprintf(url, sizeof(url), "%s", bench.raw_url);
	evconnlistener_free(bench.raw);
	bench.raw = NULL;
	check_failure(&bench, url, "x", ERROR_IO);
	check_failure(&bench, "http://nowhere.invalid", "x", ERROR_IO);
	bench_release(&bench);
}

static void test_many_are_under_way(void **state)
{
	enum { MANY = 100 };
	struct bench bench;
	bool seen[MANY + 1] = { false };

	(void)state;
	bench_init(&bench, NULL, 0);
	for (uint32_t i = 1; i <= MANY; i++)
		ask(&bench, i, MESSENGER_POST, bench.url, "echo", bytes_of(&i, sizeof(i)));
	for (uint32_t i = 0; i < MANY; i++) {
		struct message message = await(&bench);
		struct messenger_answer answer;

		assert_int_equal(message.type, MESSENGER_ASK | MESSAGE_REPLY);
		assert_in_range(message.request, 1, MANY);
		assert_false(seen[message.request]);
		seen[message.request] = true;
		assert_ok(messenger_get_answer(message.body, &answer));
		assert_true(bytes_equal(answer.content, bytes_of(&message.request, 4)));
	}
	bench_release(&bench);
}

/* The engine goes, or sends what it may not: the loop ends. */
static void test_it_ends_with_the_engine(void **state)
{
	struct bench bench;
	uint8_t nonsense[4] = { 0 };

	(void)state;
	bench_init(&bench, NULL, 0);
	ask(&bench, 6, MESSENGER_GET, bench.url, "silence", bytes_of(NULL, 0));
	assert_ok(message_send(&bench.engine, MESSENGER_ASK, 7, bytes_of(nonsense, 4), -1));
	assert_int_equal(event_base_dispatch(bench.base), 0);
	bench_release(&bench);
	bench_init(&bench, NULL, 0);
	ask(&bench, 6, MESSENGER_GET, bench.url, "silence", bytes_of(NULL, 0));
	message_socket_release(&bench.engine);
	assert_int_equal(event_base_dispatch(bench.base), 0);
	bench_release(&bench);
}

/* --- TLS: openssl s_server with a certificate of its own authority ------------------- */

struct tls_server {
	char folder[64], certificate[96], url[64];
	pid_t pid;
};

static void tls_server_start(struct tls_server *server, const char *name)
{
	char command[512], key[96], port_text[16];
	struct sockaddr_in address = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	bool up = false;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	snprintf(port_text, sizeof(port_text), "%u", port_of(fd));
	close(fd);
	snprintf(server->folder, sizeof(server->folder), "/tmp/chiro-tls-XXXXXX");
	assert_non_null(mkdtemp(server->folder));
	snprintf(server->certificate, sizeof(server->certificate), "%s/cert.pem", server->folder);
	snprintf(key, sizeof(key), "%s/key.pem", server->folder);
	snprintf(server->url, sizeof(server->url), "https://localhost:%s", port_text);
	snprintf(command, sizeof(command),
	         "openssl req -x509 -newkey ed25519 -nodes -keyout %s -out %s -days 2 "
	         "-subj /CN=%s -addext subjectAltName=DNS:%s >/dev/null 2>&1",
	         key, server->certificate, name, name);
	assert_int_equal(system(command), 0);
	server->pid = fork();
	if (server->pid == 0) {
		int null = open("/dev/null", O_RDWR);

		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
		execlp("openssl", "openssl", "s_server", "-quiet", "-www", "-accept", port_text,
		       "-cert", server->certificate, "-key", key, (char *)NULL);
		_exit(127);
	}
	address.sin_port = htons((uint16_t)strtoul(port_text, NULL, 10));
	for (unsigned i = 0; i < PATIENCE_SECONDS * 20 && !up; i++) {
		fd = socket(AF_INET, SOCK_STREAM, 0);
		up = connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
		close(fd);
		usleep(50000);
	}
	assert_true(up);
}

static void tls_server_stop(struct tls_server *server)
{
	char command[128];

	kill(server->pid, SIGKILL);
	waitpid(server->pid, NULL, 0);
	snprintf(command, sizeof(command), "rm -rf %s", server->folder);
	assert_int_equal(system(command), 0);
}

static void test_certificates_are_verified(void **state)
{
	struct tls_server server, stranger;
	struct bench bench;

	(void)state;
	tls_server_start(&server, "localhost");
	tls_server_start(&stranger, "elsewhere.example");
	/* Unknown to the system's authorities; known, and of this name; known, of another. */
	bench_init(&bench, NULL, 0);
	check_failure(&bench, server.url, "x", ERROR_IO);
	bench_release(&bench);
	bench_init(&bench, server.certificate, 0);
	ask(&bench, 4, MESSENGER_GET, server.url, "x", bytes_of(NULL, 0));
	assert_int_equal(await(&bench).type, MESSENGER_ASK | MESSAGE_REPLY);
	check_failure(&bench, stranger.url, "x", ERROR_IO);
	bench_release(&bench);
	bench_init(&bench, stranger.certificate, 0);
	check_failure(&bench, stranger.url, "x", ERROR_IO);
	bench_release(&bench);
	tls_server_stop(&server);
	tls_server_stop(&stranger);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_it_carries_content_both_ways),
		cmocka_unit_test(test_statuses_are_told),
		cmocka_unit_test(test_redirects_are_refused),
		cmocka_unit_test(test_answers_are_bounded),
		cmocka_unit_test(test_headers_are_bounded),
		cmocka_unit_test(test_what_is_no_http_is_refused),
		cmocka_unit_test(test_exchanges_are_bounded_in_time),
		cmocka_unit_test(test_nobody_listens),
		cmocka_unit_test(test_many_are_under_way),
		cmocka_unit_test(test_it_ends_with_the_engine),
		cmocka_unit_test(test_certificates_are_verified),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
