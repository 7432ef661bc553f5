/* Manifests, part proofs, fields and paragraphs: what is accepted has one
 * spelling. */
#include "disclosure.h"
#include "fields.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void check_manifest(struct bytes input)
{
	struct manifest manifest;
	struct tree_proof path;
	struct buffer text;

	manifest_init(&manifest);
	if (manifest_parse(&manifest, input, BODY_CONTENT_MAXIMUM, NULL) != OK)
		return;
	buffer_init(&text, MANIFEST_MAXIMUM);
	require(manifest_print(&manifest, &text) == OK);
	require(bytes_equal(buffer_view(&text), input));
	require(manifest.content_size <= BODY_CONTENT_MAXIMUM);
	require(manifest_path(&manifest, manifest.count, &path) == OK);
	buffer_release(&text);
	manifest_release(&manifest);
}

static void check_proof(struct bytes input)
{
	struct part_proof proof;
	struct buffer text;

	if (part_proof_parse(input, &proof, NULL) != OK)
		return;
	buffer_init(&text, PART_PROOF_MAXIMUM);
	require(part_proof_print(&proof, &text) == OK);
	require(bytes_equal(buffer_view(&text), input));
	buffer_release(&text);
}

static void check_text(struct bytes input)
{
	enum { PARAGRAPHS = 64 };
	struct bytes paragraphs[PARAGRAPHS];
	struct text_reader reader;
	struct bytes key, value;
	size_t count;

	if (part_split_text(input, paragraphs, PARAGRAPHS, &count, NULL) == OK) {
		for (size_t i = 0; i < count; i++)
			require(part_content_check(PART_PARAGRAPH, paragraphs[i], NULL) == OK);
	}
	if (fields_check(input, NULL) == OK) {
		fields_reader_init(&reader, input);
		while (fields_next(&reader, &key, &value) == OK)
			require(key.size > 0 && value.size > 0);
	}
	(void)part_content_check(PART_SUBJECT, input, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes input = bytes_of(data, size);

	check_manifest(input);
	check_proof(input);
	check_text(input);
	return 0;
}
