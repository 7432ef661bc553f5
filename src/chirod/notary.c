/* The notary's process: waits for the counter's calls and answers them. */
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "fault_point.h"
#include "journal.h"
#include "neutral_charters.h"
#include "notary.h"
#include "role.h"
#include "system.h"

#define STORE_FILE "neutral.db"

struct notary_process {
	struct role_context *context;
	struct neutral_key key;
	struct neutral_charters charters;
	struct store *store;
	struct notary *notary;
	struct message_socket counter; /* descriptor -1: it is gone, another will come */
	struct buffer reply;
};

static int answer(void *context, struct message_socket *from, const struct message *message)
{
	struct notary_process *process = context;
	struct neutral_answer answered;
	struct neutral_call call;
	int r, failed;

	if ((r = neutral_get_call(message->body, &call)) != OK)
		return r;
	failed = notary_call(process->notary, &call, &answered);
	buffer_clear(&process->reply);
	if ((r = neutral_put_answer(&process->reply, &answered)) != OK ||
	    (r = message_send(from, NEUTRAL_CALL | MESSAGE_REPLY, message->request,
	                      buffer_view(&process->reply), -1)) != OK)
		return r;
	return failed;
}

/* While answers wait, no more calls are taken. */
static int serve_counter(struct notary_process *process)
{
	static const struct message_rule rules[] = { { NEUTRAL_CALL, false, NEUTRAL_CALL_MINIMUM,
		                                       NEUTRAL_CALL_MAXIMUM, answer } };
	struct message_socket *counter = &process->counter;
	struct message message;
	int r = message_flush(counter);

	while (r == OK && counter->first == NULL && (r = message_receive(counter, &message)) == OK)
		r = message_dispatch(rules, 1, process, counter, &message);
	return r;
}

/* OK to go on. A counter that has ended is followed by another. */
static int from_counter(struct notary_process *process)
{
	int r = serve_counter(process);

	if (r == OK || r == ERROR_WAIT)
		return OK;
	if (r == ERROR_MEMORY || r == ERROR_INTERNAL)
		return r;
	if (r != ERROR_NOT_FOUND)
		journal(JOURNAL_ERROR, "the counter sent what is no call: %s", result_text(r));
	message_socket_release(&process->counter);
	return OK;
}

/* The socket to a new counter; ERROR_NOT_FOUND when the parent has gone. */
static int from_parent(struct notary_process *process)
{
	struct message_socket *parent = &process->context->parent;
	enum role_descriptor descriptor;
	struct message message;
	int fd, r;

	while ((r = message_receive(parent, &message)) == OK) {
		if ((r = role_get_descriptor(&message, &descriptor, &fd)) != OK)
			return r;
		if (descriptor != DESCRIPTOR_COUNTER) {
			close(fd);
			return ERROR_SYNTAX;
		}
		message_socket_release(&process->counter);
		message_socket_init(&process->counter, fd);
	}
	return r == ERROR_WAIT ? OK : r;
}

static int serve(struct notary_process *process)
{
	int r = OK;

	while (r == OK) {
		struct message_socket *counter = &process->counter;
		struct pollfd fds[] = {
			{ .fd = counter->fd, .events = counter->first != NULL ? POLLOUT : POLLIN },
			{ .fd = process->context->parent.fd, .events = POLLIN },
		};

		int ready = poll(fds, 2, NOTARY_TICK_SECONDS * 1000);

		if (ready < 0)
			continue;
		r = notary_tick(process->notary);
		if (fds[1].revents != 0)
			r = from_parent(process);
		if (r == OK && fds[0].revents != 0 && counter->fd == fds[0].fd)
			r = from_counter(process);
	}
	if (r == ERROR_NOT_FOUND)
		return 0;
	journal(JOURNAL_ERROR, "the notary cannot go on: %s", result_text(r));
	return 1;
}

static int read_key(struct notary_process *process, struct error *error)
{
	const char *word = process->context->kind == NODE_DEPOSITARY ? "depositary" : "witness";
	int directory = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r;

	if (directory < 0)
		return error_set(error, ERROR_IO, "cannot open <home>/keeper");
	r = neutral_key_read(directory, process->context->neutral->name, &process->key, error);
	if (r == ERROR_NOT_FOUND)
		error_set(error, r,
		          "there is no key yet: run `chirod %s -k` first, with the same "
		          "configuration",
		          word);
	close(directory);
	return r;
}

/* What was said under a key that a charter does not name counts for nothing there. */
static bool names(const struct charter *charter, bool depositary, struct bytes vkey)
{
	if (depositary)
		return bytes_equal(charter->depositary, vkey);
	for (size_t i = 0; i < charter->witness_count; i++)
		if (bytes_equal(charter->witnesses[i], vkey))
			return true;
	return bytes_equal(charter->depositary, vkey);
}

static int warn_of_charters(const struct notary_process *process, struct error *error)
{
	bool depositary = process->context->kind == NODE_DEPOSITARY;
	struct buffer vkey;
	int r;

	buffer_init(&vkey, 2 * NOTE_NAME_CAPACITY);
	if ((r = note_key_print(&process->key.public_key, &vkey)) != OK)
		error_set(error, r, "%s", result_text(r));
	for (size_t i = 0; r == OK && i < process->charters.count; i++)
		if (!names(process->charters.items[i], depositary, buffer_view(&vkey)))
			journal(JOURNAL_WARNING,
			        "the charter of channel %.20s does not name this %s: unless an "
			        "amended one does, what it signs counts for nothing there",
			        process->charters.items[i]->channel,
			        depositary ? "depositary" : "witness");
	buffer_release(&vkey);
	return r;
}

static int start(struct notary_process *process, struct error *error)
{
	struct role_context *context = process->context;
	struct notary_settings settings = {
		.key = &process->key,
		.configuration = context->neutral,
		.clock = system_clock(),
		.takes_deposits = context->kind == NODE_DEPOSITARY,
	};
	int r;

	if ((r = read_key(process, error)) != OK ||
	    (r = neutral_charters_read(context->neutral, &process->charters, error)) != OK ||
	    (r = warn_of_charters(process, error)) != OK ||
	    (r = store_open_sqlite(STORE_FILE, &process->store, error)) != OK)
		return r;
	settings.store = process->store;
	settings.charters = (const struct charter *const *)process->charters.items;
	settings.charter_count = process->charters.count;
	return notary_new(&settings, &process->notary, error);
}

int notary_main(struct role_context *context)
{
	struct notary_process process = { .context = context };
	struct error error = { 0 };
	int status = 1;

	message_socket_init(&process.counter, context->descriptors[DESCRIPTOR_COUNTER]);
	context->descriptors[DESCRIPTOR_COUNTER] = -1;
	buffer_init(&process.reply, NEUTRAL_BODY_MAXIMUM + 16);
	if (start(&process, &error) != OK)
		journal(JOURNAL_ERROR, "%s", error.message);
	else if (role_ready(context) == OK)
		status = serve(&process);
	notary_free(process.notary);
	store_close(process.store);
	neutral_charters_release(&process.charters);
	neutral_key_wipe(&process.key);
	buffer_release(&process.reply);
	message_socket_release(&process.counter);
	return status;
}
