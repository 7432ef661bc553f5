/* The names that charters are made of: languages, channels, logs. */
#include "charter.h"

#include <stdio.h>

enum { CHANNEL_ID_SIZE = CHANNEL_ID_CAPACITY - 1, LANGUAGE_SUBTAG_MAXIMUM = 8 };

static const char *const precedence_names[PRECEDENCE_COUNT] = {
	[PRECEDENCE_FLASH] = "flash",
	[PRECEDENCE_IMMEDIATE] = "immediate",
	[PRECEDENCE_PRIORITY] = "priority",
	[PRECEDENCE_ROUTINE] = "routine",
};

const char *precedence_name(enum precedence precedence)
{
	return (size_t)precedence < PRECEDENCE_COUNT ? precedence_names[precedence] : NULL;
}

enum precedence precedence_by_name(struct bytes name)
{
	enum precedence precedence = 0;

	while (precedence < PRECEDENCE_COUNT &&
	       !bytes_equal_string(name, precedence_names[precedence]))
		precedence++;
	return precedence;
}

static bool is_lower(uint8_t character)
{
	return character >= 'a' && character <= 'z';
}

static bool is_digit(uint8_t character)
{
	return character >= '0' && character <= '9';
}

bool channel_id_is_valid(struct bytes text)
{
	if (text.size != CHANNEL_ID_SIZE)
		return false;
	for (size_t i = 0; i < text.size; i++)
		if (!is_lower(text.data[i]) && !(text.data[i] >= '2' && text.data[i] <= '7'))
			return false;
	/* 52 characters hold 260 bits: the last four are zero. */
	return text.data[CHANNEL_ID_SIZE - 1] == 'a' || text.data[CHANNEL_ID_SIZE - 1] == 'q';
}

bool language_is_valid(struct bytes text)
{
	size_t subtag = 0; /* its size so far */
	bool primary = true;

	if (text.size >= LANGUAGE_CAPACITY)
		return false;
	for (size_t i = 0; i < text.size; i++) {
		if (text.data[i] == '-') {
			if (subtag < 2 || (primary && subtag > 3))
				return false;
			subtag = 0;
			primary = false;
			continue;
		}
		if (!is_lower(text.data[i]) && (primary || !is_digit(text.data[i])))
			return false;
		if (++subtag > LANGUAGE_SUBTAG_MAXIMUM)
			return false;
	}
	return subtag >= 2 && !(primary && subtag > 3);
}

int charter_party_index(const struct charter *charter, struct bytes id)
{
	for (int i = 0; i < 2; i++)
		if (bytes_equal_string(id, charter->parties[i].id))
			return i;
	return -1;
}

void charter_log_name(const struct charter *charter, unsigned party, unsigned generation,
                      const char *suffix, char ret_name[LOG_NAME_CAPACITY])
{
	char successor[16] = "";

	if (generation > 1)
		snprintf(successor, sizeof(successor), "/%u", generation);
	snprintf(ret_name, LOG_NAME_CAPACITY, "%s/chirograph/%s%s%s",
	         charter->parties[party].domain, charter->channel, successor, suffix);
}
