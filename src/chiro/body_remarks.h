/* What there is to say of a body while it is read: of one of its parts, or of the
 * whole. Remarks are ours and commit nobody; what they quote is made visible. */
#ifndef BODY_REMARKS_H
#define BODY_REMARKS_H

#include <jansson.h>

#include "terminal.h"

enum { BODY_REMARKS_MAXIMUM = 128, BODY_REMARK_CAPACITY = 1024, BODY_REMARK_WHOLE = 0 };

struct body_remark {
	uint64_t part;    /* BODY_REMARK_WHOLE: of the whole */
	const char *what; /* one word for scripts: "circular", "language", … */
	enum style style;
	char text[BODY_REMARK_CAPACITY];
};

struct body_remarks {
	size_t count;
	struct body_remark rows[BODY_REMARKS_MAXIMUM];
};

/* Adds one sentence; what is beyond the maximum is dropped. */
void body_remark(struct body_remarks *remarks, uint64_t part, const char *what, enum style style,
                 const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Prints those of one part, or of the whole, on standard output. */
void body_remarks_print(const struct body_remarks *remarks, uint64_t part);

/* `[{"part": 2, "what": "rendering", "text": "…"}]`; part is absent for the whole. */
json_t *body_remarks_document(const struct body_remarks *remarks);

#endif
