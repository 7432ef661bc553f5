/* Checkpoints: the text of a signed tree head, C2SP tlog-checkpoint v1.0.0.
 *
 *     example.org/chirograph/abc…       origin
 *     412                               size
 *     sFodV/vSp5O8n9a8QpW6PRY97t…=      root
 *
 * Chirograph's logs have no extension lines and none are accepted, so a
 * checkpoint has exactly one spelling. */
#ifndef CHECKPOINT_H
#define CHECKPOINT_H

#include "note.h"
#include "tree.h"

enum {
	CHECKPOINT_ORIGIN_CAPACITY = NOTE_NAME_CAPACITY, /* the log's key has the same name */
	/* origin, 19 digits, base64 of a hash, and their line feeds */
	CHECKPOINT_TEXT_MAXIMUM = CHECKPOINT_ORIGIN_CAPACITY - 1 + 19 + 44 + 3
};

struct checkpoint {
	char origin[CHECKPOINT_ORIGIN_CAPACITY];
	uint64_t size;
	struct hash root;
};

/* Reads the text of a note (up to and with the line feed before the empty
 * line). The origin must be a valid key name (note_name_is_valid). ERROR_SYNTAX,
 * ERROR_CANONICAL, ERROR_LIMIT for a size or origin that is too great,
 * ERROR_UNSUPPORTED for extension lines, ERROR_MISMATCH for an empty tree
 * whose root is not the empty root. */
int checkpoint_parse(struct bytes text, struct checkpoint *ret_checkpoint, struct error *error);

/* Appends the text to `buffer`. */
int checkpoint_print(const struct checkpoint *checkpoint, struct buffer *buffer);

#endif
