/* The rules of a channel: what every entry of the two logs is worth, and the
 * state that follows from them. Pure: the same two logs give the same verdicts
 * on every machine, in whatever order their entries arrived.
 *
 * Method. Each log has a view: the fold of its own entries before the one being
 * judged, and of the other log's entries up to the greatest receipt in it, that
 * entry included ("effective seen"). An entry is judged in its own log's view
 * and nowhere else, so its verdict is a function of its causal past and never
 * changes.
 *
 *     north  0    1    2 receipt(south,3)    3 ...      view of north before 3 =
 *     south  0    1    2                     |          north 0..2 + south 0..2
 *                      `---------------------'
 *
 * No view is copied. Of every fact that decides anything ("answered",
 * "retracted", "suspended") the rules keep the number of the entry that made
 * it so in its own log; a view is two sizes, and a fact belongs to it when its
 * number is below the size. The state shown to people is the view of everything
 * held. A pair of concurrent acts that conflict is settled by a small table
 * (rules_conflict.h), so that the order of arrival does not matter there either.
 *
 * Entries are given in the order of their own log. An entry whose receipt names
 * more of the other log than is held gives ERROR_WAIT: give it again later. One that
 * puts a charter in force whose text is not known gives ERROR_CHARTER.
 */
#ifndef RULES_H
#define RULES_H

#include "act.h"
#include "stamp.h"
#include "tree.h"

struct rules;

enum verdict_code { VERDICT_VALID, VERDICT_VOID };

/* Why an entry is void. Numbers are stored and never reused; each has a name
 * (for --json) and an English sentence (for people). */
enum void_reason {
	VOID_NONE = 0,
	VOID_NOT_ACCREDITED, /* author or cosigner not accredited at that point */
	VOID_WRONG_KEY,      /* accredited under another key */
	VOID_EXPIRED_AUTHORITY,
	VOID_NOT_EMPOWERED, /* role may not sign this kind */
	VOID_SAME_PERSON,   /* two signatures by one person */
	VOID_COSIGNER_REQUIRED,
	VOID_NOT_AFTER,         /* logged after not-after */
	VOID_TIME,              /* time later than logged */
	VOID_DUPLICATE,         /* a text whose earlier occurrence was not void */
	VOID_UNKNOWN_REFERENCE, /* names an act that its log had not received */
	VOID_WRONG_REFERENCE,   /* leaf differs, the act is void, or is none that can be named so */
	VOID_OWN_ACT,           /* answers an act of its own side */
	VOID_NOT_OWN_ACT,       /* retract, correct or reseal of another side's act */
	VOID_ALREADY_ANSWERED,
	VOID_LAPSED, /* accepts or counters what had expired by `logged` */
	VOID_MATTER_STATE,
	VOID_CHANNEL_STATE,
	VOID_EXERCISE,       /* exercise act on a real matter, or the reverse */
	VOID_KEY_IN_USE,     /* a key is accredited once per channel */
	VOID_FIELD,          /* a field's value means nothing here */
	VOID_FAULT,          /* a fault that is not due: too late, or said already */
	VOID_CHARTER,        /* amends a charter that is not the one in force */
	VOID_OPEN_AMENDMENT, /* another amendment is open, and comes first */
	VOID_BODY,           /* a list without the body that its mode takes, or with one too many */
	VOID_COMMITMENT, /* opens something else than was committed to, or copies a commitment */
	VOID_EPOCH,      /* names another version of the list than the one in force */
	VOID_LIST_PAIRS, /* more pairs in a class than the charter allows */
	VOID_BUDGET,     /* asks more than the budget has left; or refuses what it has left */
	VOID_REASON_COUNT
};

struct verdict {
	enum verdict_code code;
	enum void_reason reason;
};

const char *void_reason_name(enum void_reason reason);
const char *void_reason_text(enum void_reason reason); /* English, marked for translation */

/* `charter` must outlive the rules. */
int rules_new(const struct charter *charter, struct rules **ret_rules);
void rules_free(struct rules *rules);

/* --- charters ------------------------------------------------------------ */

/* Charter 1 constitutes the channel; each later one came into force by two `amend`, one
 * of each party, that name it and the one before by their hashes. No rule reads a body,
 * so the texts are given: see rules_add_charter. An act is judged by the latest charter
 * whose completion is in its view, and what it obliges to is counted by that one too. */
enum { CHARTERS_MAXIMUM = 99 };

/* Gives a text that an amendment may name. OK also for one that is given twice, or that
 * cannot amend this channel's charter: then an amendment that is to put it in force is
 * void; the error, where it is not NULL, says why. A few texts are kept that nothing in
 * force needs; of more the oldest are forgotten. ERROR_MEMORY. */
int rules_add_charter(struct rules *rules, struct bytes text, struct error *error);
/* Whether the text of this hash was given, and has not been forgotten. */
bool rules_knows_charter(const struct rules *rules, const struct hash *hash);
/* NULL also for a text that cannot amend. Valid until the next one is given. */
const struct charter *rules_known_charter(const struct rules *rules, const struct hash *hash);

/* How many charters there are: the version of the one in force. */
unsigned rules_charter_count(const struct rules *rules);
/* The one in force, after everything held; and that of a version, NULL beyond. Both live
 * as long as the rules. */
const struct charter *rules_charter_now(const struct rules *rules);
const struct charter *rules_charter_version(const struct rules *rules, unsigned version);

/* --- entries --------------------------------------------------------------- */

/* Judges and folds the next entry of `party`'s log. keys[] come from
 * entry_verify. The entry's bytes are not kept. OK with a verdict; ERROR_CHARTER when it
 * completes an amendment whose text was not given (rules_add_charter: then again); ERROR_WAIT
 * when a receipt covers more than is held; ERROR_MEMORY; or why the log is
 * refused from here: ERROR_MISMATCH (channel, party, root of a receipt),
 * ERROR_CLOCK (logged decreases or is too early against its past), ERROR_STATE
 * (entry 0 is no accede, an entry after close, a receipt of no more than the last), ERROR_SIGNATURE
 * and the other results of charter_verify (accede). On failure nothing changes.
 * Acts of kinds that are not in this version are judged by authority, form and
 * references alone; they join their matter and change no state. */
int rules_append(struct rules *rules, unsigned party, const struct entry *entry,
                 const struct ssh_key keys[2], struct verdict *ret_verdict, struct error *error);

/* The verdict an act would get were it logged now by `party`, at time `logged`,
 * with everything held of the other log receipted first. Nothing changes. The
 * failures of rules_append, and ERROR_UNSUPPORTED for kinds that are not in this
 * version. */
int rules_try(const struct rules *rules, unsigned party, const struct act *act,
              const struct ssh_key keys[2], timestamp logged, struct verdict *ret_verdict,
              struct error *error);

/* The same without that receipt: exactly what rules_append would say. */
int rules_try_as_is(const struct rules *rules, unsigned party, const struct act *act,
                    const struct ssh_key keys[2], timestamp logged, struct verdict *ret_verdict,
                    struct error *error);

/* What a node may still log once it holds evidence against the other side (a log
 * refused, a fork): service, recall, appoint, withdraw, close. No verdict depends
 * on it: the evidence is in neither log. */
bool rules_allowed_when_faulted(const struct kind *kind);

/* The hash tree over a log's leaves as appended so far (for receipts, proofs). */
const struct memory_tree *rules_tree(const struct rules *rules, unsigned party);

/* --- receipts ---------------------------------------------------------- */

/* How much of the other log `party`'s log has receipted. */
uint64_t rules_receipted(const struct rules *rules, unsigned party);

/* Whether `party`'s log must receipt the other before its next entry: true when
 * it holds more of it than it has receipted. `ret_only_receipts` tells whether
 * all of that range is receipts (then a receipt is due only directly before an
 * entry of another kind). False before the own accede, which is entry 0, and
 * after the own close. */
bool rules_receipt_due(const struct rules *rules, unsigned party, bool *ret_only_receipts);

/* Whether a cosignature by `party` over size n of the other log is covered by a
 * receipt in party's log (receipts alone in [m, n), or party has closed). */
bool rules_cosignature_covered(const struct rules *rules, unsigned party, uint64_t n);

/* The greatest `logged` in a log, or 0 when empty. */
timestamp rules_last_logged(const struct rules *rules, unsigned party);

/* --- the channel ------------------------------------------------------- */

enum channel_state {
	CHANNEL_DRAFT,   /* no accede */
	CHANNEL_ACCEDED, /* by one, or by both but not yet receipted both ways */
	CHANNEL_IN_FORCE,
	CHANNEL_SUSPENDED,
	CHANNEL_WITHDRAWN, /* a withdrawal from the channel is in effect */
	CHANNEL_CLOSED_BY_ONE,
	CHANNEL_CLOSED
};
const char *channel_state_name(enum channel_state state);

/* State after everything held, at time `now` (withdrawal takes effect by it).
 * Withdrawal from the talks alone does not show here: see rules_withdrawal. */
enum channel_state rules_channel_state(const struct rules *rules, timestamp now);
bool rules_has_closed(const struct rules *rules, unsigned party);
bool rules_has_suspended(const struct rules *rules, unsigned party);

/* When the earliest withdrawal takes or took effect (its logged + the charter's
 * notice), from the talks or, with `from_channel`, from the channel; 0: none. */
timestamp rules_withdrawal(const struct rules *rules, bool from_channel);

/* --- people and keys --------------------------------------------------- */

struct delegate {
	char name[DELEGATE_NAME_CAPACITY];
	enum role role;
	struct ssh_key key;
	char reading_key[RECIPIENT_CAPACITY]; /* "" when none */
	timestamp from;                       /* `logged` of the act that accredited; 0: charter */
	timestamp until;                      /* by `logged`, itself included; 0: no end */
	uint64_t entry;    /* own-log number of the act that accredited; UINT64_MAX: charter */
	bool recalled;     /* or replaced */
	timestamp ended;   /* with recalled: logged of the act that did it */
	uint64_t ended_by; /* with recalled: its own-log number */
	timestamp disputed_since; /* of `recall … since`, 0 without */
};

/* All delegates ever accredited by `party`, in order, as its own log says, from
 * the charter's head, node and appointing key on: the last two stand in it
 * under the names `node` and `appointing` with roles of their own. The array
 * belongs to the rules and is valid until the next append. */
const struct delegate *rules_delegates(const struct rules *rules, unsigned party,
                                       size_t *ret_count);
/* Current ones (not recalled; whether expired is for the caller's clock), or NULL. */
const struct delegate *rules_delegate(const struct rules *rules, unsigned party, const char *name);
const struct delegate *rules_head(const struct rules *rules, unsigned party);

/* The party's keys and endpoints after its own log's rekey and appoint acts:
 * a copy of the charter's block with what has changed. */
const struct party *rules_party(const struct rules *rules, unsigned party);

/* --- generations of a log ------------------------------------------------ */

/* A log whose key was lost, stolen or is withheld is continued by a successor: from
 * the `appoint` of office log on its heads are signed by the new key, under an origin
 * that ends in `/2`, and its entries are named `north.2-500`. Numbers and tree go on.
 * A head is of the generation of its last entry. Generations are numbered from 1. */
unsigned rules_generations(const struct rules *rules, unsigned party);

/* Of an entry that is held, or would be next. */
unsigned rules_generation(const struct rules *rules, unsigned party, uint64_t number);
/* Whose key signs a head of `size`, which is at most what is held. */
unsigned rules_head_generation(const struct rules *rules, unsigned party, uint64_t size);

/* With which entry a generation begins (its `appoint`; 0 of the first), and its key;
 * `generation` is one that there is. The key is valid until the next append. */
uint64_t rules_generation_start(const struct rules *rules, unsigned party, unsigned generation);
const struct ed25519_public *rules_log_key(const struct rules *rules, unsigned party,
                                           unsigned generation);

/* --- acts and matters -------------------------------------------------- */

/* Where an act is: log, number. */
struct act_place {
	unsigned party;
	uint64_t number;
};

/* The name of an act as people and references write it: `north-7`, `north.2-500`. */
void rules_act_name(const struct rules *rules, struct act_place place,
                    char ret_name[ACT_NAME_CAPACITY]);

/* The place that a name means; ERROR_SYNTAX, or ERROR_NOT_FOUND for a party, a number
 * or a generation that there is not. */
int rules_act_named(const struct rules *rules, struct bytes name, struct act_place *ret_place);

/* What the rules remember of every entry. */
struct act_summary {
	struct act_place place;
	const struct kind *kind;
	struct verdict verdict;
	struct hash leaf, identity;
	timestamp logged;
	uint64_t seen;    /* effective seen: size of the other log */
	unsigned charter; /* version of the charter by which it was judged */
	bool has_answers, has_matter, has_target, has_body, exercise, eyes_heads;
	struct act_place answers;
	struct act_place target; /* of correct, retract, fault, reseal, echo, declare, tally */
	struct act_place matter; /* its matter's opening act (itself when it opens one) */
	struct hash sealed_hash; /* with has_body, and of a reseal the new blob */
	uint64_t sealed_size;
	uint64_t body_parts;
	struct hash body_root;
	enum precedence precedence; /* PRECEDENCE_COUNT when it has none */
	/* The clocks that it starts against the other side: see kind_answer_clock */
	enum clock_number answer_clock, reading_clock;
	int word;               /* of its first field, if that is a choice; else -1 */
	timestamp due, expires; /* 0 when absent */
	timestamp until;        /* of a defer; else 0 */
	char author[DELEGATE_NAME_CAPACITY];
	bool retracted;    /* a retract of it counts */
	bool fault_stands; /* a fault stands against it in the other log */
	bool misses_body;  /* with that: the fault is `missing` */
	bool
	    obliges_nobody; /* a fault stands, and no certificate says that the body was deposited */
	/* Numbers in the other log, UINT64_MAX for none: */
	uint64_t receipted_by;    /* the receipt that first covers it */
	uint64_t acknowledged_by; /* the first ack or defer */
	uint64_t answered_by;     /* the answer that counts */
	uint64_t resealed_by;     /* in its own log: the latest reseal that was delivered while a
	                           * fault stood, whose blob is the body; UINT64_MAX none */
};

uint64_t rules_size(const struct rules *rules, unsigned party);
/* NULL beyond the size. Valid until the next append. */
const struct act_summary *rules_act(const struct rules *rules, struct act_place place);
/* Whether one who signed it was recalled with a `since` at or before its logged. */
bool rules_disputed(const struct rules *rules, struct act_place place);
/* By identity; false when absent. Finds the first that is not void, else the first. */
bool rules_find(const struct rules *rules, unsigned party, const struct hash *identity,
                struct act_place *ret_place);

/* The charter by which the entry was judged; NULL when it is not held. */
const struct charter *rules_charter(const struct rules *rules, struct act_place place);

/* By which acts a charter came into force, version 2 and on: the one that opened the
 * amendment, and the other side's that completed it. False for other versions. */
bool rules_charter_acts(const struct rules *rules, unsigned version, struct act_place *ret_opened,
                        struct act_place *ret_completed);

enum amendment_state {
	AMENDMENT_OPEN,      /* the other side can complete it */
	AMENDMENT_WAITS,     /* the first party's stands before it */
	AMENDMENT_COMPLETED, /* the charter is or was in force */
	AMENDMENT_RETRACTED,
	AMENDMENT_LAPSED, /* another charter of its version came into force */
	AMENDMENT_STATE_COUNT
};
/* "open", "waits", "completed", "retracted", "lapsed". */
const char *amendment_state_name(enum amendment_state state);

struct amendment_summary {
	struct act_place opened;
	unsigned version;
	struct hash charter; /* SHA-256 of its text */
	enum amendment_state state;
};

/* What became of the amendment that an act opened, or completes. ERROR_NOT_FOUND for
 * other acts and void ones. */
int rules_amendment(const struct rules *rules, struct act_place place,
                    struct amendment_summary *ret_amendment);
/* The amendments that a party has opened, in order; ERROR_NOT_FOUND beyond the last. */
int rules_amendment_by_index(const struct rules *rules, unsigned party, size_t index,
                             struct amendment_summary *ret_amendment);
/* The amendment of a party that is neither completed, taken back nor lapsed. */
bool rules_open_amendment(const struct rules *rules, unsigned party, struct act_place *ret_place);

/* What has become of a matter: matters_table.h says how it gets from one to another. Not all
 * of it follows from the acts alone: lapsed, unconfirmed, in effect and silent are so at a time,
 * by a clock or by what proves an acceptance. */
enum matter_state {
	STATE_OPEN, /* any matter without a finer state */
	STATE_RETRACTED,
	STATE_REJECTED, /* of a meeting, a proposal, a publication */
	/* incident */
	STATE_NOTIFIED,
	STATE_ACKNOWLEDGED,
	STATE_UPDATED,
	STATE_CONCLUDED,
	/* proposal */
	STATE_TABLED,
	STATE_COUNTERED,
	STATE_ACCEPTED,
	STATE_UNCONFIRMED, /* accepted, but after the expiry nothing proves that it was in time */
	STATE_IN_EFFECT,   /* accepted, and proved to be in time */
	STATE_PERFORMED_BY_ONE, /* in effect; one side has reported all of it performed */
	STATE_PERFORMED,
	STATE_DENOUNCED,
	STATE_LAPSED,
	/* meeting */
	STATE_CONVENED,
	STATE_AGREED,   /* of a publication too */
	STATE_RECORDED, /* a telephone call */
	STATE_HELD,     /* minutes are laid, and wait for an answer */
	STATE_MINUTES_AGREED,
	STATE_MINUTES_REJECTED,
	/* request */
	STATE_REQUESTED,
	STATE_DEFERRED,
	STATE_PARTLY_PROVIDED,
	STATE_PROVIDED,
	STATE_REFUSED,
	STATE_NOT_HELD,
	STATE_SILENT, /* the answer is overdue; of allegations, statements and press checks too */
	/* allegation */
	STATE_UNSUPPORTED,
	STATE_SUPPORTED,
	STATE_DENIED,
	STATE_ADMITTED,
	STATE_NO_POSITION, /* of statements and press checks too */
	STATE_FINDING,     /* a finding is laid, and waits for an answer */
	STATE_FOUND_JOINTLY,
	STATE_FOUND_DIVERGENT,
	STATE_MAINTAINED,
	STATE_DROPPED,
	/* public statement */
	STATE_NOTED,
	STATE_ADOPTED,
	STATE_DISOWNED,
	/* declaration */
	STATE_DECLARED,
	STATE_SUPERSEDED,
	/* publication */
	STATE_ASKED,
	STATE_PUBLISHED,
	STATE_PUBLISHED_UNILATERALLY,
	STATE_CHECKED, /* a press check */
	STATE_CONFIRMED,
	STATE_REBUTTED,
	/* list; UPDATED, REJECTED too */
	STATE_OPENED,
	STATE_MATCH_ONLY,
	STATE_COMMITTED, /* a sealed swap waits for the other side's list */
	STATE_PAIRED,    /* both sides have committed, and owe to open */
	STATE_REVEALED,
	STATE_RETIRED,
	MATTER_STATE_COUNT
};
const char *matter_state_name(enum matter_state state);

struct matter_summary {
	struct act_place opened_by;
	enum matter_kind kind;
	enum matter_state state; /* at rules_matter's `now`: expiry lapses a proposal */
	bool unsupported;        /* an allegation for which no evidence has been lodged */
	struct act_place last;   /* the act folded last in display order */
	size_t act_count;
	bool exercise;
};

size_t rules_matter_count(const struct rules *rules);
/* In the order in which they were opened (display order). */
int rules_matter(const struct rules *rules, size_t index, timestamp now,
                 struct matter_summary *ret_matter);
int rules_matter_of(const struct rules *rules, struct act_place opening, timestamp now,
                    struct matter_summary *ret_matter);

/* What has become of what asks inside a matter of another kind: of a request, of minutes, of a
 * communique. Of an act that opens a matter, the state of the matter. ERROR_NOT_FOUND for other
 * acts. */
int rules_state_of(const struct rules *rules, struct act_place place, timestamp now,
                   enum matter_state *ret_state);

/* The acts of a matter in display order, into an array of `capacity`. */
int rules_matter_acts(const struct rules *rules, struct act_place opening,
                      struct act_place *ret_places, size_t capacity, size_t *ret_count);

/* The display order of everything held: the merge of the logs, of two next
 * entries the one seen by the other first, else the charter's order. */
struct display_cursor {
	uint64_t next[2];
};
bool rules_display_next(const struct rules *rules, struct display_cursor *cursor,
                        struct act_place *ret_place);

/* Kinds with which `party` may legally answer (or follow in the matter of) this
 * act now, by anybody's authority: what `chiro reply` offers. */
int rules_legal_answers(const struct rules *rules, unsigned party, struct act_place place,
                        timestamp now, struct kind_set *ret_kinds);

/* --- reading keys -------------------------------------------------------- */

/* A key to which bodies are sealed for a party's node. A later one replaces it; its head
 * may then attest, by a `rekey` with `destroyed`, that it is given up for ever, in the
 * order of the keys. When both sides have attested the keys that a body can be sealed to,
 * nobody shall read it any more: see rules_destruction. */
struct reading_key {
	char recipient[RECIPIENT_CAPACITY];
	uint64_t entry;        /* own-log number of the act that named it; UINT64_MAX: charter */
	timestamp since;       /* its logged; 0: charter */
	uint64_t destroyed_by; /* own-log number of the act that attests it; UINT64_MAX: none */
	timestamp destroyed;   /* its logged */
};

/* A party's, in their order; the last is in use. Valid until the next append. */
const struct reading_key *rules_reading_keys(const struct rules *rules, unsigned party,
                                             size_t *ret_count);

/* The newest of a party's keys to which the body that an entry brings can be sealed: it
 * may be sealed to an earlier one. `place` is held. */
size_t rules_reading_key_of(const struct rules *rules, struct act_place place, unsigned party);

struct destruction {
	struct act_place by[2]; /* each party's attestation */
	timestamp agreed;       /* logged of the later one: retention runs from then */
};

/* Whether both sides have attested the keys of the sealed body that an entry brings. False
 * for one without, or that is for the heads alone. */
bool rules_destruction(const struct rules *rules, struct act_place place,
                       struct destruction *ret_destruction);

/* --- lists --------------------------------------------------------------- */

/* In the order of the words. */
enum list_mode { LIST_OPENED, LIST_MATCH_ONLY, LIST_SWAP };

/* In a `query`: as many as an answer can hold. */
enum { QUERY_ELEMENTS_MAXIMUM = 31 };

/* Why a `reply` refuses, in the order of the words. The first three need a ground that the
 * logs show: the owner's own tally, a version or a retirement that crossed with the question. */
enum refusal { REFUSED_BUDGET, REFUSED_EPOCH, REFUSED_RETIRED, REFUSED_LOST };

/* A list of which an act that is not void has opened the matter. What is said of it is so
 * after everything held. Its versions are one sequence, since only its owner publishes them.
 *
 *     opened        the body of `version` is the list, and its root the commitment
 *     match-only    `classes` are the commitments, the body of `version` brings the pairs
 *     swap          first only a commitment; `pair` is the other side's list that answers
 *                   it, or that it answers; revealed when its body has that root */
struct list_summary {
	struct act_place place; /* of its `list` */
	unsigned owner;         /* the party */
	enum list_mode mode;
	uint64_t epoch;           /* of the version in force, from 1 */
	struct act_place version; /* whose body, or commitments, are in force: a list,
	                           * a reveal, an update-list */
	bool revealed, retired, rejected;
	bool has_pair;
	struct act_place pair;
	struct hash commitment; /* body root of the version; of a swap, of what is to be opened */
	struct class_commitment classes[IDENTIFIER_CLASS_COUNT]; /* pairs 0: none */
};

size_t rules_list_count(const struct rules *rules);
/* In the order of arrival. ERROR_NOT_FOUND beyond the last. */
int rules_list_at(const struct rules *rules, size_t index, struct list_summary *ret_list);
/* By the place of its `list`. ERROR_NOT_FOUND. */
int rules_list(const struct rules *rules, struct act_place place, struct list_summary *ret_list);

/* How many elements the other side has put on record by `query` acts that are not void: of a
 * class, in the list's life, and in acts that were logged on the day (UTC) which begins at
 * `day`. The counts of a tally know nothing of them. */
void rules_list_queried(const struct rules *rules, struct act_place place,
                        enum identifier_class identifier_class, timestamp day, uint64_t *ret_total,
                        uint64_t *ret_today);

/* What a party's latest tally of a list and class says. */
struct list_tally {
	struct act_place place; /* of the tally */
	uint64_t count, today;
	timestamp day;
	struct hash chain;
};
/* False when it has made none. */
bool rules_list_tally(const struct rules *rules, struct act_place place,
                      enum identifier_class identifier_class, unsigned party,
                      struct list_tally *ret_tally);
/* What a party's tallies say was asked on a day. */
uint64_t rules_list_tallied_on(const struct rules *rules, struct act_place place,
                               enum identifier_class identifier_class, unsigned party,
                               timestamp day);

/* Of a `query` that is not void. */
struct query_summary {
	struct act_place list;
	enum identifier_class identifier_class;
	uint64_t epoch, elements;
	/* What queries of the class asked in the list's life, and on this one's day; with it. */
	uint64_t total, today;
	timestamp day;
	bool answered;
};
/* ERROR_NOT_FOUND. */
int rules_query(const struct rules *rules, struct act_place place, struct query_summary *ret_query);

/* Whether a query that is not answered asks under this class and epoch. Its key is to be
 * kept that long: only where another version, or the retirement, had crossed with the question
 * may its owner refuse it for that. */
bool rules_list_key_owed(const struct rules *rules, struct act_place place,
                         enum identifier_class identifier_class, uint64_t epoch);

/* --- stamps -------------------------------------------------------------- */

/* A neutral's word (stamp.h) that a stamp, not void, has put on record. A stamp may stand in
 * either log and be about either. What it does:
 *
 *     checkpoint, certificate   proves that each entry below its size was there by its time:
 *                               see rules_stamped, and STATE_UNCONFIRMED
 *     certificate               is deemed receipt, by the other side, of each entry
 *                               below its size whose present body, if it has one, it names: at
 *                               its time, but not before the entry's logged, plus the charter's
 *                               allowance. So clocks run against a side that receipts nothing.
 *                               Not when a close stood in the stamp's past: nobody could
 *                               deny it any more. It also cures a fault `missing`.
 *     answer                    denies every certificate of the log whose size is greater and
 *                               whose time is earlier: such a certificate counts for
 *                               nothing.
 *
 * All of it follows from what is held, in whatever order it came. */
struct stamp_summary {
	struct act_place place; /* of the stamp */
	enum stamp_form form;
	unsigned party;   /* whose log it is about */
	unsigned neutral; /* whose word it is: stamp_neutral_name */
	uint64_t size;
	timestamp time;
	size_t blob_count; /* named by a certificate */
	bool late;         /* a certificate that starts no clock: a close was in its past */
	/* Of a certificate: an answer that denies it. */
	bool denied;
	struct act_place denied_by;
};

/* What the stamp at a place says; ERROR_NOT_FOUND when there is none, or a void one. */
int rules_stamp(const struct rules *rules, struct act_place place, struct stamp_summary *ret_stamp);

/* When something is so, and by which stamp. */
struct stamped {
	timestamp time;
	struct act_place stamp;
};

/* The earliest time at which a neutral had this entry's log at more than its number.
 * False when no stamp says so. */
bool rules_stamped(const struct rules *rules, struct act_place place, struct stamped *ret_stamped);

/* When the other side is deemed to have received an act, and by which certificate:
 * whether or not it receipted it, and whether or not a clock could start. */
bool rules_deemed_receipt(const struct rules *rules, struct act_place place,
                          struct stamped *ret_stamped);

/* The stamps, at most `capacity`, whose certificates cover an act by size and, where it has
 * a body, name the body with which it was sent or sealed anew: also those that are late or
 * denied. In no particular order. ERROR_NOT_FOUND. */
int rules_certificates(const struct rules *rules, struct act_place place,
                       struct act_place *ret_stamps, size_t capacity, size_t *ret_count);

/* How far it is proved that an offer which expires was accepted in time. */
enum acceptance {
	ACCEPTANCE_NONE,        /* the act is no accept of such an offer, or void */
	ACCEPTANCE_OPEN,        /* not yet, and there is time */
	ACCEPTANCE_RECEIPTED,   /* by the offerer's receipt */
	ACCEPTANCE_STAMPED,     /* by a neutral's word alone: see rules_stamped */
	ACCEPTANCE_UNCONFIRMED, /* not at all: see STATE_UNCONFIRMED */
	ACCEPTANCE_COUNT
};
/* "open", "receipted", "stamped", "unconfirmed"; NULL for ACCEPTANCE_NONE and beyond. */
const char *acceptance_name(enum acceptance acceptance);
enum acceptance rules_acceptance(const struct rules *rules, struct act_place place, timestamp now);

/* The stamp that proves most of `party`'s log later than `after`: of those whose time is
 * later and that are not denied, one of the greatest size, and of these the latest. It shows
 * how much of the log a neutral had seen by then. False when there is none. */
bool rules_stamped_after(const struct rules *rules, unsigned party, timestamp after,
                         struct stamp_summary *ret_stamp);

/* Whether an answer that names this size and root of `party`'s log, at this time, would deny a
 * certificate that counts, were all that is held in its past: then it is worth a stamp. */
bool rules_would_deny(const struct rules *rules, unsigned party, uint64_t size,
                      const struct hash *root, timestamp time);

/* --- obligations -------------------------------------------------------- */

enum obligation_state { OBLIGATION_OPEN, OBLIGATION_MET, OBLIGATION_OVERDUE };

enum obligation_duty {
	DUTY_ACKNOWLEDGE, /* a person of the other side reads it: ack, or an answer; by its
	                   * precedence, or of lists by the clock for their changes */
	DUTY_ANSWER,      /* not of what nobody can answer any more: a dropped allegation */
	DUTY_UPDATE,      /* owed by who notified an incident: update or conclude; by who has
	                   * published a version of a list: the next one, or its retirement */
	DUTY_CONCLUDE,    /* owed by who notified an incident */
	DUTY_REVEAL, /* owed by each side of a sealed swap, from its second list on: its body */
	DUTY_COUNT
};
/* "acknowledge", "answer", "update", "conclude", "reveal". */
const char *obligation_duty_name(enum obligation_duty duty);

struct obligation {
	struct act_place act; /* what asks */
	unsigned owed_by;
	enum obligation_duty duty;
	timestamp started; /* 0: the clock has not started; may be still to come when deemed */
	bool deemed;       /* by deemed receipt, not by a receipt */
	/* With started, what started it: the receiver's entry, the author's first that has
	 * that in its past, or the stamp of the certificate. */
	struct act_place started_by;
	int64_t clock;      /* seconds from the start, but for `due` */
	timestamp deadline; /* 0 with started 0 */
	bool deferred;      /* the deadline is that of a defer, logged in time */
	enum obligation_state state;
	struct act_place met_by; /* with OBLIGATION_MET; late when logged after the deadline */
};

enum { OBLIGATIONS_MAXIMUM = 4 };

/* The obligations that an act gives rise to. None for an act that is void or
 * retracted, or against which an uncured fault stands; and but for acknowledgement
 * none that could no longer be met because the other side had closed.
 * ERROR_NOT_FOUND. */
int rules_obligations(const struct rules *rules, struct act_place place, timestamp now,
                      struct obligation ret_obligations[OBLIGATIONS_MAXIMUM], size_t *ret_count);

#endif
