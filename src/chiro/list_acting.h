/* What `chiro list commit|reveal|update|retire` share: the options of who signs, the words of
 * the act that they make of what they were given, and which of the own lists is meant. */
#ifndef LIST_ACTING_H
#define LIST_ACTING_H

#include "act.h"
#include "acting.h"
#include "class_commitment.h"
#include "options.h"
#include "which_channel.h"

/* Rows of the options that go on to the act. */
#define LIST_ACT_ROWS                                                                              \
	{ .name = "marking",                                                                       \
	  .value = N_("TLP"),                                                                      \
	  .help = N_("TLP:RED, TLP:AMBER+STRICT, TLP:AMBER, TLP:GREEN or TLP:CLEAR") },            \
	    { .name = "not-after",                                                                 \
	      .value = N_("TIME"),                                                                 \
	      .help = N_("until when the signed act may be logged") },                             \
	    { .name = "cosigner",                                                                  \
	      .value = N_("NAME"),                                                                 \
	      .help = N_("a second person who signs the same text, such as b.deputy") },           \
	    { .name = "cosigner-key",                                                              \
	      .value = N_("FILE"),                                                                 \
	      .help = N_("the cosigner's SSH key; without it the act waits with the node until "   \
		         "the cosigner signs it: see 'chiro help pending'") },                     \
	    { .name = "eyes-heads",                                                                \
	      .help = N_("seal the body to the two heads only: the nodes cannot read it") },       \
	    { .name = "draft",                                                                     \
	      .value = N_("FILE"),                                                                 \
	      .help = N_("write the text to a file instead of signing it; chiro send logs it") },  \
	{                                                                                          \
		.name = "yes", .help = N_("do not show and ask before signing")                    \
	}

/* The words of `chiro act`, collected. */
enum { LIST_WORDS_MAXIMUM = OPTIONS_MAXIMUM * 2 + 32, LIST_WORDS_SIZE = 16384 };
struct list_words {
	int count;
	char *words[LIST_WORDS_MAXIMUM];
	char text[LIST_WORDS_SIZE];
	size_t used;
};

/* The name of a kind; then options and their values. What does not fit is ERROR_LIMIT when the
 * act is run. */
void list_words_begin(struct list_words *words, const char *kind);
void list_words_put(struct list_words *words, const char *option, const char *value);
void list_words_put_number(struct list_words *words, const char *option, uint64_t value);
/* A field for every class that has a commitment. ERROR_MEMORY. */
int list_words_put_classes(struct list_words *words,
                           const struct class_commitment classes[IDENTIFIER_CLASS_COUNT]);
/* Those of LIST_ACT_ROWS and of who signs that were given. */
void list_words_pass(struct list_words *words, const struct options *options);
/* Makes the act; returns the exit status. */
int list_words_run(struct list_words *words, struct prepared_body *prepared);
/* The same of a command whose act was prepared with the result `r`; where that is not OK, says
 * why there is none. */
int list_words_conclude(struct list_words *words, struct prepared_body *prepared,
                        const struct usage *usage, int r, struct error *error);

/* --- which list --------------------------------------------------------------------------- */

/* An own list that has been committed to, as the node knows it. */
struct own_list {
	char list[ACT_NAME_CAPACITY]; /* the opening act */
	char mode[16];                /* opened, match-only, swap */
	uint64_t epoch;               /* of the version in force */
	bool revealed;
	bool paired;            /* of a swap: the other side has committed to its own list too */
	struct hash commitment; /* of a match-only list, the root of its first class */
};

/* That which is meant by the name of an own list or of its opening act (or of the act of its
 * version in force); with `name` NULL the only one there is. Retired and rejected ones do
 * not count. ERROR_NOT_FOUND; ERROR_USAGE: several could be meant. */
int own_list_find(struct node *node, const char *name, struct own_list *ret_list,
                  struct error *error);

/* Remembers on this machine that this commitment, as in struct own_list, was made from the own
 * list of this name. */
int own_list_note(const struct node *node, const char *name, const struct hash *commitment,
                  struct error *error);

#endif
