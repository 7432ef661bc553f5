#include "neutral_key.h"

#include "allocate.h"
#include "durable_file.h"
#include "encoding.h"
#include "text.h"

static const char FORMAT_LINE[] = "chirograph.neutral-key/1";

enum { KEY_FILE_MAXIMUM = 1024, KEY_MODE = 0600 };

static int parse(struct bytes text, const char *name, struct neutral_key *key, struct error *error)
{
	struct text_reader reader;
	struct bytes value;
	uint8_t seed[ED25519_SEED_SIZE];
	int r;

	text_reader_init(&reader, text);
	if ((r = text_check(text, error)) != OK ||
	    (r = text_reader_expect(&reader, FORMAT_LINE, error)) != OK ||
	    (r = text_reader_required(&reader, "name", &value, error)) != OK)
		return r;
	if (!bytes_equal_string(value, name))
		return error_set(error, ERROR_MISMATCH,
		                 "the key in keeper/" NEUTRAL_KEY_FILE
		                 " was made for the name '%.*s': let the configuration say so, "
		                 "or put the file away to have a new key made",
		                 (int)value.size, (const char *)value.data);
	if ((r = text_reader_required(&reader, "seed", &value, error)) != OK)
		return r;
	if (base64_decode_fixed(value, seed, sizeof(seed)) != OK || reader.rest.size > 0)
		return error_set(error, ERROR_SYNTAX, "keeper/" NEUTRAL_KEY_FILE " is damaged");
	ed25519_from_seed(&key->secret, seed);
	wipe(seed, sizeof(seed));
	return note_key_init(&key->public_key, bytes_of_string(name), NOTE_KEY_COSIGNATURE,
	                     &key->secret.public_key);
}

int neutral_key_read(int directory, const char *name, struct neutral_key *ret_key,
                     struct error *error)
{
	struct neutral_key key = { 0 };
	struct buffer text;
	int r;

	buffer_init(&text, KEY_FILE_MAXIMUM);
	if ((r = durable_file_read(directory, NEUTRAL_KEY_FILE, &text, error)) == OK &&
	    (r = parse(buffer_view(&text), name, &key, error)) == OK)
		*ret_key = key;
	neutral_key_wipe(&key);
	buffer_release(&text);
	return r;
}

int neutral_key_make(int directory, const char *name, const struct random_source *random,
                     struct error *error)
{
	struct ed25519_secret secret;
	struct buffer text;
	int r;

	buffer_init(&text, KEY_FILE_MAXIMUM);
	r = durable_file_read(directory, NEUTRAL_KEY_FILE, &text, error);
	buffer_clear(&text);
	if (r == OK)
		r = error_set(error, ERROR_EXISTS, "there is a key already");
	if (r != ERROR_NOT_FOUND)
		goto out;
	if ((r = ed25519_generate(&secret, random)) != OK) {
		error_set(error, r, "no randomness: %s", result_text(r));
		goto out;
	}
	if ((r = buffer_put_format(&text, "%s\nname %s\nseed ", FORMAT_LINE, name)) != OK ||
	    (r = base64_encode(&text, bytes_of(secret.seed, sizeof(secret.seed)), BASE64_PADDED)) !=
	        OK ||
	    (r = buffer_put_u8(&text, '\n')) != OK)
		error_set(error, r, "%s", result_text(r));
	else
		r = durable_file_write(directory, NEUTRAL_KEY_FILE, buffer_view(&text), KEY_MODE,
		                       error);
	ed25519_secret_wipe(&secret);
out:
	buffer_release(&text);
	return r;
}

void neutral_key_wipe(struct neutral_key *key)
{
	ed25519_secret_wipe(&key->secret);
}
