/* What the tests of bodies share: repeatable randomness, a sink that keeps
 * what it gets, a small body, running commands. */
#ifndef BODY_FIXTURE_H
#define BODY_FIXTURE_H

#include "check.h"

#include "buffer.h"
#include "random_source.h"
#include "seal.h"
#include "sha.h"

#include <stdlib.h>
#include <unistd.h>

/* SHA-256 of a counter of two bytes. */
static inline int counted_fill(void *context, void *ret_bytes, size_t size)
{
	uint32_t *counter = context;
	uint8_t *place = ret_bytes;

	while (size > 0) {
		size_t take = size < HASH_SIZE ? size : HASH_SIZE;
		uint8_t seed[] = { (uint8_t)(*counter >> 8), (uint8_t)*counter };
		struct hash hash;

		sha256_of(&hash, bytes_of(seed, sizeof(seed)));
		(*counter)++;
		memcpy(place, hash.bytes, take);
		place += take;
		size -= take;
	}
	return OK;
}

static inline struct random_source counted_random(uint32_t *counter)
{
	return (struct random_source){ counter, counted_fill };
}

static inline int buffer_sink_write(void *context, struct bytes bytes)
{
	return buffer_put_bytes(context, bytes);
}

static inline struct byte_sink buffer_sink(struct buffer *buffer)
{
	return (struct byte_sink){ buffer, buffer_sink_write };
}

enum { SMALL_BODY_PARTS = 4 };

struct small_body {
	struct bytes contents[SMALL_BODY_PARTS];
	struct part parts[SMALL_BODY_PARTS];
	struct byte_source sources[SMALL_BODY_PARTS];
};

/* `second`: what the paragraph says instead; NULL: what it says. */
static inline void small_body_init_with(struct small_body *body, const char *second)
{
	static const struct {
		const char *name;
		const char *media_type;
		const char *language;
		enum part_standing standing;
		const char *content;
	} rows[SMALL_BODY_PARTS] = {
		{ "Subject", "text/vnd.chirograph.subject", "en", PART_AUTHENTIC,
		  "Traffic from your networks" },
		{ "1", "text/vnd.chirograph.paragraph", "ru", PART_TRANSLATION,
		  "\xd0\x9f\xd0\xb5\xd1\x80\xd0\xb2\xd1\x8b\xd0\xb9." },
		{ "Fields", "text/vnd.chirograph.fields", NULL, PART_STANDING_NONE,
		  "chirograph.fields/1\nconduct scanning\n" },
		{ "nothing at all", "application/octet-stream", NULL, PART_STANDING_NONE, "" },
	};

	for (size_t i = 0; i < SMALL_BODY_PARTS; i++) {
		body->contents[i] = bytes_of_string(i == 1 && second != NULL ? second
		                                                             : rows[i].content);
		assert_ok(part_init(&body->parts[i], rows[i].name, rows[i].media_type,
		                    rows[i].language, rows[i].standing, &body->contents[i], NULL));
		body->sources[i] = body->parts[i].content;
	}
}

static inline void small_body_init(struct small_body *body)
{
	small_body_init_with(body, NULL);
}

static inline int small_body_manifest(struct small_body *body, struct manifest *ret_manifest)
{
	uint32_t counter = 1;
	struct random_source random = counted_random(&counter);

	manifest_init(ret_manifest);
	return manifest_make(ret_manifest, body->parts, SMALL_BODY_PARTS, BODY_CONTENT_MAXIMUM,
	                     &random, NULL);
}

static inline bool command_exists(const char *name)
{
	char command[128];

	snprintf(command, sizeof(command), "command -v %s >/dev/null 2>&1", name);
	return system(command) == 0;
}

/* A new folder under /tmp, which remove_folder takes away. */
static inline void make_folder(char ret_path[64])
{
	snprintf(ret_path, 64, "/tmp/chirograph-test-XXXXXX");
	assert_non_null(mkdtemp(ret_path));
}

static inline void remove_folder(const char *path)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", path);
	assert_int_equal(system(command), 0);
}

static inline void write_file(const char *folder, const char *name, struct bytes content)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "wb");
	assert_non_null(file);
	if (content.size > 0)
		assert_int_equal(fwrite(content.data, 1, content.size, file), content.size);
	assert_int_equal(fclose(file), 0);
}

/* Appends the file's content to `ret_content`. */
static inline void read_file(const char *folder, const char *name, struct buffer *ret_content)
{
	char path[256];
	uint8_t piece[4096];
	size_t size;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "rb");
	assert_non_null(file);
	while ((size = fread(piece, 1, sizeof(piece), file)) > 0)
		assert_ok(buffer_put(ret_content, piece, size));
	fclose(file);
}

/* Runs a shell command in the folder; it must succeed. */
static inline void run_in(const char *folder, const char *command)
{
	char line[1024];

	snprintf(line, sizeof(line), "cd '%s' && { %s; } >&2", folder, command);
	assert_int_equal(system(line), 0);
}

#endif
