/* The engine's process: sockets and the database around src/engine.
 *
 *     wait for messages or a timer -> hand over all that came -> one turn
 *
 * The keeper is asked over a socket of its own and waited for. When link,
 * messenger, http, reader, alarm or evaluator are restarted, the parent hands in the socket to the new one.
 */
#include "engine.h"

#include "alarm.h"
#include "allocate.h"
#include "journal.h"
#include "keeper_client.h"
#include "messenger_messages.h"
#include "role.h"
#include "system.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	DRAIN_MAXIMUM = 256, /* messages taken from one socket before a turn */
	BLOB_PIECE = 256 * 1024,
	LINK_QUEUE_HIGH = MESSAGE_QUEUE_MAXIMUM / 4
};

enum peer {
	PEER_LINK,
	PEER_MESSENGER,
	PEER_HTTP,
	PEER_READER,
	PEER_ALARM,
	PEER_EVALUATOR,
	PEER_COUNT
};

struct engine_process {
	struct role_context *context;
	struct engine *engine;
	struct store *store;
	struct keeper_client keeper;
	struct message_socket peers[PEER_COUNT];
	bool connected[PEER_COUNT];
	bool reader_waits; /* a request to send to the next reader */
	struct reader_request reader_request;
	uint32_t reader_channel;
	bool reader_asked; /* the present reader has been given a request */
	bool ending;
};

/* --- the keeper -------------------------------------------------------------- */

static int ask_status(void *context, struct keeper_status *ret_status, struct error *error)
{
	return keeper_client_status(context, ret_status, error);
}

static int ask_new_setup(void *context, struct keeper_setup_keys *ret_keys, struct error *error)
{
	return keeper_client_new_setup(context, ret_keys, error);
}

static int ask_discard_setup(void *context, const uint8_t setup[KEEPER_SETUP_SIZE],
                             struct error *error)
{
	return keeper_client_discard_setup(context, setup, error);
}

static int ask_adopt(void *context, const uint8_t setup[KEEPER_SETUP_SIZE], unsigned own_party,
                     struct bytes charter, struct hash *ret_channel, struct error *error)
{
	return keeper_client_adopt(context, setup, own_party, charter, ret_channel, error);
}

static int ask_sign(void *context, const struct keeper_sign *sign, struct buffer *armors,
                    struct bytes *ret_armors, struct error *error)
{
	return keeper_client_sign(context, sign, armors, ret_armors, error);
}

static int ask_commit(void *context, const struct keeper_commit *commit, struct buffer *head,
                      struct buffer *cosignature, struct error *error)
{
	return keeper_client_commit(context, commit, head, cosignature, error);
}

static int ask_unseal(void *context, const struct hash *channel, struct bytes header,
                      uint8_t ret_file_key[KEEPER_FILE_KEY_SIZE], struct error *error)
{
	return keeper_client_unseal(context, channel, header, ret_file_key, error);
}

static int ask_link_certificate(void *context, const struct hash *channel,
                                const struct ed25519_public *public_key, struct buffer *certificate,
                                struct error *error)
{
	return keeper_client_link_certificate(context, channel, public_key, certificate, error);
}

static int ask_new_key(void *context, const struct hash *channel, enum keeper_purpose purpose,
                       char ret_key[KEEPER_KEY_TEXT_CAPACITY], struct error *error)
{
	return keeper_client_new_key(context, channel, purpose, ret_key, error);
}

static int ask_succession(void *context, const struct keeper_succession *succession,
                          struct error *error)
{
	return keeper_client_succession(context, succession, error);
}

static int ask_adopt_successor(void *context, const struct keeper_successor *successor,
                               struct hash *ret_channel, struct error *error)
{
	return keeper_client_adopt_successor(context, successor, ret_channel, error);
}

static int ask_destroy_reading_key(void *context, const struct keeper_destruction *destruction,
                                   struct error *error)
{
	return keeper_client_destroy_reading_key(context, destruction, error);
}

static int ask_activate_key(void *context, const struct hash *channel, enum keeper_purpose purpose,
                            const char *key, struct error *error)
{
	return keeper_client_activate_key(context, channel, purpose, key, error);
}

static int ask_recover(void *context, const struct keeper_recover *recover, struct error *error)
{
	return keeper_client_recover(context, recover, error);
}

static int ask_call_words(void *context, const struct keeper_call *call,
                          struct call_words *ret_words, struct error *error)
{
	return keeper_client_call_words(context, call, ret_words, error);
}

static int ask_sign_exchange(void *context, const struct keeper_exchange *exchange,
                             struct buffer *text, struct buffer *armor, struct error *error)
{
	return keeper_client_sign_exchange(context, exchange, text, armor, error);
}

/* --- effects ------------------------------------------------------------------ */

static void send_to(struct engine_process *process, enum peer peer, uint16_t type, uint32_t request,
                    struct bytes body, int fd)
{
	int r;

	if (!process->connected[peer]) {
		if (fd >= 0)
			close(fd);
		return;
	}
	r = message_send(&process->peers[peer], type, request, body, fd);
	if (r != OK && r != ERROR_NOT_FOUND)
		journal(JOURNAL_ERROR, "a message of type %#x was lost: %s", type, result_text(r));
}

static void send_link(void *context, uint16_t type, struct bytes body)
{
	send_to(context, PEER_LINK, type, 0, body, -1);
}

/* What several channels push together must not fill the queue: beyond its end
 * messages are lost. */
static bool link_is_full(void *context)
{
	const struct engine_process *process = context;

	return process->connected[PEER_LINK] && process->peers[PEER_LINK].queued > LINK_QUEUE_HIGH;
}

static void send_messenger(void *context, uint32_t request, struct bytes body)
{
	send_to(context, PEER_MESSENGER, MESSENGER_ASK, request, body, -1);
}

static void send_http(void *context, uint16_t type, uint32_t request, struct bytes body)
{
	send_to(context, PEER_HTTP, type, request, body, -1);
}

static void send_alarm(void *context, uint32_t request, struct bytes body)
{
	send_to(context, PEER_ALARM, ALARM_RUN, request, body, -1);
}

static void send_evaluator(void *context, uint16_t type, uint32_t request, struct bytes body)
{
	send_to(context, PEER_EVALUATOR, type, request, body, -1);
}

/* A copy of the sealed blob in a file without a name, for the reader alone. */
static int blob_file(struct engine_process *process, int *ret_fd)
{
	const struct reader_request *request = &process->reader_request;
	struct buffer piece;
	int fd, r = OK;

	if ((fd = open(".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)) < 0)
		return ERROR_IO;
	buffer_init(&piece, BLOB_PIECE);
	for (uint64_t offset = 0; offset < request->sealed_size && r == OK; offset += piece.size) {
		buffer_clear(&piece);
		if ((r = store_read_blob(process->store, process->reader_channel,
		                         &request->sealed_hash, offset, BLOB_PIECE, &piece)) != OK)
			break;
		if (piece.size == 0 || write(fd, piece.data, piece.size) != (ssize_t)piece.size)
			r = ERROR_IO;
	}
	buffer_release(&piece);
	if (r == OK && lseek(fd, 0, SEEK_SET) != 0)
		r = ERROR_IO;
	if (r != OK)
		close(fd);
	else
		*ret_fd = fd;
	return r;
}

static void opening_ended(struct engine_process *process, enum reader_outcome outcome,
                          const char *sentence)
{
	process->reader_waits = false;
	wipe(&process->reader_request, sizeof process->reader_request);
	engine_handle_opened(process->engine, outcome, sentence);
}

/* Each reader opens one body: a request waits for one that has not been asked. */
static void ask_reader(struct engine_process *process)
{
	struct buffer body;
	int fd, r;

	if (!process->reader_waits || !process->connected[PEER_READER] || process->reader_asked)
		return;
	if ((r = blob_file(process, &fd)) != OK) {
		opening_ended(process, READER_FAILED, "the sealed body cannot be copied");
		return;
	}
	buffer_init(&body, 256);
	if ((r = reader_put_request(&body, &process->reader_request)) == OK) {
		send_to(process, PEER_READER, READER_OPEN, 1, buffer_view(&body), fd);
		process->reader_asked = true;
		process->reader_waits = false;
	} else {
		close(fd);
		opening_ended(process, READER_FAILED, result_text(r));
	}
	buffer_release(&body);
}

static void open_body(void *context, uint32_t channel, const struct reader_request *request)
{
	struct engine_process *process = context;

	process->reader_request = *request;
	process->reader_channel = channel;
	process->reader_waits = true;
	ask_reader(process);
}

/* --- messages ------------------------------------------------------------------ */

static int from_reader(struct engine_process *process, const struct message *message)
{
	enum reader_outcome outcome;
	struct error sentence;
	int r;

	/* Parts and their content are what the reader proved it could open. */
	if (message->type != READER_REPLY && message->type != MESSAGE_ERROR)
		return OK;
	if (message->type == MESSAGE_ERROR ||
	    (r = reader_get_reply(message->body, &outcome, &sentence)) != OK) {
		outcome = READER_FAILED;
		error_set(&sentence, ERROR_IO, "the reader gave no answer");
	}
	process->reader_asked = false;
	process->connected[PEER_READER] = false;
	message_socket_release(&process->peers[PEER_READER]);
	opening_ended(process, outcome, sentence.message);
	return OK;
}

static int handle(struct engine_process *process, enum peer peer, const struct message *message,
                  struct error *error)
{
	if (message->fd >= 0)
		close(message->fd);
	switch (peer) {
	case PEER_LINK:
		return engine_handle_link(process->engine, message->type, message->body, error);
	case PEER_MESSENGER:
		return engine_handle_messenger(process->engine, message->type, message->request,
		                               message->body, error);
	case PEER_ALARM:
		return engine_handle_alarm(process->engine, message->type, message->request,
		                           message->body, error);
	case PEER_EVALUATOR:
		return engine_handle_evaluator(process->engine, message->type, message->request,
		                               message->body, error);
	case PEER_HTTP:
		return engine_handle_http(process->engine, message->type, message->request,
		                          message->body, error);
	default:
		return from_reader(process, message);
	}
}

/* A peer that ended is replaced by the parent; one that breaks the rules of the
 * messages is given up. */
static void peer_gone(struct engine_process *process, enum peer peer)
{
	process->connected[peer] = false;
	message_socket_release(&process->peers[peer]);
	if (peer == PEER_READER && process->reader_asked) {
		process->reader_asked = false;
		opening_ended(process, READER_FAILED, "the reader ended without an answer");
	}
}

static int drain(struct engine_process *process, enum peer peer, struct error *error)
{
	struct message message;
	int r;

	for (unsigned i = 0; i < DRAIN_MAXIMUM && process->connected[peer]; i++) {
		r = message_receive(&process->peers[peer], &message);
		if (r == ERROR_WAIT)
			return OK;
		if (r != OK) {
			peer_gone(process, peer);
			return OK;
		}
		if ((r = handle(process, peer, &message, error)) != OK)
			return r;
	}
	return OK;
}

static void take_peer(struct engine_process *process, enum peer peer, int fd)
{
	if (process->connected[peer])
		peer_gone(process, peer);
	message_socket_init(&process->peers[peer], fd);
	process->connected[peer] = true;
	if (peer == PEER_LINK)
		engine_link_started(process->engine);
	else if (peer == PEER_MESSENGER)
		engine_messenger_started(process->engine);
	else if (peer == PEER_HTTP)
		engine_http_started(process->engine);
	else if (peer == PEER_ALARM)
		engine_alarm_started(process->engine);
	else if (peer == PEER_EVALUATOR)
		engine_evaluator_started(process->engine);
	else
		ask_reader(process);
}

static int from_parent(struct engine_process *process)
{
	static const enum peer peers[DESCRIPTOR_COUNT] = {
		[DESCRIPTOR_LINK] = PEER_LINK,   [DESCRIPTOR_MESSENGER] = PEER_MESSENGER,
		[DESCRIPTOR_HTTP] = PEER_HTTP,   [DESCRIPTOR_READER] = PEER_READER,
		[DESCRIPTOR_ALARM] = PEER_ALARM, [DESCRIPTOR_EVALUATOR] = PEER_EVALUATOR,
	};
	enum role_descriptor descriptor;
	struct message message;
	int fd, r;

	for (;;) {
		r = message_receive(&process->context->parent, &message);
		if (r == ERROR_WAIT)
			return OK;
		if (r != OK) {
			process->ending = true;
			return OK;
		}
		if ((r = role_get_descriptor(&message, &descriptor, &fd)) != OK)
			return r;
		if (descriptor != DESCRIPTOR_LINK && descriptor != DESCRIPTOR_MESSENGER &&
		    descriptor != DESCRIPTOR_HTTP && descriptor != DESCRIPTOR_READER &&
		    descriptor != DESCRIPTOR_ALARM && descriptor != DESCRIPTOR_EVALUATOR) {
			close(fd);
			return ERROR_SYNTAX;
		}
		take_peer(process, peers[descriptor], fd);
	}
}

/* --- the loop -------------------------------------------------------------------- */

static int timeout_milliseconds(const struct engine_process *process, const struct clock *clock)
{
	uint64_t next = engine_next_timer(process->engine), now = clock->monotonic(clock->context);

	if (next == UINT64_MAX)
		return 60000;
	if (next <= now)
		return 0;
	if (next - now > UINT64_C(60000000000))
		return 60000;
	return (int)((next - now + 999999) / 1000000);
}

static void wait_for_events(struct engine_process *process, const struct clock *clock)
{
	struct pollfd polled[PEER_COUNT + 1];

	for (size_t i = 0; i < PEER_COUNT; i++) {
		polled[i].fd = process->connected[i] ? process->peers[i].fd : -1;
		polled[i].events = POLLIN;
		if (process->connected[i] && process->peers[i].queued > 0)
			polled[i].events |= POLLOUT;
	}
	polled[PEER_COUNT] = (struct pollfd){ process->context->parent.fd, POLLIN, 0 };
	if (poll(polled, PEER_COUNT + 1, timeout_milliseconds(process, clock)) < 0 &&
	    errno != EINTR)
		process->ending = true;
	for (size_t i = 0; i < PEER_COUNT; i++)
		if (process->connected[i] && (polled[i].revents & POLLOUT))
			message_flush(&process->peers[i]);
}

static int run(struct engine_process *process, const struct clock *clock, struct error *error)
{
	int r;

	while (!process->ending) {
		if ((r = engine_turn(process->engine, error)) != OK)
			return r;
		wait_for_events(process, clock);
		/* What a process said before it ended counts: its successor comes after. */
		for (size_t i = 0; i < PEER_COUNT; i++)
			if ((r = drain(process, (enum peer)i, error)) != OK)
				return r;
		if ((r = from_parent(process)) != OK)
			return error_set(error, r, "the parent sent what an engine does not take");
	}
	return OK;
}

static int take_descriptor(struct role_context *context, enum role_descriptor descriptor)
{
	int fd = context->descriptors[descriptor];

	context->descriptors[descriptor] = -1;
	return fd;
}

static int start(struct engine_process *process, struct engine_settings *settings,
                 struct error *error)
{
	struct role_context *context = process->context;
	int r;

	if ((r = store_open_sqlite("store.sqlite", &process->store, error)) != OK)
		return r;
	settings->store = process->store;
	settings->keeper.context = &process->keeper;
	settings->effects.context = process;
	settings->mirror = context->kind == NODE_MIRROR;
	if ((r = engine_new(settings, &process->engine, error)) != OK)
		return r;
	if (!settings->mirror)
		take_peer(process, PEER_READER, take_descriptor(context, DESCRIPTOR_READER));
	take_peer(process, PEER_HTTP, take_descriptor(context, DESCRIPTOR_HTTP));
	if (!settings->mirror) {
		take_peer(process, PEER_LINK, take_descriptor(context, DESCRIPTOR_LINK));
		take_peer(process, PEER_MESSENGER, take_descriptor(context, DESCRIPTOR_MESSENGER));
		take_peer(process, PEER_ALARM, take_descriptor(context, DESCRIPTOR_ALARM));
		take_peer(process, PEER_EVALUATOR, take_descriptor(context, DESCRIPTOR_EVALUATOR));
	}
	return role_ready(context);
}

int engine_main(struct role_context *context)
{
	struct engine_settings settings = {
		.configuration = &context->configuration,
		.configuration_text = buffer_view(&context->configuration_text),
		.keeper = {
			.status = ask_status,
			.new_setup = ask_new_setup,
			.discard_setup = ask_discard_setup,
			.adopt = ask_adopt,
			.sign = ask_sign,
			.commit = ask_commit,
			.unseal = ask_unseal,
			.link_certificate = ask_link_certificate,
			.new_key = ask_new_key,
			.succession = ask_succession,
			.adopt_successor = ask_adopt_successor,
			.activate_key = ask_activate_key,
			.destroy_reading_key = ask_destroy_reading_key,
			.recover = ask_recover,
			.call_words = ask_call_words,
			.sign_exchange = ask_sign_exchange,
		},
		.effects = { .send_link = send_link, .link_is_full = link_is_full,
		             .send_messenger = send_messenger, .send_http = send_http, .open_body = open_body,
		             .send_alarm = send_alarm, .send_evaluator = send_evaluator },
		.clock = system_clock(),
		.random = system_random(),
	};
	struct engine_process *process = allocate(1, sizeof *process);
	struct error error = { 0 };
	int r;

	if (process == NULL)
		return 1;
	process->context = context;
	keeper_client_init(&process->keeper, take_descriptor(context, DESCRIPTOR_KEEPER));
	if ((r = start(process, &settings, &error)) == OK)
		r = run(process, &settings.clock, &error);
	if (r != OK)
		journal(JOURNAL_ERROR, "the engine ends: %s",
		        error.message[0] != '\0' ? error.message : result_text(r));
	engine_free(process->engine);
	store_close(process->store);
	for (size_t i = 0; i < PEER_COUNT; i++)
		if (process->connected[i])
			message_socket_release(&process->peers[i]);
	keeper_client_release(&process->keeper);
	wipe(&process->reader_request, sizeof process->reader_request);
	release_memory(process);
	return r == OK ? 0 : 1;
}
