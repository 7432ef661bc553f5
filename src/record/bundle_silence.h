/* Bundles of purpose `silence`: certificates that an act was not answered. What they show
 * and why stands in doc/PROTOCOL.act, "Certificate of silence"; the judging in silence.h.
 *
 *     silence          the statement: which act, what was owed, in which form
 *     certificate.txt  the page, computed anew by whoever verifies
 */
#ifndef BUNDLE_SILENCE_H
#define BUNDLE_SILENCE_H

#include "bundle_writer.h"
#include "silence.h"

#define SILENCE_STATEMENT_FILE "silence"
#define SILENCE_PAGE_FILE      "certificate.txt"

/* For bundle_verify and bundle_writer_write. */
struct bundle_purpose silence_purpose(void);

/* What a bundle of this purpose says and what that comes to. ERROR_STATE: its entries do not
 * show what the statement says. The facts are views of the bundle. */
int bundle_silence(const struct bundle *bundle, struct silence_statement *ret_statement,
                   struct silence *ret_silence, struct error *error);

/* Chooses the entries of a certificate and says so in its statement, of which act, duty,
 * form and language are set; `silence` is what silence_judge says of the writer's logs, and
 * certifies. ERROR_STATE when a span cannot show it. Then bundle_writer_write. */
int bundle_silence_choose(struct bundle_writer *writer, const struct silence *silence,
                          struct silence_statement *statement, struct error *error);

#endif
