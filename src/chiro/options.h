/* The words of a command line, read by a table from which the usage text is
 * made as well.
 *
 *     --name value   --name=value   --flag   --   then arguments only
 *
 *     static const struct option_row rows[] = {
 *         { .name = "count", .value = N_("N"), .help = N_("at most so many acts") },
 *         { 0 }
 *     };
 *     static const struct usage usage = {
 *         .name = "log", .help = N_("Shows…"), .rows = rows,
 *         .common = OPTIONS_NODE | OPTIONS_CHANNEL | OPTIONS_JSON };
 *     ...
 *     if ((status = options_parse(&usage, argc, argv, &options)) >= 0)
 *         return status;
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "result.h"

struct option_row {
	const char *name;  /* without the hyphens; NULL ends a table */
	const char *value; /* what the usage calls its value, marked; NULL for a flag */
	const char *help;  /* one sentence without full stop, marked */
	bool repeated;     /* may be given more than once */
};

/* Options that many commands have; which, is a set of these. */
enum common_options {
	OPTIONS_NODE = 1,    /* --socket PATH, --home DIR */
	OPTIONS_CHANNEL = 2, /* --channel ID */
	OPTIONS_JSON = 4,    /* --json */
	OPTIONS_SIGNER = 8   /* --author NAME, --key FILE */
};

struct usage {
	const char *name;      /* "charter sign" */
	const char *arguments; /* as the usage line shows them, marked; NULL for none */
	const char *help;      /* what the command does, in sentences, marked */
	const char *examples;  /* lines shown as they are; NULL for none */
	const struct option_row *rows;
	unsigned common; /* set of enum common_options */
	size_t arguments_minimum, arguments_maximum;
	/* Prints what the usage says after the options; NULL for nothing. */
	void (*more)(const struct usage *usage, FILE *file);
};

enum { OPTIONS_MAXIMUM = 256 };

/* What was given. Points into argv. */
struct options {
	const struct usage *usage;
	size_t argument_count;
	char **arguments; /* those that are not options, in order */
	size_t given_count;
	struct {
		const struct option_row *row;
		const char *value; /* NULL for a flag */
	} given[OPTIONS_MAXIMUM];
};

/* Reads argv[1] and on (argv is reordered). Returns -1 to go on; otherwise the
 * exit status: after `--help` the usage has been printed, after an error one
 * line says what is wrong. Nothing need be released. */
int options_parse(const struct usage *usage, int argc, char **argv, struct options *ret_options);

/* Whether an option was given; its value (the last), or NULL. */
bool options_has(const struct options *options, const char *name);
const char *options_value(const struct options *options, const char *name);
/* The index-th value of a repeated option, or NULL beyond. */
const char *options_value_at(const struct options *options, const char *name, size_t index);

/* A number from `minimum` to `maximum`; `standard` when the option was not
 * given; ERROR_USAGE with a sentence. */
int options_number(const struct options *options, const char *name, uint64_t minimum,
                   uint64_t maximum, uint64_t standard, uint64_t *ret_number, struct error *error);

/* Prints what `--help` prints, wrapped to the terminal. */
void usage_print(const struct usage *usage, FILE *file);

/* Complains in one line and one that names `chiro help …`; returns STATUS_USAGE. */
int usage_error(const struct usage *usage, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
