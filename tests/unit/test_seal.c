/* Sealing bodies and opening them again, also by the real age and tar. */
#include "seal_fixture.h"

#include "torture.h"

#include <sys/resource.h>

struct received {
	struct buffer contents;
	size_t ends;
	int refuse;
};

static int receive_data(void *context, const struct part_line *line, struct bytes data)
{
	struct received *received = context;

	(void)line;
	return received->refuse != OK ? received->refuse
	                              : buffer_put_bytes(&received->contents, data);
}

static int receive_end(void *context, const struct part_line *line)
{
	struct received *received = context;

	(void)line;
	received->ends++;
	return OK;
}

static int open_in_steps(const struct body_reference *reference,
                         const struct age_file_key *file_key, struct bytes blob, size_t step,
                         struct received *received, enum body_verdict *ret_verdict)
{
	struct body_receiver receiver = { .context = received,
		                          .part_data = receive_data,
		                          .part_end = receive_end };
	struct body_opener *opener = body_opener_new(reference, file_key, BODY_CONTENT_MAXIMUM,
	                                             &receiver);
	struct error error = { 0 };
	int r = OK;

	if (opener == NULL)
		return ERROR_MEMORY;
	while (r == OK && blob.size > 0) {
		size_t size = blob.size < step ? blob.size : step;

		r = body_opener_update(opener, bytes_of(blob.data, size));
		blob.data += size;
		blob.size -= size;
	}
	if (r == OK && (r = body_opener_finish(opener, ret_verdict, &error)) == OK)
		assert_int_equal(error.code == OK, *ret_verdict == BODY_INTACT);
	body_opener_free(opener);
	return r;
}

static enum body_verdict verdict_of(const struct body_reference *reference,
                                    const struct age_file_key *file_key, struct bytes blob)
{
	enum body_verdict verdict = BODY_INTACT;
	struct received received = { 0 };

	buffer_init(&received.contents, BLOB_MAXIMUM);
	assert_ok(open_in_steps(reference, file_key, blob, 4096, &received, &verdict));
	buffer_release(&received.contents);
	return verdict;
}

/* The verdict when the act names these very bytes. */
static enum body_verdict verdict_as_named(const struct seal_fixture *fixture, struct bytes blob)
{
	struct body_reference reference = reference_to(&fixture->manifest, blob);

	return verdict_of(&reference, &fixture->file_key, blob);
}

static void test_opens_for_both(void **state)
{
	static const size_t steps[] = { 1, 300, 4096, 1 << 20 };
	struct seal_fixture fixture;

	(void)state;
	seal_fixture_init(&fixture);
	assert_int_equal(fixture.sealed.size, fixture.blob.size);
	assert_true(hash_equal(&fixture.sealed.hash, &fixture.reference.sealed_hash));
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct age_file_key file_key = file_key_of(buffer_view(&fixture.blob),
		                                           &fixture.secrets[i % SEAL_RECIPIENTS]);
		struct received received = { 0 };
		enum body_verdict verdict;
		size_t at = 0;

		buffer_init(&received.contents, BLOB_MAXIMUM);
		assert_ok(open_in_steps(&fixture.reference, &file_key, buffer_view(&fixture.blob),
		                        steps[i], &received, &verdict));
		assert_int_equal(verdict, BODY_INTACT);
		assert_int_equal(received.ends, SMALL_BODY_PARTS);
		for (size_t k = 0; k < SMALL_BODY_PARTS; k++) {
			struct bytes content = fixture.body.contents[k];

			assert_true(bytes_equal(bytes_of(received.contents.data + at, content.size),
			                        content));
			at += content.size;
		}
		buffer_release(&received.contents);
	}
	seal_fixture_release(&fixture);
}

static void test_wrong_blob_is_no_fault(void **state)
{
	struct seal_fixture fixture;
	struct bytes blob;

	(void)state;
	seal_fixture_init(&fixture);
	blob = buffer_view(&fixture.blob);
	for (size_t i = 0; i < blob.size; i += 17) {
		fixture.blob.data[i] ^= 0x20;
		assert_int_equal(verdict_of(&fixture.reference, &fixture.file_key, blob),
		                 BODY_WRONG_BLOB);
		fixture.blob.data[i] ^= 0x20;
	}
	blob.size--;
	assert_int_equal(verdict_of(&fixture.reference, &fixture.file_key, blob), BODY_WRONG_BLOB);
	assert_ok(buffer_put_u8(&fixture.blob, 0));
	assert_int_equal(
	    verdict_of(&fixture.reference, &fixture.file_key, buffer_view(&fixture.blob)),
	    BODY_WRONG_BLOB);
	seal_fixture_release(&fixture);
}

static void test_unopenable(void **state)
{
	struct age_file_key other = { { 9 } };
	struct seal_fixture fixture;
	struct bytes blob;

	(void)state;
	seal_fixture_init(&fixture);
	blob = buffer_view(&fixture.blob);
	for (size_t i = 0; i < blob.size; i += 11) {
		fixture.blob.data[i] ^= 1;
		assert_int_equal(verdict_as_named(&fixture, blob), BODY_UNOPENABLE);
		fixture.blob.data[i] ^= 1;
	}
	for (size_t size = 0; size < blob.size; size += 101)
		assert_int_equal(verdict_as_named(&fixture, bytes_of(blob.data, size)),
		                 BODY_UNOPENABLE);
	assert_int_equal(verdict_of(&fixture.reference, &other, blob), BODY_UNOPENABLE);
	seal_fixture_release(&fixture);
}

/* Seals any plaintext to any number of recipients under the fixture's file key. */
static void seal_plain(const struct seal_fixture *fixture, struct bytes plain, size_t recipients,
                       struct buffer *ret_blob)
{
	static const uint8_t nonce[AGE_NONCE_SIZE];
	struct x25519_public keys[] = { fixture->recipients[0], fixture->recipients[1],
		                        fixture->recipients[1] };
	uint32_t counter = 50;
	struct random_source random = counted_random(&counter);
	struct age_encryptor encryptor;

	buffer_init(ret_blob, BLOB_MAXIMUM);
	assert_ok(age_header_build(ret_blob, &fixture->file_key, keys, recipients, &random, NULL));
	assert_ok(age_encryptor_init(&encryptor, &fixture->file_key, nonce, ret_blob));
	assert_ok(age_encryptor_update(&encryptor, plain, ret_blob));
	assert_ok(age_encryptor_finish(&encryptor, ret_blob));
	age_encryptor_release(&encryptor);
}

static void test_stanza_count_and_content(void **state)
{
	static const struct {
		size_t recipients;
		size_t tar_short; /* bytes cut off the tar */
		bool spoil;
		enum body_verdict verdict;
	} rows[] = {
		{ 2, 0, false, BODY_INTACT },      { 1, 0, false, BODY_UNOPENABLE },
		{ 3, 0, false, BODY_UNOPENABLE },  { 2, 1, false, BODY_MISMATCH },
		{ 2, 1024, false, BODY_MISMATCH }, { 2, 0, true, BODY_MISMATCH },
	};
	struct seal_fixture fixture;
	struct buffer tar;
	struct byte_sink sink = buffer_sink(&tar);

	(void)state;
	seal_fixture_init(&fixture);
	buffer_init(&tar, BLOB_MAXIMUM);
	assert_ok(tarball_write(&fixture.manifest, fixture.body.sources, &sink, NULL));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buffer blob;

		tar.data[tar.size / 2] ^= rows[i].spoil ? 1 : 0;
		seal_plain(&fixture, bytes_of(tar.data, tar.size - rows[i].tar_short),
		           rows[i].recipients, &blob);
		assert_int_equal(verdict_as_named(&fixture, buffer_view(&blob)), rows[i].verdict);
		buffer_release(&blob);
	}
	buffer_release(&tar);
	seal_fixture_release(&fixture);
}

static void test_other_commitment_is_mismatch(void **state)
{
	struct seal_fixture fixture;
	struct bytes blob;

	(void)state;
	seal_fixture_init(&fixture);
	blob = buffer_view(&fixture.blob);
	fixture.reference.commitment.root.bytes[0] ^= 1;
	assert_int_equal(verdict_of(&fixture.reference, &fixture.file_key, blob), BODY_MISMATCH);
	fixture.reference.commitment.root.bytes[0] ^= 1;
	fixture.reference.commitment.part_count = UINT64_MAX;
	assert_int_equal(verdict_of(&fixture.reference, &fixture.file_key, blob), BODY_MISMATCH);
	seal_fixture_release(&fixture);
}

static void test_receiver_refuses(void **state)
{
	struct received received = { .refuse = ERROR_IO };
	enum body_verdict verdict = BODY_INTACT;
	struct seal_fixture fixture;

	(void)state;
	seal_fixture_init(&fixture);
	buffer_init(&received.contents, BLOB_MAXIMUM);
	assert_int_equal(open_in_steps(&fixture.reference, &fixture.file_key,
	                               buffer_view(&fixture.blob), 4096, &received, &verdict),
	                 ERROR_IO);
	buffer_release(&received.contents);
	seal_fixture_release(&fixture);
}

static void test_reseal_keeps_the_root(void **state)
{
	uint32_t counter = 2000;
	struct random_source random = counted_random(&counter);
	struct seal_fixture fixture;
	struct body_reference again;
	struct age_file_key file_key;
	struct sealed sealed;
	struct buffer blob;
	struct byte_sink sink = buffer_sink(&blob);

	(void)state;
	seal_fixture_init(&fixture);
	buffer_init(&blob, BLOB_MAXIMUM);
	assert_ok(body_seal(&fixture.manifest, fixture.body.sources, fixture.recipients, &random,
	                    &sink, &sealed, NULL));
	assert_false(hash_equal(&sealed.hash, &fixture.sealed.hash));
	again = fixture.reference;
	again.sealed_size = sealed.size;
	again.sealed_hash = sealed.hash;
	file_key = file_key_of(buffer_view(&blob), &fixture.secrets[SEAL_RECEIVER]);
	assert_int_equal(verdict_of(&again, &file_key, buffer_view(&blob)), BODY_INTACT);
	buffer_release(&blob);
	seal_fixture_release(&fixture);
}

/* A large content that is never in memory, straight from sealing to opening. */
enum { LARGE_SIZE = 48 << 20, MEMORY_ALLOWED = 12 << 20 };

static int large_read(void *context, uint64_t offset, void *ret_bytes, size_t size)
{
	uint8_t *place = ret_bytes;

	(void)context;
	for (size_t i = 0; i < size; i++)
		place[i] = (uint8_t)((offset + i) * 2654435761U >> 16);
	return OK;
}

static int count_data(void *context, const struct part_line *line, struct bytes data)
{
	uint64_t *count = context;

	(void)line;
	*count += data.size;
	return OK;
}

static int no_write(void *context, struct bytes bytes)
{
	(void)context;
	(void)bytes;
	return OK;
}

static int opener_write(void *context, struct bytes bytes)
{
	return body_opener_update(context, bytes);
}

/* Keeps the header, from which the file key comes. */
struct head {
	uint8_t bytes[1024];
	size_t size;
};

static int head_write(void *context, struct bytes bytes)
{
	struct head *head = context;
	size_t room = sizeof(head->bytes) - head->size;
	size_t take = bytes.size < room ? bytes.size : room;

	memcpy(head->bytes + head->size, bytes.data, take);
	head->size += take;
	return OK;
}

static long peak_memory(void)
{
	struct rusage usage;

	assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
	return usage.ru_maxrss * 1024;
}

static void test_memory_stays_flat(void **state)
{
	struct part part = { .description = { .name = "large",
		                              .media_type = "application/octet-stream",
		                              .size = LARGE_SIZE },
		             .content = { NULL, large_read } };
	struct byte_sink nowhere = { NULL, no_write };
	struct head head = { .size = 0 };
	struct byte_sink to_head = { &head, head_write };
	struct body_receiver receiver = { .part_data = count_data };
	struct seal_fixture fixture;
	struct manifest manifest;
	struct body_reference reference;
	struct age_file_key file_key;
	struct sealed sealed, again;
	enum body_verdict verdict;
	struct byte_sink to_opener;
	uint32_t counter = 1;
	struct random_source random = counted_random(&counter);
	uint64_t count = 0;
	long before;

	(void)state;
	seal_fixture_init(&fixture);
	manifest_init(&manifest);
	before = peak_memory();
	assert_ok(manifest_make(&manifest, &part, 1, BODY_CONTENT_MAXIMUM, &random, NULL));

	/* The same randomness gives the same blob: once for its name and header,
	 * once through the opener. */
	counter = 500;
	assert_ok(body_seal(&manifest, &part.content, fixture.recipients, &random, &to_head,
	                    &sealed, NULL));
	file_key = file_key_of(bytes_of(head.bytes, head.size), &fixture.secrets[SEAL_AUTHOR]);
	reference = (struct body_reference){ { 1, manifest.root }, sealed.size, sealed.hash };
	receiver.context = &count;
	to_opener.context = body_opener_new(&reference, &file_key, BODY_CONTENT_MAXIMUM, &receiver);
	to_opener.write = opener_write;
	assert_non_null(to_opener.context);
	counter = 500;
	assert_ok(body_seal(&manifest, &part.content, fixture.recipients, &random, &to_opener,
	                    &again, NULL));
	assert_ok(body_opener_finish(to_opener.context, &verdict, NULL));
	assert_int_equal(verdict, BODY_INTACT);
	assert_int_equal(count, LARGE_SIZE);
	body_opener_free(to_opener.context);
	assert_true(peak_memory() - before < MEMORY_ALLOWED);

	assert_int_equal(body_seal(&manifest, fixture.body.sources, fixture.recipients, &random,
	                           &nowhere, &again, NULL),
	                 ERROR_LIMIT);
	manifest_release(&manifest);
	seal_fixture_release(&fixture);
}

static void write_identity(const char *folder, const char *name, const struct x25519_secret *secret)
{
	char text[AGE_IDENTITY_CAPACITY];

	assert_ok(age_identity_print(secret, text));
	write_file(folder, name, bytes_of_string(text));
}

static void test_real_age_and_tar(void **state)
{
	struct seal_fixture fixture;
	struct buffer theirs;
	struct age_file_key file_key;
	struct body_reference reference;
	char author[AGE_RECIPIENT_CAPACITY], receiver[AGE_RECIPIENT_CAPACITY];
	char command[512];
	char folder[64];

	(void)state;
	if (!command_exists("age") || !command_exists("tar")) {
		print_message("# skipped: age or tar is not installed\n");
		skip();
	}
	seal_fixture_init(&fixture);
	make_folder(folder);
	write_identity(folder, "author", &fixture.secrets[SEAL_AUTHOR]);
	write_identity(folder, "receiver", &fixture.secrets[SEAL_RECEIVER]);
	write_file(folder, "blob", buffer_view(&fixture.blob));

	/* Ours by theirs, for either key. */
	run_in(folder, "mkdir a r && age -d -i author blob | tar -C a -x && "
	               "age -d -i receiver blob | tar -C r -x && diff -r a r");
	for (size_t i = 0; i < SMALL_BODY_PARTS; i++) {
		struct buffer content;
		char name[16];

		buffer_init(&content, 4096);
		snprintf(name, sizeof(name), "r/%04zu", i + 1);
		read_file(folder, name, &content);
		assert_true(bytes_equal(buffer_view(&content), fixture.body.contents[i]));
		buffer_release(&content);
	}

	/* Theirs by us: the same tar sealed by the real age to the same keys. */
	assert_ok(age_recipient_print(&fixture.recipients[SEAL_AUTHOR], author));
	assert_ok(age_recipient_print(&fixture.recipients[SEAL_RECEIVER], receiver));
	snprintf(command, sizeof(command), "age -d -i author blob | age -r %s -r %s >theirs",
	         author, receiver);
	run_in(folder, command);
	buffer_init(&theirs, BLOB_MAXIMUM);
	read_file(folder, "theirs", &theirs);
	file_key = file_key_of(buffer_view(&theirs), &fixture.secrets[SEAL_RECEIVER]);
	reference = reference_to(&fixture.manifest, buffer_view(&theirs));
	assert_int_equal(verdict_of(&reference, &file_key, buffer_view(&theirs)), BODY_INTACT);
	buffer_release(&theirs);
	remove_folder(folder);
	seal_fixture_release(&fixture);
}

static int once(void *context)
{
	const struct seal_fixture *fixture = context;
	uint32_t counter = 70;
	struct random_source random = counted_random(&counter);
	struct received received = { 0 };
	enum body_verdict verdict = BODY_INTACT;
	struct buffer blob;
	struct byte_sink sink = buffer_sink(&blob);
	struct sealed sealed;
	int r;

	buffer_init(&blob, BLOB_MAXIMUM);
	buffer_init(&received.contents, BLOB_MAXIMUM);
	if ((r = body_seal(&fixture->manifest, fixture->body.sources, fixture->recipients, &random,
	                   &sink, &sealed, NULL)) != OK)
		goto out;
	r = open_in_steps(&fixture->reference, &fixture->file_key, buffer_view(&fixture->blob), 100,
	                  &received, &verdict);
	assert_int_equal(verdict, BODY_INTACT);
out:
	buffer_release(&blob);
	buffer_release(&received.contents);
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
		cmocka_unit_test(test_opens_for_both),
		cmocka_unit_test(test_wrong_blob_is_no_fault),
		cmocka_unit_test(test_unopenable),
		cmocka_unit_test(test_stanza_count_and_content),
		cmocka_unit_test(test_other_commitment_is_mismatch),
		cmocka_unit_test(test_receiver_refuses),
		cmocka_unit_test(test_reseal_keeps_the_root),
		cmocka_unit_test(test_memory_stays_flat),
		cmocka_unit_test(test_real_age_and_tar),
		cmocka_unit_test(test_torture),
	};

	return cmocka_run_group_tests_name("seal", tests, NULL, NULL);
}
