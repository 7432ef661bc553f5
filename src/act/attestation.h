/* A head's word that its party gives a reading key up for ever: the `rekey` with
 * `destroyed`, as it is shown to whoever holds that key and has no log. Pure.
 *
 * What is checked is the entry's form, that it is in the log, and that the party's head
 * signed it, as far as its appointing key's words tell who that is. Whoever shows them
 * could keep a later one back: then the word of a former head counts.
 */
#ifndef ATTESTATION_H
#define ATTESTATION_H

#include "act.h"
#include "tree.h"

/* An entry of a log, and the way from it to the log's root. */
struct logged_entry {
	struct bytes bytes;
	uint64_t number;
	struct tree_proof path;
};

/* A log at a size. */
struct log_end {
	uint64_t size;
	struct hash root;
};

struct attestation {
	char destroyed[RECIPIENT_CAPACITY]; /* the key that is given up */
	char present[RECIPIENT_CAPACITY];   /* the one that is in use from then on */
	timestamp logged;
	uint64_t number;
};

/* `links` are all `appoint` of office head and appointing of that party's log, from the
 * charter on, in their order. ERROR_MISMATCH: it is no such entry, of another channel or
 * party, or not in that log; ERROR_DENIED: not by the head; ERROR_SIGNATURE: a link is not
 * by the appointing key; and the results of entry_parse and entry_verify. */
int attestation_verify(const struct charter *charter, unsigned party, const struct bytes *links,
                       size_t link_count, const struct logged_entry *entry,
                       const struct log_end *log, struct attestation *ret_attestation,
                       struct error *error);

/* Whether the entry is a receipt in `party`'s log for more of the other log than entry
 * `number`. ERROR_MISMATCH. */
int receipt_covers(const struct charter *charter, unsigned party, const struct logged_entry *entry,
                   const struct log_end *log, uint64_t number, struct error *error);

#endif
