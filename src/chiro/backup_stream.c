#include "backup_stream.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <unistd.h>

#include "allocate.h"
#include "durable_file.h"
#include "identities.h"
#include "system.h"
#include "translate.h"

#define AGE_BEGINNING "age-encryption.org/"

enum {
	PIECE = 256 * 1024,
	/* an update adds its piece and a chunk, each a little longer when sealed */
	OUTPUT_MAXIMUM = 2 * PIECE + 4 * AGE_CHUNK_SIZE
};

static const char *name_of(const char *path)
{
	return path == NULL || strcmp(path, "-") == 0 ? _("standard output") : path;
}

static int write_failed(const struct backup_output *output, struct error *error)
{
	if (errno == ENOSPC || errno == EDQUOT)
		return error_set(error, ERROR_LIMIT,
		                 _("%s: the disk is full; nothing is left of it"),
		                 name_of(output->path));
	return error_set(error, ERROR_IO, "%s: %s", name_of(output->path), strerror(errno));
}

/* --- writing ---------------------------------------------------------------- */

/* A file without a name, where the file system can; else beside its place. */
static int open_file(struct backup_output *output, struct error *error)
{
	char folder[4096];
	int size;

	if (access(output->path, F_OK) == 0)
		return error_set(error, ERROR_EXISTS,
		                 _("%s exists and is not overwritten: choose another place"),
		                 output->path);
	size = snprintf(folder, sizeof(folder), "%s", output->path);
	if (size < 0 || (size_t)size >= sizeof(folder))
		return error_set(error, ERROR_LIMIT, _("the path %.64s… is too long"),
		                 output->path);
	output->fd = open(dirname(folder), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	if (output->fd >= 0)
		return OK;
	if (errno == EOPNOTSUPP || errno == EISDIR) {
		snprintf(output->partial, sizeof(output->partial), "%s.partial", output->path);
		unlink(output->partial);
		output->fd = open(output->partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	}
	return output->fd >= 0 ? OK : write_failed(output, error);
}

static int write_pending(struct backup_output *output)
{
	struct bytes view = buffer_view(&output->pending);

	if (view.size == 0)
		return OK;
	if (file_write_all(output->fd, view) != OK)
		return write_failed(output, &output->why);
	output->written += view.size;
	buffer_clear(&output->pending);
	return OK;
}

static int begin_sealing(struct backup_output *output, const struct x25519_public *recipients,
                         size_t count)
{
	const struct random_source random = system_random();
	struct age_file_key file_key;
	uint8_t nonce[AGE_NONCE_SIZE];
	int r;

	if ((r = random.fill(random.context, file_key.bytes, sizeof(file_key.bytes))) == OK &&
	    (r = random.fill(random.context, nonce, sizeof(nonce))) == OK &&
	    (r = age_header_build(&output->pending, &file_key, recipients, count, &random, NULL)) ==
	        OK)
		r = age_encryptor_init(&output->encryptor, &file_key, nonce, &output->pending);
	wipe(&file_key, sizeof(file_key));
	output->sealed = r == OK;
	return r;
}

int backup_output_open(const char *path, const struct x25519_public *recipients, size_t count,
                       struct backup_output *ret_output, struct error *error)
{
	struct backup_output *output = ret_output;
	int r = OK;

	*output = (struct backup_output){ .path = path, .fd = STDOUT_FILENO };
	buffer_init(&output->pending, OUTPUT_MAXIMUM);
	if (path != NULL && (r = open_file(output, error)) != OK)
		return r;
	if (count > 0 && (r = begin_sealing(output, recipients, count)) != OK) {
		backup_output_release(output);
		return error_set(error, r, _("the backup cannot be sealed: %s"), result_text(r));
	}
	return OK;
}

static int put(void *context, struct bytes content)
{
	struct backup_output *output = context;
	int r = OK;

	while (r == OK && content.size > 0) {
		struct bytes piece = bytes_of(content.data,
		                              content.size < PIECE ? content.size : PIECE);

		if (output->sealed)
			r = age_encryptor_update(&output->encryptor, piece, &output->pending);
		else
			r = buffer_put_bytes(&output->pending, piece);
		if (r != OK)
			return error_set(&output->why, r, "%s: %s", name_of(output->path),
			                 result_text(r));
		if (output->pending.size >= PIECE)
			r = write_pending(output);
		content = bytes_of(content.data + piece.size, content.size - piece.size);
	}
	return r;
}

struct byte_sink backup_output_sink(struct backup_output *output)
{
	return (struct byte_sink){ output, put };
}

/* Gives the file its name; never in the place of another. */
static int name_file(struct backup_output *output, struct error *error)
{
	char opened[64];
	int named;

	if (output->partial[0] != '\0') {
		named = renameat2(AT_FDCWD, output->partial, AT_FDCWD, output->path,
		                  RENAME_NOREPLACE);
		/* Some file systems of sticks cannot promise that. */
		if (named != 0 && errno == EINVAL && access(output->path, F_OK) != 0)
			named = rename(output->partial, output->path);
	} else {
		snprintf(opened, sizeof(opened), "/proc/self/fd/%d", output->fd);
		named = linkat(AT_FDCWD, opened, AT_FDCWD, output->path, AT_SYMLINK_FOLLOW);
	}
	if (named != 0 && errno == EEXIST)
		return error_set(error, ERROR_EXISTS,
		                 _("%s exists and is not overwritten: choose another place"),
		                 output->path);
	if (named != 0)
		return write_failed(output, error);
	output->partial[0] = '\0';
	return OK;
}

static int sync_folder(const char *path)
{
	char folder[4096];
	int fd, r;

	snprintf(folder, sizeof(folder), "%s", path);
	fd = open(dirname(folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return ERROR_IO;
	r = fsync(fd) == 0 ? OK : ERROR_IO;
	close(fd);
	return r;
}

int backup_output_finish(struct backup_output *output, struct error *error)
{
	int r = OK;

	if (output->sealed &&
	    (r = age_encryptor_finish(&output->encryptor, &output->pending)) != OK)
		return error_set(error, r, _("the backup cannot be sealed: %s"), result_text(r));
	if (write_pending(output) != OK)
		return error_set(error, output->why.code, "%s", output->why.message);
	if (output->path == NULL)
		return OK;
	if (fsync(output->fd) != 0)
		return write_failed(output, error);
	if ((r = name_file(output, error)) != OK)
		return r;
	return sync_folder(output->path) == OK ? OK : write_failed(output, error);
}

void backup_output_release(struct backup_output *output)
{
	if (output->partial[0] != '\0')
		unlink(output->partial);
	if (output->path != NULL && output->fd >= 0)
		close(output->fd);
	output->fd = -1;
	if (output->sealed)
		age_encryptor_release(&output->encryptor);
	output->sealed = false;
	buffer_release(&output->pending);
}

/* --- reading ---------------------------------------------------------------- */

/* A backup that is being read. */
struct input {
	const char *path;
	int fd;
	struct buffer piece; /* as it stands in the file */
	struct buffer plain;
	struct age_decryptor decryptor;
	bool sealed;
};

static const char *input_name(const struct input *input)
{
	return input->fd == STDIN_FILENO ? _("standard input") : input->path;
}

/* Fills `piece` to `size` bytes, or as far as the file goes. */
static int read_piece(struct input *input, size_t size, struct error *error)
{
	while (input->piece.size < size) {
		uint8_t *place;
		size_t before = input->piece.size;
		ssize_t got;
		int r;

		if ((r = buffer_extend(&input->piece, size - before, &place)) != OK)
			return error_set(error, r, "%s", result_text(r));
		got = read(input->fd, place, size - before);
		buffer_truncate(&input->piece, before + (got > 0 ? (size_t)got : 0));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_set(error, ERROR_IO, "%s: %s", input_name(input),
			                 strerror(errno));
		if (got == 0)
			break;
	}
	return OK;
}

static int damaged(const struct input *input, const char *reason, struct error *error)
{
	return error_set(error, ERROR_SIGNATURE, _("%s is damaged or cut off: %s"),
	                 input_name(input), reason);
}

/* The file key in the header that `piece` begins with, and how long that is. */
static int find_file_key(const struct input *input, const char *identity,
                         struct age_file_key *ret_file_key, size_t *ret_size, struct error *error)
{
	struct bytes view = buffer_view(&input->piece);
	struct identities identities = { 0 };
	int r;

	if (identity == NULL)
		return error_set(error, ERROR_USAGE,
		                 _("%s is sealed: give the identity that opens it by --identity"),
		                 input_name(input));
	if (age_header_length(view, ret_size) != OK)
		return damaged(input, _("its seal is not whole"), error);
	if ((r = identities_read(identity, &identities, error)) != OK)
		return r;
	r = age_header_unwrap(bytes_of(view.data, *ret_size), identities.secrets, identities.count,
	                      ret_file_key, NULL);
	wipe(&identities, sizeof(identities));
	if (r == ERROR_NOT_FOUND)
		return error_set(error, r, _("%s is not sealed to the identity in %s"),
		                 input_name(input), identity);
	return r == OK ? OK : damaged(input, _("its seal does not open"), error);
}

/* Opens the header that `piece` begins with, and what came after it. */
static int unseal(struct input *input, const char *identity, struct error *error)
{
	struct age_file_key file_key;
	size_t size;
	int r;

	if ((r = find_file_key(input, identity, &file_key, &size, error)) != OK)
		return r;
	age_decryptor_init(&input->decryptor, &file_key);
	wipe(&file_key, sizeof(file_key));
	input->sealed = true;
	r = age_decryptor_update(&input->decryptor,
	                         bytes_of(input->piece.data + size, input->piece.size - size),
	                         &input->plain);
	buffer_clear(&input->piece);
	return r == OK ? OK : damaged(input, result_text(r), error);
}

/* What the archive says is wrong with it, of this file. */
static int pass_on(struct input *input, struct backup_reader *reader, struct bytes plain,
                   struct error *error)
{
	struct error why = { 0 };
	int r = backup_reader_update(reader, plain, &why);

	if (r == OK)
		return OK;
	if (r == ERROR_IO || r == ERROR_MEMORY || r == ERROR_LIMIT)
		return error_set(error, r, "%s", why.message);
	return error_set(error, r, _("%s is not a backup, or is damaged: %s"), input_name(input),
	                 why.message);
}

static int read_on(struct input *input, struct backup_reader *reader, struct error *error)
{
	struct error why = { 0 };
	bool ended = false;
	int r;

	while (!ended) {
		if ((r = read_piece(input, PIECE, error)) != OK)
			return r;
		ended = input->piece.size < PIECE;
		if (!input->sealed) {
			r = pass_on(input, reader, buffer_view(&input->piece), error);
		} else {
			r = age_decryptor_update(&input->decryptor, buffer_view(&input->piece),
			                         &input->plain);
			if (r == OK && ended)
				r = age_decryptor_finish(&input->decryptor, &input->plain);
			if (r != OK)
				return damaged(input, result_text(r), error);
			r = pass_on(input, reader, buffer_view(&input->plain), error);
		}
		if (r != OK)
			return r;
		buffer_clear(&input->piece);
		buffer_clear(&input->plain);
	}
	if ((r = backup_reader_finish(reader, &why)) != OK)
		return error_set(error, r, _("%s is not a backup, or is damaged: %s"),
		                 input_name(input), why.message);
	return OK;
}

int backup_input_read(const char *path, const char *identity, struct backup_reader *reader,
                      struct error *error)
{
	struct input input = { .path = path };
	bool standard = strcmp(path, "-") == 0;
	int r;

	input.fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (input.fd < 0)
		return error_set(error, errno == ENOENT ? ERROR_NOT_FOUND : ERROR_IO, "%s: %s",
		                 path, strerror(errno));
	buffer_init(&input.piece, PIECE);
	buffer_init(&input.plain, OUTPUT_MAXIMUM);
	if ((r = read_piece(&input, AGE_HEADER_MAXIMUM, error)) == OK &&
	    bytes_begin_with(buffer_view(&input.piece), bytes_of_string(AGE_BEGINNING)))
		r = unseal(&input, identity, error);
	if (r == OK)
		r = read_on(&input, reader, error);
	if (input.sealed)
		age_decryptor_release(&input.decryptor);
	buffer_release(&input.piece);
	buffer_release(&input.plain);
	if (!standard)
		close(input.fd);
	return r;
}
