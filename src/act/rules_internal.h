/* The inside of the rules, shared by src/act/rules_*.c only. */
#ifndef RULES_INTERNAL_H
#define RULES_INTERNAL_H

#include "frontier.h"
#include "hash_index.h"
#include "matters_table.h"
#include "memory_tree.h"
#include "rules.h"

/* No entry, in place of a number. Greater than every size: never in a view. */
#define NO_ENTRY UINT64_MAX
/* No delegate, no matter. */
#define NO_INDEX SIZE_MAX

/* How many texts of charters are kept that were given. */
enum { KNOWN_CHARTERS_MAXIMUM = 2 * CHARTERS_MAXIMUM };

/* What a clock may be off by, in seconds: how much earlier than an entry of its past
 * an entry may be logged, and what still is directly after. */
enum { CLOCK_TOLERANCE = 5 * 60 };

/* A view: the first size[k] entries of log k. */
struct view {
	uint64_t size[2];
};

/* The words of fault's field, in the order of the kinds table. */
enum fault { FAULT_MISSING, FAULT_UNOPENABLE, FAULT_MISMATCH, FAULT_CURED };

/* The certificate that says earliest that a body could be collected; time 0: none. */
struct deposit {
	timestamp time;
	struct act_place stamp;
};

/* What the steps of a track have led to. */
struct track_state {
	enum matter_state state;
	unsigned mover;         /* whose step led to it */
	struct act_place offer; /* of a proposal: its latest propose or counter */
	unsigned waiting;       /* minutes or findings that have no answer */
	bool agreed;            /* one of them has been accepted */
	bool supported;         /* who alleges has lodged evidence */
};

/* What is kept of an entry. The summary is what others see of it. */
struct record {
	struct act_summary summary;
	size_t signers[2];      /* among its log's delegates; NO_INDEX for none, or when void */
	size_t matter;          /* index among the matters; NO_INDEX for none */
	uint64_t next;          /* the next entry of the same log in the same matter */
	uint64_t non_receipts;  /* in its log before it, itself included */
	uint64_t retracted_by;  /* the first retract, in its own log */
	uint64_t superseded_by; /* the first declaration that does, in its own log */
	uint64_t deferred_by;   /* the first defer, in the other log */
	/* See rules_track.c. */
	size_t track;                      /* that it opens or is a step of; NO_INDEX for none */
	uint64_t previous_step, next_step; /* of its log in the track */
	uint64_t other_step;               /* the other log's last step in its past */
	struct track_state after;          /* of the track, in its past and with it */
	/* Numbers in the other log, whose side receives it: */
	uint64_t delivered_by;   /* the receipt that covers it or its latest reseal */
	uint64_t resealed_under; /* the latter, if there is one */
	uint64_t clock_by;       /* the entry at which its clocks started last */
	uint64_t first_fault;
	/* Of a body, or of a reseal the new one; faults and reseals of an act: */
	struct deposit deposited;
	uint64_t same_blob; /* the latest earlier entry of its log with this blob */
	enum fault fault;   /* that stands in the other log; FAULT_CURED: none */
	bool unreadable;    /* the present blob does not open, or is another: so it was said */
	uint64_t latest_reseal;
	uint64_t
	    fault_seen; /* how much of this log the side that said the last fault had receipted */
	/* See rules_changes.h: in the chain of what was touched; in the queue of acts whose
	 * clock was started by an entry that their log has not seen */
	bool touched, unseen;
	uint64_t next_touched, unseen_before, unseen_after;
	/* Of a stamp: whose log it is about, and its index there */
	unsigned stamped_log;
	size_t stamp;
	/* Of a list and of what opens or changes it: its version's index; of a query, its own.
	 * NO_INDEX of all others. */
	size_t version, query;
};

/* A stamp that is valid, among those about one log. */
struct stamp_record {
	struct stamp_summary summary;
	size_t first_blob; /* of the log's stamp_blobs */
};

struct matter {
	struct act_place opened_by;
	uint64_t first[2], last[2]; /* its entries in each log: see struct record's next */
	uint64_t count;
	size_t track;
	/* Of an incident: the first update in each log, the conclusion in its own. */
	uint64_t updated[2], concluded;
};

/* An `amend` that opens one, among those of its log. */
struct amendment {
	uint64_t number;
	unsigned version;
	struct hash charter;
};

/* A charter that is in force in every view that holds its completion. */
struct charter_in_force {
	const struct charter *charter;
	struct act_place opened, completed; /* of the first: NO_ENTRY */
};

/* A text that was given; NULL: no charter that could amend the first. */
struct known_charter {
	struct hash hash;
	struct charter *charter;
};

/* What goes through the states of matters_table.h: a matter, or what asks inside a matter of
 * another kind (a request, minutes, a communique). */
struct track {
	struct act_place opened_by;
	enum matter_kind kind;
	uint64_t first[2], last[2]; /* its steps in each log: see struct record */
	/* The latest steps of which one beat the other: see rules_conflict.h. */
	uint64_t conflict[2];
};

/* A version of a list, or what was committed to before there was any. */
struct list_version {
	size_t list;
	uint64_t number; /* in its owner's log, as all numbers here */
	uint64_t epoch;
	struct hash commitment;
	struct class_commitment classes[IDENTIFIER_CLASS_COUNT];
	size_t previous;   /* NO_INDEX: the first */
	uint64_t ended_by; /* the update or the retirement that came next */
};

/* A question that was put on record, and what the asker has asked so with it. */
struct list_query {
	struct act_place place;
	size_t list;
	enum identifier_class identifier_class;
	uint64_t epoch, elements;
	uint64_t total; /* of the class in the list's life … */
	timestamp day;
	uint64_t today;  /* … and on that day; both with it */
	size_t previous; /* of the class; NO_INDEX */
};

/* What a side has said of a list and class. */
struct list_count {
	struct list_tally tally;
	size_t previous; /* of that side, list and class; NO_INDEX: the first */
};

struct list {
	struct act_place place;
	enum list_mode mode;
	size_t version; /* the latest */
	uint64_t revealed_by, retired_by;
	size_t queries[IDENTIFIER_CLASS_COUNT];    /* the latest; NO_INDEX */
	size_t tallies[2][IDENTIFIER_CLASS_COUNT]; /* the same, by party */
};

/* A log key, and the first entry that it signs for. */
struct generation {
	uint64_t start;
	struct ed25519_public key;
};

enum withdrawal { FROM_TALKS, FROM_CHANNEL, WITHDRAWAL_COUNT };

struct log_state {
	struct record *records;
	size_t record_capacity;
	uint64_t size;
	struct memory_tree tree;
	uint64_t receipted;           /* of the other log */
	uint64_t node_run;            /* where its last entries, all by the node, begin */
	struct hash_index identities; /* of texts, to numbers */

	/* The channel */
	bool acceded;
	uint64_t first_receipt, closed_by;
	uint64_t withdrawn_by[WITHDRAWAL_COUNT];
	uint64_t *toggles; /* suspend, resume, suspend, … */
	size_t toggle_count, toggle_capacity;
	struct amendment *amendments; /* that it has opened, in order */
	size_t amendment_count, amendment_capacity;

	/* People and keys */
	struct party party;
	struct delegate *delegates;
	size_t delegate_count, delegate_capacity;
	struct hash_index names; /* SHA-256 of a name, to the latest delegate of that name */
	struct hash_index keys; /* SHA-256 of a point, to 1 + the entry that named it; 0: charter */
	size_t head;            /* NO_INDEX: recalled */
	struct generation *generations; /* of the log; the first is the charter's */
	size_t generation_count, generation_capacity;

	struct reading_key *reading_keys; /* of the node; the first is the charter's */
	size_t reading_key_count, reading_key_capacity;
	size_t attested_count;           /* of them are attested destroyed: the first so many */
	struct hash_index reading_index; /* SHA-256 of a recipient, to its place among them */

	/* What neutrals say of this log, as stamped in either */
	struct stamp_record *stamps; /* in the order of arrival */
	size_t stamp_count, stamp_capacity;
	struct hash *stamp_blobs; /* that their certificates name */
	size_t stamp_blob_count, stamp_blob_capacity;
	struct frontier answers;   /* of the depositary: by time, the size */
	struct frontier reached;   /* by size, the time at which a neutral knew of it */
	struct frontier deposited; /* the same, by certificates that start clocks */
	struct frontier certified; /* the same, by all that are not denied */
	struct hash_index blobs;   /* of this log's bodies, to the latest entry with it */

	/* Matters */
	uint64_t *openings; /* entries that open one, ascending */
	size_t opening_count, opening_capacity;
	struct hash_index commitments; /* of sealed swaps, to the list that made it first */
};

/* What an index of obligations is to look at again: see rules_changes.h. Each is kept
 * by party; NO_ENTRY ends a chain. */
struct changes {
	uint64_t touched[2];
	uint64_t unseen_first[2], unseen_last[2];
	uint64_t certified_from[2], certified_to[2]; /* to 0: none */
	bool upheaval;
};

struct rules {
	const struct charter *charter;     /* the first: who the parties are */
	struct charter_in_force *charters; /* by version, from 1; the first is `charter` */
	size_t charter_count, charter_capacity;
	struct known_charter *known; /* in the order in which they were given */
	size_t known_count, known_capacity;
	struct changes *changes;
	struct log_state logs[2];
	struct matter *matters; /* in the order of arrival */
	size_t matter_count, matter_capacity;
	struct track *tracks; /* in the order of arrival */
	size_t track_count, track_capacity;
	struct list *lists; /* in the order of arrival, as the next two */
	size_t list_count, list_capacity;
	struct list_version *versions;
	size_t version_count, version_capacity;
	struct list_query *queries;
	size_t query_count, query_capacity;
	struct list_count *tallies;
	size_t tally_count, tally_capacity;
};

/* An act about to be judged, with what it refers to resolved in its view. */
struct draft {
	const struct kind *kind;
	unsigned party;
	timestamp logged;
	struct view view;
	bool exercise;
	enum role role;               /* of its author */
	bool opens;                   /* a matter */
	const struct record *answers; /* NULL for none, as below */
	const struct record *matter;  /* the opening act of the matter it joins */
	const struct record *target;
	struct stamp stamp; /* of a stamp that was read */
	int failure;        /* why it could not be judged, OK otherwise */
};

/* --- rules.c --- */
/* Entry 0 of a log is an accession that carries its head's signature over the charter:
 * ERROR_STATE, and the results of charter_verify_blob. */
int check_first_entry(const struct rules *rules, unsigned party, const struct act *act,
                      struct error *error);

/* --- rules_authority.c --- */
int authority_init(struct log_state *log, const struct party *party);
/* Keeps the neutrals' keys from becoming a party's: in one of the logs will do. */
int authority_reserve_neutrals(struct log_state *log, const struct charter *charter);
/* Whether a witness or depositary of the charter has a key that the draft's view knows
 * as a party's. */
bool names_key_in_use(const struct rules *rules, const struct draft *draft,
                      const struct charter *charter);
void authority_release(struct log_state *log);
int authority_reserve(struct log_state *log);
/* Who signed, and whether they may sign this; VOID_NONE when so. Sets the draft's
 * role. */
enum void_reason judge_signers(const struct rules *rules, const struct act *act,
                               const struct ssh_key keys[2], struct draft *draft);
/* accredit, recall, appoint, rekey: whether they mean something here. */
enum void_reason judge_authority(const struct rules *rules, const struct draft *draft,
                                 const struct act *act);
void fold_authority(struct log_state *log, const struct act *act, uint64_t number,
                    timestamp logged);
/* Whether the act is in the node's name. */
bool author_is_node(const struct act *act);
/* The delegate who holds a name now, NO_INDEX for none. */
size_t delegate_index(const struct log_state *log, const char *name);

/* --- rules_reading.c --- */
/* Room for one more key. */
int reading_reserve(struct log_state *log);
/* A key takes the place of the present one, unless it is that; an attestation. Room is
 * reserved. */
void fold_reading_key(struct log_state *log, struct bytes recipient, uint64_t number,
                      timestamp logged);
void fold_destroyed(struct log_state *log, uint64_t number, timestamp logged);
/* Whether a key may be the next; and whether one may be attested by a rekey to `value`. */
enum void_reason judge_reading_key(const struct log_state *log, struct bytes recipient);
enum void_reason judge_destroyed(const struct log_state *log, const struct draft *draft,
                                 struct bytes destroyed, struct bytes value);

/* --- rules_reference.c --- */
/* Resolves all references of an act into the draft, whose kind, party, logged,
 * view and exercise are set. */
enum void_reason resolve_references(const struct rules *rules, const struct act *act,
                                    struct draft *draft);
/* Whether the kind may refer so to what the draft refers to. */
enum void_reason judge_references(const struct draft *draft);

/* --- rules_changes.c --- */
int changes_new(struct changes **ret_changes);
void touch(const struct rules *rules, struct record *record);
/* An entry that is not void, and what it names. */
void touch_named(const struct rules *rules, struct record *record);
/* Acts without a body from `from` on, below `to`. */
void touch_certified(const struct rules *rules, unsigned party, uint64_t from, uint64_t to);
/* The clocks of an act start, perhaps anew, at entry `number` of the other log, which is
 * its last. */
void start_clock(const struct rules *rules, struct record *record, uint64_t number);
/* A party's log has now seen the first `size` entries of the other. */
void touch_seen(const struct rules *rules, unsigned party, uint64_t size);

/* --- rules_channel.c --- */
/* `act` is read for withdraw only, and may be NULL for other kinds. */
enum void_reason judge_channel(const struct rules *rules, const struct draft *draft,
                               const struct act *act);
/* accede, suspend, resume, withdraw, close */
void fold_channel(struct log_state *log, const struct act *act, uint64_t number);
/* When the earliest withdrawal in the view takes effect; 0 for none. Whoever
 * withdraws from the channel withdraws from the talks. */
timestamp withdrawal_effect(const struct rules *rules, const struct view *view,
                            enum withdrawal from);

/* --- rules_amend.c --- */
int amendments_init(struct rules *rules, const struct charter *charter);
void amendments_release(struct rules *rules);
/* Room for one amendment of the log, and for one charter more. */
int amendments_reserve(struct rules *rules, struct log_state *log);
/* The latest charter whose completion is in the view, and its version. */
const struct charter *charter_in_view(const struct rules *rules, const struct view *view);
unsigned charter_version_in_view(const struct rules *rules, const struct view *view);
/* The one by which an entry was judged. */
const struct charter *charter_of(const struct rules *rules, const struct record *record);
/* amend. May set the draft's failure. */
enum void_reason judge_amend(const struct rules *rules, struct draft *draft, const struct act *act);
/* Whether what the draft answers is an amendment that it can complete. */
enum void_reason judge_completion(const struct rules *rules, const struct draft *draft);
void fold_amend(struct rules *rules, const struct record *record, const struct act *act);

/* --- rules_service.c --- */
/* What only log reading can settle of a receipt that is not void: OK, ERROR_WAIT,
 * ERROR_STATE or ERROR_MISMATCH. */
int check_receipt(const struct rules *rules, unsigned party, const struct act *act,
                  struct error *error);
/* fault, reseal, stamp. May set the draft's stamp and failure. */
enum void_reason judge_service(const struct rules *rules, struct draft *draft,
                               const struct act *act);
/* receipt, fault, reseal, stamp; and the blobs of all acts with a body */
void fold_service(struct rules *rules, struct record *record, const struct act *act,
                  const struct draft *draft);

/* --- rules_fault.c --- */
enum void_reason judge_fault(const struct rules *rules, const struct draft *draft,
                             const struct act *act);
enum void_reason judge_reseal(const struct draft *draft);
void fold_fault(const struct rules *rules, const struct record *record, enum fault fault);
void fold_reseal(const struct rules *rules, struct record *record, const struct act *act);
/* Receipt `number` of the other log covers a reseal, or a stamp, for the first time. */
void cover_reseal(const struct rules *rules, const struct record *reseal, uint64_t number);
void cover_stamp(const struct rules *rules, const struct record *stamp, uint64_t number);
/* Ends the fault that stands against an act, in the log of the side that said so. */
void end_fault(const struct rules *rules, struct record *record);
/* Whether an act obliges anybody, after what faults or deposits there are has changed. */
void settle_fault(const struct rules *rules, struct record *record);
/* Remembers that an entry names a blob, if it does. Room is reserved. */
void note_blob(struct rules *rules, const struct record *record);
/* The certificate by which the other side is deemed to have received an act: of its
 * present body, where it has one. Time 0: none. */
struct deposit deposit_of(const struct rules *rules, const struct record *record);

/* --- rules_stamp.c --- */
void stamps_release(struct log_state *log);
/* Room for one stamp about each log. */
int stamps_reserve(struct rules *rules);
enum void_reason judge_stamp(const struct rules *rules, struct draft *draft, const struct act *act);
/* Room is reserved. */
void fold_stamp(struct rules *rules, struct record *record, const struct draft *draft);
/* The earlier of two; of equal ones that with the lesser place. Time 0: none. */
struct deposit earlier_deposit(struct deposit a, struct deposit b);

/* --- rules_matter.c --- */
/* Whether the matter allows it, and what it answers or retracts. `act` is read for the words
 * of its fields, and may be NULL: then any would do. */
enum void_reason judge_matter(const struct rules *rules, const struct draft *draft,
                              const struct act *act);
/* accept, propose, counter, defer: whether their fields mean something here. */
enum void_reason judge_offer(const struct draft *draft, const struct act *act);
void fold_matter(struct rules *rules, struct record *record);

/* --- rules_list.c --- */
/* What concerns a list, and the reject of one. `act` may be NULL: then any fields would do. */
enum void_reason judge_list(const struct rules *rules, struct draft *draft, const struct act *act);

/* --- rules_list_fold.c --- */
/* Room for one more of each that an act of this kind adds to, in its log and in the rules. */
int lists_reserve(struct rules *rules, struct log_state *log, const struct kind *kind);
void lists_release(struct rules *rules);
void fold_list(struct rules *rules, struct record *record, const struct act *act);
/* A fault against the body of a reveal came, or went: what is owed in its swap changes. */
void touch_swap(const struct rules *rules, const struct record *reveal);
/* The list whose matter an act opened or joined. */
struct list *list_of(const struct rules *rules, const struct record *record);
/* The version in force in a view that holds the list. */
const struct list_version *list_version_in_view(const struct rules *rules, const struct list *list,
                                                const struct view *view);
/* The other side's list in a sealed swap, whether it answers this one or is answered by it.
 * NULL: none in the view. */
const struct record *pair_in_view(const struct rules *rules, const struct list *list,
                                  const struct view *view);
/* What a side's tallies count, in the list's life and on a day. */
void tallied(const struct rules *rules, const struct list *list,
             enum identifier_class identifier_class, unsigned party, timestamp day,
             uint64_t *ret_total, uint64_t *ret_today);
/* The day on which a time is: its first second. */
timestamp day_of(timestamp time);

/* --- rules_track.c --- */
/* Opens a track, for which there is room. */
size_t track_open(struct rules *rules, const struct record *record, enum matter_kind kind);
/* The record, of an entry that is its log's last, is a step of the track. */
void track_step(struct rules *rules, size_t track, struct record *record);
struct track_state track_in_view(const struct rules *rules, const struct track *track,
                                 const struct view *view);
/* The same from the first step on, always. */
struct track_state track_from_start(const struct rules *rules, const struct track *track,
                                    const struct view *view);
/* The row by which an act of this kind, naming one or none, counts in a state: where it is
 * said, or with `crossed` in display order. NULL: by none. */
const struct matter_row *track_row(const struct track *track, const struct track_state *state,
                                   const struct kind *kind, unsigned party,
                                   const struct record *named, int word, bool crossed);

/* --- rules_state.c --- */
/* Of a track at a time: what its acts led to, and what clocks and proofs make of it. */
enum matter_state track_state_at(const struct rules *rules, const struct track *track,
                                 timestamp now);

/* --- what all of them use --- */

/* A hash in an index of hashes to entries: the entry, NO_ENTRY for none. */
static inline uint64_t entry_of_hash(const struct hash_index *index, const struct hash *hash)
{
	const uint64_t *number = hash_index_find(index, hash);

	return number == NULL ? NO_ENTRY : *number;
}

static inline unsigned other_party(unsigned party)
{
	return 1 - party;
}

static inline bool place_equal(struct act_place a, struct act_place b)
{
	return a.party == b.party && a.number == b.number;
}

static inline struct record *record_at(const struct rules *rules, struct act_place place)
{
	return &rules->logs[place.party].records[place.number];
}

/* Whether entry `number` of a log, NO_ENTRY included, is in the view. */
static inline bool in_view(const struct view *view, unsigned party, uint64_t number)
{
	return number < view->size[party];
}

static inline struct view view_of_everything(const struct rules *rules)
{
	return (struct view){ { rules->logs[0].size, rules->logs[1].size } };
}

static inline bool record_is_valid(const struct record *record)
{
	return record->summary.verdict.code == VERDICT_VALID;
}

static inline enum kind_number kind_of(const struct record *record)
{
	return record->summary.kind->number;
}

#endif
