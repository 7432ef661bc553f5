/* Bundles of purpose `match`: what somebody shows to others of a match-only list. What can be
 * shown, and against what lies of the list's owner, stands in doc/PROTOCOL.match, "Proofs".
 *
 *     match.txt        what is shown and what shows it: match_proof.h
 *     verdict.txt      what that comes to, computed anew by whoever verifies:
 *
 *     chirograph.match-verdict/1
 *     shows hit
 *     list north-5 epoch 2 class domain
 *     identifier pump.example
 *     protection off-limits
 *     criticality 2
 *     sector 7                          row of the scheme's table, 0: not said; as the next
 *     contact 3
 *
 *     verify-match.py  checks it without this program, the same in every such bundle
 *
 * A bundle that does not show what match.txt says it shows is not intact. The act whose
 * commitment counts is what the bundle is about.
 */
#ifndef BUNDLE_MATCH_H
#define BUNDLE_MATCH_H

#include "bundle_writer.h"
#include "match_proof.h"

#define MATCH_PROOF_FILE   "match.txt"
#define MATCH_VERDICT_FILE "verdict.txt"
#define MATCH_SCRIPT_FILE  "verify-match.py"

/* What an intact bundle of this purpose comes to. */
struct match_finding {
	enum match_shown shown;
	struct act_place list, version;
	enum identifier_class identifier_class;
	uint64_t epoch;
	/* Of a hit; of a label that is none the identifier only. */
	struct identifier identifier;
	struct pair_label label;
	/* Of an answer: the element, from 1; whether a key signed it that its node has had
	 * and has no more. */
	size_t element;
	bool by_acts, earlier_key;
	struct act_place query, reply;
	char reason[128]; /* of a wrong answer: an English sentence */
	/* Of a refusal: how many evaluations, what was counted before it, and asked by query
	 * acts beside. */
	uint64_t refused, total, today, beside_total, beside_today, budget_list, budget_day;
	/* Of the asker's log entries up to this time are here; whether all that it can have
	 * asked by acts before the refusal is among them. */
	timestamp beside_until;
	bool beside_complete;
	/* Of a body: it has no pairs of this class at all. */
	bool missing;
};

/* For bundle_verify and bundle_writer_write. */
struct bundle_purpose match_purpose(void);

/* ERROR_STATE: its entries do not show what match.txt says. */
int bundle_match(const struct bundle *bundle, struct match_finding *ret_finding,
                 struct error *error);

/* Chooses the entries that a proof needs, and puts the proof beside them; what parts of a body
 * it needs is for the caller to add. Then bundle_writer_write. */
int bundle_match_choose(struct bundle_writer *writer, const struct match_proof *proof,
                        struct error *error);

#endif
