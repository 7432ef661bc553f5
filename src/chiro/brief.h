/* The brief for a head of delegation: one page about a channel. What is owed and overdue on
 * either side, silences, what is in force, lists, what may be said in public, leaks. */
#ifndef BRIEF_H
#define BRIEF_H

#include "page.h"
#include "which_channel.h"

struct brief_options {
	bool subjects;        /* open the bodies of what is named, for their subjects */
	const char *identity; /* for what is for the eyes of the heads; NULL: none */
	timestamp now;
};

/* Makes the page, in the language of the moment; release with page_release. What does not
 * fit into a section is counted. The results of api.h. */
int brief_make(struct node *node, const struct brief_options *options, struct page *ret_page,
               struct error *error);

#endif
