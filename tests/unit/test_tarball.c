/* The tar of a body: written, read, spoilt, and extracted by the real tar. */
#include "body_fixture.h"

#include "torture.h"

enum { TAR_MAXIMUM = 1 << 20 };

/* What a receiver saw. */
struct seen {
	struct buffer contents; /* of all parts, one after the other */
	size_t manifests, begins, ends;
	int refuse; /* what part_data returns */
};

static int see_manifest(void *context, const struct manifest *manifest)
{
	struct seen *seen = context;

	assert_int_equal(manifest->count, SMALL_BODY_PARTS);
	seen->manifests++;
	return OK;
}

static int see_begin(void *context, const struct part_line *line)
{
	struct seen *seen = context;

	assert_int_equal(line->number, seen->begins + 1);
	seen->begins++;
	return OK;
}

static int see_data(void *context, const struct part_line *line, struct bytes data)
{
	struct seen *seen = context;

	assert_int_equal(line->number, seen->begins);
	assert_true(data.size > 0);
	return seen->refuse != OK ? seen->refuse : buffer_put_bytes(&seen->contents, data);
}

static int see_end(void *context, const struct part_line *line)
{
	struct seen *seen = context;

	assert_int_equal(line->number, seen->begins);
	seen->ends++;
	return OK;
}

static void seen_init(struct seen *seen)
{
	*seen = (struct seen){ 0 };
	buffer_init(&seen->contents, TAR_MAXIMUM);
}

struct fixture {
	struct small_body body;
	struct manifest manifest;
	struct body_commitment commitment;
	struct buffer tar;
};

static void fixture_init(struct fixture *fixture)
{
	struct byte_sink sink = buffer_sink(&fixture->tar);

	small_body_init(&fixture->body);
	assert_ok(small_body_manifest(&fixture->body, &fixture->manifest));
	fixture->commitment = (struct body_commitment){ fixture->manifest.count,
		                                        fixture->manifest.root };
	buffer_init(&fixture->tar, TAR_MAXIMUM);
	assert_ok(tarball_write(&fixture->manifest, fixture->body.sources, &sink, NULL));
}

static void fixture_release(struct fixture *fixture)
{
	manifest_release(&fixture->manifest);
	buffer_release(&fixture->tar);
}

static int read_tar(const struct body_commitment *commitment, struct bytes tar, size_t step,
                    struct seen *seen, bool *ret_is_wrong)
{
	struct body_receiver receiver = { seen, see_manifest, see_begin, see_data, see_end };
	struct tarball_reader reader;
	int r;

	r = tarball_reader_init(&reader, commitment, BODY_CONTENT_MAXIMUM, &receiver);
	while (r == OK && tar.size > 0) {
		size_t size = tar.size < step ? tar.size : step;

		r = tarball_reader_update(&reader, bytes_of(tar.data, size), NULL);
		tar.data += size;
		tar.size -= size;
	}
	if (r == OK)
		r = tarball_reader_finish(&reader, NULL);
	*ret_is_wrong = reader.is_wrong;
	tarball_reader_release(&reader);
	return r;
}

static void test_round_trip(void **state)
{
	static const size_t steps[] = { 1, 7, 511, 512, 513, 100000 };
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct seen seen;
		size_t at = 0;
		bool is_wrong;

		seen_init(&seen);
		assert_ok(read_tar(&fixture.commitment, buffer_view(&fixture.tar), steps[i], &seen,
		                   &is_wrong));
		assert_int_equal(seen.manifests, 1);
		assert_int_equal(seen.begins, SMALL_BODY_PARTS);
		assert_int_equal(seen.ends, SMALL_BODY_PARTS);
		for (size_t k = 0; k < SMALL_BODY_PARTS; k++) {
			struct bytes content = fixture.body.contents[k];

			assert_true(
			    bytes_equal(bytes_of(seen.contents.data + at, content.size), content));
			at += content.size;
		}
		assert_int_equal(seen.contents.size, at);
		buffer_release(&seen.contents);
	}
	fixture_release(&fixture);
}

static void expect_wrong(const struct fixture *fixture, struct bytes tar)
{
	struct seen seen;
	bool is_wrong;

	seen_init(&seen);
	assert_int_equal(read_tar(&fixture->commitment, tar, 4096, &seen, &is_wrong),
	                 ERROR_MISMATCH);
	assert_true(is_wrong);
	buffer_release(&seen.contents);
}

static void test_every_changed_byte_is_seen(void **state)
{
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture);
	for (size_t i = 0; i < fixture.tar.size; i++) {
		fixture.tar.data[i] ^= 1;
		expect_wrong(&fixture, buffer_view(&fixture.tar));
		fixture.tar.data[i] ^= 1;
	}
	fixture_release(&fixture);
}

static void test_every_other_length_is_seen(void **state)
{
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture);
	for (size_t size = 0; size < fixture.tar.size; size += 13)
		expect_wrong(&fixture, bytes_of(fixture.tar.data, size));
	expect_wrong(&fixture, bytes_of(fixture.tar.data, fixture.tar.size - 1));
	assert_ok(buffer_put_u8(&fixture.tar, 0));
	expect_wrong(&fixture, buffer_view(&fixture.tar));
	fixture_release(&fixture);
}

static void test_other_commitments(void **state)
{
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture);
	fixture.commitment.part_count++;
	expect_wrong(&fixture, buffer_view(&fixture.tar));
	fixture.commitment.part_count--;
	fixture.commitment.root.bytes[31] ^= 1;
	expect_wrong(&fixture, buffer_view(&fixture.tar));
	fixture_release(&fixture);
}

/* A receiver's own failure is no fault of the archive, whatever its number. */
static void test_receiver_refuses(void **state)
{
	static const int results[] = { ERROR_IO, ERROR_WAIT, ERROR_MISMATCH };
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture);
	for (size_t i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
		struct seen seen;
		bool is_wrong;

		seen_init(&seen);
		seen.refuse = results[i];
		assert_int_equal(
		    read_tar(&fixture.commitment, buffer_view(&fixture.tar), 1, &seen, &is_wrong),
		    results[i]);
		assert_false(is_wrong);
		buffer_release(&seen.contents);
	}
	fixture_release(&fixture);
}

static void test_content_that_changed(void **state)
{
	struct bytes other = bytes_of_string("Traffic from MY networks!!");
	struct byte_source honest;
	struct buffer tar;
	struct byte_sink sink = buffer_sink(&tar);
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture);
	buffer_init(&tar, TAR_MAXIMUM);
	assert_int_equal(other.size, fixture.body.contents[0].size);
	honest = fixture.body.sources[0];
	fixture.body.sources[0] = byte_source_over(&other);
	assert_int_equal(tarball_write(&fixture.manifest, fixture.body.sources, &sink, NULL),
	                 ERROR_MISMATCH);
	fixture.body.sources[0] = honest;
	buffer_release(&tar);

	/* A sink that is full. */
	buffer_init(&tar, 2000);
	assert_int_equal(tarball_write(&fixture.manifest, fixture.body.sources, &sink, NULL),
	                 ERROR_LIMIT);
	buffer_release(&tar);
	fixture_release(&fixture);
}

static void test_real_tar(void **state)
{
	static const char *const names[SMALL_BODY_PARTS] = { "0001", "0002", "0003", "0004" };
	struct fixture fixture;
	struct buffer text, printed;
	char folder[64];

	(void)state;
	if (!command_exists("tar")) {
		print_message("# skipped: tar is not installed\n");
		skip();
	}
	fixture_init(&fixture);
	make_folder(folder);
	write_file(folder, "body.tar", buffer_view(&fixture.tar));
	run_in(folder, "mkdir out && tar -C out -xf body.tar && "
	               "test \"$(ls out | tr '\\n' ' ')\" = '0001 0002 0003 0004 manifest ' && "
	               "test -z \"$(tar -tf body.tar 2>&1 >/dev/null)\"");
	for (size_t i = 0; i < SMALL_BODY_PARTS; i++) {
		char name[32];
		struct buffer content;

		buffer_init(&content, 4096);
		snprintf(name, sizeof(name), "out/%s", names[i]);
		read_file(folder, name, &content);
		assert_true(bytes_equal(buffer_view(&content), fixture.body.contents[i]));
		buffer_release(&content);
	}
	buffer_init(&text, MANIFEST_MAXIMUM);
	buffer_init(&printed, MANIFEST_MAXIMUM);
	read_file(folder, "out/manifest", &text);
	assert_ok(manifest_print(&fixture.manifest, &printed));
	assert_true(bytes_equal(buffer_view(&text), buffer_view(&printed)));
	buffer_release(&text);
	buffer_release(&printed);

	/* GNU tar makes the same archive of the same files, but for the records
	 * of 10 KiB to which it fills up. */
	run_in(folder, "if tar --version | grep -q GNU; then "
	               "chmod 644 out/* && "
	               "tar -C out --format=ustar --owner=:0 --group=:0 --numeric-owner "
	               "--mtime=@0 -b1 -cf again.tar manifest 0001 0002 0003 0004 && "
	               "cmp again.tar body.tar; fi");
	remove_folder(folder);
	fixture_release(&fixture);
}

static int once(void *context)
{
	struct small_body *body = context;
	struct manifest manifest;
	struct body_commitment commitment;
	struct buffer tar;
	struct byte_sink sink = buffer_sink(&tar);
	struct seen seen;
	bool is_wrong;
	int r;

	buffer_init(&tar, TAR_MAXIMUM);
	seen_init(&seen);
	if ((r = small_body_manifest(body, &manifest)) != OK ||
	    (r = tarball_write(&manifest, body->sources, &sink, NULL)) != OK)
		goto out;
	commitment = (struct body_commitment){ manifest.count, manifest.root };
	r = read_tar(&commitment, buffer_view(&tar), 4096, &seen, &is_wrong);
	assert_false(is_wrong);
out:
	manifest_release(&manifest);
	buffer_release(&tar);
	buffer_release(&seen.contents);
	return r;
}

static void test_torture(void **state)
{
	struct small_body body;

	(void)state;
	small_body_init(&body);
	torture(once, &body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_every_changed_byte_is_seen),
		cmocka_unit_test(test_every_other_length_is_seen),
		cmocka_unit_test(test_other_commitments),
		cmocka_unit_test(test_receiver_refuses),
		cmocka_unit_test(test_content_that_changed),
		cmocka_unit_test(test_real_tar),
		cmocka_unit_test(test_torture),
	};

	return cmocka_run_group_tests_name("tarball", tests, NULL, NULL);
}
