/* What engine and messenger say to each other. The messenger speaks HTTP to the
 * neutrals (witnesses, depositary) for the engine; it knows no log, key or
 * channel, and believes nothing that it is told: that is for the engine.
 *
 *     MESSENGER_ASK   u8 method, sized URL, sized content type, sized content
 *     its answer      u16 status, sized content type, sized content
 *                     or MESSAGE_ERROR: there was no answer, and why
 *
 * Integers are big-endian, "sized" is a u32 length and the bytes. Each question
 * is answered once, in any order, by the request number of its message. Statuses
 * are those of HTTP, 200 to 299 and 400 to 599: redirects are failures.
 */
#ifndef MESSENGER_MESSAGES_H
#define MESSENGER_MESSAGES_H

#include "message.h"

enum { MESSENGER_ASK = 0x0500 };

enum {
	MESSENGER_URL_CAPACITY = 1024,
	MESSENGER_TYPE_CAPACITY = 128,
	MESSENGER_CONTENT_MAXIMUM = 1024 * 1024 + 32 * 1024, /* each way */
	MESSENGER_QUESTIONS_MAXIMUM = 512 /* under way: more are answered ERROR_LIMIT */
};

enum messenger_method { MESSENGER_GET, MESSENGER_POST, MESSENGER_METHOD_COUNT };

/* `content` is a view: of the message, or of what the caller holds. */
struct messenger_question {
	enum messenger_method method;
	char url[MESSENGER_URL_CAPACITY];
	char content_type[MESSENGER_TYPE_CAPACITY]; /* "" with GET */
	struct bytes content;                       /* empty with GET */
};

struct messenger_answer {
	uint16_t status;
	char content_type[MESSENGER_TYPE_CAPACITY]; /* "" when there is none that is sane */
	struct bytes content;
};

/* True for what a neutral's URL may be: `http://` or `https://`, a host, visible
 * ASCII without user, query or fragment, and no slash at its end. */
bool messenger_url_is_valid(struct bytes url);

/* Put appends. Get reads the whole of `body`: ERROR_SYNTAX (too short, trailing
 * bytes, a URL, method or status that may not be, a NUL in a text), ERROR_LIMIT. */
int messenger_put_question(struct buffer *buffer, const struct messenger_question *question);
int messenger_get_question(struct bytes body, struct messenger_question *ret_question);
int messenger_put_answer(struct buffer *buffer, const struct messenger_answer *answer);
int messenger_get_answer(struct bytes body, struct messenger_answer *ret_answer);

#endif
