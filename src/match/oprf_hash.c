#include "oprf_hash.h"

#include <sodium.h>

#include "allocate.h"
#include "sha.h"

_Static_assert(OPRF_ELEMENT_SIZE == crypto_core_ristretto255_BYTES, "element");
_Static_assert(OPRF_WIDE_SIZE == crypto_core_ristretto255_HASHBYTES, "from_hash");
_Static_assert((int)OPRF_WIDE_SIZE == (int)SHA512_SIZE, "one block of SHA-512 is all the output");

enum { BLOCK_SIZE = 128 };

struct bytes oprf_context(enum oprf_mode mode)
{
	static const char contexts[2][28] = {
		"OPRFV1-\x00-ristretto255-SHA512",
		"OPRFV1-\x01-ristretto255-SHA512",
	};

	return bytes_of(contexts[mode == OPRF_MODE_VOPRF], sizeof(contexts[0]));
}

static void put(crypto_hash_sha512_state *state, struct bytes piece)
{
	crypto_hash_sha512_update(state, piece.data, piece.size);
}

/* DST_prime */
static void put_tag(crypto_hash_sha512_state *state, struct bytes label, struct bytes context)
{
	uint8_t size = (uint8_t)(label.size + context.size);

	put(state, label);
	put(state, context);
	put(state, bytes_of(&size, 1));
}

/* b_0 = H(Z_pad || message || I2OSP(64, 2) || 0x00 || DST_prime) and
 * b_1 = H(b_0 || 0x01 || DST_prime); b_1 is all that 64 bytes need. */
void oprf_expand(enum oprf_mode mode, const char *label, const struct bytes *pieces, size_t count,
                 uint8_t ret_uniform[OPRF_WIDE_SIZE])
{
	static const uint8_t padding[BLOCK_SIZE];
	static const uint8_t size[] = { 0, OPRF_WIDE_SIZE, 0 };
	static const uint8_t one = 1;
	struct bytes label_view = bytes_of_string(label);
	struct bytes context = oprf_context(mode);
	uint8_t before[SHA512_SIZE];
	crypto_hash_sha512_state state;

	crypto_hash_sha512_init(&state);
	put(&state, bytes_of(padding, sizeof(padding)));
	for (size_t i = 0; i < count; i++)
		put(&state, pieces[i]);
	put(&state, bytes_of(size, sizeof(size)));
	put_tag(&state, label_view, context);
	crypto_hash_sha512_final(&state, before);

	crypto_hash_sha512_init(&state);
	put(&state, bytes_of(before, sizeof(before)));
	put(&state, bytes_of(&one, 1));
	put_tag(&state, label_view, context);
	crypto_hash_sha512_final(&state, ret_uniform);
	wipe(before, sizeof(before));
	wipe(&state, sizeof(state));
}

void oprf_hash_to_scalar(enum oprf_mode mode, const char *label, const struct bytes *pieces,
                         size_t count, struct oprf_scalar *ret_scalar)
{
	uint8_t uniform[OPRF_WIDE_SIZE];

	oprf_expand(mode, label, pieces, count, uniform);
	oprf_scalar_reduce(ret_scalar, uniform);
	wipe(uniform, sizeof(uniform));
}

void oprf_hash_to_element(enum oprf_mode mode, struct bytes input, struct oprf_element *ret_element)
{
	uint8_t uniform[OPRF_WIDE_SIZE];

	oprf_expand(mode, "HashToGroup-", &input, 1, uniform);
	crypto_core_ristretto255_from_hash(ret_element->bytes, uniform);
	wipe(uniform, sizeof(uniform));
}
