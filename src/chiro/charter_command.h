/* The parts of `chiro charter`. Each gets its own words and returns the exit
 * status. */
#ifndef CHARTER_COMMAND_H
#define CHARTER_COMMAND_H

#include "charter.h"

int charter_build(int argc, char **argv);
int charter_show(int argc, char **argv);
int charter_sign(int argc, char **argv);
int charter_check(int argc, char **argv);
int charter_amend(int argc, char **argv);
int charter_give(int argc, char **argv);

/* Reads and parses a charter; complains itself. NULL on failure; freed by
 * charter_free. */
struct charter *charter_read(const char *path);

/* Prints a charter for people. */
void charter_view(const struct charter *charter);

#endif
