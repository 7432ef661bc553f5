/* What is left on the stack after an operation with secrets: nothing. Each operation runs in a
 * thread on a stack of the test's own, which is then searched for every secret that went in, came
 * out or was computed on the way: the scalars, as they are and as the signed digits into which
 * libsodium takes them apart, the values and what is hashed to them. */
#include "oprf_fixture.h"

#include <pthread.h>

#include "hkdf.h"
#include "pair.h"

enum { STACK_SIZE = 256 * 1024, WINDOW = 16, SECRETS_MAXIMUM = 16, DIGITS = 64 };

static _Alignas(4096) uint8_t stack[STACK_SIZE];

/* What an operation works on; never on the searched stack. */
static struct {
	struct evaluation made;
	struct counting_source source;
	struct random_source random;
	struct bytes input;
	struct oprf_scalar blind;
	struct oprf_element element;
	struct oprf_output output;
	struct oprf_proof proof;
	struct pair pair;
	struct pair_label label;
	uint8_t tag[PAIR_TAG_SIZE];
	uint8_t seed[OPRF_SEED_SIZE];
	struct key_pair keys;
	int result;
} job;

static struct {
	const char *name;
	uint8_t bytes[64];
	size_t size;
} secrets[SECRETS_MAXIMUM];
static size_t secret_count;

static void add_secret(const char *name, const void *data, size_t size)
{
	assert_true(secret_count < SECRETS_MAXIMUM && size <= sizeof(secrets[0].bytes));
	secrets[secret_count].name = name;
	memcpy(secrets[secret_count].bytes, data, size);
	secrets[secret_count++].size = size;
}

/* The scalar and its digits to the base 16, from -8 to 8. */
static void add_scalar(const char *name, const struct oprf_scalar *scalar)
{
	int8_t digits[DIGITS];
	int carry = 0;

	for (size_t i = 0; i < DIGITS; i++) {
		int digit = (scalar->bytes[i / 2] >> (i % 2 == 0 ? 0 : 4) & 15) + carry;

		carry = i + 1 < DIGITS ? (digit + 8) >> 4 : 0;
		digits[i] = (int8_t)(digit - carry * 16);
	}
	add_secret(name, scalar->bytes, sizeof(scalar->bytes));
	add_secret(name, digits, sizeof(digits));
}

static bool contains(const uint8_t *data, size_t size, const uint8_t window[WINDOW])
{
	for (size_t i = 0; i + WINDOW <= size; i++) {
		if (data[i] == window[0] && memcmp(data + i, window, WINDOW) == 0)
			return true;
	}
	return false;
}

static void *run(void *operation)
{
	(*(void (*const *)(void))operation)();
	return NULL;
}

/* Runs the operation and tells of the first secret that it has left; NULL for none. */
static const char *left_by(void (*operation)(void))
{
	pthread_attr_t attributes;
	pthread_t thread;

	memset(stack, 0xa5, sizeof(stack));
	assert_int_equal(pthread_attr_init(&attributes), 0);
	assert_int_equal(pthread_attr_setstack(&attributes, stack, sizeof(stack)), 0);
	assert_int_equal(pthread_create(&thread, &attributes, run, &operation), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(pthread_attr_destroy(&attributes), 0);
	for (size_t i = 0; i < secret_count; i++) {
		for (size_t at = 0; at + WINDOW <= secrets[i].size; at += WINDOW / 2) {
			if (contains(stack, sizeof(stack), secrets[i].bytes + at))
				return secrets[i].name;
		}
	}
	return NULL;
}

static void assert_leaves_nothing(void (*operation)(void), const char *what)
{
	const char *left = left_by(operation);

	assert_int_equal(job.result, OK);
	if (left != NULL)
		fail_msg("%s leaves the %s", what, left);
}

static void evaluate(void)
{
	job.result = oprf_evaluate(&job.made.keys.key, &job.made.blinded, &job.element);
}

static void prove(void)
{
	job.result = oprf_prove(&job.made.keys.key, &job.made.keys.public_key, &job.made.blinded,
	                        &job.made.evaluated, &job.random, &job.proof);
}

static void blind(void)
{
	job.result = oprf_blind(OPRF_MODE_VOPRF, job.input, &job.random, &job.blind, &job.element);
}

static void blind_with(void)
{
	job.result = oprf_blind_with(OPRF_MODE_VOPRF, job.input, &job.made.blind, &job.element);
}

static void finalize(void)
{
	job.result = oprf_finalize(job.input, &job.made.blind, &job.made.evaluated, &job.output);
}

static void hash_to_group(void)
{
	job.result = oprf_hash_to_group(OPRF_MODE_VOPRF, job.input, &job.element);
}

static void public_key(void)
{
	job.result = oprf_public_key(&job.made.keys.key, &job.element);
}

static void derive_key(void)
{
	job.result = oprf_derive_key(OPRF_MODE_VOPRF, job.seed, job.input, &job.keys.key,
	                             &job.keys.public_key);
}

static void generate_key(void)
{
	job.result = oprf_generate_key(&job.random, &job.keys.key, &job.keys.public_key);
}

static void seal(void)
{
	job.result = pair_seal(&job.output, &job.label, &job.pair);
}

static void open_label(void)
{
	job.result = pair_open(&job.output, &job.pair, &job.label);
}

static void tag(void)
{
	pair_tag(&job.output, job.tag);
	job.result = OK;
}

/* What the search must find: libsodium alone leaves the key that it encrypts with. */
static void encrypt(void)
{
	static const uint8_t nonce[crypto_aead_chacha20poly1305_ietf_NPUBBYTES];
	static uint8_t sealed[PAIR_SEALED_SIZE];

	job.result = crypto_aead_chacha20poly1305_ietf_encrypt(
	    sealed, NULL, job.tag, PAIR_LABEL_SIZE, NULL, 0, NULL, nonce, job.made.keys.key.bytes);
}

static bool is_observable(void)
{
	const char *preloaded = getenv("LD_PRELOAD");

#ifdef __SANITIZE_ADDRESS__
	return false;
#endif
	return preloaded == NULL || strstr(preloaded, "vgpreload") == NULL;
}

static void prepare(void)
{
	memset(&job, 0, sizeof(job));
	secret_count = 0;
	job.made = evaluation_number(4);
	job.source.next = UINT64_C(0x0123456789abcdef);
	job.random = counting_source(&job.source);
	job.input = bytes_of_string("a long name that is sought.example.org");
	for (size_t i = 0; i < sizeof(job.output.bytes); i++)
		job.output.bytes[i] = (uint8_t)(3 * i + 1);
	job.label = (struct pair_label){ PROTECTION_NOTIFY_FIRST, 1, 2, 3 };
	if (!is_observable()) {
		print_message("# SKIP: under this tool no stack can be searched\n");
		skip();
	}
}

static void test_search_finds(void **state)
{
	(void)state;
	prepare();
	add_scalar("key", &job.made.keys.key);
	assert_string_equal(left_by(encrypt), "key");
}

static void test_keys(void **state)
{
	(void)state;
	prepare();
	add_scalar("key", &job.made.keys.key);
	add_secret("evaluated element", job.made.evaluated.bytes, OPRF_ELEMENT_SIZE);
	assert_leaves_nothing(evaluate, "evaluating");
	assert_leaves_nothing(public_key, "making the public key");
	memset(job.seed, 0x3c, sizeof(job.seed));
	derive_key();
	add_scalar("derived key", &job.keys.key);
	assert_leaves_nothing(derive_key, "deriving");
	generate_key();
	add_scalar("random key", &job.keys.key);
	job.source.next--;
	assert_leaves_nothing(generate_key, "generating");
}

static void test_proofs(void **state)
{
	struct oprf_scalar share, nonce;

	(void)state;
	prepare();
	prove();
	assert_int_equal(job.result, OK);
	crypto_core_ristretto255_scalar_mul(share.bytes, job.proof.bytes, job.made.keys.key.bytes);
	crypto_core_ristretto255_scalar_add(nonce.bytes, share.bytes,
	                                    job.proof.bytes + OPRF_SCALAR_SIZE);
	add_scalar("key", &job.made.keys.key);
	add_scalar("nonce", &nonce);
	add_secret("key's share", share.bytes, sizeof(share.bytes));
	job.source.next--;
	assert_leaves_nothing(prove, "proving");
}

static void test_blinding(void **state)
{
	struct oprf_element element;
	struct oprf_scalar inverse;

	(void)state;
	prepare();
	blind();
	assert_int_equal(job.result, OK);
	assert_ok(oprf_hash_to_group(OPRF_MODE_VOPRF, job.input, &element));
	add_scalar("blind", &job.blind);
	add_secret("hash of the input", element.bytes, sizeof(element.bytes));
	add_secret("input", job.input.data, job.input.size);
	job.source.next--;
	assert_leaves_nothing(blind, "blinding");
	add_scalar("blind", &job.made.blind);
	assert_leaves_nothing(blind_with, "blinding again");
	assert_leaves_nothing(hash_to_group, "hashing");

	secret_count = 0;
	finalize();
	assert_int_equal(job.result, OK);
	assert_int_equal(
	    crypto_core_ristretto255_scalar_invert(inverse.bytes, job.made.blind.bytes), 0);
	assert_int_equal(
	    crypto_scalarmult_ristretto255(element.bytes, inverse.bytes, job.made.evaluated.bytes),
	    0);
	add_scalar("blind", &job.made.blind);
	add_scalar("blind's inverse", &inverse);
	add_secret("element without its blind", element.bytes, sizeof(element.bytes));
	add_secret("value", job.output.bytes, sizeof(job.output.bytes));
	add_secret("input", job.input.data, job.input.size);
	assert_leaves_nothing(finalize, "finalizing");
}

static void test_pairs(void **state)
{
	struct bytes value = bytes_of(job.output.bytes, sizeof(job.output.bytes));
	uint8_t label_key[32], extracted[HKDF_KEY_SIZE];

	(void)state;
	prepare();
	hkdf_extract(extracted, bytes_of(NULL, 0), value);
	assert_ok(hkdf_expand(label_key, sizeof(label_key), extracted,
	                      bytes_of_string("chirograph.match/1 label")));
	add_secret("value", job.output.bytes, sizeof(job.output.bytes));
	add_secret("extracted key", extracted, sizeof(extracted));
	add_secret("label's key", label_key, sizeof(label_key));
	assert_leaves_nothing(seal, "sealing");
	assert_leaves_nothing(open_label, "opening");
	assert_leaves_nothing(tag, "making a tag");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_search_finds), cmocka_unit_test(test_keys),
		cmocka_unit_test(test_proofs),       cmocka_unit_test(test_blinding),
		cmocka_unit_test(test_pairs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
