/* The tar of a body, which is a function of its parts: a ustar archive (POSIX
 * pax, "ustar Interchange Format") with the members
 *
 *     manifest, 0001, 0002, …
 *
 * in this order, each a regular file of mode 0644, user and group 0 without
 * names, modified at 0; then two blocks of zeros and nothing more.
 *
 * Since nothing in it is free, the reader does not interpret headers: it knows
 * each before it comes and compares all bytes. So `tar x` and this reader cannot
 * see different things in one archive.
 */
#ifndef TARBALL_H
#define TARBALL_H

#include "manifest.h"
#include "sha.h"

/* Writes the archive in pieces of at most 64 KiB. `contents` are the parts of
 * which `manifest` was made (count, sizes and hashes are compared again:
 * ERROR_MISMATCH when content changed since). */
int tarball_write(const struct manifest *manifest, const struct byte_source *contents,
                  const struct byte_sink *sink, struct error *error);

/* What a reader gives out, in order: the manifest once; then for each part its
 * begin, any number of data, its end. Any may be NULL. Data are shown before
 * the part's hash has been compared: keep nothing of a part without its end,
 * and nothing at all unless the whole was intact. Results other than OK end the
 * reading and are passed on. */
struct body_receiver {
	void *context;
	int (*manifest)(void *context, const struct manifest *manifest);
	int (*part_begin)(void *context, const struct part_line *line);
	int (*part_data)(void *context, const struct part_line *line, struct bytes data);
	int (*part_end)(void *context, const struct part_line *line);
};

/* What an act says about its body's content. */
struct body_commitment {
	uint64_t part_count;
	struct hash root;
};

struct tarball_reader {
	struct body_commitment commitment;
	uint64_t content_maximum;
	struct body_receiver receiver;
	struct manifest manifest; /* empty until it has been read */
	struct buffer pending;    /* of the header or manifest being read */
	size_t manifest_size;
	unsigned state;            /* what is read next */
	size_t part;               /* index of the part being read */
	uint64_t left;             /* bytes still to come of content or padding */
	struct sha256_stream hash; /* over salt and content of the part */
	bool is_wrong;             /* the archive is: not memory, not the receiver */
};

/* `receiver` is copied; its context must outlive the reader. */
int tarball_reader_init(struct tarball_reader *reader, const struct body_commitment *commitment,
                        uint64_t content_maximum, const struct body_receiver *receiver);

/* ERROR_MISMATCH: what was read is not the tar of a body with this commitment;
 * `error` says where. ERROR_MEMORY and the receiver's results say nothing about
 * the archive. After a failure the reader can only be released. */
int tarball_reader_update(struct tarball_reader *reader, struct bytes piece, struct error *error);

/* The archive ends here: ERROR_MISMATCH when that is too early. */
int tarball_reader_finish(struct tarball_reader *reader, struct error *error);
void tarball_reader_release(struct tarball_reader *reader);

#endif
