/* Showing parts of a body to third parties, and proving faults.
 *
 * Part proof: the line, the content and the inclusion path of one part show
 * that an act with this body root says it; the other parts stay hidden. The
 * line holds the salt, so it is never shown without the content. As a text:
 *
 *     chirograph.part-proof/1
 *     parts 4
 *     part 2 410 text/vnd.chirograph.paragraph en authentic <salt> <hash> 1
 *     path <base64 hash>
 *     path <base64 hash>
 */
#ifndef DISCLOSURE_H
#define DISCLOSURE_H

#include "seal.h"

enum { PART_PROOF_MAXIMUM = 2048 }; /* bytes of the text */

struct part_proof {
	uint64_t part_count; /* of the body */
	struct part_line line;
	struct tree_proof path;
};

/* ERROR_NOT_FOUND: no such part. */
int part_proof_make(const struct manifest *manifest, size_t number, struct part_proof *ret_proof);
int part_proof_print(const struct part_proof *proof, struct buffer *buffer);

/* In its one spelling. */
int part_proof_parse(struct bytes text, struct part_proof *ret_proof, struct error *error);

/* OK when an act with this commitment says this content. ERROR_MISMATCH and
 * which of count, content and root is wrong. Reads the content once. */
int part_proof_check(const struct part_proof *proof, const struct body_commitment *commitment,
                     const struct byte_source *content, uint64_t content_size, struct error *error);

/* What a claimed fault of a body turns out to be, for anyone. */
enum fault_verdict {
	FAULT_PROVED,    /* the blob is at fault as claimed */
	FAULT_REFUTED,   /* the blob opens and is what the act commits to */
	FAULT_NOT_SHOWN, /* what was disclosed does not belong to this blob: nothing follows */
};

/* By the file key, which the receiver reveals to prove that a blob it could
 * unwrap is not what the act commits to (`fault mismatch`), or does not open
 * beyond its header. The header's MAC commits to the file key.
 * Reads the blob of `reference->sealed_size` bytes once. `ret_opening` (may be NULL)
 * receives what the opening found, unless FAULT_NOT_SHOWN.
 * Results other than OK are of memory or `blob` and decide nothing. */
int fault_check_file_key(const struct body_reference *reference, uint64_t content_maximum,
                         const struct byte_source *blob, const struct age_file_key *file_key,
                         enum fault_verdict *ret_verdict, enum body_verdict *ret_opening,
                         struct error *error);

/* By the ephemeral secret of the receiver's stanza, which the author reveals to
 * answer `fault unopenable`: anyone derives what the holder of `receiver` gets
 * from the stanza, and opens the blob with it. FAULT_PROVED: it cannot be opened
 * (or does not match); FAULT_REFUTED: it can; FAULT_NOT_SHOWN: the secret is
 * not that of the stanza, or the bytes are not the blob. */
int fault_check_ephemeral(const struct body_reference *reference, uint64_t content_maximum,
                          const struct byte_source *blob, const struct x25519_secret *ephemeral,
                          const struct x25519_public *receiver, enum fault_verdict *ret_verdict,
                          enum body_verdict *ret_opening, struct error *error);

#endif
