/* What is known of a record while it is written or verified: the charter, the
 * rules after both logs, and the few facts about entries that the rules do not
 * keep but the files of a record need. */
#ifndef RECORD_STATE_H
#define RECORD_STATE_H

#include "rules.h"

struct record_log {
	uint64_t size;
	struct buffer accession; /* the head's SSHSIG over the charter, from entry 0 */
	struct buffer signers;   /* how many signatures each entry has: a byte each */
	/* The receipt keys that the party has ever had, the charter's first. */
	struct ed25519_public *receipt_keys;
	size_t receipt_key_count, receipt_key_capacity;
	uint64_t void_count, unknown_kind_count;
};

struct record_state {
	struct charter *charter; /* the first */
	struct rules *rules;
	struct record_log logs[2]; /* logs[k].size: entries that the record has */
	bool piece;                /* the rules were given pieces of the logs: see rules_piece.h */
	bool bundle;               /* neutrals are those of the first charter: see record_terms */
};

/* Parses the charter; the sizes are left 0. ERROR_UNSUPPORTED for a party whose
 * id would collide with a folder of the record; the results of charter_parse. On
 * failure nothing need be released. */
int record_state_init(struct record_state *state, struct bytes charter, struct error *error);
void record_state_release(struct record_state *state);

/* Gives the rules the texts of the charters that amendments put in force, which are not
 * checked here. ERROR_MEMORY. */
int record_state_amend(struct record_state *state, const struct bytes *texts, size_t count,
                       struct error *error);

/* The charter whose witnesses and quorum count for the heads: that in force at their end.
 * A bundle, which need not show how it came into force, goes by the first. */
const struct charter *record_terms(const struct record_state *state);

/* Takes note of an entry that the rules have just judged. ERROR_MEMORY. */
int record_state_note(struct record_state *state, struct act_place place, const struct entry *entry,
                      struct verdict verdict, struct error *error);

/* The party's id, its folder in the record. */
const char *record_party(const struct record_state *state, unsigned party);

/* `north-7`. */
void record_act_name(const struct record_state *state, struct act_place place,
                     char ret_name[ACT_NAME_CAPACITY]);

/* Whether the acts of both logs are few enough for the files for people. */
bool record_acts_by_size(const struct record_state *state);

#endif
