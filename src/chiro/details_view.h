/* The fields of a body as people read them: labels and words in their language,
 * and what the author left out or gave in a form that it cannot have. */
#ifndef DETAILS_VIEW_H
#define DETAILS_VIEW_H

#include "body_remarks.h"
#include "details.h"
#include "opened_body.h"

/* Prints the values of one part `fields`. */
void details_show(const struct kind *kind, struct bytes content);

/* The values of all parts `fields` of a body, at most FIELDS_COUNT_MAXIMUM. */
size_t details_of_body(const struct opened_body *body,
                       struct detail_value ret_values[FIELDS_COUNT_MAXIMUM]);

/* The first value of a key; empty when there is none. */
struct bytes details_value(const struct detail_value *values, size_t count, const char *key);

/* Says what the body of an act of `kind` leaves out and what is malformed. */
void details_remark(const struct kind *kind, const struct opened_body *body,
                    struct body_remarks *remarks);

#endif
