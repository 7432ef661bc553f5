/* Cursors as text. */
#include "agenda.h"

#include <stdio.h>
#include <stdlib.h>

enum { NUMBERS = 13 };

void agenda_cursor_print(const struct agenda_cursor *cursor, char ret_text[AGENDA_CURSOR_CAPACITY])
{
	const struct agenda_key *key = &cursor->next;
	const uint64_t numbers[NUMBERS] = {
		cursor->epoch,    (uint64_t)cursor->now,
		cursor->revision, cursor->changed,
		cursor->given,    key->precedence,
		key->rank,        (uint64_t)key->time,
		key->number,      key->party,
		key->class,       key->duty,
		key->side,
	};
	size_t size = 0;

	for (size_t i = 0; i < NUMBERS; i++)
		size += (size_t)snprintf(ret_text + size, AGENDA_CURSOR_CAPACITY - size, "%s%llu",
		                         i == 0 ? "" : ".", (unsigned long long)numbers[i]);
}

/* A decimal number of at most 20 digits; what is too large for 64 bits is not what is
 * printed again. */
static bool read_number(struct bytes digits, uint64_t *ret_number)
{
	uint64_t number = 0;

	if (digits.size == 0 || digits.size > 20)
		return false;
	for (size_t i = 0; i < digits.size; i++) {
		if (digits.data[i] < '0' || digits.data[i] > '9')
			return false;
		number = number * 10 + (uint64_t)(digits.data[i] - '0');
	}
	*ret_number = number;
	return true;
}

int agenda_cursor_parse(struct bytes text, struct agenda_cursor *ret_cursor)
{
	uint64_t numbers[NUMBERS];
	char printed[AGENDA_CURSOR_CAPACITY];
	struct agenda_cursor cursor;
	struct bytes rest = text, part;

	for (size_t i = 0; i < NUMBERS; i++) {
		if (bytes_cut(&rest, '.', &part) != (i + 1 < NUMBERS) ||
		    !read_number(part, &numbers[i]))
			return ERROR_SYNTAX;
	}
	cursor = (struct agenda_cursor){
		.epoch = numbers[0],
		.now = (timestamp)numbers[1],
		.revision = numbers[2],
		.changed = numbers[3] != 0,
		.given = numbers[4],
		.next = {
			.precedence = (uint8_t)numbers[5],
			.rank = (uint8_t)numbers[6],
			.time = (timestamp)numbers[7],
			.number = numbers[8],
			.party = (uint8_t)numbers[9],
			.class = (uint8_t)numbers[10],
			.duty = (uint8_t)numbers[11],
			.side = (uint8_t)numbers[12],
		},
		.hint = AGENDA_NONE,
	};
	agenda_cursor_print(&cursor, printed);
	if (!bytes_equal_string(text, printed) || cursor.now < 0)
		return ERROR_SYNTAX;
	*ret_cursor = cursor;
	return OK;
}
