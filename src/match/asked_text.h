/* What a person has asked of a match-only list, kept for that person: so that nothing is asked
 * twice in a version, a hit can be shown to others, and a question whose answer has not come can
 * be taken up again. Only its maker reads it, sealed on disk.
 *
 *     chirograph.asked/1
 *     list <base64 leaf hash of the list's opening act>
 *     class domain
 *     epoch 2
 *     open pump.example <base64 blind>
 *     miss pump.example
 *     hit pump.example <base64 blind> <base64 evaluated element and its proof>
 *
 * Lines of the last three kinds stand in any order, each identifier in its one spelling. The
 * blind of a question is worth nothing once it is answered, but that it shows what was
 * asked: it is wiped with the rest.
 */
#ifndef ASKED_TEXT_H
#define ASKED_TEXT_H

#include "match_proof.h"

enum {
	ASKED_LINES_MAXIMUM = 16384, /* of a text */
	ASKED_TEXT_MAXIMUM = 8 * 1024 * 1024
};

enum asked_what { ASKED_OPEN, ASKED_MISS, ASKED_HIT };

struct asked_line {
	enum asked_what what;
	struct bytes identifier; /* a view */
	struct oprf_scalar blind;
	struct match_evaluation evaluation; /* of a hit */
};

struct asked_head {
	struct hash list;
	enum identifier_class identifier_class;
	uint64_t epoch;
};

/* Begins a text; adds a line. ERROR_LIMIT, ERROR_MEMORY. */
int asked_text_begin(struct buffer *buffer, const struct asked_head *head);
int asked_text_put(struct buffer *buffer, const struct asked_line *line);

/* Reads a text to its end and gives each line to `visit`, whose result other than OK ends it.
 * ERROR_SYNTAX, ERROR_CANONICAL, ERROR_LIMIT: nothing of it was given. */
int asked_text_read(struct bytes text, struct asked_head *ret_head,
                    int (*visit)(void *context, const struct asked_line *line), void *context,
                    struct error *error);

#endif
