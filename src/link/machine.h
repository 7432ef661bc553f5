/* One channel's link as a state machine: (event, state) -> (state, effects).
 * It has no socket, no clock and no random source, so that thousands of lossy
 * links can be simulated in a second.
 *
 *              dial                 connected              hello both ways
 *     DOWN ----------> DIALLING ---------------> GREETING ----------------> UP
 *      ^  \                |  failed, timer          | lost, refused, timer   |
 *      |   `--- connected (they dialled) ----------->'                        |
 *      `----------------------------------------------------------------------'
 *                     back-off 1 s doubling to 60 s, with jitter; the
 *                     same for connections that are refused again and again
 *
 * Connections are named by numbers that the shell gives out; an event about one
 * that is not the current one is ignored. Of two that come up at the same time
 * (both sides dialled) the one dialled by the charter's first party stays; after
 * RACE_SECONDS a new authenticated connection replaces the old, which the other
 * side must have given up.
 */
#ifndef MACHINE_H
#define MACHINE_H

#include "frame.h"

enum link_phase { LINK_PHASE_DOWN, LINK_PHASE_DIALLING, LINK_PHASE_GREETING, LINK_PHASE_UP };

struct link_machine {
	enum link_phase phase;
	unsigned own_party; /* 0 or 1 */
	bool may_dial;      /* allowed to, and the other side has an endpoint */
	size_t endpoint_count, next_endpoint;
	uint32_t connection; /* current one; 0: none */
	bool dialled;        /* by us */
	uint64_t since;      /* monotonic, of the connection */
	uint64_t timer;      /* monotonic; UINT64_MAX: none */
	unsigned failures;   /* dials in a row */
	unsigned refusals;   /* connections in a row that one side closed for a reason */
	bool hello_sent, hello_received;
	uint64_t credit_given, credit_spent;       /* frames they may send, and have */
	uint64_t credit_granted, credit_used;      /* frames we may send in all, and have */
	unsigned questions_taken, questions_asked; /* of theirs and ours, without an answer */
	uint64_t test_nonce;                       /* 0: no test is under way */
	uint64_t test_sent;                        /* monotonic */
	uint64_t moved;                            /* when it was sent */
	unsigned tests_missed;
};

enum link_event_type {
	LINK_EVENT_CONFIGURED,  /* may_dial, endpoint_count, own_party; changed_pin */
	LINK_EVENT_TIMER,       /* moved */
	LINK_EVENT_DIAL_FAILED, /* connection, reason */
	LINK_EVENT_CONNECTED,   /* connection, dialled: authenticated */
	LINK_EVENT_LOST,        /* connection, reason */
	LINK_EVENT_FRAME,       /* connection, frame_type, payload */
	LINK_EVENT_MALFORMED,   /* connection: the stream is not frames */
	LINK_EVENT_SEND,        /* frame_type, payload: from the engine */
	LINK_EVENT_CONSUMED,    /* count: from the engine */
	LINK_EVENT_CLOSE        /* code, reason: from the engine */
};

struct link_event {
	enum link_event_type type;
	uint64_t now;    /* monotonic nanoseconds */
	uint64_t utc;    /* milliseconds since 1970 */
	uint64_t random; /* fresh for each event: jitter, nonces */
	uint32_t connection;
	bool dialled;
	bool may_dial, changed_pin;
	unsigned own_party;
	size_t endpoint_count;
	uint8_t frame_type;
	struct bytes payload;
	uint32_t count;
	uint64_t moved; /* bytes that came, and that went while more waited: a line on
	                         * which anything moves is slow, not dead */
	int code;
	const char *reason;
};

enum link_effect_type {
	LINK_EFFECT_DIAL,         /* endpoint */
	LINK_EFFECT_DROP,         /* connection; code other than OK: with an error frame first */
	LINK_EFFECT_WRITE,        /* connection, frame_type, payload */
	LINK_EFFECT_WRITE_CREDIT, /* connection, number: frames */
	LINK_EFFECT_WRITE_TEST,   /* connection, number: nonce, time: UTC milliseconds */
	LINK_EFFECT_WRITE_ECHO,   /* connection, number: nonce, time, and the echo's own time */
	LINK_EFFECT_UP,           /* connection */
	LINK_EFFECT_DOWN,         /* code, reason */
	LINK_EFFECT_FRAME,        /* frame_type, payload: for the engine */
	LINK_EFFECT_CREDIT,       /* number: that the engine may send in all */
	LINK_EFFECT_HEALTH        /* number: round trip in microseconds, difference, time */
};

enum { LINK_REASON_CAPACITY = 160 };

struct link_effect {
	enum link_effect_type type;
	uint32_t connection;
	size_t endpoint;
	uint8_t frame_type;
	struct bytes payload;
	uint64_t number;
	uint64_t time, echo_time; /* UTC milliseconds */
	int64_t difference;       /* milliseconds, theirs minus ours */
	int code;
	char reason[LINK_REASON_CAPACITY];
};

enum { LINK_EFFECTS_MAXIMUM = 6 };

struct link_effects {
	size_t count;
	struct link_effect items[LINK_EFFECTS_MAXIMUM];
};

void link_machine_init(struct link_machine *machine);

/* Never fails: what the other side does wrong is an effect. Payloads of effects
 * are views into those of the event. machine->timer says when LINK_EVENT_TIMER is
 * due next. */
void link_machine_step(struct link_machine *machine, const struct link_event *event,
                       struct link_effects *ret_effects);

#endif
