/* Bodies on the author's side: what a person gives becomes parts; the parts
 * are sealed to two recipients into a blob in a temporary file; the blob is
 * uploaded in pieces, going on where an earlier upload ended. */
#ifndef SEALING_H
#define SEALING_H

#include "api.h"
#include "seal.h"

/* The body's text in one language. */
struct body_text {
	const char *subject;  /* NULL: none */
	struct bytes text;    /* UTF-8; empty: no paragraphs */
	const char *path;     /* the file it is of, for complaints; NULL: none */
	const char *language; /* NULL: not said, and no standing */
	enum part_standing standing;
};

/* What a person gives; borrowed. */
struct body_draft {
	const struct body_text *texts;
	size_t text_count;
	const char *const *items; /* of an agenda, in the language of the first text */
	size_t item_count;
	struct bytes glossary;    /* the text of a glossary (glossary.h); empty: none */
	struct bytes fields;      /* the text of the part `fields` (fields.h); empty: none */
	struct bytes charter;     /* the text of an amended charter; empty: none */
	const char *const *files; /* attachments */
	size_t file_count;
};

/* A sealed body, ready for its act. */
struct sealed_body {
	uint64_t parts;
	struct hash root;
	uint64_t size;    /* of the blob */
	struct hash hash; /* SHA-256 of the blob */
	int blob;         /* descriptor of a temporary file without a name */
};

/* Builds and seals for author and receiver. ERROR_SYNTAX (a text), ERROR_LIMIT,
 * ERROR_IO … with a sentence. Release with sealed_body_release. */
int sealed_body_make(const struct body_draft *draft,
                     const struct x25519_public recipients[SEAL_RECIPIENTS],
                     struct sealed_body *ret_body, struct error *error);
/* The same of parts that are there already, of `content_maximum` bytes at most; `manifest`,
 * which must be empty, is the caller's to release, and may be NULL. */
int sealed_body_of_parts(const struct part *parts, size_t count, uint64_t content_maximum,
                         const struct x25519_public recipients[SEAL_RECIPIENTS],
                         struct manifest *manifest, struct sealed_body *ret_body,
                         struct error *error);
/* Seals parts whose manifest there is already. */
int sealed_body_write(const struct manifest *manifest, const struct byte_source *contents,
                      const struct x25519_public recipients[SEAL_RECIPIENTS],
                      struct sealed_body *ret_body, struct error *error);
void sealed_body_release(struct sealed_body *body);

/* Uploads the blob, with a progress line. */
int sealed_body_upload(const struct sealed_body *body, struct api *api, const char *channel,
                       struct error *error);

#endif
