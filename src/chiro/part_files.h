/* Parts of an opened body as files of the person who reads it. */
#ifndef PART_FILES_H
#define PART_FILES_H

#include "part.h"
#include "result.h"

enum { PART_FILE_NAME_CAPACITY = 256 };

/* The name of a part's file: its number, and what is harmless in its display name:
 * `0003-report.pdf`. ASCII letters, digits, `.`, `-`, `_` and letters of other
 * scripts stay; anything else becomes `_`; text gets `.txt`. Never begins with a
 * dot or hyphen, never has a slash, and differs from every other part's. */
void part_file_name(const struct part_description *description, size_t number,
                    char ret_name[PART_FILE_NAME_CAPACITY]);

#endif
