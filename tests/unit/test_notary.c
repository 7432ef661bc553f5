/* The notary alone: a clock that goes back, expiry and nonces by the clock, quotas, and
 * every allocation of every call failing in turn. (What it answers to whom is tested
 * from outside, by tests/system/test_tlog_witness.py and test_depositary.py.) */
#include "deposit.h"
#include "neutral_fixture.h"
#include "torture.h"

static struct neutral_fixture fixture;
static struct store *store;
static struct notary *notary;

static int set_up(void **state)
{
	(void)state;
	neutral_fixture_init(&fixture);
	assert_ok(store_open_memory(&store));
	assert_ok(neutral_open(&fixture, store, &notary));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	notary_free(notary);
	store_close(store);
	neutral_fixture_release(&fixture);
	return 0;
}

static void expect(enum neutral_body which, unsigned status)
{
	struct neutral_answer answer;

	assert_int_equal(neutral_ask(notary, which, buffer_view(&fixture.bodies[which]), &answer),
	                 status);
}

static void reopen(void)
{
	notary_free(notary);
	assert_ok(neutral_open(&fixture, store, &notary));
}

/* A piece of the sealed body, left by a party, and how that is answered. */
static unsigned leave(unsigned party, uint8_t nonce, struct bytes data, uint64_t offset)
{
	struct neutral_answer answer;
	struct buffer body;
	unsigned status;

	buffer_init(&body, NEUTRAL_BODY_MAXIMUM);
	neutral_put_chunk(&fixture, party, nonce, data, offset, &body);
	status = neutral_ask(notary, BODY_BLOB, buffer_view(&body), &answer);
	buffer_release(&body);
	return status;
}

static unsigned leave_all(uint8_t nonce)
{
	return leave(0, nonce, bytes_of(fixture.sealed, FIXTURE_BODY_SIZE), 0);
}

static timestamp certificate_time(void)
{
	struct deposit_certificate certificate;
	struct neutral_answer answer;

	assert_int_equal(neutral_ask(notary, BODY_CERTIFICATE,
	                             buffer_view(&fixture.bodies[BODY_CERTIFICATE]), &answer),
	                 200);
	assert_ok(
	    deposit_certificate_verify(answer.body, &fixture.key.public_key, &certificate, NULL));
	assert_int_equal(certificate.head.size, FIXTURE_ENTRIES);
	assert_int_equal(certificate.blob_count, 1);
	return certificate.time;
}

static timestamp answer_time(uint8_t nonce)
{
	struct collection_answer collected;
	struct neutral_answer answer;
	struct cursor cursor;
	struct bytes note;

	neutral_put_envelope(&fixture, false, nonce, &fixture.bodies[BODY_COLLECT]);
	assert_int_equal(
	    neutral_ask(notary, BODY_COLLECT, buffer_view(&fixture.bodies[BODY_COLLECT]), &answer),
	    200);
	cursor = cursor_over(answer.body);
	assert_ok(cursor_get_sized(&cursor, DEPOSIT_NOTE_MAXIMUM, &note));
	assert_ok(collection_answer_verify(note, &fixture.key.public_key, &collected, NULL));
	return collected.time;
}

static void leave_everything(void)
{
	expect(BODY_ENTRIES, 200);
	expect(BODY_BLOB, 200);
}

/* Whatever the clock does, nothing is signed of an earlier time than before, also not by
 * the next process. */
static void test_time_never_goes_back(void **state)
{
	(void)state;
	leave_everything();
	assert_int_equal(certificate_time(), FIXTURE_MOMENT);
	fixture.now += 100;
	assert_int_equal(answer_time(3), FIXTURE_MOMENT + 100);
	fixture.now -= 200;
	assert_int_equal(certificate_time(), FIXTURE_MOMENT + 100);
	reopen();
	assert_int_equal(certificate_time(), FIXTURE_MOMENT + 100);
	assert_int_equal(answer_time(4), FIXTURE_MOMENT + 100);
	fixture.now += 300;
	assert_int_equal(certificate_time(), FIXTURE_MOMENT + 200);
}

/* The same of cosignatures. */
static void test_cosigned_time(void **state)
{
	struct neutral_answer answer;
	timestamp times[2];
	struct buffer body;

	(void)state;
	buffer_init(&body, NOTE_MAXIMUM);
	for (size_t i = 0; i < 2; i++) {
		struct buffer whole;
		struct note note;

		buffer_clear(&body);
		assert_ok(buffer_put_format(&body, "old %d\n\n", i == 0 ? 0 : FIXTURE_ENTRIES));
		assert_ok(buffer_put_bytes(&body, buffer_view(&fixture.note)));
		assert_int_equal(
		    neutral_ask(notary, BODY_ADD_CHECKPOINT, buffer_view(&body), &answer), 200);
		buffer_init(&whole, NOTE_MAXIMUM);
		assert_ok(buffer_put_bytes(&whole, buffer_view(&fixture.note)));
		assert_ok(buffer_put_bytes(&whole, answer.body));
		assert_ok(note_parse(buffer_view(&whole), &note, NULL));
		assert_ok(cosignature_verify(&note, &fixture.key.public_key, &times[i], NULL));
		buffer_release(&whole);
		fixture.now -= 1000;
	}
	assert_int_equal(times[0], FIXTURE_MOMENT);
	assert_int_equal(times[1], FIXTURE_MOMENT);
	buffer_release(&body);
}

static void test_expiry(void **state)
{
	(void)state;
	leave_everything();
	fixture.now += fixture.configuration->expiry;
	(void)certificate_time();
	fixture.now++;
	expect(BODY_CERTIFICATE, 409);
	assert_ok(notary_tick(notary));
	expect(BODY_CERTIFICATE, 409);
	expect(BODY_BLOB, 403); /* of ninety days ago */
	assert_int_equal(leave_all(10), 200);
	(void)certificate_time();
	/* When the clock goes back nothing expires earlier. */
	fixture.now -= 1000;
	(void)certificate_time();
}

/* By a clock that is a year ahead nothing is signed, and nothing expires. */
static void test_the_clock_leaps(void **state)
{
	enum { YEAR = 365 * 86400 };

	(void)state;
	leave_everything();
	assert_int_equal(certificate_time(), FIXTURE_MOMENT);
	fixture.now += YEAR;
	fixture.leapt = YEAR;
	for (unsigned i = 0; i < 2; i++) {
		expect(BODY_CERTIFICATE, 503);
		assert_ok(notary_tick(notary));
	}
	fixture.now -= YEAR - 100;
	fixture.leapt = 0;
	assert_int_equal(certificate_time(), FIXTURE_MOMENT + 100);
	/* Asleep for a night; and by a year, after a start. */
	fixture.now += 40000;
	fixture.leapt = 40000;
	assert_int_equal(certificate_time(), FIXTURE_MOMENT + 40100);
	fixture.now += YEAR;
	fixture.leapt += YEAR;
	expect(BODY_CERTIFICATE, 503);
	reopen();
	expect(BODY_CERTIFICATE, 409);
}

/* A nonce is forgotten when its request is much too late. */
static void test_nonces(void **state)
{
	(void)state;
	leave_everything();
	expect(BODY_COLLECT, 200);
	expect(BODY_COLLECT, 403);
	reopen();
	expect(BODY_COLLECT, 403);
	fixture.now += 3 * 300;
	assert_ok(notary_tick(notary));
	fixture.now -= 3 * 300;
	expect(BODY_COLLECT, 403);
	fixture.now += 3 * 300 + 1;
	assert_ok(notary_tick(notary));
	expect(BODY_COLLECT, 403); /* too late now */
	(void)answer_time(5);
}

/* As if a party had asked so often in the last minutes. */
static void use_up_nonces(uint8_t party)
{
	struct store_channel channel;
	uint8_t value[9] = { 0 };
	char key[sizeof("nonce/") + 2 * HASH_SIZE];
	size_t count;

	for (unsigned i = 0; i < 8; i++)
		value[i] = (uint8_t)((uint64_t)fixture.now >> (56 - 8 * i));
	value[8] = party;
	assert_ok(store_list_channels(store, 0, 1, &channel, &count));
	assert_int_equal(count, 1);
	assert_ok(store_begin(store));
	for (unsigned i = 0; i < 16384; i++) {
		snprintf(key, sizeof(key), "nonce/%064x", 2 * i + party + 1);
		assert_ok(
		    store_set_value(store, channel.number, key, bytes_of(value, sizeof(value))));
	}
	assert_ok(store_commit(store));
	reopen();
}

/* A party that asks too often keeps itself from collecting, and not the other. */
static void test_nonces_of_each_party(void **state)
{
	(void)state;
	leave_everything();
	use_up_nonces(0);
	expect(BODY_COLLECT, 200);
	assert_int_equal(leave_all(10), 429);
	use_up_nonces(1);
	expect(BODY_COLLECT_BLOB, 429);
}

/* Only the side whose log names a body can leave bytes of it, once with each request, and
 * none but those that it has signed. */
static void test_who_leaves_a_body(void **state)
{
	enum { HALF = FIXTURE_BODY_SIZE / 2 };
	static const uint8_t noise[FIXTURE_BODY_SIZE] = { 1 };
	struct bytes wrong = bytes_of(noise, HALF);
	struct bytes first = bytes_of(fixture.sealed, HALF);
	struct bytes second = bytes_of(fixture.sealed + HALF, HALF);
	struct neutral_answer answer;
	struct buffer body;

	(void)state;
	expect(BODY_ENTRIES, 200);
	assert_int_equal(leave(0, 10, first, 0), 200);
	/* The other side's disturb nothing, whether right or wrong. */
	assert_int_equal(leave(1, 11, wrong, 0), 403);
	assert_int_equal(leave(1, 12, bytes_of(noise, FIXTURE_BODY_SIZE), 0), 403);
	assert_int_equal(leave(1, 13, second, HALF), 403);
	/* Nor does a signed one with other bytes. */
	buffer_init(&body, NEUTRAL_BODY_MAXIMUM);
	neutral_put_chunk(&fixture, 0, 14, second, HALF, &body);
	for (size_t back = 1; back <= HALF; back += 100) {
		body.data[body.size - back] ^= 1;
		assert_int_equal(neutral_ask(notary, BODY_BLOB, buffer_view(&body), &answer), 403);
		body.data[body.size - back] ^= 1;
	}
	assert_int_equal(neutral_ask(notary, BODY_BLOB, buffer_view(&body), &answer), 200);
	assert_true(bytes_equal_string(answer.body, "size 3000\n"));
	(void)certificate_time();
	assert_int_equal(neutral_ask(notary, BODY_BLOB, buffer_view(&body), &answer), 403);
	reopen();
	assert_int_equal(neutral_ask(notary, BODY_BLOB, buffer_view(&body), &answer), 403);
	/* Nonces are one set for all that a party may ask. */
	neutral_put_envelope(&fixture, false, 14, &body);
	assert_int_equal(neutral_ask(notary, BODY_COLLECT, buffer_view(&body), &answer), 403);
	buffer_release(&body);
	(void)certificate_time();
}

static void test_quota(void **state)
{
	(void)state;
	fixture.configuration->quota_entries = 1;
	expect(BODY_ENTRIES, 413);
	fixture.configuration->quota_entries = 2;
	fixture.configuration->quota_bytes = fixture.entries.size - FIXTURE_ENTRIES * 4 - 1;
	expect(BODY_ENTRIES, 413);
	fixture.configuration->quota_bytes++;
	expect(BODY_ENTRIES, 200);
	assert_int_equal(leave_all(10), 413);
	fixture.configuration->quota_bytes += FIXTURE_BODY_SIZE - 1;
	assert_int_equal(leave_all(11), 413);
	fixture.configuration->quota_bytes++;
	assert_int_equal(leave_all(12), 200);
	reopen();
	(void)certificate_time();
}

/* A body that is cut off anywhere is refused, and changes nothing. */
static void test_cut_off(void **state)
{
	struct neutral_answer answer;

	(void)state;
	for (int which = 0; which < BODY_COUNT; which++) {
		const struct buffer *body = &fixture.bodies[which];

		for (size_t size = 0; size < body->size; size++) {
			unsigned status = neutral_ask(notary, (enum neutral_body)which,
			                              bytes_of(body->data, size), &answer);

			/* Cut off between two lines this asks for less. */
			if (which == BODY_CERTIFICATE && status == 200)
				continue;
			if (status < 400 || status >= 500)
				fail_msg("%s of %zu bytes: %u", neutral_paths[which], size, status);
		}
		if (which == BODY_CERTIFICATE || which == BODY_ADD_CHECKPOINT)
			continue;
		expect((enum neutral_body)which, 200);
	}
}

/* A fresh notary, and every call once. What has no memory for its answer answers 503,
 * and a notary that cannot go on says so. */
static int ask_everything(void *context)
{
	struct notary *fresh = NULL;
	struct store *empty = NULL;
	struct neutral_answer answer;
	int r;

	(void)context;
	if ((r = store_open_memory(&empty)) != OK ||
	    (r = neutral_open(&fixture, empty, &fresh)) != OK)
		goto out;
	for (int which = 0; r == OK && which < BODY_COUNT; which++) {
		unsigned status = neutral_ask(fresh, (enum neutral_body)which,
		                              buffer_view(&fixture.bodies[which]), &answer);

		if (status == 200)
			continue;
		if (status != 503 && status != 403 && status != 400)
			fail_msg("%s: %u", neutral_paths[which], status);
		r = ERROR_MEMORY;
	}
	/* All of it is read again. */
	notary_free(fresh);
	fresh = NULL;
	if (r == OK)
		r = neutral_open(&fixture, empty, &fresh);
out:
	notary_free(fresh);
	store_close(empty);
	return r;
}

static void test_without_memory(void **state)
{
	(void)state;
	torture(ask_everything, NULL);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_time_never_goes_back),
		TEST(test_cosigned_time),
		TEST(test_expiry),
		TEST(test_the_clock_leaps),
		TEST(test_nonces),
		TEST(test_nonces_of_each_party),
		TEST(test_who_leaves_a_body),
		TEST(test_quota),
		TEST(test_cut_off),
		TEST(test_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
