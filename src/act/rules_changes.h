/* Which acts may owe something else than before: what an index of obligations (agenda.h)
 * asks after entries were appended, so that it need not look at all acts again.
 *
 * The rules note each act that an entry touches; every act stands in the notes once,
 * however often it was touched, and costs no memory of its own. An act is touched by
 *
 *     its own entry, and each that answers it, names it as its target, or joins the
 *     matter or the track that it opened
 *     the other log's receipt of it, and what starts its clocks anew (a cure, a new seal)
 *     its own log's first entry that has seen that, which may bear an earlier time
 *     a fault against its body, and a certificate that names it
 *
 * What touches many acts at once is noted as such: an upheaval, which is a close, a
 * withdrawal or an amendment, and a certificate, which covers all acts without a body
 * below its size. There is one reader of the notes for each rules.
 */
#ifndef RULES_CHANGES_H
#define RULES_CHANGES_H

#include "rules.h"

/* An act that was touched, in no particular order; false when there is none. It stays
 * noted until it is dropped, which is before the next append or the next question. */
bool rules_next_touched(const struct rules *rules, struct act_place *ret_place);
void rules_drop_touched(struct rules *rules, struct act_place place);

/* Whether everything that is owed has to be looked at again, since the last time. */
bool rules_take_upheaval(struct rules *rules);

/* The acts of a party's log without a body which a certificate has touched since the last
 * time: those with numbers from *ret_from on and below *ret_to. False: none. */
bool rules_take_certified(struct rules *rules, unsigned party, uint64_t *ret_from,
                          uint64_t *ret_to);

#endif
