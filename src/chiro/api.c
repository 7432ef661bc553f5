#include "api.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdarg.h>
#include <unistd.h>

#include "allocate.h"
#include "translate.h"

enum {
	PATH_CAPACITY = 2048,
	URL_CAPACITY = PATH_CAPACITY + 32,
	CONNECT_SECONDS = 10,
	ANSWER_SECONDS = 120 /* longer than the longest wait that can be asked for */
};

#define REPLY_MAXIMUM ((size_t)64 << 20)

struct api {
	CURL *curl;
	long status;
	char socket[sizeof(((struct error *)NULL)->message)];
};

int api_new(const char *socket_path, struct api **ret_api, struct error *error)
{
	struct api *api = allocate(1, sizeof(*api));

	if (api == NULL)
		return error_set(error, ERROR_MEMORY, "%s", result_text(ERROR_MEMORY));
	if (bytes_to_string(bytes_of_string(socket_path), api->socket, sizeof(api->socket)) != OK) {
		release_memory(api);
		return error_set(error, ERROR_USAGE, _("the path of the socket is too long"));
	}
	if (curl_global_init(CURL_GLOBAL_NOTHING) != 0 || (api->curl = curl_easy_init()) == NULL) {
		release_memory(api);
		return error_set(error, ERROR_IO, _("libcurl does not start"));
	}
	*ret_api = api;
	return OK;
}

void api_free(struct api *api)
{
	if (api == NULL)
		return;
	curl_easy_cleanup(api->curl);
	release_memory(api);
}

long api_last_status(const struct api *api)
{
	return api->status;
}

static size_t take_reply(char *data, size_t one, size_t size, void *context)
{
	(void)one;
	return buffer_put(context, data, size) == OK ? size : 0;
}

/* Why nobody answers, and what to do about it. */
static int no_connection(const char *socket, struct error *error)
{
	if (access(socket, W_OK) == 0)
		return error_set(error, ERROR_IO,
		                 _("no node answers at %s: chirod is not running; start it"),
		                 socket);
	if (errno == EACCES)
		return error_set(error, ERROR_DENIED,
		                 _("you may not use the node at %s: see socket-mode and may in "
		                   "chirod.conf(5)"),
		                 socket);
	return error_set(error, ERROR_IO,
	                 _("there is no node at %s: is chirod running, and is that its socket "
	                   "(CHIRO_HOME, --home or --socket)?"),
	                 socket);
}

/* One request; the body of its reply is appended to `reply` whatever its status. */
static int exchange(struct api *api, const char *method, struct bytes body,
                    const char *content_type, const char *path, struct buffer *reply,
                    struct error *error)
{
	char url[URL_CAPACITY];
	char type_line[64];
	struct curl_slist *headers = NULL;
	CURLcode code;

	api->status = 0;
	snprintf(url, sizeof(url), "http://localhost%s", path);
	snprintf(type_line, sizeof(type_line), "Content-Type: %s", content_type);
	curl_easy_reset(api->curl);
	if ((headers = curl_slist_append(NULL, type_line)) == NULL ||
	    curl_slist_append(headers, "Expect:") == NULL) {
		curl_slist_free_all(headers);
		return error_set(error, ERROR_MEMORY, "%s", result_text(ERROR_MEMORY));
	}
	curl_easy_setopt(api->curl, CURLOPT_URL, url);
	curl_easy_setopt(api->curl, CURLOPT_UNIX_SOCKET_PATH, api->socket);
	curl_easy_setopt(api->curl, CURLOPT_PROTOCOLS_STR, "http");
	curl_easy_setopt(api->curl, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(api->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(api->curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
	curl_easy_setopt(api->curl, CURLOPT_TIMEOUT, (long)ANSWER_SECONDS);
	curl_easy_setopt(api->curl, CURLOPT_WRITEFUNCTION, take_reply);
	curl_easy_setopt(api->curl, CURLOPT_WRITEDATA, reply);
	curl_easy_setopt(api->curl, CURLOPT_CUSTOMREQUEST, method);
	if (strcmp(method, "GET") != 0) {
		curl_easy_setopt(api->curl, CURLOPT_POSTFIELDS,
		                 body.size > 0 ? (char *)body.data : "");
		curl_easy_setopt(api->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.size);
		curl_easy_setopt(api->curl, CURLOPT_HTTPHEADER, headers);
	}
	code = curl_easy_perform(api->curl);
	curl_slist_free_all(headers);
	if (code == CURLE_COULDNT_CONNECT)
		return no_connection(api->socket, error);
	if (code == CURLE_WRITE_ERROR)
		return error_set(error, ERROR_LIMIT, _("the node's answer is too long"));
	if (code != CURLE_OK)
		return error_set(error, ERROR_IO, _("the node at %s: %s"), api->socket,
		                 curl_easy_strerror(code));
	curl_easy_getinfo(api->curl, CURLINFO_RESPONSE_CODE, &api->status);
	return OK;
}

static int parse_reply(struct bytes text, json_t **ret_reply, struct error *error)
{
	json_t *reply = json_loadb((const char *)text.data, text.size, JSON_REJECT_DUPLICATES,
	                           NULL);

	if (!json_is_object(reply)) {
		json_decref(reply);
		return error_set(error, ERROR_SYNTAX, _("the node's answer is not understood"));
	}
	*ret_reply = reply;
	return OK;
}

/* The error that a refusal says. */
static int refusal(const struct api *api, struct bytes text, struct error *error)
{
	json_t *reply = NULL;
	const json_t *said;
	int code;

	if (parse_reply(text, &reply, NULL) != OK || (said = member(reply, "error")) == NULL) {
		json_decref(reply);
		return error_set(error, ERROR_IO, _("the node answers with status %ld"),
		                 api->status);
	}
	code = api_result_by_name(member_string(said, "code"));
	error_set_line(error, code, member_number(said, "line"), "%s",
	               member_string(said, "message") != NULL ? member_string(said, "message")
	                                                      : result_text(code));
	json_decref(reply);
	return code;
}

static bool is_success(const struct api *api)
{
	return api->status >= 200 && api->status < 300;
}

static int exchange_json(struct api *api, const char *method, struct bytes body,
                         const char *content_type, const char *path, json_t **ret_reply,
                         struct error *error)
{
	struct buffer reply;
	int r;

	buffer_init(&reply, REPLY_MAXIMUM);
	if ((r = exchange(api, method, body, content_type, path, &reply, error)) != OK)
		goto out;
	r = is_success(api) ? parse_reply(buffer_view(&reply), ret_reply, error)
	                    : refusal(api, buffer_view(&reply), error);
out:
	buffer_release(&reply);
	return r;
}

/* Formats a path; parts that come from people are names and ids, which are
 * checked before: what would end a path or begin a query is refused. */
static int format_path(char path[PATH_CAPACITY], struct error *error, const char *format,
                       va_list arguments)
{
	int size = vsnprintf(path, PATH_CAPACITY, format, arguments);

	if (size < 0 || size >= PATH_CAPACITY)
		return error_set(error, ERROR_LIMIT, _("a name is too long"));
	for (const char *c = path; *c != '\0'; c++)
		if (*c <= ' ' || *c > '~' || *c == '#' || *c == '%' || *c == '"' || *c == '\\')
			return error_set(error, ERROR_USAGE,
			                 _("a name has a character that no name has"));
	return OK;
}

int api_get(struct api *api, json_t **ret_reply, struct error *error, const char *path, ...)
{
	char formatted[PATH_CAPACITY];
	va_list arguments;
	int r;

	va_start(arguments, path);
	r = format_path(formatted, error, path, arguments);
	va_end(arguments);
	if (r != OK)
		return r;
	return exchange_json(api, "GET", bytes_of("", 0), "application/json", formatted, ret_reply,
	                     error);
}

int api_send(struct api *api, const char *method, json_t *request, json_t **ret_reply,
             struct error *error, const char *path, ...)
{
	char formatted[PATH_CAPACITY];
	char *body = NULL;
	va_list arguments;
	int r;

	va_start(arguments, path);
	r = format_path(formatted, error, path, arguments);
	va_end(arguments);
	if (r == OK && request != NULL && (body = json_dumps(request, JSON_COMPACT)) == NULL)
		r = error_set(error, ERROR_SYNTAX, _("the request is not UTF-8"));
	if (r == OK)
		r = exchange_json(api, method, bytes_of_string(body != NULL ? body : ""),
		                  "application/json", formatted, ret_reply, error);
	free(body);
	json_decref(request);
	return r;
}

int api_put(struct api *api, const char *method, struct bytes content, json_t **ret_reply,
            struct error *error, const char *path, ...)
{
	char formatted[PATH_CAPACITY];
	va_list arguments;
	int r;

	va_start(arguments, path);
	r = format_path(formatted, error, path, arguments);
	va_end(arguments);
	if (r != OK)
		return r;
	return exchange_json(api, method, content, "application/octet-stream", formatted, ret_reply,
	                     error);
}

/* What is answered by octets. */
static int exchange_octets(struct api *api, const char *method, struct bytes body, const char *path,
                           struct buffer *content, struct error *error)
{
	size_t before = content->size;
	int r;

	if ((r = exchange(api, method, body, "application/octet-stream", path, content, error)) !=
	    OK)
		return r;
	if (!is_success(api)) {
		struct bytes said = bytes_of(content->data + before, content->size - before);

		r = refusal(api, said, error);
		buffer_truncate(content, before);
	}
	return r;
}

int api_fetch(struct api *api, struct buffer *content, struct error *error, const char *path, ...)
{
	char formatted[PATH_CAPACITY];
	va_list arguments;
	int r;

	va_start(arguments, path);
	r = format_path(formatted, error, path, arguments);
	va_end(arguments);
	if (r != OK)
		return r;
	return exchange_octets(api, "GET", bytes_of("", 0), formatted, content, error);
}

int api_ask(struct api *api, struct bytes content, struct buffer *reply, struct error *error,
            const char *path, ...)
{
	char formatted[PATH_CAPACITY];
	va_list arguments;
	int r;

	va_start(arguments, path);
	r = format_path(formatted, error, path, arguments);
	va_end(arguments);
	if (r != OK)
		return r;
	return exchange_octets(api, "POST", content, formatted, reply, error);
}
