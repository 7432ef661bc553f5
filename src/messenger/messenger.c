#include "messenger.h"

#include "allocate.h"
#include "journal.h"

#include <curl/curl.h>
#include <stdio.h>

enum {
	HEADERS_MAXIMUM = 64 * 1024,
	CONNECTIONS_MAXIMUM = 32,
	CONNECTIONS_PER_HOST = 4,
	SLOW_BYTES = 16, /* a second, for SLOW_SECONDS: too slow */
	SLOW_SECONDS = 30,
	ENGINE_QUEUE_HIGH = 8 * 1024 * 1024 /* bytes waiting for the engine: it is asked no more */
};

/* One question under way. */
struct exchange {
	struct exchange *next, **place;
	struct messenger *messenger;
	uint32_t request; /* of the engine */
	CURL *easy;
	struct curl_slist *headers;
	struct buffer question, answer;
	size_t header_bytes;
	bool too_long; /* more came than may */
	char reason[CURL_ERROR_SIZE];
};

/* A socket of libcurl's in the event loop. */
struct watch {
	struct watch *next, **place;
	struct messenger *messenger;
	struct event *event;
};

struct messenger {
	struct event_base *base;
	struct messenger_settings settings;
	struct message_socket engine;
	struct event *engine_read, *engine_write, *timer;
	CURLM *multi;
	struct exchange *exchanges;
	struct watch *watches;
	size_t count;
};

struct messenger_settings messenger_default_settings(void)
{
	return (struct messenger_settings){ .connect_milliseconds = 10000,
		                            .total_milliseconds = 60000 };
}

/* --- to the engine ---------------------------------------------------------- */

static void give_up(struct messenger *messenger, int result)
{
	journal(JOURNAL_ERROR, "the engine cannot be told: %s", result_text(result));
	event_base_loopbreak(messenger->base);
}

static void after_send(struct messenger *messenger, int result)
{
	if (result != OK)
		give_up(messenger, result);
	else if (messenger->engine.queued > 0)
		event_add(messenger->engine_write, NULL);
}

static void tell_failure(struct messenger *messenger, uint32_t request, int code,
                         const char *reason)
{
	struct error error;

	error_set(&error, code, "%s", reason);
	after_send(messenger, message_send_error(&messenger->engine, request, &error));
}

static void tell_answer(struct exchange *exchange, long status)
{
	struct messenger *messenger = exchange->messenger;
	struct messenger_answer answer = { .status = (uint16_t)status,
		                           .content = buffer_view(&exchange->answer) };
	const char *type = NULL;
	struct buffer body;
	int r;

	curl_easy_getinfo(exchange->easy, CURLINFO_CONTENT_TYPE, &type);
	if (type != NULL && strlen(type) < sizeof answer.content_type) {
		memcpy(answer.content_type, type, strlen(type) + 1);
		for (const char *c = type; *c != '\0'; c++)
			if (*c < ' ' || *c >= 0x7f)
				answer.content_type[0] = '\0';
	}
	buffer_init(&body, MESSAGE_BODY_MAXIMUM);
	if ((r = messenger_put_answer(&body, &answer)) == OK)
		r = message_send(&messenger->engine, MESSENGER_ASK | MESSAGE_REPLY,
		                 exchange->request, buffer_view(&body), -1);
	buffer_release(&body);
	after_send(messenger, r);
}

/* --- an exchange ------------------------------------------------------------- */

static void exchange_free(struct exchange *exchange)
{
	struct messenger *messenger = exchange->messenger;

	if (exchange->place != NULL) {
		*exchange->place = exchange->next;
		if (exchange->next != NULL)
			exchange->next->place = exchange->place;
		messenger->count--;
	}
	if (exchange->easy != NULL) {
		curl_multi_remove_handle(messenger->multi, exchange->easy);
		curl_easy_cleanup(exchange->easy);
	}
	curl_slist_free_all(exchange->headers);
	buffer_release(&exchange->question);
	buffer_release(&exchange->answer);
	release_memory(exchange);
}

static size_t take_header(char *data, size_t size, size_t count, void *context)
{
	struct exchange *exchange = context;

	(void)data;
	exchange->header_bytes += size * count;
	if (exchange->header_bytes <= HEADERS_MAXIMUM)
		return size * count;
	exchange->too_long = true;
	return 0;
}

static size_t take_content(char *data, size_t size, size_t count, void *context)
{
	struct exchange *exchange = context;

	if (buffer_put(&exchange->answer, data, size * count) == OK)
		return size * count;
	exchange->too_long = true;
	return 0;
}

/* A question has ended, well or badly. */
static void conclude(struct exchange *exchange, CURLcode code)
{
	long status = 0;

	curl_easy_getinfo(exchange->easy, CURLINFO_RESPONSE_CODE, &status);
	if (exchange->too_long)
		tell_failure(exchange->messenger, exchange->request, ERROR_LIMIT,
		             "the answer is too long");
	else if (code != CURLE_OK)
		tell_failure(exchange->messenger, exchange->request, ERROR_IO,
		             exchange->reason[0] != '\0' ? exchange->reason
		                                         : curl_easy_strerror(code));
	else if (status >= 300 && status < 400)
		tell_failure(exchange->messenger, exchange->request, ERROR_DENIED,
		             "the answer is a redirect, which is not followed: correct the URL");
	else if (status < 200 || status > 599)
		tell_failure(exchange->messenger, exchange->request, ERROR_SYNTAX,
		             "the answer has no status of HTTP");
	else
		tell_answer(exchange, status);
	exchange_free(exchange);
}

static void conclude_ended(struct messenger *messenger)
{
	struct exchange *exchange;
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(messenger->multi, &left)) != NULL) {
		CURLcode code = message->data.result;

		if (message->msg == CURLMSG_DONE &&
		    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&exchange) ==
		        CURLE_OK)
			conclude(exchange, code);
	}
}

/* What never changes between exchanges. */
static bool set_options(struct exchange *exchange)
{
	const struct messenger_settings *settings = &exchange->messenger->settings;
	CURL *easy = exchange->easy;

	return curl_easy_setopt(easy, CURLOPT_PRIVATE, exchange) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) ==
	           CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) ==
	           CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, settings->connect_milliseconds) ==
	           CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, settings->total_milliseconds) ==
	           CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, (long)SLOW_BYTES) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)SLOW_SECONDS) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_USERAGENT, "chirograph/" CHIRO_VERSION) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, exchange->reason) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_HEADERDATA, exchange) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_content) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_WRITEDATA, exchange) == CURLE_OK &&
	       (settings->authorities == NULL || settings->authorities[0] == '\0' ||
	        (curl_easy_setopt(easy, CURLOPT_CAINFO, settings->authorities) == CURLE_OK &&
	         curl_easy_setopt(easy, CURLOPT_CAPATH, NULL) == CURLE_OK));
}

static bool add_header(struct exchange *exchange, const char *line)
{
	struct curl_slist *headers = curl_slist_append(exchange->headers, line);

	if (headers == NULL)
		return false;
	exchange->headers = headers;
	return true;
}

static bool set_content(struct exchange *exchange, const struct messenger_question *question)
{
	CURL *easy = exchange->easy;
	char line[MESSENGER_TYPE_CAPACITY + 16];

	if (question->method == MESSENGER_GET)
		return true;
	snprintf(line, sizeof line, "Content-Type: %s", question->content_type);
	/* Nobody is asked whether the content may be sent: it is short. */
	return add_header(exchange, line) && add_header(exchange, "Expect:") &&
	       curl_easy_setopt(easy, CURLOPT_HTTPHEADER, exchange->headers) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_POST, 1L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_POSTFIELDS,
	                        question->content.size > 0 ? (const char *)question->content.data
	                                                   : "") == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
	                        (curl_off_t)question->content.size) == CURLE_OK;
}

static int start(struct messenger *messenger, const struct message *message)
{
	struct exchange *exchange = allocate(1, sizeof *exchange);
	struct messenger_question question;
	int r = ERROR_MEMORY;

	if (exchange == NULL)
		return r;
	exchange->messenger = messenger;
	exchange->request = message->request;
	buffer_init(&exchange->question, MESSAGE_BODY_MAXIMUM);
	buffer_init(&exchange->answer, MESSENGER_CONTENT_MAXIMUM);
	/* libcurl reads the content from where it lies: from a copy that stays. */
	if ((r = buffer_put_bytes(&exchange->question, message->body)) != OK ||
	    (r = messenger_get_question(buffer_view(&exchange->question), &question)) != OK)
		goto out;
	exchange->easy = curl_easy_init();
	if (exchange->easy == NULL || !set_options(exchange) ||
	    curl_easy_setopt(exchange->easy, CURLOPT_URL, question.url) != CURLE_OK ||
	    !set_content(exchange, &question) ||
	    curl_multi_add_handle(messenger->multi, exchange->easy) != CURLM_OK) {
		r = ERROR_MEMORY;
		goto out;
	}
	exchange->next = messenger->exchanges;
	exchange->place = &messenger->exchanges;
	if (exchange->next != NULL)
		exchange->next->place = &exchange->next;
	messenger->exchanges = exchange;
	messenger->count++;
	return OK;
out:
	exchange_free(exchange);
	return r;
}

/* --- from the engine ----------------------------------------------------------- */

static int handle_ask(void *context, struct message_socket *from, const struct message *message)
{
	struct messenger *messenger = context;
	int r;

	(void)from;
	if (messenger->count == MESSENGER_QUESTIONS_MAXIMUM) {
		tell_failure(messenger, message->request, ERROR_LIMIT,
		             "too many questions are under way");
		return OK;
	}
	r = start(messenger, message);
	if (r != ERROR_MEMORY)
		return r;
	tell_failure(messenger, message->request, r, "out of memory");
	return OK;
}

static const struct message_rule rules[] = {
	{ MESSENGER_ASK, false, 1, MESSAGE_BODY_MAXIMUM, handle_ask },
};

static void from_engine(evutil_socket_t fd, short what, void *context)
{
	struct messenger *messenger = context;
	struct message message;
	int r = OK;

	(void)fd;
	(void)what;
	while (messenger->engine.queued < ENGINE_QUEUE_HIGH &&
	       (r = message_receive(&messenger->engine, &message)) == OK)
		if ((r = message_dispatch(rules, 1, messenger, &messenger->engine, &message)) != OK)
			break;
	if (r == OK)
		event_del(messenger->engine_read);
	else if (r != ERROR_WAIT) {
		if (r != ERROR_NOT_FOUND)
			journal(JOURNAL_ERROR, "the engine sent what it may not: %s",
			        result_text(r));
		event_base_loopbreak(messenger->base);
	}
}

static void to_engine(evutil_socket_t fd, short what, void *context)
{
	struct messenger *messenger = context;
	int r = message_flush(&messenger->engine);

	(void)fd;
	(void)what;
	if (r == ERROR_WAIT)
		event_add(messenger->engine_write, NULL);
	else if (r != OK)
		give_up(messenger, r);
	if (messenger->engine.queued < ENGINE_QUEUE_HIGH)
		event_add(messenger->engine_read, NULL);
}

/* --- libcurl in the event loop --------------------------------------------------- */

static void socket_ready(evutil_socket_t fd, short what, void *context)
{
	struct messenger *messenger = ((struct watch *)context)->messenger;
	int flags = ((what & EV_READ) != 0 ? CURL_CSELECT_IN : 0) |
	            ((what & EV_WRITE) != 0 ? CURL_CSELECT_OUT : 0);
	int running;

	curl_multi_socket_action(messenger->multi, fd, flags, &running);
	conclude_ended(messenger);
}

static void timer_passed(evutil_socket_t fd, short what, void *context)
{
	struct messenger *messenger = context;
	int running;

	(void)fd;
	(void)what;
	curl_multi_socket_action(messenger->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	conclude_ended(messenger);
}

static void watch_free(struct watch *watch)
{
	*watch->place = watch->next;
	if (watch->next != NULL)
		watch->next->place = watch->place;
	if (watch->event != NULL)
		event_free(watch->event);
	release_memory(watch);
}

static struct watch *watch_new(struct messenger *messenger)
{
	struct watch *watch = allocate(1, sizeof *watch);

	if (watch == NULL)
		return NULL;
	watch->messenger = messenger;
	watch->next = messenger->watches;
	watch->place = &messenger->watches;
	if (watch->next != NULL)
		watch->next->place = &watch->next;
	messenger->watches = watch;
	return watch;
}

/* libcurl says for what it waits on a socket. */
static int socket_changed(CURL *easy, curl_socket_t fd, int what, void *context,
                          void *socket_context)
{
	struct messenger *messenger = context;
	struct watch *watch = socket_context;
	short events = EV_PERSIST;

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		if (watch != NULL)
			watch_free(watch);
		curl_multi_assign(messenger->multi, fd, NULL);
		return 0;
	}
	if (watch == NULL) {
		if ((watch = watch_new(messenger)) == NULL)
			return -1;
		curl_multi_assign(messenger->multi, fd, watch);
	}
	if (watch->event != NULL)
		event_free(watch->event);
	events |= (what & CURL_POLL_IN) != 0 ? EV_READ : 0;
	events |= (what & CURL_POLL_OUT) != 0 ? EV_WRITE : 0;
	watch->event = event_new(messenger->base, fd, events, socket_ready, watch);
	return watch->event != NULL && event_add(watch->event, NULL) == 0 ? 0 : -1;
}

static int timer_changed(CURLM *multi, long milliseconds, void *context)
{
	struct messenger *messenger = context;
	struct timeval time = { milliseconds / 1000, milliseconds % 1000 * 1000 };

	(void)multi;
	if (milliseconds < 0)
		event_del(messenger->timer);
	else
		event_add(messenger->timer, &time);
	return 0;
}

/* --- start and end ------------------------------------------------------------------ */

static bool set_up_multi(struct messenger *messenger)
{
	messenger->multi = curl_multi_init();
	return messenger->multi != NULL &&
	       curl_multi_setopt(messenger->multi, CURLMOPT_SOCKETFUNCTION, socket_changed) ==
	           CURLM_OK &&
	       curl_multi_setopt(messenger->multi, CURLMOPT_SOCKETDATA, messenger) == CURLM_OK &&
	       curl_multi_setopt(messenger->multi, CURLMOPT_TIMERFUNCTION, timer_changed) ==
	           CURLM_OK &&
	       curl_multi_setopt(messenger->multi, CURLMOPT_TIMERDATA, messenger) == CURLM_OK &&
	       curl_multi_setopt(messenger->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS,
	                         (long)CONNECTIONS_MAXIMUM) == CURLM_OK &&
	       curl_multi_setopt(messenger->multi, CURLMOPT_MAX_HOST_CONNECTIONS,
	                         (long)CONNECTIONS_PER_HOST) == CURLM_OK;
}

static bool set_up_events(struct messenger *messenger)
{
	messenger->engine_read = event_new(messenger->base, messenger->engine.fd,
	                                   EV_READ | EV_PERSIST, from_engine, messenger);
	messenger->engine_write = event_new(messenger->base, messenger->engine.fd, EV_WRITE,
	                                    to_engine, messenger);
	messenger->timer = event_new(messenger->base, -1, 0, timer_passed, messenger);
	return messenger->engine_read != NULL && messenger->engine_write != NULL &&
	       messenger->timer != NULL && event_add(messenger->engine_read, NULL) == 0;
}

int messenger_new(struct event_base *base, int engine, const struct messenger_settings *settings,
                  struct messenger **ret_messenger, struct error *error)
{
	struct messenger *messenger = allocate(1, sizeof *messenger);

	if (messenger == NULL)
		return error_set(error, ERROR_MEMORY, "out of memory");
	messenger->base = base;
	messenger->settings = *settings;
	message_socket_init(&messenger->engine, engine);
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK || !set_up_events(messenger) ||
	    !set_up_multi(messenger)) {
		messenger_free(messenger);
		return error_set(error, ERROR_IO, "the messenger cannot be set up");
	}
	*ret_messenger = messenger;
	return OK;
}

void messenger_free(struct messenger *messenger)
{
	struct event **const events[] = { &messenger->engine_read, &messenger->engine_write,
		                          &messenger->timer };

	while (messenger->exchanges != NULL)
		exchange_free(messenger->exchanges);
	curl_multi_cleanup(messenger->multi);
	while (messenger->watches != NULL)
		watch_free(messenger->watches);
	for (size_t i = 0; i < sizeof events / sizeof events[0]; i++)
		if (*events[i] != NULL)
			event_free(*events[i]);
	message_socket_release(&messenger->engine);
	release_memory(messenger);
	curl_global_cleanup();
}
