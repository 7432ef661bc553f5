/* Asking the keeper, from the engine: one call a request, waiting for the
 * answer. See keeper_messages.h for what each means, keeper.h for its rules.
 *
 * All return OK or the keeper's code with its sentence. ERROR_IO means that the
 * keeper could not write its state, is gone, or did not answer within a minute:
 * the caller ends its process, and at the next start repeats its last batch. */
#ifndef KEEPER_CLIENT_H
#define KEEPER_CLIENT_H

#include "keeper_messages.h"

struct keeper_client {
	struct message_socket socket;
};

/* Takes the socket. */
void keeper_client_init(struct keeper_client *client, int fd);
void keeper_client_release(struct keeper_client *client);

/* The caller releases the status. */
int keeper_client_status(struct keeper_client *client, struct keeper_status *ret_status,
                         struct error *error);

int keeper_client_new_setup(struct keeper_client *client, struct keeper_setup_keys *ret_keys,
                            struct error *error);
int keeper_client_discard_setup(struct keeper_client *client,
                                const uint8_t setup[KEEPER_SETUP_SIZE], struct error *error);

/* Makes the setup the channel of this charter. Repeating it is allowed. */
int keeper_client_adopt(struct keeper_client *client, const uint8_t setup[KEEPER_SETUP_SIZE],
                        unsigned own_party, struct bytes charter, struct hash *ret_channel,
                        struct error *error);

/* Appends one armor for each text of `sign` to `armors`; `ret_armors` (as many
 * as there are texts) are views into it. */
int keeper_client_sign(struct keeper_client *client, const struct keeper_sign *sign,
                       struct buffer *armors, struct bytes *ret_armors, struct error *error);

/* Appends the own head (a signed checkpoint note) to `head`, and the cosignature
 * line, with its line feed, to `cosignature` when a head was given to cosign. */
int keeper_client_commit(struct keeper_client *client, const struct keeper_commit *commit,
                         struct buffer *head, struct buffer *cosignature, struct error *error);

/* `header` is the header of the age file alone. The caller wipes the key. */
int keeper_client_unseal(struct keeper_client *client, const struct hash *channel,
                         struct bytes header, uint8_t ret_file_key[KEEPER_FILE_KEY_SIZE],
                         struct error *error);

/* The caller wipes the words. */
int keeper_client_call_words(struct keeper_client *client, const struct keeper_call *call,
                             struct call_words *ret_words, struct error *error);

/* Appends the statement's text to `text` and its armor to `armor`. */
int keeper_client_sign_exchange(struct keeper_client *client,
                                const struct keeper_exchange *exchange, struct buffer *text,
                                struct buffer *armor, struct error *error);

/* Appends the DER. */
int keeper_client_link_certificate(struct keeper_client *client, const struct hash *channel,
                                   const struct ed25519_public *public_key,
                                   struct buffer *certificate, struct error *error);

/* A new key, as it stands in `rekey` (base64, or `age1…`). It takes effect with
 * keeper_client_activate_key, to be called once the act is in the log. */
int keeper_client_new_key(struct keeper_client *client, const struct hash *channel,
                          enum keeper_purpose purpose, char ret_key[KEEPER_KEY_TEXT_CAPACITY],
                          struct error *error);
int keeper_client_activate_key(struct keeper_client *client, const struct hash *channel,
                               enum keeper_purpose purpose, const char *key, struct error *error);
/* See keeper_destroy_reading_key: ERROR_NOT_FOUND when it was done before. */
int keeper_client_destroy_reading_key(struct keeper_client *client,
                                      const struct keeper_destruction *destruction,
                                      struct error *error);

/* Has a keeper whose state is lost or older take up the own log where the evidence
 * says that it ended. */
int keeper_client_recover(struct keeper_client *client, const struct keeper_recover *recover,
                          struct error *error);
/* See keeper_succession and keeper_adopt_successor. */
int keeper_client_succession(struct keeper_client *client,
                             const struct keeper_succession *succession, struct error *error);
int keeper_client_adopt_successor(struct keeper_client *client,
                                  const struct keeper_successor *successor,
                                  struct hash *ret_channel, struct error *error);

#endif
