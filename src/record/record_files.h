/* Every file of a record that follows from charter and logs, in one place: the
 * writer writes what comes from here, the verifier compares with it. */
#ifndef RECORD_FILES_H
#define RECORD_FILES_H

#include "record_state.h"

struct record_sink {
	void *context;
	/* Takes one whole file. Any result other than OK ends the work and is passed on. */
	int (*put)(void *context, const char *path, struct bytes content, struct error *error);
};

/* .act, .sig and .2.sig of one entry. The last of the signatures is followed by the
 * entry's `logged` line, so that text, LF and signatures are the entry. */
int record_put_act(const struct record_state *state, struct act_place place,
                   const struct entry *entry, const struct record_sink *sink, struct error *error);

/* The charters that amendments have put in force. */
int record_put_charters(const struct record_state *state, const struct record_sink *sink,
                        struct error *error);

/* The policy of a party's log. */
int record_put_policy(const struct record_state *state, unsigned party,
                      const struct record_sink *sink, struct error *error);

/* All others but entry bundles, README.txt, bodies and the heads' signatures, which
 * do not follow: `notes` are the checkpoint notes, empty for an empty log, as
 * record_head_settle gives them. `proofs`: with a .tlog-proof for each act. */
int record_put_derived(const struct record_state *state, const struct bytes notes[2], bool proofs,
                       const struct record_sink *sink, struct error *error);

#endif
