/* Where a side stands with a match-only list and class, as the database keeps it beside the
 * logs (exchange.h, match.h).
 *
 *     u8 version (1)
 *     hash                             of the leaf of the list's opening act
 *     u8 class                         enum identifier_class
 *     u64 number, total, today, day    the state; day in seconds since 1970
 *     hash                             of the last answer's statement
 *     sized question, sized armor      the last question that was counted
 *     sized answer, sized armor        its answer
 *     sized content                    its elements; once it is answered, the evaluations
 *
 * Integers are big-endian, "sized" is a u32 length and the bytes; what there is none of is
 * empty. There is one spelling: nothing follows.
 */
#ifndef MATCH_VALUE_H
#define MATCH_VALUE_H

#include "exchange.h"
#include "result.h"

enum {
	MATCH_ARMOR_MAXIMUM = 1024,
	MATCH_CONTENT_MAXIMUM = EXCHANGE_ELEMENTS_MAXIMUM * EXCHANGE_EVALUATION_SIZE,
	MATCH_VALUE_MAXIMUM = MATCH_CONTENT_MAXIMUM + 2 * EXCHANGE_STATEMENT_MAXIMUM +
	                      2 * MATCH_ARMOR_MAXIMUM + 256
};

/* Views into what was read, or into what the caller holds. */
struct match_value {
	struct hash list;
	enum identifier_class identifier_class;
	struct exchange_state state; /* `open` is not kept: it follows from the rest */
	struct bytes question, question_armor, answer, answer_armor, content;
};

/* Appends. ERROR_LIMIT for what is longer than the maxima, ERROR_MEMORY. */
int match_value_put(struct buffer *buffer, const struct match_value *value);

/* Reads the whole of `bytes`: ERROR_SYNTAX (also an answer without a question, a signature
 * without a statement, a day or class that is none), ERROR_LIMIT, ERROR_UNSUPPORTED (the version). */
int match_value_get(struct bytes bytes, struct match_value *ret_value);

#endif
