/* Silence as people see it: the page of a certificate, what it reveals, and why there is
 * none yet. */
#ifndef SILENCE_SHOWING_H
#define SILENCE_SHOWING_H

#include <jansson.h>

#include "bundle_silence.h"

/* Prints the page of a bundle that is intact, and that is a certificate. */
void silence_show(const struct bundle *bundle);
/* The same as members of a document. */
void silence_describe(const struct bundle *bundle, json_t *document);

/* The facts as an object, the caller's: verdict and what it rests on. */
json_t *silence_document(const struct silence *silence, const struct charter *charter);

/* Why nothing is certified, and what to do about it, on standard error. */
void silence_refusal_show(const struct silence *silence, const struct charter *charter,
                          timestamp now);

/* What a certificate would reveal of the channel, on standard error. */
void silence_revealed_show(enum silence_form form, const struct bundle_text *text,
                           const struct charter *charter);

#endif
