/* Signed notes: C2SP signed-note v1.0.0.
 *
 *     text, one or more lines
 *     (empty line: the last one of the note)
 *     — <key name> <base64 of key id (4 bytes) and signature>
 *
 * This file reads and writes notes and keys, and verifies and makes signatures
 * of type 0x01. Cosignatures (type 0x04) sign another message: see the log's
 * cosignature.h, which uses the lines found here.
 *
 * A line by an unknown key is skipped. A line by a known name and id whose
 * signature does not verify refuses the note.
 */
#ifndef NOTE_H
#define NOTE_H

#include "buffer.h"
#include "ed25519.h"
#include "result.h"

enum {
	NOTE_MAXIMUM = 65536,     /* bytes of a whole note */
	NOTE_LINES_MAXIMUM = 64,  /* signature lines */
	NOTE_NAME_CAPACITY = 384, /* of a key we know, with its NUL */
	NOTE_KEY_ID_SIZE = 4
};

enum note_key_type {
	NOTE_KEY_ED25519 = 0x01,     /* signs the text: 64 bytes */
	NOTE_KEY_COSIGNATURE = 0x04, /* timestamped, Ed25519: 8 + 64 bytes */
};

/* One signature line: views into the note. */
struct note_line {
	struct bytes whole; /* the line with its LF */
	struct bytes name;
	struct bytes encoded; /* canonical base64 of key id and signature */
	uint8_t key_id[NOTE_KEY_ID_SIZE];
};

struct note {
	struct bytes text; /* what is signed: up to and with the LF before the empty line */
	size_t line_count; /* at least 1 */
	struct note_line lines[NOTE_LINES_MAXIMUM];
};

/* A key that we know: the vkey. */
struct note_key {
	char name[NOTE_NAME_CAPACITY];
	enum note_key_type type;
	uint8_t id[NOTE_KEY_ID_SIZE];
	struct ed25519_public public_key;
};

/* Splits a note. `note` is untouched and must outlive `ret_note`. ERROR_LIMIT
 * for its size or lines; ERROR_SYNTAX: not UTF-8, control characters, no empty
 * line, no or malformed signature lines; ERROR_CANONICAL: loose base64. */
int note_parse(struct bytes note, struct note *ret_note, struct error *error);

/* True for a key name: UTF-8, not empty, no white space, no plus sign. */
bool note_name_is_valid(struct bytes name);

/* Makes a key and its id, SHA-256(name, LF, type, public key)[:4].
 * ERROR_SYNTAX for a bad name, ERROR_LIMIT for one that is too long. */
int note_key_init(struct note_key *ret_key, struct bytes name, enum note_key_type type,
                  const struct ed25519_public *public_key);

/* `name+hex(id)+base64(type and key)`. ERROR_MISMATCH when the id is not that
 * of the key, ERROR_UNSUPPORTED for other types than those above. */
int note_key_parse(struct bytes vkey, struct note_key *ret_key, struct error *error);

/* Appends the vkey, without line end. */
int note_key_print(const struct note_key *key, struct buffer *buffer);

/* True when the line has the key's name and id. */
bool note_line_is_by(const struct note_line *line, const struct note_key *key);

/* The signature of a line without its key id, of exactly `size` bytes; another
 * size is ERROR_SIGNATURE. */
int note_line_signature(const struct note_line *line, void *ret_signature, size_t size);

/* OK when at least one line is by `key`, which is of type 0x01, and every such
 * line verifies; ERROR_NOT_FOUND when none is by it; ERROR_SIGNATURE when one
 * does not verify: then the whole note is to be refused. */
int note_verify(const struct note *note, const struct note_key *key, struct error *error);

/* Appends the line that `secret` signs over `text` (which ends in LF), with its
 * LF. A note is the text, an empty line, and its lines. ERROR_MISMATCH when
 * `key` is not the public key of `secret`, or not of type 0x01; ERROR_SYNTAX
 * when `text` could not stand in a note. */
int note_sign(const struct note_key *key, const struct ed25519_secret *secret, struct bytes text,
              struct buffer *buffer);

/* Appends a signature line by `key` with `signature`, at most 72 bytes, as it is. */
int note_put_line(const struct note_key *key, struct bytes signature, struct buffer *buffer);

#endif
