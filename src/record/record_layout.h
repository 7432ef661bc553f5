/* The names of the files of a record, and back from a name to what it is. */
#ifndef RECORD_LAYOUT_H
#define RECORD_LAYOUT_H

#include "record_state.h"
#include "record_verifier.h"
#include "tile.h"

#define RECORD_README  "README.txt"
#define RECORD_SCRIPT  "verify.sh"
#define RECORD_CHARTER "charter.txt"
#define RECORD_SIGNERS "allowed_signers"
#define RECORD_BODIES  "bodies"

/* The files of one party that there are once. */
#define RECORD_POLICY        "policy"
#define RECORD_CHECKPOINT    "checkpoint"
#define RECORD_COUNTERSIGNED "checkpoint.countersigned"
#define RECORD_ACTS          "acts"

/* The files of one act; in the order of the endings. */
enum record_act_file {
	RECORD_ACT_TEXT,      /* .act */
	RECORD_ACT_SIGNATURE, /* .sig */
	RECORD_ACT_SECOND,    /* .2.sig */
	RECORD_ACT_PROOF,     /* .tlog-proof */
	RECORD_ACT_FILE_COUNT
};

/* `north/<name>` */
void record_party_path(const struct record_state *state, unsigned party, const char *name,
                       char ret_path[RECORD_PATH_CAPACITY]);
/* `charter.2.txt`: from version 2 on. */
void record_charter_path(unsigned version, char ret_path[RECORD_PATH_CAPACITY]);
/* `charter.north.sig` */
void record_charter_signature_path(const struct record_state *state, unsigned party,
                                   char ret_path[RECORD_PATH_CAPACITY]);
/* `north/tile/0/000.p/5` */
void record_tile_path(const struct record_state *state, unsigned party, const struct tile *tile,
                      char ret_path[RECORD_PATH_CAPACITY]);
/* `north/acts/000007.act` */
void record_act_path(const struct record_state *state, struct act_place place,
                     enum record_act_file file, char ret_path[RECORD_PATH_CAPACITY]);
/* `bodies/north-7<ending>`; ".age", or "/0001" */
void record_body_path(const struct record_state *state, struct act_place place, const char *ending,
                      char ret_path[RECORD_PATH_CAPACITY]);

/* What a path names. */
enum record_item {
	RECORD_ITEM_UNKNOWN, /* nothing that a record has */
	RECORD_ITEM_README,
	RECORD_ITEM_DERIVED,       /* computed from charter and logs, there or not */
	RECORD_ITEM_COUNTERSIGNED, /* checkpoint.countersigned of `place.party` */
	RECORD_ITEM_ACT,           /* a file of the act at `place` */
	RECORD_ITEM_BODY,          /* the sealed body of `place` */
	RECORD_ITEM_PART           /* file `part` of the opened body of `place`; 0: the manifest */
};

struct record_name {
	enum record_item item;
	struct act_place place;
	uint64_t part;
};

/* Whether the sizes of the logs allow for the path, and what it is; only the one
 * spelling of each is known. */
struct record_name record_name_of(const struct record_state *state, const char *path);

/* What follows `prefix` and a slash in a path; NULL when it is another folder. */
const char *record_path_within(const char *path, const char *prefix);
/* The decimal number in front of a text, with leading zeros or without; false for none. */
bool record_leading_number(const char *text, uint64_t *ret_number);

#endif
