/* Certificates of silence: that an act was not answered by its deadline, shown to whoever
 * trusts neither side. See doc/PROTOCOL.act, "Certificate of silence".
 *
 * A certificate is not somebody's word. It is the entries that show it, a statement that
 * says which act and what was owed, and a page that follows from both. In form `whole` the
 * entries are both logs, and the rules decide; in form `span` they are the act, what started
 * its clock, and all that the silent side has logged since it can have known of the act
 * (silence_span.h).
 *
 *     statement    silence_statement_parse, silence_statement_print
 *     facts        silence_judge, by the rules; silence_span_judge, without them
 *     page         silence_page_print: at most 66 lines of 72 columns
 *
 * Pure. Whoever makes a certificate and whoever checks one call the same functions, so that
 * what was refused to one is not believed by the other.
 */
#ifndef SILENCE_H
#define SILENCE_H

#include "edge.h"
#include "rules.h"

enum {
	SILENCE_STATEMENT_MAXIMUM = 8192,
	SILENCE_PAGE_MAXIMUM = 32768, /* bytes */
	SILENCE_PAGE_LINES = 66,
	SILENCE_PAGE_COLUMNS = 72
};

enum silence_form { SILENCE_WHOLE, SILENCE_SPAN, SILENCE_FORM_COUNT };
enum silence_language { SILENCE_ENGLISH, SILENCE_RUSSIAN, SILENCE_LANGUAGE_COUNT };

/* "whole", "span"; "en", "ru". */
const char *silence_form_name(enum silence_form form);
const char *silence_language_name(enum silence_language language);

/* What is said to be silent. `chirograph.silence/1`. */
struct silence_statement {
	struct act_reference act;
	enum obligation_duty duty; /* DUTY_ACKNOWLEDGE or DUTY_ANSWER */
	enum silence_form form;
	enum silence_language language; /* of the page */
	/* Of a span: that the act stands in the tree under the root which started its clock; and
	 * the silent side's log before the first entry that is shown. */
	struct tree_proof path;
	struct edge before;
};

/* The whole of `text`, in its one spelling. ERROR_SYNTAX, ERROR_CANONICAL, ERROR_LIMIT. */
int silence_statement_parse(struct bytes text, struct silence_statement *ret_statement,
                            struct error *error);
int silence_statement_print(const struct silence_statement *statement, struct buffer *buffer);

/* Whether there is silence, and why not. */
enum silence_verdict {
	SILENCE_CERTIFIED,
	SILENCE_NO_ACT,            /* there is no such act; or its leaf is another */
	SILENCE_VOID_ACT,          /* it asks for nothing */
	SILENCE_NOT_OWED,          /* acts of its kind oblige nobody to this */
	SILENCE_RETRACTED,         /* by its author */
	SILENCE_ANSWERED,          /* by `answered_by`, in time or not */
	SILENCE_FAULT,             /* its body is said to be missing or unreadable, uncured */
	SILENCE_RELEASED,          /* a close or a withdrawal: it is not owed, or no longer */
	SILENCE_NO_CLOCK,          /* nothing shows that the other side has it */
	SILENCE_NOT_DUE,           /* its deadline is to come */
	SILENCE_NO_LATE_HEAD,      /* of the silent side's log nothing is later than the deadline */
	SILENCE_OWN_LOG_TOO_EARLY, /* of its author's log nothing is: it may have taken it back */
	SILENCE_NOT_SHOWN,         /* of a span: what must be in it is not */
	SILENCE_VERDICT_COUNT
};
/* "certified", "no-act", …; and an English sentence, marked for translation, without a full
 * stop, of which `{act}` and so on are for the caller to say. */
const char *silence_verdict_name(enum silence_verdict verdict);
const char *silence_verdict_text(enum silence_verdict verdict);

/* What shows that the head is later than the deadline. */
enum silence_late {
	SILENCE_BY_STAMP, /* a neutral saw this head then */
	SILENCE_BY_ENTRY, /* the silent side's own entry is logged then */
	SILENCE_BY_CLOSE  /* its log has ended: nothing can follow */
};

/* The facts, filled in as far as the verdict goes. */
struct silence {
	enum silence_verdict verdict;
	enum silence_form form;
	/* The act */
	struct act_place act;
	char name[ACT_NAME_CAPACITY];
	struct hash leaf;
	const struct kind *kind;
	enum precedence precedence; /* PRECEDENCE_COUNT when it has none */
	timestamp logged;
	char author[DELEGATE_NAME_CAPACITY];
	bool exercise;
	/* What is owed */
	enum obligation_duty duty;
	unsigned silent; /* by whom */
	/* By which clock; CLOCK_ACKNOWLEDGE by the act's precedence, CLOCK_NONE: by none */
	enum clock_number by_clock;
	enum void_reason void_reason;
	char answered_by[ACT_NAME_CAPACITY];
	timestamp answered; /* when that was logged */
	/* The clock */
	timestamp started; /* 0: not */
	bool deemed;
	char started_by[ACT_NAME_CAPACITY]; /* the receipt, the entry that saw it, or the stamp */
	struct act_place start;
	timestamp deposited; /* with deemed: the certificate's time */
	int64_t allowance;   /* with deemed */
	int64_t clock;       /* seconds */
	unsigned charter;    /* version of the one whose clock it is, from 1 */
	timestamp due;       /* of the act; 0 when absent */
	bool deferred;
	timestamp deadline;
	/* The head */
	enum silence_late late;
	timestamp late_time;
	char late_by[ACT_NAME_CAPACITY];
	struct bytes neutral; /* of a stamp: whose word it is; a view of the charter */
	uint64_t head_size;   /* the silent side's log has so many entries there … */
	struct hash root;     /* … under this root */
	uint64_t first;       /* of a span: the first entry of that log that is shown */
	uint64_t sizes[2];    /* entries of each log that were read; of a span, of the silent one */
	bool author_is_head;  /* the act is signed by the key of a head that the charter names */
};

/* By the rules, from all that they hold. `now` is the reader's clock, which decides only
 * between SILENCE_NOT_DUE and what is missing; a verifier gives TIMESTAMP_MAXIMUM. */
void silence_judge(const struct rules *rules, const struct charter *charter, struct act_place act,
                   enum obligation_duty duty, timestamp now, struct silence *ret_silence);

/* Appends the page of a certificate. ERROR_STATE when the facts are those of none;
 * ERROR_MEMORY, ERROR_LIMIT (of the buffer). */
int silence_page_print(const struct silence *silence, const struct charter *charter,
                       enum silence_language language, struct buffer *page);

#endif
