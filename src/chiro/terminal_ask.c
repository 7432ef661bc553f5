/* Asking people, and telling them that it goes on. */
#include <inttypes.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "terminal.h"
#include "translate.h"

enum { ANSWER_MAXIMUM = 4096 };

static const uint64_t second = 1000000000;

/* One line of standard input without its LF. ERROR_NOT_FOUND at its end. */
static int read_line(struct buffer *answer)
{
	char line[ANSWER_MAXIMUM];
	size_t size;

	if (fgets(line, sizeof(line), stdin) == NULL)
		return ERROR_NOT_FOUND;
	size = strlen(line);
	while (size > 0 &&
	       (line[size - 1] == '\n' || line[size - 1] == '\r' || line[size - 1] == ' '))
		size--;
	return buffer_put(answer, line, size);
}

static int terminate(struct buffer *answer)
{
	int r = buffer_put_u8(answer, 0);

	if (r == OK)
		answer->size--;
	return r;
}

int ask_line(const char *question, const char *standard, struct buffer *answer)
{
	int r;

	if (!terminal_is_interactive())
		return ERROR_NOT_FOUND;
	fflush(stdout);
	do {
		buffer_clear(answer);
		fputs(question, stderr);
		if (standard != NULL && standard[0] != '\0')
			fprintf(stderr, " [%s]", standard);
		fputs(": ", stderr);
		if ((r = read_line(answer)) != OK) {
			fputc('\n', stderr);
			return r;
		}
		if (answer->size == 0 && standard != NULL &&
		    (r = buffer_put_string(answer, standard)) != OK)
			return r;
	} while (answer->size == 0 && standard == NULL);
	return terminate(answer);
}

/* Whether an answer is, or begins, one of the words joined by '|'. */
static bool is_word(const char *answer, const char *words)
{
	size_t size = strlen(answer);

	while (size > 0 && *words != '\0') {
		size_t word = strcspn(words, "|");

		if (size <= word && strncmp(answer, words, size) == 0)
			return true;
		words += word + (words[word] == '|');
	}
	return false;
}

bool ask_yes(const char *question)
{
	struct buffer answer;
	bool yes = false, decided = false;

	buffer_init(&answer, ANSWER_MAXIMUM);
	while (!decided) {
		char text[1024];

		snprintf(text, sizeof(text), _("%s (yes/no)"), question);
		if (ask_line(text, NULL, &answer) != OK)
			break;
		/* TRANSLATORS: words that mean yes, joined by |; lower case */
		yes = is_word((const char *)answer.data, _("yes")) ||
		      is_word((const char *)answer.data, "yes");
		/* TRANSLATORS: words that mean no, joined by |; lower case */
		decided = yes || is_word((const char *)answer.data, _("no")) ||
		          is_word((const char *)answer.data, "no");
	}
	buffer_release(&answer);
	return yes;
}

static uint64_t monotonic(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * second + (uint64_t)now.tv_nsec;
}

void progress_begin(struct progress *progress, const char *what, uint64_t total)
{
	*progress = (struct progress){ .what = what, .total = total, .begun = monotonic() };
}

void progress_update(struct progress *progress, uint64_t done)
{
	uint64_t now = monotonic();

	if (now - progress->begun < second || now - progress->shown < second / 5 ||
	    !isatty(STDERR_FILENO))
		return;
	progress->shown = now;
	progress->is_shown = true;
	if (progress->total > 0)
		fprintf(stderr, "\r%s %3u%%", progress->what,
		        (unsigned)(100.0 * (double)done / (double)progress->total));
	else
		fprintf(stderr, "\r%s %" PRIu64, progress->what, done);
	fflush(stderr);
}

int progress_show(void *context, uint64_t done, uint64_t total)
{
	struct progress *progress = context;

	progress->total = total;
	progress_update(progress, done);
	return OK;
}

void progress_end(struct progress *progress)
{
	if (progress->is_shown)
		fputs("\r\033[K", stderr);
	progress->is_shown = false;
}
