#include "encoding.h"
#include "note.h"
#include "sha.h"

/* The type, and the public key of either type that we know. */
enum { TYPED_KEY_SIZE = 1 + ED25519_PUBLIC_SIZE, HEX_ID_SIZE = 2 * NOTE_KEY_ID_SIZE };

static void typed_key(enum note_key_type type, const struct ed25519_public *public_key,
                      uint8_t ret_key[TYPED_KEY_SIZE])
{
	ret_key[0] = (uint8_t)type;
	memcpy(ret_key + 1, public_key->bytes, ED25519_PUBLIC_SIZE);
}

int note_key_init(struct note_key *ret_key, struct bytes name, enum note_key_type type,
                  const struct ed25519_public *public_key)
{
	uint8_t typed[TYPED_KEY_SIZE];
	struct bytes pieces[] = { name, bytes_of("\n", 1), bytes_of(typed, sizeof(typed)) };
	struct hash hash;

	if (!note_name_is_valid(name))
		return ERROR_SYNTAX;
	if (name.size >= NOTE_NAME_CAPACITY)
		return ERROR_LIMIT;
	typed_key(type, public_key, typed);
	sha256(&hash, pieces, 3);

	memset(ret_key, 0, sizeof(*ret_key));
	memcpy(ret_key->name, name.data, name.size);
	ret_key->type = type;
	memcpy(ret_key->id, hash.bytes, NOTE_KEY_ID_SIZE);
	ret_key->public_key = *public_key;
	return OK;
}

/* Splits at the first two plus signs only: base64 has some of its own. */
static int split_vkey(struct bytes vkey, struct bytes *ret_name, struct bytes *ret_id,
                      struct bytes *ret_key)
{
	const uint8_t *end = vkey.data + vkey.size;
	const uint8_t *first = vkey.size == 0 ? NULL : memchr(vkey.data, '+', vkey.size);
	const uint8_t *second;

	if (first == NULL || (second = memchr(first + 1, '+', (size_t)(end - first - 1))) == NULL)
		return ERROR_SYNTAX;
	*ret_name = bytes_of(vkey.data, (size_t)(first - vkey.data));
	*ret_id = bytes_of(first + 1, (size_t)(second - first - 1));
	*ret_key = bytes_of(second + 1, (size_t)(end - second - 1));
	return OK;
}

static int parse_typed_key(struct bytes text, enum note_key_type *ret_type,
                           struct ed25519_public *ret_public_key, struct error *error)
{
	uint8_t typed[TYPED_KEY_SIZE];
	uint8_t start[3];

	/* The type decides what size the rest must have. */
	if (text.size < 4 ||
	    base64_decode_fixed(bytes_of(text.data, 4), start, sizeof(start)) != OK)
		return error_set(error, ERROR_SYNTAX, "the note key is not strict base64");
	if (start[0] != NOTE_KEY_ED25519 && start[0] != NOTE_KEY_COSIGNATURE)
		return error_set(error, ERROR_UNSUPPORTED, "the note key is of the unknown type %u",
		                 (unsigned)start[0]);
	if (base64_decode_fixed(text, typed, sizeof(typed)) != OK)
		return error_set(error, ERROR_SYNTAX,
		                 "the note key is not strict base64 of its type's size");
	*ret_type = (enum note_key_type)start[0];
	memcpy(ret_public_key->bytes, typed + 1, ED25519_PUBLIC_SIZE);
	return OK;
}

int note_key_parse(struct bytes vkey, struct note_key *ret_key, struct error *error)
{
	uint8_t id[NOTE_KEY_ID_SIZE];
	struct ed25519_public public_key;
	enum note_key_type type = NOTE_KEY_ED25519;
	struct bytes name;
	struct bytes id_text;
	struct bytes key_text;
	struct note_key key;
	int r;

	if (split_vkey(vkey, &name, &id_text, &key_text) != OK)
		return error_set(error, ERROR_SYNTAX,
		                 "a note key is a name, an id and base64, joined by plus signs");
	if (hex_decode_fixed(id_text, id, sizeof(id)) != OK)
		return error_set(error, ERROR_SYNTAX,
		                 "the note key's id is not %d hexadecimal digits", HEX_ID_SIZE);
	if ((r = parse_typed_key(key_text, &type, &public_key, error)) != OK)
		return r;
	if ((r = note_key_init(&key, name, type, &public_key)) != OK)
		return error_set(error, r, "the note key's name is not valid");
	if (memcmp(key.id, id, sizeof(id)) != 0)
		return error_set(error, ERROR_MISMATCH, "the note key's id is not that of the key");
	*ret_key = key;
	return OK;
}

int note_key_print(const struct note_key *key, struct buffer *buffer)
{
	uint8_t typed[TYPED_KEY_SIZE];
	size_t before = buffer->size;
	int r;

	typed_key(key->type, &key->public_key, typed);
	if ((r = buffer_put_string(buffer, key->name)) != OK ||
	    (r = buffer_put_u8(buffer, '+')) != OK ||
	    (r = hex_encode(buffer, bytes_of(key->id, sizeof(key->id)))) != OK ||
	    (r = buffer_put_u8(buffer, '+')) != OK ||
	    (r = base64_encode(buffer, bytes_of(typed, sizeof(typed)), BASE64_PADDED)) != OK)
		buffer_truncate(buffer, before);
	return r;
}
