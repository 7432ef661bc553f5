/* What neutrals of fixed keys say of a scenario's logs, truly or not, as the notes that
 * stamps carry. The neutrals are those of fixture_vkey: witness.example/one, which is
 * a witness only, and witness.example/two, the depositary. */
#ifndef STAMP_FIXTURE_H
#define STAMP_FIXTURE_H

#include "scenario.h"

enum { NEUTRAL_WITNESS, NEUTRAL_DEPOSITARY };

/* What is left out is as it should be. */
struct word {
	enum stamp_form form;
	unsigned log; /* whose */
	uint64_t size;
	timestamp time;
	unsigned neutral;                  /* of a checkpoint; the others are the depositary's */
	const struct act_place *bodies[4]; /* named by a certificate: of acts and reseals */
	unsigned generation;               /* in the log's name, instead of the right one */
	const char *origin;                /* instead of the log's name */
	const struct hash *root;           /* instead of the right one */
	bool by_witness;                   /* a certificate or an answer, signed by the witness */
};

static inline struct note_key neutral_key(unsigned neutral)
{
	struct buffer vkey;
	struct note_key key;

	buffer_init(&vkey, 1024);
	fixture_vkey(neutral, &vkey);
	assert_ok(note_key_parse(buffer_view(&vkey), &key, NULL));
	buffer_release(&vkey);
	return key;
}

static inline struct checkpoint word_head(const struct charter *charter, const struct rules *rules,
                                          const struct word *word)
{
	struct tree_reader reader = memory_tree_reader(rules_tree(rules, word->log));
	struct checkpoint head = { .size = word->size };
	char name[LOG_NAME_CAPACITY];
	unsigned generation = word->generation;

	if (generation == 0)
		generation = rules_head_generation(rules, word->log, word->size);
	charter_log_name(charter, word->log, generation, "", name);
	assert_ok(bytes_to_string(bytes_of_string(word->origin != NULL ? word->origin : name),
	                          head.origin, sizeof(head.origin)));
	if (word->root != NULL)
		head.root = *word->root;
	else if (word->size <= rules_size(rules, word->log))
		assert_ok(tree_reader_root(&reader, word->size, &head.root));
	return head;
}

static inline void word_certificate(const struct rules *rules, const struct word *word,
                                    struct checkpoint head, const struct note_key *key,
                                    const struct ed25519_secret *secret, struct buffer *note)
{
	struct deposit_certificate certificate = { .head = head, .time = word->time };

	for (size_t i = 0; i < 4 && word->bodies[i] != NULL; i++) {
		const struct act_summary *act = rules_act(rules, *word->bodies[i]);
		struct deposit_blob blob = { act->sealed_hash, act->sealed_size };
		bool named = false;

		for (size_t k = 0; k < certificate.blob_count; k++)
			named = named || hash_equal(&certificate.blobs[k].hash, &blob.hash);
		if (!named)
			certificate.blobs[certificate.blob_count++] = blob;
	}
	assert_ok(deposit_certificate_sign(&certificate, key, secret, note));
}

/* The note, appended to `note`. */
static inline void word_note(const struct charter *charter, const struct rules *rules,
                             const struct word *word, struct buffer *note)
{
	bool depositary = word->form != STAMP_CHECKPOINT && !word->by_witness;
	unsigned neutral = depositary ? NEUTRAL_DEPOSITARY : word->neutral;
	struct ed25519_secret secret = fixture_secret(neutral, FIXTURE_WITNESS);
	struct checkpoint head = word_head(charter, rules, word);
	struct note_key key = neutral_key(neutral);
	size_t start = note->size;

	if (word->form == STAMP_CERTIFICATE) {
		word_certificate(rules, word, head, &key, &secret, note);
	} else if (word->form == STAMP_ANSWER) {
		struct collection_answer answer = { .head = head, .time = word->time };

		memset(answer.nonce, 7, sizeof(answer.nonce));
		assert_ok(collection_answer_sign(&answer, &key, &secret, note));
	} else {
		struct bytes text;

		assert_ok(checkpoint_print(&head, note));
		text = bytes_of(note->data + start, note->size - start);
		assert_ok(buffer_put_u8(note, '\n'));
		text.data = note->data + start;
		assert_ok(cosignature_sign(&key, &secret, word->time, text, note));
	}
}

/* The value of a stamp's field `note`, into `value`, which is emptied first. */
static inline const char *word_value(const struct charter *charter, const struct rules *rules,
                                     const struct word *word, struct buffer *value)
{
	struct buffer note;

	buffer_init(&note, 3000);
	word_note(charter, rules, word, &note);
	buffer_clear(value);
	assert_ok(base64_encode(value, buffer_view(&note), BASE64_PADDED));
	assert_ok(buffer_put_u8(value, '\0'));
	buffer_release(&note);
	return (const char *)value->data;
}

/* Makes the two the charter's neutrals; `vkeys` holds what it then points to. */
static inline void charter_name_neutrals(struct charter *charter, struct buffer vkeys[2])
{
	for (unsigned i = 0; i < 2; i++) {
		buffer_init(&vkeys[i], 1024);
		fixture_vkey(i, &vkeys[i]);
	}
	charter->witnesses[0] = buffer_view(&vkeys[NEUTRAL_WITNESS]);
	charter->witness_count = 1;
	charter->depositary = buffer_view(&vkeys[NEUTRAL_DEPOSITARY]);
	charter->deemed_allowance = SCENARIO_DAY;
}

/* A scenario whose charter, made by hand or NULL for the plain one, names them. */
static inline void scenario_init_with_neutrals(struct scenario *s, const struct charter *model)
{
	struct charter named = model != NULL ? *model : fixture_charter();
	struct buffer vkeys[2];

	charter_name_neutrals(&named, vkeys);
	scenario_init(s, &named);
	buffer_release(&vkeys[0]);
	buffer_release(&vkeys[1]);
}

/* Logs a stamp of this note, in base64. */
static inline struct act_place scenario_stamp_note(struct scenario *s, unsigned party, unsigned log,
                                                   const char *note)
{
	const char *id = s->charter->parties[log].id;

	return scenario_log(s, (struct line){ party, "node", KIND_STAMP,
	                                      .fields = { { "log", id }, { "note", note } } });
}

static inline struct act_place scenario_stamp(struct scenario *s, unsigned party, struct word word)
{
	struct act_place place;
	struct buffer value;

	buffer_init(&value, SCENARIO_VALUE_MAXIMUM);
	place = scenario_stamp_note(s, party, word.log,
	                            word_value(s->charter, s->rules, &word, &value));
	buffer_release(&value);
	return place;
}

/* Logs a stamp that is not void. */
static inline struct act_place scenario_prove(struct scenario *s, unsigned party, struct word word)
{
	struct act_place place = scenario_stamp(s, party, word);

	assert_verdict(s, VOID_NONE);
	return place;
}

/* A certificate about an act's log up to the act, naming the body of `body`. */
static inline struct word word_deposit(struct act_place act, const struct act_place *body,
                                       timestamp time)
{
	return (struct word){ STAMP_CERTIFICATE, act.party, act.number + 1, time,
		              .bodies = { body } };
}

static inline struct word word_answer(unsigned log, uint64_t size, timestamp time)
{
	return (struct word){ STAMP_ANSWER, log, size, time };
}

/* A checkpoint or a certificate that covers an act. */
static inline struct word word_about(enum stamp_form form, struct act_place act, timestamp time)
{
	return (struct word){ form, act.party, act.number + 1, time };
}

static inline struct act_place scenario_by_head(struct scenario *s, unsigned party,
                                                enum kind_number kind,
                                                const struct act_place *answers)
{
	const char *author = party == NORTH ? "a.head" : "b.head";

	return scenario_say(s, (struct line){ party, author, kind, .answers = answers });
}

static inline timestamp scenario_logged(const struct scenario *s, struct act_place place)
{
	return rules_act(s->rules, place)->logged;
}

/* The obligation of this duty, which the act must give rise to. */
static inline struct obligation scenario_duty(const struct scenario *s, struct act_place place,
                                              enum obligation_duty duty)
{
	struct obligation obligations[OBLIGATIONS_MAXIMUM];
	size_t count;

	assert_ok(rules_obligations(s->rules, place, s->now, obligations, &count));
	for (size_t i = 0; i < count; i++)
		if (obligations[i].duty == duty)
			return obligations[i];
	fail_msg("no duty to %s", obligation_duty_name(duty));
	return obligations[0];
}

static inline size_t scenario_duties(const struct scenario *s, struct act_place place)
{
	struct obligation obligations[OBLIGATIONS_MAXIMUM];
	size_t count;

	assert_ok(rules_obligations(s->rules, place, s->now, obligations, &count));
	return count;
}

static inline void scenario_assert_deemed_receipt(const struct scenario *s, struct act_place act,
                                                  timestamp time)
{
	struct stamped stamped;

	assert_true(rules_deemed_receipt(s->rules, act, &stamped));
	assert_int_equal(stamped.time, time);
}

/* And no receipt started the clock before. */
static inline void scenario_assert_deemed(const struct scenario *s, struct act_place act,
                                          timestamp time)
{
	struct obligation duty = scenario_duty(s, act, DUTY_ACKNOWLEDGE);

	scenario_assert_deemed_receipt(s, act, time);
	assert_true(duty.deemed);
	assert_int_equal(duty.started, time);
	assert_int_equal(duty.deadline, time + s->charter->acknowledge[PRECEDENCE_ROUTINE]);
}

static inline void scenario_assert_not_deemed(const struct scenario *s, struct act_place act)
{
	struct stamped stamped;

	assert_false(rules_deemed_receipt(s->rules, act, &stamped));
	assert_false(scenario_duty(s, act, DUTY_ACKNOWLEDGE).deemed);
}

#endif
