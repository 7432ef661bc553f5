/* The page by which one officer leaves a shift to the next.
 *
 *     chirograph.handover/1
 *     channel <id>
 *     party north
 *     author a.duty
 *     from 2026-11-28T18:00:00Z
 *     to 2026-11-29T06:00:00Z
 *     own 412                        entries of the party's log, and of the other one,
 *     theirs 398                     up to which it tells what happened
 *     (empty line)
 *     the page, in lines of the text format (text.h)
 *
 * The whole text is signed by its author, as SSHSIG in namespace `chirograph-handover`, and
 * may be signed by whoever takes over. It is kept by the party's own node. It stands in
 * no log, binds nobody and is shown to no other side.
 */
#ifndef HANDOVER_H
#define HANDOVER_H

#include "charter.h"

#define HANDOVER_NAMESPACE "chirograph-handover"

enum { HANDOVER_TEXT_MAXIMUM = 64 * 1024 };

struct handover {
	char channel[CHANNEL_ID_CAPACITY];
	char party[PARTY_ID_CAPACITY];
	char author[DELEGATE_NAME_CAPACITY];
	timestamp from, to;
	uint64_t own, theirs;
	struct bytes page; /* a view of the text */
};

/* ERROR_SYNTAX, ERROR_CANONICAL, ERROR_LIMIT, with the line. */
int handover_parse(struct bytes text, struct handover *ret_handover, struct error *error);
/* Appends the text. What is printed parses, or it is ERROR_SYNTAX. */
int handover_print(const struct handover *handover, struct buffer *buffer, struct error *error);

#endif
