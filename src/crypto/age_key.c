/* X25519 keys of age and their spellings. */
#include "age.h"

#include "allocate.h"
#include "bech32.h"

#include <sodium.h>

static const char recipient_prefix[] = "age";
static const char identity_prefix[] = "age-secret-key-";

int x25519_secret_generate(const struct random_source *random, struct x25519_secret *ret_secret)
{
	struct x25519_secret secret;
	int r;

	if ((r = random->fill(random->context, secret.bytes, sizeof(secret.bytes))) == OK)
		*ret_secret = secret;
	wipe(&secret, sizeof(secret));
	return r;
}

void x25519_public_of(const struct x25519_secret *secret, struct x25519_public *ret_public)
{
	/* It fails for no input: clamping excludes the zero scalar. */
	(void)crypto_scalarmult_base(ret_public->bytes, secret->bytes);
}

bool x25519_public_is_small(const struct x25519_public *point)
{
	/* Any scalar shows it: clamping makes all multiples of 8, which take such
	 * a point to zero. */
	static const uint8_t scalar[X25519_SIZE] = { 1 };
	uint8_t product[X25519_SIZE];

	return crypto_scalarmult(product, scalar, point->bytes) != 0;
}

/* Prints into an array of exactly the size that the key's text has. */
static int print(const char *prefix, const uint8_t key[X25519_SIZE], enum bech32_case letter_case,
                 char *ret_text, size_t capacity)
{
	struct buffer buffer;
	int r;

	buffer_init(&buffer, capacity - 1);
	if ((r = bech32_encode(&buffer, prefix, bytes_of(key, X25519_SIZE), letter_case)) == OK)
		r = bytes_to_string(buffer_view(&buffer), ret_text, capacity);
	buffer_release(&buffer);
	return r;
}

int age_recipient_print(const struct x25519_public *recipient,
                        char ret_text[AGE_RECIPIENT_CAPACITY])
{
	return print(recipient_prefix, recipient->bytes, BECH32_LOWER, ret_text,
	             AGE_RECIPIENT_CAPACITY);
}

int age_recipient_parse(struct bytes text, struct x25519_public *ret_recipient)
{
	struct x25519_public recipient;
	int r;

	if ((r = bech32_decode_fixed(text, recipient_prefix, BECH32_LOWER, recipient.bytes,
	                             sizeof(recipient.bytes))) != OK)
		return r;
	if (x25519_public_is_small(&recipient))
		return ERROR_DENIED;
	*ret_recipient = recipient;
	return OK;
}

int age_identity_print(const struct x25519_secret *identity, char ret_text[AGE_IDENTITY_CAPACITY])
{
	return print(identity_prefix, identity->bytes, BECH32_UPPER, ret_text,
	             AGE_IDENTITY_CAPACITY);
}

int age_identity_parse(struct bytes text, struct x25519_secret *ret_identity)
{
	return bech32_decode_fixed(text, identity_prefix, BECH32_UPPER, ret_identity->bytes,
	                           sizeof(ret_identity->bytes));
}
