/* doc/PROTOCOL.act gives the rows of each kind of matter exactly as the table has them, and
 * the pairs of acts of which one wins where they cross. What differs is printed as it should
 * be. Nor does the table contradict itself or the table of kinds. */
#include "document_fixture.h"
#include "matters_table.h"
#include "rules_conflict.h"

static void put(struct buffer *block, const char *text)
{
	assert_ok(buffer_put_string(block, text));
}

static void put_states(struct buffer *block, const char *before, state_set states)
{
	for (unsigned state = 0; state < MATTER_STATE_COUNT; state++) {
		if (!state_set_has(states, (enum matter_state)state))
			continue;
		put(block, before);
		put(block, matter_state_name((enum matter_state)state));
		before = " ";
	}
}

static void put_act(struct buffer *block, const struct matter_row *row)
{
	static const char *const actors[ACTOR_COUNT] = {
		[ACTOR_EITHER] = "",
		[ACTOR_OPENER] = " by the opener",
		[ACTOR_OTHER] = " by the other side",
		[ACTOR_AUTHOR] = " by its author",
		[ACTOR_ADDRESSEE] = " by the addressee",
		[ACTOR_PARTNER] = " by the other one",
	};
	const struct kind *kind = kind_by_number(row->kind);

	put(block, kind->name);
	if (row->word >= 0) {
		put(block, " ");
		assert_ok(buffer_put_bytes(
		    block, choice_word(kind->fields[0].choices, (size_t)row->word)));
	}
	if (row->names != KIND_COUNT)
		assert_ok(buffer_put_format(block, " of %s", kind_by_number(row->names)->name));
	put(block, actors[row->by]);
}

static void put_row(struct buffer *block, const struct matter_row *row)
{
	put(block, "        ");
	if (row->event == EVENT_ACT)
		put_act(block, row);
	else
		assert_ok(buffer_put_format(block, "(%s)", matter_event_text(row->event)));
	put(block, ":");
	put_states(block, " ", row->from);
	put_states(block, "; crossed ", row->crossed);
	assert_ok(buffer_put_format(
	    block, " -> %s\n",
	    row->to == STATE_SAME ? "same" : matter_state_name((enum matter_state)row->to)));
}

static void put_block(struct buffer *block, enum matter_kind matter)
{
	assert_ok(buffer_put_format(block, "    %s\n", matter_kind_name(matter)));
	for (size_t i = 0; i < matters_table_size; i++)
		if (matters_table[i].matter == matter)
			put_row(block, &matters_table[i]);
	put(block, "\n");
}

/* Which acts count against which that they crossed with. */
static void put_conflicts(struct buffer *block)
{
	static const struct {
		enum conflict_outcome outcome;
		const char *text;
	} outcomes[] = {
		{ CONFLICT_STANDS, "counts against" },
		{ CONFLICT_LAPSES, "lapses with" },
	};

	for (unsigned act = 0; act < KIND_COUNT; act++)
		for (unsigned against = 0; against < KIND_COUNT; against++)
			for (size_t i = 0; i < 2; i++)
				if (conflict_outcome((enum kind_number)act,
				                     (enum kind_number)against) ==
				    outcomes[i].outcome)
					assert_ok(buffer_put_format(
					    block, "    %s %s %s\n", kind_by_number(act)->name,
					    outcomes[i].text, kind_by_number(against)->name));
	put(block, "\n");
}

static size_t missing(const struct buffer *document, const struct buffer *block)
{
	if (document_contains(document, block))
		return 0;
	fprintf(stderr, "%.*s", (int)block->size, (const char *)block->data);
	return 1;
}

static void test_document(void **state)
{
	struct buffer document, block;
	size_t count = 0;

	(void)state;
	buffer_init(&document, DOCUMENT_MAXIMUM);
	buffer_init(&block, BLOCK_MAXIMUM);
	document_read(&document);
	for (unsigned matter = MATTER_MEETING; matter < MATTER_KIND_COUNT; matter++) {
		buffer_clear(&block);
		put_block(&block, (enum matter_kind)matter);
		count += missing(&document, &block);
	}
	buffer_clear(&block);
	put_conflicts(&block);
	count += missing(&document, &block);
	buffer_release(&block);
	buffer_release(&document);
	assert_int_equal(count, 0);
}

static bool is_shown_only(enum matter_kind matter, unsigned state)
{
	for (size_t i = 0; i < matters_table_size; i++)
		if (matters_table[i].matter == matter && matters_table[i].to == state &&
		    matters_table[i].event == EVENT_ACT)
			return false;
	return true;
}

/* Rows that the rules could not follow as they are meant. */
static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < matters_table_size; i++) {
		const struct matter_row *row = &matters_table[i];
		const struct kind *kind = kind_by_number(row->kind);
		state_set states = matter_states(row->matter);

		assert_int_equal((row->from | row->crossed) & ~states, 0);
		assert_int_equal(row->from & row->crossed, 0);
		if (row->event != EVENT_ACT) {
			/* What time makes of a matter, no act finds. */
			assert_true(is_shown_only(row->matter, row->to));
			assert_int_equal(row->kind, KIND_COUNT);
			continue;
		}
		assert_non_null(kind);
		assert_true(kind->matter == row->matter || kind->matter == MATTER_ANY);
		assert_true(row->word < 0 ||
		            (size_t)row->word < choice_count(kind->fields[0].choices));
		if (row->from == 0)
			assert_true(kind->matter_use == MATTER_LINE_NEW ||
			            kind->matter_use == MATTER_LINE_EITHER);
		if (row->by == ACTOR_ADDRESSEE)
			assert_int_equal(kind->answers, REQUIRED);
		if (row->names != KIND_COUNT && kind->answers == REQUIRED)
			assert_true(kind_set_has(&kind->answerable, row->names));
	}
}

/* What opens a matter has a row, and one for each word where they differ. */
static void test_openings(void **state)
{
	(void)state;
	for (unsigned i = 0; i < KIND_COUNT; i++) {
		const struct kind *kind = kind_by_number(i);
		bool opens = kind->matter_use == MATTER_LINE_NEW ||
		             kind->matter_use == MATTER_LINE_EITHER;
		const struct matter_row *row = matter_opening((enum kind_number)i, -1);
		size_t words = row != NULL && row->word >= 0 ? choice_count(kind->fields[0].choices)
		                                             : 1;
		size_t count = 0;

		for (size_t k = 0; k < matters_table_size; k++)
			count += matters_table[k].event == EVENT_ACT &&
			         matters_table[k].from == 0 && matters_table[k].kind == i;
		assert_int_equal(count, opens ? words : 0);
		for (size_t k = 0; opens && k < words; k++)
			assert_true(words == 1 ||
			            matter_opening((enum kind_number)i, (int)k)->word == (int)k);
	}
}

/* Every act that obliges to an answer can be given one by a row, from where it leads. */
static void test_what_is_asked_can_be_answered(void **state)
{
	(void)state;
	for (size_t i = 0; i < matters_table_size; i++) {
		const struct matter_row *asks = &matters_table[i];
		bool answered = false;

		if (asks->event != EVENT_ACT || asks->to == STATE_SAME ||
		    kind_by_number(asks->kind)->obliges == CLOCK_NONE ||
		    !kind_by_number(asks->kind)->in_this_version)
			continue;
		for (size_t k = 0; k < matters_table_size; k++) {
			const struct matter_row *row = &matters_table[k];

			answered = answered ||
			           (row->matter == asks->matter && row->by == ACTOR_ADDRESSEE &&
			            state_set_has(row->from, (enum matter_state)asks->to) &&
			            kind_set_has(&kind_by_number(row->kind)->answerable,
			                         asks->kind));
		}
		if (!answered)
			fail_msg("%s", kind_by_number(asks->kind)->name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_document),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_openings),
		cmocka_unit_test(test_what_is_asked_can_be_answered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
