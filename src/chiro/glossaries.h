/* The glossaries that are in force: carried by proposals that are accepted and not
 * denounced. Which they are is computed from the acts; their texts are opened once
 * and kept with the person's own sealed files (own_files.h). */
#ifndef GLOSSARIES_H
#define GLOSSARIES_H

#include "body_remarks.h"
#include "glossary.h"
#include "opened_body.h"
#include "which_channel.h"

enum { GLOSSARIES_NEWEST = 2000, GLOSSARIES_ALL = 0 };

/* Calls `visit` with each glossary in force and the act that carries it, in the order in
 * which their matters were opened; of the newest `matters` matters only, unless that
 * is GLOSSARIES_ALL. Ends with what `visit` returns other than OK. */
int glossaries_each(struct node *node, uint64_t matters,
                    int (*visit)(void *context, const char *act, struct bytes text), void *context,
                    struct error *error);

/* Says where one of the texts has a term in one language and the text in another
 * language has none of the renderings that are agreed. Texts that are absent are
 * passed over; so is what cannot be asked. */
struct glossary_text {
	const char *language;
	struct bytes text;
};
void glossaries_remark(struct node *node, const struct glossary_text *texts, size_t count,
                       struct body_remarks *remarks);

#endif
