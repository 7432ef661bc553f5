/* The file of one key of a match-only list:
 *
 *     "chirolst" u32 1, channel(32) public key(32) u64 time, key(32), SHA-256(32) of all before
 */
#ifndef EVALUATOR_FILE_H
#define EVALUATOR_FILE_H

#include "evaluator_messages.h"
#include "oprf.h"

enum {
	EVALUATOR_FILE_SIZE = 8 + 4 + HASH_SIZE + EVALUATOR_KEY_SIZE + 8 + OPRF_SCALAR_SIZE +
	                      HASH_SIZE
};

struct evaluator_entry {
	struct evaluator_key_status status;
	struct oprf_scalar secret; /* to be wiped */
};

/* Appends the content. ERROR_LIMIT, ERROR_MEMORY. */
int evaluator_file_encode(const struct evaluator_entry *entry, struct buffer *buffer);

/* ERROR_MISMATCH: the checksum, or a public key that is not the secret one's; ERROR_SYNTAX;
 * ERROR_UNSUPPORTED: of another version; ERROR_CANONICAL: the key is none. The entry is then
 * wiped. */
int evaluator_file_decode(struct bytes content, struct evaluator_entry *ret_entry);

#endif
