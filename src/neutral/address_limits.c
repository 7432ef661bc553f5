#include "address_limits.h"

#include <netinet/in.h>

enum { MINUTE = 60000, WHOLE = 1000 /* thousandths */, NETWORK_SIZE = 8 };

static const uint8_t mapped_prefix[] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

void address_limits_init(struct address_limits *limits, uint64_t requests)
{
	memset(limits, 0, sizeof(*limits));
	limits->requests = requests;
}

static bool is_of_this_machine(const uint8_t bytes[ADDRESS_SIZE])
{
	if (memcmp(bytes, mapped_prefix, sizeof(mapped_prefix)) == 0)
		return bytes[sizeof(mapped_prefix)] == 127;
	return memcmp(bytes, &in6addr_loopback, ADDRESS_SIZE) == 0;
}

void address_read(const struct sockaddr *peer, struct address *ret_address)
{
	struct address address = { .limited = false };

	if (peer->sa_family == AF_INET) {
		memcpy(address.bytes, mapped_prefix, sizeof(mapped_prefix));
		memcpy(address.bytes + sizeof(mapped_prefix),
		       &((const struct sockaddr_in *)(const void *)peer)->sin_addr, 4);
		address.limited = !is_of_this_machine(address.bytes);
	} else if (peer->sa_family == AF_INET6) {
		memcpy(address.bytes, &((const struct sockaddr_in6 *)(const void *)peer)->sin6_addr,
		       ADDRESS_SIZE);
		address.limited = !is_of_this_machine(address.bytes);
		if (memcmp(address.bytes, mapped_prefix, sizeof(mapped_prefix)) != 0)
			memset(address.bytes + NETWORK_SIZE, 0, ADDRESS_SIZE - NETWORK_SIZE);
	}
	*ret_address = address;
}

static struct address_row *find(struct address_limits *limits, const struct address *address)
{
	for (size_t i = 0; i < ADDRESSES_MAXIMUM; i++)
		if (limits->rows[i].used &&
		    memcmp(limits->rows[i].bytes, address->bytes, ADDRESS_SIZE) == 0)
			return &limits->rows[i];
	return NULL;
}

/* A row for a new address; NULL when all have connections. */
static struct address_row *take_row(struct address_limits *limits)
{
	struct address_row *oldest = NULL;

	for (size_t i = 0; i < ADDRESSES_MAXIMUM; i++) {
		struct address_row *row = &limits->rows[i];

		if (!row->used)
			return row;
		if (row->connections == 0 && (oldest == NULL || row->seen < oldest->seen))
			oldest = row;
	}
	return oldest;
}

static void give_credit(const struct address_limits *limits, struct address_row *row, uint64_t now)
{
	uint64_t passed = now > row->seen ? now - row->seen : 0;
	uint64_t full = limits->requests * WHOLE;

	/* After a minute the credit is full, whatever it was. */
	if (passed >= MINUTE)
		row->credit = full;
	else
		row->credit += passed * full / MINUTE;
	if (row->credit > full)
		row->credit = full;
	row->seen = now;
}

bool address_connect(struct address_limits *limits, const struct address *address, uint64_t now)
{
	struct address_row *row;

	if (!address->limited)
		return true;
	row = find(limits, address);
	if (row == NULL) {
		if ((row = take_row(limits)) == NULL)
			return false;
		*row = (struct address_row){ .used = true,
			                     .credit = limits->requests * WHOLE,
			                     .seen = now };
		memcpy(row->bytes, address->bytes, ADDRESS_SIZE);
	}
	if (row->connections == ADDRESS_CONNECTIONS_MAXIMUM)
		return false;
	row->connections++;
	return true;
}

void address_disconnect(struct address_limits *limits, const struct address *address)
{
	struct address_row *row = address->limited ? find(limits, address) : NULL;

	if (row != NULL && row->connections > 0)
		row->connections--;
}

bool address_request(struct address_limits *limits, const struct address *address, uint64_t now)
{
	struct address_row *row = address->limited ? find(limits, address) : NULL;

	if (row == NULL)
		return !address->limited;
	give_credit(limits, row, now);
	if (row->credit < WHOLE)
		return false;
	row->credit -= WHOLE;
	return true;
}
