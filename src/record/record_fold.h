/* Reading both logs: every entry parsed and its signatures verified in as many
 * threads as there are processors, then judged by the rules in one.
 *
 * Method. A log is read bundle by bundle, in the caller's thread, a few bundles
 * ahead; threads parse and verify them in any order; the caller's thread takes
 * them back in order and gives the entries to the rules. It stays with one log
 * until a receipt names more of the other than is held (ERROR_WAIT), then goes
 * on with the other: the order in which the two are mixed changes no verdict.
 */
#ifndef RECORD_FOLD_H
#define RECORD_FOLD_H

#include "record_state.h"
#include "tile.h"

struct record_input {
	void *context;
	/* Appends the content of an entry bundle (see tile.h) of exactly tile->width
	 * entries. Asked in ascending order for each log, in the caller's thread. */
	int (*bundle)(void *context, unsigned party, const struct tile *tile,
	              struct buffer *content, struct error *error);
	/* Is shown each entry after it was judged; in the caller's thread. May be NULL. */
	int (*entry)(void *context, struct act_place place, const struct entry *entry,
	             struct error *error);
	/* See record_writer.h; may be NULL. */
	int (*progress)(void *context, uint64_t done, uint64_t total);
	void *progress_context;
	unsigned threads; /* 0: as many as there are processors */
};

/* Where reading ended. */
struct record_stop {
	struct act_place place;
	bool has_offset; /* of the entry in its bundle: not where `bundle` itself failed */
	uint64_t offset;
};

/* Reads state->logs[k].size entries of each log into state->rules. On failure
 * ret_stop (may be NULL) says where; the state can then only be released. Results:
 * those of the input's functions, of entry_parse, entry_verify and rules_append;
 * ERROR_WAIT when the receipts of both logs name what is in neither. */
int record_fold(struct record_state *state, const struct record_input *input,
                struct record_stop *ret_stop, struct error *error);

#endif
