/* How far a practice is. The lessons are a table (practice_lessons.c); which of them is
 * open stands in the file `progress`, written by the counterpart alone:
 *
 *     chirograph.practice/1
 *     lesson 3                 from 0; the number of lessons when all are done
 *     since 17                 how long the own log was when it was opened
 *     act south-9              with what the counterpart opened it, if with anything
 *     answered 16              how much of the own log the counterpart has answered
 *     reseal south-12 <leaf>   whose body it still has to send anew,
 *     blob <bytes> <sha256>    as this blob
 */
#ifndef PRACTICE_PROGRESS_H
#define PRACTICE_PROGRESS_H

#include "act.h"
#include "practice.h"

struct practice_progress {
	uint64_t lesson;
	uint64_t since;
	char act[ACT_NAME_CAPACITY]; /* "" when there is none */
	uint64_t answered;
	struct act_reference reseal; /* party "": nothing */
	uint64_t reseal_size;
	struct hash reseal_blob;
};

/* ERROR_NOT_FOUND before the first lesson; ERROR_SYNTAX. */
int practice_progress_read(const struct practice *practice, struct practice_progress *ret_progress,
                           struct error *error);
int practice_progress_write(const struct practice *practice,
                            const struct practice_progress *progress, struct error *error);

/* The person wants the next lesson without having done this one. */
int practice_skip(const struct practice *practice, struct error *error);
/* Whether so, once: it is forgotten then. */
bool practice_take_skip(const struct practice *practice);

/* What the counterpart does to open a lesson. */
enum practice_opening {
	OPENING_NOTHING,
	OPENING_ACT,  /* logs the act of the lesson's words, by chiro */
	OPENING_LIST, /* the same, once the lesson's text is a list of its own */
	OPENING_BARE, /* an act of the kind `words` whose body lacks what it should say */
	OPENING_FAULT /* such an act, with a body that does not open */
};

#define PRACTICE_LIST "services" /* what the counterpart calls its list */

struct practice_lesson {
	const char *title; /* marked, as what follows */
	const char *says;
	const char *commands; /* as they are typed; `{act}` is the counterpart's */
	const char *done_by;  /* own kinds that end it, joined by '|' */
	enum practice_opening opening;
	const char *words; /* of chiro, without the text, separated by spaces; or a kind */
	const char *text;  /* of the body, marked; of a list, as it is imported */
};

extern const struct practice_lesson practice_lessons[];
extern const uint64_t practice_lesson_count;

/* What the counterpart answers to an act of a kind. */
struct practice_reaction {
	const char *kind;
	const char *field; /* a line of the act's text, or the kind of what it
	                    * answers; NULL: whatever it is */
	const char *words; /* with `{act}`; NULL: silence */
	const char *text;  /* marked; NULL: none */
};

extern const struct practice_reaction practice_reactions[];
extern const uint64_t practice_reaction_count;

#endif
