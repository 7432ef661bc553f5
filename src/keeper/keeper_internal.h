/* Shared by the files of the keeper. */
#ifndef KEEPER_INTERNAL_H
#define KEEPER_INTERNAL_H

#include "keeper.h"

enum { KEEPER_FILE_NAME_CAPACITY = 80 };

/* The channel, or ERROR_NOT_FOUND with a sentence. */
int keeper_find_channel(const struct keeper *keeper, const struct hash *id,
                        struct keeper_channel **ret_channel, struct error *error);

/* The channel, which can be written to: its state is known and the disk works. */
int keeper_find_signing(const struct keeper *keeper, const struct hash *id,
                        struct keeper_channel **ret_channel, struct error *error);

/* `<channel id>.<suffix>`. */
void keeper_channel_file(const struct hash *channel, const char *suffix,
                         char ret_name[KEEPER_FILE_NAME_CAPACITY]);

/* `<hex of id>.setup`. */
void keeper_setup_file(const uint8_t id[KEEPER_SETUP_SIZE],
                       char ret_name[KEEPER_FILE_NAME_CAPACITY]);

/* Writes keys durably. On ERROR_IO the file holds the former or these keys: no
 * signature depends on which, and whoever asked can ask again. */
int keeper_write_keys(const struct keeper *keeper, const char *name, const struct keeper_keys *keys,
                      struct error *error);

/* Puts together a channel from its parts: `charter` and `keys` are taken on
 * success only. ERROR_MISMATCH: the charter has not the log key among its own;
 * ERROR_LIMIT: too many channels. */
int keeper_add_channel(struct keeper *keeper, struct charter *charter, struct keeper_keys *keys,
                       struct error *error);

/* Loads all that the directory holds. */
int keeper_load(struct keeper *keeper, struct error *error);

#endif
