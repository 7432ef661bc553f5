#include "identifier_class.h"

static const char *const names[IDENTIFIER_CLASS_COUNT] = {
	"ipv4", "ipv6", "asn", "domain", "certificate", "spki",
};

const char *identifier_class_name(enum identifier_class identifier_class)
{
	return names[identifier_class];
}

bool identifier_class_named(struct bytes name, enum identifier_class *ret_class)
{
	for (size_t i = 0; i < IDENTIFIER_CLASS_COUNT; i++)
		if (bytes_equal(name, bytes_of_string(names[i]))) {
			*ret_class = (enum identifier_class)i;
			return true;
		}
	return false;
}
