/* Public keys of SSH, as people's keys stand in charters and signatures:
 *
 *     ssh-ed25519                          RFC 8709
 *     ecdsa-sha2-nistp256, -nistp384       RFC 5656, section 3.1
 *     sk-ssh-ed25519@openssh.com           PROTOCOL.u2f of OpenSSH: FIDO keys
 *     sk-ecdsa-sha2-nistp256@openssh.com
 *
 * Every key has exactly one spelling: `type base64` with one space and no
 * comment; points of ECDSA are uncompressed and lie on the curve; the
 * application of a FIDO key begins with `ssh:`. What follows the format but is
 * another kind of key (RSA, certificates) is ERROR_UNSUPPORTED.
 */
#ifndef SSHKEY_H
#define SSHKEY_H

#include "buffer.h"
#include "ed25519.h"
#include "result.h"

enum ssh_key_kind {
	SSH_KEY_ED25519,
	SSH_KEY_ECDSA_P256,
	SSH_KEY_ECDSA_P384,
	SSH_KEY_FIDO_ED25519,
	SSH_KEY_FIDO_ECDSA_P256,
	SSH_KEY_KIND_COUNT
};

enum {
	SSH_KEY_BLOB_MAXIMUM = 512,
	SSH_KEY_LINE_MAXIMUM = 768,       /* `type base64` of the longest key */
	SSH_KEY_FINGERPRINT_CAPACITY = 51 /* `SHA256:`, 43 characters, NUL */
};

/* Owns nothing: copy it freely. */
struct ssh_key {
	enum ssh_key_kind kind;
	size_t size;
	uint8_t blob[SSH_KEY_BLOB_MAXIMUM]; /* the wire form, RFC 4253, section 6.6 */
};

/* The views inside a key; they last as long as the key. */
struct ssh_key_parts {
	struct bytes point;       /* 32 bytes of Ed25519; 65 or 97 of ECDSA */
	struct bytes application; /* of a FIDO key, else empty */
};

/* The type as it stands in the text, such as "ssh-ed25519". */
const char *ssh_key_type(enum ssh_key_kind kind);

/* `type base64`, without comment or line end. ERROR_SYNTAX, ERROR_CANONICAL,
 * ERROR_LIMIT (longer than 512 bytes) or ERROR_UNSUPPORTED. */
int ssh_key_parse(struct bytes line, struct ssh_key *ret_key, struct error *error);

/* The same from the wire form. */
int ssh_key_from_blob(struct bytes blob, struct ssh_key *ret_key, struct error *error);

/* Cannot fail. */
void ssh_key_from_ed25519(const struct ed25519_public *public_key, struct ssh_key *ret_key);

/* Appends `type base64`. */
int ssh_key_print(const struct ssh_key *key, struct buffer *buffer);

bool ssh_key_equal(const struct ssh_key *a, const struct ssh_key *b);

/* The wire form as a view. */
struct bytes ssh_key_blob(const struct ssh_key *key);

/* The parts of a key that one of the functions above has made. */
struct ssh_key_parts ssh_key_parts(const struct ssh_key *key);

/* As `ssh-keygen -l` prints it: `SHA256:` and unpadded base64. */
void ssh_key_fingerprint(const struct ssh_key *key, char ret_text[SSH_KEY_FINGERPRINT_CAPACITY]);

#endif
