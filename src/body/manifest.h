/* The manifest of a body, and the commitment to it that an act carries.
 *
 *     chirograph.body/1
 *     part 1 23 text/vnd.chirograph.subject en authentic <salt> <hash> Subject
 *     part 2 410 text/vnd.chirograph.paragraph en authentic <salt> <hash> 1
 *
 * Of each part: number, size in bytes, media type, language or `-`,
 * `authentic`, `translation` or `-`, a random salt of 32 bytes, SHA-256 of salt
 * and content (both in padded base64), and the name, which is the rest of the
 * line. The body root is the RFC 6962 tree hash whose leaves are the part
 * lines, each with its LF, so that a part can be shown without the others:
 *
 *     leaf = SHA-256(0x00 || "part 2 410 … 1\n")
 */
#ifndef MANIFEST_H
#define MANIFEST_H

#include "buffer.h"
#include "part.h"
#include "random_source.h"
#include "tree.h"

enum {
	PART_SALT_SIZE = 32,
	PART_LINE_MAXIMUM = 640, /* bytes with the LF; follows from the limits of its words */
	MANIFEST_MAXIMUM = 32 + PARTS_MAXIMUM * PART_LINE_MAXIMUM,
};

/* One line of a manifest. The salt is as confidential as the content. */
struct part_line {
	size_t number; /* 1-based */
	struct part_description description;
	uint8_t salt[PART_SALT_SIZE];
	struct hash hash; /* SHA-256(salt || content) */
};

/* Appends the line with its LF; the description has been checked. */
int part_line_print(const struct part_line *line, struct buffer *buffer);

/* Parses a line with its LF, in its one spelling. */
int part_line_parse(struct bytes text, struct part_line *ret_line, struct error *error);

/* SHA-256(salt || content), reading the `size` bytes of content once. */
int part_content_hash(const uint8_t salt[PART_SALT_SIZE], const struct byte_source *content,
                      uint64_t size, struct hash *ret_hash);

/* The leaf of a line in the body's tree. */
int part_line_leaf(const struct part_line *line, struct hash *ret_leaf);

struct manifest {
	size_t count;
	struct part_line *lines; /* count of them */
	uint64_t content_size;   /* the sum of the parts' sizes */
	struct hash root;
};

/* An empty manifest, which manifest_release may be given. */
void manifest_init(struct manifest *manifest);

/* Wipes and frees; leaves it empty. */
void manifest_release(struct manifest *manifest);

/* Makes the manifest of 1 to PARTS_MAXIMUM parts whose contents are at most
 * `content_maximum` bytes together (BODY_CONTENT_MAXIMUM or
 * BODY_LIST_CONTENT_MAXIMUM): draws the salts, reads every content once and
 * computes the root. `ret_manifest` must be empty and is the caller's to release. */
int manifest_make(struct manifest *ret_manifest, const struct part *parts, size_t count,
                  uint64_t content_maximum, const struct random_source *random,
                  struct error *error);

/* Appends the manifest's text, at most MANIFEST_MAXIMUM bytes. */
int manifest_print(const struct manifest *manifest, struct buffer *buffer);

/* Parses a text in its one spelling and computes the root. Content beyond
 * `content_maximum` is ERROR_LIMIT. `ret_manifest` must be empty. */
int manifest_parse(struct manifest *ret_manifest, struct bytes text, uint64_t content_maximum,
                   struct error *error);

/* The proof that part `number` (1-based) is in the body's tree: at most 12
 * hashes. ERROR_NOT_FOUND: no such part. */
int manifest_path(const struct manifest *manifest, size_t number, struct tree_proof *ret_path);

#endif
