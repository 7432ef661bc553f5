#include "journal.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "text.h"

/* Set once at the start of a process. */
static char process_name[32] = "chirograph";
static enum journal_level least_urgent = JOURNAL_NOTICE;
static bool under_systemd;

static const char *const level_names[] = {
	[JOURNAL_ALERT] = "alert",     [JOURNAL_CRITICAL] = "critical", [JOURNAL_ERROR] = "error",
	[JOURNAL_WARNING] = "warning", [JOURNAL_NOTICE] = "notice",     [JOURNAL_DEBUG] = "debug",
};

void journal_open(const char *name, enum journal_level least)
{
	snprintf(process_name, sizeof(process_name), "%s", name);
	least_urgent = least;
	under_systemd = getenv("JOURNAL_STREAM") != NULL;
}

/* What came from elsewhere must not forge lines or drive a terminal. */
static void make_clean(char *line)
{
	if (text_is_clean(bytes_of_string(line)))
		return;
	for (unsigned char *at = (unsigned char *)line; *at != '\0'; at++) {
		if (*at < ' ' || *at >= 0x7f)
			*at = '?';
	}
}

void journal(enum journal_level level, const char *format, ...)
{
	char sentence[1024], line[1200], prefix[8] = "";
	int saved = errno;
	va_list arguments;
	int size;

	if (level > least_urgent)
		return;
	va_start(arguments, format);
	vsnprintf(sentence, sizeof(sentence), format, arguments);
	va_end(arguments);
	make_clean(sentence);
	if (under_systemd)
		snprintf(prefix, sizeof(prefix), "<%d>", (int)level);
	size = snprintf(line, sizeof(line), "%s%s[%ld]: %s: %s\n", prefix, process_name,
	                (long)getpid(), level_names[level], sentence);
	/* There is nowhere to report that reporting failed. */
	if (size > 0 && write(STDERR_FILENO, line, (size_t)size) < 0)
		errno = saved;
	errno = saved;
}
