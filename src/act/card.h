/* The party card: what one side hands to the other before a charter exists.
 *
 *     chirograph.card/1
 *     party north
 *     …                       the party's block, as in the charter
 *
 * The two sides compare its fingerprint by voice (words.h in crypto): SHA-256
 * of the text.
 */
#ifndef CARD_H
#define CARD_H

#include "charter.h"

enum { CARD_SIZE_MAXIMUM = 16 * 1024 };

/* Views in ret_party point into `text`, which must outlive it. */
int card_parse(struct bytes text, struct party *ret_party, struct error *error);
int card_print(const struct party *party, struct buffer *buffer, struct error *error);

/* The party's block itself, shared by card and charter. */
struct text_reader;
int party_parse(struct text_reader *reader, struct party *ret_party, struct error *error);
int party_print(const struct party *party, struct buffer *buffer, struct error *error);

#endif
