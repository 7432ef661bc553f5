/* Verifying a record without any node: everything in the folder is read as if an
 * enemy had written it. Charter and logs are checked cryptographically and by
 * the rules; every other file but README.txt is computed anew from them and
 * compared byte for byte; and every file must be one that belongs there.
 *
 *     struct record_report report;
 *
 *     if ((r = record_verify("record", NULL, &report, &error)) != OK)
 *             ...                 it could not be read at all
 *     if (!report.intact)
 *             ... report.damage says what is wrong first, and where
 */
#ifndef RECORD_VERIFIER_H
#define RECORD_VERIFIER_H

#include "rules.h"

enum { RECORD_PATH_CAPACITY = 512 };

/* The first thing that is wrong. */
struct record_damage {
	int code;                        /* enum result: why */
	char file[RECORD_PATH_CAPACITY]; /* within the record */
	bool has_offset;
	uint64_t offset;             /* of the byte in the file, from 0 */
	char act[ACT_NAME_CAPACITY]; /* `north-7` where one entry is at fault, else "" */
	char reason[512];            /* one English sentence without a full stop */
};

/* What an intact record leaves open. */
enum record_gap_kind {
	RECORD_GAP_EMPTY_LOG,         /* nothing of this party's log is here */
	RECORD_GAP_NOT_COUNTERSIGNED, /* head not cosigned by the other side: `count` entries after
	                                * the last head that is */
	RECORD_GAP_EARLIER_KEY,       /* cosigned under a receipt key that was replaced since */
	RECORD_GAP_WITNESSES,         /* `count` witnesses fewer than the charter's quorum */
	RECORD_GAP_UNKNOWN_KINDS, /* `count` acts of kinds of which this version knows no effect */
	RECORD_GAP_BODIES_SEALED, /* `count` bodies: size and SHA-256 checked, not the content */
	RECORD_GAP_BODIES_ABSENT, /* `count` bodies that acts name are not in the record */
	RECORD_GAP_BODIES_DESTROYED, /* `count` more are not, because both sides have attested that
	                              * the keys to which they were sealed are destroyed */
	RECORD_GAP_BODIES_FAULTED,   /* of those, `count` with an uncured fault against them */
	RECORD_GAP_DISPUTED,         /* `count` acts by whoever was recalled since before them */
	RECORD_GAP_KIND_COUNT
};

struct record_gap {
	enum record_gap_kind kind;
	unsigned party;
	uint64_t count;
};

/* An English sentence without a full stop, marked for translation; what the
 * gap's party and count add is for the caller to say. */
const char *record_gap_text(enum record_gap_kind kind);

enum { RECORD_GAPS_MAXIMUM = 2 * RECORD_GAP_KIND_COUNT };

/* Owns nothing. Of a damaged record only what came before the damage is filled in. */
struct record_report {
	bool intact;
	struct record_damage damage; /* unless intact */
	char channel[CHANNEL_ID_CAPACITY];
	char parties[2][PARTY_ID_CAPACITY];
	uint64_t sizes[2];                     /* entries in each log */
	char as_of[2][ACT_NAME_CAPACITY];      /* the last act of each log, "" when it has none */
	timestamp logged[2];                   /* of that act */
	enum channel_state state;              /* at the later of them */
	unsigned charter;                      /* version of the charter in force */
	char charter_by[2][ACT_NAME_CAPACITY]; /* the acts that opened and completed it, or "" */
	uint64_t void_count[2];                /* acts that are void */
	uint64_t stamps[2][STAMP_FORM_COUNT];  /* in each log, that are not void: note and signature
	                                       * hold, and what it says of a log is so */
	uint64_t denied[2];                    /* of the certificates among them */
	uint64_t files;                        /* that were accounted for */
	bool has_acts; /* the files for people are there, and were checked */
	size_t gap_count;
	struct record_gap gaps[RECORD_GAPS_MAXIMUM];
};

struct record_verify_options {
	unsigned threads; /* 0: as many as there are processors */
	/* As in record_writer.h. */
	int (*progress)(void *context, uint64_t done, uint64_t total);
	void *progress_context;
	/* Called for every act in the order in which it was judged, logs before all else
	 * that is compared; may be NULL. Damage may still be found later. */
	int (*act)(void *context, const struct act_summary *act);
	void *act_context;
};

/* Verifies the record in `directory`. OK with a report, intact or not; else why
 * nothing can be said: ERROR_NOT_FOUND (no such directory), ERROR_MEMORY, ERROR_IO
 * (the system refused to read), or what a callback returned. */
int record_verify(const char *directory, const struct record_verify_options *options,
                  struct record_report *ret_report, struct error *error);

#endif
