/* What opens a list that was committed to in a swap: its body with the salts, kept on the
 * person's machine until it is revealed, as
 *
 *     own/<channel>/swap.<body root in hexadecimal>
 *
 * a sealed body (seal.h) whose two recipients are both the person's own identity
 * (own_files.h). Who has that file and the identity can reveal the list, and nobody else:
 * the commitment tells nothing of it. */
#ifndef LIST_KEPT_H
#define LIST_KEPT_H

#include "own_files.h"
#include "sealing.h"
#include "which_channel.h"

/* Keeps the one part of a list, and gives its root. `ret_path` names the file; it is durable
 * when this returns OK. */
int list_keep(const struct node *node, const struct part *part, struct hash *ret_root,
              char ret_path[OWN_PATH_CAPACITY], struct error *error);

/* The kept body, sealed for both sides. ERROR_NOT_FOUND: nothing is kept of this root;
 * ERROR_SIGNATURE: it does not open with the person's identity; ERROR_MISMATCH: it is
 * damaged. */
int list_kept_seal(const struct node *node, const struct hash *root,
                   const struct x25519_public recipients[SEAL_RECIPIENTS],
                   struct sealed_body *ret_body, struct error *error);

/* Removes it; says nothing where that fails. */
void list_kept_forget(const struct node *node, const struct hash *root);

#endif
