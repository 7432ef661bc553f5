/* Bundles of purpose `match`, made from a node's record: what a list says of an identifier, and
 * evidence against its owner, which is written at once. */
#ifndef LIST_EVIDENCE_H
#define LIST_EVIDENCE_H

#include "disclosing.h"
#include "list_target.h"
#include "match_proof.h"

/* Chooses what shows a proof, of which everything but list and version is set: those are the
 * target's. With `contacts` also the list's table of contacts. */
int list_evidence_choose(struct disclosing *disclosing, const struct list_target *target,
                         struct match_proof *proof, bool contacts, struct error *error);

/* Writes the evidence into a new directory: `directory`, or where that is NULL one under
 * `evidence/` in the person's directory. Says where on standard error, and what to do with it.
 * `ret_directory` is given also where writing fails; complains itself. */
enum { EVIDENCE_PATH_CAPACITY = 1536 };
int list_evidence_write(const struct options *options, const struct list_target *target,
                        struct match_proof *proof, const char *directory,
                        char ret_directory[EVIDENCE_PATH_CAPACITY]);

#endif
