/* Two parties with keys from fixed seeds, their charter, and texts of acts put
 * together line by line from the kinds table (not by the code under test). */
#ifndef ACT_FIXTURE_H
#define ACT_FIXTURE_H

#include "act.h"
#include "age.h"
#include "card.h"
#include "check.h"
#include "encoding.h"
#include "note.h"
#include "sshsig.h"
#include "text.h"

#include <stdlib.h>

/* Which key of the fixture: its seed is 32 bytes of (party * 16 + this + 1). */
enum fixture_key {
	FIXTURE_APPOINTING,
	FIXTURE_HEAD,
	FIXTURE_HEAD_READING,
	FIXTURE_LOG,
	FIXTURE_RECEIPT,
	FIXTURE_NODE,
	FIXTURE_LINK,
	FIXTURE_READING,
	FIXTURE_DEPUTY,
	FIXTURE_WITNESS
};

static inline uint8_t fixture_byte(unsigned party, enum fixture_key key)
{
	return (uint8_t)(party * 16 + (unsigned)key + 1);
}

static inline struct ed25519_secret fixture_secret(unsigned party, enum fixture_key key)
{
	uint8_t seed[ED25519_SEED_SIZE];
	struct ed25519_secret secret;

	memset(seed, fixture_byte(party, key), sizeof(seed));
	ed25519_from_seed(&secret, seed);
	return secret;
}

static inline struct ssh_key fixture_ssh_key(unsigned party, enum fixture_key key)
{
	struct ed25519_secret secret = fixture_secret(party, key);
	struct ssh_key ssh_key;

	ssh_key_from_ed25519(&secret.public_key, &ssh_key);
	return ssh_key;
}

static inline void fixture_recipient(unsigned party, enum fixture_key key,
                                     char ret_text[RECIPIENT_CAPACITY])
{
	struct x25519_secret secret;
	struct x25519_public recipient;

	memset(secret.bytes, fixture_byte(party, key), sizeof(secret.bytes));
	x25519_public_of(&secret, &recipient);
	assert_ok(age_recipient_print(&recipient, ret_text));
}

static inline struct party fixture_party(unsigned index)
{
	static const char *const texts[2][6] = {
		{ "north", "north.example", "en", "Northern Security Council", "a.head",
		  "north.example:4433" },
		{ "south", "south.example", "ru", "Совет безопасности Юга", "b.head",
		  "[2001:db8::1]:4433" },
	};
	const char *const *text = texts[index];
	struct party party = { .name_count = 1, .endpoint_count = 1 };

	memcpy(party.id, text[0], strlen(text[0]));
	memcpy(party.domain, text[1], strlen(text[1]));
	memcpy(party.names[0].language, text[2], strlen(text[2]));
	party.names[0].name = bytes_of_string(text[3]);
	memcpy(party.head, text[4], strlen(text[4]));
	memcpy(party.endpoints[0], text[5], strlen(text[5]));
	party.appointing_key = fixture_ssh_key(index, FIXTURE_APPOINTING);
	party.head_key = fixture_ssh_key(index, FIXTURE_HEAD);
	fixture_recipient(index, FIXTURE_HEAD_READING, party.head_reading_key);
	party.log_key = fixture_secret(index, FIXTURE_LOG).public_key;
	party.receipt_key = fixture_secret(index, FIXTURE_RECEIPT).public_key;
	party.node_key = fixture_secret(index, FIXTURE_NODE).public_key;
	party.link_key = fixture_secret(index, FIXTURE_LINK).public_key;
	fixture_recipient(index, FIXTURE_READING, party.reading_key);
	return party;
}

/* The vkey of witness `number`, 0 or 1, into `buffer`. */
static inline void fixture_vkey(unsigned number, struct buffer *buffer)
{
	struct ed25519_secret secret = fixture_secret(number, FIXTURE_WITNESS);
	const char *name = number == 0 ? "witness.example/one" : "witness.example/two";
	struct note_key key;

	assert_ok(
	    note_key_init(&key, bytes_of_string(name), NOTE_KEY_COSIGNATURE, &secret.public_key));
	assert_ok(note_key_print(&key, buffer));
}

/* A charter with the defaults and nothing optional. Nothing in it is owned. */
static inline struct charter fixture_charter(void)
{
	struct charter charter = {
		.language_count = 2,
		.languages = { "en", "ru" },
	};

	charter.parties[0] = fixture_party(0);
	charter.parties[1] = fixture_party(1);
	charter_set_defaults(&charter);
	return charter;
}

/* The same with everything optional. `vkeys` holds what it points to. */
static inline struct charter fixture_full_charter(struct buffer vkeys[2])
{
	struct charter charter = fixture_charter();
	static const char succeeded[] = "abcdefghijklmnopqrstuvwxyz234567abcdefghijklmnopqrsq";

	for (unsigned i = 0; i < 2; i++) {
		buffer_init(&vkeys[i], 1024);
		fixture_vkey(i, &vkeys[i]);
		charter.witnesses[i] = buffer_view(&vkeys[i]);
	}
	charter.witness_count = 2;
	charter.quorum = 1;
	charter.depositary = charter.witnesses[1];
	memcpy(charter.succeeds, succeeded, sizeof(succeeded));
	memcpy(charter.authentic, "en", 3);
	charter.parties[0].auspices = bytes_of_string("by decision of the council");
	kind_set_add(&charter.two_signatures, KIND_ACCEPT);
	kind_set_add(&charter.two_signatures, KIND_WITHDRAW);
	charter.free_text = bytes_of_string("Article 1\n\nThe parties talk.\n");
	return charter;
}

static const char fixture_channel[] = "mfrggzdfmztwq2lknnwg23tpobyxe43uov3ho6dzpiydcmrtgq2q";

#define FIXTURE_HASH "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
/* The generator of ristretto255 (RFC 9496, appendix A.1): an element. */
#define FIXTURE_ELEMENT "4vKuCmq8TnGohKlhxQBRX1jjC2qlgt2NtqZZReCNLXY="

/* An example of the value of a field; `first` is the value of the kind's first
 * field, which decides the type of some. */
static inline void fixture_put_value(struct buffer *text, const struct kind *kind,
                                     const struct field *field, struct bytes first)
{
	enum field_type type = field->type;
	char recipient[RECIPIENT_CAPACITY];

	if (type == FIELD_BY_CHOICE)
		type = field->types[choice_index(kind->fields[0].choices, first)];
	switch (type) {
	case FIELD_SSH_KEY: {
		struct ssh_key key = fixture_ssh_key(0, FIXTURE_DEPUTY);

		assert_ok(ssh_key_print(&key, text));
		break;
	}
	case FIELD_RECIPIENT:
		fixture_recipient(0, FIXTURE_READING, recipient);
		assert_ok(buffer_put_string(text, recipient));
		break;
	case FIELD_CHOICE:
		assert_ok(buffer_put_bytes(
		    text, field == &kind->fields[0] ? first : choice_word(field->choices, 0)));
		break;
	case FIELD_CLASS_COMMITMENT:
		assert_ok(
		    buffer_put_format(text, FIXTURE_ELEMENT " 4096 " FIXTURE_HASH " %s",
		                      strncmp(field->name, "ipv", 3) == 0 ? "16,19-24" : "-"));
		break;
	default: {
		static const char *const values[FIELD_TYPE_COUNT] = {
			[FIELD_DELEGATE] = "a.deputy",
			[FIELD_RAW_KEY] = FIXTURE_HASH,
			[FIELD_NUMBER] = "17",
			[FIELD_HASH] = FIXTURE_HASH,
			[FIELD_TIME] = "2026-12-24T12:00:00Z",
			[FIELD_ACT] = "south-12 " FIXTURE_HASH,
			[FIELD_BLOB] = "4096 " FIXTURE_HASH,
			[FIELD_PARTY] = "south",
			[FIELD_ENCODED] = "U1NIU0lH",
			[FIELD_TEXT] = "free words, also Слова",
			[FIELD_ENDPOINTS] = "north.example:4433 192.0.2.1:1",
		};

		assert_non_null(values[type]);
		assert_ok(buffer_put_string(text, values[type]));
	}
	}
}

/* Optional lines of an act, one bit each. Bits that a kind has no use for are
 * to be left out: see fixture_switches. */
enum fixture_switch {
	WITH_COSIGNER = 1,
	WITH_MATTER = 2,
	WITH_ANSWERS = 4,
	WITH_PRECEDENCE = 8,
	WITH_MARKING = 16,
	WITH_DUE = 32,
	WITH_NOT_AFTER = 64,
	WITH_EYES = 128,
	WITH_BODY = 256,
	WITH_EXERCISE = 512,
	WITH_FIELD = 1024 /* and the bits above: field 0, 1, … */
};

/* The switches that change anything for the kind. */
static inline unsigned fixture_switches(const struct kind *kind)
{
	unsigned switches = 0;

	if (kind->cosigner != ABSENT)
		switches |= WITH_COSIGNER;
	if (kind->matter_use == MATTER_LINE_OPTIONAL || kind->matter_use == MATTER_LINE_EITHER)
		switches |= WITH_MATTER;
	if (kind->answers == OPTIONAL)
		switches |= WITH_ANSWERS;
	if (kind->precedence == OPTIONAL)
		switches |= WITH_PRECEDENCE;
	if (kind->due == OPTIONAL)
		switches |= WITH_DUE;
	if (kind->not_after == OPTIONAL)
		switches |= WITH_NOT_AFTER;
	if (kind->body != ABSENT)
		switches |= WITH_MARKING;
	if (kind->eyes == OPTIONAL)
		switches |= WITH_EYES;
	if (kind->body == OPTIONAL)
		switches |= WITH_BODY;
	if (kind->matter_use != MATTER_LINE_NONE)
		switches |= WITH_EXERCISE;
	for (unsigned i = 0; i < kind_field_count(kind); i++)
		if (kind->fields[i].presence == OPTIONAL)
			switches |= (unsigned)WITH_FIELD << i;
	return switches;
}

static inline void fixture_put_line(struct buffer *text, const char *line)
{
	assert_ok(buffer_put_format(text, "%s\n", line));
}

/* Appends the text of an act of `kind` with the optional lines of `switches`;
 * `first` is the value of its first field where that is a choice. */
static inline void fixture_put_act(struct buffer *text, const struct kind *kind, unsigned switches,
                                   struct bytes first)
{
	bool node = (kind->signers & ROLE_NODE) != 0;
	bool appointing = kind->signers == ROLE_APPOINTING;
	bool opens = kind->matter_use == MATTER_LINE_NEW ||
	             (kind->matter_use == MATTER_LINE_EITHER && !(switches & WITH_MATTER));
	bool joins = kind->matter_use == MATTER_LINE_JOIN || (!opens && (switches & WITH_MATTER));
	bool body = kind->body == REQUIRED || (switches & WITH_BODY);

	fixture_put_line(text, "chirograph.act/1");
	assert_ok(buffer_put_format(text, "channel %s\n", fixture_channel));
	fixture_put_line(text, "party north");
	fixture_put_line(text, "time 2026-11-22T14:03:11Z");
	assert_ok(buffer_put_format(text, "author %s\n",
	                            node         ? "node"
	                            : appointing ? "appointing"
	                                         : "a.head"));
	if (switches & WITH_COSIGNER)
		fixture_put_line(text, "cosigner a.deputy");
	assert_ok(buffer_put_format(text, "act %s\n", kind->name));
	if (opens)
		fixture_put_line(text, "matter new");
	if (joins)
		fixture_put_line(text, "matter north.2-7 " FIXTURE_HASH);
	if (kind->answers == REQUIRED || (switches & WITH_ANSWERS))
		fixture_put_line(text, "answers south-12 " FIXTURE_HASH);
	if (kind->precedence == REQUIRED || (switches & WITH_PRECEDENCE))
		fixture_put_line(text, "precedence routine");
	if (switches & WITH_MARKING)
		fixture_put_line(text, "marking TLP:AMBER+STRICT");
	if (switches & WITH_DUE)
		fixture_put_line(text, "due 2026-12-02T00:00:00Z");
	if (switches & WITH_NOT_AFTER)
		fixture_put_line(text, "not-after 2026-11-25T00:00:00Z");
	for (unsigned i = 0; i < kind_field_count(kind); i++) {
		const struct field *field = &kind->fields[i];

		if (field->when != NULL && !bytes_equal_string(first, field->when))
			continue;
		if (field->presence == OPTIONAL && !(switches & (unsigned)WITH_FIELD << i))
			continue;
		assert_ok(buffer_put_format(text, "%s ", field->name));
		fixture_put_value(text, kind, field, first);
		fixture_put_line(text, "");
	}
	if ((switches & WITH_EYES) && body)
		fixture_put_line(text, "eyes heads");
	if (body)
		fixture_put_line(text, "body 4 " FIXTURE_HASH " 8192 " FIXTURE_HASH);
	if (switches & WITH_EXERCISE)
		fixture_put_line(text, "exercise yes");
}

/* How many first values there are to try, and one of them. */
static inline size_t fixture_first_count(const struct kind *kind)
{
	return kind->fields[0].type == FIELD_CHOICE ? choice_count(kind->fields[0].choices) : 1;
}

static inline struct bytes fixture_first(const struct kind *kind, size_t index)
{
	if (kind->fields[0].name == NULL || kind->fields[0].type != FIELD_CHOICE)
		return bytes_of_string("");
	return choice_word(kind->fields[0].choices, index);
}

/* The text with all that it can have. */
static inline void fixture_put_full_act(struct buffer *text, const struct kind *kind)
{
	fixture_put_act(text, kind, fixture_switches(kind), fixture_first(kind, 0));
}

#endif
