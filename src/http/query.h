/* The query of a URL: `name=value` joined by `&`, percent-encoded (RFC 3986,
 * section 2.1). Strict: no name twice, none empty, no broken encoding, no NUL.
 */
#ifndef QUERY_H
#define QUERY_H

#include "bytes.h"
#include "result.h"

enum { QUERY_PARAMETERS_MAXIMUM = 12, QUERY_SIZE_MAXIMUM = 2048 };

struct query_parameter {
	struct bytes name, value; /* decoded; views into the query */
	bool used;                /* by who reads it: what stays unused is unknown */
};

struct query {
	size_t count;
	struct query_parameter parameters[QUERY_PARAMETERS_MAXIMUM];
	uint8_t decoded[QUERY_SIZE_MAXIMUM];
};

/* `text` is what follows the `?`, empty when there is none. ERROR_SYNTAX,
 * ERROR_LIMIT, ERROR_USAGE (a name twice). On failure `query` is undefined. */
int query_parse(struct query *query, struct bytes text, struct error *error);

/* NULL when there is none. */
struct query_parameter *query_find(struct query *query, const char *name);

#endif
