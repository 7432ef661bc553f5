/* What counts as evidence of how far a log had come. */
#include "act_fixture.h"

#include "cosignature.h"
#include "evidence.h"
#include "memory_tree.h"
#include "torture.h"

#define NOON INT64_C(1795348800)

/* A head of north's log, signed, in a charter with a quorum of so many of two. */
struct fixture {
	struct charter *charter;
	struct note_key log, receipt;
	struct buffer note;
};

static void fixture_init(struct fixture *f, uint64_t quorum)
{
	struct ed25519_secret secret = fixture_secret(0, FIXTURE_LOG);
	struct ed25519_secret counterpart = fixture_secret(1, FIXTURE_RECEIPT);
	struct charter charter = fixture_charter();
	struct checkpoint head = { .size = 7, .root = { { 1, 2, 3 } } };
	struct buffer vkeys[2], text;
	struct error error = { 0 };
	char name[LOG_NAME_CAPACITY];

	buffer_init(&text, CHARTER_SIZE_MAXIMUM);
	for (unsigned i = 0; i < 2; i++) {
		buffer_init(&vkeys[i], 1024);
		fixture_vkey(i, &vkeys[i]);
		charter.witnesses[i] = buffer_view(&vkeys[i]);
	}
	charter.witness_count = 2;
	charter.quorum = quorum;
	assert_ok(charter_print(&charter, &text, &error));
	assert_ok(charter_parse(buffer_view(&text), &f->charter, &error));
	charter_log_name(f->charter, 0, 1, "", name);
	assert_ok(
	    note_key_init(&f->log, bytes_of_string(name), NOTE_KEY_ED25519, &secret.public_key));
	assert_ok(bytes_to_string(bytes_of_string(name), head.origin, sizeof(head.origin)));
	charter_log_name(f->charter, 1, 1, "/receipt", name);
	assert_ok(note_key_init(&f->receipt, bytes_of_string(name), NOTE_KEY_COSIGNATURE,
	                        &counterpart.public_key));
	buffer_init(&f->note, NOTE_MAXIMUM);
	buffer_clear(&text);
	assert_ok(checkpoint_print(&head, &text));
	assert_ok(buffer_put_bytes(&f->note, buffer_view(&text)));
	assert_ok(buffer_put_u8(&f->note, '\n'));
	assert_ok(note_sign(&f->log, &secret, buffer_view(&text), &f->note));
	buffer_release(&text);
	buffer_release(&vkeys[0]);
	buffer_release(&vkeys[1]);
}

static void fixture_release(struct fixture *f)
{
	charter_free(f->charter);
	buffer_release(&f->note);
}

static void cosign(struct fixture *f, const struct note_key *key,
                   const struct ed25519_secret *secret, timestamp time)
{
	struct buffer text;
	struct note note;

	buffer_init(&text, NOTE_MAXIMUM);
	assert_ok(note_parse(buffer_view(&f->note), &note, NULL));
	assert_ok(buffer_put_bytes(&text, note.text));
	assert_ok(cosignature_sign(key, secret, time, buffer_view(&text), &f->note));
	buffer_release(&text);
}

static void cosign_witness(struct fixture *f, unsigned number, timestamp time)
{
	struct ed25519_secret secret = fixture_secret(number, FIXTURE_WITNESS);
	struct note_key key;

	assert_ok(note_key_parse(f->charter->witnesses[number], &key, NULL));
	cosign(f, &key, &secret, time);
}

static void cosign_counterpart(struct fixture *f, timestamp time)
{
	struct ed25519_secret secret = fixture_secret(1, FIXTURE_RECEIPT);

	cosign(f, &f->receipt, &secret, time);
}

static struct evidence read_evidence(struct fixture *f)
{
	struct evidence evidence;
	struct checkpoint head;
	struct error error = { 0 };

	assert_ok(evidence_read(f->charter, buffer_view(&f->note), &f->log, &f->receipt, 0, NOON,
	                        &head, &evidence, &error));
	assert_int_equal(head.size, 7);
	return evidence;
}

static void test_without_a_quorum_the_counterpart(void **state)
{
	struct evidence evidence;
	struct fixture f;

	(void)state;
	fixture_init(&f, 0);
	cosign_witness(&f, 0, NOON);
	cosign_witness(&f, 1, NOON);
	evidence = read_evidence(&f);
	assert_int_equal(evidence.needed, 1);
	assert_int_equal(evidence.fresh, 0);
	assert_int_equal(evidence.latest, 0);
	assert_false(evidence_is_enough(&evidence));
	cosign_counterpart(&f, NOON - EVIDENCE_AGE_MAXIMUM);
	evidence = read_evidence(&f);
	assert_true(evidence_is_enough(&evidence));
	assert_int_equal(evidence.latest, NOON - EVIDENCE_AGE_MAXIMUM);
	/* Of several lines by one the earliest counts. */
	cosign_counterpart(&f, NOON - EVIDENCE_AGE_MAXIMUM - 1);
	evidence = read_evidence(&f);
	assert_int_equal(evidence.stale, 1);
	assert_false(evidence_is_enough(&evidence));
	fixture_release(&f);
}

static void test_with_a_quorum_the_witnesses(void **state)
{
	struct evidence evidence;
	struct fixture f;

	(void)state;
	fixture_init(&f, 2);
	cosign_counterpart(&f, NOON);
	cosign_witness(&f, 1, NOON + EVIDENCE_AGE_MAXIMUM);
	evidence = read_evidence(&f);
	assert_int_equal(evidence.needed, 2);
	assert_int_equal(evidence.fresh, 1);
	assert_false(evidence_is_enough(&evidence));
	cosign_witness(&f, 0, NOON - 5);
	evidence = read_evidence(&f);
	assert_int_equal(evidence.fresh, 2);
	assert_int_equal(evidence.latest, NOON + EVIDENCE_AGE_MAXIMUM);
	assert_true(evidence_is_enough(&evidence));
	fixture_release(&f);
	fixture_init(&f, 1);
	cosign_witness(&f, 0, NOON + EVIDENCE_AGE_MAXIMUM + 1);
	evidence = read_evidence(&f);
	assert_int_equal(evidence.stale, 1);
	assert_false(evidence_is_enough(&evidence));
	fixture_release(&f);
}

/* A line that was there before whoever asks was started says nothing of between. */
static void test_evidence_from_before(void **state)
{
	struct evidence evidence;
	struct checkpoint head;
	struct fixture f;
	struct error error;

	(void)state;
	fixture_init(&f, 0);
	cosign_counterpart(&f, NOON - 100);
	for (int64_t later = 0; later < 2; later++) {
		assert_ok(evidence_read(f.charter, buffer_view(&f.note), &f.log, &f.receipt,
		                        NOON - 100 + later, NOON, &head, &evidence, &error));
		assert_int_equal(evidence_is_enough(&evidence), later == 0);
		assert_int_equal(evidence.stale, later);
		assert_int_equal(evidence.latest, NOON - 100);
	}
	fixture_release(&f);
}

static void test_notes_that_are_refused(void **state)
{
	struct evidence evidence = { .needed = 9 };
	struct checkpoint head;
	struct fixture f;
	struct error error;

	(void)state;
	fixture_init(&f, 0);
	assert_int_equal(evidence_read(f.charter, bytes_of_string("no note"), &f.log, &f.receipt, 0,
	                               NOON, &head, &evidence, &error),
	                 ERROR_SYNTAX);
	cosign_counterpart(&f, NOON);
	f.note.data[f.note.size - 5] ^= 1;
	assert_int_not_equal(evidence_read(f.charter, buffer_view(&f.note), &f.log, &f.receipt, 0,
	                                   NOON, &head, &evidence, &error),
	                     OK);
	assert_int_equal(evidence.needed, 9);
	fixture_release(&f);
}

static int read_again(void *context)
{
	struct fixture *f = context;
	struct evidence evidence;
	struct checkpoint head;
	struct error error;

	return evidence_read(f->charter, buffer_view(&f->note), &f->log, &f->receipt, 0, NOON,
	                     &head, &evidence, &error);
}

static void test_every_allocation_may_fail(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f, 2);
	cosign_witness(&f, 0, NOON);
	cosign_witness(&f, 1, NOON);
	torture(read_again, &f);
	fixture_release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_without_a_quorum_the_counterpart),
		cmocka_unit_test(test_with_a_quorum_the_witnesses),
		cmocka_unit_test(test_evidence_from_before),
		cmocka_unit_test(test_notes_that_are_refused),
		cmocka_unit_test(test_every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
