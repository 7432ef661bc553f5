#include "oprf_group.h"

#include <sodium.h>

#include "allocate.h"
#include "ristretto.h"

_Static_assert(OPRF_SCALAR_SIZE == crypto_core_ristretto255_SCALARBYTES, "scalar");
_Static_assert(OPRF_WIDE_SIZE == crypto_core_ristretto255_NONREDUCEDSCALARBYTES, "wide scalar");

/* 2^252 + 27742317777372353535851937790883648493 (RFC 9496, section 4), little-endian. */
static const uint8_t order[OPRF_SCALAR_SIZE] = {
	0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,        0xd6,
	0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, [31] = 0x10,
};

/* libsodium reduces what is not below the order; sodium_compare is of little-endian numbers,
 * in constant time, and -1 for less. */
unsigned oprf_scalar_valid(const struct oprf_scalar *scalar)
{
	unsigned below = (unsigned)sodium_compare(scalar->bytes, order, OPRF_SCALAR_SIZE) >> 31;

	return below & (oprf_is_zero(scalar->bytes) ^ 1);
}

unsigned oprf_is_zero(const uint8_t bytes[32])
{
	return (unsigned)sodium_is_zero(bytes, 32);
}

/* All ones for 1, zero for 0. What it is, the compiler may not find out: it would be free to
 * make a branch of it. */
static unsigned mask_of(unsigned condition)
{
	__asm__("" : "+r"(condition));
	return 0U - condition;
}

int oprf_choose(unsigned condition, int yes, int no)
{
	unsigned mask = mask_of(condition);

	return (int)(((unsigned)yes & mask) | ((unsigned)no & ~mask));
}

void oprf_copy_if(unsigned condition, void *to, const void *from, size_t size)
{
	uint8_t mask = (uint8_t)mask_of(condition);
	const uint8_t *source = from;
	uint8_t *target = to;

	for (size_t i = 0; i < size; i++)
		target[i] = (uint8_t)((target[i] & ~mask) | (source[i] & mask));
}

void oprf_scalar_reduce(struct oprf_scalar *ret_scalar, const uint8_t wide[OPRF_WIDE_SIZE])
{
	crypto_core_ristretto255_scalar_reduce(ret_scalar->bytes, wide);
}

int oprf_scalar_random(const struct random_source *random, struct oprf_scalar *ret_scalar)
{
	uint8_t wide[OPRF_WIDE_SIZE];
	int r = random->fill(random->context, wide, sizeof(wide));

	if (r == OK)
		oprf_scalar_reduce(ret_scalar, wide);
	wipe(wide, sizeof(wide));
	return r;
}

/* An encoding has 255 bits. libsodium 1.0.18 ignores the 256th where it should refuse it, so
 * it is given another fault that is always seen, and no branch is needed: the number becomes
 * odd, which is called negative. */
static void spoil_long_encoding(struct oprf_element *element)
{
	element->bytes[0] |= element->bytes[OPRF_ELEMENT_SIZE - 1] >> 7;
}

/* 1 for 0, 0 for -1 */
static unsigned succeeded(int result)
{
	return (unsigned)result >> 31 ^ 1;
}

unsigned oprf_multiply(const struct oprf_scalar *scalar, const struct oprf_element *element,
                       struct oprf_element *ret_product)
{
	struct oprf_element copy = *element;
	unsigned done;

	spoil_long_encoding(&copy);
	memset(ret_product, 0, sizeof(*ret_product));
	done = succeeded(
	    crypto_scalarmult_ristretto255(ret_product->bytes, scalar->bytes, copy.bytes));
	wipe(&copy, sizeof(copy));
	return done;
}

unsigned oprf_multiply_base(const struct oprf_scalar *scalar, struct oprf_element *ret_product)
{
	return succeeded(crypto_scalarmult_ristretto255_base(ret_product->bytes, scalar->bytes));
}

int oprf_element_check(const struct oprf_element *element)
{
	return ristretto_is_element(element->bytes) ? OK : ERROR_CANONICAL;
}

int oprf_scalar_check(const struct oprf_scalar *scalar)
{
	return oprf_choose(oprf_scalar_valid(scalar), OK, ERROR_CANONICAL);
}
