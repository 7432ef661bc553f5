/* Bodies on their way into a record. */
#ifndef RECORD_WRITE_BODY_H
#define RECORD_WRITE_BODY_H

#include "record_folder.h"
#include "record_state.h"
#include "record_writer.h"

/* Whether the act names a sealed blob: its body, or one sealed anew. */
bool record_act_has_blob(const struct act_summary *act);

/* Writes bodies/<act>.age from the source; `ret_written` says whether the source had
 * it. ERROR_MISMATCH when it gave something else than the act names. */
int record_write_sealed(const struct record_folder *folder, const struct record_state *state,
                        const struct act_summary *act, const struct record_source *source,
                        bool *ret_written, struct error *error);

/* Writes bodies/<act>/ from the source: the parts as they come, then the manifest of
 * their lines, which must have the root that the act names (ERROR_MISMATCH). */
int record_write_opened(const struct record_folder *folder, const struct record_state *state,
                        const struct act_summary *act, const struct record_source *source,
                        bool *ret_written, struct error *error);

#endif
