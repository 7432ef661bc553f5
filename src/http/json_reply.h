/* From a message of the engine to the JSON of an HTTP answer, and what failures
 * are in HTTP.
 */
#ifndef JSON_REPLY_H
#define JSON_REPLY_H

#include "api_reader.h"

/* How an answer begins and goes on. */
struct http_answer {
	unsigned status;
	const char *content_type;
	struct buffer body;
};

void http_answer_init(struct http_answer *answer);
/* Wipes the body: file keys are answered too. */
void http_answer_release(struct http_answer *answer);

/* The answer to a message of the type, which is to have `status` (200 where it
 * says that it is a duplicate). ERROR_SYNTAX and ERROR_LIMIT for a body that is
 * not of the type's record, ERROR_MEMORY. */
int json_reply_write(uint16_t type, struct bytes body, unsigned status, struct http_answer *answer);

/* {"error": {"code", "message", "line", "reason"}} and the status for the code. */
int json_failure_write(const struct api_failure *failure, struct http_answer *answer);

/* The name of a result in the API: "not-found". */
const char *http_error_name(int code);
unsigned http_error_status(int code);

#endif
