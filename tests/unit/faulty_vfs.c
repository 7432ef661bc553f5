#include "faulty_vfs.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILES = 8, PATH_CAPACITY = 160, SECTOR = 512 };

struct image {
	uint8_t *bytes;
	size_t size;
};

/* A write that was not synced, or, without bytes, a truncation to `offset`. */
struct pending {
	size_t offset;
	size_t size;
	uint8_t *bytes;
};

struct faulty_file {
	bool exists;
	char path[PATH_CAPACITY];
	struct image running;
	struct image disk;
	struct pending *pending;
	size_t pending_count;
};

struct open_file {
	sqlite3_file base;
	struct faulty_file *file;
};

static struct {
	sqlite3_vfs vfs;
	sqlite3_vfs *real;
	struct faulty_file files[FILES];
	uint32_t random;
	size_t syncs_to_power_loss, writes_to_power_loss;
	size_t syncs_to_failure, writes_to_failure;
	bool power_lost, failed;
	size_t limit;
} faulty;

static void *checked(void *memory)
{
	if (!memory)
		abort();
	return memory;
}

static uint32_t next_random(void)
{
	faulty.random ^= faulty.random << 13;
	faulty.random ^= faulty.random >> 17;
	faulty.random ^= faulty.random << 5;
	return faulty.random;
}

/* Counts a plan down; true when its time has come. */
static bool is_due(size_t *countdown)
{
	return *countdown > 0 && --*countdown == 0;
}

/* ---- Images ---- */

static void image_resize(struct image *image, size_t size)
{
	image->bytes = checked(realloc(image->bytes, size ? size : 1));
	if (size > image->size)
		memset(image->bytes + image->size, 0, size - image->size);
	image->size = size;
}

static void image_write(struct image *image, size_t offset, const uint8_t *bytes, size_t size)
{
	if (offset + size > image->size)
		image_resize(image, offset + size);
	memcpy(image->bytes + offset, bytes, size);
}

static void image_copy(struct image *to, const struct image *from)
{
	image_resize(to, from->size);
	if (from->size > 0)
		memcpy(to->bytes, from->bytes, from->size);
}

static void add_pending(struct faulty_file *file, size_t offset, const void *bytes, size_t size)
{
	struct pending pending = { .offset = offset, .size = size };

	if (bytes) {
		pending.bytes = checked(malloc(size));
		memcpy(pending.bytes, bytes, size);
	}
	file->pending = checked(
	    realloc(file->pending, (file->pending_count + 1) * sizeof *file->pending));
	file->pending[file->pending_count++] = pending;
}

static void write_torn(struct faulty_file *file, const struct pending *pending)
{
	for (size_t done = 0; done < pending->size; done += SECTOR) {
		size_t part = pending->size - done < SECTOR ? pending->size - done : SECTOR;

		if (next_random() & 1)
			image_write(&file->disk, pending->offset + done, pending->bytes + done,
			            part);
	}
}

static void settle_one(struct faulty_file *file, const struct pending *pending,
                       enum faulty_fate fate)
{
	uint32_t choice = fate == FAULTY_RANDOM ? next_random() % 3 : (uint32_t)fate;

	if (choice == FAULTY_DROP)
		return;
	if (!pending->bytes)
		image_resize(&file->disk, pending->offset);
	else if (choice == FAULTY_KEEP)
		image_write(&file->disk, pending->offset, pending->bytes, pending->size);
	else
		write_torn(file, pending);
}

static void settle(struct faulty_file *file, enum faulty_fate fate)
{
	for (size_t i = 0; i < file->pending_count; i++) {
		settle_one(file, &file->pending[i], fate);
		free(file->pending[i].bytes);
	}
	free(file->pending);
	file->pending = NULL;
	file->pending_count = 0;
}

static void forget(struct faulty_file *file)
{
	settle(file, FAULTY_DROP);
	free(file->running.bytes);
	free(file->disk.bytes);
	*file = (struct faulty_file){ 0 };
}

static struct faulty_file *find(const char *path, bool create)
{
	struct faulty_file *unused = NULL;

	for (size_t i = 0; i < FILES; i++) {
		if (faulty.files[i].exists && strcmp(faulty.files[i].path, path) == 0)
			return &faulty.files[i];
		if (!faulty.files[i].exists)
			unused = &faulty.files[i];
	}
	if (!create || !unused)
		return NULL;
	unused->exists = true;
	snprintf(unused->path, sizeof unused->path, "%s", path);
	return unused;
}

static size_t bytes_used(void)
{
	size_t sum = 0;

	for (size_t i = 0; i < FILES; i++)
		sum += faulty.files[i].running.size;
	return sum;
}

/* ---- SQLite's methods of a file ---- */

static struct faulty_file *file_of(sqlite3_file *file)
{
	return ((struct open_file *)file)->file;
}

static int file_close(sqlite3_file *file)
{
	(void)file;
	return SQLITE_OK;
}

static int file_read(sqlite3_file *file, void *bytes, int size, sqlite3_int64 offset)
{
	const struct image *image = &file_of(file)->running;
	size_t start = (size_t)offset, wanted = (size_t)size, there = 0;

	if (faulty.power_lost)
		return SQLITE_IOERR_READ;
	if (start < image->size)
		there = image->size - start < wanted ? image->size - start : wanted;
	if (there > 0)
		memcpy(bytes, image->bytes + start, there);
	memset((uint8_t *)bytes + there, 0, wanted - there);
	return there < wanted ? SQLITE_IOERR_SHORT_READ : SQLITE_OK;
}

static int file_write(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 offset)
{
	struct faulty_file *target = file_of(file);
	size_t end = (size_t)offset + (size_t)size;

	if (!faulty.power_lost && is_due(&faulty.writes_to_power_loss)) {
		/* The write during which it happens is one of those that may be torn. */
		add_pending(target, (size_t)offset, bytes, (size_t)size);
		faulty.power_lost = true;
	}
	if (faulty.power_lost)
		return SQLITE_IOERR_WRITE;
	if (is_due(&faulty.writes_to_failure)) {
		faulty.failed = true;
		return SQLITE_IOERR_WRITE;
	}
	if (end > target->running.size &&
	    bytes_used() + (end - target->running.size) > faulty.limit)
		return SQLITE_FULL;
	image_write(&target->running, (size_t)offset, bytes, (size_t)size);
	add_pending(target, (size_t)offset, bytes, (size_t)size);
	return SQLITE_OK;
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	if (faulty.power_lost)
		return SQLITE_IOERR_TRUNCATE;
	image_resize(&file_of(file)->running, (size_t)size);
	add_pending(file_of(file), (size_t)size, NULL, 0);
	return SQLITE_OK;
}

static int file_sync(sqlite3_file *file, int flags)
{
	(void)flags;
	if (is_due(&faulty.syncs_to_power_loss))
		faulty.power_lost = true;
	if (faulty.power_lost)
		return SQLITE_IOERR_FSYNC;
	if (is_due(&faulty.syncs_to_failure)) {
		/* As Linux does it: the error is told once, and the writes stay unsynced. */
		faulty.failed = true;
		return SQLITE_IOERR_FSYNC;
	}
	settle(file_of(file), FAULTY_KEEP);
	return SQLITE_OK;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *ret_size)
{
	*ret_size = (sqlite3_int64)file_of(file)->running.size;
	return SQLITE_OK;
}

static int file_lock(sqlite3_file *file, int level)
{
	(void)file;
	(void)level;
	return SQLITE_OK;
}

static int file_check_lock(sqlite3_file *file, int *ret_locked)
{
	(void)file;
	*ret_locked = 0;
	return SQLITE_OK;
}

static int file_control(sqlite3_file *file, int operation, void *argument)
{
	(void)file;
	(void)operation;
	(void)argument;
	return SQLITE_NOTFOUND;
}

static int file_sector_size(sqlite3_file *file)
{
	(void)file;
	return SECTOR;
}

/* What SQLite supposes of any disk: bytes next to a torn write keep theirs. */
static int file_characteristics(sqlite3_file *file)
{
	(void)file;
	return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static const sqlite3_io_methods methods = {
	.iVersion = 1,
	.xClose = file_close,
	.xRead = file_read,
	.xWrite = file_write,
	.xTruncate = file_truncate,
	.xSync = file_sync,
	.xFileSize = file_size,
	.xLock = file_lock,
	.xUnlock = file_lock,
	.xCheckReservedLock = file_check_lock,
	.xFileControl = file_control,
	.xSectorSize = file_sector_size,
	.xDeviceCharacteristics = file_characteristics,
};

/* ---- SQLite's methods of a file system ---- */

static int vfs_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags,
                    int *ret_flags)
{
	struct open_file *opened = (struct open_file *)file;

	(void)vfs;
	opened->base.pMethods = NULL;
	if (faulty.power_lost || !path)
		return SQLITE_IOERR;
	opened->file = find(path, (flags & SQLITE_OPEN_CREATE) != 0);
	if (!opened->file)
		return SQLITE_CANTOPEN;
	opened->base.pMethods = &methods;
	if (ret_flags)
		*ret_flags = flags;
	return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *path, int sync)
{
	struct faulty_file *file = find(path, false);

	(void)vfs;
	(void)sync;
	if (faulty.power_lost)
		return SQLITE_IOERR_DELETE;
	if (!file)
		return SQLITE_IOERR_DELETE_NOENT;
	forget(file);
	return SQLITE_OK;
}

static int vfs_access(sqlite3_vfs *vfs, const char *path, int flags, int *ret_result)
{
	(void)vfs;
	(void)flags;
	if (faulty.power_lost)
		return SQLITE_IOERR_ACCESS;
	*ret_result = find(path, false) != NULL;
	return SQLITE_OK;
}

static int vfs_full_path(sqlite3_vfs *vfs, const char *path, int capacity, char *ret_path)
{
	(void)vfs;
	snprintf(ret_path, (size_t)capacity, "%s", path);
	return SQLITE_OK;
}

static int vfs_randomness(sqlite3_vfs *vfs, int size, char *ret_bytes)
{
	(void)vfs;
	for (int i = 0; i < size; i++)
		ret_bytes[i] = (char)next_random();
	return size;
}

static int vfs_sleep(sqlite3_vfs *vfs, int microseconds)
{
	(void)vfs;
	return microseconds;
}

static int vfs_time(sqlite3_vfs *vfs, double *ret_day)
{
	(void)vfs;
	*ret_day = 2461000.5;
	return SQLITE_OK;
}

static int vfs_last_error(sqlite3_vfs *vfs, int capacity, char *ret_text)
{
	(void)vfs;
	(void)capacity;
	(void)ret_text;
	return 0;
}

void faulty_vfs_install(void)
{
	faulty.real = sqlite3_vfs_find(NULL);
	faulty.vfs = (sqlite3_vfs){
		.iVersion = 1,
		.szOsFile = sizeof(struct open_file),
		.mxPathname = PATH_CAPACITY,
		.zName = "faulty",
		.xOpen = vfs_open,
		.xDelete = vfs_delete,
		.xAccess = vfs_access,
		.xFullPathname = vfs_full_path,
		.xRandomness = vfs_randomness,
		.xSleep = vfs_sleep,
		.xCurrentTime = vfs_time,
		.xGetLastError = vfs_last_error,
	};
	faulty_vfs_reset(1);
	sqlite3_vfs_register(&faulty.vfs, 1);
}

void faulty_vfs_remove(void)
{
	faulty_vfs_reset(1);
	sqlite3_vfs_unregister(&faulty.vfs);
	sqlite3_vfs_register(faulty.real, 1);
}

void faulty_vfs_reset(uint32_t seed)
{
	for (size_t i = 0; i < FILES; i++)
		forget(&faulty.files[i]);
	faulty.random = seed ? seed * 2654435761U : 1;
	faulty.syncs_to_power_loss = faulty.writes_to_power_loss = 0;
	faulty.syncs_to_failure = faulty.writes_to_failure = 0;
	faulty.power_lost = faulty.failed = false;
	faulty.limit = SIZE_MAX;
}

void faulty_vfs_lose_power_at_sync(size_t n)
{
	faulty.syncs_to_power_loss = n;
}

void faulty_vfs_lose_power_at_write(size_t n)
{
	faulty.writes_to_power_loss = n;
}

bool faulty_vfs_power_is_lost(void)
{
	return faulty.power_lost;
}

void faulty_vfs_fail_sync(size_t n)
{
	faulty.syncs_to_failure = n;
	faulty.failed = false;
}

void faulty_vfs_fail_write(size_t n)
{
	faulty.writes_to_failure = n;
	faulty.failed = false;
}

bool faulty_vfs_failed(void)
{
	return faulty.failed;
}

void faulty_vfs_limit(size_t bytes)
{
	faulty.limit = bytes;
}

void faulty_vfs_restart(enum faulty_fate fate)
{
	for (size_t i = 0; i < FILES; i++) {
		settle(&faulty.files[i], fate);
		image_copy(&faulty.files[i].running, &faulty.files[i].disk);
	}
	faulty.syncs_to_power_loss = faulty.writes_to_power_loss = 0;
	faulty.syncs_to_failure = faulty.writes_to_failure = 0;
	faulty.power_lost = faulty.failed = false;
}
