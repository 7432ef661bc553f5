/* Where a node can be reached. An address has one spelling, as all that is signed. */
#include "charter.h"
#include "text.h"

#include <stdio.h>

enum {
	LABEL_MAXIMUM = 63,
	HOST_MAXIMUM = 253,
	PORT_MAXIMUM = 65535,
	IPV4_NUMBERS = 4,
	IPV6_GROUPS = 8,
	IPV6_GROUP_DIGITS = 4,
	IPV6_CAPACITY = IPV6_GROUPS * (IPV6_GROUP_DIGITS + 1)
};

static bool is_digit(uint8_t character)
{
	return character >= '0' && character <= '9';
}

/* --- host names and IPv4 ------------------------------------------------- */

/* One or more labels of a host name; a dotted IPv4 address looks like one. */
static bool labels_are_valid(struct bytes host)
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
		if (!(character >= 'a' && character <= 'z') && !is_digit(character) &&
		    character != '-')
			return false;
		if (++label > LABEL_MAXIMUM)
			return false;
	}
	return label > 0 && host.data[host.size - 1] != '-';
}

/* Cuts the part after the last dot off; all of it when there is none. */
static struct bytes cut_last_label(struct bytes *host)
{
	size_t start = host->size;
	struct bytes label;

	while (start > 0 && host->data[start - 1] != '.')
		start--;
	label = bytes_of(host->data + start, host->size - start);
	host->size = start > 0 ? start - 1 : 0;
	return label;
}

/* Whether software may read a host that ends so as an IPv4 address, which it does
 * in many spellings: 127.1, 0x7f.1, 2130706433. No domain of the top is a number. */
static bool is_number(struct bytes label)
{
	bool digits = true;

	for (size_t i = 0; i < label.size; i++)
		digits = digits && is_digit(label.data[i]);
	return digits || (label.size >= 2 && label.data[0] == '0' && label.data[1] == 'x');
}

static bool ipv4_is_valid(struct bytes host)
{
	size_t count = 0;

	while (host.size > 0 && count < IPV4_NUMBERS) {
		struct bytes label = cut_last_label(&host);
		uint64_t number;

		if (text_parse_number(label, UINT8_MAX, &number) != OK)
			return false;
		count++;
	}
	return count == IPV4_NUMBERS && host.size == 0;
}

static bool host_is_valid(struct bytes host)
{
	struct bytes rest = host;

	if (!labels_are_valid(host))
		return false;
	return is_number(cut_last_label(&rest)) ? ipv4_is_valid(host) : true;
}

/* --- IPv6 ----------------------------------------------------------------- */

static int digit_value(uint8_t character)
{
	if (is_digit(character))
		return character - '0';
	return character >= 'a' && character <= 'f' ? character - 'a' + 10 : -1;
}

/* Takes 1 to 4 digits off the front. */
static bool take_group(struct bytes *text, uint16_t *ret_group)
{
	unsigned group = 0;
	size_t digits = 0;

	for (; digits < text->size && digits < IPV6_GROUP_DIGITS; digits++) {
		int value = digit_value(text->data[digits]);

		if (value < 0)
			break;
		group = group * 16 + (unsigned)value;
	}
	*text = bytes_of(text->data + digits, text->size - digits);
	*ret_group = (uint16_t)group;
	return digits > 0;
}

static bool take_colons(struct bytes *text, size_t count)
{
	if (text->size < count || memcmp(text->data, "::", count) != 0)
		return false;
	*text = bytes_of(text->data + count, text->size - count);
	return true;
}

/* Groups with at most one `::` for one or more zeros; neither a zone nor a part in
 * the notation of IPv4. */
static bool ipv6_read(struct bytes text, uint16_t ret_groups[IPV6_GROUPS])
{
	uint16_t groups[IPV6_GROUPS] = { 0 };
	size_t count = 0, gap = IPV6_GROUPS; /* before which group `::` stands */

	if (take_colons(&text, 2))
		gap = 0;
	while (text.size > 0) {
		if (count == IPV6_GROUPS || !take_group(&text, &groups[count++]))
			return false;
		if (gap == IPV6_GROUPS && take_colons(&text, 2))
			gap = count;
		else if (text.size > 0 && (!take_colons(&text, 1) || text.size == 0))
			return false;
	}
	if (gap == IPV6_GROUPS ? count != IPV6_GROUPS : count == IPV6_GROUPS)
		return false;
	memset(ret_groups, 0, sizeof(groups));
	for (size_t i = 0; i < count; i++)
		ret_groups[i < gap ? i : i + IPV6_GROUPS - count] = groups[i];
	return true;
}

/* The longest run of two zeros or more, the first of several: the run's size. */
static size_t longest_zeros(const uint16_t groups[IPV6_GROUPS], size_t *ret_start)
{
	size_t longest = 1;

	for (size_t start = 0; start < IPV6_GROUPS; start++) {
		size_t size = 0;

		while (start + size < IPV6_GROUPS && groups[start + size] == 0)
			size++;
		if (size > longest) {
			longest = size;
			*ret_start = start;
		}
	}
	return longest > 1 ? longest : 0;
}

/* RFC 5952, section 4. */
static void ipv6_print(const uint16_t groups[IPV6_GROUPS], char ret_text[IPV6_CAPACITY])
{
	size_t start = 0, zeros = longest_zeros(groups, &start), at = 0;

	for (size_t i = 0; i < IPV6_GROUPS; i++) {
		if (zeros > 0 && i == start) {
			at += (size_t)snprintf(ret_text + at, IPV6_CAPACITY - at, "::");
			i += zeros - 1;
			continue;
		}
		at += (size_t)snprintf(ret_text + at, IPV6_CAPACITY - at, "%s%x",
		                       at > 0 && ret_text[at - 1] != ':' ? ":" : "", groups[i]);
	}
}

static bool ipv6_is_valid(struct bytes text)
{
	uint16_t groups[IPV6_GROUPS];
	char printed[IPV6_CAPACITY];

	if (!ipv6_read(text, groups))
		return false;
	ipv6_print(groups, printed);
	return bytes_equal_string(text, printed);
}

/* --- endpoints ------------------------------------------------------------ */

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
