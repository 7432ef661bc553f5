/* Parts shown to others, and faults proved or refuted before anyone. */
#include "seal_fixture.h"

#include "disclosure.h"
#include "torture.h"

static int check(const struct part_proof *proof, const struct seal_fixture *fixture,
                 struct bytes content)
{
	struct byte_source source = byte_source_over(&content);

	return part_proof_check(proof, &fixture->reference.commitment, &source, content.size, NULL);
}

static void test_part_proofs(void **state)
{
	struct seal_fixture fixture;
	struct part_proof proof, parsed;

	(void)state;
	seal_fixture_init(&fixture);
	for (size_t i = 0; i < SMALL_BODY_PARTS; i++) {
		struct buffer text, again;

		assert_ok(part_proof_make(&fixture.manifest, i + 1, &proof));
		buffer_init(&text, PART_PROOF_MAXIMUM);
		buffer_init(&again, PART_PROOF_MAXIMUM);
		assert_ok(part_proof_print(&proof, &text));
		assert_ok(part_proof_parse(buffer_view(&text), &parsed, NULL));
		assert_ok(part_proof_print(&parsed, &again));
		assert_true(bytes_equal(buffer_view(&text), buffer_view(&again)));
		for (size_t k = 0; k < SMALL_BODY_PARTS; k++)
			assert_int_equal(check(&parsed, &fixture, fixture.body.contents[k]),
			                 k == i ? OK : ERROR_MISMATCH);
		buffer_release(&text);
		buffer_release(&again);
	}
	assert_int_equal(part_proof_make(&fixture.manifest, 0, &proof), ERROR_NOT_FOUND);
	assert_int_equal(part_proof_make(&fixture.manifest, 5, &proof), ERROR_NOT_FOUND);
	seal_fixture_release(&fixture);
}

/* No changed text proves anything about the same act. */
static void test_changed_proofs(void **state)
{
	struct seal_fixture fixture;
	struct part_proof proof;
	struct buffer text;

	(void)state;
	seal_fixture_init(&fixture);
	assert_ok(part_proof_make(&fixture.manifest, 2, &proof));
	buffer_init(&text, PART_PROOF_MAXIMUM);
	assert_ok(part_proof_print(&proof, &text));
	for (size_t i = 0; i < text.size; i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			text.data[i] ^= 1 << bit;
			if (part_proof_parse(buffer_view(&text), &proof, NULL) == OK)
				assert_int_equal(check(&proof, &fixture, fixture.body.contents[1]),
				                 ERROR_MISMATCH);
			text.data[i] ^= 1 << bit;
		}
	}
	for (size_t size = 0; size < text.size; size++) {
		if (part_proof_parse(bytes_of(text.data, size), &proof, NULL) == OK)
			assert_int_equal(check(&proof, &fixture, fixture.body.contents[1]),
			                 ERROR_MISMATCH);
	}
	buffer_release(&text);
	seal_fixture_release(&fixture);
}

/* What both checks say of a blob that the act names. */
static enum fault_verdict by_file_key(const struct body_reference *reference, struct bytes blob,
                                      const struct age_file_key *file_key,
                                      enum body_verdict *ret_opening)
{
	struct byte_source source = byte_source_over(&blob);
	enum fault_verdict verdict;
	struct error error;

	assert_ok(fault_check_file_key(reference, BODY_CONTENT_MAXIMUM, &source, file_key, &verdict,
	                               ret_opening, &error));
	return verdict;
}

static enum fault_verdict by_ephemeral(const struct seal_fixture *fixture,
                                       const struct body_reference *reference, struct bytes blob,
                                       const struct x25519_secret *ephemeral,
                                       enum body_verdict *ret_opening)
{
	struct byte_source source = byte_source_over(&blob);
	enum fault_verdict verdict;

	assert_ok(fault_check_ephemeral(reference, BODY_CONTENT_MAXIMUM, &source, ephemeral,
	                                &fixture->recipients[SEAL_RECEIVER], &verdict, ret_opening,
	                                NULL));
	return verdict;
}

static void test_honest_author_is_cleared(void **state)
{
	enum body_verdict opening = BODY_WRONG_BLOB;
	struct age_file_key other = { { 1 } };
	struct x25519_secret stranger = { { 1 } };
	struct seal_fixture fixture;
	struct bytes blob;

	(void)state;
	seal_fixture_init(&fixture);
	blob = buffer_view(&fixture.blob);
	assert_int_equal(by_file_key(&fixture.reference, blob, &fixture.file_key, &opening),
	                 FAULT_REFUTED);
	assert_int_equal(opening, BODY_INTACT);
	assert_int_equal(by_ephemeral(&fixture, &fixture.reference, blob,
	                              &fixture.sealed.receiver_ephemeral, &opening),
	                 FAULT_REFUTED);

	/* What does not belong to the blob shows nothing. */
	assert_int_equal(by_file_key(&fixture.reference, blob, &other, NULL), FAULT_NOT_SHOWN);
	assert_int_equal(by_ephemeral(&fixture, &fixture.reference, blob, &stranger, NULL),
	                 FAULT_NOT_SHOWN);
	fixture.blob.data[fixture.blob.size - 1] ^= 1;
	assert_int_equal(by_file_key(&fixture.reference, blob, &fixture.file_key, NULL),
	                 FAULT_NOT_SHOWN);
	assert_int_equal(by_ephemeral(&fixture, &fixture.reference, blob,
	                              &fixture.sealed.receiver_ephemeral, NULL),
	                 FAULT_NOT_SHOWN);
	seal_fixture_release(&fixture);
}

static void test_mismatch_is_proved(void **state)
{
	enum body_verdict opening = BODY_INTACT;
	struct seal_fixture fixture;
	struct bytes blob;

	(void)state;
	seal_fixture_init(&fixture);
	blob = buffer_view(&fixture.blob);
	fixture.reference.commitment.root.bytes[5] ^= 1;
	assert_int_equal(by_file_key(&fixture.reference, blob, &fixture.file_key, &opening),
	                 FAULT_PROVED);
	assert_int_equal(opening, BODY_MISMATCH);
	assert_int_equal(by_ephemeral(&fixture, &fixture.reference, blob,
	                              &fixture.sealed.receiver_ephemeral, &opening),
	                 FAULT_PROVED);
	seal_fixture_release(&fixture);
}

static void test_unopenable_is_proved(void **state)
{
	static const char not_age[] = "this is not an age file";
	enum body_verdict opening = BODY_INTACT;
	struct body_reference reference;
	struct seal_fixture fixture;
	struct bytes blob;

	(void)state;
	seal_fixture_init(&fixture);

	/* The last chunk's tag is wrong from the start. */
	fixture.blob.data[fixture.blob.size - 1] ^= 1;
	blob = buffer_view(&fixture.blob);
	reference = reference_to(&fixture.manifest, blob);
	assert_int_equal(by_file_key(&reference, blob, &fixture.file_key, &opening), FAULT_PROVED);
	assert_int_equal(opening, BODY_UNOPENABLE);
	opening = BODY_INTACT;
	assert_int_equal(
	    by_ephemeral(&fixture, &reference, blob, &fixture.sealed.receiver_ephemeral, &opening),
	    FAULT_PROVED);
	assert_int_equal(opening, BODY_UNOPENABLE);

	/* No header at all needs no key. */
	blob = bytes_of(not_age, strlen(not_age));
	reference = reference_to(&fixture.manifest, blob);
	assert_int_equal(by_file_key(&reference, blob, &fixture.file_key, NULL), FAULT_PROVED);
	assert_int_equal(
	    by_ephemeral(&fixture, &reference, blob, &fixture.sealed.receiver_ephemeral, NULL),
	    FAULT_PROVED);
	blob.size = 0;
	reference = reference_to(&fixture.manifest, blob);
	assert_int_equal(by_file_key(&reference, blob, &fixture.file_key, NULL), FAULT_PROVED);
	seal_fixture_release(&fixture);
}

/* An author seals the receiver's stanza so that the receiver gets nothing, and
 * everything else correctly, under a file key of zeros, which is what a
 * careless checker has in hand when the stanza gives none. */
static void test_spoilt_stanza_under_a_key_of_zeros(void **state)
{
	static const uint8_t nonce[AGE_NONCE_SIZE];
	struct age_file_key zeros = { { 0 } };
	enum body_verdict opening = BODY_INTACT;
	struct x25519_secret ephemerals[SEAL_RECIPIENTS];
	struct age_encryptor encryptor;
	struct body_reference reference;
	struct seal_fixture fixture;
	struct x25519_public keys[SEAL_RECIPIENTS];
	uint32_t counter = 60;
	struct random_source random = counted_random(&counter);
	struct buffer blob, tar;
	struct byte_sink sink = buffer_sink(&tar);

	(void)state;
	seal_fixture_init(&fixture);
	buffer_init(&blob, BLOB_MAXIMUM);
	buffer_init(&tar, BLOB_MAXIMUM);
	keys[SEAL_AUTHOR] = fixture.recipients[SEAL_AUTHOR];
	keys[SEAL_RECEIVER] = fixture.recipients[SEAL_AUTHOR];
	assert_ok(age_header_build(&blob, &zeros, keys, SEAL_RECIPIENTS, &random, ephemerals));
	assert_ok(tarball_write(&fixture.manifest, fixture.body.sources, &sink, NULL));
	assert_ok(age_encryptor_init(&encryptor, &zeros, nonce, &blob));
	assert_ok(age_encryptor_update(&encryptor, buffer_view(&tar), &blob));
	assert_ok(age_encryptor_finish(&encryptor, &blob));
	age_encryptor_release(&encryptor);

	reference = reference_to(&fixture.manifest, buffer_view(&blob));
	assert_int_equal(by_ephemeral(&fixture, &reference, buffer_view(&blob),
	                              &ephemerals[SEAL_RECEIVER], &opening),
	                 FAULT_PROVED);
	assert_int_equal(opening, BODY_UNOPENABLE);
	buffer_release(&blob);
	buffer_release(&tar);
	seal_fixture_release(&fixture);
}

static void test_blob_that_cannot_be_read(void **state)
{
	enum fault_verdict verdict = FAULT_NOT_SHOWN;
	struct seal_fixture fixture;
	struct bytes part;
	struct byte_source source = byte_source_over(&part);

	(void)state;
	seal_fixture_init(&fixture);
	part = bytes_of(fixture.blob.data, fixture.blob.size - 1);
	assert_int_equal(fault_check_file_key(&fixture.reference, BODY_CONTENT_MAXIMUM, &source,
	                                      &fixture.file_key, &verdict, NULL, NULL),
	                 ERROR_LIMIT);
	seal_fixture_release(&fixture);
}

static int once(void *context)
{
	struct seal_fixture *fixture = context;
	struct bytes blob = buffer_view(&fixture->blob);
	struct byte_source source = byte_source_over(&blob);
	struct byte_source content = fixture->body.sources[0];
	enum fault_verdict verdict = FAULT_REFUTED;
	struct part_proof proof, parsed;
	struct buffer text;
	int r;

	buffer_init(&text, PART_PROOF_MAXIMUM);
	if ((r = part_proof_make(&fixture->manifest, 1, &proof)) != OK ||
	    (r = part_proof_print(&proof, &text)) != OK ||
	    (r = part_proof_parse(buffer_view(&text), &parsed, NULL)) != OK ||
	    (r = part_proof_check(&parsed, &fixture->reference.commitment, &content,
	                          fixture->body.contents[0].size, NULL)) != OK ||
	    (r = fault_check_file_key(&fixture->reference, BODY_CONTENT_MAXIMUM, &source,
	                              &fixture->file_key, &verdict, NULL, NULL)) != OK)
		goto out;
	r = fault_check_ephemeral(&fixture->reference, BODY_CONTENT_MAXIMUM, &source,
	                          &fixture->sealed.receiver_ephemeral,
	                          &fixture->recipients[SEAL_RECEIVER], &verdict, NULL, NULL);
	/* A shortage of memory convicts nobody. */
	assert_int_equal(verdict, FAULT_REFUTED);
out:
	buffer_release(&text);
	return r;
}

static void test_torture(void **state)
{
	struct seal_fixture fixture;

	(void)state;
	seal_fixture_init(&fixture);
	torture(once, &fixture);
	seal_fixture_release(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_part_proofs),
		cmocka_unit_test(test_changed_proofs),
		cmocka_unit_test(test_honest_author_is_cleared),
		cmocka_unit_test(test_mismatch_is_proved),
		cmocka_unit_test(test_unopenable_is_proved),
		cmocka_unit_test(test_spoilt_stanza_under_a_key_of_zeros),
		cmocka_unit_test(test_blob_that_cannot_be_read),
		cmocka_unit_test(test_torture),
	};

	return cmocka_run_group_tests_name("disclosure", tests, NULL, NULL);
}
