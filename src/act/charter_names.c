/* The names that charters are made of: languages, endpoints, channels, logs. */
#include "charter.h"
#include "text.h"

#include <stdio.h>

enum {
	CHANNEL_ID_SIZE = CHANNEL_ID_CAPACITY - 1,
	LANGUAGE_SUBTAG_MAXIMUM = 8,
	LABEL_MAXIMUM = 63,
	HOST_MAXIMUM = 253,
	IPV6_MAXIMUM = 45,
	PORT_MAXIMUM = 65535
};

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

/* A host name of one or more labels, or an IPv4 address, which looks like one. */
static bool host_is_valid(struct bytes host)
{
	size_t label = 0; /* its size so far */

	if (host.size == 0 || host.size > HOST_MAXIMUM)
		return false;
	for (size_t i = 0; i < host.size; i++) {
		uint8_t character = host.data[i];

		if (character == '-' && label == 0)
			return false;
		if (character == '.') {
			if (label == 0 || host.data[i - 1] == '-')
				return false;
			label = 0;
			continue;
		}
		if (!is_lower(character) && !is_digit(character) && character != '-')
			return false;
		if (++label > LABEL_MAXIMUM)
			return false;
	}
	return label > 0 && host.data[host.size - 1] != '-';
}

static bool ipv6_is_valid(struct bytes host)
{
	size_t colons = 0;

	if (host.size < 2 || host.size > IPV6_MAXIMUM)
		return false;
	for (size_t i = 0; i < host.size; i++) {
		uint8_t character = host.data[i];

		colons += character == ':';
		if (!is_digit(character) && !(character >= 'a' && character <= 'f') &&
		    character != ':' && character != '.')
			return false;
	}
	return colons >= 2;
}

bool endpoint_is_valid(struct bytes text)
{
	struct bytes host = text;
	struct bytes port;
	uint64_t number;

	while (host.size > 0 && host.data[host.size - 1] != ':')
		host.size--;
	if (host.size < 2 || text.size >= ENDPOINT_CAPACITY)
		return false;
	port = bytes_of(text.data + host.size, text.size - host.size);
	host.size--; /* the colon */
	if (text_parse_number(port, PORT_MAXIMUM, &number) != OK || number == 0)
		return false;
	if (host.data[0] == '[')
		return host.data[host.size - 1] == ']' &&
		       ipv6_is_valid(bytes_of(host.data + 1, host.size - 2));
	return host_is_valid(host);
}

int endpoints_parse(struct bytes text, char ret_endpoints[ENDPOINTS_MAXIMUM][ENDPOINT_CAPACITY],
                    size_t *ret_count)
{
	struct bytes words[ENDPOINTS_MAXIMUM];
	size_t count;
	int r;

	if ((r = text_words(text, words, ENDPOINTS_MAXIMUM, &count)) != OK)
		return r;
	for (size_t i = 0; i < count; i++) {
		if (!endpoint_is_valid(words[i]))
			return ERROR_SYNTAX;
		for (size_t k = 0; k < i; k++)
			if (bytes_equal(words[i], words[k]))
				return ERROR_SYNTAX;
	}
	for (size_t i = 0; i < count; i++)
		bytes_to_string(words[i], ret_endpoints[i], ENDPOINT_CAPACITY);
	*ret_count = count;
	return OK;
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
