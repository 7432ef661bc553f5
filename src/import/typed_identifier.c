#include "typed_identifier.h"

#include <idn2.h>
#include <strings.h>

#include "visible.h"

/* Marks a text for translation where it is shown. */
#define N_(text) text

enum { TYPED_CAPACITY = 4 * IDENTIFIER_CAPACITY, SHOWN = 96, FLAGS = IDN2_NONTRANSITIONAL };

static int refuse(struct bytes text, const char *why, struct error *error)
{
	char shown[SHOWN];

	visible_copy(text, shown, sizeof(shown));
	return error_set(error, ERROR_SYNTAX, "'%s' is no domain: %s", shown, why);
}

/* A-labels of a domain that is not ASCII. */
static int make_ascii(struct bytes text, struct identifier *identifier, struct error *error)
{
	char typed[TYPED_CAPACITY], *ascii = NULL;
	int found, r;

	if (bytes_to_string(text, typed, sizeof(typed)) != OK)
		return refuse(text, N_("it is too long"), error);
	found = idn2_to_ascii_8z(typed, &ascii, FLAGS);
	if (found != IDN2_OK)
		return refuse(text, idn2_strerror(found), error);
	r = identifier_read(IDENTIFIER_DOMAIN, bytes_of_string(ascii), identifier, error);
	idn2_free(ascii);
	return r;
}

static bool has_a_label(const char *text)
{
	return strncmp(text, "xn--", 4) == 0 || strstr(text, ".xn--") != NULL;
}

/* A-labels must come back as they are from what they stand for. */
static int check_a_labels(const struct identifier *identifier, struct error *error)
{
	char *unicode = NULL, *ascii = NULL;
	int found = idn2_to_unicode_8z8z(identifier->text, &unicode, 0);
	bool same = false;

	if (found == IDN2_OK)
		found = idn2_to_ascii_8z(unicode, &ascii, FLAGS);
	if (found == IDN2_OK)
		same = strcmp(ascii, identifier->text) == 0;
	idn2_free(unicode);
	idn2_free(ascii);
	if (found != IDN2_OK)
		return refuse(identifier_view(identifier), idn2_strerror(found), error);
	return same ? OK
	            : refuse(identifier_view(identifier),
	                     N_("what it stands for has another spelling"), error);
}

/* After the core has read, or could not. */
static int conclude_reading(int r, struct bytes text, struct identifier *identifier,
                            struct error *error)
{
	if (r == ERROR_UNSUPPORTED)
		r = make_ascii(text, identifier, error);
	if (r == OK && identifier->identifier_class == IDENTIFIER_DOMAIN &&
	    has_a_label(identifier->text))
		r = check_a_labels(identifier, error);
	return r;
}

int typed_identifier_read(enum identifier_class identifier_class, struct bytes text,
                          struct identifier *ret_identifier, struct error *error)
{
	struct identifier identifier;
	int r = identifier_read(identifier_class, text, &identifier, error);

	if ((r = conclude_reading(r, text, &identifier, error)) == OK)
		*ret_identifier = identifier;
	return r;
}

int typed_identifier_recognize(struct bytes text, struct identifier *ret_identifier,
                               struct error *error)
{
	static const char prefix[] = "domain:";
	struct identifier identifier;
	int r = identifier_recognize(text, &identifier, error);

	if (r == ERROR_UNSUPPORTED && bytes_begin_with(text, bytes_of_string(prefix)))
		text = bytes_of(text.data + sizeof(prefix) - 1, text.size - (sizeof(prefix) - 1));
	if ((r = conclude_reading(r, text, &identifier, error)) == OK)
		*ret_identifier = identifier;
	return r;
}
