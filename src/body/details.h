/* What an act of each kind says of its case in fixed terms: which keys its part
 * `fields` (see fields.h) has, which of them must stand there, and what their
 * values may be. No rule reads a body: an act whose body leaves something out is
 * not void, and whoever reads it is told what is left out.
 *
 * A field may lead a group: `said-by` begins what is said of one source, and
 * `supplied-by-us` and `capture` belong to the last `said-by` before them (to the
 * first where none stands before). What a group must say, each group of the act
 * must say. Keys that the table does not have may stand in every body; those
 * that blame somebody must not stand where an act implies no attribution.
 *
 *     struct detail_value values[FIELDS_COUNT_MAXIMUM];
 *     count = details_read(content, values);               content as of fields_check
 *     faults = details_check(KIND_ALLEGE, values, count, found, capacity);
 */
#ifndef DETAILS_H
#define DETAILS_H

#include "fields.h"
#include "kinds.h"

enum detail_type {
	DETAIL_TEXT,     /* one line */
	DETAIL_WORD,     /* one of `words` */
	DETAIL_TIME,     /* `2026-11-22` or `2026-11-22T14:03:11Z` */
	DETAIL_DIGEST,   /* SHA-256, 64 digits of lower-case hexadecimal */
	DETAIL_GRADE,    /* Admiralty: source A to F, information 1 to 6, such as `B2` */
	DETAIL_LANGUAGE, /* a language tag */
	DETAIL_ACT,      /* the name of an act, such as `north-7` */
	DETAIL_PART,     /* the number of a part, 1 to 4096 */
	DETAIL_ADDRESS,  /* a URL */
	DETAIL_TYPE_COUNT
};

struct detail_word {
	const char *word;
	const char *label; /* as people read it, marked for translation */
};

struct detail {
	const char *key;
	enum detail_type type;
	enum presence presence; /* OPTIONAL or REQUIRED: in its group, where it has one */
	bool repeated;
	const struct detail_word *words; /* DETAIL_WORD: word NULL ends */
	const char *leader;              /* the key that leads its group; NULL: none */
	const char *instead;             /* what may stand in its place, never beside it; or NULL */
	const char *label;               /* two words at most, marked for translation */
	const char *help;                /* one English line, marked for translation */
};

/* The fields of a kind in their order; NULL and 0 where it has none of its own. */
const struct detail *details_of(enum kind_number kind, size_t *ret_count);
/* NULL: the kind has no such field. */
const struct detail *detail_find(enum kind_number kind, struct bytes key);
/* Whether a key blames somebody and the kind implies no attribution. */
bool detail_is_refused(enum kind_number kind, struct bytes key);
/* Whether a value is of the type, and one of the words. */
bool detail_accepts(const struct detail *detail, struct bytes value);
/* What a value of the type is, in one English line, marked for translation. */
const char *detail_type_text(enum detail_type type);
/* The word of a field as people read it, marked; NULL when it is none of them. */
const char *detail_word_label(const struct detail *detail, struct bytes word);

/* Both halves of an Admiralty grade as people read them, marked; "" for a value
 * that is none. F and 6 say that it cannot be judged. */
const char *detail_source_grade(struct bytes grade);
const char *detail_information_grade(struct bytes grade);

struct detail_value {
	struct bytes key, value;
};

/* The values of a text that fields_check has accepted; views into it. */
size_t details_read(struct bytes text, struct detail_value ret_values[FIELDS_COUNT_MAXIMUM]);

/* The group in which each value stands, as the place of the value that leads it;
 * DETAIL_NO_VALUE where none does, and in kinds without groups. */
enum { DETAIL_NO_VALUE = -1 };
void details_groups(enum kind_number kind, const struct detail_value *values, size_t count,
                    int ret_groups[FIELDS_COUNT_MAXIMUM]);

/* The first value of a key in a group, or in the whole with DETAIL_NO_VALUE; empty
 * when there is none. */
struct bytes detail_value_in(const struct detail_value *values, const int *groups, size_t count,
                             int group, const char *key);

enum detail_wrong {
	DETAIL_MISSING,   /* it must stand there and does not */
	DETAIL_MALFORMED, /* its value cannot be */
	DETAIL_TWICE,     /* it stands more than once where once is all */
	DETAIL_EXCLUDED,  /* it stands beside what takes its place */
	DETAIL_ALONE,     /* it belongs to a group that nothing leads */
	DETAIL_REFUSED    /* it blames somebody, which this kind does not do */
};

struct detail_fault {
	enum detail_wrong wrong;
	const struct detail *detail; /* NULL with DETAIL_REFUSED */
	/* Which of the values it is about; with DETAIL_MISSING the leader of the
	 * group that it misses, DETAIL_NO_VALUE where there is no group. */
	int value;
};

/* What is wrong with the values of a kind, at most `capacity` faults, in the order
 * of the table; 0: nothing. */
size_t details_check(enum kind_number kind, const struct detail_value *values, size_t count,
                     struct detail_fault *ret_faults, size_t capacity);

#endif
