/* A working translation: what somebody of one's own side made of a body in
 * another language, for oneself. It commits nobody: it is kept by the person,
 * never logged, sent, recorded or disclosed.
 *
 *     chirograph.working/1
 *     channel <id>
 *     act south-3
 *     body <body root of the act, base64>
 *     language ru
 *     by Ivanova, translator
 *     made 2026-11-29T02:10:00Z
 *
 *     The text, as a text of a body is written (see part_split_text).
 *
 * Bound to the body root: it is shown with no other text. At most 4 MiB.
 */
#ifndef WORKING_H
#define WORKING_H

#include "act.h"
#include "part.h"

enum { WORKING_SIZE_MAXIMUM = 4 << 20, WORKING_BY_CAPACITY = 257 };

struct working {
	char channel[CHANNEL_ID_CAPACITY];
	char act[ACT_NAME_CAPACITY];
	struct hash body;
	char language[PART_LANGUAGE_CAPACITY];
	char by[WORKING_BY_CAPACITY];
	timestamp made;
	struct bytes text; /* view */
};

/* Parses the whole of `text`, in its one spelling; views into it. */
int working_parse(struct bytes text, struct working *ret_working, struct error *error);
/* Appends it. What is printed parses, or nothing is. */
int working_print(const struct working *working, struct buffer *buffer, struct error *error);

#endif
