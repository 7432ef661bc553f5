/* The table of fields, and what is found wrong with the fields of a body. */
#include "body_fixture.h"

#include "details.h"

enum { CAPACITY = 64 };

/* The faults of a text of `key value` lines. */
static size_t faults_of(enum kind_number kind, const char *lines,
                        struct detail_fault faults[CAPACITY])
{
	static struct detail_value values[FIELDS_COUNT_MAXIMUM];
	static char text[8192];
	size_t count;

	snprintf(text, sizeof(text), "chirograph.fields/1\n%s", lines);
	assert_int_equal(fields_check(bytes_of_string(text), NULL), OK);
	count = details_read(bytes_of_string(text), values);
	return details_check(kind, values, count, faults, CAPACITY);
}

static bool has_fault(enum kind_number kind, const char *lines, enum detail_wrong wrong,
                      const char *key)
{
	struct detail_fault faults[CAPACITY];
	size_t count = faults_of(kind, lines, faults);

	for (size_t i = 0; i < count; i++)
		if (faults[i].wrong == wrong &&
		    (key == NULL
		         ? faults[i].detail == NULL
		         : faults[i].detail != NULL && strcmp(faults[i].detail->key, key) == 0))
			return true;
	return false;
}

#define WHOLE                                                                                      \
	"conduct intrusion\nfrom 2026-11-01\nlikelihood likely\nconfidence low\n"                  \
	"hypothesis the ministry did it\ndeception a third party left their tools\n"               \
	"said-by a company\nsupplied-by-us no\n"

static void test_table(void **state)
{
	(void)state;
	for (int i = 0; i < KIND_COUNT; i++) {
		const struct kind *kind = kind_by_number((enum kind_number)i);
		const char *leader = NULL;
		size_t count;
		const struct detail *list = details_of(kind->number, &count);

		assert_true(count == 0 || kind->body != ABSENT);
		for (size_t j = 0; j < count; j++) {
			const struct detail *detail = &list[j];

			assert_true(
			    text_is_identifier(bytes_of_string(detail->key), FIELDS_KEY_MAXIMUM));
			assert_ptr_equal(detail_find(kind->number, bytes_of_string(detail->key)),
			                 detail);
			assert_true(detail->presence != ABSENT && detail->label != NULL &&
			            detail->help != NULL);
			assert_int_equal(detail->words != NULL, detail->type == DETAIL_WORD);
			assert_false(detail_is_refused(kind->number, bytes_of_string(detail->key)));
			if (detail->instead != NULL)
				assert_non_null(
				    detail_find(kind->number, bytes_of_string(detail->instead)));
			if (detail->leader == NULL)
				continue;
			/* One leader a kind, which stands before those that it leads. */
			assert_true(leader == NULL || strcmp(leader, detail->leader) == 0);
			leader = detail->leader;
			assert_true(detail_find(kind->number, bytes_of_string(leader)) < detail);
			assert_true(detail_find(kind->number, bytes_of_string(leader))->repeated);
		}
	}
}

static void test_whole(void **state)
{
	struct detail_fault faults[CAPACITY];

	(void)state;
	assert_int_equal(faults_of(KIND_ALLEGE, WHOLE, faults), 0);
	assert_int_equal(faults_of(KIND_ALLEGE, WHOLE "ticket 4711\n", faults), 0);
	/* In another order, a group led from behind. */
	assert_int_equal(faults_of(KIND_ALLEGE,
	                           "supplied-by-us yes\nsaid-by a medium\nstanding yes\n"
	                           "deception c\nhypothesis a\nhypothesis b\nconfidence high\n"
	                           "likelihood unlikely\nconduct scanning\n",
	                           faults),
	                 0);
	assert_int_equal(faults_of(KIND_NOTIFY, "asset a dam\n", faults), 0);
	assert_int_equal(faults_of(KIND_ACK, "anything goes\n", faults), 0);
}

static void test_each_is_missed(void **state)
{
	static const char *const needed[] = { "conduct",    "from",          "likelihood",
		                              "confidence", "hypothesis",    "deception",
		                              "said-by",    "supplied-by-us" };
	struct detail_fault faults[CAPACITY];

	(void)state;
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		char lines[1024] = WHOLE, *line = strstr(lines, needed[i]), *end;

		end = strchr(line, '\n') + 1;
		memmove(line, end, strlen(end) + 1);
		assert_true(has_fault(KIND_ALLEGE, lines, i == 6 ? DETAIL_ALONE : DETAIL_MISSING,
		                      i == 6 ? "supplied-by-us" : needed[i]));
	}
	/* Of the second source too. */
	assert_int_equal(faults_of(KIND_ALLEGE, WHOLE "said-by a second\n", faults), 1);
	assert_int_equal(faults[0].wrong, DETAIL_MISSING);
	assert_string_equal(faults[0].detail->key, "supplied-by-us");
	assert_int_equal(faults[0].value, 8);
}

static void test_what_cannot_stand(void **state)
{
	(void)state;
	assert_true(has_fault(KIND_ALLEGE, WHOLE "standing yes\n", DETAIL_EXCLUDED, "from"));
	assert_true(
	    has_fault(KIND_ALLEGE, WHOLE "likelihood likely\n", DETAIL_TWICE, "likelihood"));
	assert_true(
	    has_fault(KIND_ALLEGE, WHOLE "supplied-by-us yes\n", DETAIL_TWICE, "supplied-by-us"));
	assert_false(has_fault(KIND_ALLEGE, WHOLE "hypothesis more\n", DETAIL_TWICE, "hypothesis"));
	assert_true(has_fault(KIND_ALLEGE, "likelihood certain\n", DETAIL_MALFORMED, "likelihood"));
	for (size_t i = 0; i < 3; i++) {
		static const char *const lines[] = { "actor a state\n", "likelihood likely\n",
			                             "attributed-to them\n" };

		assert_true(has_fault(KIND_NOTIFY, lines[i], DETAIL_REFUSED, NULL));
		assert_true(has_fault(KIND_CONCLUDE, lines[i], DETAIL_REFUSED, NULL));
		assert_false(has_fault(KIND_ALLEGE, lines[i], DETAIL_REFUSED, NULL));
	}
}

static void test_types(void **state)
{
	static const struct {
		enum kind_number kind;
		const char *key, *value;
		bool accepted;
	} rows[] = {
		{ KIND_SUBMIT, "grade", "B2", true },
		{ KIND_SUBMIT, "grade", "F6", true },
		{ KIND_SUBMIT, "grade", "G1", false },
		{ KIND_SUBMIT, "grade", "A0", false },
		{ KIND_SUBMIT, "grade", "A7", false },
		{ KIND_SUBMIT, "grade", "b2", false },
		{ KIND_SUBMIT, "grade", "B22", false },
		{ KIND_ALLEGE, "from", "2026-11-22", true },
		{ KIND_ALLEGE, "from", "2026-11-22T14:03:11Z", true },
		{ KIND_ALLEGE, "from", "2026-13-22", false },
		{ KIND_ALLEGE, "from", "2026-02-30", false },
		{ KIND_ALLEGE, "from", "2026-11-22T14:03", false },
		{ KIND_ALLEGE, "from", "yesterday", false },
		{ KIND_ALLEGE, "responsibility", "state-executed", true },
		{ KIND_ALLEGE, "responsibility", "state", false },
		{ KIND_NOTE_PUBLIC, "capture",
		  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", true },
		{ KIND_NOTE_PUBLIC, "capture",
		  "E3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", false },
		{ KIND_NOTE_PUBLIC, "capture",
		  "3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", false },
		{ KIND_NOTE_PUBLIC, "language", "sr-Latn", true },
		{ KIND_NOTE_PUBLIC, "language", "e", false },
		{ KIND_NOTE_PUBLIC, "url", "https://example.org/a?b=c", true },
		{ KIND_NOTE_PUBLIC, "url", "example.org", false },
		{ KIND_NOTE_PUBLIC, "url", "https:", false },
		{ KIND_NOTE_PUBLIC, "url", "https://example.org/a b", false },
		{ KIND_COMMENT, "act", "north-7", true },
		{ KIND_COMMENT, "act", "north", false },
		{ KIND_COMMENT, "part", "1", true },
		{ KIND_COMMENT, "part", "0", false },
		{ KIND_COMMENT, "part", "4097", false },
		{ KIND_COMMENT, "why", "a\x1b[2J", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct detail *detail = detail_find(rows[i].kind,
		                                          bytes_of_string(rows[i].key));

		assert_non_null(detail);
		if (detail_accepts(detail, bytes_of_string(rows[i].value)) != rows[i].accepted)
			fail_msg("%s %s", rows[i].key, rows[i].value);
	}
	assert_string_equal(detail_source_grade(bytes_of_string("F6")),
	                    "source that cannot be judged");
	assert_string_equal(detail_information_grade(bytes_of_string("F6")),
	                    "truth cannot be judged");
	assert_string_equal(detail_source_grade(bytes_of_string("X1")), "");
	/* Seven steps of likelihood, three of confidence, ten of responsibility. */
	for (size_t i = 0; i < 3; i++) {
		static const char *const keys[] = { "likelihood", "confidence", "responsibility" };
		static const size_t counts[] = { 7, 3, 10 };
		const struct detail *detail = detail_find(KIND_ALLEGE, bytes_of_string(keys[i]));
		size_t count = 0;

		while (detail->words[count].word != NULL)
			count++;
		assert_int_equal(count, counts[i]);
	}
}

/* As many groups as a body can have take no time to speak of. */
static void test_many_groups(void **state)
{
	static struct detail_value values[FIELDS_COUNT_MAXIMUM];
	static struct detail_fault faults[FIELDS_COUNT_MAXIMUM * 16];

	(void)state;
	for (size_t i = 0; i < FIELDS_COUNT_MAXIMUM; i++) {
		values[i].key = bytes_of_string("exhibit");
		values[i].value = bytes_of_string("x");
	}
	assert_int_equal(details_check(KIND_SUBMIT, values, FIELDS_COUNT_MAXIMUM, faults,
	                               sizeof(faults) / sizeof(faults[0])),
	                 4 * FIELDS_COUNT_MAXIMUM);
	assert_int_equal(details_check(KIND_SUBMIT, values, FIELDS_COUNT_MAXIMUM, faults, 3), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),          cmocka_unit_test(test_whole),
		cmocka_unit_test(test_each_is_missed), cmocka_unit_test(test_what_cannot_stand),
		cmocka_unit_test(test_types),          cmocka_unit_test(test_many_groups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
