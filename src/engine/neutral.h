/* The neutrals of a channel, which its charter names: witnesses, which cosign
 * heads, and a depositary, which is a witness that also keeps entries and sealed
 * bodies for the other side. They are asked over HTTP by way of the messenger, at
 * the URL that chirod.conf gives for the name of their key.
 *
 * With each neutral and each log there are efforts: to have the head cosigned, to
 * deposit the own log, to collect either. An effort knows when it is due, asks
 * one question, and takes its answer; one question at a time is under way for a
 * neutral and log. What fails is tried again after a delay that doubles, and says
 * in the status since when and why.
 *
 *     neutral.c          loading, asking, answers, delays, timers
 *     neutral_cosign.c   heads: add-checkpoint and the monitoring call
 *     neutral_deposit.c  what the other side has not receipted, to the depositary
 *     neutral_collect.c  what the other side has left there
 *     neutral_envelope.c requests that only a party can make, for both of them
 *     neutral_stamp.c    which of their words are worth an entry of the own log
 *     neutral_silence.c  a word that the other log has come no further, when it is overdue
 *
 * All that a neutral says is hostile. A signature line is kept when it verifies
 * under the key that the charter names, and everything else is dropped; a head
 * that it shows counts when the log's own key has signed it.
 */
#ifndef NEUTRAL_H
#define NEUTRAL_H

#include "deposit_request.h"
#include "messenger_messages.h"
#include "note.h"
#include "store.h"

struct engine_channel;

/* In the order in which they are asked when several are due. */
enum neutral_effort_kind {
	EFFORT_LOOK,
	EFFORT_COSIGN,
	EFFORT_DEPOSIT,
	EFFORT_COLLECT,
	EFFORT_COUNT
};

enum {
	NEUTRAL_REASON_CAPACITY = 320,
	NEUTRALS_MAXIMUM = 9,
	STAMPS_WAITING_MAXIMUM = 8 /* that the own log is still to take */
};

struct neutral_effort {
	uint64_t next_try;       /* monotonic: not before */
	uint64_t delay;          /* nanoseconds after the next failure; 0: the first */
	timestamp failing_since; /* 0: it does not fail */
	char reason[NEUTRAL_REASON_CAPACITY];
};

/* What is under way or known of one log at one neutral. */
struct neutral_log {
	struct neutral_effort efforts[EFFORT_COUNT];

	uint32_t question;              /* that is under way; 0: none */
	enum neutral_effort_kind asker; /* the effort that asked */
	uint64_t deadline;              /* monotonic: it counts as failed then */

	/* cosigning */
	uint64_t known;          /* size that the neutral has cosigned, as far as we know */
	uint64_t cosigned;       /* greatest size with a line of it that is kept */
	timestamp cosigned_time; /* of its newest line */
	uint64_t answered;       /* monotonic: when that came; 0: not since the start */
	uint64_t asked_old, asked_size;
	bool anew;         /* asked for again although cosigned: its word is wanted now */
	unsigned retries;  /* at once, after it named another size */
	uint64_t ahead_of; /* size of ours at which it was found to hold more; 0: not */
	bool look;         /* it contradicted: the monitoring call is next */
};

struct depositing;
struct collecting;

struct neutral {
	struct note_key key;
	const char *url; /* in the configuration; NULL: there is none */
	bool witness;    /* of the charter's quorum */
	bool depositary;
	char cosigner[STORE_NAME_CAPACITY]; /* under which the store keeps its lines */
	struct neutral_log logs[2];         /* by party */
	/* Of a depositary: */
	struct depositing *depositing;
	struct collecting *collecting[2]; /* by party */
};

/* A neutral's word that is to be put on record in the own log. */
struct waiting_stamp {
	struct waiting_stamp *next;
	unsigned party;     /* whose log it is about */
	struct buffer note; /* as the neutral signed it */
};

/* What the other side owes, and whether a neutral's word of its log is wanted. */
struct silence_watch {
	uint64_t *acts; /* own ones that may oblige it to something that it has not done */
	size_t count, capacity;
	uint64_t looked_at; /* own entries below are among them, or oblige it to nothing */
	uint64_t looked;    /* monotonic: when that was looked through; 0: never */
	uint64_t next;      /* monotonic: when the next deadline then was to pass */
	timestamp wanted;   /* a word of a time later than this is; 0: none */
	uint64_t stamped;   /* monotonic: when the last such word was put on record; 0: never */
};

/* The key by which collections are asked for, and bodies left: made at each start, in
 * memory only, and certified by the keeper under the link key of each channel. */
struct collector {
	bool made;
	struct ed25519_secret secret;
};

/* Reads the charter, the configuration and the kept lines; on failure nothing is
 * left behind but what neutrals_free frees. */
int neutrals_load(struct engine_channel *channel);
void neutrals_free(struct engine_channel *channel);

/* Asks what is due. Called when all of the turn is durable. */
void neutrals_ask(struct engine_channel *channel);

/* Monotonic time at which neutrals_ask has something to do; UINT64_MAX: never. */
uint64_t neutrals_next_timer(const struct engine_channel *channel);

/* The messenger has gone, with every question: they are asked again. */
void neutrals_forget_questions(struct engine_channel *channel);

/* Has every neutral cosign the own head anew, whatever is kept: for what its word
 * of now is worth. */
void neutrals_ask_anew(struct engine_channel *channel);

/* Since when an effort fails, and why; 0 and NULL when none does. The one that has
 * failed longest. */
timestamp neutral_failing_since(const struct neutral *neutral, const char **ret_reason);

/* What a deposit and a collection have come to. */
struct neutral_custody {
	uint64_t deposited;       /* own entries that the depositary is known to hold */
	timestamp last_collected; /* when it was asked last with success; 0: not since the start */
};
void neutral_custody(const struct neutral *neutral, const struct engine_channel *channel,
                     struct neutral_custody *ret_custody);

/* Since when the other side has had what it has not receipted: since it was sent to it,
 * or lay with the depositary by a certificate that counts. 0: it may not have it. */
timestamp neutrals_withheld_since(const struct engine_channel *channel);

/* --- shared by the files above ----------------------------------------------- */

struct neutral_question {
	struct engine_channel *channel;
	struct neutral *neutral;
	struct neutral_log *log;
	unsigned party; /* whose log */
};

/* Sends a question. `path` is appended to the URL; `content` NULL: GET. */
int neutral_ask(const struct neutral_question *question, const char *path, const char *content_type,
                const struct buffer *content);

/* The effort has succeeded: its delays and reason are over. */
void neutral_succeeded(const struct neutral_question *question, enum neutral_effort_kind kind);

/* It has failed: tried again after a delay. */
void neutral_failed(const struct neutral_question *question, enum neutral_effort_kind kind,
                    const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The sentence for a status that is no success. */
void neutral_refused(const struct neutral_question *question, enum neutral_effort_kind kind,
                     const struct messenger_answer *answer);

/* The size in an answer of 409 (C2SP tlog-witness); ERROR_SYNTAX when there is none. */
int neutral_size_of_conflict(const struct messenger_answer *answer, uint64_t *ret_size);

/* One kind of effort. `due`: monotonic time, UINT64_MAX when there is nothing to do.
 * `ask` sends one question: OK, or what failed here. `answer` takes what came: OK, or
 * the failure of memory or database that ends the turn. */
struct neutral_effort_row {
	uint64_t (*due)(const struct neutral_question *question);
	int (*ask)(const struct neutral_question *question);
	int (*answer)(const struct neutral_question *question,
	              const struct messenger_answer *answer, struct error *error);
};

extern const struct neutral_effort_row neutral_look_row, neutral_cosign_row, neutral_deposit_row,
    neutral_collect_row;

/* --- neutral_envelope.c --- */

/* Appends a request about the question's log, signed; its origin, nonce and time are
 * filled in. OK, or what failed here. */
int neutral_put_envelope(const struct neutral_question *question, struct collect_request *request,
                         struct buffer *body);

/* An effort has failed since such a request was answered with 403. `what`: it does not
 * let us … */
void neutral_envelope_refused(const struct neutral_question *question,
                              enum neutral_effort_kind kind, const char *what);

/* --- neutral_deposit.c, neutral_collect.c --- */

int depositing_new(const struct engine_channel *channel, struct depositing **ret_depositing);
void depositing_free(struct depositing *depositing);
uint64_t depositing_size(const struct depositing *depositing);
int collecting_new(struct collecting **ret_collecting);
void collecting_free(struct collecting *collecting);
timestamp collecting_time(const struct collecting *collecting);

/* --- neutral_stamp.c --- */

/* What the next certificate is to be for. */
struct uncertified {
	uint64_t first; /* number of the first own act that none covers */
	size_t blob_count;
	struct deposit_blob blobs[DEPOSIT_BLOBS_MAXIMUM]; /* of it and those after */
};

/* Whether there are acts of own people that the other side has not receipted and that no
 * stamped certificate covers, among the entries below `size`. */
bool stamp_is_owed(const struct engine_channel *channel, uint64_t size,
                   struct uncertified *ret_uncertified);

/* Puts a note in the queue, which channel->stamps begins; the turn logs it. ERROR_MEMORY;
 * a note that is there already, or one too many, is dropped. */
int stamp_add(struct engine_channel *channel, unsigned party, struct bytes note);
void stamp_remove_first(struct engine_channel *channel);

/* Queues, for an acceptance that the other side has not receipted, the cosigned head that
 * shows it was there before the offer expired. OK, or a failure of this machine. */
int stamp_acceptances(struct engine_channel *channel);
/* When that is to be looked for; monotonic. */
uint64_t stamps_due(const struct engine_channel *channel);

/* --- neutral_silence.c --- */

/* When it is to be looked for what is overdue (monotonic), and doing it: OK, or a failure
 * of this machine. */
uint64_t silence_due(const struct engine_channel *channel);
int silence_look(struct engine_channel *channel);
/* A neutral has cosigned a head of a log: the note with its line, and the time. Queues it
 * where it is wanted. ERROR_MEMORY. */
int silence_take_line(struct engine_channel *channel, unsigned party, struct bytes note,
                      timestamp time);
void silence_release(struct engine_channel *channel);

#endif
