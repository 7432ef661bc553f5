/* Accounting for everything that is in a folder that an enemy may have made. */
#ifndef FOLDER_WALK_H
#define FOLDER_WALK_H

#include "record_folder.h"

/* What does not belong in any record or bundle, whatever its name. */
enum folder_oddity {
	FOLDER_LINK,    /* a symbolic link */
	FOLDER_DEVICE,  /* neither a plain file nor a folder */
	FOLDER_EMPTY,   /* a folder without any file */
	FOLDER_TOO_DEEP /* or with too long a name */
};

/* Any result other than OK ends the walk and is passed on. */
struct folder_walker {
	void *context;
	int (*file)(void *context, const char *path, struct error *error);
	int (*odd)(void *context, const char *path, enum folder_oddity oddity);
};

/* Walks all folders below. ERROR_IO, and what the walker returned. */
int folder_walk(const struct record_folder *folder, const struct folder_walker *walker,
                struct error *error);

#endif
