/* What the parts of the notary share. */
#ifndef NOTARY_INTERNAL_H
#define NOTARY_INTERNAL_H

#include "checkpoint.h"
#include "encoding.h"
#include "notary.h"

enum {
	NOTARY_KEYS_MAXIMUM = 4, /* of one log */
	NOTARY_LOGS_MAXIMUM = NEUTRAL_LOGS_MAXIMUM + 2 * NEUTRAL_CHARTERS_MAXIMUM
};

/* A log that is known. */
struct notary_log {
	char origin[NOTE_NAME_CAPACITY];
	char name[HASH_HEX_CAPACITY]; /* SHA-256 of the origin */
	size_t key_count;
	struct note_key keys[NOTARY_KEYS_MAXIMUM];
	uint32_t channel;       /* of the store: one a log */
	timestamp signed_at;    /* the latest time in anything that was signed for it */
	bool cosigned;          /* at least once */
	struct checkpoint head; /* with cosigned: the latest */
	struct buffer note;     /* and its note, with the log's lines and ours */
};

struct notary {
	struct notary_settings settings;
	size_t log_count;
	struct notary_log *logs; /* by origin */
	struct buffer body;      /* of the answer */
};

/* Reads what the store has, and makes room in it for logs that are new. */
int notary_open_logs(struct notary *notary, struct error *error);

/* The head that a note's text begins with, of any log: checkpoint_parse, and extension
 * lines, none of them empty. */
int notary_head(struct bytes text, struct checkpoint *ret_head, struct error *error);

/* NULL when the origin is not known. */
struct notary_log *notary_find_log(struct notary *notary, const char *origin);

/* The time to sign with: that of the clock, but never before what was signed. */
timestamp notary_time(const struct notary *notary, const struct notary_log *log);

/* Writes the state of a log, within a transaction of the store: the time of what
 * is about to be signed, and the note. */
int notary_put_state(struct notary *notary, const struct notary_log *log, timestamp signed_at,
                     struct bytes note);

/* Answers: a sentence for people, a size, or what is in the notary's body. */
void notary_say(struct notary *notary, struct neutral_answer *ret_answer, unsigned status,
                const char *format, ...) __attribute__((format(printf, 4, 5)));
void notary_say_size(struct notary *notary, struct neutral_answer *ret_answer, unsigned status,
                     uint64_t size);
void notary_give(struct notary *notary, struct neutral_answer *ret_answer,
                 enum neutral_content content);
/* For what failed here: 413 for what is too much, else 503, to be asked again. */
void notary_say_failure(struct notary *notary, struct neutral_answer *ret_answer, int result);

/* The calls; `rest` is what follows the call's name in the path. */
void witness_add_checkpoint(struct notary *notary, struct bytes body,
                            struct neutral_answer *ret_answer);
void witness_show(struct notary *notary, struct bytes name, struct neutral_answer *ret_answer);

#endif
