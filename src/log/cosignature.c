#include "cosignature.h"

/* The content of a cosigner's line after the key id. */
struct stamped_signature {
	uint64_t time;
	struct bytes signature;
};

int cosignature_message(struct bytes text, timestamp time, struct buffer *message)
{
	size_t start = message->size;
	int r;

	if (time < 0 || time > TIMESTAMP_MAXIMUM)
		return ERROR_CLOCK;
	if ((r = buffer_put_format(message, "cosignature/v1\ntime %lld\n", (long long)time)) != OK)
		return r;
	if ((r = buffer_put_bytes(message, text)) != OK)
		buffer_truncate(message, start);
	return r;
}

int cosignature_sign(const struct note_key *key, const struct ed25519_secret *secret,
                     timestamp time, struct bytes text, struct buffer *lines)
{
	uint8_t signature[ED25519_SIGNATURE_SIZE];
	struct buffer message, blob;
	int r;

	if (key->type != NOTE_KEY_COSIGNATURE ||
	    !ed25519_public_equal(&key->public_key, &secret->public_key))
		return ERROR_MISMATCH;
	buffer_init(&message, COSIGNATURE_MESSAGE_MAXIMUM);
	buffer_init(&blob, COSIGNATURE_SIZE);
	if ((r = cosignature_message(text, time, &message)) != OK)
		goto out;
	ed25519_sign(signature, secret, buffer_view(&message));
	if ((r = buffer_put_u64(&blob, (uint64_t)time)) != OK ||
	    (r = buffer_put(&blob, signature, sizeof(signature))) != OK)
		goto out;
	r = note_put_line(key, buffer_view(&blob), lines);
out:
	buffer_release(&blob);
	buffer_release(&message);
	return r;
}

/* Verifies one line that has the name and id of `key`. `message` is scratch. */
static int verify_line(struct bytes text, const struct note_line *line, const struct note_key *key,
                       struct buffer *message, timestamp *ret_time)
{
	uint8_t blob[COSIGNATURE_SIZE];
	struct cursor cursor = cursor_over(bytes_of(blob, sizeof(blob)));
	struct stamped_signature stamped;
	int r;

	if ((r = note_line_signature(line, blob, sizeof(blob))) != OK ||
	    (r = cursor_get_u64(&cursor, &stamped.time)) != OK ||
	    (r = cursor_get_bytes(&cursor, ED25519_SIGNATURE_SIZE, &stamped.signature)) != OK)
		return r;
	if (stamped.time > (uint64_t)TIMESTAMP_MAXIMUM)
		return ERROR_CLOCK;
	buffer_clear(message);
	if ((r = cosignature_message(text, (timestamp)stamped.time, message)) != OK ||
	    (r = ed25519_verify(&key->public_key, buffer_view(message), stamped.signature)) != OK)
		return r;
	*ret_time = (timestamp)stamped.time;
	return OK;
}

int cosignature_verify(const struct note *note, const struct note_key *key, timestamp *ret_time,
                       struct error *error)
{
	struct buffer message;
	timestamp earliest = 0;
	bool found = false;
	int r = OK;

	if (key->type != NOTE_KEY_COSIGNATURE)
		return error_set(error, ERROR_UNSUPPORTED, "'%s' is not a cosigner's key",
		                 key->name);
	buffer_init(&message, COSIGNATURE_MESSAGE_MAXIMUM);
	for (size_t i = 0; i < note->line_count; i++) {
		const struct note_line *line = &note->lines[i];
		timestamp time;

		if (!note_line_is_by(line, key))
			continue;
		if ((r = verify_line(note->text, line, key, &message, &time)) != OK) {
			error_set(error, r, "the cosignature by '%s' does not hold", key->name);
			goto out;
		}
		if (!found || time < earliest)
			earliest = time;
		found = true;
	}
	if (!found) {
		r = error_set(error, ERROR_NOT_FOUND, "'%s' has not cosigned", key->name);
		goto out;
	}
	*ret_time = earliest;
out:
	buffer_release(&message);
	return r;
}

/* What cosignature_keep_verified is doing. */
struct keeping {
	struct bytes text;
	const struct note_key *const *cosigners;
	size_t count;
	struct buffer message; /* scratch */
	uint64_t seen;         /* bit i: a line by cosigner i is kept */
	size_t kept;
};

/* Appends `line` to `kept` if it is the first that a cosigner made. */
static int keep_line(struct keeping *keeping, const struct note_line *line, struct buffer *kept)
{
	for (size_t i = 0; i < keeping->count; i++) {
		const struct note_key *cosigner = keeping->cosigners[i];
		timestamp time;
		int r;

		if (cosigner->type != NOTE_KEY_COSIGNATURE || !note_line_is_by(line, cosigner) ||
		    ((keeping->seen >> i) & 1) != 0)
			continue;
		r = verify_line(keeping->text, line, cosigner, &keeping->message, &time);
		if (r == ERROR_SIGNATURE || r == ERROR_CLOCK)
			continue;
		if (r != OK || (r = buffer_put_bytes(kept, line->whole)) != OK)
			return r;
		keeping->seen |= UINT64_C(1) << i;
		keeping->kept++;
		break;
	}
	return OK;
}

int cosignature_keep_verified(struct bytes text, struct bytes lines,
                              const struct note_key *const *cosigners, size_t count,
                              struct buffer *kept, size_t *ret_kept)
{
	struct keeping keeping = { .text = text, .cosigners = cosigners, .count = count };
	struct buffer whole;
	struct note note;
	size_t start = kept->size;
	int r;

	if (count > COSIGNERS_MAXIMUM)
		return ERROR_LIMIT;
	buffer_init(&whole, NOTE_MAXIMUM);
	buffer_init(&keeping.message, COSIGNATURE_MESSAGE_MAXIMUM);
	if ((r = buffer_put_bytes(&whole, text)) != OK ||
	    (r = buffer_put_string(&whole, "\n")) != OK ||
	    (r = buffer_put_bytes(&whole, lines)) != OK ||
	    (r = note_parse(buffer_view(&whole), &note, NULL)) != OK)
		goto out;
	/* An empty line among the lines would have moved the end of the text. */
	if (!bytes_equal(note.text, text)) {
		r = ERROR_SYNTAX;
		goto out;
	}
	for (size_t i = 0; i < note.line_count; i++)
		if ((r = keep_line(&keeping, &note.lines[i], kept)) != OK)
			goto out;
	*ret_kept = keeping.kept;
out:
	if (r != OK)
		buffer_truncate(kept, start);
	buffer_release(&keeping.message);
	buffer_release(&whole);
	return r;
}
