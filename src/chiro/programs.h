/* Where the other programs of Chirograph are. */
#ifndef PROGRAMS_H
#define PROGRAMS_H

#include <stdbool.h>
#include <stddef.h>

#include "result.h"

/* The path of this program itself. ERROR_IO, ERROR_LIMIT. */
int program_self(char *ret_path, size_t capacity, struct error *error);

/* Where something is in the folder of a build, when this program stands in one: `built`
 * such as "page/chiro-page", `mode` as access(2) takes it. False when it is not there. */
bool path_in_build(const char *built, int mode, char *ret_path, size_t capacity);

/* The path of another: in the folder of a build (path_in_build), else as installed. ERROR_NOT_FOUND,
 * ERROR_LIMIT, ERROR_IO. */
int program_find(const char *built, const char *installed, char *ret_path, size_t capacity,
                 struct error *error);

#endif
