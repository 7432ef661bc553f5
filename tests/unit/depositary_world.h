/* A depositary for the world of neutral_world.h, written for tests: its last neutral. It
 * keeps what is left with it in plain arrays, verifies who collects, and can be told to
 * refuse, to forget and to lie.
 *
 *     depositary_init(&depositary, &world, seed, false);     for neutrals_init
 *     world_open(&world); neutrals_learn_logs(&neutrals);
 */
#ifndef DEPOSITARY_WORLD_H
#define DEPOSITARY_WORLD_H

#include "deposit_request.h"
#include "link_certificate.h"
#include "neutral_world.h"

enum { KEPT_ENTRIES = 512, KEPT_BLOBS = 64 };

enum custody_mood {
	CUSTODY_HONEST,
	CUSTODY_FULL,            /* 413 to whoever leaves something */
	CUSTODY_NONSENSE,        /* 200 and nothing that could be read */
	CUSTODY_OTHER_KEY,       /* certificates and answers by another key */
	CUSTODY_OTHER_ROOT,      /* certificates and answers of another history */
	CUSTODY_OTHER_CLOCK,     /* certificates of ten minutes from now */
	CUSTODY_OLD_ANSWER,      /* answers with a nonce that was not asked with */
	CUSTODY_DENIES,          /* collections find nothing, whatever was certified */
	CUSTODY_WITHHOLDS,       /* answers truly, and gives no entries */
	CUSTODY_WITHHOLDS_BODIES /* gives entries and no bodies */
};

struct kept_log {
	char origin[NOTE_NAME_CAPACITY];
	struct memory_tree tree;
	struct buffer entries[KEPT_ENTRIES];
	struct buffer note; /* for all of them */
	struct checkpoint head;
};

struct kept_blob {
	struct hash hash;
	uint64_t total;
	struct buffer bytes;
};

struct depositary {
	struct world *world;
	enum custody_mood mood;
	bool keeps_what_rides_along; /* else every body has to be left by itself */
	struct kept_log logs[2];
	struct kept_blob blobs[KEPT_BLOBS];
	size_t blob_count;
	uint8_t nonces[1024][DEPOSIT_NONCE_SIZE];
	size_t nonce_count;
	size_t certified, collected;
	struct neutrals neutrals; /* first of all: see depositary_of */
};

static inline struct depositary *depositary_of(struct neutrals *neutrals)
{
	return (struct depositary *)((uint8_t *)neutrals - offsetof(struct depositary, neutrals));
}

static inline struct kept_log *kept_log(struct depositary *depositary, const char *origin)
{
	for (unsigned party = 0; party < 2; party++)
		if (strcmp(depositary->logs[party].origin, origin) == 0)
			return &depositary->logs[party];
	return NULL;
}

static inline struct kept_blob *kept_blob(struct depositary *depositary, const struct hash *hash)
{
	for (size_t i = 0; i < depositary->blob_count; i++)
		if (hash_equal(&depositary->blobs[i].hash, hash))
			return &depositary->blobs[i];
	return NULL;
}

static inline struct kept_blob *keep_blob(struct depositary *depositary, const struct hash *hash,
                                          uint64_t total)
{
	struct kept_blob *blob = kept_blob(depositary, hash);

	if (blob != NULL)
		return blob;
	assert_true(depositary->blob_count < KEPT_BLOBS);
	blob = &depositary->blobs[depositary->blob_count++];
	blob->hash = *hash;
	blob->total = total;
	buffer_init(&blob->bytes, (size_t)total);
	return blob;
}

enum { NOBODY = 2 };

/* The party whose link key certifies the key that has signed this; never seen before. */
static inline unsigned who_asks(struct depositary *depositary, struct bytes content,
                                struct collect_request *ret_request, struct bytes *ret_rest)
{
	const struct charter *charter = world_channel(depositary->world, NORTH)->charter;
	struct collect_envelope envelope;
	struct ed25519_public public_key;
	unsigned found = NOBODY;
	struct buffer message;

	assert_ok(collect_envelope_get(content, &envelope, ret_rest));
	assert_ok(collect_request_parse(envelope.text, ret_request, NULL));
	buffer_init(&message, 4096);
	assert_ok(collect_message(envelope.text, &message));
	for (unsigned party = 0; party < 2; party++)
		if (link_certificate_verify(envelope.certificate, &charter->parties[party].link_key,
		                            depositary->world->now, &public_key, NULL) == OK &&
		    ed25519_verify(&public_key, buffer_view(&message), envelope.signature) == OK)
			found = party;
	buffer_release(&message);
	for (size_t i = 0; i < depositary->nonce_count; i++)
		assert_memory_not_equal(depositary->nonces[i], ret_request->nonce,
		                        DEPOSIT_NONCE_SIZE);
	assert_true(depositary->nonce_count < 1024);
	memcpy(depositary->nonces[depositary->nonce_count++], ret_request->nonce,
	       DEPOSIT_NONCE_SIZE);
	return found;
}

/* --- leaving ---------------------------------------------------------------------- */

static inline uint16_t say_size(uint64_t size, struct buffer *content)
{
	assert_ok(buffer_put_format(content, "size %llu\n", (unsigned long long)size));
	return 200;
}

static inline uint16_t leave_entries(struct depositary *depositary, struct bytes payload,
                                     struct messenger_answer *answer, struct buffer *content)
{
	struct checkpoint checkpoint;
	struct frame_entries frame;
	struct tree_reader reader;
	struct cursor cursor;
	struct kept_log *log;
	struct note note;
	struct hash hash, root;
	struct bytes bytes;
	uint64_t number;

	assert_ok(frame_get_entries(payload, &frame, NULL));
	assert_ok(note_parse(frame.checkpoint, &note, NULL));
	assert_ok(checkpoint_parse(note.text, &checkpoint, NULL));
	if ((log = kept_log(depositary, checkpoint.origin)) == NULL)
		return 404;
	if (frame.start > log->tree.size)
		return fake_conflict(log->tree.size, answer, content);
	cursor = cursor_over(frame.entries);
	for (number = frame.start; frame_entries_next(&cursor, &bytes) == OK; number++) {
		if (number < log->tree.size)
			continue;
		assert_true(number < KEPT_ENTRIES);
		tree_hash_leaf(bytes, &hash);
		assert_ok(memory_tree_append(&log->tree, &hash));
		buffer_init(&log->entries[number], ENTRY_SIZE_MAXIMUM);
		assert_ok(buffer_put_bytes(&log->entries[number], bytes));
	}
	/* The tests leave logs whole: the head is for all of it. */
	if (checkpoint.size == log->tree.size) {
		reader = memory_tree_reader(&log->tree);
		assert_ok(tree_reader_root(&reader, log->tree.size, &root));
		assert_true(hash_equal(&root, &checkpoint.root));
		buffer_clear(&log->note);
		assert_ok(buffer_put_bytes(&log->note, frame.checkpoint));
		log->head = checkpoint;
	}
	cursor = cursor_over(frame.blobs);
	while (depositary->keeps_what_rides_along &&
	       frame_blobs_next(&cursor, &hash, &bytes) == OK) {
		struct kept_blob *blob = keep_blob(depositary, &hash, bytes.size);

		if (blob->bytes.size == 0)
			assert_ok(buffer_put_bytes(&blob->bytes, bytes));
	}
	return say_size(log->tree.size, content);
}

static inline uint16_t leave_blob(struct depositary *depositary, struct bytes body,
                                  struct messenger_answer *answer, struct buffer *content)
{
	struct collect_request request;
	struct frame_blob_chunk chunk;
	struct kept_blob *blob;
	struct bytes payload;
	unsigned party;
	struct hash hash;
	size_t skip;

	party = who_asks(depositary, body, &request, &payload);
	if (party == NOBODY || kept_log(depositary, request.origin) != &depositary->logs[party])
		return 403;
	assert_int_equal(request.kind, COLLECT_DEPOSIT);
	sha256_of(&hash, payload);
	assert_true(hash_equal(&hash, &request.hash));
	assert_ok(frame_get_blob_chunk(payload, &chunk, NULL));
	assert_true(chunk.total > 0);
	blob = keep_blob(depositary, &chunk.blob, chunk.total);
	if (chunk.offset > blob->bytes.size)
		return fake_conflict(blob->bytes.size, answer, content);
	skip = (size_t)(blob->bytes.size - chunk.offset);
	if (skip < chunk.data.size)
		assert_ok(buffer_put(&blob->bytes, chunk.data.data + skip, chunk.data.size - skip));
	return say_size(blob->bytes.size, content);
}

/* The key that it signs with, as its mood is. */
static inline void custody_key(struct depositary *depositary, struct fake_neutral *fake,
                               struct note_key *ret_key, struct ed25519_secret *ret_secret)
{
	*ret_key = fake->key;
	*ret_secret = fake->secret;
	if (depositary->mood != CUSTODY_OTHER_KEY)
		return;
	assert_ok(ed25519_generate(ret_secret,
	                           &(struct random_source){ depositary->world, world_random }));
	assert_ok(note_key_init(ret_key, bytes_of_string(fake->key.name), NOTE_KEY_COSIGNATURE,
	                        &ret_secret->public_key));
}

static inline uint16_t certify_deposit(struct depositary *depositary, struct fake_neutral *fake,
                                       struct bytes content, struct buffer *ret_content)
{
	struct deposit_certificate certificate = { .time = depositary->world->now };
	struct deposit_request request;
	struct ed25519_secret secret;
	struct note_key key;
	struct kept_log *log;

	assert_ok(deposit_request_parse(content, &request, NULL));
	if ((log = kept_log(depositary, request.origin)) == NULL)
		return 404;
	certificate.head = log->head;
	certificate.time += depositary->mood == CUSTODY_OTHER_CLOCK ? 600 : 0;
	certificate.head.root.bytes[0] ^= depositary->mood == CUSTODY_OTHER_ROOT;
	for (size_t i = 0; i < request.blob_count; i++) {
		struct kept_blob *blob = kept_blob(depositary, &request.blobs[i]);

		if (blob == NULL || blob->bytes.size < blob->total)
			return 409;
		certificate.blobs[certificate.blob_count++] = (struct deposit_blob){ blob->hash,
			                                                             blob->total };
	}
	custody_key(depositary, fake, &key, &secret);
	assert_ok(deposit_certificate_sign(&certificate, &key, &secret, ret_content));
	depositary->certified++;
	return 200;
}

/* --- collecting --------------------------------------------------------------------- */

static inline bool may_collect(struct depositary *depositary, struct bytes content,
                               struct collect_request *ret_request)
{
	struct bytes rest;
	unsigned party = who_asks(depositary, content, ret_request, &rest);

	assert_int_equal(rest.size, 0);
	return party != NOBODY;
}

static inline void put_kept(struct depositary *depositary, struct kept_log *log, uint64_t from,
                            struct buffer *content)
{
	struct frame_entries frame = { .checkpoint = buffer_view(&log->note), .start = from };
	struct buffer entries, bytes;

	(void)depositary;
	buffer_init(&entries, FRAME_MAXIMUM);
	buffer_init(&bytes, FRAME_MAXIMUM + FRAME_HEADER_SIZE);
	for (uint64_t i = from; i < log->head.size; i++) {
		assert_ok(buffer_put_sized(&entries, buffer_view(&log->entries[i])));
		frame.count++;
	}
	frame.entries = buffer_view(&entries);
	assert_ok(frame_put_entries(&bytes, &frame));
	assert_ok(buffer_put_sized(
	    content, bytes_of(bytes.data + FRAME_HEADER_SIZE, bytes.size - FRAME_HEADER_SIZE)));
	buffer_release(&entries);
	buffer_release(&bytes);
}

static inline uint16_t collect_entries(struct depositary *depositary, struct fake_neutral *fake,
                                       struct bytes content, struct buffer *ret_content)
{
	struct collection_answer answer = { .time = depositary->world->now };
	struct collect_request request;
	struct ed25519_secret secret;
	struct note_key key;
	struct kept_log *log;
	struct buffer note;
	bool gives;

	if (!may_collect(depositary, content, &request))
		return 403;
	if ((log = kept_log(depositary, request.origin)) == NULL)
		return 404;
	gives = request.from < log->head.size && depositary->mood != CUSTODY_DENIES &&
	        depositary->mood != CUSTODY_WITHHOLDS;
	answer.head = log->head;
	snprintf(answer.head.origin, sizeof(answer.head.origin), "%s", log->origin);
	/* What it denies is at most what the collector has. */
	if (log->head.size == 0 || depositary->mood == CUSTODY_DENIES) {
		struct tree_reader reader = memory_tree_reader(&log->tree);

		answer.head.size = 0;
		assert_ok(tree_reader_root(&reader, answer.head.size, &answer.head.root));
	}
	answer.head.root.bytes[0] ^= depositary->mood == CUSTODY_OTHER_ROOT && answer.head.size > 0;
	memcpy(answer.nonce, request.nonce, sizeof(answer.nonce));
	answer.nonce[0] ^= depositary->mood == CUSTODY_OLD_ANSWER;
	buffer_init(&note, DEPOSIT_NOTE_MAXIMUM);
	custody_key(depositary, fake, &key, &secret);
	assert_ok(collection_answer_sign(&answer, &key, &secret, &note));
	assert_ok(buffer_put_sized(ret_content, buffer_view(&note)));
	if (gives)
		put_kept(depositary, log, request.from, ret_content);
	else
		assert_ok(buffer_put_sized(ret_content, bytes_of(NULL, 0)));
	buffer_release(&note);
	depositary->collected++;
	return 200;
}

static inline uint16_t collect_blob(struct depositary *depositary, struct bytes content,
                                    struct buffer *ret_content)
{
	enum { PIECE = 100000 };
	struct frame_blob_chunk chunk = { .total = 0 };
	struct collect_request request;
	struct kept_blob *blob;
	struct buffer bytes;

	if (!may_collect(depositary, content, &request))
		return 403;
	chunk.blob = request.hash;
	blob = kept_blob(depositary, &request.hash);
	if (blob != NULL && request.from < blob->bytes.size &&
	    depositary->mood != CUSTODY_WITHHOLDS_BODIES) {
		size_t left = blob->bytes.size - (size_t)request.from;

		chunk.total = blob->total;
		chunk.offset = request.from;
		chunk.data = bytes_of(blob->bytes.data + request.from, left < PIECE ? left : PIECE);
	}
	buffer_init(&bytes, FRAME_MAXIMUM + FRAME_HEADER_SIZE);
	assert_ok(frame_put_blob_chunk(&bytes, &chunk));
	assert_ok(buffer_put(ret_content, bytes.data + FRAME_HEADER_SIZE,
	                     bytes.size - FRAME_HEADER_SIZE));
	buffer_release(&bytes);
	return 200;
}

static inline uint16_t depositary_answer(struct neutrals *neutrals, struct fake_neutral *fake,
                                         const char *path, struct bytes content,
                                         struct messenger_answer *answer,
                                         struct buffer *ret_content)
{
	struct depositary *depositary = depositary_of(neutrals);
	bool leaves = strncmp(path, "deposit/", 8) == 0;

	if (depositary->mood == CUSTODY_FULL && leaves)
		return 413;
	if (depositary->mood == CUSTODY_NONSENSE) {
		assert_ok(buffer_put_string(ret_content, "size of it\x01\n"));
		return 200;
	}
	if (strcmp(path, "deposit/entries") == 0)
		return leave_entries(depositary, content, answer, ret_content);
	if (strcmp(path, "deposit/blob") == 0)
		return leave_blob(depositary, content, answer, ret_content);
	if (strcmp(path, "deposit/certificate") == 0)
		return certify_deposit(depositary, fake, content, ret_content);
	if (strcmp(path, "collect") == 0)
		return collect_entries(depositary, fake, content, ret_content);
	if (strcmp(path, "collect/blob") == 0)
		return collect_blob(depositary, content, ret_content);
	return 404;
}

/* --- the world -------------------------------------------------------------------------- */

static inline void depositary_init(struct depositary *depositary, struct world *world,
                                   uint32_t seed, bool on_disk)
{
	*depositary = (struct depositary){ .world = world, .keeps_what_rides_along = true };
	neutrals_init_stored(&depositary->neutrals, world, seed, on_disk);
	depositary->neutrals.deposit = depositary_answer;
	for (unsigned side = 0; side < 2; side++) {
		world->nodes[side].configuration.deposit_after = 30;
		world->nodes[side].configuration.collect_every = 60;
	}
}

/* A channel in force over the link, of which the depositary knows both logs. */
static inline void depositary_open_stored(struct depositary *depositary, struct world *world,
                                          uint32_t seed, bool on_disk)
{
	depositary_init(depositary, world, seed, on_disk);
	depositary->neutrals.deaf[NORTH] = depositary->neutrals.deaf[SOUTH] = true;
	world_open(world);
	neutrals_learn_logs(&depositary->neutrals);
	for (unsigned party = 0; party < 2; party++) {
		struct kept_log *log = &depositary->logs[party];

		snprintf(log->origin, sizeof(log->origin), "%s",
		         world_channel(world, NORTH)->log_keys[party].name);
		memory_tree_init(&log->tree);
		buffer_init(&log->note, NOTE_MAXIMUM);
	}
	depositary->neutrals.deaf[NORTH] = depositary->neutrals.deaf[SOUTH] = false;
	world_pass(world, 700);
	world_settle(world);
}

static inline void depositary_open(struct depositary *depositary, struct world *world,
                                   uint32_t seed)
{
	depositary_open_stored(depositary, world, seed, false);
}

static inline void depositary_release(struct depositary *depositary)
{
	neutrals_release(&depositary->neutrals);
	for (unsigned party = 0; party < 2; party++) {
		struct kept_log *log = &depositary->logs[party];

		for (uint64_t i = 0; i < log->tree.size; i++)
			buffer_release(&log->entries[i]);
		memory_tree_release(&log->tree);
		buffer_release(&log->note);
	}
	for (size_t i = 0; i < depositary->blob_count; i++)
		buffer_release(&depositary->blobs[i].bytes);
}

/* So many minutes, with everything that happens in them. */
static inline void world_minutes(struct world *world, unsigned minutes)
{
	for (unsigned i = 0; i < minutes * 3; i++) {
		world_pass(world, 20);
		world_run(world);
	}
}

/* The newest entry of a kind in a log, as a side sees it; UINT64_MAX when there is none. */
static inline uint64_t last_of_kind(struct world *world, unsigned side, unsigned party,
                                    enum kind_number kind)
{
	const struct rules *rules = world_channel(world, side)->rules;

	for (uint64_t i = rules_size(rules, party); i > 0; i--)
		if (rules_act(rules, (struct act_place){ party, i - 1 })->kind->number == kind)
			return i - 1;
	return UINT64_MAX;
}

static inline size_t count_of_kind(struct world *world, unsigned side, unsigned party,
                                   enum kind_number kind)
{
	const struct rules *rules = world_channel(world, side)->rules;
	size_t count = 0;

	for (uint64_t i = 0; i < rules_size(rules, party); i++)
		count += rules_act(rules, (struct act_place){ party, i })->kind->number == kind;
	return count;
}

#endif
