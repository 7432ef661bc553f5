/* What a depositary signs: that something was left with it, and what it held when
 * somebody came to collect. Both are notes with one line of type 0x04 by the
 * depositary, made like a cosignature over the note's text and at the time that
 * the text names:
 *
 *     chirograph.deposit/1                    chirograph.collection/1
 *     log <origin>                            log <origin>
 *     size <n>                                size <n>
 *     root <base64>                           root <base64>
 *     time 2026-11-22T14:03:11Z               nonce <base64 of 32 bytes>
 *     blob <base64 sha256> <bytes>   0..16    time 2026-11-22T14:03:11Z
 *     (empty line)                            (empty line)
 *     — <depositary> <base64>                 — <depositary> <base64>
 *
 * A deposit certificate says that at this time the first n entries of the log, and
 * these sealed blobs whole, lay there for the other side to collect. A
 * collection answer says that at this time no more than n were held. The nonce is
 * the collector's, so that an old answer cannot be given again. Neither text
 * can be taken for a checkpoint, whose second line is a number.
 *
 * Each text has one spelling. See doc/PROTOCOL.log, "Depositary".
 */
#ifndef DEPOSIT_H
#define DEPOSIT_H

#include "cosignature.h"

enum {
	DEPOSIT_BLOBS_MAXIMUM = 16, /* in one certificate */
	DEPOSIT_NONCE_SIZE = 32,
	DEPOSIT_TEXT_MAXIMUM = 2048,
	/* A text and a few lines; its base64 fits in a line of an act. */
	DEPOSIT_NOTE_MAXIMUM = 3000
};

struct deposit_blob {
	struct hash hash; /* SHA-256 of the sealed blob */
	uint64_t size;    /* bytes, at least 1 */
};

struct deposit_certificate {
	struct checkpoint head; /* what was held of the log: origin, size, root */
	timestamp time;
	size_t blob_count;
	struct deposit_blob blobs[DEPOSIT_BLOBS_MAXIMUM]; /* no hash twice */
};

struct collection_answer {
	struct checkpoint head;
	uint8_t nonce[DEPOSIT_NONCE_SIZE];
	timestamp time;
};

/* What the first line of a note says that it is. */
enum deposit_format { DEPOSIT_NONE, DEPOSIT_CERTIFICATE, DEPOSIT_ANSWER };
enum deposit_format deposit_format_of(struct bytes note);

/* Append the text, without the empty line. ERROR_SYNTAX or ERROR_LIMIT for what
 * could not be parsed again. */
int deposit_certificate_print(const struct deposit_certificate *certificate, struct buffer *text);
int collection_answer_print(const struct collection_answer *answer, struct buffer *text);

/* Read a text in its one spelling. ERROR_SYNTAX, ERROR_CANONICAL (base64),
 * ERROR_LIMIT, ERROR_EXISTS for a blob named twice, ERROR_MISMATCH for an empty log
 * whose root is not the empty root; with the line. */
int deposit_certificate_parse(struct bytes text, struct deposit_certificate *ret_certificate,
                              struct error *error);
int collection_answer_parse(struct bytes text, struct collection_answer *ret_answer,
                            struct error *error);

/* Append the whole note, signed. `key` is the depositary's, of type 0x04;
 * ERROR_MISMATCH when it is not that of `secret`. Errors as printing. */
int deposit_certificate_sign(const struct deposit_certificate *certificate,
                             const struct note_key *key, const struct ed25519_secret *secret,
                             struct buffer *note);
int collection_answer_sign(const struct collection_answer *answer, const struct note_key *key,
                           const struct ed25519_secret *secret, struct buffer *note);

/* Read a whole note of at most DEPOSIT_NOTE_MAXIMUM bytes that `depositary` signed at the
 * time that the text names. Lines by others are skipped. ERROR_NOT_FOUND when it
 * has not signed, ERROR_SIGNATURE, ERROR_CLOCK, ERROR_MISMATCH for a line of another time;
 * and the errors of note_parse and of parsing. That the root is the log's at this size, and
 * the nonce one's own, is for the caller to check. */
int deposit_certificate_verify(struct bytes note, const struct note_key *depositary,
                               struct deposit_certificate *ret_certificate, struct error *error);
int collection_answer_verify(struct bytes note, const struct note_key *depositary,
                             struct collection_answer *ret_answer, struct error *error);

#endif
