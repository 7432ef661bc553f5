/* chirod(8): one program that runs as parent and starts itself again in the
 * other roles. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "durable_file.h"
#include "journal.h"
#include "neutral_program.h"
#include "parent.h"
#include "role.h"
#include "visible.h"

enum { EXIT_USAGE = 2, PATH_SHOWN = 1024 };

/* What chirod can be: the word on the command line that says so. */
static const struct program {
	const char *word;
	enum node_kind kind;
	const char *configuration; /* where none is named */
} programs[] = {
	{ "", NODE_WHOLE, "/etc/chirograph/chirod.conf" },
	{ "mirror", NODE_MIRROR, "/etc/chirograph/mirror.conf" },
	{ "witness", NODE_WITNESS, "/etc/chirograph/witness.conf" },
	{ "depositary", NODE_DEPOSITARY, "/etc/chirograph/depositary.conf" },
};

enum { PROGRAM_COUNT = sizeof(programs) / sizeof(programs[0]) };

/* What each process but the parent runs. */
static int (*const mains[PROCESS_COUNT])(struct role_context *context) = {
	[PROCESS_KEEPER] = keeper_main, [PROCESS_ENGINE] = engine_main,
	[PROCESS_LINK] = link_main,     [PROCESS_HTTP] = http_main,
	[PROCESS_READER] = reader_main, [PROCESS_MESSENGER] = messenger_main,
	[PROCESS_NOTARY] = notary_main, [PROCESS_COUNTER] = counter_main,
	[PROCESS_ALARM] = alarm_main,   [PROCESS_EVALUATOR] = evaluator_main,
};

static int usage(void)
{
	fprintf(stderr, "usage: chirod [-tV] [-f file]\n"
	                "       chirod mirror [-tV] [-f file]\n"
	                "       chirod witness|depositary [-ktV] [-f file]\n");
	return EXIT_USAGE;
}

static int run_role(const char *name)
{
	enum process_role role = process_role_by_name(name);
	struct role_context context;
	struct error error = { 0 };
	int status;

	if (role == PROCESS_COUNT || mains[role] == NULL)
		return usage();
	if (role_start(role, &context, &error) != OK) {
		journal(JOURNAL_ERROR, "%s", error.message);
		return 1;
	}
	status = mains[role](&context);
	role_context_release(&context);
	return status;
}

/* Reads a file of whatever name to the end of `buffer`. */
static int read_text(const char *path, struct buffer *buffer, struct error *error)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int r = OK;

	if (fd < 0)
		return error_set(error, ERROR_IO, "%s", strerror(errno));
	for (;;) {
		char piece[4096];
		ssize_t got = read(fd, piece, sizeof(piece));

		if (got < 0)
			r = error_set(error, ERROR_IO, "%s", strerror(errno));
		if (got <= 0)
			break;
		if ((r = buffer_put(buffer, piece, (size_t)got)) != OK) {
			if (r == ERROR_LIMIT)
				error_set(error, r, "it is longer than %zu bytes", buffer->maximum);
			else
				error_set(error, r, "%s", result_text(r));
			break;
		}
	}
	close(fd);
	return r;
}

static void say_what_is_wrong(const char *path, const struct error *error)
{
	char shown[PATH_SHOWN];

	visible_copy(bytes_of_string(path), shown, sizeof(shown));
	if (error->line > 0)
		fprintf(stderr, "chirod: %s:%zu: %s\n", shown, error->line, error->message);
	else
		fprintf(stderr, "chirod: %s: %s\n", shown, error->message);
}

/* A mirror takes the configuration of its node as it is, with another home. */
static void say_what_is_ignored(const struct configuration *configuration)
{
	if (configuration->listen_count > 0 || configuration->advertise_count > 0)
		journal(JOURNAL_NOTICE, "a mirror has no link: 'listen' and 'advertise' in its "
		                        "configuration mean nothing");
	if (configuration->neutral_count > 0)
		journal(JOURNAL_NOTICE, "a mirror asks no witness and no depositary: 'neutral' in "
		                        "its configuration means nothing");
	if (configuration->keeper_user[0] != '\0')
		journal(JOURNAL_NOTICE, "a mirror has no keeper: 'keeper-user' in its "
		                        "configuration means nothing");
}

static int run_parent(const char *path, enum node_kind kind, bool check_only)
{
	struct configuration configuration;
	struct error error = { 0 };
	struct buffer text;
	int r, status;

	journal_open("chirod", JOURNAL_NOTICE);
	buffer_init(&text, CONFIGURATION_SIZE_MAXIMUM);
	if ((r = read_text(path, &text, &error)) == OK &&
	    (r = configuration_parse(buffer_view(&text), &configuration, &error)) == OK)
		r = parent_check_users(&configuration, kind, &error);
	if (r != OK) {
		say_what_is_wrong(path, &error);
		status = EXIT_USAGE;
	} else {
		if (kind == NODE_MIRROR)
			say_what_is_ignored(&configuration);
		if (check_only)
			printf("chirod: %s is correct\n", path);
		status = check_only ? 0 : parent_run(&configuration, buffer_view(&text), kind);
	}
	buffer_release(&text);
	return status;
}

static int run_neutral(const char *path, enum node_kind kind, enum neutral_task task)
{
	struct error error = { 0 };
	struct buffer text;
	int status = EXIT_USAGE;

	journal_open("chirod", JOURNAL_NOTICE);
	buffer_init(&text, NEUTRAL_CONFIGURATION_MAXIMUM);
	if (read_text(path, &text, &error) != OK ||
	    neutral_program(kind, task, buffer_view(&text), &status, &error) != OK)
		say_what_is_wrong(path, &error);
	else if (task == NEUTRAL_TEST)
		printf("chirod: %s is correct\n", path);
	buffer_release(&text);
	return status;
}

int main(int argc, char **argv)
{
	const struct program *program = &programs[0];
	const char *path = NULL, *role = NULL;
	bool check_only = false, make_key = false, neutral;
	int option;

	for (size_t i = 1; i < PROGRAM_COUNT && argc > 1; i++) {
		if (strcmp(argv[1], programs[i].word) != 0)
			continue;
		program = &programs[i];
		argc--;
		argv++;
		break;
	}
	neutral = program->kind == NODE_WITNESS || program->kind == NODE_DEPOSITARY;

	while ((option = getopt(argc, argv, neutral ? "f:ktV" : "f:r:tV")) != -1) {
		switch (option) {
		case 'f':
			path = optarg;
			break;
		case 'r':
			role = optarg;
			break;
		case 'k':
			make_key = true;
			break;
		case 't':
			check_only = true;
			break;
		case 'V':
			printf("chirod %s\n", CHIRO_VERSION);
			return 0;
		default:
			return usage();
		}
	}
	if (optind != argc || (make_key && check_only))
		return usage();
	if (path == NULL)
		path = program->configuration;
	if (neutral)
		return run_neutral(path, program->kind,
		                   make_key     ? NEUTRAL_KEY
		                   : check_only ? NEUTRAL_TEST
		                                : NEUTRAL_RUN);
	if (role != NULL)
		return program->kind == NODE_WHOLE ? run_role(role) : usage();
	return run_parent(path, program->kind, check_only);
}
