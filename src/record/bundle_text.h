/* The file `bundle`: what a bundle is for, which entries and parts it has, and what its
 * maker says of them. See doc/PROTOCOL.body.
 *
 *     chirograph.bundle/1
 *     purpose disclosure
 *     channel <id>
 *     log north 14                the size of the head that is here; 0: none is
 *     log south 12
 *     subject north 7             what the bundle is about
 *     acts north 0                the entries that are here, in ranges that
 *     acts north 7-8              ascend and do not touch
 *     acts south 0
 *     receipt north 7 5           entry 5 of the other log covers north's 7, and proves it
 *     part north 7 2              a part that is shown
 *     void north 7 not-empowered  by the maker's whole record
 *     disputed north 7
 *     faulted north 7
 *     later included              every later correct, retract, update and reseal of the
 *                                 subjects, up to the heads; or: later not-shown
 *
 * Parties stand in the charter's order, lines of one key in ascending order; each line
 * but the first six may be missing. All but sizes, entries and parts is the maker's
 * word: a reader who has not both logs whole cannot check it, and says so.
 */
#ifndef BUNDLE_TEXT_H
#define BUNDLE_TEXT_H

#include "charter.h"
#include "part.h"
#include "rules.h"

enum {
	BUNDLE_TEXT_MAXIMUM = 4 * 1024 * 1024,
	BUNDLE_PURPOSE_CAPACITY = 33, /* an identifier of at most 32 bytes */
	BUNDLE_ACTS_MAXIMUM = 50000,  /* a longer record is shown whole: see record_writer.h */
	BUNDLE_SUBJECTS_MAXIMUM = 256,
	BUNDLE_PARTS_MAXIMUM = PARTS_MAXIMUM,
	BUNDLE_LINES_MAXIMUM = 50000 /* of any other key */
};

struct bundle_range {
	unsigned party;
	uint64_t first, last; /* both included */
};

struct bundle_receipt {
	struct act_place act;
	uint64_t by; /* number in the other log */
};

struct bundle_part_name {
	struct act_place act;
	uint64_t part;
};

struct bundle_void {
	struct act_place act;
	enum void_reason reason;
};

/* Arrays that the text owns. */
struct bundle_text {
	char purpose[BUNDLE_PURPOSE_CAPACITY];
	char channel[CHANNEL_ID_CAPACITY];
	uint64_t sizes[2];
	size_t subject_count;
	struct act_place *subjects;
	size_t range_count;
	struct bundle_range *ranges;
	uint64_t act_count; /* in all ranges */
	size_t receipt_count;
	struct bundle_receipt *receipts;
	size_t part_count;
	struct bundle_part_name *parts;
	size_t void_count;
	struct bundle_void *voids;
	size_t disputed_count;
	struct act_place *disputed;
	size_t faulted_count;
	struct act_place *faulted;
	bool later_included;
};

/* Parses a text in its one spelling: parse, print, compare. `charter` names the parties
 * and must be of the same channel (ERROR_MISMATCH). Entries are below the sizes, subjects,
 * receipts, parts and what is said of acts among the entries. ERROR_SYNTAX,
 * ERROR_CANONICAL, ERROR_LIMIT, ERROR_UNSUPPORTED (another version). */
int bundle_text_parse(struct bytes text, const struct charter *charter,
                      struct bundle_text *ret_text, struct error *error);
int bundle_text_print(const struct bundle_text *text, const struct charter *charter,
                      struct buffer *buffer);
/* Frees the arrays; leaves it empty. */
void bundle_text_release(struct bundle_text *text);

/* Whether entry `place` is here. */
bool bundle_text_has(const struct bundle_text *text, struct act_place place);
/* Whether all entries from `first` up to `size` of a log are here. */
bool bundle_text_has_span(const struct bundle_text *text, unsigned party, uint64_t first,
                          uint64_t size);

/* Whether both logs are here as far as the heads go. */
bool bundle_text_is_whole(const struct bundle_text *text);

/* Why the maker says that an act is void; VOID_NONE: it does not. Whether an act is among
 * ascending places. */
enum void_reason bundle_text_void(const struct bundle_text *text, struct act_place place);
bool bundle_places_have(const struct act_place *places, size_t count, struct act_place place);

/* The path that leads from an act to the root in a receipt that covers it:
 *
 *     chirograph.receipt-proof/1
 *     path <base64 hash>
 *     …
 */
enum { RECEIPT_PROOF_MAXIMUM = 8192 };
int receipt_proof_parse(struct bytes text, struct tree_proof *ret_path, struct error *error);
int receipt_proof_print(const struct tree_proof *path, struct buffer *buffer);

#endif
