#include "machine.h"

#include "result.h"

#include <stdio.h>
#include <string.h>

#define SECOND UINT64_C(1000000000)

enum {
	RACE_SECONDS = 5,
	DIAL_SECONDS = 15, /* for connecting and the handshake */
	HELLO_SECONDS = 10,
	TEST_SECONDS = 30, /* between tests */
	ECHO_SECONDS = 10, /* for an answer */
	TESTS_MISSED_MAXIMUM = 2,
	BACKOFF_SECONDS_MAXIMUM = 60,
	STABLE_SECONDS = 60, /* up for so long: what was wrong before is over */
	OPTIONAL_TYPE = 0x80 /* frame types from here on may be ignored */
};

void link_machine_init(struct link_machine *machine)
{
	*machine = (struct link_machine){ .timer = UINT64_MAX };
}

static struct link_effect *add(struct link_effects *effects, enum link_effect_type type)
{
	struct link_effect *effect = &effects->items[effects->count++];

	*effect = (struct link_effect){ .type = type };
	return effect;
}

/* Cut, if it must be, where a character ends. */
static void copy_reason(char ret_reason[LINK_REASON_CAPACITY], const char *reason)
{
	size_t size = strnlen(reason, LINK_REASON_CAPACITY);

	if (size == LINK_REASON_CAPACITY)
		for (size--; size > 0 && ((uint8_t)reason[size] & 0xc0) == 0x80; size--)
			;
	memcpy(ret_reason, reason, size);
	ret_reason[size] = '\0';
}

static void add_down(struct link_effects *effects, int code, const char *reason)
{
	struct link_effect *effect = add(effects, LINK_EFFECT_DOWN);

	effect->code = code;
	copy_reason(effect->reason, reason);
}

static void drop(const struct link_machine *machine, struct link_effects *effects, int code,
                 const char *reason)
{
	struct link_effect *effect = add(effects, LINK_EFFECT_DROP);

	effect->connection = machine->connection;
	effect->code = code;
	copy_reason(effect->reason, reason);
}

/* --- dialling ---------------------------------------------------------------- */

/* 1, 2, 4 … 60 seconds, each shortened by up to a half, so that two nodes that
 * lost each other do not call at the same moment for ever. */
static uint64_t back_off(const struct link_machine *machine, uint64_t random)
{
	unsigned times = machine->failures > machine->refusals ? machine->failures
	                                                       : machine->refusals;
	uint64_t seconds = BACKOFF_SECONDS_MAXIMUM, whole;

	if (times < 6)
		seconds = UINT64_C(1) << times;
	whole = seconds * SECOND;
	return whole / 2 + random % (whole / 2 + 1);
}

static void go_down(struct link_machine *machine, const struct link_event *event)
{
	machine->phase = LINK_PHASE_DOWN;
	machine->connection = 0;
	machine->timer = UINT64_MAX;
	if (machine->may_dial)
		machine->timer = event->now + back_off(machine, event->random);
}

static void dial(struct link_machine *machine, const struct link_event *event,
                 struct link_effects *effects)
{
	struct link_effect *effect = add(effects, LINK_EFFECT_DIAL);

	effect->endpoint = machine->next_endpoint++ % machine->endpoint_count;
	machine->phase = LINK_PHASE_DIALLING;
	machine->timer = event->now + DIAL_SECONDS * SECOND;
}

/* Whether the connection that ends now had lasted. */
static bool was_stable(const struct link_machine *machine, const struct link_event *event)
{
	return machine->phase == LINK_PHASE_UP &&
	       event->now - machine->since >= STABLE_SECONDS * SECOND;
}

/* Ends the current connection from our side. */
static void give_up(struct link_machine *machine, const struct link_event *event,
                    struct link_effects *effects, int code, const char *reason)
{
	drop(machine, effects, code, reason);
	add_down(effects, code, reason);
	machine->refusals = was_stable(machine, event) ? 1 : machine->refusals + 1;
	go_down(machine, event);
}

/* --- connections --------------------------------------------------------------- */

static void configured(struct link_machine *machine, const struct link_event *event,
                       struct link_effects *effects)
{
	machine->own_party = event->own_party;
	machine->endpoint_count = event->endpoint_count;
	machine->may_dial = event->may_dial && event->endpoint_count > 0;
	machine->failures = 0;
	if (machine->connection != 0 && event->changed_pin)
		give_up(machine, event, effects, ERROR_DENIED, "the pinned key has changed");
	if (machine->phase == LINK_PHASE_DOWN)
		machine->timer = machine->may_dial ? event->now : UINT64_MAX;
}

/* Of two connections that came up together. */
static bool new_one_wins(const struct link_machine *machine, const struct link_event *event)
{
	unsigned dialler = event->dialled ? machine->own_party : 1 - machine->own_party;

	if (machine->connection == 0 || machine->dialled == event->dialled)
		return true;
	return dialler == 0 || event->now - machine->since > RACE_SECONDS * SECOND;
}

static void connected(struct link_machine *machine, const struct link_event *event,
                      struct link_effects *effects)
{
	struct link_effect *effect;

	if (!new_one_wins(machine, event)) {
		effect = add(effects, LINK_EFFECT_DROP);
		effect->connection = event->connection;
		return;
	}
	if (machine->connection != 0) {
		drop(machine, effects, OK, "");
		add_down(effects, OK, "replaced by a new connection");
	}
	machine->phase = LINK_PHASE_GREETING;
	machine->connection = event->connection;
	machine->dialled = event->dialled;
	machine->since = event->now;
	machine->timer = event->now + HELLO_SECONDS * SECOND;
	machine->hello_sent = machine->hello_received = false;
	machine->credit_given = machine->credit_granted = FRAME_INITIAL_CREDIT;
	machine->credit_spent = machine->credit_used = 0;
	machine->questions_taken = machine->questions_asked = 0;
	machine->test_nonce = 0;
	machine->tests_missed = 0;
	effect = add(effects, LINK_EFFECT_UP);
	effect->connection = event->connection;
	effect = add(effects, LINK_EFFECT_CREDIT);
	effect->number = machine->credit_granted;
}

static void lost(struct link_machine *machine, const struct link_event *event,
                 struct link_effects *effects)
{
	if (machine->connection == 0 || event->connection != machine->connection)
		return;
	add_down(effects, event->code, event->reason);
	if (machine->phase != LINK_PHASE_UP)
		machine->failures++;
	if (was_stable(machine, event))
		machine->refusals = 0;
	go_down(machine, event);
}

static void dial_failed(struct link_machine *machine, const struct link_event *event,
                        struct link_effects *effects)
{
	if (machine->phase != LINK_PHASE_DIALLING)
		return;
	machine->failures++;
	add_down(effects, event->code, event->reason);
	go_down(machine, event);
}

/* --- tests ------------------------------------------------------------------------ */

static void test(struct link_machine *machine, const struct link_event *event,
                 struct link_effects *effects)
{
	struct link_effect *effect = add(effects, LINK_EFFECT_WRITE_TEST);

	effect->connection = machine->connection;
	effect->number = machine->test_nonce = event->random | 1;
	effect->time = event->utc;
	machine->test_sent = event->now;
	machine->moved = event->moved;
	machine->timer = event->now + ECHO_SECONDS * SECOND;
}

static void take_echo(struct link_machine *machine, const struct link_event *event,
                      struct link_effects *effects)
{
	struct link_effect *effect;
	struct frame_echo echo;
	uint64_t trip;

	if (frame_get_echo(event->payload, &echo, NULL) != OK) {
		give_up(machine, event, effects, ERROR_SYNTAX, "malformed echo frame");
		return;
	}
	if (machine->test_nonce == 0 || echo.nonce != machine->test_nonce)
		return;
	trip = event->now - machine->test_sent;
	machine->test_nonce = 0;
	machine->tests_missed = 0;
	machine->timer = event->now + TEST_SECONDS * SECOND;
	effect = add(effects, LINK_EFFECT_HEALTH);
	effect->number = trip / 1000;
	effect->time = event->utc;
	/* Their clock was read half a round trip ago. */
	effect->difference = (int64_t)(echo.echoed - event->utc) + (int64_t)(trip / 2000000);
}

static void take_test(struct link_machine *machine, const struct link_event *event,
                      struct link_effects *effects)
{
	struct link_effect *effect;
	struct frame_test frame;

	if (frame_get_test(event->payload, &frame, NULL) != OK) {
		give_up(machine, event, effects, ERROR_SYNTAX, "malformed test frame");
		return;
	}
	effect = add(effects, LINK_EFFECT_WRITE_ECHO);
	effect->connection = machine->connection;
	effect->number = frame.nonce;
	effect->time = frame.sent;
	effect->echo_time = event->utc;
}

static void timer(struct link_machine *machine, const struct link_event *event,
                  struct link_effects *effects)
{
	machine->timer = UINT64_MAX;
	switch (machine->phase) {
	case LINK_PHASE_DOWN:
		if (machine->may_dial)
			dial(machine, event, effects);
		break;
	case LINK_PHASE_DIALLING:
		machine->failures++;
		go_down(machine, event);
		break;
	case LINK_PHASE_GREETING:
		give_up(machine, event, effects, ERROR_WAIT, "no hello came in time");
		break;
	case LINK_PHASE_UP:
		if (machine->test_nonce == 0 || event->moved != machine->moved)
			machine->tests_missed = 0;
		else
			machine->tests_missed++;
		if (machine->tests_missed >= TESTS_MISSED_MAXIMUM)
			give_up(machine, event, effects, ERROR_WAIT,
			        "link tests were not answered");
		else
			test(machine, event, effects);
		break;
	}
}

/* --- frames ----------------------------------------------------------------------- */

static bool costs_credit(uint8_t type)
{
	return type == FRAME_ENTRIES || type == FRAME_BLOB_REQUEST || type == FRAME_BLOB_CHUNK;
}

static bool is_answer(uint8_t type)
{
	return type == FRAME_MATCH_REPLY || type == FRAME_MATCH_BEHIND;
}

/* Questions cost no credit, so that entries do not hold them up: so many may be open, each with
 * one answer. False, and the connection is given up, when the frame breaks that. */
static bool count_question(struct link_machine *machine, const struct link_event *event,
                           struct link_effects *effects)
{
	if (event->frame_type == FRAME_MATCH_REQUEST &&
	    ++machine->questions_taken > FRAME_QUESTIONS_MAXIMUM) {
		give_up(machine, event, effects, ERROR_LIMIT, "more questions than may be open");
		return false;
	}
	if (!is_answer(event->frame_type))
		return true;
	if (machine->questions_asked == 0) {
		give_up(machine, event, effects, ERROR_STATE, "an answer that nobody asked for");
		return false;
	}
	machine->questions_asked--;
	return true;
}

static void now_up_if_greeted(struct link_machine *machine, const struct link_event *event)
{
	if (machine->phase != LINK_PHASE_GREETING || !machine->hello_sent ||
	    !machine->hello_received)
		return;
	machine->phase = LINK_PHASE_UP;
	machine->failures = 0;
	machine->timer = event->now; /* the first test follows at once */
}

static void take_credit(struct link_machine *machine, const struct link_event *event,
                        struct link_effects *effects)
{
	struct frame_credit credit;

	if (frame_get_credit(event->payload, &credit, NULL) != OK) {
		give_up(machine, event, effects, ERROR_SYNTAX, "malformed credit frame");
		return;
	}
	/* Credit is given back, never ahead: what we queue for them stays bounded. */
	if (credit.frames > machine->credit_used + FRAME_INITIAL_CREDIT - machine->credit_granted) {
		give_up(machine, event, effects, ERROR_LIMIT, "more credit than was used");
		return;
	}
	machine->credit_granted += credit.frames;
	add(effects, LINK_EFFECT_CREDIT)->number = machine->credit_granted;
}

static void take_error(struct link_machine *machine, const struct link_event *event,
                       struct link_effects *effects)
{
	struct frame_error frame;
	char reason[2 * FRAME_ERROR_MAXIMUM];

	if (frame_get_error(event->payload, &frame, NULL) != OK)
		snprintf(reason, sizeof reason,
		         "the other side closed with a malformed error frame");
	else
		snprintf(reason, sizeof reason, "the other side closed: %.*s",
		         (int)frame.message.size, (const char *)frame.message.data);
	give_up(machine, event, effects, OK, reason);
}

static void take_bye(struct link_machine *machine, const struct link_event *event,
                     struct link_effects *effects)
{
	give_up(machine, event, effects, OK, "the other side closed the connection");
}

/* Frames that the link deals with itself; the others are the engine's. */
static const struct {
	uint8_t type;
	bool before_hello;
	void (*take)(struct link_machine *machine, const struct link_event *event,
	             struct link_effects *effects);
} own_frames[] = {
	{ FRAME_TEST, false, take_test },     { FRAME_ECHO, false, take_echo },
	{ FRAME_CREDIT, false, take_credit }, { FRAME_ERROR, true, take_error },
	{ FRAME_BYE, true, take_bye },
};

static void hello_is_first(struct link_machine *machine, const struct link_event *event,
                           struct link_effects *effects)
{
	give_up(machine, event, effects, ERROR_STATE, "hello must come first, and once");
}

/* The layouts of the engine's frames, checked before they are handed on. */
static int check_layout(uint8_t type, struct bytes payload, struct error *error)
{
	union {
		struct frame_hello hello;
		struct frame_entries entries;
		struct frame_cosignature cosignature;
		struct frame_blob_request request;
		struct frame_blob_chunk chunk;
		struct frame_match match;
		struct frame_match_behind behind;
	} frame;

	switch (type) {
	case FRAME_HELLO:
		return frame_get_hello(payload, &frame.hello, error);
	case FRAME_ENTRIES:
		return frame_get_entries(payload, &frame.entries, error);
	case FRAME_COSIGNATURE:
		return frame_get_cosignature(payload, &frame.cosignature, error);
	case FRAME_BLOB_REQUEST:
		return frame_get_blob_request(payload, &frame.request, error);
	case FRAME_BLOB_CHUNK:
		return frame_get_blob_chunk(payload, &frame.chunk, error);
	case FRAME_MATCH_REQUEST:
		return frame_get_match_request(payload, &frame.match, error);
	case FRAME_MATCH_REPLY:
		return frame_get_match_reply(payload, &frame.match, error);
	case FRAME_MATCH_BEHIND:
		return frame_get_match_behind(payload, &frame.behind, error);
	default:
		return error_set(error, ERROR_UNSUPPORTED, "frames of type %u are not known", type);
	}
}

static void frame(struct link_machine *machine, const struct link_event *event,
                  struct link_effects *effects)
{
	struct link_effect *effect;
	struct error why;

	if (machine->connection == 0 || event->connection != machine->connection)
		return;
	for (size_t i = 0; i < sizeof own_frames / sizeof own_frames[0]; i++)
		if (own_frames[i].type == event->frame_type) {
			if (machine->hello_received || own_frames[i].before_hello)
				own_frames[i].take(machine, event, effects);
			else
				hello_is_first(machine, event, effects);
			return;
		}
	if (event->frame_type >= OPTIONAL_TYPE)
		return;
	if (check_layout(event->frame_type, event->payload, &why) != OK) {
		give_up(machine, event, effects, why.code, why.message);
		return;
	}
	if (machine->hello_received == (event->frame_type == FRAME_HELLO)) {
		hello_is_first(machine, event, effects);
		return;
	}
	if (costs_credit(event->frame_type) && ++machine->credit_spent > machine->credit_given) {
		give_up(machine, event, effects, ERROR_LIMIT,
		        "frames beyond the credit that was given");
		return;
	}
	if (!count_question(machine, event, effects))
		return;
	effect = add(effects, LINK_EFFECT_FRAME);
	effect->frame_type = event->frame_type;
	effect->payload = event->payload;
	if (event->frame_type == FRAME_HELLO) {
		machine->hello_received = true;
		now_up_if_greeted(machine, event);
	}
}

static void malformed(struct link_machine *machine, const struct link_event *event,
                      struct link_effects *effects)
{
	if (machine->connection != 0 && event->connection == machine->connection)
		give_up(machine, event, effects, ERROR_LIMIT, "a frame is empty or too long");
}

/* --- from the engine ---------------------------------------------------------------- */

static void send(struct link_machine *machine, const struct link_event *event,
                 struct link_effects *effects)
{
	struct link_effect *effect;

	if (machine->connection == 0 || (event->frame_type != FRAME_HELLO) != machine->hello_sent)
		return;
	effect = add(effects, LINK_EFFECT_WRITE);
	effect->connection = machine->connection;
	effect->frame_type = event->frame_type;
	effect->payload = event->payload;
	machine->credit_used += costs_credit(event->frame_type);
	machine->questions_asked += event->frame_type == FRAME_MATCH_REQUEST;
	machine->questions_taken -= is_answer(event->frame_type) && machine->questions_taken > 0;
	if (event->frame_type == FRAME_HELLO) {
		machine->hello_sent = true;
		now_up_if_greeted(machine, event);
	}
}

static void consumed(struct link_machine *machine, const struct link_event *event,
                     struct link_effects *effects)
{
	struct link_effect *effect;

	/* Before the hello: of frames of an earlier connection. */
	if (machine->connection == 0 || !machine->hello_sent)
		return;
	machine->credit_given += event->count;
	effect = add(effects, LINK_EFFECT_WRITE_CREDIT);
	effect->connection = machine->connection;
	effect->number = event->count;
}

static void close_connection(struct link_machine *machine, const struct link_event *event,
                             struct link_effects *effects)
{
	if (machine->connection != 0 && machine->hello_sent)
		give_up(machine, event, effects, event->code, event->reason);
}

void link_machine_step(struct link_machine *machine, const struct link_event *event,
                       struct link_effects *ret_effects)
{
	static void (*const steps[])(struct link_machine *, const struct link_event *,
	                             struct link_effects *) = {
		[LINK_EVENT_CONFIGURED] = configured,
		[LINK_EVENT_TIMER] = timer,
		[LINK_EVENT_DIAL_FAILED] = dial_failed,
		[LINK_EVENT_CONNECTED] = connected,
		[LINK_EVENT_LOST] = lost,
		[LINK_EVENT_FRAME] = frame,
		[LINK_EVENT_MALFORMED] = malformed,
		[LINK_EVENT_SEND] = send,
		[LINK_EVENT_CONSUMED] = consumed,
		[LINK_EVENT_CLOSE] = close_connection,
	};

	ret_effects->count = 0;
	steps[event->type](machine, event, ret_effects);
}
