/* Alarms: what they are raised for, and how they are kept until the program of
 * `alarm-program` has taken them (alarm.h). Private to src/engine.
 *
 *     alarm_watch.c     looks, each turn, at what stands
 *     alarm_deadline.c  at what has come due, when it has
 *     alarm_queue.c     keeps the events, has them run, remembers how that ended
 *
 *     raised -> waiting -> running -> delivered
 *                  ^          |
 *                  '- failed -'  at most 1 + `alarm-retries` times, then given up
 *
 * Without a program an event is noted: in the journal and in the list, no more. An event is
 * in the database before the program is run for it, and so is the number of the attempt; a
 * node that is killed runs it again at its next start, with the same id, and never more often
 * than it would have. When the database cannot be written, which is an alarm too, events are
 * run first and stored when it can.
 *
 * Many events of a kind at once do not become as many runs: of one kind, channel and precedence
 * at most ALARMS_APART wait each for itself, what comes then is counted in the newest of
 * them (`more`).
 */
#ifndef ALARMS_H
#define ALARMS_H

#include "alarm.h"
#include "journal.h"
#include "rules.h"

struct engine;
struct engine_channel;

enum {
	ALARMS_APART = 16,
	ALARMS_KEPT = 500,        /* that have ended, for the list */
	ALARM_RETRY_MAXIMUM = 900 /* seconds between two attempts */
};

enum alarm_state {
	ALARM_WAITING,
	ALARM_RUNNING,
	ALARM_DELIVERED,
	ALARM_GIVEN_UP,
	ALARM_NOTED,
	ALARM_STATE_COUNT
};
/* "waiting", "running", "delivered", "given-up", "noted". */
const char *alarm_state_name(enum alarm_state state);

struct alarm_entry {
	uint64_t number; /* in the order in which they were raised */
	struct alarm_event event;
	enum alarm_state state;
	uint32_t attempts;
	struct alarm_result result; /* of the last attempt that ended */
	timestamp ended;            /* when that was, 0: never */
	uint64_t next;              /* monotonic: when it may run, while it waits */
	uint32_t request;           /* while it runs */
	bool chosen;                /* for a run, once this turn is stored */
	bool unsaved;               /* differs from what is stored */
};

/* Something that is so until it is not: an alarm is raised when it begins. */
struct alarm_standing {
	enum alarm_kind kind;
	struct hash what; /* the channel; zeros: the node */
	uint64_t seen;    /* monotonic: when it was so last; 0: not since the start */
};

struct alarm_queue {
	struct alarm_entry **entries; /* by number */
	size_t count, capacity;
	uint64_t last_number;
	uint32_t last_request;
	struct alarm_standing *standing;
	size_t standing_count, standing_capacity;
	bool standing_changed;
	bool ready; /* the role can be sent to */
};

/* How far the deadlines of a channel have been looked at. */
struct alarm_deadlines {
	bool loaded, looked;
	timestamp told;    /* up to here, what was in the agenda */
	uint64_t revision; /* of the agenda then */
	timestamp next;    /* when there is something to look at; 0: nothing */
};

/* --- alarm_queue.c ------------------------------------------------------------------ */

int alarms_load(struct engine *engine);
void alarms_release(struct engine *engine);

/* Raises an event whose id is given: nothing when there is one of that id. Its time is
 * now. ERROR_MEMORY. */
int alarms_raise(struct engine *engine, const struct alarm_event *event);

/* How urgent the journal calls it: by precedence, where it has one, and kind. */
enum journal_level alarm_level(const struct alarm_event *event, const char *own);

/* Chooses what is to be run and writes what has changed into the turn's transaction. */
int alarms_save(struct engine *engine);
/* After it: has the role run what was chosen. */
void alarms_send(struct engine *engine);
uint64_t alarms_timer(const struct engine *engine);
/* Whether this turn may write for the sake of alarms: not soon after one that could not. */
bool alarms_may_write(const struct engine *engine);

/* How many were given up in the last day, among those that are kept. */
size_t alarms_given_up(const struct engine *engine);

/* --- alarm_watch.c ------------------------------------------------------------------ */

/* The parts of an event. Its id is made of kind, what it is about, and a number that tells
 * one from the next; the words are those of the channel and of the act at a place. */
void alarm_begin(struct alarm_event *event, enum alarm_kind kind,
                 const struct engine_channel *channel);
void alarm_about(struct alarm_event *event, const struct engine_channel *channel,
                 struct act_place place);
void alarm_owed(struct alarm_event *event, const char *party, const char *duty, timestamp deadline);
void alarm_say(struct alarm_event *event, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void alarm_identify(struct alarm_event *event, const struct hash *what, uint64_t number);

/* Monotonic: when it is `time`, or a day from now. */
uint64_t alarm_clock(const struct engine *engine, timestamp time);

/* An act of the other side has arrived, and counts. */
int alarm_arrival(struct engine_channel *channel, struct act_place place);

/* A person wants to see one arrive. */
int alarm_test(struct engine *engine, uint8_t ret_id[ALARM_ID_SIZE]);

/* Looks at everything that can be so, before the turn is stored. */
int alarms_watch(struct engine *engine);

/* --- alarm_deadline.c ---------------------------------------------------------------- */

int alarm_deadlines(struct engine_channel *channel);
uint64_t alarm_deadline_timer(const struct engine_channel *channel);

#endif
