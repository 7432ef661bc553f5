#include "http_client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "measure.h"
#include "result.h"

void http_request(struct buffer *request, const char *method, const char *path,
                  const char *content_type, struct bytes body)
{
	int r = buffer_put_format(request, "%s %s HTTP/1.1\r\nHost: localhost\r\n", method, path);

	if (r == OK && strcmp(method, "GET") != 0)
		r = buffer_put_format(request, "Content-Type: %s\r\nContent-Length: %zu\r\n",
		                      content_type, body.size);
	if (r != OK || buffer_put_string(request, "\r\n") != OK ||
	    buffer_put_bytes(request, body) != OK)
		bench_fail("a request cannot be made");
}

void http_client_open(struct http_client *client, const char *socket_path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	snprintf(address.sun_path, sizeof address.sun_path, "%s", socket_path);
	client->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (client->fd < 0 || connect(client->fd, (struct sockaddr *)&address, sizeof address) != 0)
		bench_fail("nobody listens at %s", socket_path);
}

void http_client_close(struct http_client *client)
{
	close(client->fd);
	client->fd = -1;
}

static void send_all(int fd, struct bytes request)
{
	while (request.size > 0) {
		ssize_t sent = send(fd, request.data, request.size, MSG_NOSIGNAL);

		if (sent <= 0)
			bench_fail("a node does not take a request");
		request = bytes_of(request.data + sent, request.size - (size_t)sent);
	}
}

/* Reads on; the reply stays a string. */
static void read_more(struct http_client *client)
{
	size_t room = sizeof client->reply - 1 - client->reply_size;
	ssize_t size = read(client->fd, client->reply + client->reply_size, room);

	if (size <= 0)
		bench_fail("a node does not answer");
	client->reply_size += (size_t)size;
	client->reply[client->reply_size] = '\0';
}

static size_t content_length(const char *head, const char *end)
{
	static const char name[] = "Content-Length:";

	for (const char *line = head; line != NULL && line < end; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncasecmp(line, name, sizeof name - 1) == 0)
			return strtoul(line + sizeof name - 1, NULL, 10);
	}
	return 0;
}

unsigned http_client_ask(struct http_client *client, struct bytes request, struct bytes *ret_body)
{
	const char *end;
	size_t head, body;

	send_all(client->fd, request);
	client->reply_size = 0;
	client->reply[0] = '\0';
	while ((end = strstr(client->reply, "\r\n\r\n")) == NULL)
		read_more(client);
	head = (size_t)(end + 4 - client->reply);
	body = content_length(client->reply, end);
	while (client->reply_size < head + body)
		read_more(client);
	if (ret_body != NULL)
		*ret_body = bytes_of(client->reply + head, body);
	return (unsigned)strtoul(client->reply + strlen("HTTP/1.1 "), NULL, 10);
}
