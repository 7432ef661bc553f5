/* Frames: what two nodes say to each other, on the link and in courier files.
 *
 *     frame = u32 length of what follows, u8 type, payload
 *
 * Big-endian; at most 1 MiB for type and payload together. Layouts are fixed
 * and end where they end: trailing bytes are an error. A type below 0x80 that is
 * not known closes the connection with an error frame; one from 0x80 on may be
 * ignored. See doc/PROTOCOL.link, and doc/PROTOCOL.courier for the types that
 * stand in files only.
 *
 * The structs below are views into the payload that was decoded.
 */
#ifndef FRAME_H
#define FRAME_H

#include "buffer.h"
#include "result.h"

enum {
	FRAME_MAXIMUM = 1024 * 1024, /* type and payload */
	FRAME_HEADER_SIZE = 5,       /* length and type */
	FRAME_ENTRIES_MAXIMUM = 1024,
	FRAME_INLINE_BLOB_MAXIMUM = 65535,
	FRAME_PROOF_MAXIMUM = 64,
	FRAME_CHUNK_MAXIMUM = 512 * 1024,
	FRAME_NOTE_MAXIMUM = 16 * 1024,
	FRAME_LINE_MAXIMUM = 2048,
	FRAME_ERROR_MAXIMUM = 500,
	FRAME_CHARTER_MAXIMUM = 256 * 1024,
	FRAME_ARMOR_MAXIMUM = 8 * 1024,
	FRAME_HEADS_MAXIMUM = 64,
	FRAME_STATEMENT_MAXIMUM = 1024, /* of an exchange */
	FRAME_SIGNATURE_MAXIMUM = 1024, /* over it */
	FRAME_ELEMENTS_MAXIMUM = 512,   /* in one question */
	FRAME_ELEMENT_SIZE = 32,
	FRAME_EVALUATION_SIZE = 96,
	FRAME_QUESTIONS_MAXIMUM = 8, /* of one side, without an answer */
	FRAME_VERSION = 1
};

enum frame_type {
	FRAME_HELLO = 1,
	FRAME_ENTRIES = 2,
	FRAME_COSIGNATURE = 3,
	FRAME_BLOB_REQUEST = 4,
	FRAME_BLOB_CHUNK = 5,
	FRAME_MATCH_REQUEST = 6,
	FRAME_MATCH_REPLY = 7,
	FRAME_TEST = 8,
	FRAME_ECHO = 9,
	FRAME_CREDIT = 10,
	FRAME_ERROR = 11,
	FRAME_BYE = 12,
	FRAME_MATCH_BEHIND = 13,
	/* in files only */
	FRAME_CHARTER = 20,
	FRAME_HEADS = 21,
	FRAME_AMENDED = 22
};

/* First frame each way. `head` is the sender's own signed checkpoint note, empty
 * while its log is; `held` is how much of the receiver's log the sender holds
 * durably: pushing starts there. `known` is the receiver's own note that covers
 * so much, so that a receiver which has lost it can tell that from a lie; empty
 * while nothing is held. */
struct frame_hello {
	uint16_t version_minimum, version_maximum;
	struct hash channel;
	uint8_t party; /* the sender's place in the charter's order */
	struct bytes head;
	uint64_t held;
	struct bytes known;
};

/* Entries [start, start + count) of the sender's log, verifiable alone: the
 * checkpoint is signed for some size N >= start + count, and the proof is a
 * consistency proof from start + count to N (empty when equal). Blobs of up to
 * FRAME_INLINE_BLOB_MAXIMUM bytes that these entries commit to may ride along. */
struct frame_entries {
	struct bytes checkpoint;
	uint64_t start;
	uint32_t count;
	struct bytes entries; /* count times: u32 length, entry */
	uint16_t blob_count;
	struct bytes blobs; /* blob_count times: 32-byte SHA-256, u32 length, bytes */
	uint8_t proof_count;
	struct bytes proof; /* proof_count * 32 bytes */
};

/* The sender's cosignature (one signed-note line, without LF) over the receiver's
 * log at `size`. */
struct frame_cosignature {
	uint64_t size;
	struct bytes line;
};

struct frame_blob_request {
	struct hash blob;
	uint64_t offset;
	uint32_t length; /* at most FRAME_CHUNK_MAXIMUM */
};

/* `total` 0: the sender does not hold that blob. */
struct frame_blob_chunk {
	struct hash blob;
	uint64_t total, offset;
	struct bytes data;
};

/* A question to a match-only list, or its answer: the statement (exchange.h), the SSHSIG armor
 * over it, and what it speaks of: blinded elements, or evaluated ones, each with its proof. A
 * refusal has none. Every question is answered by one reply or one behind; a side that
 * has more than FRAME_QUESTIONS_MAXIMUM of its own open on a connection, or that answers what
 * was not asked, ends the connection. */
struct frame_match {
	struct bytes statement, signature;
	uint16_t count;
	struct bytes elements; /* count times FRAME_ELEMENT_SIZE or FRAME_EVALUATION_SIZE */
};

/* Instead of a reply: the sender has counted more than the question says. What it counted
 * last is shown, as the receiver has signed it: empty when that was lost, and all that is left
 * is the sender's tally. The answer is empty when there was none. */
struct frame_match_behind {
	struct hash request; /* of the statement that is not answered */
	struct bytes question, question_signature;
	struct bytes answer, answer_signature;
};

/* An echo repeats the test's nonce and time and adds the echoer's clock. */
struct frame_test {
	uint64_t nonce;
	uint64_t sent; /* sender's UTC milliseconds */
};
struct frame_echo {
	uint64_t nonce, sent;
	uint64_t echoed; /* echoer's UTC milliseconds */
};

/* The sender will take `frames` more frames of the types entries, blob request
 * and blob chunk. Both start with FRAME_INITIAL_CREDIT, and what is given later
 * never exceeds what was used: sending without credit, or giving more, closes
 * the connection. */
enum { FRAME_INITIAL_CREDIT = 16 };
struct frame_credit {
	uint32_t frames;
};

/* In a copy: what the channel is, and both heads' signatures over it, in the
 * charter's order. */
struct frame_charter {
	struct bytes text;
	struct bytes armors[2];
};

/* In a copy: signed heads of either log with all lines that are held over them. */
struct frame_heads {
	uint16_t count;     /* 1 to FRAME_HEADS_MAXIMUM */
	struct bytes notes; /* count times: u32 length, note */
};

/* Why the sender is about to close. */
struct frame_error {
	uint16_t code;        /* enum result */
	struct bytes message; /* at most 500 bytes of clean UTF-8 */
};

/* Append a whole frame (length, type, payload) to the buffer. */
int frame_put_hello(struct buffer *buffer, const struct frame_hello *hello);
int frame_put_entries(struct buffer *buffer, const struct frame_entries *entries);
int frame_put_cosignature(struct buffer *buffer, const struct frame_cosignature *cosignature);
int frame_put_blob_request(struct buffer *buffer, const struct frame_blob_request *request);
int frame_put_blob_chunk(struct buffer *buffer, const struct frame_blob_chunk *chunk);
int frame_put_match_request(struct buffer *buffer, const struct frame_match *request);
int frame_put_match_reply(struct buffer *buffer, const struct frame_match *reply);
int frame_put_match_behind(struct buffer *buffer, const struct frame_match_behind *behind);
int frame_put_test(struct buffer *buffer, const struct frame_test *test);
int frame_put_echo(struct buffer *buffer, const struct frame_echo *echo);
int frame_put_credit(struct buffer *buffer, const struct frame_credit *credit);
int frame_put_error(struct buffer *buffer, const struct frame_error *error);
int frame_put_bye(struct buffer *buffer);
int frame_put_charter(struct buffer *buffer, const struct frame_charter *charter);
/* The text of a charter that amends the channel's: the whole payload. */
int frame_put_amended(struct buffer *buffer, struct bytes text);
int frame_put_heads(struct buffer *buffer, const struct frame_heads *heads);

/* Looks at the front of a stream. OK: a whole frame is there, *ret_size bytes
 * with its header, *ret_type and *ret_payload (a view). ERROR_WAIT: more bytes
 * are needed. ERROR_LIMIT: the length is 0 or over FRAME_MAXIMUM. */
int frame_next(struct bytes stream, uint8_t *ret_type, struct bytes *ret_payload, size_t *ret_size);

/* Decode a payload. ERROR_SYNTAX with the reason. Counts, lengths and the inner
 * layout of entries, blobs and proof are all checked here. */
int frame_get_hello(struct bytes payload, struct frame_hello *ret_hello, struct error *error);
int frame_get_entries(struct bytes payload, struct frame_entries *ret, struct error *error);
int frame_get_cosignature(struct bytes payload, struct frame_cosignature *ret, struct error *error);
int frame_get_blob_request(struct bytes payload, struct frame_blob_request *ret,
                           struct error *error);
int frame_get_blob_chunk(struct bytes payload, struct frame_blob_chunk *ret, struct error *error);
int frame_get_match_request(struct bytes payload, struct frame_match *ret, struct error *error);
int frame_get_match_reply(struct bytes payload, struct frame_match *ret, struct error *error);
int frame_get_match_behind(struct bytes payload, struct frame_match_behind *ret,
                           struct error *error);
int frame_get_test(struct bytes payload, struct frame_test *ret, struct error *error);
int frame_get_echo(struct bytes payload, struct frame_echo *ret, struct error *error);
int frame_get_credit(struct bytes payload, struct frame_credit *ret, struct error *error);
int frame_get_error(struct bytes payload, struct frame_error *ret, struct error *error);
int frame_get_charter(struct bytes payload, struct frame_charter *ret, struct error *error);
int frame_get_amended(struct bytes payload, struct bytes *ret_text, struct error *error);
int frame_get_heads(struct bytes payload, struct frame_heads *ret, struct error *error);

/* Walk the notes of a decoded heads frame, and the entries and blobs of a decoded
 * entries frame. ERROR_NOT_FOUND at the end. */
int frame_notes_next(struct cursor *cursor, struct bytes *ret_note);
int frame_entries_next(struct cursor *cursor, struct bytes *ret_entry);
int frame_blobs_next(struct cursor *cursor, struct hash *ret_hash, struct bytes *ret_blob);

#endif
