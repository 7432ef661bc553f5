/* The keeper: all private keys of a node, and the memory that keeps it from
 * contradicting itself. Its directory holds, each of mode 0600:
 *
 *     lock                 locked while a keeper runs: two would be a fork
 *     <32 hex>.setup       keys for a channel whose charter does not exist yet
 *     <channel id>.keys    keys of a channel (keeper_keys.h)
 *     <channel id>.charter its charter
 *     <channel id>.state   what was signed (keeper_file.h)
 *
 * The directory is in no backup: a state file that comes back from the past
 * makes the keeper sign what contradicts what it has signed since.
 *
 * What it refuses, whoever asks: another batch where one was signed; a head or
 * cosignature that is not of a tree consistent with all before; a receipt for a
 * size and root it has not verified; a signature over any text but node entries
 * of the service kinds in its own channel and party, and statements of exchanges that
 * it has printed itself; any structure that it has not made itself; a log key that the party's appointing key has not named for the
 * place where the log ends, and a head of the other log by one that its appointing
 * key has not named.
 */
#ifndef KEEPER_H
#define KEEPER_H

#include "charter.h"
#include "keeper_keys.h"
#include "keeper_messages.h"
#include "keeper_state.h"
#include "timestamp.h"

struct keeper_channel {
	struct charter *charter;
	unsigned own_party;
	struct keeper_keys *keys;
	bool state_lost; /* then nothing is signed; state tells no more than who signs the logs */
	int state_fd;    /* -1 when the state is lost */
	struct keeper_state state;
	/* Who signs the own log beyond what the state knows of it: see keeper_succession. */
	bool is_behind;
	struct keeper_lineage ahead;
};

struct keeper_setup {
	uint8_t id[KEEPER_SETUP_SIZE];
	struct keeper_keys *keys;
};

struct keeper {
	int directory;
	int lock;
	bool failed; /* a write failed: what the disk holds is unknown, and nothing is signed */
	struct clock clock;
	timestamp started; /* evidence from before is of no use: evidence.h */
	struct random_source random;
	size_t channel_count;
	struct keeper_channel *channels[KEEPER_CHANNELS_MAXIMUM];
	/* Words for the telephone that were given in this window of time. */
	uint64_t call_window;
	unsigned calls;
	size_t setup_count;
	struct keeper_setup setups[KEEPER_SETUPS_MAXIMUM];
};

/* Opens the keeper's directory (a descriptor, taken) and loads everything.
 * ERROR_EXISTS: another keeper runs on it; ERROR_IO; errors of the files. */
int keeper_open(struct keeper *keeper, int directory, struct clock clock,
                struct random_source random, struct error *error);

/* Wipes and closes everything. */
void keeper_close(struct keeper *keeper);

/* Arrays released by keeper_status_release. */
int keeper_status(const struct keeper *keeper, struct keeper_status *ret_status,
                  struct error *error);

/* Fresh keys; durable when this returns. ERROR_LIMIT: too many setups. */
int keeper_new_setup(struct keeper *keeper, struct keeper_setup_keys *ret_keys,
                     struct error *error);
int keeper_discard_setup(struct keeper *keeper, const uint8_t id[KEEPER_SETUP_SIZE],
                         struct error *error);

/* Makes a setup the channel of `charter`, in which `own_party` must carry the
 * keys of the setup. Doing it again is OK. ERROR_MISMATCH: other keys;
 * ERROR_NOT_FOUND: no such setup; and those of charter_parse. */
int keeper_adopt(struct keeper *keeper, const uint8_t id[KEEPER_SETUP_SIZE], unsigned own_party,
                 struct bytes charter, struct hash *ret_channel, struct error *error);

/* Says who signs a party's log: all its appointments of the log and the appointing
 * key, see keeper_lineage.h for what they must be. Told again, it changes nothing.
 *
 * A successor of the own log must begin where the log ends, under its root, and by a
 * key that was made here: its appointment is then the log's last entry, a batch of its
 * own, whose head a commit of it signs by the new key; the former one is destroyed.
 * ERROR_STATE: it begins elsewhere; ERROR_NOT_FOUND: the key is not here.
 *
 * Where the state is lost this is kept until keeper_recover says where the log ended,
 * and is lost with the process. So it is, with ERROR_STATE, where the successor begins
 * beyond what the state knows of: nothing is signed by it before the state has recovered.
 *
 * A successor of the other log must not begin below what was cosigned, or under another
 * root: ERROR_FORK. From then on larger heads count only by its key. */
int keeper_succession(struct keeper *keeper, const struct keeper_succession *succession,
                      struct error *error);

/* Continues an existing channel whose keeper is lost, with the fresh keys of a setup:
 * the party's appointing key must have named the setup's log key for where `edge` ends.
 * The state begins with that edge and that entry; of the other log it knows what it is
 * told was cosigned, which can only make it refuse more. A channel that is here, but
 * has lost its state, is replaced; its reading keys are kept. ERROR_EXISTS: it has its
 * state; ERROR_NOT_FOUND: no such setup; ERROR_MISMATCH: the edge is not what was named,
 * or the key not the setup's; and those of charter_parse and keeper_lineage_follow.
 * Doing it again is OK. */
int keeper_adopt_successor(struct keeper *keeper, const struct keeper_successor *successor,
                           struct hash *ret_channel, struct error *error);

/* Signs node entries' texts and appends one armor for each to `armors`, whose
 * sizes go to `ret_sizes`. All or none. ERROR_DENIED: a text that is not a
 * service entry by this node; ERROR_STATE: a receipt for what is not verified;
 * and those of act_parse and keeper_state_verify. */
int keeper_sign(struct keeper *keeper, const struct keeper_sign *sign, struct buffer *armors,
                size_t ret_sizes[KEEPER_TEXTS_MAXIMUM], struct error *error);

/* Appends a batch to the own log and signs the head that results; cosigns the
 * other's head, if one is given. The last batch can be repeated, with or
 * without a head, and gives the same bytes. Appends to `head` the signed
 * checkpoint, to `cosignature` the line. Errors are those of
 * keeper_state_append and keeper_state_verify; a head that is signed by the
 * other side and contradicts what was cosigned is ERROR_FORK, is remembered, and
 * then and ever after heads to cosign are refused with it. */
int keeper_commit(struct keeper *keeper, const struct keeper_commit *commit, struct buffer *head,
                  struct buffer *cosignature, struct error *error);

/* Takes up the own log of a channel whose state is lost, or older than what was
 * signed, where the evidence says that it ended (evidence.h): the one way by which a
 * size can come to the keeper that it has not itself reached. Nothing is signed.
 *
 * A keeper that knows its state goes only to a greater head which its own log key
 * has signed and which extends all that it remembers: so one that has lost nothing
 * is asked in vain. One whose state is lost takes whatever head of its own the
 * evidence names as the newest.
 *
 * ERROR_DENIED: the evidence is not enough, or not fresh; ERROR_SIGNATURE and
 * others of evidence_read: it is wrong; those of keeper_state_recover and
 * keeper_state_verify; ERROR_MISMATCH: the edge is not the head's, or the other
 * log's head was not cosigned by this keeper's receipt key; ERROR_IO. */
int keeper_recover(struct keeper *keeper, const struct keeper_recover *recover,
                   struct error *error);

/* Opens the header of an age file with the channel's reading keys; see
 * age_header_unwrap for the errors. The caller wipes the key. */
int keeper_unseal(struct keeper *keeper, const struct hash *channel, struct bytes header,
                  struct age_file_key *ret_file_key, struct error *error);

/* Words for the telephone, from the current reading key and the other side's, which the
 * engine tells. The secret that they are made of does not leave the keeper, and who asks for
 * the words of many challenges, to be prepared for one, is given few: KEEPER_CALLS_MAXIMUM in
 * each window (ERROR_LIMIT), and only of the present window and those beside it
 * (ERROR_CLOCK). ERROR_DENIED: no key that a secret can be shared with. */
enum { KEEPER_CALLS_MAXIMUM = 60 };
int keeper_call_words(struct keeper *keeper, const struct keeper_call *call,
                      struct call_words *ret_words, struct error *error);

/* States something of an exchange over a match-only list: prints the statement, which goes to
 * `text`, and signs it by the node key in a namespace of its own, so that it can stand for
 * no entry of a log; its armor goes to `armor`. ERROR_LIMIT: a value out of range; and those
 * of keeper_find_signing. */
int keeper_sign_exchange(struct keeper *keeper, const struct keeper_exchange *exchange,
                         struct buffer *text, struct buffer *armor, struct error *error);

/* Appends a certificate for the key of a TLS process: see link_certificate.h. */
int keeper_link_certificate(struct keeper *keeper, const struct hash *channel,
                            const struct ed25519_public *public_key, struct buffer *der,
                            struct error *error);

/* See keeper_keys_add and keeper_keys_activate; durable when they return. */
int keeper_new_key(struct keeper *keeper, const struct hash *channel, enum keeper_purpose purpose,
                   char ret_text[KEEPER_KEY_TEXT_CAPACITY], struct error *error);
int keeper_activate_key(struct keeper *keeper, const struct hash *channel,
                        enum keeper_purpose purpose, struct bytes text, struct error *error);

/* Destroys an old reading key, durably: the file that held it is overwritten. Both heads
 * have attested it in their logs, as far as the keeper knows these, the other side has
 * receipted ours, and the retention of this party has passed since the later of the two
 * (see keeper_destruction.c). ERROR_NOT_FOUND: no such key is here, so that doing it
 * again is harmless; ERROR_STATE: it is in use, or the keeper has lost its state;
 * ERROR_WAIT: the retention; ERROR_DENIED: our head attests another, or it is not the
 * head's word; and those of attestation_verify. */
int keeper_destroy_reading_key(struct keeper *keeper, const struct keeper_destruction *destruction,
                               struct error *error);

/* Answers one message of the engine. OK to go on; anything else ends the
 * keeper: a message that is not in its table or malformed, a state that could
 * not be written, an engine that is gone. */
int keeper_answer(struct keeper *keeper, struct message_socket *engine,
                  const struct message *message);

#endif
