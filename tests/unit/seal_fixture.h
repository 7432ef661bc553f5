/* A sealed body, its keys, and ways to spoil it. */
#ifndef SEAL_FIXTURE_H
#define SEAL_FIXTURE_H

#include "body_fixture.h"

enum { BLOB_MAXIMUM = 1 << 20 };

struct seal_fixture {
	struct small_body body;
	struct manifest manifest;
	struct x25519_secret secrets[SEAL_RECIPIENTS];
	struct x25519_public recipients[SEAL_RECIPIENTS];
	struct sealed sealed;
	struct buffer blob;
	struct body_reference reference;
	struct age_file_key file_key;
};

/* The reference of an act to these bytes, with this content. */
static inline struct body_reference reference_to(const struct manifest *manifest, struct bytes blob)
{
	struct body_reference reference = {
		.commitment = { manifest->count, manifest->root },
		.sealed_size = blob.size,
	};

	sha256_of(&reference.sealed_hash, blob);
	return reference;
}

static inline struct age_file_key file_key_of(struct bytes blob, const struct x25519_secret *secret)
{
	struct age_file_key file_key;
	size_t header_size;

	assert_ok(age_header_length(blob, &header_size));
	assert_ok(age_header_unwrap(bytes_of(blob.data, header_size), secret, 1, &file_key, NULL));
	return file_key;
}

/* As small_body_init_with. */
static inline void seal_fixture_init_with(struct seal_fixture *fixture, const char *second)
{
	uint32_t counter = 1000;
	struct random_source random = counted_random(&counter);
	struct byte_sink sink = buffer_sink(&fixture->blob);

	small_body_init_with(&fixture->body, second);
	assert_ok(small_body_manifest(&fixture->body, &fixture->manifest));
	for (size_t i = 0; i < SEAL_RECIPIENTS; i++) {
		assert_ok(x25519_secret_generate(&random, &fixture->secrets[i]));
		x25519_public_of(&fixture->secrets[i], &fixture->recipients[i]);
	}
	buffer_init(&fixture->blob, BLOB_MAXIMUM);
	assert_ok(body_seal(&fixture->manifest, fixture->body.sources, fixture->recipients, &random,
	                    &sink, &fixture->sealed, NULL));
	fixture->reference = reference_to(&fixture->manifest, buffer_view(&fixture->blob));
	fixture->file_key = file_key_of(buffer_view(&fixture->blob),
	                                &fixture->secrets[SEAL_RECEIVER]);
}

static inline void seal_fixture_init(struct seal_fixture *fixture)
{
	seal_fixture_init_with(fixture, NULL);
}

static inline void seal_fixture_release(struct seal_fixture *fixture)
{
	manifest_release(&fixture->manifest);
	buffer_release(&fixture->blob);
}

#endif
