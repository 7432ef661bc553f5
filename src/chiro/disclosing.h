/* Choosing what a bundle discloses, from a node or from an exported record; and saying
 * beforehand what that reveals. Shared by command_disclose.c and disclos*.c. */
#ifndef DISCLOSING_H
#define DISCLOSING_H

#include "bundle_writer.h"
#include "opened_body.h"
#include "options.h"
#include "record_reader.h"
#include "which_channel.h"

struct node_record;

struct disclosing {
	/* Where it comes from: a node, or else a record. */
	struct node node;
	struct node_record *node_record;
	struct record_reader *reader;
	struct record_source source;
	const char *identity; /* an age identity file, or NULL */
	struct bundle_writer *writer;
	const struct rules *rules;      /* the writer's */
	const struct bundle_text *text; /* once settled */
};

/* Opens the source and reads both logs. Complains itself; -1 to go on, else the exit status.
 * Release with disclosing_close, also when it failed. */
int disclosing_open(const struct options *options, struct disclosing *disclosing);
void disclosing_close(struct disclosing *disclosing);

/* Opens the body of an act: all its parts, checked against what the act says.
 * ERROR_NOT_FOUND: it has none, or it stays sealed here. */
int disclosing_body(struct disclosing *disclosing, struct act_place place,
                    struct opened_body *ret_body, struct error *error);

/* Adds one part of an opened body; all of its parts. */
int disclosing_add_part(struct disclosing *disclosing, struct act_place place,
                        const struct opened_body *body, size_t number, struct error *error);
int disclosing_add_all(struct disclosing *disclosing, struct act_place place, struct error *error);

/* The number of the n-th paragraph of a body, 0 when it has not so many. */
size_t paragraph_part(const struct opened_body *body, uint64_t paragraph);

/* Says what the bundle would reveal, and warns. The same in a document, the caller's. */
void disclosure_preview(const struct disclosing *disclosing);
json_t *disclosure_document(const struct disclosing *disclosing, const char *directory);

/* Says what a settled bundle reveals, asks unless `options` have `yes`, and writes it into
 * a new directory; with `json` in the options it says so in a document. `purpose` NULL: a
 * plain disclosure. ERROR_USAGE where nobody can be asked, ERROR_DENIED when the answer
 * is no, and what bundle_writer_write says. */
int disclosing_write(const struct disclosing *disclosing, const struct options *options,
                     const struct bundle_purpose *purpose, const char *directory,
                     struct error *error);

#endif
