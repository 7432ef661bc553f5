/* What may be asked of the keeper, and the layouts of question and answer.
 * Integers are big-endian; "sized" is a u32 length and the bytes; "proof" is a
 * u8 count and that many hashes; "head" is a sized note (empty: none) and a
 * proof. A channel is named by its 32-byte id, a setup (keys for a channel whose
 * charter does not exist yet) by 16 random bytes.
 *
 *   request               question                              answer
 *   STATUS                -                                     see keeper_put_status
 *   NEW_SETUP             -                                     setup(16) log(32) receipt(32)
 *                                                               node(32) link(32) sized reading
 *   DISCARD_SETUP         setup(16)                             -
 *   ADOPT                 setup(16) u8 own party, charter text  channel(32)
 *   SIGN_NODE_ACTS        channel(32) sized note, u64 n,        u16 count, sized armors
 *                         root(32), proof to n, proof from n
 *                         to the note's size, u16 count,
 *                         sized texts
 *   COMMIT                channel(32) u64 previous size,        sized own head (a signed
 *                         u64 time, head, u32 count, leaves     checkpoint), sized cosignature
 *                                                               line (empty: none asked)
 *   UNSEAL                channel(32) age header                file key(16)
 *   LINK_CERTIFICATE      channel(32) public key(32)            certificate (DER)
 *   NEW_KEY               channel(32) u8 purpose                sized public key
 *   ACTIVATE_KEY          channel(32) u8 purpose, sized key     -
 *   DESTROY_READING_KEY   channel(32) sized recipient, three    -
 *                         entries (sized, u64 number, proof):
 *                         our attestation, theirs, their
 *                         receipt; of each log u16 count,
 *                         sized entries (see keeper_destruction)
 *   RECOVER               channel(32) sized own head, proof,    -
 *                         sized edge, head, u8 named: 0, or 1
 *                         and sized entry, u64 number, sized
 *                         note, proof
 *   SUCCESSION            channel(32) u8 party, u16 count,      -
 *                         sized entries
 *   ADOPT_SUCCESSOR       setup(16) u8 own party, sized         channel(32)
 *                         charter, sized edge, u64 cosigned
 *                         size, root(32), u16 count, sized
 *                         entries
 *   CALL_WORDS            channel(32) u8 asker, u64 window,     answer(4) confirmation(4)
 *                         random(3), the other side's
 *                         reading key(32)
 *   SIGN_EXCHANGE         see keeper_put_exchange               sized statement, sized armor
 *
 * A failed request is answered by MESSAGE_ERROR and changes nothing, but see
 * COMMIT in keeper.h.
 */
#ifndef KEEPER_MESSAGES_H
#define KEEPER_MESSAGES_H

#include "buffer.h"
#include "call_words.h"
#include "ed25519.h"
#include "message.h"
#include "timestamp.h"

enum keeper_request {
	KEEPER_STATUS = 0x0100,
	KEEPER_NEW_SETUP,
	KEEPER_DISCARD_SETUP,
	KEEPER_ADOPT,
	KEEPER_SIGN_NODE_ACTS,
	KEEPER_COMMIT,
	KEEPER_UNSEAL,
	KEEPER_LINK_CERTIFICATE,
	KEEPER_NEW_KEY,
	KEEPER_ACTIVATE_KEY,
	KEEPER_DESTROY_READING_KEY,
	KEEPER_RECOVER,
	KEEPER_SUCCESSION,
	KEEPER_ADOPT_SUCCESSOR,
	KEEPER_CALL_WORDS,
	KEEPER_SIGN_EXCHANGE
};

enum {
	KEEPER_SETUP_SIZE = 16,
	KEEPER_FILE_KEY_SIZE = 16,
	KEEPER_RECIPIENT_CAPACITY = 63, /* `age1…` with its NUL */
	KEEPER_KEY_TEXT_CAPACITY = 64,  /* a recipient, or base64 of a raw key, with its NUL */
	KEEPER_LEAVES_MAXIMUM = 4096,   /* in one COMMIT */
	KEEPER_TEXTS_MAXIMUM = 256,     /* in one SIGN_NODE_ACTS */
	KEEPER_PROOF_MAXIMUM = 64,
	KEEPER_LINKS_MAXIMUM = 256, /* appointments in one SUCCESSION */
	KEEPER_NOTE_MAXIMUM = 65536,
	KEEPER_CHARTER_MAXIMUM = 256 * 1024,
	KEEPER_ARMOR_MAXIMUM = 2304,
	KEEPER_EDGE_MAXIMUM = 8 + 63 * 32, /* edge.h: EDGE_ENCODED_MAXIMUM */
	KEEPER_ENTRY_MAXIMUM = 65535,
	KEEPER_CHANNELS_MAXIMUM = 256,
	KEEPER_SETUPS_MAXIMUM = 64,
	KEEPER_CALL_SIZE = 32 + 1 + 8 + 3 + 32,
	KEEPER_EXCHANGE_SIZE = 4 * 32 + 3 + 6 * 8,
	KEEPER_STATEMENT_MAXIMUM = 1024 /* exchange.h: EXCHANGE_STATEMENT_MAXIMUM */
};

/* What a key is for. */
enum keeper_purpose {
	KEEPER_KEY_LOG,
	KEEPER_KEY_RECEIPT,
	KEEPER_KEY_NODE,
	KEEPER_KEY_LINK,
	KEEPER_KEY_READING,
	KEEPER_KEY_PURPOSE_COUNT
};

/* The public keys of a new setup, for the party card. */
struct keeper_setup_keys {
	uint8_t setup[KEEPER_SETUP_SIZE];
	struct ed25519_public log_key, receipt_key, node_key, link_key;
	char reading_key[KEEPER_RECIPIENT_CAPACITY];
};

/* What the keeper last signed in a channel. */
struct keeper_channel_status {
	struct hash channel;
	unsigned own_party; /* 0 or 1, in the charter's order */
	bool state_lost;    /* keys but no readable state: signs nothing */
	bool faulted;       /* the other side signed two roots for one size: no cosignatures */
	uint64_t own_size;  /* of the own log's last head */
	struct hash own_root;
	uint64_t previous_size; /* before the last batch that was not empty */
	uint64_t cosigned_size; /* of the other log; 0: never */
	struct hash cosigned_root;
	timestamp cosigned_time;
};

/* Arrays on the heap; see keeper_status_release. */
struct keeper_status {
	size_t channel_count;
	struct keeper_channel_status *channels;
	size_t setup_count;
	uint8_t (*setups)[KEEPER_SETUP_SIZE];
};

/* A signed checkpoint of the other log, and the consistency proof to it from
 * where the keeper last cosigned (empty from size 0; ignored to that very size). */
struct keeper_head {
	struct bytes note; /* empty: none */
	size_t proof_count;
	const struct hash *proof;
};

/* Views into the message, or into what the caller of the client holds. */
struct keeper_commit {
	struct hash channel;
	uint64_t previous_size;  /* of the own log, before these leaves */
	timestamp time;          /* for the cosignature */
	struct keeper_head head; /* to cosign */
	size_t leaf_count;       /* may be 0 */
	const struct hash *leaves;
};

/* Receipts among the texts are signed only for `size` and `root`, once these
 * are verified: the proof leads from what the keeper has cosigned to them, and
 * from them to the signed note. `note` is empty when there is no receipt among
 * the texts, or when it is for what has been cosigned already. */
struct keeper_sign {
	struct hash channel;
	struct bytes note;
	uint64_t size;
	struct hash root;
	size_t to_count; /* cosigned size to `size` */
	const struct hash *to;
	size_t from_count; /* `size` to the note's size */
	const struct hash *from;
	size_t text_count;
	struct bytes texts[KEEPER_TEXTS_MAXIMUM];
};

/* How far the own log had come, for a keeper whose state is lost or older. `own`
 * is the newest head of the own log, with the lines that are evidence of it
 * (evidence.h), and the proof from what the keeper knows to have signed (none when
 * that is nothing); `edge` is the log's right edge there (edge.h). `theirs` is what
 * was cosigned of the other log, with the own cosignature line (empty: nothing).
 * When the other side's receipt key is not the charter's, `named` is set: an entry
 * of its log names it, which is number `entry_number` under `entry_head`. */
struct keeper_recover {
	struct hash channel;
	struct keeper_head own;
	struct bytes edge;
	struct keeper_head theirs;
	bool named;
	struct bytes entry;
	uint64_t entry_number;
	struct keeper_head entry_head; /* the proof is one of inclusion */
};

/* A party's appointments of the log and of the appointing key, all of them from the
 * charter on, in the order of its log. */
struct keeper_links {
	size_t count;
	struct bytes entries[KEEPER_LINKS_MAXIMUM];
};

struct keeper_succession {
	struct hash channel;
	unsigned party;
	struct keeper_links links;
};

/* A setup that is to continue an existing channel: see keeper_adopt_successor. */
struct keeper_successor {
	uint8_t setup[KEEPER_SETUP_SIZE];
	unsigned own_party;
	struct bytes charter;
	struct bytes edge; /* of the own log before the last of the links, as edge.h encodes it */
	uint64_t cosigned_size; /* of the other log by this party before; 0: unknown */
	struct hash cosigned_root;
	struct keeper_links links; /* the last appoints the setup's log key */
};

/* Words for the telephone: see call_words.h. */
struct keeper_call {
	struct call_question question;
	struct x25519_public other; /* the other side's reading key */
};

/* What is stated of an exchange over a match-only list (exchange.h): the keeper prints the
 * statement itself, and signs no text that it is handed. */
struct keeper_exchange {
	struct hash channel, list;
	uint8_t identifier_class, step, outcome; /* as in identifier_class.h and exchange.h */
	uint64_t epoch, number, total, today;
	timestamp day;
	uint64_t elements;
	struct hash content, previous;
};

/* An entry and the proof that it is in its log as the keeper knows it. */
struct keeper_logged {
	struct bytes entry;
	uint64_t number;
	size_t proof_count;
	const struct hash *proof;
};

/* Why an old reading key of our own is to be destroyed: our head's attestation that names
 * it, the other side's head's of one of theirs, and a receipt in their log that covers
 * ours. The proofs are to the size that the keeper has signed of the own log, and has
 * cosigned of the other. The links say who the heads are (attestation.h), ours first. */
struct keeper_destruction {
	struct hash channel;
	char recipient[KEEPER_RECIPIENT_CAPACITY];
	struct keeper_logged ours, theirs, receipt;
	struct keeper_links links[2];
};

/* The layouts, for both ends. Put appends; get reads the whole of `body`:
 * ERROR_SYNTAX (too short, trailing bytes, a number out of range), ERROR_LIMIT. */
int keeper_put_status(struct buffer *buffer, const struct keeper_status *status);
int keeper_get_status(struct bytes body, struct keeper_status *ret_status);
void keeper_status_release(struct keeper_status *status);
int keeper_put_setup_keys(struct buffer *buffer, const struct keeper_setup_keys *keys);
int keeper_get_setup_keys(struct bytes body, struct keeper_setup_keys *ret_keys);
int keeper_put_commit(struct buffer *buffer, const struct keeper_commit *commit);
int keeper_get_commit(struct bytes body, struct keeper_commit *ret_commit);
int keeper_put_sign(struct buffer *buffer, const struct keeper_sign *sign);
int keeper_get_sign(struct bytes body, struct keeper_sign *ret_sign);
int keeper_put_recover(struct buffer *buffer, const struct keeper_recover *recover);
int keeper_get_recover(struct bytes body, struct keeper_recover *ret_recover);
int keeper_put_succession(struct buffer *buffer, const struct keeper_succession *succession);
int keeper_get_succession(struct bytes body, struct keeper_succession *ret_succession);
int keeper_put_destruction(struct buffer *buffer, const struct keeper_destruction *destruction);
/* On failure what is returned is undefined. */
int keeper_get_destruction(struct bytes body, struct keeper_destruction *ret_destruction);
int keeper_put_successor(struct buffer *buffer, const struct keeper_successor *successor);
int keeper_get_successor(struct bytes body, struct keeper_successor *ret_successor);
int keeper_put_call(struct buffer *buffer, const struct keeper_call *call);
int keeper_get_call(struct bytes body, struct keeper_call *ret_call);
/* channel(32) list(32) u8 class, u8 step, u8 outcome, u64 epoch, u64 number, u64 total,
 * u64 today, u64 day, u64 elements, content(32) previous(32). */
int keeper_put_exchange(struct buffer *buffer, const struct keeper_exchange *exchange);
int keeper_get_exchange(struct bytes body, struct keeper_exchange *ret_exchange);

#endif
