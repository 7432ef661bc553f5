/* Exchanges over match-only lists, both sides of them: exchange.h says what either keeps to,
 * doc/PROTOCOL.match how it looks from outside. Private to src/engine.
 *
 * There is an account for each list and class about which something was asked: of the other
 * side's lists, where this node asks, and of its own, where it is asked. Who asks and who owns
 * do this, each step in a turn of its own:
 *
 *     a person asks          ->  counted, signed, stored      the turn's transaction
 *                            ->  sent                         once that is durable
 *     their question comes   ->  checked, counted, stored     the turn's transaction; the
 *                                                             evaluator works meanwhile
 *     the evaluator answers  ->  signed, sent, stored         what was counted is durable
 *     their answer comes     ->  checked, told, stored
 *
 * So each side waits for its disk once for a question. What a crash or a cut line loses is
 * asked again, word by word, and answered as before. Where this node owns the list, memory for
 * the other side is bounded: FRAME_QUESTIONS_MAXIMUM questions, accounts only for classes that
 * were committed to, and what costs work and counts nothing (refusals, repetitions) is done
 * MATCH_IDLE_MAXIMUM times a minute, then later.
 *
 * How much was asked is put on record by either side in `tally` entries (match_tally.c).
 *
 *     match.c         accounts: memory and store; turns, timers
 *     match_value.c   an account as the store has it
 *     match_sign.c    statements: signed, verified
 *     match_ask.c     questions of this node's people, and what comes back
 *     match_answer.c  questions of the other side
 *     match_tally.c   tallies; keys of lists that are not needed any more
 */
#ifndef MATCH_H
#define MATCH_H

#include "act.h"
#include "exchange.h"
#include "match_value.h"
#include "rules.h"

struct engine;
struct engine_channel;

enum {
	MATCH_ASKS_MAXIMUM = 64,   /* people who wait, of one account */
	MATCH_ASK_SECONDS = 60,    /* that they wait for an answer */
	MATCH_IDLE_MAXIMUM = 60,   /* in a minute: see above */
	MATCH_TALLY_EVERY = 1000,  /* evaluations after which there is a tally */
	MATCH_TALLY_INTERVAL = 60, /* seconds at least between those for a refusal */
	MATCH_FORMER_KEYS = 4,     /* node keys that were replaced, of a party */
	/* What a node can have asked since the last tally in its own log, and forgotten. */
	MATCH_FORGOTTEN_MAXIMUM = MATCH_TALLY_EVERY + EXCHANGE_ELEMENTS_MAXIMUM,
	MATCH_FRAMES_MAXIMUM = 64, /* of the link, in one turn */
};

/* Why a person's question was not answered: with the error of the API. */
#define MATCH_REASON_BUDGET  "budget"  /* more than is left by this node's own count */
#define MATCH_REASON_EPOCH   "epoch"   /* the list has another version */
#define MATCH_REASON_RETIRED "retired" /* it is retired, or was rejected */
#define MATCH_REASON_LINK    "link"    /* there is no line, or it went, or no answer came */
#define MATCH_REASON_BEHIND  "behind"  /* the other side counts more, and does not show it */
#define MATCH_REASON_ANSWER  "answer"  /* what came is no answer */

/* A statement with its signature; `text` is empty where there is none. */
struct match_statement {
	struct exchange_statement statement;
	struct hash hash;
	struct buffer text, armor;
};

/* A person's question. */
struct match_ask {
	struct match_ask *next;
	uint32_t request; /* of the API */
	uint64_t epoch;   /* that the person means; 0: the one in force */
	struct buffer elements;
	struct hash content; /* their hash */
	uint64_t until;      /* monotonic */
	bool begun;          /* it is the question that is open */
	bool again;          /* it was answered by a behind once */
};

struct match_account {
	struct act_place list;
	struct hash leaf; /* of its opening act: the list's name in statements */
	enum identifier_class identifier_class;
	bool own; /* the list is this node's */
	/* Before `question`, as long as that has no answer; after it then. */
	struct exchange_state state;
	struct match_statement question, answer;
	/* Who asks: */
	bool sent;   /* the question, on this connection */
	bool forgot; /* the own log counts more than the database did: it is a copy */
	struct match_ask *asks, **asks_end;
	size_t ask_count;
	/* Who owns: */
	bool awaited;        /* the other side waits for the answer on this connection */
	uint64_t evaluation; /* that is under way, its tag; 0: none */
	/* Both: */
	uint64_t uncounted_since; /* monotonic: since when there is something to tally; 0 */
	uint64_t tallied_at;      /* monotonic; 0: never */
	bool refused;             /* for the budget, since the last tally */
	bool asked_on_record;     /* by a `query` act of the other side, since the last tally */
	bool tally_void;          /* the last one could not be logged: not before more is counted */
};

/* What came over the link in this turn. */
struct match_frame {
	struct match_frame *next;
	uint8_t type;
	struct buffer payload;
};

/* A key that a change of its list has replaced, until it is destroyed. */
struct match_old_key {
	uint8_t public_key[CLASS_KEY_SIZE];
	struct act_place list;
	enum identifier_class identifier_class;
	uint64_t epoch;
	uint64_t entry; /* of the own log, that the other side is to receipt first */
};

/* The keys of an own list's version in force. */
struct match_version {
	struct act_place list;
	uint64_t epoch;
	bool committed[IDENTIFIER_CLASS_COUNT];
	uint8_t public_keys[IDENTIFIER_CLASS_COUNT][CLASS_KEY_SIZE];
};

struct match_state {
	struct match_account **accounts;
	size_t account_count, account_capacity;
	struct match_frame *frames, **frames_end;
	size_t frame_count;
	struct match_version *versions;
	size_t version_count, version_capacity;
	struct match_old_key *old_keys;
	size_t old_key_count, old_key_capacity;
	struct ed25519_public former_keys[2][MATCH_FORMER_KEYS]; /* the latest first */
	size_t former_key_count[2];
	uint64_t last_evaluation; /* tag */
	uint64_t idle_since;      /* monotonic: the minute in which … */
	unsigned idle_count;      /* … so much was done that counts nothing */
	uint64_t retry;           /* monotonic: what had to wait is tried again; 0 */
};

/* --- for the engine ---------------------------------------------------------------- */

/* The accounts of a channel whose logs are in memory. OK, or this machine's failure. */
int match_load(struct engine_channel *channel);
void match_release(struct engine_channel *channel);
/* After an entry that the rules took as valid, of either log, also when it is replayed.
 * `former` was the party's node key before it. */
int match_note_entry(struct engine_channel *channel, struct act_place place,
                     const struct ed25519_public *former);
/* A frame of the link that waits for the turn. */
int match_take_frame(struct engine_channel *channel, uint8_t type, struct bytes payload,
                     struct error *error);
/* In each turn, after what came from the other side was judged and before people's acts. */
int match_collect(struct engine_channel *channel, struct error *error);
/* At its end: what is durable goes out. */
void match_send(struct engine_channel *channel);
void match_link_down(struct engine_channel *channel);
/* Answers everybody who waits for this channel with an error, and the API's reason. */
void match_fail_people(struct engine_channel *channel, const char *reason,
                       const struct error *failure);
/* Nobody waits any more. */
void match_drop_people(struct engine_channel *channel);
uint64_t match_timer(const struct engine_channel *channel);
/* What is to be tallied before an own `query` act: it is judged by that. */
int match_tally_before_query(struct engine_channel *channel, struct error *error);

/* Whether a reply with evaluations stays within the budgets by what this node has counted, which
 * who asked may not have put on record. OK also for what is no such reply. */
int match_check_reply(const struct engine_channel *channel, const struct act *act,
                      struct error *error);

/* --- for the API -------------------------------------------------------------------- */

/* A person's question to one of the other side's lists: elements of 32 bytes, 1 to
 * EXCHANGE_ELEMENTS_MAXIMUM. OK: it is answered later, by api_answer_question or a failure.
 * `epoch` 0: whatever is in force. The elements of the question that was asked last get its
 * answer, without being counted again. */
int match_ask(struct engine_channel *channel, uint32_t request, struct act_place list,
              enum identifier_class identifier_class, uint64_t epoch, struct bytes elements,
              const char **ret_reason, struct error *error);

/* NULL where nothing was asked yet. */
const struct match_account *match_find(const struct engine_channel *channel, struct act_place list,
                                       enum identifier_class identifier_class);
/* The counts of an account, with what is counted and not answered; NULL is allowed. */
struct exchange_state match_counted(const struct match_account *account);
/* How many evaluations are left of a list and class now. */
uint64_t match_left(const struct engine_channel *channel, struct act_place list,
                    enum identifier_class identifier_class);

/* --- between the files of it ---------------------------------------------------------- */

struct match_account *match_account(struct engine_channel *channel, struct act_place list,
                                    enum identifier_class identifier_class);
/* That of the given kind whose list has this leaf; creates none. */
int match_find_list(const struct engine_channel *channel, const struct hash *leaf, unsigned owner,
                    struct list_summary *ret_list);
/* Whether questions may be asked and answered in the channel now; why not. */
int match_is_possible(const struct engine_channel *channel, struct error *error);
/* Stores the account, with the elements or the evaluations. */
int match_store(struct engine_channel *channel, struct match_account *account,
                struct bytes content);
/* Appends what was stored with it. */
int match_read_content(struct engine_channel *channel, const struct match_account *account,
                       struct buffer *content);
bool match_is_open(const struct match_account *account); /* a question without an answer */
/* What the own tallies show of the account, and was forgotten here. */
void match_raise(struct engine_channel *channel, struct match_account *account);

/* match_sign.c */
void match_statement_init(struct match_statement *statement);
void match_statement_release(struct match_statement *statement);
void match_statement_clear(struct match_statement *statement);
/* Has the keeper sign `statement->statement`. */
int match_sign(struct engine_channel *channel, struct match_statement *statement,
               struct error *error);
/* Takes a statement that is signed by the party's node key, its present or one of the former.
 * ERROR_SIGNATURE, and those of exchange_parse; ERROR_MISMATCH: another channel. */
int match_verify(struct engine_channel *channel, unsigned party, struct bytes text,
                 struct bytes armor, struct match_statement *ret_statement, struct error *error);

/* match_ask.c */
/* Asks the next of the questions that wait, where none is open. */
int match_begin(struct engine_channel *channel, struct error *error);
void match_expire(struct engine_channel *channel);
int match_take_reply(struct engine_channel *channel, struct bytes payload, struct error *error);
int match_take_behind(struct engine_channel *channel, struct bytes payload, struct error *error);
void match_send_questions(struct engine_channel *channel);

/* match_answer.c; ERROR_WAIT: not now. */
int match_take_request(struct engine_channel *channel, struct bytes payload, struct error *error);
int match_evaluate_open(struct engine_channel *channel, struct error *error);

/* match_tally.c */
int match_tally(struct engine_channel *channel, struct error *error);
void match_destroy_keys(struct engine_channel *channel);
int match_note_list(struct engine_channel *channel, struct act_place place);
uint64_t match_tally_timer(const struct engine_channel *channel);
/* Notes since when there is something to tally. */
void match_note_count(struct engine_channel *channel, struct match_account *account);

#endif
