#include "evaluator.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "allocate.h"
#include "durable_file.h"
#include "encoding.h"
#include "fault_point.h"
#include "journal.h"

enum { NAME_CAPACITY = HASH_HEX_CAPACITY + 8 };

static void name_of(const struct evaluator_key *key, const char *suffix,
                    char ret_name[NAME_CAPACITY])
{
	char hex[HASH_HEX_CAPACITY];
	struct hash public_key;

	memcpy(public_key.bytes, key->public_key, HASH_SIZE);
	hash_to_hex(&public_key, hex);
	snprintf(ret_name, NAME_CAPACITY, "%s%s", hex, suffix);
}

/* --- files ---------------------------------------------------------------------------- */

static int write_entry(const struct evaluator *evaluator, const struct evaluator_entry *entry,
                       struct error *error)
{
	char name[NAME_CAPACITY];
	struct buffer content;
	int r;

	name_of(&entry->status.key, ".key", name);
	buffer_init(&content, EVALUATOR_FILE_SIZE);
	/* At once: one that grows leaves copies behind. */
	if ((r = buffer_reserve(&content, EVALUATOR_FILE_SIZE)) != OK ||
	    (r = evaluator_file_encode(entry, &content)) != OK)
		error_set(error, r, "the key of a list: %s", result_text(r));
	else
		r = durable_file_write(evaluator->directory, name, buffer_view(&content), 0600,
		                       error);
	buffer_release(&content);
	return r;
}

/* --- start -------------------------------------------------------------------------- */

static int read_entry(const struct evaluator *evaluator, const char *name,
                      struct evaluator_entry *entry, struct error *error)
{
	char expected[NAME_CAPACITY];
	struct buffer content;
	int r;

	buffer_init(&content, EVALUATOR_FILE_SIZE);
	if ((r = durable_file_read(evaluator->directory, name, &content, error)) == OK &&
	    (r = evaluator_file_decode(buffer_view(&content), entry)) != OK)
		error_set(error, r, "'%s' is damaged: %s", name, result_text(r));
	buffer_release(&content);
	if (r != OK)
		return r;
	name_of(&entry->status.key, ".key", expected);
	if (strcmp(name, expected) != 0)
		return error_set(error, ERROR_MISMATCH, "'%s' is damaged: it holds another key",
		                 name);
	return OK;
}

/* One file that cannot be read takes one key with it, and no other. */
static int load_key(struct evaluator *evaluator, const char *name, struct error *error)
{
	struct evaluator_entry *entry = &evaluator->entries[evaluator->count];
	struct error why;
	int r;

	if (evaluator->count == EVALUATOR_KEYS_MAXIMUM)
		r = error_set(&why, ERROR_LIMIT, "there are more than %d keys",
		              EVALUATOR_KEYS_MAXIMUM);
	else if ((r = read_entry(evaluator, name, entry, &why)) != OK)
		wipe(entry, sizeof *entry);
	if (r == OK) {
		evaluator->count++;
		return OK;
	}
	if (r == ERROR_MEMORY)
		return error_set(error, r, "out of memory");
	evaluator->damaged++;
	journal(
	    JOURNAL_ERROR,
	    "the key of a list cannot be used: %s; nothing is evaluated for that list until its "
	    "owner publishes a new epoch of it (chiro list update)",
	    why.message);
	return OK;
}

/* What was being written, or destroyed, when the process ended. */
static int destroy_leftover(struct evaluator *evaluator, const char *name, struct error *error)
{
	return durable_file_destroy(evaluator->directory, name, error);
}

static const struct {
	const char *suffix;
	int (*load)(struct evaluator *evaluator, const char *name, struct error *error);
} loaders[] = {
	{ ".key", load_key },
	{ ".new", destroy_leftover },
	{ ".old", destroy_leftover },
};

static int load_file(struct evaluator *evaluator, const char *name, struct error *error)
{
	size_t size = strlen(name);

	for (size_t i = 0; i < sizeof loaders / sizeof loaders[0]; i++) {
		size_t suffix = strlen(loaders[i].suffix);

		if (size > suffix && strcmp(name + size - suffix, loaders[i].suffix) == 0)
			return loaders[i].load(evaluator, name, error);
	}
	return OK;
}

static int load(struct evaluator *evaluator, struct error *error)
{
	int fd = openat(evaluator->directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *directory = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *file;
	int r = OK;

	if (directory == NULL) {
		if (fd >= 0)
			close(fd);
		return error_set(error, ERROR_IO, "cannot read the directory of the lists' keys");
	}
	while (r == OK && (file = readdir(directory)) != NULL)
		r = load_file(evaluator, file->d_name, error);
	closedir(directory);
	return r;
}

/* The directory, which nobody else may look into. */
static int open_directory(int parent, int *ret_fd, struct error *error)
{
	struct stat status;
	int fd;

	if (mkdirat(parent, "lists", 0700) != 0 && errno != EEXIST)
		return error_set(error, ERROR_IO, "cannot make the directory 'lists': %s",
		                 strerror(errno));
	fd = openat(parent, "lists", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &status) != 0) {
		if (fd >= 0)
			close(fd);
		return error_set(error, ERROR_IO, "cannot open the directory 'lists': %s",
		                 strerror(errno));
	}
	if (status.st_uid != geteuid() || (status.st_mode & 077) != 0) {
		close(fd);
		return error_set(error, ERROR_DENIED,
		                 "'lists' in the keeper's directory is open to other users, or "
		                 "another's: give it to the keeper's user, with mode 700");
	}
	*ret_fd = fd;
	return OK;
}

static int take_lock(struct evaluator *evaluator, struct error *error)
{
	evaluator->lock = openat(evaluator->directory, "lock",
	                         O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (evaluator->lock < 0)
		return error_set(error, ERROR_IO, "cannot open the evaluator's lock: %s",
		                 strerror(errno));
	if (flock(evaluator->lock, LOCK_EX | LOCK_NB) != 0)
		return error_set(error, ERROR_EXISTS, "another evaluator runs on this directory");
	return OK;
}

int evaluator_open(struct evaluator *evaluator, int directory, struct clock clock,
                   struct random_source random, struct error *error)
{
	int r;

	*evaluator = (struct evaluator){
		.directory = -1, .lock = -1, .clock = clock, .random = random
	};
	evaluator->entries = allocate(EVALUATOR_KEYS_MAXIMUM, sizeof *evaluator->entries);
	if (evaluator->entries == NULL)
		return error_set(error, ERROR_MEMORY, "out of memory");
	/* Best effort: the limit on locked memory may be low. */
	mlock(evaluator->entries, EVALUATOR_KEYS_MAXIMUM * sizeof *evaluator->entries);
	if ((r = open_directory(directory, &evaluator->directory, error)) != OK ||
	    (r = take_lock(evaluator, error)) != OK || (r = load(evaluator, error)) != OK)
		evaluator_close(evaluator);
	return r;
}

void evaluator_close(struct evaluator *evaluator)
{
	if (evaluator->entries != NULL)
		wipe(evaluator->entries, EVALUATOR_KEYS_MAXIMUM * sizeof *evaluator->entries);
	release_memory(evaluator->entries);
	if (evaluator->lock >= 0)
		close(evaluator->lock);
	if (evaluator->directory >= 0)
		close(evaluator->directory);
	*evaluator = (struct evaluator){ .directory = -1, .lock = -1 };
}

/* --- keys --------------------------------------------------------------------------- */

static size_t find(const struct evaluator *evaluator, const struct evaluator_key *key)
{
	size_t i = 0;

	while (i < evaluator->count && !evaluator_key_equal(&evaluator->entries[i].status.key, key))
		i++;
	return i;
}

static int check_room(const struct evaluator *evaluator, const struct hash *channel,
                      struct error *error)
{
	size_t count = 0;

	for (size_t i = 0; i < evaluator->count; i++)
		count += hash_equal(&evaluator->entries[i].status.key.channel, channel);
	if (count == EVALUATOR_CHANNEL_KEYS_MAXIMUM)
		return error_set(
		    error, ERROR_LIMIT,
		    "the channel has %d keys of lists, as many as it may have: retire a "
		    "list, or destroy keys that no list uses",
		    EVALUATOR_CHANNEL_KEYS_MAXIMUM);
	if (evaluator->count == EVALUATOR_KEYS_MAXIMUM)
		return error_set(error, ERROR_LIMIT,
		                 "the node has %d keys of lists, as many as it may have",
		                 EVALUATOR_KEYS_MAXIMUM);
	return OK;
}

int evaluator_new_key(struct evaluator *evaluator, const struct hash *channel,
                      struct evaluator_key_status *ret_status, struct error *error)
{
	struct evaluator_entry *entry = &evaluator->entries[evaluator->count];
	struct oprf_element public_key;
	int r;

	if ((r = check_room(evaluator, channel, error)) != OK)
		return r;
	if ((r = oprf_generate_key(&evaluator->random, &entry->secret, &public_key)) != OK) {
		error_set(error, r, "the key of a list: %s", result_text(r));
		goto out;
	}
	entry->status.key.channel = *channel;
	memcpy(entry->status.key.public_key, public_key.bytes, EVALUATOR_KEY_SIZE);
	entry->status.created = evaluator->clock.now(evaluator->clock.context);
	FAULT_POINT("evaluator-before-key");
	if ((r = write_entry(evaluator, entry, error)) != OK)
		goto out;
	FAULT_POINT("evaluator-after-key");
	evaluator->count++;
	*ret_status = entry->status;
	return OK;
out:
	wipe(entry, sizeof *entry);
	return r;
}

int evaluator_find_key(const struct evaluator *evaluator, const struct evaluator_key *key,
                       const struct oprf_scalar **ret_secret, struct error *error)
{
	size_t place = find(evaluator, key);

	if (place == evaluator->count)
		return error_set(error, ERROR_NOT_FOUND, "the evaluator has no such key");
	*ret_secret = &evaluator->entries[place].secret;
	return OK;
}

int evaluator_destroy_key(struct evaluator *evaluator, const struct evaluator_key *key,
                          struct error *error)
{
	size_t place = find(evaluator, key);
	char name[NAME_CAPACITY], old[NAME_CAPACITY];
	int r;

	if (place == evaluator->count)
		return error_set(error, ERROR_NOT_FOUND, "the evaluator has no such key");
	evaluator->count--;
	evaluator->entries[place] = evaluator->entries[evaluator->count];
	wipe(&evaluator->entries[evaluator->count], sizeof *evaluator->entries);
	name_of(key, ".key", name);
	name_of(key, ".old", old);
	/* Under another name first: half overwritten it would be a damaged one. */
	if ((r = durable_file_rename(evaluator->directory, name, old, error)) != OK)
		return r;
	FAULT_POINT("evaluator-before-destruction");
	return durable_file_destroy(evaluator->directory, old, error);
}
