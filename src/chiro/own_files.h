/* What a person keeps for themselves about a channel, on this machine only: each
 * thing an age file under `own/<channel>/` of the person's directory (settings.h),
 * sealed to the reading identity of the identity file, or, where there is none, to
 * `own/identity`, which is made then. No node knows of it. */
#ifndef OWN_FILES_H
#define OWN_FILES_H

#include "age.h"
#include "buffer.h"
#include "result.h"
#include "settings.h"

enum { OWN_PATH_CAPACITY = SETTINGS_PATH_CAPACITY + 256 };

/* The path of a thing; its name is a file's (`south-3.ru.1a2b.working`). With
 * `make`, makes the directories. ERROR_USAGE: the person has no directory;
 * ERROR_LIMIT, ERROR_IO. */
int own_file_path(const struct settings *settings, const char *channel, const char *name, bool make,
                  char ret_path[OWN_PATH_CAPACITY], struct error *error);

/* The identity file to which they are sealed, made where there is none yet, and its
 * recipient. ERROR_USAGE, ERROR_IO, ERROR_SYNTAX … with a sentence. */
int own_files_identity(const struct settings *settings, char ret_path[OWN_PATH_CAPACITY],
                       struct x25519_public *ret_recipient, struct error *error);

/* Seals `content` into the file, which is replaced. ERROR_IO, ERROR_SYNTAX (the
 * identity file), ERROR_RANDOM … with a sentence. */
int own_file_write(const struct settings *settings, const char *channel, const char *name,
                   struct bytes content, struct error *error);

/* Appends what a file holds. ERROR_NOT_FOUND: there is none; ERROR_SIGNATURE: it
 * does not open with the person's identity; ERROR_LIMIT, ERROR_IO. */
int own_file_read(const struct settings *settings, const char *channel, const char *name,
                  struct buffer *content, struct error *error);

/* Removes a file. ERROR_NOT_FOUND, ERROR_IO. */
int own_file_remove(const struct settings *settings, const char *channel, const char *name,
                    struct error *error);

/* Calls `visit` with the name of each file that begins with `prefix`, in their order,
 * at most 1,024; ends with what it returns other than OK. */
int own_files_each(const struct settings *settings, const char *channel, const char *prefix,
                   int (*visit)(void *context, const char *name), void *context,
                   struct error *error);

#endif
