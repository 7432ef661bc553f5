/* Courier files taken into the node: what `chiro take` does, and `chiro recover` with
 * copies. Each file is checked whole before anything of it is taken; one that is
 * damaged, or for another channel, changes nothing. Volumes are taken in their order. */
#ifndef TAKING_H
#define TAKING_H

#include "api.h"
#include "charter.h"
#include "courier_file.h"

enum { TAKING_WAITS_FOR_CAPACITY = 1024, TAKINGS_MAXIMUM = 4096 /* files at once */ };

/* One file, and what became of it. */
struct taking {
	const char *path;
	struct courier_file file;
	char channel[CHANNEL_ID_CAPACITY];
	bool opened;
	uint64_t stored, held, waiting;
	char waits_for[TAKING_WAITS_FOR_CAPACITY];
	struct error error; /* code OK: taken */
};

struct takings {
	struct taking *items;
	size_t count;
};

/* Opens and checks all files (`-`: standard input); what is wrong with one stands in
 * it. ERROR_MEMORY. `paths` outlive them. */
int takings_new(char *const *paths, size_t count, struct takings *ret_takings);
void takings_release(struct takings *takings);

/* Takes all that are good. A line for each goes to `out`, complaints to standard error,
 * and an object for each to `files`; both may be NULL. Gives how many were not taken. */
size_t takings_take(struct takings *takings, struct api *api, FILE *out, json_t *files);

#endif
