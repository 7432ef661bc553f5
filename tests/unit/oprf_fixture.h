/* Keys, evaluations and sources of randomness for the tests of the oblivious function, and
 * encodings that must be refused. */
#ifndef OPRF_FIXTURE_H
#define OPRF_FIXTURE_H

#include "check.h"

#include <sodium.h>

#include "encoding.h"
#include "oprf.h"

/* Bytes that look random, others with each call, the same in each run. */
struct counting_source {
	uint64_t next;
};

static inline int counting_fill(void *context, void *ret_bytes, size_t size)
{
	struct counting_source *source = context;
	uint8_t seed[randombytes_SEEDBYTES] = { 0 };

	memcpy(seed, &source->next, sizeof(source->next));
	randombytes_buf_deterministic(ret_bytes, size, seed);
	source->next++;
	return OK;
}

static inline struct random_source counting_source(struct counting_source *source)
{
	return (struct random_source){ .context = source, .fill = counting_fill };
}

static inline int failing_fill(void *context, void *ret_bytes, size_t size)
{
	(void)context;
	memset(ret_bytes, 0x5a, size / 2);
	return ERROR_RANDOM;
}

static inline struct random_source failing_source(void)
{
	return (struct random_source){ .fill = failing_fill };
}

/* A source that is broken without saying so. */
static inline int zero_fill(void *context, void *ret_bytes, size_t size)
{
	(void)context;
	memset(ret_bytes, 0, size);
	return OK;
}

static inline struct random_source zero_source(void)
{
	return (struct random_source){ .fill = zero_fill };
}

struct key_pair {
	struct oprf_scalar key;
	struct oprf_element public_key;
};

static inline struct key_pair key_pair_number(unsigned number)
{
	uint8_t seed[OPRF_SEED_SIZE] = { (uint8_t)number };
	struct key_pair keys;

	assert_ok(oprf_derive_key(OPRF_MODE_VOPRF, seed, bytes_of_string("test"), &keys.key,
	                          &keys.public_key));
	return keys;
}

/* A right evaluation with its proof. */
struct evaluation {
	struct key_pair keys;
	struct oprf_scalar blind;
	struct oprf_element blinded, evaluated;
	struct oprf_proof proof;
};

static inline struct evaluation evaluation_number(unsigned number)
{
	struct counting_source source = { .next = 1000 + number };
	struct random_source random = counting_source(&source);
	struct evaluation made = { .keys = key_pair_number(number) };

	assert_ok(oprf_blind(OPRF_MODE_VOPRF, bytes_of_string("asked"), &random, &made.blind,
	                     &made.blinded));
	assert_ok(oprf_evaluate(&made.keys.key, &made.blinded, &made.evaluated));
	assert_ok(oprf_prove(&made.keys.key, &made.keys.public_key, &made.blinded, &made.evaluated,
	                     &random, &made.proof));
	assert_ok(oprf_verify(&made.keys.public_key, &made.blinded, &made.evaluated, &made.proof));
	return made;
}

/* RFC 9496, appendix A.3. */
static const char *const bad_elements[] = {
	/* field encodings that are not canonical */
	"00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	/* negative field elements */
	"0100000000000000000000000000000000000000000000000000000000000000",
	"01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"ed57ffd8c914fb201471d1c3d245ce3c746fcbe63a3679d51b6a516ebebe0e20",
	"c34c4e1826e5d403b78e246e88aa051c36ccf0aafebffe137d148a2bf9104562",
	"c940e5a4404157cfb1628b108db051a8d439e1a421394ec4ebccb9ec92a8ac78",
	"47cfc5497c53dc8e61c91d17fd626ffb1c49e2bca94eed052281b510b1117a24",
	"f1c6165d33367351b0da8f6e4511010c68174a03b6581212c71c0e1d026c3c72",
	"87260f7a2f12495118360f02c26a470f450dadf34a413d21042b43b9d93e1309",
	/* x squared is no square */
	"26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",
	"4eac077a713c57b4f4397629a4145982c661f48044dd3f96427d40b147d9742f",
	"de6a7b00deadc788eb6b6c8d20c0ae96c2f2019078fa604fee5b87d6e989ad7b",
	"bcab477be20861e01e4a0e295284146a510150d9817763caf1a6f4b422d67042",
	"2a292df7e32cababbd9de088d1d1abec9fc0440f637ed2fba145094dc14bea08",
	"f4a9e534fc0d216c44b218fa0c42d99635a0127ee2e53c712f70609649fdff22",
	"8268436f8c4126196cf64b3c7ddbda90746a378625f9813dd9b8457077256731",
	"2810e5cbc2cc4d4eece54f61c6f69758e289aa7ab440b3cbeaa21995c2f4232b",
	/* x times y is negative */
	"3eb858e78f5a7254d8c9731174a94f76755fd3941c0ac93735c07ba14579630e",
	"a45fdc55c76448c049a1ab33f17023edfb2be3581e9c7aade8a6125215e04220",
	"d483fe813c6ba647ebbfd3ec41adca1c6130c2beeee9d9bf065c8d151c5f396e",
	"8a2e1d30050198c65a54483123960ccc38aef6848e1ec8f5f780e8523769ba32",
	"32888462f8b486c68ad7dd9610be5192bbeaf3b443951ac1a8118419d9fa097b",
	"227142501b9d4355ccba290404bde41575b037693cef1f438c47f8fbf35d1165",
	"5c37cc491da847cfeb9281d407efc41e15144c876e0170b499a96a22ed31e01e",
	"445425117cb8c90edcbc7c1cc0e74f747f2c1efa5630a967c64f287792a48a4b",
	/* s = -1, so that y = 0 */
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
};

static const char order_hex[] = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

/* The order, one more, twice the order, and numbers of 253 to 256 bits. */
static const char *const bad_scalars[] = {
	order_hex,
	"eed3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010",
	"daa7ebb934c624b0ac39ef45bdf3bd2900000000000000000000000000000020",
	"edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000011",
	"0000000000000000000000000000000000000000000000000000000000000080",
	"0100000000000000000000000000000000000000000000000000000000000080",
	"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
};

/* Little-endian: number += the order. */
static inline void add_order(uint8_t number[OPRF_SCALAR_SIZE])
{
	uint8_t order[OPRF_SCALAR_SIZE];
	unsigned carry = 0;

	assert_ok(hex_decode_fixed(bytes_of_string(order_hex), order, sizeof(order)));
	for (size_t i = 0; i < OPRF_SCALAR_SIZE; i++) {
		carry += number[i] + order[i];
		number[i] = (uint8_t)carry;
		carry >>= 8;
	}
}

/* s becomes p - s. */
static inline void negate_encoding(struct oprf_element *element)
{
	unsigned borrow = 0;

	for (size_t i = 0; i < OPRF_ELEMENT_SIZE; i++) {
		unsigned prime = i == 0 ? 0xed : i == OPRF_ELEMENT_SIZE - 1 ? 0x7f : 0xff;
		unsigned difference = prime - element->bytes[i] - borrow;

		element->bytes[i] = (uint8_t)difference;
		borrow = difference >> 31;
	}
}

#endif
