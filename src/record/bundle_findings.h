/* What a bundle that is intact comes to: who signed, what stands against an act, and above
 * all what is not shown. Whoever made it chose what to leave out; so each question that an
 * entry elsewhere could answer otherwise is open, unless all the entries that could are
 * here. Only what is computed from entries closes it, never the maker's word. */
#ifndef BUNDLE_FINDINGS_H
#define BUNDLE_FINDINGS_H

#include "bundle.h"

/* What an intact bundle leaves open. */
enum bundle_gap_kind {
	/* Of a log: */
	BUNDLE_GAP_NO_LOG,            /* nothing of it is here */
	BUNDLE_GAP_NOT_COUNTERSIGNED, /* the other side has not cosigned its head */
	BUNDLE_GAP_EARLIER_KEY,       /* by a receipt key that it has replaced since */
	BUNDLE_GAP_WITNESSES,         /* `count` fewer than the charter's quorum */
	/* Of a subject: */
	BUNDLE_GAP_NOT_RECEIPTED, /* that the other side ever held it */
	BUNDLE_GAP_RECALLED,      /* whether a signer was recalled, also since before, elsewhere */
	BUNDLE_GAP_RULES,         /* whether it was legal: only both logs whole show it */
	BUNDLE_GAP_LATER,         /* whether it was corrected, retracted or updated later */
	BUNDLE_GAP_ANSWERS,       /* whether it was answered in entries that are not here */
	BUNDLE_GAP_FAULT,         /* whether the other side could open its body */
	BUNDLE_GAP_BY_WORD,       /* that `count` entries are void: its maker alone says so */
	BUNDLE_GAP_REFERENCE,     /* the act that it answers, changes or belongs to is not here */
	BUNDLE_GAP_PARTS,         /* `count` parts of its body */
	BUNDLE_GAP_TRANSLATION,   /* `count` parts are translations, and none authentic is here */
	BUNDLE_GAP_KIND_COUNT
};

struct bundle_gap {
	enum bundle_gap_kind kind;
	struct act_place place; /* of the subject; of a log only the party */
	uint64_t count;
};

/* For --json; and an English sentence without a full stop, marked for translation. */
const char *bundle_gap_name(enum bundle_gap_kind kind);
const char *bundle_gap_text(enum bundle_gap_kind kind);
bool bundle_gap_is_of_log(enum bundle_gap_kind kind);

/* All that is open, logs first; the caller frees with release_memory. ERROR_MEMORY. */
int bundle_gaps(const struct bundle *bundle, struct bundle_gap **ret_gaps, size_t *ret_count);

/* The delegate who gave the signature (0: the author's, 1: the cosigner's), by what is
 * here; NULL when it is not shown that anybody was accredited under that key. */
const struct delegate *bundle_signer(const struct bundle *bundle, const struct bundle_act *act,
                                     unsigned index);
/* A recall that is here says that the key may have been somebody else's since before. */
bool bundle_is_disputed(const struct bundle *bundle, const struct bundle_act *act);
/* A fault of the other side's stands against it: by the rules where the bundle is whole;
 * else one is here, void by the maker's word or not, and neither a cure nor an answer after
 * it that counts. */
bool bundle_is_faulted(const struct bundle *bundle, const struct bundle_act *act);

/* Entries of the other side's log below this number cannot know of the act: the last receipt
 * before it that is here does not cover it. 0: any may. The receipt that is shown to cover
 * an act need not be the first that did. */
uint64_t bundle_unseen_until(const struct bundle *bundle, const struct bundle_act *act);

/* How another entry that is here stands to an act; also one that is void by the maker's
 * word alone: nobody's word makes an answer none. */
enum bundle_relation {
	BUNDLE_UNRELATED,
	BUNDLE_CORRECTS,
	BUNDLE_RETRACTS,
	BUNDLE_UPDATES,
	BUNDLE_RESEALS,
	BUNDLE_FAULTS, /* or cures */
	BUNDLE_ANSWERS
};
enum bundle_relation bundle_relation_to(const struct bundle_act *act,
                                        const struct bundle_act *other);

#endif
