#include "pair.h"

#include <sodium.h>

#include "allocate.h"
#include "class_commitment.h"
#include "hkdf.h"

enum {
	LABEL_KEY_SIZE = 32,
	CRITICALITY_MAXIMUM = 3,
	PADDED_MINIMUM = 64,
};

_Static_assert(LABEL_KEY_SIZE == crypto_aead_chacha20poly1305_ietf_KEYBYTES, "label key");
_Static_assert(PAIR_SEALED_SIZE == PAIR_LABEL_SIZE + crypto_aead_chacha20poly1305_ietf_ABYTES,
               "sealed label");

/* Each key seals one label. */
static const uint8_t nonce[crypto_aead_chacha20poly1305_ietf_NPUBBYTES];

int pair_input(enum identifier_class identifier_class, struct bytes identifier,
               uint8_t ret_input[PAIR_INPUT_MAXIMUM], size_t *ret_size)
{
	const char *name = identifier_class_name(identifier_class);
	size_t before = strlen(name) + 1; /* with its zero byte */

	if (identifier.size == 0 || identifier.size > PAIR_IDENTIFIER_MAXIMUM)
		return ERROR_LIMIT;
	memcpy(ret_input, name, before);
	memcpy(ret_input + before, identifier.data, identifier.size);
	*ret_size = before + identifier.size;
	return OK;
}

uint64_t pair_padded_count(uint64_t count)
{
	uint64_t step = 1;

	if (count > CLASS_PAIRS_MAXIMUM)
		return 0;
	if (count <= PADDED_MINIMUM)
		return PADDED_MINIMUM;
	while (step * 8 <= count)
		step *= 2;
	return (count + step - 1) / step * step;
}

/* The key of the function's value, from which tag and label key are expanded. */
static void extract(const struct oprf_output *output, uint8_t ret_key[HKDF_KEY_SIZE])
{
	hkdf_extract(ret_key, bytes_of(NULL, 0), bytes_of(output->bytes, sizeof(output->bytes)));
}

static void expand_tag(const uint8_t key[HKDF_KEY_SIZE], uint8_t ret_tag[PAIR_TAG_SIZE])
{
	(void)hkdf_expand(ret_tag, PAIR_TAG_SIZE, key, bytes_of_string("chirograph.match/1 tag"));
}

static void expand_label_key(const uint8_t key[HKDF_KEY_SIZE], uint8_t ret_key[LABEL_KEY_SIZE])
{
	(void)hkdf_expand(ret_key, LABEL_KEY_SIZE, key,
	                  bytes_of_string("chirograph.match/1 label"));
}

int pair_seal(const struct oprf_output *output, const struct pair_label *label,
              struct pair *ret_pair)
{
	uint8_t key[HKDF_KEY_SIZE];
	uint8_t label_key[LABEL_KEY_SIZE];
	uint8_t plain[PAIR_LABEL_SIZE];

	if ((unsigned)label->protection >= PROTECTION_COUNT ||
	    label->criticality > CRITICALITY_MAXIMUM)
		return ERROR_LIMIT;
	plain[0] = (uint8_t)((unsigned)label->protection << 2 | label->criticality);
	plain[1] = label->sector;
	plain[2] = label->contact;
	extract(output, key);
	expand_tag(key, ret_pair->bytes);
	expand_label_key(key, label_key);
	crypto_aead_chacha20poly1305_ietf_encrypt(ret_pair->bytes + PAIR_TAG_SIZE, NULL, plain,
	                                          sizeof(plain), NULL, 0, NULL, nonce, label_key);
	wipe(key, sizeof(key));
	wipe(label_key, sizeof(label_key));
	wipe(plain, sizeof(plain));
	wipe_stack();
	return OK;
}

void pair_tag(const struct oprf_output *output, uint8_t ret_tag[PAIR_TAG_SIZE])
{
	uint8_t key[HKDF_KEY_SIZE];

	extract(output, key);
	expand_tag(key, ret_tag);
	wipe(key, sizeof(key));
	wipe_stack();
}

static int read_label(const uint8_t plain[PAIR_LABEL_SIZE], struct pair_label *ret_label)
{
	if (plain[0] >> 2 >= PROTECTION_COUNT)
		return ERROR_SYNTAX;
	*ret_label = (struct pair_label){
		.protection = (enum protection)(plain[0] >> 2),
		.criticality = plain[0] & 3,
		.sector = plain[1],
		.contact = plain[2],
	};
	return OK;
}

int pair_open(const struct oprf_output *output, const struct pair *pair,
              struct pair_label *ret_label)
{
	uint8_t key[HKDF_KEY_SIZE];
	uint8_t label_key[LABEL_KEY_SIZE];
	uint8_t tag[PAIR_TAG_SIZE];
	uint8_t plain[PAIR_LABEL_SIZE];
	int r = ERROR_MISMATCH;

	extract(output, key);
	expand_tag(key, tag);
	if (secret_equal(tag, pair->bytes, PAIR_TAG_SIZE)) {
		expand_label_key(key, label_key);
		r = crypto_aead_chacha20poly1305_ietf_decrypt(
			plain, NULL, NULL, pair->bytes + PAIR_TAG_SIZE, PAIR_SEALED_SIZE, NULL, 0,
			nonce, label_key) == 0
		        ? read_label(plain, ret_label)
		        : ERROR_SIGNATURE;
		wipe(label_key, sizeof(label_key));
	}
	wipe(key, sizeof(key));
	wipe(tag, sizeof(tag));
	wipe(plain, sizeof(plain));
	wipe_stack();
	return r;
}
