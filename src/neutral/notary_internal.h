/* What the parts of the notary share. */
#ifndef NOTARY_INTERNAL_H
#define NOTARY_INTERNAL_H

#include "deposit_box.h"
#include "deposit_request.h"
#include "encoding.h"
#include "notary.h"

enum {
	NOTARY_KEYS_MAXIMUM = 4, /* of one log */
	NOTARY_BOXES_MAXIMUM = 2 * NEUTRAL_CHARTERS_MAXIMUM,
	/* Logs that deposits have named: none can be too many. */
	NOTARY_SUCCESSORS_MAXIMUM = NOTARY_BOXES_MAXIMUM * (DEPOSIT_GENERATIONS_MAXIMUM - 1),
	NOTARY_LOGS_MAXIMUM = NEUTRAL_LOGS_MAXIMUM + NOTARY_BOXES_MAXIMUM +
	                      NOTARY_SUCCESSORS_MAXIMUM,
	/* Seconds between a party's clock and ours; and for which its nonces are kept, also
	 * when the clock is set back a little. */
	NOTARY_SKEW_MAXIMUM = 5 * 60,
	NOTARY_NONCES_KEPT = 3 * NOTARY_SKEW_MAXIMUM
};

/* One party's log in one channel that deposits are taken for. */
struct notary_box {
	struct deposit_box deposit;
	struct notary_log *log; /* of its first generation, whose time all of them go by */
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
	struct notary_box *box; /* NULL: no deposits */
	unsigned generation;    /* with a box: of its log */
};

struct notary {
	struct notary_settings settings;
	size_t log_count;
	struct notary_log *logs; /* by origin */
	size_t box_count;
	struct notary_box *boxes; /* those of charter i at 2 * i and 2 * i + 1 */
	timestamp ticked;         /* when expiry was last looked at */
	timestamp clock_base;     /* what the clock said when it was last believed … */
	uint64_t clock_monotonic; /* … and when that was */
	bool clock_leapt;
	bool failed;        /* memory and store may differ: the process must end */
	struct buffer body; /* of the answer */
};

/* Reads what the store has, and makes room in it for logs that are new. */
int notary_open_logs(struct notary *notary, struct error *error);

/* The head that a note's text begins with, of any log: checkpoint_parse, and extension
 * lines, none of them empty. */
int notary_head(struct bytes text, struct checkpoint *ret_head, struct error *error);

/* Opens the boxes of a depositary. */
int notary_open_boxes(struct notary *notary, struct error *error);

/* Knows the log of each generation that a box has. */
int notary_know_generations(struct notary *notary, struct notary_box *box);

/* NULL when the origin is not known. */
struct notary_log *notary_find_log(struct notary *notary, const char *origin);

/* The time to sign with: that of the clock, but never before what was signed. */
timestamp notary_time(const struct notary *notary, const struct notary_log *log);

/* Signs nothing, but remembers durably, within a transaction of the store, that
 * something is about to be signed for this log at that time. */
int notary_put_time(struct notary *notary, const struct notary_log *log, timestamp signed_at);

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
void depositary_entries(struct notary *notary, struct bytes body,
                        struct neutral_answer *ret_answer);
void depositary_blob(struct notary *notary, struct bytes body, struct neutral_answer *ret_answer);
void depositary_certificate(struct notary *notary, struct bytes body,
                            struct neutral_answer *ret_answer);
void depositary_collect(struct notary *notary, struct bytes body, enum collect_kind kind,
                        struct neutral_answer *ret_answer);

/* What a party alone can ask, out of its envelope: views into the call's body. */
struct party_request {
	struct collect_request request;
	struct collect_envelope envelope;
	struct notary_box *box;
	unsigned party; /* that asks */
	timestamp now;
};

/* Opens a request of this kind, and says whether it is to be answered: it is by a party
 * that may ask it, now, for the first time, and for the payload that follows it. If not, it
 * is answered here, and has used up nothing. */
bool party_request_open(struct notary *notary, struct bytes body, enum collect_kind kind,
                        struct party_request *ret_asked, struct bytes *ret_payload,
                        struct neutral_answer *ret_answer);

/* Remembers, within a transaction of the store, the nonce, and the time if something is
 * signed at it; party_request_stored follows the commit. */
int party_request_put(struct notary *notary, const struct party_request *asked,
                      timestamp signed_at);
void party_request_stored(const struct party_request *asked, timestamp signed_at);

/* What the depositary is limited to just now. */
struct deposit_limits depositary_limits(const struct notary *notary);

/* The box of a log, by the origin of any of its generations, or of the one that would
 * come next; NULL when there is none. */
struct notary_box *depositary_find_box(struct notary *notary, const char *origin,
                                       unsigned *ret_generation);

/* Whether the head is by a key that another has replaced before the head's end. */
bool depositary_is_replaced(const struct notary_log *log, const struct checkpoint *head);

/* Whether what was left of this log has another root at the head's size. */
bool depositary_contradicts(const struct notary_log *log, const struct checkpoint *head);

/* Frees what has expired, little by little. */
void depositary_expire(struct notary *notary);

#endif
