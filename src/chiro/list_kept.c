#include "list_kept.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "allocate.h"
#include "durable_file.h"
#include "encoding.h"
#include "identities.h"
#include "resealing.h"
#include "temporary_file.h"
#include "translate.h"

enum { PIECE_SIZE = 1 << 16, NAME_CAPACITY = HASH_HEX_CAPACITY + 8 };

static void kept_name(const struct hash *root, char ret_name[NAME_CAPACITY])
{
	char hex[HASH_HEX_CAPACITY];

	hash_to_hex(root, hex);
	snprintf(ret_name, NAME_CAPACITY, "swap.%s", hex);
}

/* Copies the blob into a file of its own, which is there whole or not at all. */
static int copy_to(const struct sealed_body *body, const char *path, struct error *error)
{
	char temporary[OWN_PATH_CAPACITY + 8];
	uint8_t *piece = allocate(PIECE_SIZE, 1);
	int fd, r = OK;

	if (piece == NULL)
		return error_set(error, ERROR_MEMORY, "%s", result_text(ERROR_MEMORY));
	snprintf(temporary, sizeof(temporary), "%s.new", path);
	if ((fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600)) < 0)
		r = ERROR_IO;
	for (uint64_t done = 0; r == OK && done < body->size;) {
		uint64_t left = body->size - done;
		size_t size = left < PIECE_SIZE ? (size_t)left : PIECE_SIZE;

		if ((r = file_read_exactly_at(body->blob, piece, size, done)) == OK)
			r = file_write_all(fd, bytes_of(piece, size));
		done += size;
	}
	if (r == OK && (fsync(fd) != 0 || rename(temporary, path) != 0))
		r = ERROR_IO;
	if (r != OK)
		error_set(error, r, "%s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	if (r != OK)
		unlink(temporary);
	release_memory(piece);
	return r;
}

/* The entry of the file in its directory is on the disk, too. */
static int sync_directory(const char *path, struct error *error)
{
	char directory[OWN_PATH_CAPACITY];
	const char *slash = strrchr(path, '/');
	int fd, r = OK;

	snprintf(directory, sizeof(directory), "%.*s", (int)(slash - path), path);
	if ((fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0 || fsync(fd) != 0)
		r = error_set(error, ERROR_IO, "%s: %s", directory, strerror(errno));
	if (fd >= 0)
		close(fd);
	return r;
}

int list_keep(const struct node *node, const struct part *part, struct hash *ret_root,
              char ret_path[OWN_PATH_CAPACITY], struct error *error)
{
	struct x25519_public recipients[SEAL_RECIPIENTS];
	char identity[OWN_PATH_CAPACITY], name[NAME_CAPACITY];
	struct sealed_body body;
	int r;

	if ((r = own_files_identity(&node->settings, identity, &recipients[SEAL_AUTHOR], error)) !=
	    OK)
		return r;
	recipients[SEAL_RECEIVER] = recipients[SEAL_AUTHOR];
	if ((r = sealed_body_of_parts(part, 1, BODY_LIST_CONTENT_MAXIMUM, recipients, NULL, &body,
	                              error)) != OK)
		return r;
	kept_name(&body.root, name);
	if ((r = own_file_path(&node->settings, node->channel.id, name, true, ret_path, error)) ==
	        OK &&
	    (r = copy_to(&body, ret_path, error)) == OK &&
	    (r = sync_directory(ret_path, error)) == OK)
		*ret_root = body.root;
	sealed_body_release(&body);
	return r;
}

/* Size and hash of the file, by which it is opened. */
static int measure(int fd, struct body_reference *reference)
{
	struct sha256_stream stream;
	uint8_t *piece = allocate(PIECE_SIZE, 1);
	struct stat status;
	int r;

	if (piece == NULL || sha256_stream_init(&stream) != OK) {
		release_memory(piece);
		return ERROR_MEMORY;
	}
	r = fstat(fd, &status) == 0 && S_ISREG(status.st_mode) ? OK : ERROR_IO;
	reference->sealed_size = r == OK ? (uint64_t)status.st_size : 0;
	for (uint64_t done = 0; r == OK && done < reference->sealed_size;) {
		uint64_t left = reference->sealed_size - done;
		size_t size = left < PIECE_SIZE ? (size_t)left : PIECE_SIZE;

		if ((r = file_read_exactly_at(fd, piece, size, done)) == OK)
			r = sha256_stream_update(&stream, bytes_of(piece, size));
		done += size;
	}
	if (r == OK)
		r = sha256_stream_finish(&stream, &reference->sealed_hash);
	sha256_stream_release(&stream);
	release_memory(piece);
	return r;
}

static int open_kept(const struct node *node, int fd, const char *path, const struct hash *root,
                     struct opened_body *ret_body, struct error *error)
{
	struct body_reference reference = { .commitment = { .part_count = 1, .root = *root } };
	struct x25519_public recipient;
	struct age_file_key file_key;
	char identity[OWN_PATH_CAPACITY];
	int r;

	if ((r = measure(fd, &reference)) != OK)
		return error_set(error, r, _("%s cannot be read"), path);
	if ((r = own_files_identity(&node->settings, identity, &recipient, error)) != OK)
		return r;
	if (file_key_by_identity(fd, identity, &file_key, NULL) != OK)
		return error_set(error, ERROR_SIGNATURE,
		                 _("%s does not open with the identity in %s"), path, identity);
	r = opened_body_open(fd, &reference, BODY_LIST_CONTENT_MAXIMUM, &file_key, ret_body, error);
	wipe(&file_key, sizeof(file_key));
	if (r == ERROR_SIGNATURE || r == ERROR_MISMATCH)
		error_set(error, r, _("%s is damaged: %s"), path, error->message);
	return r;
}

int list_kept_seal(const struct node *node, const struct hash *root,
                   const struct x25519_public recipients[SEAL_RECIPIENTS],
                   struct sealed_body *ret_body, struct error *error)
{
	char path[OWN_PATH_CAPACITY], name[NAME_CAPACITY];
	struct opened_body body = { 0 };
	int fd, r;

	kept_name(root, name);
	if ((r = own_file_path(&node->settings, node->channel.id, name, false, path, error)) != OK)
		return r;
	if ((fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)) < 0)
		return errno == ENOENT
		           ? error_set(
				 error, ERROR_NOT_FOUND,
				 _("what opens this list is not here: %s was made when it was "
		                   "committed to, by the person who did that; without it "
		                   "the list cannot be opened"),
				 path)
		           : error_set(error, ERROR_IO, "%s: %s", path, strerror(errno));
	if ((r = open_kept(node, fd, path, root, &body, error)) == OK) {
		r = opened_body_seal(&body, root, recipients, ret_body, error);
		opened_body_release(&body);
	}
	close(fd);
	return r;
}

void list_kept_forget(const struct node *node, const struct hash *root)
{
	char name[NAME_CAPACITY];

	kept_name(root, name);
	(void)own_file_remove(&node->settings, node->channel.id, name, NULL);
}
