/* Wrapping and unwrapping of file keys (C2SP age.md, "The X25519 recipient
 * type"), and the header's MAC. */
#include "age.h"

#include "allocate.h"
#include "encoding.h"
#include "hkdf.h"
#include "sha.h"

#include <sodium.h>

enum {
	WRAPPED_SIZE = AGE_FILE_KEY_SIZE + crypto_aead_chacha20poly1305_ietf_ABYTES,
	WRAP_KEY_SIZE = crypto_aead_chacha20poly1305_ietf_KEYBYTES,
};

static const char x25519_type[] = "X25519";
static const char x25519_label[] = "age-encryption.org/v1/X25519";
static const char header_label[] = "header";

/* A key wraps one file key only, so that its nonce may be fixed. */
static const uint8_t wrap_nonce[crypto_aead_chacha20poly1305_ietf_NPUBBYTES];

struct x25519_stanza {
	struct x25519_public share;
	uint8_t wrapped[WRAPPED_SIZE];
};

bool age_stanza_is_x25519(const struct age_stanza *stanza)
{
	return bytes_equal_string(stanza->type, x25519_type);
}

static int decode_fixed(struct bytes text, void *ret_data, size_t size)
{
	struct buffer buffer;
	int r;

	buffer_init(&buffer, size);
	r = base64_decode(&buffer, text, BASE64_UNPADDED);
	if (r == ERROR_LIMIT || (r == OK && buffer.size != size))
		r = ERROR_SYNTAX;
	if (r == OK)
		memcpy(ret_data, buffer.data, size);
	buffer_release(&buffer);
	return r;
}

/* One argument, the share, and a body of exactly one wrapped file key: the size
 * is checked before anything is decrypted, as the format demands. */
static int stanza_decode(const struct age_stanza *stanza, struct x25519_stanza *ret_decoded)
{
	struct x25519_stanza decoded;
	int r;

	if (!age_stanza_is_x25519(stanza) || stanza->body.size == 0)
		return ERROR_SYNTAX;
	if ((r = decode_fixed(stanza->arguments, decoded.share.bytes,
	                      sizeof(decoded.share.bytes))) != OK ||
	    (r = decode_fixed(bytes_of(stanza->body.data, stanza->body.size - 1), decoded.wrapped,
	                      sizeof(decoded.wrapped))) != OK)
		return r;
	if (x25519_public_is_small(&decoded.share))
		return ERROR_SYNTAX;
	*ret_decoded = decoded;
	return OK;
}

int age_stanza_check(const struct age_stanza *stanza)
{
	struct x25519_stanza decoded;

	return stanza_decode(stanza, &decoded);
}

/* The key that wraps the file key: either side multiplies its secret with the
 * other's point. ERROR_DENIED when the product is zero. */
static int wrap_key(const struct x25519_secret *secret, const struct x25519_public *point,
                    const struct x25519_public *share, const struct x25519_public *recipient,
                    uint8_t ret_key[WRAP_KEY_SIZE])
{
	uint8_t shared[X25519_SIZE];
	uint8_t salt[2 * X25519_SIZE];
	int r;

	if (crypto_scalarmult(shared, secret->bytes, point->bytes) != 0) {
		r = ERROR_DENIED;
		goto out;
	}
	memcpy(salt, share->bytes, X25519_SIZE);
	memcpy(salt + X25519_SIZE, recipient->bytes, X25519_SIZE);
	r = hkdf(ret_key, WRAP_KEY_SIZE, bytes_of(salt, sizeof(salt)),
	         bytes_of(shared, sizeof(shared)), bytes_of_string(x25519_label));
out:
	wipe(shared, sizeof(shared));
	return r;
}

static int unwrap(const struct x25519_stanza *stanza, const uint8_t key[WRAP_KEY_SIZE],
                  struct age_file_key *ret_file_key)
{
	struct age_file_key file_key;

	if (crypto_aead_chacha20poly1305_ietf_decrypt(file_key.bytes, NULL, NULL, stanza->wrapped,
	                                              sizeof(stanza->wrapped), NULL, 0, wrap_nonce,
	                                              key) != 0)
		return ERROR_SIGNATURE;
	*ret_file_key = file_key;
	wipe(&file_key, sizeof(file_key));
	return OK;
}

/* ERROR_SIGNATURE when the stanza is not for this secret. */
static int unwrap_as_recipient(const struct x25519_stanza *stanza,
                               const struct x25519_secret *secret,
                               struct age_file_key *ret_file_key)
{
	struct x25519_public recipient;
	uint8_t key[WRAP_KEY_SIZE];
	int r;

	x25519_public_of(secret, &recipient);
	if ((r = wrap_key(secret, &stanza->share, &stanza->share, &recipient, key)) == OK)
		r = unwrap(stanza, key, ret_file_key);
	wipe(key, sizeof(key));
	return r;
}

static void header_mac(struct bytes authenticated, const struct age_file_key *file_key,
                       uint8_t ret_mac[HMAC_SHA256_SIZE])
{
	uint8_t key[HKDF_KEY_SIZE];

	/* Its one error is an output that is too long. */
	(void)hkdf(key, sizeof(key), bytes_of(NULL, 0),
	           bytes_of(file_key->bytes, sizeof(file_key->bytes)),
	           bytes_of_string(header_label));
	hmac_sha256(ret_mac, bytes_of(key, sizeof(key)), &authenticated, 1);
	wipe(key, sizeof(key));
}

int age_header_authenticate(const struct age_header *header, const struct age_file_key *file_key)
{
	uint8_t mac[HMAC_SHA256_SIZE];
	bool equal;

	header_mac(header->authenticated, file_key, mac);
	equal = secret_equal(mac, header->mac, sizeof(mac));
	wipe(mac, sizeof(mac));
	return equal ? OK : ERROR_SIGNATURE;
}

/* Tries every secret on every X25519 stanza, also after the right one was found:
 * whether a header is well-formed must not depend on who reads it. A stanza
 * that opens to a key under which the MAC does not hold hides no other one. */
static int find_file_key(const struct age_header *header, const struct x25519_secret *secrets,
                         size_t count, struct age_file_key *ret_file_key, struct error *error)
{
	int result = ERROR_NOT_FOUND;

	for (size_t i = 0; i < header->stanza_count; i++) {
		struct x25519_stanza stanza;
		int r;

		if (!age_stanza_is_x25519(&header->stanzas[i]))
			continue;
		if ((r = stanza_decode(&header->stanzas[i], &stanza)) != OK)
			return error_set(error, r, "stanza %zu is a malformed X25519 stanza",
			                 i + 1);
		for (size_t k = 0; k < count && result != OK; k++) {
			if (unwrap_as_recipient(&stanza, &secrets[k], ret_file_key) == OK)
				result = age_header_authenticate(header, ret_file_key);
		}
	}
	if (result != OK)
		error_set(error, result,
		          result == ERROR_NOT_FOUND ? "no stanza is for this key"
		                                    : "the header's MAC does not hold");
	return result;
}

int age_header_unwrap(struct bytes text, const struct x25519_secret *secrets, size_t count,
                      struct age_file_key *ret_file_key, struct error *error)
{
	struct age_file_key file_key = { 0 };
	struct age_header header;
	int r;

	if ((r = age_header_parse(text, &header, error)) == OK &&
	    (r = find_file_key(&header, secrets, count, &file_key, error)) == OK)
		*ret_file_key = file_key;
	wipe(&file_key, sizeof(file_key));
	return r;
}

int age_stanza_open_as_author(const struct age_stanza *stanza,
                              const struct x25519_secret *ephemeral,
                              const struct x25519_public *recipient,
                              struct age_file_key *ret_file_key)
{
	struct x25519_stanza decoded;
	struct x25519_public share;
	uint8_t key[WRAP_KEY_SIZE];
	int r;

	if ((r = stanza_decode(stanza, &decoded)) != OK)
		return r;
	x25519_public_of(ephemeral, &share);
	if (memcmp(share.bytes, decoded.share.bytes, X25519_SIZE) != 0)
		return ERROR_MISMATCH;
	if ((r = wrap_key(ephemeral, recipient, &share, recipient, key)) == OK)
		r = unwrap(&decoded, key, ret_file_key);
	wipe(key, sizeof(key));
	return r == ERROR_DENIED ? ERROR_SIGNATURE : r;
}

static int put_stanza(struct buffer *output, const struct age_file_key *file_key,
                      const struct x25519_public *recipient, const struct x25519_secret *ephemeral)
{
	struct x25519_public share;
	uint8_t wrapped[WRAPPED_SIZE];
	uint8_t key[WRAP_KEY_SIZE];
	int r;

	x25519_public_of(ephemeral, &share);
	if ((r = wrap_key(ephemeral, recipient, &share, recipient, key)) != OK)
		goto out;
	(void)crypto_aead_chacha20poly1305_ietf_encrypt(wrapped, NULL, file_key->bytes,
	                                                sizeof(file_key->bytes), NULL, 0, NULL,
	                                                wrap_nonce, key);
	if ((r = buffer_put_format(output, "-> %s ", x25519_type)) != OK ||
	    (r = base64_encode(output, bytes_of(share.bytes, sizeof(share.bytes)),
	                       BASE64_UNPADDED)) != OK ||
	    (r = buffer_put_string(output, "\n")) != OK ||
	    (r = base64_encode(output, bytes_of(wrapped, sizeof(wrapped)), BASE64_UNPADDED)) != OK)
		goto out;
	r = buffer_put_string(output, "\n");
out:
	wipe(key, sizeof(key));
	return r;
}

static int put_mac(struct buffer *output, size_t start, const struct age_file_key *file_key)
{
	struct bytes authenticated;
	uint8_t mac[HMAC_SHA256_SIZE];
	int r;

	if ((r = buffer_put_string(output, "---")) != OK)
		return r;
	authenticated = bytes_of(output->data + start, output->size - start);
	header_mac(authenticated, file_key, mac);
	if ((r = buffer_put_string(output, " ")) != OK ||
	    (r = base64_encode(output, bytes_of(mac, sizeof(mac)), BASE64_UNPADDED)) != OK)
		return r;
	return buffer_put_string(output, "\n");
}

int age_header_build(struct buffer *output, const struct age_file_key *file_key,
                     const struct x25519_public *recipients, size_t count,
                     const struct random_source *random, struct x25519_secret *ret_ephemerals)
{
	struct x25519_secret ephemerals[AGE_STANZAS_MAXIMUM];
	size_t start = output->size;
	int r;

	if (count == 0 || count > AGE_STANZAS_MAXIMUM)
		return ERROR_LIMIT;
	if ((r = buffer_put_string(output, "age-encryption.org/v1\n")) != OK)
		goto out;
	for (size_t i = 0; i < count; i++) {
		if ((r = x25519_secret_generate(random, &ephemerals[i])) != OK ||
		    (r = put_stanza(output, file_key, &recipients[i], &ephemerals[i])) != OK)
			goto out;
	}
	if ((r = put_mac(output, start, file_key)) != OK)
		goto out;
	if (ret_ephemerals != NULL)
		memcpy(ret_ephemerals, ephemerals, count * sizeof(ephemerals[0]));
out:
	if (r != OK)
		buffer_truncate(output, start);
	wipe(ephemerals, sizeof(ephemerals));
	return r;
}
