/* Manifests and the commitment to them. */
#include "body_fixture.h"

#include "encoding.h"
#include "torture.h"

static const char golden[] = "chirograph.body/1\n"
			     "part 1 26 text/vnd.chirograph.subject en authentic "
			     "tBP0fRPuL+bIRbLuFBr4HehY307FSaWLeXC7lmRbyNI= "
			     "z8B7pk0tRMuKu85AYZ87IemkXYhE7kG6+sZDw+iEIUc= Subject\n"
			     "part 2 13 text/vnd.chirograph.paragraph ru translation "
			     "/PCmxwDdE+J0tvuo3uqN2bJuTu3eNJVxfKyECMnFF38= "
			     "S3Ro2h7ZVAvleY7GkgcPO2FqoXWXrcqjJVg1cWWj2Z4= 1\n"
			     "part 3 37 text/vnd.chirograph.fields - - "
			     "WDx9+3swVdmUZVRAMqVx4QoTSxtvdpQiu7cf1/oWel0= "
			     "yCI0mOMJXrtgRaPKFGw5DEYceHjfSsCdX6X3b2galPo= Fields\n"
			     "part 4 0 application/octet-stream - - "
			     "TzUhLRL5rSA2SSyV8f55uvTse9m+89/6dXnyKT/1RqQ= "
			     "PvHAa4YG4JOQKw+Af1qklijU9DQRZN923oEO7cDFtYo= nothing at all\n";

static const char golden_root[] = "hmxlSsIIk8hg9mdElT42VgG2u7nmVc6rVYE+ewy/pj8=";

static void print(const struct manifest *manifest, struct buffer *ret_text)
{
	buffer_init(ret_text, MANIFEST_MAXIMUM);
	assert_ok(manifest_print(manifest, ret_text));
}

static void test_round_trip(void **state)
{
	struct manifest manifest, parsed;
	char root[HASH_BASE64_CAPACITY];
	struct small_body body;
	struct buffer text, again;

	(void)state;
	small_body_init(&body);
	assert_ok(small_body_manifest(&body, &manifest));
	assert_int_equal(manifest.count, SMALL_BODY_PARTS);
	print(&manifest, &text);
	assert_bytes_string(buffer_view(&text), golden);
	hash_to_base64(&manifest.root, root);
	assert_string_equal(root, golden_root);

	manifest_init(&parsed);
	assert_ok(manifest_parse(&parsed, buffer_view(&text), BODY_CONTENT_MAXIMUM, NULL));
	assert_true(hash_equal(&parsed.root, &manifest.root));
	assert_int_equal(parsed.content_size, manifest.content_size);
	print(&parsed, &again);
	assert_true(bytes_equal(buffer_view(&text), buffer_view(&again)));
	buffer_release(&text);
	buffer_release(&again);
	manifest_release(&parsed);
	manifest_release(&manifest);
}

/* The root of four lines, straight from RFC 6962; and a hash of salt and content. */
static void test_root_and_hashes(void **state)
{
	struct hash leaves[SMALL_BODY_PARTS], left, right, root, hash;
	struct manifest manifest;
	struct small_body body;
	struct buffer text;
	struct bytes rest;

	(void)state;
	small_body_init(&body);
	assert_ok(small_body_manifest(&body, &manifest));
	print(&manifest, &text);
	rest = buffer_view(&text);
	rest.data += strlen("chirograph.body/1\n");
	rest.size -= strlen("chirograph.body/1\n");
	for (size_t i = 0; i < SMALL_BODY_PARTS; i++) {
		const uint8_t *end = memchr(rest.data, '\n', rest.size);
		size_t size = (size_t)(end - rest.data) + 1;
		struct bytes pieces[] = { bytes_of("\0", 1), bytes_of(rest.data, size) };
		struct bytes committed[] = {
			bytes_of(manifest.lines[i].salt, PART_SALT_SIZE),
			body.contents[i],
		};

		sha256(&leaves[i], pieces, 2);
		rest.data += size;
		rest.size -= size;
		sha256(&hash, committed, 2);
		assert_true(hash_equal(&hash, &manifest.lines[i].hash));
	}
	tree_hash_node(&leaves[0], &leaves[1], &left);
	tree_hash_node(&leaves[2], &leaves[3], &right);
	tree_hash_node(&left, &right, &root);
	assert_true(hash_equal(&root, &manifest.root));
	buffer_release(&text);
	manifest_release(&manifest);
}

static void test_changed_texts_do_not_parse_to_this(void **state)
{
	struct manifest manifest, parsed;
	struct small_body body;
	struct buffer text;

	(void)state;
	small_body_init(&body);
	assert_ok(small_body_manifest(&body, &manifest));
	print(&manifest, &text);
	for (size_t i = 0; i < text.size; i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			text.data[i] ^= 1 << bit;
			manifest_init(&parsed);
			if (manifest_parse(&parsed, buffer_view(&text), BODY_CONTENT_MAXIMUM,
			                   NULL) == OK) {
				struct buffer again;

				assert_false(hash_equal(&parsed.root, &manifest.root));
				print(&parsed, &again);
				assert_true(bytes_equal(buffer_view(&text), buffer_view(&again)));
				buffer_release(&again);
			}
			manifest_release(&parsed);
			text.data[i] ^= 1 << bit;
		}
	}
	buffer_release(&text);
	manifest_release(&manifest);
}

#define SALT  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define WORDS " 1 text/plain en authentic " SALT " " SALT " a\n"

static void test_refused_texts(void **state)
{
	static const char *const texts[] = {
		"",
		"chirograph.body/1\n",
		"chirograph.body/2\npart 1" WORDS,
		"chirograph.body/1\npart 0" WORDS,
		"chirograph.body/1\npart 2" WORDS,
		"chirograph.body/1\npart 01" WORDS,
		"chirograph.body/1\npart 1" WORDS "part 1" WORDS,
		"chirograph.body/1\npart 1" WORDS "\n",
		"chirograph.body/1\n\npart 1" WORDS,
		"chirograph.body/1\nport 1" WORDS,
		"chirograph.body/1\npart  1" WORDS,
		"chirograph.body/1\npart 1 01 text/plain en authentic " SALT " " SALT " a\n",
		"chirograph.body/1\npart 1 1 text/plain en genuine " SALT " " SALT " a\n",
		"chirograph.body/1\npart 1 1 text/plain - authentic " SALT " " SALT " a\n",
		"chirograph.body/1\npart 1 1 text/plain en authentic " SALT " " SALT "\n",
		"chirograph.body/1\npart 1 1 text/plain en authentic " SALT " " SALT " \n",
		"chirograph.body/1\npart 1 1 text/plain en authentic " SALT " " SALT "  a\n",
		"chirograph.body/1\npart 1 1 text/plain en authentic " SALT " AAAA a\n",
		"chirograph.body/1\npart 1 67108865 text/plain en authentic " SALT " " SALT " a\n",
		"chirograph.body/1\npart 1 99999999999999999999 text/plain - - " SALT " " SALT
		" a\n",
		"chirograph.body/1\npart 1 67108864 text/plain en authentic " SALT " " SALT " a\n"
		"part 2 1 text/plain en authentic " SALT " " SALT " a\n",
	};
	struct manifest manifest;

	(void)state;
	manifest_init(&manifest);
	assert_ok(manifest_parse(&manifest,
	                         bytes_of_string("chirograph.body/1\npart 1" WORDS "part 2" WORDS),
	                         BODY_CONTENT_MAXIMUM, NULL));
	manifest_release(&manifest);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (manifest_parse(&manifest, bytes_of_string(texts[i]), BODY_CONTENT_MAXIMUM,
		                   NULL) == OK)
			fail_msg("text %zu was accepted", i);
		assert_null(manifest.lines);
	}
}

/* Every path in bodies of 1 to 40 parts leads to the root, and only from its line. */
static void test_paths(void **state)
{
	enum { MANY = 40 };
	static struct part parts[MANY];
	struct bytes content = bytes_of_string("the same everywhere");
	uint32_t counter = 1;
	struct random_source random = counted_random(&counter);

	(void)state;
	for (size_t i = 0; i < MANY; i++)
		assert_ok(part_init(&parts[i], "p", "text/plain", NULL, PART_STANDING_NONE,
		                    &content, NULL));
	for (size_t count = 1; count <= MANY; count++) {
		struct manifest manifest;
		struct tree_proof path;
		struct hash leaf;

		manifest_init(&manifest);
		assert_ok(
		    manifest_make(&manifest, parts, count, BODY_CONTENT_MAXIMUM, &random, NULL));
		for (size_t number = 1; number <= count; number++) {
			assert_ok(manifest_path(&manifest, number, &path));
			assert_ok(part_line_leaf(&manifest.lines[number - 1], &leaf));
			assert_ok(
			    inclusion_verify(number - 1, count, &leaf, &path, &manifest.root));
			if (count > 1)
				assert_int_not_equal(inclusion_verify(number % count, count, &leaf,
				                                      &path, &manifest.root),
				                     OK);
		}
		assert_int_equal(manifest_path(&manifest, 0, &path), ERROR_NOT_FOUND);
		assert_int_equal(manifest_path(&manifest, count + 1, &path), ERROR_NOT_FOUND);
		manifest_release(&manifest);
	}
}

static int failing_read(void *context, uint64_t offset, void *ret_bytes, size_t size)
{
	(void)context;
	(void)offset;
	(void)ret_bytes;
	(void)size;
	return ERROR_IO;
}

static void test_limits(void **state)
{
	static struct part parts[PARTS_MAXIMUM + 1];
	struct bytes content = bytes_of_string("x");
	struct manifest manifest, parsed;
	uint32_t counter = 1;
	struct random_source random = counted_random(&counter);
	char name[PART_NAME_CAPACITY];
	struct buffer text;

	(void)state;
	memset(name, 'n', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	for (size_t i = 0; i < PARTS_MAXIMUM + 1; i++)
		assert_ok(part_init(&parts[i], name, "text/plain", NULL, PART_STANDING_NONE,
		                    &content, NULL));
	manifest_init(&manifest);
	manifest_init(&parsed);
	assert_int_equal(manifest_make(&manifest, parts, 0, BODY_CONTENT_MAXIMUM, &random, NULL),
	                 ERROR_SYNTAX);
	assert_int_equal(
	    manifest_make(&manifest, parts, PARTS_MAXIMUM + 1, BODY_CONTENT_MAXIMUM, &random, NULL),
	    ERROR_LIMIT);
	assert_int_equal(manifest_make(&manifest, parts, 5, 4, &random, NULL), ERROR_LIMIT);
	assert_ok(
	    manifest_make(&manifest, parts, PARTS_MAXIMUM, BODY_CONTENT_MAXIMUM, &random, NULL));
	print(&manifest, &text);
	assert_ok(manifest_parse(&parsed, buffer_view(&text), BODY_CONTENT_MAXIMUM, NULL));
	assert_true(hash_equal(&parsed.root, &manifest.root));
	manifest_release(&parsed);
	manifest_release(&manifest);
	buffer_release(&text);

	parts[1].content.read = failing_read;
	assert_int_equal(manifest_make(&manifest, parts, 2, BODY_CONTENT_MAXIMUM, &random, NULL),
	                 ERROR_IO);
}

static int once(void *context)
{
	struct manifest manifest, parsed;
	struct tree_proof path;
	struct buffer text;
	int r;

	buffer_init(&text, MANIFEST_MAXIMUM);
	manifest_init(&parsed);
	if ((r = small_body_manifest(context, &manifest)) != OK ||
	    (r = manifest_print(&manifest, &text)) != OK ||
	    (r = manifest_parse(&parsed, buffer_view(&text), BODY_CONTENT_MAXIMUM, NULL)) != OK)
		goto out;
	r = manifest_path(&parsed, 3, &path);
out:
	manifest_release(&manifest);
	manifest_release(&parsed);
	buffer_release(&text);
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
		cmocka_unit_test(test_root_and_hashes),
		cmocka_unit_test(test_changed_texts_do_not_parse_to_this),
		cmocka_unit_test(test_refused_texts),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_torture),
	};

	return cmocka_run_group_tests_name("manifest", tests, NULL, NULL);
}
