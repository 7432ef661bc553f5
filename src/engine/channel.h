/* What the engine holds in memory of one channel, and of itself. Private to
 * src/engine; the API's handlers read these structures and change nothing but
 * through the functions below.
 */
#ifndef CHANNEL_H
#define CHANNEL_H

#include "alarms.h"
#include "api_schema.h"
#include "edge.h"
#include "engine.h"
#include "evaluation.h"
#include "evidence.h"
#include "link_test.h"
#include "match.h"
#include "memory_tree.h"
#include "neutral.h"
#include "note.h"
#include "rules.h"

enum {
	/* frames of the other side that may wait for their blobs; the link's credit
	 * keeps their number below this */
	ARRIVALS_MAXIMUM = 32,
	BATCH_MAXIMUM = 2048,       /* own entries in one turn */
	SUBMISSIONS_MAXIMUM = 1024, /* waiting for a turn */
	BLOB_REQUESTS_MAXIMUM = 32, /* of the other side, waiting to be served */
	EVIDENCE_MAXIMUM = 64,      /* values kept for one channel … */
	EVIDENCE_FOR_FAULTS = 4,    /* … of which the last are for what faults it */
	CREDIT_FOR_BLOBS = 4,       /* that entries leave to requests and chunks */
	REASON_CAPACITY = 640,      /* a sentence of struct error and where it applies */
	CLOCK_TOLERANCE = 300,      /* seconds, spec: five minutes */
	RENEWALS_MAXIMUM = 4,       /* of theirs that are looked at on one connection */
	RENEWAL_INTERVAL = 10,      /* seconds between cosignatures that are made anew */
	POST_ITEMS_MAXIMUM = 8192,  /* frames in the spool of a channel */
	POST_HEADS_MAXIMUM = 2048,  /* of these with heads */
	POST_LINES_MAXIMUM = 64,    /* and with a cosignature: they cannot be checked yet */
	POST_BLOBS_MAXIMUM = 16384, /* blobs that no entry names yet */
	POST_DAYS = 30              /* that either is kept */
};

/* A signed head of the other log and the proof that what is held is a prefix. */
struct their_head {
	struct buffer note; /* empty: none yet */
	uint64_t size;      /* that the note is for; >= what is held */
	struct hash root;
	struct tree_proof proof; /* from what is held to size */
};

/* A head that the other side has signed for more than is held. When so much is
 * held, the log must be the one that was promised. */
struct promised_head {
	struct buffer note; /* empty: none */
	uint64_t size;
	struct hash root;
	bool stored; /* also in the database: nothing of what it covers came with it */
};

/* A party's link key that a `rekey` or `appoint` has replaced, as long as the
 * other side may not know: see link_keys.c. */
struct link_key_change {
	bool under_way;
	struct ed25519_public previous;
	uint64_t entry; /* number of the act that replaced it */
};

/* Who has signed a log, as its party's appointing key says: numbers of the entries
 * `appoint` of the log and of the appointing key, in their order. */
struct succession {
	uint64_t *entries;
	size_t count, capacity;
};

/* Entries, cryptographically checked: of the other log, waiting for blobs, or,
 * where a log is copied, of the own. */
struct arrival {
	struct arrival *next;
	unsigned party;        /* whose log */
	bool copied;           /* what came long ago comes again: no quota, no answer, no fault */
	struct buffer frame;   /* payload; entries and blobs are views into it */
	struct bytes *entries; /* those not held before, in order */
	struct ssh_key (*keys)[2];
	size_t count;
	uint64_t start; /* number of entries[0] */
	struct their_head head;
	uint64_t deadline;      /* monotonic: blobs are waited for until then */
	timestamp latest;       /* greatest `logged` of them */
	uint64_t receipted;     /* greatest size in a receipt among them */
	size_t appointments;    /* of a log key, each for its place */
	bool begins_generation; /* entries[0] is one */
	bool amends;            /* some of them complete an amendment */
	int refused;            /* result: entries[count] was refused for this */
	char refused_reason[REASON_CAPACITY];
};

/* A person's act, signatures verified, waiting for a turn. */
struct submission {
	struct submission *next;
	uint32_t request; /* of the API, answered when the head is durable */
	struct buffer text;
	struct act act; /* views into `text` */
	struct buffer armors[2];
	unsigned armor_count;
	struct ssh_key keys[2];
};

/* A node entry that is owed: made into a text when its turn comes. */
struct errand {
	struct errand *next;
	enum kind_number kind; /* KIND_TEST, KIND_ECHO, KIND_FAULT */
	struct act_place target;
	const char *fault; /* with KIND_FAULT: the choice's word */
	uint32_t request;  /* of the API for a test; 0: nobody waits */
};

/* A blob that an entry names and that is not complete: of the other log, or,
 * where a log is copied, of the own. */
struct wanted_blob {
	struct hash hash;
	uint64_t size;
	uint64_t held;
	struct act_place place; /* of the entry */
	bool requested;         /* a request is under way */
	bool also_wanted;       /* by an entry before: one of them asks for it */
	bool fault_logged;      /* `fault … missing` stands: log `cured` when it comes */
	bool unavailable;       /* the other side said that it does not hold it */
};

struct blob_request {
	struct hash hash;
	uint64_t offset;
	uint32_t length;
};

struct link_state {
	bool up;      /* connected; hello may be outstanding */
	bool greeted; /* their hello was accepted */
	bool deaf;    /* … but what they hold of ours is not ours: nothing of theirs is taken */
	timestamp since;
	char address[128];
	char reason[REASON_CAPACITY]; /* why it is down */
	uint64_t sent;                /* own entries sent or held by them */
	uint64_t cosignature_sent;    /* greatest size whose cosignature was sent */
	bool renewal_due;             /* their hello came: the newest cosignature is made anew */
	unsigned renewals;            /* that they have sent on this connection */
	uint64_t credit_total, credit_used;
	uint64_t round_trip;      /* microseconds; 0: unknown */
	int64_t clock_difference; /* milliseconds, theirs minus ours */
	timestamp last_test;
	struct blob_request requests[BLOB_REQUESTS_MAXIMUM];
	size_t request_count;
};

/* When the link came and went, and when the engine was started meanwhile. */
enum { LINK_EVENTS_MAXIMUM = 128, LINK_REASON_CAPACITY = 96 };
/* Numbers are stored and never reused. */
enum link_event_kind { LINK_EVENT_STARTED, LINK_EVENT_UP, LINK_EVENT_DOWN, LINK_EVENT_COUNT };
struct link_log {
	struct link_event {
		timestamp time;
		enum link_event_kind kind;
		char reason[LINK_REASON_CAPACITY];
	} events[LINK_EVENTS_MAXIMUM];
	size_t count;
	bool changed; /* since it was stored */
};

/* Submissions and tests of this turn that wait for the head to be durable. */
struct logged_request {
	uint32_t request;
	uint64_t number;
	bool duplicate;
};

/* Why nothing can be logged in a channel until it is recovered. In each of them what
 * the logs lack can be copied. */
enum channel_trouble {
	TROUBLE_NONE,
	TROUBLE_NO_KEYS,         /* the keeper has no keys for this channel */
	TROUBLE_KEEPER_LOST,     /* it has keys, but no memory of what it signed */
	TROUBLE_KEEPER_BEHIND,   /* it knows of less than was signed */
	TROUBLE_DATABASE_BEHIND, /* entries are missing that the keeper signed or cosigned */
	TROUBLE_ROLLED_BACK,     /* both are older than a head that somebody has shown */
	TROUBLE_TWO_HISTORIES,   /* another head of a size that is here was signed elsewhere */
	TROUBLE_OTHER_ENTRIES,   /* the database has other entries than the keeper signed */
	TROUBLE_OTHER_COSIGNED,  /* … or than it cosigned of the other side */
	TROUBLE_KEYS,            /* it has not the keys that the log names */
	TROUBLE_COUNT
};
/* "none", "no-keys", "keeper-lost" and so on. */
const char *channel_trouble_name(enum channel_trouble trouble);

struct channel_recovery {
	enum channel_trouble trouble;
	/* The greatest head of the own log that others have shown and that was not here. */
	struct {
		uint64_t size; /* 0: none */
		struct hash root;
		unsigned generation;
	} shown;
	bool keeper_known;                   /* it has keys: `keeper` says what else */
	struct keeper_channel_status keeper; /* when it was last compared */
	uint64_t compared[2], compared_head; /* sizes of the logs and of the own head then */
	bool asked;                          /* a person wants the keeper to recover */
	uint64_t asked_anew;                 /* monotonic: when fresh evidence was asked for */
	char refusal[REASON_CAPACITY];       /* why the keeper did not take the evidence */
};

/* What a person is told of a channel in trouble. */
struct recovery_report {
	uint64_t held[2];   /* entries of each log, by party */
	uint64_t known[2];  /* that there must be; those from `held` on are missing */
	uint64_t head_size; /* of the own log: what its newest signed head covers */
	bool keeper_lost;
	uint64_t keeper_size;     /* own entries that the keeper knows to have signed */
	size_t bodies;            /* sealed bodies that are not complete */
	struct evidence evidence; /* for the newest own head; see evidence.h */
};

/* A frame that came without the link, too early to be used. It is in the store,
 * under a key that says all of this. */
struct post_item {
	uint8_t type;
	uint8_t party;    /* of entries and heads: whose log */
	struct hash hash; /* of a chunk: the blob; of heads and cosignatures: the payload */
	uint64_t start;   /* first entry, or offset */
	uint64_t end;     /* after the last; the size of a cosignature or of the first head */
	uint32_t bytes;   /* of the payload */
	uint32_t day;     /* since 1970, when it came */
	/* Not stored. It was tried when the logs had these sizes, and is again when they
	 * have grown or at `retry`, monotonic. */
	uint64_t tried[2];
	uint64_t retry;
};

/* Sorted by key: chunks of a blob, and entries of a log, in their order. */
struct post_spool {
	struct post_item *items;
	size_t count, capacity;
	uint64_t bytes;
	size_t blob_count; /* blobs that no entry names yet */
	bool chunk_came;   /* some blob has grown since chunks were last looked through */
	uint32_t expired;  /* day of the last search for what is too old */
	int failure;       /* of this machine while a frame was taken: ends the turn */
};

struct waiter {
	struct waiter *next;
	uint32_t request;
	uint64_t own, theirs, receipted; /* UINT64_MAX: not watched */
	uint64_t until;                  /* monotonic */
};

struct engine_channel {
	struct engine *engine;
	uint32_t number; /* in the store */
	struct hash id;
	struct charter *charter;
	unsigned own, other;         /* party indices */
	struct buffer signatures[2]; /* armors over the charter */
	struct rules *rules;
	struct agenda *agenda; /* of the rules */
	struct alarm_deadlines deadlines;
	struct note_key log_keys[2];
	struct note_key receipt_keys[2];

	uint64_t head_size;           /* own: what the last durable head covers */
	uint64_t keeper_size;         /* own: what the keeper has signed; greater than head_size
	                            * after an abrupt end, until that batch is repeated */
	uint64_t keeper_previous;     /* own: where that batch began */
	struct buffer head_note;      /* own */
	struct their_head their_head; /* for what is held of theirs */
	uint64_t keeper_cosigned;     /* of theirs: where the keeper's next proof starts */
	uint64_t cosigned_size;       /* of theirs, by us, durable */
	struct buffer cosignature;    /* that line */
	uint64_t cosigned_at;         /* monotonic: when it was made; 0: before the start */
	uint64_t their_cosigned_size; /* of ours, by them */

	struct promised_head promised;
	struct arrival *arrivals, **arrivals_end;
	size_t arrival_count;
	struct edge arrived; /* edge of theirs after the last arrival in the queue */
	/* The generation that an arrival in the queue begins, 0 for none, and its key. */
	unsigned arrived_generation;
	struct note_key arrived_log_key;
	struct {
		uint64_t size;
		struct buffer line;
	} early_cosignature;         /* not yet covered */
	struct buffer verified_note; /* the checkpoint note verified last, to skip repeats */
	struct submission *submissions, **submissions_end;
	size_t submission_count;
	struct logged_request logged[SUBMISSIONS_MAXIMUM];
	size_t logged_count;
	struct errand *errands, **errands_end;
	bool arrivals_left; /* the next turn takes them at once */
	bool more;          /* the batch was full: the next turn follows at once */
	bool keys_changed;  /* own: the keeper is to take them into use before it signs */
	bool announce;      /* the link is to be told of changed keys or endpoints */
	struct link_key_change link_key_changes[2];
	struct succession successions[2];
	uint64_t held_until; /* monotonic: nothing is logged but the own log's successor */
	bool fresh_keys;     /* those of `successor_setup` continue it, or are to */
	uint8_t successor_setup[KEEPER_SETUP_SIZE];
	struct ed25519_public successor_log_key;
	bool keys_incomplete; /* the keeper has not all that the log names: until they are
	                       * appointed, nothing is signed in the node's name */
	struct wanted_blob *wanted;
	size_t wanted_count, wanted_capacity;
	uint64_t next_to_open;   /* number in the other log of the next body to check */
	uint64_t destroyed_keys; /* how many of our reading keys are: see destruction.h */
	uint64_t destruction_at; /* monotonic: when to look whether one more is to be */
	bool opened_changed;     /* next_to_open is to be stored with the next write */
	uint64_t active;         /* monotonic time of the last turn that did something */
	struct waiter *waiters;

	bool read_only; /* nothing may be logged; `reason` says why */
	bool copying;   /* what the logs lack, the own too, may be taken from a copy: in a
	                 * mirror, or while the node is being recovered */
	struct channel_recovery recovery;
	size_t evidence_count;
	bool faulted; /* the other log is refused, or forked */
	char reason[REASON_CAPACITY];
	char alarm[REASON_CAPACITY]; /* what people should know: "" when nothing */
	timestamp unreceipted_since; /* own entries not receipted by them; 0: none */
	uint64_t unreceipted_from;   /* how much they had receipted then */
	uint64_t lacks_at;           /* monotonic: since when they lack own entries; 0: none */
	uint64_t lacks_from;         /* how much they were known to hold then */
	timestamp sent_since;        /* since when the first of these is sent; 0: it is not */
	int64_t quota_day;           /* days since 1970 of the counts below */
	uint64_t quota_entries, quota_bytes;

	struct link_state link;
	struct link_log link_log;
	struct link_tests link_tests;
	uint64_t echo_tried; /* number + 1 of the test whose echo was tried to be made up for */
	struct neutral *neutrals; /* at most NEUTRALS_MAXIMUM; the charter's witnesses first */
	size_t neutral_count;
	unsigned neutrals_by;         /* version of the charter that names them */
	struct waiting_stamp *stamps; /* that the own log is to take */
	uint64_t stamps_looked_at;    /* what was known of own heads when acceptances were */
	struct silence_watch silence;
	struct buffer collector_certificate;
	uint64_t certified_at; /* monotonic: when that was issued */
	struct post_spool post;
	struct match_state match;
};

/* A copy of the database that is made and read: one at a time. */
struct engine_backup {
	struct store_copy *copy; /* NULL: there is none */
	uint8_t id[API_SETUP_SIZE];
	bool whole;
	uint64_t used;  /* monotonic: when it was asked for last */
	timestamp time; /* when it was whole; its logs were then as long as this: */
	size_t channel_count;
	struct copied_channel {
		struct hash id;
		uint64_t own_size, their_size;
	} * channels;
};

/* An answer to the API that waits for the transaction. */
struct held_reply {
	struct held_reply *next;
	uint16_t type;
	uint32_t request;
	struct buffer body;
};

struct engine {
	struct engine_settings settings;
	struct engine_channel **channels;
	size_t channel_count;
	bool writing; /* a store transaction is open */
	struct held_reply *replies, **replies_end;
	bool link_ready;
	bool messenger_ready;
	uint32_t last_question; /* number of the last one to a neutral */
	bool clock_trusted;
	char clock_reason[REASON_CAPACITY];
	char store_reason[REASON_CAPACITY]; /* why a turn was last not stored */
	timestamp store_failed;             /* when that was; 0: never */
	timestamp started;                  /* evidence from before is of no use: evidence.h */
	timestamp clock_base;               /* wall time … */
	uint64_t clock_base_monotonic;      /* … at this monotonic time */
	struct engine_channel *opening;     /* a body of it is with the reader */
	uint64_t opening_entry;             /* that named the blob */
	uint64_t opened_last;               /* monotonic: when a body was given to the reader */
	bool reader_busy;                   /* until engine_handle_opened */
	struct engine_backup backup;
	struct collector collector;
	struct alarm_queue alarms;
	struct evaluation_state evaluation;
};

/* NULL when there is no such channel. */
struct engine_channel *engine_find_channel(const struct engine *engine, const struct hash *id);

timestamp engine_now(const struct engine *engine);
uint64_t engine_monotonic(const struct engine *engine);

/* Opens the turn's transaction unless it is open. Whoever writes to the store
 * calls this first, and checks beforehand what could make a write fail: one
 * failed write fails the whole turn. */
int engine_write(struct engine *engine);

/* Answers the API: at once, or when the turn's transaction is durable (an error
 * answer instead when it fails). */
void engine_reply(struct engine *engine, uint16_t type, uint32_t request, struct bytes body);
void engine_reply_when_durable(struct engine *engine, uint16_t type, uint32_t request,
                               struct bytes body);
void engine_reply_error(struct engine *engine, uint32_t request, const struct error *error);

/* --- what people ask for (submit.c, blob.c, setup.c) -------------------- */

/* What a person sends: views. */
struct signed_act {
	struct bytes text;
	unsigned armor_count; /* 1 or 2 */
	struct bytes armors[2];
	struct bytes body; /* the sealed one, to be stored in the turn's transaction;
	                            * empty: none, or uploaded before */
};

/* Checks a signed act and queues it. OK: answered later by api_answer_submitted or
 * an error reply. Otherwise the caller answers with the error; ret_reason then says
 * why the act would be void now, or is VOID_NONE. */
int engine_submit(struct engine_channel *channel, uint32_t request,
                  const struct signed_act *signed_act, enum void_reason *ret_reason,
                  struct error *error);

/* What the act would be worth, signed by its author's present key. */
int engine_try(struct engine_channel *channel, struct bytes text, struct verdict *ret_verdict,
               struct error *error);

/* The charter in force: clocks, quotas, neutrals and the like. channel->charter is the
 * first, which says who the parties are and what their logs are called. */
const struct charter *channel_charter(const struct engine_channel *channel);

/* Takes the text of a charter from the node's own people, before the act that names it,
 * or after, where it was lost. The results of charter_parse_amended, or a failure of the
 * machine. */
int engine_give_charter(struct engine_channel *channel, struct bytes text, struct hash *ret_hash,
                        struct error *error);

/* Appends the text of a charter that was given, by its hash. ERROR_NOT_FOUND. */
int channel_charter_text(struct engine_channel *channel, const struct hash *hash,
                         struct buffer *text);

/* Queues a `test` entry; answered as a submission. */
int engine_submit_test(struct engine_channel *channel, uint32_t request, struct error *error);

/* Stores a piece of an own sealed body in the turn's transaction. ERROR_LIMIT,
 * ERROR_STATE (a gap), ERROR_MISMATCH (other bytes are there; or the whole does
 * not have the hash, and is dropped). */
int engine_upload(struct engine_channel *channel, const struct hash *hash, uint64_t total,
                  uint64_t offset, struct bytes piece, uint64_t *ret_held, bool *ret_complete,
                  struct error *error);

/* The sealed blob that an entry which is held brings (of a reseal the new one),
 * and the act whose body it is. False when it brings none. */
bool channel_blob_of(const struct engine_channel *channel, struct act_place place,
                     struct hash *ret_hash, uint64_t *ret_size, struct act_place *ret_body);

/* The file key of the blob that an entry brings, and a line in the circulation
 * register. */
int engine_unseal(struct engine_channel *channel, struct act_place place, const char *who,
                  uint8_t ret_file_key[KEEPER_FILE_KEY_SIZE], struct error *error);

/* Fresh keys and the party card that carries them. `request` gives head, keys
 * and so on as in the card; domain, party and names come from the configuration.
 * Appends the card's text. */
int engine_new_setup(struct engine *engine, struct party *request,
                     uint8_t ret_setup[KEEPER_SETUP_SIZE], struct buffer *card,
                     struct error *error);
int engine_get_setup(struct engine *engine, const uint8_t setup[KEEPER_SETUP_SIZE],
                     struct buffer *card, struct error *error);
int engine_discard_setup(struct engine *engine, const uint8_t setup[KEEPER_SETUP_SIZE],
                         struct error *error);
/* Setups with their times, `capacity` at most. */
struct setup_summary {
	uint8_t setup[KEEPER_SETUP_SIZE];
	timestamp created;
};
int engine_list_setups(struct engine *engine, struct setup_summary *ret_setups, size_t capacity,
                       size_t *ret_count);

/* Opens a channel from a charter that both heads have signed; the keys of one
 * of its parties must be those of a setup here. Again with the same charter: OK. */
int engine_adopt(struct engine *engine, struct bytes charter, const struct bytes signatures[2],
                 struct engine_channel **ret_channel, struct error *error);

/* What is wrong, what is there and what is missing. OK, or this machine's failure. */
int engine_report_recovery(struct engine_channel *channel, struct recovery_report *ret_report,
                           struct error *error);

/* A person wants the channel back: from now on the keeper is asked to recover as
 * soon as what is missing is here and the evidence is fresh. Harmless when nothing
 * is wrong, and when repeated. */
void engine_recover(struct engine_channel *channel);

/* --- frames that come and go without the link (post.c, pack.c) ---------- */

enum post_result {
	POST_STORED, /* it brought something */
	POST_HELD,   /* it brought nothing that is not here */
	POST_WAITING /* it is kept until what it needs is here */
};

struct post_outcome {
	enum post_result result;
	char reason[REASON_CAPACITY]; /* with POST_WAITING: what it waits for */
};

/* One frame that came in a file, from a depositary or in a copy: an entries frame of
 * the other log, or, where a log is copied, of the own; hello, cosignature, blob
 * chunk, heads; a charter, which must be this channel's. It costs and returns no
 * credit, and may come in any order and any number of times. What it brings is
 * durable with the turn's transaction: until then nobody may be told so.
 *
 * An error says what is wrong with the frame, which then has changed nothing but
 * evidence: ERROR_SYNTAX, ERROR_UNSUPPORTED (a type that no file has), ERROR_SIGNATURE,
 * ERROR_MISMATCH (not this channel's, or not what its head or name says),
 * ERROR_FORK (the channel is then faulted), ERROR_STATE (it is faulted; or this node
 * has lost entries of its own, which the frame proves), ERROR_LIMIT (the day's
 * quota, or the spool, is full). ERROR_MEMORY and ERROR_IO are this machine's and
 * fail the turn. */
int channel_take_frame(struct engine_channel *channel, uint8_t type, struct bytes payload,
                       struct post_outcome *ret_outcome, struct error *error);

/* What a file is packed with. */
struct pack_request {
	bool copy;          /* both logs, for a mirror or a recovery; else for the other side */
	uint64_t since;     /* number of the first own entry; UINT64_MAX: what the other side
	                     * is not known to hold */
	struct bytes place; /* `next` of the call before; empty at the beginning */
};

enum {
	PACK_PLACE_CAPACITY = 256,
	PACK_BYTES_MINIMUM = 192 * 1024 /* one entry and its blob, whatever they are */
};

/* The next frame of a file, appended with its header; nothing when there is none
 * just now. `ret_more` says whether there are others. When there are none, `next`
 * is where to go on when the logs have grown. The frame is no larger than what the
 * buffer takes, which is at least PACK_BYTES_MINIMUM. ERROR_USAGE for a place that is
 * none. */
int engine_pack(struct engine_channel *channel, const struct pack_request *request,
                struct buffer *frame, char ret_next[PACK_PLACE_CAPACITY], bool *ret_more,
                struct error *error);

/* The same for a channel that comes as a copy: no setup is asked for. A node takes
 * it if it is of one of the parties, a mirror always. Its logs are then copied. */
int engine_adopt_copy(struct engine *engine, struct bytes charter, const struct bytes signatures[2],
                      struct engine_channel **ret_channel, struct error *error);

/* A new key, to be named in a `rekey` or `appoint`. After one for the log nothing is
 * logged for an hour but its appointment. */
int engine_new_key(struct engine_channel *channel, enum keeper_purpose purpose,
                   char ret_key[KEEPER_KEY_TEXT_CAPACITY], struct error *error);

/* Fresh keys for a channel whose keeper is lost. They continue it once the party's
 * appointing key has appointed the log key, for where the own log ends, and then the
 * other offices. ERROR_STATE: the keeper is not lost, or the log here is not whole. */
int engine_new_successor(struct engine_channel *channel, struct keeper_setup_keys *ret_keys,
                         struct error *error);

/* --- words for the telephone (call.c) ------------------------------------- */

/* A fresh challenge, with what must be answered and how that is confirmed. The caller
 * wipes the words. ERROR_LIMIT: too many were asked for. */
int engine_ask_on_call(struct engine_channel *channel, struct call_question *ret_question,
                       struct call_words *ret_words, struct error *error);
/* What answers a challenge of the other side, once: ERROR_DENIED afterwards. ERROR_CLOCK:
 * it is of another time. */
int engine_answer_on_call(struct engine_channel *channel, const uint8_t said[CALL_WORDS_COUNT],
                          struct call_question *ret_question, struct call_words *ret_words,
                          struct error *error);

/* A person vouches for the clock. */
void engine_confirm_clock(struct engine *engine);

/* How much of the own log the other side has said that it holds: by its receipts
 * and, after its close, which no receipt can follow, by its cosignature. */
uint64_t channel_receipted(const struct engine_channel *channel);

/* Whether what `reason` says needs a person; that this is a mirror does not. */
bool channel_reason_alarms(const struct engine_channel *channel);

/* Answered by api_reply_wait when a size exceeds its number, or at `until`. */
int engine_wait(struct engine_channel *channel, uint32_t request, uint64_t own, uint64_t theirs,
                uint64_t receipted, uint64_t until, struct error *error);

/* --- backup (backup.c) --------------------------------------------------- */

/* Begins a copy. One that nobody has asked for in the last half minute is given up for
 * it; otherwise ERROR_WAIT. ERROR_LIMIT: no room on the disk. */
int engine_begin_backup(struct engine *engine, struct error *error);
/* OK when it is the present copy, which is thereby kept for longer; ERROR_NOT_FOUND. */
int engine_find_backup(struct engine *engine, const uint8_t id[API_SETUP_SIZE],
                       struct error *error);
void engine_end_backup(struct engine *engine);

/* --- what the API's side of the engine provides (api_*.c) ---------------- */

/* One request of the API, answered now or later. */
int api_handle(struct engine *engine, uint16_t type, uint32_t request, struct bytes body,
               struct error *error);
/* `when_durable` answers of the turn. */
void api_answer_submitted(struct engine_channel *channel, uint32_t request, uint64_t number,
                          bool duplicate);
void api_reply_wait(struct engine_channel *channel, uint32_t request);

#endif
