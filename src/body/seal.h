/* Sealing a body for its author and its receiver, and opening what was sealed.
 *
 * A sealed blob is an age v1 file over the body's tar, with exactly two X25519
 * stanzas, the author's then the receiver's. The act names it by size and
 * SHA-256 and commits to its content by part count and root.
 *
 * Author:    manifest_make, body_seal. To seal anew (`reseal`), the same
 *            manifest is sealed again: the root stays.
 * Receiver:  the first bytes of the blob give the header (age_header_length);
 *            who holds the reading key turns it into the file key
 *            (age_header_unwrap); a body_opener does the rest.
 */
#ifndef SEAL_H
#define SEAL_H

#include "age_stream.h"
#include "tarball.h"

enum { SEAL_AUTHOR, SEAL_RECEIVER, SEAL_RECIPIENTS };

/* Of the blob that was made. */
struct sealed {
	uint64_t size;
	struct hash hash; /* SHA-256 of the blob */
	/* The receiver's stanza's; kept by the author, secret, until receipt, then
	 * wiped: it proves what that stanza holds (see disclosure.h). */
	struct x25519_secret receiver_ephemeral;
};

/* Seals to `recipients` (author, receiver) and writes the blob to `sink` in
 * pieces of at most 65,552 bytes. `contents` are those of which the manifest was
 * made (ERROR_MISMATCH when one has changed). ERROR_DENIED: a recipient of
 * small order. Results of sources and sink are passed on. */
int body_seal(const struct manifest *manifest, const struct byte_source *contents,
              const struct x25519_public recipients[SEAL_RECIPIENTS],
              const struct random_source *random, const struct byte_sink *sink,
              struct sealed *ret_sealed, struct error *error);

/* The words after `body` in an act. */
struct body_reference {
	struct body_commitment commitment;
	uint64_t sealed_size;
	struct hash sealed_hash;
};

enum body_verdict {
	BODY_INTACT,     /* it is what the act commits to */
	BODY_UNOPENABLE, /* header, its MAC under the file key, or a payload tag is wrong */
	BODY_MISMATCH,   /* it opens, and is not what the act commits to */
	BODY_WRONG_BLOB, /* these bytes are not the blob that the act names: no fault of the author */
};

/* Opens one blob; about 200 KiB and the manifest, however large the blob. */
struct body_opener;

/* `receiver` is copied. `content_maximum` as for manifest_parse. NULL when
 * memory is short. */
struct body_opener *body_opener_new(const struct body_reference *reference,
                                    const struct age_file_key *file_key, uint64_t content_maximum,
                                    const struct body_receiver *receiver);
void body_opener_free(struct body_opener *opener);

/* Takes the next bytes of the blob, of any number. Results other than OK say
 * nothing about the blob (ERROR_MEMORY, or what the receiver returned) and end
 * the work. After something wrong in the blob was found the rest is still taken,
 * to see whether this is the right blob; the receiver is no longer called. */
int body_opener_update(struct body_opener *opener, struct bytes piece);

/* The blob ends here. OK whatever the verdict; `error`, unless NULL, says what was
 * wrong where the verdict is not BODY_INTACT. */
int body_opener_finish(struct body_opener *opener, enum body_verdict *ret_verdict,
                       struct error *error);

#endif
