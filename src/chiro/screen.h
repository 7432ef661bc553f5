/* A page that is drawn again and again: `--watch`.
 *
 * On a terminal it takes the whole screen, without flicker: each drawing is made in
 * memory and written at once, every line over the one that stood there; what does not fit
 * below is left out and counted. What was on the screen before comes back when the person
 * types Ctrl-C, which is how such a command ends, with status 0. Elsewhere each drawing is
 * printed below the one before.
 *
 *     screen_open(&screen);
 *     for (;;) {
 *             screen_begin(&screen);
 *             ... print on standard output ...
 *             if (!screen_end(&screen)) ... it could not be written
 *     }
 */
#ifndef SCREEN_H
#define SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct screen {
	bool is_terminal;
	bool drawn; /* something was */
	FILE *file; /* between begin and end */
	char *text;
	size_t size;
};

void screen_open(struct screen *ret_screen);
/* False when there is no memory. */
bool screen_begin(struct screen *screen);
bool screen_end(struct screen *screen);

#endif
