/* Entries: text, armors and time; their verification; what is refused. */
#include "act_fixture.h"
#include "text_fixture.h"
#include "torture.h"
#include "tree.h"

enum { LOGGED = 1795356340 };

/* An entry of `kind` with everything optional, or nothing, signed as it names. */
static void put_entry(struct buffer *entry, enum kind_number number, bool full)
{
	const struct kind *kind = kind_by_number(number);
	struct ed25519_secret secrets[2] = { fixture_secret(0, FIXTURE_HEAD),
		                             fixture_secret(0, FIXTURE_DEPUTY) };
	struct bytes armors[2];
	struct buffer buffers[2];
	struct buffer text;
	unsigned count = full && kind->cosigner != ABSENT ? 2 : 1;

	buffer_init(&text, ENTRY_SIZE_MAXIMUM);
	buffer_init(entry, ENTRY_SIZE_MAXIMUM);
	fixture_put_act(&text, kind, full ? fixture_switches(kind) : 0, fixture_first(kind, 0));
	for (unsigned i = 0; i < 2; i++) {
		buffer_init(&buffers[i], SSHSIG_ARMOR_MAXIMUM);
		assert_ok(sshsig_sign(&secrets[i], ACT_NAMESPACE, buffer_view(&text), &buffers[i]));
		armors[i] = buffer_view(&buffers[i]);
	}
	assert_ok(entry_make(buffer_view(&text), armors, count, LOGGED, entry, &(struct entry){ 0 },
	                     NULL));
	assert_int_not_equal(entry_make(buffer_view(&text), armors, 3 - count, LOGGED, entry,
	                                &(struct entry){ 0 }, NULL),
	                     OK);
	buffer_release(&buffers[0]);
	buffer_release(&buffers[1]);
	buffer_release(&text);
}

static void test_round_trip(void **state)
{
	(void)state;
	for (size_t i = 0; i < KIND_COUNT; i++) {
		for (int full = 0; full < 2; full++) {
			struct buffer bytes;
			struct buffer again;
			struct entry entry;
			struct hash leaf;

			put_entry(&bytes, i, full);
			assert_ok(entry_parse(buffer_view(&bytes), &entry, NULL));
			assert_int_equal(entry.logged, LOGGED);
			assert_ptr_equal(entry.act.kind, kind_by_number(i));
			tree_hash_leaf(buffer_view(&bytes), &leaf);
			assert_true(hash_equal(&leaf, &entry.leaf));
			buffer_init(&again, ENTRY_SIZE_MAXIMUM);
			assert_ok(entry_make(entry.act.text, entry.armors, entry.signature_count,
			                     entry.logged, &again, &(struct entry){ 0 }, NULL));
			assert_true(bytes_equal(buffer_view(&bytes), buffer_view(&again)));
			buffer_release(&again);
			buffer_release(&bytes);
		}
	}
}

static void test_verify(void **state)
{
	struct ssh_key head = fixture_ssh_key(0, FIXTURE_HEAD);
	struct ssh_key deputy = fixture_ssh_key(0, FIXTURE_DEPUTY);
	struct ssh_key keys[2] = { { .size = 0 } };
	struct buffer bytes;
	struct entry entry;
	struct bytes armor;

	(void)state;
	put_entry(&bytes, KIND_PROPOSE, true);
	assert_ok(entry_parse(buffer_view(&bytes), &entry, NULL));
	assert_int_equal(entry.signature_count, 2);
	assert_ok(entry_verify(&entry, keys, NULL));
	assert_true(ssh_key_equal(&keys[0], &head));
	assert_true(ssh_key_equal(&keys[1], &deputy));

	armor = entry.armors[0];
	entry.armors[0] = entry.armors[1];
	entry.armors[1] = armor;
	assert_ok(entry_verify(&entry, keys, NULL));
	assert_true(ssh_key_equal(&keys[0], &deputy)); /* the rules refuse this one */

	entry.act.text.size--;
	assert_int_equal(entry_verify(&entry, keys, NULL), ERROR_SIGNATURE);
	buffer_release(&bytes);
}

/* Each byte changed in three ways: refused, or a text of its own whose signature
 * does not verify. Only what is logged, which nobody signs, may change. */
static void test_changed_bytes(void **state)
{
	static const uint8_t changes[] = { 0x01, 0x20, 0x80 };
	struct buffer bytes;
	size_t parsed = 0;
	size_t logged;

	(void)state;
	put_entry(&bytes, KIND_ACK, true);
	logged = bytes.size - strlen("2026-11-22T14:05:40Z\n");
	for (size_t at = 0; at < logged; at++) {
		for (size_t k = 0; k < sizeof(changes); k++) {
			struct ssh_key keys[2];
			struct entry entry;

			bytes.data[at] ^= changes[k];
			if (entry_parse(buffer_view(&bytes), &entry, NULL) == OK) {
				assert_int_not_equal(entry_verify(&entry, keys, NULL), OK);
				parsed++;
			}
			bytes.data[at] ^= changes[k];
		}
	}
	assert_true(parsed > 0);
	buffer_release(&bytes);
}

static void test_refused(void **state)
{
	static const char begin[] = "-----BEGIN SSH SIGNATURE-----";
	static const struct {
		const char *start; /* of the line that is replaced */
		const char *line;  /* NULL: dropped */
		size_t skew;       /* of the error's line */
	} values[] = {
		{ "logged", NULL, 0 },
		{ "logged", "logged 2026-11-22T14:05:40", 0 },
		{ "logged", "logged 2026-11-22T14:05:40Z\nlogged 2026-11-22T14:05:40Z", 1 },
		{ "logged", "logged 2026-11-22T14:05:40Z\n", 1 },
		{ "logged", "\nlogged 2026-11-22T14:05:40Z", 0 },
		{ "logged", "noted x\nlogged 2026-11-22T14:05:40Z", 0 },
		{ "logged", "logged  2026-11-22T14:05:40Z", 0 },
		{ begin, NULL, 0 },
		{ begin, "\n-----BEGIN SSH SIGNATURE-----", 0 },
		{ "act ", "act tender", 0 },
	};
	struct buffer whole;
	struct buffer text;
	struct entry entry;
	struct error error;

	(void)state;
	put_entry(&whole, KIND_CLOSE, false);
	buffer_init(&text, 2 * ENTRY_SIZE_MAXIMUM);
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		size_t at = find_line(&whole, values[i].start);

		replace_line(&text, &whole, at, values[i].line);
		assert_int_not_equal(entry_parse(buffer_view(&text), &entry, &error), OK);
		if (error.line != at + values[i].skew)
			fail_msg("%s: line %zu, not %zu: %s", values[i].line, error.line,
			         at + values[i].skew, error.message);
	}
	for (size_t size = 0; size < whole.size; size++)
		assert_int_not_equal(entry_parse(bytes_of(whole.data, size), &entry, &error), OK);
	buffer_release(&text);
	buffer_release(&whole);
}

static void test_limit(void **state)
{
	struct buffer bytes;
	struct entry entry;
	uint8_t *place;

	(void)state;
	put_entry(&bytes, KIND_CLOSE, false);
	bytes.maximum = ENTRY_SIZE_MAXIMUM + 1;
	assert_ok(buffer_extend(&bytes, ENTRY_SIZE_MAXIMUM - bytes.size, &place));
	memset(place, 'x', (size_t)(bytes.data + bytes.size - place));
	assert_int_equal(entry_parse(buffer_view(&bytes), &entry, NULL), ERROR_SYNTAX);
	assert_ok(buffer_put_string(&bytes, "x"));
	assert_int_equal(entry_parse(buffer_view(&bytes), &entry, NULL), ERROR_LIMIT);
	buffer_release(&bytes);
}

static int parse_and_print(void *context)
{
	const struct buffer *bytes = context;
	struct ssh_key keys[2];
	struct buffer printed;
	struct entry entry;
	int r;

	buffer_init(&printed, ENTRY_SIZE_MAXIMUM);
	if ((r = entry_parse(buffer_view(bytes), &entry, NULL)) == OK &&
	    (r = entry_verify(&entry, keys, NULL)) == OK)
		r = entry_make(entry.act.text, entry.armors, entry.signature_count, entry.logged,
		               &printed, &(struct entry){ 0 }, NULL);
	buffer_release(&printed);
	return r;
}

static void test_allocations(void **state)
{
	struct buffer bytes;

	(void)state;
	put_entry(&bytes, KIND_PROPOSE, true);
	torture(parse_and_print, &bytes);
	buffer_release(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),    cmocka_unit_test(test_verify),
		cmocka_unit_test(test_changed_bytes), cmocka_unit_test(test_refused),
		cmocka_unit_test(test_limit),         cmocka_unit_test(test_allocations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
