/* The act's text and the log entry that carries it. See doc/PROTOCOL.act.
 *
 *     entry = text LF armor [armor] "logged " time LF
 *
 * text is the signed message, through its final LF; the armors are the
 * author's, then the cosigner's SSHSIG in namespace "chirograph-act". The leaf
 * of an entry is SHA-256(0x00 || entry); the identity of an act is
 * SHA-256(text). An entry is at most ENTRY_SIZE_MAXIMUM bytes (tile.h).
 */
#ifndef ACT_H
#define ACT_H

#include "charter.h"
#include "class_commitment.h"
#include "tile.h"

#define ACT_NAMESPACE "chirograph-act"

enum {
	MARKING_CAPACITY = 32,
	ACT_NAME_CAPACITY = PARTY_ID_CAPACITY + 32 /* "north.2-17" */
};

/* `north-7 <base64 leaf hash>`: an act by its place and its leaf. */
struct act_reference {
	char party[PARTY_ID_CAPACITY];
	unsigned generation; /* of the party's log, 1 unless written `north.2-7` */
	uint64_t number;
	struct hash leaf;
};

/* One parsed field line of the act's kind. `text` is the value as written;
 * the union holds what the type means (see enum field_type). */
struct field_value {
	const struct field *field;
	enum field_type type; /* the field's, or what FIELD_BY_CHOICE selected */
	struct bytes text;
	union {
		uint64_t number;
		timestamp time;
		struct hash hash; /* FIELD_HASH */
		struct ed25519_public raw_key;
		struct ssh_key ssh_key;
		struct act_reference act;
		struct {
			uint64_t size;
			struct hash hash;
		} blob;
		unsigned choice; /* index into choices */
		struct class_commitment commitment;
	} as;
};

/* Views point into the bytes that were parsed. */
struct act {
	struct bytes text;
	struct hash identity; /* SHA-256 of text */
	char channel[CHANNEL_ID_CAPACITY];
	char party[PARTY_ID_CAPACITY];
	timestamp time;
	char author[DELEGATE_NAME_CAPACITY];
	char cosigner[DELEGATE_NAME_CAPACITY]; /* "" when absent */
	const struct kind *kind;
	enum { ACT_MATTER_NONE, ACT_MATTER_NEW, ACT_MATTER_JOINS } matter_use;
	struct act_reference matter; /* with ACT_MATTER_JOINS */
	bool has_answers;
	struct act_reference answers;
	bool has_precedence;
	enum precedence precedence;
	char marking[MARKING_CAPACITY]; /* TLP:…; "" when absent */
	timestamp due;                  /* 0 when absent */
	timestamp not_after;            /* 0 when absent */
	size_t field_count;
	struct field_value fields[FIELDS_MAXIMUM];
	bool eyes_heads;
	bool has_body;
	struct {
		uint64_t parts;
		struct hash root;
		uint64_t sealed_size;
		struct hash sealed_hash;
	} body;
	bool exercise;
};

/* True for one of the TLP 2.0 labels. */
bool marking_is_valid(struct bytes marking);

/* Parses an act's text: the whole of `text`, in its one spelling (parse, print,
 * compare). An unknown kind is ERROR_UNSUPPORTED. */
int act_parse(struct bytes text, struct act *ret_act, struct error *error);

/* Appends the text of an act built by hand. `text` and `identity` are not read;
 * of the fields, which stand in the order of the table, only `field` and `text`
 * are. What is printed parses, or nothing is. */
int act_print(const struct act *act, struct buffer *buffer, struct error *error);

/* The value of a field by its name, or NULL when the act has none. */
const struct field_value *act_field(const struct act *act, const char *name);

/* The index of the word that the act's first field is, -1 where it is no choice. */
int act_word(const struct act *act);

/* The sealed blob that an act brings: its body, or of a reseal the new one. */
bool act_blob(const struct act *act, struct hash *ret_hash, uint64_t *ret_size);

/* An entry taken apart: its armors are in their one spelling, and as many as
 * the act's signers; nothing is verified. Views point into the bytes. */
struct entry {
	struct bytes bytes; /* the whole entry */
	struct hash leaf;
	struct act act;
	unsigned signature_count; /* 1, or 2 with a cosigner */
	struct bytes armors[2];
	timestamp logged;
};

int entry_parse(struct bytes bytes, struct entry *ret_entry, struct error *error);

/* As entry_parse, for many in turn: hashes with a stream (see sha256_with). */
struct sha256_stream;
int entry_parse_with(struct sha256_stream *stream, struct bytes bytes, struct entry *ret_entry,
                     struct error *error);

/* Appends the entry of a text, one or two armors and the time, and gives it
 * taken apart; valid as long as the buffer is not changed. What is printed parses,
 * or nothing is. */
int entry_make(struct bytes text, const struct bytes *armors, unsigned armor_count,
               timestamp logged, struct buffer *buffer, struct entry *ret_entry,
               struct error *error);

/* Verifies every signature of the entry against the key inside it and gives
 * those keys, author first. Independent of any state, so that many entries can
 * be verified at once. ERROR_SIGNATURE and friends. */
int entry_verify(const struct entry *entry, struct ssh_key ret_keys[2], struct error *error);

/* `north-7`, or `north.2-7` for a later generation. Numbers are at most
 * 2^63 - 1, generations at most 999,999. */
void act_name(const char *party, unsigned generation, uint64_t number,
              char ret_name[ACT_NAME_CAPACITY]);
int act_name_parse(struct bytes text, char ret_party[PARTY_ID_CAPACITY], unsigned *ret_generation,
                   uint64_t *ret_number);
/* The reference line's value: name, space, base64 leaf. */
int act_reference_print(const struct act_reference *reference, struct buffer *buffer);
int act_reference_parse(struct bytes text, struct act_reference *ret_reference);

#endif
