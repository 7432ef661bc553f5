/* What a depositary is asked, by a node:
 *
 *     log <origin>                      for a certificate: of this log, and of these
 *     blob <base64 sha256>   0..16      blobs
 *
 *     chirograph.collect/1              chirograph.collect-blob/1
 *     log <origin>                      log <origin>
 *     from <n>                          blob <base64 sha256>
 *     nonce <base64 of 32 bytes>        offset <n>
 *     time 2026-11-22T14:03:11Z         nonce <base64 of 32 bytes>
 *                                       time 2026-11-22T14:03:11Z
 *
 *     chirograph.deposit-blob/1
 *     log <origin>
 *     chunk <base64 sha256 of the payload that follows the envelope>
 *     nonce <base64 of 32 bytes>
 *     time 2026-11-22T14:03:11Z
 *
 * Who collects, or leaves a piece of a blob, is a party of the channel: the text goes
 * into an envelope
 *
 *     sized text, sized certificate (DER), sized signature (64 bytes)
 *
 * with a link certificate by the party's link key (doc/PROTOCOL.link, 1), and a
 * signature by the key that it certifies over "chirograph-collect", LF and the text.
 *
 * Each text has one spelling. See doc/PROTOCOL.log, "Depositary". */
#ifndef DEPOSIT_REQUEST_H
#define DEPOSIT_REQUEST_H

#include "deposit.h"

enum {
	DEPOSIT_REQUEST_MAXIMUM = 2048,     /* bytes of a text */
	COLLECT_CERTIFICATE_MAXIMUM = 2048, /* bytes of DER */
	COLLECT_ENVELOPE_MAXIMUM = 3 * 4 + DEPOSIT_REQUEST_MAXIMUM + COLLECT_CERTIFICATE_MAXIMUM +
	                           ED25519_SIGNATURE_SIZE
};

/* For a certificate. */
struct deposit_request {
	char origin[CHECKPOINT_ORIGIN_CAPACITY];
	size_t blob_count;
	struct hash blobs[DEPOSIT_BLOBS_MAXIMUM]; /* none twice */
};

/* What a party alone can ask, in the order of their texts above. */
enum collect_kind { COLLECT_ENTRIES, COLLECT_BLOB, COLLECT_DEPOSIT, COLLECT_KIND_COUNT };

/* To collect entries, or a piece of a blob; or to leave one. */
struct collect_request {
	enum collect_kind kind;
	char origin[CHECKPOINT_ORIGIN_CAPACITY];
	struct hash hash; /* of the blob, or of the payload; COLLECT_ENTRIES: none */
	uint64_t from;    /* the first entry that is wanted, or byte of the blob */
	uint8_t nonce[DEPOSIT_NONCE_SIZE];
	timestamp time;
};

/* Views; nothing in it is verified. */
struct collect_envelope {
	struct bytes text;
	struct bytes certificate;
	struct bytes signature; /* 64 bytes */
};

/* Append the text. ERROR_SYNTAX, ERROR_LIMIT or ERROR_EXISTS (a blob twice) for what
 * could not be parsed again. */
int deposit_request_print(const struct deposit_request *request, struct buffer *text);
int collect_request_print(const struct collect_request *request, struct buffer *text);

/* Read a text in its one spelling. ERROR_SYNTAX, ERROR_CANONICAL (base64), ERROR_LIMIT,
 * ERROR_EXISTS; with the line. */
int deposit_request_parse(struct bytes text, struct deposit_request *ret_request,
                          struct error *error);
int collect_request_parse(struct bytes text, struct collect_request *ret_request,
                          struct error *error);

/* Appends what is signed over the text of a request to collect. */
int collect_message(struct bytes text, struct buffer *message);

/* Appends the envelope; the signature has 64 bytes. ERROR_LIMIT. */
int collect_envelope_put(const struct collect_envelope *envelope, struct buffer *buffer);

/* Takes an envelope apart, and what follows it: nothing, except for COLLECT_DEPOSIT.
 * ERROR_SYNTAX, ERROR_LIMIT. */
int collect_envelope_get(struct bytes bytes, struct collect_envelope *ret_envelope,
                         struct bytes *ret_rest);

#endif
