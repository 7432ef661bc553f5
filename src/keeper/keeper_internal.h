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

/* Makes a state durable before anything that follows from it is signed. ERROR_IO:
 * the keeper signs nothing any more. */
int keeper_store_state(struct keeper *keeper, struct keeper_channel *channel,
                       struct keeper_state *next, struct error *error);

/* The name and key under which heads of a party's log of this size are signed. */
int keeper_log_key(const struct keeper_channel *channel, unsigned party, uint64_t size,
                   struct note_key *ret_key);

/* Takes the log key that the state names into use, unless it is. ERROR_NOT_FOUND: it is
 * not here; ERROR_IO. */
int keeper_settle_log_key(const struct keeper *keeper, struct keeper_channel *channel,
                          struct error *error);

/* The place of a setup, or `setup_count`; and what it says of its keys. */
size_t keeper_find_setup(const struct keeper *keeper, const uint8_t id[KEEPER_SETUP_SIZE]);
void keeper_forget_setup(struct keeper *keeper, size_t place);
void keeper_channel_free(struct keeper_channel *channel);

/* Puts together a channel from its parts: `charter` and `keys` are taken on
 * success only. ERROR_MISMATCH: the charter has not the log key among its own;
 * ERROR_LIMIT: too many channels. */
int keeper_add_channel(struct keeper *keeper, struct charter *charter, struct keeper_keys *keys,
                       struct error *error);

/* Loads all that the directory holds. */
int keeper_load(struct keeper *keeper, struct error *error);

#endif
