/* chiro practice: a channel to learn on, with a counterpart that answers by itself. */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command.h"
#include "files.h"
#include "options.h"
#include "practice_progress.h"
#include "programs.h"
#include "terminal.h"
#include "translate.h"

enum { PATH_CAPACITY = 512, COMMANDS_CAPACITY = 1024 };

static const struct option_row rows[] = {
	{ .name = "next", .help = N_("go on to the next lesson without having done this one") },
	{ .name = "lessons", .help = N_("list the lessons") },
	{ .name = "stop", .help = N_("end the practice; what was made stays in its directory") },
	{ .name = "no-shell",
	  .help = N_("open no shell; leave the two nodes running until --stop") },
	{ 0 }
};

static const struct usage usage = {
	.name = "practice",
	.arguments = N_("[DIR]"),
	.help = N_(
	    "Opens a channel on this machine between two nodes: one is yours, behind the other "
	    "sits a counterpart that proposes, answers, stays silent, sends what does not open, "
	    "breaks rules and at last withdraws. A shell is opened in which chiro works for your "
	    "node; there 'chiro practice' shows the lesson that is open, and leaving it ends the "
	    "practice. Everything is real but the clocks, which are short. Without DIR it "
	    "stands in chirograph-practice in your home; begun there before, it goes on."),
	.examples = "  chiro practice\n"
		    "  chiro practice --next\n"
		    "  chiro practice --stop\n",
	.rows = rows,
	.arguments_maximum = 1,
};

/* As given, as the shell of a practice says, or in the person's home; root, whose home
 * the nodes' users cannot reach, in /var/tmp. */
static int find_directory(const struct options *options, char ret_directory[PATH_CAPACITY],
                          struct error *error)
{
	const char *given = options->argument_count > 0 ? options->arguments[0]
	                                                : getenv(PRACTICE_ENVIRONMENT);
	const char *home = geteuid() == 0 ? "/var/tmp" : getenv("HOME");
	char here[PATH_CAPACITY];
	int size;

	if (given != NULL && given[0] == '/')
		size = snprintf(ret_directory, PATH_CAPACITY, "%s", given);
	else if (given != NULL && getcwd(here, sizeof(here)) != NULL)
		size = snprintf(ret_directory, PATH_CAPACITY, "%s/%s", here, given);
	else if (home != NULL)
		size = snprintf(ret_directory, PATH_CAPACITY, "%s/chirograph-practice", home);
	else
		return error_set(error, ERROR_USAGE, _("name a directory: HOME is not set"));
	return size < PATH_CAPACITY
	           ? OK
	           : error_set(error, ERROR_LIMIT, _("the path of the directory is too long"));
}

/* --- lessons ------------------------------------------------------------------ */

/* Prints the commands with `{act}` replaced. */
static void print_commands(const char *commands, const char *act)
{
	static const char mark[] = "{act}";
	const char *at;

	fputs("\n    ", stdout);
	while (*commands != '\0') {
		at = commands;
		if (act[0] != '\0' && strncmp(at, mark, strlen(mark)) == 0) {
			fputs(act, stdout);
			commands += strlen(mark);
		} else {
			putchar(*commands++);
			if (*at == '\n')
				fputs("    ", stdout);
		}
	}
	putchar('\n');
}

static void print_lesson(uint64_t number, const char *act)
{
	const struct practice_lesson *lesson = &practice_lessons[number];

	printf("\n%s", style(stdout, STYLE_STRONG));
	printf(_("Lesson %llu of %llu: %s"), (unsigned long long)number + 1,
	       (unsigned long long)practice_lesson_count, _(lesson->title));
	printf("%s\n\n", style(stdout, STYLE_PLAIN));
	print_wrapped(stdout, 0, _(lesson->says));
	print_commands(lesson->commands, act);
}

static int show_lesson(const struct practice *practice, struct error *error)
{
	struct practice_progress progress;
	int r = practice_progress_read(practice, &progress, error);

	if (r == ERROR_NOT_FOUND) {
		print_lesson(0, "");
		return OK;
	}
	if (r != OK)
		return r;
	if (progress.lesson < practice_lesson_count) {
		print_lesson(progress.lesson, progress.act);
		putchar('\n');
		print_wrapped(stdout, 0,
		              _("'chiro practice' shows what comes next; 'chiro practice --next' "
		                "goes on without this."));
	} else {
		print_wrapped(
		    stdout, 0,
		    _("That was the last lesson. The record of this channel stays provable, "
		      "whatever either side does from now on: 'chiro verify record'."));
	}
	return OK;
}

static void list_lessons(void)
{
	for (uint64_t i = 0; i < practice_lesson_count; i++)
		printf("%3llu  %s\n", (unsigned long long)i + 1, _(practice_lessons[i].title));
}

/* --- beginning and ending -------------------------------------------------------- */

static int begin(const struct practice *practice, struct error *error)
{
	char path[PATH_CAPACITY];
	int r;

	if (practice_is_open(practice))
		return practice_start(practice, error);
	if (file_exists(practice->directory))
		return error_set(
		    error, ERROR_EXISTS,
		    _("%s exists and holds no practice that was begun to the end: remove "
		      "it, or name another directory"),
		    practice->directory);
	fputs(_("Making two nodes, exchanging cards, signing a charter …\n"), stderr);
	if ((r = practice_make(practice, error)) != OK ||
	    (r = practice_start(practice, error)) != OK)
		return r;
	snprintf(path, sizeof(path), "%s/open", practice->directory);
	if ((r = practice_open_channel(practice, error)) != OK ||
	    (r = file_write_new(path, bytes_of_string("\n"), 0644, error)) != OK)
		practice_stop(practice);
	return r;
}

/* The environment in which chiro works for the person's node. */
static int set_environment(const struct practice *practice, struct error *error)
{
	char self[PATH_CAPACITY], path[4096], *slash;
	const char *old = getenv("PATH");
	int r;

	if ((r = program_self(self, sizeof(self), error)) != OK)
		return r;
	if ((slash = strrchr(self, '/')) != NULL)
		*slash = '\0';
	snprintf(path, sizeof(path), "%s:%s", self, old != NULL ? old : "/usr/bin:/bin");
	if (setenv("CHIRO_HOME", practice->own_home, 1) != 0 ||
	    setenv(PRACTICE_ENVIRONMENT, practice->directory, 1) != 0 ||
	    setenv("PATH", path, 1) != 0)
		return error_set(error, ERROR_MEMORY, "%s", result_text(ERROR_MEMORY));
	return OK;
}

/* A shell of the person's own, in the directory of the practice, until it is left. */
static int run_shell(const struct practice *practice, struct error *error)
{
	const char *shell = getenv("SHELL");
	pid_t pid;

	if (shell == NULL || shell[0] != '/')
		shell = "/bin/sh";
	fflush(stdout);
	if ((pid = fork()) == 0) {
		if (set_environment(practice, NULL) == OK && chdir(practice->directory) == 0)
			execl(shell, shell, (char *)NULL);
		_exit(127);
	}
	if (pid < 0)
		return error_set(error, ERROR_IO, _("a shell cannot be started"));
	while (waitpid(pid, NULL, 0) < 0)
		continue;
	return OK;
}

static void print_environment(const struct practice *practice)
{
	printf("\n    cd '%s'\n    export CHIRO_HOME='%s' " PRACTICE_ENVIRONMENT "='%s'\n",
	       practice->directory, practice->own_home, practice->directory);
}

static int practise(const struct options *options, const struct practice *practice,
                    struct error *error)
{
	bool has_shell = terminal_is_interactive() && !options_has(options, "no-shell");
	int r;

	if ((r = begin(practice, error)) != OK || (r = show_lesson(practice, error)) != OK)
		return r;
	if (!has_shell) {
		putchar('\n');
		print_wrapped(stdout, 0,
		              _("The two nodes run until 'chiro practice --stop'. In a terminal:"));
		print_environment(practice);
		return OK;
	}
	putchar('\n');
	print_wrapped(stdout, 0,
	              _("This is a shell of its own, in which chiro works for north. Leaving it "
	                "('exit') ends the practice; 'chiro practice' then goes on where it was."));
	r = run_shell(practice, error);
	practice_stop(practice);
	return r;
}

int command_practice(int argc, char **argv)
{
	char directory[PATH_CAPACITY];
	struct practice practice;
	struct options options;
	struct error error = { 0 };
	pid_t pid;
	int r, status;
	static const char *const elsewhere[] = { "CHIRO_HOME", "CHIRO_SOCKET", "CHIRO_CHANNEL",
		                                 "CHIRO_AUTHOR", "CHIRO_KEY" };

	if ((status = options_parse(&usage, argc, argv, &options)) >= 0)
		return status;
	if (options_has(&options, "lessons")) {
		list_lessons();
		return STATUS_OK;
	}
	if ((r = find_directory(&options, directory, &error)) != OK)
		return conclude(r, &error);
	/* What leads chiro to a node of the person's own leads it away from these. */
	for (size_t i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++)
		unsetenv(elsewhere[i]);
	if ((r = practice_init(&practice, directory, &error)) != OK)
		return conclude(r, &error);
	if (options_has(&options, "stop"))
		practice_stop(&practice);
	else if (!practice_is_running(&practice, &pid))
		r = practise(&options, &practice, &error);
	else if (options_has(&options, "next"))
		r = practice_skip(&practice, &error);
	else
		r = show_lesson(&practice, &error);
	return conclude(r, &error);
}
