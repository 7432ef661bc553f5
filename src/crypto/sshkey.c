#include "sshkey.h"

#include "ecdsa.h"
#include "encoding.h"
#include "sha.h"
#include "text.h"

enum { TYPE_MAXIMUM = 64, NO_CURVE = -1 };

struct kind {
	const char *type;
	const char *curve_name;
	int curve; /* enum ecdsa_curve or NO_CURVE */
	size_t point_size;
	bool fido; /* an application follows the point */
};

static const struct kind kinds[SSH_KEY_KIND_COUNT] = {
	[SSH_KEY_ED25519] = { "ssh-ed25519", NULL, NO_CURVE, ED25519_PUBLIC_SIZE, false },
	[SSH_KEY_ECDSA_P256] = { "ecdsa-sha2-nistp256", "nistp256", ECDSA_P256, 65, false },
	[SSH_KEY_ECDSA_P384] = { "ecdsa-sha2-nistp384", "nistp384", ECDSA_P384, 97, false },
	[SSH_KEY_FIDO_ED25519] = { "sk-ssh-ed25519@openssh.com", NULL, NO_CURVE,
	                           ED25519_PUBLIC_SIZE, true },
	[SSH_KEY_FIDO_ECDSA_P256] = { "sk-ecdsa-sha2-nistp256@openssh.com", "nistp256", ECDSA_P256,
	                              65, true },
};

const char *ssh_key_type(enum ssh_key_kind kind)
{
	return kinds[kind].type;
}

static int find_kind(struct bytes type, enum ssh_key_kind *ret_kind)
{
	for (int i = 0; i < SSH_KEY_KIND_COUNT; i++) {
		if (bytes_equal_string(type, kinds[i].type)) {
			*ret_kind = (enum ssh_key_kind)i;
			return OK;
		}
	}
	return ERROR_UNSUPPORTED;
}

/* Reads the fields; what they contain is not looked at. */
static int read_parts(struct bytes blob, enum ssh_key_kind *ret_kind,
                      struct ssh_key_parts *ret_parts, struct error *error)
{
	struct cursor cursor = cursor_over(blob);
	struct ssh_key_parts parts = { { NULL, 0 }, { NULL, 0 } };
	struct bytes type;
	struct bytes curve_name;
	enum ssh_key_kind kind;

	if (cursor_get_sized(&cursor, TYPE_MAXIMUM, &type) != OK)
		return error_set(error, ERROR_SYNTAX, "the SSH key has no type");
	if (find_kind(type, &kind) != OK)
		return error_set(error, ERROR_UNSUPPORTED,
		                 "the SSH key is neither Ed25519 nor ECDSA on P-256 or P-384");
	if (kinds[kind].curve_name != NULL &&
	    (cursor_get_sized(&cursor, TYPE_MAXIMUM, &curve_name) != OK ||
	     !bytes_equal_string(curve_name, kinds[kind].curve_name)))
		return error_set(error, ERROR_SYNTAX,
		                 "the SSH key names another curve than its type");
	if (cursor_get_sized(&cursor, kinds[kind].point_size, &parts.point) != OK ||
	    parts.point.size != kinds[kind].point_size)
		return error_set(error, ERROR_SYNTAX, "the SSH key has not the size of its type");
	if (kinds[kind].fido &&
	    cursor_get_sized(&cursor, SSH_KEY_BLOB_MAXIMUM, &parts.application) != OK)
		return error_set(error, ERROR_SYNTAX, "the FIDO key names no application");
	if (cursor_end(&cursor) != OK)
		return error_set(error, ERROR_SYNTAX, "something follows the SSH key");
	*ret_kind = kind;
	*ret_parts = parts;
	return OK;
}

static int check_application(struct bytes application, struct error *error)
{
	static const char prefix[] = "ssh:";
	size_t size = sizeof(prefix) - 1;

	if (!text_is_clean(application))
		return error_set(error, ERROR_SYNTAX,
		                 "the FIDO key's application is not a clean text");
	if (application.size < size || memcmp(application.data, prefix, size) != 0)
		return error_set(error, ERROR_UNSUPPORTED,
		                 "the FIDO key is for the application '%.*s', not for 'ssh:'",
		                 (int)application.size, (const char *)application.data);
	return OK;
}

int ssh_key_from_blob(struct bytes blob, struct ssh_key *ret_key, struct error *error)
{
	struct ssh_key_parts parts;
	enum ssh_key_kind kind;
	int r;

	if (blob.size > SSH_KEY_BLOB_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "the SSH key is longer than %d bytes",
		                 SSH_KEY_BLOB_MAXIMUM);
	if ((r = read_parts(blob, &kind, &parts, error)) != OK)
		return r;
	if (kinds[kind].curve != NO_CURVE &&
	    (r = ecdsa_point_check((enum ecdsa_curve)kinds[kind].curve, parts.point)) != OK)
		return error_set(error, r,
		                 r == ERROR_MEMORY
		                     ? "no memory for the SSH key"
		                     : "the SSH key is not an uncompressed point of its curve");
	if (kinds[kind].fido && (r = check_application(parts.application, error)) != OK)
		return r;

	memset(ret_key, 0, sizeof(*ret_key));
	ret_key->kind = kind;
	ret_key->size = blob.size;
	memcpy(ret_key->blob, blob.data, blob.size);
	return OK;
}

int ssh_key_parse(struct bytes line, struct ssh_key *ret_key, struct error *error)
{
	const uint8_t *space = line.size == 0 ? NULL : memchr(line.data, ' ', line.size);
	struct bytes type;
	struct bytes encoded;
	struct buffer blob;
	struct ssh_key key;
	int r;

	if (space == NULL)
		return error_set(error, ERROR_SYNTAX, "an SSH key is a type, a space and base64");
	type = bytes_of(line.data, (size_t)(space - line.data));
	encoded = bytes_of(space + 1, line.size - type.size - 1);

	buffer_init(&blob, SSH_KEY_BLOB_MAXIMUM);
	if (line.size > SSH_KEY_LINE_MAXIMUM) {
		r = error_set(error, ERROR_LIMIT, "the SSH key is longer than %d bytes",
		              SSH_KEY_LINE_MAXIMUM);
		goto out;
	}
	if ((r = base64_decode(&blob, encoded, BASE64_PADDED)) != OK) {
		error_set(error, r, "the SSH key is not strict base64 without a comment");
		goto out;
	}
	if ((r = ssh_key_from_blob(buffer_view(&blob), &key, error)) != OK)
		goto out;
	if (!bytes_equal_string(type, kinds[key.kind].type)) {
		r = error_set(error, ERROR_SYNTAX,
		              "the SSH key contains another type than it names");
		goto out;
	}
	*ret_key = key;
out:
	buffer_release(&blob);
	return r;
}

static uint8_t *put_string(uint8_t *at, const void *data, size_t size)
{
	*at++ = 0;
	*at++ = 0;
	*at++ = 0;
	*at++ = (uint8_t)size;
	memcpy(at, data, size);
	return at + size;
}

void ssh_key_from_ed25519(const struct ed25519_public *public_key, struct ssh_key *ret_key)
{
	const char *type = kinds[SSH_KEY_ED25519].type;
	uint8_t *at;

	memset(ret_key, 0, sizeof(*ret_key));
	ret_key->kind = SSH_KEY_ED25519;
	at = put_string(ret_key->blob, type, strlen(type));
	at = put_string(at, public_key->bytes, ED25519_PUBLIC_SIZE);
	ret_key->size = (size_t)(at - ret_key->blob);
}

int ssh_key_print(const struct ssh_key *key, struct buffer *buffer)
{
	size_t before = buffer->size;
	int r;

	if ((r = buffer_put_string(buffer, kinds[key->kind].type)) != OK ||
	    (r = buffer_put_u8(buffer, ' ')) != OK ||
	    (r = base64_encode(buffer, ssh_key_blob(key), BASE64_PADDED)) != OK)
		buffer_truncate(buffer, before);
	return r;
}

bool ssh_key_equal(const struct ssh_key *a, const struct ssh_key *b)
{
	return a->kind == b->kind && bytes_equal(ssh_key_blob(a), ssh_key_blob(b));
}

struct bytes ssh_key_blob(const struct ssh_key *key)
{
	return bytes_of(key->blob, key->size);
}

struct ssh_key_parts ssh_key_parts(const struct ssh_key *key)
{
	struct ssh_key_parts parts = { { NULL, 0 }, { NULL, 0 } };
	enum ssh_key_kind kind;

	read_parts(ssh_key_blob(key), &kind, &parts, NULL);
	return parts;
}

void ssh_key_fingerprint(const struct ssh_key *key, char ret_text[SSH_KEY_FINGERPRINT_CAPACITY])
{
	static const char prefix[] = "SHA256:";
	enum { DIGITS = 43 }; /* of base64 for 32 bytes, without the padding */
	char encoded[HASH_BASE64_CAPACITY];
	struct hash hash;

	sha256_of(&hash, ssh_key_blob(key));
	hash_to_base64(&hash, encoded);
	memcpy(ret_text, prefix, sizeof(prefix) - 1);
	memcpy(ret_text + sizeof(prefix) - 1, encoded, DIGITS);
	ret_text[sizeof(prefix) - 1 + DIGITS] = '\0';
}
