/* Bodies on the author's side: what a person gives becomes parts; the parts
 * are sealed to two recipients into a blob in a temporary file; the blob is
 * uploaded in pieces, going on where an earlier upload ended. */
#ifndef SEALING_H
#define SEALING_H

#include "api.h"
#include "seal.h"

/* What a person gives. Strings and views are borrowed. */
struct body_draft {
	const char *subject;      /* NULL: none */
	struct bytes text;        /* UTF-8; empty: no paragraphs */
	const char *language;     /* NULL: untagged */
	bool is_translation;      /* of the text parts; authentic otherwise */
	const char *const *files; /* attachments */
	size_t file_count;
};

/* A sealed body, ready for its act. */
struct sealed_body {
	uint64_t parts;
	struct hash root;
	struct sealed sealed;
	int blob; /* descriptor of an unlinked temporary file */
};

/* Builds and seals. ERROR_SYNTAX (the text), ERROR_LIMIT, ERROR_IO … with a
 * sentence. Release with sealed_body_release. */
int sealed_body_make(const struct body_draft *draft,
                     const struct x25519_public recipients[SEAL_RECIPIENTS],
                     struct sealed_body *ret_body, struct error *error);
void sealed_body_release(struct sealed_body *body);

/* Uploads the blob of a body, with a progress line. */
int sealed_body_upload(const struct sealed_body *body, struct api *api, const char *channel,
                       struct error *error);

#endif
