/* A depositary over a store in memory and a clock of the test's own, for the channel of
 * act_fixture.h, and one good body of each call: north's log has a test and an act with a
 * sealed body. */
#ifndef NEUTRAL_FIXTURE_H
#define NEUTRAL_FIXTURE_H

#include "act_fixture.h"
#include "certificate.h"
#include "deposit_request.h"
#include "frame.h"
#include "memory_tree.h"
#include "notary.h"
#include "sha.h"
#include "signed_head.h"

enum {
	FIXTURE_MOMENT = 1795356191,
	FIXTURE_BODY_SIZE = 3000, /* of the sealed body */
	FIXTURE_ENTRIES = 2
};

/* In the order in which they can be asked. */
enum neutral_body {
	BODY_ADD_CHECKPOINT,
	BODY_ENTRIES,
	BODY_BLOB,
	BODY_CERTIFICATE,
	BODY_COLLECT,
	BODY_COLLECT_BLOB,
	BODY_COUNT
};

static const char *const neutral_paths[BODY_COUNT] = {
	"/add-checkpoint",      "/deposit/entries", "/deposit/blob",
	"/deposit/certificate", "/collect",         "/collect/blob",
};

struct neutral_fixture {
	timestamp now;
	timestamp leapt; /* seconds that the clock is ahead by */
	struct charter *charter;
	struct neutral_key key;
	struct neutral_configuration *configuration;
	struct test_signer log; /* north's */
	uint8_t sealed[FIXTURE_BODY_SIZE];
	struct hash sealed_hash;
	struct memory_tree tree;
	struct checkpoint head;
	struct buffer note;    /* the head, signed */
	struct buffer entries; /* sized */
	struct buffer bodies[BODY_COUNT];
};

static inline timestamp neutral_now(void *context)
{
	return ((struct neutral_fixture *)context)->now;
}

/* Time passes as the clock says, but for what it has leapt. */
static inline uint64_t neutral_monotonic(void *context)
{
	const struct neutral_fixture *fixture = context;

	return (uint64_t)(fixture->now - fixture->leapt) * 1000000000;
}

/* The next entry of north's log, by its head. */
static inline void neutral_put_entry(struct neutral_fixture *fixture, const char *kind,
                                     const char *lines)
{
	struct ed25519_secret head = fixture_secret(0, FIXTURE_HEAD);
	struct ed25519_secret node = fixture_secret(0, FIXTURE_NODE);
	bool by_node = strcmp(kind, "test") == 0;
	struct buffer text, armor, bytes;
	struct bytes view;
	struct entry entry;

	buffer_init(&text, ENTRY_SIZE_MAXIMUM);
	buffer_init(&armor, SSHSIG_ARMOR_MAXIMUM);
	buffer_init(&bytes, ENTRY_SIZE_MAXIMUM);
	assert_ok(buffer_put_format(&text,
	                            "chirograph.act/1\nchannel %s\nparty north\n"
	                            "time 2026-11-22T14:03:11Z\nauthor %s\nact %s\n%s",
	                            fixture->charter->channel, by_node ? "node" : "a.head", kind,
	                            lines));
	assert_ok(sshsig_sign(by_node ? &node : &head, ACT_NAMESPACE, buffer_view(&text), &armor));
	view = buffer_view(&armor);
	assert_ok(entry_make(buffer_view(&text), &view, 1, FIXTURE_MOMENT, &bytes, &entry, NULL));
	assert_ok(memory_tree_append(&fixture->tree, &entry.leaf));
	assert_ok(buffer_put_sized(&fixture->entries, buffer_view(&bytes)));
	buffer_release(&bytes);
	buffer_release(&armor);
	buffer_release(&text);
}

static inline void neutral_make_log(struct neutral_fixture *fixture)
{
	struct tree_reader reader = memory_tree_reader(&fixture->tree);
	char lines[512], hash[HASH_BASE64_CAPACITY], root[HASH_BASE64_CAPACITY];
	static const struct hash zero;

	memory_tree_init(&fixture->tree);
	buffer_init(&fixture->entries, FRAME_MAXIMUM);
	buffer_init(&fixture->note, NOTE_MAXIMUM);
	memset(fixture->sealed, 0x5e, sizeof(fixture->sealed));
	sha256_of(&fixture->sealed_hash, bytes_of(fixture->sealed, sizeof(fixture->sealed)));
	hash_to_base64(&zero, root);
	hash_to_base64(&fixture->sealed_hash, hash);
	snprintf(lines, sizeof(lines), "nonce %s\n", root);
	neutral_put_entry(fixture, "test", lines);
	snprintf(lines, sizeof(lines), "matter new\nprecedence routine\nbody 1 %s %d %s\n", root,
	         FIXTURE_BODY_SIZE, hash);
	neutral_put_entry(fixture, "notify", lines);
	fixture->head.size = FIXTURE_ENTRIES;
	assert_ok(tree_reader_root(&reader, FIXTURE_ENTRIES, &fixture->head.root));
	test_sign_head(&fixture->head, &fixture->log, &fixture->note);
}

/* A request of a party's, in its envelope; `number` makes the nonce, `hash` is of the
 * blob or the chunk. */
static inline void neutral_put_request(struct neutral_fixture *fixture, unsigned party,
                                       enum collect_kind kind, const struct hash *hash,
                                       uint8_t number, struct buffer *body)
{
	struct ed25519_secret link = fixture_secret(party, FIXTURE_LINK);
	struct test_signer collector = test_signer_of("collector", NOTE_KEY_ED25519, 99);
	struct collect_request request = { .kind = kind, .hash = *hash, .time = fixture->now };
	struct certificate_request shown = { .issuer = &link,
		                             .party = party == 0 ? "north" : "south",
		                             .channel = fixture->charter->channel,
		                             .public_key = collector.secret.public_key,
		                             .now = fixture->now,
		                             .serial = 1 };
	uint8_t signature[ED25519_SIGNATURE_SIZE];
	struct collect_envelope envelope;
	struct buffer text, message, der;

	buffer_init(&text, DEPOSIT_REQUEST_MAXIMUM);
	buffer_init(&message, DEPOSIT_REQUEST_MAXIMUM + 64);
	buffer_init(&der, COLLECT_CERTIFICATE_MAXIMUM);
	memcpy(request.origin, fixture->log.key.name, sizeof(request.origin));
	memset(request.nonce, number, sizeof(request.nonce));
	assert_ok(collect_request_print(&request, &text));
	assert_ok(collect_message(buffer_view(&text), &message));
	ed25519_sign(signature, &collector.secret, buffer_view(&message));
	assert_ok(certificate_issue(&shown, &der, NULL));
	envelope = (struct collect_envelope){ buffer_view(&text), buffer_view(&der),
		                              bytes_of(signature, sizeof(signature)) };
	buffer_clear(body);
	assert_ok(collect_envelope_put(&envelope, body));
	buffer_release(&der);
	buffer_release(&message);
	buffer_release(&text);
}

/* To collect, by south. */
static inline void neutral_put_envelope(struct neutral_fixture *fixture, bool of_blob,
                                        uint8_t number, struct buffer *body)
{
	neutral_put_request(fixture, 1, of_blob ? COLLECT_BLOB : COLLECT_ENTRIES,
	                    &fixture->sealed_hash, number, body);
}

/* The payload of a frame: without length and type. */
static inline void neutral_cut_frame(struct buffer *body, const struct buffer *frame)
{
	assert_ok(
	    buffer_put(body, frame->data + FRAME_HEADER_SIZE, frame->size - FRAME_HEADER_SIZE));
}

/* A piece of what is said to be the sealed body, left by a party in north's log. */
static inline void neutral_put_chunk(struct neutral_fixture *fixture, unsigned party,
                                     uint8_t number, struct bytes data, uint64_t offset,
                                     struct buffer *body)
{
	struct frame_blob_chunk chunk = { .blob = fixture->sealed_hash,
		                          .total = FIXTURE_BODY_SIZE,
		                          .offset = offset,
		                          .data = data };
	struct buffer frame, payload;
	struct hash hash;

	buffer_init(&frame, FRAME_MAXIMUM + FRAME_HEADER_SIZE);
	buffer_init(&payload, FRAME_MAXIMUM);
	assert_ok(frame_put_blob_chunk(&frame, &chunk));
	neutral_cut_frame(&payload, &frame);
	sha256_of(&hash, buffer_view(&payload));
	neutral_put_request(fixture, party, COLLECT_DEPOSIT, &hash, number, body);
	assert_ok(buffer_put_bytes(body, buffer_view(&payload)));
	buffer_release(&payload);
	buffer_release(&frame);
}

static inline void neutral_make_bodies(struct neutral_fixture *fixture)
{
	struct frame_entries entries = { .checkpoint = buffer_view(&fixture->note),
		                         .count = FIXTURE_ENTRIES,
		                         .entries = buffer_view(&fixture->entries) };
	struct deposit_request request = { .blob_count = 1, .blobs = { fixture->sealed_hash } };
	struct buffer frame;

	buffer_init(&frame, FRAME_MAXIMUM + FRAME_HEADER_SIZE);
	for (size_t i = 0; i < BODY_COUNT; i++)
		buffer_init(&fixture->bodies[i], NEUTRAL_BODY_MAXIMUM);
	assert_ok(buffer_put_string(&fixture->bodies[BODY_ADD_CHECKPOINT], "old 0\n\n"));
	assert_ok(
	    buffer_put_bytes(&fixture->bodies[BODY_ADD_CHECKPOINT], buffer_view(&fixture->note)));
	assert_ok(frame_put_entries(&frame, &entries));
	neutral_cut_frame(&fixture->bodies[BODY_ENTRIES], &frame);
	neutral_put_chunk(fixture, 0, 200, bytes_of(fixture->sealed, FIXTURE_BODY_SIZE), 0,
	                  &fixture->bodies[BODY_BLOB]);
	memcpy(request.origin, fixture->log.key.name, sizeof(request.origin));
	assert_ok(deposit_request_print(&request, &fixture->bodies[BODY_CERTIFICATE]));
	neutral_put_envelope(fixture, false, 1, &fixture->bodies[BODY_COLLECT]);
	neutral_put_envelope(fixture, true, 2, &fixture->bodies[BODY_COLLECT_BLOB]);
	buffer_release(&frame);
}

static inline void neutral_fixture_init(struct neutral_fixture *fixture)
{
	struct charter draft = fixture_charter();
	struct test_signer signer = test_signer_of("depositary.example", NOTE_KEY_COSIGNATURE, 77);
	char name[LOG_NAME_CAPACITY];
	struct buffer text;

	*fixture = (struct neutral_fixture){ .now = FIXTURE_MOMENT };
	buffer_init(&text, CHARTER_SIZE_MAXIMUM);
	assert_ok(charter_print(&draft, &text, NULL));
	assert_ok(charter_parse(buffer_view(&text), &fixture->charter, NULL));
	buffer_release(&text);
	fixture->key = (struct neutral_key){ .public_key = signer.key, .secret = signer.secret };
	assert_ok(neutral_configuration_parse(
	    bytes_of_string("chirograph.neutral/1\nhome /h\nname depositary.example\nlisten x:1\n"),
	    &fixture->configuration, NULL));
	charter_log_name(fixture->charter, 0, 1, "", name);
	fixture->log.secret = fixture_secret(0, FIXTURE_LOG);
	assert_ok(note_key_init(&fixture->log.key, bytes_of_string(name), NOTE_KEY_ED25519,
	                        &fixture->log.secret.public_key));
	memcpy(fixture->head.origin, fixture->log.key.name, sizeof(fixture->head.origin));
	neutral_make_log(fixture);
	neutral_make_bodies(fixture);
}

static inline void neutral_fixture_release(struct neutral_fixture *fixture)
{
	for (size_t i = 0; i < BODY_COUNT; i++)
		buffer_release(&fixture->bodies[i]);
	buffer_release(&fixture->entries);
	buffer_release(&fixture->note);
	memory_tree_release(&fixture->tree);
	neutral_configuration_free(fixture->configuration);
	charter_free(fixture->charter);
}

/* A notary of the fixture over `store`. */
static inline int neutral_open(struct neutral_fixture *fixture, struct store *store,
                               struct notary **ret_notary)
{
	const struct charter *charters[] = { fixture->charter };
	struct notary_settings settings = { .store = store,
		                            .key = &fixture->key,
		                            .configuration = fixture->configuration,
		                            .charters = charters,
		                            .charter_count = 1,
		                            .clock = { fixture, neutral_now, neutral_monotonic },
		                            .takes_deposits = true };

	return notary_new(&settings, ret_notary, NULL);
}

static inline unsigned neutral_ask(struct notary *notary, enum neutral_body which,
                                   struct bytes body, struct neutral_answer *ret_answer)
{
	struct neutral_call call = { NEUTRAL_POST, bytes_of_string(neutral_paths[which]), body };

	(void)notary_call(notary, &call, ret_answer);
	return ret_answer->status;
}

#endif
