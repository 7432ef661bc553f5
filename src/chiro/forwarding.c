#include "forwarding.h"

#include <string.h>

/* What is passed on, with its hyphens. */
static char common[][12] = { "--channel", "--author", "--key", "--home",
	                     "--socket",  "--json",   "--yes" };

enum { COMMON_COUNT = sizeof(common) / sizeof(common[0]) };

void forwarded_add(struct forwarded *forwarded, char *option, char *value)
{
	if (forwarded->count + 2 > FORWARDED_MAXIMUM)
		return;
	forwarded->words[forwarded->count++] = option;
	if (value != NULL)
		forwarded->words[forwarded->count++] = value;
}

void forwarded_begin(struct forwarded *forwarded, char *name, const struct options *options)
{
	*forwarded = (struct forwarded){ .count = 1, .words = { name } };
	for (size_t i = 0; i < COMMON_COUNT; i++)
		if (options_has(options, common[i] + 2))
			forwarded_add(forwarded, common[i],
			              (char *)options_value(options, common[i] + 2));
}

void forwarded_add_cosigner(struct forwarded *forwarded, const struct options *options)
{
	static char cosigner[][16] = { "--cosigner", "--cosigner-key" };

	for (size_t i = 0; i < sizeof(cosigner) / sizeof(cosigner[0]); i++)
		if (options_has(options, cosigner[i] + 2))
			forwarded_add(forwarded, cosigner[i],
			              (char *)options_value(options, cosigner[i] + 2));
}
