/* Charters: there and back, what they mean, and what is refused at which line. */
#include "act_fixture.h"
#include "text_fixture.h"
#include "torture.h"

/* The full charter's text and what has to be released with it. */
static void put_charter(struct buffer *text, bool full)
{
	struct buffer vkeys[2];
	struct charter charter;

	buffer_init(&vkeys[0], 1024);
	buffer_init(&vkeys[1], 1024);
	charter = full ? fixture_full_charter(vkeys) : fixture_charter();
	buffer_init(text, CHARTER_SIZE_MAXIMUM);
	assert_ok(charter_print(&charter, text, NULL));
	buffer_release(&vkeys[0]);
	buffer_release(&vkeys[1]);
}

static void test_round_trip(void **state)
{
	(void)state;
	for (int full = 0; full < 2; full++) {
		struct buffer text;
		struct buffer again;
		struct charter *charter;

		put_charter(&text, full);
		assert_ok(charter_parse(buffer_view(&text), &charter, NULL));
		assert_false(charter->text.data == text.data);
		buffer_init(&again, CHARTER_SIZE_MAXIMUM);
		assert_ok(charter_print(charter, &again, NULL));
		assert_true(bytes_equal(buffer_view(&text), buffer_view(&again)));
		charter_free(charter);
		buffer_release(&again);
		buffer_release(&text);
	}
	charter_free(NULL);
}

static void test_members(void **state)
{
	struct charter *charter;
	struct buffer text;

	(void)state;
	put_charter(&text, true);
	assert_ok(charter_parse(buffer_view(&text), &charter, NULL));
	assert_int_equal(charter->rules, 1);
	assert_int_equal(strlen(charter->succeeds), 52);
	assert_string_equal(charter->authentic, "en");
	assert_int_equal(charter->acknowledge[PRECEDENCE_FLASH], 15 * 60);
	assert_int_equal(charter->acknowledge[PRECEDENCE_ROUTINE], 24 * 3600);
	assert_int_equal(charter->clocks[CLOCK_REQUEST], 48 * 3600);
	assert_int_equal(charter->request_flash, 6 * 3600);
	assert_int_equal(charter->clocks[CLOCK_POSITION], 10 * 86400);
	assert_int_equal(charter->clocks[CLOCK_FULL_LIST], 180 * 86400);
	assert_int_equal(charter->link_test_every, 3600);
	assert_int_equal(charter->link_test_failures, 2);
	assert_true(kind_set_has(&charter->two_signatures, KIND_WITHDRAW));
	assert_false(kind_set_has(&charter->two_signatures, KIND_PROPOSE));
	assert_int_equal(charter->blob_wait, 60);
	assert_int_equal(charter->notice, 30 * 86400);
	assert_int_equal(charter->witness_count, 2);
	assert_int_equal(charter->quorum, 1);
	assert_int_equal(charter->deemed_allowance, 86400);
	assert_bytes_string(charter->free_text, "Article 1\n\nThe parties talk.\n");
	assert_bytes_string(charter->parties[0].auspices, "by decision of the council");
	assert_string_equal(charter->parties[1].head, "b.head");
	assert_int_equal(charter_party_index(charter, bytes_of_string("south")), 1);
	assert_int_equal(charter_party_index(charter, bytes_of_string("sout")), -1);
	charter_free(charter);
	buffer_release(&text);
}

static void test_names(void **state)
{
	char name[LOG_NAME_CAPACITY];
	char expected[LOG_NAME_CAPACITY];
	struct charter *charter;
	struct buffer text;

	(void)state;
	put_charter(&text, false);
	assert_ok(charter_parse(buffer_view(&text), &charter, NULL));
	assert_true(channel_id_is_valid(bytes_of_string(charter->channel)));
	charter_log_name(charter, 0, 1, "", name);
	snprintf(expected, sizeof(expected), "north.example/chirograph/%s", charter->channel);
	assert_string_equal(name, expected);
	charter_log_name(charter, 1, 2, "/receipt", name);
	snprintf(expected, sizeof(expected), "south.example/chirograph/%s/2/receipt",
	         charter->channel);
	assert_string_equal(name, expected);
	charter_free(charter);
	buffer_release(&text);
}

/* `text` is refused at `line`. */
static void check_refused(const struct buffer *text, int result, size_t line)
{
	struct charter *charter;
	struct error error = { 0 };
	int r = charter_parse(buffer_view(text), &charter, &error);

	if (r == OK)
		fail_msg("accepted:\n%.*s", (int)text->size, (const char *)text->data);
	if ((result != OK && r != result) || error.line != line)
		fail_msg("%s at line %zu, not %zu: %s", result_text(r), error.line, line,
		         error.message);
}

/* Of the charter without anything optional but endpoints and survivals no line can go, come
 * twice, stand lower, or end otherwise. */
static void test_mutations(void **state)
{
	struct buffer whole;
	struct buffer text;

	(void)state;
	put_charter(&whole, false);
	buffer_init(&text, CHARTER_SIZE_MAXIMUM);
	for (size_t at = 1; at <= count_lines(&whole); at++) {
		struct text_reader reader;
		struct text_line line;
		char twice[2 * TEXT_LINE_MAXIMUM];

		text_reader_init(&reader, buffer_view(&whole));
		while (text_reader_next(&reader, &line) == OK && line.number < at)
			continue;
		if (!bytes_equal_string(line.key, "endpoint") &&
		    !bytes_equal_string(line.key, "survives")) {
			replace_line(&text, &whole, at, NULL);
			check_refused(&text, OK, at);
		}
		snprintf(twice, sizeof(twice), "%.*s\n%.*s", (int)line.whole.size,
		         (const char *)line.whole.data, (int)line.whole.size,
		         (const char *)line.whole.data);
		replace_line(&text, &whole, at, twice);
		check_refused(&text, OK, at + 1);
		snprintf(twice, sizeof(twice), "x-unknown 1\n%.*s", (int)line.whole.size,
		         (const char *)line.whole.data);
		replace_line(&text, &whole, at, twice);
		check_refused(&text, ERROR_SYNTAX, at);
		snprintf(twice, sizeof(twice), "%.*s ", (int)line.whole.size,
		         (const char *)line.whole.data);
		replace_line(&text, &whole, at, twice);
		check_refused(&text, ERROR_SYNTAX, at);
	}
	buffer_release(&text);
	buffer_release(&whole);
}

static void test_values(void **state)
{
	static const struct {
		const char *start; /* of the line that is replaced */
		const char *line;
		int result;
	} values[] = {
		{ "chirograph", "chirograph.charter/2", ERROR_SYNTAX },
		{ "rules", "rules 2", ERROR_UNSUPPORTED },
		{ "rules", "rules 0", ERROR_LIMIT },
		{ "succeeds", "succeeds abc", ERROR_SYNTAX },
		{ "languages", "languages en EN", ERROR_SYNTAX },
		{ "languages", "languages en en", ERROR_SYNTAX },
		{ "languages", "languages e", ERROR_SYNTAX },
		{ "languages", "languages aa bb cc dd ee ff gg hh ii", ERROR_LIMIT },
		{ "authentic", "authentic fr", ERROR_SYNTAX },
		{ "party north", "party north.east", ERROR_SYNTAX },
		{ "party south", "party South", ERROR_SYNTAX },
		{ "domain north", "domain north", ERROR_SYNTAX },
		{ "domain north", "domain North.example", ERROR_SYNTAX },
		{ "name en", "name English Council", ERROR_SYNTAX },
		{ "name en", "name en", ERROR_SYNTAX },
		{ "name en", "name en  Council", ERROR_SYNTAX },
		{ "appointing-key", "appointing-key ssh-rsa AAAA", ERROR_SYNTAX },
		{ "head a", "head node ssh-ed25519 AAAA", ERROR_SYNTAX },
		{ "head-reading-key", "head-reading-key age1xyz", ERROR_SYNTAX },
		{ "log-key", "log-key AAAA", ERROR_SYNTAX },
		{ "endpoint north", "endpoint north.example", ERROR_SYNTAX },
		{ "endpoint north", "endpoint north.example:0", ERROR_SYNTAX },
		{ "clock acknowledge-flash", "clock acknowledge-flash 0s", ERROR_LIMIT },
		{ "clock acknowledge-flash", "clock acknowledge-flash 900s", ERROR_CANONICAL },
		{ "clock request-flash", "clock request-flush 6h", ERROR_SYNTAX },
		{ "link-test-failures", "link-test-failures 0", ERROR_LIMIT },
		{ "two-signatures", "two-signatures accept withdraw", ERROR_CANONICAL },
		{ "two-signatures", "two-signatures accept accept", ERROR_CANONICAL },
		{ "two-signatures", "two-signatures receipt", ERROR_SYNTAX },
		{ "two-signatures", "two-signatures appoint", ERROR_SYNTAX },
		/* Before there is a second person. */
		{ "two-signatures", "two-signatures accede", ERROR_SYNTAX },
		{ "two-signatures", "two-signatures accredit", ERROR_SYNTAX },
		{ "confidentiality", "confidentiality all", ERROR_SYNTAX },
		{ "right-of-reply", "right-of-reply maybe", ERROR_SYNTAX },
		{ "retention north", "retention south 10d", ERROR_SYNTAX },
		{ "retention south", "retention south 0d", ERROR_CANONICAL },
		{ "notice", "notice 31536000000000d", ERROR_LIMIT },
		{ "survives", "survives retention confidentiality", ERROR_SYNTAX },
		{ "survives", "survives everything", ERROR_SYNTAX },
		{ "blob-wait", "blob-wait 60s", ERROR_CANONICAL },
		{ "blob-wait", "blob-wait 0s", ERROR_LIMIT },
		{ "quota-entries", "quota-entries 0", ERROR_LIMIT },
		{ "quota-bytes", "quota-bytes 9223372036854775808", ERROR_LIMIT },
		{ "query-budget-day", "query-budget-day -1", ERROR_SYNTAX },
		{ "witness", "witness witness.example/one+00000000+AAAA", OK },
		{ "quorum", "quorum 3", ERROR_LIMIT },
		{ "deemed-allowance", "deemed-allowance soon", ERROR_SYNTAX },
	};
	struct buffer whole;
	struct buffer text;

	(void)state;
	put_charter(&whole, true);
	buffer_init(&text, CHARTER_SIZE_MAXIMUM);
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		size_t at = find_line(&whole, values[i].start);

		replace_line(&text, &whole, at, values[i].line);
		check_refused(&text, values[i].result, at);
	}
	buffer_release(&text);
	buffer_release(&whole);
}

/* Each key of the charter in the place of each other one: refused. */
static void test_shared_keys(void **state)
{
	struct buffer text;
	size_t pairs = 0;

	(void)state;
	buffer_init(&text, CHARTER_SIZE_MAXIMUM);
	for (unsigned from = 0; from < 2; from++) {
		struct charter charter = fixture_charter();
		struct party *north = &charter.parties[0];
		struct ed25519_public *raw[] = { &north->log_key, &north->receipt_key,
			                         &north->node_key, &north->link_key };

		for (unsigned key = FIXTURE_APPOINTING; key <= FIXTURE_LINK; key++) {
			struct ed25519_public shared = fixture_secret(from, key).public_key;

			if (key == FIXTURE_HEAD_READING)
				continue;
			for (size_t i = 0; i < sizeof(raw) / sizeof(raw[0]); i++) {
				struct ed25519_public own = *raw[i];

				if (ed25519_public_equal(&own, &shared))
					continue;
				*raw[i] = shared;
				assert_int_equal(charter_print(&charter, &text, NULL),
				                 ERROR_SYNTAX);
				*raw[i] = own;
				pairs++;
			}
		}
		assert_ok(charter_print(&charter, &text, NULL));
		buffer_clear(&text);
		fixture_recipient(from, FIXTURE_HEAD_READING, north->reading_key);
		assert_int_equal(charter_print(&charter, &text, NULL), ERROR_SYNTAX);
	}
	assert_int_equal(pairs, 6 * 4 - 4 + 6 * 4);
	assert_int_equal(text.size, 0);
	buffer_release(&text);
}

static void test_same_parties(void **state)
{
	struct charter charter = fixture_charter();
	struct buffer text;

	(void)state;
	buffer_init(&text, CHARTER_SIZE_MAXIMUM);
	memcpy(charter.parties[1].domain, charter.parties[0].domain, DOMAIN_CAPACITY);
	assert_int_equal(charter_print(&charter, &text, NULL), ERROR_SYNTAX);
	charter = fixture_charter();
	memcpy(charter.parties[1].id, charter.parties[0].id, PARTY_ID_CAPACITY);
	assert_int_equal(charter_print(&charter, &text, NULL), ERROR_SYNTAX);
	buffer_release(&text);
}

/* A witness twice, a witness with a party's key, a note key of another type. */
static void test_neutrals(void **state)
{
	struct buffer vkeys[2];
	struct buffer own;
	struct buffer text;
	struct charter charter = fixture_full_charter(vkeys);
	struct note_key key;
	struct ed25519_secret secret = fixture_secret(0, FIXTURE_WITNESS);

	(void)state;
	buffer_init(&text, CHARTER_SIZE_MAXIMUM);
	buffer_init(&own, 1024);
	charter.witnesses[1] = charter.witnesses[0];
	assert_int_equal(charter_print(&charter, &text, NULL), ERROR_SYNTAX);

	assert_ok(note_key_init(&key, bytes_of_string("w.example"), NOTE_KEY_COSIGNATURE,
	                        &charter.parties[1].receipt_key));
	assert_ok(note_key_print(&key, &own));
	charter.witnesses[1] = buffer_view(&own);
	assert_int_equal(charter_print(&charter, &text, NULL), ERROR_SYNTAX);

	buffer_clear(&own);
	assert_ok(note_key_init(&key, bytes_of_string("w.example"), NOTE_KEY_ED25519,
	                        &secret.public_key));
	assert_ok(note_key_print(&key, &own));
	charter.witnesses[1] = buffer_view(&own);
	assert_int_equal(charter_print(&charter, &text, NULL), ERROR_UNSUPPORTED);
	assert_int_equal(text.size, 0);
	buffer_release(&own);
	buffer_release(&text);
	buffer_release(&vkeys[0]);
	buffer_release(&vkeys[1]);
}

static void test_free_text(void **state)
{
	struct buffer text;
	struct charter *charter;
	struct error error;
	size_t size;

	(void)state;
	put_charter(&text, false);
	size = text.size;
	assert_ok(buffer_put_string(&text, "\n"));
	check_refused(&text, ERROR_SYNTAX, count_lines(&text));
	assert_ok(buffer_put_string(&text, "\nWe talk.\n"));
	assert_ok(charter_parse(buffer_view(&text), &charter, &error));
	assert_bytes_string(charter->free_text, "\nWe talk.\n");
	charter_free(charter);
	assert_ok(buffer_put_string(&text, "We talk"));
	check_refused(&text, ERROR_SYNTAX, count_lines(&text) + 1);
	buffer_truncate(&text, size);
	assert_ok(buffer_put_string(&text, "We talk.\n"));
	check_refused(&text, ERROR_SYNTAX, count_lines(&text));
	buffer_release(&text);
}

/* The templates can stand as free text. */
static void test_templates(void **state)
{
	static const char *const names[] = { "charter.txt", "charter.ru.txt" };
	const char *root = getenv("CHIRO_ROOT");

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct charter charter = fixture_charter();
		struct buffer free_text;
		struct buffer text;
		uint8_t piece[4096];
		size_t size;
		FILE *file;

		snprintf((char *)piece, sizeof(piece), "%s/templates/%s", root == NULL ? "." : root,
		         names[i]);
		file = fopen((char *)piece, "rb");
		assert_non_null(file);
		buffer_init(&free_text, CHARTER_SIZE_MAXIMUM);
		buffer_init(&text, CHARTER_SIZE_MAXIMUM);
		while ((size = fread(piece, 1, sizeof(piece), file)) > 0)
			assert_ok(buffer_put(&free_text, piece, size));
		fclose(file);
		charter.free_text = buffer_view(&free_text);
		assert_true(charter.free_text.size > 0);
		assert_ok(charter_print(&charter, &text, NULL));
		buffer_release(&text);
		buffer_release(&free_text);
	}
}

static void test_limits(void **state)
{
	struct buffer text;
	struct charter *charter;
	uint8_t *place;

	(void)state;
	assert_int_equal(charter_parse(bytes_of_string(""), &charter, NULL), ERROR_SYNTAX);
	put_charter(&text, false);
	assert_ok(buffer_put_string(&text, "\n"));
	assert_ok(buffer_extend(&text, CHARTER_SIZE_MAXIMUM - text.size, &place));
	memset(place, '\n', (size_t)(text.data + text.size - place));
	assert_ok(charter_parse(buffer_view(&text), &charter, NULL));
	charter_free(charter);
	text.maximum++;
	assert_ok(buffer_put_string(&text, "\n"));
	assert_int_equal(charter_parse(buffer_view(&text), &charter, NULL), ERROR_LIMIT);
	buffer_release(&text);
}

static void test_verify(void **state)
{
	struct ed25519_secret head = fixture_secret(0, FIXTURE_HEAD);
	struct charter *charter;
	struct buffer text;
	struct buffer armor;
	struct buffer blob;

	(void)state;
	put_charter(&text, false);
	buffer_init(&armor, SSHSIG_ARMOR_MAXIMUM);
	buffer_init(&blob, SSHSIG_BLOB_MAXIMUM);
	assert_ok(charter_parse(buffer_view(&text), &charter, NULL));
	assert_ok(sshsig_sign(&head, CHARTER_NAMESPACE, charter->text, &armor));
	assert_ok(sshsig_sign_blob(&head, CHARTER_NAMESPACE, charter->text, &blob));
	assert_ok(charter_verify(charter, 0, buffer_view(&armor), NULL));
	assert_ok(charter_verify_blob(charter, 0, buffer_view(&blob), NULL));
	assert_int_equal(charter_verify(charter, 1, buffer_view(&armor), NULL), ERROR_DENIED);
	assert_int_equal(charter_verify_blob(charter, 1, buffer_view(&blob), NULL), ERROR_DENIED);
	blob.data[blob.size - 1] ^= 1;
	assert_int_not_equal(charter_verify_blob(charter, 0, buffer_view(&blob), NULL), OK);
	buffer_clear(&armor);
	assert_ok(sshsig_sign(&head, ACT_NAMESPACE, charter->text, &armor));
	assert_int_equal(charter_verify(charter, 0, buffer_view(&armor), NULL), ERROR_MISMATCH);
	charter_free(charter);
	buffer_release(&blob);
	buffer_release(&armor);
	buffer_release(&text);
}

static void test_words(void **state)
{
	static const char *const endpoints[] = { "a:1", "north.example:65535", "127.0.0.1:443",
		                                 "[::1]:4433", "xn--80ak6aa.xn--p1ai:1" };
	static const char *const not_endpoints[] = { "",         ":1",      "a:",      "a:65536",
		                                     "a:01",     "A:1",     "a b:1",   "-a:1",
		                                     "a-:1",     "a..b:1",  "a.-b:1",  ".a:1",
		                                     "a.:1",     "[]:1",    "[1]:1",   "[::g]:1",
		                                     "::1:4433", "a:1:1x2", "a_b:443", "a:+1" };
	static const char *const languages[] = { "en", "ru", "zh-hant", "sr-latn-rs", "fil" };
	static const char *const not_languages[] = { "",       "e",     "EN",          "equal",
		                                     "en-",    "-en",   "en-x",        "e1",
		                                     "en--us", "en_us", "en-abcdefghi" };

	(void)state;
	for (size_t i = 0; i < sizeof(endpoints) / sizeof(endpoints[0]); i++)
		assert_true(endpoint_is_valid(bytes_of_string(endpoints[i])));
	for (size_t i = 0; i < sizeof(not_endpoints) / sizeof(not_endpoints[0]); i++)
		assert_false(endpoint_is_valid(bytes_of_string(not_endpoints[i])));
	for (size_t i = 0; i < sizeof(languages) / sizeof(languages[0]); i++)
		assert_true(language_is_valid(bytes_of_string(languages[i])));
	for (size_t i = 0; i < sizeof(not_languages) / sizeof(not_languages[0]); i++)
		assert_false(language_is_valid(bytes_of_string(not_languages[i])));
	assert_true(channel_id_is_valid(bytes_of_string(fixture_channel)));
	for (unsigned i = 0; i < PRECEDENCE_COUNT; i++)
		assert_int_equal(precedence_by_name(bytes_of_string(precedence_name(i))), i);
	assert_int_equal(precedence_by_name(bytes_of_string("FLASH")), PRECEDENCE_COUNT);
}

/* An address has one spelling. */
static void test_addresses(void **state)
{
	static const char *const addresses[] = {
		"[::]:1",
		"[2001:db8::1]:1",
		"[2001:db8:0:1:1:1:1:1]:1",
		"[2001:0:0:1::1]:1",
		"[2001:db8::1:0:0:1]:1",
		"[1:2:3:4:5:6:7:8]:1",
		"[1::]:1",
		"[fe80::abcd]:1",
		"0.0.0.0:1",
		"255.255.255.255:1",
		"7up.example:1",
		"1.2.3.4.example:1",
	};
	static const char *const others[] = {
		"[2001:DB8::1]:1",
		"[2001:0db8::1]:1",
		"[2001:db8::0:1]:1",
		"[2001:db8:0:0:0:0:0:1]:1",
		"[2001:db8::1:1:1:1:1]:1",
		"[2001::1:0:0:0:1]:1",
		"[2001:db8:0:0:1::1]:1",
		"[0::]:1",
		"[::0]:1",
		"[1:2:3:4:5:6:7::]:1",
		"[1:2:3:4:5:6:7:8::]:1",
		"[1:2:3:4:5:6:7]:1",
		"[1:2:3:4:5:6:7:8:9]:1",
		"[1::2::3]:1",
		"[:::]:1",
		"[1:]:1",
		"[:1]:1",
		"[12345::]:1",
		"[::ffff:1.2.3.4]:1",
		"[fe80::1%1]:1",
		"1.2.3:1",
		"1.2.3.4.5:1",
		"1.2.3.256:1",
		"1.2.3.04:1",
		"127.1:1",
		"2130706433:1",
		"0x7f000001:1",
		"0x7f.0.0.0x1:1",
		"a.1:1",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++)
		if (!endpoint_is_valid(bytes_of_string(addresses[i])))
			fail_msg("%s", addresses[i]);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (endpoint_is_valid(bytes_of_string(others[i])))
			fail_msg("%s", others[i]);
}

static void test_endpoints(void **state)
{
	char endpoints[ENDPOINTS_MAXIMUM][ENDPOINT_CAPACITY];
	size_t count = 7;

	(void)state;
	assert_ok(endpoints_parse(bytes_of_string("a:1 [::1]:2"), endpoints, &count));
	assert_int_equal(count, 2);
	assert_string_equal(endpoints[1], "[::1]:2");
	assert_int_equal(endpoints_parse(bytes_of_string("a:1 a:1"), endpoints, &count),
	                 ERROR_SYNTAX);
	assert_int_equal(endpoints_parse(bytes_of_string("a:1 b:2 c:3 d:4 e:5"), endpoints, &count),
	                 ERROR_LIMIT);
	assert_int_equal(count, 2);
}

static int parse_and_print(void *context)
{
	const struct buffer *text = context;
	struct charter *charter;
	struct buffer printed;
	int r;

	buffer_init(&printed, CHARTER_SIZE_MAXIMUM);
	if ((r = charter_parse(buffer_view(text), &charter, NULL)) == OK) {
		r = charter_print(charter, &printed, NULL);
		charter_free(charter);
	}
	buffer_release(&printed);
	return r;
}

static void test_allocations(void **state)
{
	struct buffer text;

	(void)state;
	put_charter(&text, true);
	torture(parse_and_print, &text);
	buffer_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),   cmocka_unit_test(test_members),
		cmocka_unit_test(test_names),        cmocka_unit_test(test_mutations),
		cmocka_unit_test(test_values),       cmocka_unit_test(test_shared_keys),
		cmocka_unit_test(test_same_parties), cmocka_unit_test(test_neutrals),
		cmocka_unit_test(test_free_text),    cmocka_unit_test(test_limits),
		cmocka_unit_test(test_templates),    cmocka_unit_test(test_verify),
		cmocka_unit_test(test_words),        cmocka_unit_test(test_endpoints),
		cmocka_unit_test(test_addresses),    cmocka_unit_test(test_allocations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
