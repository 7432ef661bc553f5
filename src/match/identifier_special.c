/* Identifiers that name nobody: what everybody has, and what stands for everything. */
#include "identifier.h"
#include "prefix.h"
#include "text.h"

enum special { PRIVATE, OWN_HOST, OWN_LINK, GROUPS, RESERVED };

/* RFC 6890 and the registries that it names, without the prefixes of documentation. */
static const struct special_prefix {
	unsigned length;
	uint8_t address[4]; /* its beginning */
	enum special special;
} special_ipv4[] = {
	{ 8, { 0 }, OWN_HOST },        { 8, { 10 }, PRIVATE },
	{ 10, { 100, 64 }, PRIVATE },  { 8, { 127 }, OWN_HOST },
	{ 16, { 169, 254 }, OWN_LINK }, { 12, { 172, 16 }, PRIVATE },
	{ 16, { 192, 168 }, PRIVATE }, { 4, { 224 }, GROUPS },
	{ 4, { 240 }, RESERVED },
}, special_ipv6[] = {
	{ 7, { 0xfc }, PRIVATE },
	{ 10, { 0xfe, 0x80 }, OWN_LINK },
	{ 8, { 0xff }, GROUPS },
	{ 127, { 0 }, OWN_HOST }, /* :: and ::1 */
};

/* RFC 6996, RFC 7300, RFC 6793. */
static const struct special_asn {
	uint64_t from, to;
	enum special special;
} special_asns[] = {
	{ 23456, 23456, RESERVED },           { 64512, 65534, PRIVATE },
	{ 65535, 65535, RESERVED },           { 4200000000, 4294967294, PRIVATE },
	{ 4294967295, 4294967295, RESERVED },
};

static int refuse(enum special special, const char *text, struct error *error)
{
	switch (special) {
	case PRIVATE:
		return error_set(error, ERROR_DENIED,
		                 "%s is for private use: everybody may have it", text);
	case OWN_HOST:
		return error_set(error, ERROR_DENIED, "%s is a host's own: everybody has it", text);
	case OWN_LINK:
		return error_set(error, ERROR_DENIED,
		                 "%s is valid on one link only: everybody may have it", text);
	case GROUPS:
		return error_set(error, ERROR_DENIED, "%s is for groups: no one host has it", text);
	default:
		return error_set(error, ERROR_DENIED, "%s is reserved: nobody has it", text);
	}
}

static int check_asn(const struct identifier *identifier, struct error *error)
{
	uint64_t number;

	if (text_parse_number(identifier_view(identifier), UINT64_MAX, &number) != OK)
		return OK;
	for (size_t i = 0; i < sizeof(special_asns) / sizeof(special_asns[0]); i++)
		if (number >= special_asns[i].from && number <= special_asns[i].to)
			return refuse(special_asns[i].special, identifier->text, error);
	return OK;
}

static int check_prefix(const struct identifier *identifier, const struct special_prefix *rows,
                        size_t count, struct error *error)
{
	struct prefix prefix;

	if (!prefix_of(identifier, &prefix))
		return OK;
	if (prefix.length == 0)
		return error_set(error, ERROR_DENIED, "%s stands for every address",
		                 identifier->text);
	for (size_t i = 0; i < count; i++) {
		struct prefix row = { .identifier_class = prefix.identifier_class,
			              .length = rows[i].length };

		memcpy(row.address, rows[i].address, sizeof(rows[i].address));
		if (prefix_covers(&row, &prefix))
			return refuse(rows[i].special, identifier->text, error);
	}
	return OK;
}

int identifier_is_somebodys(const struct identifier *identifier, struct error *error)
{
	switch (identifier->identifier_class) {
	case IDENTIFIER_IPV4:
		return check_prefix(identifier, special_ipv4,
		                    sizeof(special_ipv4) / sizeof(special_ipv4[0]), error);
	case IDENTIFIER_IPV6:
		return check_prefix(identifier, special_ipv6,
		                    sizeof(special_ipv6) / sizeof(special_ipv6[0]), error);
	case IDENTIFIER_ASN:
		return check_asn(identifier, error);
	default:
		return OK;
	}
}
