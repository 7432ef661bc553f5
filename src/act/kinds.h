/* The kinds table: the only place that knows what kinds of acts there are.
 *
 * A row says of a kind which lines its text has, who may sign it, what it may
 * answer, which matter it opens or joins, which clock it starts against the
 * other side, and whether this version gives it an effect. The table drives the
 * parser, the rules, the command line's help and prompts, and the documents.
 * Its contents for `rules 1` never change after a charter has pinned them.
 */
#ifndef KINDS_H
#define KINDS_H

#include "bytes.h"

enum { RULES_VERSION = 1 };

/* clang-format off */
/* In the order of the table. */
enum kind_number {
	/* channel */
	KIND_ACCEDE, KIND_AMEND, KIND_ACCREDIT, KIND_RECALL, KIND_APPOINT, KIND_REKEY,
	KIND_SUSPEND, KIND_RESUME, KIND_WITHDRAW, KIND_CLOSE,
	/* service */
	KIND_RECEIPT, KIND_FAULT, KIND_RESEAL, KIND_STAMP, KIND_TEST, KIND_ECHO, KIND_TALLY,
	/* any matter */
	KIND_ACK, KIND_COMMENT, KIND_CORRECT, KIND_RETRACT,
	/* meeting */
	KIND_CONVENE, KIND_ACCEPT, KIND_REJECT, KIND_MINUTES, KIND_CALL,
	/* incident */
	KIND_NOTIFY, KIND_UPDATE, KIND_OFFER, KIND_CONCLUDE,
	/* request */
	KIND_REQUEST, KIND_PROVIDE, KIND_DEFER, KIND_REFUSE, KIND_NOT_HELD,
	/* allegation */
	KIND_ALLEGE, KIND_SUBMIT, KIND_DENY, KIND_ADMIT, KIND_NO_POSITION, KIND_FIND,
	KIND_MAINTAIN, KIND_DROP,
	/* public statement */
	KIND_NOTE_PUBLIC, KIND_ADOPT, KIND_DISOWN,
	/* proposal */
	KIND_PROPOSE, KIND_COUNTER, KIND_REPORT, KIND_DENOUNCE,
	/* list */
	KIND_LIST, KIND_REVEAL, KIND_UPDATE_LIST, KIND_RETIRE_LIST, KIND_QUERY, KIND_REPLY,
	/* declaration */
	KIND_DECLARE,
	/* leak */
	KIND_PROTEST, KIND_EXPLAIN, KIND_OPEN_COPY,
	/* publication */
	KIND_ASK_RELEASE, KIND_COMMUNIQUE, KIND_PUBLISH, KIND_PRESS_CHECK, KIND_CONFIRM,
	KIND_REBUT,
	KIND_COUNT
};
/* clang-format on */

/* A set of kinds, one bit a kind number. */
struct kind_set {
	uint64_t bits[2];
};

static inline bool kind_set_has(const struct kind_set *set, enum kind_number number)
{
	return (set->bits[number / 64] >> (number % 64)) & 1;
}

static inline void kind_set_add(struct kind_set *set, enum kind_number number)
{
	set->bits[number / 64] |= UINT64_C(1) << (number % 64);
}

enum matter_kind {
	MATTER_CHANNEL, /* the channel itself: no matter line */
	MATTER_SERVICE, /* machine entries: no matter line */
	MATTER_ANY,     /* joins whatever matter it names */
	MATTER_MEETING,
	MATTER_INCIDENT,
	MATTER_REQUEST,
	MATTER_ALLEGATION,
	MATTER_STATEMENT,
	MATTER_PROPOSAL,
	MATTER_LIST,
	MATTER_DECLARATION,
	MATTER_LEAK,
	MATTER_PUBLICATION,
	MATTER_KIND_COUNT
};

/* Who may sign: a set of these bits. */
enum role {
	ROLE_HEAD = 1, /* named by the charter or by `appoint` */
	ROLE_DEPUTY = 2,
	ROLE_OFFICER = 4,
	ROLE_DUTY = 8,
	ROLE_NODE = 16,      /* author `node`: machine entries */
	ROLE_APPOINTING = 32 /* author `appointing`: the party's offline key */
};

/* "head", "deputy", "officer", "duty", "node", "appointing"; NULL for other values. */
const char *role_name(enum role role);

enum presence { ABSENT, OPTIONAL, REQUIRED };

/* How an act stands to matters. What only joins, joins matters of its own kind,
 * or any where its kind of matter is MATTER_ANY; what may open or join
 * (MATTER_LINE_EITHER) opens its own kind and joins any. */
enum matter_use {
	MATTER_LINE_NONE,     /* no matter line */
	MATTER_LINE_NEW,      /* always `matter new` */
	MATTER_LINE_JOIN,     /* always the matter's opening act */
	MATTER_LINE_EITHER,   /* `new` or an opening act */
	MATTER_LINE_OPTIONAL, /* none, or an opening act */
	MATTER_LINE_COUNT
};

/* What the value of a field may be. */
enum field_type {
	FIELD_DELEGATE,  /* a delegate's name */
	FIELD_SSH_KEY,   /* `type base64`, canonical */
	FIELD_RAW_KEY,   /* 32 bytes in base64 */
	FIELD_RECIPIENT, /* age1… */
	FIELD_CHOICE,    /* one of the words in `choices` */
	FIELD_NUMBER,    /* decimal, below 2^63 */
	FIELD_HASH,      /* 32 bytes in base64 */
	FIELD_TIME,
	FIELD_ACT,       /* `north-7 <base64 leaf hash>` */
	FIELD_BLOB,      /* `<bytes> <base64 SHA-256>` */
	FIELD_PARTY,     /* a party id of the charter */
	FIELD_ENCODED,   /* base64 of up to 3,000 bytes */
	FIELD_TEXT,      /* free, one line, at most 1,024 bytes */
	FIELD_ENDPOINTS, /* 1 to 4 `host:port`, separated by a space: see charter.h */
	FIELD_BY_CHOICE, /* the type that the kind's first field, a choice, selects in `types` */
	FIELD_CLASS_COMMITMENT, /* see class_commitment.h; the field's name is that of its class */
	FIELD_TYPE_COUNT
};

struct field {
	const char *name;
	enum field_type type;
	enum presence presence; /* OPTIONAL or REQUIRED */
	const char *choices;    /* FIELD_CHOICE: words joined by '|', else NULL */
	/* FIELD_BY_CHOICE: one type a word of the kind's first field, else NULL */
	const enum field_type *types;
	/* The field stands only where the kind's first field is this word, and is
	 * required or optional there; NULL: always */
	const char *when;
	const char *help; /* one English line for prompts, marked for translation */
};

enum { FIELDS_MAXIMUM = 9 };

/* Clocks of the charter. CLOCK_NONE: obliges to nothing. */
enum clock_number {
	CLOCK_NONE,
	CLOCK_ACKNOWLEDGE, /* by precedence: see charter.h */
	CLOCK_REQUEST,     /* flash requests have their own */
	CLOCK_POSITION,
	CLOCK_LIST_CHANGES,
	CLOCK_FULL_LIST,
	CLOCK_INCIDENT_UPDATE,
	CLOCK_CONCLUSION,
	CLOCK_COUNT
};

/* State a matter takes when an act of this kind counts (see rules.h). */
struct kind {
	const char *name;
	enum kind_number number;
	enum matter_kind matter;
	enum matter_use matter_use;
	unsigned signers;       /* set of enum role */
	enum presence cosigner; /* OPTIONAL: the charter may require it */
	enum presence answers;
	struct kind_set answerable; /* kinds that `answers` may name; empty with answers ABSENT */
	enum presence precedence;
	enum presence due;
	enum presence not_after;
	enum presence eyes;
	enum presence body;                  /* where it may stand, so may `marking` */
	struct field fields[FIELDS_MAXIMUM]; /* name NULL ends; in the order of the text */
	enum clock_number obliges; /* clock started against the other side for an answer; every
	                            * act with a precedence also starts CLOCK_ACKNOWLEDGE */
	const char *obliges_when;  /* only where the first field is this word; NULL: always */
	bool completes;            /* one that answers asks for neither */
	enum clock_number reads;   /* clock started for its acknowledgement, where it obliges to no
	                            * answer and has no precedence */
	bool in_this_version;      /* may be drafted here; otherwise only kept and shown */
	const char *help;          /* one English line, marked for translation */
};

const struct kind *kind_by_number(enum kind_number number);
/* NULL when unknown. */
const struct kind *kind_by_name(struct bytes name);
const char *matter_kind_name(enum matter_kind matter);
/* As in the charter's clock lines; "none" for CLOCK_NONE. */
const char *clock_name(enum clock_number clock);
const char *field_type_name(enum field_type type);

/* The clocks that an act starts against the other side, for an answer and for an
 * acknowledgement, by the word of its first field (-1 where that is no choice) and by whether
 * it answers. An acknowledgement is owed by its precedence before it is by this. */
enum clock_number kind_answer_clock(const struct kind *kind, int word, bool answers);
enum clock_number kind_reading_clock(const struct kind *kind, int word, bool answers);

/* How many fields the kind has. */
size_t kind_field_count(const struct kind *kind);
/* Whether people draft acts of this kind: false for machine entries (reseal,
 * which both may make, counts as people's). */
bool kind_is_for_people(const struct kind *kind);
/* Whether `exercise yes` may stand in acts of this kind: where a matter can. */
bool kind_may_be_exercise(const struct kind *kind);
/* The index of `word` among words joined by '|', or -1; and the word at an
 * index, empty beyond the last. */
int choice_index(const char *choices, struct bytes word);
struct bytes choice_word(const char *choices, size_t index);
size_t choice_count(const char *choices);

#endif
