/* doc/PROTOCOL.act describes each kind exactly as the table has it. A block that
 * differs is printed as it should be. */
#include "document_fixture.h"
#include "kinds.h"

static void put(struct buffer *block, const char *text)
{
	assert_ok(buffer_put_string(block, text));
}

/* ", name", or ", [name]" where it need not stand. */
static void put_line(struct buffer *block, const char *name, enum presence presence)
{
	if (presence != ABSENT)
		assert_ok(buffer_put_format(block, presence == OPTIONAL ? ", [%s]" : ", %s", name));
}

static void put_field(struct buffer *block, const struct kind *kind, const struct field *field)
{
	const char *type = field_type_name(field->type);
	char by_choice[64];
	char text[256];

	snprintf(by_choice, sizeof(by_choice), "by %s", kind->fields[0].name);
	if (field->type == FIELD_BY_CHOICE)
		type = by_choice;
	snprintf(text, sizeof(text), "%s <%s>%s%s", field->name,
	         field->choices != NULL ? field->choices : type,
	         field->when != NULL ? " with " : "", field->when != NULL ? field->when : "");
	put_line(block, text, field->presence);
}

static void put_matter(struct buffer *block, const struct kind *kind)
{
	static const char *const uses[MATTER_LINE_COUNT] = {
		[MATTER_LINE_NEW] = ", matter new",
		[MATTER_LINE_JOIN] = ", matter <act>",
		[MATTER_LINE_EITHER] = ", matter new|<act>",
		[MATTER_LINE_OPTIONAL] = ", [matter <act>]",
	};

	if (uses[kind->matter_use] != NULL)
		put(block, uses[kind->matter_use]);
}

static void put_signers(struct buffer *block, const struct kind *kind)
{
	const char *separator = "        by       ";

	for (unsigned role = ROLE_HEAD; role <= ROLE_APPOINTING; role *= 2) {
		if ((kind->signers & role) == 0)
			continue;
		assert_ok(buffer_put_format(block, "%s%s", separator, role_name(role)));
		separator = ", ";
	}
	put(block, kind->cosigner == ABSENT ? "\n" : " [and a cosigner]\n");
}

static void put_answers(struct buffer *block, const struct kind *kind)
{
	size_t count = 0;

	if (kind->answers == ABSENT)
		return;
	for (size_t i = 0; i < KIND_COUNT; i++)
		count += kind_set_has(&kind->answerable, i);
	put(block, "        answers ");
	for (size_t i = 0; i < KIND_COUNT && count < KIND_COUNT / 2; i++)
		if (kind_set_has(&kind->answerable, i))
			assert_ok(buffer_put_format(block, " %s", kind_by_number(i)->name));
	put(block, count < KIND_COUNT / 2 ? "\n" : " any kind but those of the service\n");
}

static void put_block(struct buffer *block, const struct kind *kind)
{
	assert_ok(buffer_put_format(block, "    %s: %s%s\n", kind->name, kind->help,
	                            kind->in_this_version ? "" : " (later)"));
	put_signers(block, kind);
	assert_ok(buffer_put_format(block, "        lines    act %s", kind->name));
	put_matter(block, kind);
	put_line(block, "answers", kind->answers);
	put_line(block, "precedence", kind->precedence);
	put_line(block, "marking", kind->body == ABSENT ? ABSENT : OPTIONAL);
	put_line(block, "due", kind->due);
	put_line(block, "not-after", kind->not_after);
	for (size_t i = 0; i < kind_field_count(kind); i++)
		put_field(block, kind, &kind->fields[i]);
	put_line(block, "eyes", kind->eyes);
	put_line(block, "body", kind->body);
	put_line(block, "exercise", kind_may_be_exercise(kind) ? OPTIONAL : ABSENT);
	put(block, "\n");
	put_answers(block, kind);
	if (kind->obliges != CLOCK_NONE)
		assert_ok(buffer_put_format(block, "        obliges  %s%s%s%s\n",
		                            clock_name(kind->obliges),
		                            kind->obliges_when != NULL ? " with " : "",
		                            kind->obliges_when != NULL ? kind->obliges_when : "",
		                            kind->completes ? ", unless it answers" : ""));
	if (kind->reads != CLOCK_NONE)
		assert_ok(
		    buffer_put_format(block, "        to read  %s\n", clock_name(kind->reads)));
	put(block, "\n");
}

static void test_blocks(void **state)
{
	struct buffer document;
	struct buffer block;
	size_t missing = 0;

	(void)state;
	buffer_init(&document, DOCUMENT_MAXIMUM);
	buffer_init(&block, BLOCK_MAXIMUM);
	document_read(&document);
	for (size_t i = 0; i < KIND_COUNT; i++) {
		buffer_clear(&block);
		put_block(&block, kind_by_number(i));
		if (document_contains(&document, &block))
			continue;
		missing++;
		fprintf(stderr, "%.*s", (int)block.size, (const char *)block.data);
	}
	buffer_release(&block);
	buffer_release(&document);
	assert_int_equal(missing, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_blocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
