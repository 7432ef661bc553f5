#include "reader.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "allocate.h"
#include "seal.h"

/* One body on its way from the blob to whoever asked. */
struct opening {
	struct message_socket socket;
	uint32_t request;
};

static int send_message(struct opening *opening, uint16_t type, struct bytes body)
{
	return message_send_wait(&opening->socket, type, opening->request, body, -1);
}

static int begin_part(void *context, const struct part_line *line)
{
	struct part_description const *description = &line->description;
	struct reader_part part = {
		.number = (uint32_t)line->number,
		.size = description->size,
		.standing = (uint8_t)description->standing,
		.media_type = bytes_of_string(description->media_type),
		.language = bytes_of_string(description->language),
		.name = bytes_of_string(description->name),
	};
	struct buffer text, body;
	int r;

	buffer_init(&text, PART_LINE_MAXIMUM);
	buffer_init(&body, MESSAGE_BODY_MAXIMUM);
	if ((r = part_line_print(line, &text)) == OK) {
		part.line = buffer_view(&text);
		if ((r = reader_put_part(&body, &part)) == OK)
			r = send_message(context, READER_PART, buffer_view(&body));
	}
	buffer_release(&text);
	buffer_release(&body);
	return r;
}

static int send_content(void *context, const struct part_line *line, struct bytes data)
{
	int r = OK;

	(void)line;
	while (r == OK && data.size > 0) {
		size_t size = data.size < READER_PIECE_MAXIMUM ? data.size : READER_PIECE_MAXIMUM;

		r = send_message(context, READER_CONTENT, bytes_of(data.data, size));
		data = bytes_of(data.data + size, data.size - size);
	}
	return r;
}

static int send_reply(struct opening *opening, enum reader_outcome outcome, const char *sentence)
{
	struct buffer body;
	int r;

	buffer_init(&body, MESSAGE_BODY_MAXIMUM);
	if ((r = buffer_put_u8(&body, (uint8_t)outcome)) == OK &&
	    (r = buffer_put_sized_string(&body, sentence)) == OK)
		r = send_message(opening, READER_REPLY, buffer_view(&body));
	buffer_release(&body);
	return r;
}

/* Feeds the blob to the opener. ERROR_IO when it cannot be read. */
static int feed(struct body_opener *opener, int blob)
{
	uint8_t *piece = allocate(BYTE_PIECE_SIZE, 1);
	int r = piece != NULL ? OK : ERROR_MEMORY;

	while (r == OK) {
		ssize_t got = read(blob, piece, BYTE_PIECE_SIZE);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			r = ERROR_IO;
		if (got <= 0)
			break;
		r = body_opener_update(opener, bytes_of(piece, (size_t)got));
	}
	release_memory(piece);
	return r;
}

static const enum reader_outcome outcomes[] = {
	[BODY_INTACT] = READER_OPENED,
	[BODY_UNOPENABLE] = READER_UNOPENABLE,
	[BODY_MISMATCH] = READER_MISMATCH,
	[BODY_WRONG_BLOB] = READER_FAILED,
};

static int open_body(struct opening *opening, const struct reader_request *request, int blob)
{
	const struct body_reference reference = {
		.commitment = { .part_count = request->parts, .root = request->root },
		.sealed_size = request->sealed_size,
		.sealed_hash = request->sealed_hash,
	};
	const struct body_receiver receiver = {
		.context = opening,
		.part_begin = begin_part,
		.part_data = send_content,
	};
	struct error error = { 0 };
	struct age_file_key file_key;
	struct body_opener *opener;
	enum body_verdict verdict;
	int r;

	memcpy(file_key.bytes, request->file_key, sizeof(file_key.bytes));
	opener = body_opener_new(&reference, &file_key, request->content_maximum, &receiver);
	wipe(&file_key, sizeof(file_key));
	if (opener == NULL)
		return send_reply(opening, READER_FAILED, result_text(ERROR_MEMORY));
	if ((r = feed(opener, blob)) == OK)
		r = body_opener_finish(opener, &verdict, &error);
	body_opener_free(opener);
	if (r == ERROR_NOT_FOUND)
		return r; /* nobody is listening any more */
	if (r != OK)
		return send_reply(opening, READER_FAILED, result_text(r));
	return send_reply(opening, outcomes[verdict], error.message);
}

/* The one request, which carries the blob. */
static int handle_open(void *context, struct message_socket *from, const struct message *message)
{
	struct opening *opening = context;
	struct reader_request request;
	int r;

	opening->request = message->request;
	if ((r = reader_get_request(message->body, &request)) == OK) {
		buffer_clear(&from->incoming); /* it held the file key */
		r = open_body(opening, &request, message->fd);
		wipe(&request, sizeof(request));
	}
	close(message->fd);
	return r;
}

int reader_serve(int socket)
{
	static const struct message_rule rules[] = {
		{ READER_OPEN, true, READER_REQUEST_SIZE, READER_REQUEST_SIZE, handle_open },
	};
	struct opening opening = { 0 };
	struct message message;
	int r;

	message_socket_init(&opening.socket, socket);
	r = message_receive_wait(&opening.socket, -1, &message);
	if (r == OK)
		r = message_dispatch(rules, sizeof(rules) / sizeof(rules[0]), &opening,
		                     &opening.socket, &message);
	message_socket_release(&opening.socket);
	return r == OK || r == ERROR_NOT_FOUND ? 0 : 1;
}
