/* A person's signature, made by `ssh-keygen -Y sign`, with which come files,
 * agents, passphrases and FIDO keys. What it makes is verified here before it
 * is used. */
#ifndef SIGNER_H
#define SIGNER_H

#include "sshsig.h"

/* Signs `message` with the key file `key` (private, or public with an agent) and
 * appends the armor in its one spelling. ssh-keygen asks for passphrases and
 * touches on the terminal itself. ERROR_DENIED (ssh-keygen refused; it has said
 * why), ERROR_SIGNATURE (what it made does not verify), ERROR_IO. */
int signer_sign(const char *key, const char *name_space, struct bytes message, struct buffer *armor,
                struct ssh_key *ret_key, struct error *error);

/* Reads the public half of a key file: `key.pub`, or the file itself when it is
 * a public key (a comment is dropped). */
int signer_public_key(const char *key, struct ssh_key *ret_key, struct error *error);

/* Makes an Ed25519 key pair `path` and `path.pub` without passphrase. */
int signer_make_key(const char *path, const char *comment, struct error *error);

#endif
