/* Configurations in the text format, by a table of their keys:
 *
 *     <format line>
 *     # a comment, or an empty line
 *     <key> <value>
 *
 * Keys stand in any order, each so often as its row allows. */
#ifndef CONFIGURATION_LINES_H
#define CONFIGURATION_LINES_H

#include "bytes.h"
#include "result.h"

enum { CONFIGURATION_KEYS_MAXIMUM = 32 };

struct configuration_key {
	const char *name;
	size_t minimum, maximum; /* how many lines there may be */
	/* Reads a value, which is not empty, into `context`. ERROR_USAGE with a
	 * sentence about the value; the key and the line are added to it. */
	int (*read)(void *context, struct bytes value, struct error *error);
};

/* Reads a whole text. ERROR_USAGE (a key that is unknown, missing or too often, a
 * value that is wrong), ERROR_SYNTAX (the line rules, another format line),
 * ERROR_LIMIT; with the line. `context` may then have been changed. */
int configuration_lines_read(struct bytes text, const char *format,
                             const struct configuration_key *keys, size_t count, void *context,
                             struct error *error);

#endif
