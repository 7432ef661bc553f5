/* The files of a record that are computed from charter and logs: texts. All but
 * README.txt are the same for whoever computes them. Each function appends. */
#ifndef RECORD_TEXTS_H
#define RECORD_TEXTS_H

#include "policy.h"
#include "record_state.h"

enum { RECORD_TEXT_MAXIMUM = 1 << 30 };

/* For `ssh-keygen -Y verify -f`: a line for each delegate ever accredited, named
 * `author@party`, with the times between which the key was theirs. */
int record_put_allowed_signers(const struct record_state *state, struct buffer *buffer);

/* What the head of `party`'s log needs: the log's signature, the cosignature of
 * the *other* side by its latest receipt key (`counterpart`), and the charter's
 * quorum of witnesses. */
int record_make_policy(const struct record_state *state, unsigned party, struct policy *ret_policy,
                       struct error *error);

/* The armor over the charter, from the log's accession; its log is not empty. */
int record_put_charter_signature(const struct record_state *state, unsigned party,
                                 struct buffer *buffer);

/* The same in every record. */
struct bytes record_script(void);

/* How to check this record; with commands for real acts of it. */
int record_put_readme(const struct record_state *state, bool has_acts, struct buffer *buffer);

/* The keys of a party's log and receipts, under the names that charter and acts give
 * them. The generation of the log is one that the rules know. */
int record_log_key(const struct record_state *state, unsigned party, unsigned generation,
                   struct note_key *ret_key);
int record_receipt_key(const struct record_state *state, unsigned party,
                       const struct ed25519_public *public_key, struct note_key *ret_key);

#endif
