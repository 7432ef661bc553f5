/* The rules over a piece of a log: of the entries of each log only some are known,
 * as in a bundle that was disclosed. What needs the whole of both logs (whether an
 * act was legal in its matter, answered, retracted) is not judged. What is: channel
 * and party, the accession, the times an act itself names, and by the entries that
 * are known who could sign for the party, and with which keys. So a verdict here says
 * "not shown to be void", or void as far as is shown.
 *
 * Rules that were given pieces answer what rules.h asks of people, keys and
 * generations; their logs are empty, and they are never given to rules_append.
 */
#ifndef RULES_PIECE_H
#define RULES_PIECE_H

#include "rules.h"

/* Judges an entry that stands at `place`; of each log they are given in ascending
 * order. `earlier` is the `logged` of the one given before, 0 for none; `is_void`: whoever
 * knows both logs says that the entry is void, so that nothing follows from it, whatever is
 * judged here.
 * Entry 0 must be an accession that carries its head's signature over the charter.
 * ERROR_MISMATCH (channel, party), ERROR_CLOCK, ERROR_STATE, ERROR_MEMORY, and those of
 * charter_verify. */
int rules_append_piece(struct rules *rules, struct act_place place, const struct entry *entry,
                       const struct ssh_key keys[2], timestamp earlier, bool is_void,
                       struct verdict *ret_verdict, struct error *error);

#endif
