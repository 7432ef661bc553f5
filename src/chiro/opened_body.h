/* Opening a sealed body on the reader's side. A child process (see reader.h)
 * decrypts and takes apart; this process never does, and checks again that the
 * parts which it is given are those that the act commits to. */
#ifndef OPENED_BODY_H
#define OPENED_BODY_H

#include <jansson.h>

#include "seal.h"
#include "spool.h"

struct opened_part {
	struct part_line line;
	struct bytes content; /* view into the body */
};

/* The parts of a body that was opened and is what its act says. */
struct opened_body {
	size_t count;
	struct opened_part *parts;
	struct spool content; /* of all of them */
};

/* What an ACT of the API says about its body. ERROR_NOT_FOUND: it has none;
 * ERROR_SYNTAX. */
int body_reference_of(const json_t *act, struct body_reference *ret_reference, struct error *error);
/* The most content that a body of this act may have. */
uint64_t body_content_maximum_of(const json_t *act);

/* Opens the blob (a file, read from its start). ERROR_SIGNATURE: it does not open
 * with this key; ERROR_MISMATCH: it opens and is not what the act says;
 * ERROR_IO: the reader could not work. Release with opened_body_release. */
int opened_body_open(int blob, const struct body_reference *reference, uint64_t content_maximum,
                     const struct age_file_key *file_key, struct opened_body *ret_body,
                     struct error *error);

/* What main does when its one argument is this word: it is that child, whose
 * descriptor 3 is the socket. Returns the exit status. */
#define OPENED_BODY_READER "--reader"
int opened_body_reader(void);

/* Wipes and frees. */
void opened_body_release(struct opened_body *body);

#endif
