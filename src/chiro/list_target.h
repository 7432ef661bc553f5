/* A match-only list of the other side's that is asked: the version in force, what it commits to,
 * and the pairs in its body, which are checked against that before anything is asked. */
#ifndef LIST_TARGET_H
#define LIST_TARGET_H

#include "class_commitment.h"
#include "opened_body.h"
#include "pairs.h"
#include "pairs_text.h"
#include "rules.h"
#include "which_channel.h"

/* One class of identifiers. */
struct list_class {
	bool used; /* the list has identifiers of it */
	struct class_commitment commitment;
	uint64_t left_today, left; /* evaluations, by the own node's count */
	struct bytes content;      /* the pairs */
};

struct list_target {
	char list[ACT_NAME_CAPACITY];    /* the opening act */
	char version[ACT_NAME_CAPACITY]; /* the act whose commitment is in force */
	struct hash leaf;                /* of the opening act */
	uint64_t epoch;
	uint64_t budget_day, budget_list;
	struct list_class classes[IDENTIFIER_CLASS_COUNT];
	bool opened; /* the body is */
	struct opened_body body;
	struct pairs_text text; /* contacts and scheme; views into the body */
	/* Of a question on record, what its evidence names; "" otherwise. */
	char query[ACT_NAME_CAPACITY], reply[ACT_NAME_CAPACITY];
};

/* Gives each page of the lists, as the API has it, to `visit`, whose result other than OK ends
 * it. */
int lists_each(struct node *node, int (*visit)(void *context, json_t *page), void *context,
               struct error *error);

/* Finds the list by the name of its opening act or of its version. ERROR_NOT_FOUND, ERROR_STATE:
 * it is ours, is not asked about, or is retired. Release with list_target_release. */
int list_target_find(struct node *node, const char *name, struct list_target *ret_target,
                     struct error *error);
/* The same, of any version of it, also of a list that is asked no more: for what was asked then. */
int list_target_find_version(struct node *node, const char *name, uint64_t epoch,
                             struct list_target *ret_target, struct error *error);
/* One of our own lists, in the version asked about: what a query of it means. */
int list_target_find_own(struct node *node, const char *name, uint64_t epoch,
                         struct list_target *ret_target, struct error *error);
/* Opens the body and checks the pairs of the classes wanted. ERROR_MISMATCH: they are not
 * those that the act commits to; `ret_class` says of which class. */
int list_target_open(struct node *node, const bool wanted[IDENTIFIER_CLASS_COUNT],
                     struct list_target *target, enum identifier_class *ret_class,
                     struct error *error);
void list_target_release(struct list_target *target);

/* The pairs as a source. */
struct byte_source list_class_pairs(const struct list_class *class_of);

/* The text of a contact's number; empty for none. */
struct bytes list_target_contact(const struct list_target *target, uint8_t contact);

#endif
