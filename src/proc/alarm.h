/* An alarm: what has happened that somebody should look at, and how the program of
 * `alarm-program` (chirod.conf(5)) is told.
 *
 * The engine raises events and keeps them (src/engine/alarm_queue.c); the role
 * `alarm`, which holds neither keys nor database, runs the program once for each and
 * says how that ended. Between the two:
 *
 *     ALARM_RUN     an event                         engine to alarm
 *     its answer    u8 outcome, u32 status, sized last line
 *
 * at most ALARM_RUNS_MAXIMUM at a time, each answered once, by request number.
 *
 *     event   16 id, u8 kind, u64 time, u64 deadline, u32 more, u8 exercise, and sized
 *             channel, own, other, act, act kind, precedence, owed by, duty, sentence
 *
 * Integers are big-endian, "sized" is a u32 length and the bytes. The words among them are
 * plain (alarm_word_is_plain) and the sentence is clean (text_is_clean): whatever the other
 * side had a part in reaches the program as letters that no shell gives a meaning to.
 * Nothing of an opened body is in an event.
 */
#ifndef ALARM_H
#define ALARM_H

#include "buffer.h"
#include "result.h"
#include "timestamp.h"

enum { ALARM_RUN = 0x0700 };

enum {
	ALARM_ID_SIZE = 16,
	ALARM_ID_CAPACITY = 2 * ALARM_ID_SIZE + 1,
	ALARM_WORD_CAPACITY = 80,
	ALARM_SENTENCE_CAPACITY = 512,
	ALARM_LINE_CAPACITY = 256, /* of the last line that the program wrote */
	ALARM_RUNS_MAXIMUM = 4,    /* programs at a time */
	ALARM_EVENT_MAXIMUM = 2048 /* bytes of an event as it is sent and kept */
};

/* Numbers are stored and never reused. */
enum alarm_kind {
	ALARM_TEST,             /* a person wants to see that alarms arrive */
	ALARM_ARRIVAL,          /* an act of the other side, flash or immediate */
	ALARM_DUE_SOON,         /* what we owe is due soon */
	ALARM_OVERDUE,          /* what we or they owe is overdue */
	ALARM_LINK_TEST,        /* the link's tests have failed as often as the charter allows */
	ALARM_FAULTED,          /* the other side's log is refused */
	ALARM_READ_ONLY,        /* nothing can be logged in a channel */
	ALARM_CHANNEL,          /* another thing that `chiro status` calls an alarm */
	ALARM_CLOCK,            /* the node's clock is not believed */
	ALARM_STORE,            /* the database cannot be written: the disk is full, or worse */
	ALARM_RECEIPT_WITHHELD, /* the other side has what it does not receipt */
	ALARM_KIND_COUNT
};

/* "test", "arrival", "due-soon", "overdue", "link-test-failed", "channel-faulted",
 * "channel-read-only", "channel-alarm", "clock", "store", "receipt-withheld". */
const char *alarm_kind_name(enum alarm_kind kind);

struct alarm_event {
	/* The same at every run for the same event: by it a program drops repeats. */
	uint8_t id[ALARM_ID_SIZE];
	enum alarm_kind kind;
	timestamp time;
	timestamp deadline; /* 0: none */
	uint32_t more;      /* events of this kind that came meanwhile and are not told apart */
	bool exercise;
	/* "" where there is nothing to say. */
	char channel[ALARM_WORD_CAPACITY];
	char own[ALARM_WORD_CAPACITY], other[ALARM_WORD_CAPACITY]; /* party ids */
	char act[ALARM_WORD_CAPACITY];                             /* `south-7` */
	char act_kind[ALARM_WORD_CAPACITY];
	char precedence[ALARM_WORD_CAPACITY];
	char owed_by[ALARM_WORD_CAPACITY];      /* party id */
	char duty[ALARM_WORD_CAPACITY];         /* "acknowledge", "answer" and so on */
	char sentence[ALARM_SENTENCE_CAPACITY]; /* English, for people */
};

enum alarm_outcome {
	ALARM_NOT_RUN,   /* not yet */
	ALARM_SUCCEEDED, /* exit status 0 */
	ALARM_FAILED,    /* another; `status` */
	ALARM_KILLED,    /* ended by signal `status` */
	ALARM_TIMED_OUT, /* ended by us when its time was over */
	ALARM_NOT_STARTED,
	ALARM_OUTCOME_COUNT
};
/* "not-run", "succeeded", "failed", "killed", "timed-out", "not-started". */
const char *alarm_outcome_name(enum alarm_outcome outcome);

struct alarm_result {
	enum alarm_outcome outcome;
	uint32_t status;
	char line[ALARM_LINE_CAPACITY]; /* the last that it wrote, clean; "" for none */
};

/* Letters, digits and `.`, `-`, `_`, `:`, `+` alone: nothing that a shell, an environment or a
 * file name gives a meaning to. */
bool alarm_word_is_plain(const char *word);

/* Copies as much of a sentence as fits and is clean; the rest of it becomes `?`. */
void alarm_clean(const char *sentence, char *ret_clean, size_t capacity);

void alarm_id_print(const uint8_t id[ALARM_ID_SIZE], char ret_text[ALARM_ID_CAPACITY]);

/* Put appends. Get reads from the cursor or the whole of `body`: ERROR_SYNTAX for what an
 * event or a result may not be. */
int alarm_put_event(struct buffer *buffer, const struct alarm_event *event);
int alarm_get_event(struct cursor *cursor, struct alarm_event *ret_event);
int alarm_put_result(struct buffer *buffer, const struct alarm_result *result);
int alarm_get_result(struct bytes body, struct alarm_result *ret_result);

/* What the program gets on its standard input: one JSON object and LF. */
int alarm_put_json(struct buffer *buffer, const struct alarm_event *event);

/* And its environment: `CHIRO_EVENT=overdue` and NUL, one after the other. */
int alarm_put_environment(struct buffer *buffer, const struct alarm_event *event);

#endif
