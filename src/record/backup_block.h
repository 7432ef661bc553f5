/* The header blocks of a backup's archive; see backup_archive.h. */
#ifndef BACKUP_BLOCK_H
#define BACKUP_BLOCK_H

#include "backup_archive.h"

/* The header of a file; `name` fits, `size` is at most BACKUP_FILE_SIZE_MAXIMUM. */
void backup_header(const char *name, uint64_t size, timestamp time,
                   uint8_t ret_block[BACKUP_BLOCK_SIZE]);

/* Reads what is free in a header: ERROR_SYNTAX for everything that backup_header would
 * not have written. */
int backup_header_parse(const uint8_t block[BACKUP_BLOCK_SIZE], struct backup_file *ret_file,
                        timestamp *ret_time);

#endif
