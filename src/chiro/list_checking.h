/* What is asked of a list, and what became of it: shared by the commands that ask. */
#ifndef LIST_CHECKING_H
#define LIST_CHECKING_H

#include "asking.h"
#include "list_evidence.h"
#include "match_showing.h"

enum {
	LIST_STATUS_OPEN = 3, /* exit status: not all was answered, or an answer is a lie */
	LIST_SUBJECTS_MAXIMUM = 262144
};

/* What somebody wants to know of. */
struct list_subject {
	struct identifier identifier;
	size_t line; /* of the file; 0: none */
};

enum list_found { LIST_FOUND_HIT, LIST_FOUND_MISS, LIST_FOUND_OPEN, LIST_FOUND_COUNT };

struct list_checking {
	struct node *node;
	bool has_target;
	struct list_target target;
	size_t subject_count, subject_capacity;
	struct list_subject *subjects;
	size_t skipped; /* bad lines */
	bool settled;   /* what was asked is known, as far as it is */
	bool used[IDENTIFIER_CLASS_COUNT];
	struct asking askings[IDENTIFIER_CLASS_COUNT]; /* where used */
	uint64_t evaluated;
	/* A lie that is not in an asking: in the body, or in a reply. */
	bool evidence_pending;
	struct match_proof *proof;
	char evidence[EVIDENCE_PATH_CAPACITY]; /* where it was written; "" */
};

void list_checking_init(struct list_checking *checking, struct node *node);
void list_checking_release(struct list_checking *checking);

/* Reads what the command line names, after the list: identifiers, or lines of a file. Bad lines
 * are complained of, each. ERROR_USAGE, ERROR_SYNTAX, and those of files. */
int list_checking_read(struct list_checking *checking, const struct options *options,
                       struct error *error);
int list_checking_add(struct list_checking *checking, const struct identifier *identifier,
                      size_t line, struct error *error);

/* Finds the list that is named first, opens it, and settles what has to be asked. */
int list_checking_open(struct list_checking *checking, const struct options *options,
                       struct error *error);
/* The same of a version; 0: the one in force. */
int list_checking_open_named(struct list_checking *checking, const char *list, uint64_t epoch,
                             struct error *error);

/* How many evaluations can be asked now. */
uint64_t list_checking_left(const struct asking *asking);

/* Asks, with progress, as far as the budget goes; then what is left is read anew. */
int list_checking_run(struct list_checking *checking, struct error *error);

/* What has to be asked for a subject; what became of it. */
size_t list_checking_questions(const struct list_checking *checking,
                               const struct list_subject *subject,
                               struct identifier ret_questions[IDENTIFIER_QUESTIONS_MAXIMUM]);
enum list_found list_checking_found(const struct list_checking *checking,
                                    const struct list_subject *subject);

/* What shows a hit, or a label that is none. The results of pairs_path. */
int list_checking_prove_hit(const struct list_checking *checking, const struct asking_hit *hit,
                            struct match_proof *ret_proof);

/* Writes evidence of a lie, where there was one; complains itself. */
void list_checking_prove(struct list_checking *checking, const struct options *options);

/* The document of --json; the caller's. `failure` NULL: none. */
json_t *list_checking_document(const struct list_checking *checking, const struct error *failure);

#endif
