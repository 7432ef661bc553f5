/* The state file of a channel: two slots, overwritten in turn and synced before
 * each signature, so that at every moment at least one of them is whole.
 *
 *     slot = sequence mod 2        the greatest whole sequence counts
 */
#ifndef KEEPER_FILE_H
#define KEEPER_FILE_H

#include "keeper_state.h"

enum { KEEPER_FILE_SIZE = 2 * KEEPER_SLOT_SIZE };

/* Makes the file, or makes it anew, with a state in which nothing was signed. */
int keeper_file_create(int directory, const char *name, const struct keeper_state *state,
                       struct error *error);

/* Opens the file and gives the state that counts, once that is known to be on
 * the disk. ERROR_NOT_FOUND: no file, or none of its slots is whole: the state
 * is lost. ERROR_IO. The caller closes the descriptor. */
int keeper_file_open(int directory, const char *name, const struct hash *channel, int *ret_fd,
                     struct keeper_state *ret_state, struct error *error);

/* Writes the state, with the next sequence, to the other slot and syncs. On
 * ERROR_IO it is unknown what the disk holds: nothing may be signed any more. */
int keeper_file_store(int fd, struct keeper_state *state, struct error *error);

#endif
