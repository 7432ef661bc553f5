/* From what a person says to the text of an act, driven by the kinds table: the
 * options of a kind, prompts for what it requires, references resolved by the
 * node, the body sealed. Nothing is signed or sent here. */
#ifndef DRAFTING_H
#define DRAFTING_H

#include "act.h"
#include "options.h"
#include "sealing.h"
#include "which_channel.h"

enum {
	DRAFT_ROWS_MAXIMUM = 40,
	DRAFT_NAME_CAPACITY = 48,
	DRAFT_PREVIEW_MAXIMUM = 1 << 20,
	DRAFT_PENDING_SECONDS = 7 * 86400 /* that an act waits for its second signature */
};

/* The options of one kind. */
struct draft_usage {
	struct usage usage;
	struct option_row rows[DRAFT_ROWS_MAXIMUM];
	char command[DRAFT_NAME_CAPACITY];               /* "act propose" */
	char names[FIELDS_MAXIMUM][DRAFT_NAME_CAPACITY]; /* of the options of its fields */
	char helps[FIELDS_MAXIMUM][256];
};

/* Fills in the options that acts of this kind take. Points into itself. */
void draft_usage_init(struct draft_usage *usage, const struct kind *kind);

/* A draft; release with draft_release. */
struct draft_act {
	struct act act;                       /* views into the buffers below */
	struct buffer values[FIELDS_MAXIMUM]; /* of the fields */
	struct buffer text;                   /* the text to be signed */
	struct buffer preview;                /* what its body says, as people are shown it */
	struct buffer charter; /* that an amend puts in force, empty otherwise: given first */
	bool has_body;         /* a blob goes with it */
	struct sealed_body body;
};

struct prepared_body; /* acting.h */

/* Makes the draft; its body is `prepared` where that is not NULL. ERROR_USAGE for what is missing or wrong, with a sentence that
 * names the option; the results of the node, of files and of sealing. */
int draft_make(const struct draft_usage *usage, const struct kind *kind,
               const struct options *options, struct node *node, struct prepared_body *prepared,
               struct draft_act *ret_draft, struct error *error);
void draft_release(struct draft_act *draft);

/* An act that the draft names, as the node shows it; the caller drops it. */
int draft_resolve(const struct node *node, const char *name, struct act_reference *ret_reference,
                  json_t **ret_act, struct error *error);

#endif
