#include "evaluator_file.h"

#include "allocate.h"
#include "sha.h"

enum { FILE_VERSION = 1, MAGIC_SIZE = 8 };

static const char magic[MAGIC_SIZE + 1] = "chirolst";

_Static_assert((int)EVALUATOR_KEY_SIZE == (int)OPRF_ELEMENT_SIZE, "a public key is an element");
_Static_assert((int)EVALUATOR_PROVED_SIZE == (int)OPRF_ELEMENT_SIZE + (int)OPRF_PROOF_SIZE,
               "an element and its proof");

int evaluator_file_encode(const struct evaluator_entry *entry, struct buffer *buffer)
{
	const struct evaluator_key_status *status = &entry->status;
	size_t before = buffer->size;
	struct hash checksum;
	int r;

	if ((r = buffer_put(buffer, magic, MAGIC_SIZE)) != OK ||
	    (r = buffer_put_u32(buffer, FILE_VERSION)) != OK ||
	    (r = evaluator_put_key(buffer, &status->key)) != OK ||
	    (r = buffer_put_u64(buffer, (uint64_t)status->created)) != OK ||
	    (r = buffer_put(buffer, entry->secret.bytes, OPRF_SCALAR_SIZE)) != OK)
		goto out;
	sha256_of(&checksum, bytes_of(buffer->data + before, buffer->size - before));
	r = buffer_put(buffer, checksum.bytes, HASH_SIZE);
out:
	if (r != OK)
		buffer_truncate(buffer, before);
	return r;
}

/* Reads what stands between magic and checksum. */
static int decode_fields(struct cursor *cursor, struct evaluator_entry *entry)
{
	struct evaluator_key *key = &entry->status.key;
	uint64_t created;
	int r;

	if ((r = cursor_get(cursor, key->channel.bytes, HASH_SIZE)) != OK ||
	    (r = cursor_get(cursor, key->public_key, EVALUATOR_KEY_SIZE)) != OK ||
	    (r = cursor_get_u64(cursor, &created)) != OK ||
	    (r = cursor_get(cursor, entry->secret.bytes, OPRF_SCALAR_SIZE)) != OK ||
	    (r = cursor_end(cursor)) != OK)
		return r;
	if (created > INT64_MAX)
		return ERROR_SYNTAX;
	entry->status.created = (timestamp)created;
	return OK;
}

/* The public key is that of the secret one: a file that says otherwise is of no use. */
static int check_pair(const struct evaluator_entry *entry)
{
	struct oprf_element public_key;
	int r = oprf_public_key(&entry->secret, &public_key);

	if (r == OK &&
	    memcmp(public_key.bytes, entry->status.key.public_key, EVALUATOR_KEY_SIZE) != 0)
		r = ERROR_MISMATCH;
	return r;
}

int evaluator_file_decode(struct bytes content, struct evaluator_entry *ret_entry)
{
	uint8_t found[MAGIC_SIZE];
	struct cursor cursor;
	struct hash checksum;
	uint32_t version;
	int r;

	if (content.size < HASH_SIZE)
		return ERROR_SYNTAX;
	content.size -= HASH_SIZE;
	sha256_of(&checksum, content);
	if (memcmp(checksum.bytes, content.data + content.size, HASH_SIZE) != 0)
		return ERROR_MISMATCH;
	cursor = cursor_over(content);
	if ((r = cursor_get(&cursor, found, MAGIC_SIZE)) != OK ||
	    (r = cursor_get_u32(&cursor, &version)) != OK)
		return r;
	if (memcmp(found, magic, MAGIC_SIZE) != 0)
		return ERROR_SYNTAX;
	if (version != FILE_VERSION)
		return ERROR_UNSUPPORTED;
	if ((r = decode_fields(&cursor, ret_entry)) == OK)
		r = check_pair(ret_entry);
	if (r != OK)
		wipe(ret_entry, sizeof *ret_entry);
	return r;
}
