#include "terminal.h"

#include <langinfo.h>
#include <limits.h>
#include <locale.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include "command.h"
#include "programs.h"
#include "sentences.h"
#include "translate.h"

enum { WIDTH_STANDARD = 80, WIDTH_MINIMUM = 20, WIDTH_MAXIMUM = 200, STATUS_INTERRUPTED = 130 };

/* Leaves a terminal without colour and half a line. */
static void interrupted(int signal_number)
{
	static const char reset[] = "\r\033[0m\033[K\n";

	(void)signal_number;
	if (isatty(STDERR_FILENO) && write(STDERR_FILENO, reset, sizeof(reset) - 1) < 0)
		_exit(STATUS_INTERRUPTED);
	_exit(STATUS_INTERRUPTED);
}

/* The first variable of the environment that says something. */
static const char *first_set(const char *const *variables, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *value = getenv(variables[i]);

		if (value != NULL && value[0] != '\0')
			return value;
	}
	return NULL;
}

/* Where the system lacks the person's locale, gettext still finds the language
 * by LANGUAGE. */
static void choose_locale(void)
{
	static const char *const variables[] = { "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG" };

	if (setlocale(LC_ALL, "") == NULL) {
		const char *value = first_set(variables, 4);

		setlocale(LC_ALL, "C.UTF-8");
		if (value != NULL)
			setenv("LANGUAGE", value, 1);
	}
	if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		setlocale(LC_CTYPE, "C.UTF-8");
	setlocale(LC_NUMERIC, "C");
}

bool terminal_speaks(const char *language)
{
	const char *locale = setlocale(LC_MESSAGES, NULL);
	const char *wanted = getenv("LANGUAGE");
	size_t size = strlen(language);

	/* Of LANGUAGE, as gettext does, nothing where the locale is none at all. */
	if (wanted == NULL || wanted[0] == '\0' || locale == NULL || strcmp(locale, "C") == 0)
		wanted = locale;
	return wanted != NULL && strncasecmp(wanted, language, size) == 0 &&
	       (wanted[size] == '\0' || strchr("_.@:", wanted[size]) != NULL);
}

void terminal_speak(const char *language)
{
	const char *locale = setlocale(LC_MESSAGES, NULL);

	/* Where the locale is none at all, gettext does not look at LANGUAGE. */
	if (locale == NULL || strcmp(locale, "C") == 0 || strcmp(locale, "POSIX") == 0)
		setlocale(LC_MESSAGES, "C.UTF-8");
	setenv("LANGUAGE", language, 1);
	textdomain("chirograph"); /* drops what was found in another language */
}

/* Where the translations are: as the environment says; in the folder of the build in which
 * this program stands, if it stands in one; else as installed. */
static const char *catalogues(void)
{
	static char path[PATH_MAX];
	const char *given = getenv("CHIRO_LOCALE_DIRECTORY");

	if (given != NULL)
		return given;
	return path_in_build("../po", R_OK, path, sizeof(path)) ? path : CHIRO_LOCALE_DIRECTORY;
}

void terminal_set_up(void)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct sigaction stop = { .sa_handler = interrupted };

	sigaction(SIGPIPE, &ignore, NULL);
	sigaction(SIGINT, &stop, NULL);
	choose_locale();
	bindtextdomain("chirograph", catalogues());
	bind_textdomain_codeset("chirograph", "UTF-8");
	textdomain("chirograph");
}

int output_ends(int status)
{
	if (fflush(stdout) != 0 || ferror(stdout)) {
		complain(_("standard output could not be written"));
		return STATUS_FAILED;
	}
	return status;
}

unsigned terminal_width(void)
{
	const char *columns = getenv("COLUMNS");
	unsigned long width = columns != NULL ? strtoul(columns, NULL, 10) : 0;
	struct winsize size;

	if (width == 0 && (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ||
	                   ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0))
		width = size.ws_col;
	if (width == 0)
		return WIDTH_STANDARD;
	if (width < WIDTH_MINIMUM)
		return WIDTH_MINIMUM;
	return width > WIDTH_MAXIMUM ? WIDTH_MAXIMUM : (unsigned)width;
}

bool terminal_is_interactive(void)
{
	return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

static FILE *diverted; /* standard output, while what is printed goes elsewhere */

void terminal_divert(FILE *file)
{
	if (diverted != NULL)
		stdout = diverted;
	diverted = file == NULL ? NULL : stdout;
	if (file != NULL)
		stdout = file;
}

const char *style(FILE *file, enum style wanted)
{
	static const char *const sequences[] = {
		[STYLE_PLAIN] = "\033[0m", [STYLE_STRONG] = "\033[1m",   [STYLE_FAINT] = "\033[2m",
		[STYLE_GOOD] = "\033[32m", [STYLE_WARNING] = "\033[33m", [STYLE_BAD] = "\033[31m",
	};
	const char *term = getenv("TERM");
	const char *no_colour = getenv("NO_COLOR");

	if (diverted != NULL && file == stdout)
		file = diverted;
	if (!isatty(fileno(file)) || term == NULL || strcmp(term, "dumb") == 0 ||
	    (no_colour != NULL && no_colour[0] != '\0'))
		return "";
	return sequences[wanted];
}

size_t display_width(struct bytes text)
{
	size_t width = 0;

	while (text.size > 0) {
		uint32_t character;
		size_t size = utf8_decode(text, &character);
		int columns = size > 0 ? wcwidth((wchar_t)character) : 1;

		width += columns > 0 ? (size_t)columns : 0;
		size = size > 0 ? size : 1;
		text.data += size;
		text.size -= size;
	}
	return width;
}

void print_padded(FILE *file, const char *text, size_t width)
{
	size_t taken = display_width(bytes_of_string(text));

	fputs(text, file);
	for (; taken < width; taken++)
		fputc(' ', file);
}

/* Prints words in lines, the cursor being at column `column` of the first. */
static void print_words(FILE *file, unsigned indent, size_t column, const char *text)
{
	size_t width = terminal_width();
	bool begins = column <= indent;

	for (;;) {
		size_t size = strcspn(text, " \n");
		size_t taken = display_width(bytes_of(text, size));

		if (size > 0) {
			if (!begins && column + 1 + taken > width) {
				fputc('\n', file);
				column = 0;
				begins = true;
			}
			for (; column < indent; column++)
				fputc(' ', file);
			if (!begins) {
				fputc(' ', file);
				column++;
			}
			fwrite(text, 1, size, file);
			column += taken;
			begins = false;
		}
		text += size;
		if (*text == '\0')
			break;
		if (*text == '\n') {
			fputc('\n', file);
			column = 0;
			begins = true;
		}
		text++;
	}
	fputc('\n', file);
}

void print_wrapped(FILE *file, unsigned indent, const char *text)
{
	print_words(file, indent, 0, text);
}

void print_hanging(FILE *file, unsigned indent, const char *text)
{
	print_words(file, indent, indent, text);
}

void put_visible(FILE *file, struct bytes text, bool lines)
{
	while (text.size > 0) {
		char shown[VISIBLE_CHARACTER_CAPACITY];

		visible_next(&text, lines, shown);
		fputs(shown, file);
	}
}

static void complain_list(const char *format, va_list arguments)
{
	static const char who[] = "chiro:";
	char sentence[1024], visible[sizeof(sentence) * 2];
	size_t size = 0;
	struct bytes view;

	if (vsnprintf(sentence, sizeof(sentence), format, arguments) < 0)
		return;
	view = bytes_of_string(sentence);
	while (view.size > 0 && size + VISIBLE_CHARACTER_CAPACITY <= sizeof(visible)) {
		char shown[VISIBLE_CHARACTER_CAPACITY];

		visible_next(&view, false, shown);
		size += (size_t)snprintf(visible + size, sizeof(visible) - size, "%s", shown);
	}
	visible[size] = '\0';
	fflush(stdout);
	fprintf(stderr, "%s%s%s", style(stderr, STYLE_BAD), who, style(stderr, STYLE_PLAIN));
	/* One line where a program reads it. */
	if (isatty(STDERR_FILENO))
		print_words(stderr, 0, strlen(who), visible);
	else
		fprintf(stderr, " %s\n", visible);
}

void complain(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	complain_list(format, arguments);
	va_end(arguments);
}

void say_written(const char *path)
{
	printf("%s ", _("written:"));
	put_visible(stdout, bytes_of_string(path), false);
	putchar('\n');
}

int complain_error(const char *what, const struct error *error)
{
	/* Sentences of the node and of the core are in English until here. */
	const char *message = sentence_for_people(
	    error->message[0] != '\0' ? error->message : result_text(error->code));

	if (what != NULL && error->line > 0)
		complain(_("%s, line %zu: %s"), what, error->line, message);
	else if (what != NULL)
		complain("%s: %s", what, message);
	else if (error->line > 0)
		complain(_("line %zu: %s"), error->line, message);
	else
		complain("%s", message);
	return error->code == ERROR_USAGE ? STATUS_USAGE : STATUS_FAILED;
}

int conclude(int result, struct error *error)
{
	if (result == OK)
		return STATUS_OK;
	if (error->code == OK)
		error->code = result;
	return complain_error(NULL, error);
}

void advise(const char *format, ...)
{
	char sentence[1024];
	va_list arguments;
	int size;

	va_start(arguments, format);
	size = vsnprintf(sentence, sizeof(sentence), format, arguments);
	va_end(arguments);
	/* Advice on what was printed stands below it. */
	fflush(stdout);
	if (size >= 0)
		print_wrapped(stderr, 0, sentence);
}
