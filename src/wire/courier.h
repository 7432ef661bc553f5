/* Courier files: frames for a mail, a stick, a data diode.
 *
 *     chirograph.courier/1
 *     channel mfrggzdfmztwq2lknnwg23tpobyxe43uov3ho6dzpiydcmrtgq2q
 *     from north
 *     to south                    or `copy`: both logs, for a mirror or a recovery
 *     pack 5f0c91d2aa7e3b18       random: names the volumes that belong together
 *     volume 1 of 3               or `1 of -`: a stream that goes on
 *
 *     frames (frame.h), then the 32 bytes of SHA-256 over all that is before
 *
 * The header is a text of the text format (text.h) and ends with its empty line. A
 * stream has no end and no SHA-256. See doc/PROTOCOL.courier.
 */
#ifndef COURIER_H
#define COURIER_H

#include "encoding.h"
#include "frame.h"

enum {
	COURIER_HEADER_MAXIMUM = 512,
	COURIER_NAME_CAPACITY = 33,
	COURIER_PACK_SIZE = 8,
	COURIER_VOLUMES_MAXIMUM = 1000000,
	COURIER_TRAILER_SIZE = HASH_SIZE
};

struct courier_header {
	struct hash channel;
	char from[COURIER_NAME_CAPACITY]; /* id of the party that packed it */
	char to[COURIER_NAME_CAPACITY];   /* "" in a copy */
	uint8_t pack[COURIER_PACK_SIZE];
	uint64_t volume;  /* 1 and up */
	uint64_t volumes; /* 0: a stream */
};

/* Appends the header with its empty line. */
int courier_header_print(const struct courier_header *header, struct buffer *buffer);

/* Reads the header at the front of a file and gives its size. ERROR_WAIT when more
 * bytes are needed; ERROR_UNSUPPORTED for another version; ERROR_SYNTAX,
 * ERROR_CANONICAL or ERROR_LIMIT, with the line, for what is no such header. */
int courier_header_parse(struct bytes file, struct courier_header *ret_header, size_t *ret_size,
                         struct error *error);

/* Whether a frame may stand in a courier file, and has the layout of its type. Types
 * from 0x80 on are passed over by those who do not know them. ERROR_SYNTAX,
 * ERROR_UNSUPPORTED. */
int courier_check_frame(uint8_t type, struct bytes payload, struct error *error);

#endif
