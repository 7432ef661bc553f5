#include "opened_body.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "allocate.h"
#include "api.h"
#include "edge.h"
#include "encoding.h"
#include "files.h"
#include "kinds.h"
#include "reader.h"
#include "translate.h"

enum { READER_SOCKET = 3 };

int body_reference_of(const json_t *act, struct body_reference *ret_reference, struct error *error)
{
	const json_t *body = member(act, "body");
	struct body_reference reference = {
		.commitment.part_count = member_number(body, "parts"),
		.sealed_size = member_number(body, "size"),
	};

	if (body == NULL)
		return error_set(error, ERROR_NOT_FOUND, _("%s has no body"),
		                 member_text(act, "name"));
	if (reference.commitment.part_count == 0 ||
	    reference.commitment.part_count > PARTS_MAXIMUM ||
	    base64_decode_fixed(bytes_of_string(member_text(body, "root")),
	                        reference.commitment.root.bytes, HASH_SIZE) != OK ||
	    base64_decode_fixed(bytes_of_string(member_text(body, "sha256")),
	                        reference.sealed_hash.bytes, HASH_SIZE) != OK)
		return error_set(error, ERROR_SYNTAX, _("the node's answer is not understood"));
	*ret_reference = reference;
	return OK;
}

uint64_t body_content_maximum_of(const json_t *act)
{
	const struct kind *kind = kind_by_name(bytes_of_string(member_text(act, "kind")));

	return kind != NULL ? body_content_maximum(kind) : BODY_CONTENT_MAXIMUM;
}

int opened_body_reader(void)
{
	const struct rlimit nothing = { 0, 0 };
	int null = open("/dev/null", O_RDWR);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (int fd = 0; null >= 0 && fd <= STDERR_FILENO; fd++)
		dup2(null, fd);
	if (null < 0 || close_range(READER_SOCKET + 1, ~0U, 0) != 0 ||
	    setrlimit(RLIMIT_FSIZE, &nothing) != 0 || setrlimit(RLIMIT_NPROC, &nothing) != 0 ||
	    setrlimit(RLIMIT_CORE, &nothing) != 0 || prctl(PR_SET_DUMPABLE, 0) != 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return 1;
	return reader_serve(READER_SOCKET);
}

/* In the child: a fresh process image, so that nothing of this one's memory is
 * with what is opened. */
static void become_reader(int socket)
{
	/* The socket closes on exec unless it is duplicated. */
	if ((socket != READER_SOCKET && dup2(socket, READER_SOCKET) < 0) ||
	    fcntl(READER_SOCKET, F_SETFD, 0) != 0)
		_exit(1);
	execl("/proc/self/exe", "chiro", OPENED_BODY_READER, (char *)NULL);
	_exit(1);
}

/* Starts the child and asks it to open the blob. */
static int start_reader(int blob, const struct body_reference *reference, uint64_t content_maximum,
                        const struct age_file_key *file_key, struct message_socket *ret_socket,
                        pid_t *ret_child)
{
	struct reader_request request = {
		.parts = reference->commitment.part_count,
		.root = reference->commitment.root,
		.sealed_size = reference->sealed_size,
		.sealed_hash = reference->sealed_hash,
		.content_maximum = content_maximum,
	};
	struct buffer body;
	int sockets[2], descriptor, r;
	pid_t child;

	if ((r = message_socket_pair(sockets)) != OK)
		return r;
	if (lseek(blob, 0, SEEK_SET) != 0 || (child = fork()) < 0) {
		close(sockets[0]);
		close(sockets[1]);
		return ERROR_IO;
	}
	if (child == 0)
		become_reader(sockets[1]);
	close(sockets[1]);
	message_socket_init(ret_socket, sockets[0]);
	*ret_child = child;
	memcpy(request.file_key, file_key->bytes, sizeof(request.file_key));
	buffer_init(&body, READER_REQUEST_SIZE);
	if ((r = reader_put_request(&body, &request)) == OK)
		r = (descriptor = fcntl(blob, F_DUPFD_CLOEXEC, 0)) < 0
		        ? ERROR_IO
		        : message_send_wait(ret_socket, READER_OPEN, 1, buffer_view(&body),
		                            descriptor);
	buffer_release(&body);
	wipe(&request, sizeof(request));
	return r;
}

/* The next part begins where the last one is complete. */
static int begin_part(struct opened_body *body, struct bytes message, uint64_t parts,
                      uint64_t content_maximum, uint64_t *described)
{
	struct opened_part *part = &body->parts[body->count];
	struct reader_part said;
	int r;

	if (body->count == parts || body->content.size != *described)
		return ERROR_SYNTAX;
	if ((r = reader_get_part(message, &said)) != OK ||
	    (r = part_line_parse(said.line, &part->line, NULL)) != OK)
		return r;
	if (part->line.number != body->count + 1 ||
	    part->line.description.size > content_maximum - *described)
		return ERROR_SYNTAX;
	*described += part->line.description.size;
	body->count++;
	return OK;
}

/* Takes what the reader says until its reply. */
static int collect(struct message_socket *socket, struct opened_body *body, uint64_t parts,
                   uint64_t content_maximum, enum reader_outcome *ret_outcome, struct error *error)
{
	uint64_t described = 0;
	struct message message;
	int r;

	for (;;) {
		if ((r = message_receive_wait(socket, -1, &message)) != OK)
			return r;
		if (message.fd >= 0) {
			close(message.fd);
			return ERROR_SYNTAX;
		}
		if (message.type == READER_REPLY)
			return reader_get_reply(message.body, ret_outcome, error);
		if (message.type == READER_PART)
			r = begin_part(body, message.body, parts, content_maximum, &described);
		else if (message.type == READER_CONTENT &&
		         message.body.size <= described - body->content.size)
			r = spool_put(&body->content, message.body);
		else
			r = ERROR_SYNTAX;
		if (r != OK)
			return r;
	}
}

/* Whether what the reader gave is what the act commits to. Sets the views. */
static int check_content(struct opened_body *body, const struct body_reference *reference)
{
	struct bytes rest;
	struct edge edge;
	struct hash hash;
	int r;

	if ((r = spool_view(&body->content, &rest)) != OK)
		return r;
	edge_init(&edge);
	for (size_t i = 0; i < body->count; i++) {
		struct opened_part *part = &body->parts[i];
		size_t size = (size_t)part->line.description.size;
		struct bytes pieces[2] = { bytes_of(part->line.salt, PART_SALT_SIZE) };

		if (size > rest.size)
			return ERROR_MISMATCH;
		part->content = bytes_of(rest.data, size);
		rest = bytes_of(rest.size > size ? rest.data + size : NULL, rest.size - size);
		pieces[1] = part->content;
		sha256(&hash, pieces, 2);
		if (!hash_equal(&hash, &part->line.hash) ||
		    part_line_leaf(&part->line, &hash) != OK || edge_append(&edge, &hash) != OK)
			return ERROR_MISMATCH;
	}
	edge_root(&edge, &hash);
	return rest.size == 0 && body->count == reference->commitment.part_count &&
	               hash_equal(&hash, &reference->commitment.root)
	           ? OK
	           : ERROR_MISMATCH;
}

int opened_body_open(int blob, const struct body_reference *reference, uint64_t content_maximum,
                     const struct age_file_key *file_key, struct opened_body *ret_body,
                     struct error *error)
{
	static const int results[] = {
		[READER_OPENED] = OK,
		[READER_UNOPENABLE] = ERROR_SIGNATURE,
		[READER_MISMATCH] = ERROR_MISMATCH,
		[READER_FAILED] = ERROR_IO,
	};
	struct opened_body body = { 0 };
	struct message_socket socket = { .fd = -1 };
	enum reader_outcome outcome;
	struct error said = { 0 };
	pid_t child = -1;
	int r;

	spool_init(&body.content, content_maximum);
	if ((body.parts = allocate(reference->commitment.part_count, sizeof(*body.parts))) == NULL)
		return error_set(error, ERROR_MEMORY, "%s", result_text(ERROR_MEMORY));
	r = start_reader(blob, reference, content_maximum, file_key, &socket, &child);
	if (r == OK)
		r = collect(&socket, &body, reference->commitment.part_count, content_maximum,
		            &outcome, &said);
	if (child > 0) {
		message_socket_release(&socket);
		while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
			continue;
	}
	if (r != OK) {
		r = error_set(error, ERROR_IO, _("the process that opens bodies failed"));
	} else if ((r = results[outcome]) != OK) {
		error_set(error, r, _("the body cannot be opened: %s"), said.message);
	} else if ((r = check_content(&body, reference)) == ERROR_MISMATCH) {
		r = error_set(error, ERROR_INTERNAL,
		              _("the process that opens bodies gave something else"));
	} else if (r != OK) {
		error_set(error, r, "%s", result_text(r));
	}
	if (r == OK)
		*ret_body = body;
	else
		opened_body_release(&body);
	return r;
}

void opened_body_release(struct opened_body *body)
{
	if (body->parts != NULL)
		wipe(body->parts, body->count * sizeof(*body->parts));
	release_memory(body->parts);
	spool_release(&body->content);
	*body = (struct opened_body){ 0 };
}
