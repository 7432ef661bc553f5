#include "sshsig.h"

#include "ecdsa.h"
#include "encoding.h"
#include "sha.h"

/*
 * Method: the blob of an armor is
 *
 *     "SSHSIG", u32 version, string key, string namespace, string reserved,
 *     string hash, string signature
 *
 * and what the key signs is "SSHSIG", string namespace, string reserved, string
 * hash, string H(message). A FIDO key signs this instead (PROTOCOL.u2f):
 *
 *     SHA-256(application), u8 flags, u32 counter, SHA-256(the above)
 *
 * The signature within is string type, string value, and of a FIDO key the u8
 * flags and u32 counter; the value of ECDSA is mpint r, mpint s.
 */
static const uint8_t magic[] = { 'S', 'S', 'H', 'S', 'I', 'G' };
static const char webauthn_type[] = "webauthn-sk-ecdsa-sha2-nistp256@openssh.com";

enum { VERSION = 1, NAME_MAXIMUM = 64, FLAG_USER_PRESENT = 0x01 };
enum { SIGNED_MAXIMUM = 256, FIDO_SIGNED_MAXIMUM = 2 * HASH_SIZE + 5 };

static const char *const hash_names[SSHSIG_HASH_COUNT] = {
	[SSHSIG_SHA256] = "sha256",
	[SSHSIG_SHA512] = "sha512",
};

struct scheme {
	int curve; /* enum ecdsa_curve, or NO_CURVE for Ed25519 */
	bool fido;
};

enum { NO_CURVE = -1 };

static const struct scheme schemes[SSH_KEY_KIND_COUNT] = {
	[SSH_KEY_ED25519] = { NO_CURVE, false },
	[SSH_KEY_ECDSA_P256] = { ECDSA_P256, false },
	[SSH_KEY_ECDSA_P384] = { ECDSA_P384, false },
	[SSH_KEY_FIDO_ED25519] = { NO_CURVE, true },
	[SSH_KEY_FIDO_ECDSA_P256] = { ECDSA_P256, true },
};

static int read_ecdsa_value(enum ecdsa_curve curve, struct bytes value, struct bytes *ret_r,
                            struct bytes *ret_s)
{
	struct cursor cursor = cursor_over(value);
	int r;

	if ((r = cursor_get_sized(&cursor, ECDSA_NUMBER_MAXIMUM, ret_r)) != OK ||
	    (r = cursor_get_sized(&cursor, ECDSA_NUMBER_MAXIMUM, ret_s)) != OK ||
	    (r = cursor_end(&cursor)) != OK || (r = ecdsa_number_check(curve, *ret_r)) != OK)
		return r;
	return ecdsa_number_check(curve, *ret_s);
}

static int check_value(const struct sshsig *signature, struct error *error)
{
	const struct scheme *scheme = &schemes[signature->key.kind];
	struct bytes first;
	struct bytes second;
	int r = OK;

	if (scheme->curve != NO_CURVE)
		r = read_ecdsa_value((enum ecdsa_curve)scheme->curve, signature->value, &first,
		                     &second);
	else if (signature->value.size != ED25519_SIGNATURE_SIZE)
		r = ERROR_SYNTAX;
	return r == OK ? OK : error_set(error, r, "the signature's numbers are malformed");
}

/* Reads the innermost field into `signature`, which has its key already. */
static int read_inner(struct bytes inner, struct sshsig *signature, struct error *error)
{
	struct cursor cursor = cursor_over(inner);
	struct bytes type;

	if (cursor_get_sized(&cursor, NAME_MAXIMUM, &type) != OK)
		return error_set(error, ERROR_SYNTAX, "the signature has no type");
	if (bytes_equal_string(type, webauthn_type))
		return error_set(error, ERROR_UNSUPPORTED,
		                 "signatures made by a web browser (webauthn) are not accepted");
	if (!bytes_equal_string(type, ssh_key_type(signature->key.kind)))
		return error_set(error, ERROR_SYNTAX,
		                 "the signature is of another type than its key");
	if (cursor_get_sized(&cursor, SSHSIG_BLOB_MAXIMUM, &signature->value) != OK)
		return error_set(error, ERROR_SYNTAX, "the signature is cut short");
	if (schemes[signature->key.kind].fido) {
		if (cursor_get_u8(&cursor, &signature->flags) != OK ||
		    cursor_get_u32(&cursor, &signature->counter) != OK)
			return error_set(error, ERROR_SYNTAX,
			                 "the FIDO signature has no flags or counter");
		if ((signature->flags & FLAG_USER_PRESENT) == 0)
			return error_set(
			    error, ERROR_SIGNATURE,
			    "the FIDO signature was made without the person touching the key");
	}
	if (cursor_end(&cursor) != OK)
		return error_set(error, ERROR_SYNTAX, "something follows the signature");
	return check_value(signature, error);
}

static int find_hash(struct bytes name, enum sshsig_hash *ret_hash)
{
	for (int i = 0; i < SSHSIG_HASH_COUNT; i++) {
		if (bytes_equal_string(name, hash_names[i])) {
			*ret_hash = (enum sshsig_hash)i;
			return OK;
		}
	}
	return ERROR_UNSUPPORTED;
}

int sshsig_parse(struct bytes blob, struct sshsig *ret_signature, struct error *error)
{
	struct cursor cursor = cursor_over(blob);
	struct sshsig signature = { 0 };
	uint8_t start[sizeof(magic)];
	uint32_t version;
	struct bytes key;
	struct bytes reserved;
	struct bytes hash;
	struct bytes inner;
	int r;

	if (blob.size > SSHSIG_BLOB_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "the signature is longer than %d bytes",
		                 SSHSIG_BLOB_MAXIMUM);
	if (cursor_get(&cursor, start, sizeof(start)) != OK ||
	    memcmp(start, magic, sizeof(magic)) != 0)
		return error_set(error, ERROR_SYNTAX, "this is no SSH signature");
	if (cursor_get_u32(&cursor, &version) != OK || version != VERSION)
		return error_set(error, ERROR_UNSUPPORTED, "the SSH signature is not of version 1");
	if (cursor_get_sized(&cursor, SSHSIG_BLOB_MAXIMUM, &key) != OK ||
	    cursor_get_sized(&cursor, SSHSIG_BLOB_MAXIMUM, &signature.name_space) != OK ||
	    cursor_get_sized(&cursor, SSHSIG_BLOB_MAXIMUM, &reserved) != OK ||
	    cursor_get_sized(&cursor, SSHSIG_BLOB_MAXIMUM, &hash) != OK ||
	    cursor_get_sized(&cursor, SSHSIG_BLOB_MAXIMUM, &inner) != OK)
		return error_set(error, ERROR_SYNTAX, "the SSH signature is cut short");
	if (cursor_end(&cursor) != OK)
		return error_set(error, ERROR_SYNTAX, "something follows the SSH signature");
	if (signature.name_space.size == 0 || signature.name_space.size > SSHSIG_NAMESPACE_MAXIMUM)
		return error_set(error, ERROR_SYNTAX,
		                 "the SSH signature's namespace is empty or longer than %d bytes",
		                 SSHSIG_NAMESPACE_MAXIMUM);
	if (reserved.size != 0)
		return error_set(error, ERROR_CANONICAL,
		                 "the SSH signature's reserved field is not empty");
	if (find_hash(hash, &signature.hash) != OK)
		return error_set(error, ERROR_UNSUPPORTED,
		                 "the SSH signature's hash is neither sha256 nor sha512");
	if ((r = ssh_key_from_blob(key, &signature.key, error)) != OK ||
	    (r = read_inner(inner, &signature, error)) != OK)
		return r;
	*ret_signature = signature;
	return OK;
}

/* What a key signs, into a fixed array: namespaces are short. */
static struct bytes signed_data(enum sshsig_hash hash, struct bytes name_space,
                                struct bytes message, uint8_t ret_data[SIGNED_MAXIMUM])
{
	uint8_t digest[SHA512_SIZE];
	struct hash short_digest;
	struct bytes fields[] = {
		name_space,
		bytes_of(NULL, 0),
		bytes_of_string(hash_names[hash]),
		bytes_of(digest, SHA512_SIZE),
	};
	uint8_t *at = ret_data;

	if (hash == SSHSIG_SHA256) {
		sha256_of(&short_digest, message);
		fields[3] = bytes_of(short_digest.bytes, HASH_SIZE);
	} else {
		sha512(digest, &message, 1);
	}
	memcpy(at, magic, sizeof(magic));
	at += sizeof(magic);
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		at[0] = at[1] = at[2] = 0;
		at[3] = (uint8_t)fields[i].size;
		at += 4;
		if (fields[i].size > 0)
			memcpy(at, fields[i].data, fields[i].size);
		at += fields[i].size;
	}
	return bytes_of(ret_data, (size_t)(at - ret_data));
}

static struct bytes fido_signed_data(const struct sshsig *signature, struct bytes data,
                                     uint8_t ret_data[FIDO_SIGNED_MAXIMUM])
{
	struct ssh_key_parts parts = ssh_key_parts(&signature->key);
	struct hash application;
	struct hash message;
	uint8_t *at = ret_data;

	sha256_of(&application, parts.application);
	sha256_of(&message, data);
	memcpy(at, application.bytes, HASH_SIZE);
	at += HASH_SIZE;
	*at++ = signature->flags;
	for (int shift = 24; shift >= 0; shift -= 8)
		*at++ = (uint8_t)(signature->counter >> shift);
	memcpy(at, message.bytes, HASH_SIZE);
	return bytes_of(ret_data, FIDO_SIGNED_MAXIMUM);
}

static int verify_value(const struct sshsig *signature, struct bytes data)
{
	const struct scheme *scheme = &schemes[signature->key.kind];
	struct ssh_key_parts parts = ssh_key_parts(&signature->key);
	struct ed25519_public public_key;
	struct bytes first;
	struct bytes second;
	int r;

	if (scheme->curve == NO_CURVE) {
		memcpy(public_key.bytes, parts.point.data, ED25519_PUBLIC_SIZE);
		return ed25519_verify(&public_key, data, signature->value);
	}
	r = read_ecdsa_value((enum ecdsa_curve)scheme->curve, signature->value, &first, &second);
	if (r != OK)
		return r;
	return ecdsa_verify((enum ecdsa_curve)scheme->curve, parts.point, data, first, second);
}

int sshsig_verify_blob(struct bytes message, const char *name_space, struct bytes blob,
                       struct ssh_key *ret_key, struct error *error)
{
	uint8_t data_array[SIGNED_MAXIMUM];
	uint8_t fido_array[FIDO_SIGNED_MAXIMUM];
	struct sshsig signature;
	struct bytes data;
	int r;

	if ((r = sshsig_parse(blob, &signature, error)) != OK)
		return r;
	if (!bytes_equal_string(signature.name_space, name_space))
		return error_set(error, ERROR_MISMATCH, "the signature is for the namespace '%.*s'",
		                 (int)signature.name_space.size,
		                 (const char *)signature.name_space.data);
	data = signed_data(signature.hash, signature.name_space, message, data_array);
	if (schemes[signature.key.kind].fido)
		data = fido_signed_data(&signature, data, fido_array);
	if ((r = verify_value(&signature, data)) != OK)
		return error_set(error, r,
		                 r == ERROR_MEMORY ? "no memory to verify the signature"
		                                   : "the signature does not verify");
	*ret_key = signature.key;
	return OK;
}

int sshsig_verify(struct bytes message, const char *name_space, struct bytes armor,
                  struct ssh_key *ret_key, struct error *error)
{
	struct buffer blob;
	size_t taken;
	int r;

	buffer_init(&blob, SSHSIG_BLOB_MAXIMUM);
	if ((r = sshsig_dearmor(armor, &blob, &taken, error)) != OK)
		goto out;
	if (taken != armor.size) {
		r = error_set(error, ERROR_SYNTAX, "something follows the signature's armor");
		goto out;
	}
	r = sshsig_verify_blob(message, name_space, buffer_view(&blob), ret_key, error);
out:
	buffer_release(&blob);
	return r;
}

int sshsig_sign_blob(const struct ed25519_secret *secret, const char *name_space,
                     struct bytes message, struct buffer *blob)
{
	uint8_t data[SIGNED_MAXIMUM];
	uint8_t value[ED25519_SIGNATURE_SIZE];
	struct bytes space = bytes_of_string(name_space);
	struct ssh_key key;
	struct buffer inner;
	size_t before = blob->size;
	int r;

	if (space.size == 0 || space.size > SSHSIG_NAMESPACE_MAXIMUM)
		return ERROR_LIMIT;
	ssh_key_from_ed25519(&secret->public_key, &key);
	ed25519_sign(value, secret, signed_data(SSHSIG_SHA512, space, message, data));

	buffer_init(&inner, SSHSIG_BLOB_MAXIMUM);
	if ((r = buffer_put_sized_string(&inner, ssh_key_type(key.kind))) != OK ||
	    (r = buffer_put_sized(&inner, bytes_of(value, sizeof(value)))) != OK ||
	    (r = buffer_put(blob, magic, sizeof(magic))) != OK ||
	    (r = buffer_put_u32(blob, VERSION)) != OK ||
	    (r = buffer_put_sized(blob, ssh_key_blob(&key))) != OK ||
	    (r = buffer_put_sized(blob, space)) != OK ||
	    (r = buffer_put_sized_string(blob, "")) != OK ||
	    (r = buffer_put_sized_string(blob, hash_names[SSHSIG_SHA512])) != OK ||
	    (r = buffer_put_sized(blob, buffer_view(&inner))) != OK)
		buffer_truncate(blob, before);
	buffer_release(&inner);
	return r;
}

int sshsig_sign(const struct ed25519_secret *secret, const char *name_space, struct bytes message,
                struct buffer *armor)
{
	struct buffer blob;
	int r;

	buffer_init(&blob, SSHSIG_BLOB_MAXIMUM);
	if ((r = sshsig_sign_blob(secret, name_space, message, &blob)) == OK)
		r = sshsig_armor(buffer_view(&blob), armor);
	buffer_release(&blob);
	return r;
}
