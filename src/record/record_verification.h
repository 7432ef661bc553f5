/* The inside of the verifiers, shared by src/record/record_verif*.c, record_diagnosis.c,
 * record_check_body.c, record_walk.c, record_gaps.c and bundle_read*.c only. */
#ifndef RECORD_VERIFICATION_H
#define RECORD_VERIFICATION_H

#include "record_folder.h"
#include "record_head.h"
#include "record_layout.h"
#include "record_verifier.h"

struct verification {
	const struct record_verify_options *options;
	struct record_folder folder;
	struct record_state state;
	bool acts;              /* the files for people are there */
	bool damaged;           /* report.damage says what is wrong */
	struct buffer notes[2]; /* of the heads, as they stand in the files */
	struct checkpoint heads[2];
	struct buffer scratch;  /* of a file that is compared */
	struct buffer found[2]; /* a set of enum record_found for each entry */
	struct record_report report;
};

/* What the walk has found of an entry's body. */
enum record_found { RECORD_FOUND_SEALED = 1, RECORD_FOUND_OPENED = 2 };

/* Where in a file something is wrong. */
#define NO_OFFSET UINT64_MAX

/* Says what is wrong first; later calls change nothing. Returns `code`. `act` may be
 * NULL. */
int record_damaged(struct verification *v, int code, const char *file, uint64_t offset,
                   const struct act_place *act, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

/* Whether a result tells of this machine and not of the record. */
bool record_failure_is_ours(int result);

/* Says that a file could not be read, unless that is the fault of this machine.
 * Returns `result`. */
int record_unreadable(struct verification *v, const char *file, int result,
                      const struct error *cause, struct error *error);

/* The offset of the first byte that differs, or the size of the shorter one. */
size_t record_first_difference(struct bytes a, struct bytes b);

/* Compares a file with what it must be. */
int record_compare(struct verification *v, const char *path, struct bytes expected,
                   const struct act_place *act, struct error *error);

/* Reads the entry bundle `tile` of a log, into an empty buffer. */
int record_read_bundle(struct verification *v, unsigned party, const struct tile *tile,
                       struct buffer *content, struct error *error);

/* Gives a state the texts of the amended charters that are in the folder. */
int record_read_charters(struct verification *v, struct record_state *state, struct error *error);
/* The act puts a charter in force whose text is not among them. Returns ERROR_CHARTER. */
int record_blame_charter(struct verification *v, const struct record_state *state,
                         const struct act_place *act);

/* Something is wrong with a log or what was compared with it: finds out whether it
 * is the log's own files, that do not lead to its head. OK when both logs are what
 * their heads say: then the damage is elsewhere. */
int record_diagnose(struct verification *v, struct error *error);

/* Compares the sealed body of an act, or the opened one of which `part` is there, with
 * what the act says. */
int record_check_sealed(struct verification *v, const char *path, struct act_place place,
                        struct error *error);
int record_check_opened(struct verification *v, struct act_place place, struct error *error);

/* Walks all folders: every file must belong, bodies are checked on the way. */
int record_walk(struct verification *v, struct error *error);

#endif
