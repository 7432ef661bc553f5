/* What a process says to the operator: lines on standard error.
 *
 *     chirod keeper[4711]: warning: …
 *
 * Under systemd (JOURNAL_STREAM is set) a line begins with the level as `<4>`.
 * One line is one write(2). Control characters and bytes that are not UTF-8
 * appear as `?`. Never given secrets or opened text. Only the shell writes here.
 */
#ifndef JOURNAL_H
#define JOURNAL_H

/* The numbers are those of syslog(3). */
enum journal_level {
	JOURNAL_ALERT = 1,    /* somebody must act at once */
	JOURNAL_CRITICAL = 2, /* or within the hour */
	JOURNAL_ERROR = 3,
	JOURNAL_WARNING = 4,
	JOURNAL_NOTICE = 5,
	JOURNAL_DEBUG = 7
};

/* Names the process in each line ("chirod keeper"; copied, at most 31 bytes)
 * and sets the least urgent level that is written. Before it is called, lines
 * name "chirograph" and go down to JOURNAL_NOTICE. */
void journal_open(const char *name, enum journal_level least);

void journal(enum journal_level level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
