#include "identifier.h"

#include "encoding.h"
#include "prefix.h"
#include "text.h"
#include "visible.h"

enum {
	ASN_CAPACITY = 24,
	HASH_DIGITS = 2 * HASH_SIZE,
	HASH_WITH_COLONS = 3 * HASH_SIZE - 1,
	BASE64_UNPADDED_SIZE = 43,
	SHOWN = 96
};
#define ASN_MAXIMUM UINT64_C(4294967295)

struct bytes identifier_view(const struct identifier *identifier)
{
	return bytes_of(identifier->text, identifier->size);
}

/* What a sentence quotes. */
static const char *show(struct bytes text, char ret_shown[SHOWN])
{
	visible_copy(text, ret_shown, SHOWN);
	return ret_shown;
}

static void set(struct identifier *identifier, enum identifier_class identifier_class,
                struct bytes text)
{
	identifier->identifier_class = identifier_class;
	identifier->size = text.size;
	memcpy(identifier->text, text.data, text.size);
	identifier->text[text.size] = '\0';
}

static uint8_t lower(uint8_t character)
{
	return character >= 'A' && character <= 'Z' ? (uint8_t)(character + ('a' - 'A'))
	                                            : character;
}

static bool is_digit(uint8_t character)
{
	return character >= '0' && character <= '9';
}

static bool is_hexadecimal(uint8_t character)
{
	return is_digit(character) || (lower(character) >= 'a' && lower(character) <= 'f');
}

/* Takes `word`, which is in lower case, off the front of the text, whatever its case there. */
static bool take(struct bytes *text, const char *word)
{
	size_t size = strlen(word);

	if (text->size < size)
		return false;
	for (size_t i = 0; i < size; i++)
		if (lower(text->data[i]) != (uint8_t)word[i])
			return false;
	*text = bytes_of(text->data + size, text->size - size);
	return true;
}

/* --- addresses ------------------------------------------------------------------- */

static int read_prefix(enum identifier_class identifier_class, struct bytes text,
                       struct identifier *ret_identifier, struct error *error)
{
	struct prefix prefix;
	int r;

	if ((r = prefix_read(identifier_class, text, &prefix, error)) == OK)
		prefix_print(&prefix, ret_identifier);
	return r;
}

/* --- autonomous systems ---------------------------------------------------------- */

/* `64496`, `1.10` (asdot). */
static bool parse_asn(struct bytes text, uint64_t *ret_number)
{
	struct bytes high;
	uint64_t upper, number;

	if (!bytes_cut(&text, '.', &high)) {
		if (text_parse_number(high, ASN_MAXIMUM, &number) != OK)
			return false;
	} else {
		if (text_parse_number(high, 65535, &upper) != OK ||
		    text_parse_number(text, 65535, &number) != OK)
			return false;
		number |= upper << 16;
	}
	*ret_number = number;
	return number > 0;
}

static int read_asn(enum identifier_class identifier_class, struct bytes text,
                    struct identifier *ret_identifier, struct error *error)
{
	char digits[ASN_CAPACITY], quoted[SHOWN];
	struct bytes rest = text;
	uint64_t number;

	if (take(&rest, "asn") || take(&rest, "as"))
		take(&rest, " ");
	if (!parse_asn(rest, &number))
		return error_set(error, ERROR_SYNTAX, "'%s' is no number of an autonomous system",
		                 show(text, quoted));
	snprintf(digits, sizeof(digits), "%llu", (unsigned long long)number);
	set(ret_identifier, identifier_class, bytes_of_string(digits));
	return OK;
}

/* --- domains --------------------------------------------------------------------- */

static struct bytes last_label(struct bytes domain)
{
	struct bytes label;

	while (bytes_cut(&domain, '.', &label))
		;
	return label;
}

/* An address would be a domain by its letters: no domain at the top is a number. */
static bool is_domain(struct bytes text)
{
	struct bytes label = last_label(text);
	bool digits = true;

	for (size_t i = 0; i < label.size; i++)
		digits = digits && is_digit(label.data[i]);
	return !digits && text_is_domain(text);
}

/* Why a text in small letters is no domain. */
static int refuse_domain(struct bytes text, struct bytes shown, struct error *error)
{
	char quoted[SHOWN];

	if (text.size > IDENTIFIER_MAXIMUM)
		return error_set(error, ERROR_SYNTAX, "'%s' is longer than a domain can be",
		                 show(shown, quoted));
	if (text.size == 0)
		return error_set(error, ERROR_SYNTAX, "there is no domain");
	if (memchr(text.data, '/', text.size) != NULL)
		return error_set(error, ERROR_SYNTAX,
		                 "'%s' is an address of the web or a path, not a domain",
		                 show(shown, quoted));
	if (memchr(text.data, '@', text.size) != NULL)
		return error_set(error, ERROR_SYNTAX, "'%s' is an address of mail, not a domain",
		                 show(shown, quoted));
	if (memchr(text.data, ':', text.size) != NULL)
		return error_set(error, ERROR_SYNTAX, "'%s' has a port: a domain has none",
		                 show(shown, quoted));
	if (memchr(text.data, '*', text.size) != NULL)
		return error_set(
		    error, ERROR_SYNTAX,
		    "'%s' has an asterisk: a domain stands for all that is below it anyway",
		    show(shown, quoted));
	if (memchr(text.data, '_', text.size) != NULL)
		return error_set(
		    error, ERROR_SYNTAX,
		    "'%s' has an underscore, which no name of a host has: the domain above it "
		    "stands for it",
		    show(shown, quoted));
	if (memchr(text.data, '.', text.size) == NULL)
		return error_set(error, ERROR_SYNTAX, "'%s' is no domain: it has only one label",
		                 show(shown, quoted));
	return error_set(error, ERROR_SYNTAX, "'%s' is no domain", show(shown, quoted));
}

static int read_domain(enum identifier_class identifier_class, struct bytes text,
                       struct identifier *ret_identifier, struct error *error)
{
	uint8_t small[IDENTIFIER_MAXIMUM + 1];
	struct bytes name;
	size_t size = text.size;

	for (size_t i = 0; i < text.size; i++)
		if (text.data[i] >= 0x80)
			return error_set(error, ERROR_UNSUPPORTED,
			                 "the domain has letters that are not ASCII");
	if (size > sizeof(small))
		return refuse_domain(text, text, error);
	for (size_t i = 0; i < size; i++)
		small[i] = lower(text.data[i]);
	if (size > 1 && small[size - 1] == '.')
		size--;
	name = bytes_of(small, size);
	if (!is_domain(name))
		return refuse_domain(name, text, error);
	set(ret_identifier, identifier_class, name);
	return OK;
}

/* --- hashes ---------------------------------------------------------------------- */

static bool parse_hexadecimal(struct bytes text, char ret_digits[HASH_DIGITS])
{
	bool colons = text.size == HASH_WITH_COLONS;
	size_t count = 0;

	if (text.size != HASH_DIGITS && !colons)
		return false;
	for (size_t i = 0; i < text.size; i++) {
		if (colons && i % 3 == 2) {
			if (text.data[i] != ':')
				return false;
		} else if (is_hexadecimal(text.data[i])) {
			ret_digits[count++] = (char)lower(text.data[i]);
		} else {
			return false;
		}
	}
	return true;
}

static bool parse_base64(struct bytes text, char ret_digits[HASH_DIGITS])
{
	char padded[BASE64_UNPADDED_SIZE + 1], digits[HASH_HEX_CAPACITY];
	struct hash hash;

	if (text.size != BASE64_UNPADDED_SIZE && text.size != sizeof(padded))
		return false;
	memcpy(padded, text.data, text.size);
	padded[sizeof(padded) - 1] = '=';
	if ((text.size == sizeof(padded) && text.data[BASE64_UNPADDED_SIZE] != '=') ||
	    base64_decode_fixed(bytes_of(padded, sizeof(padded)), hash.bytes, HASH_SIZE) != OK)
		return false;
	hash_to_hex(&hash, digits);
	memcpy(ret_digits, digits, HASH_DIGITS);
	return true;
}

static int read_hash(enum identifier_class identifier_class, struct bytes text,
                     struct identifier *ret_identifier, struct error *error)
{
	char digits[HASH_DIGITS], quoted[SHOWN];
	struct bytes rest = text;

	if (!take(&rest, "sha256/"))
		take(&rest, "sha256:");
	if (!parse_hexadecimal(rest, digits) && !parse_base64(rest, digits))
		return error_set(error, ERROR_SYNTAX, "'%s' is no SHA-256 in hexadecimal or base64",
		                 show(text, quoted));
	set(ret_identifier, identifier_class, bytes_of(digits, sizeof(digits)));
	return OK;
}

/* --- any ------------------------------------------------------------------------- */

typedef int read_function(enum identifier_class identifier_class, struct bytes text,
                          struct identifier *ret_identifier, struct error *error);

static read_function *const readers[IDENTIFIER_CLASS_COUNT] = {
	[IDENTIFIER_IPV4] = read_prefix,      [IDENTIFIER_IPV6] = read_prefix,
	[IDENTIFIER_ASN] = read_asn,          [IDENTIFIER_DOMAIN] = read_domain,
	[IDENTIFIER_CERTIFICATE] = read_hash, [IDENTIFIER_SPKI] = read_hash,
};

int identifier_read(enum identifier_class identifier_class, struct bytes text,
                    struct identifier *ret_identifier, struct error *error)
{
	return readers[identifier_class](identifier_class, text, ret_identifier, error);
}

int identifier_check(enum identifier_class identifier_class, struct bytes text)
{
	struct identifier identifier;
	int r;

	if ((r = identifier_read(identifier_class, text, &identifier, NULL)) != OK)
		return r == ERROR_UNSUPPORTED ? ERROR_SYNTAX : r;
	return identifier.identifier_class == identifier_class &&
	               bytes_equal(identifier_view(&identifier), text)
	           ? OK
	           : ERROR_CANONICAL;
}

/* Whether all characters are hexadecimal digits or among `others`. */
static bool made_of(struct bytes text, const char *others, bool hexadecimal)
{
	for (size_t i = 0; i < text.size; i++)
		if (!(hexadecimal ? is_hexadecimal(text.data[i]) : is_digit(text.data[i])) &&
		    (text.data[i] == '\0' || strchr(others, text.data[i]) == NULL))
			return false;
	return text.size > 0;
}

static bool has(struct bytes text, char character)
{
	return text.size > 0 && memchr(text.data, character, text.size) != NULL;
}

/* A name of a class and a colon at the front. */
static bool take_class(struct bytes *text, enum identifier_class *ret_class)
{
	struct bytes rest = *text, name;

	if (!bytes_cut(&rest, ':', &name) || !identifier_class_named(name, ret_class))
		return false;
	*text = rest;
	return true;
}

static enum identifier_class class_by_spelling(struct bytes text)
{
	struct bytes rest = text;
	char digits[HASH_DIGITS];

	if (take(&rest, "sha256/"))
		return IDENTIFIER_SPKI;
	if (take(&rest, "sha256:") || parse_hexadecimal(text, digits))
		return IDENTIFIER_CERTIFICATE;
	if ((take(&rest, "asn") || take(&rest, "as")) && made_of(rest, " .", false))
		return IDENTIFIER_ASN;
	if (made_of(text, "./", false) && (has(text, '.') || has(text, '/')))
		return IDENTIFIER_IPV4;
	if (made_of(text, ":./", true) && has(text, ':'))
		return IDENTIFIER_IPV6;
	return IDENTIFIER_DOMAIN;
}

int identifier_recognize(struct bytes text, struct identifier *ret_identifier, struct error *error)
{
	enum identifier_class identifier_class;
	struct bytes rest = text;
	char quoted[SHOWN];

	if (take_class(&rest, &identifier_class))
		return identifier_read(identifier_class, rest, ret_identifier, error);
	if (made_of(text, "", false))
		return error_set(
		    error, ERROR_SYNTAX,
		    "'%s' is a number alone: a number of an autonomous system begins with AS",
		    show(text, quoted));
	return identifier_read(class_by_spelling(text), text, ret_identifier, error);
}

bool identifier_covers(const struct identifier *one, const struct identifier *other)
{
	struct prefix prefixes[2];
	size_t above;

	if (one->identifier_class != other->identifier_class)
		return false;
	if (prefix_of(one, &prefixes[0]) && prefix_of(other, &prefixes[1]))
		return prefix_covers(&prefixes[0], &prefixes[1]);
	if (bytes_equal(identifier_view(one), identifier_view(other)))
		return true;
	if (one->identifier_class != IDENTIFIER_DOMAIN || one->size + 1 >= other->size)
		return false;
	above = other->size - one->size;
	return other->text[above - 1] == '.' &&
	       memcmp(other->text + above, one->text, one->size) == 0;
}

static size_t domains_above(const struct identifier *asked, struct identifier *questions)
{
	struct bytes rest = identifier_view(asked), label;
	size_t count = 0;

	while (has(rest, '.') && count < IDENTIFIER_QUESTIONS_MAXIMUM) {
		set(&questions[count++], IDENTIFIER_DOMAIN, rest);
		bytes_cut(&rest, '.', &label);
	}
	return count;
}

size_t identifier_questions(const struct identifier *asked, const bool *lengths,
                            struct identifier *ret_questions)
{
	struct prefix prefix;
	size_t count = 0;

	if (asked->identifier_class == IDENTIFIER_DOMAIN)
		return domains_above(asked, ret_questions);
	if (!prefix_of(asked, &prefix)) {
		ret_questions[0] = *asked;
		return 1;
	}
	for (int length = (int)prefix.length; length >= 0; length--)
		if (lengths[length]) {
			prefix_mask(&prefix, (unsigned)length);
			prefix_print(&prefix, &ret_questions[count++]);
		}
	return count;
}
