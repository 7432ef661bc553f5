/* The reader: opens one sealed body and ends. It has no keys, no network and no
 * database: a descriptor to read the sealed blob from, the file key that the
 * keeper found, and what the act says of the body go in; typed parts come out.
 *
 *     READER_OPEN     with a descriptor (a file from its start, or a pipe):
 *                     { file key (16), u64 parts, root (32), u64 bytes sealed,
 *                       SHA-256 of the blob (32), u64 most bytes of content }
 *     READER_PART     { u32 number, u64 bytes, u8 standing, sized media type,
 *                       sized language, sized name, sized manifest line }
 *     READER_CONTENT  up to READER_PIECE_MAXIMUM bytes of that part, in order
 *     READER_REPLY    { u8 enum reader_outcome, sized sentence }: the end
 *
 * All answers carry the request's number. Nothing may be believed before
 * READER_REPLY says READER_OPENED: parts are sent as they are decrypted, and
 * what follows may show that the body is not what the act says.
 */
#ifndef READER_H
#define READER_H

#include "bytes.h"
#include "message.h"

enum {
	READER_OPEN = 0x0400,
	READER_PART = 0x0401,
	READER_CONTENT = 0x0402,
	READER_REPLY = READER_OPEN | MESSAGE_REPLY
};

enum {
	READER_PIECE_MAXIMUM = 61440,
	READER_FILE_KEY_SIZE = 16,
	READER_REQUEST_SIZE = READER_FILE_KEY_SIZE + 8 + HASH_SIZE + 8 + HASH_SIZE + 8
};

enum reader_outcome {
	READER_OPENED,
	READER_UNOPENABLE, /* not an age file for this key, or cut or changed */
	READER_MISMATCH,   /* opens, but is not the body that the act names */
	READER_FAILED      /* neither is shown: the reader could not work */
};

struct reader_request {
	uint8_t file_key[READER_FILE_KEY_SIZE];
	uint64_t parts;
	struct hash root;
	uint64_t sealed_size;
	struct hash sealed_hash;
	uint64_t content_maximum; /* bytes of all parts together */
};

/* Views into the message that it was read from. */
struct reader_part {
	uint32_t number; /* from 1 */
	uint64_t size;
	uint8_t standing; /* enum part_standing of the body's part.h */
	struct bytes media_type;
	struct bytes language; /* empty when none */
	struct bytes name;
	struct bytes line; /* of the manifest, with its LF: to disclose the part */
};

/* Messages as bytes, and back; decoding is strict (ERROR_SYNTAX, ERROR_LIMIT). */
int reader_put_request(struct buffer *buffer, const struct reader_request *request);
int reader_get_request(struct bytes body, struct reader_request *ret_request);
int reader_put_part(struct buffer *buffer, const struct reader_part *part);
int reader_get_part(struct bytes body, struct reader_part *ret_part);
int reader_get_reply(struct bytes body, enum reader_outcome *ret_outcome, struct error *ret_error);

/* Serves exactly one READER_OPEN over `socket` (taken), waiting for it, and
 * returns the exit status of the process: 0 when it answered, whatever the
 * outcome, or when the peer closed without asking. */
int reader_serve(int socket);

#endif
