/* Runs the files of one folder through a fuzzer, in the TAP format: what the
 * fuzzer once found, or what covers its parser, is tested in every run. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SEED_MAXIMUM = 4 * 1024 * 1024 };

static int replay(const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data = malloc(SEED_MAXIMUM);
	size_t size;

	if (file == NULL || data == NULL) {
		fprintf(stderr, "%s cannot be read\n", path);
		return -1;
	}
	size = fread(data, 1, SEED_MAXIMUM, file);
	fclose(file);

	/* In memory of exactly its size, so that a sanitizer sees the end. */
	data = realloc(data, size == 0 ? 1 : size);
	LLVMFuzzerTestOneInput(data, size);
	free(data);
	return 0;
}

int main(int count, char **arguments)
{
	struct dirent **entries;
	int found;
	int number = 1;
	int failed = 0;

	if (count != 2) {
		fprintf(stderr, "usage: %s folder\n", arguments[0]);
		return 2;
	}
	printf("ok %d - nothing\n", number++);
	LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
	found = scandir(arguments[1], &entries, NULL, alphasort);
	for (int i = 0; i < found; i++) {
		char path[4096];

		if (entries[i]->d_name[0] != '.') {
			snprintf(path, sizeof(path), "%s/%s", arguments[1], entries[i]->d_name);
			if (replay(path) == 0) {
				printf("ok %d - %s\n", number++, entries[i]->d_name);
			} else {
				printf("not ok %d - %s\n", number++, entries[i]->d_name);
				failed = 1;
			}
		}
		free(entries[i]);
	}
	if (found >= 0)
		free(entries);
	printf("1..%d\n", number - 1);
	return failed;
}
