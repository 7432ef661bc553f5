/* Writing a bundle: see bundle.h. Both logs are read and verified whole from a source,
 * as for a record; then it is chosen what of them is shown.
 *
 *     if ((r = bundle_writer_new(&source, NULL, &writer, &error)) != OK ||
 *         (r = bundle_writer_subject(writer, place, &error)) != OK ||
 *         (r = bundle_writer_part(writer, place, &manifest, 2, content, &error)) != OK ||
 *         (r = bundle_writer_settle(writer, NULL, &text, &error)) != OK)
 *             goto out;
 *     ... ask whether that may be shown ...
 *     r = bundle_writer_write(writer, "bundle", NULL, &error);
 *
 * What is chosen brings with it what shows who could sign it, and as of when the bundle
 * speaks: the accessions, each log's last entry, the acts that accredited, named or
 * recalled the signers, and keys of node, receipts and log.
 */
#ifndef BUNDLE_WRITER_H
#define BUNDLE_WRITER_H

#include "bundle.h"
#include "record_writer.h"

struct bundle_writer;

/* Reads the source's logs. Of `options` (may be NULL) only threads and progress count.
 * The source must outlive the writer: entries are asked for a second time, again in
 * ascending order of each log, but only those that are shown. As record_write. */
int bundle_writer_new(const struct record_source *source, const struct record_options *options,
                      struct bundle_writer **ret_writer, struct error *error);
void bundle_writer_free(struct bundle_writer *writer);

/* Both logs whole; valid as long as the writer. */
const struct rules *bundle_writer_rules(const struct bundle_writer *writer);
const struct charter *bundle_writer_charter(const struct bundle_writer *writer);

/* The marking of an act, "" where it has none. */
const char *bundle_writer_marking(const struct bundle_writer *writer, struct act_place place);

/* What the bundle is about. Brings with it the receipt of the other side that first covers
 * the act, if there is one, with its proof. ERROR_NOT_FOUND, ERROR_MEMORY, ERROR_LIMIT. */
int bundle_writer_subject(struct bundle_writer *writer, struct act_place place,
                          struct error *error);
/* Every later correct, retract, reseal and update of the subjects by their own side, with
 * receipts, and the faults that the other side has logged against any of them. */
int bundle_writer_later(struct bundle_writer *writer, struct error *error);
/* One more entry; with its receipt, if asked and there is one. */
int bundle_writer_act(struct bundle_writer *writer, struct act_place place, bool receipted,
                      struct error *error);
/* All entries of a log from `first` up to `size`. */
int bundle_writer_span(struct bundle_writer *writer, unsigned party, uint64_t first, uint64_t size,
                       struct error *error);

/* A part of the body of an entry that is shown; `manifest` is the whole body's, the content
 * is copied. ERROR_MISMATCH when it is not what the act commits to. */
int bundle_writer_part(struct bundle_writer *writer, struct act_place place,
                       const struct manifest *manifest, size_t number, struct bytes content,
                       struct error *error);

/* The content of the purpose's `given` file, which is copied. ERROR_LIMIT, ERROR_MEMORY. */
int bundle_writer_given(struct bundle_writer *writer, struct bytes content, struct error *error);

/* The line of a part that was chosen; once settled, in the order of the text's parts. */
const struct part_line *bundle_writer_part_line(const struct bundle_writer *writer, size_t index);

/* Settles what will be shown, for a purpose (NULL: a plain disclosure); nothing can be
 * added after it. The text belongs to the writer. ERROR_STATE: there is no subject. */
int bundle_writer_settle(struct bundle_writer *writer, const struct bundle_purpose *purpose,
                         const struct bundle_text **ret_text, struct error *error);

/* Writes into a directory that must not exist, settling first if that was not done. What
 * was written is read again as a stranger would, and what follows from it is added.
 * `purpose` NULL: a plain disclosure. On failure what has been written stays behind.
 * ERROR_EXISTS, ERROR_IO, and what the purpose says. */
int bundle_writer_write(struct bundle_writer *writer, const char *directory,
                        const struct bundle_purpose *purpose, struct error *error);

#endif
