/* Identifiers: their one spelling, the usual ones, what contains what. */
#include "identifier.h"

#include "check.h"

static const char hex[] = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

struct row {
	enum identifier_class identifier_class;
	const char *spelling, *one; /* NULL: none */
};

static void one_spelling_of_each(void **state)
{
	static const struct row rows[] = {
		{ IDENTIFIER_IPV4, "198.51.100.7", "198.51.100.7/32" },
		{ IDENTIFIER_IPV4, "198.51.100.7/24", "198.51.100.0/24" },
		{ IDENTIFIER_IPV4, "198.51.100.7/31", "198.51.100.6/31" },
		{ IDENTIFIER_IPV4, "255.255.255.255/1", "128.0.0.0/1" },
		{ IDENTIFIER_IPV4, "1.2.3.4/0", "0.0.0.0/0" },
		{ IDENTIFIER_IPV4, "198.051.100.7", NULL },
		{ IDENTIFIER_IPV4, "198.51.100", NULL },
		{ IDENTIFIER_IPV4, "198.51.100.7.1", NULL },
		{ IDENTIFIER_IPV4, "198.51.100.256", NULL },
		{ IDENTIFIER_IPV4, "198.51.100.7/33", NULL },
		{ IDENTIFIER_IPV4, "198.51.100.7/024", NULL },
		{ IDENTIFIER_IPV4, "198.51.100.7/", NULL },
		{ IDENTIFIER_IPV4, "", NULL },
		{ IDENTIFIER_IPV4, "2001:db8::1", NULL },
		{ IDENTIFIER_IPV6, "2001:DB8:0:0:0:0:0:1", "2001:db8::1/128" },
		{ IDENTIFIER_IPV6, "2001:0db8::/32", "2001:db8::/32" },
		{ IDENTIFIER_IPV6, "2001:db8::ffff/33", "2001:db8::/33" },
		/* RFC 5952 section 4.2: not one group, the longest run, the first of two. */
		{ IDENTIFIER_IPV6, "2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1/128" },
		{ IDENTIFIER_IPV6, "2001:0:0:1:0:0:0:1", "2001:0:0:1::1/128" },
		{ IDENTIFIER_IPV6, "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1/128" },
		{ IDENTIFIER_IPV6, "0:0:0:1:2:3:4:5", "::1:2:3:4:5/128" },
		{ IDENTIFIER_IPV6, "1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0/128" },
		{ IDENTIFIER_IPV6, "::", "::/128" },
		{ IDENTIFIER_IPV6, "::/0", "::/0" },
		{ IDENTIFIER_IPV6, "64:ff9b::198.51.100.7", "64:ff9b::c633:6407/128" },
		{ IDENTIFIER_IPV6, "1:2:3:4:5:6:7:8:9", NULL },
		{ IDENTIFIER_IPV6, "1:2:3:4:5:6:7:8::", NULL },
		{ IDENTIFIER_IPV6, "1:2:3:4:5:6:7", NULL },
		{ IDENTIFIER_IPV6, "1::2::3", NULL },
		{ IDENTIFIER_IPV6, ":::", NULL },
		{ IDENTIFIER_IPV6, "1:2:3:4:5:6:7:", NULL },
		{ IDENTIFIER_IPV6, "::00001", NULL },
		{ IDENTIFIER_IPV6, "::g", NULL },
		{ IDENTIFIER_IPV6, "198.51.100.7::", NULL },
		{ IDENTIFIER_IPV6, "fe80::1%eth0", NULL },
		{ IDENTIFIER_IPV6, "2001:db8::/129", NULL },
		{ IDENTIFIER_IPV6, "::1:2:3:4:5:6:198.51.100.7", NULL },
		{ IDENTIFIER_ASN, "AS64496", "64496" },
		{ IDENTIFIER_ASN, "asn 64496", "64496" },
		{ IDENTIFIER_ASN, "64496", "64496" },
		{ IDENTIFIER_ASN, "AS1.10", "65546" },
		{ IDENTIFIER_ASN, "0.1", "1" },
		{ IDENTIFIER_ASN, "4294967295", "4294967295" },
		{ IDENTIFIER_ASN, "4294967296", NULL },
		{ IDENTIFIER_ASN, "65536.1", NULL },
		{ IDENTIFIER_ASN, "0", NULL },
		{ IDENTIFIER_ASN, "0.0", NULL },
		{ IDENTIFIER_ASN, "064496", NULL },
		{ IDENTIFIER_ASN, "AS", NULL },
		{ IDENTIFIER_DOMAIN, "Grid.EXAMPLE.", "grid.example" },
		{ IDENTIFIER_DOMAIN, "xn--80ak6aa92e.com", "xn--80ak6aa92e.com" },
		{ IDENTIFIER_DOMAIN, "example", NULL },
		{ IDENTIFIER_DOMAIN, "example.", NULL },
		{ IDENTIFIER_DOMAIN, ".", NULL },
		{ IDENTIFIER_DOMAIN, "", NULL },
		{ IDENTIFIER_DOMAIN, "a..b", NULL },
		{ IDENTIFIER_DOMAIN, "a.b..", NULL },
		{ IDENTIFIER_DOMAIN, "-a.example", NULL },
		{ IDENTIFIER_DOMAIN, "a_b.example", NULL },
		{ IDENTIFIER_DOMAIN, "a.example:443", NULL },
		{ IDENTIFIER_DOMAIN, "*.example.org", NULL },
		{ IDENTIFIER_DOMAIN, "https://a.example/", NULL },
		{ IDENTIFIER_DOMAIN, "soc@grid.example", NULL },
		/* Otherwise the same thing would have two spellings. */
		{ IDENTIFIER_DOMAIN, "198.51.100.7", NULL },
		{ IDENTIFIER_CERTIFICATE, hex, hex },
		{ IDENTIFIER_CERTIFICATE,
		  "9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08", hex },
		{ IDENTIFIER_CERTIFICATE,
		  "9F:86:D0:81:88:4C:7D:65:9A:2F:EA:A0:C5:5A:D0:15:A3:BF:4F:1B:2B:0B:82:2C:D1:5D:"
		  "6C:15:B0:F0:0A:08",
		  hex },
		{ IDENTIFIER_SPKI, "sha256/n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=", hex },
		{ IDENTIFIER_SPKI, "SHA256:n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg", hex },
		{ IDENTIFIER_SPKI, "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=", hex },
		/* Bits that are not used must be zero. */
		{ IDENTIFIER_SPKI, "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgh=", NULL },
		{ IDENTIFIER_SPKI, "9f86d081", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bytes spelling = bytes_of_string(rows[i].spelling);
		struct identifier identifier;
		struct error error = { 0 };
		int r = identifier_read(rows[i].identifier_class, spelling, &identifier, &error);
		int check = identifier_check(rows[i].identifier_class, spelling);

		print_message("# %s\n", rows[i].spelling);
		if (rows[i].one == NULL) {
			assert_int_equal(r, ERROR_SYNTAX);
			assert_int_equal(check, ERROR_SYNTAX);
			assert_string_not_equal(error.message, "");
			continue;
		}
		assert_ok(r);
		assert_string_equal(identifier.text, rows[i].one);
		assert_int_equal(identifier.size, strlen(rows[i].one));
		assert_int_equal(identifier.identifier_class, rows[i].identifier_class);
		assert_int_equal(check,
		                 strcmp(rows[i].spelling, rows[i].one) == 0 ? OK : ERROR_CANONICAL);
		assert_ok(identifier_check(rows[i].identifier_class, bytes_of_string(rows[i].one)));
	}
}

static void mapped_addresses_are_ipv4(void **state)
{
	struct identifier identifier;

	(void)state;
	assert_ok(identifier_read(IDENTIFIER_IPV6, bytes_of_string("::ffff:198.51.100.7"),
	                          &identifier, NULL));
	assert_int_equal(identifier.identifier_class, IDENTIFIER_IPV4);
	assert_string_equal(identifier.text, "198.51.100.7/32");
	assert_ok(identifier_read(IDENTIFIER_IPV6, bytes_of_string("::ffff:c633:6400/120"),
	                          &identifier, NULL));
	assert_string_equal(identifier.text, "198.51.100.0/24");
	assert_int_equal(identifier_check(IDENTIFIER_IPV6, bytes_of_string("::ffff:c633:6407/128")),
	                 ERROR_CANONICAL);
	/* A prefix that holds more than what is mapped is one of IPv6. */
	assert_ok(identifier_check(IDENTIFIER_IPV6, bytes_of_string("::fffe:0:0/95")));
}

static void the_class_is_seen_from_the_spelling(void **state)
{
	static const struct row rows[] = {
		{ IDENTIFIER_IPV4, "198.51.100.0/24", "198.51.100.0/24" },
		{ IDENTIFIER_IPV6, "2001:db8::1", "2001:db8::1/128" },
		{ IDENTIFIER_IPV6, "::ffff:0:0/95", "::fffe:0:0/95" },
		{ IDENTIFIER_ASN, "AS64496", "64496" },
		{ IDENTIFIER_ASN, "asn:64496", "64496" },
		{ IDENTIFIER_DOMAIN, "Grid.Example", "grid.example" },
		{ IDENTIFIER_DOMAIN, "as.example", "as.example" },
		{ IDENTIFIER_DOMAIN, "domain:as1.example", "as1.example" },
		{ IDENTIFIER_DOMAIN, "de.ad", "de.ad" },
		{ IDENTIFIER_CERTIFICATE, hex, hex },
		{ IDENTIFIER_CERTIFICATE,
		  "9F:86:D0:81:88:4C:7D:65:9A:2F:EA:A0:C5:5A:D0:15:A3:BF:4F:1B:2B:0B:82:2C:D1:5D:"
		  "6C:15:B0:F0:0A:08",
		  hex },
		{ IDENTIFIER_SPKI, "sha256/n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=", hex },
		{ IDENTIFIER_SPKI,
		  "spki:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", hex },
		{ IDENTIFIER_ASN, "64496", NULL },
		{ IDENTIFIER_DOMAIN, "", NULL },
		{ IDENTIFIER_DOMAIN, "asset", NULL },
		{ IDENTIFIER_IPV4, "1.10", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct identifier identifier;
		int r = identifier_recognize(bytes_of_string(rows[i].spelling), &identifier, NULL);

		print_message("# %s\n", rows[i].spelling);
		assert_int_equal(r, rows[i].one != NULL ? OK : ERROR_SYNTAX);
		if (r != OK)
			continue;
		assert_string_equal(identifier.text, rows[i].one);
		assert_int_equal(identifier.identifier_class, rows[i].identifier_class);
	}
}

static void other_scripts_are_for_the_shell(void **state)
{
	struct identifier identifier;

	(void)state;
	assert_int_equal(identifier_recognize(bytes_of_string("пример.рф"), &identifier, NULL),
	                 ERROR_UNSUPPORTED);
	assert_int_equal(identifier_check(IDENTIFIER_DOMAIN, bytes_of_string("пример.рф")),
	                 ERROR_SYNTAX);
}

static void long_names_are_bounded(void **state)
{
	struct identifier identifier;
	char text[400], quoted[600];
	struct error error;

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = i % 2 == 0 ? 'a' : '.';
	assert_ok(identifier_read(IDENTIFIER_DOMAIN, bytes_of(text, 253), &identifier, NULL));
	assert_int_equal(identifier.size, 253);
	assert_ok(identifier_read(IDENTIFIER_DOMAIN, bytes_of(text, 254), &identifier, NULL));
	assert_int_equal(identifier_read(IDENTIFIER_DOMAIN, bytes_of(text, 255), &identifier, NULL),
	                 ERROR_SYNTAX);
	memset(quoted, 'x', sizeof(quoted));
	for (int i = 0; i < IDENTIFIER_CLASS_COUNT; i++)
		assert_int_equal(identifier_read((enum identifier_class)i,
		                                 bytes_of(quoted, sizeof(quoted)), &identifier,
		                                 &error),
		                 ERROR_SYNTAX);
}

static struct identifier read_one(const char *text)
{
	struct identifier identifier;

	assert_ok(identifier_recognize(bytes_of_string(text), &identifier, NULL));
	return identifier;
}

static void some_names_are_nobodys(void **state)
{
	static const char *const nobodys[] = {
		"10.0.0.0/8",  "192.168.230.88", "172.31.0.1", "127.0.0.1",     "169.254.1.1",
		"224.0.0.251", "0.0.0.0/0",      "240.0.0.1",  "100.64.0.0/10", "::/0",
		"::1",         "fe80::1",        "fc00::/7",   "ff02::1",       "AS64512",
		"AS23456",     "AS4200000000",   "AS65535",    "AS4294967295",
	};
	static const char *const somebodys[] = {
		"198.51.100.0/24", "172.32.0.1", "8.0.0.0/6",    "2001:db8::/32",
		"AS64496",         "AS65536",    "grid.example", "::2",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(nobodys) / sizeof(nobodys[0]); i++) {
		struct identifier identifier = read_one(nobodys[i]);
		struct error error = { 0 };

		print_message("# %s\n", nobodys[i]);
		assert_int_equal(identifier_is_somebodys(&identifier, &error), ERROR_DENIED);
		assert_non_null(strstr(error.message, identifier.text));
	}
	for (size_t i = 0; i < sizeof(somebodys) / sizeof(somebodys[0]); i++) {
		struct identifier identifier = read_one(somebodys[i]);

		print_message("# %s\n", somebodys[i]);
		assert_ok(identifier_is_somebodys(&identifier, NULL));
	}
}

static void what_contains_what(void **state)
{
	static const struct {
		const char *one, *other;
		bool covers;
	} rows[] = {
		{ "198.51.100.0/24", "198.51.100.7", true },
		{ "198.51.100.0/24", "198.51.100.0/24", true },
		{ "198.51.100.0/24", "198.51.101.0", false },
		{ "198.51.100.0/25", "198.51.100.0/24", false },
		{ "198.51.100.0/25", "198.51.100.128/25", false },
		{ "0.0.0.0/0", "198.51.100.7", true },
		{ "::/0", "198.51.100.7", false },
		{ "2001:db8::/33", "2001:db8:7fff::1", true },
		{ "2001:db8::/33", "2001:db8:8000::1", false },
		{ "grid.example", "a.b.grid.example", true },
		{ "grid.example", "grid.example", true },
		{ "grid.example", "mygrid.example", false },
		{ "a.grid.example", "grid.example", false },
		{ "AS64496", "AS64496", true },
		{ "AS6449", "AS64496", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct identifier one = read_one(rows[i].one), other = read_one(rows[i].other);

		print_message("# %s %s\n", rows[i].one, rows[i].other);
		assert_int_equal(identifier_covers(&one, &other), rows[i].covers);
	}
}

static void questions_are_each_length_and_each_parent(void **state)
{
	struct identifier questions[IDENTIFIER_QUESTIONS_MAXIMUM];
	bool lengths[IDENTIFIER_LENGTHS] = { [0] = true, [16] = true, [24] = true, [32] = true };
	struct identifier asked = read_one("198.51.100.7");

	(void)state;
	assert_int_equal(identifier_questions(&asked, lengths, questions), 4);
	assert_string_equal(questions[0].text, "198.51.100.7/32");
	assert_string_equal(questions[1].text, "198.51.100.0/24");
	assert_string_equal(questions[2].text, "198.51.0.0/16");
	assert_string_equal(questions[3].text, "0.0.0.0/0");
	asked = read_one("198.51.100.0/20");
	assert_int_equal(identifier_questions(&asked, lengths, questions), 2);
	assert_string_equal(questions[0].text, "198.51.0.0/16");
	lengths[0] = lengths[16] = false;
	assert_int_equal(identifier_questions(&asked, lengths, questions), 0);
	memset(lengths, true, sizeof(lengths));
	asked = read_one("2001:db8::1");
	assert_int_equal(identifier_questions(&asked, lengths, questions), 129);
	asked = read_one("a.b.grid.example");
	assert_int_equal(identifier_questions(&asked, lengths, questions), 3);
	assert_string_equal(questions[0].text, "a.b.grid.example");
	assert_string_equal(questions[2].text, "grid.example");
	asked = read_one("AS64496");
	assert_int_equal(identifier_questions(&asked, lengths, questions), 1);
	assert_string_equal(questions[0].text, "64496");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_spelling_of_each),
		cmocka_unit_test(mapped_addresses_are_ipv4),
		cmocka_unit_test(the_class_is_seen_from_the_spelling),
		cmocka_unit_test(other_scripts_are_for_the_shell),
		cmocka_unit_test(long_names_are_bounded),
		cmocka_unit_test(some_names_are_nobodys),
		cmocka_unit_test(what_contains_what),
		cmocka_unit_test(questions_are_each_length_and_each_parent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
