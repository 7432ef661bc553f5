/* An exported record as a source of entries and bodies: see record_writer.h. Whoever
 * reads from it verifies what comes, as record_write and bundle_writer_new do. */
#ifndef RECORD_READER_H
#define RECORD_READER_H

#include "record_writer.h"

struct record_reader;

/* Reads charter and heads. ERROR_NOT_FOUND, ERROR_IO, ERROR_DENIED (links), and those of
 * charter and checkpoint. */
int record_reader_new(const char *directory, struct record_reader **ret_reader,
                      struct error *error);
void record_reader_free(struct record_reader *reader);

/* Entries; and the bodies that are opened in the record. Valid as long as the reader. */
struct record_source record_reader_source(struct record_reader *reader);

/* Opens the file of a sealed body to read; ERROR_NOT_FOUND when it is not in the record. */
int record_reader_sealed(struct record_reader *reader, const char *act, int *ret_fd,
                         struct error *error);

#endif
