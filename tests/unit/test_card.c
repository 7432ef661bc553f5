/* Party cards: there and back, and what is refused. */
#include "act_fixture.h"
#include "text_fixture.h"
#include "torture.h"

static void put_card(struct buffer *text, unsigned party)
{
	struct party fixture = fixture_party(party);

	buffer_init(text, CARD_SIZE_MAXIMUM);
	assert_ok(card_print(&fixture, text, NULL));
}

static void test_round_trip(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct buffer text;
		struct buffer again;
		struct party party;

		put_card(&text, i);
		assert_ok(card_parse(buffer_view(&text), &party, NULL));
		assert_string_equal(party.id, i == 0 ? "north" : "south");
		assert_int_equal(party.name_count, 1);
		assert_int_equal(party.endpoint_count, 1);
		buffer_init(&again, CARD_SIZE_MAXIMUM);
		assert_ok(card_print(&party, &again, NULL));
		assert_true(bytes_equal(buffer_view(&text), buffer_view(&again)));
		buffer_release(&again);
		buffer_release(&text);
	}
}

/* A charter's block is the card's, byte for byte. */
static void test_block(void **state)
{
	struct charter charter = fixture_charter();
	struct buffer text;
	struct buffer card;
	size_t skipped = strlen("chirograph.card/1\n");

	(void)state;
	put_card(&card, 1);
	buffer_init(&text, CHARTER_SIZE_MAXIMUM);
	assert_ok(charter_print(&charter, &text, NULL));
	for (size_t at = 0; at + card.size - skipped <= text.size; at++)
		if (memcmp(text.data + at, card.data + skipped, card.size - skipped) == 0) {
			buffer_release(&card);
			buffer_release(&text);
			return;
		}
	fail_msg("the card's block is not in the charter");
}

static void test_refused(void **state)
{
	struct buffer whole;
	struct buffer text;
	struct party party;
	struct error error;

	(void)state;
	put_card(&whole, 0);
	buffer_init(&text, 2 * CARD_SIZE_MAXIMUM);
	for (size_t at = 1; at < count_lines(&whole); at++) {
		replace_line(&text, &whole, at, NULL);
		assert_int_equal(card_parse(buffer_view(&text), &party, &error), ERROR_SYNTAX);
		assert_int_equal(error.line, at);
		replace_line(&text, &whole, at, "x-unknown 1");
		assert_int_equal(card_parse(buffer_view(&text), &party, &error), ERROR_SYNTAX);
		assert_int_equal(error.line, at);
	}
	buffer_clear(&text);
	assert_ok(buffer_put_bytes(&text, buffer_view(&whole)));
	assert_ok(buffer_put_string(&text, "\nfree text\n"));
	assert_int_equal(card_parse(buffer_view(&text), &party, &error), ERROR_SYNTAX);
	assert_int_equal(error.line, count_lines(&whole) + 1);
	assert_int_equal(card_parse(bytes_of_string(""), &party, &error), ERROR_SYNTAX);
	while (text.size <= CARD_SIZE_MAXIMUM)
		assert_ok(buffer_put_string(&text, "\n"));
	assert_int_equal(card_parse(buffer_view(&text), &party, &error), ERROR_LIMIT);
	buffer_release(&text);
	buffer_release(&whole);
}

static void test_values(void **state)
{
	static const struct {
		const char *start;
		const char *line;
	} values[] = {
		{ "name en", "name en A\nname en B" },
		{ "endpoint", "endpoint a:1\nendpoint a:1" },
		{ "endpoint",
		  "endpoint a:1\nendpoint a:2\nendpoint a:3\nendpoint a:4\nendpoint a:5" },
		{ "name en", "name aa A\nname ab A\nname ac A\nname ad A\nname ae A\nname af A\n"
		             "name ag A\nname ah A\nname ai A" },
	};
	struct buffer whole;
	struct buffer text;
	struct party party;
	struct error error;

	(void)state;
	put_card(&whole, 0);
	buffer_init(&text, CARD_SIZE_MAXIMUM);
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		size_t at = find_line(&whole, values[i].start);
		size_t last = at;

		for (const char *c = values[i].line; *c != '\0'; c++)
			last += *c == '\n';
		replace_line(&text, &whole, at, values[i].line);
		assert_int_not_equal(card_parse(buffer_view(&text), &party, &error), OK);
		assert_int_equal(error.line, last);
	}
	buffer_release(&text);
	buffer_release(&whole);
}

/* One key for two purposes, and a name that would smuggle a line in. */
static void test_print_refuses(void **state)
{
	struct party party = fixture_party(0);
	struct buffer text;

	(void)state;
	buffer_init(&text, CARD_SIZE_MAXIMUM);
	party.link_key = party.node_key;
	assert_int_equal(card_print(&party, &text, NULL), ERROR_SYNTAX);
	party = fixture_party(0);
	party.appointing_key = party.head_key;
	assert_int_equal(card_print(&party, &text, NULL), ERROR_SYNTAX);
	party = fixture_party(0);
	party.names[0].name = bytes_of_string("Council\nauspices none");
	assert_int_equal(card_print(&party, &text, NULL), ERROR_SYNTAX);
	party = fixture_party(0);
	party.name_count = 0;
	assert_int_equal(card_print(&party, &text, NULL), ERROR_SYNTAX);
	assert_int_equal(text.size, 0);
	buffer_release(&text);
}

static int parse_and_print(void *context)
{
	const struct buffer *text = context;
	struct party party;
	struct buffer printed;
	int r;

	buffer_init(&printed, CARD_SIZE_MAXIMUM);
	if ((r = card_parse(buffer_view(text), &party, NULL)) == OK)
		r = card_print(&party, &printed, NULL);
	buffer_release(&printed);
	return r;
}

static void test_allocations(void **state)
{
	struct buffer text;

	(void)state;
	put_card(&text, 0);
	torture(parse_and_print, &text);
	buffer_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),    cmocka_unit_test(test_block),
		cmocka_unit_test(test_refused),       cmocka_unit_test(test_values),
		cmocka_unit_test(test_print_refuses), cmocka_unit_test(test_allocations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
