/* Sealing anew the body of an own act: the same parts, a fresh file key, the
 * recipients in force now. */
#ifndef RESEALING_H
#define RESEALING_H

#include "opened_body.h"
#include "sealing.h"
#include "which_channel.h"

/* Opens the body of `act` (an ACT of the API) and seals it again. `identity` is
 * the person's own, for what is for the eyes of the heads. The results of
 * body_of_act_open and of sealing. */
int resealed_body_make(struct node *node, const json_t *act, const char *identity,
                       struct sealed_body *ret_body, struct error *error);

/* Seals the parts of an opened body of this root. */
int opened_body_seal(const struct opened_body *body, const struct hash *root,
                     const struct x25519_public recipients[SEAL_RECIPIENTS],
                     struct sealed_body *ret_body, struct error *error);

/* The recipients to which the two sides' bodies are sealed now: author's, then
 * receiver's. ERROR_STATE. */
int body_recipients(const struct node *node, bool eyes_heads,
                    struct x25519_public ret_recipients[SEAL_RECIPIENTS], struct error *error);

#endif
