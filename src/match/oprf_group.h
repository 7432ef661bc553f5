/* Elements and scalars by libsodium, and decisions about secrets that no branch takes: inside
 * src/match.
 *
 * Whether a secret scalar is fit for use, and whether a product is the identity, is a number,
 * 1 or 0. What follows from it is chosen by masks: the result that the caller gets and whether
 * an output is written. The caller then knows one bit, which for keys and blinds that were
 * made here is always the same one. libsodium branches on one thing: whether an element's
 * encoding is canonical, which it is of every element that was made here.
 */
#ifndef OPRF_GROUP_H
#define OPRF_GROUP_H

#include "oprf.h"

enum { OPRF_WIDE_SIZE = 64 /* uniform bytes that are reduced to a scalar */ };

/* 1 when the scalar is below the order and not zero, else 0. */
unsigned oprf_scalar_valid(const struct oprf_scalar *scalar);

/* 1 when all 32 bytes are zero: a zero scalar, or the identity. */
unsigned oprf_is_zero(const uint8_t bytes[32]);

/* `yes` for condition 1, `no` for condition 0. */
int oprf_choose(unsigned condition, int yes, int no);

/* Writes `size` bytes to `to` for condition 1, and leaves it as it is for 0. */
void oprf_copy_if(unsigned condition, void *to, const void *from, size_t size);

/* The scalar of 64 uniform bytes. */
void oprf_scalar_reduce(struct oprf_scalar *ret_scalar, const uint8_t wide[OPRF_WIDE_SIZE]);

/* A uniformly random scalar. ERROR_RANDOM. Whether it is zero, as it is once in 2^252 times
 * or where the source is broken, the caller sees by its multiple being refused. */
int oprf_scalar_random(const struct random_source *random, struct oprf_scalar *ret_scalar);

/* The element times the scalar, which is valid. 1, or 0 and zeros where the encoding of the
 * element is not canonical or the product is the identity. */
unsigned oprf_multiply(const struct oprf_scalar *scalar, const struct oprf_element *element,
                       struct oprf_element *ret_product);

/* The generator times the scalar. 1, or 0 and zeros where the product is the identity. */
unsigned oprf_multiply_base(const struct oprf_scalar *scalar, struct oprf_element *ret_product);

#endif
