/* From the name of an act to its opened body: fetches the blob, finds the file
 * key, has the reader's process open it. */
#ifndef BODY_OF_ACT_H
#define BODY_OF_ACT_H

#include "opened_body.h"
#include "which_channel.h"

/* `act` is an ACT of the API with its body; where the body was sealed anew, the last
 * blob is opened. With `identity` NULL the node's keeper
 * gives the file key and the node notes who opened what; otherwise an identity
 * file of the person. The results of blob_fetch_file, file_key_by_identity and
 * opened_body_open; ERROR_STATE: it is for the eyes of the heads, and the node
 * cannot open it. Release with opened_body_release. */
int body_of_act_open(struct node *node, const json_t *act, const char *identity,
                     struct opened_body *ret_body, struct error *error);

/* The act by this name and its opened body; of a `reseal` the act whose body it
 * sealed anew, so that both names give the same. `identity` is what the person gave,
 * or NULL; what is for the eyes of the heads is opened with that of the identity
 * file then. The caller drops the act. */
int body_by_name(struct node *node, const char *name, const char *identity, json_t **ret_act,
                 struct opened_body *ret_body, struct error *error);

/* The same of a PENDINGACT: one that waits for its second signature. */
int body_of_pending_open(struct node *node, const json_t *pending, const char *identity,
                         struct opened_body *ret_body, struct error *error);

#endif
