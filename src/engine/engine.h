/* The engine: the one owner of the database and of the rules.
 *
 * Events come in (a message of link, http, reader, messenger, alarm or
 * evaluator; the clock), effects go
 * out through `struct engine_settings`. It opens no socket and no file and runs
 * the same over a simulated world.
 *
 * What a turn of the loop collected is committed together by engine_turn:
 *
 *     1  judge what came from the other side, and what people submitted
 *     2  store all of it, in one transaction              (entries are durable)
 *     3  the keeper appends the own leaves and signs the head; cosigns theirs
 *     4  store head and cosignature                       (the head is durable)
 *     5  send: frames to the other side, answers to people
 *
 * A process killed between any two of these repeats 3 to 5 at its next start,
 * from the database alone: the keeper's answer to the same batch is the same.
 */
#ifndef ENGINE_H
#define ENGINE_H

#include "act.h"
#include "configuration.h"
#include "keeper_messages.h"
#include "random_source.h"
#include "reader.h"
#include "store.h"
#include "timestamp.h"

struct engine;

/* The keeper, asked and answering at once; see keeper_client.h for each call.
 * ERROR_IO (it cannot write, is gone or does not answer) is fatal to the engine. */
struct engine_keeper {
	void *context;
	int (*status)(void *context, struct keeper_status *ret_status, struct error *error);
	int (*new_setup)(void *context, struct keeper_setup_keys *ret_keys, struct error *error);
	int (*discard_setup)(void *context, const uint8_t setup[KEEPER_SETUP_SIZE],
	                     struct error *error);
	int (*adopt)(void *context, const uint8_t setup[KEEPER_SETUP_SIZE], unsigned own_party,
	             struct bytes charter, struct hash *ret_channel, struct error *error);
	int (*sign)(void *context, const struct keeper_sign *sign, struct buffer *armors,
	            struct bytes *ret_armors, struct error *error);
	int (*commit)(void *context, const struct keeper_commit *commit, struct buffer *head,
	              struct buffer *cosignature, struct error *error);
	int (*unseal)(void *context, const struct hash *channel, struct bytes header,
	              uint8_t ret_file_key[KEEPER_FILE_KEY_SIZE], struct error *error);
	int (*link_certificate)(void *context, const struct hash *channel,
	                        const struct ed25519_public *public_key, struct buffer *certificate,
	                        struct error *error);
	int (*succession)(void *context, const struct keeper_succession *succession,
	                  struct error *error);
	int (*adopt_successor)(void *context, const struct keeper_successor *successor,
	                       struct hash *ret_channel, struct error *error);
	int (*new_key)(void *context, const struct hash *channel, enum keeper_purpose purpose,
	               char ret_key[KEEPER_KEY_TEXT_CAPACITY], struct error *error);
	int (*activate_key)(void *context, const struct hash *channel, enum keeper_purpose purpose,
	                    const char *key, struct error *error);
	int (*recover)(void *context, const struct keeper_recover *recover, struct error *error);
	int (*call_words)(void *context, const struct keeper_call *call,
	                  struct call_words *ret_words, struct error *error);
	int (*destroy_reading_key)(void *context, const struct keeper_destruction *destruction,
	                           struct error *error);
	int (*sign_exchange)(void *context, const struct keeper_exchange *exchange,
	                     struct buffer *text, struct buffer *armor, struct error *error);
};

/* Where effects go. Messages are queued by the receiver and never fail here: a
 * peer process that is gone loses them, and the engine is told of its successor. */
struct engine_effects {
	void *context;
	void (*send_link)(void *context, uint16_t type, struct bytes body);
	/* Whether so much waits for the link that frames should wait too; engine_turn
	 * is called when that is over. NULL: never. */
	bool (*link_is_full)(void *context);
	/* A question to a neutral (MESSENGER_ASK). NULL: engine_messenger_started is never
	 * called. */
	void (*send_messenger)(void *context, uint32_t request, struct bytes body);
	void (*send_http)(void *context, uint16_t type, uint32_t request, struct bytes body);
	/* Opens one blob of a channel (store number and hash) in a fresh reader and
	 * drops what it says; its outcome comes back as engine_handle_opened. */
	void (*open_body)(void *context, uint32_t channel, const struct reader_request *request);
	/* An alarm to run the program for (ALARM_RUN). NULL: alarms are only noted. */
	void (*send_alarm)(void *context, uint32_t request, struct bytes body);
	/* A question to the evaluator (evaluator_messages.h). NULL: engine_evaluator_started
	 * is never called. */
	void (*send_evaluator)(void *context, uint16_t type, uint32_t request, struct bytes body);
};

struct engine_settings {
	const struct configuration *configuration; /* outlives the engine */
	struct bytes configuration_text;           /* what it was parsed from; likewise */
	struct store *store;                       /* likewise; not closed by it */
	struct engine_keeper keeper;
	struct engine_effects effects;
	struct clock clock;
	struct random_source random;
	/* Every channel is a copy that is only read and fed from files; the keeper is
	 * never asked, and there is neither link nor reader. */
	bool mirror;
};

/* Loads every channel, replays its entries through the rules, and repairs what
 * an abrupt end left between two steps of a turn. A channel that must not be
 * written to (keeper ahead of the database, keeper state lost) is loaded for
 * reading and says why in its status. */
int engine_new(const struct engine_settings *settings, struct engine **ret_engine,
               struct error *error);
void engine_free(struct engine *engine);

/* Events. OK, or why the engine must end: a message that breaks the layouts of
 * link_messages.h or api_messages.h can only come from a role gone wrong. */
int engine_handle_link(struct engine *engine, uint16_t type, struct bytes body,
                       struct error *error);
int engine_handle_http(struct engine *engine, uint16_t type, uint32_t request, struct bytes body,
                       struct error *error);
/* An answer of the messenger, or MESSAGE_ERROR: see messenger_messages.h. */
int engine_handle_messenger(struct engine *engine, uint16_t type, uint32_t request,
                            struct bytes body, struct error *error);
/* How a run of the alarm program ended: see alarm.h. */
int engine_handle_alarm(struct engine *engine, uint16_t type, uint32_t request, struct bytes body,
                        struct error *error);
/* An answer of the evaluator, or MESSAGE_ERROR: see evaluator_messages.h. */
int engine_handle_evaluator(struct engine *engine, uint16_t type, uint32_t request,
                            struct bytes body, struct error *error);
int engine_handle_opened(struct engine *engine, enum reader_outcome outcome, const char *sentence);

/* A fresh link, messenger or http process took the place of one that ended. Also
 * called once for the first link and messenger, when they can take messages. */
void engine_link_started(struct engine *engine);
void engine_messenger_started(struct engine *engine);
void engine_http_started(struct engine *engine);
/* Likewise; nothing is run before the first call. */
void engine_alarm_started(struct engine *engine);
/* Likewise; nothing is asked before the first call. Whoever waited for the one that ended is
 * told so by the next turn. */
void engine_evaluator_started(struct engine *engine);

/* Commits what has been collected and sends what follows. Called after every
 * drained set of events and when a timer has passed. OK, or fatal: the keeper or
 * the database failed in a way that leaves the process not knowing. */
int engine_turn(struct engine *engine, struct error *error);

/* Nanoseconds of the monotonic clock at which engine_turn wants to be called
 * again without an event; UINT64_MAX when never. */
uint64_t engine_next_timer(const struct engine *engine);

#endif
