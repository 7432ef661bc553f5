/* Chirograph's matching at the task of bench/compare_matching: compare_oprf SIZE
 *
 * VOPRF with a proof for each element, pairs with sealed labels, sorted, padded with
 * decoys and under a root, in one thread: the work of owner and asker without frames,
 * statements, processes. A list of SIZE domains and SIZE questions, half of them hits.
 *
 * Prints lines `WHO <tab> SIZE <tab> STEP <tab> processor seconds <tab> octets sent`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "measure.h"
#include "memory_tree.h"
#include "oprf.h"
#include "pair.h"
#include "sha.h"
#include "system.h"
#include "tree.h"

enum { DOMAIN_CAPACITY = 40, SIZE_MAXIMUM = 1 << 22 };

static size_t size;
static struct random_source randomness;

struct question {
	char domain[DOMAIN_CAPACITY];
	struct oprf_scalar blind;
	struct oprf_element blinded;
};
struct answer {
	struct oprf_element evaluated;
	struct oprf_proof proof;
};
struct input {
	uint8_t bytes[PAIR_INPUT_MAXIMUM];
	size_t size;
};

static void *allocated(size_t count, size_t element)
{
	void *memory = calloc(count, element);

	if (memory == NULL)
		bench_fail("out of memory");
	return memory;
}

static void input_of(const char *domain, struct input *ret_input)
{
	if (pair_input(IDENTIFIER_DOMAIN, bytes_of_string(domain), ret_input->bytes,
	               &ret_input->size) != OK)
		bench_fail("%s is too long", domain);
}

static void print_step(const char *step, double start, size_t octets)
{
	printf("Chirograph\t%zu\t%s\t%.6f\t%zu\n", size, step, processor_seconds() - start, octets);
	fflush(stdout);
}

/* --- the owner's list --------------------------------------------------------------- */

static void make_pair(const struct oprf_scalar *key, size_t number, struct pair *ret_pair)
{
	const struct pair_label label = { PROTECTION_NOTIFY_FIRST, 2, 1, 1 };
	struct oprf_element element, evaluated;
	struct oprf_output output;
	struct input input;
	char domain[DOMAIN_CAPACITY];

	snprintf(domain, sizeof domain, "host-%07zu.example.net", number);
	input_of(domain, &input);
	if (oprf_hash_to_group(OPRF_MODE_VOPRF, bytes_of(input.bytes, input.size), &element) !=
	        OK ||
	    oprf_evaluate(key, &element, &evaluated) != OK ||
	    oprf_finalize_unblinded(bytes_of(input.bytes, input.size), &evaluated, &output) != OK ||
	    pair_seal(&output, &label, ret_pair) != OK)
		bench_fail("no pair of %s", domain);
}

static int compare_pairs(const void *a, const void *b)
{
	return memcmp(a, b, PAIR_SIZE);
}

static struct hash root_of(const struct pair *pairs, size_t count)
{
	struct memory_tree tree;
	struct tree_reader reader;
	struct hash root;

	memory_tree_init(&tree);
	for (size_t i = 0; i < count; i++) {
		struct hash leaf;

		tree_hash_leaf(bytes_of(pairs[i].bytes, PAIR_SIZE), &leaf);
		if (memory_tree_append(&tree, &leaf) != OK)
			bench_fail("out of memory");
	}
	reader = memory_tree_reader(&tree);
	if (tree_reader_root(&reader, count, &root) != OK)
		bench_fail("no root");
	memory_tree_release(&tree);
	return root;
}

static struct pair *make_list(const struct oprf_scalar *key, size_t *ret_count)
{
	size_t count = pair_padded_count(size);
	struct pair *pairs = allocated(count, sizeof *pairs);
	double start = processor_seconds();

	for (size_t i = 0; i < size; i++)
		make_pair(key, i, &pairs[i]);
	if (randomness.fill(randomness.context, &pairs[size], (count - size) * sizeof *pairs) != OK)
		bench_fail("no randomness");
	qsort(pairs, count, sizeof *pairs, compare_pairs);
	root_of(pairs, count);
	print_step("list", start, count * PAIR_SIZE);
	*ret_count = count;
	return pairs;
}

/* --- questions ------------------------------------------------------------------------ */

static struct question *ask(void)
{
	struct question *questions = allocated(size, sizeof *questions);
	double start = processor_seconds();

	for (size_t i = 0; i < size; i++) {
		struct question *question = &questions[i];
		struct input input;

		snprintf(question->domain, sizeof question->domain, "host-%07zu.example.net",
		         size / 2 + i);
		input_of(question->domain, &input);
		if (oprf_blind(OPRF_MODE_VOPRF, bytes_of(input.bytes, input.size), &randomness,
		               &question->blind, &question->blinded) != OK)
			bench_fail("%s is not blinded", question->domain);
	}
	print_step("ask", start, size * OPRF_ELEMENT_SIZE);
	return questions;
}

static struct answer *answer_all(const struct question *questions, const struct oprf_scalar *key,
                                 const struct oprf_element *public_key)
{
	struct answer *answers = allocated(size, sizeof *answers);
	double start = processor_seconds();

	for (size_t i = 0; i < size; i++)
		if (oprf_evaluate(key, &questions[i].blinded, &answers[i].evaluated) != OK ||
		    oprf_prove(key, public_key, &questions[i].blinded, &answers[i].evaluated,
		               &randomness, &answers[i].proof) != OK)
			bench_fail("no answer");
	print_step("answer", start, size * (OPRF_ELEMENT_SIZE + OPRF_PROOF_SIZE));
	return answers;
}

static int compare_tag(const void *tag, const void *pair)
{
	return memcmp(tag, pair, PAIR_TAG_SIZE);
}

static bool is_hit(const struct question *question, const struct answer *answer,
                   const struct oprf_element *public_key, const struct pair *pairs, size_t count)
{
	uint8_t tag[PAIR_TAG_SIZE];
	const struct pair *pair;
	struct oprf_output output;
	struct pair_label label;
	struct input input;

	input_of(question->domain, &input);
	if (oprf_verify(public_key, &question->blinded, &answer->evaluated, &answer->proof) != OK ||
	    oprf_finalize(bytes_of(input.bytes, input.size), &question->blind, &answer->evaluated,
	                  &output) != OK)
		bench_fail("an answer does not hold");
	pair_tag(&output, tag);
	pair = bsearch(tag, pairs, count, sizeof *pairs, compare_tag);
	if (pair != NULL && pair_open(&output, pair, &label) != OK)
		bench_fail("a label does not open");
	return pair != NULL;
}

static void conclude(const struct question *questions, const struct answer *answers,
                     const struct oprf_element *public_key, const struct pair *pairs, size_t count)
{
	double start = processor_seconds();
	size_t hits = 0;

	for (size_t i = 0; i < size; i++)
		hits += is_hit(&questions[i], &answers[i], public_key, pairs, count);
	print_step("conclude", start, 0);
	if (hits != size - size / 2)
		bench_fail("%zu hits, %zu expected", hits, size - size / 2);
}

int main(int count, char **arguments)
{
	struct oprf_element public_key;
	struct question *questions;
	struct answer *answers;
	struct oprf_scalar key;
	struct pair *pairs;
	size_t pair_count;

	if (count != 2 || (size = strtoul(arguments[1], NULL, 10)) < 2 || size > SIZE_MAXIMUM)
		bench_fail("compare_oprf SIZE");
	randomness = system_random();
	if (oprf_generate_key(&randomness, &key, &public_key) != OK)
		bench_fail("no key");
	pairs = make_list(&key, &pair_count);
	questions = ask();
	answers = answer_all(questions, &key, &public_key);
	conclude(questions, answers, &public_key, pairs, pair_count);
	free(answers);
	free(questions);
	free(pairs);
	return 0;
}
