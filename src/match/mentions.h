/* Identifiers that a text mentions, and what of them is on a list.
 *
 *     mentions_init(&mentions, identifier_recognize);
 *     mentions_find(&mentions, text);                   each text
 *     mentions_sort(&mentions);
 *     mentions_match(&mentions, list, visit, context, &error);     each list
 *     mentions_release(&mentions);
 *
 * Found are addresses, prefixes, numbers of autonomous systems, hashes and domains, also in
 * addresses of the web and of mail, with ports, and as reports write what must not be clicked
 * on (`hxxp://grid[.]example`). Much that looks like a domain is none; a list tells. */
#ifndef MENTIONS_H
#define MENTIONS_H

#include "list_text.h"

enum { MENTIONS_MAXIMUM = 65536 };

struct mention {
	struct identifier identifier;
	size_t wider; /* once sorted: the narrowest other one that contains it */
};

typedef int mention_reader(struct bytes text, struct identifier *ret_identifier,
                           struct error *error);

struct mentions {
	mention_reader *read; /* identifier_recognize, or one that knows other scripts */
	struct mention *items;
	size_t count, capacity;
	bool more; /* there were more than MENTIONS_MAXIMUM */
};

void mentions_init(struct mentions *mentions, mention_reader *read);
void mentions_release(struct mentions *mentions);

/* Adds what a text mentions; bytes that are no text end words. ERROR_MEMORY. */
int mentions_find(struct mentions *mentions, struct bytes text);

/* Puts them in order, each once. */
void mentions_sort(struct mentions *mentions);

/* Visits what of a list is mentioned, once for each mention and identifier of an entry: the
 * mention is that identifier, lies within it, or is a prefix that contains it. What `visit`
 * returns other than OK ends it. ERROR_MEMORY; the errors of the reader. */
int mentions_match(const struct mentions *mentions, struct bytes list,
                   int (*visit)(void *context, const struct mention *mention,
                                const struct list_entry *entry,
                                const struct list_identifier *identifier),
                   void *context, struct error *error);

#endif
