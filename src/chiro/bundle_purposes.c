#include "bundle_purposes.h"

#include <string.h>

#include "bundle_silence.h"
#include "match_showing.h"
#include "press_showing.h"
#include "silence_showing.h"

/* A row a purpose; the last names none. */
static const struct purpose_row rows[] = {
	{ .name = "silence",
	  .purpose = silence_purpose,
	  .show = silence_show,
	  .describe = silence_describe },
	{ .name = "press",
	  .purpose = press_purpose,
	  .show = press_bundle_show,
	  .describe = press_bundle_describe },
	{ .name = "match",
	  .purpose = match_purpose,
	  .show = match_bundle_show,
	  .describe = match_bundle_describe },
	{ .name = NULL },
};

const struct purpose_row *purpose_row_of(const char *name)
{
	for (const struct purpose_row *row = rows; row->name != NULL; row++)
		if (strcmp(row->name, name) == 0)
			return row;
	return NULL;
}

size_t purposes_known(struct bundle_purpose ret_purposes[BUNDLE_PURPOSES_MAXIMUM])
{
	size_t count = 0;

	for (const struct purpose_row *row = rows; row->name != NULL; row++)
		ret_purposes[count++] = row->purpose();
	return count;
}
