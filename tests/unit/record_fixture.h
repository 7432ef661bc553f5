/* A channel with a past, and a record of it in a folder of its own. */
#ifndef RECORD_FIXTURE_H
#define RECORD_FIXTURE_H

#include "cosignature.h"
#include "memory_tree.h"
#include "record_verifier.h"
#include "record_writer.h"
#include "scenario.h"
#include "seal_fixture.h"

struct record_fixture {
	struct scenario s;
	struct seal_fixture seal;
	struct buffer witness_key;
	const char *receipt_keys[2]; /* label of the key in force, NULL: the charter's */
	struct buffer heads[2], countersigned[2];
	struct act_place sealed, resealed; /* acts whose blob there is */
	bool has_bodies;                   /* the source gives the sealed blob */
	bool opens;                        /* the source opens it */
	struct record_source source;
	char folder[64]; /* under /tmp */
	char record[96]; /* folder/record: not there yet */
};

/* --- heads ------------------------------------------------------------------ */

static inline struct note_key fixture_note_key(const struct record_fixture *f, unsigned party,
                                               const char *suffix, enum note_key_type type,
                                               const struct ed25519_secret *secret)
{
	char name[LOG_NAME_CAPACITY];
	struct note_key key;

	charter_log_name(f->s.charter, party, 1, suffix, name);
	assert_ok(note_key_init(&key, bytes_of_string(name), type, &secret->public_key));
	return key;
}

/* The key that signs heads of this size: of successors the one labelled `log2`, … */
static inline struct note_key fixture_log_key(const struct record_fixture *f, unsigned party,
                                              uint64_t size, struct ed25519_secret *ret_secret)
{
	unsigned generation = rules_head_generation(f->s.rules, party, size);
	char name[LOG_NAME_CAPACITY], label[16];
	struct note_key key;

	snprintf(label, sizeof(label), "log%u", generation);
	*ret_secret = generation == 1 ? fixture_secret(party, FIXTURE_LOG)
	                              : scenario_secret(party, label);
	charter_log_name(f->s.charter, party, generation, "", name);
	assert_ok(
	    note_key_init(&key, bytes_of_string(name), NOTE_KEY_ED25519, &ret_secret->public_key));
	return key;
}

static inline void fixture_cosign(struct record_fixture *f, unsigned cosigner, struct bytes text,
                                  struct buffer *note)
{
	const char *label = f->receipt_keys[cosigner];
	struct ed25519_secret secret = label != NULL ? scenario_secret(cosigner, label)
	                                             : fixture_secret(cosigner, FIXTURE_RECEIPT);
	struct note_key key = fixture_note_key(f, cosigner, "/receipt", NOTE_KEY_COSIGNATURE,
	                                       &secret);

	assert_ok(cosignature_sign(&key, &secret, f->s.now, text, note));
}

/* The head of the first `size` entries of a tree, signed and perhaps cosigned. */
static inline void fixture_head_of(struct record_fixture *f, unsigned party,
                                   const struct memory_tree *tree, uint64_t size, bool cosigned,
                                   struct buffer *note)
{
	struct tree_reader reader = memory_tree_reader(tree);
	struct ed25519_secret secret;
	struct note_key key = fixture_log_key(f, party, size, &secret);
	struct checkpoint checkpoint = { .size = size };
	struct buffer text;

	buffer_clear(note);
	memcpy(checkpoint.origin, key.name, sizeof(checkpoint.origin));
	assert_ok(tree_reader_root(&reader, size, &checkpoint.root));
	buffer_init(&text, CHECKPOINT_TEXT_MAXIMUM);
	assert_ok(checkpoint_print(&checkpoint, &text));
	assert_ok(buffer_put_bytes(note, buffer_view(&text)));
	assert_ok(buffer_put_string(note, "\n"));
	assert_ok(note_sign(&key, &secret, buffer_view(&text), note));
	if (cosigned)
		fixture_cosign(f, 1 - party, buffer_view(&text), note);
	buffer_release(&text);
}

static inline void fixture_head(struct record_fixture *f, unsigned party, uint64_t size,
                                bool cosigned, struct buffer *note)
{
	fixture_head_of(f, party, rules_tree(f->s.rules, party), size, cosigned, note);
}

/* The witness of the full charter, under the name that it has there. */
static inline void fixture_witness(struct record_fixture *f, unsigned party)
{
	struct ed25519_secret secret = fixture_secret(0, FIXTURE_WITNESS);
	struct note_key key;
	struct note note;

	assert_ok(note_key_parse(buffer_view(&f->witness_key), &key, NULL));
	assert_ok(note_parse(buffer_view(&f->heads[party]), &note, NULL));
	assert_ok(cosignature_sign(&key, &secret, f->s.now, note.text, &f->heads[party]));
}

/* Both sides have receipted all there is, and cosigned the heads. */
static inline void fixture_settle(struct record_fixture *f)
{
	scenario_receipt(&f->s, NORTH);
	assert_ok(f->s.result);
	scenario_receipt(&f->s, SOUTH);
	assert_ok(f->s.result);
	for (unsigned party = 0; party < 2; party++) {
		fixture_head(f, party, f->s.counts[party], true, &f->heads[party]);
		fixture_witness(f, party);
		f->source.heads[party] = buffer_view(&f->heads[party]);
	}
}

/* --- a source over the scenario ---------------------------------------------- */

static inline int fixture_entry(void *context, struct act_place place, struct buffer *entry,
                                struct error *error)
{
	struct record_fixture *f = context;

	if (place.number >= f->s.counts[place.party])
		return error_set(error, ERROR_NOT_FOUND, "there is no such entry");
	return buffer_put_bytes(entry,
	                        buffer_view(&f->s.entries[place.party][place.number]->bytes));
}

static inline int fixture_blob(void *context, const struct hash *sha256, uint64_t size,
                               const struct byte_sink *sink, struct error *error)
{
	struct record_fixture *f = context;
	struct bytes blob = buffer_view(&f->seal.blob);
	int r;

	if (!f->has_bodies || !hash_equal(sha256, &f->seal.sealed.hash))
		return error_set(error, ERROR_NOT_FOUND, "there is no such blob");
	assert_int_equal(size, blob.size);
	if ((r = sink->write(sink->context, bytes_of(blob.data, 100))) != OK)
		return r;
	return sink->write(sink->context, bytes_of(blob.data + 100, blob.size - 100));
}

static inline int fixture_opened(void *context, struct act_place place,
                                 const struct body_receiver *receiver, struct error *error)
{
	struct record_fixture *f = context;
	const struct manifest *manifest = &f->seal.manifest;
	int r = OK;

	if (!f->opens || place.party != f->sealed.party || place.number != f->sealed.number)
		return error_set(error, ERROR_NOT_FOUND, "it stays sealed");
	for (size_t i = 0; i < manifest->count && r == OK; i++) {
		if ((r = receiver->part_begin(receiver->context, &manifest->lines[i])) != OK ||
		    (r = receiver->part_data(receiver->context, &manifest->lines[i],
		                             f->seal.body.contents[i])) != OK)
			break;
		r = receiver->part_end(receiver->context, &manifest->lines[i]);
	}
	return r;
}

/* --- the past ----------------------------------------------------------------- */

static inline struct act_place fixture_say(struct record_fixture *f, struct line line,
                                           enum void_reason expected)
{
	struct act_place place = scenario_say(&f->s, line);

	assert_verdict(&f->s, expected);
	return place;
}

/* Matters: a proposal that two people accept, a request, and an incident with a body
 * that arrives only when it is sealed anew. */
static inline void fixture_matters(struct record_fixture *f)
{
	struct scenario_body body = { f->seal.manifest.count, f->seal.blob.size,
		                      f->seal.manifest.root, f->seal.sealed.hash };
	char hash[HASH_BASE64_CAPACITY], blob[HASH_BASE64_CAPACITY + 24];
	struct act_place place;

	place = fixture_say(f, (struct line){ NORTH, "a.head", KIND_PROPOSE }, VOID_NONE);
	place = fixture_say(f, (struct line){ SOUTH, "b.head", KIND_COUNTER, .answers = &place },
	                    VOID_NONE);
	fixture_say(f,
	            (struct line){ NORTH, "a.head", KIND_ACCEPT, .cosigner = "a.deputy",
	                           .answers = &place },
	            VOID_NONE);
	place = fixture_say(
	    f, (struct line){ NORTH, "a.deputy", KIND_PROTEST, .precedence = "immediate" },
	    VOID_NONE);
	fixture_say(f, (struct line){ SOUTH, "b.head", KIND_ACK, .answers = &place }, VOID_NONE);
	f->sealed = fixture_say(f, (struct line){ SOUTH, "b.head", KIND_NOTIFY, .sealed = &body },
	                        VOID_NONE);
	fixture_say(f,
	            (struct line){ NORTH, "node", KIND_FAULT, .target = &f->sealed,
	                           .fields = { { "fault", "missing" } } },
	            VOID_NONE);
	hash_to_base64(&f->seal.sealed.hash, hash);
	snprintf(blob, sizeof(blob), "%zu %s", f->seal.blob.size, hash);
	f->resealed = fixture_say(f,
	                          (struct line){ SOUTH, "node", KIND_RESEAL, .target = &f->sealed,
	                                         .fields = { { "blob", blob } } },
	                          VOID_NONE);
	fixture_say(f, (struct line){ NORTH, "a.deputy", KIND_ACK, .answers = &f->sealed },
	            VOID_NONE);
}

/* What each side says of people and keys. */
static inline void fixture_authority(struct record_fixture *f)
{
	scenario_accredit(&f->s, SOUTH, "b.officer", "officer");
	assert_verdict(&f->s, VOID_NONE);
	fixture_say(f,
	            (struct line){ SOUTH, "b.head", KIND_RECALL,
	                           .fields = { { "delegate", "b.officer" } } },
	            VOID_NONE);
	fixture_say(f, (struct line){ SOUTH, "b.officer", KIND_NOTIFY }, VOID_NOT_ACCREDITED);
	fixture_say(
	    f,
	    (struct line){ SOUTH, "b.head", KIND_REKEY,
	                   .fields = { { "item", "receipt-key" }, { "value", "raw:receipt2" } } },
	    VOID_NONE);
	f->receipt_keys[SOUTH] = "receipt2";
	fixture_say(f,
	            (struct line){ SOUTH, "appointing", KIND_APPOINT,
	                           .fields = { { "office", "head" },
	                                       { "delegate", "b.second" },
	                                       { "key", "key:b.second" } } },
	            VOID_NONE);
	/* Its log goes on under another key. */
	scenario_log(&f->s,
	             (struct line){ SOUTH, "appointing", KIND_APPOINT,
	                            .fields = { { "office", "log" }, { "key", "raw:log2" } } });
	assert_verdict(&f->s, VOID_NONE);
}

/* `more` acts on top of some thirty, by both sides in turn. `second`: what the second part
 * of the sealed body says instead; the other bodies are then others, too. */
static inline void record_fixture_init_with(struct record_fixture *f, uint64_t more,
                                            const char *second)
{
	struct charter model = fixture_charter();
	struct buffer depositary;

	*f = (struct record_fixture){ .has_bodies = true };
	buffer_init(&depositary, 1024);
	fixture_vkey(1, &depositary);
	model.depositary = buffer_view(&depositary);
	model.deemed_allowance = SCENARIO_DAY;
	buffer_init(&f->witness_key, 1024);
	fixture_vkey(0, &f->witness_key);
	model.witnesses[0] = buffer_view(&f->witness_key);
	model.witness_count = 1;
	model.quorum = 1;
	kind_set_add(&model.two_signatures, KIND_ACCEPT);
	for (unsigned party = 0; party < 2; party++) {
		buffer_init(&f->heads[party], NOTE_MAXIMUM);
		buffer_init(&f->countersigned[party], NOTE_MAXIMUM);
	}
	seal_fixture_init_with(&f->seal, second);
	scenario_init(&f->s, &model);
	buffer_release(&depositary);
	f->s.sign = true;
	f->s.serial = second != NULL ? 1000 : 0;
	scenario_open(&f->s);
	scenario_accredit(&f->s, NORTH, "a.deputy", "deputy");
	assert_verdict(&f->s, VOID_NONE);
	fixture_matters(f);
	fixture_authority(f);
	for (uint64_t i = 0; i < more; i++) {
		unsigned party = i % 2 == 0 ? NORTH : SOUTH;

		scenario_log(&f->s, (struct line){ party, party == NORTH ? "a.deputy" : "b.second",
		                                   KIND_NOTIFY });
		assert_verdict(&f->s, VOID_NONE);
	}
	f->source = (struct record_source){
		.context = f,
		.charter = f->s.charter->text,
		.entry = fixture_entry,
		.blob = fixture_blob,
		.opened = fixture_opened,
	};
	fixture_settle(f);
	make_folder(f->folder);
	snprintf(f->record, sizeof(f->record), "%s/record", f->folder);
}

static inline void record_fixture_init(struct record_fixture *f, uint64_t more)
{
	record_fixture_init_with(f, more, NULL);
}

static inline void record_fixture_release(struct record_fixture *f)
{
	remove_folder(f->folder);
	for (unsigned party = 0; party < 2; party++) {
		buffer_release(&f->heads[party]);
		buffer_release(&f->countersigned[party]);
	}
	seal_fixture_release(&f->seal);
	scenario_release(&f->s);
	buffer_release(&f->witness_key);
}

/* --- writing and verifying ------------------------------------------------------ */

static inline void fixture_write(struct record_fixture *f)
{
	struct error error;

	if (record_write(f->record, &f->source, NULL, NULL, &error) != OK)
		fail_msg("%s", error.message);
}

static inline void fixture_verify(struct record_fixture *f, struct record_report *ret_report)
{
	struct error error;

	if (record_verify(f->record, NULL, ret_report, &error) != OK)
		fail_msg("%s", error.message);
}

static inline void fixture_assert_intact(struct record_fixture *f)
{
	struct record_report report;

	fixture_verify(f, &report);
	if (!report.intact)
		fail_msg("%s at %llu %s: %s", report.damage.file,
		         (unsigned long long)report.damage.offset, report.damage.act,
		         report.damage.reason);
}

#endif
