/* ECDSA: numbers, points, and that OpenSSL running out of memory is never taken
 * for a signature that does not verify. */
#include "check.h"

#include <openssl/crypto.h>
#include <stdlib.h>

#include "ecdsa.h"
#include "encoding.h"

/* RFC 6979, appendix A.2.5 and A.2.6: the signature of "sample". */
static const struct {
	enum ecdsa_curve curve;
	const char *point, *r, *s;
} cases[] = {
	{ ECDSA_P256,
	  "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
	  "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299",
	  "00efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
	  "00f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8" },
	{ ECDSA_P384,
	  "04ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64"
	  "def8f0ea9055866064a254515480bc138015d9b72d7d57244ea8ef9ac0c621896708a59367f9df"
	  "b9f54ca84b3f1c9db1288b231c3ae0d4fe7344fd2533264720",
	  "0094edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c"
	  "81a648152e44acf96e36dd1e80fabe46",
	  "0099ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94f"
	  "a329c145786e679e7b82c71a38628ac8" },
};

struct vector {
	enum ecdsa_curve curve;
	struct buffer point, r, s;
};

static void vector_init(struct vector *vector, size_t i)
{
	vector->curve = cases[i].curve;
	buffer_init(&vector->point, 128);
	buffer_init(&vector->r, 128);
	buffer_init(&vector->s, 128);
	assert_ok(hex_decode(&vector->point, bytes_of_string(cases[i].point)));
	assert_ok(hex_decode(&vector->r, bytes_of_string(cases[i].r)));
	assert_ok(hex_decode(&vector->s, bytes_of_string(cases[i].s)));
}

static void vector_release(struct vector *vector)
{
	buffer_release(&vector->point);
	buffer_release(&vector->r);
	buffer_release(&vector->s);
}

static int verify(const struct vector *vector, const char *message)
{
	return ecdsa_verify(vector->curve, buffer_view(&vector->point), bytes_of_string(message),
	                    buffer_view(&vector->r), buffer_view(&vector->s));
}

static void test_verify(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct vector vector;
		struct buffer swapped;

		vector_init(&vector, i);
		assert_ok(ecdsa_point_check(vector.curve, buffer_view(&vector.point)));
		assert_ok(verify(&vector, "sample"));
		assert_int_equal(verify(&vector, "Sample"), ERROR_SIGNATURE);
		swapped = vector.r;
		vector.r = vector.s;
		vector.s = swapped;
		assert_int_equal(verify(&vector, "sample"), ERROR_SIGNATURE);
		vector.point.data[20] ^= 1;
		assert_int_equal(verify(&vector, "sample"), ERROR_SIGNATURE);
		assert_int_equal(ecdsa_point_check(vector.curve, buffer_view(&vector.point)),
		                 ERROR_SYNTAX);
		vector_release(&vector);
	}
}

/* The group order itself, and the order plus the number, are out of range. */
static void test_range(void **state)
{
	static const char order[] =
	    "00ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
	struct vector vector;

	(void)state;
	vector_init(&vector, 0);
	buffer_clear(&vector.r);
	assert_ok(hex_decode(&vector.r, bytes_of_string(order)));
	assert_ok(ecdsa_number_check(ECDSA_P256, buffer_view(&vector.r)));
	assert_int_equal(verify(&vector, "sample"), ERROR_SIGNATURE);
	vector_release(&vector);
}

static const struct {
	const char *hex;
	int result;
} numbers[] = {
	{ "", ERROR_SYNTAX },
	{ "00", ERROR_SYNTAX },
	{ "80", ERROR_SYNTAX },
	{ "ff01", ERROR_SYNTAX },
	{ "0000", ERROR_CANONICAL },
	{ "0001", ERROR_CANONICAL },
	{ "007f", ERROR_CANONICAL },
	{ "0080", OK },
	{ "01", OK },
	{ "7f00", OK },
	{ "010000000000000000000000000000000000000000000000000000000000000000", ERROR_SYNTAX },
	{ "00ff000000000000000000000000000000000000000000000000000000000000000000", ERROR_SYNTAX },
	{ "00ff00000000000000000000000000000000000000000000000000000000000000", OK },
};

static void test_numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		struct buffer number;

		buffer_init(&number, 64);
		assert_ok(hex_decode(&number, bytes_of_string(numbers[i].hex)));
		assert_int_equal(ecdsa_number_check(ECDSA_P256, buffer_view(&number)),
		                 numbers[i].result);
		buffer_release(&number);
	}
}

/* Allocations of OpenSSL are counted, and the n-th fails. */
static size_t openssl_allocations;
static size_t openssl_fail_at;

static bool allocation_fails(void)
{
	return ++openssl_allocations == openssl_fail_at;
}

static void *failing_malloc(size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return allocation_fails() ? NULL : malloc(size);
}

static void *failing_realloc(void *old, size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return allocation_fails() ? NULL : realloc(old, size);
}

static void plain_free(void *memory, const char *file, int line)
{
	(void)file;
	(void)line;
	free(memory);
}

static void test_no_memory(void **state)
{
	size_t tried = 0;
	size_t refused = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct vector vector;

		vector_init(&vector, i);
		assert_ok(verify(&vector, "sample")); /* what OpenSSL sets up once is set up */
		for (size_t n = 1;; n++) {
			int r;

			openssl_allocations = 0;
			openssl_fail_at = n;
			r = verify(&vector, "sample");
			openssl_fail_at = 0;
			assert_true(r == OK || r == ERROR_MEMORY);
			tried++;
			refused += r == ERROR_MEMORY;
			if (openssl_allocations < n)
				break;
		}
		for (size_t n = 1;; n++) {
			int r;

			openssl_allocations = 0;
			openssl_fail_at = n;
			r = ecdsa_point_check(vector.curve, buffer_view(&vector.point));
			openssl_fail_at = 0;
			assert_true(r == OK || r == ERROR_MEMORY);
			if (openssl_allocations < n)
				break;
		}
		vector_release(&vector);
	}
	print_message("# %zu failing allocations of OpenSSL, %zu reported\n", tried, refused);
	assert_true(refused > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verify),
		cmocka_unit_test(test_range),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_no_memory),
	};

	/* Only possible before OpenSSL's first allocation. */
	if (CRYPTO_set_mem_functions(failing_malloc, failing_realloc, plain_free) != 1)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
