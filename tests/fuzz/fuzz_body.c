/* The tar of a body. The input's own manifest, where it has one, serves as
 * the act's commitment: what is then read to its end is, written again, the
 * same archive. And as a sealed blob, whatever it is, it gets a verdict. */
#include "allocate.h"
#include "seal.h"
#include "sha.h"
#include "tarball_block.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CONTENT_MAXIMUM = 1 << 20, TAR_MAXIMUM = 1 << 22, FUZZED_PARTS = 64 };

static void require(bool holds)
{
	if (!holds)
		abort();
}

struct collected {
	struct buffer contents;
	struct bytes parts[FUZZED_PARTS];
	size_t begins[FUZZED_PARTS];
};

static int collect_begin(void *context, const struct part_line *line)
{
	struct collected *collected = context;

	collected->begins[line->number - 1] = collected->contents.size;
	return OK;
}

static int collect_data(void *context, const struct part_line *line, struct bytes data)
{
	struct collected *collected = context;

	(void)line;
	return buffer_put_bytes(&collected->contents, data);
}

/* The commitment to the manifest that stands where the first member should. */
static bool commitment_in(struct bytes tar, struct body_commitment *ret_commitment)
{
	struct manifest manifest;
	uint64_t size;
	bool found;

	if (tar.size < TARBALL_BLOCK_SIZE ||
	    ustar_size(tar.data, tar.size - TARBALL_BLOCK_SIZE, &size) != OK)
		return false;
	manifest_init(&manifest);
	found = manifest_parse(&manifest, bytes_of(tar.data + TARBALL_BLOCK_SIZE, (size_t)size),
	                       CONTENT_MAXIMUM, NULL) == OK &&
	        manifest.count <= FUZZED_PARTS;
	if (found)
		*ret_commitment = (struct body_commitment){ manifest.count, manifest.root };
	manifest_release(&manifest);
	return found;
}

static int write_buffer(void *context, struct bytes bytes)
{
	return buffer_put_bytes(context, bytes);
}

static void check_written_again(const struct tarball_reader *reader, struct collected *collected,
                                struct bytes tar)
{
	struct byte_source sources[FUZZED_PARTS];
	struct buffer again;
	struct byte_sink sink = { &again, write_buffer };

	buffer_init(&again, TAR_MAXIMUM);
	for (size_t i = 0; i < reader->manifest.count; i++) {
		collected->parts[i] = bytes_of(collected->contents.data == NULL
		                                   ? NULL
		                                   : collected->contents.data +
		                                         collected->begins[i],
		                               (size_t)reader->manifest.lines[i].description.size);
		sources[i] = byte_source_over(&collected->parts[i]);
	}
	require(tarball_write(&reader->manifest, sources, &sink, NULL) == OK);
	require(bytes_equal(buffer_view(&again), tar));
	buffer_release(&again);
}

static void check_tar(struct bytes tar)
{
	struct body_commitment commitment;
	struct collected collected = { 0 };
	struct body_receiver receiver = { .context = &collected,
		                          .part_begin = collect_begin,
		                          .part_data = collect_data };
	struct tarball_reader reader;

	if (!commitment_in(tar, &commitment))
		return;
	buffer_init(&collected.contents, CONTENT_MAXIMUM);
	require(tarball_reader_init(&reader, &commitment, CONTENT_MAXIMUM, &receiver) == OK);
	if (tarball_reader_update(&reader, tar, NULL) == OK &&
	    tarball_reader_finish(&reader, NULL) == OK)
		check_written_again(&reader, &collected, tar);
	else
		require(reader.is_wrong);
	tarball_reader_release(&reader);
	buffer_release(&collected.contents);
}

static void check_blob(struct bytes blob)
{
	static const struct age_file_key file_key = { { 7 } };
	struct body_receiver nobody = { 0 };
	struct body_reference reference = { .commitment = { .part_count = 1 },
		                            .sealed_size = blob.size };
	struct body_opener *opener;
	enum body_verdict verdict;

	sha256_of(&reference.sealed_hash, blob);
	opener = body_opener_new(&reference, &file_key, CONTENT_MAXIMUM, &nobody);
	require(opener != NULL);
	for (size_t at = 0; at < blob.size; at += 777) {
		size_t left = blob.size - at;

		require(body_opener_update(
			    opener, bytes_of(blob.data + at, left < 777 ? left : 777)) == OK);
	}
	require(body_opener_finish(opener, &verdict, NULL) == OK);
	require(verdict == BODY_UNOPENABLE || verdict == BODY_MISMATCH);
	body_opener_free(opener);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes input = bytes_of(data, size);

	check_tar(input);
	check_blob(input);
	return 0;
}
