/* What the counter of a witness or depositary, which speaks HTTP, hands over to
 * the notary, which has the key, and what it gets back.
 *
 *     NEUTRAL_CALL          { u8 enum neutral_method, sized path, sized body }
 *     the reply             { u16 status, u8 enum neutral_content, sized body }
 *
 * A call that the notary could not work on is answered with a status as well. */
#ifndef NEUTRAL_MESSAGES_H
#define NEUTRAL_MESSAGES_H

#include "buffer.h"
#include "message.h"

enum { NEUTRAL_CALL = 0x0600 };

enum {
	NEUTRAL_PATH_MAXIMUM = 1024,
	NEUTRAL_BODY_MAXIMUM = 1024 * 1024 + 16384, /* of a call and of an answer */
	NEUTRAL_CALL_MINIMUM = 1 + 4 + 4,
	NEUTRAL_CALL_MAXIMUM = NEUTRAL_CALL_MINIMUM + NEUTRAL_PATH_MAXIMUM + NEUTRAL_BODY_MAXIMUM
};

enum neutral_method { NEUTRAL_GET, NEUTRAL_POST, NEUTRAL_METHOD_COUNT };

/* The content types of answers. */
enum neutral_content {
	NEUTRAL_TEXT,      /* text/plain; charset=utf-8 */
	NEUTRAL_TREE_SIZE, /* text/x.tlog.size: a number and LF */
	NEUTRAL_OCTETS,    /* application/octet-stream */
	NEUTRAL_CONTENT_COUNT
};

/* Views into what they were read from. */
struct neutral_call {
	enum neutral_method method;
	struct bytes path;
	struct bytes body;
};

struct neutral_answer {
	unsigned status; /* 100 to 599, of HTTP */
	enum neutral_content content;
	struct bytes body;
};

const char *neutral_content_name(enum neutral_content content);

/* Put appends; get reads the whole of `body`: ERROR_SYNTAX, ERROR_LIMIT. */
int neutral_put_call(struct buffer *buffer, const struct neutral_call *call);
int neutral_get_call(struct bytes body, struct neutral_call *ret_call);
int neutral_put_answer(struct buffer *buffer, const struct neutral_answer *answer);
int neutral_get_answer(struct bytes body, struct neutral_answer *ret_answer);

#endif
