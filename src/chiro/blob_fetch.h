/* Sealed bodies from the node, piece by piece. */
#ifndef BLOB_FETCH_H
#define BLOB_FETCH_H

#include "api.h"
#include "byte_stream.h"

/* Passes the blob of `size` bytes from `offset` on to `sink`, with a progress
 * line. ERROR_NOT_FOUND: the node does not have it; ERROR_WAIT: not all of it yet. */
int blob_fetch(struct api *api, const char *channel, const struct hash *sha256, uint64_t size,
               uint64_t offset, const struct byte_sink *sink, struct error *error);

/* The whole blob in a file: what an interrupted call has left in the person's
 * cache ($XDG_CACHE_HOME/chirograph or ~/.cache/chirograph) is gone on with. The
 * caller closes the descriptor, which stands at its start, and when the blob has
 * been used says so, so that the file goes. Its SHA-256 is checked:
 * ERROR_MISMATCH, and the file is gone. */
int blob_fetch_file(struct api *api, const char *channel, const struct hash *sha256, uint64_t size,
                    int *ret_fd, struct error *error);
void blob_fetch_done(const struct hash *sha256);

#endif
