/* No branch and no memory access depends on a secret: under valgrind's memcheck, secrets are
 * marked as undefined, and memcheck counts each branch and each address that is computed from
 * them. The build runs this program under valgrind where there is one; elsewhere it is skipped.
 *
 * What is counted, and of whom:
 *
 *     keys, blinds, nonces, randomness    0, of Chirograph and of libsodium
 *     the input, hashed to an element     0
 *     a multiplication of an element      at most 2, in libsodium: whether the element's encoding
 *     that is itself secret               is canonical, and what it returns for that. The element
 *                                         was encoded here, so that the answer is always yes.
 *     values, and keys of labels          0
 *
 * A result is public: one bit which of secrets that were made here is always the same. Whether a
 * tag is the one that is sought, and the label's seal whole, is what pair_open tells its caller;
 * it is left out. So is what the caller then does with a tag: looking it up in a list that lies
 * on the asker's own machine. */
#include "oprf_fixture.h"

#include "pair.h"

#if __has_include(<valgrind/memcheck.h>)
#include <valgrind/memcheck.h>
#else
#define RUNNING_ON_VALGRIND                        0
#define VALGRIND_COUNT_ERRORS                      0U
#define VALGRIND_MAKE_MEM_UNDEFINED(address, size) ((void)(address), (void)(size))
#define VALGRIND_MAKE_MEM_DEFINED(address, size)   ((void)(address), (void)(size))
#endif

#define hide(object)    VALGRIND_MAKE_MEM_UNDEFINED(&(object), sizeof(object))
#define publish(object) VALGRIND_MAKE_MEM_DEFINED(&(object), sizeof(object))

enum { OF_SECRET_ELEMENT = 2 };

static const enum oprf_mode mode = OPRF_MODE_VOPRF;
static struct evaluation made;
static uint8_t text[40];
static struct bytes input;
static unsigned before;

static int hidden_fill(void *context, void *ret_bytes, size_t size)
{
	int r = counting_fill(context, ret_bytes, size);

	VALGRIND_MAKE_MEM_UNDEFINED(ret_bytes, size);
	return r;
}

static struct counting_source source = { .next = 60 };
static const struct random_source random_source = { .context = &source, .fill = hidden_fill };

static void prepare(void)
{
	if (!RUNNING_ON_VALGRIND) {
		print_message("# SKIP: not under valgrind, which alone sees branches\n");
		skip();
	}
	made = evaluation_number(5);
	memset(text, 'n', sizeof(text));
	input = bytes_of(text, sizeof(text));
	hide(text);
	hide(made.keys.key);
	hide(made.blind);
	before = VALGRIND_COUNT_ERRORS;
}

/* How many branches and addresses depended on secrets since this was asked. */
static unsigned counted(void)
{
	unsigned count = VALGRIND_COUNT_ERRORS - before;

	before += count;
	return count;
}

static void assert_public_ok(int r)
{
	publish(r);
	assert_ok(r);
}

/* That memcheck sees what it should. */
static void test_counting_counts(void **state)
{
	static const uint8_t table[256] = { 1, 2, 3 };
	static volatile unsigned branched;
	volatile uint8_t looked_up;

	(void)state;
	prepare();
	if (made.keys.key.bytes[0] & 1)
		branched++;
	assert_int_equal(counted(), 1);
	looked_up = table[made.keys.key.bytes[1]];
	assert_int_equal(counted(), 1);
	(void)looked_up;
	assert_int_equal(counted(), 0);
}

static void test_keys(void **state)
{
	struct key_pair keys;
	struct oprf_scalar key;
	struct oprf_element element;
	int r;

	(void)state;
	prepare();
	r = oprf_generate_key(&random_source, &keys.key, &keys.public_key);
	assert_int_equal(counted(), 0);
	assert_public_ok(r);
	r = oprf_derive_key(mode, text, input, &key, &element);
	assert_int_equal(counted(), 0);
	assert_public_ok(r);
	r = oprf_public_key(&keys.key, &element);
	assert_int_equal(counted(), 0);
	assert_public_ok(r);
	r = oprf_scalar_check(&keys.key);
	assert_int_equal(counted(), 0);
	assert_public_ok(r);
	publish(element);
	publish(keys.public_key);
	assert_memory_equal(element.bytes, keys.public_key.bytes, sizeof(element.bytes));
}

static void test_evaluation(void **state)
{
	struct oprf_element evaluated;
	struct oprf_proof proof;
	int r;

	(void)state;
	prepare();
	r = oprf_evaluate(&made.keys.key, &made.blinded, &evaluated);
	assert_int_equal(counted(), 0);
	assert_public_ok(r);
	publish(evaluated);
	assert_memory_equal(evaluated.bytes, made.evaluated.bytes, sizeof(evaluated.bytes));
	r = oprf_prove(&made.keys.key, &made.keys.public_key, &made.blinded, &evaluated,
	               &random_source, &proof);
	assert_int_equal(counted(), 0);
	assert_public_ok(r);
	publish(proof);
	assert_ok(oprf_verify(&made.keys.public_key, &made.blinded, &evaluated, &proof));
}

/* Scalars that are refused take the same way. */
static void test_refused_scalars(void **state)
{
	struct oprf_element element = made.blinded;
	struct oprf_output output;
	struct oprf_proof proof;
	struct oprf_scalar scalar;
	int r[4];

	(void)state;
	prepare();
	for (size_t i = 0; i < sizeof(bad_scalars) / sizeof(*bad_scalars); i++) {
		assert_ok(hex_decode_fixed(bytes_of_string(bad_scalars[i]), scalar.bytes,
		                           sizeof(scalar.bytes)));
		hide(scalar);
		r[0] = oprf_evaluate(&scalar, &made.blinded, &element);
		r[1] = oprf_finalize(input, &scalar, &made.evaluated, &output);
		r[2] = oprf_prove_with(&scalar, &made.keys.public_key, &made.blinded,
		                       &made.evaluated, &made.blind, &proof);
		r[3] = oprf_public_key(&scalar, &element);
		assert_int_equal(counted(), 0);
		publish(r);
		for (size_t j = 0; j < sizeof(r) / sizeof(*r); j++)
			assert_int_equal(r[j], ERROR_CANONICAL);
	}
}

static void test_asking(void **state)
{
	struct oprf_element element, blinded, again;
	struct oprf_output output;
	struct oprf_scalar blind;
	int r;

	(void)state;
	prepare();
	r = oprf_hash_to_group(mode, input, &element);
	assert_int_equal(counted(), 0);
	assert_public_ok(r);
	r = oprf_blind(mode, input, &random_source, &blind, &blinded);
	assert_in_range(counted(), 0, OF_SECRET_ELEMENT);
	assert_public_ok(r);
	r = oprf_blind_with(mode, input, &blind, &again);
	assert_in_range(counted(), 0, OF_SECRET_ELEMENT);
	assert_public_ok(r);
	publish(blinded);
	publish(again);
	assert_memory_equal(blinded.bytes, again.bytes, sizeof(blinded.bytes));
	r = oprf_finalize(input, &blind, &made.evaluated, &output);
	assert_int_equal(counted(), 0);
	assert_public_ok(r);
}

static void test_building(void **state)
{
	static const struct pair_label label = { PROTECTION_OFF_LIMITS, 1, 2, 3 };
	struct oprf_element element, evaluated;
	struct oprf_output output;
	uint8_t tag[PAIR_TAG_SIZE];
	struct pair pair;
	int r;

	(void)state;
	prepare();
	r = oprf_hash_to_group(mode, input, &element);
	assert_public_ok(r);
	r = oprf_evaluate(&made.keys.key, &element, &evaluated);
	assert_in_range(counted(), 0, OF_SECRET_ELEMENT);
	assert_public_ok(r);
	r = oprf_finalize_unblinded(input, &evaluated, &output);
	assert_int_equal(counted(), 0);
	assert_public_ok(r);
	assert_ok(pair_seal(&output, &label, &pair));
	pair_tag(&output, tag);
	assert_int_equal(counted(), 0);
	publish(pair);
	publish(tag);
	assert_memory_equal(pair.bytes, tag, sizeof(tag));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counting_counts), cmocka_unit_test(test_keys),
		cmocka_unit_test(test_evaluation),      cmocka_unit_test(test_refused_scalars),
		cmocka_unit_test(test_asking),          cmocka_unit_test(test_building),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
