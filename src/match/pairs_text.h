/* The first part of a match-only list's body: what the labels of its pairs refer to.
 *
 *     chirograph.pairs/1
 *     scheme US-16                          optional: whose rows the labels' sectors are
 *     contact 1 soc@grid.example, day and night
 *     contact 2 duty officer of the ministry
 *
 * Contacts are numbered from 1 without gaps. The other side reads all of this, whether it
 * ever has a hit or not: what is to be seen only by who has one has no place here.
 */
#ifndef PAIRS_TEXT_H
#define PAIRS_TEXT_H

#include "buffer.h"
#include "result.h"
#include "schemes.h"

#define PAIRS_TEXT_MEDIA_TYPE "text/vnd.chirograph.pairs"
#define PAIRS_MEDIA_TYPE      "application/vnd.chirograph.pairs"

enum {
	PAIRS_CONTACTS_MAXIMUM = 255,
	PAIRS_CONTACT_MAXIMUM = 512, /* bytes of one: LIST_CONTACT_MAXIMUM */
	PAIRS_TEXT_MAXIMUM = 64 + PAIRS_CONTACTS_MAXIMUM * (PAIRS_CONTACT_MAXIMUM + 16)
};

/* Views into the text, or into what its author holds. */
struct pairs_text {
	enum sector_scheme scheme; /* SCHEME_NONE: no line */
	size_t contact_count;
	struct bytes contacts[PAIRS_CONTACTS_MAXIMUM]; /* contact n at n - 1 */
};

/* In its one spelling. ERROR_SYNTAX, ERROR_LIMIT. */
int pairs_text_parse(struct bytes text, struct pairs_text *ret_text, struct error *error);

/* Appends the text. ERROR_LIMIT, ERROR_SYNTAX: what could not be read again. */
int pairs_text_print(const struct pairs_text *text, struct buffer *buffer);

/* The number of a contact, which is added where it is new; the view must live as long as
 * `text`. 0 for an empty one. ERROR_LIMIT: there are PAIRS_CONTACTS_MAXIMUM others. */
int pairs_text_add_contact(struct pairs_text *text, struct bytes contact, uint8_t *ret_number);

#endif
