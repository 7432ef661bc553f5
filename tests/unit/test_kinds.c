/* The kinds table: that its rows are whole and agree with one another. */
#include "check.h"

#include "kinds.h"

/* Lines that every act has or may have: no field may be called so. */
static const char *const reserved[] = {
	"channel",    "party",   "time", "author",    "cosigner", "act",  "matter",   "answers",
	"precedence", "marking", "due",  "not-after", "eyes",     "body", "exercise", "logged",
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < KIND_COUNT; i++) {
		const struct kind *kind = kind_by_number(i);

		assert_int_equal(kind->number, i);
		assert_ptr_equal(kind_by_name(bytes_of_string(kind->name)), kind);
		assert_non_null(kind->help);
		assert_int_not_equal(kind->signers, 0);
		assert_non_null(matter_kind_name(kind->matter));
		assert_non_null(clock_name(kind->obliges));
	}
	assert_null(kind_by_number(KIND_COUNT));
	assert_null(kind_by_name(bytes_of_string("proposes")));
	assert_null(kind_by_name(bytes_of_string("")));
}

static void test_presence(void **state)
{
	(void)state;
	for (size_t i = 0; i < KIND_COUNT; i++) {
		const struct kind *kind = kind_by_number(i);
		bool service = kind->matter == MATTER_SERVICE;
		bool outside = service || kind->matter == MATTER_CHANNEL;

		assert_int_equal(kind->due, kind->obliges == CLOCK_NONE ? ABSENT : OPTIONAL);
		assert_int_equal(kind->not_after, service ? ABSENT : OPTIONAL);
		assert_int_equal(service, (kind->signers & ROLE_NODE) != 0);
		if (service || kind->signers == ROLE_APPOINTING)
			assert_int_equal(kind->cosigner, ABSENT);
		else
			assert_int_equal(kind->cosigner, OPTIONAL);
		assert_int_equal(outside, kind->matter_use == MATTER_LINE_NONE);
		assert_int_equal(outside, !kind_may_be_exercise(kind));
		if (kind->body == ABSENT)
			assert_int_equal(kind->eyes, ABSENT);
		assert_int_equal(kind->answers == ABSENT,
		                 kind->answerable.bits[0] == 0 && kind->answerable.bits[1] == 0);
	}
}

static void check_field(const struct kind *kind, const struct field *field)
{
	assert_non_null(field->help);
	assert_int_not_equal(field->presence, ABSENT);
	assert_int_equal(field->type == FIELD_CHOICE, field->choices != NULL);
	assert_int_equal(field->type == FIELD_BY_CHOICE, field->types != NULL);
	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		assert_string_not_equal(field->name, reserved[i]);
	for (const struct field *other = kind->fields; other < field; other++)
		assert_string_not_equal(field->name, other->name);
	if (field->when == NULL && field->types == NULL)
		return;
	assert_int_equal(kind->fields[0].type, FIELD_CHOICE);
	if (field->when != NULL)
		assert_true(choice_index(kind->fields[0].choices, bytes_of_string(field->when)) >=
		            0);
}

static void test_fields(void **state)
{
	(void)state;
	for (size_t i = 0; i < KIND_COUNT; i++) {
		const struct kind *kind = kind_by_number(i);

		for (size_t k = 0; k < kind_field_count(kind); k++) {
			check_field(kind, &kind->fields[k]);
			assert_non_null(field_type_name(kind->fields[k].type));
		}
	}
}

/* What an act may answer is not of the service, and can be answered so only by
 * kinds that could stand in its matter. */
static void test_answerable(void **state)
{
	static const struct {
		enum kind_number answer;
		enum kind_number answered;
		bool may;
	} pairs[] = {
		{ KIND_ACCEPT, KIND_PROPOSE, true },      { KIND_ACCEPT, KIND_COUNTER, true },
		{ KIND_ACCEPT, KIND_COMMUNIQUE, true },   { KIND_ACCEPT, KIND_LIST, false },
		{ KIND_REJECT, KIND_LIST, true },         { KIND_COUNTER, KIND_PROPOSE, true },
		{ KIND_COUNTER, KIND_NOTIFY, false },     { KIND_ACK, KIND_NOTIFY, true },
		{ KIND_ACK, KIND_REBUT, true },           { KIND_ACK, KIND_RECEIPT, false },
		{ KIND_COMMENT, KIND_TALLY, false },      { KIND_PROVIDE, KIND_REQUEST, true },
		{ KIND_CONFIRM, KIND_PRESS_CHECK, true }, { KIND_REPLY, KIND_QUERY, true },
		{ KIND_PUBLISH, KIND_ASK_RELEASE, true }, { KIND_AMEND, KIND_AMEND, true },
		{ KIND_LIST, KIND_LIST, true },           { KIND_LIST, KIND_QUERY, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		assert_int_equal(
		    kind_set_has(&kind_by_number(pairs[i].answer)->answerable, pairs[i].answered),
		    pairs[i].may);
	for (size_t i = 0; i < KIND_COUNT; i++)
		for (size_t k = KIND_RECEIPT; k <= KIND_TALLY; k++)
			assert_false(kind_set_has(&kind_by_number(i)->answerable, k));
}

static void test_this_version(void **state)
{
	static const char *const later[] = {
		"protest",
		"explain",
		"open-copy",
	};
	size_t count = 0;

	(void)state;
	for (size_t i = 0; i < KIND_COUNT; i++)
		count += !kind_by_number(i)->in_this_version;
	assert_int_equal(count, sizeof(later) / sizeof(later[0]));
	for (size_t i = 0; i < count; i++)
		assert_false(kind_by_name(bytes_of_string(later[i]))->in_this_version);
}

static void test_roles(void **state)
{
	(void)state;
	for (unsigned role = ROLE_HEAD; role <= ROLE_APPOINTING; role *= 2)
		assert_non_null(role_name((enum role)role));
	assert_null(role_name(ROLE_HEAD | ROLE_DEPUTY));
	assert_true(kind_is_for_people(kind_by_number(KIND_RESEAL)));
	assert_true(kind_is_for_people(kind_by_number(KIND_APPOINT)));
	assert_false(kind_is_for_people(kind_by_number(KIND_RECEIPT)));
}

static void test_choices(void **state)
{
	static const char words[] = "all|part|none";

	(void)state;
	assert_int_equal(choice_count(words), 3);
	assert_int_equal(choice_index(words, bytes_of_string("part")), 1);
	assert_int_equal(choice_index(words, bytes_of_string("non")), -1);
	assert_int_equal(choice_index(words, bytes_of_string("")), -1);
	assert_int_equal(choice_index(words, bytes_of_string("all|part")), -1);
	assert_bytes_string(choice_word(words, 2), "none");
	assert_int_equal(choice_word(words, 3).size, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),         cmocka_unit_test(test_presence),
		cmocka_unit_test(test_fields),       cmocka_unit_test(test_answerable),
		cmocka_unit_test(test_this_version), cmocka_unit_test(test_roles),
		cmocka_unit_test(test_choices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
