/* The words of another command, which is run with the options that many commands have: node,
 * channel, signer, --json and --yes as they were given. */
#ifndef FORWARDING_H
#define FORWARDING_H

#include "options.h"

enum { FORWARDED_MAXIMUM = 64 };

struct forwarded {
	int count;
	char *words[FORWARDED_MAXIMUM];
};

/* `name` and the common options of `options`. The strings must outlive the words. */
void forwarded_begin(struct forwarded *forwarded, char *name, const struct options *options);
/* The options of a second signature, as they were given. */
void forwarded_add_cosigner(struct forwarded *forwarded, const struct options *options);
/* An option; `value` NULL: a flag. */
void forwarded_add(struct forwarded *forwarded, char *option, char *value);

#endif
