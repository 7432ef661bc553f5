#include "screen.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "terminal.h"
#include "translate.h"

enum { LINES_STANDARD = 24, LINES_MINIMUM = 4 };

/* The other screen, without cursor; and back. */
static const char enter[] = "\033[?1049h\033[?25l";
static const char leave[] = "\033[0m\033[?25h\033[?1049l";

static void leave_and_end(int signal_number)
{
	(void)signal_number;
	if (write(STDOUT_FILENO, leave, sizeof(leave) - 1) < 0)
		_exit(1);
	_exit(0);
}

static void end(int signal_number)
{
	(void)signal_number;
	_exit(0);
}

void screen_open(struct screen *ret_screen)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	const char *term = getenv("TERM");
	struct sigaction action = { .sa_handler = end };

	*ret_screen = (struct screen){ .is_terminal = isatty(STDOUT_FILENO) && term != NULL &&
		                                      strcmp(term, "dumb") != 0 };
	if (ret_screen->is_terminal)
		action.sa_handler = leave_and_end;
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &action, NULL);
}

bool screen_begin(struct screen *screen)
{
	screen->file = open_memstream(&screen->text, &screen->size);
	if (screen->file == NULL)
		return false;
	terminal_divert(screen->file);
	return true;
}

static size_t screen_lines(void)
{
	const char *lines = getenv("LINES");
	unsigned long count = lines != NULL ? strtoul(lines, NULL, 10) : 0;
	struct winsize size;

	if (count == 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
		count = size.ws_row;
	if (count == 0)
		return LINES_STANDARD;
	return count < LINES_MINIMUM ? LINES_MINIMUM : count;
}

static size_t count_lines(const char *text)
{
	size_t count = 0;

	for (; (text = strchr(text, '\n')) != NULL; text++)
		count++;
	return count;
}

/* Each line is erased to its end, and what is below the last is too. */
static void put_page(FILE *page, const char *text)
{
	size_t room = screen_lines() - 1, lines = count_lines(text);
	size_t shown = lines > room ? room - 1 : lines;

	fputs("\033[H", page);
	for (size_t i = 0; i < shown; i++) {
		size_t size = strcspn(text, "\n");

		fprintf(page, "%.*s\033[K\r\n", (int)size, text);
		text += size + 1;
	}
	fputs("\033[0m", page);
	if (shown < lines) {
		fprintf(page,
		        ngettext("(%zu more line below)", "(%zu more lines below)",
		                 (unsigned long)(lines - shown)),
		        lines - shown);
		fputs("\033[K", page);
	}
	fputs("\033[J", page);
}

/* One write, so that the terminal shows nothing half drawn. */
static bool write_page(struct screen *screen)
{
	char *text = NULL;
	size_t size = 0;
	FILE *page = open_memstream(&text, &size);
	bool written;

	if (page == NULL)
		return false;
	if (!screen->drawn)
		fputs(enter, page);
	put_page(page, screen->text);
	if (fclose(page) != 0)
		return false;
	written = write(STDOUT_FILENO, text, size) == (ssize_t)size;
	free(text);
	return written;
}

bool screen_end(struct screen *screen)
{
	bool written = fclose(screen->file) == 0;

	terminal_divert(NULL);
	if (written && screen->is_terminal) {
		written = write_page(screen);
	} else if (written) {
		if (screen->drawn)
			fputc('\n', stdout);
		fputs(screen->text, stdout);
		written = fflush(stdout) == 0;
	}
	screen->drawn = true;
	free(screen->text);
	screen->text = NULL;
	return written;
}
