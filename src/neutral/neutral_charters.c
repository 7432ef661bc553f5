#include "neutral_charters.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static int read_file(const char *path, struct buffer *text, struct error *error)
{
	uint8_t piece[4096];
	ssize_t got = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int r = OK;

	if (fd < 0)
		return error_set(error, ERROR_IO, "%s: %s", path, strerror(errno));
	while (r == OK && (got = read(fd, piece, sizeof(piece))) > 0)
		r = buffer_put(text, piece, (size_t)got);
	if (r == OK && got < 0)
		r = error_set(error, ERROR_IO, "%s: %s", path, strerror(errno));
	else if (r != OK)
		error_set(error, r, "%s: %s", path,
		          r == ERROR_LIMIT ? "it is longer than a charter can be" : result_text(r));
	close(fd);
	return r;
}

static int read_charter(const char *path, struct neutral_charters *charters, struct error *error)
{
	struct charter **place = &charters->items[charters->count];
	struct error detail;
	struct buffer text;
	int r;

	buffer_init(&text, CHARTER_SIZE_MAXIMUM);
	if ((r = read_file(path, &text, error)) != OK)
		goto out;
	if ((r = charter_parse(buffer_view(&text), place, &detail)) != OK) {
		error_set(error, r, "%s:%zu: %s", path, detail.line, detail.message);
		goto out;
	}
	charters->count++;
	for (size_t i = 0; i + 1 < charters->count; i++)
		if (hash_equal(&charters->items[i]->id, &(*place)->id))
			r = error_set(error, ERROR_USAGE, "%s: this charter is named twice", path);
out:
	buffer_release(&text);
	return r;
}

int neutral_charters_read(const struct neutral_configuration *configuration,
                          struct neutral_charters *ret_charters, struct error *error)
{
	int r = OK;

	ret_charters->count = 0;
	for (size_t i = 0; r == OK && i < configuration->charter_count; i++)
		r = read_charter(configuration->charters[i], ret_charters, error);
	return r;
}

void neutral_charters_release(struct neutral_charters *charters)
{
	for (size_t i = 0; i < charters->count; i++)
		charter_free(charters->items[i]);
	charters->count = 0;
}
