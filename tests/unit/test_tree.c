/* Hashes, right edges, trees in memory, and proofs of all small trees against
 * the recursive definitions of RFC 6962. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "allocate.h"
#include "edge.h"
#include "encoding.h"
#include "memory_tree.h"
#include "sha.h"

enum { LEAVES = 260, NAIVE_LEAVES = 70, MUTATED_LEAVES = 34 };

static struct hash leaves[LEAVES];
static struct hash roots[LEAVES + 1];
static struct memory_tree tree;

/* MTH(D[begin:end]), RFC 6962 section 2.1. */
static struct hash naive_root(size_t begin, size_t end)
{
	struct hash left, right, hash;
	size_t split = 1;

	if (end - begin == 0) {
		tree_empty_root(&hash);
		return hash;
	}
	if (end - begin == 1)
		return leaves[begin];
	while (split * 2 < end - begin)
		split *= 2;
	left = naive_root(begin, begin + split);
	right = naive_root(begin + split, end);
	tree_hash_node(&left, &right, &hash);
	return hash;
}

/* PATH(m, D[begin:end]), section 2.1.1. */
static void naive_path(size_t index, size_t begin, size_t end, struct tree_proof *proof)
{
	size_t split = 1;

	if (end - begin == 1)
		return;
	while (split * 2 < end - begin)
		split *= 2;
	if (index < begin + split) {
		naive_path(index, begin, begin + split, proof);
		proof->hashes[proof->count++] = naive_root(begin + split, end);
	} else {
		naive_path(index, begin + split, end, proof);
		proof->hashes[proof->count++] = naive_root(begin, begin + split);
	}
}

/* SUBPROOF(m, D[begin:end], whole), section 2.1.2; m counts from `begin`. */
static void naive_subproof(size_t m, size_t begin, size_t end, bool whole, struct tree_proof *proof)
{
	size_t split = 1;

	if (m == end - begin) {
		if (!whole)
			proof->hashes[proof->count++] = naive_root(begin, end);
		return;
	}
	while (split * 2 < end - begin)
		split *= 2;
	if (m <= split) {
		naive_subproof(m, begin, begin + split, whole, proof);
		proof->hashes[proof->count++] = naive_root(begin + split, end);
	} else {
		naive_subproof(m - split, begin + split, end, false, proof);
		proof->hashes[proof->count++] = naive_root(begin, begin + split);
	}
}

static int set_up(void **state)
{
	(void)state;
	memory_tree_init(&tree);
	for (size_t i = 0; i < LEAVES; i++) {
		uint8_t entry[2] = { (uint8_t)(i >> 8), (uint8_t)i };

		tree_hash_leaf(bytes_of(entry, sizeof(entry)), &leaves[i]);
	}
	for (size_t size = 0; size <= LEAVES; size++)
		roots[size] = naive_root(0, size);
	return memory_tree_append_many(&tree, leaves, LEAVES);
}

static int tear_down(void **state)
{
	(void)state;
	memory_tree_release(&tree);
	return 0;
}

static void assert_proofs_equal(const struct tree_proof *a, const struct tree_proof *b)
{
	assert_int_equal(a->count, b->count);
	assert_memory_equal(a->hashes, b->hashes, a->count * sizeof(a->hashes[0]));
}

static void test_known_roots(void **state)
{
	/* The eight leaves that Certificate Transparency's tests use. */
	static const struct bytes entries[] = {
		{ (const uint8_t *)"", 0 },
		{ (const uint8_t *)"\x00", 1 },
		{ (const uint8_t *)"\x10", 1 },
		{ (const uint8_t *)"\x20\x21", 2 },
		{ (const uint8_t *)"\x30\x31", 2 },
		{ (const uint8_t *)"\x40\x41\x42\x43", 4 },
		{ (const uint8_t *)"\x50\x51\x52\x53\x54\x55\x56\x57", 8 },
		{ (const uint8_t *)"\x60\x61\x62\x63\x64\x65\x66\x67"
		                   "\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
		  16 },
	};
	static const char *const expected[] = {
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
		"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
		"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
		"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
		"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
		"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
		"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
		"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
	};
	struct edge edge;

	(void)state;
	edge_init(&edge);
	for (size_t size = 0; size <= 8; size++) {
		char text[HASH_HEX_CAPACITY];
		struct hash root, leaf;

		edge_root(&edge, &root);
		hash_to_hex(&root, text);
		assert_string_equal(text, expected[size]);
		if (size == 8)
			break;
		tree_hash_leaf(entries[size], &leaf);
		assert_int_equal(edge_append(&edge, &leaf), OK);
	}
}

static void test_roots_of_edge_and_reader(void **state)
{
	struct tree_reader reader = memory_tree_reader(&tree);
	struct sha256_stream stream;
	struct edge edge, with;

	(void)state;
	edge_init(&edge);
	edge_init(&with);
	assert_int_equal(sha256_stream_init(&stream), OK);
	for (size_t size = 0; size <= LEAVES; size++) {
		struct hash root;

		edge_root(&edge, &root);
		assert_true(hash_equal(&root, &roots[size]));
		assert_true(edge_equal(&edge, &with));
		assert_int_equal(tree_reader_root(&reader, size, &root), OK);
		assert_true(hash_equal(&root, &roots[size]));
		if (size < LEAVES) {
			assert_int_equal(edge_append(&edge, &leaves[size]), OK);
			assert_int_equal(edge_append_with(&with, &stream, &leaves[size]), OK);
		}
	}
	sha256_stream_release(&stream);
}

static void test_proofs_are_those_of_the_definition(void **state)
{
	struct tree_reader reader = memory_tree_reader(&tree);

	(void)state;
	for (size_t size = 1; size <= NAIVE_LEAVES; size++) {
		for (size_t index = 0; index < size; index++) {
			struct tree_proof expected = { .count = 0 };
			struct tree_proof proof;

			naive_path(index, 0, size, &expected);
			assert_int_equal(tree_reader_inclusion(&reader, index, size, &proof), OK);
			assert_proofs_equal(&proof, &expected);

			expected.count = 0;
			naive_subproof(index + 1, 0, size, true, &expected);
			assert_int_equal(tree_reader_consistency(&reader, index + 1, size, &proof),
			                 OK);
			assert_proofs_equal(&proof, &expected);
		}
	}
}

static void test_all_proofs_verify(void **state)
{
	struct tree_reader reader = memory_tree_reader(&tree);
	struct tree_proof proof;

	(void)state;
	for (size_t size = 1; size <= LEAVES; size++) {
		for (size_t index = 0; index < size; index++) {
			assert_int_equal(tree_reader_inclusion(&reader, index, size, &proof), OK);
			assert_int_equal(
			    inclusion_verify(index, size, &leaves[index], &proof, &roots[size]),
			    OK);
			assert_int_equal(tree_reader_consistency(&reader, index + 1, size, &proof),
			                 OK);
			assert_int_equal(consistency_verify(index + 1, &roots[index + 1], size,
			                                    &roots[size], &proof),
			                 OK);
		}
	}
}

/* Calls `check` with everything that differs from `proof` a little. */
static void for_each_mutation(const struct tree_proof *proof,
                              void (*check)(const struct tree_proof *mutated, void *context),
                              void *context)
{
	for (size_t i = 0; i < proof->count; i++) {
		struct tree_proof mutated = *proof;

		mutated.hashes[i].bytes[i % HASH_SIZE] ^= 0x20;
		check(&mutated, context);

		mutated = *proof;
		memmove(&mutated.hashes[i], &mutated.hashes[i + 1],
		        (proof->count - i - 1) * sizeof(mutated.hashes[0]));
		mutated.count--;
		check(&mutated, context);
	}
	for (size_t i = 0; i <= proof->count; i++) {
		struct tree_proof mutated = *proof;

		memmove(&mutated.hashes[i + 1], &mutated.hashes[i],
		        (proof->count - i) * sizeof(mutated.hashes[0]));
		mutated.hashes[i] = roots[i];
		mutated.count++;
		check(&mutated, context);
	}
}

struct claim {
	size_t first; /* an index, or the old size */
	size_t size;
};

static void check_inclusion_refused(const struct tree_proof *mutated, void *context)
{
	const struct claim *claim = context;

	assert_int_equal(inclusion_verify(claim->first, claim->size, &leaves[claim->first], mutated,
	                                  &roots[claim->size]),
	                 ERROR_MISMATCH);
}

static void check_consistency_refused(const struct tree_proof *mutated, void *context)
{
	const struct claim *claim = context;

	assert_int_equal(consistency_verify(claim->first, &roots[claim->first], claim->size,
	                                    &roots[claim->size], mutated),
	                 ERROR_MISMATCH);
}

static void test_mutated_proofs_fail(void **state)
{
	struct tree_reader reader = memory_tree_reader(&tree);
	struct tree_proof proof;

	(void)state;
	for (size_t size = 1; size <= MUTATED_LEAVES; size++) {
		for (size_t first = 0; first < size; first++) {
			struct claim inclusion = { first, size };
			struct claim consistency = { first + 1, size };

			assert_int_equal(tree_reader_inclusion(&reader, first, size, &proof), OK);
			for_each_mutation(&proof, check_inclusion_refused, &inclusion);
			for (size_t other = 0; other < size; other++) {
				if (other == first)
					continue;
				assert_int_not_equal(inclusion_verify(other, size, &leaves[first],
				                                      &proof, &roots[size]),
				                     OK);
				assert_int_not_equal(inclusion_verify(first, size, &leaves[other],
				                                      &proof, &roots[size]),
				                     OK);
			}
			assert_int_equal(tree_reader_consistency(&reader, first + 1, size, &proof),
			                 OK);
			for_each_mutation(&proof, check_consistency_refused, &consistency);
			for (size_t other = 1; other < size; other++)
				if (other != first + 1)
					assert_int_not_equal(
					    consistency_verify(other, &roots[first + 1], size,
					                       &roots[size], &proof),
					    OK);
		}
	}
}

static void test_limits(void **state)
{
	struct tree_reader reader = memory_tree_reader(&tree);
	struct tree_proof proof = { .count = 0 };
	struct hash root;

	(void)state;
	assert_int_equal(inclusion_verify(1, 1, &leaves[0], &proof, &leaves[0]), ERROR_LIMIT);
	assert_int_equal(inclusion_verify(0, 0, &leaves[0], &proof, &leaves[0]), ERROR_LIMIT);
	assert_int_equal(inclusion_verify(0, TREE_SIZE_MAXIMUM + 1, &leaves[0], &proof, &leaves[0]),
	                 ERROR_LIMIT);
	assert_int_equal(inclusion_verify(0, UINT64_MAX, &leaves[0], &proof, &leaves[0]),
	                 ERROR_LIMIT);
	proof.count = TREE_PROOF_MAXIMUM + 1;
	assert_int_equal(inclusion_verify(0, 2, &leaves[0], &proof, &leaves[0]), ERROR_LIMIT);
	assert_int_equal(consistency_verify(1, &roots[1], 2, &roots[2], &proof), ERROR_LIMIT);

	proof.count = 0;
	assert_int_equal(consistency_verify(2, &roots[2], 1, &roots[1], &proof), ERROR_LIMIT);
	assert_int_equal(consistency_verify(0, &roots[0], 1, &roots[1], &proof), ERROR_STATE);
	assert_int_equal(consistency_verify(0, &roots[0], 0, &roots[0], &proof), OK);
	assert_int_equal(consistency_verify(0, &roots[1], 0, &roots[1], &proof), ERROR_MISMATCH);
	assert_int_equal(consistency_verify(1, &roots[1], UINT64_MAX, &roots[2], &proof),
	                 ERROR_LIMIT);

	assert_int_equal(tree_reader_inclusion(&reader, 3, 3, &proof), ERROR_LIMIT);
	assert_int_equal(tree_reader_inclusion(&reader, 3, LEAVES + 1, &proof), ERROR_NOT_FOUND);
	assert_int_equal(tree_reader_consistency(&reader, 4, 3, &proof), ERROR_LIMIT);
	assert_int_equal(tree_reader_root(&reader, LEAVES + 1, &root), ERROR_NOT_FOUND);
	assert_int_equal(tree_reader_root(&reader, UINT64_MAX, &root), ERROR_LIMIT);
	assert_int_equal(tree_reader_consistency(&reader, 0, 5, &proof), OK);
	assert_int_equal(proof.count, 0);
}

/* Proofs of the greatest tree stay within their arrays. */
static int same_hash(void *context, unsigned level, uint64_t index, struct hash *ret_hash)
{
	(void)context;
	assert_true(level < TREE_LEVELS);
	assert_true(index <= (TREE_SIZE_MAXIMUM >> level) - 1);
	*ret_hash = leaves[level];
	return OK;
}

static void test_greatest_tree(void **state)
{
	const struct tree_reader reader = { NULL, same_hash };
	static const uint64_t sizes[] = { 1,
		                          2,
		                          3,
		                          (UINT64_C(1) << 62) - 1,
		                          UINT64_C(1) << 62,
		                          (UINT64_C(1) << 62) + 1,
		                          TREE_SIZE_MAXIMUM - 2,
		                          TREE_SIZE_MAXIMUM - 1,
		                          TREE_SIZE_MAXIMUM };
	struct tree_proof proof;
	size_t longest = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		assert_int_equal(
		    tree_reader_inclusion(&reader, sizes[i] - 1, TREE_SIZE_MAXIMUM, &proof), OK);
		assert_true(proof.count <= TREE_PROOF_MAXIMUM - 1);
		assert_int_equal(
		    tree_reader_consistency(&reader, sizes[i], TREE_SIZE_MAXIMUM, &proof), OK);
		assert_true(proof.count <= TREE_PROOF_MAXIMUM);
		longest = proof.count > longest ? proof.count : longest;
	}
	assert_int_equal(longest, TREE_PROOF_MAXIMUM);
}

static void test_edge_advance(void **state)
{
	struct tree_reader reader = memory_tree_reader(&tree);
	enum { HEAD = 45 };

	(void)state;
	for (size_t a = 0; a <= HEAD; a++) {
		struct edge start;

		edge_init(&start);
		assert_int_equal(edge_append_many(&start, leaves, a), OK);
		for (size_t b = a; b <= HEAD; b++) {
			struct edge edge = start;
			struct tree_proof proof;
			struct hash root;

			assert_int_equal(tree_reader_consistency(&reader, b, HEAD, &proof), OK);
			if (b == 0) {
				assert_int_equal(edge_advance(&start, leaves, 0, HEAD, &roots[HEAD],
				                              &proof, &edge),
				                 ERROR_STATE);
				continue;
			}
			assert_int_equal(edge_advance(&start, leaves + a, b - a, HEAD, &roots[HEAD],
			                              &proof, &edge),
			                 OK);
			edge_root(&edge, &root);
			assert_int_equal(edge.size, b);
			assert_true(hash_equal(&root, &roots[b]));
			/* Others' leaves, one more or one fewer are refused. */
			edge = start;
			if (b > a)
				assert_int_not_equal(edge_advance(&start, leaves + a + 1, b - a,
				                                  HEAD, &roots[HEAD], &proof,
				                                  &edge),
				                     OK);
			assert_int_not_equal(edge_advance(&start, leaves + a, b - a + 1, HEAD,
			                                  &roots[HEAD], &proof, &edge),
			                     OK);
			assert_int_not_equal(edge_advance(&start, leaves + a, b - a, HEAD,
			                                  &roots[HEAD + 1], &proof, &edge),
			                     OK);
			assert_true(edge_equal(&edge, &start));
		}
	}
}

static void test_edge_encoding(void **state)
{
	struct buffer buffer;
	struct edge edge, read;

	(void)state;
	buffer_init(&buffer, EDGE_ENCODED_MAXIMUM);
	edge_init(&edge);
	for (size_t size = 0; size <= LEAVES; size++) {
		struct cursor cursor;

		buffer_clear(&buffer);
		assert_int_equal(edge_encode(&edge, &buffer), OK);
		cursor = cursor_over(buffer_view(&buffer));
		assert_int_equal(edge_decode(&cursor, &read), OK);
		assert_int_equal(cursor_end(&cursor), OK);
		assert_true(edge_equal(&edge, &read));

		cursor = cursor_over(bytes_of(buffer.data, buffer.size - 1));
		assert_int_equal(edge_decode(&cursor, &read), ERROR_SYNTAX);
		assert_int_equal(cursor.left, buffer.size - 1);
		if (size < LEAVES)
			assert_int_equal(edge_append(&edge, &leaves[size]), OK);
	}
	edge.size = TREE_SIZE_MAXIMUM;
	buffer_clear(&buffer);
	assert_int_equal(edge_encode(&edge, &buffer), OK);
	assert_int_equal(buffer.size, EDGE_ENCODED_MAXIMUM);
	assert_int_equal(edge_append(&edge, &leaves[0]), ERROR_LIMIT);
	assert_int_equal(edge.size, TREE_SIZE_MAXIMUM);

	struct cursor cursor = cursor_over(buffer_view(&buffer));

	buffer.data[0] = 0x80;
	assert_int_equal(edge_decode(&cursor, &read), ERROR_LIMIT);

	/* No room: nothing is left behind. */
	buffer_release(&buffer);
	buffer_init(&buffer, 8 + HASH_SIZE);
	assert_int_equal(edge_encode(&edge, &buffer), ERROR_LIMIT);
	assert_int_equal(buffer.size, 0);
	buffer_release(&buffer);
}

static void test_memory_tree_without_memory(void **state)
{
	bool failed = true;

	(void)state;
	for (size_t n = 1; failed; n++) {
		struct memory_tree small;
		struct tree_reader reader;
		struct hash root;
		int r;

		memory_tree_init(&small);
		reader = memory_tree_reader(&small);
		assert_int_equal(memory_tree_append(&small, &leaves[0]), OK);
		allocation_fail_at(n);
		r = memory_tree_append_many(&small, leaves + 1, 99);
		allocation_fail_at(0);
		failed = r != OK;
		if (failed) {
			assert_int_equal(r, ERROR_MEMORY);
			assert_int_equal(small.size, 1);
			assert_int_equal(memory_tree_append_many(&small, leaves + 1, 99), OK);
		}
		assert_int_equal(tree_reader_root(&reader, 100, &root), OK);
		assert_true(hash_equal(&root, &roots[100]));
		memory_tree_release(&small);
	}
}

static void test_hundred_thousand_leaves(void **state)
{
	struct memory_tree large;
	struct tree_reader reader;
	struct tree_proof proof;
	struct hash root, edge_hash;
	struct edge edge;

	(void)state;
	memory_tree_init(&large);
	reader = memory_tree_reader(&large);
	edge_init(&edge);
	for (size_t i = 0; i < 100000; i++) {
		assert_int_equal(memory_tree_append(&large, &leaves[i % LEAVES]), OK);
		assert_int_equal(edge_append(&edge, &leaves[i % LEAVES]), OK);
	}
	assert_int_equal(tree_reader_root(&reader, 100000, &root), OK);
	edge_root(&edge, &edge_hash);
	assert_true(hash_equal(&root, &edge_hash));
	assert_int_equal(tree_reader_inclusion(&reader, 77777, 100000, &proof), OK);
	assert_int_equal(inclusion_verify(77777, 100000, &leaves[77777 % LEAVES], &proof, &root),
	                 OK);
	memory_tree_release(&large);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_roots),
		cmocka_unit_test(test_roots_of_edge_and_reader),
		cmocka_unit_test(test_proofs_are_those_of_the_definition),
		cmocka_unit_test(test_all_proofs_verify),
		cmocka_unit_test(test_mutated_proofs_fail),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_greatest_tree),
		cmocka_unit_test(test_edge_advance),
		cmocka_unit_test(test_edge_encoding),
		cmocka_unit_test(test_memory_tree_without_memory),
		cmocka_unit_test(test_hundred_thousand_leaves),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
