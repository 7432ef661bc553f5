/* What an act mentions and one's own lists have.
 *
 * The identifiers in the texts of a body are looked up in the lists that the person keeps on
 * this machine, and nowhere else: to ask the other side's lists about them would tell it, and
 * would let whoever sends a notice find out what is on a list. */
#ifndef OWN_LISTS_H
#define OWN_LISTS_H

#include "body_remarks.h"
#include "opened_body.h"
#include "settings.h"

/* Adds a remark for each mention that is on one of one's own lists, `own-list`. Bodies that
 * are lists themselves are not looked through. */
void own_lists_remark(const struct settings *settings, const json_t *act,
                      const struct opened_body *body, struct body_remarks *remarks);

#endif
