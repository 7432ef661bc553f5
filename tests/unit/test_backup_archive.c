/* The archive of a backup: what is written is read, tar reads it as well, and what was
 * changed anywhere is noticed. */
#include "backup_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "backup_block.h"
#include "check.h"
#include "torture.h"

enum { ARCHIVE_MAXIMUM = 1 << 20 };

struct fixture {
	struct buffer archive, given, manifest;
};

static int set_up(void **state)
{
	static struct fixture fixture;
	struct fixture *f = &fixture;

	buffer_init(&f->archive, ARCHIVE_MAXIMUM);
	buffer_init(&f->given, ARCHIVE_MAXIMUM);
	buffer_init(&f->manifest, ARCHIVE_MAXIMUM);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	buffer_release(&f->archive);
	buffer_release(&f->given);
	buffer_release(&f->manifest);
	return 0;
}

static int read_again(struct fixture *f, size_t step, struct error *error)
{
	buffer_clear(&f->given);
	buffer_clear(&f->manifest);
	return fixture_read(buffer_view(&f->archive), step, &f->given, &f->manifest, error);
}

static void test_what_is_written_is_read(void **state)
{
	static const size_t sizes[] = { 0, 1, 511, 512, 513, 70000 };
	static const size_t steps[] = { 1, 7, 512, 100000 };
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		char expected[64];

		buffer_clear(&f->archive);
		assert_int_equal(fixture_archive(&f->archive, sizes[i]), OK);
		assert_int_equal(f->archive.size % BACKUP_BLOCK_SIZE, 0);
		snprintf(expected, sizeof(expected), "chirod.conf 5\nconf\n\nstore.sqlite %zu\n",
		         sizes[i]);
		for (size_t j = 0; j < sizeof(steps) / sizeof(steps[0]); j++) {
			struct error error = { 0 };

			assert_int_equal(read_again(f, steps[j], &error), OK);
			assert_memory_equal(f->given.data, expected, strlen(expected));
			assert_int_equal(f->given.size, strlen(expected) + sizes[i] + 1);
		}
	}
}

static void test_the_manifest_tells_it(void **state)
{
	static const char expected[] =
	    "chirograph.backup/1\n"
	    "time 2026-11-22T14:00:00Z\n"
	    "party north\n"
	    "version 0.1.0\n"
	    "channel aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa north 3 south 2\n"
	    "file a52a38d0bad4f9a9feb2bbbb4f48a8b7d4e5ddb6ff7cc41ac8f1ba1c1e1a2cf4 5 chirod.conf\n";
	struct fixture *f = *state;

	assert_int_equal(fixture_archive(&f->archive, 3), OK);
	assert_int_equal(read_again(f, 512, NULL), OK);
	/* All but the hash, which sha256sum says. */
	assert_true(f->manifest.size > sizeof(expected));
	assert_memory_equal(f->manifest.data, expected, strstr(expected, "file ") - expected);
}

/* What the manifest alone says, nothing contradicts; that is what the seal is for. */
static void test_every_change_is_noticed(void **state)
{
	struct fixture *f = *state;
	size_t manifest;

	assert_int_equal(fixture_archive(&f->archive, 600), OK);
	manifest = f->archive.size - 2 * BACKUP_BLOCK_SIZE - BACKUP_BLOCK_SIZE;
	for (size_t i = 0; i < f->archive.size; i++) {
		if (i >= manifest && i < manifest + BACKUP_BLOCK_SIZE)
			continue;
		for (unsigned bit = 1; bit < 256; bit <<= 3) {
			struct error error = { 0 };

			f->archive.data[i] ^= (uint8_t)bit;
			assert_int_not_equal(read_again(f, 4096, &error), OK);
			assert_int_not_equal(error.message[0], '\0');
			f->archive.data[i] ^= (uint8_t)bit;
		}
	}
	assert_int_equal(read_again(f, 4096, NULL), OK);
}

static void test_every_end_is_noticed(void **state)
{
	struct fixture *f = *state;
	size_t size;

	assert_int_equal(fixture_archive(&f->archive, 600), OK);
	size = f->archive.size;
	assert_int_equal(buffer_put_u8(&f->archive, 0), OK);
	assert_int_equal(read_again(f, 4096, NULL), ERROR_SYNTAX);
	for (; size > 0; size--) {
		struct error error = { 0 };

		buffer_truncate(&f->archive, size - 1);
		assert_int_equal(read_again(f, 4096, &error), ERROR_SYNTAX);
		assert_int_not_equal(error.message[0], '\0');
	}
}

static void test_headers_of_any_size(void **state)
{
	static const uint64_t sizes[] = { 0,
		                          1,
		                          (UINT64_C(1) << 33) - 1,
		                          UINT64_C(1) << 33,
		                          (UINT64_C(1) << 40) + 12345,
		                          BACKUP_FILE_SIZE_MAXIMUM };
	uint8_t block[BACKUP_BLOCK_SIZE];
	struct backup_file file;
	timestamp time;

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		backup_header("store.sqlite", sizes[i], FIXTURE_TIME, block);
		assert_int_equal(backup_header_parse(block, &file, &time), OK);
		assert_string_equal(file.name, "store.sqlite");
		assert_true(file.size == sizes[i]);
		assert_int_equal(time, FIXTURE_TIME);
	}
	/* Small numbers have one spelling. */
	backup_header("store.sqlite", UINT64_C(1) << 33, FIXTURE_TIME, block);
	block[124 + 7] = 0;
	block[124 + 11] = 1;
	assert_int_equal(backup_header_parse(block, &file, &time), ERROR_SYNTAX);
}

static void test_names_lead_nowhere(void **state)
{
	static const char *const bad[] = {
		"", ".", "..", ".x", "../x", "a/b", "A", "-x", "a b", "ä"
	};
	char name[BACKUP_NAME_CAPACITY + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(backup_name_is_valid(bytes_of_string(bad[i])));
	memset(name, 'a', sizeof(name));
	assert_true(backup_name_is_valid(bytes_of(name, BACKUP_NAME_CAPACITY - 1)));
	assert_false(backup_name_is_valid(bytes_of(name, BACKUP_NAME_CAPACITY)));
}

static void test_the_writer_holds_to_its_sizes(void **state)
{
	struct fixture *f = *state;
	const struct byte_sink sink = { &f->archive, fixture_put };
	struct backup_writer writer;

	assert_int_equal(backup_writer_init(&writer, &sink, FIXTURE_TIME), OK);
	assert_int_equal(backup_writer_begin(&writer, "manifest", 1), ERROR_EXISTS);
	assert_int_equal(backup_writer_begin(&writer, "../x", 1), ERROR_SYNTAX);
	assert_int_equal(backup_writer_begin(&writer, "x", BACKUP_FILE_SIZE_MAXIMUM + 1),
	                 ERROR_LIMIT);
	assert_int_equal(backup_writer_begin(&writer, "x", 3), OK);
	assert_int_equal(backup_writer_put(&writer, bytes_of_string("four")), ERROR_STATE);
	assert_int_equal(backup_writer_put(&writer, bytes_of_string("ab")), OK);
	assert_int_equal(backup_writer_end(&writer), ERROR_STATE);
	assert_int_equal(backup_writer_put(&writer, bytes_of_string("c")), OK);
	assert_int_equal(backup_writer_end(&writer), OK);
	assert_int_equal(backup_writer_file(&writer, "x", bytes_of_string("again")), ERROR_EXISTS);
	backup_writer_release(&writer);
}

static void test_manifests_that_are_none(void **state)
{
#define BEGINNING "chirograph.backup/1\ntime 2026-11-22T14:40:00Z\nparty north\nversion 1\n"
#define ID        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HASH      "00000000000000000000000000000000ffffffffffffffffffffffffffffffff"
	static const struct {
		const char *text;
		int result;
	} cases[] = {
		{ BEGINNING "file " HASH " 3 a\n", OK },
		{ BEGINNING "channel " ID " north 1 south 0\nfile " HASH " 3 a\n", OK },
		{ BEGINNING, ERROR_SYNTAX },
		{ "chirograph.backup/2\n", ERROR_SYNTAX },
		{ BEGINNING "file " HASH " 03 a\n", ERROR_SYNTAX },
		{ BEGINNING "file " HASH " 3 A\n", ERROR_SYNTAX },
		{ BEGINNING "file " HASH " 3\n", ERROR_SYNTAX },
		{ BEGINNING "file " HASH " 3 a\nfile " HASH " 3 a\n", ERROR_EXISTS },
		{ BEGINNING "file " HASH " 3 a\nchannel " ID " north 1 south 0\n", ERROR_SYNTAX },
		{ BEGINNING "channel " ID " north 1 north 0\nfile " HASH " 3 a\n", ERROR_SYNTAX },
		{ BEGINNING "channel x north 1 south 0\nfile " HASH " 3 a\n", ERROR_SYNTAX },
		{ BEGINNING "channel " ID " north 1 south 0\nchannel " ID
		            " north 1 south 0\nfile " HASH " 3 a\n",
		  ERROR_EXISTS },
		{ BEGINNING "file " HASH " 281474976710657 a\n", ERROR_SYNTAX },
		{ BEGINNING "other x\nfile " HASH " 3 a\n", ERROR_SYNTAX },
		{ "chirograph.backup/1\ntime now\nparty north\nversion 1\nfile " HASH " 3 a\n",
		  ERROR_SYNTAX },
		{ "chirograph.backup/1\ntime 2026-11-22T14:40:00Z\nparty N\nversion 1\n",
		  ERROR_SYNTAX },
		{ "", ERROR_SYNTAX },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct backup_manifest manifest = { 0 };
		struct error error = { 0 };
		int r = backup_manifest_parse(bytes_of_string(cases[i].text), &manifest, &error);

		if (r != cases[i].result)
			fail_msg("case %zu: %s (%s)", i, result_text(r), error.message);
		backup_manifest_release(&manifest);
	}
}

/* What stock tools make of it. */
static void test_tar_takes_it_apart(void **state)
{
	struct fixture *f = *state;
	char path[] = "/tmp/chirograph-XXXXXX", command[128], line[128];
	static const char *const names[] = { BACKUP_FOLDER "/chirod.conf\n",
		                             BACKUP_FOLDER "/store.sqlite\n",
		                             BACKUP_FOLDER "/manifest\n" };
	int fd = mkstemp(path);
	FILE *listing;

	assert_true(fd >= 0);
	assert_int_equal(fixture_archive(&f->archive, 600), OK);
	assert_int_equal(write(fd, f->archive.data, f->archive.size), f->archive.size);
	close(fd);
	snprintf(command, sizeof(command), "tar -t -f %s", path);
	listing = popen(command, "r");
	assert_non_null(listing);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_non_null(fgets(line, sizeof(line), listing));
		assert_string_equal(line, names[i]);
	}
	assert_null(fgets(line, sizeof(line), listing));
	assert_int_equal(pclose(listing), 0);
	unlink(path);
}

static int write_and_read(void *context)
{
	struct fixture *f = context;
	int r;

	if ((r = fixture_archive(&f->archive, 600)) == OK)
		r = fixture_read(buffer_view(&f->archive), 512, &f->given, &f->manifest, NULL);
	buffer_release(&f->archive);
	buffer_release(&f->given);
	buffer_release(&f->manifest);
	return r;
}

static void test_allocation_failures(void **state)
{
	torture(write_and_read, *state);
}

int main(void)
{
#define WITH_FIXTURE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		WITH_FIXTURE(test_what_is_written_is_read),
		WITH_FIXTURE(test_the_manifest_tells_it),
		WITH_FIXTURE(test_every_change_is_noticed),
		WITH_FIXTURE(test_every_end_is_noticed),
		cmocka_unit_test(test_headers_of_any_size),
		cmocka_unit_test(test_names_lead_nowhere),
		WITH_FIXTURE(test_the_writer_holds_to_its_sizes),
		cmocka_unit_test(test_manifests_that_are_none),
		WITH_FIXTURE(test_tar_takes_it_apart),
		WITH_FIXTURE(test_allocation_failures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
