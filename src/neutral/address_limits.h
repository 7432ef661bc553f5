/* How much one address may ask: so many connections at a time, so many requests a
 * minute, no faster than they are given back. An IPv6 address stands for its /64,
 * which is what one customer has. Addresses of this machine are not limited: who
 * comes from there is a reverse proxy, and everybody comes through it.
 *
 * A fixed table. When it is full, the address that was seen least lately and has no
 * connection is forgotten. */
#ifndef ADDRESS_LIMITS_H
#define ADDRESS_LIMITS_H

#include "bytes.h"

#include <sys/socket.h>

enum {
	ADDRESS_SIZE = 16,
	ADDRESSES_MAXIMUM = 1024, /* more than there are connections */
	ADDRESS_CONNECTIONS_MAXIMUM = 16
};

struct address {
	bool limited;
	uint8_t bytes[ADDRESS_SIZE]; /* IPv4 as ::ffff:a.b.c.d */
};

struct address_row {
	bool used;
	uint8_t bytes[ADDRESS_SIZE];
	unsigned connections;
	uint64_t credit; /* thousandths of a request */
	uint64_t seen;   /* milliseconds */
};

struct address_limits {
	uint64_t requests; /* a minute, and in one burst */
	struct address_row rows[ADDRESSES_MAXIMUM];
};

void address_limits_init(struct address_limits *limits, uint64_t requests);

/* What is not an Internet address counts as of this machine. */
void address_read(const struct sockaddr *peer, struct address *ret_address);

/* True when the address may have one more connection, which is then counted, until
 * address_disconnect. `now` is monotonic milliseconds. */
bool address_connect(struct address_limits *limits, const struct address *address, uint64_t now);
void address_disconnect(struct address_limits *limits, const struct address *address);

/* True when an address with a connection may make a request, which is then counted. */
bool address_request(struct address_limits *limits, const struct address *address, uint64_t now);

#endif
