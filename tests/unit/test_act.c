/* Acts: every kind with every combination of its optional lines there and back,
 * and every way of being wrong refused, with the line. */
#include "act_fixture.h"
#include "torture.h"

enum { LINES_MAXIMUM = 32 };

static int parse(const struct buffer *text, struct error *error)
{
	struct act act;

	*error = (struct error){ 0 };
	return act_parse(buffer_view(text), &act, error);
}

/* The text parses, and what is printed of the act is the text. */
static void check_round_trip(const struct buffer *text)
{
	struct buffer printed;
	struct error error = { 0 };
	struct act act;

	if (act_parse(buffer_view(text), &act, &error) != OK)
		fail_msg("line %zu: %s\n%.*s", error.line, error.message, (int)text->size,
		         (const char *)text->data);
	buffer_init(&printed, ENTRY_SIZE_MAXIMUM);
	assert_ok(act_print(&act, &printed, NULL));
	assert_true(bytes_equal(buffer_view(text), buffer_view(&printed)));
	buffer_release(&printed);
}

/* The next subset of `mask` after `subset`, in the order of their numbers. */
static unsigned next_subset(unsigned subset, unsigned mask)
{
	return (subset - mask) & mask;
}

static void test_every_combination(void **state)
{
	struct buffer text;
	size_t count = 0;

	(void)state;
	buffer_init(&text, ENTRY_SIZE_MAXIMUM);
	for (size_t i = 0; i < KIND_COUNT; i++) {
		const struct kind *kind = kind_by_number(i);
		unsigned mask = fixture_switches(kind);

		for (size_t first = 0; first < fixture_first_count(kind); first++) {
			unsigned subset = 0;

			do {
				buffer_clear(&text);
				fixture_put_act(&text, kind, subset, fixture_first(kind, first));
				check_round_trip(&text);
				count++;
				subset = next_subset(subset, mask);
			} while (subset != 0);
		}
	}
	buffer_release(&text);
	assert_true(count > 7000);
}

static void test_members(void **state)
{
	struct buffer text;
	struct act act;

	(void)state;
	buffer_init(&text, ENTRY_SIZE_MAXIMUM);
	fixture_put_full_act(&text, kind_by_number(KIND_PROPOSE));
	assert_ok(act_parse(buffer_view(&text), &act, NULL));
	assert_string_equal(act.channel, fixture_channel);
	assert_string_equal(act.party, "north");
	assert_int_equal(act.time, 1795356191);
	assert_string_equal(act.author, "a.head");
	assert_string_equal(act.cosigner, "a.deputy");
	assert_int_equal(act.matter_use, ACT_MATTER_NEW);
	assert_int_equal(act.precedence, PRECEDENCE_ROUTINE);
	assert_string_equal(act.marking, "TLP:AMBER+STRICT");
	assert_int_equal(act.due, 1796169600);
	assert_int_equal(act.not_after, 1795564800);
	assert_int_equal(act_field(&act, "expires")->as.time, 1798113600);
	assert_null(act_field(&act, "expire"));
	assert_true(act.eyes_heads && act.has_body && act.exercise);
	assert_int_equal(act.body.parts, 4);
	assert_int_equal(act.body.sealed_size, 8192);

	buffer_clear(&text);
	fixture_put_act(&text, kind_by_number(KIND_APPOINT), 0, bytes_of_string("log"));
	assert_ok(act_parse(buffer_view(&text), &act, NULL));
	assert_int_equal(act_field(&act, "key")->type, FIELD_RAW_KEY);
	assert_int_equal(act_field(&act, "size")->as.number, 17);
	assert_null(act_field(&act, "delegate"));

	buffer_clear(&text);
	fixture_put_full_act(&text, kind_by_number(KIND_CONCLUDE));
	assert_ok(act_parse(buffer_view(&text), &act, NULL));
	assert_int_equal(act.matter_use, ACT_MATTER_JOINS);
	assert_string_equal(act.matter.party, "north");
	assert_int_equal(act.matter.generation, 2);
	assert_int_equal(act.matter.number, 7);
	buffer_release(&text);
}

/* --- what is refused ---------------------------------------------------- */

struct lines {
	size_t count;
	struct bytes line[LINES_MAXIMUM]; /* with its LF */
};

static struct lines cut_lines(const struct buffer *text)
{
	struct text_reader reader;
	struct text_line line;
	struct lines lines = { 0 };

	text_reader_init(&reader, buffer_view(text));
	while (text_reader_next(&reader, &line) == OK) {
		assert_in_range(lines.count, 0, LINES_MAXIMUM - 1);
		lines.line[lines.count++] = bytes_of(line.whole.data, line.whole.size + 1);
	}
	return lines;
}

/* Joins the lines with line `at` changed by `change`. */
static void join(struct buffer *text, const struct lines *lines, size_t at,
                 void (*change)(struct buffer *text, const struct lines *lines, size_t at))
{
	buffer_clear(text);
	for (size_t i = 0; i < lines->count; i++) {
		if (i == at)
			change(text, lines, at);
		else
			assert_ok(buffer_put_bytes(text, lines->line[i]));
	}
}

static struct bytes without_feed(struct bytes line)
{
	return bytes_of(line.data, line.size - 1);
}

static void leave_out(struct buffer *text, const struct lines *lines, size_t at)
{
	(void)text;
	(void)lines;
	(void)at;
}

static void repeat(struct buffer *text, const struct lines *lines, size_t at)
{
	assert_ok(buffer_put_bytes(text, lines->line[at]));
	assert_ok(buffer_put_bytes(text, lines->line[at]));
}

static void put_unknown_before(struct buffer *text, const struct lines *lines, size_t at)
{
	fixture_put_line(text, "x-unknown value");
	assert_ok(buffer_put_bytes(text, lines->line[at]));
}

static void put_empty_before(struct buffer *text, const struct lines *lines, size_t at)
{
	fixture_put_line(text, "");
	assert_ok(buffer_put_bytes(text, lines->line[at]));
}

static void put_end(struct buffer *text, struct bytes line, const char *end)
{
	assert_ok(buffer_put_bytes(text, without_feed(line)));
	fixture_put_line(text, end);
}

static void end_in_space(struct buffer *text, const struct lines *lines, size_t at)
{
	put_end(text, lines->line[at], " ");
}

static void end_in_return(struct buffer *text, const struct lines *lines, size_t at)
{
	put_end(text, lines->line[at], "\r");
}

static void end_in_control(struct buffer *text, const struct lines *lines, size_t at)
{
	put_end(text, lines->line[at], "\x01");
}

static void end_in_bad_utf8(struct buffer *text, const struct lines *lines, size_t at)
{
	put_end(text, lines->line[at], "\xc3");
}

static void end_in_word(struct buffer *text, const struct lines *lines, size_t at)
{
	put_end(text, lines->line[at], " x");
}

static void drop_value(struct buffer *text, const struct lines *lines, size_t at)
{
	const struct bytes *line = &lines->line[at];
	const uint8_t *space = memchr(line->data, ' ', line->size);

	assert_ok(buffer_put(text, line->data,
	                     space == NULL ? line->size - 2 : (size_t)(space - line->data)));
	fixture_put_line(text, "");
}

static void double_space(struct buffer *text, const struct lines *lines, size_t at)
{
	const struct bytes *line = &lines->line[at];
	const uint8_t *space = memchr(line->data, ' ', line->size);
	size_t size = space == NULL ? 1 : (size_t)(space - line->data);

	assert_ok(buffer_put(text, line->data, size));
	assert_ok(buffer_put_string(text, " "));
	assert_ok(buffer_put(text, line->data + size, line->size - size));
}

static void raise_key(struct buffer *text, const struct lines *lines, size_t at)
{
	const struct bytes *line = &lines->line[at];

	assert_ok(buffer_put_u8(text, (uint8_t)(line->data[0] - 'a' + 'A')));
	assert_ok(buffer_put(text, line->data + 1, line->size - 1));
}

static const struct mutation {
	void (*change)(struct buffer *text, const struct lines *lines, size_t at);
	size_t line;      /* of the error, counted from the changed line */
	bool spares_text; /* free text may be so */
} mutations[] = {
	{ repeat, 1, false },           { put_unknown_before, 0, false },
	{ put_empty_before, 0, false }, { end_in_space, 0, false },
	{ end_in_return, 0, false },    { end_in_control, 0, false },
	{ end_in_bad_utf8, 0, false },  { end_in_word, 0, true },
	{ drop_value, 0, false },       { double_space, 0, true },
	{ raise_key, 0, false },
};

static bool is_free_text(const struct kind *kind, struct bytes line)
{
	for (size_t i = 0; i < kind_field_count(kind); i++) {
		size_t size = strlen(kind->fields[i].name);

		if (kind->fields[i].type == FIELD_TEXT && line.size > size &&
		    memcmp(line.data, kind->fields[i].name, size) == 0 && line.data[size] == ' ')
			return true;
	}
	return false;
}

/* A mutation may make another line than its own look wrong only by standing
 * before a line that is then missed. */
static void check_refused(const struct buffer *text, size_t line)
{
	struct error error;

	if (parse(text, &error) == OK)
		fail_msg("accepted:\n%.*s", (int)text->size, (const char *)text->data);
	if (error.line != line)
		fail_msg("line %zu, not %zu: %s\n%.*s", error.line, line, error.message,
		         (int)text->size, (const char *)text->data);
}

static void test_mutations(void **state)
{
	struct buffer whole;
	struct buffer text;

	(void)state;
	buffer_init(&whole, ENTRY_SIZE_MAXIMUM);
	buffer_init(&text, ENTRY_SIZE_MAXIMUM);
	for (size_t i = 0; i < KIND_COUNT; i++) {
		const struct kind *kind = kind_by_number(i);
		struct lines lines;

		buffer_clear(&whole);
		fixture_put_full_act(&whole, kind);
		lines = cut_lines(&whole);
		for (size_t at = 0; at < lines.count; at++) {
			for (size_t k = 0; k < sizeof(mutations) / sizeof(mutations[0]); k++) {
				if (mutations[k].spares_text && is_free_text(kind, lines.line[at]))
					continue;
				join(&text, &lines, at, mutations[k].change);
				check_refused(&text, at + 1 + mutations[k].line);
			}
		}
	}
	buffer_release(&text);
	buffer_release(&whole);
}

/* Without any optional line, every line is missed where it stood. */
static void test_missing_lines(void **state)
{
	struct buffer whole;
	struct buffer text;

	(void)state;
	buffer_init(&whole, ENTRY_SIZE_MAXIMUM);
	buffer_init(&text, ENTRY_SIZE_MAXIMUM);
	for (size_t i = 0; i < KIND_COUNT; i++) {
		const struct kind *kind = kind_by_number(i);

		for (size_t first = 0; first < fixture_first_count(kind); first++) {
			struct lines lines;

			buffer_clear(&whole);
			fixture_put_act(&whole, kind, 0, fixture_first(kind, first));
			lines = cut_lines(&whole);
			for (size_t at = 0; at < lines.count; at++) {
				join(&text, &lines, at, leave_out);
				check_refused(&text, at + 1);
			}
		}
	}
	buffer_release(&text);
	buffer_release(&whole);
}

static void test_order(void **state)
{
	struct buffer whole;
	struct buffer text;
	struct error error;

	(void)state;
	buffer_init(&whole, ENTRY_SIZE_MAXIMUM);
	buffer_init(&text, ENTRY_SIZE_MAXIMUM);
	for (size_t i = 0; i < KIND_COUNT; i++) {
		struct lines lines;

		buffer_clear(&whole);
		fixture_put_full_act(&whole, kind_by_number(i));
		lines = cut_lines(&whole);
		for (size_t at = 0; at + 1 < lines.count; at++) {
			struct lines swapped = lines;

			swapped.line[at] = lines.line[at + 1];
			swapped.line[at + 1] = lines.line[at];
			buffer_clear(&text);
			for (size_t k = 0; k < swapped.count; k++)
				assert_ok(buffer_put_bytes(&text, swapped.line[k]));
			assert_int_not_equal(parse(&text, &error), OK);
			assert_in_range(error.line, at + 1, at + 2);
		}
	}
	buffer_release(&text);
	buffer_release(&whole);
}

/* Whatever a changed byte makes of a text, it is refused or still its own print. */
static void test_changed_bytes(void **state)
{
	static const uint8_t changes[] = { 0x01, 0x02, 0x04, 0x10, 0x20, 0x40, 0x80 };
	static const enum kind_number kinds[] = { KIND_PROPOSE, KIND_APPOINT, KIND_ACCREDIT,
		                                  KIND_RESEAL, KIND_REKEY };
	struct buffer text;
	struct error error;

	(void)state;
	buffer_init(&text, ENTRY_SIZE_MAXIMUM);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		buffer_clear(&text);
		fixture_put_full_act(&text, kind_by_number(kinds[i]));
		for (size_t at = 0; at < text.size; at++) {
			for (size_t k = 0; k < sizeof(changes); k++) {
				text.data[at] ^= changes[k];
				if (parse(&text, &error) == OK)
					check_round_trip(&text);
				text.data[at] ^= changes[k];
			}
		}
	}
	buffer_release(&text);
}

/* Values that are wrong though their line is well-formed: the line of the kind
 * that begins with the same key is replaced. */
static void test_values(void **state)
{
	static const struct {
		enum kind_number kind;
		const char *line;
		int result;
	} values[] = {
		{ KIND_PROPOSE, "channel abc", ERROR_SYNTAX },
		{ KIND_PROPOSE, "channel mfrggzdfmztwq2lknnwg23tpobyxe43uov3ho6dzpiydcmrtgq2r",
		  ERROR_SYNTAX },
		{ KIND_PROPOSE, "party North", ERROR_SYNTAX },
		{ KIND_PROPOSE, "party nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn", ERROR_SYNTAX },
		{ KIND_PROPOSE, "time 2026-02-30T00:00:00Z", ERROR_SYNTAX },
		{ KIND_PROPOSE, "time 2026-11-22 14:03:11", ERROR_SYNTAX },
		{ KIND_PROPOSE, "author a..head", ERROR_SYNTAX },
		{ KIND_PROPOSE, "cosigner node", ERROR_SYNTAX },
		{ KIND_PROPOSE, "cosigner appointing", ERROR_SYNTAX },
		{ KIND_PROPOSE, "act tender", ERROR_UNSUPPORTED },
		{ KIND_PROPOSE, "matter north-7 " FIXTURE_HASH, ERROR_SYNTAX },
		{ KIND_UPDATE, "matter new", ERROR_SYNTAX },
		{ KIND_UPDATE, "matter north.1-7 " FIXTURE_HASH, ERROR_CANONICAL },
		{ KIND_UPDATE, "matter north-07 " FIXTURE_HASH, ERROR_SYNTAX },
		{ KIND_UPDATE, "matter north-9223372036854775808 " FIXTURE_HASH, ERROR_LIMIT },
		{ KIND_UPDATE, "matter north " FIXTURE_HASH, ERROR_SYNTAX },
		{ KIND_UPDATE, "matter north-7", ERROR_SYNTAX },
		{ KIND_PROPOSE, "precedence urgent", ERROR_SYNTAX },
		{ KIND_PROPOSE, "marking TLP:WHITE", ERROR_SYNTAX },
		{ KIND_PROPOSE, "due 1970-01-01T00:00:00Z", ERROR_LIMIT },
		{ KIND_PROPOSE, "not-after 1970-01-01T00:00:00Z", ERROR_LIMIT },
		{ KIND_PROPOSE, "expires soon", ERROR_SYNTAX },
		{ KIND_PROPOSE, "expires 1970-01-01T00:00:00Z", ERROR_LIMIT },
		{ KIND_RECALL, "since 1970-01-01T00:00:00Z", ERROR_LIMIT },
		{ KIND_PROPOSE, "eyes all", ERROR_SYNTAX },
		{ KIND_PROPOSE, "exercise no", ERROR_SYNTAX },
		{ KIND_PROPOSE, "body 0 " FIXTURE_HASH " 8192 " FIXTURE_HASH, ERROR_LIMIT },
		{ KIND_PROPOSE, "body 4097 " FIXTURE_HASH " 8192 " FIXTURE_HASH, ERROR_LIMIT },
		{ KIND_PROPOSE, "body 4 " FIXTURE_HASH " 0 " FIXTURE_HASH, ERROR_LIMIT },
		{ KIND_PROPOSE, "body 4 " FIXTURE_HASH " 8192", ERROR_SYNTAX },
		{ KIND_ACCREDIT, "delegate node", ERROR_SYNTAX },
		{ KIND_ACCREDIT, "role head", ERROR_SYNTAX },
		{ KIND_ACCREDIT, "key " FIXTURE_HASH, ERROR_SYNTAX },
		{ KIND_ACCREDIT, "reading-key age1abc", ERROR_SYNTAX },
		{ KIND_RECEIPT, "size 9223372036854775808", ERROR_LIMIT },
		{ KIND_RECEIPT, "root AAAA", ERROR_SYNTAX },
		{ KIND_RESEAL, "blob 0 " FIXTURE_HASH, ERROR_LIMIT },
		{ KIND_APPOINT, "office deputy", ERROR_SYNTAX },
		{ KIND_APPOINT, "key " FIXTURE_HASH, ERROR_SYNTAX },
		{ KIND_REKEY, "value north.example:4433", ERROR_SYNTAX },
		{ KIND_ACCEDE, "signature U1NIU0lH\xd1\x8f", ERROR_SYNTAX },
		{ KIND_STAMP, "log South", ERROR_SYNTAX },
	};
	struct buffer whole;
	struct buffer text;
	struct error error;

	(void)state;
	buffer_init(&whole, ENTRY_SIZE_MAXIMUM);
	buffer_init(&text, ENTRY_SIZE_MAXIMUM);
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		size_t key = strcspn(values[i].line, " ") + 1;
		size_t at = SIZE_MAX;
		struct lines lines;

		buffer_clear(&whole);
		buffer_clear(&text);
		fixture_put_full_act(&whole, kind_by_number(values[i].kind));
		lines = cut_lines(&whole);
		for (size_t k = 0; k < lines.count; k++) {
			if (memcmp(lines.line[k].data, values[i].line, key) == 0)
				at = k;
			if (at == k)
				fixture_put_line(&text, values[i].line);
			else
				assert_ok(buffer_put_bytes(&text, lines.line[k]));
		}
		assert_int_not_equal(at, SIZE_MAX);
		if (parse(&text, &error) != values[i].result || error.line != at + 1)
			fail_msg("%s: %s (line %zu): %s", values[i].line, result_text(error.code),
			         error.line, error.message);
	}
	buffer_release(&text);
	buffer_release(&whole);
}

/* Replaces the value of the last occurrence of a line by `size` letters. */
static void put_long(struct buffer *text, enum kind_number kind, const char *key, size_t size)
{
	struct buffer whole;
	struct lines lines;

	buffer_init(&whole, ENTRY_SIZE_MAXIMUM);
	fixture_put_full_act(&whole, kind_by_number(kind));
	lines = cut_lines(&whole);
	buffer_clear(text);
	for (size_t i = 0; i < lines.count; i++) {
		uint8_t *place;

		if (memcmp(lines.line[i].data, key, strlen(key)) != 0) {
			assert_ok(buffer_put_bytes(text, lines.line[i]));
			continue;
		}
		assert_ok(buffer_put_format(text, "%s ", key));
		assert_ok(buffer_extend(text, size, &place));
		memset(place, 'A', size);
		fixture_put_line(text, "");
	}
	buffer_release(&whole);
}

static void test_limits(void **state)
{
	struct buffer text;
	struct error error;
	uint8_t *place;

	(void)state;
	buffer_init(&text, 2 * ENTRY_SIZE_MAXIMUM);
	put_long(&text, KIND_RECALL, "reason", 1024);
	assert_ok(parse(&text, &error));
	put_long(&text, KIND_RECALL, "reason", 1025);
	assert_int_equal(parse(&text, &error), ERROR_LIMIT);
	put_long(&text, KIND_ACCEDE, "signature", 4000); /* 3,000 bytes */
	assert_ok(parse(&text, &error));
	put_long(&text, KIND_ACCEDE, "signature", 4004);
	assert_int_equal(parse(&text, &error), ERROR_LIMIT);
	put_long(&text, KIND_ACCEDE, "signature", 4088);
	assert_int_equal(parse(&text, &error), ERROR_LIMIT);

	buffer_clear(&text);
	assert_int_equal(parse(&text, &error), ERROR_SYNTAX);
	assert_ok(buffer_extend(&text, ENTRY_SIZE_MAXIMUM, &place));
	memset(place, '\n', ENTRY_SIZE_MAXIMUM);
	assert_int_equal(parse(&text, &error), ERROR_SYNTAX);
	assert_ok(buffer_put_string(&text, "\n"));
	assert_int_equal(parse(&text, &error), ERROR_LIMIT);
	buffer_release(&text);
}

/* What stands only with another value of the first field, and eyes on nothing. */
static void test_conditions(void **state)
{
	struct buffer text;
	struct error error;

	(void)state;
	buffer_init(&text, ENTRY_SIZE_MAXIMUM);
	fixture_put_act(&text, kind_by_number(KIND_APPOINT), 0, bytes_of_string("receipt"));
	assert_ok(parse(&text, &error));
	fixture_put_line(&text, "size 17");
	assert_int_equal(parse(&text, &error), ERROR_SYNTAX);

	buffer_clear(&text);
	fixture_put_act(&text, kind_by_number(KIND_ACK), 0, bytes_of_string(""));
	assert_ok(parse(&text, &error));
	fixture_put_line(&text, "eyes heads");
	assert_int_equal(parse(&text, &error), ERROR_SYNTAX);
	assert_int_equal(error.line, 9);

	buffer_clear(&text);
	fixture_put_act(&text, kind_by_number(KIND_CLOSE), 0, bytes_of_string(""));
	fixture_put_line(&text, "exercise yes");
	assert_int_equal(parse(&text, &error), ERROR_SYNTAX);
	buffer_release(&text);
}

static void test_names(void **state)
{
	static const char *const bad[] = { "",          "north",      "north-",
		                           "-7",        "north-x",    "north.-7",
		                           "north.0-7", "north.1-7",  "north.1000000-7",
		                           "7-north",   "north.2.3-7" };
	char name[ACT_NAME_CAPACITY];
	char party[PARTY_ID_CAPACITY];
	unsigned generation;
	uint64_t number;

	(void)state;
	act_name("north-east", 1, 0, name);
	assert_string_equal(name, "north-east-0");
	assert_ok(act_name_parse(bytes_of_string(name), party, &generation, &number));
	assert_string_equal(party, "north-east");
	assert_int_equal(generation, 1);
	assert_int_equal(number, 0);
	act_name("nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn", 999999, INT64_MAX, name);
	assert_ok(act_name_parse(bytes_of_string(name), party, &generation, &number));
	assert_int_equal(generation, 999999);
	assert_true(number == INT64_MAX);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_not_equal(
		    act_name_parse(bytes_of_string(bad[i]), party, &generation, &number), OK);
}

/* What cannot be read back is not printed. */
static void test_print_refuses(void **state)
{
	struct buffer text;
	struct buffer printed;
	struct field_value *field;
	struct act act;

	(void)state;
	buffer_init(&text, ENTRY_SIZE_MAXIMUM);
	buffer_init(&printed, ENTRY_SIZE_MAXIMUM);
	assert_ok(buffer_put_string(&printed, "before"));
	fixture_put_full_act(&text, kind_by_number(KIND_PROPOSE));
	assert_ok(act_parse(buffer_view(&text), &act, NULL));
	field = &act.fields[0];
	field->text = bytes_of_string("2026-12-24T12:00:00Z\nexercise yes");
	assert_int_equal(act_print(&act, &printed, NULL), ERROR_SYNTAX);
	field->text = bytes_of_string("tomorrow");
	assert_int_equal(act_print(&act, &printed, NULL), ERROR_SYNTAX);
	act.field_count = 0;
	assert_int_equal(act_print(&act, &printed, NULL), ERROR_SYNTAX);
	act.kind = NULL;
	assert_int_equal(act_print(&act, &printed, NULL), ERROR_SYNTAX);
	assert_bytes_string(buffer_view(&printed), "before");
	buffer_release(&printed);
	buffer_release(&text);
}

static int parse_and_print(void *context)
{
	const struct buffer *text = context;
	struct buffer printed;
	struct act act;
	int r;

	buffer_init(&printed, ENTRY_SIZE_MAXIMUM);
	if ((r = act_parse(buffer_view(text), &act, NULL)) == OK)
		r = act_print(&act, &printed, NULL);
	buffer_release(&printed);
	return r;
}

static void test_allocations(void **state)
{
	struct buffer text;

	(void)state;
	buffer_init(&text, ENTRY_SIZE_MAXIMUM);
	for (size_t i = 0; i < KIND_COUNT; i++) {
		buffer_clear(&text);
		fixture_put_full_act(&text, kind_by_number(i));
		torture(parse_and_print, &text);
	}
	buffer_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_combination),
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_mutations),
		cmocka_unit_test(test_missing_lines),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_changed_bytes),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_conditions),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_print_refuses),
		cmocka_unit_test(test_allocations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
