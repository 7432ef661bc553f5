/* Reading a bundle's entries and proofs: the inside of writer and verifier, shared by
 * src/record/bundle_*.c only. What is derived from them is for bundle_files.h. */
#ifndef BUNDLE_READING_H
#define BUNDLE_READING_H

#include "bundle.h"
#include "record_verification.h"

enum { BUNDLE_ENTRIES_SIZE_MAXIMUM = 256 * 1024 * 1024 };

struct bundle_reading {
	struct verification v; /* folder, state while it grows, what is wrong first */
	struct bundle *bundle; /* owns the state once all was read */
	size_t entries_size;
	size_t kept_size;    /* of parts whose content is kept */
	timestamp logged[2]; /* of the entry read last of each log */
};

/* Reads everything but what is derived, into an empty bundle. On failure v.damaged says
 * whether the bundle is at fault; either way bundle_reading_release is due. */
int bundle_read(struct bundle_reading *reading, struct error *error);
/* Releases what the reading holds besides the bundle. */
void bundle_reading_release(struct bundle_reading *reading);

/* An entry's files, checked against its log's head and judged by what came before. */
int bundle_read_act(struct bundle_reading *reading, struct act_place place, bool is_subject,
                    struct error *error);
/* The proofs that receipts cover acts; and the parts that are shown. */
int bundle_read_receipts(struct bundle_reading *reading, struct error *error);
int bundle_read_parts(struct bundle_reading *reading, struct error *error);

/* Where all entries are here, judges them by the rules whole. */
int bundle_read_whole(struct bundle_reading *reading, struct error *error);

/* `north/acts/000007.receipt-proof`, `bodies/north-7/0002<ending>` */
void bundle_receipt_proof_path(const struct record_state *state, struct act_place place,
                               char ret_path[RECORD_PATH_CAPACITY]);
void bundle_part_path(const struct record_state *state, const struct bundle_part_name *part,
                      const char *ending, char ret_path[RECORD_PATH_CAPACITY]);

#endif
