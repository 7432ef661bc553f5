/* A disclosed piece of a record: some entries of both logs with the proofs that they
 * stand under signed heads, and some parts of their bodies. See doc/PROTOCOL.body.
 *
 *     bundle  README.txt  verify.sh
 *     charter.txt  charter.north.sig  charter.south.sig
 *     allowed_signers
 *     north/policy  north/checkpoint
 *     north/acts/000007.act  .sig  .2.sig  .tlog-proof  .receipt-proof
 *     south/…
 *     bodies/north-7/0002  0002.proof
 *     <what its purpose adds>
 *
 * Names are those of a record. What a bundle shows is computed from its entries; what
 * its maker says of them stands in the file `bundle`, and is kept apart.
 */
#ifndef BUNDLE_H
#define BUNDLE_H

#include "bundle_text.h"
#include "checkpoint.h"
#include "disclosure.h"
#include "record_state.h"

#define BUNDLE_FILE               "bundle"
#define BUNDLE_RECEIPT_PROOF      ".receipt-proof"
#define BUNDLE_PURPOSE_DISCLOSURE "disclosure"
#define BUNDLE_PURPOSE_SILENCE    "silence" /* bundle_silence.h */
#define BUNDLE_PURPOSE_MATCH      "match"   /* bundle_match.h */

struct bundle_head {
	struct checkpoint checkpoint; /* size 0: nothing of this log is here */
	struct buffer note;
	bool countersigned; /* by a receipt key of the other side that is shown */
	bool earlier_key;   /* by one that was replaced since */
	timestamp countersigned_at;
	timestamp witnessed_at[WITNESSES_MAXIMUM]; /* by the charter's witnesses; 0: not */
};

/* An entry that is here: its signatures verify, and it stands under its log's head. */
struct bundle_act {
	struct act_place place;
	struct buffer bytes; /* the entry points into it */
	struct entry entry;
	struct ssh_key keys[2]; /* that signed */
	/* By both logs where the bundle is whole; else by the entries that are here, as
	 * rules_piece.h explains. */
	struct verdict verdict;
	bool void_by_word; /* void by its maker's word alone: the entries here do not show it */
	bool is_subject;
	/* A receipt of the other side, here as well, is proved to cover it. */
	bool receipted;
	struct act_place receipt;
};

/* A part that is shown, and is what its act commits to. */
struct bundle_part {
	struct act_place act;
	struct part_proof proof;
	struct buffer
	    content; /* of subject, paragraphs, a list's contacts; empty of what is long */
	/* Of the pairs of a match-only list (pairs.h): what an act commits to of them. */
	bool has_pairs, pairs_in_order;
	uint64_t pair_count;
	struct hash pairs_root;
};

enum {
	BUNDLE_KEPT_PART_MAXIMUM = 256 * 1024,      /* of one part, in bytes */
	BUNDLE_KEPT_TEXT_MAXIMUM = 16 * 1024 * 1024 /* of all parts */
};

struct bundle {
	struct bundle_text text;
	struct record_state state; /* the rules: of a piece, unless it is whole */
	bool whole;                /* all entries of both logs up to the heads are here */
	struct bundle_head heads[2];
	size_t act_count;
	struct bundle_act *acts;   /* by party, then number */
	struct bundle_part *parts; /* text.part_count of them, in its order */
	struct buffer given;       /* the maker's own file, where the purpose has one */
};

/* NULL when the entry is not here. */
const struct bundle_act *bundle_act_at(const struct bundle *bundle, struct act_place place);
/* The entries of one log: the index of the first, and behind the last. */
void bundle_acts_of(const struct bundle *bundle, unsigned party, size_t *ret_first,
                    size_t *ret_end);

/* What purposes add. The verifier takes a bundle of the purposes it is given, besides
 * plain disclosures. */
struct bundle_purpose {
	const char *name;
	const char *given; /* a file in which its maker says what is meant; NULL: none */
	size_t given_maximum;
	const char *file; /* the one file that follows from all others; NULL: none */
	/* Appends the one content which that file can have, or says why a bundle for this
	 * purpose cannot have these entries (any other result than OK, and a sentence). */
	int (*put)(const struct bundle *bundle, struct buffer *buffer, struct error *error);
	const char *tool; /* a file to check it with, the same in every bundle; NULL: none */
	struct bytes (*tool_content)(void);
};

/* Frees what it owns; leaves it empty. */
void bundle_release(struct bundle *bundle);

#endif
