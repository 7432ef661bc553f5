/* What a `stamp` carries: a note in which one of the charter's neutrals says
 * something about one of the two logs, at a time of its own clock.
 *
 *     checkpoint    a head of the log, cosigned by one of the charter's witnesses or by the
 *                   depositary: at this time the log had this size. Of several
 *                   cosigners the earliest counts. Lines by others, the log's own key
 *                   among them, are skipped.
 *     certificate   by the depositary: at this time so many entries, and these sealed
 *                   bodies, lay there for the other side (deposit.h)
 *     answer        by the depositary: at this time it held no more (deposit.h)
 *
 * Reading says what a neutral signed; whether it fits the log is for the rules
 * (rules.h, "stamps"). Pure: charter and note alone decide.
 */
#ifndef STAMP_H
#define STAMP_H

#include "charter.h"
#include "deposit.h"

enum stamp_form { STAMP_CHECKPOINT, STAMP_CERTIFICATE, STAMP_ANSWER, STAMP_FORM_COUNT };

/* "checkpoint", "certificate", "answer". */
const char *stamp_form_name(enum stamp_form form);

struct stamp {
	enum stamp_form form;
	unsigned party;      /* whose log the note is about */
	unsigned generation; /* of the log's name in it */
	unsigned neutral;    /* who says it: see stamp_neutral_name */
	uint64_t size;       /* of the log; at least 1 but in an answer */
	struct hash root;
	timestamp time;
	size_t blob_count; /* of a certificate */
	struct hash blobs[DEPOSIT_BLOBS_MAXIMUM];
};

/* Reads a note, which is not kept, as a stamp about `party`'s log. ERROR_MISMATCH for
 * another log, ERROR_NOT_FOUND when no neutral of the charter has signed it,
 * ERROR_STATE for a size of 0 in what should say that the log had one,
 * ERROR_MEMORY; and the errors of note.h, checkpoint.h and deposit.h. */
int stamp_read(const struct charter *charter, unsigned party, struct bytes note,
               struct stamp *ret_stamp, struct error *error);

/* The generation of `party`'s log that an origin names, whether or not there is one yet.
 * ERROR_MISMATCH for the name of anything else. */
int stamp_read_origin(const struct charter *charter, unsigned party, const char *origin,
                      unsigned *ret_generation, struct error *error);

/* The key name of a neutral: of the charter's witnesses in their order, then of its
 * depositary. A view of the charter; empty when it has none of this number. */
struct bytes stamp_neutral_name(const struct charter *charter, unsigned neutral);

#endif
