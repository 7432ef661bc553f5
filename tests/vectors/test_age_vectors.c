/* The test vectors of age (C2SP CCTV), all of them: outcomes asserted, or
 * counted as skipped when they are about recipients other than X25519. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <archive.h>
#include <archive_entry.h>
#include <cmocka.h>

#include "age_stream.h"
#include "allocate.h"
#include "encoding.h"
#include "sha.h"
#include "text.h"

#define check_ok(expression) assert_int_equal(expression, OK)

enum { VECTOR_MAXIMUM = 32 << 20, FILES_EXPECTED = 143, SECRETS_MAXIMUM = 4 };

struct vector {
	char expect[32];
	struct hash payload; /* SHA-256 of the plaintext */
	uint8_t file_key[AGE_FILE_KEY_SIZE];
	bool has_file_key;
	struct x25519_secret secrets[SECRETS_MAXIMUM];
	size_t secret_count;
	bool is_armored;
	bool is_compressed;
	const char *skipped; /* the recipient type that is not ours, or NULL */
};

static const char *vectors_folder(void)
{
	static char path[4096];
	const char *shared = getenv("CHIRO_SHARED");
	const char *root = getenv("CHIRO_ROOT");

	if (shared != NULL)
		snprintf(path, sizeof(path), "%s/vectors/age", shared);
	else
		snprintf(path, sizeof(path), "%s/../shared/vectors/age", root == NULL ? "." : root);
	return path;
}

static void read_file(const char *path, struct buffer *ret_content)
{
	FILE *file = fopen(path, "rb");
	uint8_t piece[4096];
	size_t size;

	assert_non_null(file);
	while ((size = fread(piece, 1, sizeof(piece), file)) > 0)
		check_ok(buffer_put(ret_content, piece, size));
	fclose(file);
}

static void take_identity(struct vector *vector, struct bytes value)
{
	static const char hybrid[] = "AGE-SECRET-KEY-PQ-";

	if (value.size > strlen(hybrid) && memcmp(value.data, hybrid, strlen(hybrid)) == 0) {
		vector->skipped = "hybrid";
		return;
	}
	assert_true(vector->secret_count < SECRETS_MAXIMUM);
	check_ok(age_identity_parse(value, &vector->secrets[vector->secret_count++]));
}

/* Reads the `key: value` lines up to the empty one; the rest is the age file. */
static struct bytes parse_vector(struct bytes content, struct vector *ret_vector)
{
	struct text_reader reader;
	struct text_line line;

	*ret_vector = (struct vector){ 0 };
	text_reader_init(&reader, content);
	while (text_reader_next(&reader, &line) == OK && line.whole.size > 0) {
		const uint8_t *colon = memchr(line.whole.data, ':', line.whole.size);
		struct bytes key, value;

		assert_non_null(colon);
		key = bytes_of(line.whole.data, (size_t)(colon - line.whole.data));
		value = bytes_of(colon + 2, line.whole.size - key.size - 2);
		if (bytes_equal_string(key, "expect")) {
			check_ok(
			    bytes_to_string(value, ret_vector->expect, sizeof(ret_vector->expect)));
		} else if (bytes_equal_string(key, "payload")) {
			check_ok(hex_decode_fixed(value, ret_vector->payload.bytes, HASH_SIZE));
		} else if (bytes_equal_string(key, "file key")) {
			ret_vector->has_file_key = hex_decode_fixed(value, ret_vector->file_key,
			                                            AGE_FILE_KEY_SIZE) == OK;
		} else if (bytes_equal_string(key, "identity")) {
			take_identity(ret_vector, value);
		} else if (bytes_equal_string(key, "passphrase")) {
			ret_vector->skipped = "scrypt";
		} else if (bytes_equal_string(key, "armored")) {
			ret_vector->is_armored = true;
		} else if (bytes_equal_string(key, "compressed")) {
			assert_true(bytes_equal_string(value, "zlib"));
			ret_vector->is_compressed = true;
		}
	}
	return reader.rest;
}

/* libarchive knows gzip and not zlib: the same deflate stream in another
 * wrapping, of which it does not read the trailer. */
static void decompress(struct bytes packed, struct buffer *ret_plain)
{
	static const uint8_t gzip_header[] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3 };
	enum { ZLIB_HEADER = 2 };
	struct archive *archive = archive_read_new();
	struct archive_entry *entry;
	struct buffer gzip;
	uint8_t piece[4096];
	la_ssize_t size;

	buffer_init(&gzip, VECTOR_MAXIMUM);
	check_ok(buffer_put(&gzip, gzip_header, sizeof(gzip_header)));
	check_ok(buffer_put(&gzip, packed.data + ZLIB_HEADER, packed.size - ZLIB_HEADER));
	check_ok(buffer_put_u32(&gzip, 0));
	archive_read_support_filter_gzip(archive);
	archive_read_support_format_raw(archive);
	assert_int_equal(archive_read_open_memory(archive, gzip.data, gzip.size), ARCHIVE_OK);
	assert_int_equal(archive_read_next_header(archive, &entry), ARCHIVE_OK);
	while ((size = archive_read_data(archive, piece, sizeof(piece))) > 0)
		check_ok(buffer_put(ret_plain, piece, (size_t)size));
	assert_int_equal(size, 0);
	archive_read_free(archive);
	buffer_release(&gzip);
}

static bool is_space(uint8_t character)
{
	return character == ' ' || character == '\t' || character == '\r' || character == '\n';
}

/* Takes a line of an armor, which may end in CR LF or with the file. */
static struct bytes armor_line(struct bytes *text)
{
	const uint8_t *end = text->size == 0 ? NULL : memchr(text->data, '\n', text->size);
	struct bytes line = bytes_of(text->data,
	                             end == NULL ? text->size : (size_t)(end - text->data));
	size_t taken = end == NULL ? line.size : line.size + 1;

	text->data += taken;
	text->size -= taken;
	if (end != NULL && line.size > 0 && line.data[line.size - 1] == '\r')
		line.size--;
	return line;
}

/* Strict PEM as age demands; white space may stand before and after. */
static int dearmor(struct bytes text, struct buffer *ret_file)
{
	bool last = false;
	int r;

	while (text.size > 0 && is_space(text.data[0])) {
		text.data++;
		text.size--;
	}
	while (text.size > 0 && is_space(text.data[text.size - 1]))
		text.size--;
	if (!bytes_equal_string(armor_line(&text), "-----BEGIN AGE ENCRYPTED FILE-----"))
		return ERROR_SYNTAX;
	for (;;) {
		struct bytes line = armor_line(&text);

		if (bytes_equal_string(line, "-----END AGE ENCRYPTED FILE-----"))
			return text.size == 0 ? OK : ERROR_SYNTAX;
		if (last || line.size == 0 || line.size > 64)
			return ERROR_SYNTAX;
		last = line.size < 64 || line.data[line.size - 1] == '=';
		if ((r = base64_decode(ret_file, line, BASE64_PADDED)) != OK)
			return r;
	}
}

/* Decrypts in pieces of `step` bytes; hashes what is released. */
static const char *decrypt(struct bytes payload, const struct age_file_key *file_key, size_t step,
                           struct hash *ret_released)
{
	struct age_decryptor decryptor;
	struct sha256_stream stream;
	struct buffer output;
	const char *outcome = "success";
	uint64_t released_size = 0;
	int r = OK;

	check_ok(sha256_stream_init(&stream));
	buffer_init(&output, VECTOR_MAXIMUM);
	age_decryptor_init(&decryptor, file_key);
	while (r == OK && payload.size > 0) {
		size_t size = payload.size < step ? payload.size : step;

		r = age_decryptor_update(&decryptor, bytes_of(payload.data, size), &output);
		payload.data += size;
		payload.size -= size;
		check_ok(sha256_stream_update(&stream, buffer_view(&output)));
		released_size += output.size;
		buffer_clear(&output);
	}
	if (r == OK)
		r = age_decryptor_finish(&decryptor, &output);
	check_ok(sha256_stream_update(&stream, buffer_view(&output)));
	released_size += output.size;
	if (r != OK) {
		assert_int_equal(released_size % AGE_CHUNK_SIZE, 0);
		outcome = decryptor.has_key ? "payload failure" : "header failure";
	}
	check_ok(sha256_stream_finish(&stream, ret_released));
	sha256_stream_release(&stream);
	age_decryptor_release(&decryptor);
	buffer_release(&output);
	return outcome;
}

static const char *outcome_of_header(int r)
{
	assert_int_not_equal(r, ERROR_MEMORY);
	if (r == ERROR_NOT_FOUND)
		return "no match";
	return r == ERROR_SIGNATURE ? "HMAC failure" : "header failure";
}

static const char *open_file(struct bytes file, const struct vector *vector)
{
	static const size_t steps[] = { 65552, 1 << 20, 4093 };
	struct age_file_key file_key;
	struct hash released;
	const char *outcome = NULL;
	size_t header_size;
	int r;

	if (age_header_length(file, &header_size) != OK)
		return "header failure";
	if ((r = age_header_unwrap(bytes_of(file.data, header_size), vector->secrets,
	                           vector->secret_count, &file_key, NULL)) != OK)
		return outcome_of_header(r);
	assert_true(vector->has_file_key);
	assert_memory_equal(file_key.bytes, vector->file_key, AGE_FILE_KEY_SIZE);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		const char *again = decrypt(
		    bytes_of(file.data + header_size, file.size - header_size), &file_key, steps[i],
		    &released);

		assert_true(outcome == NULL || strcmp(outcome, again) == 0);
		outcome = again;
		/* The payload of a vector that fails is what a reader may release that
		 * does not look ahead; this one holds back what might be the last
		 * chunk, and so may release less. */
		if (strcmp(outcome, "success") == 0)
			assert_memory_equal(released.bytes, vector->payload.bytes, HASH_SIZE);
	}
	return outcome;
}

/* Returns whether the vector was one of ours. */
static bool run_vector(const char *path, const char **ret_skipped)
{
	struct buffer content, unpacked, dearmored;
	struct vector vector;
	struct bytes file;
	const char *outcome = "armor failure";

	buffer_init(&content, VECTOR_MAXIMUM);
	buffer_init(&unpacked, VECTOR_MAXIMUM);
	buffer_init(&dearmored, VECTOR_MAXIMUM);
	read_file(path, &content);
	file = parse_vector(buffer_view(&content), &vector);
	*ret_skipped = vector.skipped;
	if (vector.skipped != NULL)
		goto out;
	if (vector.is_compressed) {
		decompress(file, &unpacked);
		file = buffer_view(&unpacked);
	}
	if (!vector.is_armored) {
		outcome = open_file(file, &vector);
	} else if (dearmor(file, &dearmored) == OK) {
		outcome = open_file(buffer_view(&dearmored), &vector);
	}
	if (strcmp(outcome, vector.expect) != 0)
		fail_msg("%s: expected %s, came to %s", path, vector.expect, outcome);
out:
	buffer_release(&content);
	buffer_release(&unpacked);
	buffer_release(&dearmored);
	return vector.skipped == NULL;
}

static void test_all_vectors(void **state)
{
	const char *folder = vectors_folder();
	struct dirent **entries;
	unsigned asserted = 0, scrypt = 0, hybrid = 0;
	int count;

	(void)state;
	count = scandir(folder, &entries, NULL, alphasort);
	if (count < 0) {
		print_message("# skipped: the age vectors are not at %s\n", folder);
		skip();
	}
	for (int i = 0; i < count; i++) {
		char path[8192];
		const char *skipped;

		snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
		if (entries[i]->d_name[0] != '.') {
			if (run_vector(path, &skipped))
				asserted++;
			else if (strcmp(skipped, "scrypt") == 0)
				scrypt++;
			else
				hybrid++;
		}
		free(entries[i]);
	}
	free(entries);
	print_message("# age vectors: %u asserted, %u skipped (%u scrypt, %u hybrid)\n", asserted,
	              scrypt + hybrid, scrypt, hybrid);
	assert_int_equal(asserted + scrypt + hybrid, FILES_EXPECTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_vectors),
	};

	return cmocka_run_group_tests_name("age vectors", tests, NULL, NULL);
}
