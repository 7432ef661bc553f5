/* The published proof vectors of transparency-dev/merkle: every inclusion and
 * consistency proof, good or bad. Those over subtrees (another draft) are not
 * of our formats and are counted as skipped. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ftw.h>
#include <jansson.h>
#include <sys/stat.h>

#include "encoding.h"
#include "sha.h"
#include "tree.h"

enum { PATH_CAPACITY = 4096 };

static const char *vectors(void)
{
	static char path[PATH_CAPACITY];
	const char *shared = getenv("CHIRO_SHARED");
	const char *root = getenv("CHIRO_ROOT");

	if (shared != NULL)
		snprintf(path, sizeof(path), "%s/vectors/merkle", shared);
	else
		snprintf(path, sizeof(path), "%s/../shared/vectors/merkle",
		         root != NULL ? root : ".");
	return path;
}

/* Numbers beyond 2^63 stand in the files, so that they are read as reals; all
 * others are small enough to be exact. */
static uint64_t number_of(const json_t *object, const char *key)
{
	double number = json_number_value(json_object_get(object, key));

	return number >= 18446744073709551615.0 ? UINT64_MAX : (uint64_t)number;
}

/* False if it is not base64 of a hash. */
static bool read_hash(const json_t *value, struct hash *ret_hash)
{
	const char *text = json_string_value(value);

	return text != NULL &&
	       base64_decode_fixed(bytes_of_string(text), ret_hash->bytes, HASH_SIZE) == OK;
}

/* Some roots are other strings, which only have to be equal or not: their hash
 * stands for them. */
static struct hash read_root(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);
	const char *text = json_string_value(value);
	struct hash root;

	if (!read_hash(value, &root))
		sha256_of(&root, bytes_of_string(text != NULL ? text : ""));
	return root;
}

/* False if the proof cannot be represented, which refuses it. */
static bool read_proof(const json_t *object, struct tree_proof *ret_proof)
{
	const json_t *array = json_object_get(object, "proof");

	ret_proof->count = json_array_size(array);
	if (ret_proof->count > TREE_PROOF_MAXIMUM)
		return false;
	for (size_t i = 0; i < ret_proof->count; i++)
		if (!read_hash(json_array_get(array, i), &ret_proof->hashes[i]))
			return false;
	return true;
}

static bool inclusion_accepted(const json_t *object)
{
	struct hash root = read_root(object, "root");
	struct tree_proof proof;
	struct hash leaf;

	return read_hash(json_object_get(object, "leafHash"), &leaf) &&
	       read_proof(object, &proof) &&
	       inclusion_verify(number_of(object, "leafIdx"), number_of(object, "treeSize"), &leaf,
	                        &proof, &root) == OK;
}

static bool consistency_accepted(const json_t *object)
{
	struct hash old_root = read_root(object, "root1");
	struct hash new_root = read_root(object, "root2");
	uint64_t old_size = number_of(object, "size1");
	uint64_t new_size = number_of(object, "size2");
	struct tree_proof proof;

	return read_proof(object, &proof) &&
	       consistency_verify(old_size, &old_root, new_size, &new_root, &proof) == OK;
}

/* What the walk over the files of one type is to do and has found. */
static struct tally {
	bool (*accepted)(const json_t *object); /* NULL: only count */
	size_t good;
	size_t bad;
} tally;

static void check_file(const char *path)
{
	json_error_t error;
	json_t *object = json_load_file(path, JSON_DECODE_INT_AS_REAL, &error);
	bool expected;

	if (object == NULL)
		fail_msg("%s: %s", path, error.text);
	expected = !json_is_true(json_object_get(object, "wantErr"));
	if (tally.accepted != NULL && tally.accepted(object) != expected)
		fail_msg("%s: %s", path, expected ? "refused" : "accepted");
	tally.good += expected ? 1 : 0;
	tally.bad += expected ? 0 : 1;
	json_decref(object);
}

static int visit(const char *path, const struct stat *status, int kind, struct FTW *position)
{
	size_t size = strlen(path);

	(void)status;
	(void)position;
	if (kind == FTW_F && size > 5 && strcmp(path + size - 5, ".json") == 0)
		check_file(path);
	return 0;
}

static bool vectors_are_here(void)
{
	struct stat status;

	if (stat(vectors(), &status) == 0)
		return true;
	print_message("# SKIP: no vectors at %s\n", vectors());
	return false;
}

static void check_type(const char *folder, bool (*accepted)(const json_t *object), size_t expected)
{
	char path[PATH_CAPACITY];

	if (!vectors_are_here())
		skip();
	tally = (struct tally){ .accepted = accepted };
	if (snprintf(path, sizeof(path), "%s/%s", vectors(), folder) >= (int)sizeof(path) ||
	    nftw(path, visit, 16, FTW_PHYS) != 0)
		fail_msg("cannot read %s", path);
	if (accepted != NULL)
		print_message("# %s: %zu accepted, %zu refused, as they must be\n", folder,
		              tally.good, tally.bad);
	else
		print_message("# %s: %zu skipped: not a format of ours\n", folder,
		              tally.good + tally.bad);
	assert_int_equal(tally.good + tally.bad, expected);
}

static void test_inclusion(void **state)
{
	(void)state;
	check_type("inclusion", inclusion_accepted, 98);
}

static void test_consistency(void **state)
{
	(void)state;
	check_type("consistency", consistency_accepted, 98);
}

static void test_subtrees_are_skipped(void **state)
{
	(void)state;
	check_type("subtreeinclusion", NULL, 204);
	check_type("subtreeconsistency", NULL, 118);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_inclusion),
		cmocka_unit_test(test_consistency),
		cmocka_unit_test(test_subtrees_are_skipped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
