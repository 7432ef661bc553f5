/* Two records that differ only in what is not disclosed give bundles that differ only in
 * hashes: compared file by file and word by word. */
#include "bundle_fixture.h"

/* Of the same length as what stands there otherwise. */
#define OTHER "\xd0\x92\xd1\x82\xd0\xbe\xd1\x80\xd0\xbe\xd0\xb9."

enum { WORDS = 64 };

/* What a hash makes of it: a root or leaf, a signature of a note, a line of an armor, the
 * accession's signature, a salt. All are base64, and as long in both. */
static bool may_differ(struct bytes a, struct bytes b)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				       "0123456789+/=";

	if (a.size != b.size || a.size < 20)
		return false;
	for (size_t i = 0; i < a.size; i++)
		if (strchr(alphabet, a.data[i]) == NULL || strchr(alphabet, b.data[i]) == NULL)
			return false;
	return true;
}

static bool compare_lines(const char *file, struct bytes a, struct bytes b)
{
	struct bytes left[WORDS], right[WORDS];
	size_t left_count, right_count;
	bool differ = false;

	if (bytes_equal(a, b))
		return false;
	/* A line that is one long word is part of an armor, cut anywhere. */
	if (text_words(a, left, WORDS, &left_count) != OK ||
	    text_words(b, right, WORDS, &right_count) != OK || left_count != right_count)
		fail_msg("%s: '%.*s', '%.*s'", file, (int)a.size, (const char *)a.data, (int)b.size,
		         (const char *)b.data);
	for (size_t i = 0; i < left_count; i++) {
		if (bytes_equal(left[i], right[i]))
			continue;
		if (!may_differ(left[i], right[i]))
			fail_msg("%s: '%.*s', '%.*s'", file, (int)left[i].size,
			         (const char *)left[i].data, (int)right[i].size,
			         (const char *)right[i].data);
		differ = true;
	}
	return differ;
}

/* How many lines differ. */
static size_t compare_files(const struct bundle_fixture *f, const struct bundle_fixture *g,
                            const char *name)
{
	struct buffer first, second;
	struct bytes a, b, one, other;
	size_t differing = 0;

	buffer_init(&first, 1 << 20);
	buffer_init(&second, 1 << 20);
	read_file(f->path, name, &first);
	read_file(g->path, name, &second);
	a = buffer_view(&first);
	b = buffer_view(&second);
	while (a.size > 0 && b.size > 0) {
		bool more = bytes_cut(&a, '\n', &one), also = bytes_cut(&b, '\n', &other);

		assert_int_equal(more, also);
		differing += compare_lines(name, one, other);
	}
	assert_int_equal(a.size, b.size);
	buffer_release(&first);
	buffer_release(&second);
	return differing;
}

/* The names of all files, sorted, in a buffer of lines. */
static void list_files(const struct bundle_fixture *f, struct buffer *names)
{
	run_in(f->path, "find . -type f | sort >../names");
	read_file(f->record.folder, "names", names);
}

static void test_only_hashes_differ(void **state)
{
	static struct bundle_fixture f, g;
	struct buffer names, others;
	struct bytes rest, name;
	size_t files = 0, differing = 0;

	(void)state;
	bundle_fixture_init(&f);
	bundle_fixture_init_with(&g, OTHER);
	assert_int_equal(f.record.seal.blob.size, g.record.seal.blob.size);
	fixture_bundle(&f);
	fixture_bundle(&g);
	assert_bundle_intact(&g);
	buffer_init(&names, 1 << 16);
	buffer_init(&others, 1 << 16);
	list_files(&f, &names);
	list_files(&g, &others);
	assert_true(bytes_equal(buffer_view(&names), buffer_view(&others)));
	rest = buffer_view(&names);
	while (bytes_cut(&rest, '\n', &name)) {
		char text[256];

		assert_ok(bytes_to_string(name, text, sizeof(text)));
		differing += compare_files(&f, &g, text);
		files++;
	}
	assert_true(files > 30);
	/* Roots, proofs and signatures do: the records are not the same. */
	assert_true(differing > 20);
	/* Of what is shown nothing does. */
	assert_int_equal(compare_files(&f, &g, "bundle"), 0);
	assert_int_equal(compare_files(&f, &g, "README.txt"), 0);
	assert_int_equal(compare_files(&f, &g, "allowed_signers"), 0);
	assert_int_equal(compare_files(&f, &g, "bodies/south-7/0001"), 0);
	buffer_release(&names);
	buffer_release(&others);
	bundle_fixture_release(&f);
	bundle_fixture_release(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_only_hashes_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
