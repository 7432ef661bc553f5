/* SSH signatures over texts: PROTOCOL.sshsig of OpenSSH, version 1, as made by
 * `ssh-keygen -Y sign` and checked by `ssh-keygen -Y verify`.
 *
 * Stricter than ssh-keygen: an armor has exactly one spelling (70 columns, one
 * LF a line, also after the last); the reserved field is empty; the hash is
 * sha256 or sha512; numbers have no superfluous zeros; nothing trails; a FIDO
 * signature has the user-presence flag; keys are those of sshkey.h. RSA and
 * the webauthn form are ERROR_UNSUPPORTED.
 *
 * A signature is verified against the key inside it. Whether that key may sign
 * for anybody is for the caller to decide.
 */
#ifndef SSHSIG_H
#define SSHSIG_H

#include "sshkey.h"

enum { SSHSIG_BLOB_MAXIMUM = 1536, SSHSIG_ARMOR_MAXIMUM = 2304, SSHSIG_NAMESPACE_MAXIMUM = 64 };

enum sshsig_hash { SSHSIG_SHA256, SSHSIG_SHA512, SSHSIG_HASH_COUNT };

/* A parsed signature: views into the blob, which must outlive it. */
struct sshsig {
	struct ssh_key key;
	struct bytes name_space;
	enum sshsig_hash hash;
	struct bytes value; /* 64 bytes of Ed25519, or the r and s of ECDSA (RFC 5656) */
	uint8_t flags;      /* of a FIDO signature, else 0 */
	uint32_t counter;   /* of a FIDO signature, else 0 */
};

/* Decodes the armor that `text` begins with; more may follow it. Appends the
 * blob to `blob` and gives how many bytes of `text` the armor took, its last LF
 * included. ERROR_SYNTAX, ERROR_CANONICAL or ERROR_LIMIT. */
int sshsig_dearmor(struct bytes text, struct buffer *blob, size_t *ret_taken, struct error *error);

/* Appends the armor of a blob; ERROR_LIMIT above SSHSIG_BLOB_MAXIMUM. */
int sshsig_armor(struct bytes blob, struct buffer *armor);

/* Checks form and fields; no cryptography but that the key is a point. */
int sshsig_parse(struct bytes blob, struct sshsig *ret_signature, struct error *error);

/* Verifies that `armor`, which must be one armor and nothing else, signs
 * `message` in `name_space`, and gives the key that signed. ERROR_SIGNATURE when
 * it does not verify, ERROR_MISMATCH for another namespace, or the errors of
 * sshsig_dearmor and sshsig_parse. Depends on nothing else: may be called in
 * many threads at once. */
int sshsig_verify(struct bytes message, const char *name_space, struct bytes armor,
                  struct ssh_key *ret_key, struct error *error);

/* The same over the blob. */
int sshsig_verify_blob(struct bytes message, const char *name_space, struct bytes blob,
                       struct ssh_key *ret_key, struct error *error);

/* Signs with SHA-512, byte for byte as ssh-keygen does, and appends the armor. */
int sshsig_sign(const struct ed25519_secret *secret, const char *name_space, struct bytes message,
                struct buffer *armor);

/* The same, appending the blob. */
int sshsig_sign_blob(const struct ed25519_secret *secret, const char *name_space,
                     struct bytes message, struct buffer *blob);

#endif
