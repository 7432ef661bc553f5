/* The terminal: what people see and are asked.
 *
 * Texts of the other side are hostile: whatever comes from a log, a body or a
 * file of somebody else goes through put_visible or visible_text. Answers go to
 * standard output; questions, progress and complaints to standard error.
 */
#ifndef TERMINAL_H
#define TERMINAL_H

#include <stdio.h>

#include "buffer.h"
#include "result.h"
#include "visible.h"

/* Locale, translations, SIGPIPE, Ctrl-C. Once, first thing in main. */
void terminal_set_up(void);

/* Whether the person reads this language (`ru`) first, by LANGUAGE or the locale. */
bool terminal_speaks(const char *language);
/* From now on speaks that language, such as `ru`, whatever the person's is. */
void terminal_speak(const char *language);

/* Flushes standard output, last thing in main; `status`, or STATUS_FAILED and a
 * complaint when what was printed could not be written. */
int output_ends(int status);

/* Columns of the terminal (COLUMNS wins), 20 to 200; 80 where there is none. */
unsigned terminal_width(void);
/* Whether somebody can be asked: standard input and standard error are terminals. */
bool terminal_is_interactive(void);

enum style { STYLE_PLAIN, STYLE_STRONG, STYLE_FAINT, STYLE_GOOD, STYLE_WARNING, STYLE_BAD };
/* The escape sequence that begins a style on `file` (STYLE_PLAIN ends it), or
 * "" where the file is no terminal, TERM is dumb or NO_COLOR is set. */
const char *style(FILE *file, enum style wanted);

/* From now on what is printed on standard output goes to `file`, which is to be shown on
 * it later: styles are those of standard output. NULL ends that. */
void terminal_divert(FILE *file);

/* Columns that UTF-8 text takes; invalid bytes count one. */
size_t display_width(struct bytes text);
/* Prints text (UTF-8, may contain LF) in lines no wider than the terminal, each
 * indented; words longer than a line are broken nowhere. Ends with LF. */
void print_wrapped(FILE *file, unsigned indent, const char *text);
/* The same where the first line has been begun and filled to `indent`. */
void print_hanging(FILE *file, unsigned indent, const char *text);
/* Prints `text` and pads it with spaces to `width` columns. */
void print_padded(FILE *file, const char *text, size_t width);

/* Prints what somebody else wrote so that it cannot play tricks; see visible.h. */
void put_visible(FILE *file, struct bytes text, bool lines);

/* One line `chiro: …` on standard error. The sentence has no full stop. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* `chiro: <what>: <sentence of the error> (line n)`; returns STATUS_FAILED, or
 * STATUS_USAGE for ERROR_USAGE. `what` may be NULL. */
int complain_error(const char *what, const struct error *error);
/* The end of a command: STATUS_OK for OK, otherwise complains about `error`, whose
 * code is `result` where nothing has filled it in. */
int conclude(int result, struct error *error);
/* `written: <path>` on standard output; the path is made visible. */
void say_written(const char *path);
/* One line of advice on standard error, wrapped, after a complaint. */
void advise(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Asks for a line; an empty answer gives `standard` (may be NULL: asked again).
 * The answer replaces the content of `answer`, NUL-terminated (not counted in
 * its size). ERROR_NOT_FOUND at end of input or where nobody can be asked. */
int ask_line(const char *question, const char *standard, struct buffer *answer);
/* Asks yes or no until one is given; false where nobody can be asked. */
bool ask_yes(const char *question);

/* A line on standard error, shown once something has taken more than a second
 * and only on a terminal. */
struct progress {
	const char *what;
	uint64_t total;        /* 0: unknown */
	uint64_t begun, shown; /* monotonic nanoseconds */
	bool is_shown;
};

void progress_begin(struct progress *progress, const char *what, uint64_t total);
void progress_update(struct progress *progress, uint64_t done);
/* Updates a struct progress whose total is known only now; always OK. */
int progress_show(void *context, uint64_t done, uint64_t total);
/* Removes the line. */
void progress_end(struct progress *progress);

#endif
