/* The inside of the rules, shared by src/act/rules_*.c only. */
#ifndef RULES_INTERNAL_H
#define RULES_INTERNAL_H

#include "hash_index.h"
#include "memory_tree.h"
#include "rules.h"

/* No entry, in place of a number. Greater than every size: never in a view. */
#define NO_ENTRY UINT64_MAX
/* No delegate, no matter. */
#define NO_INDEX SIZE_MAX

/* What a clock may be off by, in seconds: how much earlier than an entry of its past
 * an entry may be logged, and what still is directly after. */
enum { CLOCK_TOLERANCE = 5 * 60 };

/* A view: the first size[k] entries of log k. */
struct view {
	uint64_t size[2];
};

/* What is kept of an entry. The summary is what others see of it. */
struct record {
	struct act_summary summary;
	size_t signers[2];     /* among its log's delegates; NO_INDEX for none, or when void */
	size_t matter;         /* index among the matters; NO_INDEX for none */
	uint64_t next;         /* the next entry of the same log in the same matter */
	uint64_t non_receipts; /* in its log before it, itself included */
	uint64_t retracted_by; /* the first retract, in its own log */
	/* Numbers in the other log, whose side receives it: */
	uint64_t delivered_by;   /* the receipt that covers it or its latest reseal */
	uint64_t resealed_under; /* the latter, if there is one */
	uint64_t clock_by;       /* the entry at which its clocks started last */
	uint64_t first_fault;
};

struct matter {
	struct act_place opened_by;
	uint64_t first[2], last[2]; /* its entries in each log: see struct record's next */
	uint64_t count;
	struct act_place offer; /* of a proposal: its latest propose or counter */
	/* Of an incident: the first update in each log, the conclusion in its own. */
	uint64_t updated[2], concluded;
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

	/* People and keys */
	struct party party;
	struct delegate *delegates;
	size_t delegate_count, delegate_capacity;
	struct hash_index names; /* SHA-256 of a name, to the latest delegate of that name */
	struct hash_index keys; /* SHA-256 of a point, to 1 + the entry that named it; 0: charter */
	size_t head;            /* NO_INDEX: recalled */
	struct generation *generations; /* of the log; the first is the charter's */
	size_t generation_count, generation_capacity;

	/* Matters */
	uint64_t *openings; /* entries that open one, ascending */
	size_t opening_count, opening_capacity;
};

struct rules {
	const struct charter *charter;
	struct log_state logs[2];
	struct matter *matters; /* in the order of arrival */
	size_t matter_count, matter_capacity;
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
};

/* --- rules_authority.c --- */
int authority_init(struct log_state *log, const struct party *party);
/* Keeps the neutrals' keys from becoming a party's: in one of the logs will do. */
int authority_reserve_neutrals(struct log_state *log, const struct charter *charter);
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

/* --- rules_reference.c --- */
/* Resolves all references of an act into the draft, whose kind, party, logged,
 * view and exercise are set. */
enum void_reason resolve_references(const struct rules *rules, const struct act *act,
                                    struct draft *draft);
/* Whether the kind may refer so to what the draft refers to. */
enum void_reason judge_references(const struct draft *draft);

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

/* --- rules_service.c --- */
/* What only log reading can settle of a receipt that is not void: OK, ERROR_WAIT,
 * ERROR_STATE or ERROR_MISMATCH. */
int check_receipt(const struct rules *rules, unsigned party, const struct act *act,
                  struct error *error);
/* fault, reseal */
enum void_reason judge_service(const struct rules *rules, const struct draft *draft,
                               const struct act *act);
/* receipt, fault, reseal */
void fold_service(struct rules *rules, struct record *record, const struct act *act);

/* --- rules_matter.c --- */
/* answers, retractions, updates, conclusions: whether their place in the matter
 * is free. */
enum void_reason judge_matter(const struct rules *rules, const struct draft *draft);
/* accept, propose, counter: whether their fields mean something here. */
enum void_reason judge_offer(const struct draft *draft, const struct act *act);
void fold_matter(struct rules *rules, struct record *record);
enum matter_state matter_state_at(const struct rules *rules, const struct matter *matter,
                                  timestamp now);

/* --- what all of them use --- */

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
