/* Where the published vectors are: $CHIRO_SHARED/vectors, else
 * ../shared/vectors beside the project. They are no part of the project. */
#ifndef VECTORS_H
#define VECTORS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "buffer.h"

enum { VECTOR_PATH_CAPACITY = 4096, VECTOR_MAXIMUM = 4 * 1024 * 1024 };

/* The path of `folder/name`. */
static inline const char *vector_path(const char *folder, const char *name,
                                      char ret_path[VECTOR_PATH_CAPACITY])
{
	const char *shared = getenv("CHIRO_SHARED");
	const char *root = getenv("CHIRO_ROOT");

	if (shared != NULL)
		snprintf(ret_path, VECTOR_PATH_CAPACITY, "%s/vectors/%s/%s", shared, folder, name);
	else
		snprintf(ret_path, VECTOR_PATH_CAPACITY, "%s/../shared/vectors/%s/%s",
		         root == NULL ? "." : root, folder, name);
	return ret_path;
}

/* Skips the test, and says so, where the vectors of `folder` are absent. */
static inline void vectors_needed(const char *folder)
{
	char path[VECTOR_PATH_CAPACITY];

	if (access(vector_path(folder, "", path), R_OK) == 0)
		return;
	print_message("# SKIP: there are no vectors at %s\n", path);
	skip();
}

/* Reads a whole file into a buffer, which it initialises. */
static inline void vector_read(const char *folder, const char *name, struct buffer *buffer)
{
	char path[VECTOR_PATH_CAPACITY];
	uint8_t part[4096];
	FILE *file = fopen(vector_path(folder, name, path), "rb");
	size_t size;

	if (file == NULL)
		fail_msg("cannot read %s", path);
	buffer_init(buffer, VECTOR_MAXIMUM);
	while ((size = fread(part, 1, sizeof(part), file)) > 0)
		assert_int_equal(buffer_put(buffer, part, size), 0);
	fclose(file);
}

#endif
