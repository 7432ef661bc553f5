/* A file system for SQLite, in memory, that forgets what was not synced.
 *
 * Every file has two images: what a running process reads, and what is on the
 * disk. A write goes into the first and is remembered; a sync takes the writes
 * over into the second. A crash decides for every write that was not synced, by
 * a seeded random choice, whether it reached the disk wholly, not at all, or
 * only in a part of its sectors; then the running image is what the disk holds.
 *
 * There is one such file system in a process. It becomes the default of SQLite
 * while it is installed.
 */
#ifndef FAULTY_VFS_H
#define FAULTY_VFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum faulty_fate {
	FAULTY_KEEP,   /* all pending writes reach the disk */
	FAULTY_DROP,   /* none does */
	FAULTY_RANDOM, /* each is kept, dropped or torn */
};

void faulty_vfs_install(void);
/* Forgets all files, and goes back to the default of before. */
void faulty_vfs_remove(void);

/* Forgets all files, counts and plans; `seed` is for the choices to come. */
void faulty_vfs_reset(uint32_t seed);

/* The n-th sync, or write, from now on (1-based; 0: none) finds the power gone:
 * it and all that follow fail, until faulty_vfs_restart. */
void faulty_vfs_lose_power_at_sync(size_t n);
void faulty_vfs_lose_power_at_write(size_t n);
bool faulty_vfs_power_is_lost(void);

/* The n-th sync, or write, from now on fails once, with an error. */
void faulty_vfs_fail_sync(size_t n);
void faulty_vfs_fail_write(size_t n);
/* Whether such a plan has been carried out. */
bool faulty_vfs_failed(void);

/* Files may not grow beyond so many bytes together; SIZE_MAX: no limit. */
void faulty_vfs_limit(size_t bytes);

/* The power comes back: settles what was not synced. Every database must have
 * been closed before. */
void faulty_vfs_restart(enum faulty_fate fate);

#endif
