/* Results and error details.
 *
 * Every function of Chirograph that can fail returns one of these numbers: 0
 * for success, otherwise why not. A caller that wants to tell a person what
 * happened passes a `struct error`, which receives the same code, the line of
 * the text that was being read (0 when there is none) and one sentence without
 * a full stop, such as "the key 'time' is missing". What it quotes of hostile
 * input is shown as in visible.h. A NULL error is allowed everywhere. On failure
 * every `ret_` output of a function is untouched.
 */
#ifndef RESULT_H
#define RESULT_H

#include <stddef.h>

enum result {
	OK = 0,
	ERROR_MEMORY,      /* an allocation failed */
	ERROR_LIMIT,       /* a length, count or quota was exceeded */
	ERROR_SYNTAX,      /* input does not follow its format */
	ERROR_CANONICAL,   /* input follows the format but is not its one spelling */
	ERROR_SIGNATURE,   /* a signature or authentication tag does not verify */
	ERROR_MISMATCH,    /* two things that must be equal are not (hash, root, channel) */
	ERROR_NOT_FOUND,   /* what was named does not exist */
	ERROR_EXISTS,      /* what should be new exists already */
	ERROR_STATE,       /* not legal in the present state */
	ERROR_DENIED,      /* the requester has no authority for this */
	ERROR_UNSUPPORTED, /* well-formed, but not in this version */
	ERROR_WAIT,        /* cannot be decided yet: something earlier is missing */
	ERROR_FORK,        /* two heads of one log contradict each other */
	ERROR_CLOCK,       /* a time is out of order or the clock is not believed */
	ERROR_IO,          /* the system refused: file, socket, database */
	ERROR_RANDOM,      /* the random source failed */
	ERROR_USAGE,       /* the command line or configuration is wrong */
	ERROR_CHARTER,     /* the text of a charter is needed that is not here */
	ERROR_INTERNAL,    /* an invariant broke: a defect of this program */
	RESULT_COUNT
};

struct error {
	int code;
	size_t line;
	char message[512];
};

/* Fills `error` (may be NULL) with `code`, line 0 and the formatted sentence,
 * and returns `code`, so that `return error_set(...)` reads well. The former
 * message may be among the arguments. */
int error_set(struct error *error, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* As error_set, with the number of the offending line (1-based). */
int error_set_line(struct error *error, int code, size_t line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* A short fixed English phrase for a code ("signature does not verify"). */
const char *result_text(int code);

#endif
