/* Identifiers as anybody writes them, and texts that mention them. Whatever is read has one
 * spelling, which is read as itself; keys agree with what contains what. */
#include "identifier_key.h"
#include "mentions.h"
#include "prefix.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static bool key_covers(const struct identifier *one, const struct identifier *other)
{
	uint8_t keys[2][IDENTIFIER_KEY_MAXIMUM];
	size_t first = identifier_key(one->identifier_class, identifier_view(one), keys[0]);
	size_t second = identifier_key(other->identifier_class, identifier_view(other), keys[1]);

	require(first > 1 && second > 1);
	return identifier_key_covers(bytes_of(keys[0], first), bytes_of(keys[1], second));
}

static void check_questions(const struct identifier *identifier)
{
	struct identifier questions[IDENTIFIER_QUESTIONS_MAXIMUM];
	bool lengths[IDENTIFIER_LENGTHS];
	size_t count;

	memset(lengths, true, sizeof(lengths));
	count = identifier_questions(identifier, lengths, questions);
	require(count >= 1 && count <= IDENTIFIER_QUESTIONS_MAXIMUM);
	require(bytes_equal(identifier_view(&questions[0]), identifier_view(identifier)));
	for (size_t i = 0; i < count; i++) {
		require(identifier_check(questions[i].identifier_class,
		                         identifier_view(&questions[i])) == OK);
		require(identifier_covers(&questions[i], identifier));
		require(key_covers(&questions[i], identifier));
		require(i == 0 || !identifier_covers(identifier, &questions[i]));
	}
}

static void check_one(const struct identifier *identifier)
{
	struct identifier again;

	require(identifier->size > 0 && identifier->size <= IDENTIFIER_MAXIMUM &&
	        identifier->text[identifier->size] == '\0' &&
	        strlen(identifier->text) == identifier->size);
	require(identifier_check(identifier->identifier_class, identifier_view(identifier)) == OK);
	require(identifier_read(identifier->identifier_class, identifier_view(identifier), &again,
	                        NULL) == OK);
	require(again.identifier_class == identifier->identifier_class &&
	        bytes_equal(identifier_view(&again), identifier_view(identifier)));
	(void)identifier_is_somebodys(identifier, NULL);
	check_questions(identifier);
}

static void check_spellings(struct bytes input)
{
	struct identifier identifier;
	struct error error;

	for (int i = 0; i < IDENTIFIER_CLASS_COUNT; i++) {
		enum identifier_class identifier_class = (enum identifier_class)i;
		int r = identifier_read(identifier_class, input, &identifier, &error);
		int check = identifier_check(identifier_class, input);

		require((r == OK) == (check == OK || check == ERROR_CANONICAL));
		if (r == OK)
			check_one(&identifier);
	}
	if (identifier_recognize(input, &identifier, &error) == OK)
		check_one(&identifier);
}

static int visit(void *context, const struct mention *mention, const struct list_entry *entry,
                 const struct list_identifier *identifier)
{
	struct identifier listed;

	(void)context;
	(void)entry;
	require(identifier_read(identifier->identifier_class, identifier->text, &listed, NULL) ==
	        OK);
	require(identifier_covers(&listed, &mention->identifier) ||
	        identifier_covers(&mention->identifier, &listed));
	return OK;
}

/* All that is mentioned is looked up in a list. */
static void check_mentions(struct bytes input)
{
	static const char list[] = "chirograph.list/1\nentry a\nipv4 198.51.100.0/24\n"
				   "ipv6 2001:db8::/32\nasn 64496\ndomain grid.example\n"
				   "protection off-limits\n";
	struct mentions mentions;

	mentions_init(&mentions, identifier_recognize);
	require(mentions_find(&mentions, input) == OK);
	mentions_sort(&mentions);
	for (size_t i = 0; i < mentions.count; i++) {
		size_t wider = mentions.items[i].wider;

		check_one(&mentions.items[i].identifier);
		require(wider == SIZE_MAX ||
		        (wider < i && identifier_covers(&mentions.items[wider].identifier,
		                                        &mentions.items[i].identifier)));
	}
	require(mentions_match(&mentions, bytes_of_string(list), visit, NULL, NULL) == OK);
	mentions_release(&mentions);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes input = bytes_of(data, size);

	check_spellings(input);
	check_mentions(input);
	return 0;
}
