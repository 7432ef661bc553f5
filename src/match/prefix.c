#include "prefix.h"

#include "buffer.h"
#include "text.h"
#include "visible.h"

enum {
	IPV4_SIZE = 4,
	IPV4_WIDTH = 32,
	IPV6_WIDTH = 128,
	GROUPS = 8,
	MAPPED_LENGTH = 96, /* ::ffff:0:0/96 */
	SHOWN = 64
};

static const uint8_t mapped[MAPPED_LENGTH / 8] = { [10] = 0xff, [11] = 0xff };

unsigned prefix_width(enum identifier_class identifier_class)
{
	return identifier_class == IDENTIFIER_IPV4 ? IPV4_WIDTH : IPV6_WIDTH;
}

static size_t address_size(const struct prefix *prefix)
{
	return prefix_width(prefix->identifier_class) / 8;
}

static bool read_ipv4(struct bytes text, uint8_t ret_address[IPV4_SIZE])
{
	uint8_t address[IPV4_SIZE];
	struct bytes part;
	uint64_t number;

	for (size_t i = 0; i < IPV4_SIZE; i++) {
		bool cut = bytes_cut(&text, '.', &part);

		if (cut != (i < IPV4_SIZE - 1) || part.size > 3 ||
		    text_parse_number(part, 255, &number) != OK)
			return false;
		address[i] = (uint8_t)number;
	}
	memcpy(ret_address, address, IPV4_SIZE);
	return true;
}

static int hexadecimal(uint8_t character)
{
	if (character >= '0' && character <= '9')
		return character - '0';
	if (character >= 'a' && character <= 'f')
		return character - 'a' + 10;
	if (character >= 'A' && character <= 'F')
		return character - 'A' + 10;
	return -1;
}

static bool read_group(struct bytes part, uint8_t ret_group[2])
{
	unsigned value = 0;

	if (part.size < 1 || part.size > 4)
		return false;
	for (size_t i = 0; i < part.size; i++) {
		int digit = hexadecimal(part.data[i]);

		if (digit < 0)
			return false;
		value = value << 4 | (unsigned)digit;
	}
	ret_group[0] = (uint8_t)(value >> 8);
	ret_group[1] = (uint8_t)value;
	return true;
}

/* Groups with one colon between them, the last perhaps an IPv4 address; appends to `address`,
 * where `*size` bytes stand. Nothing at all is nothing. */
static bool read_groups(struct bytes text, uint8_t address[PREFIX_ADDRESS_MAXIMUM], size_t *size)
{
	struct bytes part;
	bool more = text.size > 0;

	while (more) {
		more = bytes_cut(&text, ':', &part);
		if (!more && *size + IPV4_SIZE <= PREFIX_ADDRESS_MAXIMUM &&
		    read_ipv4(part, address + *size)) {
			*size += IPV4_SIZE;
		} else if (*size + 2 <= PREFIX_ADDRESS_MAXIMUM &&
		           read_group(part, address + *size)) {
			*size += 2;
		} else {
			return false;
		}
	}
	return true;
}

/* Where `::` stands; the size of the text when it does not. */
static size_t find_gap(struct bytes text)
{
	for (size_t i = 0; i + 1 < text.size; i++)
		if (text.data[i] == ':' && text.data[i + 1] == ':')
			return i;
	return text.size;
}

static bool read_ipv6(struct bytes text, uint8_t ret_address[PREFIX_ADDRESS_MAXIMUM])
{
	uint8_t head[PREFIX_ADDRESS_MAXIMUM] = { 0 }, tail[PREFIX_ADDRESS_MAXIMUM] = { 0 };
	size_t gap = find_gap(text), head_size = 0, tail_size = 0;
	struct bytes rest = { 0 };

	if (gap < text.size)
		rest = bytes_of(text.data + gap + 2, text.size - gap - 2);
	/* An IPv4 address may only stand at the very end. */
	if (gap < text.size && memchr(text.data, '.', gap) != NULL)
		return false;
	if (!read_groups(bytes_of(text.data, gap), head, &head_size) ||
	    !read_groups(rest, tail, &tail_size))
		return false;
	if (gap == text.size ? head_size != PREFIX_ADDRESS_MAXIMUM
	                     : head_size + tail_size > PREFIX_ADDRESS_MAXIMUM - 2)
		return false;
	memcpy(head + PREFIX_ADDRESS_MAXIMUM - tail_size, tail, tail_size);
	memcpy(ret_address, head, PREFIX_ADDRESS_MAXIMUM);
	return true;
}

void prefix_mask(struct prefix *prefix, unsigned length)
{
	for (unsigned i = 0; i < PREFIX_ADDRESS_MAXIMUM; i++) {
		if (i * 8 >= length)
			prefix->address[i] = 0;
		else if (length - i * 8 < 8)
			prefix->address[i] &= (uint8_t)(0xff << (8 - (length - i * 8)));
	}
	prefix->length = length;
}

static void unmap(struct prefix *prefix)
{
	if (prefix->identifier_class != IDENTIFIER_IPV6 || prefix->length < MAPPED_LENGTH ||
	    memcmp(prefix->address, mapped, sizeof(mapped)) != 0)
		return;
	prefix->identifier_class = IDENTIFIER_IPV4;
	prefix->length -= MAPPED_LENGTH;
	memmove(prefix->address, prefix->address + sizeof(mapped), IPV4_SIZE);
	memset(prefix->address + IPV4_SIZE, 0, PREFIX_ADDRESS_MAXIMUM - IPV4_SIZE);
}

/* What a sentence quotes. */
static const char *show(struct bytes text, char ret_shown[SHOWN])
{
	visible_copy(text, ret_shown, SHOWN);
	return ret_shown;
}

int prefix_read(enum identifier_class identifier_class, struct bytes text,
                struct prefix *ret_prefix, struct error *error)
{
	struct prefix prefix = { .identifier_class = identifier_class };
	uint64_t length = prefix_width(identifier_class);
	struct bytes rest = text, address;
	char shown[SHOWN];

	if (bytes_cut(&rest, '/', &address) && text_parse_number(rest, length, &length) != OK)
		return error_set(error, ERROR_SYNTAX,
		                 "after the / in '%s' stands no number from 0 to %u",
		                 show(text, shown), prefix_width(identifier_class));
	if (identifier_class == IDENTIFIER_IPV4 && !read_ipv4(address, prefix.address))
		return error_set(error, ERROR_SYNTAX, "'%s' is no IPv4 address or prefix",
		                 show(text, shown));
	if (identifier_class == IDENTIFIER_IPV6 && !read_ipv6(address, prefix.address))
		return error_set(error, ERROR_SYNTAX, "'%s' is no IPv6 address or prefix",
		                 show(text, shown));
	prefix_mask(&prefix, (unsigned)length);
	unmap(&prefix);
	*ret_prefix = prefix;
	return OK;
}

/* The longest run of two or more zero groups, the first of equal ones (RFC 5952 section 4.2);
 * its length is 0 when there is none. */
static void find_zeros(const uint8_t *address, size_t *ret_from, size_t *ret_count)
{
	size_t from = 0, count = 0;

	for (size_t i = 0; i < GROUPS; i++) {
		size_t end = i;

		while (end < GROUPS && address[2 * end] == 0 && address[2 * end + 1] == 0)
			end++;
		if (end - i > count && end - i >= 2) {
			from = i;
			count = end - i;
		}
		if (end > i)
			i = end;
	}
	*ret_from = from;
	*ret_count = count;
}

static size_t print_ipv6(const uint8_t *address, char text[IDENTIFIER_CAPACITY])
{
	size_t from, count, size = 0;

	find_zeros(address, &from, &count);
	for (size_t i = 0; i < GROUPS; i++) {
		if (count > 0 && i == from) {
			text[size++] = ':';
			text[size++] = ':';
			i += count - 1;
			continue;
		}
		if (i > 0 && !(count > 0 && i == from + count))
			text[size++] = ':';
		size += (size_t)snprintf(text + size, IDENTIFIER_CAPACITY - size, "%x",
		                         (unsigned)address[2 * i] << 8 | address[2 * i + 1]);
	}
	return size;
}

void prefix_print(const struct prefix *prefix, struct identifier *ret_identifier)
{
	const uint8_t *address = prefix->address;
	char *text = ret_identifier->text;
	size_t size;

	if (prefix->identifier_class == IDENTIFIER_IPV4)
		size = (size_t)snprintf(text, IDENTIFIER_CAPACITY, "%u.%u.%u.%u", address[0],
		                        address[1], address[2], address[3]);
	else
		size = print_ipv6(address, text);
	size += (size_t)snprintf(text + size, IDENTIFIER_CAPACITY - size, "/%u", prefix->length);
	ret_identifier->identifier_class = prefix->identifier_class;
	ret_identifier->size = size;
}

bool prefix_of(const struct identifier *identifier, struct prefix *ret_prefix)
{
	if (identifier->identifier_class != IDENTIFIER_IPV4 &&
	    identifier->identifier_class != IDENTIFIER_IPV6)
		return false;
	return prefix_read(identifier->identifier_class, identifier_view(identifier), ret_prefix,
	                   NULL) == OK;
}

bool prefix_covers(const struct prefix *one, const struct prefix *other)
{
	struct prefix cut = *other;

	if (one->identifier_class != other->identifier_class || one->length > other->length)
		return false;
	prefix_mask(&cut, one->length);
	return memcmp(cut.address, one->address, address_size(one)) == 0;
}
